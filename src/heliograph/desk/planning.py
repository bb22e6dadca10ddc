"""The verb `plan`: the three sides of every subject are put together, and the decision table is asked.

Photos that are known to be in step are only counted; memory and time go to what changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from heliograph import wanted as wanting
from heliograph.errors import Busy, HeliographError, Refused, SignInNeeded
from heliograph.identify import Likeness, moment, same_post
from heliograph.jsonform import facts_digest
from heliograph.ledger import Judged, Ledger, Line
from heliograph.ledger.files import batches
from heliograph.model import (
    Action,
    F,
    Fields,
    Photo,
    Plan,
    Post,
    Record,
    Subject,
    SubjectKind,
    Survey,
    Value,
    Verb,
    Wanted,
)
from heliograph.plan import Show, Standing, Table, Want, absent_after, finish, plan, quiet
from heliograph.policy import Direction, PlatformPolicy
from heliograph.ports import Clock, Platform

CLOSE = 500
"""Photos that are looked at closely at once."""

SLACK = timedelta(seconds=5)
"""Added to `settle_s` when our own writes are believed over a listing."""


@dataclass(slots=True)
class Planner:
    """Plans one platform. The library has been scanned and doubts have been asked about."""

    platform: Platform
    policy: PlatformPolicy
    ledger: Ledger
    clock: Clock
    not_looked: Mapping[str, str] = field(default_factory=dict)
    """Parts of the library that could not be read."""
    _survey: Survey = field(default_factory=lambda: Survey((), full=False, looked=False))
    _doubts: dict[Subject, str] = field(default_factory=dict)
    _placed: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    _agreed: list[tuple[Record, Post]] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _unclaimed: dict[Value, list[Post]] | None = None
    """Date taken -> posts that could be anybody's, once they were asked for."""
    _asked: set[str] = field(default_factory=set)
    """Posts that may be a photo of the library."""
    _fingerprint: str = ""
    trouble: HeliographError | None = None
    """Why the platform could not be looked at."""

    def __post_init__(self) -> None:
        self._fingerprint = wanting.fingerprint(self.policy, self.platform.limits)

    @property
    def _name(self) -> str:
        return self.policy.name

    def plan(self) -> Plan:
        """Looks at the platform and decides about everything."""
        self._look()
        self._doubts = {
            entry.claim.subject: _doubt(entry.begun_at) for entry in self.ledger.journal.unsettled(self._name)
        }
        self.ledger.records.came_home(self._name)
        table = Table(self.policy, self.platform.limits, self.ledger.journal.choices(), self.platform.agrees)
        kept, close = self._quick_look()
        actions = [action for group in batches(close, CLOSE) for action in self._close_look(table, group)]
        actions += [table.decide(standing) for standing in self._homeless()]
        actions += [table.decide(standing) for standing in self._strangers()]
        for standing in self._albums(absent_after(actions)):
            action = self._decide(table, standing)
            actions.append(action)
            if standing.want == Want.NO and action.verb == Verb.KEEP:
                self._notes.append(f"the album {standing.where} on {self._name}: {action.reason}")
        if self._survey.pending:
            actions.append(finish(self._name, self._survey.pending))
        self._rebase()
        return plan(actions, kept, self.policy, self._notes)

    # -- the platform --

    def _look(self) -> None:
        try:
            self._observe(self.platform.survey(self.ledger.records.cursor(self._name)))
            if self._miscounted():
                self._observe(self.platform.survey(None))
        except (Busy, Refused, SignInNeeded) as trouble:
            self.trouble = trouble
            self._notes.append(f"{self._name} could not be looked at: {trouble.sentence}")
            return
        if not self._survey.looked:
            self._notes.append(f"{self._name} could not be looked at whole, so nothing there counts as missing")

    def _observe(self, survey: Survey) -> None:
        self._survey = survey
        now = self.clock.now()
        settled = now - timedelta(seconds=self.platform.limits.settle_s) - SLACK
        self.ledger.records.observe(self._name, survey, now.isoformat(), settled.isoformat())

    def _miscounted(self) -> bool:
        """Whether a survey of changes missed something: what came and went since the last one is in none of them."""
        counted, whole = self._survey.photos, self._survey.full or not self._survey.looked
        return counted is not None and not whole and counted != self.ledger.records.seen_photos(self._name)

    def _show(self, post: Post | None, record: Record | None) -> Show:
        if not self._survey.looked:
            return Show.NOT_LOOKED
        return Show.YES if post is not None or record is None else Show.NO

    # -- photos --

    def _quick_look(self) -> tuple[int, list[Line]]:
        """How many are in step, and those that are not known to be."""
        special = set(self.ledger.files.copies()) | {subject.id for subject in self._doubts}
        kept, close = 0, []
        for line in self.ledger.records.lines(self._name):
            basis = wanting.basis(line.facts_digest, line.digest, self._fingerprint, line.where)
            verdict = (line.verdict_basis, line.verdict_kind)
            agreed = (line.record_basis, line.record_shown, line.seen_digest)
            if line.photo not in special and quiet(basis, verdict, agreed):
                kept += line.verdict_kind == "wanted"
                if line.albums:
                    self._placed.append((line.photo, line.places(), line.sort))
            else:
                close.append(line)
        return kept, close

    def _close_look(self, table: Table, lines: list[Line]) -> Iterator[Action]:
        copies = self.ledger.files.copies_of([line.photo for line in lines])
        wheres = [line.where for line in lines] + [where for places in copies.values() for where in places]
        photos = self.ledger.files.photos(wheres)
        standings, judged = [], []
        for line in lines:
            files = [photos[where] for where in (line.where, *copies.get(line.photo, ())) if where in photos]
            here, said = self._judge(line.photo, files)
            standings += here
            judged += said
        self.ledger.records.judge(self._name, judged)
        for standing in self._joined(standings):
            yield self._decide(table, standing)

    def _judge(self, photo: str, files: list[Photo]) -> tuple[list[Standing], list[Judged]]:
        """The first copy that is wished stands for the photograph; further ones that are wished are duplicates."""
        verdicts = [(file, wanting.verdict(file, photo, self.policy, self.platform.limits)) for file in files]
        wished = [(file, verdict) for file, verdict in verdicts if verdict.wish is not None]
        main, verdict = wished[0] if wished else verdicts[0]
        subject = Subject(SubjectKind.PHOTO, photo)
        want = Want.NO if verdict.wish is None else Want.REFUSED if verdict.wanted is None else Want.YES
        want = Want.NOT_LOOKED if self._hidden(main.where) else want
        standings = [Standing(subject, main.where, want, verdict.wanted, verdict.refusals)]
        for copy, _ in wished[1:]:
            reason = f"the same picture as {main.where}, which stands for both"
            twin = Subject(SubjectKind.PHOTO, f"{photo}:{copy.where}")
            standings.append(Standing(twin, copy.where, Want.COPY, reasons=(reason,)))
        if want in {Want.YES, Want.NOT_LOOKED} and verdict.wanted is not None and verdict.albums:
            self._placed.append((photo, verdict.albums, verdict.order))
        return standings, [self._judged(file, verdict) for file, verdict in verdicts]

    def _judged(self, file: Photo, verdict: wanting.Verdict) -> Judged:
        kind = "unwanted" if verdict.wish is None else "refused" if verdict.wanted is None else "wanted"
        return Judged(file.where, self._basis(file), kind, verdict.albums, verdict.order)

    def _basis(self, file: Photo) -> str:
        return wanting.basis(facts_digest(file), file.digest, self._fingerprint, file.where)

    def _joined(self, standings: list[Standing]) -> Iterator[Standing]:
        """With what the ledger remembers and the platform shows."""
        records = self.ledger.records.of(self._name, [standing.subject for standing in standings])
        posts = self.ledger.records.seen(self._name, [record.post_id for record in records.values()])
        fresh = [s for s in standings if s.wanted is not None and s.subject not in records]
        marked = self.ledger.records.marked(self._name, [s.wanted.mark for s in fresh if s.wanted])
        if fresh and self._unclaimed is None:
            self._unclaimed = {}
            for stray in self.ledger.records.unclaimed(self._name):
                self._unclaimed.setdefault(moment(stray.fields), []).append(stray)
        for standing in standings:
            record = records.get(standing.subject)
            post = posts.get(record.post_id) if record else self._marked(standing.wanted, marked)
            alike = _alike(standing.wanted, self._unclaimed or {}) if record is None and post is None else None
            if alike is not None:
                self._asked.add(alike.id)
            doubt = self._doubts.get(standing.subject, "")
            show, shown = self._show(post, record), self._in_our_terms(post)
            yield replace(standing, record=record, show=show, post=post, shown=shown, alike=alike, doubt=doubt)

    def _marked(self, wanted: Wanted | None, marked: Mapping[str, list[Post]]) -> Post | None:
        posts = [post for post in marked.get(wanted.mark, []) if post.kind == wanted.subject.kind] if wanted else []
        if wanted and len(posts) > 1:
            names = ", ".join(post.url or post.id for post in posts)
            self._notes.append(
                f"{wanted.where} is on {self._name} {len(posts)} times: {names}. The first is kept in step"
            )
        return posts[0] if posts else None

    def _in_our_terms(self, post: Post | None) -> Fields:
        """An album's members and cover by the photos that they show, where these are ours."""
        if post is None or post.kind != SubjectKind.ALBUM:
            return {}
        members, cover = post.fields.get(F.MEMBERS), post.fields.get(F.COVER)
        posts = [*map(str, members)] if isinstance(members, tuple) else []
        photos = self.ledger.records.photos_of(self._name, [*posts, str(cover)])
        ours = {F.MEMBERS: tuple(photos.get(id_, id_) for id_ in posts), F.COVER: photos.get(str(cover), cover)}
        return {name: value for name, value in ours.items() if name in post.fields}

    def _decide(self, table: Table, standing: Standing) -> Action:
        action = table.decide(standing)
        wanted, record, post = standing.wanted, standing.record, standing.post
        if action.verb == Verb.KEEP and wanted and record and post and table.in_step(standing):
            self._agreed.append((replace(record, where=wanted.where, basis=wanted.basis), post))
        if len(self._agreed) >= CLOSE:
            self._rebase()
        return action

    def _rebase(self) -> None:
        self.ledger.records.rebase(self._agreed)
        self._agreed.clear()

    def _homeless(self) -> Iterator[Standing]:
        """Records of photographs that the library does not hold any more, or may hold under another name."""
        records = self.ledger.records.homeless(self._name)
        posts = self.ledger.records.seen(self._name, [record.post_id for record in records])
        unsure = self.ledger.files.unsure()
        unreadable = self.ledger.files.unreadable_photographs()
        for record in records:
            post = posts.get(record.post_id)
            where, reason, question = unsure.get(record.subject.id, (record.where, "no longer in the library", ""))
            # What vanished from one folder may have been moved into another that could not be read.
            hidden = record.subject.id in unreadable or bool(self.not_looked)
            want = Want.UNSURE if question else Want.NOT_LOOKED if hidden else Want.NO
            doubt = self._doubts.get(record.subject, "")
            show = self._show(post, record)
            reasons = (reason,)
            yield Standing(record.subject, where, want, None, reasons, question, record, show, post, doubt=doubt)

    def _strangers(self) -> Iterator[Standing]:
        """Posts that nobody here knows matter only where photos come home."""
        if self.policy.direction == Direction.BOTH and self._survey.looked:
            photos = (post for post in self.ledger.records.unclaimed(self._name) if post.kind == SubjectKind.PHOTO)
            for post in (post for post in photos if post.id not in self._asked):
                where = str(post.fields.get("title") or post.url or post.id)
                yield Standing(Subject(post.kind, post.id), where, Want.NO, show=Show.YES, post=post)

    def _hidden(self, where: str) -> bool:
        return any(part == "" or where.startswith(f"{part}/") for part in self.not_looked)

    # -- albums --

    def _albums(self, absent: frozenset[str]) -> Iterator[Standing]:
        limits = self.platform.limits
        placed = [(photo, albums, order) for photo, albums, order in self._placed if photo not in absent]
        wanted = {item.subject: item for item in wanting.albums(self._name, placed, limits)}
        records = self.ledger.records.albums(self._name)
        yield from self._joined([Standing(s, item.where, Want.YES, item) for s, item in wanted.items()])
        gone = [record for subject, record in records.items() if subject not in wanted]
        want = Want.NOT_LOOKED if self.not_looked else Want.NO
        reasons = ("no photo is wanted in it any more",)
        yield from self._joined([Standing(r.subject, r.where, want, None, reasons) for r in gone])


def _doubt(begun_at: str) -> str:
    return (
        f"it was sent at {begun_at} and the answer was lost; it is looked for, and sent again only if it is not there"
    )


def _alike(wanted: Wanted | None, unclaimed: Mapping[Value, list[Post]]) -> Post | None:
    if wanted is None:
        return None
    of_the_moment = unclaimed.get(moment(wanted.fields), [])
    return next((post for post in of_the_moment if same_post(wanted, post)[0] == Likeness.LIKELY), None)
