"""Facts + templates + limits -> the texts that fit, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from heliograph.caption.fit import LONGEST_OUTPUT, Fitted, fits, fitted, length, sound
from heliograph.caption.lines import camera_table
from heliograph.caption.names import names
from heliograph.caption.sparing import spared
from heliograph.caption.tags import check_tags, tags
from heliograph.caption.turning import turned_back
from heliograph.model import Caption, Count, F, Facts, Limits
from heliograph.policy import Captions

__all__ = [
    "LONGEST_TEXT",
    "camera_table",
    "check",
    "compose",
    "fitted",
    "length",
    "tags",
    "turned_back",
]

LONGEST_TEXT = 65_536
"""Characters of one text of a photo that a template sees; no caption is longer, but hostile metadata may be."""

LONGEST_TAG = 200
"""Characters; anything longer is a text that strayed into the keywords."""

NAMED_AT_MOST = 10


def check(captions: Captions) -> None:
    """Nothing, where every template and setting can be used.

    Raises:
        Mistake: one cannot; the sentence names it and what is wrong.
    """
    check_tags(captions.tags)
    for part, source in (("title", captions.title), ("text", captions.text), ("alt", captions.alt)):
        if source:
            _check_template(part, source)


def compose(facts: Facts, name: str, captions: Captions, limits: Limits) -> Caption:
    """The texts for one platform, each within its limit and cut, where it must be, at a word with a visible `…`.

    The text loses hashtags, from the last one on, and the lines about the camera before any word of it is cut. Fields
    that the platform does not show stay empty. `name` is the file's name without folder and suffix.

    Raises:
        Mistake: a template or the setting of the tags cannot be used.
    """
    from heliograph.caption.template import render

    check(captions)
    facts, notes = _bounded(facts)
    kept, tag_notes = _fitting_tags(tags(facts, captions), limits)
    words = names(facts, name, kept, camel_case=captions.camel_case)
    written, spare_notes = _sparing_text(facts, name, kept, captions, limits)
    parts = {
        "title": _part(F.TITLE, " ".join(render("title", captions.title, words).split()), limits, limits.title_len),
        "text": _part(F.TEXT, written, limits, limits.text_len),
        "alt text": _part(F.ALT, render("alt", captions.alt, words), limits, limits.alt_len),
    }
    cut = {noun: part for noun, part in parts.items() if part.fitted.rest}
    return Caption(
        title=parts["title"].fitted.text,
        text=parts["text"].fitted.text,
        alt=parts["alt text"].fitted.text,
        tags=kept if F.TAGS in limits.fields else (),
        left_out=(*notes, *spare_notes, *(_cut(noun, part, limits) for noun, part in cut.items()), *tag_notes),
        too_long=tuple(_too_long(noun, part, limits) for noun, part in cut.items()),
    )


def _check_template(part: str, source: str) -> None:
    from heliograph.caption.template import check_template  # Jinja2 is slow to import, and most verbs compose nothing

    check_template(part, source)


def _bounded(facts: Facts) -> tuple[Facts, tuple[str, ...]]:
    """The facts with no text longer than a template may see, and sentences about those that were."""
    texts = ("title", "headline", "caption", "alt_text", "extended_description")
    long = {text: getattr(facts, text) for text in texts if len(getattr(facts, text)) > LONGEST_TEXT}
    if not long:
        return facts, ()
    shorter: dict[str, Any] = {
        text: fitted(value[: 2 * LONGEST_TEXT], LONGEST_TEXT, Count.CODE_POINTS).text for text, value in long.items()
    }
    notes = (
        f"The {text} has {len(value):,} characters: only the first {LONGEST_TEXT:,} are used."
        for text, value in long.items()
    )
    return replace(facts, **shorter), tuple(notes)


@dataclass(frozen=True, slots=True)
class _Part:
    written: str
    fitted: Fitted


def _part(field: str, written: str, limits: Limits, limit: int | None) -> _Part:
    if field not in limits.fields:
        return _Part("", Fitted(""))
    text = sound(written)
    return _Part(text, fitted(text, _room(limit), limits.count))


def _room(limit: int | None) -> int:
    return LONGEST_OUTPUT if limit is None else min(limit, LONGEST_OUTPUT)


def _sparing_text(
    facts: Facts, name: str, kept: tuple[str, ...], captions: Captions, limits: Limits
) -> tuple[str, tuple[str, ...]]:
    """What the template makes, without what can be spared where it is too long; and sentences about that."""
    from heliograph.caption.template import render

    if F.TEXT not in limits.fields:
        return "", ()
    limit = _room(limits.text_len)
    spare = spared(
        lambda words: sound(render("text", captions.text, words)),
        lambda tags: names(facts, name, tags, camel_case=captions.camel_case),
        lambda text: fits(text, limit, limits.count),
        kept,
    )
    if not spare.without:
        return spare.text, ()
    return spare.text, (f"The text has room for {_counted(limit, limits.count)}: left out {', '.join(spare.without)}.",)


def _cut(noun: str, part: _Part, limits: Limits) -> str:
    rest = part.fitted.rest
    start = fitted(rest[:200], 40, Count.CODE_POINTS).text
    room = _counted(part.fitted.limit, limits.count)
    return f"The {noun} was cut to {room}, which is all that fits: left out “{start}” ({len(rest):,} characters)."


def _too_long(noun: str, part: _Part, limits: Limits) -> str:
    has, room = _counted(length(part.written, limits.count), limits.count), part.fitted.limit
    return f'Its {noun} has {has}, and only {room:,} fit there: shorten it, or set captions.too_long = "cut".'


def _counted(limit: int, count: Count) -> str:
    # What people see as one character is what they call so.
    return f"{limit:,} {count.value if count is Count.BYTES else 'characters'}"


def _fitting_tags(found: tuple[str, ...], limits: Limits) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags that are taken, the first in order, and sentences about the others."""
    notes = []
    kept = tuple(tag for tag in found if len(tag) <= LONGEST_TAG)
    if len(kept) < len(found):
        notes.append(f"Keywords of more than {LONGEST_TAG} characters were left out: {len(found) - len(kept)}.")
    if limits.tags_max is not None and len(kept) > limits.tags_max:
        dropped, kept = kept[limits.tags_max :], kept[: limits.tags_max]
        more = f" and {len(dropped) - NAMED_AT_MOST} more" if len(dropped) > NAMED_AT_MOST else ""
        named = ", ".join(dropped[:NAMED_AT_MOST]) + more
        notes.append(f"Only {limits.tags_max} tags fit: left out {named}.")
    return kept, tuple(notes)
