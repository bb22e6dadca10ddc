"""Lives on Flickr, through as many processes as it takes, and what is left of a process when it is killed."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest

from flickr_days import FRIENDS, SMALL, WHOLE, Expected, first_day, second_day, small_first_day, small_second_day
from flickr_house import House
from flickr_studio import Studio
from heliograph.desk import Desk
from heliograph.platforms.flickr import Flickr
from heliograph.standin.flickr.faults import Fault, What
from lives import BEHIND, FAIR, Blind, Day, Hasty, Living, Moment, Weather, differences, sampled


@dataclass
class Life(Living, Studio):
    """A studio whose processes can be killed, and put back to where any of them was."""

    widest: set[tuple[int, int, int]] = field(default_factory=set)
    """Who could ever see a photo."""
    days: ClassVar[tuple[Day, ...]] = (first_day, second_day)
    small_days: ClassVar[tuple[Day, ...]] = (small_first_day, small_second_day)

    @property
    def standin(self) -> Any:
        return self.house.standin

    @property
    def place(self) -> str:
        return "flickr"

    def platform(self, desk: Desk | None = None) -> Flickr:
        made = Studio.platform(self, desk)
        if self.house.socket:
            made.transport = None
        self.house.made.clear()
        return made

    def beside(self) -> Any:
        return dict(self.world.sightings._past)

    def put_back(self, beside: Any) -> None:
        self.world.sightings._past = dict(beside)

    def look_on(self) -> None:
        self.widest |= {(one.is_public, one.is_friend, one.is_family) for one in self.world.photos.values()}

    def expected(self, day: int, *, small: bool) -> Expected:
        return (SMALL if small else WHOLE)[day]

    # -- what is to be seen there --

    def seen(self) -> dict[str, dict[str, Any]]:
        """Every photo of the account by its title."""
        found: dict[str, dict[str, Any]] = {}
        for one in self.shown_all():
            assert one.title not in found, f"{one.title} is there twice"
            found[one.title] = {
                "text": one.description,
                "tags": {tag.raw for tag in one.tags if not tag.clean.startswith("heliograph:")},
                "taken": (one.taken, one.granularity),
                "place": one.place and (round(one.place.latitude, 4), round(one.place.longitude, 4)),
                "licence": one.license,
                "audience": (one.is_public, one.is_friend, one.is_family),
                "groups": {group.name for group in self.world.groups.values() if one.id in in_group(group)},
                "picture": self.drawn.made[one.original.sha256],
            }
        return found

    def albums(self) -> list[tuple[str, tuple[str, ...], str]]:
        """Title, titles of the photos in order, and of the cover."""
        titles = {one.id: one.title for one in self.world.photos.values()}
        return sorted(
            (album.title, tuple(titles[id_] for id_ in album.photos), titles[album.primary])
            for album in self.world.albums.values()
        )

    def twice(self) -> int:
        """How many photos and albums are there more often than once."""
        marks = Counter(tag.clean[:49] for one in self.shown_all() for tag in one.tags if "heliograph" in tag.clean)
        albums = Counter(album.title for album in self.world.albums.values())
        return sum(count - 1 for count in (*marks.values(), *albums.values()))

    def compare(self, expected: Expected) -> None:
        assert not (wrong := differences(self.seen(), expected.photos(self))), wrong
        assert self.albums() == expected.albums, self.albums()
        assert self.widest <= {FRIENDS}


def in_group(group: Any) -> set[str]:
    """Photos in its pool and before its door."""
    return {entry[0] for entry in (*group.pool, *group.pending)}


# --- weather ----------------------------------------------------------------------------------------------------------


LAGGING = {"listing_lag_s": 120.0, "search_lag_s": 3600.0, "dedup": False}
"""Nothing but the listing tells what arrived, and that late."""
TICKETS, DEAF = "tickets", "answers are lost"
WEATHER = {
    FAIR: Weather(),
    BEHIND: Weather(LAGGING),
    TICKETS: Weather({**LAGGING, "listing_lag_s": 60.0}, {"tickets": True, "dedup_check": False}),
    DEAF: Weather(
        LAGGING,
        {"dedup_check": False},
        (
            Fault(What.CLOSED_UNANSWERED, route="upload", after=1, times=2),
            Fault(What.CLOSED_HALFWAY, method="flickr.photosets.create"),
            Fault(What.HTTP_504, route="replace", late=True),
        ),
    ),
}


# --- lives ------------------------------------------------------------------------------------------------------------


Born = Callable[..., Life]


@pytest.fixture
def born(tmp_path: Path, template: Path) -> Iterator[Born]:
    """A life in some weather, on a stand-in of its own."""
    with ExitStack() as stack:

        def begin(weather: str = FAIR, *, socket: bool = False, **more: Any) -> Life:
            here = WEATHER[weather]
            folder = tmp_path / "life"
            folder.mkdir()
            house = stack.enter_context(House.opened(folder / "flickr", socket=socket))
            house.standin.world.turn(here.dials)
            house.standin.faults.add(*map(copy.copy, here.faults))
            life = Life(folder, template, house, **more)
            life.options = {**life.options, **here.options}
            return life

        yield begin


__all__ = ["BEHIND", "DEAF", "FAIR", "TICKETS", "WEATHER", "Blind", "Born", "Hasty", "Life", "Moment", "sampled"]
