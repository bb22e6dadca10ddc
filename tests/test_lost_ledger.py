"""The ledger is gone, with thousands of photos published: all are adopted, and nothing is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heliograph.model import F, Post, SubjectKind, Trace, Verb
from small_world import ASKING, Life
from studio import photo

PHOTOS = 5_000


@pytest.mark.slow
def test_with_the_ledger_lost_thousands_are_adopted_and_nothing_is_sent(tmp_path, template):
    """Every other one carries our mark; the rest was only ever adopted, and carries a tag of another program."""
    life = Life(tmp_path, template, policy=replace(ASKING, name="memory"))
    for number in range(PHOTOS):
        item = photo(f"{number % 50}/{number}.jpg", pixels=f"scene {number}", title=f"Photo {number}")
        life.library.put(item)
        mark = item.digest[:32] if number % 2 else ""
        signature = f"{number:064x}"
        life.library.leaves[item.where] = {Trace.SIX: signature}
        taken = item.facts.taken
        shown = {F.TITLE: item.facts.title, F.TEXT: "", F.TAKEN: (taken.local, "", "", "") if taken else None}
        traces = () if mark else ((Trace.SIGNATURE, signature),)
        life.world.posts[f"p{number}"] = Post(f"p{number}", SubjectKind.PHOTO, mark, "", shown, traces=traces)
        life.world.born[f"p{number}"] = -10_000.0
    assert {event.action.verb for event in life.sync()} - {Verb.FINISH} == {Verb.MATCH}
    assert (life.world.adds, len(life.world.posts)) == (0, PHOTOS)
    assert {kind for _, kind in life.library.traced} == {Trace.SIX}
    with life.desk() as desk:
        assert desk.ledger.records.count("memory") == {"photo": PHOTOS}
        assert desk.plan().effects == ()
