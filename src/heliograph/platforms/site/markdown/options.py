"""What the owner sets of a site made of Markdown pages, besides what every platform has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from heliograph.platforms.site.destination import NOWHERE, Destination
from heliograph.policy import STRICT


class Layout(StrEnum):
    """Whose folders, names and links the pages have."""

    HUGO = "hugo"
    QUARTZ = "quartz"
    ELEVENTY = "eleventy"
    JEKYLL = "jekyll"
    QUANTUM = "quantum"
    QUANTUM_SITE = "quantum-site"


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one site of Markdown pages.

    Raises:
        ValueError: a setting cannot be used, with the reason as a sentence.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    folder: Path
    """The project of the site generator, or the vault; pages and pictures are written into it, beside what is yours."""
    generator: Layout = Layout.HUGO
    """Whose layout the pages have: `hugo`, `quartz` (Obsidian as well), `eleventy`, `jekyll`, `quantum` (as IMatch to
    Socials wrote them) or `quantum-site` (as IMatch to Site did, with its eight sizes)."""
    language: str = "en"
    """Of the few words and of the dates that the pages say by themselves, as BCP 47 writes it: `en`, `de-AT`."""
    base_url: str = ""
    """Address at which the built site is served; empty makes links in reports relative to it."""
    layout: str = ""
    """Written into the front matter of every page as `layout`; empty: left out."""
    templates: Path | None = None
    """Folder of your own `photo.md.jinja`, `album.md.jinja` or `card.md.jinja`; what is not there is ours."""
    publish: Destination = NOWHERE
    """What is done with the finished pages, a section of its own: see below."""

    def __post_init__(self) -> None:
        if self.base_url and not self.base_url.startswith(("https://", "http://")):
            message = f"base_url is {self.base_url!r}; it must begin with https:// or http://, or be left empty"
            raise ValueError(message)
