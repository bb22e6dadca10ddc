"""Posts without a mark are told by words, and by pictures where words are not enough; pictures are looked at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from heliograph.errors import Busy, Refused, SignInNeeded
from heliograph.identify import Match, Recognition, Sought
from heliograph.ledger import Ledger
from heliograph.model import Photo, Post, Subject, Wanted
from heliograph.ports import Library, Memory, Platform

_NONE = "none"
"""Kept for a picture that has no hash, so that it is not looked at again."""
_LIBRARY = ""
"""No platform has this name: what the library's pictures look like is remembered once for all of them."""


@dataclass(slots=True)
class Recognising:
    """Looks for the posts of photos on one platform."""

    library: Library
    platform: Platform
    ledger: Ledger
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
        sought = list(sought)
        photos = {wanted.subject.id: photo for wanted, photo in sought}
        recognition = Recognition(
            [Sought(wanted, _taken(photo)) for wanted, photo in sought],
            posts,
            self.platform.agrees,
            lambda wanted, post: answered(wanted.subject, post),
            foreign=self.platform.limits.marks,
            albums=any(wanted.parts for wanted, _ in sought),
        )
        here, there = recognition.unsettled()
        of_posts = self._of_posts(there)
        # Without a single picture to compare with, none of the library's is looked at.
        of_photos = self._of_photos([photos[item.id] for item in here]) if of_posts else {}
        hashes = {id_: of_photos[key] for id_, photo in photos.items() if (key := _name(photo)) in of_photos}
        return recognition.matches(hashes, of_posts, self.unseen)

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
        memory, found = self.ledger.memory(_LIBRARY), dict[str, str]()
        for photo in photos:
            name = _name(photo)
            likeness = memory.read(name)
            if not likeness and (likeness := self.library.likeness(photo)):
                memory.write(name, likeness)
            if likeness:
                found[name] = likeness
        return found


def _of_post(post: Post) -> str:
    return f"likeness {post.id}"


def _name(photo: Photo) -> str:
    """By pixels, and how they are turned."""
    return f"likeness {photo.digest} {photo.facts.orientation}"


def _taken(photo: Photo) -> str:
    return photo.facts.taken.local if photo.facts.taken else ""
