"""A platform in memory that answers at once and asks for nothing: what is left is the cost of the house itself."""

# ruff: noqa: ARG002 - what a platform is told and does not need is still part of the promise

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from heliograph.errors import Refused
from heliograph.model import Action, Claim, F, Fields, Limits, Post, Rendition, Subject, Survey, Value, Wanted
from heliograph.policy import Captions, Picture, PlatformPolicy
from heliograph.ports import NOTHING
from heliograph.wanted import with_defaults

FIELDS = frozenset({F.PICTURE, F.TITLE, F.TEXT, F.ALT, F.TAGS, F.TAKEN, F.CAMERA, F.RIGHTS})
LIMITS = Limits(
    fields=FIELDS,
    rides=FIELDS,
    amendable=FIELDS,
    album_fields=frozenset({F.TITLE, F.TEXT, F.COVER, F.MEMBERS}),
    workers=2,
)
CAPTIONS = Captions(title="{{ title or name }}", text="{{ caption }}", alt="{{ alt_text or title }}")
PICTURE = Picture(send="resized", long_edge_px=(2048,))


@dataclass(slots=True)
class Shelf:
    """Holds posts in a dictionary. Like the website, it tells only what changed to those who bring a cursor."""

    name: str = "memory"
    limits: Limits = LIMITS
    captions: Captions = CAPTIONS
    picture: Picture = PICTURE
    posts: dict[str, Post] = field(default_factory=dict)

    def survey(self, since: str | None) -> Survey:
        """Nothing changes behind our back."""
        return Survey(() if since else tuple(self.posts.values()), full=not since, cursor="shelf")

    def prepare(self, subject: Subject, wanted: Wanted, rendition: Rendition | None) -> Claim:
        """The mark alone finds a post again."""
        return Claim(subject, wanted.mark, wanted.mark)

    def add(self, claim: Claim, wanted: Wanted, rendition: Rendition | None) -> Post:
        """A post under the subject's own id."""
        return self.posts.setdefault(claim.subject.id, post_of(wanted))

    def find(self, claims: Sequence[Claim]) -> Mapping[Claim, tuple[Post, ...]]:
        """By id."""
        return {claim: (self.posts[claim.subject.id],) for claim in claims if claim.subject.id in self.posts}

    def update(
        self, post: Post, wanted: Wanted, fields: frozenset[str], rendition: Rendition | None, agreed: Fields = NOTHING
    ) -> Post:
        """Sets the fields."""
        fresh = {name: wanted.fields[name] for name in fields}
        self.posts[post.id] = replace(post, fields={**post.fields, **fresh})
        return self.posts[post.id]

    def agrees(self, field: str, sent: Value, shown: Value) -> bool:
        """Every field is shown as it was sent."""
        return sent == shown

    def delete(self, post: Post) -> None:
        """Gone."""
        self.posts.pop(post.id, None)

    def fetch(self, post: Post, folder: Path) -> Path:
        """There is nothing to fetch."""
        message = f"{post.id} has no file"
        raise Refused(message)

    def finish(self) -> None:
        """Everything is visible at once."""

    def close(self) -> None:
        """It holds nothing open."""

    def calls(self, action: Action) -> int:
        """Nobody counts."""
        return 0


def post_of(wanted: Wanted) -> Post:
    """The post as the shelf shows it."""
    address = f"https://shelf.example/{wanted.subject.id}"
    return Post(wanted.subject.id, wanted.subject.kind, wanted.mark, address, dict(wanted.fields))


def policy(shelf: Shelf) -> PlatformPolicy:
    """Wishes by the keyword `Socials|<its name>`."""
    return with_defaults(PlatformPolicy(shelf.name, "shelf"), shelf.captions, shelf.picture, shelf.limits.needs)
