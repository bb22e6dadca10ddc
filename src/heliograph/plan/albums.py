"""Which album is another one under a new name: told by the photographs in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from heliograph.model import Value


def renamed(gone: Mapping[str, Collection[Value]], fresh: Mapping[str, Collection[Value]]) -> dict[str, str]:
    """Old name -> new name, of albums that hold mostly the same photographs and could be no others.

    `gone` are albums that are published under names which nothing wants any more, `fresh` those that are wanted and not
    published; each with its photographs. More than half of both have to be the same: so a folder that was split goes on
    in its larger part, and of two that were merged only one that makes up most of the new one does.
    """
    within: dict[Value, list[str]] = {}
    for name, photos in fresh.items():
        for photo in photos:
            within.setdefault(photo, []).append(name)
    pairs = [
        (old, new)
        for old, photos in gone.items()
        for new, same in Counter(name for photo in photos for name in within.get(photo, ())).items()
        if 2 * same > max(len(photos), len(fresh[new]))
    ]
    olds, news = Counter(old for old, _ in pairs), Counter(new for _, new in pairs)
    return {old: new for old, new in pairs if olds[old] == news[new] == 1}
