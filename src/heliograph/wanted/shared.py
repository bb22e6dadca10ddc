"""What several photos say alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar, cast

from heliograph.model import Facts, Place, Rights, Taken

T = TypeVar("T")

_ROWS = ("keywords", "keyword_paths", "people")
"""Of these, what stands in all of them, in the order of the first."""


def shared_facts(every: Sequence[Facts]) -> Facts:
    """What all of them say; nothing where they differ, or there is none."""
    if not every:
        return Facts()
    first = every[0]
    rows: dict[str, Any] = {
        name: tuple(word for word in getattr(first, name) if all(word in getattr(other, name) for other in every))
        for name in _ROWS
    }
    return replace(
        _alike(every, Facts()),
        place=_place([facts.place for facts in every]),
        rights=_alike([facts.rights for facts in every], Rights()),
        taken=_taken([facts.taken for facts in every]),
        **rows,
    )


def _alike(every: Sequence[T], empty: T) -> T:
    """With those attributes that are the same in all."""
    names = [item.name for item in fields(cast("Any", empty))]
    same: dict[str, Any] = {name: getattr(every[0], name) for name in names if _one(every, name)}
    return cast("T", replace(cast("Any", empty), **same))


def _one(every: Sequence[Any], name: str) -> bool:
    return all(getattr(other, name) == getattr(every[0], name) for other in every)


def _place(every: Sequence[Place]) -> Place:
    place = _alike(every, Place())
    # Half a position is none.
    return place if None not in {place.latitude, place.longitude} else replace(place, latitude=None, longitude=None)


def _taken(every: Sequence[Taken | None]) -> Taken | None:
    """The day, month or year in which all of them were taken."""
    dates = [taken for taken in every if taken is not None]
    first = every[0]
    if first is None or all(taken == first for taken in every):
        return first
    if len(dates) < len(every) or any(taken.circa for taken in dates):
        return None
    days = [taken.local.partition("T")[0].split("-") for taken in dates]
    same = list[str]()
    for parts in zip(*days, strict=False):
        if len(set(parts)) > 1:
            break
        same.append(parts[0])
    return Taken("-".join(same)) if same and same[0] else None
