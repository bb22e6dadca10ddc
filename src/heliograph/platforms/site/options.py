"""What the owner sets of a website on disk, besides what every platform has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from heliograph.policy import STRICT


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one site.

    Raises:
        ValueError: a setting cannot be used, with the reason as a sentence.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    folder: Path
    """Where the site is written; made when the first photo is published."""
    title: str = "Photographs"
    """Of the site, on every page."""
    author: str = ""
    """Whose photos these are, for the foot of every page."""
    intro: str = ""
    """A few words under the title of the first page; an empty line begins a new paragraph."""
    language: str = "en"
    """Of titles and captions, as BCP 47 writes it: `en`, `de-AT`."""
    base_url: str = ""
    """Address at which the folder is served; empty makes links in reports relative to the folder."""
    latest: int = 36
    """Photos on the first page."""
    page_photos: int = 120
    """Photos on one page of a longer list."""

    def __post_init__(self) -> None:
        if self.base_url and not self.base_url.startswith(("https://", "http://")):
            message = f"base_url is {self.base_url!r}; it must begin with https:// or http://, or be left empty"
            raise ValueError(message)
        if self.latest < 1 or self.page_photos < 1:
            message = "latest and page_photos must be 1 or more"
            raise ValueError(message)
