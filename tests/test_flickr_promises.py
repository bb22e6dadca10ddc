"""What is promised of Flickr and shown nowhere else."""

from __future__ import annotations

import threading

import pytest

import flickr_studio
from heliograph.platforms.flickr import Flickr

flickr = flickr_studio.flickr


def test_several_photos_are_on_their_way_at_the_same_time(flickr, monkeypatch):
    together, add = threading.Barrier(2, timeout=20), Flickr.add

    def in_company(*arguments):
        together.wait()  # breaks where the first has to end before the second begins
        return add(*arguments)

    monkeypatch.setattr(Flickr, "add", in_company)
    for number in range(4):
        flickr.put(f"{number}.jpg")
    with flickr.desk() as desk:
        desk.threads = True
        list(desk.sync())
    assert len(flickr.world.photos) == 4
    assert not together.broken


@pytest.mark.parametrize("pro", [True, False])
def test_the_doctor_says_how_full_a_free_account_is(flickr, pro):
    flickr.put("a.jpg")
    flickr.put("b.jpg")
    flickr.sync()
    flickr.world.turn({"pro": pro})
    said = flickr.platform().about()
    assert ("2 of the 1,000 photos and videos of a free account are there" in said) is not pro
