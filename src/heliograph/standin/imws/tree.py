"""The tree of categories, and which files are in which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from heliograph.standin.imws.records import KINDS, NORMAL, Category


class Tree:
    """Categories by their paths, with their members."""

    def __init__(self) -> None:
        self._categories: dict[str, Category] = {}
        self._members: dict[str, set[int]] = {}
        self._children: dict[str, dict[str, None]] = {"": {}}
        self._last_id = 0

    def __contains__(self, path: str) -> bool:
        return path in self._categories

    def __iter__(self) -> Iterator[Category]:
        return iter(self._categories.values())

    def get(self, path: str) -> Category | None:
        """The category of a path."""
        return self._categories.get(path)

    def by_id(self, number: int) -> Category | None:
        """The category with an id."""
        return next((category for category in self if category.id == number), None)

    def children(self, path: str) -> list[Category]:
        """Those one level below, in the order in which they were made; of the empty path the roots."""
        return [self._categories[child] for child in self._children.get(path, ())]

    def below(self, path: str) -> Iterator[Category]:
        """A category and everything below it."""
        yield self._categories[path]
        for child in self._children.get(path, ()):
            yield from self.below(child)

    def direct(self, path: str) -> list[int]:
        """Ids of the files assigned to this very category, ascending."""
        return sorted(self._members.get(path, ()))

    def total(self, path: str) -> list[int]:
        """Ids of the files in a category and everything below it, each once, ascending."""
        found: set[int] = set()
        for category in self.below(path):
            found.update(self._members[category.path])
        return sorted(found)

    def count(self, path: str) -> int:
        """How many files are assigned to this very category."""
        return len(self._members.get(path, ()))

    # --- changing -----------------------------------------------------------------------------------------------------

    def grow(self, path: str, kind: str = NORMAL) -> list[Category]:
        """Makes a category with those above it; those that were made.

        Raises:
            ValueError: a level is empty, or there is no such kind.
        """
        levels = path.split("|")
        if not all(level.strip() for level in levels) or kind not in KINDS:
            message = f"There cannot be a category {path!r} of kind {kind!r}."
            raise ValueError(message)
        made = []
        for depth in range(1, len(levels) + 1):
            at = "|".join(levels[:depth])
            if at not in self._categories:
                self._last_id += 1
                made.append(self.plant(Category(self._last_id, at, kind=kind)))
        return made

    def plant(self, category: Category) -> Category:
        """Puts a record into the tree, or replaces the one of its path."""
        self._last_id = max(self._last_id, category.id)
        self._categories[category.path] = category
        self._members.setdefault(category.path, set())
        self._children.setdefault(category.path, {})
        self._children.setdefault(category.parent, {})[category.path] = None
        return category

    def fell(self, path: str) -> list[str]:
        """Takes a category out with everything below it; the paths that went."""
        gone = [category.path for category in self.below(path)]
        self._children[self._categories[path].parent].pop(path)
        for each in gone:
            del self._categories[each], self._members[each], self._children[each]
        return gone

    def enter(self, file_id: int, path: str) -> None:
        """A file is in a category."""
        self._members[path].add(file_id)

    def leave(self, file_id: int, path: str) -> None:
        """A file is in a category no more."""
        self._members.get(path, set()).discard(file_id)

    def empty(self) -> None:
        """No file is in any category."""
        for members in self._members.values():
            members.clear()


def ancestors(paths: Iterable[str]) -> Sequence[str]:
    """The paths themselves and all above them, each once."""
    found: dict[str, None] = {}
    for path in paths:
        levels = path.split("|")
        found.update(dict.fromkeys("|".join(levels[:depth]) for depth in range(1, len(levels) + 1)))
    return tuple(found)
