"""The log of posts: what the site was told to show, one line for each accepted write. A line in it IS the publication.

The first line names the log. Every other line is a whole post, or the id of one that is gone; the last line of a post
counts. A line without its end was never accepted: a reader ignores it and the next writer cuts it off.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from heliograph import jsonform
from heliograph.errors import Mistake, Refused, Uncertain
from heliograph.model import F, Fields, RenditionFile, SubjectKind, Value
from heliograph.platforms.site.staging import HIDDEN, replace_durably

_VERSION = 1
_ENDINGS = {"image/jpeg": "jpg", "image/webp": "webp", "image/avif": "avif"}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture file of a post, by its content-addressed name below the site's folder."""

    name: str
    media_type: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One post as the log holds it."""

    id: str
    kind: SubjectKind
    mark: str
    fields: Fields
    pictures: tuple[Picture, ...] = ()
    blur: str = ""
    published_at: str = ""
    """UTC, ISO 8601: when it was first written; empty in lines of before times were kept."""
    changed_at: str = ""
    """Likewise, when what visitors read or see of it last changed; empty where it never did."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a stretch of the log says: the posts it wrote and the ids it took away, each as they ended."""

    written: Mapping[str, Entry]
    gone: frozenset[str]


@dataclass(slots=True)
class _Read:
    log_id: str = ""
    offset: int = 0
    posts: dict[str, Entry] = field(default_factory=dict)
    live_bytes: dict[str, int] = field(default_factory=dict)


