"""What the owner lets out: wishes, keyword branches, people, private places, licences, required facts, warnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from heliograph.model import Facts, Overruled, Photo
from heliograph.policy import PlatformPolicy
from heliograph.rules.instructions import is_for, link, orders, troubles
from heliograph.rules.keywords import Names, forbidden, keywords_out
from heliograph.rules.licences import licence_refusals, rights_out
from heliograph.rules.places import place_out
from heliograph.rules.required import REQUIRABLE, check_required, lacking, missing
from heliograph.rules.warnings import warning, warning_of
from heliograph.rules.wishes import wish, wish_keywords

__all__ = [
    "REQUIRABLE",
    "Release",
    "check_required",
    "is_for",
    "lacking",
    "let_out",
    "link",
    "orders",
    "refusals",
    "troubles",
    "warning",
    "warning_of",
    "wish",
    "wish_keywords",
]


@dataclass(frozen=True, slots=True)
class Release:
    """What of a photo's facts may leave for one platform."""

    facts: Facts
    """Without reading notes (`sources`, `warnings`, `unread`, `overruled`), which are nobody's business."""
    withheld: tuple[str, ...]
    """What stays at home and why, in sentences for `helio explain`."""


def let_out(facts: Facts, policy: PlatformPolicy) -> Release:
    """What may leave for this platform, and what stays at home. Texts leave as the photographer wrote them."""
    rules = policy.rules
    place = place_out(facts.place, rules, facts.overruled)
    people = () if rules.people else facts.people
    shown = () if rules.people else (*facts.people, *facts.overruled.people)
    who = dict.fromkeys(shown, "a person shown is named so, and rules.people keeps people at home")
    keywords = keywords_out(facts, policy, Names(who, place.names))
    sentences = [*keywords.withheld, *place.withheld]
    if people:
        sentences.append(f"People stay at home, as rules.people is off: {', '.join(sorted(people))}.")
    released = replace(
        facts,
        keywords=keywords.flat,
        keyword_paths=keywords.paths,
        people=facts.people if rules.people else (),
        place=place.place,
        rights=rights_out(facts.rights, rules),
        sources=(),
        warnings=(),
        unread=(),
        overruled=Overruled(),
    )
    return Release(released, tuple(sentences))


def refusals(photo: Photo, policy: PlatformPolicy, facts_out: Facts) -> tuple[str, ...]:
    """Every reason at once why a photo must not leave, each a sentence with what to do; empty where it may.

    Raises:
        Mistake: the settings require a fact that there is not.
    """
    return (
        *troubles(photo, policy.name),
        *forbidden(photo.facts, policy.rules.never),
        *_unread(photo.facts, policy),
        *missing(facts_out, policy.rules.required or ()),
        *licence_refusals(facts_out.rights, policy.rules.licences),
    )


def _unread(facts: Facts, policy: PlatformPolicy) -> Iterator[str]:
    """What nobody could read may say that the photo is private."""
    if policy.rules.unread:
        return
    for sentence in facts.unread:
        yield (
            f"{sentence} It may say there that the photo is private: save its metadata anew with a photo program, or "
            "set rules.unread = true to let such photos leave."
        )
