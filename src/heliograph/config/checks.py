"""Settings that have the right type and still cannot be meant: out of range, unknown words, folders in folders."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from heliograph.config.complaints import Complaint, dotted, nearest
from heliograph.config.source import FromEnvironment, Loc
from heliograph.rules import REQUIRABLE
from heliograph.rules.branches import branch

_RANGES: Mapping[tuple[str, ...], tuple[float, float]] = {
    ("select", "min_rating"): (-1, 5),
    ("picture", "quality"): (1, 100),
    ("picture", "quality_webp"): (1, 100),
    ("picture", "quality_avif"): (1, 100),
    ("picture", "long_edge_px"): (16, 65_535),
    ("guards", "max_deletes"): (0, math.inf),
    ("guards", "max_delete_share"): (0, 1),
    ("guards", "max_change_share"): (0, 1),
    ("rules", "private_places", "latitude"): (-90, 90),
    ("rules", "private_places", "longitude"): (-180, 180),
    ("rules", "private_places", "radius_m"): (1, 20_100_000),
    ("rules", "private_places", "blur_m"): (1, 1_000_000),
}
_WORDS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("captions", "tags"): ("leaves", "levels", "flat", "none"),
    ("picture", "send"): ("", "original", "resized"),
    ("picture", "formats"): ("avif", "webp", "jpeg", "png"),
    ("picture", "embed"): ("rights", "title", "caption", "alt_text", "keywords", "taken", "camera"),
    ("rules", "required"): tuple(sorted(REQUIRABLE)),
}
_BRANCH_NEEDED = ("rules", "warnings", "keyword")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_BRANCHES = {"albums", "groups"}
"""Keyword branches below `Socials` with a meaning of their own."""


def values(section: Mapping[str, Any], loc: Loc) -> Iterator[Complaint]:
    """What is wrong with the values of `[rules]`, `[picture]` and so on, at `loc`; wrong types are not its business."""
    for at, value in _leaves(section, loc):
        name = tuple(part for part in at if isinstance(part, str))
        for rule, (least, most) in _RANGES.items():
            if name[-len(rule) :] == rule and isinstance(value, int | float) and not least <= value <= most:
                limits = f"from {least:g} to {most:g}" if most < math.inf else f"{least:g} or more"
                yield Complaint(at, f"{dotted(at)} must be {limits}.")
        for rule, words in _WORDS.items():
            if name[-len(rule) :] == rule and isinstance(value, str) and value not in words:
                known = [word for word in words if word]
                yield Complaint(at, f'{dotted(at)} cannot be "{value}". {nearest(str(value), known)}')
        if name[-len(_BRANCH_NEEDED) :] == _BRANCH_NEEDED and isinstance(value, str) and not branch(value):
            yield Complaint(at, f'{dotted(at)} names no keyword: write the branch, such as "Nudity".')


def name(platform: str) -> Iterator[Complaint]:
    """What is wrong with the name of a platform."""
    loc = ("platforms", platform)
    if not _NAME.fullmatch(platform):
        yield Complaint(loc, f"The platform name {platform!r} may hold only letters, digits, '-' and '_'.")
    if platform.lower() in _BRANCHES:
        yield Complaint(loc, f"A platform cannot be called {platform!r}: that word names a keyword branch. Rename it.")


def folders(library: Path | None, state: Path, sites: Mapping[str, Path]) -> Iterator[Complaint]:
    """Folders that would be written over or published by accident."""
    seen: dict[Path, str] = {}
    for platform, folder in sites.items():
        loc = ("platforms", platform, "folder")
        real = _real(folder)
        if real in seen:
            yield Complaint(loc, f"{platform} and {seen[real]} both write to {folder}. Give each a folder of its own.")
        seen.setdefault(real, platform)
        if library is not None and _inside(real, _real(library)):
            text = f"{platform} would write to {folder}, inside the library {library}, and its pictures would become "
            yield Complaint(loc, f"{text}library photos. Choose a folder outside the library.")
        elif library is not None and _inside(_real(library), real):
            text = f"{platform} would write to {folder}, which holds the library {library}, and originals would be "
            yield Complaint(loc, f"{text}published with it. Choose a folder of its own.")
        if _inside(_real(state), real):
            text = (
                f"{platform} would write to {folder}, which holds heliograph's own ledger in {state}, and it would be "
            )
            yield Complaint(loc, f"{text}published. Choose another folder, or set state.folder elsewhere.")


def _leaves(tree: Any, loc: Loc) -> Iterator[tuple[Loc, Any]]:
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from _leaves(value, (*loc, key))
    elif isinstance(tree, list | tuple):
        for index, value in enumerate(tree):
            yield from _leaves(value, (*loc, index))
    else:
        yield loc, tree.value() if isinstance(tree, FromEnvironment) else tree


def _real(folder: Path) -> Path:
    try:
        folder = folder.resolve()
    except (OSError, RuntimeError):
        folder = folder.absolute()
    return Path(os.path.normcase(folder))


def _inside(one: Path, other: Path) -> bool:
    return one == other or other in one.parents
