"""SQLite files of other programs, which are only ever read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from heliograph.errors import Mistake

_WAIT_S = 1.0
"""For whoever is writing just now."""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A picture file as FlickrSync's table `LocalPhotos` has it.

    Source: FlickrSync 0.1.1 (2018), read 2026-11.
    """

    path: Path
    signature: str
    hashed_at: float
    """Unix seconds: later changes of the file are not in the signature."""
    taken: str = ""
    """As the file said it then, `2017:05:04 10:11:12`; empty where it said nothing."""


@dataclass(frozen=True, slots=True)
class KeptToken:
    """A token as flickrapi's table `oauth_tokens` has it.

    Source: flickrapi 2.4.0, which FlickrSync uses (2026-11).
    """

    api_key: str
    lookup_key: str
    """The name that the program gave it; FlickrSync's is the configured username."""
    token: str = field(repr=False)
    token_secret: str = field(repr=False)
    access_level: str
    fullname: str
    username: str
    nsid: str


def flickrsync_files(path: Path) -> list[KnownFile]:
    """The picture files that FlickrSync's database knows a signature of and does not think deleted; sorted by path.

    Raises:
        Mistake: it is not there, cannot be read, is damaged, or is no database of FlickrSync.
    """
    query = (
        "SELECT Directory, FileName, Signature, COALESCE(Timestamp, 0), COALESCE(DateTimeOriginal, '') FROM LocalPhotos"
        " WHERE Signature IS NOT NULL AND Deleted IS NULL AND ImageError IS NULL ORDER BY Directory, FileName"
    )
    rows = _rows(path, "FlickrSync's database", query)
    return [
        KnownFile(Path(str(folder), str(name)), str(signature).lower(), _seconds(hashed_at), str(taken))
        for folder, name, signature, hashed_at, taken in rows
    ]


def flickrsync_posts(path: Path) -> int:
    """How many photos FlickrSync's database says are on Flickr.

    Raises:
        Mistake: as `flickrsync_files`.
    """
    ((count,),) = _rows(path, "FlickrSync's database", "SELECT COUNT(*) FROM FlickrPhotos")
    return int(str(count))


def flickrapi_tokens(path: Path) -> list[KeptToken]:
    """Every token that flickrapi keeps for the programs of this user.

    Raises:
        Mistake: it is not there, cannot be read, is damaged, or is no token store.
    """
    query = (
        "SELECT api_key, lookup_key, oauth_token, oauth_token_secret, access_level, fullname, username, user_nsid"
        " FROM oauth_tokens ORDER BY api_key, lookup_key"
    )
    return [KeptToken(*map(str, row)) for row in _rows(path, "flickrapi's token store", query)]


def _seconds(value: object) -> float:
    """SQLite keeps whatever it was given; what is no number is older than every file."""
    return float(value) if isinstance(value, int | float) else 0.0


def _rows(path: Path, what: str, query: str) -> Sequence[tuple[object, ...]]:
    if not path.is_file():
        message = f"{what} is not there: {path}. Nothing was read from it."
        raise Mistake(message)
    trouble: sqlite3.Error | None = None
    for how in _ways(path):
        try:
            with closing(sqlite3.connect(how, uri=True, timeout=_WAIT_S)) as db:
                return db.execute(query).fetchall()
        except sqlite3.OperationalError as error:
            trouble = error
            if "no such" in str(error):
                break
        except sqlite3.Error as error:
            trouble = error
            break
    message = f"{what} cannot be read: {path} ({_said(trouble)}). It was left as it is."
    raise Mistake(message) from trouble


def _ways(path: Path) -> Iterator[str]:
    """Read only; and, where it is locked or in a folder that cannot be written to, as it stands on the disk."""
    address = f"file:{quote(path.absolute().as_posix())}?mode=ro"
    yield address
    yield f"{address}&immutable=1"


def _said(trouble: sqlite3.Error | None) -> str:
    """What SQLite says, in words for people."""
    words = str(trouble)
    if "not a database" in words or "malformed" in words:
        return "it is damaged, or no database"
    if "no such" in words:
        return "it holds other tables than expected: is it the right file?"
    return words
