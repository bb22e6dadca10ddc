"""The memory: a file that is private, brought up to date, held by one run, and honest about what is wrong with it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from heliograph.errors import AnotherRun, LedgerUnusable
from heliograph.identify import Identity, Role
from heliograph.ledger import Judged, Ledger, Saying, migrations, records, store, tables
from heliograph.model import Agreed, Change, Claim, F, Post, Record, Subject, SubjectKind, Survey, Wanted, value_digest
from heliograph.ports import Found, Unreadable
from studio import FakeClock, photo, quick_ledgers, template_ledger

POSIX = pytest.mark.skipif(os.name == "nt", reason="file modes are a matter of POSIX")
SUBJECT = Subject(SubjectKind.PHOTO, "a" * 32)


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with quick_ledgers():
        yield


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template_ledger(tmp_path_factory.mktemp("ledger"))


@pytest.fixture
def path(tmp_path: Path, template: Path) -> Path:
    (tmp_path / "state").mkdir()
    return Path(shutil.copy(template, tmp_path / "state" / "ledger.sqlite"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger(path: Path, clock: FakeClock) -> Iterator[Ledger]:
    with closing(Ledger(path, clock)) as opened:
        yield opened


def record(title: str = "Low tide", subject: Subject = SUBJECT, post_id: str = "p1") -> Record:
    return Record(
        subject, "there", post_id, where="a.jpg", basis="b", fields={F.TITLE: Agreed(title, value_digest(title))}
    )


def post(title: str = "Low tide", post_id: str = "p1", mark: str = "") -> Post:
    return Post(post_id, SubjectKind.PHOTO, mark, f"https://there.example/{post_id}", {F.TITLE: title})


def saying(sentence: str = "published", **more: object) -> Saying:
    return Saying("there", SUBJECT, "a.jpg", "add", "done", sentence, **more)


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

    def open_it() -> None:
        barrier.wait()
        try:
            Ledger(tmp_path / "ledger.sqlite", clock).close()
        except Exception as trouble:  # noqa: BLE001 - told below
            troubles.append(trouble)

    threads = [Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
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


# --- the platform as it was last seen ---------------------------------------------------------------------------------


class Watched:
    """A ledger that looks at a platform whose listing may lag a minute."""

    def __init__(self, ledger: Ledger, clock: FakeClock) -> None:
        self.ledger, self.clock = ledger, clock

    def agree(self, *posts: Post) -> None:
        for shown in posts:
            subject = Subject(SubjectKind.PHOTO, shown.id)
            self.ledger.journal.agree(record(str(shown.fields[F.TITLE]), subject, shown.id), shown, saying())

    def part(self, shown: Post) -> None:
        subject = Subject(SubjectKind.PHOTO, shown.id)
        self.ledger.journal.part(self.ledger.records.of("there", [subject])[subject], saying("deleted"))

    def look(self, *posts: Post, full: bool = True, **more: object) -> None:
        now = self.clock.now()
        survey = Survey(posts, full=full, **{"cursor": "", **more})
        self.ledger.records.observe("there", survey, now.isoformat(), (now - timedelta(seconds=60)).isoformat())

    def shows(self, *ids: str) -> dict[str, str]:
        found = self.ledger.records.seen("there", ids or ("p1", "p2", "p3"))
        return {id_: str(item.fields[F.TITLE]) for id_, item in found.items()}

    def strangers(self) -> list[str]:
        return [item.id for item in self.ledger.records.strangers("there")]


@pytest.fixture
def watched(ledger: Ledger, clock: FakeClock) -> Watched:
    return Watched(ledger, clock)


def test_what_a_whole_listing_does_not_name_is_gone(watched: Watched) -> None:
    watched.look(post(), post("Two", "p2"))
    watched.look(post())
    assert watched.shows() == {"p1": "Low tide"}


def test_what_we_just_wrote_is_believed_over_a_listing_that_lags_behind(watched: Watched) -> None:
    watched.agree(post("Low tide"))
    watched.clock.sleep(30)
    watched.look()
    assert watched.shows() == {"p1": "Low tide"}
    watched.agree(post("Ebb"))
    watched.look(post("Low tide"))
    assert watched.shows() == {"p1": "Ebb"}


def test_when_the_lag_has_passed_the_listing_is_believed(watched: Watched) -> None:
    watched.agree(post(), post("Two", "p2"))
    watched.clock.sleep(62)
    watched.look(post("Edited there"))
    assert watched.shows() == {"p1": "Edited there"}


def test_a_deleted_post_that_is_still_listed_is_a_ghost(watched: Watched) -> None:
    watched.agree(post())
    watched.clock.sleep(3600)
    watched.part(post())
    watched.look(post())
    assert watched.shows() == {}
    watched.clock.sleep(62)
    watched.look(post())
    assert watched.strangers() == ["p1"]  # it came back: somebody's own, for all we know


def test_a_listing_that_broke_off_changes_nothing(watched: Watched) -> None:
    watched.look(post(), post("Two", "p2"), cursor="c1")
    watched.look(post("Other"), looked=False, full=False, cursor="c2")
    assert watched.shows() == {"p1": "Low tide", "p2": "Two"}
    assert watched.ledger.records.cursor("there") == "c1"


def test_a_listing_of_changes_says_nothing_about_the_others(watched: Watched) -> None:
    watched.look(post(), post("Two", "p2"), post("Three", "p3"), cursor="c1")
    watched.look(post("Edited"), full=False, gone=frozenset({"p2"}), cursor="c2")
    assert watched.shows() == {"p1": "Edited", "p3": "Three"}
    assert watched.ledger.records.cursor("there") == "c2"


def test_a_post_that_is_said_to_be_gone_is_gone_also_where_we_just_wrote_it(watched: Watched) -> None:
    """A listing of changes says so only once; lagging, it would not say it."""
    watched.look(cursor="c1")
    watched.agree(post())
    watched.look(full=False, gone=frozenset({"p1"}), cursor="c2")
    assert watched.shows() == {}


@pytest.mark.parametrize("full", [True, False])
def test_an_edit_right_after_our_own_write_is_seen_once_the_lag_has_passed(watched: Watched, full: bool) -> None:
    """A listing of changes names it once: where it was not believed, the next look begins at the same place."""
    watched.look(cursor="c1")
    watched.agree(post("Low tide"))
    watched.look(post("Edited there"), full=full, cursor="c2")
    assert watched.shows() == {"p1": "Low tide"}
    assert watched.ledger.records.cursor("there") == "c1"
    watched.clock.sleep(62)
    watched.look(post("Edited there"), full=False, cursor="c3")
    assert watched.shows() == {"p1": "Edited there"}
    assert watched.ledger.records.cursor("there") == "c3"


def test_a_listing_that_agrees_with_what_we_wrote_moves_on(watched: Watched) -> None:
    watched.look(cursor="c1")
    watched.agree(post())
    watched.look(post(), full=False, cursor="c2")
    assert watched.ledger.records.cursor("there") == "c2"


def test_platforms_do_not_see_each_other(watched: Watched) -> None:
    watched.look(post())
    now = watched.clock.now().isoformat()
    watched.ledger.records.observe("elsewhere", Survey((), full=True), now, now)
    assert watched.shows() == {"p1": "Low tide"}
    assert watched.ledger.records.seen("elsewhere", ["p1"]) == {}


def test_posts_are_found_by_the_mark_of_their_picture_where_no_record_knows_them(watched: Watched) -> None:
    watched.look(post("One", "p1", "m" * 32), post("Two", "p2", "m" * 32), post("Three", "p3"))
    watched.agree(post("One", "p1", "m" * 32))
    assert [item.id for item in watched.ledger.records.marked("there", ["m" * 32, ""])["m" * 32]] == ["p2"]


def test_posts_of_pictures_that_the_library_does_not_hold_are_unclaimed(watched: Watched) -> None:
    ours = photo("a.jpg")
    watched.ledger.files.remember([Found(ours, "1")], [])
    watched.look(post("Ours", "p1", ours.digest[:32]), post("Older pixels", "p2", "0" * 32), post("Unmarked", "p3"))
    assert [item.id for item in watched.ledger.records.unclaimed("there")] == ["p2", "p3"]


# --- agreement --------------------------------------------------------------------------------------------------------


def test_the_first_posting_keeps_its_date_through_every_change(ledger: Ledger, clock: FakeClock) -> None:
    ledger.journal.agree(record(), post(), saying())
    first = ledger.records.of("there", [SUBJECT])[SUBJECT]
    clock.sleep(86400)
    ledger.journal.agree(record("Ebb"), post("Ebb"), saying())
    later = ledger.records.of("there", [SUBJECT])[SUBJECT]
    assert later.posted_at == first.posted_at
    assert later.changed_at > first.changed_at


def test_an_agreement_of_one_field_leaves_a_difference_in_another_to_be_looked_at(ledger: Ledger) -> None:
    """Otherwise an edit there that was left for now would count as seen."""
    found = photo("a.jpg")
    subject = Subject(SubjectKind.PHOTO, found.digest[:32])
    ledger.files.remember([Found(found, "1")], [])
    ledger.files.assign([Identity("a.jpg", subject.id, Role.MAIN, "new")])
    shown = Post("p1", SubjectKind.PHOTO, fields={F.TITLE: "Edited there", F.TEXT: "Boats"})
    fields = {F.TITLE: Agreed("Low tide", value_digest("Low tide")), F.TEXT: Agreed("Boats", value_digest("Boats"))}
    ledger.journal.agree(replace(record(), subject=subject, fields=fields), shown, saying())
    (line,) = ledger.records.lines("there")
    assert line.record_shown == ""
    assert line.seen_digest


def test_fields_that_are_being_set_are_remembered_until_the_next_agreement(ledger: Ledger) -> None:
    ledger.journal.agree(record(), post(), saying())
    ledger.journal.begin_setting(record(), [F.TITLE, F.TEXT])
    cut_off = ledger.records.of("there", [SUBJECT])[SUBJECT]
    assert (cut_off.setting, cut_off.basis) == ((F.TEXT, F.TITLE), "")
    ledger.journal.agree(record("Ebb"), post("Ebb"), saying())
    assert ledger.records.of("there", [SUBJECT])[SUBJECT].setting == ()


def test_an_answer_counts_until_it_was_carried_out(ledger: Ledger) -> None:
    ledger.journal.answer("there", SUBJECT, "q1", "overwrite")
    ledger.journal.answer("there", SUBJECT, "q2", "leave")
    ledger.journal.answer("there", SUBJECT, "q2", "add")
    assert ledger.journal.choices() == {"q1": "overwrite", "q2": "add"}
    ledger.journal.agree(record(), post(), saying(answered="q1"))
    assert ledger.journal.choices() == {"q2": "add"}


def test_the_history_tells_what_changed_newest_first_and_by_subject(ledger: Ledger) -> None:
    changes = (Change(F.TAGS, ("a", "b"), ("a", "ü")), Change(F.PLACE, None, (67.9, 13.0, "", "Reine")))
    ledger.journal.begin_run("sync", "digest")
    ledger.journal.say(saying("first"))
    ledger.journal.say(saying("second", changes=changes))
    other = replace(saying("third"), subject=Subject(SubjectKind.ALBUM, "Coast"))
    ledger.journal.say(other)
    assert [line.sentence for line in ledger.journal.history()] == ["third", "second", "first"]
    (second, _) = ledger.journal.history([SUBJECT.id])
    assert (second.changes, second.run, second.subject) == (changes, 1, SUBJECT)


def test_a_run_that_was_killed_has_no_end(ledger: Ledger) -> None:
    ledger.journal.begin_run("sync")
    ledger.journal.begin_run("plan")
    ledger.journal.end_run("ended")
    assert [(run["command"], run["outcome"]) for run in ledger.journal.runs(9)] == [("plan", "ended"), ("sync", "")]


def test_the_journal_knows_what_was_begun_and_what_landed(ledger: Ledger) -> None:
    wanted = Wanted(SUBJECT, "there", "a.jpg", {F.TITLE: "Low tide", F.TAGS: ("a", "b")})
    claims = [Claim(Subject(SubjectKind.PHOTO, id_), "m", f"token {id_}") for id_ in "abc"]
    entries = [ledger.journal.begin(claim, wanted) for claim in claims]
    ledger.journal.landed(entries[1], post())
    ledger.journal.close(entries[2], "refused")
    first, second = ledger.journal.unsettled("there")
    assert (first.claim, first.wanted, first.post) == (claims[0], wanted, None)
    assert (second.claim, second.post) == (claims[1], post())
    assert ledger.journal.unsettled("elsewhere") == []
    assert [ledger.journal.in_doubt(id_) for id_ in "abc"] == [True, True, False]
    ledger.journal.agree(record(), post(), saying(), entries[0])
    assert [entry.id for entry in ledger.journal.unsettled("there")] == [entries[1]]


# --- the library as it was read ---------------------------------------------------------------------------------------


def test_a_long_library_is_read_in_pieces_in_order_and_each_photo_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "STREAM", 3)
    photos = [photo(f"{number:02}/ü{number}.jpg") for number in range(11)]
    ledger.files.remember([Found(item, "1") for item in photos], [])
    ledger.files.assign([Identity(item.where, item.digest[:32], Role.MAIN, "new") for item in photos])
    ledger.records.judge("there", [Judged(photos[4].where, "b", "wanted", ("Coast",), "key")])
    lines = list(ledger.records.lines("there"))
    assert [line.where for line in lines] == sorted(item.where for item in photos)
    assert [line.places() for line in lines if line.albums] == [("Coast",)]


def test_the_reader_of_a_long_library_may_write_meanwhile(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "STREAM", 2)
    photos = [photo(f"{number}.jpg") for number in range(5)]
    ledger.files.remember([Found(item, "1") for item in photos], [])
    ledger.files.assign([Identity(item.where, item.digest[:32], Role.MAIN, "new") for item in photos])
    for line in ledger.records.lines("there"):
        ledger.records.judge("there", [Judged(line.where, "b", "wanted")])
    assert {line.verdict_kind for line in ledger.records.lines("there")} == {"wanted"}


def test_a_changed_file_is_open_until_it_is_identified_again(ledger: Ledger) -> None:
    """A run that is killed in between leaves no file with the identity of its earlier pixels."""
    before, after = photo("a.jpg"), photo("a.jpg", pixels="others")
    ledger.files.remember([Found(before, "1")], [])
    ledger.files.assign([Identity("a.jpg", before.digest[:32], Role.MAIN, "new")])
    assert ledger.files.loose() == []
    ledger.files.remember([Found(after, "2")], [])
    assert ledger.files.loose() == ["a.jpg"]


def test_an_unreadable_file_keeps_its_reason_and_gives_way_to_a_readable_one(ledger: Ledger) -> None:
    item = photo("a.jpg")
    ledger.files.remember([], [Unreadable("a.jpg", "a.jpg is cut off", "1")])
    assert ledger.files.unreadable() == [("a.jpg", "a.jpg is cut off")]
    assert ledger.files.photos(["a.jpg"]) == {}
    ledger.files.remember([Found(item, "2")], [])
    assert ledger.files.unreadable() == []
    assert ledger.files.photos(["a.jpg"]) == {"a.jpg": item}
    assert dict(ledger.files.stamps("")) == {"a.jpg": "2"}


def test_the_family_of_a_file_is_everything_its_identity_can_depend_on(ledger: Ledger) -> None:
    """Copies of it, the photograph that was at its place, and that one's earlier and present pixels; nobody else."""
    first, edited, copy = photo("a.jpg"), photo("a.jpg", pixels="edited"), photo("Best/a.jpg", pixels="a.jpg")
    stranger = photo("z.jpg")
    ledger.files.remember([Found(first, "1"), Found(stranger, "1")], [])
    id_ = first.digest[:32]
    ledger.files.assign(
        [Identity("a.jpg", id_, Role.MAIN, "new"), Identity("z.jpg", stranger.digest[:32], Role.MAIN, "new")]
    )
    ledger.files.remember([Found(edited, "2"), Found(copy, "1")], [])
    ledger.files.assign([Identity("a.jpg", id_, Role.MAIN, "edited")])
    seen, photographs = ledger.files.family(["Best/a.jpg"])
    assert sorted(item.where for item in seen) == ["Best/a.jpg", "a.jpg"]
    (known,) = photographs
    assert (known.id, known.digest, known.earlier) == (id_, edited.digest, frozenset({first.digest}))


@pytest.mark.parametrize("words", ["100%", "a_b", "back\\slash", "it's"])
def test_searching_takes_every_character_for_itself(ledger: Ledger, words: str) -> None:
    hit, miss = photo(f"x{words}y.jpg"), photo("100x axb backslash its.jpg")
    ledger.files.remember([Found(hit, "1"), Found(miss, "1")], [])
    assert [where for _, where, _, _ in ledger.files.search(words)] == [hit.where]


def test_more_rows_than_one_statement_takes_are_no_trouble(ledger: Ledger) -> None:
    photos = [photo(f"{number}.jpg") for number in range(1201)]
    ledger.files.remember([Found(item, "1") for item in photos], [])
    assert ledger.files.count() == 1201
    assert len(ledger.files.photos(item.where for item in photos)) == 1201
    ledger.files.forget(item.where for item in photos)
    assert ledger.files.count() == 0
    assert ledger.files.parts() == []
