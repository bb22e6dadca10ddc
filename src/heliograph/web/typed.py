"""What of a sentence is to be typed: the house writes it between `backticks`, and names of files may hold some, too."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TYPED = re.compile(
    r"(?<![^\s(“])`(helio(?: [^`\n]+)?|\[[\w.]+\]|[a-z_]+(?:\.[a-z_]+)*(?: = [^`\n]+)?)`(?![^\s.,;:!?)”])"
)
"""A command, a section or a setting, standing alone; every other backtick is a sign like any other."""


def typed(sentence: str, name: str = "") -> Iterator[tuple[str, bool]]:
    """The sentence in pieces, in order, each with whether it is to be typed; nothing of `name` ever is."""
    for number, piece in enumerate(sentence.split(name) if name else [sentence]):
        if number:
            yield name, False
        for index, part in enumerate(_TYPED.split(piece)):
            if part:
                yield part, index % 2 == 1
