"""What a rehearsal would have written into the library, as a table for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from heliograph.cli.screen import Screen
    from heliograph.ports import Draft

_HEAD = ("photo", "platform", "what")


def show(screen: Screen, drafts: Sequence[Draft], troubles: Sequence[str]) -> None:
    """One line for each thing that would have been written; the photo and the platform once."""
    screen.put()
    if drafts:
        screen.put("Your library was only read. For real, this would have been written into it:")
        _table(screen, drafts)
    else:
        screen.put("Your library was only read. For real, nothing would have been written into it either.")
    for trouble in troubles:
        screen.put(trouble, Text("Not: ", "yellow"))


def _table(screen: Screen, drafts: Sequence[Draft]) -> None:
    first = max(len(_HEAD[0]), *(len(one.where) for one in drafts))
    second = max(len(_HEAD[1]), *(len(one.platform) for one in drafts))
    screen.put(Text(_HEAD[2], "bold"), Text(f"{_HEAD[0]:<{first}}  {_HEAD[1]:<{second}}  ", "bold"))
    for one in drafts:
        lead = f"{one.where:<{first}}  {one.platform:<{second}}  "
        for number, what in enumerate(_said(one)):
            screen.put(what, lead if number == 0 else " " * len(lead))


def _said(draft: Draft) -> Iterator[str]:
    if draft.row_goes:
        yield "its row goes"
    elif draft.row:
        yield f"row: {', '.join(f'{name} {value}' for name, value in draft.row.items())}"
    yield from (f"into {path}" for path in draft.into)
    yield from (f"out of {path}" for path in draft.out_of)
