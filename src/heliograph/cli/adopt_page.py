"""What is there already, as people read it: matches by their reason, doubts with their answers, and what remains."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from heliograph import wording
from heliograph.cli.plan_page import SHOWN, SPARE
from heliograph.cli.screen import Screen, clean
from heliograph.desk.adopting import Adoption
from heliograph.model import Action, F

_COLOURS = {"certain": "green", "sure": "cyan"}
_INDENT = " " * 4


def show(screen: Screen, found: Adoption, *, everything: bool = False) -> None:
    """The whole page, on stdout."""
    shown = None if everything else SHOWN
    for number, rest in enumerate(found.remains):
        if number:
            screen.put()
        name = rest.platform
        matched = [action for action in found.matched if action.platform == name]
        doubtful = [action for action in found.doubtful if action.platform == name]
        waiting = [action for action in found.waiting if action.platform == name]
        screen.put(_counts(len(matched), len(doubtful), len(waiting), rest.here), Text(f"{name}: ", "bold"))
        _matches(screen, matched, shown)
        for action in doubtful:
            _doubt(screen, action, [other for other in found.doubtful if other.where == action.where])
        _some(screen, "waits", waiting, shown)
        if rest.there:
            screen.put(f"{wording.many(rest.there, 'photo')} there that the library does not hold.", "  ")


def _counts(matched: int, doubtful: int, waiting: int, missing: int) -> str:
    said = [
        f"{count:,} {words}"
        for count, words in (
            (matched, "found there already"),
            (doubtful, "doubtful"),
            (waiting, "waiting"),
            (missing, "not there"),
        )
        if count
    ]
    return f"{', '.join(said)}." if said else "nothing new is found there, and nothing is missing."


def _matches(screen: Screen, matched: Sequence[Action], shown: int | None) -> None:
    reasons = dict.fromkeys((action.confidence, _why(action)) for action in matched)
    for confidence, reason in sorted(reasons, key=lambda item: (item[0] != "certain", item[0], item[1])):
        alike = [action for action in matched if (action.confidence, _why(action)) == (confidence, reason)]
        lead = Text("  ").append(f"{confidence:<8} ", _COLOURS.get(confidence, ""))
        screen.put(f"{wording.many(len(alike), 'photo')}: {reason}", lead)
        most = len(alike) if shown is None or len(alike) <= shown + SPARE else shown
        width = min(40, max(len(clean(screen.out, action.where)) for action in alike[:most]))
        for action in alike[:most]:
            place = clean(screen.out, action.where)
            screen.put(Text(place.ljust(width) + "  ").append(_there(action), "dim"), f"{_INDENT}= ")
        if len(alike) > most:
            screen.put(Text(f"and {len(alike) - most:,} more (helio adopt --all)", "dim"), f"{_INDENT}  ")


def _doubt(screen: Screen, action: Action, same: Sequence[Action]) -> None:
    title = str(action.alike.fields.get(F.TITLE) or "") if action.alike else ""
    named = f" (“{title}”, id {action.alike.id})" if title and action.alike else ""
    screen.put(f"{action.where}{named}  {action.reason}", Text("  ").append("likely   ", "bold magenta"))
    only = ["--only", action.platform] if len(same) > 1 else []
    for number, choice in enumerate(action.choices):
        lead = Text(f"{' ' * 11}{'answer: ' if number == 0 else '    or: '}")
        screen.put(Text(wording.command("helio", "answer", action.where, choice, *only), "bold"), lead)


def _some(screen: Screen, word: str, actions: Sequence[Action], shown: int | None) -> None:
    most = len(actions) if shown is None or len(actions) <= shown + SPARE else shown
    for action in actions[:most]:
        screen.put(f"{action.where}  {action.reason}", Text("  ").append(f"{word:<8} ", "yellow"))
    if len(actions) > most:
        screen.put(Text(f"and {len(actions) - most:,} more (helio adopt --all)", "dim"), " " * 11)


def _why(action: Action) -> str:
    """Without what the heading says, and what is left as it is, which differs from photo to photo."""
    return action.reason.removeprefix("already there").lstrip(":, ").partition("; ")[0]


def _there(action: Action) -> str:
    return (action.post.url or action.post.id) if action.post else ""
