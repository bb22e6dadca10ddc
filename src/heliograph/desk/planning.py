"""The verb `plan`: the three sides of every subject are put together, and the decision table is asked.

Photos that are known to be in step are only counted; memory and time go to what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from heliograph import rules
from heliograph import wanted as wanting
from heliograph.desk.gathering import Gathering, reasons_gone
from heliograph.desk.homing import called, called_apart, homing, is_video, left_alone
from heliograph.desk.linking import Links as Named
from heliograph.desk.naming import naming
from heliograph.desk.recognising import Recognising
from heliograph.desk.shelving import Shelf
from heliograph.desk.surveying import Surveying
from heliograph.desk.twins import twins
from heliograph.identify import Confidence, Likeness, Match
from heliograph.jsonform import facts_digest
from heliograph.ledger import Judged, Ledger, Line, Links
from heliograph.ledger.files import batches
from heliograph.model import (
    Action,
    F,
    Fields,
    Order,
    Photo,
    Plan,
    Post,
    Record,
    Subject,
    SubjectKind,
    Verb,
    Wanted,
)
from heliograph.plan import Show, Standing, Table, Want, absent_after, finish, nothing, plan, quiet, written_over
from heliograph.policy import Direction, OnChanged, PlatformPolicy
from heliograph.ports import Clock, Library, Platform
from heliograph.wanted import Member

CLOSE = 500
"""Photos that are looked at closely at once."""
MANY = 10_000
"""Photos whose links are asked for at once."""
SHOWING = frozenset({"wanted", "gathered"})
"""Kinds of verdicts on photos that are shown, and with them where else they can be seen."""

_MAY_BE_HERE = "on the platform, and perhaps in a part of the library that could not be read; it comes home once it can"


@dataclass(slots=True)
class Planner:
    """Plans one platform. The library has been scanned and doubts have been asked about."""

    platform: Platform
    library: Library
    policy: PlatformPolicy
    ledger: Ledger
    clock: Clock
    not_looked: Mapping[str, str] = field(default_factory=dict)
    """Parts of the library that could not be read."""
    dates: bool = True
    """Whether an equal date taken may make a match sure, where the settings say so, too."""
    looked: Surveying | None = None
    """This run's look at the platform, if it has looked already; what it did there since is in the ledger."""
    threads: bool = True
    stage: Callable[[str], None] = lambda _: None
    """Told when something longer begins."""
    holds: Callable[[Post], Sequence[str]] = nothing
    """Why a post is not deleted without a question."""
    links: Callable[[Iterable[str]], Mapping[str, Links]] = lambda _: {}
    """Photographs to where else they can be seen, as far as this platform links to that."""
    _doubts: dict[Subject, str] = field(default_factory=dict)
    _placed: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    _folders: set[str] = field(default_factory=set)
    """Folded names of albums that folders make."""
    _matched: dict[str, str] = field(default_factory=dict)
    """Post -> photograph, of those that this plan adopts."""
    _confidence: dict[str, Confidence] = field(default_factory=dict)
    """Photograph -> how far it can be trusted that its post is the one that was recognised."""
    _agreed: list[tuple[Record, Post]] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _fresh: dict[str, Photo] = field(default_factory=dict)
    """Photograph -> its file, of those that are wanted and have neither record nor post with their mark."""
    _asked: set[str] = field(default_factory=set)
    """Posts that may be a photo of the library."""
    _done: Mapping[str, frozenset[Order]] = field(default_factory=dict)
    """Place -> orders that were carried out, which the library has not told us since."""
    _fingerprint: str = ""
    _gathering: Gathering = field(init=False)
    _shelf: Shelf = field(init=False)
    sight: Surveying = field(init=False)
    """The platform as it was looked at."""

    def __post_init__(self) -> None:
        self._fingerprint = wanting.fingerprint(self.policy, self.platform.limits)
        self._gathering = Gathering(self.policy, self.platform.limits, self.ledger)
        self._shelf = Shelf(self._name, self.platform.limits, self.ledger.records)
        self.sight = Surveying(self._name, self.platform, self.ledger, self.clock)

    @property
    def _name(self) -> str:
        return self.policy.name

    @property
    def _together(self) -> bool:
        return wanting.gathers(self.policy, self.platform.limits)

    def plan(self) -> Plan:
        """Looks at the platform and decides about everything."""
        self._notes += self.sight.believe(self.looked) if self.looked else self.sight.look()
        self._doubts = {
            entry.claim.subject: _doubt(entry.begun_at) for entry in self.ledger.journal.unsettled(self._name)
        }
        self.ledger.records.came_home(self._name)
        self._done = self.ledger.outcomes.orders_done(self._name)
        flagged = (self.policy.when.changed or self.library.changed) == OnChanged.FLAGGED
        answers = self.ledger.journal.choices()
        home = homing(self.platform, self.policy, amends=self.library.amends)
        table = Table(self.policy, self.platform.limits, answers, self.platform.agrees, flagged, home, self.holds)
        kept, close = self._quick_look()
        actions = list(self._close_look(table, close))
        actions += [table.decide(standing) for standing in self._homeless()]
        actions += [table.decide(standing) for standing in self._strangers()]
        actions += self._gathered(table)
        for standing in self._albums(table, absent_after(actions)):
            action = self._decide(table, standing)
            actions.append(action)
            self._gathering.hold(standing, action)
            self._shelf.decided(standing, action)
        self._notes += self._shelf.notes()
        if self.sight.survey.pending:
            actions.append(finish(self._name, self.sight.survey.pending))
        self._rebase()
        actions = [self._gathering.once(action) for action in actions]
        return plan(actions, kept + self._gathering.kept, self.policy, self._notes)

    # -- photos --

    def _quick_look(self) -> tuple[int, list[Line]]:
        """How many are in step, and those that are not known to be."""
        special = set(self.ledger.files.copies()) | {subject.id for subject in self._doubts}
        kept, close = 0, []
        for line, links in self._lines():
            facts_basis = wanting.basis(line.facts_digest, line.digest, self._fingerprint, line.where)
            basis = wanting.with_links(facts_basis, links)
            verdict = (line.verdict_basis, line.verdict_kind)
            agreed = (line.record_basis, line.record_shown, line.seen_digest)
            if line.photo not in special and quiet(basis, verdict, agreed):
                kept += line.verdict_kind == "wanted"
                if line.verdict_kind == "gathered":
                    self._gathering.take(Member(line.photo, line.places()[0], line.sort, line.where, basis))
                elif line.albums:
                    self._place(line.photo, line.places(), line.sort, line.where)
            else:
                close.append(line)
        self._leave_unread()
        return kept, close

    def _leave_unread(self) -> None:
        """A photo whose file cannot be read for now stays where it was: an album must not lose it for that."""
        for line in self.ledger.records.unread(self._name):
            if line.albums and line.verdict_kind == "gathered":
                basis = line.verdict_basis or ""
                self._gathering.take(Member(line.photo, line.places()[0], line.sort or "", line.where, basis))
            elif line.albums and line.record_basis is not None:
                self._place(line.photo, line.places(), line.sort or "", line.where)

    def _lines(self) -> Iterator[tuple[Line, Links]]:
        """Every photograph with where else it can be seen, as far as that is shown."""
        for group in batches(self.ledger.records.lines(self._name), MANY):
            links = self.links(line.photo for line in group if line.verdict_kind in SHOWING)
            for line in group:
                yield line, links.get(line.photo, ())

    def _close_look(self, table: Table, lines: list[Line]) -> Iterator[Action]:
        fresh = []
        for group in batches(lines, CLOSE):
            for standing in self._joined(self._judged_photos(group)):
                if standing.subject.id in self._fresh:
                    fresh.append(standing)
                else:
                    yield self._decide(table, standing)
        for standing in self._recognised(table, fresh, self._fresh):
            yield self._decide(table, standing)
        self._fresh.clear()

    def _judged_photos(self, lines: list[Line]) -> list[Standing]:
        copies = self.ledger.files.copies_of([line.photo for line in lines])
        wheres = [line.where for line in lines] + [where for places in copies.values() for where in places]
        photos = self.ledger.files.photos(wheres)
        links = self.links(line.photo for line in lines)
        standings, judged = list[Standing](), list[Judged]()
        for line in lines:
            files = [photos[where] for where in (line.where, *copies.get(line.photo, ())) if where in photos]
            here, said = self._judge(line.photo, files, links.get(line.photo, ()))
            standings += here
            judged += said
        self.ledger.verdicts.judge(self._name, judged)
        return standings

    def _judge(self, photo: str, files: list[Photo], links: Links) -> tuple[list[Standing], list[Judged]]:
        """The first copy that is wished stands for the photograph; further ones that are wished are duplicates."""
        verdicts = [(file, self._verdict(file, photo, links)) for file in files]
        wished = [(file, verdict) for file, verdict in verdicts if verdict.wish is not None]
        main, verdict = wished[0] if wished else verdicts[0]
        subject = Subject(SubjectKind.PHOTO, photo)
        want = Want.NO if verdict.wish is None else Want.REFUSED if verdict.wanted is None else Want.YES
        want = Want.NOT_LOOKED if self._hidden(main.where) else want
        if want == Want.YES and not verdict.gathered:
            self._fresh[photo] = main
        reasons = verdict.refusals
        orders = rules.orders(main, self._name)
        if Order.DELETE in orders:
            reasons = ("marked for deletion",)
        standing = Standing(
            subject,
            main.where,
            want,
            verdict.wanted,
            reasons,
            orders=orders - self._done.get(main.where, frozenset()),
            link=rules.link(files, self._name),
            troubled=bool(rules.troubles(main, self._name)),
            photo=main,
        )
        standings = [standing]
        if verdict.gathered:
            member = Member(photo, verdict.albums[0], verdict.order, main.where, self._basis(main, verdict))
            self._gathering.take(member, standings.pop())
        elif want in {Want.YES, Want.NOT_LOOKED} and verdict.wanted is not None:
            for file, each in wished:
                # Two folders that hold copies of a photograph are albums that both hold it.
                if each.albums and each.wanted is not None:
                    self._place(photo, each.albums, verdict.order, file.where)
        for copy, _ in wished[1:]:
            reason = f"the same picture as {main.where}, which stands for both"
            twin = Subject(SubjectKind.PHOTO, f"{photo}:{copy.where}")
            standings.append(Standing(twin, copy.where, Want.COPY, reasons=(reason,)))
        return standings, [self._judged(file, verdict) for file, verdict in verdicts]

    def _place(self, photo: str, albums: tuple[str, ...], order: str, where: str) -> None:
        self._placed.append((photo, albums, order))
        self._folders.add(wanting.folded(wanting.folder_album(where, self.policy)))

    def _judged(self, file: Photo, verdict: wanting.Verdict) -> Judged:
        here = "gathered" if verdict.gathered else "wanted"
        kind = "unwanted" if verdict.wish is None else "refused" if verdict.wanted is None else here
        # What is ordered once is not in the basis of what was agreed: it is looked at until the library hears of it.
        basis = "" if rules.orders(file, self._name) else self._basis(file, verdict)
        return Judged(file.where, basis, kind, verdict.albums, verdict.order, verdict.refusals)

    def _verdict(self, file: Photo, photo: str, links: Links) -> wanting.Verdict:
        limits = self.platform.limits
        return wanting.linked(wanting.verdict(file, photo, self.policy, limits), links, limits)

    def _basis(self, file: Photo, verdict: wanting.Verdict) -> str:
        if verdict.wanted is not None:
            return verdict.wanted.basis
        return wanting.basis(facts_digest(file), file.digest, self._fingerprint, file.where)

    def _joined(self, standings: list[Standing]) -> Iterator[Standing]:
        """With what the ledger remembers and the platform shows."""
        records = self.ledger.records.of(self._name, [standing.subject for standing in standings])
        posts = self.ledger.records.seen(self._name, [record.post_id for record in records.values()])
        fresh = [s.wanted.mark for s in standings if s.wanted is not None and s.subject not in records]
        marked = self.ledger.records.marked(self._name, fresh)
        told = Named.of if self.library.keeps_notes else Named.told
        links = told(self._name, self.ledger, standings, records)
        for standing in standings:
            record = records.get(standing.subject)
            linked = links.post(standing)
            post = posts.get(record.post_id) if record else linked or self._by_mark(standing, marked)
            if record is not None or post is not None:
                self._fresh.pop(standing.subject.id, None)
            if linked is not None:
                self._asked.add(linked.id)
            doubt = self._doubts.get(standing.subject, standing.doubt) or self._too_early(standing, record, post)
            show, shown = self.sight.show(post, record), self._in_our_terms(post)
            joined = replace(standing, record=record, show=show, post=post, shown=shown, doubt=doubt)
            yield replace(joined, linked=linked, unlinked=links.taken_out(standing, record))

    def _recognised(self, table: Table, fresh: list[Standing], photos: Mapping[str, Photo]) -> Iterator[Standing]:
        """What is nowhere yet, as far as marks tell, with the posts that could be it; its pictures are in `photos`."""
        open_ = [s for s in fresh if s.wanted is not None and not s.doubt and s.show == Show.YES]
        unclaimed = self.ledger.records.unclaimed(self._name) if open_ else []
        posts = [post for post in unclaimed if post.id not in self._asked]
        sought = {s.subject.id: (s.wanted, photos[s.subject.id]) for s in open_ if s.wanted is not None}
        dates = self.dates and self.policy.recognise.dates
        look = Recognising(self.library, self.platform, self.ledger, dates, self.threads, self.stage)
        matches = look.matches(sought.values(), posts, table.answered) if posts else {}
        self._asked |= {match.post.id for match in matches.values()} | look.unseen
        self._notes += look.notes
        self._confidence |= {photo: match.confidence for photo, match in matches.items()}
        alone = {s.subject.id: (s, photos[s.subject.id]) for s in open_ if s.subject.kind == SubjectKind.PHOTO}
        copies = twins(self._name, self.ledger, alone, matches, table.answered)
        for standing in fresh:
            yield copies.get(standing.subject.id) or _with_match(standing, matches.get(standing.subject.id))

    def _too_early(self, standing: Standing, record: Record | None, post: Post | None) -> str:
        """Where edits there count, what is listed otherwise than we wrote it may be one: nothing is sent over it."""
        listed = self.sight.disbelieved.get(post.id) if post is not None else None
        if listed is None or record is None or self.policy.direction == Direction.PUBLISH:
            return ""
        shown = {**listed.fields, **self._in_our_terms(listed)}
        if not written_over(standing, record, shown, self.platform.agrees):
            return ""
        return f"it was written a moment ago, and what {self._name} lists of it is older or an edit; a later run tells"

    def _by_mark(self, standing: Standing, marked: Mapping[str, list[Post]]) -> Post | None:
        """An album of which the library knows the id is never found by its title."""
        by_id = standing.subject.kind == SubjectKind.ALBUM and standing.link is not None
        return None if by_id else self._marked(standing.wanted, marked)

    def _marked(self, wanted: Wanted | None, marked: Mapping[str, list[Post]]) -> Post | None:
        posts = [post for post in marked.get(wanted.mark, []) if post.kind == wanted.subject.kind] if wanted else []
        if wanted and len(posts) > 1:
            names = ", ".join(post.url or post.id for post in posts)
            self._notes.append(
                f"{wanted.where} is on {self._name} {len(posts)} times: {names}. The first is kept in step"
            )
        return posts[0] if posts else None

    def _in_our_terms(self, post: Post | None) -> Fields:
        """An album's members and cover by the photos that they show, where these are ours; without guests."""
        if post is None or post.kind != SubjectKind.ALBUM:
            return {}
        members, cover = post.fields.get(F.MEMBERS), post.fields.get(F.COVER)
        posts = [*map(str, members)] if isinstance(members, tuple) else []
        photos = self._matched | self.ledger.records.photos_of(self._name, [*posts, str(cover)])
        inside = [id_ for id_ in posts if id_ in photos or not self.platform.limits.album_guests]
        ours = {F.MEMBERS: tuple(photos.get(id_, id_) for id_ in inside), F.COVER: photos.get(str(cover), cover)}
        return {name: value for name, value in ours.items() if name in post.fields}

    def _decide(self, table: Table, standing: Standing) -> Action:
        action = self._trusted(table.decide(standing), standing)
        if action.verb == Verb.MATCH and action.post is not None and action.subject.kind == SubjectKind.PHOTO:
            self._matched[action.post.id] = action.subject.id
        wanted, record, post = standing.wanted, standing.record, standing.post
        if action.verb == Verb.KEEP and wanted and record and post and table.in_step(standing):
            self._agreed.append((replace(record, where=wanted.where, basis=wanted.basis), post))
        if len(self._agreed) >= CLOSE:
            self._rebase()
        return action

    def _trusted(self, action: Action, standing: Standing) -> Action:
        """With how far it can be trusted that a post is the photo, and which one is asked about.

        What the owner answered is certain.
        """
        if action.verb == Verb.MATCH:
            known = Confidence.CERTAIN if standing.alike is not None else self._confidence.get(action.subject.id)
            return replace(action, confidence=known or Confidence.CERTAIN)
        is_likely = action.verb == Verb.ASK and standing.alike is not None
        return replace(action, confidence=Confidence.LIKELY, alike=standing.alike) if is_likely else action

    def _rebase(self) -> None:
        self.ledger.records.rebase(self._agreed)
        self._agreed.clear()

    def _homeless(self) -> Iterator[Standing]:
        """Records of photographs that the library does not hold any more, or may hold under another name."""
        records = self.ledger.records.homeless(self._name)
        posts = self.ledger.records.seen(self._name, [record.post_id for record in records])
        unsure = self.ledger.files.unsure()
        unreadable = self.ledger.files.unreadable_photographs()
        held = self.ledger.files.photos([record.where for record in records])
        for record in records:
            post = posts.get(record.post_id)
            where, reason, question = unsure.get(
                record.subject.id, (record.where or called(post, record), "no longer in the library", "")
            )
            # What vanished from one folder may have been moved into another that could not be read.
            hidden = record.subject.id in unreadable or bool(self.not_looked)
            want = Want.UNSURE if question else Want.NOT_LOOKED if hidden else Want.NO
            doubt = self._doubts.get(record.subject, "")
            show = self.sight.show(post, record)
            reasons = (reason,)
            known = (reasons, question, record, show, post)
            lost = record.where not in held
            yield Standing(record.subject, where, want, None, *known, doubt=doubt, lost=lost)

    def _strangers(self) -> Iterator[Standing]:
        """Posts that nobody here knows matter only where photos come home."""
        if self.policy.direction != Direction.PUBLISH and self.sight.survey.looked:
            photos = [post for post in self.ledger.records.unclaimed(self._name) if post.kind == SubjectKind.PHOTO]
            self._notes += left_alone(self._name, filter(is_video, photos))
            strangers = [post for post in photos if post.id not in self._asked and not is_video(post)]
            doubt = _MAY_BE_HERE if self.not_looked else ""
            for post, where in zip(strangers, called_apart(strangers), strict=True):
                yield Standing(Subject(post.kind, post.id), where, Want.NO, show=Show.YES, post=post, doubt=doubt)

    def _hidden(self, where: str) -> bool:
        return any(part == "" or where.startswith(f"{part}/") for part in self.not_looked)

    # -- albums --

    def _albums(self, table: Table, absent: frozenset[str]) -> Iterator[Standing]:
        records = self.ledger.records.albums(self._name)
        names = self._gathering.names()
        if self._together:
            yield from self._posts(table)
        else:
            placed = [(photo, albums, order) for photo, albums, order in self._placed if photo not in absent]
            named = naming(self._name, self.ledger, self.sight, keeps_notes=self.library.keeps_notes)
            albums = wanting.albums(self._name, placed, self.platform.limits, named.texts, self._folders)
            standings = [named.standing(item) for item in albums]
            records = dict(self._shelf.renamed(standings, records, self._doubts))
            standings = named.believed(standings, records)
            yield from self._shelf.beside_others(self._joined(standings), self._in_our_terms)
            names = frozenset(item.subject.id for item in albums)
        gone = [record for subject, record in records.items() if subject.id not in names]
        want = Want.NOT_LOOKED if self.not_looked else Want.NO
        reasons = {r.subject: reasons_gone(r, together=self._together) for r in gone}
        yield from self._joined([Standing(r.subject, r.where, want, None, reasons[r.subject]) for r in gone])

    def _gathered(self, table: Table) -> Iterator[Action]:
        """Of photos in the posts of albums, what becomes of a post of their own."""
        for standings in batches(self._gathering.photos(), CLOSE):
            for standing in self._joined(standings):
                action = self._decide(table, standing)
                self._gathering.decided(action)
                yield action

    def _posts(self, table: Table) -> Iterator[Standing]:
        """Albums that are posts."""
        standings = self._joined(list(self._gathering.albums(table.untouched, partly=bool(self.not_looked))))
        fresh = []
        for standing in standings:
            if standing.wanted is not None and standing.record is None and standing.post is None:
                fresh.append(standing)
            else:
                yield standing
        yield from self._recognised(table, fresh, self._gathering.firsts)


def _doubt(begun_at: str) -> str:
    return (
        f"it was sent at {begun_at} and the answer was lost; it is looked for, and sent again only if it is not there"
    )


def _with_match(standing: Standing, match: Match | None) -> Standing:
    if match is None:
        return standing
    if match.likeness == Likeness.SURE:
        return replace(standing, post=match.post, because=match.reason)
    if match.likeness == Likeness.LIKELY:
        return replace(standing, alike=match.post, because=match.reason)
    return replace(standing, doubt=match.reason)
