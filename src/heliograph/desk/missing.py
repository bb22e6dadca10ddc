"""The verb `missing`: photos on a platform that the library does not hold, and an album of them there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from heliograph.desk import Desk
from heliograph.desk.choosing import chosen
from heliograph.errors import Busy, Mistake
from heliograph.model import F, Limits, Post, Subject, SubjectKind, Value, Verb, Wanted, album_mark
from heliograph.wording import many

TEXT = "[not in the library; gathered by heliograph]"
"""The whole description of such an album: by it the next run knows its own, and takes over no other of that title."""
FLICKRSYNC = "FlickrSync: pictures not on local"
"""How the titles of the albums begin that FlickrSync made of such photos. Source: FlickrSync 0.1.1 (2026-11)."""
_KNOWN = frozenset({Verb.MATCH, Verb.ASK, Verb.WAIT})


@dataclass(frozen=True, slots=True)
class Missing:
    """What one platform holds and the library does not."""

    platform: str
    posts: tuple[Post, ...]
    """Sorted by the date they were taken, then by id."""
    doubtful: int = 0
    """Posts that may be photos of the library: asked about, and not counted as missing."""
    leftovers: tuple[Post, ...] = ()
    """Albums of such photos that FlickrSync made; they are left."""


def missing(desk: Desk, name: str) -> Missing:
    """Looks at the library and all of the platform, and compares them; changes nothing there.

    Raises:
        Mistake: there is no such platform.
        Busy: the library or the platform could not be looked at whole, so nothing can be said to be missing.
    """
    name = chosen(desk, name, lambda place: place.platform.limits.two_way, "photos are only published").policy.name
    look_anew(desk, (name,))  # a look at what changed does not tell of photos that were deleted there
    plan = desk.plan((name,))
    if name in desk.troubles:
        raise desk.troubles[name]
    if desk.hidden:
        message = (
            f"Parts of the library could not be read ({', '.join(desk.hidden)}), so nothing is said to be missing."
        )
        raise Busy(message)
    records = desk.ledger.records
    seen = (action.post or action.alike for action in plan.actions if action.verb in _KNOWN)
    known = {post.id for post in seen if post}
    gone = records.seen(name, [record.post_id for record in records.homeless(name)]).values()
    posts = [post for post in (*records.unclaimed(name), *gone) if post.kind == SubjectKind.PHOTO]
    lacking = sorted((post for post in posts if post.id not in known), key=_when)
    albums = [post for post in records.strange_albums(name) if _title(post).startswith(FLICKRSYNC)]
    return Missing(name, tuple(lacking), len(posts) - len(lacking), tuple(albums))


def gather(desk: Desk, found: Missing, title: str) -> str:
    """Makes an album of the missing photos, or brings that of an earlier run in step; says in a sentence what was done.

    Who may see a photo stays as it is. An album that is there is known by what its description says.

    Raises:
        Mistake: the platform has no albums, or the title is empty.
    """
    title = " ".join(title.split())
    platform, name = desk.places[found.platform].platform, found.platform
    if not title or F.MEMBERS not in platform.limits.album_fields:
        why = "there are no albums there" if title else "an album needs a title"
        message = f"No album was made on {name}: {why}."
        raise Mistake(message)
    with desk.ledger.alone():
        album = _ours(desk.ledger.records.strange_albums(name), title)
        ids = tuple(post.id for post in found.posts)
        if not ids:
            if album is None:
                return f"Nothing on {name} is missing in the library, so there is no album to be made."
            platform.delete(album)
            return f"Nothing on {name} is missing in the library any more: the album “{title}” was taken away there."
        wanted = _wanted(name, title, ids)
        memory, kept = desk.ledger.memory(name), f"missing {title}"
        made = album or platform.add(platform.prepare(wanted.subject, wanted, None), wanted, None)
        before: Value = tuple(map(str, json.loads(memory.read(kept) or "[]")))
        fields = frozenset({F.MEMBERS, F.COVER})
        platform.update(made, wanted, fields, None, {F.MEMBERS: before})
        memory.write(kept, json.dumps(ids))
    did = "is in step" if album else "was made"
    return (
        f"The album “{title}” {did} on {name}: {many(len(ids), 'photo')}, {made.url}{_seen_by(found, platform.limits)}"
    )


def look_anew(desk: Desk, only: tuple[str, ...]) -> None:
    """Makes the next look at the platforms one of everything, whatever was seen before.

    Raises:
        Mistake: there is no such platform.
    """
    names = [chosen(desk, name, lambda _: True, "").policy.name for name in only] or list(desk.places)
    with desk.ledger.alone():
        for name in names:
            desk.ledger.records.look_anew(name)


def _seen_by(found: Missing, limits: Limits) -> str:
    """Who sees such an album, where nobody can hide one."""
    if not limits.audiences or F.VISIBILITY in limits.album_fields:
        return ""
    widest = limits.audiences[0]
    count = sum(post.fields.get(F.VISIBILITY) == widest for post in found.posts)
    many_ = f"{count:,} of them {'is' if count == 1 else 'are'}" if count else "none of them is"
    return f". An album cannot be hidden there: who may see a photo in it sees the album, and {many_} {widest}"


def _ours(posts: Iterable[Post], title: str) -> Post | None:
    return next((one for one in posts if _title(one) == title and str(one.fields.get(F.TEXT)).strip() == TEXT), None)


def _wanted(platform: str, title: str, ids: tuple[str, ...]) -> Wanted:
    fields: dict[str, Value] = {F.TITLE: title, F.TEXT: TEXT, F.COVER: ids[0], F.MEMBERS: ids}
    return Wanted(Subject(SubjectKind.ALBUM, title), platform, title, fields, mark=album_mark(title))


def _title(post: Post) -> str:
    return str(post.fields.get(F.TITLE) or "").strip()


def _when(post: Post) -> tuple[str, str]:
    taken = post.fields.get(F.TAKEN)
    return (str(taken[0]) if isinstance(taken, tuple) and taken else "~"), post.id
