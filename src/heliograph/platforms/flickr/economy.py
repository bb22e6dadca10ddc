"""How many calls it takes to carry out an action, at least: tags that were added there by hand take one more."""

from __future__ import annotations

from collections.abc import Mapping

from heliograph.model import Action, Change, F, SubjectKind, Verb, Wanted, each
from heliograph.platforms.flickr import dates, showing
from heliograph.platforms.flickr.api import PAGE
from heliograph.platforms.flickr.licences import ALL_RIGHTS_RESERVED, licence_id

_WORDS = frozenset({F.TITLE, F.TEXT})
_INSIDE = frozenset({F.MEMBERS, F.COVER})
_REPLACING = 2
"""The picture, and the tag that says which picture it is."""

_WITHOUT_WISH = {Verb.DELETE: 1, Verb.DOWNLOAD: 3}
"""To bring one home: what it says, which sizes there are, and which albums hold it; its picture is no call."""

Changes = Mapping[str, Change]


def calls(action: Action, *, keep_members: bool) -> int:
    """Of the service's own; deciding and asking take none."""
    wanted, album = action.wanted, action.subject.kind == SubjectKind.ALBUM
    if wanted is None:
        return _WITHOUT_WISH.get(action.verb, 0)
    if action.verb == Verb.DELETE:
        return 1
    if action.verb in {Verb.ADD, Verb.REPOST}:
        return (action.verb == Verb.REPOST) + (_album(wanted) if album else _photo(wanted))
    if action.verb in {Verb.UPDATE, Verb.MATCH, Verb.TAKE}:
        changes = {change.field: change for change in action.changes}
        if album:
            return _refilled(changes, wanted, keep_members=keep_members)
        return _amended(changes, action) + _asked(action)
    return 0


def _album(wanted: Wanted) -> int:
    """Made with its cover, and set to its members where there are more."""
    return 1 + (len(each(wanted.fields.get(F.MEMBERS))) > 1)


def _refilled(changes: Changes, wanted: Wanted, *, keep_members: bool) -> int:
    """Title and text, members and cover; before that, what is to be kept of words or photos is read."""
    set_, inside = changes.keys() & _WORDS, bool(changes.keys() & _INSIDE)
    words = bool(set_) + (len(set_) == 1)
    held = changes[F.MEMBERS].before if F.MEMBERS in changes else wanted.fields.get(F.MEMBERS)
    pages = max(1, -(-len(each(held)) // PAGE))
    return words + inside + (pages if inside and keep_members else 0)


def _photo(wanted: Wanted) -> int:
    """The upload, and what cannot ride on it."""
    embed = wanted.recipe.embed if wanted.recipe else None
    taken, text = wanted.fields.get(F.TAKEN), wanted.fields.get(F.TEXT)
    dated = embed is not None and embed.taken is not None and dates.is_exact(taken)
    described = bool(text) or embed is None or not embed.caption
    return (
        1
        + (not (wanted.fields.get(F.TITLE) and described))
        + (dates.to_send(taken) is not None and not dated)
        + (showing.position(wanted.fields.get(F.PLACE)) is not None)
        + (licence_id(wanted.fields.get(F.RIGHTS)) is not None)
        + (embed is not None and bool(embed.keywords or embed.keyword_paths))
        + len(each(wanted.fields.get(F.GROUPS)))
    )


def _amended(changes: Changes, action: Action) -> int:
    """A call for each field, but for what Flickr cannot say or shows already."""
    replaced = _REPLACING if F.PICTURE in changes else 0
    return (
        bool(changes.keys() & _WORDS)
        + replaced
        + (F.TAGS in changes and not replaced)
        + (F.TAKEN in changes and dates.to_send(changes[F.TAKEN].after) is not None)
        + (F.PLACE in changes)
        + (F.RIGHTS in changes and _licensed(changes[F.RIGHTS], action))
        + (F.VISIBILITY in changes)
        + (_moved(changes[F.GROUPS]) if F.GROUPS in changes else 0)
        + _marked(changes, action)
    )


def _marked(changes: Changes, action: Action) -> bool:
    """Whether our tag comes along: nothing else brings it to a photo that lacks it."""
    brought = changes.keys() & {F.TAGS, F.PICTURE}
    return bool(changes) and not brought and action.post is not None and showing.lacks_mark(action.post)


def _asked(action: Action) -> bool:
    """Tags are taken home as they were typed, which has to be asked for."""
    return any(change.field == F.TAGS for change in action.takes)


def _licensed(change: Change, action: Action) -> bool:
    shown = action.post.fields.get(F.RIGHTS) if action.post else None
    licence = licence_id(change.after)
    if licence is None and shown not in {None, ALL_RIGHTS_RESERVED}:
        licence = ALL_RIGHTS_RESERVED
    return licence is not None and licence != shown


def _moved(change: Change) -> int:
    """Groups that it comes into or leaves; with no difference, those that had enough are all asked again."""
    before, after = set(each(change.before)), set(each(change.after))
    return len(before ^ after) or len(after)
