"""Fields, changes and counts as people say them; never a digest, never an id."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import zip_longest

from heliograph.model import Action, Change, F, Plan, SubjectKind, Value, Verb

EXCERPT = 60
"""Signs of a text that are shown around what changed."""
LISTED = 8
"""Tags that are named one by one."""

SIGNS: dict[Verb, str] = {
    Verb.ADD: "+",
    Verb.MATCH: "=",
    Verb.KEEP: "=",
    Verb.UPDATE: "~",
    Verb.REPOST: "~",
    Verb.ACCEPT: "=",
    Verb.DELETE: "-",
    Verb.FORGET: "-",
    Verb.DOWNLOAD: "<",
    Verb.TAKE: "<",
    Verb.ASK: "?",
    Verb.WAIT: ".",
    Verb.REFUSE: "!",
    Verb.DUPLICATE: ".",
    Verb.FINISH: "*",
    Verb.LEAVE: ".",
    Verb.CLEAR: "=",
}
STYLES: dict[Verb, str] = {
    Verb.ADD: "green",
    Verb.MATCH: "green",
    Verb.UPDATE: "cyan",
    Verb.REPOST: "cyan",
    Verb.DOWNLOAD: "green",
    Verb.TAKE: "cyan",
    Verb.DELETE: "red",
    Verb.FORGET: "red",
    Verb.ASK: "bold magenta",
    Verb.REFUSE: "yellow",
}
TO_DO: dict[Verb, str] = {
    Verb.ADD: "to add",
    Verb.MATCH: "found there already",
    Verb.UPDATE: "to update",
    Verb.REPOST: "to post anew",
    Verb.ACCEPT: "to leave as edited there",
    Verb.DELETE: "to delete",
    Verb.FORGET: "to forget",
    Verb.DOWNLOAD: "to bring home",
    Verb.TAKE: "edited there, to take home",
    Verb.FINISH: "to bring up to date",
    Verb.ASK: "to be answered by you",
    Verb.WAIT: "waiting",
    Verb.REFUSE: "refused",
    Verb.DUPLICATE: "left out as duplicate",
    Verb.LEAVE: "changed here and not marked for update",
    Verb.CLEAR: "with a mark to clear",
}
WAS_DONE: dict[Verb, str] = {
    Verb.ADD: "added",
    Verb.MATCH: "found there already",
    Verb.UPDATE: "updated",
    Verb.REPOST: "posted anew",
    Verb.ACCEPT: "left as edited there",
    Verb.DELETE: "deleted",
    Verb.FORGET: "forgotten",
    Verb.DOWNLOAD: "brought home",
    Verb.TAKE: "taken home as edited there",
    Verb.CLEAR: "with its mark cleared",
}


def many(count: int, noun: str) -> str:
    """`1 photo`, `12 photos`, `1,200 photos`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "es" if noun.endswith("s") else "s")


def counted(actions: Iterable[Action], words: dict[Verb, str]) -> list[str]:
    """`22 photos and 3 albums to add`, `2 photos refused`, ... in the order of `words`."""
    counts = Counter((action.verb, action.subject.kind) for action in actions)
    said = []
    for verb, word in words.items():
        kinds = [
            many(counts[verb, kind], kind) for kind in (SubjectKind.PHOTO, SubjectKind.ALBUM) if counts[verb, kind]
        ]
        if counts[verb, SubjectKind.PAGES]:
            kinds.append("its pages")
        if kinds:
            said.append(f"{' and '.join(kinds)} {word}")
    return said


def losses(plan: Plan) -> Counter[tuple[str, str]]:
    """Platform and sentence about what does not fit there -> how many it is true of."""
    effects = (action for action in plan.effects if action.wanted)
    return Counter(
        (one.platform, sentence) for one in effects for sentence in (one.wanted.left_out if one.wanted else ())
    )


