"""Watching: when a run begins, what is told, and that nothing but a request to stop ends it. Time is made up here."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from heliograph.config import Settings
from heliograph.desk import Desk
from heliograph.desk.listening import Deaf, FolderEar
from heliograph.desk.watching import AGAIN_S, Pace, Watching
from heliograph.errors import AnotherRun, Busy, LedgerUnusable, LibraryUnavailable, Mistake
from heliograph.policy import Guards, PlatformPolicy
from memory import FakeClock, MemoryLibrary, MemoryPlatform, World
from photos import Household
from studio import make_desk, photo, template_ledger

SETTINGS = "[library]\nfolder = 'photos'\n\n[platforms.site]\nfolder = 'site'\n"
PACE = Pace(every_s=900.0, quiet_s=10.0, patience_s=300.0)


class Ticking(FakeClock):
    """Waiting is when things happen."""

    __slots__ = ("day",)
    day: Day

    def sleep(self, wait_s: float) -> None:
        self.day.wait(wait_s)


@dataclass
class Day:
    """What happens at which second, and what was seen of it."""

    folder: Path
    clock: Ticking = field(default_factory=Ticking)
    library: MemoryLibrary = field(default_factory=MemoryLibrary)
    world: World = field(default_factory=World)
    policy: PlatformPolicy = field(default_factory=lambda: PlatformPolicy("memory", "memory"))
    pace: Pace = PACE
    happens: list[tuple[float, Callable[[], None], bool]] = field(default_factory=list)
    """Second, what happens, and whether it can be heard."""
    lasts_s: float = 3600.0
    began: list[float] = field(default_factory=list)
    """Seconds at which runs began."""
    told: list[str] = field(default_factory=list)
    trouble: Exception | None = None
    """Of the library."""
    away: Exception | None = None
    """Of the platform."""
    listening: int = 0

    def __post_init__(self) -> None:
        self.clock.day = self

    def at(self, second: float, what: Callable[[], object] = lambda: None, *, heard: bool = True) -> None:
        self.happens.append((second, lambda: (what(), None)[1], heard))
        self.happens.sort(key=lambda one: one[0])

    def wait(self, wait_s: float) -> bool:
        until = self.clock.seconds + wait_s
        while self.happens and self.happens[0][0] <= until:
            second, what, heard = self.happens.pop(0)
            self.clock.seconds = max(self.clock.seconds, second)
            what()
            if heard:
                return True
        self.clock.seconds = until
        return False

    def close(self) -> None:
        self.listening -= 1

    def listen(self, _settings: Settings) -> Day:
        self.listening += 1
        return self

    @contextmanager
    def desk(self, _settings: Settings) -> Iterator[Desk]:
        self.began.append(round(self.clock.seconds))
        platform = MemoryPlatform(self.world, self.clock, settle_s=0.0)
        platform.trouble = self.away
        if self.trouble is not None:
            raise self.trouble
        with make_desk(self.folder, self.library, platform, policy=self.policy) as desk:
            yield desk

    def watch(self) -> Day:
        Watching(
            self.folder / "heliograph.toml",
            self.clock,
            lambda: self.clock.seconds >= self.lasts_s,
            self.listen,
            lambda sentence, is_detail: None if is_detail else self.told.append(sentence),
            self.pace,
            self.desk,
        ).run()
        return self

    def put(self, name: str, **more: object) -> None:
        self.library.put(photo(name, **more))

    def shown(self) -> int:
        return len(self.world.posts)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template_ledger(tmp_path_factory.mktemp("ledger"))


@pytest.fixture
def day(tmp_path: Path, empty: Path) -> Day:
    (tmp_path / "photos").mkdir()
    (tmp_path / "heliograph.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "state").mkdir()
    shutil.copy(empty, tmp_path / "state" / "ledger.sqlite")
    made = Day(tmp_path)
    made.put("first.jpg")
    return made


def test_the_first_run_is_at_once_and_others_come_from_time_to_time(day):
    assert day.watch().began == [0, 900, 1800, 2700]
    assert day.shown() == 1
    assert day.told == ["first.jpg: published on memory"]
    assert day.listening == 0


def test_a_new_photo_is_published_as_soon_as_nothing_changes_any_more(day):
    for second in range(100, 130, 3):
        day.at(second, lambda second=second: day.put(f"{second}.jpg"))
    day.lasts_s = 600
    assert day.watch().began == [0, 137]
    assert day.shown() == 11


def test_changes_without_end_do_not_keep_a_run_from_beginning(day):
    for second in range(100, 3000, 5):
        day.at(second)
    day.lasts_s = 800
    assert day.watch().began[:3] == [0, 400, 705]


def test_what_changes_during_a_run_makes_another_one(day):
    day.at(50)
    day.at(60.2, lambda: day.put("late.jpg"))
    day.lasts_s = 200
    assert day.watch().began == [0, 60, 70]
    assert day.shown() == 2


def test_a_computer_that_slept_looks_when_it_wakes_and_a_clock_that_is_set_back_changes_nothing(day):
    def jump(seconds: float) -> Callable[[], None]:
        return lambda: setattr(day.clock, "started", day.clock.started + timedelta(seconds=seconds))

    day.at(300, jump(8 * 3600), heard=False)
    day.at(600, jump(-24 * 3600), heard=False)
    day.at(700, jump(30), heard=False)
    day.lasts_s = 1000
    assert day.watch().began == [0, 300]


def test_settings_that_are_edited_count_from_then_on_and_wrong_ones_stop_everything_but_watching(day):
    settings = day.folder / "heliograph.toml"
    day.at(100, lambda: settings.write_text("[librari]\n", encoding="utf-8"), heard=False)
    day.at(200, lambda: day.put("second.jpg"))
    day.at(400, lambda: settings.write_text(SETTINGS + "\n# better\n", encoding="utf-8"), heard=False)
    day.lasts_s = 500
    day.watch()
    (wrong,) = [said for said in day.told if "librari" in said]
    assert wrong.endswith("Nothing is done until that is corrected.")
    assert day.began[0] == 0
    assert 400 <= day.began[1] <= 420
    assert len(day.began) == 2
    assert day.shown() == 2


def test_wrong_settings_at_the_beginning_end_it(day):
    (day.folder / "heliograph.toml").write_text("[librari]\n", encoding="utf-8")
    with pytest.raises(Mistake, match="librari"):
        day.watch()


def test_another_run_is_waited_for(day):
    day.trouble = AnotherRun("Another run holds the ledger.")
    day.at(150, lambda: setattr(day, "trouble", None), heard=False)
    day.lasts_s = 300
    assert day.watch().began == [0, 60, 120, 180]
    assert [said for said in day.told if "Another run" in said] == [
        "Another run of heliograph is at work; this one looks again in a minute."
    ]
    assert day.shown() == 1


def test_a_library_that_is_away_is_told_once_and_looked_for_less_and_less_often(day):
    day.trouble = LibraryUnavailable("The library folder /photos cannot be looked at. Is its disk connected?")
    day.at(2000, lambda: setattr(day, "trouble", None))
    day.lasts_s = 2100
    day.watch()
    gaps = [later - earlier for earlier, later in zip(day.began, day.began[1:], strict=False)]
    assert gaps[:4] == [AGAIN_S, 2 * AGAIN_S, 4 * AGAIN_S, 8 * AGAIN_S]
    assert day.began[-1] == 2010
    assert len([said for said in day.told if "cannot be looked at" in said]) == 1
    assert day.shown() == 1


def test_a_platform_that_is_away_is_told_once_and_told_again_when_it_is_away_again(day):
    day.away = Busy("no answer from memory")
    day.at(100, lambda: setattr(day, "away", None))
    day.at(1500, lambda: setattr(day, "away", Busy("no answer from memory")))
    day.lasts_s = 1600
    day.watch()
    assert day.shown() == 1
    named = [said for said in day.told if "no answer" in said]
    assert named == ["memory: no answer from memory"] * 2


def test_a_platform_that_wants_to_be_left_alone_is_left_alone_so_long(day):
    day.away = Busy("the calls of this hour are used up", wait_s=1700.0)
    day.lasts_s = 1800
    assert day.watch().began == [0, 1700]


def test_a_guard_is_told_once_and_never_overridden(day):
    for number in range(30):
        day.put(f"{number}.jpg")
    day.policy = PlatformPolicy("memory", "memory", guards=Guards(max_deletes=1))

    def lose() -> None:
        for number in range(20):
            del day.library.items[f"{number}.jpg"]

    day.at(100, lose)
    day.watch()
    (told,) = [said for said in day.told if "Stopped before anything was done" in said]
    assert "--allow-deletes" in told
    assert day.shown() == 31
    assert len(day.began) > 3


def test_questions_are_counted_once(day):
    def edited_there() -> None:
        (post,) = day.world.posts.values()
        day.world.posts[post.id] = type(post)(
            **{
                **{name: getattr(post, name) for name in post.__slots__},
                "fields": {**post.fields, "title": "Another"},
            }
        )

    day.at(100, edited_there, heard=False)
    day.watch()
    assert [said for said in day.told if "Questions" in said] == [
        "Questions that wait for an answer: 1. `helio plan` shows them."
    ]


def test_a_library_is_watched_once(day):
    seen: list[str] = []

    def second() -> None:
        other = Day(day.folder)
        with pytest.raises(AnotherRun) as trouble:
            Watching(
                day.folder / "heliograph.toml",
                other.clock,
                lambda: True,
                other.listen,
                lambda *_: None,
                desk=other.desk,
            ).run()
        seen.append(str(trouble.value))

    day.at(100, second)
    day.lasts_s = 120
    day.watch()
    assert "runs for" in seen[0]
    assert "already" in seen[0]
    day.lasts_s = 1e9
    day.clock.seconds = 1e9
    day.watch()  # the lock was given back


def test_a_ledger_that_cannot_be_used_ends_it(day):
    day.trouble = LedgerUnusable("The ledger is damaged.")
    with pytest.raises(LedgerUnusable):
        day.watch()
    assert day.listening == 0


def test_what_cannot_be_heard_is_waited_for_and_a_request_to_stop_ends_the_waiting():
    clock = FakeClock()
    assert Deaf(clock, lambda: False).wait(30.0) is False
    assert 30.0 <= clock.seconds < 31.0
    assert Deaf(clock, lambda: clock.seconds > 40.0).wait(1000.0) is False
    assert clock.seconds < 42.0


# --- a real folder ----------------------------------------------------------------------------------------------------


class Real:
    """The machine's time, since the system itself tells of changes."""

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, wait_s: float) -> None:
        time.sleep(wait_s)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("heliograph.desk.listening.LOOK_S", 0.2)
    made = tmp_path / "photos"
    made.mkdir()
    return made


