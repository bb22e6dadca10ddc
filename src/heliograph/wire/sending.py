"""One call, from its parts to a body on disk."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from heliograph.errors import Busy, Mistake, Refused
from heliograph.wire.address import Upload, foreign, same_host
from heliograph.wire.answer import Answer
from heliograph.wire.faults import Trouble

Fields = Mapping[str, str | Iterable[str]]


@dataclass(frozen=True, slots=True)
class Call:
    """What `Wire.call` was asked for, with its address checked."""

    method: str
    url: str
    kind: str
    repeatable: bool
    signed: bool
    params: tuple[tuple[str, str], ...]
    data: tuple[tuple[str, str], ...]
    json: Any
    files: Mapping[str, Upload]
    headers: Mapping[str, str]
    accept: Collection[int]
    into: Path | None
    max_bytes: int


def followed(call: Call, url: str, result: Answer | Trouble) -> str | None:
    """Where to go on: reading calls without credentials may be sent on within the same host."""
    if not isinstance(result, Answer) or result.status not in {301, 302, 303, 307, 308} or result.status in call.accept:
        return None
    harmless = call.method in {"GET", "HEAD"} and call.repeatable and not call.signed
    with contextlib.suppress(ValueError, Mistake):  # a location that is no address
        target = foreign(urljoin(url, result.headers.get("location", "")))
        return target if harmless and same_host(url, target) else None
    return None


def pairs(fields: Fields | None) -> tuple[tuple[str, str], ...]:
    """Every name with each of its values, in order."""
    pairs: list[tuple[str, str]] = []
    for name, value in (fields or {}).items():
        pairs.extend((name, one) for one in ((value,) if isinstance(value, str) else value))
    return tuple(pairs)


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The pairs as a form takes them: repeated names keep all their values."""
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


def opened_file(file: Upload, opened: ExitStack) -> tuple[str, Any, str]:
    """The file for a multipart form, open until `opened` closes.

    Raises:
        Refused: it is gone or cannot be read; nothing was sent.
    """
    try:
        return file.filename, opened.enter_context(file.path.open("rb")), file.media_type
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
    message = f"{file.path.name} cannot be sent: {reason}. Nothing was sent of it."
    raise Refused(message)


def store(pieces: Iterator[bytes], into: Path) -> None:
    """Writes the pieces to `into`, which is replaced only by a whole body.

    Raises:
        Busy: the disk does not take it.
    """
    part = into.with_name(into.name + ".part")
    try:
        with part.open("wb") as out:
            for piece in pieces:
                out.write(piece)
        part.replace(into)
    except OSError as error:
        message = f"{into.name} could not be kept: {error.strerror}. Nothing of it stays; make room and run again."
        raise Busy(message) from None
    finally:
        part.unlink(missing_ok=True)
