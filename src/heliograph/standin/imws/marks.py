"""The built-in collections: bookmarks, flags, dots and pins.

Source: the numbers in IMatch's help, the paths in published clients (November 2026).
"""

from __future__ import annotations

PENDING_WRITE_BACK = 5
PATHS = {
    2: "Bookmarks",
    4: "Protected Files",
    PENDING_WRITE_BACK: "Pending Write-back",
    10: "Flags",
    11: "Flags|Set",
    12: "Flags|Unset",
    13: "Flags|None",
    30: "Dots",
    31: "Dots|Red",
    32: "Dots|Green",
    33: "Dots|Blue",
    34: "Dots|None",
    50: "Pins",
    51: "Pins|Red",
    52: "Pins|Green",
    53: "Pins|Blue",
    54: "Pins|None",
}
NUMBERS = {path: number for number, path in PATHS.items()}


def settable(path: str) -> bool:
    """Whether a user can put a file there."""
    return path in NUMBERS and (path == "Bookmarks" or "|" in path)


def marked(marks: list[int], number: int) -> list[int]:
    """The marks of a file once it was put into a collection: of flags, dots and pins it has one each."""
    tribe = _tribe(number)
    kept = [mark for mark in marks if mark != number and not (tribe and _tribe(mark) == tribe)]
    return kept if PATHS[number].endswith("|None") else sorted([*kept, number])


def unmarked(marks: list[int], number: int) -> list[int]:
    """The marks of a file once it was taken out of a collection."""
    return [mark for mark in marks if mark != number]


def _tribe(number: int) -> str:
    root, bar, _ = PATHS.get(number, "").partition("|")
    return root if bar else ""