def heard(ear: FolderEar, what: Callable[[], object], within_s: float = 5.0) -> bool:
    what()
    return ear.wait(within_s)


def test_new_changed_and_deleted_files_are_heard_and_hidden_ones_are_not(folder):
    ear = FolderEar(folder, Real(), lambda: False, lambda *_: None)
    (folder / "sub").mkdir()
    assert heard(ear, lambda: (folder / "a.jpg").write_bytes(b"1"))
    assert not heard(ear, lambda: (folder / ".a.jpg.part").write_bytes(b"1"), 0.8)
    assert heard(ear, lambda: (folder / "sub" / "ø ü.jpg").write_bytes(b"1"))
    assert heard(ear, (folder / "a.jpg").unlink)
    ear.close()


def test_a_folder_that_goes_and_comes_back_is_heard_and_listened_to_again(folder):
    ear = FolderEar(folder, Real(), lambda: False, lambda *_: None)
    away = folder.with_name("away")
    assert heard(ear, lambda: folder.rename(away))
    assert not ear.wait(0.2)
    assert heard(ear, lambda: away.rename(folder))
    assert heard(ear, lambda: (folder / "a.jpg").write_bytes(b"1"))
    ear.close()


def test_a_folder_that_cannot_be_listened_to_is_said_once_and_only_waited_for(folder, monkeypatch):
    def full(*_: object, **__: object) -> Iterator[set[object]]:
        message = "OS file watch limit reached."
        raise OSError(message)
        yield set()

    monkeypatch.setattr("watchfiles.watch", full)
    told: list[str] = []
    clock = FakeClock()
    ear = FolderEar(folder, clock, lambda: False, lambda sentence, _: told.append(sentence))
    assert ear.wait(20.0) is False
    assert clock.seconds >= 20.0
    (said,) = told
    assert "OS file watch limit reached" in said
    assert "from time to time" in said


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
def test_the_command_publishes_what_is_put_into_the_folder_until_it_is_asked_to_stop(tmp_path):
    home = Household(tmp_path / "home").settle()
    home.photo("2024/first.jpg", 1, "First")
    said: list[str] = []
    with home.start("watch", "--quiet-for", "0.3", stdout=subprocess.DEVNULL) as process:
        reader = threading.Thread(target=lambda: said.extend(line.decode() for line in process.stderr), daemon=True)
        reader.start()
        try:
            assert until(lambda: visible(home) == ["First"]), "".join(said)
            home.photo("2024/second.jpg", 2, "Second")
            assert until(lambda: visible(home) == ["First", "Second"]), "".join(said)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(60)
            reader.join(10)
    assert code == 128 + signal.SIGTERM
    assert any("2024/second.jpg: published on site" in line for line in said), said
    assert not any("Traceback" in line for line in said)
    home.check_site()
    home.check_in_step()


def visible(home: Household) -> list[str]:
    """Titles of what visitors can see, once all of it can be seen."""
    pages = {page.stem for page in (home.site / "photos").glob("*.html")} - {"index"}
    return home.titles() if pages == set(home.posts()) else []


def until(met: Callable[[], bool], within_s: float = 60.0) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if met():
            return True
        time.sleep(0.1)
    return False
