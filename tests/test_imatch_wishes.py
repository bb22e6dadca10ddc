"""What the owner asks for by categories: wishes, flags, conflicts, albums, and which file of a family is sent."""

from __future__ import annotations

import logging

import pytest

from heliograph import jsonform
from heliograph.libraries.imatch.families import Family, Member
from heliograph.libraries.imatch.labels import LABELS, label
from heliograph.model import AlbumNote, Link, Order, Photo, Wish
from heliograph.policy import PlatformPolicy
from heliograph.rules import REQUIRABLE, lacking, wish
from imatch_house import FLICKR, at_home, coded, reading_here, served
from metadata_samples import bag, packet


@pytest.fixture(scope="module")
def standin(tmp_path_factory):
    with served(tmp_path_factory.mktemp("imws")) as standin:
        yield standin


@pytest.fixture
def house(tmp_path, monkeypatch, standin):
    with reading_here(monkeypatch), at_home(tmp_path, standin=standin) as house:
        yield house


# --- wishes and flags -------------------------------------------------------------------------------------------------


def test_a_direct_member_of_a_platform_is_wanted_there(house):
    house.add("a.jpg", FLICKR, "Socials|quantum", "Event|Festival|Easter Festival")
    house.add("b.jpg", "Event|Festival|Easter Festival")
    photo = house.photo()
    assert photo.wishes == (
        Wish("flickr", reason=f"category {FLICKR}"),
        Wish("quantum", reason="category Socials|quantum"),
    )
    assert photo.orders == ()
    assert wish(photo, PlatformPolicy("Flickr", "flickr")).reason == f"category {FLICKR}"


def test_a_photo_that_is_only_flagged_is_seen_and_wanted(house):
    house.add("a.jpg", f"{FLICKR}|_update", f"{FLICKR}|_metadata")
    photo = house.photo()
    assert photo.orders == (("flickr", Order.METADATA), ("flickr", Order.UPDATE))
    assert [one.platform for one in photo.wishes] == ["flickr"]


@pytest.mark.parametrize("member", [True, False])
def test_a_photo_to_be_deleted_is_not_wanted_any_more(house, member):
    house.add("a.jpg", f"{FLICKR}|_delete", *([FLICKR] if member else []))
    photo = house.photo()
    assert photo.orders == (("flickr", Order.DELETE),)
    assert photo.wishes == ()


@pytest.mark.parametrize("other", ["_update", "_metadata"])
def test_contradicting_flags_are_a_trouble_and_no_order(house, other):
    house.add("a.jpg", FLICKR, f"{FLICKR}|_delete", f"{FLICKR}|{other}", "Socials|pixelfed|_update")
    photo = house.photo()
    assert photo.orders == (("pixelfed", Order.UPDATE),)
    assert [one.platform for one in photo.wishes] == ["flickr", "pixelfed"], "nothing is deleted for want of a wish"
    ((platform, sentence),) = photo.troubles
    assert platform == "flickr"
    assert sentence.startswith("Conflicting instructions: ")
    assert f"{FLICKR}|_delete" in sentence
    assert other in sentence


def test_root_and_flags_have_the_names_that_the_settings_give_them(house):
    house.another(root="Publish", update_flag="again", albums="sets")
    house.world.category("Publish|flickr|sets|Harbour", "72177720300000001")
    house.add("a.jpg", "Publish|flickr", "Publish|flickr|again", "Publish|flickr|sets|Harbour")
    house.add("b.jpg", FLICKR)
    photo = house.photo()
    assert photo.orders == (("flickr", Order.UPDATE),)
    assert photo.wishes[0].albums == ("Harbour",)


# --- albums and groups ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "description", "note"),
    [
        (
            "Harbour",
            "72177720300000001\nBoats and quays",
            AlbumNote("flickr", "Harbour", "72177720300000001", "Boats and quays"),
        ),
        (
            "Harbour",
            "\n \n72177720300000001\n\nBoats\nand quays\n",
            AlbumNote("flickr", "Harbour", "72177720300000001", "Boats\nand quays"),
        ),
        ("Trams [72177720300000004]", "", AlbumNote("flickr", "Trams", "72177720300000004")),
        ("Trams [72177720300000004]", "Only trams", AlbumNote("flickr", "Trams", "72177720300000004", "Only trams")),
        ("Birds [rare]", "", AlbumNote("flickr", "Birds [rare]")),
        ("Birds", "", AlbumNote("flickr", "Birds")),
    ],
)
def test_an_album_says_its_id_and_its_text(house, name, description, note):
    house.world.category(f"{FLICKR}|albums|{name}", description)
    house.add("a.jpg", FLICKR, f"{FLICKR}|albums|{name}")
    photo = house.photo()
    assert photo.album_notes == (note,)
    assert photo.wishes[0].albums == (note.name,)


