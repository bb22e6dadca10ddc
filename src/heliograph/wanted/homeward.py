"""What of a platform's edits can be said in the library's own words, and what the platform is to show then."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from unicodedata import normalize

from heliograph.caption import turned_back
from heliograph.model import F, Facts, Fields, Limits, Value, Wanted, each, place_brought, taken_brought
from heliograph.policy import PlatformPolicy
from heliograph.rules import let_out

TEXTS: Mapping[str, str] = {F.TITLE: "title", F.TEXT: "caption", F.ALT: "alt_text"}
"""Field -> the fact that its template is filled with, in the order in which they are turned back: a text may hold the
title."""
HOMEWARD = frozenset({*TEXTS, F.TAGS, F.TAKEN, F.PLACE, F.RIGHTS})
"""Fields of a photo that can travel home."""

_NOTE = re.compile(r"[a-z]\w*:[a-z]\w*=.*", re.IGNORECASE | re.DOTALL)
"""A tag in which a program keeps a note of its own."""


@dataclass(frozen=True, slots=True)
class Homecoming:
    """Edits in the library's words."""

    facts: Mapping[str, Value] = field(default_factory=dict)
    """What the library is to amend (`Library.amend`)."""
    wanted: Wanted | None = None
    """What is wanted of the photo once that is done; `None` where nothing can be taken home."""
    stuck: frozenset[str] = frozenset()
    """Fields that cannot be said so that the platform would be told the same again."""


@dataclass(frozen=True, slots=True)
class Edits:
    """What was edited on a platform."""

    brought: Fields
    """The fields, as the platform brings them (`Platform.brings`)."""
    shown: Fields
    """The same fields as the post shows them."""
    agreed: Fields
    """What was sent of them when both sides last agreed; a field that is missing was never agreed on."""
    agrees: Callable[[str, Value, Value], bool]


Decide = Callable[[Facts, Limits], Wanted | None]
"""What is wanted of the photo if it said these facts, of a platform with these limits; `None` where it is refused."""


def homeward(facts: Facts, policy: PlatformPolicy, limits: Limits, edits: Edits, decide: Decide) -> Homecoming:
    """The edits in the library's words, those that can be said so; `decide` says what would be wanted then."""
    attempt = _Attempt(facts, policy, limits, edits, decide)
    names, stuck = set(edits.brought), frozenset[str]()
    while names:
        coming = attempt.of(names)
        if not coming.stuck:
            return replace(coming, stuck=stuck)
        stuck |= coming.stuck
        names -= coming.stuck
    return Homecoming(stuck=stuck)


def blank(facts: Facts, name: str) -> bool:
    """Whether a photo says nothing of what a field shows."""
    if name in TEXTS:
        return not getattr(facts, TEXTS[name])
    if name == F.TAGS:
        return not (facts.keywords or facts.keyword_paths)
    if name == F.PLACE:
        return facts.place.latitude is None
    return not (facts.rights.licence_url if name == F.RIGHTS else facts.taken)


def unsent(facts: Facts, name: str, sent: Value) -> bool:
    """Whether the library holds more of a field than was sent, which an edit of what was sent says nothing about."""
    if name not in {F.TAKEN, F.PLACE, F.RIGHTS} or blank(facts, name):
        return False
    row = sent if isinstance(sent, tuple) else ()
    if name == F.PLACE:
        here = (facts.place.latitude, facts.place.longitude)
        return len(row) < 2 or any(_far(one, other) for one, other in zip(here, row[:2], strict=True))  # noqa: PLR2004
    if name == F.RIGHTS:
        return not row or row[-1] != facts.rights.licence_url
    return facts.taken is None or not row or row[0] != facts.taken.local


def _far(one: Value, other: Value) -> bool:
    return one is None or other is None or abs(float(str(one)) - float(str(other))) > 1e-6  # noqa: PLR2004 - a tenth of a metre


