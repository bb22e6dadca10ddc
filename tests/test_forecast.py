"""What a plan will take, said before anything is begun."""

from __future__ import annotations

import shutil
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import command_line
from heliograph.cli.exits import Exit
from heliograph.desk import Desk, Listener
from heliograph.desk.forecasting import forecast
from heliograph.desk.making import Place
from heliograph.ledger import Ledger
from heliograph.model import Action, F, Plan, Rate, Subject, SubjectKind, Verb, Wanted
from heliograph.platforms.site import LIMITS, Site
from heliograph.policy import Picture, PlatformPolicy
from heliograph.ports import Found
from memory import FakeClock, MemoryLibrary, MemoryPlatform, World
from studio import make_desk, photo

home = command_line.home
tell = command_line.tell


COAST = ("Socials|memory", "Socials|memory|albums|Coast")


@dataclass
class Room:
    """A library, and a platform that counts calls."""

    folder: Path
    library: MemoryLibrary
    platform: MemoryPlatform

    def put(self, name: str, length_bytes: int = 4_000_000, **more: object) -> None:
        self.library.put(replace(photo(name, **more), length_bytes=length_bytes))

    def desk(self, policy: PlatformPolicy | None = None) -> Desk:
        return make_desk(self.folder, self.library, self.platform, policy=policy)

    def notes(self, policy: PlatformPolicy | None = None) -> tuple[str, ...]:
        with self.desk(policy) as desk:
            return desk.plan().notes

    def sync(self) -> None:
        with self.desk() as desk:
            list(desk.sync())
        self.platform.clock.sleep(3600)


@pytest.fixture
def room(tmp_path: Path, template: Path) -> Room:
    (tmp_path / "state").mkdir()
    shutil.copy(template, tmp_path / "state" / "ledger.sqlite")
    return Room(tmp_path, MemoryLibrary(), MemoryPlatform(World(), FakeClock(), calls_per_h=60))


def test_a_plan_says_how_many_calls_and_bytes_and_minutes_it_takes(room):
    for number in range(9):
        room.put(f"{number}.jpg")
    assert room.notes() == (
        "memory: about 9 calls and 36.0 MB to send; 60 calls an hour are allowed, so at least 9 minutes",
    )


def test_the_sentence_of_a_thousand_photos_in_albums_and_a_group():
    plan = Plan(tuple(action(f"{number}.jpg") for number in range(2042)))
    platform = MemoryPlatform(World(), FakeClock(), name="flickr", calls_per_h=3600)

    class Files:
        def length_bytes(self, wheres):
            return len(list(wheres)) * 2_010_000

    said = list(forecast(plan, {"flickr": Place(platform, PlatformPolicy("flickr", "memory"))}, Files()))
    assert said == [
        "flickr: about 2,042 calls and 4.1 GB to send; 3,600 calls an hour are allowed, so at least 35 minutes"
    ]


def test_the_same_plan_made_again_says_the_same(room):
    room.put("a.jpg", keywords=COAST)
    first = room.notes()
    room.platform.clock.sleep(1000)
    assert room.notes() == first
    assert "about 2 calls and 4.0 MB" in first[0]


def test_only_what_is_sent_counts_as_bytes(room):
    room.put("a.jpg", keywords=COAST, length_bytes=700_000)
    room.put("b.jpg", keywords=COAST, length_bytes=5_000_000)
    room.sync()
    assert room.notes() == ()
    room.put("a.jpg", keywords=COAST, length_bytes=700_000, title="A new title")
    assert room.notes() == ("memory: about 1 call; 60 calls an hour are allowed",)
    room.put("a.jpg", keywords=COAST, length_bytes=712_345, pixels="developed anew", title="A new title")
    assert room.notes() == ("memory: about 1 call and 713 kB to send; 60 calls an hour are allowed",)
    del room.library.items["b.jpg"]
    assert "about 3 calls and 713 kB" in room.notes()[0]


def test_what_is_refused_or_asked_or_left_out_takes_nothing(room):
    room.put("a.jpg", keywords=("Socials|memory", "Private|House"))
    room.put("b.jpg", pixels="one")
    room.put("copies/b.jpg", pixels="one")
    assert room.notes() == ("memory: about 1 call and 4.0 MB to send; 60 calls an hour are allowed",)


