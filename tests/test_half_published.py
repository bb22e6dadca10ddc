"""A photo that was published and could not be finished: what is left is set, not asked about."""

from __future__ import annotations

from dataclasses import replace

import flickr_studio
from flickr_studio import Studio
from heliograph.execute import End
from heliograph.model import F, Taken, Verb
from heliograph.policy import Direction
from heliograph.standin.flickr import Fault

flickr = flickr_studio.flickr


def test_what_could_not_be_set_behind_an_upload_is_still_to_be_set_where_photos_travel_both_ways(flickr: Studio):
    flickr.policy = replace(flickr.policy, direction=Direction.BOTH)
    flickr.drawn.amends = True
    flickr.put("a.jpg", taken=Taken("2019-05-03T10:00:00", circa="ca. 1936"))
    flickr.house.standin.faults.add(Fault("500", method="flickr.photos.setDates", times=20))
    (event, *_) = flickr.sync()
    assert (event.action.verb, event.end) == (Verb.ADD, End.FAILED)
    flickr.house.standin.faults.clear()
    (action,) = flickr.plan().actions
    assert action.verb == Verb.UPDATE, action.reason
    assert F.TAKEN in {change.field for change in action.changes}
    assert action.reason.startswith("still to be set")
    flickr.sync()
    (shown,) = flickr.shown_all()
    assert shown.taken.startswith("1936")
    assert flickr.plan().effects == ()
