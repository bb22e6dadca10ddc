"""Many photos with nothing to do, through the desk: how often IMatch is asked then."""

from __future__ import annotations

from pathlib import Path

import pytest

import studio
from heliograph.execute import End
from heliograph.libraries import imatch
from heliograph.model import F, Order, Post, SubjectKind, Verb
from heliograph.policy import Guards, PlatformPolicy
from heliograph.standin.imws import World
from imatch_house import FLICKR, ROOT, at_home, coded, made, reading_here
from memory import FakeClock, MemoryPlatform
from memory import World as Shown
from studio import make_desk
from test_imatch_calls import ByName

template = studio.template

MANY = 600
POLICY = PlatformPolicy("flickr", "memory", guards=Guards(max_change_share=1.0))


def many(pictures: Path) -> World:
    """Photos that were published by the older program, as their rows say; all files are the same picture."""
    pictures.mkdir()
    (pictures / "0.jpg").write_bytes(coded(1))
    world = World.ready()
    for number in range(MANY):
        if number:
            pictures.joinpath(f"{number}.jpg").hardlink_to(pictures / "0.jpg")
        file = world.add_file(f"{ROOT}\\{number}.jpg", tags={"title": f"Photo {number}"}, categories=[FLICKR])
        world.set_row(
            file, "flickr", {"posted": "2024-04-01", "photo_id": str(number), "url": f"https://x.example/{number}"}
        )
    return world


def shown() -> Shown:
    """The same photos on the platform, as they were put there."""
    posts = {
        str(number): Post(
            str(number), SubjectKind.PHOTO, url=f"https://x.example/{number}", fields={F.TITLE: f"Photo {number}"}
        )
        for number in range(MANY)
    }
    return Shown(posts, dict.fromkeys(posts, -1e6))


@pytest.mark.slow
def test_many_photos_with_nothing_to_do_take_one_call_for_a_hundred_through_the_desk(tmp_path, template, monkeypatch):
    clock, world = FakeClock(), shown()
    (tmp_path / "state").mkdir()
    (tmp_path / "state/ledger.sqlite").write_bytes(template.read_bytes())
    with reading_here(monkeypatch), at_home(tmp_path, many(tmp_path / "pictures")) as house:
        monkeypatch.setattr(imatch, "Workers", ByName)
        calls = house.standin.calls

        def desk():
            library = made(house.standin, house.folder, house.library.cache, house.clock)
            platform = MemoryPlatform(world, clock, name="flickr", lag_s=0.0, settle_s=0.0, marks_shown=False)
            calls.clear()
            return make_desk(tmp_path, library, platform, policy=POLICY)

        with desk() as first:
            events = [event for event in first.sync() if event.action.verb == Verb.MATCH]
            assert (len(events), {event.end for event in events}) == (MANY, {End.DONE})
            assert calls.writes == (), "every row says so already"
        for verb in ("plan", "sync"):
            with desk() as again:
                told = again.plan().actions if verb == "plan" else tuple(again.sync())
                assert told == ()
            assert len(calls.all()) <= MANY // 100 + 10
            assert calls.writes == ()
        file = next(iter(house.world.files.values()))
        house.world.put(file, f"{FLICKR}|_metadata")
        file.tags["title"] = "Anew"
        with desk() as last:
            (event,) = [event for event in last.sync() if event.action.verb == Verb.UPDATE]
        assert (event.end, event.action.orders) == (End.DONE, (Order.METADATA,))
        assert file.id not in house.world.members(f"{FLICKR}|_metadata")
        assert len(calls.all()) <= MANY // 100 + 10 + 8, "reading the marked photo closely, and writing about it"
