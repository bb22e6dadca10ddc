"""Albums that the library names by their ids on a platform: what it says of them, and whether they are there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from heliograph import rules
from heliograph.desk.surveying import Surveying
from heliograph.errors import Busy, Refused, SignInNeeded
from heliograph.ledger import Ledger
from heliograph.model import AlbumNote, Link, Record, Subject, Wanted
from heliograph.plan import Standing, Want
from heliograph.wanted import folded

_SOUGHT = "albums that are not there"
"""Under which a platform's memory has the day of the last look at everything, and the ids it did not find."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What the library knows of the albums of one platform."""

    platform: str
    ledger: Ledger
    sight: Surveying
    notes: Mapping[str, AlbumNote] = field(default_factory=dict)
    """By folded names."""

    @property
    def texts(self) -> dict[str, str]:
        """Folded name -> what the library says of an album."""
        return {same: note.text for same, note in self.notes.items()}

    def standing(self, item: Wanted) -> Standing:
        """An album that is wanted, with the id by which the library names it."""
        note = self.notes.get(folded(item.where))
        link = Link(self.platform, note.id) if note and note.id else None
        return Standing(item.subject, item.where, Want.YES, item, link=link)

    def believed(self, standings: list[Standing], records: Mapping[Subject, Record]) -> list[Standing]:
        """The standings, without ids that lead nowhere; those that nobody remembers are looked for before.

        What stands at an album of all platforms is its id on some of them only: where there is such an album.
        """
        self._look_for(standings, records)
        links = {one.subject: one.link for one in standings if one.link and not self.notes[folded(one.where)].platform}
        there = self.ledger.records.seen(self.platform, [link.post_id for link in links.values()])
        strange = {subject for subject, link in links.items() if link.post_id not in there}
        return [replace(one, link=None) if one.subject in strange else one for one in standings]

    def _look_for(self, standings: Iterable[Standing], records: Mapping[Subject, Record]) -> None:
        """A survey of changes may leave albums out: what is named and not seen is looked for once a day."""
        named = {one.link.post_id for one in standings if one.link is not None and one.subject not in records}
        memory = self.ledger.memory(self.platform)
        day, *ids = memory.read(_SOUGHT).split() or [""]
        sought, today = set(ids), self.sight.clock.now().date().isoformat()
        missing = self._unseen(named)
        if missing and (missing - sought or day != today) and self.sight.survey.looked and not self.sight.survey.full:
            with contextlib.suppress(Busy, Refused, SignInNeeded):
                self.sight.observe(self.sight.platform.survey(None))
                missing = self._unseen(named)
        if self.sight.survey.looked and self.sight.survey.full and (missing or ids):
            memory.write(_SOUGHT, " ".join([today, *sorted(missing)]) if missing else "")

    def _unseen(self, named: set[str]) -> set[str]:
        return named - self.ledger.records.seen(self.platform, named).keys()


def naming(platform: str, ledger: Ledger, sight: Surveying, *, keeps_notes: bool) -> Naming:
    """Of a library that keeps notes; what it says of an album for this platform alone counts more."""
    notes = ledger.files.album_notes() if keeps_notes else []
    ours = [note for note in notes if not note.group and rules.is_for(note, platform)]
    by_name = {folded(note.name): note for note in sorted(ours, key=lambda note: bool(note.platform))}
    return Naming(platform, ledger, sight, by_name)
