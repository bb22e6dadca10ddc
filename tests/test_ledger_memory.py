"""What platforms remember: kept in the ledger under their names, for every process that uses it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from heliograph.config import LibrarySettings, Settings
from heliograph.desk import Desk
from heliograph.ledger import Ledger
from memory import FakeClock


@pytest.fixture
def opened(tmp_path: Path, template: Path) -> Iterator[Callable[[], Ledger]]:
    """Opens the same ledger once more, as another process would."""
    shutil.copy(template, tmp_path / "ledger.sqlite")
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Ledger(tmp_path / "ledger.sqlite", FakeClock())))


def test_a_text_is_there_for_the_next_run_and_for_other_processes(opened):
    here, there = opened().memory("pixelfed"), opened().memory("pixelfed")
    assert here.read("instance") == ""
    here.write("instance", "Pixelfed 0.12")
    assert there.read("instance") == "Pixelfed 0.12"
    there.write("instance", "Pixelfed 0.13")
    assert here.read("instance") == "Pixelfed 0.13"
    assert opened().memory("pixelfed").read("instance") == "Pixelfed 0.13"


def test_each_platform_and_each_name_has_its_own(opened):
    ledger = opened()
    ledger.memory("a").write("x", "1")
    ledger.memory("a").write("y", "2")
    ledger.memory("b").write("x", "3")
    found = [(of, name, ledger.memory(of).read(name)) for of in ("a", "b") for name in ("x", "y")]
    assert found == [("a", "x", "1"), ("a", "y", "2"), ("b", "x", "3"), ("b", "y", "")]


def test_an_empty_text_forgets(opened):
    memory = opened().memory("a")
    memory.write("x", "1")
    memory.write("x", "")
    memory.write("never there", "")
    assert (memory.read("x"), memory.read("never there")) == ("", "")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_any_text_comes_back_as_it_was(template, text):
    with closing(Ledger(template, FakeClock())) as ledger:
        memory = ledger.memory("a")
        memory.write("x", text)
        assert memory.read("x") == text
        memory.write("x", "")


def test_it_can_be_read_and_written_while_another_run_holds_the_ledger(opened):
    with opened().alone():
        opened().memory("a").write("x", "1")
        assert opened().memory("a").read("x") == "1"


WRITER = """
import sys
from pathlib import Path
from heliograph.desk.clock import SystemClock
from heliograph.ledger import Ledger

memory = Ledger(Path(sys.argv[1]), SystemClock()).memory("a")
for turn in range(20):
    memory.write("x", sys.argv[2] * 1000)
    assert set(memory.read("x")) in ({"l"}, {"r"})
"""


def test_of_processes_that_write_at_once_one_text_stays_whole(opened):
    ledger = opened()
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen([sys.executable, "-c", WRITER, str(ledger.path), letter], env=dict(os.environ))
            )
            for letter in "lr"
        ]
        assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert ledger.memory("a").read("x") in {"l" * 1000, "r" * 1000}


def test_a_desk_gives_each_platform_its_own_and_opens_no_ledger_for_that(tmp_path):
    settings = Settings(tmp_path / "heliograph.toml", tmp_path / "state", LibrarySettings("m", "memory", {}), ())
    with Desk(settings, clock=FakeClock()) as desk:
        one, other = desk._remembered("one"), desk._remembered("other")
        assert not (tmp_path / "state").exists()
        one.write("instance", json.dumps({"version": "4.5"}))
        assert other.read("instance") == ""
    with Desk(settings, clock=FakeClock()) as desk:
        assert json.loads(desk._remembered("one").read("instance")) == {"version": "4.5"}


def test_texts_are_looked_for_in_one_reading_however_many_they_are(opened):
    ledger, statements = opened(), []
    memory = ledger.memory("a")
    memory.write_all({f"name {number}": f"text {number % 700}" for number in range(1400)})
    event.listen(ledger._store._engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    found = memory.holding(f"text {number}" for number in range(1, 1200))
    assert len(found) == 1398
    assert {"name 0", "name 700"}.isdisjoint(found)
    assert len([one for one in statements if "memory" in one]) == 1
