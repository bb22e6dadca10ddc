"""A download, and what it is to be once it is home."""

from dataclasses import dataclass
from pathlib import Path

from heliograph import metadata
from heliograph.digest import HEAD_BYTES, SUFFIXES, image_digest, sniff
from heliograph.errors import Refused
from heliograph.model import Facts, Home, Link


@dataclass(frozen=True, slots=True)
class Arrival:
    """A download, and what it is to be."""

    home: Home
    file: Path
    media_type: str
    digest: str
    own: Facts
    facts: Facts
    """What the photo says once it is home."""

    @property
    def link(self) -> Link:
        """The post that it comes from."""
        return Link(self.home.platform, self.home.post.id, self.home.post.url)

    @property
    def words(self) -> bytes:
        """Its sidecar; the same for the same download."""
        return metadata.overlay(None, self.own, self.facts, self.link, self.home.albums)

    @property
    def suffix(self) -> str:
        """By content, because a download's name promises nothing."""
        own = self.file.suffix.lower()
        if SUFFIXES.get(own[1:]) == self.media_type:
            return own
        return next(f".{suffix}" for suffix, kind in SUFFIXES.items() if kind == self.media_type)

    @property
    def named(self) -> str:
        """For people."""
        title, post = self.facts.title, f"{self.home.post.id} on {self.home.platform}"
        return f"“{title}” ({post})" if title else post


def arrival_of(home: Home, file: Path) -> Arrival:
    """What a downloaded file is to be.

    Raises:
        Refused: it is no picture.
    """
    with file.open("rb") as opened:
        media_type = sniff(opened.read(HEAD_BYTES), file.name)
    if media_type is None:
        message = (
            f"{home.post.id} on {home.platform} was not taken in: what came is no picture that is known here. Nothing "
            "was written; it stays as it is there."
        )
        raise Refused(message)
    own = metadata.read(file)
    return Arrival(home, file, media_type, image_digest(file, media_type)[0], own, metadata.brought(own, home))


def digest_of(path: Path, media_type: str) -> str:
    """Of the picture alone; empty where it cannot be had, which is no picture's."""
    try:
        return image_digest(path, media_type)[0]
    except (OSError, Refused):
        return ""
