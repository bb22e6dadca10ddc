"""A server of the fediverse in this process, and our client of it, for the tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from contract.platform_contract import picture_file
from heliograph.model import Claim, F, Fields, Post, Rendition, RenditionFile, Subject, SubjectKind, Value, Wanted
from heliograph.platforms.fediverse import Fediverse, Options
from heliograph.platforms.fediverse.account import Account
from heliograph.ports import Means
from heliograph.standin.fediverse import PROFILES, StandIn, opened
from memory import FakeClock

EVERY = tuple(PROFILES)
USUAL = {"mastodon": "mastodon", "pixelfed": "pixelfed", "gotosocial": "gotosocial"}


class Notebook:
    """A memory that outlives the client."""

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}

    def read(self, name: str) -> str:
        return self.notes.get(name, "")

    def write(self, name: str, text: str) -> None:
        self.notes[name] = text


@dataclass
class House:
    """The stand-in with its clock, and what clients remember."""

    standin: StandIn
    clock: FakeClock
    folder: Path
    notes: Notebook = field(default_factory=Notebook)
    made: list[Fediverse] = field(default_factory=list)

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, profile: str) -> Iterator[House]:
        """With one software's ways."""
        clock = FakeClock()
        with opened(folder / "server", profile, lambda: clock.now().timestamp()) as standin:
            house = cls(standin, clock, folder)
            yield house
            for platform in house.made:
                platform.close()

    @property
    def kind(self) -> str:
        """What an owner would call it in the settings."""
        return USUAL.get(self.standin.profile.partition("-")[0], "fediverse")

    def platform(self, **options: Any) -> Fediverse:
        """A client as after a restart."""
        account = Account(
            self.standin.who, "add, change and delete posts", self.standin.token, self.standin.id, self.standin.url
        )
        means = Means(self.clock, account, memory=self.notes)
        transport = httpx2.WSGITransport(app=self.standin.app)
        made = Fediverse(
            self.kind, Options(url=self.standin.url, **options), means, usual=self.kind, transport=transport
        )
        self.made.append(made)
        return made

    def ready(self, **options: Any) -> Fediverse:
        """A client in the middle of a run: the server was looked at, and no call is counted yet."""
        platform = self.platform(**options)
        platform.survey(None)
        self.standin.calls.clear()
        return platform

    def counts(self) -> dict[str, int]:
        """Calls since they were last asked for."""
        counts = dict(self.standin.calls.counts)
        self.standin.calls.clear()
        return counts

    def file(self, tint: int = 1) -> RenditionFile:
        """A small picture."""
        return picture_file(self.folder / "files", "image/jpeg", 60, 40, tint)

    def wanted(self, number: int = 1, **fields: Value) -> Wanted:
        """The wanted state of a photo."""
        given: Fields = {
            F.PICTURE: f"picture {number}",
            F.TEXT: f"Boats {number}\n\n#LowTide",
            F.ALT: f"{number} boats lie on wet sand",
            F.VISIBILITY: "public",
            F.WARNING: None,
            **fields,
        }
        mark = f"{number:032x}"
        return Wanted(Subject(SubjectKind.PHOTO, mark), self.kind, f"coast/{number}.jpg", given, mark)

    def publish(self, platform: Fediverse, wanted: Wanted, tint: int = 1) -> tuple[Claim, Post]:
        """As the executor does it."""
        rendition = Rendition((self.file(tint),))
        claim = platform.prepare(wanted.subject, wanted, rendition)
        return claim, platform.add(claim, wanted, rendition)

    def ids(self) -> Sequence[str]:
        """Of the posts that are there, the newest first."""
        return [post.id for post in self.standin.world.posts]
