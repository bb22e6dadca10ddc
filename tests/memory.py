"""A library, a platform and a clock in memory that behave like real ones, slowness and lies included."""

from __future__ import annotations

import html
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

from heliograph.errors import HeliographError, Refused, Uncertain
from heliograph.model import (
    TELLING,
    Action,
    Claim,
    F,
    Fields,
    Home,
    Limits,
    Photo,
    Post,
    Rate,
    Recipe,
    Rendition,
    RenditionFile,
    Subject,
    SubjectKind,
    Survey,
    Trace,
    Value,
    Wanted,
    facts_brought,
    value_digest,
)
from heliograph.policy import Captions, OnChanged, Picture
from heliograph.ports import NOTHING, Fetched, Found, Known, NotLooked, Outcome, Sighting, Unchanged, Vanished


@dataclass(slots=True)
class FakeClock:
    """Time passes only when somebody waits, and a little with every look at it."""

    seconds: float = 0.0
    started: datetime = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.started + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        self.seconds += 0.001
        return self.seconds

    def sleep(self, wait_s: float) -> None:
        self.seconds += max(0.0, wait_s)


@dataclass(slots=True)
class MemoryLibrary:
    """Photos in a dictionary; what it was told is in `noted`."""

    items: dict[str, Photo] = field(default_factory=dict)
    noted: list[Outcome] = field(default_factory=list)
    name: str = "memory"
    looks: dict[str, str] = field(default_factory=dict)
    """Photo -> perceptual hash of its picture."""
    looked_at: list[str] = field(default_factory=list)
    leaves: dict[str, dict[Trace, str]] = field(default_factory=dict)
    """Photo -> what its file would leave at other programs."""
    traced: list[tuple[str, Trace]] = field(default_factory=list)
    """Photos and kinds for which a file was read."""
    hidden: dict[str, str] = field(default_factory=dict)
    """Folder -> why it cannot be read; what is in it is neither seen nor missed."""
    changed: OnChanged = OnChanged.AUTOMATIC
    keeps_notes: bool = True
    amends: bool = False

    def put(self, photo: Photo) -> None:
        self.items[photo.where] = photo

    def photos(self, known: Known) -> Iterator[Sighting]:
        unchanged = 0
        remembered = {part: dict(known.stamps(part)) for part in known.parts()}
        for part, reason in self.hidden.items():
            yield NotLooked(part, reason)
        for where, photo in self.items.items():
            part, _, name = where.rpartition("/")
            if self._is_hidden(part):
                continue
            stamp = repr(photo)
            if remembered.get(part, {}).pop(name, None) == stamp:
                unchanged += 1
            else:
                yield Found(photo, stamp)
        yield Unchanged(unchanged)
        for part, names in remembered.items():
            if not self._is_hidden(part):
                yield from (Vanished(f"{part}/{name}" if part else name) for name in names)

    def _is_hidden(self, part: str) -> bool:
        return any(hidden in {"", part} or part.startswith(f"{hidden}/") for hidden in self.hidden)

    def open(self, photo: Photo, recipe: Recipe) -> Rendition:
        if photo.where not in self.items:
            message = f"{photo.where} is gone"
            raise Refused(message)
        file = RenditionFile(Path(photo.where), "image/jpeg", 3, 2, 1, photo.digest)
        return Rendition((file,))

    def note(self, outcomes: Sequence[Outcome]) -> None:
        self.noted += outcomes

    def keep(self, home: Home, file: Path) -> str:
        return f"Incoming/{home.post.id}.jpg"

    def amend(self, photo: Photo, facts: Mapping[str, Value]) -> None:
        message = f"{photo.where}: nothing is written into the photos of this library"
        raise Refused(message)

    def likeness(self, photo: Photo) -> str:
        self.looked_at.append(photo.where)
        return self.looks.get(photo.where, "")

    def traces(self, photo: Photo, kinds: Collection[Trace]) -> Mapping[Trace, str]:
        self.traced += [(photo.where, kind) for kind in kinds if kind != Trace.NAME]
        known = {Trace.NAME: photo.where.rpartition("/")[2], **self.leaves.get(photo.where, {})}
        return {kind: known[kind] for kind in kinds if kind in known}


