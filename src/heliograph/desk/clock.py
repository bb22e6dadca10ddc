"""The real clock."""

import time
from datetime import UTC, datetime

from heliograph.ports import Clock, Stop

STEP_S = 1.0
"""Who asks to stop waits no longer than that."""


def pause(clock: Clock, wait_s: float, stop: Stop) -> None:
    """Waits so long, or until somebody asks to stop."""
    until_s = clock.monotonic() + wait_s
    while not stop() and (left_s := until_s - clock.monotonic()) > 0:
        clock.sleep(min(left_s, STEP_S))


class SystemClock:
    """Implements `ports.Clock` with the machine's own."""

    def now(self) -> datetime:
        """The time of day in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def sleep(self, wait_s: float) -> None:
        """Waits."""
        time.sleep(max(0.0, wait_s))
