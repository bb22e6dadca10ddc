"""The memory: a file that is private, brought up to date, held by one run, and honest about what is wrong with it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from heliograph.errors import AnotherRun, LedgerUnusable
from heliograph.ledger import Ledger, migrations, store, tables
from ledger_scene import SUBJECT, clock, ledger, path, post, record, saying
from studio import FakeClock

__all__ = ["clock", "ledger", "path"]

POSIX = pytest.mark.skipif(os.name == "nt", reason="file modes are a matter of POSIX")


# --- the file ---------------------------------------------------------------------------------------------------------


@POSIX
def test_a_fresh_ledger_and_its_folder_are_the_owners_alone(tmp_path: Path, clock: FakeClock) -> None:
    ledger = Ledger(tmp_path / "state" / "ledger.sqlite", clock)
    ledger.journal.say(saying())
    modes = {item.name: oct(item.stat().st_mode & 0o777) for item in (tmp_path / "state").iterdir()}
    ledger.close()
    assert oct((tmp_path / "state").stat().st_mode & 0o777) == "0o700"
    assert "ledger.sqlite" in modes
    assert set(modes.values()) == {"0o600"}


def test_what_was_written_is_there_when_it_is_opened_again(path: Path, clock: FakeClock) -> None:
    with closing(Ledger(path, clock)) as ledger:
        ledger.journal.agree(record(), post(), saying())
    with closing(Ledger(path, clock)) as ledger:
        kept = ledger.records.of("there", [SUBJECT])[SUBJECT]
        assert (kept.post_id, dict(kept.fields)) == ("p1", dict(record().fields))
        assert [line.sentence for line in ledger.journal.history()] == ["published"]


@pytest.mark.parametrize("folder", ["100% sure?", "a#b&c=d", "naïve Ünïcode", "it's"])
def test_a_folder_may_have_any_name(tmp_path: Path, clock: FakeClock, folder: str) -> None:
    if os.name == "nt":
        folder = folder.replace("?", "")
    with closing(Ledger(tmp_path / folder / "ledger.sqlite", clock)) as ledger:
        assert ledger.trouble() == ""
    assert (tmp_path / folder / "ledger.sqlite").stat().st_size > 0


def test_the_migrations_make_exactly_the_tables_that_the_program_uses(ledger: Ledger) -> None:
    with ledger._store.transaction() as db:
        assert compare_metadata(MigrationContext.configure(db, opts={"compare_type": True}), tables.metadata) == []


def test_several_programs_may_make_a_ledger_at_the_same_moment(tmp_path: Path, clock: FakeClock) -> None:
    barrier, troubles = Barrier(4), []

    def open_it(folder: Path) -> None:
        barrier.wait()
        try:
            Ledger(folder / "ledger.sqlite", clock).close()
        except Exception as trouble:  # noqa: BLE001 - told below
            troubles.append(trouble)

    for attempt in range(20):
        folder = tmp_path / str(attempt)
        threads = [Thread(target=open_it, args=(folder,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [path.name for path in folder.iterdir()] == ["ledger.sqlite"]
    assert troubles == []


NEXT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", "0001", None, None
def upgrade():
    op.add_column("run", sa.Column("more", sa.Text(), nullable=False, server_default="as it was"))
"""


