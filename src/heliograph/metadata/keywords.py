"""Keywords and people, which every program writes in a place of its own."""

from __future__ import annotations

from collections.abc import Iterable

from heliograph.metadata.blocks import Xmp
from heliograph.metadata.texts import distinct

Paths = tuple[tuple[str, ...], ...]

_SEPARATORS = {"lr.hierarchicalSubject": "|", "digiKam.TagsList": "/", "MicrosoftPhoto.LastKeywordXMP": "/"}
"""Where hierarchical keywords stand, and what stands between their levels."""

_DIGIKAM_OWN = "_Digikam_"
"""digiKam keeps its colour labels and picks as tags below roots of this name."""


def split_paths(texts: Iterable[str], separator: str = "|") -> Paths:
    """Root first, blank levels left out."""
    paths = (distinct_levels(text, separator) for text in texts if not text.startswith(_DIGIKAM_OWN))
    return tuple(dict.fromkeys(filter(None, paths)))


def distinct_levels(text: str, separator: str) -> tuple[str, ...]:
    """The levels of one path; the same word may stand on several of them."""
    return tuple(level.strip() for level in text.split(separator) if level.strip())


def flat(texts: Iterable[str]) -> tuple[str, ...]:
    """Keywords without levels; `A|B|C` is a path and none of them."""
    kept = (text.strip("| ") for text in texts if len(distinct_levels(text, "|")) < 2)  # noqa: PLR2004 - two make a path
    return distinct(text for text in kept if not text.startswith(_DIGIKAM_OWN))


def barred(texts: Iterable[str]) -> Paths:
    """The paths among strings like `A|B|C` in a list that is meant for flat keywords."""
    return tuple(path for path in split_paths(texts) if len(path) > 1)


def paths(xmp: Xmp) -> Paths:
    """All hierarchical keywords of a packet, whoever wrote them."""
    return tuple(path for name, separator in _SEPARATORS.items() for path in split_paths(xmp.texts(name), separator))


def people(xmp: Xmp) -> tuple[str, ...]:
    """Names of the people shown: as a list, with details, and beside face regions."""
    details = [person.get("PersonName", "") for person in xmp.structs("iptcExt.PersonInImageWDetails")]
    faces = [
        region.get("Name", "")
        for region in xmp.structs("mwg-rs.Regions/mwg-rs:RegionList")
        if region.get("Type", "Face") == "Face"
    ]
    tagged = [region.get("PersonDisplayName", "") for region in xmp.structs("MP.RegionInfo/MPRI:Regions")]
    return distinct((*xmp.texts("iptcExt.PersonInImage"), *details, *faces, *tagged))
