"""What an IMatch database holds, with what tests need to fill one in a few pleasant lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

from heliograph.standin.imws.marks import NUMBERS, marked, unmarked
from heliograph.standin.imws.records import NORMAL, AttributeSet, Category, Column, File, Relation, Row, Value
from heliograph.standin.imws.rows import READY_SETS, Rows, ready_sets
from heliograph.standin.imws.tree import Tree

FORMATS = {"JPG": "JPEG", "TIF": "TIFF", "WEBP": "WebP"}
"""IMatch's names of formats where they are not the extension. Source: published clients (November 2026)."""
DATABASE, LOGIN = "D:\\IMatch\\Photos.imd5", "anna"
READY_PICTURE = {"size": 4_194_304, "width": 6000, "height": 4000, "datetime": "2024-03-19T18:42:10"}


@dataclass(slots=True)
class Head:
    """What there is once in a database."""

    database: str = DATABASE
    login: str = LOGIN
    password: str = ""
    version: str = "2025.2.4"
    """Of IMatch."""
    folders: dict[str, str] = field(default_factory=dict)
    """Windows folder -> folder on this machine, absolute or below the state folder."""
    selection: list[int] = field(default_factory=list)
    """Ids of the files that are selected in the file window, the focused one first."""
    variables: dict[str, str | int] = field(default_factory=dict)
    """Application variables."""
    sequences: list[str] = field(default_factory=list)
    """Those that count on."""
    last_id: int = 100


@dataclass(slots=True)
class Changes:
    """What was changed since it was last kept."""

    files: dict[int, None] = field(default_factory=dict)
    categories: dict[str, None] = field(default_factory=dict)
    head: bool = False

    def __bool__(self) -> bool:
        return bool(self.files or self.categories or self.head)

    def forget(self) -> None:
        """Everything is kept now."""
        self.files.clear()
        self.categories.clear()
        self.head = False


