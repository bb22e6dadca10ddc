"""Photos that another program put on Flickr: known by their pictures where no date tells, asked about, never taken."""

from __future__ import annotations

import pytest

import flickr_studio
from flickr_studio import LATER_S, Studio, only
from heliograph import metadata
from heliograph.digest.likeness import likeness
from heliograph.identify import NEAR, distance
from heliograph.model import Facts, Post, SubjectKind, Verb
from heliograph.platforms.flickr.api import Api
from test_likeness import picture

flickr = flickr_studio.flickr


@pytest.fixture
def theirs(flickr: Studio) -> Studio:
    """A photo of the library, of which nothing is known but that another program put it there without a date."""
    path = flickr.folder_library() / "a.jpg"
    picture(1).save(path, quality=95)
    metadata.write(path, Facts(title="Low tide", keyword_paths=(("Socials", "flickr"),)))
    flickr.sync()
    (shown,) = flickr.shown_all()
    shown.tags, shown.title, shown.taken_unknown = (), "IMG 1", 1
    flickr.lose_ledger()
    flickr.clock.sleep(LATER_S)
    return flickr


def test_a_small_size_tells_what_a_photo_looks_like_for_one_call(theirs):
    (shown,) = theirs.shown_all()
    with theirs.counted() as calls:
        found = theirs.platform().likeness(Post(str(shown.id), SubjectKind.PHOTO))
    assert distance(found, likeness(theirs.folder / "library" / "a.jpg")) <= NEAR
    assert calls.get("photos.getSizes") == 1


def test_a_photo_that_looks_like_one_of_theirs_is_asked_about_and_not_added(theirs):
    with theirs.counted() as calls:
        action = only(theirs.plan())
    assert (action.verb, action.reason.partition(": ")[2]) == (Verb.ASK, "its picture looks the same")
    assert "photos.getSizes" not in calls, "the listing said where the picture is"


def test_it_is_looked_at_once(theirs, monkeypatch):
    fetched, picture = [], Api.picture
    monkeypatch.setattr(Api, "picture", lambda self, url, *rest: (fetched.append(url), picture(self, url, *rest)))
    for _ in range(2):
        assert only(theirs.plan()).verb == Verb.ASK
    assert len(fetched) == 1
