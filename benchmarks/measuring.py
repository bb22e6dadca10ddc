"""Times, peaks of memory and the table: ours and the peer in turn, in the same run, so that only their ratio counts."""

from __future__ import annotations

import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

TICK_S = 0.05
MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    measure: str
    ours: str
    peer: str
    """What it is held against, or why that is left out."""
    ratio: float | None
    target: str = ""
    met: bool | None = None
    """`None`: there is no target, or nothing to hold against it."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The most memory that was in use at one moment, in bytes; zero where the system does not tell."""

    main_bytes: int = 0
    tree_bytes: int = 0
    """With every worker process; pages that processes share are counted once."""


def at_least(measure: str, ours: str, peer: str, ratio: float, bound: float) -> Row:
    """A ratio that should be large."""
    return Row(measure, ours, peer, ratio, f"at least {bound:g}", ratio >= bound)


def at_most(measure: str, ours: str, peer: str, ratio: float, bound: float) -> Row:
    """A ratio that should be small."""
    return Row(measure, ours, peer, ratio, f"at most {bound:g}", ratio <= bound)


def took_s(work: Callable[[], object]) -> float:
    """Seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_turn_s(runs: int, *works: Callable[[], object]) -> tuple[float, ...]:
    """The median seconds of each, measured in turn, so that a busy moment of the machine falls on all alike."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for held, work in zip(times, works, strict=True):
            held.append(took_s(work))
    return tuple(statistics.median(held) for held in times)


def apart(work: Callable[..., Any], *arguments: object) -> tuple[Any, Peak]:
    """What `work` answers in a process of its own, and the memory that it and its children took."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_work, args=(theirs, work, arguments))
    child.start()
    theirs.close()
    peak, over = [Peak()], threading.Event()
    watcher = threading.Thread(target=_watch, args=(child.pid, peak, over))
    watcher.start()
    try:
        answer = ours.recv()
    except EOFError:
        message = f"{work.__name__} died; what it said stands above"
        raise SystemExit(message) from None
    finally:
        over.set()
        watcher.join()
        child.join()
    return answer, peak[0]


def _work(end: Connection, work: Callable[..., Any], arguments: tuple[object, ...]) -> None:
    end.send(work(*arguments))


def _watch(process: int | None, peak: list[Peak], over: threading.Event) -> None:
    while not over.wait(TICK_S):
        main = _status_bytes(process, "VmHWM")
        tree = sum(_shared_once_bytes(each) for each in _family(process))
        peak[0] = Peak(max(peak[0].main_bytes, main), max(peak[0].tree_bytes, tree))


def _status_bytes(process: int | None, name: str) -> int:
    """A line of Linux's `/proc/PID/status`; zero elsewhere."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), 0)


def _shared_once_bytes(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _family(process: int | None) -> list[int]:
    """The process and everything that it started, near and far."""
    family = [process] if process else []
    for member in family:
        for task in Path(f"/proc/{member}/task").glob("*/children"):
            try:
                family += [int(child) for child in task.read_text(encoding="utf-8").split()]
            except OSError:
                continue
    return family


def memory(measure: str, peak: Peak, bound_mib: int) -> Row:
    """Whether the whole tree of processes stayed below so many MiB."""
    if not peak.tree_bytes:
        return Row(measure, "this system does not tell", f"{bound_mib} MiB", None)
    said = f"{peak.main_bytes / MEBIBYTE:.0f} MiB, with children {peak.tree_bytes / MEBIBYTE:.0f} MiB"
    ratio = max(peak.tree_bytes, peak.main_bytes) / MEBIBYTE / bound_mib
    return Row(measure, said, f"{bound_mib} MiB", ratio, "at most 1", ratio <= 1)


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [
        "| measure | ours | held against | ratio | target | met |",
        "|---|---|---|--:|---|---|",
    ]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.3g}"
        met = "" if row.met is None else "yes" if row.met else "**no**"
        lines.append(f"| {row.measure} | {row.ours} | {row.peer} | {ratio} | {row.target} | {met} |")
    return "\n".join(lines)
