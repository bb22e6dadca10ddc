"""The real process is killed, interrupted and orphaned at moments nobody chose; the next run goes on where it was."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from heliograph import metadata
from heliograph.desk.clock import SystemClock
from heliograph.errors import LibraryUnavailable
from heliograph.libraries.folder.reading import Bounds, Job, Reading
from heliograph.libraries.folder.workers import Workers, _context
from heliograph.ports import Found, Unreadable
from photos import Household, aged, draw, environment, held_by_nobody, processes, said
from site_visit import check_whole

pytestmark = pytest.mark.slow

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals; closing the window kills the process")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found by way of /proc")

HOUSEHOLDS, KILLS_A_DAY = 3, 3
"""24 kills in all."""


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A household of twelve photos in two albums, and how long a sync of it takes when nobody disturbs it."""
    home = Household(tmp_path_factory.mktemp("clean")).settle()
    for number in range(12):
        home.photo(f"2024/p{number}.jpg", number, "", "Alps" if number % 2 else "Coast")
    trial = Household(home.folder.with_name("trial"))
    shutil.copytree(home.folder, trial.folder)
    start = time.monotonic()
    trial.apart("sync").must(0)
    return home, time.monotonic() - start


def kill_sync(home: Household, delay_s: float) -> None:
    """The real process, gone from one moment to the next; what visitors see is whole all the same."""
    run = home.start("sync", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        run.wait(delay_s)
    run.kill()
    run.wait()
    check_whole(home.site, [home.site / "index.html"])


def second_day(home: Household) -> None:
    """One title edited, one photo developed anew, one deleted, one moved, one more."""
    metadata.write(home.library / "2024/p0.jpg", said("Edited", "Coast"))
    draw(home.library / "2024/p1.jpg", 101, said("Photo 1", "Alps", seed=1))
    (home.library / "2024/p2.jpg").unlink()
    (home.library / "moved").mkdir()
    (home.library / "2024/p3.jpg").rename(home.library / "moved/elsewhere.jpg")
    home.photo("2024/p12.jpg", 12, "", "Coast")
    for name in ("2024/p0.jpg", "2024/p1.jpg"):
        aged(home.library / name, 1800)


def complete(home: Household, titles: list[str]) -> None:
    """Every photo and album once, nothing left to do, and nothing to be seen that no page leads to."""
    home.helio("sync").must(0)
    assert home.titles() == sorted(titles)
    assert home.titles("album") == ["Alps", "Coast"]
    marks = Counter((post["kind"], post["mark"]) for post in home.posts().values())
    assert set(marks.values()) == {1}
    home.check_site()
    home.check_in_step()


@pytest.mark.parametrize("seed", range(HOUSEHOLDS))
def test_killed_at_any_moment_the_next_run_completes_it_and_nothing_is_there_twice(tmp_path, clean, seed):
    template, length_s = clean
    home = Household(tmp_path / "home")
    shutil.copytree(template.folder, home.folder)
    moments = random.Random(seed)
    for _ in range(KILLS_A_DAY):
        kill_sync(home, moments.uniform(0.2, 1.0) * length_s)
    complete(home, [f"Photo {number}" for number in range(12)])
    second_day(home)
    for _ in range(KILLS_A_DAY):
        kill_sync(home, moments.uniform(0.2, 1.0) * length_s)
    kept = [f"Photo {number}" for number in range(1, 13) if number != 2]
    complete(home, ["Edited", *kept])


@POSIX
@pytest.mark.parametrize(("sign", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_run_asked_to_stop_ends_what_it_began_and_says_how_to_go_on(tmp_path, sign, code):
    home = Household(tmp_path / "home").settle()
    for number in range(60):
        home.photo(f"p{number:02}.jpg", number, "", "Alps")
    run = home.start("sync")
    log = home.site / ".heliograph/posts.jsonl"
    until = time.monotonic() + 60
    while not (log.exists() and len(home.posts()) > 2) and time.monotonic() < until and run.poll() is None:
        time.sleep(0.01)
    run.send_signal(getattr(signal, sign))
    _, err = run.communicate(timeout=60)
    said_so = err.decode("utf-8")
    assert run.returncode == code, said_so
    assert "Traceback" not in said_so
    assert "again" in said_so
    published = len(home.posts())
    assert 3 <= published < 60, "it was stopped in the middle"
    check_whole(home.site, [home.site / "index.html"])
    resumed = home.helio("sync").must(0)
    assert "answer was lost" not in resumed.words, "nothing was left in doubt"
    assert home.titles() == sorted(f"Photo {number}" for number in range(60))
    assert home.titles("album") == ["Alps"]
    home.check_in_step()
    home.check_site()


# --- the processes that read files ------------------------------------------------------------------------------------


@pytest.fixture
def scanning(tmp_path):
    """A library that two processes take a while to read, the scan of it under way, and the mark of its processes."""
    home = Household(tmp_path / "home").settle("workers = 2\ntimeout_s = 2.0")
    first = home.photo("p000.jpg", 0)
    for number in range(1, 1200):
        shutil.copy(first, aged(home.library) / f"p{number:03}.jpg")
    long_png(aged(home.library) / "long.png")
    mark = f"SCAN_OF={tmp_path}"
    run = home.start("scan", env=environment(SCAN_OF=str(tmp_path)))
    until = time.monotonic() + 30
    while not all_read(workers_of(run.pid, mark)) and time.monotonic() < until:
        time.sleep(0.01)
    yield home, run, mark
    if run.poll() is None:
        run.kill()
    for left in processes(mark):
        with contextlib.suppress(ProcessLookupError):
            os.kill(left, signal.SIGKILL)  # one that is stopped would hold on to the output for ever
    run.communicate()


def long_png(path: Path) -> None:
    """A picture that takes a while to be read, and no room on the disk: its data is a hole."""
    length_bytes = 600_000_000
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBBI", 13, b"IHDR", 3, 2, 8, 2, 0, 0, 0, 0)
    with path.open("wb") as file:
        file.write(head + struct.pack(">I4s", length_bytes, b"IDAT"))
        file.seek(length_bytes + 4, os.SEEK_CUR)
        file.write(struct.pack(">I4sI", 0, b"IEND", 0))
    os.utime(path, (1_700_000_000, 1_700_000_000))


def reading(pid: int, name: str) -> bool:
    """Whether a process has a file open."""
    with contextlib.suppress(OSError):
        return any(held.readlink().name == name for held in Path(f"/proc/{pid}/fd").iterdir())
    return False


def all_read(workers: list[int]) -> bool:
    """Both are at their files: so much work is more than their start takes."""
    return len(workers) == 2 and all(ticks_of(pid) >= 8 for pid in workers)


def ticks_of(pid: int) -> int:
    """Hundredths of a second that the processor worked for a process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123
            return int(file.read().rpartition(")")[2].split()[11])
    except (OSError, ValueError):
        return 0


def workers_of(parent: int, mark: str) -> list[int]:
    """The processes that read files: below the fork server, which is a child of the command."""
    return [pid for pid in processes(mark) if parent_of(parent_of(pid)) == parent]


def parent_of(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123
            return int(file.read().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return 0


@LINUX
def test_no_worker_outlives_a_killed_scan(scanning):
    home, run, mark = scanning
    assert len(workers_of(run.pid, mark)) == 2
    run.kill()
    run.wait()
    assert held_by_nobody(mark), processes(mark)
    home.helio("scan").must(0)


@LINUX
@pytest.mark.parametrize("sign", ["SIGKILL", "SIGSTOP"])
def test_a_worker_that_dies_or_hangs_stops_nobody(scanning, sign):
    home, run, mark = scanning
    while not (busy := [pid for pid in workers_of(run.pid, mark) if reading(pid, "long.png")]) and run.poll() is None:
        time.sleep(0.002)  # within a file: a process that is stopped between two would hold on to their queue
    os.kill(busy[0], getattr(signal, sign))
    _, err = run.communicate(timeout=60)
    assert run.returncode == 0, err
    assert "Traceback" not in err.decode("utf-8")
    assert held_by_nobody(mark), processes(mark)
    home.helio("scan").must(0)
    verbs = Counter(action["verb"] for action in home.plan()["actions"])
    assert verbs == {"add": 1, "duplicate": 1199}


def dies_idle(jobs: tuple[Job, ...], bounds: Bounds) -> list[Reading]:
    """Reads, and is ended a moment later while it waits for more, as the system does when memory is short."""
    threading.Timer(0.4, os._exit, (9,)).start()
    return [Reading(Unreadable(job.where, "read", "stamp")) for job in jobs]


def slowly(count: int) -> Iterator[Job]:
    for number in range(count):
        yield Job(f"{number}", f"/photos/{number}.jpg", None)
        time.sleep(1.2)


def test_a_worker_that_is_ended_while_it_waits_is_replaced():
    workers = Workers(1, 5.0, Bounds(1, 1), SystemClock(), dies_idle)
    assert [one.where for one in workers.through(slowly(3))] == ["0", "1", "2"]


class Broken:
    """What became of a task whose processes were ended before it was begun."""

    def result(self) -> list[Reading]:
        raise BrokenProcessPool


def test_what_was_waiting_when_the_workers_were_ended_is_read_by_new_ones_but_not_for_ever(monkeypatch):
    real, left = Workers._scheduled, [3]

    def scheduled(self: Workers, jobs: tuple[Job, ...]) -> object:
        left[0] -= 1
        return Broken() if left[0] >= 0 else real(self, jobs)

    monkeypatch.setattr(Workers, "_scheduled", scheduled)
    jobs = [Job(f"{number}", f"/photos/{number}.jpg", None) for number in range(9)]
    workers = Workers(1, 5.0, Bounds(1, 1), SystemClock())
    assert {one.where for one in workers.through(jobs)} == {job.where for job in jobs}
    left[0] = 10**6
    with pytest.raises(LibraryUnavailable, match=r"again and again.*lower `workers`"):
        list(Workers(1, 5.0, Bounds(1, 1), SystemClock()).through(jobs))


def test_a_temporary_folder_with_a_long_name_stops_no_worker(monkeypatch, tmp_path):
    """A fork server's socket would not fit below it."""
    deep = tmp_path / ("t" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    assert _context().get_start_method() == "spawn"
    picture = draw(tmp_path / "one.jpg", 1, said("One"))
    workers = Workers(1, 30.0, Bounds(10**9, 10**9), SystemClock())
    (seen,) = workers.through([Job("one.jpg", str(picture), None)])
    assert isinstance(seen, Found)
