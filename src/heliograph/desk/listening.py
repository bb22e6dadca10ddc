"""Hears of changes in the folder of a library, as the system tells of them; where it cannot, it only waits."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from heliograph import config
from heliograph.config import Settings
from heliograph.desk.clock import pause
from heliograph.ports import Clock, Stop

log = logging.getLogger(__name__)

LOOK_S = 1.0
"""So often the folder itself is looked at: nobody hears of a disk that is taken out or put back."""
_GROUP_MS, _STEP_MS = 500, 200


def ear(settings: Settings, clock: Clock, stop: Stop, tell: Callable[[str, bool], None]) -> FolderEar | Deaf:
    """For the library of these settings; one without a folder, such as a database, is only looked at now and then."""
    folder = settings.library.options.get("folder")
    if not folder:
        return Deaf(clock, stop)
    return FolderEar(config.absolute(str(folder), settings.path), clock, stop, tell)


@dataclass
class Deaf:
    """Hears nothing."""

    clock: Clock
    stop: Stop

    def wait(self, wait_s: float) -> bool:
        """False, after so long or when asked to stop."""
        pause(self.clock, wait_s, self.stop)
        return False

    def close(self) -> None:
        """Nothing was opened."""


class FolderEar:
    """One folder with everything below it, hidden files and folders excepted."""

    def __init__(self, folder: Path, clock: Clock, stop: Stop, tell: Callable[[str, bool], None]) -> None:
        self._folder, self._clock, self._stop, self._tell = folder, clock, stop, tell
        self._deaf = Deaf(clock, stop)
        self._told = ""
        self._is = self._identity()
        self._changes = self._open() if self._is else None

    def wait(self, wait_s: float) -> bool:
        """True as soon as something changed, or the folder came or went; false when nothing did for so long."""
        until_s = self._clock.monotonic() + wait_s
        while not self._stop() and (left_s := until_s - self._clock.monotonic()) > 0:
            if (found := self._identity()) != self._is:
                self._is = found
                self.close()
                self._changes = self._open() if found else None
                return True
            if self._changes is None:
                self._deaf.wait(min(left_s, LOOK_S))
            elif self._heard():
                return True
        return False

    def close(self) -> None:
        """Stops listening."""
        if self._changes is not None:
            self._changes.close()
            self._changes = None

    def _heard(self) -> bool:
        """Whether something changed within about a second; where listening ends, the next look begins it anew."""
        if self._changes is None:
            return False
        try:
            changes = next(self._changes)
        except StopIteration:
            self._changes, self._is = None, None
            return False
        except (OSError, RuntimeError) as trouble:
            self._changes = None
            self._give_up(trouble)
            return False
        return any(self._counts(path) for _, path in changes)

    def _counts(self, path: str) -> bool:
        """Hidden ones never do: they hold what programs are only about to write."""
        below = os.path.relpath(path, self._folder)
        return not any(part.startswith(".") and part != "." for part in Path(below).parts)

    def _identity(self) -> tuple[int, int] | None:
        """Tells the folder from another one that is mounted in its place; `None`: it is not there."""
        try:
            found = self._folder.stat()
        except OSError:
            return None
        return (found.st_dev, found.st_ino)

    def _open(self) -> Generator[set[tuple[object, str]], None, None] | None:
        from watchfiles import watch

        try:
            changes = watch(
                self._folder.resolve(),
                watch_filter=None,
                debounce=_GROUP_MS,
                step=_STEP_MS,
                rust_timeout=round(LOOK_S * 1000),
                yield_on_timeout=True,
                raise_interrupt=False,
                stop_event=_Event(self._stop),
                ignore_permission_denied=True,
            )
            # The first step begins to listen, so what is changed from now on is heard.
            next(changes)
        except StopIteration:
            return None
        except (OSError, RuntimeError) as trouble:
            self._give_up(trouble)
            return None
        return changes  # type: ignore[return-value]

    def _give_up(self, trouble: Exception) -> None:
        said = (
            f"Changes below {self._folder} cannot be heard of ({trouble}); it is looked at from time to time instead."
        )
        if said != self._told:
            self._told = said
            log.warning("%s", said)
            self._tell(said, False)


@dataclass(frozen=True, slots=True)
class _Event:
    """What the library wants of an event."""

    stop: Stop

    def is_set(self) -> bool:
        """Whether to stop listening."""
        return self.stop()
