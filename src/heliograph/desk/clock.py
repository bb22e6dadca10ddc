"""The real clock."""

import time
from datetime import UTC, datetime


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
