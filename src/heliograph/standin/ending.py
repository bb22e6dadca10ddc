"""How long a stand-in that was started by its command stays."""

from __future__ import annotations

import os
import signal
import sys
from threading import Event, Thread


def told_to_end(*, with_parent: bool) -> Event:
    """Set as soon as the system says so, or with `with_parent` as soon as the standard input ends."""
    ended = Event()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: ended.set())
    if with_parent:
        Thread(target=_until_parent_ends, args=(ended,), daemon=True).start()
    return ended


def stay(ended: Event) -> None:
    """Returns once it is time to end."""
    while not ended.wait(1.0):  # a wait without an end cannot be interrupted everywhere
        pass


def _until_parent_ends(ended: Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):  # not through a buffer: its lock would be held when Python ends
        pass
    ended.set()
