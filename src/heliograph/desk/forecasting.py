"""What carrying a plan out will take, for each platform that counts calls: said before anything is begun."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from heliograph.desk.making import Place
from heliograph.ledger import Files
from heliograph.model import TELLING, Action, F, Plan, SubjectKind, Verb

_MINUTES = 60
_HOURS_MAX = 48
"""Beyond these, days are said."""


def forecast(plan: Plan, places: Mapping[str, Place], files: Files) -> Iterator[str]:
    """A sentence for each platform that counts calls and would get some; the same for the same plan and library."""
    for name in dict.fromkeys(action.platform for action in plan.actions):
        platform = places[name].platform
        limit = platform.limits.calls_per_h
        calls = sum(platform.calls(action) for action in _effects(plan, name)) if limit else 0
        if limit and calls:
            minutes = -(-calls * _MINUTES // limit)
            least = f", so at least {_duration(minutes)}" if minutes > 1 else ""
            sent = f"about {_many(calls, 'call')}{_pictures(plan, name, files)}"
            yield f"{name}: {sent}; {_many(limit, 'call')} an hour {'is' if limit == 1 else 'are'} allowed{least}"


def _pictures(plan: Plan, name: str, files: Files) -> str:
    length_bytes = files.length_bytes(action.where for action in _effects(plan, name) if _sends(action))
    if not length_bytes:
        return ""
    # A picture that is resized is hardly ever longer than the file it is made from.
    made = any(_sends(action) and _made_anew(action) for action in _effects(plan, name))
    return f" and {'up to ' if made else ''}{_size(length_bytes)} to send"


def _effects(plan: Plan, name: str) -> Iterator[Action]:
    return (action for action in plan.actions if action.platform == name and action.verb not in TELLING)


def _sends(action: Action) -> bool:
    """Whether its picture goes out; what only sets words sends next to nothing."""
    if action.subject.kind != SubjectKind.PHOTO or action.wanted is None:
        return False
    return action.verb in {Verb.ADD, Verb.REPOST} or any(change.field == F.PICTURE for change in action.changes)


def _made_anew(action: Action) -> bool:
    recipe = action.wanted.recipe if action.wanted else None
    return recipe is not None and bool(recipe.outputs)


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
