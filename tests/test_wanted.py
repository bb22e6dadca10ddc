import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.errors import Mistake
from heliograph.jsonform import noun, plain
from heliograph.model import (
    Exposure,
    F,
    Facts,
    Limits,
    Output,
    Photo,
    Place,
    Recipe,
    Rights,
    Subject,
    SubjectKind,
    Taken,
    Wanted,
    Wish,
    album_mark,
)
from heliograph.policy import (
    Audience,
    Captions,
    OnAudience,
    Picture,
    PlatformPolicy,
    PrivatePlace,
    Rules,
    Selection,
)
from heliograph.wanted import albums, basis, check, fingerprint, order, recipe, verdict, with_defaults

PHOTO_FIELDS = frozenset({F.PICTURE, F.TITLE, F.TEXT, F.ALT, F.TAGS, F.TAKEN, F.PLACE, F.RIGHTS, F.CAMERA})
ALBUM_FIELDS = frozenset({F.TITLE, F.TEXT, F.COVER, F.MEMBERS})
SITE_LIMITS = Limits(
    PHOTO_FIELDS, PHOTO_FIELDS, PHOTO_FIELDS, album_fields=ALBUM_FIELDS, media_types=("image/webp", "image/jpeg")
)
JPEG_LIMITS = Limits(PHOTO_FIELDS, PHOTO_FIELDS, PHOTO_FIELDS, media_types=("image/jpeg", "image/png", "image/webp"))
TEMPLATES = Captions(
    title="{{ title or name }}",
    text="{{ caption }}\n{{ hashtags }}\n{{ keyword_paths }}{{ people }}{{ place_line }}{{ latitude }}",
    alt="{{ alt_text or title }}",
)
FULL = Facts(
    title="Lighthouse",
    caption="Seen from the ferry",
    alt_text="A white lighthouse",
    keywords=("sea",),
    keyword_paths=(("Socials", "site"), ("Socials", "site", "albums", "Norway")),
    taken=Taken("2024-05-03T14:05:06", "25", "+02:00"),
    camera_model="S1",
    exposure=Exposure(200, (1, 60), 8.0, 50.0),
    place=Place(67.9326001, -0.0000001, 12.0, "Pier", "Reine", "Nordland", "Norway", "NO"),
    rights=Rights(("Ida Lund",), "Lund", "c Ida Lund", "", "https://creativecommons.org/licenses/by/4.0/"),
    width_px=6000,
    height_px=4000,
    orientation=6,
)
SITE = PlatformPolicy("site", "site", captions=TEMPLATES, rules=Rules(place=True))


def photo(facts=FULL, where="2024/LOF_1.jpg", **some):
    return replace(Photo(where, "cd" * 32, "jpeg scans", "image/jpeg", 8_000_000, facts), **some)


def decided(policy=SITE, limits=SITE_LIMITS, of=None):
    return verdict(of or photo(), "cd" * 16, policy, limits)


# --- verdict ----------------------------------------------------------------------------------------------------------


def test_the_fields_are_exactly_those_that_platforms_are_promised():
    found = decided()
    assert found.wanted is not None
    fields = dict(found.wanted.fields)
    assert len(str(fields.pop(F.PICTURE))) == 32
    assert fields == {
        F.TITLE: "Lighthouse",
        F.TEXT: "Seen from the ferry\n#Sea\nPier, Reine, Nordland, Norway67.9326",
        F.ALT: "A white lighthouse",
        F.TAGS: ("sea",),
        F.TAKEN: ("2024-05-03T14:05:06", "25", "+02:00", ""),
        F.PLACE: (67.9326, 0.0, "Pier", "Reine", "Nordland", "Norway"),
        F.RIGHTS: (("Ida Lund",), "Lund", "c Ida Lund", "", "https://creativecommons.org/licenses/by/4.0/"),
        F.CAMERA: (
            ("Camera", "S1"),
            ("Exposure", "1/60 s"),
            ("Aperture", "f/8"),
            ("ISO", "200"),
            ("Focal length", "50 mm"),
        ),
    }
    assert found.wanted.subject == Subject(SubjectKind.PHOTO, "cd" * 16)
    assert (found.wanted.mark, found.wanted.where, found.wanted.platform) == ("cd" * 16, "2024/LOF_1.jpg", "site")
    assert found.albums == ("Norway",)


