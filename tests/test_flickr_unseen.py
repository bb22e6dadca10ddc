"""What was deleted on Flickr is not noticed by the cheapest look: whoever wonders is told so, and what to do."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

import flickr_studio
from flickr_studio import A_DAY_S, Studio, only
from heliograph.cli import pages
from heliograph.cli.screen import Screen
from heliograph.desk import telling
from heliograph.desk.missing import look_anew
from heliograph.model import Verb

flickr = flickr_studio.flickr


@pytest.fixture
def deleted(flickr: Studio) -> Studio:
    """A photo that was published, and then deleted on Flickr by hand."""
    for name in ("a.jpg", "b.jpg"):
        flickr.put(name)
    flickr.sync()
    assert unseen(flickr) == {}, "a look at everything tells of deletions"
    flickr.by_hand("photos.delete", photo_id=flickr.shown("a.jpg").id)
    return flickr


def unseen(studio: Studio) -> dict[str, str]:
    with studio.desk() as desk:
        return dict(desk.unseen_since())


def status(studio: Studio) -> str:
    screen = Screen(*(Console(file=StringIO(), width=160, markup=False, highlight=False) for _ in range(2)))
    with studio.desk() as desk:
        pages.status(screen, telling.status(desk.ledger, [studio.policy], "drawn"), ())
    return screen.out.file.getvalue()


def test_since_when_it_was_not_looked_for_is_told_and_costs_no_call(deleted: Studio) -> None:
    with deleted.desk() as desk:
        looked = desk.ledger.records.looked_at("flickr")
    for _ in range(2):
        with deleted.counted() as calls:
            assert deleted.sync() == []
        assert calls == {"photos.recentlyUpdated": 1}
        assert unseen(deleted) == {"flickr": looked}
    assert "What was deleted there since 2026-" in status(deleted)
    assert "`helio plan --anew` does that now" in status(deleted)


@pytest.mark.parametrize("how", ["anew", "a day", "settings"])
def test_it_is_told_no_more_once_it_was_looked_for(deleted: Studio, how: str) -> None:
    deleted.sync(A_DAY_S if how == "a day" else 0.0)
    if how == "anew":
        with deleted.desk() as desk:
            look_anew(desk, ("flickr",))
    elif how == "settings":
        deleted.options["look"] = "deletions"
    assert only(deleted.plan()).verb == Verb.ASK
    assert unseen(deleted) == {}
    assert "deleted there" not in status(deleted)