class Log:
    """The log in `folder`. Reading follows what other processes wrote; writing is for who holds the site's lock."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / HIDDEN / "posts.jsonl"
        self._read = _Read()
        self._by_picture: tuple[str, dict[str, list[str]]] = ("", {})

    def read(self) -> Mapping[str, Entry]:
        """Every live post by its id, in the order of their first writing; empty where there is no log yet."""
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            self._read = _Read()
            return self._read.posts
        with file:
            log_id, start = _header(file, self.path)
            size = os.fstat(file.fileno()).st_size
            if log_id != self._read.log_id or size < self._read.offset:
                self._read = _Read(log_id, start)
            for line in _lines(file, self._read.offset):
                self._apply(line)
        return self._read.posts

    def showing(self, picture: str) -> Sequence[str]:
        """Ids of the live posts that show the picture of that name."""
        posts = self.read()
        if self._by_picture[0] != self.cursor:
            self._by_picture = (self.cursor, {})
            for entry in posts.values():
                for name in {shown.name for shown in entry.pictures}:
                    self._by_picture[1].setdefault(name, []).append(entry.id)
        return self._by_picture[1].get(picture, ())

    def _apply(self, line: bytes) -> None:
        known = self._read
        item = _parsed(line, self.path)
        if isinstance(item, Entry):
            known.posts[item.id] = item
            known.live_bytes[item.id] = len(line)
        else:
            known.posts.pop(item, None)
            known.live_bytes.pop(item, None)
        known.offset += len(line)

    @property
    def cursor(self) -> str:
        """Where the last `read` or `append` ended; empty where there is no log."""
        return f"{self._read.log_id}:{self._read.offset}" if self._read.log_id else ""

    def since(self, cursor: str) -> tuple[Changes, str] | None:
        """What was written behind `cursor`, and the new cursor; `None` where the cursor is of another log."""
        wanted_id, _, offset_text = cursor.partition(":")
        try:
            with self.path.open("rb") as file:
                log_id, start = _header(file, self.path)
                if log_id != wanted_id or not offset_text.isdecimal():
                    return None
                offset = int(offset_text)
                if not (start <= offset <= os.fstat(file.fileno()).st_size and _ends_line(file, offset)):
                    return None
                lines = list(_lines(file, offset))
        except FileNotFoundError:
            return None
        end = offset + sum(len(line) for line in lines)
        return _changes(_parsed(line, self.path) for line in lines), f"{log_id}:{end}"

    def append(self, items: Sequence[Entry | str], what: str) -> None:
        """Accepts posts, or ids of posts that go, all durable when this returns.

        Raises:
            OSError: nothing of it was accepted.
            Uncertain: the disk failed, and failed again when it was to be undone.
        """
        if not self.path.exists():
            replace_durably(self.path, _first_line(secrets.token_hex(8)))
        self.read()
        lines = [_line(item) for item in items]
        with self.path.open("r+b") as file:
            file.truncate(self._read.offset)
            file.seek(self._read.offset)
            try:
                file.write(b"".join(lines))
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                self._undo(what)
                raise
        for line in lines:
            self._apply(line)

    def _undo(self, what: str) -> None:
        try:
            with self.path.open("r+b") as file:
                file.truncate(self._read.offset)
                os.fsync(file.fileno())
        except OSError as error:
            sentence = f"{what} may or may not be written in {self.path}: the disk failed. It is looked for next time."
            raise Uncertain(sentence) from error

    def compact(self) -> bool:
        """Writes the log anew where more than half of it is the past; says whether it did."""
        posts = self.read()
        if not self._read.log_id or self._read.offset <= 2 * (sum(self._read.live_bytes.values()) + 64):
            return False
        log_id = secrets.token_hex(8)
        replace_durably(self.path, _first_line(log_id) + b"".join(_line(entry) for entry in posts.values()))
        self._read = _Read()
        self.read()
        return True


def picture_of(file: RenditionFile) -> Picture:
    """The picture that a rendition's file becomes; equal bytes have one name.

    Raises:
        Refused: browsers do not show this kind of file.
    """
    ending = _ENDINGS.get(file.media_type)
    if ending is None:
        sentence = f"{file.path.name} is {file.media_type}, which the site cannot show; it takes WebP, JPEG and AVIF."
        raise Refused(sentence)
    name = f"pictures/{file.sha256[:2]}/{file.sha256[2:24]}-{file.width_px}.{ending}"
    return Picture(name, file.media_type, file.width_px, file.height_px)


def amended(entry: Entry, names: Iterable[str], wanted: Fields) -> Entry:
    """`entry` with the named fields as wanted; a field that is not wanted any more is gone."""
    kept = {name: value for name, value in entry.fields.items() if name not in set(names)}
    return replace(entry, fields=kept | {name: wanted[name] for name in names if name in wanted})


def without_lost(entry: Entry, lost: frozenset[str]) -> Entry:
    """`entry` with an empty picture where one of its files is among those that are `lost`."""
    if F.PICTURE in entry.fields and any(picture.name in lost for picture in entry.pictures):
        return replace(entry, fields={**entry.fields, F.PICTURE: ""})
    return entry


def brought(shown: Fields, fields: frozenset[str]) -> Mapping[str, Value]:
    """Fields of a post as the library says them."""
    said = {name: shown[name] for name in fields & shown.keys()}
    place, rights = said.get(F.PLACE), said.get(F.RIGHTS)
    if isinstance(place, tuple):
        said[F.PLACE] = place[:2]
    if isinstance(rights, tuple):
        said[F.RIGHTS] = rights[-1]
    return said


def _changes(items: Iterable[Entry | str]) -> Changes:
    written: dict[str, Entry] = {}
    gone: set[str] = set()
    for item in items:
        if isinstance(item, Entry):
            written[item.id] = item
            gone.discard(item.id)
        else:
            written.pop(item, None)
            gone.add(item)
    return Changes(written, frozenset(gone))


def _first_line(log_id: str) -> bytes:
    return json.dumps({"heliograph": _VERSION, "log": log_id}).encode("ascii") + b"\n"


def _line(item: Entry | str) -> bytes:
    form = {"gone": item} if isinstance(item, str) else {"post": _form(item)}
    return json.dumps(form, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def _form(entry: Entry) -> dict[str, Any]:
    times = {"published_at": entry.published_at, "changed_at": entry.changed_at}
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "mark": entry.mark,
        "fields": dict(entry.fields),
        "pictures": [asdict(picture) for picture in entry.pictures],
        "blur": entry.blur,
        **{name: time for name, time in times.items() if time},
    }


def _header(file: BinaryIO, path: Path) -> tuple[str, int]:
    line = file.readline(1000)
    try:
        form: Any = json.loads(line)
        version, log_id = int(form["heliograph"]), str(form["log"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path) from error
    if version > _VERSION:
        sentence = f"{path} was written by a newer heliograph. Nothing was changed; update this program."
        raise Mistake(sentence)
    return log_id, len(line)


def _lines(file: BinaryIO, offset: int) -> Iterator[bytes]:
    file.seek(offset)
    return (line for line in file if line.endswith(b"\n"))


def _ends_line(file: BinaryIO, offset: int) -> bool:
    file.seek(offset - 1)
    return file.read(1) == b"\n"


def _parsed(line: bytes, path: Path) -> Entry | str:
    try:
        form: Any = json.loads(line)
        if "gone" in form:
            return str(form["gone"])
        post = form["post"]
        pictures = tuple(Picture(**picture) for picture in post["pictures"])
        kind, fields = SubjectKind(post["kind"]), jsonform.fields(post["fields"])
        times = str(post.get("published_at", "")), str(post.get("changed_at", ""))
        return Entry(post["id"], kind, post["mark"], fields, pictures, post["blur"], *times)
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> Mistake:
    return Mistake(
        f"{path}, the site's list of posts, is damaged. Nothing was changed and the pages are as they were. "
        "Put the file back from a backup, or move the site's folder away and publish it anew."
    )
