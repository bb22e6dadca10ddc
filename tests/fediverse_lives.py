"""Lives in the fediverse, on a server of each software, through as many processes as it takes."""

from __future__ import annotations

import copy
import html
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PIL import Image

from fediverse_days import SMALL, WHOLE, Expected, first_day, second_day, small_first_day, small_second_day
from fediverse_house import USUAL
from fediverse_studio import A_DAY_S, POST, Server, Studio, policy
from heliograph.model import Photo
from heliograph.standin.fediverse import Fault, What
from heliograph.standin.fediverse import opened as opened_standin
from heliograph.standin.fediverse.records import Status
from lives import BEHIND, FAIR, Day, Living, Weather, differences
from memory import FakeClock

PROFILES = ("mastodon-4.6", "pixelfed-0.11", "pixelfed-0.12", "gotosocial-0.20", "snac-2.94", "takahe-0.11")


@dataclass
class Life(Living, Studio):
    """A studio with one server, whose processes can be killed, and put back to where any of them was."""

    wheres: dict[str, str] = field(default_factory=dict)
    """Digest of pixels -> the photo that has or had them."""
    ever: set[tuple[str, str]] = field(default_factory=set)
    """Photo and audience, whenever anybody could see it."""
    foreign: dict[str, Status] = field(default_factory=dict)
    """What others posted in the same account, as it was."""
    faults: tuple[Fault, ...] = ()
    """What goes wrong each day."""
    days: ClassVar[tuple[Day, ...]] = (first_day, second_day)
    small_days: ClassVar[tuple[Day, ...]] = (small_first_day, small_second_day)

    small_night_s: ClassVar[float] = A_DAY_S
    """The server is asked about itself and looked at whole after that."""

    @property
    def standin(self) -> Any:
        return self.server.standin

    @property
    def place(self) -> str:
        return self.name

    @property
    def profile(self) -> str:
        return self.standin.profile

    def put(self, name: str, **facts: Any) -> Photo:
        item = Studio.put(self, name, **facts)
        self.wheres[item.digest] = name
        return item

    def troubled(self) -> None:
        """What goes wrong today begins anew."""
        self.standin.faults.clear()
        self.standin.faults.add(*map(copy.copy, self.faults))

    def by_hand(self) -> None:
        """What another program posted in the account long before: a picture, and words that are ours as well."""
        stream = BytesIO()
        Image.new("RGB", (8, 8), "teal").save(stream, "PNG")
        world, me = self.standin.world, self.standin.id
        made = (world.post(me, "By hand", [stream.getvalue()], "A teal square"), world.post(me, "A boat"))
        self.foreign = {one.id: copy.deepcopy(one) for one in made}
        self.evening()

    # -- what outlives a process --

    @property
    def _pictures(self) -> Path:
        return self.standin.world.folder / "originals"

    def beside(self) -> Any:
        """Files of pictures by their names."""
        return {file.name: file.read_bytes() for file in self._pictures.iterdir()} if self._pictures.exists() else {}

    def put_back(self, beside: Any) -> None:
        self._pictures.mkdir(exist_ok=True)
        for file in (*self._pictures.iterdir(), *(self.standin.world.folder / "served").glob("*")):
            file.unlink()
        for name, content in beside.items():
            (self._pictures / name).write_bytes(content)

    # -- what is to be seen there --

    def ours(self) -> Iterator[tuple[str, Status, list[Any]]]:
        """The photo that each of our posts shows, with the post and its pictures."""
        world = self.standin.world
        for post in self.server.posts:
            pictures = world.pictures_of(post)
            if post.id not in self.foreign:
                digest = self.drawn.made[pictures[0].sha256] if pictures else ""
                yield self.wheres.get(digest, "a post without a picture"), post, pictures

    def look_on(self) -> None:
        self.ever |= {(where, post.visibility) for where, post, _ in self.ours()}

    def seen(self) -> dict[str, dict[str, Any]]:
        """Every post of ours by the photo that it shows."""
        found: dict[str, dict[str, Any]] = {}
        for where, post, pictures in self.ours():
            assert where not in found, f"{where} is there twice"
            (picture,) = pictures
            found[where] = {
                "text": plain(post.text),
                "alt": plain(self.standin.world.alt(post, picture.id)),
                "warning": plain(post.spoiler) if post.sensitive else None,
                "audience": post.visibility,
                "picture": self.drawn.made[picture.sha256],
            }
        return found

    def twice(self) -> int:
        """How many photos are there more often than once."""
        return sum(count - 1 for count in Counter(where for where, _, _ in self.ours()).values())

    def expected(self, day: int, *, small: bool) -> Expected:
        return (SMALL if small else WHOLE)[day]

    def compare(self, expected: Expected) -> None:
        assert not (wrong := differences(self.seen(), expected.photos(self))), wrong
        assert self.ever <= {(where, expected.audience(self, where)) for where, _ in self.ever}, self.ever
        assert {id_: self.standin.world.statuses[id_] for id_ in self.foreign} == self.foreign


def plain(text: str) -> str:
    """Words as people see them, on one line."""
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", text)).split())


# --- weather ----------------------------------------------------------------------------------------------------------


DEAF = "answers are lost"
LAGGING = {"listing_lag_s": 60.0, "delete_lag_s": 60.0}
WEATHER = {
    FAIR: Weather(),
    BEHIND: Weather(LAGGING),
    DEAF: Weather(
        LAGGING,
        faults=(
            Fault(What.CLOSED_UNANSWERED, route=POST),
            Fault(What.CLOSED_BEFORE_BODY, route=POST, after=1),
            Fault(What.HTTP_500, route=POST, after=2, late=True),
            Fault(What.CLOSED_UNANSWERED, route="PUT *"),
            Fault(What.HTTP_500, route="DELETE *", late=True),
        ),
    ),
}


# --- lives ------------------------------------------------------------------------------------------------------------


Born = Callable[..., Life]


@pytest.fixture
def born(tmp_path: Path, template: Path) -> Iterator[Born]:
    """A life on a server in some weather."""
    with ExitStack() as stack:

        def begin(profile: str, weather: str = FAIR, **more: Any) -> Life:
            here = WEATHER[weather]
            folder = tmp_path / "life"
            folder.mkdir()
            clock = FakeClock()
            standin = stack.enter_context(opened_standin(folder / "server", profile, lambda: clock.now().timestamp()))
            standin.turn(**here.dials)
            kind = USUAL.get(profile.partition("-")[0], "fediverse")
            server = Server(standin, kind, policy(profile, kind), dict(here.options))
            return Life(folder, template, clock, {profile: server}, faults=here.faults, **more)

        yield begin


__all__ = ["BEHIND", "DEAF", "FAIR", "PROFILES", "WEATHER", "Born", "Life", "born"]