@dataclass(frozen=True, slots=True)
class _Attempt:
    facts: Facts
    policy: PlatformPolicy
    limits: Limits
    edits: Edits
    decide: Decide

    def of(self, names: set[str]) -> Homecoming:
        """All of these fields at once, with those that cannot be said as `stuck`."""
        facts, amendment = self._plainly(self.facts, names)
        stuck = set[str]()
        for name in (name for name in TEXTS if name in names):
            words = self._turned_back(facts, name)
            if words is None:
                stuck.add(name)
            else:
                facts = _with(facts, TEXTS[name], words)
                amendment[TEXTS[name]] = words
        wanted = self.decide(facts, self.limits)
        if wanted is None:
            return Homecoming(stuck=frozenset(names))
        stuck |= {name for name in names & TEXTS.keys() if not self._same(name, wanted.fields.get(name))}
        return Homecoming(amendment, wanted, frozenset(stuck))

    def _plainly(self, facts: Facts, names: set[str]) -> tuple[Facts, dict[str, Value]]:
        """The fields for which no template stands between fact and field."""
        brought, amendment = self.edits.brought, dict[str, Value]()
        if F.TAKEN in names:
            taken = taken_brought(brought[F.TAKEN])
            if taken is not None and facts.taken is not None and "T" in taken.local:
                taken = replace(taken, offset=taken.offset or facts.taken.offset)
            amendment["taken"] = (taken.local, taken.subsec, taken.offset, taken.circa) if taken else None
            facts = replace(facts, taken=taken)
        if F.PLACE in names:
            facts = replace(facts, place=place_brought(brought[F.PLACE], facts.place))
            amendment["place"] = brought[F.PLACE]
        if F.RIGHTS in names:
            amendment["licence"] = str(brought[F.RIGHTS] or "")
            facts = replace(facts, rights=replace(facts.rights, licence_url=str(brought[F.RIGHTS] or "")))
        if F.TAGS in names:
            added, removed = self._tags(facts)
            if added or removed:
                amendment["keywords"] = (added, removed)
                facts = _retagged(facts, added, removed)
        return facts, amendment

    def _tags(self, facts: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Keywords to add and to remove, as they are written.

        What stands in a branch is the photographer's own order of things and stays; what the rules keep at home does
        not come home from anywhere.
        """
        sent = {tag_folded(tag): tag for tag in each(self.edits.agreed.get(F.TAGS))}
        shown = {tag_folded(tag): tag for tag in each(self.edits.brought[F.TAGS]) if not _NOTE.fullmatch(tag)}
        branches = {tag_folded(level) for path in facts.keyword_paths if len(path) > 1 for level in path}
        flat = (*facts.keywords, *(path[0] for path in facts.keyword_paths if len(path) == 1))
        held = {tag_folded(word) for word in flat} | branches
        added = [tag for same, tag in shown.items() if same not in sent and same not in held]
        out = let_out(replace(facts, keywords=(*facts.keywords, *added)), self.policy).facts.keywords
        gone = sent.keys() - shown.keys() - branches
        removed = dict.fromkeys(word for word in flat if tag_folded(word) in gone)
        return tuple(tag for tag in added if tag in out), tuple(removed)

    def _turned_back(self, facts: Facts, name: str) -> str | None:
        endless = replace(self.limits, title_len=None, text_len=None, alt_len=None)

        def make(words: str) -> str | None:
            wanted = self.decide(_with(facts, TEXTS[name], words), endless)
            return str(wanted.fields.get(name) or "") if wanted else None

        shown = normalize("NFC", str(self.edits.brought[name] or ""))
        return turned_back(make, shown, lambda made: self._same(name, made))

    def _same(self, name: str, made: Value) -> bool:
        return self.edits.agrees(name, made, self.edits.shown.get(name))


def _with(facts: Facts, fact: str, words: str) -> Facts:
    change: dict[str, Any] = {fact: words}
    return replace(facts, **change)


def _retagged(facts: Facts, added: Iterable[str], removed: Iterable[str]) -> Facts:
    out = set(removed)
    paths = tuple(path for path in facts.keyword_paths if len(path) > 1 or path[0] not in out)
    return replace(facts, keywords=(*(word for word in facts.keywords if word not in out), *added), keyword_paths=paths)


def tag_folded(tag: str) -> str:
    """By what two spellings are one tag: services fold case and signs."""
    folded = normalize("NFKC", tag).casefold()
    return "".join(sign for sign in folded if sign.isalnum()) or folded.strip()
