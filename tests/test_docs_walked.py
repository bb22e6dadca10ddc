"""What the pages show works as it is shown: settings, commands, statements and tables."""

from __future__ import annotations

import re
import shlex
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import click
import pytest
from sqlalchemy import create_engine

from heliograph import config
from heliograph.cli.app import helio
from heliograph.desk import making
from heliograph.desk.clock import SystemClock
from heliograph.ledger.tables import metadata

ROOT = Path(__file__).parent.parent
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
SECTION_OF = {
    "templates": "[platforms.garden]\nkind = 'markdown'\nfolder = 'garden'\n",
    "command": "[platforms.site.publish]\n",
}
"""First key of an example that stands without its section -> the section, as the page says around it."""


def fenced(page: Path, language: str) -> list[str]:
    """The examples of a page in this language, without the blanks that a list puts before them."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", lines, flags=re.MULTILINE) for indent, lines in found]


def left_out(tree: dict[str, dict[str, object]]) -> dict[str, str]:
    """What an example leaves out because every settings file has it, as variables."""
    library = tree.get("library", {})
    of_imatch = library.get("kind") == "imatch" or {"keywords", "path_map"} & library.keys()
    found = {"HELIOGRAPH_LIBRARY__KIND": "imatch"} if of_imatch else {"HELIOGRAPH_LIBRARY__FOLDER": "photos"}
    for name in tree.get("platforms", {}):
        key, value = ("FOLDER", "pages") if name in {"site", "garden"} else ("URL", "https://server.example")
        found[f"HELIOGRAPH_PLATFORMS__{name.upper()}__{key}"] = value
    if "new" in tree.get("platforms", {}):
        found["HELIOGRAPH_PLATFORMS__NEW__KIND"] = "mastodon"
    return found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=f"{page.stem}-{number}")
        for page in PAGES
        for number, text in enumerate(fenced(page, "toml"))
    ],
)
def test_settings_that_a_page_shows_are_accepted(text, tmp_path):
    text = SECTION_OF.get(text.partition(" ")[0], "") + text
    path = tmp_path / "heliograph.toml"
    path.write_text(text, encoding="utf-8")
    settings = config.load(path, left_out(tomllib.loads(text)))
    making.library(settings, SystemClock())
    for place in making.places(settings, SystemClock()).values():
        place.platform.close()


def commands(page: Path) -> list[str]:
    """Every `helio ...` that a page shows, in a line of its own or within one."""
    text = page.read_text(encoding="utf-8")
    shown = "\n".join(re.findall(r"^ *```(?:sh)?\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE))
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    lines = re.findall(r"^ *(helio [^\n]*)", shown, re.MULTILINE) + re.findall(r"^    (helio .*)", prose, re.MULTILINE)
    return lines + [" ".join(line.split()) for line in re.findall(r"`(helio [^`]*)`", prose)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_that_a_page_shows_have_these_options(page):
    for line in commands(page):
        words = shlex.split(line, comments=True)[1:]
        command: click.Command = helio
        options = {"-h", "--help"} | {name for option in helio.params for name in option.opts}
        for word in words:
            below = getattr(command, "commands", {})
            if word in below:
                command = below[word]
                options |= {name for option in command.params for name in option.opts}
            elif word.startswith("-") and word != "-":
                assert word.partition("=")[0] in options, line


def test_statements_that_the_page_of_the_ledger_shows_can_be_run(tmp_path):
    path = tmp_path / "ledger.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    statements = fenced(ROOT / "docs/reference/ledger.md", "sql")
    assert statements
    with closing(sqlite3.connect(path)) as ledger:
        for statement in statements:
            assert ledger.execute(statement).fetchall() == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_row_of_a_table_has_as_many_cells_as_its_head(page):
    lines = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    columns = 0
    for line in lines.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.lstrip().startswith("|") else 0
        assert not columns or not cells or cells == columns, line
        columns = cells
