"""Albums that are places of their own: renamed with their folder, told from others of the same title, and named.

An album has an address, visitors and perhaps words of its own, so none is given up or taken over because of its title.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from heliograph.ledger.records import Records
from heliograph.model import (
    Action,
    F,
    Fields,
    Limits,
    Post,
    Record,
    Subject,
    SubjectKind,
    Value,
    Verb,
    Wanted,
    album_mark,
)
from heliograph.plan import Standing, Want, renamed

NAMED_AT_MOST = 10


@dataclass
class Shelf:
    """The albums of one platform while a plan is made."""

    platform: str
    limits: Limits
    records: Records
    _told: list[str] = field(default_factory=list)
    _beside: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)
    """Albums that nobody knew and that something is decided about."""

    def renamed(
        self, wanted: Iterable[Standing], records: Mapping[Subject, Record], doubts: Container[Subject]
    ) -> Mapping[Subject, Record]:
        """What is remembered of every album, after those whose folder or keyword was renamed have their new name."""
        standings = [standing for standing in wanted if standing.wanted is not None]
        names = {standing.subject.id for standing in standings}
        gone = {
            subject.id: record
            for subject, record in records.items()
            if subject.id not in names and subject not in doubts
        }
        # An album of which the library knows the id is that one, whatever is in it.
        new = [one.wanted for one in standings if one.wanted and one.link is None and one.subject not in records]
        fresh = {item.subject.id: _photos(item) for item in new}
        if not (F.TITLE in self.limits.album_fields and gone and fresh):
            return records
        there = self.records.seen(self.platform, [record.post_id for record in gone.values()])
        inside = {name: _agreed(record) for name, record in gone.items() if record.post_id in there}
        if moved := renamed(inside, fresh):
            self.records.rename_albums(self.platform, moved)
        return self.records.albums(self.platform) if moved else records

    @cached_property
    def _strange(self) -> list[Post]:
        return self.records.strange_albums(self.platform) if self.limits.album_lives else []

    def beside_others(
        self, standings: Iterable[Standing], in_our_terms: Callable[[Post | None], Fields]
    ) -> Iterator[Standing]:
        """The standings; of an album that is to be made, with the one of the same title whose cover is in it."""
        for standing in standings:
            if standing.wanted is None or standing.record is not None or standing.post is not None or standing.link:
                yield standing
                continue
            namesakes = self._namesakes(standing.wanted)
            shown = {post.id: in_our_terms(post) for post in namesakes}
            inside = _photos(standing.wanted)
            alike = next((post for post in namesakes if shown[post.id].get(F.COVER) in inside), None)
            if alike is None:
                yield standing
            else:
                because = "it has the same title, and a photo of this album for its cover"
                yield replace(standing, alike=alike, shown=shown[alike.id], because=because)

    @cached_property
    def _by_title(self) -> Mapping[str, list[Post]]:
        found: dict[str, list[Post]] = {}
        for post in self._strange:
            if not post.mark:
                found.setdefault(album_mark(_title(post)), []).append(post)
        return found

    def _namesakes(self, wanted: Wanted) -> list[Post]:
        """Albums of others that have its title."""
        return self._by_title.get(wanted.mark, [])

    def decided(self, standing: Standing, action: Action) -> None:
        """What becomes of an album."""
        if action.post is not None:
            self._taken.add(action.post.id)
        if standing.alike is not None:
            self._taken.add(standing.alike.id)
        if standing.want == Want.NO and action.verb == Verb.KEEP:
            self._told.append(f"the album {standing.where} on {self.platform}: {action.reason}")
        if action.verb == Verb.ADD and action.subject.kind == SubjectKind.ALBUM and action.wanted:
            others = self._namesakes(action.wanted) if standing.alike is None else []
            self._beside += [
                f"the album {standing.where} on {self.platform}: one of that title is there already ({_named(post)}) "
                "and is not ours; it is left alone, and another one is made"
                for post in others
            ]

    def notes(self) -> list[str]:
        """What there is to tell of albums that nothing is done about, in sentences."""
        told = [*self._told, *self._beside[:NAMED_AT_MOST]]
        if len(self._beside) > NAMED_AT_MOST:
            told.append(f"so it is with {len(self._beside) - NAMED_AT_MOST:,} more albums on {self.platform}")
        left = [post for post in self._strange if post.mark and post.id not in self._taken]
        if not left:
            return told
        named = "; ".join(f"{_title(post)} ({_named(post)})" for post in left[:NAMED_AT_MOST])
        more = f" and {len(left) - NAMED_AT_MOST:,} more" if len(left) > NAMED_AT_MOST else ""
        made = (
            "albums on {} that a program made for a folder or keyword, and that no photo is wanted in now, are left: {}"
        )
        return [*told, made.format(self.platform, named + more)]


def _photos(wanted: Wanted) -> frozenset[Value]:
    members = wanted.fields.get(F.MEMBERS)
    return frozenset(members) if isinstance(members, tuple) else frozenset()


def _agreed(record: Record) -> frozenset[Value]:
    agreed = record.fields.get(F.MEMBERS)
    return frozenset(agreed.sent) if agreed and isinstance(agreed.sent, tuple) else frozenset()


def _title(post: Post) -> str:
    return str(post.fields.get(F.TITLE) or "")


def _named(post: Post) -> str:
    return post.url or post.id