def test_a_zero_has_no_sign():
    found = decided()
    assert found.wanted is not None
    assert "-0.0" not in json.dumps(plain(found.wanted.fields))


def test_a_platform_gets_only_the_fields_that_it_can_show():
    some = frozenset({F.TITLE, F.GROUPS})
    wishing = photo(wishes=(Wish("site", groups=("b", "a")),))
    found = decided(limits=Limits(some, some, some), of=wishing)
    assert found.wanted is not None
    assert found.wanted.fields == {F.TITLE: "Lighthouse", F.GROUPS: ("a", "b")}
    assert found.albums == ()
    assert any("no albums there" in sentence for sentence in found.left_out)


def test_what_a_photo_does_not_state_is_none():
    found = decided(of=photo(Facts(keyword_paths=(("Socials", "site"),))))
    assert found.wanted is not None
    assert (found.wanted.fields[F.TAKEN], found.wanted.fields[F.PLACE]) == (None, None)
    assert found.wanted.fields[F.TITLE] == "LOF_1"


def test_what_nobody_wishes_is_not_wanted_and_not_refused():
    found = decided(of=photo(Facts(keyword_paths=(("Private",),))))
    assert (found.wish, found.wanted, found.refusals) == (None, None, ())


def test_what_is_refused_is_wished_but_not_wanted_and_in_no_album():
    found = decided(of=photo(replace(FULL, keywords=("Private",))))
    assert found.wish is not None
    assert (found.wanted, found.albums, len(found.refusals)) == (None, (), 1)


def test_a_wanted_state_survives_json():
    found = decided()
    assert found.wanted is not None
    again = noun(Wanted, json.loads(json.dumps(plain(found.wanted))))
    assert again.recipe == found.wanted.recipe
    assert plain(again) == plain(found.wanted)


CANARY = "canary7q"
CANARIES = st.sampled_from([CANARY, CANARY.upper(), CANARY + "two", CANARY + "\u00e9"])


@st.composite
def secretive(draw):
    """Secrets wherever the rules keep them at home, and in flat keywords as programs repeat them."""
    secret = [draw(CANARIES) for _ in range(4)]
    withheld = (draw(st.sampled_from(["People", "private people", "Work"])), *secret[:2])
    place = Place(draw(st.floats(-0.004, 0.004)), draw(st.floats(-0.004, 0.004)), 3.5, secret[2], country=secret[2])
    keywords = draw(st.lists(st.sampled_from([*secret, "sea", "boat", withheld[0]]), max_size=5, unique=True))
    return Facts(
        title="Sea",
        keywords=tuple(keywords),
        keyword_paths=tuple(sorted({withheld, ("Socials", "site"), ("Events", secret[3]), ("Nature", "Sea")})),
        people=(secret[3],),
        place=place,
        sources=((secret[0], "XMP"),),
        warnings=(secret[1],),
    )


@given(secretive(), st.sampled_from(["leaves", "levels", "flat"]), st.booleans())
def test_what_is_withheld_occurs_nowhere_in_what_is_sent(facts, mode, place):
    home = PrivatePlace("Home", 0.0, 0.0, radius_m=2000)
    rules = Rules(withhold=("People", "Private People", "work"), place=place, private_places=(home,))
    embed = ("rights", "title", "caption", "alt_text", "keywords", "taken", "camera")
    policy = replace(SITE, rules=rules, captions=replace(TEMPLATES, tags=mode), picture=Picture(embed=embed))
    found = decided(policy, of=photo(facts))
    assert found.wanted is not None
    sent = json.dumps(plain((found.wanted.fields, found.wanted.recipe, found.wanted.left_out)), ensure_ascii=False)
    assert CANARY not in sent.casefold()
    assert found.wanted.fields[F.PLACE] is None
    assert "Socials" not in sent
    assert "Sea" in sent


