"""A Flickr account on the stand-in, and our client of it, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from heliograph.platforms.flickr import Flickr, Options
from heliograph.platforms.flickr.signin import Account
from heliograph.ports import Means
from heliograph.standin.flickr import StandIn, opened, serve
from memory import FakeClock


@dataclass
class House:
    """The stand-in with its clock."""

    standin: StandIn
    clock: FakeClock
    socket: bool
    made: list[Flickr] = field(default_factory=list)

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, *, socket: bool = True, perms: str = "delete") -> Iterator[House]:
        """With a real socket, or in this process."""
        clock = FakeClock()
        start = serve if socket else opened
        with start(folder, now=lambda: clock.now().timestamp(), perms=perms) as standin:
            standin.world.turn({"pro": True})
            house = cls(standin, clock, socket)
            yield house
            for platform in house.made:
                platform.close()

    def platform(self, **options: Any) -> Flickr:
        """A client as after a restart; at the account's own look nothing is left to chance."""
        given = {"account": "pro", "look": "everything", "calls_per_s": 1000.0, **options}
        account = Account(self.standin.token, self.standin.token_secret, self.standin.nsid, "rehearsal", perms="delete")
        means = Means(self.clock, account, {"key": self.standin.key, "secret": self.standin.secret})
        transport = None if self.socket else httpx2.WSGITransport(app=self.standin.app)
        made = Flickr("flickr", Options(url=self.standin.url, **given), means, transport)
        self.made.append(made)
        return made
