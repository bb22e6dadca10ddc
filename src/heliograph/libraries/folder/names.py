"""Names: from what the file system calls a file to what the house calls it and back, and names for files taken in.

The house keeps names in JSON and in a database, which hold Unicode only. A byte of a name that is no UTF-8 becomes the
private character U+F700 plus the byte; so that nothing is ambiguous, real characters of that range are written the same
way, byte by byte. Names are otherwise kept as they are: NFC and NFD stay different.
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from heliograph.digest import SUFFIXES
from heliograph.errors import Refused

SIDECAR = "xmp"
_LISTED = frozenset({*SUFFIXES, SIDECAR})

_PRIVATE = re.compile("[\uf780-\uf7ff]")
_SHIFT = 0xF700
_RAW_BYTE, _SURROGATE = 0x80, 0xDC00

_MAX_STEM_BYTES = 120
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\s]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?", re.IGNORECASE)
"""Source: Microsoft, "Naming Files, Paths, and Namespaces", read 2026-11."""


def house_name(name: str) -> str:
    """What the house calls a file or folder that the file system calls `name`."""
    if name.isascii() or not (_PRIVATE.search(name) or _unspeakable(name)):
        return name
    text = os.fsencode(name).decode("utf-8", "surrogateescape")
    text = _PRIVATE.sub(lambda found: found[0].encode().decode("ascii", "surrogateescape"), text)
    return "".join(chr(ord(letter) - _SURROGATE + _SHIFT) if _is_surrogate(letter) else letter for letter in text)


def system_name(name: str) -> str:
    """What the file system calls a file or folder that the house calls `name`."""
    if name.isascii() or not _PRIVATE.search(name):
        return name
    return os.fsdecode(
        b"".join(
            bytes((ord(letter) - _SHIFT,)) if _PRIVATE.match(letter) else letter.encode("utf-8", "replace")
            for letter in name
        )
    )


def _unspeakable(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _is_surrogate(letter: str) -> bool:
    return _SURROGATE + _RAW_BYTE <= ord(letter) <= _SURROGATE + 0xFF


@contextmanager
def spoken(path: Path) -> Iterator[Path]:
    """The same file under a name that is Unicode, for libraries that take no other; as a rule that is `path` itself."""
    if not _unspeakable(str(path)):
        yield path
        return
    with TemporaryDirectory(prefix="heliograph-") as folder:
        link = Path(folder, house_name(path.name)[-60:])
        link.symlink_to(path.absolute())
        yield link


def below(folder: Path, where: str) -> Path:
    """The path of `where` below `folder`, by its words alone: links that the owner made are followed.

    Raises:
        Refused: it would lead out of the folder.
    """
    names = where.split("/")
    if any(_leads_astray(name) for name in names):
        message = f"{where!r} is no place below {folder}: a path may not lead out of its folder. Nothing was touched."
        raise Refused(message)
    return folder.joinpath(*map(system_name, names))


def _leads_astray(name: str) -> bool:
    return name in {"", ".", ".."} or "\0" in name or (os.name == "nt" and any(sign in name for sign in "\\:"))


def same_name(name: str) -> str:
    """Equal for names that are one on some file system: composed or not, in capitals or not."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def is_listed(name: str) -> bool:
    """Whether a file of that name is listed with the pictures and sidecars: by its ending, or for having none.

    Other files, such as a video, have no say in whose a sidecar is, in writing as in reading.
    """
    return not name.startswith(".") and ("." not in name or name.rpartition(".")[2].lower() in _LISTED)


def safe_stem(*wishes: str) -> str:
    """A file name without ending that every system takes, made from the first wish that leaves something of itself.

    Titles are often file names: an ending that promises a picture is no part of them.
    """
    return next(filter(None, map(safe_name, map(_without_ending, wishes))), "photo")


def _without_ending(title: str) -> str:
    stem, _, ending = title.strip().rpartition(".")
    return stem if ending.lower() in SUFFIXES else title


def safe_name(wish: str) -> str:
    """A name for a file or folder that every system takes, as near to the wish as can be; empty where nothing is left.

    It has no ending of its own that a system would strip, and room for ours within the 143 bytes of the tightest one.

    Source: eCryptfs, whose names are the shortest in use (kernel documentation, read 2026-11).
    """
    text = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in wish)
    text = _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", text))
    text = text.strip(" .").encode("utf-8", "ignore")[:_MAX_STEM_BYTES].decode("utf-8", "ignore").strip(" .")
    return f"_{text}" if _RESERVED.fullmatch(text) else text
