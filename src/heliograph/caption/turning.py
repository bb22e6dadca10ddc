"""Turning a text that a template made back into the words that it was made of."""

from __future__ import annotations

import re
from collections.abc import Callable

UNKNOWN = "heliographunknownwords"
"""Stands for the words that are sought, while the frame that the template puts around them is found."""


def turned_back(make: Callable[[str], str | None], shown: str, same: Callable[[str], bool]) -> str | None:
    """The words of which the template makes the text; `None` where that cannot be told for certain.

    The frame is what the template puts around words that nobody knows. What stands in it is tried: only words that the
    template makes a text of which is the `same` as the one that is `shown` are believed.

    Args:
        make: what the template makes of some words; `None` where it makes nothing of them.
        shown: the text.
        same: whether a text is the one that is shown, as far as the platform's rewriting goes.
    """
    for words in _candidates(make(UNKNOWN), shown):
        made = make(words)
        if made is not None and same(made):
            return words
    return None


def _candidates(framed: str | None, shown: str) -> list[str]:
    if framed is None or framed.count(UNKNOWN) != 1:
        return [""]
    before, after = map(_expression, framed.split(UNKNOWN))
    found = re.fullmatch(f"{before}(.*?){after}", shown.strip(), re.DOTALL)
    return [found[1].strip(), ""] if found else [""]


def _expression(text: str) -> str:
    """The text, however wide its blanks are: platforms fold them."""
    words = [re.escape(word) for word in text.split()]
    edges = (r"\s*" if not text or text[0].isspace() else "", r"\s*" if not text or text[-1].isspace() else "")
    return edges[0] + r"\s+".join(words) + (edges[1] if words else "")
