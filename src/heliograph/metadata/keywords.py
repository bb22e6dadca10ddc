"""Keywords and people, which every program writes in a place of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from heliograph.metadata.blocks import Xmp
from heliograph.metadata.texts import distinct

Paths = tuple[tuple[str, ...], ...]

SEPARATORS = {
    "lr.hierarchicalSubject": "|",
    "digiKam.TagsList": "/",
    "MicrosoftPhoto.LastKeywordXMP": "/",
    "MicrosoftPhoto.LastKeywordIPTC": "/",
    "mediapro.CatalogSets": "|",
}
"""Where hierarchical keywords stand, and what stands between their levels."""

_FLAT = ("dc.subject", "pdf.Keywords", "photoshop.SupplementalCategories", "photoshop.Category")
"""Where flat keywords and their forerunners stand."""

_LISTED = re.compile(r"[;,]")
"""Between the keywords of a field that has room for one text only."""

_ACDSEE_TAG = re.compile(r"<(/?)Category\b[^>]*?(/?)>([^<]*)")

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
    separated = (path for name, separator in SEPARATORS.items() for path in split_paths(xmp.words(name), separator))
    return (*separated, *_nested(xmp), *_acdsee(xmp.text("acdsee.categories")))


def _nested(xmp: Xmp) -> Paths:
    """Each keyword of the Metadata Working Group's tree, below the ones it stands in."""
    levels = {key.rpartition("/")[0]: text for key, text in xmp.tree("mwg-kw.Keywords", "Keyword")}
    found = []
    for node in levels:
        steps = [node[: match.end()] for match in re.finditer(r"\]", node)]
        found.append(tuple(levels[step] for step in steps if levels.get(step)))
    return tuple(filter(None, found))


def _acdsee(text: str) -> Paths:
    """ACDSee keeps a document of its own within one text: `<Category Assigned="1">Name<Category>...`."""
    open_levels: list[str] = []
    found = []
    for closing, empty, name in _ACDSEE_TAG.findall(text):
        if closing:
            del open_levels[-1:]
        elif not empty:
            open_levels.append(name.strip())
            found.append(tuple(filter(None, open_levels)))
    return tuple(filter(None, found))


def everything(xmp: Xmp) -> Paths:
    """Every keyword of a packet, flat ones as paths of one level."""
    flat = [word for name in _FLAT for word in xmp.words(name)]
    return (*paths(xmp), *split_paths(flat))


def listed(text: str) -> Paths:
    """Keywords that stand in one text."""
    return split_paths(_LISTED.split(text))


def people(xmp: Xmp) -> tuple[str, ...]:
    """Names of the people shown: as a list, with details, and beside face regions."""
    details = [person.get("PersonName", "") for person in xmp.structs("iptcExt.PersonInImageWDetails")]
    faces = [
        region.get("Name", "")
        for region in xmp.structs("mwg-rs.Regions/mwg-rs:RegionList")
        if region.get("Type", "Face") == "Face"
    ]
    tagged = [region.get("PersonDisplayName", "") for region in xmp.structs("MP.RegionInfo/MPRI:Regions")]
    marked = [name for _, name in xmp.tree("iptcExt.ImageRegion", "PersonInImage")]
    return distinct((*xmp.words("iptcExt.PersonInImage"), *details, *faces, *tagged, *marked))
