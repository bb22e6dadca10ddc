"""Which file beside a picture is its sidecar."""

from __future__ import annotations

from collections.abc import Container
from pathlib import PurePosixPath

_SUFFIXES = (".xmp", ".XMP", ".Xmp")


def sidecar_of(name: str, siblings: Container[str]) -> str | None:
    """The name of the sidecar of the picture `name` among the names beside it; `None` where it has none.

    `IMG.ext.xmp` (darktable, digiKam) belongs to one file and so goes before `IMG.xmp` (Adobe), which a raw file and
    its JPEG share.
    """
    stem = PurePosixPath(name).stem if "." in name else name
    for base in dict.fromkeys((name, stem)):
        for suffix in _SUFFIXES:
            if (candidate := base + suffix) in siblings and candidate != name:
                return candidate
    return None
