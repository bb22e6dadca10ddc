"""A listing of Flickr's that breaks off without an error: nothing counts as gone for it."""

from __future__ import annotations

from typing import Any

import pytest

import flickr_studio
from flickr_studio import Studio
from heliograph.desk.missing import missing
from heliograph.errors import Busy
from heliograph.model import Verb
from heliograph.platforms.flickr import api
from heliograph.platforms.flickr.api import Api

flickr = flickr_studio.flickr
READ = Api.read


@pytest.fixture
def published(flickr: Studio, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """Five photos in an album, listed two at a time; every look is one at everything."""
    monkeypatch.setattr(api, "PAGE", 2)
    for number in range(5):
        flickr.put(f"p{number}.jpg", "Coast")
    flickr.sync()
    flickr.sync()
    assert flickr.plan().effects == ()
    return flickr


def broken(monkeypatch: pytest.MonkeyPatch, method: str, page: int, answer: dict[str, Any] | None) -> None:
    """One page of a listing holds nothing, or is missing altogether."""

    def read(self: Api, called: str, **arguments: object) -> dict[str, Any]:
        found = READ(self, called, **arguments)
        if called != method or arguments.get("page") != page:
            return found
        (within,) = (name for name in found if isinstance(found[name], dict))
        return {} if answer is None else {within: {**found[within], **answer}}

    monkeypatch.setattr(Api, "read", read)


def look_anew(studio: Studio) -> Any:
    with studio.desk() as desk:
        desk.ledger.records.look_anew("flickr")
        return desk.plan()


@pytest.mark.parametrize(("page", "answer"), [(1, {"photo": []}), (2, {"photo": []}), (1, None), (3, None)])
def test_no_photo_counts_as_gone_when_a_page_of_the_account_is_empty(published, monkeypatch, page, answer):
    broken(monkeypatch, "people.getPhotos", page, answer)
    published.change("p1.jpg", title="Another")
    plan = look_anew(published)
    assert {action.verb for action in plan.actions} <= {Verb.WAIT}
    assert any("could not be looked at" in note and "page" in note for note in plan.notes)
    with published.desk() as desk, pytest.raises(Busy):
        missing(desk, "flickr")


def test_no_album_counts_as_gone_when_the_list_of_albums_is_empty(published, monkeypatch):
    broken(monkeypatch, "photosets.getList", 1, {"photoset": []})
    assert {action.verb for action in look_anew(published).actions} <= {Verb.WAIT}


def test_an_account_without_photos_is_no_broken_listing(flickr):
    assert flickr.plan().notes == ()
    flickr.put("a.jpg")
    assert [action.verb for action in flickr.plan().actions] == [Verb.ADD]
