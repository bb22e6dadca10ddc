"""How many calls it takes to carry out an action, at least."""

from __future__ import annotations

from collections import Counter

from heliograph.model import Action, Change, F, Verb, Wanted
from heliograph.platforms.fediverse import licences, places
from heliograph.platforms.fediverse.dialects import Alt, Dialect

_PUT = frozenset({F.TEXT, F.WARNING, F.PLACE})
_PUBLIC = "public"


def calls(action: Action, dialect: Dialect, *, known: bool) -> int:
    """Of the server's own: each picture and the post; one for what is set anew.

    One more reads first what is not `known`, because no listing of this run named it, and one more what Pixelfed
    answers nothing about. A new place takes one more to be looked up, once, and a licence two to be set and set back.
    """
    wanted = action.wanted
    if action.verb == Verb.DELETE:
        return 1
    if wanted is None:
        return 0
    if action.verb in {Verb.ADD, Verb.REPOST}:
        return (action.verb == Verb.REPOST) + len(wanted.parts or (wanted,)) + 1 + _aside(wanted, dialect)
    if action.verb not in {Verb.UPDATE, Verb.MATCH, Verb.TAKE}:
        return 0
    changed = {change.field for change in action.changes} - {F.VISIBILITY, F.RIGHTS}
    alone = F.ALT in changed and dialect.alt == Alt.MEDIA
    put = bool(changed & _PUT) or F.PICTURE in changed or (F.ALT in changed and dialect.alt == Alt.POST)
    quiet = put and dialect.lies and wanted.fields.get(F.VISIBILITY) not in {_PUBLIC, None}
    rows = {change.field: _new(change) for change in action.changes}
    setting = rows.get(F.PICTURE, 0) + alone * rows.get(F.ALT, 0) + put
    return setting + quiet + (bool(setting) and not known)


def _new(change: Change) -> int:
    """How many texts or pictures are sent anew: of several, those that were not there before."""
    before, after = change.before, change.after
    if not isinstance(after, tuple):
        return 1
    known = before if isinstance(before, tuple) else ()
    if change.field == F.PICTURE:
        return len(set(after) - set(known))
    # A picture that is not in the post has no alt text there, either.
    changed = (Counter(after) - Counter(known)).total() - max(0, len(after) - len(known))
    return max(changed, 0)


def _aside(wanted: Wanted, dialect: Dialect) -> int:
    place = dialect.places and places.has_city(wanted.fields.get(F.PLACE))
    licence = dialect.licences and licences.number(wanted.fields.get(F.RIGHTS)) is not None
    return int(place) + 2 * int(licence)
