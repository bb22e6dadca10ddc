"""The look at a platform that a plan begins with: what it shows is taken into the ledger, trouble is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from heliograph.errors import Busy, HeliographError, Refused, SignInNeeded
from heliograph.ledger import Ledger
from heliograph.model import Post, Record, Survey
from heliograph.plan import Show
from heliograph.ports import Clock, Platform

SLACK = timedelta(seconds=5)
"""Added to `settle_s` when our own writes are believed over a listing."""


_DELETIONS = "deletions were looked for"
"""Under which a platform's memory has the time of the last look that told of them, where later ones did not."""


def unseen_since(ledger: Ledger, name: str) -> str:
    """Since when a deletion there would not have been noticed (UTC, ISO 8601); empty where the last look told of it."""
    return ledger.memory(name).read(_DELETIONS)


@dataclass(slots=True)
class Surveying:
    """One platform as it was last looked at."""

    name: str
    platform: Platform
    ledger: Ledger
    clock: Clock
    survey: Survey = field(default_factory=lambda: Survey((), full=False, looked=False))
    trouble: HeliographError | None = None
    """Why it could not be looked at."""
    disbelieved: Mapping[str, Post] = field(default_factory=dict)
    """Id -> post as it was listed, where we wrote it a moment ago: too early, or somebody edited it since."""

    def look(self) -> tuple[str, ...]:
        """Looks at it; answers with what there is to tell, in sentences."""
        try:
            self.observe(self.platform.survey(self.ledger.records.cursor(self.name)))
            if self._miscounted():
                self.observe(self.platform.survey(None))
        except (Busy, Refused, SignInNeeded) as trouble:
            self.trouble = trouble
            return (f"{self.name} could not be looked at: {trouble.sentence.removeprefix(f'{self.name}: ')}",)
        if not self.survey.looked:
            return (f"{self.name} could not be looked at whole, so nothing there counts as missing",)
        return ()

    def believe(self, before: Surveying) -> tuple[str, ...]:
        """Takes it for what the ledger knows of it since a look before, without asking; there is nothing to tell."""
        self.survey, self.disbelieved = Survey((), full=False), before.disbelieved
        return ()

    def result(self) -> Surveying:
        """What is to be known of it later in the run; not the listing, which may be long."""
        return replace(self, survey=Survey((), full=False))

    def observe(self, survey: Survey) -> None:
        """Takes in what it shows."""
        self.survey = survey
        now = self.clock.now()
        self._remember_deletions(survey)
        settled = now - timedelta(seconds=self.platform.limits.settle_s) - SLACK
        self.disbelieved = self.ledger.records.observe(self.name, survey, now.isoformat(), settled.isoformat())

    def show(self, post: Post | None, record: Record | None) -> Show:
        """What it says of a subject with this post and record."""
        if not self.survey.looked:
            return Show.NOT_LOOKED
        return Show.YES if post is not None or record is None else Show.NO

    def _remember_deletions(self, survey: Survey) -> None:
        """Since when there was no look that tells of them."""
        memory = self.ledger.memory(self.name)
        since = memory.read(_DELETIONS)
        if survey.looked and survey.deletions and since:
            memory.write(_DELETIONS, "")
        elif survey.looked and not survey.deletions and not since:
            memory.write(_DELETIONS, self.ledger.records.looked_at(self.name))

    def _miscounted(self) -> bool:
        """Whether a survey of changes missed something: what came and went since the last one is in none of them."""
        counted, whole = self.survey.photos, self.survey.full or not self.survey.looked
        return counted is not None and not whole and counted != self.ledger.records.seen_photos(self.name)
