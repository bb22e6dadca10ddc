"""Actions as a plan: sorted, counted, guarded; and what needs no look at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from heliograph.model import Action, F, Guard, Plan, Subject, SubjectKind, Verb
from heliograph.policy import Guards, PlatformPolicy


def plan(actions: Iterable[Action], kept: int, policy: PlatformPolicy, notes: Sequence[str] = ()) -> Plan:
    """The actions of one platform as a plan: what agrees counted, the rest in an order of its own, the guards applied.

    `kept` counts subjects that were found in agreement without being looked at closely.
    """
    listed = []
    for action in actions:
        if action.verb == Verb.KEEP:
            kept += action.post is not None
        else:
            listed.append(action)
    listed.sort(key=_order)
    return Plan(tuple(listed), kept, _guards(listed, kept, policy.name, policy.guards), tuple(notes))


def together(plans: Iterable[Plan]) -> Plan:
    """Several platforms' plans as one."""
    parts = tuple(plans)
    return Plan(
        tuple(action for part in parts for action in part.actions),
        sum(part.kept for part in parts),
        tuple(guard for part in parts for guard in part.guards),
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def finish(platform: str, pending: str) -> Action:
    """The action that makes visible what a platform has accepted already."""
    subject = Subject(SubjectKind.PAGES, platform)
    return Action(Verb.FINISH, subject, platform, platform, pending)


def absent_after(actions: Iterable[Action]) -> frozenset[str]:
    """Photos that will not be on the platform after these actions, so that no album waits for them."""
    absent = set()
    for action in actions:
        leaves = action.verb in _LEAVES or (action.verb == Verb.CLEAR and action.wanted is None)
        stays_away = action.verb in {Verb.KEEP, Verb.ASK, Verb.WAIT} and action.post is None
        if action.subject.kind == SubjectKind.PHOTO and (leaves or stays_away):
            absent.add(action.subject.id)
    return frozenset(absent)


def quiet(
    basis: str, verdict: tuple[str | None, str | None], agreed: tuple[str | None, str | None, str | None]
) -> bool:
    """Whether a photo need not be looked at closely: nothing it was decided from has changed, and it was carried out.

    Args:
        basis: what library and settings say now (`wanted.basis`).
        verdict: what the last decision was made from, and `wanted`, `gathered` (without a post of its own), `unwanted`
            or `refused`.
        agreed: the basis that the platform was last brought in step with and the digest of what it showed then (both
            `None`: not published), and the digest of what it shows now (`None`: nothing).
    """
    judged, kind = verdict
    agreed_basis, agreed_shown, shown = agreed
    if judged != basis or kind == "refused":
        return False
    if kind == "wanted":
        return agreed_basis == basis and agreed_shown == shown
    return agreed_basis is None


def only_links(action: Action) -> bool:
    """Whether it changes nothing but where else a photo can be seen, which follows from what was published."""
    return action.verb == Verb.UPDATE and {change.field for change in action.changes} == {F.LINKS}


_CHANGES = frozenset({Verb.UPDATE, Verb.REPOST, Verb.ACCEPT, Verb.TAKE})
_LEAVES = frozenset({Verb.DELETE, Verb.FORGET, Verb.REFUSE, Verb.DUPLICATE, Verb.DOWNLOAD})
_RANKS = {SubjectKind.PHOTO: 0, SubjectKind.ALBUM: 1, SubjectKind.PAGES: 2}


def _order(action: Action) -> tuple[int, str, str]:
    return _RANKS[action.subject.kind], action.where, action.subject.id


def _guards(actions: Sequence[Action], kept: int, platform: str, limits: Guards) -> tuple[Guard, ...]:
    ours = [action for action in actions if action.post is not None and action.verb not in {Verb.MATCH, Verb.DOWNLOAD}]
    published = kept + len(ours)
    deletes = sum(action.verb in {Verb.DELETE, Verb.FORGET} for action in actions)
    changes = sum(action.verb in _CHANGES and not only_links(action) for action in actions)
    guards = []
    if deletes > max(limits.max_deletes, limits.max_delete_share * published):
        sentence = f"{deletes} of {published} published on {platform} would be deleted or forgotten"
        guards.append(Guard("deletes", platform, sentence))
    if published > limits.max_deletes and changes > limits.max_change_share * published:
        guards.append(Guard("changes", platform, f"{changes} of {published} published on {platform} would be changed"))
    return tuple(guards)
