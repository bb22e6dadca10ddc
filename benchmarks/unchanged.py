"""A large library in which nothing changed: how long `scan` and `plan` take, against walking it with stat alone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import measuring
import samples
from heliograph.config import LibrarySettings, Settings
from heliograph.desk import Desk
from heliograph.desk.clock import SystemClock
from heliograph.desk.making import Place
from heliograph.execute.agreement import agreed_record
from heliograph.ledger.records import write_agreement
from heliograph.ledger.store import Store
from heliograph.model import Action, Verb
from measuring import Row
from shelf import Shelf, policy, post_of

PUBLISHED, UNWISHED = "memory", "nobody"
"""Every photo carries the keyword `Socials|memory`, none `Socials|nobody`."""


@dataclass(frozen=True, slots=True)
class Times:
    """Medians in seconds, walking and working in turn."""

    walk_s: float
    work_s: float


def rows(cache: Path, processes: int, *, quick: bool) -> Iterator[Row]:
    """First contact with the library for information, then what an unchanged one costs."""
    count, folders, runs = (5_000, 25, 3) if quick else (200_000, 1_000, 5)
    library = samples.many(cache, count, folders, processes)
    with TemporaryDirectory(dir=cache, prefix="state-") as held:
        state = Path(held)
        filled_s, peak = measuring.apart(_fill, library, state)
        said = f"{count / filled_s:.0f} files/s, {filled_s:.0f} s"
        yield Row(f"first scan of {count:,} small files", said, "", None)
        yield measuring.memory("... memory at its peak", peak, 400)
        judged_s, _ = measuring.apart(_publish, library, state)
        yield Row(f"first plan of {count:,} photos, all to be added", f"{count / judged_s:.0f} photos/s", "", None)
        times, peak = measuring.apart(_scan, library, state, runs)
        yield _against_walking(f"scan of {count:,} unchanged files", times, 3)
        yield measuring.memory("... memory at its peak", peak, 400)
        for name, what in ((PUBLISHED, "everything published"), (UNWISHED, "nothing wished")):
            times, peak = measuring.apart(_plan, library, state, name, runs)
            yield _against_walking(f"scan and plan of {count:,} unchanged files, {what}", times, 10)
            yield measuring.memory("... memory at its peak", peak, 400)


def _against_walking(measure: str, times: Times, bound: float) -> Row:
    ours, peer = f"{times.work_s:.2f} s", f"os.scandir with stat: {times.walk_s:.2f} s"
    return measuring.at_most(measure, ours, peer, times.work_s / times.walk_s, bound)


def walk(folder: str) -> int:
    """Number of files below the folder, each asked for its size and time."""
    count, waiting = 0, [folder]
    while waiting:
        with os.scandir(waiting.pop()) as held:
            for entry in held:
                if entry.is_dir():
                    waiting.append(entry.path)
                else:
                    count += entry.stat().st_mtime_ns > 0
    return count


def desk(library: Path, state: Path, *names: str) -> Desk:
    """A desk over a folder library and platforms in memory, as after a start of the program."""
    shelves = {name: Shelf(name) for name in names}
    places = {name: Place(shelf, policy(shelf)) for name, shelf in shelves.items()}
    ours = LibrarySettings("library", "folder", {"folder": str(library)})
    return Desk(Settings(state / "heliograph.toml", state, ours, ()), _places=places)


def _fill(library: Path, state: Path) -> float:
    with desk(library, state) as ours:
        begun = time.perf_counter()
        found = ours.scan()
        filled_s = time.perf_counter() - begun
    _expect(found.found == walk(str(library)) and not found.unreadable, "every file is a photo")
    return filled_s


def _publish(library: Path, state: Path) -> float:
    """The seconds of a first plan. Then both sides are made to agree on it as `apply` would, but all at once."""
    with desk(library, state, PUBLISHED) as ours:
        begun = time.perf_counter()
        plan = ours.plan()
        planned_s = time.perf_counter() - begun
        _agree(ours.ledger.path, plan.actions)
    with desk(library, state, UNWISHED) as ours:
        ours.plan()
    return planned_s


def _agree(ledger: Path, actions: tuple[Action, ...]) -> None:
    store, now = Store(ledger), SystemClock().now().isoformat()
    with store.transaction() as db:
        for action in actions:
            if action.verb == Verb.ADD and action.wanted is not None:
                post = post_of(action.wanted)
                write_agreement(db, agreed_record(action.wanted, post, action.wanted.fields, None), post, now)
    store.close()


def _scan(library: Path, state: Path, runs: int) -> Times:
    with desk(library, state) as ours:
        count = walk(str(library))
        found = ours.scan()
        _expect(found.unchanged == count and found.found == 0, "nothing changed")
        return Times(*measuring.in_turn_s(runs, lambda: walk(str(library)), ours.scan))


def _plan(library: Path, state: Path, name: str, runs: int) -> Times:
    with desk(library, state, name) as ours:
        plan = ours.plan()
        count = walk(str(library))
        _expect(not plan.actions and plan.kept == (count if name == PUBLISHED else 0), "the plan is empty")
        return Times(*measuring.in_turn_s(runs, lambda: walk(str(library)), ours.plan))


def _expect(held: bool, what: str) -> None:
    if not held:
        message = f"This is no measurement: it is not true that {what}."
        raise SystemExit(message)
