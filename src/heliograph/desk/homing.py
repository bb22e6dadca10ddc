"""Edits of a platform in the words of the library, and what else of a platform comes home."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from heliograph import wanted as wanting
from heliograph.model import F, Fields, Post, Record
from heliograph.plan import Standing
from heliograph.policy import Direction, PlatformPolicy
from heliograph.ports import Platform
from heliograph.wanted import Edits, Homecoming

VIDEO = "video"
NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Homing:
    """Implements `plan.Homeward` for one platform."""

    platform: Platform
    policy: PlatformPolicy
    amends: bool
    """The library can write facts into its photos."""

    def brought(self, post: Post, fields: frozenset[str]) -> Fields:
        """The fields as the platform says them; tags as its listing shows them, since asking for them costs a call."""
        said = dict(self.platform.brings(post, fields - {F.TAGS}))
        return {**said, F.TAGS: post.fields[F.TAGS]} if F.TAGS in fields and F.TAGS in post.fields else said

    def home(self, standing: Standing, brought: Fields) -> Homecoming:
        """What the library is to amend, and what is wanted of the photo then; nothing where it cannot."""
        photo, post = standing.photo, standing.post
        if not self.amends or photo is None or post is None:
            return Homecoming(stuck=frozenset(brought))
        agreed = {name: field.sent for name, field in (standing.record.fields if standing.record else {}).items()}
        edits = Edits(brought, post.fields, agreed, self.platform.agrees)
        return wanting.homecoming(photo, standing.subject.id, self.policy, self.platform.limits, edits)


def homing(platform: Platform, policy: PlatformPolicy, *, amends: bool) -> Homing | None:
    """How edits go home; `None` where photos are only published."""
    return None if policy.direction == Direction.PUBLISH else Homing(platform, policy, amends)


def called(post: Post | None, record: Record | None = None) -> str:
    """What people call a photo that the library has no place for."""
    if post is not None:
        return str(post.fields.get(F.TITLE) or post.url or post.id)
    return (record.url or record.post_id) if record else ""


def called_apart(posts: Sequence[Post]) -> list[str]:
    """What people call each of the posts: those of one title also by when they were taken, or else by their ids."""
    titles = [called(post) for post in posts]
    dated = [f"{title} ({taken})" if (taken := _taken(post)) else "" for title, post in zip(titles, posts, strict=True)]
    alike, same = Counter(titles), Counter(dated)
    return [
        title if alike[title] == 1 else name if name and same[name] == 1 else f"{title} ({post.id})"
        for title, name, post in zip(titles, dated, posts, strict=True)
    ]


def _taken(post: Post) -> str:
    taken = post.fields.get(F.TAKEN)
    local = str(taken[0] or "") if isinstance(taken, tuple) and taken else ""
    return local.replace("T", " ")


def is_video(post: Post) -> bool:
    """Whether a post shows moving pictures, which are left alone."""
    return post.fields.get(F.MEDIA) == VIDEO


def left_alone(platform: str, videos: Iterable[Post]) -> tuple[str, ...]:
    """What there is to tell of videos that stay where they are; nothing where there are none."""
    names = [str(post.fields.get(F.TITLE) or post.url or post.id) for post in videos]
    if not names:
        return ()
    more = f" and {len(names) - NAMED_AT_MOST} more" if len(names) > NAMED_AT_MOST else ""
    are = "1 video is" if len(names) == 1 else f"{len(names)} videos are"
    return (f"{are} left alone on {platform}: {', '.join(names[:NAMED_AT_MOST])}{more}",)