def test_the_canary_test_can_fail():
    facts = replace(FULL, keywords=(CANARY,), people=(CANARY,))
    found = decided(replace(SITE, rules=Rules(people=True)), of=photo(facts))
    assert found.wanted is not None
    assert CANARY in json.dumps(plain(found.wanted.fields))


@given(st.permutations(["sea", "boat", "Norway", "Sea"]))
def test_the_order_of_keywords_does_not_change_what_is_wanted(keywords):
    one = decided(of=photo(replace(FULL, keywords=tuple(keywords))))
    two = decided(of=photo(replace(FULL, keywords=tuple(sorted(keywords)))))
    assert one.wanted is not None
    assert two.wanted is not None
    assert one.wanted.fields == two.wanted.fields


def test_a_renamed_photo_with_a_title_is_wanted_as_before():
    one, two = decided(), decided(of=photo(where="2025/other.jpg"))
    assert one.wanted is not None
    assert two.wanted is not None
    assert (one.wanted.fields, one.order) == (two.wanted.fields, two.order)


# --- basis ------------------------------------------------------------------------------------------------------------


def test_the_basis_changes_with_everything_that_decides_and_with_nothing_else():
    def of(policy=SITE, limits=SITE_LIMITS, **some):
        found = decided(policy, limits, photo(**some))
        assert found.wanted is not None
        return found.wanted.basis

    bases = [
        of(),
        of(facts=replace(FULL, title="Other")),
        of(digest="ef" * 32),
        of(where="2025/LOF_1.jpg"),
        of(policy=replace(SITE, rules=Rules())),
        of(policy=replace(SITE, captions=Captions())),
        of(limits=replace(SITE_LIMITS, text_len=500)),
    ]
    assert len(set(bases)) == len(bases)
    assert of() == of(length_bytes=9)


def test_the_basis_can_be_computed_from_digests_alone():
    found = decided()
    assert found.wanted is not None
    facts_digest = found.wanted.basis.split(".")[0]
    assert found.wanted.basis == basis(facts_digest, "cd" * 32, fingerprint(SITE, SITE_LIMITS), "2024/LOF_1.jpg")


def test_equal_settings_have_equal_fingerprints():
    again = replace(SITE, captions=replace(TEMPLATES))
    assert fingerprint(SITE, SITE_LIMITS) == fingerprint(again, replace(SITE_LIMITS))


@pytest.mark.parametrize("counts", [True, False])
def test_other_words_in_a_file_make_another_picture_only_where_they_count(counts):
    limits = replace(SITE_LIMITS, embedded_counts=counts)
    policy = replace(SITE, picture=Picture(send="original", embed=("rights", "taken")))
    one = photo(media_type=limits.media_types[0], wishes=(Wish("site"),))
    rights = replace(one, facts=replace(one.facts, rights=replace(one.facts.rights, copyright="© somebody else")))

    def picture(given, policy=policy):
        wanted = verdict(given, "id", policy, limits).wanted
        assert wanted is not None
        return wanted.fields[F.PICTURE]

    assert (picture(rights) != picture(one)) == counts
    turned = replace(one, facts=replace(one.facts, orientation=8))
    assert picture(turned) != picture(one)
    other_kinds = replace(policy, picture=replace(policy.picture, embed=("rights",)))
    assert picture(one, other_kinds) != picture(one)


# --- settings ---------------------------------------------------------------------------------------------------------


def test_the_platforms_defaults_fill_in_only_where_the_owner_is_silent():
    policy = PlatformPolicy("site", "site", captions=Captions(title="mine"), picture=Picture(send="original"))
    filled = with_defaults(
        policy, Captions(title="yours", text="yours", alt="yours"), Picture("resized", (2048,), embed=()), ()
    )
    assert filled.captions == Captions(title="mine", text="yours", alt="yours")
    assert filled.picture == Picture("original", (2048,), embed=())


