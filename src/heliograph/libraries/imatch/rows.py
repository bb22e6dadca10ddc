"""Attribute rows: where the library says that a photo is published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from heliograph.errors import LibraryUnavailable, Refused
from heliograph.libraries.imatch.answers import Row, number, rows, text
from heliograph.libraries.imatch.client import Client
from heliograph.libraries.imatch.options import Options
from heliograph.libraries.imatch.tree import tell
from heliograph.model import Link, value_digest

POSTED, MEDIA, URL = "posted", "media_id", "url"
USUAL_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "flickr": (POSTED, "photo_id", URL),
    "pixelfed": (POSTED, MEDIA, "status_id", URL),
    "mastodon": (POSTED, MEDIA, "status_id", URL),
    "quantum": (POSTED, MEDIA, URL),
}
"""Of the sets that IMatch to Socials asked its users to define. Source: its published pages (2024 to 2025)."""
OTHER_COLUMNS = (POSTED, MEDIA, URL)
_POST_IDS = ("photo_id", "status_id", "post_id", MEDIA)
"""Columns that can hold the id of a post, the surest first."""
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Instance:
    """One row of a set on a file."""

    file: int
    instance: int
    data: Mapping[str, str]
    """Columns that have a value."""

    @property
    def post_id(self) -> str:
        """The id of the post; empty where the row does not know it."""
        return next((self.data[name] for name in _POST_IDS if self.data.get(name)), "")

    @property
    def posted(self) -> str:
        """The day of the first posting."""
        return day(self.data.get(POSTED, ""))


def day(written: str) -> str:
    """`YYYY-MM-DD` of a date with or without a time; empty where it is none."""
    found = _DAY.match(written)
    return found[1] if found else ""


def columns(options: Options, platform: str) -> tuple[str, ...]:
    """The columns of a platform's set."""
    return tuple(options.columns.get(platform) or USUAL_COLUMNS.get(platform.lower()) or OTHER_COLUMNS)


def id_column(names: Sequence[str]) -> str:
    """The column that holds the id of a post; empty where there is none."""
    return next((name for name in _POST_IDS if name in names), "")


def read(client: Client, platform: str, numbers: Iterable[int]) -> dict[int, tuple[Instance, ...]] | None:
    """File -> its rows of the platform's set, files without one left out; `None` where there is no such set.

    Raises:
        Refused: the set is there, and cannot be read.
    """
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        return {}
    try:
        told = client.of_each("attributes", "result", wanted, set=platform)
    except Refused:
        if _can_be_asked(client, platform, wanted[0]):
            raise
        return None
    return {one: found for one, row in told.items() if (found := tuple(_instances(one, row)))}


def _can_be_asked(client: Client, platform: str, one: int) -> bool:
    """Whether a question about a set fails for another reason than that there is none."""
    try:
        client.get("attributes", "result", set=platform, id=str(one))
    except Refused:
        return False
    return True


def _instances(file: int, row: Row) -> Iterable[Instance]:
    for data in rows(row.get("data")):
        instance = number(data.get("instanceid"))
        values = {name: told for name, value in data.items() if name != "instanceid" and (told := text(value))}
        if instance is not None:
            yield Instance(file, instance, values)


def best(found: Mapping[int, Sequence[Instance]], order: Sequence[int]) -> Instance | None:
    """The row that counts among those of one photo's files: one with an id before one without, then by the order."""
    held = [instance for one in order for instance in found.get(one, ())]
    return next((one for one in held if one.post_id), held[0] if held else None)


def link(platform: str, instance: Instance) -> Link:
    """What a row says."""
    return Link(platform, instance.post_id, instance.data.get(URL, ""), instance.posted)


def mark(found: Mapping[int, Sequence[Instance]], order: Sequence[int]) -> str:
    """Changes when any row of these files does; empty where there is none."""
    told = [(one.file, one.instance, sorted(one.data.items())) for number in order for one in found.get(number, ())]
    return value_digest(told)[:12] if told else ""


def missing_set(options: Options, platform: str) -> str:
    """What to do where a platform has no attribute set, as a sentence."""
    return (
        f"IMatch has no usable attribute set “{platform}”, so links to {platform} are not kept in IMatch: under Edit > "
        f"Preferences > Attributes make a set {platform} with the columns {', '.join(columns(options, platform))}."
    )


@dataclass(slots=True)
class Seen:
    """The rows that one look has read."""

    client: Client
    options: Options
    held: frozenset[str]
    """The platforms whose sets had rows when they were last read."""
    told: set[str]
    """What was said once already."""
    _rows: dict[str, dict[int, tuple[Instance, ...]]] = field(default_factory=dict)

    def learn(self, platform: str, numbers: Iterable[int]) -> bool:
        """Reads the rows of these files; whether there is a set of that name.

        Raises:
            LibraryUnavailable: there is none any more.
        """
        found = read(self.client, platform, numbers)
        if found is None and platform in self.held:
            message = (
                f"IMatch does not show the attribute set {platform}, which held links when it was last read. Nothing "
                f"was concluded. Was the set {platform} renamed or removed? Otherwise run again."
            )
            raise LibraryUnavailable(message)
        if found is None:
            tell([missing_set(self.options, platform)], self.told)
        self._rows.setdefault(platform, {}).update(found or {})
        return found is not None

    def mark(self, platform: str, numbers: Iterable[int]) -> str:
        """Changes when any row of these files does."""
        return mark(self._rows.get(platform, {}), tuple(numbers))

    def links(self, platforms: Iterable[str], order: Sequence[int]) -> tuple[Link, ...]:
        """What the rows of one photo's files say, for each platform that has one."""
        found = ((name, best(self._rows.get(name, {}), order)) for name in platforms)
        return tuple(link(name, row) for name, row in found if row is not None)
