"""Links in the owner's notes to a picture on Flickr, which is replaced on the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import flickr_studio
from flickr_studio import Studio
from heliograph.desk import Desk
from heliograph.model import Verb
from studio import template

flickr = flickr_studio.flickr

__all__ = ["template"]


@contextmanager
def desk_of(studio: Studio, notes: Path) -> Iterator[Desk]:
    with studio.desk() as desk:
        desk.settings = replace(desk.settings, own_notes=notes)
        yield desk


def sources(desk: Desk, photo: str) -> tuple[str, ...]:
    return desk.places["flickr"].platform._photos.sources(photo)


def real(link: str) -> str:
    """As Flickr itself has it."""
    return "https://live.staticflickr.com/" + link.partition("/live/")[2]


def test_links_to_every_size_of_a_replaced_picture_lead_to_the_new_one_and_others_stay(flickr, tmp_path):
    flickr.put("quay.jpg")
    flickr.put("other.jpg")
    flickr.sync()
    notes = tmp_path / "vault"
    notes.mkdir()
    one, other = flickr.shown("quay.jpg").id, flickr.shown("other.jpg").id
    page = f"https://www.flickr.com/photos/me/{one}/"
    with desk_of(flickr, notes) as desk:
        old, stay = ([real(link) for link in sources(desk, photo)] for photo in (one, other))
    (notes / "walk.md").write_text("\n".join([*old, *stay, page]), encoding="utf-8")
    flickr.put("quay.jpg", pixels="developed anew")
    with flickr.counted() as calls, desk_of(flickr, notes) as desk:
        told = [event.sentence for event in desk.sync() if event.action.verb == Verb.UPDATE]
        new = sources(desk, one)
    assert calls["photos.getSizes"] == 2, "one for the notes, one for this test"
    assert not set(old) & set(new)
    assert (notes / "walk.md").read_text(encoding="utf-8").split("\n") == [*new, *stay, page]
    assert "renewed in walk.md" in told[0]
    flickr.put("other.jpg", title="Another title")
    with flickr.counted() as calls, desk_of(flickr, notes) as desk:
        list(desk.sync())
    assert "photos.getSizes" not in calls, "nothing is asked where no picture was replaced"


def test_a_photo_on_flickr_that_notes_use_is_not_deleted_without_a_question(flickr, tmp_path):
    flickr.put("quay.jpg")
    flickr.sync()
    one = flickr.shown("quay.jpg").id
    (tmp_path / "walk.md").write_text(f"[a walk](https://www.flickr.com/photos/me/{one})", encoding="utf-8")
    flickr.drawn.put(
        replace(flickr.drawn.items["quay.jpg"], facts=replace(flickr.drawn.items["quay.jpg"].facts, keyword_paths=()))
    )
    with desk_of(flickr, tmp_path) as desk:
        (asked,) = desk.plan().actions
    assert asked.verb == Verb.ASK
    assert "walk.md" in asked.reason
