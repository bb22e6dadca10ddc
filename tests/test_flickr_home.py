"""Flickr and a folder, both ways: originals come home with their words, edits travel, nothing goes out twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import flickr_studio
from flickr_studio import Studio, only, verbs
from heliograph.digest import image_digest
from heliograph.execute import End
from heliograph.model import F, Post, SubjectKind, Verb
from heliograph.platforms.flickr.bringing import brought
from heliograph.platforms.flickr.texts import readable
from heliograph.policy import Direction
from heliograph.standin.flickr.seeding import add_photo
from photos import draw

flickr = flickr_studio.flickr
READING = {
    f"flickr.{method}"
    for method in (
        *("people.getPhotos", "people.getInfo", "photos.recentlyUpdated", "photosets.getList", "photosets.getPhotos"),
        *("photos.getInfo", "photos.getSizes", "photos.getAllContexts"),
    )
}


@pytest.fixture
def home(flickr: Studio) -> Iterator[Studio]:
    """A folder in place of the drawn photos, both ways."""
    flickr.folder_library()
    flickr.policy = replace(flickr.policy, direction=Direction.BOTH)
    return flickr


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return draw(tmp_path / "sent.jpg", 7)


def pictures(studio: Studio) -> list[Path]:
    return sorted(studio.folder.glob("library/**/*.jpg"))


def facts(studio: Studio) -> object:
    with studio.desk() as desk:
        desk.scan()
        (found,) = desk.ledger.files.photos([one[1] for one in desk.ledger.files.search("", limit=9)]).values()
    return found.facts


def test_an_original_comes_home_with_all_that_was_said_of_it(home: Studio, picture: Path) -> None:
    add_photo(
        home.world,
        home.me,
        picture,
        tags=("New York", "Sea", "checksum:sha1=ab"),
        title="Low tide &amp; boats",
        description="Boats\nand gulls",
        taken="2019-08-01 10:00:00",
        license=4,
    )
    with home.counted() as calls:
        (event, *_) = home.sync()
    assert (event.action.verb, event.end) == (Verb.DOWNLOAD, End.DONE)
    assert {name: calls[name] for name in ("photos.getInfo", "photos.getSizes", "photos.getAllContexts")} == {
        "photos.getInfo": 1,
        "photos.getSizes": 1,
        "photos.getAllContexts": 1,
    }
    (file,) = pictures(home)
    assert image_digest(file, "image/jpeg") == image_digest(picture, "image/jpeg")
    known = facts(home)
    assert known.caption == "Boats\nand gulls"
    assert {"New York", "Sea"} <= set(known.keywords)
    assert not any("checksum" in word for word in known.keywords)
    assert known.taken.local == "2019-08-01T10:00:00"
    assert known.rights.licence_url == "https://creativecommons.org/licenses/by/2.0/"
    assert ("Socials", "flickr") in known.keyword_paths


def test_what_came_home_is_in_step_and_nothing_is_ever_sent_again(home: Studio, picture: Path) -> None:
    add_photo(home.world, home.me, picture, tags=("Sea",), title="Low tide", description="Boats")
    home.sync()
    with home.counted() as calls:
        home.sync()
        assert home.plan().actions == ()
    written = {call.method for call in home.house.standin.calls.all() if call.route == "rest"} - READING
    assert written == set()
    assert "upload" not in calls
    (shown,) = home.shown_all()
    assert (shown.title, shown.description) == ("Low tide", "Boats")


def test_an_edit_on_flickr_is_taken_home_with_tags_as_they_were_typed(home: Studio, picture: Path) -> None:
    add_photo(home.world, home.me, picture, title="Low tide", description="Boats")
    home.sync()
    home.sync()
    (shown,) = home.shown_all()
    home.by_hand("photos.setMeta", photo_id=shown.id, title="Ebb", description="Gulls & boats")
    home.by_hand("photos.addTags", photo_id=shown.id, tags='"New York" Sea')
    action = only(home.plan())
    assert (action.verb, [take.field for take in action.takes]) == (Verb.TAKE, [F.TAGS, F.TEXT, F.TITLE])
    (event, *_) = home.sync()
    assert event.end == End.DONE, event.sentence
    known = facts(home)
    assert (known.title, known.caption) == ("Ebb", "Gulls & boats")
    assert {"New York", "Sea"} <= set(known.keywords)
    assert home.plan().actions == ()


def test_an_account_without_originals_gives_the_largest_size_and_says_so(home: Studio, picture: Path) -> None:
    add_photo(home.world, home.me, picture, title="Low tide")
    home.world.dials.pro = home.world.dials.free_originals = False
    (event, *_) = home.sync()
    assert event.end == End.DONE
    assert "no original of it" in event.sentence
    assert len(pictures(home)) == 1


def test_videos_stay_where_they_are_and_are_named(home: Studio, picture: Path) -> None:
    add_photo(home.world, home.me, picture, title="Waves", media="video")
    plan = home.plan()
    assert plan.actions == ()
    assert "1 video is left alone on flickr: Waves" in plan.notes


def test_albums_of_the_owner_are_told_and_not_made_anew(home: Studio, picture: Path) -> None:
    item = add_photo(home.world, home.me, picture, title="Low tide")
    home.by_hand("photosets.create", title="Coast", primary_photo_id=item.id)
    home.sync()
    home.sync()
    home.sync()
    assert [album.title for album in home.world.albums.values()] == ["Coast"]
    assert verbs(home.plan()) == {}


def test_with_the_ledger_lost_what_came_home_is_known_by_its_sidecar(home: Studio, picture: Path) -> None:
    add_photo(home.world, home.me, picture, title="Low tide")
    home.sync()
    home.sync()
    home.lose_ledger()
    action = only(home.plan())
    assert (action.verb, action.changes) == (Verb.MATCH, ())
    home.sync()
    assert home.plan().actions == ()
    assert len(pictures(home)) == len(home.shown_all()) == 1


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "typed"),
    [
        ("Boats &amp; gulls", "Boats & gulls"),
        ("Line\r\nby line", "Line\nby line"),
        (
            '<a href="https://example.org/a/long/way" rel="nofollow">example.org/a/lo...</a>',
            "https://example.org/a/long/way",
        ),
        ('<a href="https://example.org/a">my page</a>', '<a href="https://example.org/a">my page</a>'),
        ("<b>bold</b>", "<b>bold</b>"),
    ],
)
def test_a_description_reads_as_it_was_typed(shown: str, typed: str) -> None:
    assert readable(shown) == typed


def test_a_date_that_is_only_about_right_comes_home_as_one() -> None:
    fields = {
        F.TAKEN: ("1936", "", "", "ca."),
        F.RIGHTS: "0",
        F.PLACE: (54.1, 8.2, "", "", "", ""),
        F.TAGS: ("a:b=c", "sea"),
    }
    post = Post("1", SubjectKind.PHOTO, fields=fields)
    said = brought(post.fields)
    assert said == {F.TAKEN: ("1936", "", "", "ca. 1936"), F.RIGHTS: "", F.PLACE: (54.1, 8.2), F.TAGS: ("sea",)}