def test_a_new_picture_that_is_only_asked_about_is_not_sent(room):
    room.platform.fixed = frozenset({F.PICTURE})
    room.put("a.jpg")
    room.sync()
    room.put("a.jpg", pixels="developed anew", length_bytes=900_000_000)
    room.put("b.jpg")
    assert room.notes() == ("memory: about 1 call and 4.0 MB to send; 60 calls an hour are allowed",)


def test_pictures_that_are_made_smaller_first_send_up_to_so_much(room):
    room.put("a.jpg")
    policy = PlatformPolicy("memory", "memory", picture=Picture(send="resized", long_edge_px=(640,)))
    assert "about 1 call and up to 4.0 MB to send" in room.notes(policy)[0]


def test_a_platform_that_counts_no_calls_gets_no_sentence(room):
    room.put("a.jpg")
    room.platform.calls_per_h = None
    assert room.notes() == ()


HALF_AN_HOUR_S = 1800


def test_a_limit_of_new_photos_says_how_long_a_large_batch_takes():
    plan = Plan(tuple(action(f"{number}.jpg", "mastodon") for number in range(300)))
    platform = MemoryPlatform(World(), FakeClock(), name="mastodon", adds_per=(Rate(30, HALF_AN_HOUR_S),))
    assert said(plan, platform) == [
        "mastodon: about 300 calls and 1.5 GB to send; 30 new photos in 30 minutes are allowed, so at least 5 hours"
    ]


@pytest.mark.parametrize(
    ("photos", "expected"),
    [
        (30, "about 30 calls and 150.0 MB to send"),
        (31, "30 new photos in 30 minutes are allowed, so at least 31 minutes"),
        (200, "30 new photos in 30 minutes are allowed, so at least 3 hours 20 minutes"),
        (300, "200 new photos a day are allowed, so at least 36 hours"),
    ],
)
def test_of_several_limits_the_one_that_holds_longest_is_said(photos, expected):
    plan = Plan(tuple(action(f"{number}.jpg", "mastodon") for number in range(photos)))
    rates = (Rate(200, 86_400), Rate(30, HALF_AN_HOUR_S))
    platform = MemoryPlatform(World(), FakeClock(), name="mastodon", adds_per=rates)
    assert said(plan, platform)[0].endswith(expected)


@pytest.mark.parametrize(
    ("calls_per_h", "expected"),
    [
        (3600, "2 new photos an hour are allowed, so at least 5 hours"),
        (1, "1 call an hour is allowed, so at least 10 hours"),
    ],
)
def test_calls_and_new_photos_are_limits_side_by_side(calls_per_h, expected):
    plan = Plan(tuple(action(f"{number}.jpg", "mastodon") for number in range(10)))
    platform = MemoryPlatform(World(), FakeClock(), name="mastodon", calls_per_h=calls_per_h, adds_per=(Rate(2, 3600),))
    assert said(plan, platform)[0].endswith(expected)


def test_changes_of_what_is_published_are_no_new_photos(room):
    room.platform.calls_per_h, room.platform.adds_per = None, (Rate(1, 3600),)
    for name in ("a.jpg", "b.jpg"):
        room.put(name)
    assert room.notes() == (
        "memory: about 2 calls and 8.0 MB to send; 1 new photo an hour is allowed, so at least 2 hours",
    )
    room.sync()
    for name in ("a.jpg", "b.jpg"):
        room.put(name, title="A new title")
    assert room.notes() == ("memory: about 2 calls",)


def test_an_album_that_is_one_post_brings_all_of_its_photos_again():
    subject = Subject(SubjectKind.ALBUM, "Coast")
    parts = tuple(Wanted(Subject(SubjectKind.PHOTO, name), "mastodon", name, {}) for name in "abcd")
    album = Wanted(subject, "mastodon", "Coast", {}, parts=parts)
    plan = Plan((Action(Verb.ADD, subject, "mastodon", "Coast", "wished", album),))
    posts = MemoryPlatform(World(), FakeClock(), name="mastodon", adds_per=(Rate(2, 3600),), gathers=4)
    assert said(plan, posts) == [
        "mastodon: about 1 call and 20.0 MB to send; 2 new photos an hour are allowed, so at least 2 hours"
    ]
    members = Wanted(subject, "mastodon", "Coast", {F.MEMBERS: tuple("abcdef")})
    placed = Plan((Action(Verb.ADD, subject, "mastodon", "Coast", "wished", members),))
    assert said(placed, posts) == ["mastodon: about 1 call"]


