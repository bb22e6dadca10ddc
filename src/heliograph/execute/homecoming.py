"""What comes home from one platform: photos that the library lacks, and edits of those that it has."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from heliograph import rules
from heliograph import wanted as wanting
from heliograph.digest import HEAD_BYTES, image_digest, sniff
from heliograph.errors import Refused
from heliograph.execute.event import Doors, End, post_of, saying
from heliograph.model import Action, Agreed, Change, F, Home, Post, Record, each, value_digest
from heliograph.policy import Direction, PlatformPolicy
from heliograph.ports import Fetched, Platform
from heliograph.wanted import Edits


@dataclass(slots=True)
class Homecoming:
    """Brings photos and words of one platform home. Threads may share it."""

    doors: Doors
    name: str
    _kept: dict[str, str] = field(default_factory=dict)
    """Image digest -> where this run has taken that picture in."""
    _shelved: dict[str, list[str]] | None = None
    """Post -> titles of our albums that hold it there; read once, since albums wait until all photos are done."""
    _posts: dict[str, Post] = field(default_factory=dict)
    """Image digest -> the post that this run fetched and that turned out to be that picture."""
    _lock: Lock = field(default_factory=Lock)

    @property
    def _platform(self) -> Platform:
        return self.doors.platforms[self.name]

    @property
    def _policy(self) -> PlatformPolicy:
        return self.doors.policies[self.name]

    # -- photos --

    def download(self, action: Action) -> tuple[str, Post]:
        """What became of it, and its post. A picture that the library holds already is not taken in again.

        Before it is taken in, the digest of its picture is written down: cut off anywhere, the file that may be there
        is known as this post's, and is neither published as a new photo nor fetched a second time.
        """
        post = post_of(action)
        with tempfile.TemporaryDirectory(prefix="heliograph-") as folder:
            fetched = self._fetched(post, Path(folder))
            digest = image_digest(fetched.file, _media_type(fetched.file))[0]
            with self._lock:
                held = self._kept.get(digest) or self.doors.ledger.files.holding(digest)
                where = held or self._taken_in(action, post, fetched, digest)
                self._kept[digest] = where
                self._posts.setdefault(digest, post)
        record = self._record(action, post, "" if held else digest, where)
        sentence = f"{where}: {self._told(fetched, held)}"
        self.doors.ledger.journal.agree(record, post, saying(action, End.DONE, sentence, post))
        return sentence, post

    def found(self, where: str) -> Post | None:
        """The post that this run fetched and that turned out to be the picture of this place, a copy's included."""
        photo = self.doors.ledger.files.photos([where]).get(where) if self._posts else None
        return self._posts.get(photo.digest) if photo else None

    def _taken_in(self, action: Action, post: Post, fetched: Fetched, digest: str) -> str:
        self.doors.ledger.journal.begin_keeping(self._record(action, post, digest), post)
        return self.doors.library.keep(self._home(post, fetched), fetched.file)

    def _told(self, fetched: Fetched, held: str) -> str:
        if held:
            return f"is the same picture as one on {self.name}; nothing was taken in"
        original = (
            "" if fetched.is_original else "; there is no original of it to be had, only a size that was made anew"
        )
        return f"brought home from {self.name}{original}"

    def _record(self, action: Action, post: Post, digest: str, where: str = "") -> Record:
        """Without agreed fields: known, so that it comes home once; not ours, so that it is never deleted there.

        Without a digest, it was here before it came: what both sides say of it was never agreed on.
        """
        return Record(action.subject, self.name, post.id, post.url, post.mark, where, digest)

    def _fetched(self, post: Post, folder: Path) -> Fetched:
        try:
            return self._platform.fetch(post, folder)
        except OSError as trouble:
            message = (
                f"{post.url or post.id} could not be brought home ({trouble.strerror}). The library is as it was. "
                "Free some space, or allow writing to the temporary folder, and run again."
            )
            raise Refused(message) from trouble

    def _home(self, post: Post, fetched: Fetched) -> Home:
        albums = self._albums_of(post)
        wishes = () if self._policy.direction == Direction.FETCH else rules.wish_keywords(self._policy, albums)
        titles = tuple(sorted({*albums, *fetched.albums}))
        return Home(self.name, post, fetched.facts, titles, wishes, is_original=fetched.is_original)

    def _albums_of(self, post: Post) -> list[str]:
        """Titles of our albums that hold it there. A stranger's album is not made anew for it."""
        if self._shelved is None:
            self._shelved = {}
            records = self.doors.ledger.records
            ours = {record.post_id: subject.id for subject, record in records.albums(self.name).items()}
            for album in records.seen(self.name, ours).values():
                for member in each(album.fields.get(F.MEMBERS)):
                    self._shelved.setdefault(member, []).append(ours[album.id])
        return sorted(self._shelved.get(post.id, ()))

    # -- words --

    def take(self, action: Action, record: Record) -> tuple[Action, Record, Post]:
        """Amends the library; the action with what is wanted now, what both sides agree on, and the post.

        Raises:
            Refused: the photo changed since it was read, or the words cannot be said there after all.
        """
        post, names = post_of(action), [change.field for change in action.takes]
        photo = self.doors.ledger.files.photos([action.where]).get(action.where)
        if photo is None or action.wanted is None:
            message = f"{action.where} is no longer in the library, so nothing was taken home; the next run sees it."
            raise Refused(message)
        brought = self._platform.brings(post, frozenset(names))
        agreed = {name: known.sent for name, known in record.fields.items()}
        edits = Edits(brought, post.fields, agreed, self._platform.agrees)
        home = wanting.homecoming(photo, action.subject.id, self._policy, self._platform.limits, edits)
        if home.wanted is None or not home.facts or home.stuck:
            message = (
                f"{action.where}: {listed(action.takes)} on {self.name} cannot be said in the library's own words. "
                "Nothing was changed on either side; the next plan looks anew."
            )
            raise Refused(message)
        self.doors.library.amend(photo, home.facts)
        seen = {name: action.wanted.fields[name] for name in (F.VISIBILITY,) if name in action.wanted.fields}
        wanted = replace(home.wanted, fields={**home.wanted.fields, **seen})
        fields = {name: Agreed(wanted.fields[name], value_digest(post.fields[name])) for name in names}
        setting = tuple(name for name in record.setting if name not in fields)
        known = replace(record, fields={**record.fields, **fields}, setting=setting, basis="")
        return replace(action, wanted=wanted), known, post


def listed(changes: Iterable[Change]) -> str:
    """The fields of changes, for people."""
    return ", ".join(change.field for change in changes)


def _media_type(file: Path) -> str:
    with file.open("rb") as opened:
        known = sniff(opened.read(HEAD_BYTES), file.name)
    if known is None:
        message = f"What came as {file.name} is no picture that can be read, so it was not taken into the library."
        raise Refused(message)
    return known
