"""Albums that are one post: which photos are in it, whose own posts come first, and that none is published twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from heliograph import wanted as wanting
from heliograph.ledger import Judged, Ledger
from heliograph.model import Action, F, Limits, Order, Photo, Post, Record, Subject, SubjectKind, Value, Verb
from heliograph.plan import Standing, Want
from heliograph.policy import PlatformPolicy
from heliograph.wanted import Member, Part, pictures, row

_STAYS = frozenset({Verb.KEEP, Verb.ASK, Verb.WAIT})
_SENDS = frozenset({Verb.ADD, Verb.UPDATE, Verb.REPOST})


@dataclass(frozen=True, slots=True)
class _Album:
    """One album with its photos in order."""

    name: str
    inside: tuple[Member, ...]
    left: tuple[Member, ...]
    """Those for which a post has no room."""


@dataclass(slots=True)
class Gathering:
    """The albums that are posts on one platform: first its photos are taken, then decided about, then the albums."""

    policy: PlatformPolicy
    limits: Limits
    ledger: Ledger
    kept: int = 0
    """Albums that are in step without a close look."""
    firsts: dict[str, Photo] = field(default_factory=dict)
    """Album -> its first photo, of those that were looked at closely."""
    _members: list[Member] = field(default_factory=list)
    _close: dict[str, Standing] = field(default_factory=dict)
    _albums: list[_Album] = field(default_factory=list)
    _alone: dict[str, Action] = field(default_factory=dict)
    """Photo -> why its own post stays for now."""
    _holding: dict[Value, Action] = field(default_factory=dict)
    """Picture -> what is done about the album whose post holds it, and goes on doing so."""

    # -- photos --

    def take(self, member: Member, standing: Standing | None = None) -> None:
        """A photo that belongs into the post of an album; with its standing where something may have changed."""
        self._members.append(member)
        if standing is not None:
            self._close[member.photo] = standing

    def photos(self) -> Iterator[Standing]:
        """Of the photos that were taken, those that may have a post of their own, and those that have no place."""
        most = self.limits.gathers
        groups = wanting.groups(self._members)
        self._albums = [_Album(name, held[:most], held[most:]) for name, held in groups.items()]
        for album in self._albums:
            for member in album.inside:
                if member.photo in self._close:
                    yield _without(self._close[member.photo], Want.NO, f"it is in the post of the album {album.name}")
            for member in album.left:
                subject = Subject(SubjectKind.PHOTO, member.photo)
                standing = self._close.get(member.photo, Standing(subject, member.where, Want.REFUSED))
                yield _without(standing, Want.REFUSED, self._full(album.name))
        if left := list(self._refused()):
            self.ledger.verdicts.judge(self.policy.name, left)

    def _full(self, name: str) -> str:
        return (
            f"The album {name} is one post, which holds {self.limits.gathers} photos, and this one comes later: put it "
            "into another album."
        )

    def _refused(self) -> Iterator[Judged]:
        for album in self._albums:
            reasons = (self._full(album.name),)
            for _, _, order, where, basis in album.left:
                yield Judged(where, basis, "refused", (album.name,), order, reasons)

    def decided(self, action: Action) -> None:
        """What becomes of a photo's own post: where it stays, the photo is not in the album's as well."""
        if action.verb in _STAYS and (action.post is not None or action.verb == Verb.WAIT):
            self._alone[action.subject.id] = action

    # -- albums --

    def albums(self, untouched: Callable[[Record, Post], bool], *, partly: bool) -> Iterator[Standing]:
        """The posts of albums that may have to be made or changed.

        `untouched` says whether a post is shown as it was agreed; `partly`, that not all of the library was looked at.
        """
        records = self.ledger.records.albums(self.policy.name)
        posts = self.ledger.records.seen(self.policy.name, [record.post_id for record in records.values()])
        for album in self._albums:
            members = tuple(member for member in album.inside if member.photo not in self._alone)
            record = records.get(Subject(SubjectKind.ALBUM, album.name))
            basis, post = wanting.album_basis(album.name, members), posts.get(record.post_id) if record else None
            ordered = any(self._close[one.photo].orders for one in members if one.photo in self._close)
            in_step = record is not None and post is not None and record.basis == basis and not ordered
            if record and post and in_step and untouched(record, post):
                self.kept += 1
            elif members:
                yield from self._standing(album, members, basis, record, partly=partly)

    def names(self) -> frozenset[str]:
        """Of the albums that have photos."""
        with_some = (album for album in self._albums if any(one.photo not in self._alone for one in album.inside))
        return frozenset(album.name for album in with_some)

    def _standing(
        self, album: _Album, members: tuple[Member, ...], basis: str, record: Record | None, *, partly: bool
    ) -> Iterator[Standing]:
        subject = Subject(SubjectKind.ALBUM, album.name)
        parts = self._parts(members)
        moved = partly and record is not None and len(members) < len(pictures(record))
        if moved or (record is not None and len(parts) < len(members)):
            # What is not among them may have been moved, or cannot be read for now.
            yield Standing(subject, album.name, Want.NOT_LOOKED)
            return
        if not parts:
            return
        self.firsts[album.name] = parts[0].photo
        asked = (self._close[one.photo].orders for one in members if one.photo in self._close)
        orders = frozenset[Order]().union(*asked)
        left = [member.where for member in album.left]
        made = wanting.gathered(album.name, parts, self.policy, self.limits, basis, left)
        want = Want.REFUSED if made.wanted is None else Want.YES
        doubt = self._first(album) if record is None else ""
        yield Standing(subject, album.name, want, made.wanted, made.refusals, orders=orders, doubt=doubt)

    def _parts(self, members: tuple[Member, ...]) -> list[Part]:
        photos = self.ledger.files.photos([member.where for member in members])
        judged = (
            (photos[member.where], self._verdict(photos[member.where], member))
            for member in members
            if member.where in photos
        )
        return [Part(photo, verdict.wanted, verdict.released) for photo, verdict in judged if verdict.wanted]

    def _verdict(self, photo: Photo, member: Member) -> wanting.Verdict:
        return wanting.verdict(photo, member.photo, self.policy, self.limits)

    def _first(self, album: _Album) -> str:
        """What has to be known before the album can be posted; empty where nothing has."""
        open_ = (self._alone[one.photo] for one in album.inside if one.photo in self._alone)
        action = next((action for action in open_ if action.verb != Verb.KEEP), None)
        return f"{action.where} has a post of its own, and what becomes of that comes first" if action else ""

    # -- once --

    def hold(self, standing: Standing, action: Action) -> None:
        """What is decided about an album: as long as its post shows photos, they are published nowhere else."""
        if standing.record is None or action.post is None or action.verb in {Verb.DELETE, Verb.FORGET}:
            return
        held = pictures(standing.record)
        if action.wanted and _sends_pictures(action):
            held = row(action.wanted.fields.get(F.PICTURE))
        self._holding.update(dict.fromkeys(held, action))

    def once(self, action: Action) -> Action:
        """The action; to wait where a photo of it is still in the post of another album."""
        if action.wanted is None or not (action.verb == Verb.ADD or _sends_pictures(action)):
            return action
        picture = action.wanted.fields.get(F.PICTURE)
        held = (self._holding.get(one) for one in (row(picture) or (picture,)))
        other = next((one for one in held if one is not None and one.subject != action.subject), None)
        if other is None or (action.verb != Verb.ADD and action.subject.kind == SubjectKind.PHOTO):
            return action
        reason = f"still in the post of the album {other.where}; what becomes of that comes first"
        return replace(action, verb=Verb.WAIT, reason=reason, changes=(), question="")


def reasons_gone(record: Record, *, together: bool) -> tuple[str, ...]:
    """Why an album that was published is not wanted any more."""
    if pictures(record) and not together:
        return ("its photos are published one by one now",)
    return ("no photo is wanted in it any more",)


def _without(standing: Standing, want: Want, reason: str) -> Standing:
    """Its own post is not wanted, unless it was not even looked at."""
    want = want if standing.want != Want.NOT_LOOKED else standing.want
    return replace(standing, want=want, wanted=None, reasons=(reason,))


def _sends_pictures(action: Action) -> bool:
    return action.verb in _SENDS and any(change.field == F.PICTURE for change in action.changes)
