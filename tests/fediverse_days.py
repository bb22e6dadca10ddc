"""Two days of a photographer in the fediverse: what the library holds, and what is to be seen there in the evening."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from heliograph.policy import Audience, Captions, OnFixed, OnLoved, Rules, Warn, When

CAPTIONS = Captions(text="{{ title }}\n\n{{ caption }}\n\n{{ hashtags }}", alt="{{ alt_text }}")
WARNINGS = (Warn("Spiders", "A spider & its web"), Warn("Bare"))
ANEW = When(fixed=OnFixed.REPOST, loved=OnLoved.DELETE)
WIDENS = {"takahe-0.11"}
"""Profiles where an edit makes a post public: what few see is never edited there."""


def audience(profile: str, day: int) -> str:
    """Who sees what is new on a day; on the second more than on the first, where that is possible."""
    return ("public", "private")[day] if profile in WIDENS else ("private", "unlisted")[day]


def _begin(life: Any, day: int) -> None:
    who = Audience(audience(life.profile, day))
    life.set(captions=CAPTIONS, rules=Rules(warnings=WARNINGS), audience=who, when=ANEW)
    life.troubled()


def first_day(life: Any) -> None:
    """Photos with a warning, with one that has no words, and with none, beside what is not ours."""
    _begin(life, 0)
    life.by_hand()
    life.put("a.jpg", title="A boat", caption="It floats & drifts", keywords=("Sea", "Two words"))
    life.put("b.jpg", title="A spider", keywords=("Spiders",))
    life.put("c.jpg", title="A crab", caption="It bites", keywords=("Bare",))
    life.put("e.jpg", title="An elk", keywords=("Elk",))


def second_day(life: Any) -> None:
    """Words, alt text, warnings and pixels change; one photo goes, one comes, seen by others than before."""
    _begin(life, 1)
    life.put("a.jpg", title="Another boat", caption="It sails", keywords=("Sea", "Bare"), alt_text="What A boat shows")
    life.put("b.jpg", title="A spider", keywords=("Spiders",), alt_text="Eight legs & a web")
    del life.drawn.items["c.jpg"]
    life.put("d.jpg", title="A deer", keywords=("Deer",))
    life.put("e.jpg", title="An elk", keywords=("Elk",), pixels="developed anew")


def small_first_day(life: Any) -> None:
    """Two photos, one of them behind a warning."""
    _begin(life, 0)
    life.by_hand()
    life.put("a.jpg", title="A boat", keywords=("Sea",))
    life.put("b.jpg", title="A spider", keywords=("Spiders",))


def small_second_day(life: Any) -> None:
    """Another alt text, and another picture."""
    _begin(life, 1)
    life.put("a.jpg", title="A boat", keywords=("Sea",), pixels="developed anew")
    life.put("b.jpg", title="A spider", keywords=("Spiders",), alt_text="Eight legs")


@dataclass(frozen=True, slots=True)
class Expected:
    """What an account is to show, by the place of the photo."""

    rows: dict[str, dict[str, Any]]
    later: frozenset[str] = frozenset()
    """Photos that came on the second day."""

    def photos(self, life: Any) -> dict[str, dict[str, Any]]:
        return {where: self._photo(life, where, row) for where, row in self.rows.items()}

    def _photo(self, life: Any, where: str, row: dict[str, Any]) -> dict[str, Any]:
        picture = life.drawn.items[where].digest
        return {"warning": None, "picture": picture, "audience": self.audience(life, where), **row}

    def audience(self, life: Any, where: str) -> str:
        """As it was when the photo was new."""
        return audience(life.profile, where in self.later)


def _row(text: str, alt: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "alt": alt, **more}


BOAT = _row("A boat It floats & drifts #Sea #TwoWords", "What A boat shows")
SPIDER = _row("A spider #Spiders", "What A spider shows", warning="A spider & its web")
CRAB = _row("A crab It bites #Bare", "What A crab shows", warning="")
ELK = _row("An elk #Elk", "What An elk shows")
FIRST = Expected({"a.jpg": BOAT, "b.jpg": SPIDER, "c.jpg": CRAB, "e.jpg": ELK})
SECOND = Expected(
    {
        "a.jpg": _row("Another boat It sails #Bare #Sea", "What A boat shows", warning=""),
        "b.jpg": {**SPIDER, "alt": "Eight legs & a web"},
        "d.jpg": _row("A deer #Deer", "What A deer shows"),
        "e.jpg": ELK,
    },
    frozenset({"d.jpg"}),
)
SMALL_BOAT = _row("A boat #Sea", "What A boat shows")
SMALL_FIRST = Expected({"a.jpg": SMALL_BOAT, "b.jpg": SPIDER})
SMALL_SECOND = Expected({"a.jpg": SMALL_BOAT, "b.jpg": {**SPIDER, "alt": "Eight legs"}})
WHOLE, SMALL = (FIRST, SECOND), (SMALL_FIRST, SMALL_SECOND)
