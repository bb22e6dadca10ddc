"""Facts + templates + limits -> the texts that fit, and what was left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from heliograph.caption.fit import Fitted, fitted, length
from heliograph.caption.lines import camera_table
from heliograph.caption.names import names
from heliograph.caption.tags import check_tags, tags
from heliograph.caption.template import LONGEST_OUTPUT, check_template, render, sound
from heliograph.model import Caption, Count, F, Facts, Limits
from heliograph.policy import Captions

__all__ = ["LONGEST_TEXT", "camera_table", "check", "compose", "fitted", "length", "tags"]

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
        check_template(part, source)


def compose(facts: Facts, name: str, captions: Captions, limits: Limits) -> Caption:
    """The texts for one platform, each within its limit and cut, where it must be, at a word with a visible `…`.

    Fields that the platform does not show stay empty. `name` is the file's name without folder and suffix.

    Raises:
        Mistake: a template or the setting of the tags cannot be used.
    """
    check(captions)
    facts, notes = _bounded(facts)
    kept, tag_notes = _fitting_tags(tags(facts, captions), limits)
    words = names(facts, name, kept, camel_case=captions.camel_case)
    title = _text(F.TITLE, " ".join(render("title", captions.title, words).split()), limits, limits.title_len)
    text = _text(F.TEXT, render("text", captions.text, words), limits, limits.text_len)
    alt = _text(F.ALT, render("alt", captions.alt, words), limits, limits.alt_len)
    parts = ((F.TITLE, "title", title), (F.TEXT, "text", text), (F.ALT, "alt text", alt))
    cut = [_sentence(noun, part, limits) for _, noun, part in parts if part.rest]
    shown_tags = kept if F.TAGS in limits.fields else ()
    return Caption(title.text, text.text, alt.text, shown_tags, (*notes, *cut, *tag_notes))


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


def _text(field: str, written: str, limits: Limits, limit: int | None) -> Fitted:
    if field not in limits.fields:
        return Fitted("")
    text = sound(written)
    if limit is None or limit > LONGEST_OUTPUT:
        limit = LONGEST_OUTPUT
    return fitted(text, limit, limits.count)


def _sentence(noun: str, part: Fitted, limits: Limits) -> str:
    room = f"{part.limit:,} {_counted(limits.count)}"
    start = fitted(part.rest[:200], 40, Count.CODE_POINTS).text
    return f"The {noun} was cut to {room}, which is all that fits: left out “{start}” ({len(part.rest):,} characters)."


def _counted(count: Count) -> str:
    return "characters" if count is Count.CODE_POINTS else count.value


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
