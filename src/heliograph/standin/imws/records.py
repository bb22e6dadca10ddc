"""What an IMatch database holds, as records that are kept in a readable file."""

from __future__ import annotations

from dataclasses import dataclass, field

Value = str | int | float | list[str]
"""What a metadata tag holds."""
NORMAL = "normal"
KINDS = (NORMAL, "formula", "data-driven")
"""Kinds of category; only a normal one takes files by hand."""


@dataclass(slots=True)
class Row:
    """One instance of an attribute set on a file."""

    instance: int
    """Unlike that of any other row of the database."""
    nth: int
    """Unlike that of any other row of the file and set, from 1."""
    data: dict[str, str]
    copied: bool = False
    """It came from the file's master by propagation."""


@dataclass(slots=True)
class Relation:
    """The versions that one relation definition found for a master."""

    definition: str
    files: list[int]


@dataclass(slots=True)
class File:
    """One file of the database."""

    id: int
    filename: str
    """Windows path, or UNC."""
    format: str = "JPEG"
    size: int = 0
    """Bytes."""
    width: int = 0
    height: int = 0
    datetime: str = ""
    """Local, `YYYY-MM-DDTHH:MM:SS`; may be empty."""
    tags: dict[str, Value] = field(default_factory=dict)
    """Shortcode -> value as the database has it: numbers as numbers, lists as lists."""
    categories: list[str] = field(default_factory=list)
    """Paths of those it is assigned to directly."""
    collections: list[int] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    """Attribute set -> instances."""
    versions: list[Relation] = field(default_factory=list)

    @property
    def name(self) -> str:
        """With extension, without folder."""
        return self.filename.rpartition("\\")[2]


@dataclass(slots=True)
class Category:
    """One category of the tree."""

    id: int
    path: str
    """Levels joined with a bar."""
    description: str = ""
    thumbnail: int = 0
    """A file's id; 0 is none."""
    kind: str = NORMAL

    @property
    def name(self) -> str:
        """The last level."""
        return self.path.rpartition("|")[2]

    @property
    def parent(self) -> str:
        """The path one level up; empty for a root."""
        return self.path.rpartition("|")[0]


@dataclass(slots=True)
class Column:
    """One attribute of a set."""

    name: str
    type: str = "Text"
    """`Text`, `Date`, `Hyperlink` or `Number`."""
    unique: bool = False


@dataclass(slots=True)
class AttributeSet:
    """What the user defined as a set of attributes."""

    name: str
    columns: list[Column]

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)