class Files:
    def length_bytes(self, wheres):
        return len(list(wheres)) * 5_000_000


def said(plan: Plan, platform: MemoryPlatform) -> list[str]:
    return list(forecast(plan, {platform.name: Place(platform, PlatformPolicy(platform.name, "memory"))}, Files()))


def test_long_times_are_said_in_hours_and_days(room):
    for number in range(125):
        room.put(f"{number}.jpg", length_bytes=1)
    room.platform.calls_per_h = 60
    assert room.notes()[0].endswith("so at least 2 hours 5 minutes")
    room.platform.calls_per_h = 2
    assert room.notes()[0].endswith("2 calls an hour are allowed, so at least 2 days 15 hours")
    room.platform.calls_per_h = 1
    assert room.notes()[0].endswith("1 call an hour is allowed, so at least 5 days 5 hours")


def test_each_platform_has_its_own_sentence_before_all_other_notes(room):
    other = MemoryPlatform(World(), room.platform.clock, name="other", calls_per_h=3600)
    room.put("a.jpg", keywords=("Socials|memory", "Socials|other"))
    room.put("b.jpg", keywords=("Socials|other",))
    room.library.hidden = {"2019": "the folder is locked"}
    with room.desk() as desk:
        place = desk.places["memory"]
        desk._places = {**desk.places, "other": Place(other, replace(place.policy, name="other"))}
        notes = desk.plan().notes
    assert notes == (
        "memory: about 1 call and 4.0 MB to send; 60 calls an hour are allowed",
        "other: about 2 calls and 8.0 MB to send; 3,600 calls an hour are allowed",
        "2019 could not be read: the folder is locked",
    )


def test_a_run_says_it_before_it_begins(room):
    said = []

    class Listening(Listener):
        def foreseen(self, sentences):
            said.extend(sentences)

        def planned(self, plan):
            said.append(f"{len(plan.effects)} to do")

    room.put("a.jpg")
    with room.desk() as desk:
        desk.listener = Listening()
        list(desk.sync())
    assert said == ["memory: about 1 call and 4.0 MB to send; 60 calls an hour are allowed", "1 to do"]


def action(where: str, platform: str = "flickr") -> Action:
    subject = Subject(SubjectKind.PHOTO, where)
    wanted = Wanted(subject, platform, where, {F.TITLE: where})
    return Action(Verb.ADD, subject, platform, where, "wished", wanted)


def test_a_large_plan_takes_no_memory_of_its_own(tmp_path, template):
    shutil.copy(template, tmp_path / "ledger.sqlite")
    platform = MemoryPlatform(World(), FakeClock(), name="flickr", calls_per_h=3600)
    places = {"flickr": Place(platform, PlatformPolicy("flickr", "memory"))}
    plan = Plan(tuple(action(f"2024/{number}.jpg") for number in range(20_000)))
    known = [Found(replace(photo("x"), where=f"2024/{number}.jpg"), "") for number in range(0, 20_000, 10)]
    with closing(Ledger(tmp_path / "ledger.sqlite", FakeClock())) as ledger:
        ledger.files.remember(known, [])
        tracemalloc.start()
        try:
            (said,) = forecast(plan, places, ledger.files)
            peak_bytes = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert "about 20,000 calls and 2.0 MB" in said
    assert peak_bytes < 3_000_000


# --- on the command line ----------------------------------------------------------------------------------------------


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Makes the site of the settings a place that counts calls."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())

        def count(calls_per_h: int) -> None:
            patch.setattr(Site, "limits", replace(LIMITS, calls_per_h=calls_per_h))
            patch.setattr(Site, "calls", lambda _self, action: int(action.verb == Verb.ADD))

        yield count


def test_the_plan_and_the_run_show_it_and_the_end_of_the_run_does_not_repeat_it(tell, counting):
    counting(2)
    code, page, _ = tell("plan")
    assert code == Exit.DONE
    page = " ".join(page.split())
    assert "Worth knowing - site: about 3 calls and up to " in page
    assert "2 calls an hour are allowed, so at least 1 hour 30 minutes" in page
    code, _, talk = tell("sync")
    assert talk.count("so at least 1 hour 30 minutes") == 1
    assert talk.index("so at least") < talk.index("Done:")
