"""What the server asks about an upload before its body is read."""

from __future__ import annotations

from collections.abc import Callable

from heliograph.standin.flickr.door import Door
from heliograph.standin.server import Glance

_UPLOADS = {"/services/upload": "upload", "/services/replace": "replace"}


def glancing(door: Door) -> Callable[[str, str, int], Glance]:
    """What looks at the head of every request."""

    def look(_method: str, path: str, length_bytes: int) -> Glance:
        route = _UPLOADS.get(path.rstrip("/"), "")
        if not route:
            return Glance.READ
        trouble = door.faults.meet(route, route, body_unread=True)
        if trouble.fault is not None:
            door.log_unread(route, "closed", str(trouble.what))
            return Glance.CLOSE
        if length_bytes > door.manners.body_max_bytes:
            door.log_unread(route, "http 413")
            return Glance.TOO_LARGE
        return Glance.READ

    return look
