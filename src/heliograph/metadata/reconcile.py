"""Several containers say the same thing differently: who is believed, and who is told of it.

The order is the one of the Metadata Working Group: Exif where it has a home for the field and is not blank; then XMP
where the IPTC block is missing or unchanged since XMP was written; a changed IPTC block goes before XMP, but its short
fields never cut what XMP holds whole. A sidecar goes before all of them, since it is what programs edit that leave the
picture alone.

Source: Metadata Working Group, Guidelines for handling image metadata 2.0, chapters 3 and 5 (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from heliograph.metadata.blocks import Exif, Iptc, Xmp
from heliograph.metadata.texts import LONGEST_TEXT, cut

T = TypeVar("T")

EXIF, IPTC, XMP, SIDECAR = "Exif", "IPTC", "XMP", "sidecar XMP"

_UTF8_SLACK_BYTES = 4
"""A cut at a byte limit may fall into a character, or leave a blank that was stripped."""


@dataclass
class Layers:
    """The containers of one picture, and what was found out while reading them."""

    exif: Exif
    xmp: Xmp
    iptc: Iptc
    sidecar: Xmp | None = None
    iptc_changed: bool = False
    """The IPTC block was edited by a program that left XMP alone."""
    others: list[tuple[str, Xmp]] = field(default_factory=list)
    """Further packets, which nobody expects; asked only for what is private."""
    positions: list[tuple[float, float]] = field(default_factory=list)
    """Latitude and longitude, of every container that has them."""
    warnings: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Sentences about words that are there and could not be read."""
    sources: dict[str, str] = field(default_factory=dict)
    blank: frozenset[str] = frozenset()
    """What the owner took away, as our own sidecars say: where these are silent, nobody else is asked."""

    def first(self, name: str, candidates: Iterable[tuple[str, T]], nothing: T) -> T:
        """The first candidate that says something; notes which container it was from."""
        for source, value in candidates:
            if value and (source == SIDECAR or name not in self.blank):
                self.sources[name] = source
                return value
        return nothing

    def ordered(
        self, from_xmp: Callable[[Xmp], T], iptc: T, restore: Callable[[T, T], T], exif: T | None = None
    ) -> list[tuple[str, T]]:
        """What each container says, the most believed first. `restore(iptc, xmp)` undoes the cutting of IIM."""
        embedded = from_xmp(self.xmp)
        found = [(SIDECAR, from_xmp(self.sidecar))] if self.sidecar else []
        if exif is not None:
            found.append((EXIF, exif))
        if not self.iptc_changed or not iptc:
            return [*found, (XMP, embedded), (IPTC, iptc)]
        whole = restore(iptc, embedded) if embedded else iptc
        return [*found, (XMP if whole == embedded else IPTC, whole), (XMP, embedded)]

    def text(self, name: str, *xmp_names: str, iptc: str = "", limit_bytes: int = 0, exif: str | None = None) -> str:
        """A text by the rules, with a warning where the containers contradict each other."""
        stated = self.iptc.text(iptc) if iptc else ""
        candidates = self.ordered(lambda xmp: xmp.text(*xmp_names), stated, _restorer(limit_bytes), exif)
        chosen = self.first(name, candidates, "")
        others = ((source, text) for source, text in candidates if text and not _agree(chosen, text, limit_bytes))
        if chosen and (other := next(others, None)):
            self.contradiction(name, other[0])
        if len(chosen) >= LONGEST_TEXT:
            self.warnings.append(f"The {spoken(name)} is longer than {LONGEST_TEXT:,} characters and was cut there.")
        return chosen

    def texts(self, name: str, xmp_name: str, iptc: str, limit_bytes: int) -> tuple[str, ...]:
        """A list of texts by the rules."""

        def restore(short: tuple[str, ...], whole: tuple[str, ...]) -> tuple[str, ...]:
            longer = {cut(text, limit_bytes).strip(): text for text in reversed(whole)}
            return tuple(dict.fromkeys(longer.get(text, text) for text in short))

        return self.first(name, self.ordered(lambda xmp: xmp.words(xmp_name), self.iptc.texts(iptc), restore), ())

    def contradiction(self, name: str, other: str) -> None:
        """Says that a container was overruled."""
        winner = self.sources[name]
        self.warnings.append(f"{winner} and {other} disagree on the {spoken(name)}; {winner} was believed.")


def spoken(name: str) -> str:
    """A field's name in words: `alt_text` is the alt text."""
    return {"taken": "date taken"}.get(name, name.replace("_", " "))


def shortened(short: str, whole: str, limit_bytes: int) -> bool:
    """Whether `short` is `whole` as a field of so many bytes had to cut it."""
    length = max(len(short), len(short.encode()))
    return whole.startswith(short) and length >= limit_bytes - _UTF8_SLACK_BYTES


def _restorer(limit_bytes: int) -> Callable[[str, str], str]:
    return lambda short, whole: whole if shortened(short, whole, limit_bytes) else short


def _agree(chosen: str, other: str, limit_bytes: int) -> bool:
    one, two = " ".join(chosen.split()), " ".join(other.split())
    return one == two or (limit_bytes > 0 and (shortened(two, one, limit_bytes) or shortened(one, two, limit_bytes)))
