"""Golden plans as text: three states in, the plan out, in words that a photographer could read.

A case is a sentence and sections. `[ledger]` is the library as it was when everything was last published; `[library]`
is what it holds now; `[platform]` says what the platform shows of what was published (only what was edited is said;
what is not listed is gone there); `[settings]` what differs from the defaults; `[answers]` what the owner answered, to
the plan that `[library when asked]` and `[platform when asked]` would give where the world changed since. `[plan]` is
what heliograph makes of it. `[library before]` is what a plan saw before any of that.

A line is a name and what is said of it: `a.jpg; title: Low tide; albums: Coast, Boats; private`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from heliograph.model import Action, F, Plan, Value

SECTIONS = (
    "settings",
    "ledger",
    "library before",
    "library when asked",
    "library",
    "platform when asked",
    "platform",
    "answers",
    "plan",
)


@dataclass(frozen=True)
class Line:
    """One subject and what is said of it."""

    name: str
    said: Mapping[str, str] = field(default_factory=dict)

    def words(self, key: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in self.said.get(key, "").split(",") if word.strip())


@dataclass(frozen=True)
class Case:
    """Three states and a plan."""

    path: Path
    sentence: str
    sections: Mapping[str, tuple[str, ...]]

    def lines(self, section: str) -> list[Line]:
        return [_line(text) for text in self.sections.get(section, ())]

    def settings(self) -> dict[str, str]:
        return {key: value for text in self.sections.get("settings", ()) for key, value in [_pair(text)]}

    def answers(self) -> list[tuple[str, str]]:
        return [_pair(text) for text in self.sections.get("answers", ())]

    @property
    def plan(self) -> str:
        return "\n".join(self.sections.get("plan", ()))

    def rewrite(self, plan: str) -> None:
        head = self.path.read_text(encoding="utf-8").partition("[plan]")[0]
        self.path.write_text(f"{head.rstrip()}\n\n[plan]\n{plan}\n", encoding="utf-8", newline="\n")


def read(path: Path) -> Case:
    sentence, *parts = re.split(r"^\[(.+)\]$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    names, bodies = parts[::2], parts[1::2]
    unknown = set(names) - set(SECTIONS)
    assert not unknown, f"{path.name}: what is {unknown}?"
    texts = {
        name: tuple(line for line in body.split("\n") if line.strip()) for name, body in zip(names, bodies, strict=True)
    }
    return Case(path, " ".join(sentence.split()), texts)


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition(": ")
    return key.strip(), value.strip()


def _line(text: str) -> Line:
    name, *said = (part.strip() for part in text.split(";"))
    return Line(name, dict(_pair(part) for part in said))


# --- a plan as text ---------------------------------------------------------------------------------------------------


def shown(plan: Plan, names: Mapping[str, str]) -> str:
    """The plan, with ids of photos and posts replaced by names."""
    lines = [line for action in plan.actions for line in _action(action, names)]
    lines += [f"stop, {guard.kind}: {guard.sentence}" for guard in plan.guards]
    lines += [f"note: {_named(note, names)}" for note in plan.notes]
    return "\n".join([*lines, f"kept: {plan.kept}"])


def _action(action: Action, names: Mapping[str, str]) -> Iterator[str]:
    yield f"{action.verb} {_named(action.where, names)}: {_named(action.reason, names)}"
    for change in action.takes:
        yield f"    {change.field} here: {_change(change.field, change.before, change.after, names)}"
    for change in action.changes:
        yield f"    {change.field}: {_change(change.field, change.before, change.after, names)}"
    for sentence in action.wanted.left_out if action.wanted else ():
        yield f"    left out: {_named(sentence, names)}"
    if action.choices:
        yield f"    answer: {' or '.join(action.choices)}"


def _change(name: str, before: Value, after: Value, names: Mapping[str, str]) -> str:
    if name == F.PICTURE:
        if isinstance(after, tuple):
            return _pictures(before, after)
        return "other pixels" if before != after else "the same pixels"
    return f"{_said(before, names)} -> {_said(after, names)}"


def _pictures(before: Value, after: tuple[Value, ...]) -> str:
    """Of a post that holds several."""
    known = before if isinstance(before, tuple) else ()
    came, left = len(set(after) - set(known)), len(set(known) - set(after))
    said = [f"{count} {word}" for count, word in ((came, "came"), (left, "left")) if count]
    return f"{len(known)} pictures -> {len(after)}: {' and '.join(said) or 'in another order'}"


def _said(value: Value, names: Mapping[str, str]) -> str:
    if isinstance(value, tuple):
        return ", ".join(_said(item, names) for item in value if item != "") or "nothing"
    return _named(str(value), names) if value not in {None, ""} else "nothing"


def _named(text: str, names: Mapping[str, str]) -> str:
    for id_ in sorted(names, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(id_)}\b", names[id_], text)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", "THEN", text)
