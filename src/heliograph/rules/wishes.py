"""Is a photo wanted on a platform, by which way, and in which albums and groups?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from unicodedata import normalize

from heliograph.model import Order, Photo, Wish
from heliograph.policy import Direction, PlatformPolicy
from heliograph.rules.branches import BAR, Path, branch, folded, folded_path, paths
from heliograph.rules.instructions import groups, orders

LEVEL = " / "
"""Between the levels of an album within an album."""


@dataclass(slots=True)
class _Wishes:
    """What one photo's keywords say about one platform."""

    reasons: list[str] = field(default_factory=list)
    albums: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)


def wish(photo: Photo, policy: PlatformPolicy, folder_album: str = "") -> Wish | None:
    """The wish for this platform, or `None` where nothing wants the photo there.

    Any one way of the selection is enough, unless it is marked for deletion. Albums and groups are sorted and named
    once, whatever their case; `folder_album` is the one that its folder makes, whoever wants the photo.
    """
    if Order.DELETE in orders(photo, policy.name):
        return None
    found = _by_keywords(photo, policy)
    for held in photo.wishes:
        if folded(held.platform) == folded(policy.name):
            found.reasons.append(held.reason or "the library's own wish")
            found.albums.extend(held.albums)
            found.groups.extend(groups(photo, policy.name, held.groups))
    found.reasons.extend(_by_selection(photo, policy))
    if not found.reasons:
        return None
    found.albums.append(folder_album)
    reason = ", ".join(dict.fromkeys(found.reasons))
    return Wish(policy.name, _once(found.albums), _once(found.groups), reason)


def wish_keywords(policy: PlatformPolicy, albums: Iterable[str] = ()) -> tuple[Path, ...]:
    """Hierarchical keywords, root first, by which a photo is wanted on this platform, in these albums.

    Empty where the settings know no such keywords. An album whose name would be taken for a branch is left out.
    """
    root = tuple(level.strip() for level in policy.select.keyword.split(BAR) if level.strip())
    if not root:
        return ()
    here = (*root, policy.name)
    return (here, *((*here, "albums", album) for album in albums if BAR not in album))


def _by_keywords(photo: Photo, policy: PlatformPolicy) -> _Wishes:
    found = _Wishes()
    root = branch(policy.select.keyword)
    platform = folded(policy.name)
    for path in paths(photo.facts) if root else ():
        if folded_path(path[: len(root)]) != root:
            continue
        rest = path[len(root) :]
        if rest and folded(rest[0]) == platform:
            _read(rest[1:], path, found)
        elif name := _name(rest, "albums"):
            found.albums.append(name)
    return found


def _read(below: Path, path: Path, found: _Wishes) -> None:
    """Only the platform itself, its albums and its groups wish; other levels below it are the owner's own notes."""
    album, group = _name(below, "albums"), _name(below, "groups")
    if album:
        found.albums.append(album)
    if group:
        found.groups.append(group)
    if album or group or not below:
        found.reasons.append(f"keyword {BAR.join(path)}")


def _name(rest: Path, kind: str) -> str:
    """The name in `albums|NAME`, deeper levels joined; empty where this is something else."""
    return LEVEL.join(rest[1:]) if len(rest) > 1 and folded(rest[0]) == kind else ""


def _by_selection(photo: Photo, policy: PlatformPolicy) -> Iterator[str]:
    select, facts = policy.select, photo.facts
    if policy.direction == Direction.FETCH:
        yield "every photo here that is there, too, follows it (direction = fetch)"
    if select.everything:
        yield "every photo is wanted (select.everything)"
    yield from (f"folder {written}" for written in select.folders if _is_below(photo.where, written))
    if select.min_rating is not None and facts.rating is not None and facts.rating >= select.min_rating:
        yield f"rating {facts.rating}"
    if facts.label and folded(facts.label) in {folded(label) for label in select.labels}:
        yield f"label {facts.label}"


def _folder(where: str) -> Path:
    return tuple(part for part in where.split("/")[:-1] if part)


def _is_below(where: str, written: str) -> bool:
    patterns = _patterns(written)
    names = folded_path(_folder(where))
    if patterns is None or len(names) < len(patterns):
        return False
    return all(pattern.fullmatch(name) for pattern, name in zip(patterns, names, strict=False))


@lru_cache(maxsize=1 << 10)
def _patterns(written: str) -> tuple[re.Pattern[str], ...] | None:
    """One pattern for each name; `None` for a blank setting, which must not mean every folder."""
    if not written.strip():
        return None
    parts = [part for part in written.replace("\\", "/").split("/") if part.strip() not in {"", "."}]
    return tuple(re.compile(_expression(folded(part)), re.DOTALL) for part in parts)


def _expression(part: str) -> str:
    signs = {"*": ".*", "?": "."}
    return "".join(signs.get(sign, re.escape(sign)) for sign in re.sub(r"\*+", "*", part))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    """Sorted, each name once; of spellings that differ in case only, the first in order."""
    written = sorted(" ".join(normalize("NFC", name).split()) for name in names)
    kept: dict[str, str] = {}
    for name in written:
        if name:
            kept.setdefault(folded(name), name)
    return tuple(kept.values())
