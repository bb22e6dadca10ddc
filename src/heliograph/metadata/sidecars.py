"""Which files beside a picture are its sidecars.

Most photographers' disks (NTFS, exFAT, APFS) do not tell `SEA.XMP` from `sea.xmp`, and some not one way of coding an
accent from another; programs there find a sidecar under either name. So it is one here, too, unless a picture beside it
has just that name. Else its words, and what it says is private, would be passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from unicodedata import normalize

_SUFFIXES = (".xmp", ".XMP", ".Xmp")
_SUFFIX = ".xmp"


class Beside:
    """The names of one folder, to be asked about many pictures."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self._alike: dict[str, list[str]] | None = None
        """Folded name -> sidecars of that name; made when it is first needed."""
        self._pictures: frozenset[str] = frozenset()

    def sidecars_of(self, name: str) -> tuple[str, ...]:
        """All sidecars of a picture; the first is the one to be believed.

        `IMG.ext.xmp` (darktable, digiKam) belongs to one file and so goes before `IMG.xmp` (Adobe), which a raw file
        and its JPEG share.
        """
        bases = dict.fromkeys((name, _stem(name)))
        found = dict.fromkeys(one for base in bases for one in (*self._exact(base), *self._like(base, bases)))
        return tuple(one for one in found if one != name)

    def _exact(self, base: str) -> Iterator[str]:
        return (base + suffix for suffix in _SUFFIXES if base + suffix in self.names)

    def _like(self, base: str, bases: Iterable[str]) -> Iterator[str]:
        if self._alike is None:
            self._alike = defaultdict(list)
            for one in sorted(self.names):
                if one[-len(_SUFFIX) :].lower() == _SUFFIX:
                    self._alike[_folded(one)].append(one)
            others = (one for one in self.names if one[-len(_SUFFIX) :].lower() != _SUFFIX) if self._alike else ()
            self._pictures = frozenset(each for one in others for each in (one, _stem(one)))
        for one in self._alike.get(_folded(base + _SUFFIX), ()):
            whose = one[: -len(_SUFFIX)]
            if whose in bases or whose not in self._pictures:
                yield one


def sidecars_of(name: str, siblings: Iterable[str]) -> tuple[str, ...]:
    """As `Beside.sidecars_of`, where it is asked about one picture alone."""
    return Beside(siblings).sidecars_of(name)


def sidecar_of(name: str, siblings: Iterable[str]) -> str | None:
    """The one to be believed; `None` where it has none."""
    return next(iter(sidecars_of(name, siblings)), None)


def _stem(name: str) -> str:
    return PurePosixPath(name).stem if "." in name else name


def _folded(name: str) -> str:
    return name.lower() if name.isascii() else normalize("NFC", normalize("NFC", name).casefold())
