"""A plan as the page shows it: platforms, kinds of action, and what is to be seen of each action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from heliograph.model import TELLING, Action, F, Guard, SubjectKind, Verb
from heliograph.web.board import Shown
from heliograph.wording import TO_DO, change, counted, losses, shared, value

SHOWN = 24
"""Actions of one kind on the page; the others have pages of their own."""
PAGE = 120
"""Actions on one of these."""
_FIRST = (Verb.ASK, Verb.REFUSE)
"""What waits for the owner stands above what goes by itself."""

TITLES: Mapping[Verb, str] = {
    Verb.ASK: "Questions for you",
    Verb.REFUSE: "Refused: may not leave as it is",
    Verb.ADD: "To add",
    Verb.MATCH: "There already: to be remembered as yours",
    Verb.UPDATE: "To update",
    Verb.REPOST: "To post anew",
    Verb.ACCEPT: "To leave as edited there",
    Verb.DELETE: "To delete",
    Verb.FORGET: "To forget: gone here and there",
    Verb.DOWNLOAD: "To bring home",
    Verb.TAKE: "Edited there: to take home",
    Verb.FINISH: "To bring up to date",
    Verb.WAIT: "Waiting",
    Verb.DUPLICATE: "Left out: duplicates",
    Verb.LEAVE: "Changed here, and not marked for update",
    Verb.CLEAR: "Done already: only the mark is cleared",
    Verb.KEEP: "Left as it is",
}
CHOICES: Mapping[str, str] = {
    "overwrite": "Overwrite with the library's",
    "accept": "Accept as it is there",
    "add": "Add it again",
    "leave": "Leave it",
    "keep": "Keep it as it is",
    "delete": "Delete it there",
    "repost": "Post it anew, and lose replies",
    "ours": "Ours: send the library's there",
    "theirs": "Theirs: take it home",
    "fetch": "Bring it home again",
    "same": "The same photo",
    "different": "Different photos",
    "new": "A new photo",
}
"""Answer -> what its button says."""
HARD = frozenset({"delete", "repost", "overwrite", "ours", "theirs"})
"""Answers that lose something."""


@dataclass(frozen=True, slots=True)
class Row:
    """One action."""

    name: str
    folder: str
    """Above the name, for people; ends in `/` or is empty."""
    where: str
    title: str
    reason: str
    picture: bool
    """The library has a picture of it."""
    changes: tuple[str, ...]
    notes: tuple[str, ...]
    refusals: tuple[str, ...]
    choices: tuple[tuple[str, str, bool], ...]
    """Answer, what its button says, and whether it loses something."""
    question: str
    answered: str
    """What the button said that was pressed; empty while none was."""
    url: str
    other: str
    """The post that may be this photo, whose picture is shown beside it; empty where none is asked about."""
    other_title: str


@dataclass(frozen=True, slots=True)
class Group:
    """Actions of one kind on one platform."""

    platform: str
    verb: str
    title: str
    count: str
    rows: tuple[Row, ...]
    more: int
    reason: str
    """Why, where it is the same for all of them."""
    refusals: tuple[str, ...]
    """Likewise."""
    opened: bool
    """Its rows are in sight at once."""


@dataclass(frozen=True, slots=True)
class Section:
    """One platform of a plan."""

    platform: str
    said: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The whole plan."""

    digest: str
    spent: bool
    sections: tuple[Section, ...]
    guards: tuple[Guard, ...]
    notes: tuple[str, ...]
    effects: int
    deletes: int
    kept: int
    held_back: str
    answered: int


def table(shown: Shown, answers: Mapping[str, str]) -> Table:
    """What the page shows of a plan; of one that was carried out, what is left of it."""
    plan = shown.plan
    actions = [action for action in plan.actions if not shown.spent or action.verb in TELLING]
    questions = [action for action in actions if action.verb == Verb.ASK]
    answered = sum(action.question in answers for action in questions)
    sections = tuple(
        _section(name, [action for action in actions if action.platform == name], answers, shown.titles)
        for name in dict.fromkeys(action.platform for action in actions)
    )
    effects = [action for action in actions if action.verb not in TELLING]
    return Table(
        shown.digest,
        shown.spent,
        sections,
        () if shown.spent else plan.guards,
        (*plan.notes, *shared(losses(plan))),
        len(effects),
        0 if shown.spent else shown.deletes,
        plan.kept,
        "" if shown.spent else shown.held_back,
        answered,
    )