def test_an_id_that_is_none_is_named_once(house, caplog):
    house.world.category(f"{FLICKR}|albums|Birds", "All my birds\nin one place")
    house.add("a.jpg", FLICKR, f"{FLICKR}|albums|Birds")
    with caplog.at_level(logging.WARNING, "heliograph.libraries.imatch"):
        assert house.photo().album_notes == (AlbumNote("flickr", "Birds", "", "All my birds\nin one place"),)
        house.photo()
    (message,) = (record.message for record in caplog.records if "no id" in record.message)
    assert message.startswith(f"{FLICKR}|albums|Birds: the first line of its description is no id of the album")


def test_groups_and_neutral_albums_come_along_where_the_photo_is_wanted(house):
    house.world.category(f"{FLICKR}|groups|Harbours", "52240028@N01\nOnly harbours, please")
    house.world.category("Socials|albums|Best of 2024", "best-of-2024\nThe best of a year")
    house.add("a.jpg", FLICKR, "Socials|quantum", f"{FLICKR}|groups|Harbours", "Socials|albums|Best of 2024")
    photo = house.photo()
    assert [(one.platform, one.albums, one.groups) for one in photo.wishes] == [
        ("flickr", ("Best of 2024",), ("Harbours",)),
        ("quantum", ("Best of 2024",), ()),
    ]
    assert photo.album_notes == (
        AlbumNote("", "Best of 2024", "best-of-2024", "The best of a year"),
        AlbumNote("flickr", "Harbours", "52240028@N01", "Only harbours, please", group=True),
    )


def test_groups_below_the_root_are_no_platform(house):
    house.add("a.jpg", FLICKR)
    house.add("b.jpg", "Socials|groups", "Socials|groups|Harbours")
    assert set(house.photos()) == {"a.jpg"}


def test_photos_directly_in_albums_are_in_no_album(house):
    house.world.category(f"{FLICKR}|albums", "all of them")
    house.add("a.jpg", FLICKR, f"{FLICKR}|albums")
    assert house.photo().wishes[0].albums == ()


# --- rows -------------------------------------------------------------------------------------------------------------

ROW = {"posted": "2024-04-01", "photo_id": "53330000001", "url": "https://flickr.example/53330000001"}
LINK = Link("flickr", "53330000001", ROW["url"], "2024-04-01")


@pytest.mark.parametrize("carrier", ["tagged", "master", "version"])
def test_a_row_counts_on_whatever_file_of_the_family_it_stands(house, carrier):
    master = house.add("quay.dng", drawn=False)
    tagged = house.add("quay.jpg", FLICKR, master=master)
    version = house.add("quay small.jpg", master=master)
    house.world.set_row({"tagged": tagged, "master": master, "version": version}[carrier], "flickr", ROW)
    assert house.photo().links == (LINK,)


def test_a_row_without_an_id_is_told_as_such_and_one_with_an_id_goes_before_it(house):
    file = house.add("a.jpg", FLICKR)
    house.world.add_row(file, "flickr", {"url": "https://flickr.example/lost"})
    assert house.photo().links == (Link("flickr", "", "https://flickr.example/lost"),)
    house.world.add_row(file, "flickr", ROW)
    assert house.photo().links == (LINK,)


@pytest.mark.parametrize(
    ("platform", "column"), [("pixelfed", "status_id"), ("mastodon", "status_id"), ("quantum", "media_id")]
)
def test_each_platform_has_its_own_column_for_the_id(house, platform, column):
    file = house.add("a.jpg", f"Socials|{platform}")
    house.world.set_row(file, platform, {"media_id": "7", column: "9", "posted": "2025-01-02"})
    assert house.photo().links == (Link(platform, "9", "", "2025-01-02"),)


def test_what_the_library_says_of_publishing_is_part_of_what_was_agreed(house):
    file = house.add("a.jpg", FLICKR)
    before = house.photo()
    house.world.set_row(file, "flickr", ROW)
    with_link = house.photo()
    house.world.put(file, f"{FLICKR}|_update")
    flagged = house.photo()
    assert len({jsonform.facts_digest(photo) for photo in (before, with_link, flagged)}) == 3
    assert jsonform.noun(Photo, jsonform.plain(flagged)) == flagged


# --- families ---------------------------------------------------------------------------------------------------------


def test_a_master_and_its_version_both_tagged_are_one_photo(house):
    master = house.add("quay.dng", FLICKR, drawn=False, tags={"title": "Master's title"})
    house.add("quay.jpg", FLICKR, "Socials|quantum", master=master, tags={"title": "Version's title"})
    photo = house.photo()
    assert photo.where == "D:/Photos/quay.dng"
    assert photo.media_type == "image/jpeg"
    assert photo.facts.title == "Master's title"
    assert [one.platform for one in photo.wishes] == ["flickr", "quantum"]


