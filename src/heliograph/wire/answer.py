"""What a service answered, bounded in size and read with mistrust."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from heliograph.errors import Busy, HeliographError, Uncertain

_PIECE_BYTES = 64 * 1024
_WORDS_LEN = 200


class Unreadable(Exception):
    """An answer that cannot be taken in, with the reason; translated before it leaves `wire`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body of an answer; its `repr` shows neither headers nor body, which may hold tokens."""

    status: int
    host: str
    headers: Mapping[str, str] = field(repr=False)
    """Names in lower case."""
    body: bytes = field(repr=False)
    """Decoded; empty where it went into a file."""
    repeatable: bool = True
    """Whether the call that it answers may be repeated."""

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            Busy: it is something else, such as the page of a hotel's network; the call may be repeated.
            Uncertain: likewise, but the call may not be repeated, and may have happened.
        """
        try:
            return json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError):
            pass
        raise self.unreadable(self._instead())

    def elements(self) -> dict[str, str]:
        """The body as XML: element -> text and `element.attribute` -> value, of several alike the first.

        Raises:
            Busy: it is no whole XML, or a hostile one; the call may be repeated.
            Uncertain: likewise, but the call may not be repeated, and may have happened.
        """
        from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

        try:
            root = fromstring(self.body)
        except Exception:  # noqa: BLE001 - cut off, or made to do harm: it cannot be read either way
            root = None
        if root is None:
            raise self.unreadable(self._instead())
        found: dict[str, str] = {}
        for element in root.iter():
            found.setdefault(element.tag, (element.text or "").strip())
            for name, value in element.attrib.items():
                found.setdefault(f"{element.tag}.{name}", value)
        return found

    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 become question marks."""
        return self.body.decode("utf-8", "replace")

    def unreadable(self, reason: str) -> HeliographError:
        """The error to raise where the body makes no sense: `Uncertain` after a call that may not be repeated.

        `reason` goes on after "the answer ": `is no photo`.
        """
        if self.repeatable:
            return Busy(
                f"{self.host} was asked and the answer {reason}. Nothing was changed by asking; "
                "check the network (a login page of a hotel or proxy answers like this) and run again."
            )
        return Uncertain(
            f"{self.host} was called and the answer {reason}. What was asked for may have been done; "
            "it is looked up before anything is sent again."
        )

    def words(self) -> str:
        """The service's own message in an error answer, short and on one line; empty where there is none."""
        try:
            form = json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError):
            return ""
        found = [form.get(name) for name in ("error_description", "error", "message")] if isinstance(form, dict) else []
        text = next((word for word in found if isinstance(word, str) and word.strip()), "")
        return "".join(sign if sign.isprintable() else " " for sign in text)[:_WORDS_LEN].strip()

    def _instead(self) -> str:
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if "html" in kind or self.body.lstrip()[:1] == b"<":
            return "is a web page instead of data"
        return f"cannot be read ({len(self.body)} bytes that are nothing whole)"


def decoded(raw: Iterable[bytes], encoding: str, max_bytes: int) -> Iterator[bytes]:
    """The body piece by piece, unpacked; never more than `max_bytes` and one piece in memory.

    Raises:
        Unreadable: too long, cut off, or packed in a way that was not asked for.
    """
    length_bytes = 0
    for piece in _unpacked(raw, encoding.strip().lower(), max_bytes):
        length_bytes += len(piece)
        if length_bytes > max_bytes:
            raise Unreadable(_too_long(max_bytes))
        yield piece


def _unpacked(raw: Iterable[bytes], encoding: str, max_bytes: int) -> Iterator[bytes]:
    if encoding in {"", "identity"}:
        yield from raw
        return
    if encoding not in {"gzip", "x-gzip"}:
        message = "is packed in a way that was not asked for"
        raise Unreadable(message)
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    length_bytes = 0
    for chunk in raw:
        length_bytes += len(chunk)
        if length_bytes > max_bytes:
            raise Unreadable(_too_long(max_bytes))
        yield from _pieces(unpacker, chunk)
    if length_bytes and not unpacker.eof:
        message = "was cut off"
        raise Unreadable(message)


def _pieces(unpacker: Any, chunk: bytes) -> Iterator[bytes]:
    while chunk and not unpacker.eof:
        try:
            piece = unpacker.decompress(chunk, _PIECE_BYTES)
        except zlib.error:
            message = "is damaged"
            raise Unreadable(message) from None
        yield piece
        chunk = unpacker.unconsumed_tail


def _too_long(max_bytes: int) -> str:
    return f"is longer than {max_bytes} bytes"