def shared(counts: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """Of `losses`, what is true of several on a platform: a line for each sentence, with all platforms in it."""
    places: dict[str, list[tuple[str, int]]] = {}
    for (platform, sentence), count in counts.items():
        if count > 1:
            places.setdefault(sentence, []).append((platform, count))
    for sentence, named in places.items():
        if len({count for _, count in named}) == 1:
            each = " each" if len(named) > 1 else ""
            yield f"{in_words(name for name, _ in named)}, {named[0][1]:,} times{each}: {sentence}"
        else:
            yield f"{in_words(f'{name} ({count:,} times)' for name, count in named)}: {sentence}"


def in_words(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def change(item: Change, arrow: str) -> str:
    """One field that is set, as `title: "a" -> "b"`."""
    if item.before == item.after:
        return f"{item.field}: {value(item.field, item.after) or 'nothing'}, still to be set"
    return f"{item.field}: {_difference(item, arrow)}"


def command(*words: str) -> str:
    """A command line that can be copied, on the shell of this machine."""
    if os.name == "nt":
        return " ".join(f'"{word}"' if " " in word else word for word in words)
    return shlex.join(words)


def local_time(at: str) -> str:
    """A time of the ledger (UTC) as the clock on the wall here showed it, to the minute; as it is where it is none."""
    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return at


def value(field: str, held: Value) -> str:
    """A field's value in words; empty where there is none."""
    if field == F.WARNING and held is not None:
        return f'"{held}"' if held else "sensitive, without words"
    if held is None or held in {"", ()}:
        return ""
    if isinstance(held, tuple):
        return _row(field, held)
    if field in {F.PICTURE, F.COVER}:
        return "a photo" if field == F.COVER else "the picture"
    return f'"{held}"' if isinstance(held, str) else str(held)


def _row(field: str, held: tuple[Value, ...]) -> str:
    if field in {F.MEMBERS, F.PICTURE}:
        return many(len(held), "photo")
    if field == F.TAKEN:
        return _taken(held)
    if field == F.CAMERA:
        return ", ".join(" ".join(_flat(row)) for row in held)
    return ", ".join(_flat(held))


def _difference(item: Change, arrow: str) -> str:
    before, after = item.before, item.after
    if isinstance(after, tuple) and item.field in {F.PICTURE, F.ALT}:
        return _of_several(item.field, before if isinstance(before, tuple) else (), after, arrow)
    if item.field == F.MEMBERS:
        return _members(_flat(before), _flat(after), arrow)
    if item.field in {F.PICTURE, F.COVER}:
        pixels = "new pixels" if before is not None else "the picture"
        return pixels if item.field == F.PICTURE else "another photo"
    if item.field in {F.TAGS, F.GROUPS}:
        return _tags(_flat(before), _flat(after))
    if isinstance(before, str) and isinstance(after, str) and item.field != F.WARNING:
        old, new = excerpts(before, after)
        return f'"{old}" {arrow} "{new}"'
    if isinstance(before, tuple) and isinstance(after, tuple) and item.field in {F.RIGHTS, F.CAMERA, F.LINKS}:
        before = tuple(part for part in before if part not in after)
        after = tuple(part for part in after if part not in (item.before or ()))  # type: ignore[operator]
    return f"{value(item.field, before) or 'nothing'} {arrow} {value(item.field, after) or 'nothing'}"


def excerpts(before: str, after: str, length: int = EXCERPT) -> tuple[str, str]:
    """Both texts, cut to where they begin to differ."""
    pairs = zip(before, after, strict=False)
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(before), len(after)))
    start = max(0, same - length // 3) if max(len(before), len(after)) > length else 0
    return _cut(before, start, length), _cut(after, start, length)


def shortened(text: str, length: int = 2 * EXCERPT) -> str:
    """The beginning of a long text."""
    return _cut(text, 0, length)


def _cut(text: str, start: int, length: int) -> str:
    end = start + length
    return ("…" if start else "") + text[start:end] + ("…" if len(text) > end else "")


def _members(before: list[str], after: list[str], arrow: str) -> str:
    came, left = len(set(after) - set(before)), len(set(before) - set(after))
    said = [f"{count} {word}" for count, word in ((came, "added"), (left, "taken out")) if count]
    return f"{len(before)} {arrow} {many(len(after), 'photo')}, {', '.join(said) or 'in another order'}"


def _of_several(field: str, before: tuple[Value, ...], after: tuple[Value, ...], arrow: str) -> str:
    """What changes in a post of several photos."""
    if field == F.PICTURE:
        return _members(_flat(before), _flat(after), arrow)
    came, left = (list((Counter(one) - Counter(other)).elements()) for one, other in ((after, before), (before, after)))
    changed = [(value(field, old), value(field, new)) for old, new in zip_longest(left, came)]
    return "; ".join(f"{old or 'nothing'} {arrow} {new or 'nothing'}" for old, new in changed) or "in another order"


def _tags(before: list[str], after: list[str]) -> str:
    marks = [f"+{tag}" for tag in after if tag not in before] + [f"-{tag}" for tag in before if tag not in after]
    more = f" and {len(marks) - LISTED} more" if len(marks) > LISTED else ""
    return (" ".join(marks[:LISTED]) + more) or "in another order"


def _taken(held: tuple[Value, ...]) -> str:
    local, subsec, offset, circa = (str(part or "") for part in (*held, "", "", "", "")[:4])
    return circa or f"{local.replace('T', ' ')}{'.' + subsec if subsec else ''}{' ' + offset if offset else ''}"


def _flat(held: Value) -> list[str]:
    if isinstance(held, tuple):
        return [word for part in held for word in _flat(part)]
    return [] if held is None or held == "" else [str(held)]
