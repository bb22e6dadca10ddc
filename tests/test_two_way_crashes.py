"""A run that brings photos and edits home is killed at its effects: nothing comes home or goes out twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import memory_lives
from fuses import Fuse
from heliograph.desk import Desk
from heliograph.execute.homecoming import Homecoming
from heliograph.model import F, Post, SubjectKind
from memory_lives import Life, evenings, fuses
from studio import make_desk, photo
from two_way_world import BOTH, HomeLibrary

new_life = memory_lives.new_life


def settled(life: Life) -> None:
    """A photo on both sides, with words on both."""
    life.library.put(photo("a.jpg", title="Low tide", caption="Boats"))
    life.until_done(fuses())
    life.clock.sleep(3600)


def busy(life: Life) -> None:
    """Another title here and another text there; two photos that are only there, and a new one here."""
    life.clock.sleep(3600)
    item = life.library.items["a.jpg"]
    life.library.put(replace(item, facts=replace(item.facts, title="Ebb")))
    life.library.put(photo("b.jpg"))
    (id_,) = (post.id for post in life.world.of(SubjectKind.PHOTO))
    shown = life.world.posts[id_]
    life.world.posts[id_] = replace(shown, fields={**shown.fields, F.TEXT: "Gulls"})
    for name in ("p8", "p9"):
        fields = {F.TITLE: f"Stranger {name}", F.TEXT: "", F.ALT: "", F.TAGS: ("Sea",), F.TAKEN: None}
        life.world.posts[name] = Post(name, SubjectKind.PHOTO, "", f"https://photos.example/{name}", fields)
        life.world.born[name] = 0.0


def check(life: Life) -> None:
    for _ in range(2):
        life.clock.sleep(3600)
        assert life.process(Fuse())
    assert sorted(life.library.items) == ["Incoming/p8.jpg", "Incoming/p9.jpg", "a.jpg", "b.jpg"]
    assert len(life.library.kept) == 2, "what was taken in once is not taken in again"
    titles = sorted(str(post.fields[F.TITLE]) for post in life.world.of(SubjectKind.PHOTO))
    assert titles == ["Ebb", "Stranger p8", "Stranger p9", "b.jpg"]
    facts = life.library.items["a.jpg"].facts
    assert (facts.title, facts.caption) == ("Ebb", "Gulls")
    (shown,) = (post for post in life.world.of(SubjectKind.PHOTO) if post.fields[F.TITLE] == "Ebb")
    assert shown.fields[F.TEXT] == "Gulls"
    with make_desk(life.folder, life.library, life.platform(), policy=life.policy) as desk:
        assert desk.plan().actions == ()


def at_home(new_life: Callable[..., Life], **more: object) -> Life:
    return new_life(library=HomeLibrary(), policy=BOTH, **more)


def length(new_life: Callable[..., Life]) -> int:
    life = at_home(new_life)
    settled(life)
    busy(life)
    effects = life.until_done(fuses())
    check(life)
    return effects


def test_killed_at_effects_of_a_run_that_brings_home(new_life: Callable[..., Life]) -> None:
    """Every third effect; the first of them moves on with what the others leave out."""
    effects = length(new_life)
    assert effects > 60
    for life in evenings(at_home(new_life), (settled, busy), 1, range(1, effects, 3)):
        check(life)


def copies(life: Life) -> int:
    """Photos on the platform beyond one of each, after another run."""
    life.clock.sleep(3600)
    assert life.process(Fuse())
    return len(life.world.of(SubjectKind.PHOTO)) - 4


def without_writing_down(desk: Desk) -> None:
    desk.ledger.journal.begin_keeping = lambda record, post: None


def test_the_suite_sees_a_second_copy_when_the_download_is_not_written_down_and_not_known_again(
    new_life: Callable[..., Life], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either is enough where the picture can be fetched again."""
    monkeypatch.setattr(Homecoming, "found", lambda _, __: None)
    effects = length(new_life)
    dawn = at_home(new_life, twist=without_writing_down)
    lives = evenings(dawn, (settled, busy), 1, range(effects // 3, effects))
    assert any(copies(life) for life in lives)