def test_words_may_come_from_the_tagged_file(house):
    master = house.add("quay.dng", drawn=False, tags={"title": "Master's title"})
    house.add("quay.jpg", FLICKR, master=master, tags={"title": "Version's title"})
    house.another(metadata_from="tagged")
    assert house.photo().facts.title == "Version's title"


def test_relations_by_several_definitions_and_versions_of_versions_are_one_family(house):
    master = house.add("quay.dng", FLICKR, drawn=False)
    edited = house.world.add_file("quay.tif", master=master)
    sent = house.add("quay.jpg")
    house.world.relate(edited, sent, "Exports")
    house.world.relate(master, house.add("quay.webp"), "Web")
    house.world.relate(sent, master, "Circle")
    photo = house.photo()
    assert photo.media_type == "image/jpeg"


MASTER = Member(1, "D:/a.dng", "DNG", 1)


@pytest.mark.parametrize(
    ("members", "tagged", "formats", "sent"),
    [
        ((("JPEG", 5), ("WEBP", 4)), (1,), ("JPEG", "WEBP"), 5),
        ((("JPEG", 5), ("WEBP", 4)), (1,), ("WebP", "jpg"), 4),
        ((("JPEG", 5), ("JPEG", 4)), (1,), ("JPG",), 4),
        ((("JPEG", 5), ("JPEG", 4)), (5,), ("JPEG",), 5),
        ((("JPEG", 5),), (1,), ("DNG", "JPEG"), 1),
        ((("TIFF", 5),), (1,), ("JPEG",), None),
    ],
)
def test_the_file_that_is_sent_is_chosen_by_the_formats_and_always_the_same(members, tagged, formats, sent):
    others = tuple(Member(number, f"D:/{number}", form, 1) for form, number in members)
    for order in (others, others[::-1]):
        chosen = Family(MASTER, tagged, (MASTER, *order)).sent(formats)
        assert (chosen.id if chosen else None) == sent


def test_without_an_allowed_format_the_photo_is_known_and_says_what_to_do(house):
    house.add("scan.tif", FLICKR, f"{FLICKR}|_delete", "Socials|quantum")
    photo = house.photo()
    assert photo.media_type == "image/tiff"
    assert photo.orders == (("flickr", Order.DELETE),), "what cannot be sent can be deleted"
    ((platform, sentence),) = photo.troubles
    assert platform == "quantum"
    assert "an allowed format: there is TIFF" in sentence
    assert "JPEG, WEBP, PNG" in sentence


def test_what_only_the_file_or_its_sidecar_says_is_heard_and_stays_at_home(house):
    house.add("a.jpg", FLICKR, data=coded(1, xmp=packet(bag("dc:subject", "in the file"))))
    house.path("a.xmp").write_bytes(packet(bag("dc:subject", "in the sidecar")))
    facts = house.photo().facts
    assert facts.keywords == ()
    assert {path for _, path in facts.overruled.keywords} == {("in the file",), ("in the sidecar",)}


def test_what_a_platform_requires_of_its_photos_is_told_where_it_is_missing(house):
    house.another(required={"flickr": ("genre", "make")})
    genre = "Image Characteristics|Genre"
    house.add("a.jpg", FLICKR, "Socials|quantum", genre)
    house.add("b.jpg", FLICKR, f"{genre}|landscape", tags={"make": "Canon"})
    photos = house.photos()
    assert photos["b.jpg"].troubles == ()
    assert [(platform, label(sentence)) for platform, sentence in photos["a.jpg"].troubles] == [
        ("flickr", "missing make"),
        ("flickr", "missing genre"),
    ]


def test_refusals_of_the_house_have_the_labels_that_users_know():
    sentences = {name: lacking(name) for name in ("title", "headline", "caption", "keywords", "camera", "alt_text")}
    assert {name: label(sentence) for name, sentence in sentences.items()} == {
        "title": "missing title",
        "headline": "missing headline",
        "caption": "missing description",
        "keywords": "missing hierarchical_keywords",
        "camera": "missing model",
        "alt_text": "missing alt text",
    }
    assert label("The picture is absurdly large: 9 bytes.") == "file too large"
    assert label("Nobody ever heard of this.") == "other"
    assert {label(lacking(name)) for name in REQUIRABLE} <= set(LABELS)


def test_a_picture_that_cannot_be_read_is_named_with_its_reason(house):
    house.add("cut.jpg", FLICKR, data=b"no picture")
    house.add("gone.jpg", FLICKR).filename.encode()
    house.path("gone.jpg").unlink()
    assert house.photos() == {}
    assert "none that is known" in house.unreadable["cut.jpg"]
    assert "the file is not there" in house.unreadable["gone.jpg"]
