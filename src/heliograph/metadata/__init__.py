"""EXIF, IPTC and XMP of a picture or sidecar -> `Facts`, and back; and what a picture says beyond what it may."""

from heliograph.metadata.amending import amended, brought, says
from heliograph.metadata.inspection import embedded, residue
from heliograph.metadata.overlay import links, overlay
from heliograph.metadata.reader import read
from heliograph.metadata.sidecars import Beside, sidecar_of, sidecars_of
from heliograph.metadata.writer import clear, write, write_sidecar

__all__ = [
    "Beside",
    "amended",
    "brought",
    "clear",
    "embedded",
    "links",
    "overlay",
    "read",
    "residue",
    "says",
    "sidecar_of",
    "sidecars_of",
    "write",
    "write_sidecar",
]
