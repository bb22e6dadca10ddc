"""Another database: the same photos under other ids, so that every id a caller remembers is another file's."""

from __future__ import annotations

from heliograph.standin.imws.records import Relation
from heliograph.standin.imws.world import World


def switch_database(world: World, name: str = "D:\\IMatch\\Other.imd5") -> dict[int, int]:
    """Gives every file the id of another one, where there are two; old id -> new id."""
    old = list(world.files)
    renamed = dict(zip(old, [*old[1:], *old[:1]], strict=True))
    files = list(world.files.values())
    world.files.clear()
    world.masters.clear()
    world.tree.empty()
    for file in files:
        file.id = renamed[file.id]
        file.versions = [
            Relation(relation.definition, [renamed.get(number, number) for number in relation.files])
            for relation in file.versions
        ]
    for file in sorted(files, key=lambda one: one.id):
        world.enter(file)
        world.touch(file)
    for category in world.tree:
        category.thumbnail = renamed.get(category.thumbnail, category.thumbnail)
        world.changes.categories[category.path] = None
    world.head.selection = [renamed.get(number, number) for number in world.head.selection]
    world.head.database = name
    world.changes.head = True
    return renamed