@pytest.mark.parametrize(
    ("owner", "platform", "embedded"),
    [
        (None, None, ("rights",)),
        (None, ("rights", "taken", "camera"), ("rights", "taken", "camera")),
        (None, (), ()),
        ((), ("rights", "taken"), ()),
        (("title",), ("rights", "taken"), ("title",)),
    ],
)
def test_what_is_written_into_files_is_the_owners_then_the_platforms_choice_then_the_rights(owner, platform, embedded):
    policy = PlatformPolicy("x", "site", picture=Picture("original", embed=owner))
    filled = with_defaults(policy, Captions(), Picture("original", embed=platform), ())
    written = recipe(FULL, photo(), filled.picture, JPEG_LIMITS).embed
    facts = {"rights": FULL.rights, "taken": FULL.taken, "camera": FULL.camera_model, "title": FULL.title}
    found = {"rights": written.rights, "taken": written.taken, "camera": written.camera_model, "title": written.title}
    assert {name for name in facts if found[name] == facts[name]} == set(embedded)


@pytest.mark.parametrize(
    ("owner", "missed"),
    [(None, ("alt text",)), ((), ()), (("title",), ("title",)), (("title", "alt_text"), ("title", "alt text"))],
)
def test_what_a_platform_needs_is_required_where_the_owner_is_silent(owner, missed):
    policy = replace(SITE, rules=Rules(required=owner))
    filled = with_defaults(policy, Captions(), Picture(), ("alt_text",))
    refused = verdict(photo(Facts(keywords=("Socials|site",))), "1", filled, JPEG_LIMITS).refusals
    assert [f"no {noun}" in sentence for noun, sentence in zip(missed, refused, strict=True)] == [True] * len(missed)


@pytest.mark.parametrize(
    ("show", "audiences", "expected"),
    [
        ("", ("public", "friends"), "public"),
        ("", ("followers",), "followers"),
        ("friends", ("public", "friends"), "friends"),
        ("", (), ""),
    ],
)
def test_a_photo_is_for_whom_the_owner_says_and_else_for_the_platforms_usual_audience(show, audiences, expected):
    limits = replace(SITE_LIMITS, fields=PHOTO_FIELDS | {F.VISIBILITY}, audiences=audiences)
    found = decided(replace(SITE, audience=Audience(show)), limits)
    assert found.wanted is not None
    assert found.wanted.fields[F.VISIBILITY] == expected
    other = decided(replace(SITE, audience=Audience("private")), limits)
    assert other.wanted is not None
    assert other.wanted.basis != found.wanted.basis


def test_where_everybody_sees_everything_there_is_no_audience_to_set():
    found = decided(replace(SITE, audience=Audience("friends", OnAudience.ALL)))
    assert found.wanted is not None
    assert F.VISIBILITY not in found.wanted.fields


@pytest.mark.parametrize(
    "policy",
    [
        replace(SITE, captions=Captions(text="{{ titel }}")),
        replace(SITE, captions=Captions(tags="leafs")),
        replace(SITE, rules=Rules(required=("titel",))),
        replace(SITE, picture=Picture(send="orignal")),
        replace(SITE, picture=Picture(embed=("right",))),
        replace(SITE, picture=Picture(long_edge_px=(0,))),
        replace(SITE, picture=Picture(formats=("heic",))),
    ],
)
def test_every_mistake_in_the_settings_is_found_without_a_photo(policy):
    with pytest.raises(Mistake, match="Nothing was changed"):
        check(policy)


def test_good_settings_are_no_mistake():
    check(SITE)
    check(PlatformPolicy("x", "site", select=Selection(everything=True)))


# --- recipes ----------------------------------------------------------------------------------------------------------


def made(picture, limits=SITE_LIMITS, **some):
    return recipe(FULL, photo(**some), picture, limits)


