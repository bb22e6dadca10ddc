"""Where words go: data to stdout, talk to stderr; wrapped for a terminal, one line each for a pipe."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO, cast

from rich.console import Console
from rich.text import Text

from heliograph.cli.visible import visible

_GLYPHS = "“”…→·✓"


@dataclass(slots=True)
class Screen:
    """Both streams of one command."""

    out: Console
    talk: Console
    loud: int = 0
    """-1 is quiet, 1 and more tell more."""

    @property
    def live(self) -> bool:
        """Whether lines may be redrawn: a person is watching a terminal that can do it."""
        return _tty(self.talk.file) and not self.talk.is_dumb_terminal and self.loud >= 0

    @property
    def shows_data(self) -> bool:
        """Whether stdout is a terminal, perhaps the same one."""
        return _tty(self.out.file)

    @property
    def room(self) -> int | None:
        """Columns of a line of data; `None` where lines are as long as they are."""
        return self.out.width if _wraps(self.out) else None

    def put(self, body: str | Text = "", lead: str | Text = "") -> None:
        """A line of data; where it is too long for the terminal it goes on below `body`, not below `lead`."""
        _line(self.out, lead, body)

    def address(self, where: str) -> None:
        """A line of its own that is never broken, so that it can be clicked and copied."""
        self.out.print(Text(visible(where)), soft_wrap=True)

    def say_address(self, where: str, lead: str) -> None:
        """Likewise as talk, behind `lead`; not shown with -q."""
        if self.loud >= 0:
            self.talk.print(Text(visible(lead + where)), soft_wrap=True)

    def say(self, body: str | Text = "", lead: str | Text = "") -> None:
        """A line of talk; not shown with -q."""
        if self.loud >= 0:
            _line(self.talk, lead, body)

    def warn(self, body: str | Text, lead: str | Text = "") -> None:
        """A line of talk that is shown whatever was chosen."""
        _line(self.talk, lead, body)

    def document(self, form: dict[str, Any], *, indent: int | None = 1) -> None:
        """JSON on stdout, in ASCII, so that no terminal and no encoding can spoil it."""
        import json

        self.out.file.write(json.dumps(form, indent=indent) + "\n")
        self.out.file.flush()


def screen(loud: int = 0) -> Screen:
    """The streams of this process as they are now."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, io.UnsupportedOperation):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    return Screen(_console(sys.stdout), _console(sys.stderr), loud)


def clean(console: Console, words: str) -> str:
    """Words of any origin as `console` can show them."""
    return visible(words, ascii_only=not _can(console.file))


class OutputLost(OSError):
    """What was to be printed could not be written, as onto a disk without room: no fault of the program."""


class _Stream:
    """A stream of the process that says so when it cannot be written to."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, words: str) -> int:
        with _losing():
            return self._stream.write(words)

    def flush(self) -> None:
        with _losing():
            self._stream.flush()


@contextlib.contextmanager
def _losing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as trouble:
        raise OutputLost(trouble.errno, trouble.strerror) from trouble


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Instead of ending the process here and now, as rich does, whatever is under way."""
        raise BrokenPipeError


def _console(stream: TextIO) -> Console:
    return _Console(file=cast("TextIO", _Stream(stream)), highlight=False, markup=False, emoji=False)


def _line(console: Console, lead: str | Text, body: str | Text) -> None:
    first, rest = _clean(console, lead), _clean(console, body)
    if not _wraps(console):
        console.print(first + rest, soft_wrap=True)
        return
    room = max(20, console.width - first.cell_len)
    for number, part in enumerate(rest.wrap(console, room) or [Text()]):
        part.rstrip()
        console.print((first if number == 0 else Text(" " * first.cell_len)) + part, soft_wrap=True)


def _wraps(console: Console) -> bool:
    """Whether lines are broken to a width; for a pipe they are not."""
    return _tty(console.file) or os.environ.get("COLUMNS", "").isdigit()


def _clean(console: Console, words: str | Text) -> Text:
    """Styled pieces stay styled; what they say is made harmless piece by piece."""
    if isinstance(words, str):
        return Text(clean(console, words))
    made, start = Text(), 0
    edges = {len(words.plain), *(edge for span in words.spans for edge in (span.start, span.end))} - {0}
    for end in sorted(edges):
        style = next((span.style for span in words.spans if span.start <= start and end <= span.end), words.style)
        made.append(clean(console, words.plain[start:end]), style)
        start = end
    return made


def _tty(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):
        return False


def _can(stream: Any) -> bool:
    try:
        _GLYPHS.encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
