"""Worker processes that read files: a crash or a hang costs one file, and results stream in bounded memory."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing.context import BaseContext
from pathlib import PurePath
from typing import TYPE_CHECKING

from heliograph.errors import LibraryUnavailable
from heliograph.libraries.folder.reading import Bounds, Job, Reading, make_ready, read_all
from heliograph.ports import Clock, Found, Sighting, Unreadable

if TYPE_CHECKING:
    from pebble import ProcessFuture, ProcessPool

_CHUNK_FILES, _CHUNK_BYTES = 16, 64 << 20
_WAITING_CHUNKS = 3
"""For each worker: enough that none ever waits for the next, and few enough that memory stays small."""
_BREAKS = 5
"""How often the processes may be ended from outside before this gives up."""
_RACY = timedelta(seconds=2)
"""The coarsest file time in use (FAT): what was written so shortly before may be written again under the same time."""

_SOCKET_ROOM = 64
"""Bytes of the temporary folder's name: a fork server listens at a socket below it, whose name may have 103 bytes
in all on macOS and 107 on Linux. Source: unix(4), unix(7), 2026."""

_AGAIN = "The other photos are not concerned; it is tried again next time."


@dataclass(frozen=True, slots=True)
class _Task:
    jobs: tuple[Job, ...]
    future: ProcessFuture[list[Reading]]
    sent_ns: int


@dataclass(slots=True)
class Workers:
    """Reads jobs in `count` processes, which start with the first job; each file has `timeout_s`."""

    count: int
    timeout_s: float
    bounds: Bounds
    clock: Clock
    read: Callable[[Sequence[Job], Bounds], list[Reading]] = read_all
    _pool: ProcessPool | None = None
    _chunk: list[Job] = field(default_factory=list)
    _waiting: deque[_Task] = field(default_factory=deque)
    _sent: int = 0
    _breaks: int = 0

    def through(self, items: Iterable[Sighting | Job]) -> Iterator[Sighting]:
        """Every sighting as it comes, and for every job what came of it; at the end no process is left."""
        try:
            for item in items:
                if isinstance(item, Job):
                    self._add(item)
                    while len(self._waiting) >= self.count * _WAITING_CHUNKS:
                        yield from self._oldest()
                else:
                    yield item
            self._send()
            while self._waiting:
                yield from self._oldest()
        finally:
            self._stop()

    def _add(self, job: Job) -> None:
        """Chunks grow, so that the first results come soon and the later ones cheaply."""
        self._chunk.append(job)
        full = len(self._chunk) >= min(_CHUNK_FILES, 1 + self._sent)
        if full or sum(held.length_bytes for held in self._chunk) >= _CHUNK_BYTES:
            self._send()

    def _send(self) -> None:
        if self._chunk:
            self._submit(tuple(self._chunk))
            self._chunk.clear()

    def _submit(self, jobs: tuple[Job, ...]) -> None:
        try:
            future = self._scheduled(jobs)
        except RuntimeError:  # the pool broke a moment ago
            self._stop()
            future = self._scheduled(jobs)
        self._waiting.append(_Task(jobs, future, self._now_ns()))
        self._sent += 1

    def _scheduled(self, jobs: tuple[Job, ...]) -> ProcessFuture[list[Reading]]:
        from pebble import ProcessPool  # most looks find nothing to read

        if self._pool is None:
            self._pool = ProcessPool(max_workers=self.count, initializer=make_ready, context=_context())
        return self._pool.schedule(self.read, args=(jobs, self.bounds), timeout=self.timeout_s)

    def _oldest(self) -> Iterator[Found | Unreadable]:
        task = self._waiting.popleft()
        try:
            readings = task.future.result()
        except OSError as error:  # a hang (TimeoutError) or a crash (ProcessExpired)
            yield from self._lost(task.jobs, error)
        except BrokenProcessPool as error:  # a process was ended from outside between two files: no file's fault
            self._renewed(task, error)
        else:
            for reading in readings:
                yield self._stamped(reading, task.sent_ns)

    def _lost(self, jobs: tuple[Job, ...], error: OSError) -> Iterator[Unreadable]:
        """A chunk is tried again file by file, which finds the culprit; a single file was the culprit."""
        if len(jobs) == 1:
            yield _given_up(jobs[0], error, self.timeout_s)
        else:
            for job in jobs:
                self._submit((job,))

    def _renewed(self, broken: _Task, error: BrokenProcessPool) -> None:
        """All that was waiting is sent again, to new processes."""
        self._breaks += 1
        if self._breaks > _BREAKS:
            message = (
                "The processes that read photos are ended from outside again and again, perhaps because the machine is "
                "short of memory. Nothing was concluded and nothing was changed. Set a lower `workers` in [library], "
                "or close other programs, and run again."
            )
            raise LibraryUnavailable(message) from error
        self._stop()
        waiting = [broken, *self._waiting]
        self._waiting.clear()
        for task in waiting:
            self._submit(task.jobs)

    def _stamped(self, reading: Reading, sent_ns: int) -> Found | Unreadable:
        """Without a stamp where the file could still change within the same tick of its clock, unseen next time."""
        margin_ns = int(_RACY.total_seconds() * 1e9)
        if sent_ns - margin_ns <= reading.modified_ns <= self._now_ns() + margin_ns:
            return replace(reading.sighting, stamp="")
        return reading.sighting

    def _now_ns(self) -> int:
        return int(self.clock.now().timestamp() * 1e9)

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None


def _given_up(job: Job, error: OSError, timeout_s: float) -> Unreadable:
    name = PurePath(job.path).name
    if isinstance(error, TimeoutError):
        return Unreadable(job.where, f"{name} took longer than {timeout_s:g} s to read and was given up. {_AGAIN}")
    return Unreadable(job.where, f"{name} crashed the process that read it, as a damaged file may. {_AGAIN}")


def _context() -> BaseContext:
    """New processes from a clean one: a fork of ours would inherit locks that other threads hold."""
    long = len(os.fsencode(tempfile.gettempdir())) > _SOCKET_ROOM
    if long or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["heliograph.libraries.folder.reading", "exiv2", "numpy"])
    return context


def cores() -> int:
    """How many processes can work at once on this machine."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