def sizes(found):
    return [(output.media_type.removeprefix("image/"), output.long_edge_px) for output in found.outputs]


def test_a_site_gets_every_size_in_webp_and_a_large_and_a_small_jpeg():
    found = made(Picture("resized", (640, 3000, 2048, 640)))
    assert sizes(found) == [("webp", 3000), ("webp", 2048), ("jpeg", 2048), ("webp", 640), ("jpeg", 640)]


def test_a_platform_that_likes_jpeg_best_gets_one_file_a_size():
    assert sizes(made(Picture("resized", (1600,)), JPEG_LIMITS)) == [("jpeg", 1600)]
    assert sizes(made(Picture(), JPEG_LIMITS)) == [("jpeg", 2048)]


def test_only_huge_sizes_still_have_a_fallback():
    assert sizes(made(Picture("resized", (4000,)))) == [("webp", 4000), ("jpeg", 4000)]


def test_quality_is_the_settings():
    assert made(Picture("resized", (100,), quality=70), JPEG_LIMITS).outputs == (Output("image/jpeg", 100, 70),)


def test_named_formats_are_made_in_every_size_each_with_its_own_quality():
    limits = replace(SITE_LIMITS, media_types=("image/webp", "image/jpeg", "image/avif"))
    picture = Picture("resized", (640, 2048), formats=("avif", "jpeg", "avif"), quality=80)
    found = made(picture, limits)
    assert sizes(found) == [("avif", 2048), ("jpeg", 2048), ("avif", 640), ("jpeg", 640)]
    assert [output.quality for output in found.outputs] == [60, 80, 60, 80]
    other = replace(picture, formats=("webp",), quality_webp=70, quality_avif=1)
    assert made(other, limits).outputs == (Output("image/webp", 2048, 70), Output("image/webp", 640, 70))


def test_formats_that_a_platform_does_not_take_are_left_out_and_where_none_is_left_it_gets_its_usual():
    assert sizes(made(Picture("resized", (640,), formats=("avif", "webp")), JPEG_LIMITS)) == [("webp", 640)]
    assert sizes(made(Picture("resized", (640,), formats=("avif",)), JPEG_LIMITS)) == [("jpeg", 640)]


def test_an_accepted_original_is_sent_as_it_is_with_its_orientation():
    assert made(Picture("original"), JPEG_LIMITS) == Recipe((), Facts(rights=FULL.rights, orientation=6))


@pytest.mark.parametrize(
    ("limits", "some", "expected"),
    [
        (JPEG_LIMITS, {"media_type": "image/tiff"}, ("jpeg", None)),
        (JPEG_LIMITS, {"media_type": "image/tiff", "length_bytes": 10**9}, ("jpeg", None)),
        (replace(JPEG_LIMITS, max_px=6_000_000), {}, ("jpeg", 3000)),
        (replace(JPEG_LIMITS, max_bytes=2_000_000), {}, ("jpeg", 3000)),
        (replace(JPEG_LIMITS, max_px=6_000_000), {"media_type": "image/tiff"}, ("jpeg", 3000)),
        (Limits(PHOTO_FIELDS, PHOTO_FIELDS, PHOTO_FIELDS, media_types=("image/webp",)), {}, ("webp", None)),
    ],
)
def test_an_original_that_is_not_taken_goes_as_large_as_it_may_and_says_so(limits, some, expected):
    found = made(Picture("original"), limits, **some)
    assert sizes(found) == [expected]
    assert found.embed.orientation == 1
    policy = replace(SITE, picture=Picture("original"))
    assert any("original cannot be sent" in sentence for sentence in decided(policy, limits, photo(**some)).left_out)


def test_no_size_is_beyond_the_area_that_a_platform_takes():
    found = made(Picture("resized", (6000, 800)), replace(JPEG_LIMITS, max_px=1_500_000))
    assert sizes(found) == [("jpeg", 1500), ("jpeg", 800)]


