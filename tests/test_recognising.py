"""A ledger is lost, and the platform shows neither mark nor date: nothing is published twice or taken from others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heliograph.errors import Busy, Refused
from heliograph.model import F, Post, SubjectKind, Verb
from heliograph.policy import Captions
from small_world import LATER_S, Life
from studio import photo

SCENES = ("0f" * 8, "33" * 8, "55" * 8, "3c" * 8)
"""Hashes far from each other."""


@pytest.fixture
def life(tmp_path, template) -> Life:
    """Three photos, published where neither mark nor date is shown, and the ledger lost."""
    dials = {
        "marks_shown": False,
        "rides": frozenset({F.PICTURE, F.TITLE, F.TEXT, F.ALT}),
        "looks": {},
        "looked_at": [],
    }
    words = Captions(text="{{ caption }}", alt="{{ alt_text }}")
    life = Life(tmp_path, template, dials={**dials, "captions": words})
    for number, look in enumerate(SCENES[:3]):
        where = f"{number}.jpg"
        life.library.put(photo(where, title="", caption=f"Caption {number}", alt_text=f"Alt {number}"))
        life.library.looks[where] = look
    life.sync()
    life.clock.sleep(LATER_S)
    for id_, shown in life.world.posts.items():
        life.world.posts[id_] = replace(shown, fields={**shown.fields, F.TAKEN: None})
        life.dials["looks"][id_] = life.library.looks[f"{shown.fields[F.TEXT][-1]}.jpg"]
    life.lose_ledger()
    return life


def verbs(life: Life) -> dict[str, Verb]:
    return {action.where: action.verb for action in life.plan().actions}


def reasons(life: Life) -> dict[str, str]:
    return {action.where: action.reason for action in life.plan().actions}


def looked_at(life: Life) -> int:
    return len(life.library.looked_at) + len(life.dials["looked_at"])


def test_everything_is_adopted_by_its_words_and_no_picture_is_looked_at(life):
    assert set(reasons(life).values()) == {"already there: text and alt text are the same"}
    life.sync()
    assert (life.world.adds, looked_at(life), life.plan().effects) == (3, 0, ())


def test_captions_that_changed_meanwhile_are_set_on_the_posts_that_pictures_tell(life):
    for where in ("0.jpg", "1.jpg"):
        life.change(where, caption=f"New words of {where}")
    assert verbs(life) == dict.fromkeys(("0.jpg", "1.jpg", "2.jpg"), Verb.MATCH)
    assert "the alt text is the same, and the picture looks the same" in reasons(life)["0.jpg"]
    life.sync()
    assert life.world.adds == 3
    shown = {post.fields[F.ALT]: post.fields[F.TEXT] for post in life.world.of(SubjectKind.PHOTO)}
    assert shown == {"Alt 0": "New words of 0.jpg", "Alt 1": "New words of 1.jpg", "Alt 2": "Caption 2"}


def test_pictures_are_looked_at_once_and_remembered(life):
    life.change("0.jpg", caption="New words", alt_text="New words")
    assert verbs(life)["0.jpg"] == Verb.ASK
    before = looked_at(life)
    assert before == 2
    life.plan()
    assert looked_at(life) == before


def test_all_words_changed_is_a_question_and_the_answer_settles_it(life):
    life.change("0.jpg", caption="New words", alt_text="New words")
    assert "looks like this photo: its picture looks the same" in reasons(life)["0.jpg"]
    with life.desk() as desk:
        desk.answer("0.jpg", "same")
    life.sync()
    assert (life.world.adds, life.plan().effects) == (3, ())


def test_a_photo_that_is_new_is_added_beside_those_that_are_adopted(life):
    life.library.put(photo("new.jpg", title="", caption="New", alt_text="New"))
    life.library.looks["new.jpg"] = SCENES[3]
    assert verbs(life)["new.jpg"] == Verb.ADD
    life.sync()
    assert life.world.adds == 4


def test_a_foreign_post_of_the_same_text_is_asked_about_and_never_claimed(life):
    life.sync()
    foreign = Post(
        "hers", SubjectKind.PHOTO, url="https://photos.example/hers", fields={F.TEXT: "Sunset", F.ALT: "Pier"}
    )
    life.world.posts["hers"], life.world.born["hers"] = foreign, 0.0
    life.world.tokens["hers"] = "her own"
    life.library.put(photo("new.jpg", title="", caption="Sunset", alt_text="Sun over the sea"))
    life.library.looks["new.jpg"], life.dials["looks"]["hers"] = SCENES[3], SCENES[0]
    assert verbs(life) == {"new.jpg": Verb.ASK}
    life.sync()
    assert life.world.adds == 3
    with life.desk() as desk:
        desk.answer("new.jpg", "different")
    life.sync()
    assert (life.world.adds, life.world.posts["hers"]) == (4, foreign)


def test_posts_that_cannot_be_compared_hold_everything_back_that_could_be_one_of_them(life):
    life.change("0.jpg", caption="New words", alt_text="New words")
    life.dials["blind"] = Busy("memory has enough of us for now")
    plan = life.plan()
    assert {action.where: action.verb for action in plan.actions}["0.jpg"] == Verb.WAIT
    assert any("could not be compared" in note for note in plan.notes)
    life.sync()
    assert life.world.adds == 3
    del life.dials["blind"]
    assert verbs(life)["0.jpg"] == Verb.ASK


def test_a_picture_that_never_can_be_had_holds_nothing_back(life):
    life.change("0.jpg", caption="New words", alt_text="New words")
    life.dials["blind"] = Refused("there is no picture")
    assert verbs(life)["0.jpg"] == Verb.ADD


def test_a_burst_is_never_crossed(life):
    for where in ("0.jpg", "1.jpg"):
        life.change(where, caption="The same words", alt_text="")
        life.library.looks[where] = SCENES[0]
    life.dials["looks"].update(dict.fromkeys(life.world.posts, SCENES[0]))
    plan = life.plan()
    asked = {action.where: action.post.id for action in plan.actions if action.verb == Verb.ASK and action.post}
    assert not [action for action in plan.actions if action.verb == Verb.ADD]
    assert {action.where for action in plan.actions if action.verb == Verb.MATCH} == {"2.jpg"}
    assert len(set(asked.values())) == len(asked)


def test_uniqueness_is_judged_over_all_photos_and_not_over_those_of_one_group(life, monkeypatch):
    monkeypatch.setattr("heliograph.desk.planning.CLOSE", 1)
    life.library.put(photo("twin.jpg", title="", caption="Caption 0", alt_text="Alt 0"))
    life.library.looks["twin.jpg"] = SCENES[0]
    assert verbs(life) == {"0.jpg": Verb.ASK, "1.jpg": Verb.MATCH, "2.jpg": Verb.MATCH, "twin.jpg": Verb.WAIT}


@pytest.mark.parametrize(("taken", "verb", "looks"), [("2019-01-01T10:00:00", Verb.ADD, 0), ("", Verb.ASK, 1)])
def test_where_marks_are_shown_only_undated_posts_of_others_are_looked_at(tmp_path, template, taken, verb, looks):
    life = Life(tmp_path, template, dials={"looked_at": [], "looks": {"hers": SCENES[0]}})
    shown = {F.TITLE: "Hers", F.TAKEN: (taken, "", "", "") if taken else None}
    life.world.posts["hers"], life.world.born["hers"] = Post("hers", SubjectKind.PHOTO, fields=shown), 0.0
    life.clock.sleep(LATER_S)
    life.library.put(photo("0.jpg"))
    life.library.looks["0.jpg"] = SCENES[0]
    assert verbs(life) == {"0.jpg": verb}
    assert len(life.dials["looked_at"]) == looks
