"""Which files beside a picture are its sidecars."""

from __future__ import annotations

from collections.abc import Container
from pathlib import PurePosixPath

_SUFFIXES = (".xmp", ".XMP", ".Xmp")


def sidecar_of(name: str, siblings: Container[str]) -> str | None:
    """The name of the sidecar of the picture `name` among the names beside it; `None` where it has none.

    `IMG.ext.xmp` (darktable, digiKam) belongs to one file and so goes before `IMG.xmp` (Adobe), which a raw file and
    its JPEG share.
    """
    return next(iter(sidecars_of(name, siblings)), None)


def sidecars_of(name: str, siblings: Container[str]) -> tuple[str, ...]:
    """The names of all sidecars of a picture; the first is the one to be believed."""
    stem = PurePosixPath(name).stem if "." in name else name
    candidates = (base + suffix for base in dict.fromkeys((name, stem)) for suffix in _SUFFIXES)
    return tuple(candidate for candidate in candidates if candidate in siblings and candidate != name)