@dataclass(slots=True)
class World:
    """What really stands on a platform, apart from what its listing says."""

    posts: dict[str, Post] = field(default_factory=dict)
    born: dict[str, float] = field(default_factory=dict)
    died: dict[str, tuple[float, Post]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    numbers: int = 0
    adds: int = 0

    def of(self, kind: SubjectKind) -> list[Post]:
        return [post for post in self.posts.values() if post.kind == kind]


CAPTIONS = Captions(title="{{ title or name }}", text="{{ caption }}", alt="{{ alt_text }}")
PICTURE = Picture(send="original")
PHOTO_FIELDS = frozenset({F.PICTURE, F.TITLE, F.TEXT, F.ALT, F.TAGS, F.TAKEN})
ALBUM_FIELDS = frozenset({F.TITLE, F.TEXT, F.COVER, F.MEMBERS})
WORDS = frozenset({F.TITLE, F.TEXT})


@dataclass(slots=True)
class MemoryPlatform:
    """Its listing lags behind its writes, it rewrites texts, and answers get lost on demand."""

    world: World
    clock: FakeClock
    name: str = "memory"
    lag_s: float = 60.0
    settle_s: float = 61.0
    lost_before: set[int] = field(default_factory=set)
    """Numbers of the `add`s that never arrive."""
    lost_after: set[int] = field(default_factory=set)
    """Numbers of the `add`s that arrive and whose answer is lost."""
    rides: frozenset[str] = PHOTO_FIELDS - {F.TAKEN}
    fixed: frozenset[str] = frozenset()
    marks_shown: bool = True
    """False: like a platform that has no place for a mark; only a claim's own token finds a post again."""
    workers: int = 1
    finished: int = 0
    looked: bool = True
    """False: its listing breaks off in the middle."""
    trouble: HeliographError | None = None
    """Raised instead of a listing."""
    pending: str = ""
    captions: Captions = CAPTIONS
    picture: Picture = PICTURE
    calls_per_h: int | None = None
    adds_per: tuple[Rate, ...] = ()
    needs: tuple[str, ...] = ()
    gathers: int = 0
    warns: bool = False
    links: bool = False
    """It shows where else a photo can be seen."""
    text_len: int | None = None
    album_rides: frozenset[str] | None = None
    album_lives: bool = False
    audiences: tuple[str, ...] = ()
    """Whom it lets a photo be shown to; empty: it cannot choose."""
    groups: bool = False
    full: frozenset[str] = frozenset()
    """Groups that take no more for now."""
    escapes: bool = False
    """Its listings show texts as HTML, and its answers leave them out."""
    keeps_tags: bool = False
    """Tags that others added stay."""
    looks: dict[str, str] = field(default_factory=dict)
    """Post -> perceptual hash of its picture."""
    looked_at: list[str] = field(default_factory=list)
    blind: HeliographError | None = None
    """Raised instead of a look at a picture."""

    @property
    def _fields(self) -> frozenset[str]:
        more = {F.VISIBILITY: bool(self.audiences), F.GROUPS: self.groups, F.WARNING: self.warns, F.LINKS: self.links}
        return PHOTO_FIELDS | {name for name, there in more.items() if there}

    @property
    def limits(self) -> Limits:
        return Limits(
            fields=self._fields,
            rides=self.rides,
            amendable=self._fields - self.fixed,
            album_fields=frozenset() if self.gathers else ALBUM_FIELDS,
            album_rides=self.album_rides,
            album_lives=self.album_lives,
            audiences=self.audiences,
            settle_s=self.settle_s,
            workers=self.workers,
            two_way=True,
            marks=self.marks_shown,
            calls_per_h=self.calls_per_h,
            adds_per=self.adds_per,
            needs=self.needs,
            gathers=self.gathers,
            text_len=self.text_len,
        )

    def _shown(self, post: Post) -> Post:
        return post if self.marks_shown else replace(post, mark="")

    def _answered(self, post: Post) -> Post:
        told = {name: value for name, value in post.fields.items() if not (self.escapes and name in WORDS)}
        return replace(self._shown(post), fields=told)

    def _escaped(self, post: Post) -> Post:
        words = {name: html.escape(str(post.fields[name])) for name in WORDS & post.fields.keys()}
        return replace(post, fields={**post.fields, **words}) if self.escapes else post

    def _listed(self) -> list[Post]:
        old = self.clock.seconds - self.lag_s
        alive = [post for id_, post in self.world.posts.items() if self.world.born[id_] <= old]
        ghosts = [post for died, post in self.world.died.values() if died > old]
        return [self._escaped(post) for post in alive + ghosts]

    def survey(self, since: str | None) -> Survey:
        if self.trouble is not None:
            raise self.trouble
        listed = tuple(self._shown(post) for post in self._listed())
        if not self.looked:
            return Survey(listed[: len(listed) // 2], full=False, looked=False)
        return Survey(listed, full=True, cursor="", pending=self.pending)

    def prepare(self, subject: Subject, wanted: Wanted, rendition: Rendition | None) -> Claim:
        return Claim(subject, wanted.mark, f"{self.clock.seconds:.3f}")

    def add(self, claim: Claim, wanted: Wanted, rendition: Rendition | None) -> Post:
        self.world.adds += 1
        number = self.world.adds
        if number in self.lost_before:
            message = f"{wanted.where}: no answer from {self.name}; it is not known whether it arrived"
            raise Uncertain(message)
        self.world.numbers += 1
        id_ = f"{wanted.subject.kind}-{self.world.numbers}"
        carried = self.limits.riding_of(wanted.subject.kind)
        shown = {name: _rewritten(value) for name, value in wanted.fields.items() if carried is None or name in carried}
        post = Post(id_, wanted.subject.kind, claim.mark, f"https://photos.example/{id_}", shown)
        self.world.posts[id_] = post
        self.world.born[id_] = self.clock.seconds
        self.world.tokens[id_] = f"{claim.mark}/{claim.token}"
        if number in self.lost_after:
            message = f"{wanted.where}: no answer from {self.name}; it is not known whether it arrived"
            raise Uncertain(message)
        return self._answered(post)

    def find(self, claims: Sequence[Claim]) -> Mapping[Claim, tuple[Post, ...]]:
        listed = self._listed()
        return {
            claim: posts
            for claim in claims
            if (posts := tuple(self._shown(post) for post in listed if self._is(post, claim)))
        }

    def _is(self, post: Post, claim: Claim) -> bool:
        if self.marks_shown:
            return post.mark == claim.mark and post.kind == claim.subject.kind
        return self.world.tokens[post.id] == f"{claim.mark}/{claim.token}"

    def agrees(self, field: str, sent: Value, shown: Value) -> bool:
        if self.escapes and field in WORDS:
            return sent == html.unescape(str(shown))
        if self.keeps_tags and field == F.TAGS and isinstance(sent, tuple) and isinstance(shown, tuple):
            return set(sent) <= set(shown)
        return sent == shown

    def update(
        self, post: Post, wanted: Wanted, fields: frozenset[str], rendition: Rendition | None, agreed: Fields = NOTHING
    ) -> Post:
        if post.id not in self.world.posts:
            message = f"{wanted.where}: its post {post.id} is gone on {self.name}"
            raise Refused(message)
        now = self.world.posts[post.id]
        fresh = {name: _rewritten(wanted.fields[name]) for name in fields - {F.GROUPS}}
        if self.keeps_tags and F.TAGS in fields:
            ours = {*_words(agreed.get(F.TAGS)), *_words(fresh[F.TAGS])}
            fresh[F.TAGS] = (*_words(fresh[F.TAGS]), *(tag for tag in _words(now.fields[F.TAGS]) if tag not in ours))
        mark = wanted.mark if F.PICTURE in fields else now.mark
        self.world.posts[post.id] = replace(now, mark=mark, fields={**now.fields, **fresh})
        answer = self._answered(self.world.posts[post.id])
        return replace(answer, held=(F.GROUPS,)) if self._is_full(wanted, fields) else answer

    def _is_full(self, wanted: Wanted, fields: frozenset[str]) -> bool:
        return F.GROUPS in fields and bool(self.full & set(_words(wanted.fields[F.GROUPS])))

    def delete(self, post: Post) -> None:
        gone = self.world.posts.pop(post.id, None)
        if gone is not None:
            self.world.died[post.id] = (self.clock.seconds, gone)

    def fetch(self, post: Post, folder: Path) -> Fetched:
        path = folder / f"{post.id}.jpg"
        Image.new("RGB", (60, 40), f"#{value_digest(post.id)[:6]}").save(path)
        return Fetched(path, facts_brought(self.brings(post, frozenset(post.fields))))

    def brings(self, post: Post, fields: frozenset[str]) -> Mapping[str, Value]:
        return {name: post.fields[name] for name in fields & post.fields.keys()}

    def likeness(self, post: Post) -> str:
        if self.blind is not None:
            raise self.blind
        self.looked_at.append(post.id)
        return self.looks.get(post.id, "")

    def preview(self, post: Post, folder: Path) -> Path | None:
        if post.id not in self.looks:
            return None
        Image.new("RGB", (8, 6), f"#{self.looks[post.id][:6]}").save(folder / "small.png")
        return folder / "small.png"

    def close(self) -> None:
        pass

    def about(self) -> tuple[str, ...]:
        return ()

    def finish(self) -> None:
        self.finished += 1

    def calls(self, action: Action) -> int:
        return int(action.verb not in TELLING)


def _rewritten(value: object) -> object:
    """As platforms do with texts: harmlessly different."""
    return value.replace("  ", " ").strip() if isinstance(value, str) else value


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()
