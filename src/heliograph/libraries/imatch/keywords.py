"""Categories that become keywords."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from heliograph.libraries.imatch.options import CategoryKeywords
from heliograph.libraries.imatch.tree import BAR


def from_categories(paths: Iterable[str], branches: Iterable[CategoryKeywords]) -> tuple[str, ...]:
    """The keywords that a photo has by its categories, each once, in the order of the branches and then by name."""
    named = sorted({tuple(level.strip() for level in path.split(BAR)) for path in paths})
    found = (word for branch in branches for path in named for word in _of(path, branch))
    return tuple(dict.fromkeys(found))


def _of(path: tuple[str, ...], branch: CategoryKeywords) -> Iterator[str]:
    """The branch itself names nothing, and paths that end above it even less."""
    root = tuple(level.strip().casefold() for level in branch.category.split(BAR))
    if tuple(level.casefold() for level in path[: len(root)]) != root:
        return
    below = path[len(root) :]
    bare = {one.casefold() for one in branch.bare}
    for level in filter(None, below[: branch.levels] if branch.levels else below):
        yield level
        if branch.suffix and level.casefold() not in bare and not level.endswith(branch.suffix):
            yield level + branch.suffix
        yield from branch.also.get(level, ())
