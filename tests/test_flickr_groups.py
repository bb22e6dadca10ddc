"""Flickr's groups through the desk: every answer a group can give has a consequence of its own."""

from __future__ import annotations

import pytest

import flickr_studio
from flickr_studio import A_DAY_S, GROUP, verbs
from heliograph.execute import End

flickr = flickr_studio.flickr


OUTCOMES = [
    ({}, "", True),
    ({"moderated": True}, "the group Boats shows it once its administrators let it in", False),
    ({"members": ()}, "there is no group Boats that you may post to", False),
    ({"throttle_mode": "disabled"}, "the group Boats did not take it: it takes no photos", False),
    ({"pool_max": 0}, "the group Boats did not take it: it is full", False),
    ({"content_refused": True}, "the group Boats did not take it: it does not take such a photo", False),
    ({"photos_ok": 0}, "the group Boats did not take it: its rules do not allow this photo", False),
    ({"images_ok": 0}, "the group Boats did not take it: its rules do not allow this photo", False),
    ({"safe_ok": 0}, "the group Boats did not take it: its rules do not allow this photo", False),
    ({"has_geo": 1}, "the group Boats did not take it: it takes only photos with a position", False),
]


@pytest.mark.parametrize(("rules", "said", "is_in"), OUTCOMES)
def test_what_a_group_says_is_told_once_and_a_photo_is_not_offered_again(flickr, rules, said, is_in):
    group = flickr.world.add_group(GROUP, "Boats", **{"members": (flickr.me,), **rules})
    flickr.put("a.jpg", groups=("Boats",))
    event, *_ = flickr.sync()
    assert event.end == End.DONE
    assert event.sentence.startswith("a.jpg: published on flickr")
    assert said in event.sentence
    assert bool(group.pool) == is_in
    for _ in range(2):
        with flickr.counted() as made:
            assert not flickr.sync()
        assert "groups.pools.add" not in made


def test_a_photo_that_is_in_the_group_or_waits_before_it_already_is_there(flickr):
    open_, moderated = "1@N20", "2@N20"
    flickr.world.add_group(open_, "Boats", members=(flickr.me,))
    flickr.world.add_group(moderated, "Birds", members=(flickr.me,), moderated=True)
    flickr.put("a.jpg")
    flickr.sync()
    photo = flickr.shown("a.jpg").id
    flickr.by_hand("groups.pools.add", photo_id=photo, group_id=open_)
    with pytest.raises(Exception, match="Pending"):
        flickr.by_hand("groups.pools.add", photo_id=photo, group_id=moderated)
    flickr.put("a.jpg", groups=("Boats", "Birds"))
    event, *_ = flickr.sync()
    assert event.end == End.DONE
    assert "did not take it" not in event.sentence
    assert not flickr.plan().actions


def test_a_photo_in_as_many_groups_as_flickr_allows_is_told_so(flickr):
    flickr.world.turn({"pools_max_pro": 1})
    for number in (1, 2):
        flickr.world.add_group(f"{number}@N20", f"Group {number}", members=(flickr.me,))
    flickr.put("a.jpg", groups=("Group 1", "Group 2"))
    event, *_ = flickr.sync()
    assert "the group Group 2 did not take it: the photo is in as many groups as Flickr allows" in event.sentence
    assert not flickr.plan().actions


def test_a_group_that_has_enough_is_left_alone_in_this_run_and_asked_in_the_next(flickr):
    group = flickr.world.add_group(GROUP, "Boats", members=(flickr.me,), throttle_mode="day", throttle_count=2)
    for number in range(6):
        flickr.put(f"{number}.jpg", groups=("Boats",))
    with flickr.counted() as made:
        events = flickr.sync()
    assert made["groups.pools.add"] == 3  # the third one hears that it is enough for now
    assert len(group.pool) == 2
    later = [event.sentence for event in events if "it is offered again next time" in event.sentence]
    assert len(later) == 4
    assert verbs(flickr.plan()) == {f"{number}.jpg": "update" for number in range(2, 6)}
    with flickr.counted() as made:
        flickr.sync(A_DAY_S)
    assert made["groups.pools.add"] == 1
    flickr.sync(A_DAY_S)
    assert len(group.pool) == 4
    flickr.sync(A_DAY_S)
    assert len(group.pool) == 6
    assert not flickr.plan().actions


def test_one_group_that_has_enough_keeps_no_other_from_the_photo(flickr):
    flickr.world.add_group(GROUP, "Boats", members=(flickr.me,), throttle_mode="day", throttle_count=0)
    other = flickr.world.add_group("7@N20", "Birds", members=(flickr.me,))
    flickr.put("a.jpg", groups=("Birds", "Boats"))
    flickr.sync()
    assert len(other.pool) == 1
    flickr.put("a.jpg")
    flickr.sync()
    assert other.pool == ()
    assert not flickr.plan().actions


def test_a_photo_leaves_a_group_that_is_no_longer_wished(flickr):
    group = flickr.world.add_group(GROUP, "Boats", members=(flickr.me,))
    flickr.put("a.jpg", groups=("boats",))
    flickr.sync()
    assert len(group.pool) == 1
    flickr.put("a.jpg")
    flickr.sync()
    assert group.pool == ()
    assert not flickr.plan().actions


def test_a_group_may_be_named_by_its_id(flickr):
    group = flickr.world.add_group(GROUP, "Boats", members=(flickr.me,))
    flickr.put("a.jpg", groups=(GROUP,))
    flickr.sync()
    assert len(group.pool) == 1


def test_a_moderator_who_says_no_is_not_asked_again(flickr):
    group = flickr.world.add_group(GROUP, "Boats", members=(flickr.me,), moderated=True)
    flickr.put("a.jpg", groups=("Boats",))
    flickr.sync()
    flickr.world.reject(GROUP, flickr.shown("a.jpg").id)
    flickr.sync()
    flickr.change("a.jpg", title="Another")
    flickr.sync()
    assert group.pending == ()