class World:
    """A database in memory. Not safe to be used from several threads: a door holds its lock."""

    def __init__(self) -> None:
        self.head = Head()
        self.files: dict[int, File] = {}
        self.tree = Tree()
        self.rows = Rows()
        self.masters: dict[int, dict[int, str]] = {}
        """Version -> its masters, each with the definition that relates them."""
        self.changes = Changes()

    @classmethod
    def ready(cls) -> World:
        """An empty database with the attribute sets and categories that IMatch to Socials asks for."""
        world = cls()
        for attribute_set in ready_sets():
            world.rows.define(attribute_set)
        for name in READY_SETS:
            for part in ("_update", "_metadata", "_delete", "__errors"):
                world.category(f"Socials|{name}|{part}")
        for part in ("albums", "groups"):
            world.category(f"Socials|flickr|{part}")
        world.changes.head = True
        return world

    # --- files --------------------------------------------------------------------------------------------------------

    def add_file(
        self,
        name: str,
        *,
        tags: Mapping[str, Value] | None = None,
        categories: Iterable[str] = (),
        master: File | int | None = None,
        **facts: object,
    ) -> File:
        r"""A further file.

        Args:
            name: Its Windows path; a bare name lies in `D:\Photos`.
            tags: Metadata by shortcode: `title`, `hierarchicalkeywords` (a list), `aperture` (a number), ...
            categories: Where it is assigned, made where there are none.
            master: It becomes a version of this file.
            facts: Fields of the record: `id`, `format`, `size`, `width`, `height`, `datetime`, `collections`.

        Raises:
            TypeError: a file has no such field.
        """
        filename = name if "\\" in name else f"D:\\Photos\\{name}"
        extension = PureWindowsPath(filename).suffix[1:].upper()
        told = {"id": self.head.last_id + 1, "format": FORMATS.get(extension, extension), **READY_PICTURE, **facts}
        file = self.enter(File(filename=filename, tags=dict(tags or {}), **told))  # type: ignore[arg-type]
        for path in categories:
            self.put(file, path)
        if master is not None:
            self.relate(master, file)
        self.touch(file)
        return file

    def enter(self, file: File) -> File:
        """Puts a record into the database with all it says, or replaces the one of its id."""
        old = self.files.get(file.id)
        if old is not None:
            self._unlink(old)
        self.files[file.id] = file
        self.head.last_id = max(self.head.last_id, file.id)
        for path in file.categories:
            if path not in self.tree:
                self.category(path)
            self.tree.enter(file.id, path)
        for relation in file.versions:
            for version in relation.files:
                self.masters.setdefault(version, {})[file.id] = relation.definition
        self.rows.index(file)
        return file

    def remove_file(self, file: File | int) -> None:
        """Takes a file out of the database."""
        found = self.file(file)
        self._unlink(found)
        del self.files[found.id]
        self.changes.files[found.id] = None

    def file(self, file: File | int) -> File:
        """The record of an id, or the record itself.

        Raises:
            KeyError: there is none.
        """
        return file if isinstance(file, File) else self.files[file]

    def relate(self, master: File | int, version: File | int, definition: str = "Versions") -> None:
        """Makes a file a version of another."""
        above, below = self.file(master), self.file(version)
        relation = next((one for one in above.versions if one.definition == definition), None)
        if relation is None:
            relation = Relation(definition, [])
            above.versions.append(relation)
        if below.id not in relation.files:
            relation.files.append(below.id)
        self.masters.setdefault(below.id, {})[above.id] = definition
        self.touch(above)

    def touch(self, file: File) -> None:
        """A record was changed, and is to be kept."""
        self.changes.files[file.id] = None

    def real_path(self, file: File | int, folder: Path) -> Path | None:
        """Where the picture of a file lies on this machine; `None` where no folder of the world leads there.

        Args:
            file: Of the database.
            folder: What relative folders of the world stand below.
        """
        path = PureWindowsPath(self.file(file).filename)
        for windows, real in self.head.folders.items():
            if path.is_relative_to(PureWindowsPath(windows)):
                return folder.joinpath(real, *path.relative_to(PureWindowsPath(windows)).parts)
        return None

    def _unlink(self, file: File) -> None:
        """Takes a file out of every index."""
        for path in file.categories:
            self.tree.leave(file.id, path)
        for relation in file.versions:
            for version in relation.files:
                self.masters.get(version, {}).pop(file.id, None)
        for name, rows in list(file.rows.items()):
            self.rows.remove(file, name, rows)

    # --- categories ---------------------------------------------------------------------------------------------------

    def category(
        self, path: str, description: str | None = None, *, thumbnail: File | int | None = None, kind: str = ""
    ) -> Category:
        """The category of a path, made where there is none; what is named is set.

        Raises:
            ValueError: a level of the path is empty, or there is no such kind.
        """
        for made in self.tree.grow(path, kind or NORMAL) if path not in self.tree else ():
            self.changes.categories[made.path] = None
        category = self.tree.get(path)
        assert category is not None  # noqa: S101  it was just made
        if description is not None:
            category.description = description
        if thumbnail is not None:
            category.thumbnail = self.file(thumbnail).id
        category.kind = kind or category.kind
        self.changes.categories[path] = None
        return category

    def drop_category(self, path: str) -> None:
        """Deletes a category with everything below it; the files stay."""
        if path not in self.tree:
            return
        for file_id in self.tree.total(path):
            file = self.files[file_id]
            file.categories = [one for one in file.categories if one != path and not one.startswith(f"{path}|")]
            self.touch(file)
        self.changes.categories.update(dict.fromkeys(self.tree.fell(path)))

    def put(self, file: File | int, path: str) -> bool:
        """Assigns a file to a category, which is made where there is none; whether it was not there before."""
        found = self.file(file)
        if path not in self.tree:
            self.category(path)
        if path in found.categories:
            return False
        found.categories.append(path)
        self.tree.enter(found.id, path)
        self.touch(found)
        return True

    def take_out(self, file: File | int, path: str) -> bool:
        """Takes a file out of a category; whether it was there."""
        found = self.file(file)
        if path not in found.categories:
            return False
        found.categories.remove(path)
        self.tree.leave(found.id, path)
        self.touch(found)
        return True

    def members(self, path: str) -> list[int]:
        """Ids of the files assigned to this very category, ascending."""
        return self.tree.direct(path)

    # --- attributes ---------------------------------------------------------------------------------------------------

    def add_set(self, name: str, columns: Iterable[str | Column]) -> AttributeSet:
        """Defines an attribute set; a column named only is a text without further flags."""
        made = AttributeSet(name, [Column(column) if isinstance(column, str) else column for column in columns])
        self.rows.define(made)
        self.changes.head = True
        return made

    def set_row(self, file: File | int, name: str, data: Mapping[str, str], *, instance: int = 0) -> Row:
        """The one row of a set on a file, made or replaced, whatever is unique.

        Args:
            file: Of the database.
            name: Of the attribute set.
            data: Column -> value.
            instance: The number of a row that is made; 0 takes the next one.

        Raises:
            KeyError: there is no such set.
        """
        found = self.file(file)
        attribute_set = self.rows.sets[name]
        rows = found.rows.get(attribute_set.name, [])
        self.rows.remove(found, name, rows[1:])
        if rows:
            self.rows.change(name, rows[0], data)
        else:
            self.rows.add(found, name, data, instance=instance)
        self.touch(found)
        return found.rows[name][0]

    def add_row(self, file: File | int, name: str, data: Mapping[str, str]) -> Row:
        """A further row of a set on a file, whatever is unique."""
        found = self.file(file)
        row = self.rows.add(found, self.rows.sets[name].name, data)
        self.touch(found)
        return row

    def drop_rows(self, file: File | int, name: str) -> None:
        """Deletes the rows of a set on a file, as users do by hand."""
        found = self.file(file)
        self.rows.remove(found, name, found.rows.get(name, ()))
        self.touch(found)

    def row(self, file: File | int, name: str) -> dict[str, str]:
        """The first row of a set on a file; empty where there is none."""
        rows = self.file(file).rows.get(name, ())
        return dict(rows[0].data) if rows else {}

    # --- marks, variables, the whole ----------------------------------------------------------------------------------

    def mark(self, file: File | int, path: str, *, on: bool = True) -> None:
        """Puts a file into a collection such as `Pins|Green`, or takes it out."""
        found = self.file(file)
        found.collections = (marked if on else unmarked)(found.collections, NUMBERS[path])
        self.touch(found)

    def set_variable(self, name: str, value: str | int, *, sequence: bool = False) -> None:
        """An application variable: text, or a number, which may be a sequence."""
        self.head.variables[name] = value
        if sequence and name not in self.head.sequences:
            self.head.sequences.append(name)
        self.changes.head = True

    def select(self, *files: File | int) -> None:
        """What is selected in the file window, the focused one first."""
        self.head.selection = [self.file(file).id for file in files]
        self.changes.head = True

    def versions(self, file: File | int) -> Sequence[File]:
        """Every version of a file, each once."""
        found = self.file(file)
        ids = dict.fromkeys(number for relation in found.versions for number in relation.files)
        return [self.files[number] for number in ids if number in self.files]