def group(shown: Shown, platform: str, verb: Verb, answers: Mapping[str, str], page: int) -> Group | None:
    """One page of the actions of one kind; `None` where there is none."""
    telling = verb in TELLING
    actions = [one for one in shown.plan.actions if one.platform == platform and one.verb == verb]
    part = actions[page * PAGE : (page + 1) * PAGE]
    if not part or (shown.spent and not telling):
        return None
    return _group(part, len(actions) - (page + 1) * PAGE, len(actions), answers, shown.titles)


def _section(name: str, actions: Sequence[Action], answers: Mapping[str, str], titles: Mapping[str, str]) -> Section:
    order = (*_FIRST, *(verb for verb in TITLES if verb not in _FIRST))
    groups = []
    for verb in order:
        ours = [action for action in actions if action.verb == verb]
        if ours:
            most = len(ours) if len(ours) <= SHOWN + 4 else SHOWN
            groups.append(_group(ours[:most], len(ours) - most, len(ours), answers, titles))
    return Section(name, ", ".join(counted(actions, TO_DO)), tuple(groups))


def _group(
    actions: Sequence[Action], more: int, count: int, answers: Mapping[str, str], titles: Mapping[str, str]
) -> Group:
    first = actions[0]
    left_out = Counter(sentence for action in actions for sentence in _left_out(action))
    rows = tuple(_row(action, answers, left_out, titles) for action in actions)
    reasons, refusals = {row.reason for row in rows}, {row.refusals for row in rows}
    reason = reasons.pop() if len(reasons) == 1 and len(rows) > 1 else ""
    refused = refusals.pop() if len(refusals) == 1 and len(rows) > 1 else ()
    if reason or refused:
        rows = tuple(
            replace(row, reason="" if reason else row.reason, refusals=() if refused else row.refusals) for row in rows
        )
    opened = first.verb in _FIRST or first.verb not in TELLING
    title = TITLES[first.verb]
    return Group(first.platform, first.verb, title, f"{count:,}", rows, max(0, more), reason, refused, opened)


def _row(action: Action, answers: Mapping[str, str], left_out: Mapping[str, int], titles: Mapping[str, str]) -> Row:
    album = action.subject.kind == SubjectKind.ALBUM
    fields = action.wanted.fields if action.wanted else {}
    title = fields.get(F.TITLE) or str(fields.get(F.TEXT) or "").partition("\n")[0] or titles.get(action.where)
    members = value(F.MEMBERS, fields.get(F.MEMBERS)) if album else ""
    refusals = (action.refusals or (action.reason,)) if action.verb == Verb.REFUSE else ()
    folder, slash, name = ("", "", f"Album “{action.where}”") if album else action.where.rpartition("/")
    return Row(
        name=name,
        folder=folder + slash,
        where=action.where,
        title=members or (str(title) if title and str(title) != action.where else ""),
        reason="" if refusals or _plain(action) else _reason(action),
        picture=action.subject.kind == SubjectKind.PHOTO and _is_here(action),
        changes=(
            *(f"here: {change(item, '→')}" for item in action.takes),
            *(change(item, "→") for item in action.changes),
        ),
        notes=tuple(sentence for sentence in _left_out(action) if left_out[sentence] == 1),
        refusals=refusals,
        choices=tuple((choice, CHOICES.get(choice, choice), choice in HARD) for choice in action.choices),
        question=action.question,
        answered=CHOICES.get(answers[action.question], answers[action.question])
        if action.verb == Verb.ASK and action.question in answers
        else "",
        url=_address(action),
        other=action.alike.id if action.alike else "",
        other_title=str(action.alike.fields.get(F.TITLE) or "") if action.alike else "",
    )


def _is_here(action: Action) -> bool:
    """Whether the library has a picture of it to be shown."""
    return action.verb not in {Verb.DOWNLOAD, Verb.FORGET} and "fetch" not in action.choices


def _reason(action: Action) -> str:
    """Without the address of a post that is linked beside it."""
    named = f"{action.alike.url or action.alike.id} " if action.alike else ""
    return f"it {action.reason.removeprefix(named)}" if named and action.reason.startswith(named) else action.reason


def _plain(action: Action) -> bool:
    """Whether the heading of its group says it all."""
    return action.verb == Verb.UPDATE and bool(action.changes) and "edited" not in action.reason


def _left_out(action: Action) -> Iterator[str]:
    yield from action.wanted.left_out if action.wanted else ()


def _address(action: Action) -> str:
    """Where it is published, if a browser may be led there: an answer of a platform could be anything."""
    post = action.post or action.alike
    url = post.url if post else ""
    return url if urlsplit(url).scheme in {"http", "https"} else ""
