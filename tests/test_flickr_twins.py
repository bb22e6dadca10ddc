"""Files of equal pixels that are coded differently: one of them is the photo there, and no other is sent beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image

import flickr_studio
from flickr_studio import LATER_S, POLICY, Studio
from heliograph.desk.twins import _Look, _Original
from heliograph.digest.signature import signature_of_six
from heliograph.ledger.memory import Memory
from heliograph.model import Post, Subject, SubjectKind, Verb
from heliograph.plan import Standing, Want
from heliograph.policy import Selection

flickr = flickr_studio.flickr


@pytest.fixture
def home(flickr: Studio) -> Iterator[Studio]:
    """Three codings of one picture at home, and one photo of it that FlickrSync put on Flickr."""
    flickr.policy = replace(POLICY, select=Selection(everything=True))
    flickr.folder_library()
    folder = flickr.folder / "library"
    folder.mkdir(exist_ok=True)
    with Image.new("RGB", (48, 36), "teal") as image:
        for x in range(12):
            image.putpixel((x * 3, x * 2), (x * 20, 9, 99))
        for level, name in enumerate(("a.png", "b.png", "c.png")):
            image.save(folder / name, compress_level=level * 4)
    file = folder / "a.png"
    flickr.world.add_photo(flickr.me, file, title="", tags=[f"flickrsync:signature={signature_of_six(file)}"])
    return flickr


def told(studio: Studio) -> dict[str, tuple[Verb, str]]:
    return {action.where: (action.verb, action.reason) for action in studio.plan().actions}


def asked(studio: Studio) -> str:
    (where,) = (where for where, (verb, _) in told(studio).items() if verb == Verb.ASK)
    return where


def run(studio: Studio) -> None:
    studio.sync()
    studio.clock.sleep(LATER_S)


def test_once_one_of_them_was_said_to_be_it_the_others_are_named_as_its_copies_and_never_sent(home: Studio) -> None:
    chosen = asked(home)
    others = {"a.png", "b.png", "c.png"} - {chosen}
    home.answer(chosen, "same")
    copies = dict.fromkeys(others, (Verb.DUPLICATE, f"the same pixels as {chosen}, which stands for both"))
    before = told(home)
    assert before.pop(chosen)[0] == Verb.MATCH
    assert before == copies
    for _ in range(2):
        run(home)
        assert told(home) == copies
    assert len(home.shown_all()) == 1


def test_one_that_nothing_wants_there_any_more_stands_for_no_other(home: Studio) -> None:
    chosen = asked(home)
    home.answer(chosen, "same")
    run(home)
    library = home.folder / "library"
    (library / "wanted").mkdir()
    (left, other) = sorted({"a.png", "b.png", "c.png"} - {chosen})
    (library / left).rename(library / "wanted" / left)
    (library / other).unlink()
    home.policy = replace(home.policy, select=Selection(folders=("wanted",)))
    assert {where: verb for where, (verb, _) in told(home).items()} == {
        chosen: Verb.DELETE,
        f"wanted/{left}": Verb.ADD,
    }


def test_one_that_was_said_to_be_another_photo_is_published_as_one(home: Studio) -> None:
    first = asked(home)
    home.answer(first, "different")
    second = asked(home)
    assert second != first
    home.answer(second, "same")
    run(home)
    assert len(home.shown_all()) == 2
    (left,) = told(home)
    assert told(home)[left][0] == Verb.DUPLICATE
    assert left not in {first, second}


def test_where_all_are_said_to_be_it_the_post_is_given_to_one(home: Studio) -> None:
    while any(verb == Verb.ASK for verb, _ in told(home).values()):
        with home.desk() as desk:
            for action in desk.plan().actions:
                if action.verb == Verb.ASK:
                    desk.answer(action.where, "same")
        verbs = [verb for verb, _ in told(home).values()]
        assert verbs.count(Verb.MATCH) == 1
    run(home)
    assert len(home.shown_all()) == 1
    assert [verb for verb, _ in told(home).values()] == [Verb.DUPLICATE] * 2


def test_one_that_was_said_to_be_another_photo_is_one_beside_two_that_are_there_already(home: Studio) -> None:
    first = asked(home)
    home.answer(first, "different")
    second = asked(home)
    home.answer(second, "different")
    library = home.folder / "library"
    (library / second).rename(home.folder / second)
    run(home)
    assert (len(home.shown_all()), told(home)) == (2, {})
    (home.folder / second).rename(library / second)
    assert {where: verb for where, (verb, _) in told(home).items()} == {second: Verb.ADD}


@pytest.mark.parametrize("other", ["p1", "p2"])
def test_the_answer_counts_whichever_of_the_posts_of_equal_pixels_it_was_about(other: str) -> None:
    posts = [Post(id_, SubjectKind.PHOTO) for id_ in ("p1", "p2")]
    there = [_Original(f"{post.id}.png", post) for post in posts]
    look = _Look(lambda _, post: "different" if post.id == other else "", {"c": frozenset({"s"})}, {"s": there})
    assert look.compare(Standing(Subject(SubjectKind.PHOTO, "c"), "c.png", Want.YES), None) == {}
    look = _Look(lambda _, post: "", {"c": frozenset({"s"})}, {"s": there})
    (copy,) = look.compare(Standing(Subject(SubjectKind.PHOTO, "c"), "c.png", Want.YES), None).values()
    assert copy.reasons == ("the same pixels as p1.png, which stands for both",)


def test_where_every_photo_is_known_for_sure_nothing_that_is_remembered_is_looked_through(
    home: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read for each group of new photos, it would make adopting a large account slow."""
    for name in ("b.png", "c.png"):
        (home.folder / "library" / name).unlink()
    sought: list[str] = []
    monkeypatch.setattr(Memory, "holding", lambda _, texts: sought.extend(texts) or {})
    assert {where: verb for where, (verb, _) in told(home).items()} == {"a.png": Verb.MATCH}
    assert sought == []
