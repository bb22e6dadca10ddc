"""A site read as a visitor does: every page whole, every link leading somewhere."""

from __future__ import annotations

import os
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from contract.platform_contract import (
    publish,
    rendition_for,
    wanted_album,
    wanted_photo,
)
from heliograph.platforms.site import Options, Site
from heliograph.platforms.site.staging import HIDDEN


def site_at(folder: Path, **options) -> Site:
    return Site("site", Options(folder, **options))


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in {"href", "src"}:
                self.found.append(value)
            if name == "srcset":
                self.found += [part.split()[0] for part in value.split(",")]


@cache
def links_in(text: str) -> frozenset[str]:
    parser = Links()
    parser.feed(text)
    local = [link.partition("#")[0] for link in parser.found if not re.match(r"[a-z]+:", link)]
    return frozenset(link for link in local if link)


def links_of(page: Path) -> set[str]:
    return {os.path.normpath(f"{page.parent}/{link}") for link in links_in(page.read_text(encoding="utf-8"))}


def pages_of(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file() and HIDDEN not in path.relative_to(site).parts
    }


def check_whole(site: Path, entrances: list[Path]) -> int:
    """Every page that a visitor can reach from the entrances is complete, and every link on it leads somewhere."""
    seen: set[str] = set()
    waiting = [str(page) for page in entrances if page.exists()]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        assert os.path.isfile(page), f"a link leads to {page}, which is not there"  # noqa: PTH113 # thousands of times
        if page.endswith(".html"):
            assert Path(page).read_text(encoding="utf-8").rstrip().endswith("</html>"), page
            waiting += links_of(Path(page))
    return len(seen)


def fill(site: Site, files: Path, numbers=range(4), album="The coast") -> list[str]:
    ids = []
    for number in numbers:
        _, post = publish(site, wanted_photo(site, number), rendition_for(site, files, number))
        ids.append(post.id)
    if album:
        publish(site, wanted_album(site, album, tuple(ids)), None)
    return ids


@pytest.fixture
def files(tmp_path):
    return tmp_path / "renditions"
