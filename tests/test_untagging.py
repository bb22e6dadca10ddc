"""Tags taken away on Flickr: only those that are meant, each by its id, and no other loses its spelling."""

from __future__ import annotations

import pytest

import flickr_studio
from flickr_studio import Studio
from heliograph.desk.untagging import tagged, untag
from heliograph.errors import Mistake
from heliograph.standin.flickr import Fault

flickr = flickr_studio.flickr
SIGNED = "flickrsync:signature=" + "ab" * 32


@pytest.fixture
def account(flickr: Studio) -> Studio:
    """Three photos with tags as people type them."""
    flickr.world.add_photo(flickr.me, None, title="A", tags=["New York", "Rome, Italy", SIGNED])
    flickr.world.add_photo(flickr.me, None, title="B", tags=["newyork", "New York City", "100%"])
    flickr.world.add_photo(flickr.me, None, title="C", tags=["Harbour"])
    return flickr


def remove(studio: Studio, *words: str, starts_with: bool = False) -> list[str]:
    with studio.desk() as desk:
        found = list(tagged(desk, "", words, starts_with=starts_with))
        gone = list(untag(desk, "flickr", [tag for tag in found if not tag.guarded]))
    assert [trouble for _, trouble in gone if trouble] == []
    return [tag.raw for tag, _ in gone]


def raw(studio: Studio) -> dict[str, list[str]]:
    return {photo.title: [tag.raw for tag in photo.tags] for photo in studio.shown_all()}


def test_a_tag_goes_as_it_was_typed_and_every_other_keeps_its_spelling(account):
    with account.counted() as calls:
        assert remove(account, "New York") == ["New York"]
    assert raw(account) == {
        "A": ["Rome, Italy", SIGNED],
        "B": ["newyork", "New York City", "100%"],
        "C": ["Harbour"],
    }
    assert calls["photos.removeTag"] == 1
    assert not {"photos.setTags", "photos.addTags"} & calls.keys()


def test_the_stored_form_means_every_spelling_of_it(account):
    assert sorted(remove(account, "newyork")) == ["New York", "newyork"]


def test_with_a_beginning_everything_that_begins_so_goes(account):
    assert sorted(remove(account, "New York", starts_with=True)) == ["New York", "New York City"]
    assert sorted(remove(account, "newyork", starts_with=True)) == ["newyork"]


@pytest.mark.parametrize("word", ["%", "_", "new%", "NEW YORK", "ork"])
def test_no_sign_is_a_wildcard_and_nothing_in_the_middle_counts(account, word):
    assert remove(account, word) == []


def test_tags_of_programs_stay_unless_they_are_named(account):
    account.world.add_photo(account.me, None, title="D", tags=[f"heliograph:photo={'cd' * 24}", "flick"])
    assert remove(account, "f", "he", starts_with=True) == ["flick"]
    assert remove(account, "flickrsync:", starts_with=True) == [SIGNED]
    assert remove(account, "heliograph:photo", starts_with=True) == [f"heliograph:photo={'cd' * 24}"]


def test_only_photos_that_show_the_tag_are_asked_about(account):
    with account.counted() as calls:
        remove(account, "Harbour")
    assert calls == {"people.getPhotos": 1, "tags.getListPhoto": 1, "photos.removeTag": 1}


def test_a_tag_that_is_gone_already_is_no_trouble(account):
    with account.desk() as desk:
        found = list(tagged(desk, "flickr", ["Harbour"], starts_with=False))
        for _ in range(2):
            assert [trouble for _, trouble in untag(desk, "flickr", found)] == [""]


def test_one_trouble_does_not_keep_the_other_tags(account):
    account.house.standin.faults.add(Fault("500", method="flickr.photos.removeTag", times=1))
    with account.desk() as desk:
        found = list(tagged(desk, "flickr", ["newyork"], starts_with=False))
        troubles = [trouble for _, trouble in untag(desk, "flickr", found)]
    assert len([trouble for trouble in troubles if trouble]) <= 1
    assert troubles[-1] == ""


@pytest.mark.parametrize("words", [(), ("",), ("a", "  ")])
def test_an_empty_word_would_be_every_tag_and_is_refused(account, words):
    with account.desk() as desk, pytest.raises(Mistake, match="empty word"):
        list(tagged(desk, "flickr", words, starts_with=True))
