"""A plan as people read it: what will happen where, what is asked, what was refused, and how to go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len
from rich.text import Text

from heliograph import wording
from heliograph.cli.screen import Screen, clean
from heliograph.desk import papers
from heliograph.model import TELLING, Action, F, Plan, SubjectKind, Verb

SHOWN = 20
"""Actions of one verb that are listed, unless all are asked for."""
SPARE = 4
"""So few more are listed instead of being counted."""
HANDLE = 8
"""Digits of the digest by which a plan is called."""
_VERB_WIDTH = 10
_WHERE_WIDTH = 40


STANDING = frozenset({Verb.REFUSE, Verb.DUPLICATE})
"""Of photos that stay out, mostly on every platform for the same reason, which is said once."""

Losses: TypeAlias = Counter[tuple[str, str]]
"""Platform and sentence -> how many it is true of."""
Told: TypeAlias = tuple[Verb, str, str]
"""Verb, name and reason of what stands on the page already."""


@dataclass(frozen=True, slots=True)
class Style:
    """How much of a plan is shown, and what stands below it."""

    shown: int | None = SHOWN
    """Of one verb; `None` is all."""
    how_to_apply: bool = True
    rehearsal: bool = False
    """Answers belong to a rehearsal."""
    standing: bool = True
    """Also each photo that stays out: refused, or left out as a duplicate."""

    @property
    def how_to_see_all(self) -> str:
        """Behind a list that was cut; a plan that cannot be shown again by its verb says nothing."""
        return " (helio plan --all)" if self.how_to_apply else ""


def show(screen: Screen, plan: Plan, style: Style | None = None) -> None:
    """The whole page, on stdout."""
    style = style or Style()
    handle = papers.digest_of(plan)[:HANDLE]
    losses, told = wording.losses(plan), set[Told]()
    for number, name in enumerate(dict.fromkeys(action.platform for action in plan.actions)):
        if number:
            screen.put()
        _platform(screen, [action for action in plan.actions if action.platform == name], plan, losses, told, style)
    _notes(screen, [*plan.notes, *wording.shared(losses)], style, below=bool(plan.actions))
    if not plan.effects:
        _gap(screen, plan)
        screen.put(_nothing(plan))
    elif style.how_to_apply:
        _gap(screen, plan)
        for guard in plan.guards:
            _guard(screen, guard.kind, guard.sentence)
        flags = [f"--allow-{kind}" for kind in dict.fromkeys(guard.kind for guard in plan.guards)]
        screen.put(Text("helio apply " + " ".join([handle, *flags]), "bold"), f"Plan {handle}. Apply it with: ")


def questions(screen: Screen, actions: Sequence[Action], *, rehearsal: bool = False) -> None:
    """What is asked, each with the commands that answer it, as talk."""
    for action in actions:
        for lead, body in _lines(screen, action, actions, rehearsal=rehearsal):
            screen.warn(body, lead)


def _platform(screen: Screen, actions: list[Action], plan: Plan, losses: Losses, told: set[Told], style: Style) -> None:
    said = wording.counted(actions, wording.TO_DO)
    only = len({action.platform for action in plan.actions}) == 1
    kept = [f"{plan.kept:,} in step"] if only and plan.kept else []
    screen.put(", ".join([*said, *kept]), Text(f"{actions[0].platform}: ", "bold"))
    listed = [verb for verb in wording.TO_DO if style.standing or verb not in STANDING]
    if any(action.verb in listed for action in actions):
        screen.put()
    for verb in listed:
        ours = [action for action in actions if action.verb == verb]
        if verb == Verb.WAIT and style.shown is not None:
            ours = _waiting(screen, ours)
        fresh = [action for action in ours if _telling(action) not in told] if verb in STANDING else ours
        apart = _refused_alike(screen, fresh, style) if verb == Verb.REFUSE else fresh
        _group(screen, apart, plan.actions, losses, style)
        if len(fresh) < len(ours):
            likewise = f"{wording.many(len(ours) - len(fresh), 'photo')} as above"
            screen.put(Text(likewise, "dim"), _lead(ours[0]))
        told.update(map(_telling, fresh))


def _waiting(screen: Screen, actions: list[Action]) -> list[Action]:
    """Those that wait for a reason of their own; what many wait for, as for a look at the platform, is said once."""
    reasons = Counter(action.reason for action in actions)
    for reason, count in reasons.items():
        if count > SPARE:
            alike = [action for action in actions if action.reason == reason]
            photos = all(action.subject.kind == SubjectKind.PHOTO for action in alike)
            what = wording.many(count, "photo") if photos else f"{count:,} photos and albums"
            screen.put(f"{what}: {reason}", _lead(alike[0]))
    return [action for action in actions if reasons[action.reason] <= SPARE]


def _refused_alike(screen: Screen, actions: list[Action], style: Style) -> list[Action]:
    """Those that are refused for a reason of their own; what many are refused for is said once, above their names."""
    alike: dict[str, list[Action]] = {}
    for action in actions:
        alike.setdefault(action.reason, []).append(action)
    many = {reason: ours for reason, ours in alike.items() if len(ours) > SPARE}
    for reason, ours in many.items():
        screen.put(f"{wording.many(len(ours), 'photo')}: {reason}", _lead(ours[0]))
        _listed(screen, [_name(action) for action in ours], style)
    return [action for action in actions if action.reason not in many]


def _listed(screen: Screen, names: Sequence[str], style: Style) -> None:
    below = " " * (_VERB_WIDTH + 4)
    most = _most(len(names), style)
    for name in names[:most]:
        screen.put(name, below)
    _and_more(screen, len(names) - most, below, style)


def _telling(action: Action) -> Told:
    return action.verb, action.where, action.reason


def _group(screen: Screen, actions: list[Action], others: Sequence[Action], losses: Losses, style: Style) -> None:
    most = _most(len(actions), style)
    width = min(_WHERE_WIDTH, max((cell_len(clean(screen.out, _name(action))) for action in actions), default=0))
    for action in actions[:most]:
        for lead, body in _lines(screen, action, others, width, rehearsal=style.rehearsal):
            screen.put(body, lead)
        for sentence in action.wanted.left_out if action.wanted else ():
            if losses[action.platform, sentence] == 1:
                screen.put(sentence, Text(" " * (_VERB_WIDTH + 4)).append("! ", "yellow"))
    _and_more(screen, len(actions) - most, " " * (_VERB_WIDTH + 4), style)


def _most(count: int, style: Style) -> int:
    """So many of a list are shown."""
    return count if style.shown is None or count <= style.shown + SPARE else style.shown


def _and_more(screen: Screen, count: int, lead: str, style: Style) -> None:
    if count > 0:
        screen.put(Text(f"and {count:,} more{style.how_to_see_all}", "dim"), lead)


def _lines(
    screen: Screen, action: Action, others: Sequence[Action], width: int = 0, *, rehearsal: bool = False
) -> Iterator[tuple[Text, Text]]:
    """(lead, body) of each line about one action; what is said behind its name begins in the same column."""
    lead = _lead(action)
    body = Text(name := clean(screen.out, _name(action))).append(" " * (width - cell_len(name)))
    if action.verb == Verb.ADD:
        body.append("  " + _title(action), "dim")
    elif not action.changes or action.verb != Verb.UPDATE or "; " in action.reason or "edited" in action.reason:
        body.append("  " + action.reason)
    yield lead, body
    below = Text(" " * (_VERB_WIDTH + 4))
    arrow = clean(screen.out, "→")
    for item in action.takes:
        yield below, Text(f"here: {wording.change(item, arrow)}")
    for item in action.changes:
        yield below, Text(wording.change(item, arrow))
    if action.verb == Verb.ASK:
        for number, choice in enumerate(action.choices):
            yield (
                below + Text("answer: " if number == 0 else "    or: "),
                Text(_answer(action, choice, others, rehearsal=rehearsal), "bold"),
            )


def _lead(action: Action) -> Text:
    signed = f"{wording.SIGNS[action.verb]} {action.verb:<{_VERB_WIDTH}}"
    return Text("  ").append(signed, wording.STYLES.get(action.verb, ""))


def _name(action: Action) -> str:
    if action.verb == Verb.DOWNLOAD:  # a title as long as its owner liked it
        return wording.shortened(action.where)
    return f"album {action.where}" if action.subject.kind == SubjectKind.ALBUM else action.where


def _title(action: Action) -> str:
    if action.wanted and action.wanted.parts:
        return f"{wording.many(len(action.wanted.parts), 'photo')} in one post"
    if action.subject.kind == SubjectKind.ALBUM and action.wanted:
        return wording.value("members", action.wanted.fields.get("members"))
    fields = action.wanted.fields if action.wanted else {}
    title = fields.get(F.TITLE) or str(fields.get(F.TEXT) or "").partition("\n")[0]
    return f'"{title}"' if title else action.reason


def _answer(action: Action, choice: str, others: Sequence[Action], *, rehearsal: bool) -> str:
    elsewhere = {other.platform for other in others if other.verb == Verb.ASK and other.where == action.where}
    only = ["--only", action.platform] if len(elsewhere) > 1 else []
    return wording.command("helio", "answer", action.where, choice, *only, *(["--rehearsal"] if rehearsal else []))


def _guard(screen: Screen, kind: str, sentence: str) -> None:
    screen.put(f"{sentence}. Nothing of this plan is done while that stands.", Text("STOP  ", "bold red"))
    screen.put(f"Look at it closely. If it is what you want, add --allow-{kind}.", "      ")
    screen.put()


def _notes(screen: Screen, notes: Sequence[str], style: Style, *, below: bool) -> None:
    if not notes:
        return
    if below:
        screen.put()
    screen.put(Text("Worth knowing", "bold"))
    most = _most(len(notes), style)
    for note in notes[:most]:
        screen.put(note, "  - ")
    _and_more(screen, len(notes) - most, "    ", style)


def _gap(screen: Screen, plan: Plan) -> None:
    if plan.actions or plan.notes:
        screen.put()


def _nothing(plan: Plan) -> str:
    step = f": {plan.kept:,} photos and albums are in step" if plan.kept else ""
    if any(action.verb == Verb.WAIT for action in plan.actions):
        return f"Nothing can be done now{step}; what is listed above stays as it is."
    listed = any(action.verb in TELLING - {Verb.KEEP, Verb.DUPLICATE} for action in plan.actions)
    return f"Nothing to do{step}; what is listed above stays as it is." if listed else f"Nothing to do{step}."
