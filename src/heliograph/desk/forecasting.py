"""What carrying a plan out will take, for each platform that limits how much it takes; said before it is begun."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from heliograph.desk.making import Place
from heliograph.ledger import Files
from heliograph.model import TELLING, Action, F, Limits, Plan, SubjectKind, Verb

_MINUTES = 60
_HOURS_MAX = 48
"""Beyond these, days are said."""


@dataclass(frozen=True, slots=True)
class _Bound:
    """A limit, and how long it makes a plan last at least."""

    minutes: int
    sentence: str
    """Ends in what is allowed."""


def forecast(plan: Plan, places: Mapping[str, Place], files: Files) -> Iterator[str]:
    """A sentence for each platform that limits how much it takes and would get some, with the limit that holds longest.

    It is the same for the same plan and library.
    """
    for name in dict.fromkeys(action.platform for action in plan.actions):
        platform = places[name].platform
        limited = platform.limits.calls_per_h or platform.limits.adds_per
        calls = sum(platform.calls(action) for action in _effects(plan, name)) if limited else 0
        if not calls:
            continue
        bounds = [*_of_calls(calls, platform.limits), *_of_photos(_effects(plan, name), platform.limits)]
        longest = max(bounds, key=lambda bound: bound.minutes, default=_Bound(0, ""))
        least = f", so at least {_duration(longest.minutes)}" if longest.minutes > 1 else ""
        yield f"{name}: about {_many(calls, 'call')}{_pictures(plan, name, files)}{longest.sentence}{least}"


def _of_calls(calls: int, limits: Limits) -> Iterator[_Bound]:
    if limit := limits.calls_per_h:
        yield _Bound(-(-calls * _MINUTES // limit), f"; {_many(limit, 'call')} an hour {_be(limit)} allowed")


def _of_photos(actions: Iterator[Action], limits: Limits) -> Iterator[_Bound]:
    """Only where there are more of them than go at once."""
    photos = sum(_photos(action) for action in actions) if limits.adds_per else 0
    for rate in limits.adds_per:
        if photos > rate.count:
            minutes = -(-photos * rate.window_s // (rate.count * _MINUTES))
            allowed = f"{_many(rate.count, 'new photo')} {_within(rate.window_s)} {_be(rate.count)} allowed"
            yield _Bound(minutes, f"; {allowed}")


def _photos(action: Action) -> int:
    """How many new ones it brings: an album that is a post of its own brings all of its."""
    if action.verb not in {Verb.ADD, Verb.REPOST} or action.wanted is None:
        return 0
    return len(action.wanted.parts) or int(action.subject.kind == SubjectKind.PHOTO)


def _pictures(plan: Plan, name: str, files: Files) -> str:
    length_bytes = files.length_bytes(
        where for action in _effects(plan, name) if _sends(action) for where in _wheres(action)
    )
    if not length_bytes:
        return ""
    # A picture that is resized is hardly ever longer than the file it is made from.
    made = any(_sends(action) and _made_anew(action) for action in _effects(plan, name))
    return f" and {'up to ' if made else ''}{_size(length_bytes)} to send"


def _effects(plan: Plan, name: str) -> Iterator[Action]:
    return (action for action in plan.actions if action.platform == name and action.verb not in TELLING)


def _sends(action: Action) -> bool:
    """Whether its picture goes out; what only sets words sends next to nothing."""
    if action.wanted is None or (action.subject.kind != SubjectKind.PHOTO and not action.wanted.parts):
        return False
    return action.verb in {Verb.ADD, Verb.REPOST} or any(change.field == F.PICTURE for change in action.changes)


def _wheres(action: Action) -> list[str]:
    parts = action.wanted.parts if action.wanted else ()
    return [part.where for part in parts] or [action.where]


def _made_anew(action: Action) -> bool:
    each = (action.wanted.parts or (action.wanted,)) if action.wanted else ()
    return any(one.recipe is not None and bool(one.recipe.outputs) for one in each)


def _size(length_bytes: int) -> str:
    for unit, unit_bytes in (("GB", 1_000_000_000), ("MB", 1_000_000)):
        if length_bytes >= unit_bytes:
            return f"{length_bytes / unit_bytes:,.1f} {unit}"
    return f"{-(-length_bytes // 1000)} kB"


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, _MINUTES)
    if hours >= _HOURS_MAX:
        days, rest = divmod(hours + (rest > 0), 24)
        return _joined((days, "day"), (rest, "hour"))
    return _joined((hours, "hour"), (rest, "minute"))


def _joined(*parts: tuple[int, str]) -> str:
    return " ".join(_many(count, unit) for count, unit in parts if count)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _be(count: int) -> str:
    return "is" if count == 1 else "are"


def _within(window_s: int) -> str:
    names = {_MINUTES * _MINUTES: "an hour", 24 * _MINUTES * _MINUTES: "a day"}
    return names.get(window_s) or f"in {_duration(-(-window_s // _MINUTES))}"
