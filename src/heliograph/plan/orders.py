"""What the owner asked for once about a photo: what it adds to a plan, what it holds back, and what fulfils it."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace

from heliograph.model import Action, Change, F, Order, Post, SubjectKind, Verb
from heliograph.plan.standing import Standing

SETTING = frozenset({Order.UPDATE, Order.METADATA})
_NOT_EDITED = frozenset({F.VISIBILITY, F.LINKS})
"""Who sees it differs only where the owner's settings say that a change counts for all, and where else it can be seen
follows from what was published."""
_SENDS = frozenset({Verb.ADD, Verb.MATCH, Verb.UPDATE, Verb.REPOST})
_TAKES_AWAY = frozenset({Verb.DELETE, Verb.FORGET})


def asked_for(orders: Iterable[Order]) -> str:
    """What was asked for, in words: of several the one that counts."""
    given = frozenset(orders)
    if Order.DELETE in given:
        return "marked for deletion"
    return "marked for update" if Order.UPDATE in given else "marked for an update of its words"


def waiting(standing: Standing, ours: AbstractSet[str], *, flagged: bool) -> set[str]:
    """Fields that were changed here and are not to be set now; what was begun is always brought to its end."""
    begun = standing.record.setting if standing.record else ()
    if Order.UPDATE in standing.orders:
        return set()
    if Order.METADATA in standing.orders:
        return {F.PICTURE} & ours - set(begun)
    return set(ours) - set(begun) - _NOT_EDITED if flagged else set()


def forced(standing: Standing) -> set[str]:
    """Fields that are set although they do not differ."""
    there = standing.wanted.fields if standing.wanted else {}
    return {F.PICTURE} & there.keys() if Order.UPDATE in standing.orders else set()


def overwritten(standing: Standing, edited: AbstractSet[str]) -> set[str]:
    """Fields that were edited there and are set all the same; who sees a photo is never changed unasked."""
    if Order.UPDATE in standing.orders:
        return set(edited) - {F.VISIBILITY}
    return set(edited) - {F.VISIBILITY, F.PICTURE} if Order.METADATA in standing.orders else set()


def adopted(
    standing: Standing, changes: tuple[Change, ...], again: AbstractSet[str], *, flagged: bool
) -> tuple[Change, ...]:
    """Of the changes to a post that was found, those that are to be made."""
    if Order.UPDATE in standing.orders and standing.wanted is not None:
        held = {change.field for change in changes}
        more = (Change(name, None, standing.wanted.fields[name]) for name in sorted(again - held))
        return tuple(sorted((*changes, *more), key=lambda change: change.field))
    if Order.METADATA in standing.orders:
        return tuple(change for change in changes if change.field != F.PICTURE)
    return tuple(change for change in changes if change.field in _NOT_EDITED) if flagged else changes


def left_there(standing: Standing, post: Post, changes: tuple[Change, ...]) -> frozenset[str]:
    """Of the changes to a post that was found, the fields that stay as they are there until they are changed here.

    What was ordered is done, who sees it only differs where a change of that counts for all, and an album takes in the
    photos that it lacks.
    """
    if standing.orders & SETTING:
        return frozenset()
    always = {F.VISIBILITY} | ({F.MEMBERS} if _lacks(standing) else set())
    known = post.fields.keys() | {F.LINKS}  # a page of another program is not written anew for them
    return frozenset(change.field for change in changes if change.field in known) - always


def named_there(standing: Standing, changes: tuple[Change, ...]) -> frozenset[str]:
    """Likewise, of an album that the library names by its id: its owner gave it the title and the cover that it has."""
    if standing.linked is None or standing.subject.kind != SubjectKind.ALBUM:
        return frozenset()
    return frozenset(change.field for change in changes) & {F.TITLE, F.COVER}


def _lacks(standing: Standing) -> bool:
    """Whether an album that was found does not hold all that is wanted in it."""
    wanted = standing.wanted.fields.get(F.MEMBERS) if standing.wanted else None
    shown = standing.shown.get(F.MEMBERS)
    return isinstance(wanted, tuple) and not set(wanted) <= set(shown if isinstance(shown, tuple) else ())


def fulfilled(action: Action, orders: frozenset[Order]) -> Action:
    """The action, with what the owner asked for and has once it is done; its reason says so."""
    if not orders:
        return action
    done: frozenset[Order]
    if action.verb in _TAKES_AWAY or (action.verb == Verb.CLEAR and Order.DELETE in orders):
        done = orders & {Order.DELETE}
    elif action.verb in _SENDS or action.verb == Verb.CLEAR:
        done = SETTING & orders
    else:
        done = frozenset()
    told = action.reason
    if action.verb in {Verb.UPDATE, Verb.REPOST} and done:
        told = "; ".join(filter(None, (asked_for(done), told)))
    return replace(action, orders=tuple(sorted(done)), reason=told)