@pytest.fixture
def newer_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From now on the program is one revision further."""

    def make(script: str) -> None:
        here = Path(migrations.__file__).parent
        further = tmp_path / "migrations"
        shutil.copytree(here, further, ignore=shutil.ignore_patterns("__pycache__"))
        (further / "versions" / "9999_more.py").write_text(script, encoding="utf-8")

        def config() -> Config:
            made = Config()
            made.set_main_option("script_location", str(further).replace("%", "%%"))
            return made

        monkeypatch.setattr(migrations, "_config", config)
        monkeypatch.setattr(tables, "HEAD", "9999")

    return make


def test_an_older_ledger_is_brought_up_to_date_and_a_copy_of_it_is_kept(
    path: Path, clock: FakeClock, newer_program: Callable[[str], None]
) -> None:
    with closing(Ledger(path, clock)) as ledger:
        ledger.journal.begin_run("sync")
    newer_program(NEXT)
    with closing(Ledger(path, clock)) as ledger, ledger._store.transaction() as db:
        assert db.execute(text("SELECT command, more FROM run")).all() == [("sync", "as it was")]
    (copy,) = path.parent.glob("*was-0001*")
    with closing(sqlite3.connect(copy)) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert old.execute("SELECT command FROM run").fetchall() == [("sync",)]
    if os.name != "nt":
        assert oct(copy.stat().st_mode & 0o777) == "0o600"


def test_a_migration_that_fails_in_the_middle_leaves_the_ledger_as_it_was(
    path: Path, clock: FakeClock, newer_program: Callable[[str], None]
) -> None:
    newer_program(NEXT + '    op.drop_table("nothing_of_that_name")\n')
    with pytest.raises(LedgerUnusable):
        Ledger(path, clock)
    with closing(sqlite3.connect(path)) as kept:
        assert kept.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert "more" not in [row[1] for row in kept.execute("PRAGMA table_info(run)")]


def test_without_room_for_the_copy_an_older_ledger_is_not_touched(
    path: Path, clock: FakeClock, newer_program: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    newer_program(NEXT)
    before = path.read_bytes()

    def full(*_: object) -> None:
        message = "database or disk is full"
        raise sqlite3.OperationalError(message)

    class Full(sqlite3.Connection):
        backup = full

    connect = sqlite3.connect
    monkeypatch.setattr(store.sqlite3, "connect", lambda name: connect(name, factory=Full))
    with pytest.raises(LedgerUnusable, match="copy"):
        Ledger(path, clock)
    assert path.read_bytes() == before


def test_a_newer_ledger_is_refused_with_a_sentence_and_not_touched(path: Path, clock: FakeClock) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE alembic_version SET version_num = '4711'")
        db.commit()
    before = path.read_bytes()
    with pytest.raises(LedgerUnusable, match=r"newer heliograph \(revision 4711\)") as told:
        Ledger(path, clock)
    assert "Nothing was published" in told.value.sentence
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"This is a shopping list.\n" * 400, id="no database"),
        pytest.param(lambda data: data[:100] + bytes(4096) + data[4196:], id="first page zeroed"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut in half"),
        pytest.param(lambda data: data[:16] + b"\xff" * 84 + data[100:], id="header scribbled over"),
    ],
)
def test_a_damaged_ledger_is_a_sentence_and_is_not_touched(
    path: Path, clock: FakeClock, damage: Callable[[bytes], bytes]
) -> None:
    hurt = damage(path.read_bytes())
    path.write_bytes(hurt)

    def use() -> None:
        with closing(Ledger(path, clock)) as ledger:
            ledger.journal.agree(record(), post(), saying())
            ledger.records.seen("there", ["p1"])

    with pytest.raises(LedgerUnusable) as told:
        use()
    assert str(path) in told.value.sentence
    assert "publishes nothing twice" in told.value.sentence
    assert path.read_bytes()[:16] == hurt[:16]


def test_the_ledgers_own_check_names_what_is_wrong(path: Path, clock: FakeClock) -> None:
    with closing(Ledger(path, clock)) as ledger:
        assert ledger.trouble() == ""
        for number in range(200):
            ledger.journal.say(saying("x" * 200 + str(number)))
    data = bytearray(path.read_bytes())
    data[-8192:-4096] = b"\x2a" * 4096
    path.write_bytes(data)
    with closing(Ledger(path, clock)) as ledger, pytest.raises(LedgerUnusable, match="damaged"):
        ledger.trouble()


def test_a_ledger_that_another_program_holds_is_a_sentence(
    path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_MS", 50)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerUnusable, match="locked by another program") as told:
            Ledger(path, clock)
    assert "run again" in told.value.sentence
    Ledger(path, clock).close()


def test_a_ledger_on_a_full_disk_is_a_sentence_and_keeps_what_it_had(path: Path, clock: FakeClock) -> None:
    with closing(Ledger(path, clock)) as ledger:
        ledger.journal.say(saying("before"))
        with ledger._store.transaction() as db:
            pages = db.execute(text("PRAGMA page_count")).scalar_one()
            db.execute(text(f"PRAGMA max_page_count = {pages}"))

        def fill() -> None:
            for _ in range(1000):
                ledger.journal.say(saying("x" * 5000))

        with pytest.raises(LedgerUnusable, match="disk is full"):
            fill()
        kept = len(ledger.journal.history(limit=5000))
    with closing(Ledger(path, clock)) as ledger:
        assert len(ledger.journal.history(limit=5000)) == kept
        assert ledger.journal.history(limit=5000)[-1].sentence == "before"
        ledger.journal.say(saying("there is room again"))


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anything")
def test_a_ledger_that_may_not_be_written_is_a_sentence(path: Path, clock: FakeClock) -> None:
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(LedgerUnusable, match="read-only"):
            Ledger(path, clock)
    finally:
        path.parent.chmod(0o700)


def test_a_ledger_whose_place_is_taken_by_a_folder_is_a_sentence(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "ledger.sqlite").mkdir()
    with pytest.raises(LedgerUnusable, match="is a folder"):
        Ledger(tmp_path / "ledger.sqlite", clock)


def test_a_state_folder_that_is_a_file_is_a_sentence(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "state").write_text("not a folder", encoding="utf-8")
    with pytest.raises(LedgerUnusable, match=r"ledger\.sqlite"):
        Ledger(tmp_path / "state" / "ledger.sqlite", clock)


@pytest.mark.parametrize("gone", [("-shm",), ("-wal", "-shm")])
def test_a_killed_run_leaves_a_ledger_that_opens_also_where_its_side_files_were_swept_away(
    tmp_path: Path, path: Path, clock: FakeClock, gone: tuple[str, ...]
) -> None:
    """Without the write-ahead log the newest entries are lost, which costs a look at the platform and no duplicate."""
    with closing(Ledger(path, clock)) as ledger:
        ledger.journal.say(saying("closed properly"))
    ledger = Ledger(path, clock)
    ledger.journal.say(saying("killed right after"))
    killed = tmp_path / "killed"
    shutil.copytree(path.parent, killed)
    ledger.close()
    for suffix in gone:
        (killed / f"ledger.sqlite{suffix}").unlink()
    with closing(Ledger(killed / "ledger.sqlite", clock)) as left:
        said = [line.sentence for line in left.journal.history()]
        assert said[-1] == "closed properly"
        assert ("killed right after" in said) == ("-wal" not in gone)
        assert left.trouble() == ""


# --- one run at a time ------------------------------------------------------------------------------------------------


def test_two_runs_at_once_are_refused_naming_the_process(ledger: Ledger, clock: FakeClock) -> None:
    with (
        ledger.alone(),
        closing(Ledger(ledger.path, clock)) as other,
        pytest.raises(AnotherRun, match=f"process {os.getpid()}") as told,
        other.alone(),
    ):
        pass
    assert "Nothing was done" in told.value.sentence


def test_the_ledger_is_free_when_a_run_ended_also_by_an_error(ledger: Ledger, clock: FakeClock) -> None:
    with pytest.raises(RuntimeError), ledger.alone():
        raise RuntimeError
    with closing(Ledger(ledger.path, clock)) as other, other.alone():
        pass


def test_telling_does_not_need_the_ledger_alone(ledger: Ledger, clock: FakeClock) -> None:
    with ledger.alone(), closing(Ledger(ledger.path, clock)) as other:
        assert other.journal.history() == []


HOLD = """
import sys, time
from pathlib import Path
from heliograph.desk.clock import SystemClock
from heliograph.ledger import Ledger
with Ledger(Path(sys.argv[1]), SystemClock()).alone():
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_killed_process_does_not_hold_the_ledger_any_longer(path: Path, clock: FakeClock) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"held"
        with closing(Ledger(path, clock)) as ledger:
            with pytest.raises(AnotherRun, match=f"process {process.pid}"), ledger.alone():
                pass
            process.kill()
            process.wait()
            with ledger.alone():
                named = json.loads(path.with_suffix(".run").read_text(encoding="utf-8"))
    assert named["process"] == os.getpid()


def test_outside_of_tests_what_is_written_down_waits_for_the_disk(tmp_path):
    asked = (
        "import sys; from pathlib import Path; from heliograph.desk.clock import SystemClock; "
        "from heliograph.ledger import Ledger; ledger = Ledger(Path(sys.argv[1]), SystemClock()); "
        "held = ledger._store.transaction(); db = held.__enter__(); "
        "print(*(db.exec_driver_sql(f'PRAGMA {one}').scalar() for one in ('journal_mode', 'synchronous')))"
    )
    words = [sys.executable, "-c", asked, str(tmp_path / "ledger.sqlite")]
    said = subprocess.run(words, capture_output=True, text=True, check=True, encoding="utf-8")
    assert said.stdout.split() == ["wal", "2"]
