"""Two days of a photographer on Flickr: what the library holds, and what is to be seen there in the evening."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flickr_studio import POLICY, Studio
from heliograph.model import Place, Rights, Taken
from heliograph.policy import Audience, Rules

BOATS, BIRDS = "1234567@N20", "7654321@N21"
FRIENDS = (0, 1, 0)
FOR_FRIENDS = replace(POLICY, rules=Rules(place=True), audience=Audience("friends"))
BY, BY_SA = "https://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/licenses/by-sa/4.0/"
BERGEN, OSLO = (60.39, 5.32), (59.91, 10.75)


def at(second: int) -> Taken:
    return Taken(f"2024-05-03T10:00:0{second}")


def first_day(life: Studio) -> None:
    life.policy = FOR_FRIENDS
    life.world.add_group(BOATS, "Boats", members=(life.me,))
    life.world.add_group(BIRDS, "Birds", members=(life.me,), moderated=True)
    bergen = Place(*BERGEN)
    words = ("Sea", "Two words")
    life.put(
        "a.jpg", "Coast", groups=("Boats",), taken=at(1), title="A boat", caption="It floats", keywords=words,
        place=bergen, rights=Rights(licence_url=BY),
    )  # fmt: skip
    life.put("b.jpg", "Coast", groups=("Birds",), taken=at(2), title="A bird", keywords=("Sea",), place=bergen)
    life.put("c.jpg", "Coast", groups=("Boats",), taken=at(3), title="A crab", caption="It bites")
    life.put("e.jpg", groups=("Boats",), taken=Taken("1936", circa="ca. 1936"), title="An elk", keywords=("Elk",))


def second_day(life: Studio) -> None:
    """Words, date, pixels, places, groups and albums change; one photo goes, one comes, and an album with it."""
    life.put(
        "a.jpg", "Coast", groups=("Boats",), taken=at(5), title="Another boat", caption="It sails",
        keywords=("Sea", "Sails, red"), place=Place(*OSLO), rights=Rights(licence_url=BY_SA),
    )  # fmt: skip
    life.put(
        "b.jpg", "Coast", groups=("Birds", "Boats"), pixels="developed anew", taken=at(2), title="A bird",
        keywords=("Sea",),
    )  # fmt: skip
    del life.drawn.items["c.jpg"]
    life.put("d.jpg", "Coast", "Hills", taken=at(4), title="A deer", keywords=("Deer",), place=Place(*OSLO))
    life.put("e.jpg", "Hills", taken=Taken("1936", circa="ca. 1936"), title="An elk", rights=Rights(licence_url=BY))


def small_first_day(life: Studio) -> None:
    """One photo with everything, and an album of two."""
    life.policy = FOR_FRIENDS
    life.world.add_group(BOATS, "Boats", members=(life.me,))
    life.put("a.jpg", "Coast", groups=("Boats",), taken=at(1), title="A boat", rights=Rights(licence_url=BY))
    life.put("b.jpg", "Coast", taken=at(2), title="A bird")


def small_second_day(life: Studio) -> None:
    """New pixels and words, another order, and an album of one."""
    life.put("a.jpg", "Coast", pixels="developed anew", taken=at(1), title="Another boat")
    life.put("b.jpg", "Coast", "Hills", taken=at(0), title="A bird", place=Place(*OSLO))


@dataclass(frozen=True, slots=True)
class Expected:
    """What Flickr is to show."""

    rows: dict[str, dict[str, Any]]
    albums: list[tuple[str, tuple[str, ...], str]]

    def photos(self, life: Studio) -> dict[str, dict[str, Any]]:
        plain = {"text": "", "tags": set(), "place": None, "licence": 0, "audience": FRIENDS, "groups": set()}
        rows = {where: {**plain, "picture": life.drawn.items[where].digest, **row} for where, row in self.rows.items()}
        return {row.pop("title"): row for row in rows.values()}


def moment(second: int) -> tuple[str, int]:
    return f"2024-05-03 10:00:0{second}", 0


FIRST = Expected(
    {
        "a.jpg": {
            "title": "A boat", "text": "It floats", "tags": {"Sea", "Two words"}, "taken": moment(1),
            "place": BERGEN, "licence": 11, "groups": {"Boats"},
        },
        "b.jpg": {"title": "A bird", "tags": {"Sea"}, "taken": moment(2), "place": BERGEN, "groups": {"Birds"}},
        "c.jpg": {"title": "A crab", "text": "It bites", "taken": moment(3), "groups": {"Boats"}},
        "e.jpg": {"title": "An elk", "tags": {"Elk"}, "taken": ("1936-01-01 00:00:00", 8), "groups": {"Boats"}},
    },
    [("Coast", ("A boat", "A bird", "A crab"), "A boat")],
)  # fmt: skip
SECOND = Expected(
    {
        "a.jpg": {
            "title": "Another boat", "text": "It sails", "tags": {"Sea", "Sails, red"}, "taken": moment(5),
            "place": OSLO, "licence": 12, "groups": {"Boats"},
        },
        "b.jpg": {"title": "A bird", "tags": {"Sea"}, "taken": moment(2), "groups": {"Birds", "Boats"}},
        "d.jpg": {"title": "A deer", "tags": {"Deer"}, "taken": moment(4), "place": OSLO},
        "e.jpg": {"title": "An elk", "taken": ("1936-01-01 00:00:00", 8), "licence": 11},
    },
    [("Coast", ("A bird", "A deer", "Another boat"), "A bird"), ("Hills", ("An elk", "A deer"), "An elk")],
)  # fmt: skip

SMALL_FIRST = Expected(
    {
        "a.jpg": {"title": "A boat", "taken": moment(1), "licence": 11, "groups": {"Boats"}},
        "b.jpg": {"title": "A bird", "taken": moment(2)},
    },
    [("Coast", ("A boat", "A bird"), "A boat")],
)
SMALL_SECOND = Expected(
    {
        "a.jpg": {"title": "Another boat", "taken": moment(1)},
        "b.jpg": {"title": "A bird", "taken": moment(0), "place": OSLO},
    },
    [("Coast", ("A bird", "Another boat"), "A bird"), ("Hills", ("A bird",), "A bird")],
)
WHOLE, SMALL = (FIRST, SECOND), (SMALL_FIRST, SMALL_SECOND)
