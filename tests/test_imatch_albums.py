"""Albums that IMatch names by their ids: what they have there stays, and what is not there is sought once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from heliograph.model import Verb
from imatch_house import served
from imatch_studio import Household, at_work

HARBOUR = "Socials|flickr|albums|Harbour"


@pytest.fixture(scope="module")
def standin(tmp_path_factory):
    with served(tmp_path_factory.mktemp("imws")) as standin:
        yield standin


@pytest.fixture
def home(tmp_path: Path, template: Path, standin) -> Iterator[Household]:
    with at_work(tmp_path, template, standin) as home:
        for name in ("quay", "boat"):
            home.add(name, "flickr")
        home.run()
        yield home


def by_hand(home: Household, title: str, first: str) -> str:
    """The id of an album made on Flickr's pages, with a text of its own."""
    photo = home.row(first)["photo_id"]
    home.by_hand("photosets.create", title=title, description="As I wrote it", primary_photo_id=photo)
    return next(id_ for id_, album in home.world.albums.items() if album.title == title)


def named(home: Household, description: str, path: str = HARBOUR) -> None:
    home.database.category(path, description)
    for file in home.files.values():
        home.database.put(file, path)


@pytest.mark.parametrize(("below", "text"), [("", "As I wrote it"), ("Boats and quays", "Boats and quays")])
def test_an_album_that_imatch_names_keeps_title_and_cover_and_its_text_unless_imatch_says_another(home, below, text):
    album = by_hand(home, "Summer at sea", "boat")
    named(home, f"{album}\n{below}")
    home.run()
    (held,) = home.world.albums.values()
    assert (held.title, held.description, held.primary) == ("Summer at sea", text, home.row("boat")["photo_id"])
    assert set(held.photos) == {home.row(name)["photo_id"] for name in home.files}
    assert home.actions() == {}
    home.add("late", "flickr", "flickr|albums|Harbour")
    home.run()
    (held,) = home.world.albums.values()
    assert (len(held.photos), held.title, held.primary) == (3, "Summer at sea", home.row("boat")["photo_id"])
    assert home.actions() == {}


def test_the_title_that_an_album_kept_counts_as_agreed(home):
    home.options["look"] = "everything"
    album = by_hand(home, "Summer at sea", "boat")
    named(home, album)
    home.run()
    assert home.actions() == {}
    home.by_hand("photosets.editMeta", photoset_id=album, title="Winter at sea", description="As I wrote it")
    assert home.actions()["Harbour", "flickr"].verb == Verb.ASK, "renaming it again is asked about"


def test_an_album_that_is_not_there_is_sought_in_one_plan_only(home):
    named(home, "72177720309999999")
    for _ in range(2):
        assert home.actions()["Harbour", "flickr"].verb == Verb.ASK
    with home.counted() as made:
        assert home.actions()["Harbour", "flickr"].verb == Verb.ASK
    named(home, by_hand(home, "Summer at sea", "boat"))
    assert home.actions()["Harbour", "flickr"].verb == Verb.MATCH
    with home.counted() as usual:
        home.actions()
    assert sum(made.values()) <= sum(usual.values()) <= 4


def test_the_name_that_a_website_has_for_an_album_of_all_platforms_is_no_id_on_flickr(home):
    named(home, "best-of-2024\nThe best of a year", "Socials|albums|Best of 2024")
    assert home.actions()["Best of 2024", "flickr"].verb == Verb.ADD
    home.run()
    (album,) = home.world.albums.values()
    assert (album.title, album.description) == ("Best of 2024", "The best of a year")
    assert home.actions() == {}


def test_an_album_of_all_platforms_is_found_by_an_id_that_is_there(home):
    named(home, by_hand(home, "Summer at sea", "boat"), "Socials|albums|Best of 2024")
    assert home.actions()["Best of 2024", "flickr"].verb == Verb.MATCH
    home.run()
    assert [album.title for album in home.world.albums.values()] == ["Summer at sea"]
