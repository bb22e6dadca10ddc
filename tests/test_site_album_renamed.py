"""An album that is called otherwise keeps its address on the website, and is known again by a ledger that was lost."""

from __future__ import annotations

from pathlib import Path

import command_line
from command_line import POSIX, Told, draw

home = command_line.home
tell = command_line.tell

CALLED = (("Socials", "site"), ("Socials", "site", "albums", "Sands & shores"))


def called_otherwise(home: Path) -> None:
    for name, title in (("dune", "A dune"), ("sea", "The sea")):
        draw(home / f"photos/2023/{name}.jpg", title, wishes=CALLED)


@POSIX
def test_a_renamed_album_keeps_its_address_and_leaves_its_old_name_nowhere(tell: Told, home: Path) -> None:
    tell("sync")
    (page,) = (home / "site/albums").glob("dunes-*.html")
    called_otherwise(home)
    planned = tell("plan")[1]
    assert "1 album to update" in planned
    tell("sync")
    assert [path.name for path in (home / "site/albums").glob("*-*.html")] == [page.name]
    assert "Sands &amp; shores" in page.read_text(encoding="utf-8")
    assert "Dunes" not in "".join(path.read_text(encoding="utf-8") for path in (home / "site").rglob("*.html"))
    assert "Nothing to do" in tell("plan")[1]

    for file in (home / ".heliograph").glob("ledger*"):
        file.unlink()
    found = tell("plan")[1]
    assert "to add" not in found
    tell("sync")
    assert [path.name for path in (home / "site/albums").glob("*-*.html")] == [page.name]
