"""The page of `helio serve` at work over a real library, and somebody who calls it: with the key, or as a browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from command_line import draw
from heliograph.desk.clock import SystemClock
from heliograph.web import Service, desks_of, invitation

ANSWERS_S = 20.0
SETTINGS = """
[library]
folder = "photos"
name = "Ada's photos"

[platforms.site]
folder = "site"

[rules]
never = ["Private"]
"""
WISH = (("Socials", "site"),)
PRIVATE = (("Private", "Family"), ("Socials", "site"))


def library(folder: Path, photos: int = 3, settings: str = SETTINGS) -> Path:
    """The settings of a library with so many photos that are wished on the site, and one that is private."""
    for number in range(photos):
        draw(folder / f"photos/2023/p{number}.jpg", f"Photo {number}", wishes=WISH)
    draw(folder / "photos/2023/family.jpg", "Us", wishes=PRIVATE)
    (folder / "heliograph.toml").write_text(settings, encoding="utf-8")
    return folder / "heliograph.toml"


class Visitor:
    """A program that holds the key; `browser` is one that came in by an invitation."""

    def __init__(self, service: Service, state: Path) -> None:
        self.service, self.state = service, state
        self.url = service.standing.url
        self.http = httpx2.Client(base_url=self.url, timeout=30, headers={"Authorization": f"Bearer {self._key}"})

    @property
    def _key(self) -> str:
        return self.service.standing.key

    def invitation(self) -> str:
        return invitation(self.service.standing, SystemClock(), fresh=True).address.partition("#")[2]

    @contextmanager
    def browser(self) -> Iterator[httpx2.Client]:
        """With the cookie of a session."""
        with httpx2.Client(base_url=self.url, timeout=30) as client:
            assert client.post("/enter", data={"invitation": self.invitation()}).status_code == 303
            yield client

    def state_now(self) -> dict[str, object]:
        return self.http.get("/state").json()

    def idle(self) -> dict[str, object]:
        """Waits until nothing is under way."""
        until_s = SystemClock().monotonic() + ANSWERS_S
        while (told := self.state_now())["task"]:
            assert SystemClock().monotonic() < until_s, told
            threading.Event().wait(0.02)
        return told

    def page(self) -> str:
        return self.http.get("/").text

    def look(self) -> str:
        assert self.http.post("/look").status_code == 303
        self.idle()
        return self.page()

    def apply(self, **more: str) -> httpx2.Response:
        return self.http.post("/apply", data={"plan": plan_of(self.page()), **more})

    def published(self) -> str:
        assert self.apply().status_code == 303
        self.idle()
        return self.page()


def plan_of(page: str) -> str:
    found = re.search(r'name="plan" value="([0-9a-f]{32})"', page)
    assert found, page
    return found[1]


class Text(HTMLParser):
    """What a person reads of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def read(html: str) -> str:
    return " ".join(" ".join(Text(html).words).split())


@contextmanager
def served(settings: Path, **more: object) -> Iterator[Visitor]:
    """The page of these settings."""
    state = settings.parent / ".heliograph"
    with ExitStack() as last, Service(desks_of(settings), state, SystemClock(), **more) as service:
        visitor = Visitor(service, state)
        last.callback(visitor.http.close)
        until_s = SystemClock().monotonic() + ANSWERS_S
        while not visitor.state_now()["page"] and SystemClock().monotonic() < until_s:
            threading.Event().wait(0.02)
        yield visitor


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visitor]:
    """The page over a small library."""
    with served(library(tmp_path)) as visitor:
        yield visitor
