"""What a text that is too long can spare before any word of it is cut: hashtags, then the lines about the camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from heliograph.caption.names import Words

LINES = ("camera_line", "shooting_line", "shooting_line_exif")
"""Names that a template is rendered without, one after the other."""

NAMED_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Spared:
    """A text, and what of its template it does without."""

    text: str
    without: tuple[str, ...] = ()
    """As it would have stood there; empty where all of it fits, or nothing of it can be spared."""


def spared(
    write: Callable[[Words], str],
    words_with: Callable[[tuple[str, ...]], Words],
    fits: Callable[[str], bool],
    tags: tuple[str, ...],
) -> Spared:
    """The text with as much of its hashtags and lines as fits; it may still be too long.

    `write` makes the text of a template's words, and `words_with` makes these with so many of the tags only.
    """
    words = words_with(tags)
    text = write(words)
    if fits(text):
        return Spared(text)
    without: list[str] = []
    bare = words_with(())
    if (shorter := write(bare)) != text:
        if fits(shorter):
            return _with_most(write, words_with, fits, tags)
        without.append(_named(str(words["hashtags"])))
        words, text = bare, shorter
    for line in LINES:
        if not fits(text) and (shorter := write({**words, line: ""})) != text:
            without.append(f"“{words[line]}”")
            words, text = {**words, line: ""}, shorter
    return Spared(text, tuple(without))


def _with_most(
    write: Callable[[Words], str],
    words_with: Callable[[tuple[str, ...]], Words],
    fits: Callable[[str], bool],
    tags: tuple[str, ...],
) -> Spared:
    """As many of the tags as fit, from the first on; none of them do."""
    fitting, excess = 0, len(tags)
    while excess - fitting > 1:
        middle = (fitting + excess) // 2
        fitting, excess = (middle, excess) if fits(write(words_with(tags[:middle]))) else (fitting, middle)
    return Spared(write(words_with(tags[:fitting])), (_named(str(words_with(tags[fitting:])["hashtags"])),))


def _named(hashtags: str) -> str:
    every = hashtags.split()
    more = len(every) - NAMED_AT_MOST
    return " ".join(every[:NAMED_AT_MOST]) + (f" and {more:,} more hashtags" if more > 0 else "")