def test_only_the_named_facts_are_embedded():
    assert made(Picture(embed=())).embed == Facts()
    assert made(Picture(embed=("title", "camera"))).embed == Facts(
        title=FULL.title, camera_model=FULL.camera_model, exposure=FULL.exposure
    )


def test_the_picture_changes_with_its_pixels_its_orientation_and_its_recipe():
    def picture(policy=SITE, **some):
        found = decided(policy, of=photo(**some))
        assert found.wanted is not None
        return found.wanted.fields[F.PICTURE]

    digests = [
        picture(),
        picture(digest="ef" * 32),
        picture(facts=replace(FULL, orientation=1)),
        picture(replace(SITE, picture=Picture(quality=50))),
        picture(facts=replace(FULL, rights=Rights())),
    ]
    assert len(set(digests)) == len(digests)
    assert picture(facts=replace(FULL, title="Other", rating=3)) == digests[0]


# --- albums -----------------------------------------------------------------------------------------------------------


def test_albums_hold_their_members_in_order_and_show_the_first():
    placed = [("c", ("Norway",), "2"), ("a", ("Norway", "Best"), "3"), ("b", ("Norway",), "2")]
    best, norway = albums("site", placed, SITE_LIMITS)
    assert best.fields == {F.TITLE: "Best", F.TEXT: "", F.COVER: "a", F.MEMBERS: ("a",)}
    assert norway.fields == {F.TITLE: "Norway", F.TEXT: "", F.COVER: "b", F.MEMBERS: ("b", "c", "a")}
    assert (norway.subject, norway.where) == (Subject(SubjectKind.ALBUM, "Norway"), "Norway")
    assert norway.mark != best.mark


@given(st.permutations([("a", ("X", "y"), "1"), ("b", ("x",), "2"), ("c", ("Y",), "0"), ("a", ("x",), "5")]))
def test_the_order_of_the_photos_changes_no_album_and_case_makes_no_second_one(placed):
    found = albums("site", placed, SITE_LIMITS)
    assert [(album.subject.id, album.fields[F.MEMBERS]) for album in found] == [("X", ("a", "b")), ("Y", ("c", "a"))]
    assert found == albums("site", sorted(placed), SITE_LIMITS)


def test_a_platform_without_albums_has_none_and_shows_only_what_it_can():
    assert albums("site", [("a", ("X",), "1")], JPEG_LIMITS) == ()
    (only,) = albums("site", [("a", ("X",), "1")], replace(SITE_LIMITS, album_fields=frozenset({F.TITLE})))
    assert only.fields == {F.TITLE: "X"}


def test_a_long_album_name_is_cut_in_its_title_only():
    (only,) = albums("site", [("a", ("A very long name",), "1")], replace(SITE_LIMITS, title_len=8))
    assert (only.fields[F.TITLE], only.subject.id) == ("A very\u2026", "A very long name")
    assert only.left_out


def test_an_album_is_recognised_by_its_title_as_it_is_shown_with_its_edges_trimmed():
    (long,) = albums("site", [("a", ("A very long name",), "1")], replace(SITE_LIMITS, title_len=8))
    (short,) = albums("site", [("a", (str(long.fields[F.TITLE]),), "1")], SITE_LIMITS)
    assert long.mark == short.mark == album_mark(f"  {long.fields[F.TITLE]} \n")
    assert album_mark("The coast") != album_mark("The Coast")
    assert len(long.mark) == 32


def test_members_are_ordered_by_date_then_pixels_and_the_undated_come_last():
    dates = [
        Taken("2019-11-02T10:00:00", circa="ca. 1936"),
        Taken("1999"),
        Taken("2024-05-03T14:05:06"),
        Taken("2024-05-03T14:05:06", "25"),
        Taken("2024-05-03T14:05:07"),
        None,
    ]
    keys = [order(photo(Facts(taken=taken))) for taken in dates]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert order(photo(where="z.jpg")) == order(photo(where="a.jpg"))
