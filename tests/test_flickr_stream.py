"""An account with a long life: every photo of its stream is seen, with a call for each 500 of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

import flickr_studio
from flickr_studio import Studio
from heliograph.model import Verb
from heliograph.policy import Direction

flickr = flickr_studio.flickr
PHOTOS = 12_000
PAGE = 500
SPARE = 2
"""Calls that are for the account as a whole: its photos once, its albums once."""


@pytest.mark.slow
def test_twelve_thousand_photos_are_all_seen_and_each_is_to_come_home_once(flickr: Studio) -> None:
    flickr.policy = replace(flickr.policy, direction=Direction.BOTH)
    for number in range(PHOTOS):
        taken = f"2019-07-{1 + number % 28:02d} {number // 28 % 24:02d}:{number % 60:02d}:00"
        flickr.world.add_photo(flickr.me, title=f"IMG {number // 2}", taken=taken)
    with flickr.counted() as calls:
        plan = flickr.plan()
    assert sum(calls.values()) <= PHOTOS // PAGE + SPARE, calls
    coming = {action.post.id for action in plan.actions if action.verb == Verb.DOWNLOAD}
    assert coming == set(flickr.world.photos)
    assert {action.verb for action in plan.actions} == {Verb.DOWNLOAD}
