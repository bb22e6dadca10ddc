"""Posts without a mark are told by traces and words, and by pictures where these leave it open; each looked at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from heliograph.desk.tracing import Tracing
from heliograph.errors import Busy, Refused, SignInNeeded
from heliograph.identify import Match, Recognition, Sought, Traced
from heliograph.ledger import Ledger
from heliograph.model import F, Photo, Post, Subject, Wanted
from heliograph.ports import Library, Memory, Platform
from heliograph.wording import many

VIDEO = "video"
"""A video is never a photo's post, whatever they have in common."""
_NONE = "none"
"""Kept for a picture that has no hash, so that it is not looked at again."""
LIBRARY = ""
"""No platform has this name: what the library's pictures look like is remembered once for all of them."""


@dataclass(slots=True)
class Recognising:
    """Looks for the posts of photos on one platform."""

    library: Library
    platform: Platform
    ledger: Ledger
    dates: bool = True
    """Whether an equal date taken may make a match sure; else such a pair is asked about."""
    threads: bool = True
    stage: Callable[[str], None] = lambda _: None
    """Told when something longer begins."""
    unseen: set[str] = field(default_factory=set)
    """Posts whose pictures could not be looked at."""
    notes: list[str] = field(default_factory=list)

    def matches(
        self,
        sought: Iterable[tuple[Wanted, Photo]],
        posts: Sequence[Post],
        answered: Callable[[Subject, Post], str],
    ) -> dict[str, Match]:
        """Photograph -> what is known of its post, as `Recognition.matches`; all fresh photos have to come together."""
        items = list(sought)
        photos = {wanted.subject.id: photo for wanted, photo in items}
        wishes = [Sought(wanted, _taken(photo)) for wanted, photo in items]
        albums = any(item.wanted.parts for item in wishes)
        posts = [post for post in posts if post.fields.get(F.MEDIA) != VIDEO]

        def said(wanted: Wanted, post: Post) -> str:
            return answered(wanted.subject, post)

        memory = self.ledger.memory(LIBRARY)
        look = Tracing(self.library, memory, said, self.dates, self.threads, self._reading)
        traced = Traced() if albums else look.traced(wishes, photos, posts)
        spent = {match.post.id for match in traced.sure.values()}
        recognition = Recognition(
            [item for item in wishes if item.id not in traced.sure],
            [post for post in posts if post.id not in spent],
            self.platform.agrees,
            said,
            foreign=self.platform.limits.marks,
            albums=albums,
            dates=self.dates,
            hints=traced.hints,
            crowded=traced.crowded,
        )
        here, there = recognition.unsettled()
        of_posts = self._of_posts(there)
        # Without a single picture to compare with, none of the library's is looked at.
        of_photos = self._of_photos([photos[item.id] for item in here]) if of_posts else {}
        hashes = {id_: of_photos[key] for id_, photo in photos.items() if (key := likeness_name(photo)) in of_photos}
        return {**traced.sure, **recognition.matches(hashes, of_posts, self.unseen)}

    def _reading(self, count: int) -> None:
        self.stage(f"Reading {many(count, 'photo')}, for what other programs left on {self.platform.name}")

    def _of_posts(self, posts: Iterable[Post]) -> dict[str, str]:
        memory, found = self.ledger.memory(self.platform.name), dict[str, str]()
        for post in posts:
            likeness = memory.read(_of_post(post)) or self._asked(post, memory)
            if likeness not in {"", _NONE}:
                found[post.id] = likeness
        return found

    def _asked(self, post: Post, memory: Memory) -> str:
        """Empty where it is not to be had today; a service that has enough of us is not asked on."""
        if self.unseen:
            self.unseen.add(post.id)
            return ""
        try:
            likeness = self.platform.likeness(post) or _NONE
        except Refused:
            return ""
        except (Busy, SignInNeeded) as trouble:
            self.unseen.add(post.id)
            self.notes.append(f"{self.platform.name}: posts could not be compared with photos: {trouble.sentence}")
            return ""
        memory.write(_of_post(post), likeness)
        return likeness

    def _of_photos(self, photos: Iterable[Photo]) -> dict[str, str]:
        """Name -> hash; two photos with one name have the same pixels."""
        memory, found = self.ledger.memory(LIBRARY), dict[str, str]()
        for photo in photos:
            name = likeness_name(photo)
            likeness = memory.read(name)
            if not likeness and (likeness := self.library.likeness(photo)):
                memory.write(name, likeness)
            if likeness:
                found[name] = likeness
        return found


def _of_post(post: Post) -> str:
    return f"likeness {post.id}"


def likeness_name(photo: Photo) -> str:
    """Under which the hash of its picture is kept: by pixels, and how they are turned."""
    return f"likeness {photo.digest} {photo.facts.orientation}"


def _taken(photo: Photo) -> str:
    return photo.facts.taken.local if photo.facts.taken else ""
