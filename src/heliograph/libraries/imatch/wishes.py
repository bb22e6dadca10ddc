"""What the owner asks for by categories: wishes, orders, albums; and where the categories contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from heliograph.libraries.imatch.options import Options
from heliograph.libraries.imatch.tree import BAR, Album, Branch, Tree
from heliograph.model import AlbumNote, Order, Wish


@dataclass(frozen=True, slots=True)
class Standing:
    """What the categories say of one photo."""

    wishes: tuple[Wish, ...] = ()
    orders: tuple[tuple[str, Order], ...] = ()
    troubles: tuple[tuple[str, str], ...] = ()
    album_notes: tuple[AlbumNote, ...] = ()

    @property
    def platforms(self) -> tuple[str, ...]:
        """Where it is wanted, or where something is to be done about it; sorted."""
        told = {wish.platform for wish in self.wishes} | {platform for platform, _ in self.orders}
        return tuple(sorted(told))


@dataclass(slots=True)
class Wishes:
    """The tree, by files."""

    options: Options
    tree: Tree
    _albums: Mapping[int, list[Album]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        albums: defaultdict[int, list[Album]] = defaultdict(list)
        for album in (*self.tree.albums, *(one for branch in self.tree.platforms.values() for one in branch.albums)):
            for number in album.files:
                albums[number].append(album)
        self._albums = albums

    def standing(self, tagged: Iterable[int]) -> Standing:
        """What is said of a photo by all of its files that are tagged."""
        numbers = frozenset(tagged)
        wishes: list[Wish] = []
        orders: list[tuple[str, Order]] = []
        troubles: list[tuple[str, str]] = []
        notes: set[AlbumNote] = set()
        for name, branch in sorted(self.tree.platforms.items()):
            flags = {order for order, files in branch.flagged.items() if numbers & files}
            member = bool(numbers & branch.files)
            conflict = Order.DELETE in flags and len(flags) > 1
            if not conflict:
                orders.extend((name, order) for order in sorted(flags))
            else:
                troubles.append((name, self._conflict(branch, flags)))
            if conflict or flags - {Order.DELETE} or (member and not flags):
                albums = self._albums_of(numbers, name)
                wishes.append(self._wish(branch, albums, flags, member=member))
                notes.update(album.note for album in albums)
        return Standing(
            tuple(wishes),
            tuple(orders),
            tuple(troubles),
            tuple(sorted(notes, key=lambda note: (note.platform, note.name, note.group, note.id, note.text))),
        )

    def _albums_of(self, numbers: frozenset[int], platform: str) -> list[Album]:
        found = [album for number in sorted(numbers) for album in self._albums.get(number, ())]
        return [album for album in found if album.note.platform in {"", platform}]

    def _wish(self, branch: Branch, albums: Iterable[Album], flags: set[Order], *, member: bool) -> Wish:
        said = [branch.path] if member else [self._flag(branch, order) for order in sorted(flags)]
        names = [{album.note.name for album in albums if album.note.group is group} for group in (False, True)]
        return Wish(branch.name, tuple(sorted(names[0])), tuple(sorted(names[1])), f"category {', '.join(said)}")

    def _flag(self, branch: Branch, order: Order) -> str:
        return f"{branch.path}{BAR}{dict(zip(Order, self.options.flags(), strict=True))[order]}"

    def _conflict(self, branch: Branch, flags: set[Order]) -> str:
        said = " and ".join(self._flag(branch, order) for order in sorted(flags))
        return (
            f"Conflicting instructions: it is in {said}. Neither was done, and nothing was changed on {branch.name}; "
            "take it out of one of them."
        )
