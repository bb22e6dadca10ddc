"""What a picture is shown behind, where a platform can warn of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from heliograph.model import Facts
from heliograph.policy import Warn
from heliograph.rules.keywords import held


def warning(facts: Facts, warnings: Iterable[Warn]) -> str | None:
    """The words of every warning that counts for the photo, in the order of the settings; `None` where none does.

    Asks for all of its facts, also those that stay at home: a warning is about the picture, not about its keywords.
    """
    return warning_of((facts,), warnings)


def warning_of(every: Sequence[Facts], warnings: Iterable[Warn]) -> str | None:
    """Likewise of several photos that are shown together: what counts for one of them counts for all."""
    counting = [warn for warn in warnings if any(any(held(facts, (warn.keyword,))) for facts in every)]
    words = dict.fromkeys(warn.words.strip() for warn in counting)
    return ", ".join(filter(None, words)) if counting else None
