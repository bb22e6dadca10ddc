"""Disks, other programs and other people get in the way of the real command: it says so and loses nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from heliograph import metadata
from photos import Household, aged, draw, environment, said
from site_visit import check_whole, pages_of

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has neither FIFOs nor these permissions")


@pytest.fixture
def home(tmp_path):
    """Six photos in one album, not published yet."""
    return household(tmp_path / "home", 6)


@pytest.fixture(scope="module")
def published_once(tmp_path_factory):
    home = household(tmp_path_factory.mktemp("published"), 6)
    home.helio("sync").must(0)
    return home


@pytest.fixture
def published(tmp_path, published_once):
    """The same, published."""
    shutil.copytree(published_once.folder, tmp_path / "home")
    return Household(tmp_path / "home")


def household(folder: Path, count: int, **settings: str) -> Household:
    home = Household(folder).settle(**settings)
    for number in range(count):
        home.photo(f"2024/p{number}.jpg", number, "", "Alps")
    return home


def complete(home: Household, count: int = 6) -> None:
    """The next run goes on, and everything is there once."""
    home.helio("sync").must(0)
    assert home.titles() == [f"Photo {number}" for number in range(count)]
    home.check_site()
    home.check_in_step()


# --- two runs ---------------------------------------------------------------------------------------------------------


MEDDLED = """\
import os, time
from pathlib import Path
from heliograph.libraries.folder import Folder
path, other = Path(os.environ["MEDDLE_WITH"]), Path(os.environ["MEDDLE_FROM"])
opened = Folder.open
def meddling(self, photo, recipe):
    if photo.where.endswith("p3.jpg"):
        {change}
    return opened(self, photo, recipe)
Folder.open = meddling
if __name__ == "__main__":
    from heliograph.cli import main
    main()
"""
"""The command with a photographer at work on the same photo at the same moment."""


def meddled(home: Household, change: str, path: Path, other: Path) -> subprocess.Popen[bytes]:
    script = home.folder / "meddled.py"
    script.write_text(MEDDLED.format(change=change), encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, str(script), "--config", str(home.settings), "sync"],
        env=environment(MEDDLE_WITH=str(path), MEDDLE_FROM=str(other)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_second_run_says_who_is_at_work_and_the_first_is_unharmed(tmp_path, home):
    begun, enough = tmp_path / "begun", tmp_path / "enough"
    wait = "path.touch()\n        while not other.exists(): time.sleep(0.01)"
    first = meddled(home, wait, begun, enough)
    try:
        until = time.monotonic() + 60
        while not begun.exists() and time.monotonic() < until:
            time.sleep(0.01)
        for verb in ("sync", "plan", "scan"):
            home.helio(verb).must(15, "Another run", str(first.pid), "Nothing was done", "again")
        home.helio("status").must(0)
    finally:
        enough.touch()
        _, err = first.communicate(timeout=60)
    assert first.returncode == 0, err
    complete(home)


# --- the disk is full -------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def disk(folder: Path, size: str = "8m"):
    """A real disk of this size in memory, mounted at `folder`; yields a function that mounts it anew."""
    folder.mkdir(parents=True, exist_ok=True)
    if not shutil.which("mount") or mounted("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)):
        pytest.skip("this user may not mount a small disk; needs root on Linux")
    try:
        yield lambda *options: mounted("-o", f"remount,{','.join(options)}", str(folder))
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607 - where it lies differs


def mounted(*words: str) -> int:
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode  # noqa: S607 - likewise


def fill(folder: Path, left_bytes: int) -> Path:
    """A file that leaves so much room on the disk of `folder`."""
    ballast = folder / "ballast.bin"
    ballast.write_bytes(b"\0" * max(0, shutil.disk_usage(folder).free - left_bytes))
    return ballast


def detailed(home: Household, count: int) -> None:
    """Photos whose renditions take room."""
    more = "[platforms.site.picture]\nlong_edge_px = [1200]\nquality = 98\n"
    text = home.settle().settings.read_text(encoding="utf-8")
    head, _, _ = text.partition("[platforms.site.picture]")
    home.settings.write_text(head + more, encoding="utf-8")
    for number in range(count):
        path = draw(home.library / f"2024/p{number}.jpg", number, said(f"Photo {number}", "Alps"), size=(1200, 800))
        aged(path)


def posts_are_whole(home: Household) -> None:
    """What is in the site's log has its picture files; what visitors can reach is whole."""
    pictures = {name.name for name in home.site.rglob("*") if name.is_file()}
    for post in home.posts().values():
        for picture in post["pictures"]:
            name = picture["name"].removeprefix("pictures/")
            assert {name.replace("/", "-"), f"pictures-{name.replace('/', '-')}", name.split("/")[1]} & pictures
    check_whole(home.site, [home.site / "index.html"])


@pytest.mark.parametrize(
    ("where", "left_kb"),
    [("site", 300), ("site", 60), (".heliograph/renditions", 300), (".heliograph/renditions", 40)],
)
def test_a_disk_that_fills_up_is_a_sentence_and_the_next_run_with_room_completes(tmp_path, where, left_kb):
    home = Household(tmp_path / "home")
    detailed(home, 6)
    with disk(home.folder / where):
        ballast = fill(home.folder / where, left_kb << 10)
        ended = home.helio("sync").must(10, "2024/p", "space", "again")
        assert "No space left" in ended.words or "disk is full" in ended.words
        posts_are_whole(home)
        told = set(home.titles())
        assert len(told) < 6
        for number in range(6):
            published = f"2024/p{number}.jpg: published" in ended.words
            assert published == (f"Photo {number}" in told), "published or clearly not"
        ballast.unlink()
        complete(home)


def test_a_disk_that_is_full_for_the_ledger_is_a_sentence_and_nothing_is_sent_that_cannot_be_remembered(tmp_path):
    home = household(tmp_path / "home", 6)
    renditions = home.folder / "renditions"
    with disk(home.state):
        home.helio("scan").must(0)
        renditions.mkdir()
        (home.state / "renditions").symlink_to(renditions, target_is_directory=True)
        ballast = fill(home.state, 0)
        home.helio("sync").must(6, "ledger", "disk is full", "again")
        assert not home.posts()
        ballast.unlink()
        for left_kb in (8, 40, 120, 200, 260):
            ballast = fill(home.state, left_kb << 10)
            ended = home.helio("sync")
            assert ended.code in {0, 2, 6, 10}, ended.err
            assert "Traceback" not in ended.err
            if ended.code:
                assert "full" in ended.words or "No space" in ended.words
            ballast.unlink()
        complete(home)


# --- what may not be written or read ----------------------------------------------------------------------------------


def test_a_site_on_a_disk_that_is_read_only_is_a_sentence_and_stays_as_it_is(tmp_path):
    home = Household(tmp_path / "home")
    with disk(home.site) as again:
        household(home.folder, 3)
        complete(home, 3)
        before = pages_of(home.site)
        home.photo("2024/p3.jpg", 3, "", "Alps")
        assert again("ro") == 0
        home.helio("sync").must(10, "p3.jpg", "may not be written", "not published", "again")
        assert pages_of(home.site) == before
        assert again("rw") == 0
        complete(home, 4)


def test_a_state_folder_on_a_disk_that_is_read_only_is_a_sentence(tmp_path):
    home = Household(tmp_path / "home")
    with disk(home.state) as again:
        household(home.folder, 3)
        complete(home, 3)
        assert again("ro") == 0
        home.photo("2024/p3.jpg", 3, "", "Alps")
        home.helio("sync").must(6, "ledger.sqlite", "read-only", "Nothing was published")
        assert len(home.titles()) == 3
        assert again("rw") == 0
        complete(home, 4)


def may_do_everything(folder: Path) -> bool:
    """Root may, unless it gave up that power."""
    closed = folder / "closed"
    closed.mkdir(mode=0)
    try:
        return os.access(closed, os.R_OK)
    finally:
        closed.rmdir()


@POSIX
def test_folders_that_this_user_may_not_write_or_read_are_sentences(home):
    if may_do_everything(home.folder):
        pytest.skip("root may read and write everything")
    home.helio("sync").must(0)
    home.photo("2025/new.jpg", 40, "New")
    for folder in (home.site, home.site / ".heliograph"):
        folder.chmod(0o500)
    home.helio("sync").must(10, "new.jpg", "may not be written")
    for folder in (home.site, home.site / ".heliograph"):
        folder.chmod(0o700)
    (home.library / "2024").chmod(0)
    home.helio("sync").must(10, "2024", "could not be looked at")
    (home.library / "2024").chmod(0o700)
    assert len(home.titles()) == 7


# --- the ledger -------------------------------------------------------------------------------------------------------


def test_a_ledger_that_another_program_holds_is_a_sentence(published):
    with contextlib.closing(sqlite3.connect(published.ledger, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        published.helio("sync").must(6, "locked by another program", "again")
        other.execute("ROLLBACK")
    complete(published)


def scribbled(path: Path, at: int, length: int = 4096) -> None:
    data = bytearray(path.read_bytes())
    data[at : at + length] = b"\xa5" * min(length, len(data) - at)
    path.write_bytes(data)


@pytest.mark.parametrize("damage", ["header", "middle", "cut", "empty folder instead"])
def test_a_damaged_ledger_is_a_sentence_and_without_it_everything_is_recognised(published, damage):
    before = pages_of(published.site)
    close(published)
    length = published.ledger.stat().st_size
    match damage:
        case "header":
            scribbled(published.ledger, 0, 100)
        case "middle":
            for at in range(4096, length, 4096):
                scribbled(published.ledger, at, 2000)
        case "cut":
            os.truncate(published.ledger, length // 2 - 77)
        case _:
            published.ledger.unlink()
            published.ledger.mkdir()
    ended = published.helio("sync").must(6, "ledger.sqlite", "Nothing was published or changed")
    assert "damaged" in ended.words or "is a folder where a file should be" in ended.words
    published.helio("status").must(6, "ledger.sqlite")
    published.helio("doctor").must(7, "ledger")
    assert pages_of(published.site) == before
    published.ledger.rename(published.state / "moved-away")
    for name in ("-wal", "-shm"):
        published.ledger.with_name(published.ledger.name + name).unlink(missing_ok=True)
    posts = set(published.posts())
    complete(published)
    assert set(published.posts()) == posts, "everything was recognised, nothing sent again"


def close(home: Household) -> None:
    """Everything into the one file."""
    with contextlib.closing(sqlite3.connect(home.ledger)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_a_ledger_of_a_newer_program_is_left_alone(published):
    with contextlib.closing(sqlite3.connect(published.ledger)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    close(published)
    before = published.ledger.read_bytes()
    published.helio("sync").must(6, "newer heliograph", "9999", "Nothing was published or changed")
    assert published.ledger.read_bytes() == before


def test_a_ledger_that_lost_its_latest_pages_publishes_nothing_twice(home):
    home.helio("scan").must(0)
    close(home)
    early = home.ledger.read_bytes()
    home.helio("sync").must(0)
    posts = set(home.posts())
    home.ledger.write_bytes(early)
    for name in ("-wal", "-shm"):
        home.ledger.with_name(home.ledger.name + name).unlink(missing_ok=True)
    complete(home)
    assert set(home.posts()) == posts


# --- the library ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["missing", "empty"])
def test_a_library_whose_disk_is_away_changes_nothing(published, way):
    before = pages_of(published.site)
    published.library.rename(published.folder / "unplugged")
    if way == "empty":
        published.library.mkdir()
    for verb in ("plan", "sync", "scan"):
        published.helio(verb).must(4, str(published.library.name), "othing was concluded", "disk connected?")
    assert pages_of(published.site) == before
    assert len(published.posts()) == 7
    if way == "empty":
        published.library.rmdir()
    (published.folder / "unplugged").rename(published.library)
    complete(published)


def test_a_folder_behind_a_link_that_leads_nowhere_for_now_keeps_its_photos(tmp_path):
    home = Household(tmp_path / "home").settle()
    home.photo("here.jpg", 1, "Here")
    disk_there = tmp_path / "disk"
    aged(draw(disk_there / "far.jpg", 2, said("Far")))
    try:
        (home.library / "linked").symlink_to(disk_there, target_is_directory=True)
    except OSError:
        pytest.skip("this user may not make links")
    home.helio("sync").must(0)
    assert home.titles() == ["Far", "Here"]
    disk_there.rename(tmp_path / "away")
    home.helio("sync").must(10, "linked", "leads nowhere", "Nothing is concluded")
    assert home.titles() == ["Far", "Here"]
    (tmp_path / "away").rename(disk_there)
    home.check_in_step()


def test_an_emptied_folder_trips_the_guard_and_is_let_through_when_allowed(tmp_path):
    home = household(tmp_path / "home", 14)
    home.photo("kept.jpg", 99, "Kept")
    home.helio("sync").must(0)
    before = pages_of(home.site)
    for path in (home.library / "2024").iterdir():
        path.unlink()
    home.helio("sync").must(13, "15 of 16", "--allow-deletes")
    home.helio("apply").must(13, "--allow-deletes")
    assert pages_of(home.site) == before
    assert len(home.titles()) == 15
    home.helio("sync", "--allow-deletes").must(0)
    assert home.titles() == ["Kept"]
    home.check_site()
    home.check_in_step()


# --- the world changes ------------------------------------------------------------------------------------------------


def test_a_plan_that_was_overtaken_is_not_applied_and_the_new_one_can_be(published):
    published.photo("2024/new.jpg", 20, "New", "Alps")
    published.helio("plan").must(0, "new.jpg")
    metadata.write(published.library / "2024/p0.jpg", said("Edited meanwhile", "Alps"))
    before = pages_of(published.site)
    published.helio("apply").must(11, "changed", "nothing was done", "helio plan")
    assert pages_of(published.site) == before
    published.helio("plan").must(0, "new.jpg", "Edited meanwhile")
    published.helio("apply").must(0)
    assert "Edited meanwhile" in published.titles()
    assert "New" in published.titles()
    published.check_site()
    published.check_in_step()


def test_a_plan_is_applied_once(published):
    published.photo("2024/new.jpg", 20, "New", "Alps")
    digest = published.helio("plan", "--json").must(0).out.partition('"digest":')[2].split('"')[1]
    published.helio("apply", digest[:12]).must(0)
    published.helio("apply", digest[:12]).must(11)
    assert published.titles().count("New") == 1


def test_a_photo_that_vanishes_between_plan_and_apply_is_seen_before_anything_is_done(published):
    published.photo("2024/new.jpg", 20, "New")
    published.helio("plan").must(0)
    (published.library / "2024/new.jpg").unlink()
    published.helio("apply").must(11)
    assert "New" not in published.titles()
    complete(published)


CHANGES = {
    "vanishes": ("path.unlink()", "no longer there"),
    "changes": ("path.write_bytes(other.read_bytes())", "changed since it was read"),
    "is cut short": ("os.truncate(path, path.stat().st_size // 2)", "p3.jpg"),
    "becomes a folder": ("path.unlink(); path.mkdir()", "no longer there"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_photo_that_changes_while_the_others_are_published_costs_itself_only(tmp_path, home, what):
    change, words = CHANGES[what]
    other = draw(tmp_path / "other.jpg", 77, said("Photo 3", "Alps"))
    path = home.library / "2024/p3.jpg"
    run = meddled(home, change, path, other)
    _, err = run.communicate(timeout=60)
    said_so = " ".join(err.decode("utf-8").split())
    assert run.returncode == 10, said_so
    assert "Traceback" not in said_so
    assert "2024/p3.jpg" in said_so
    assert words in said_so
    assert home.titles() == [f"Photo {number}" for number in range(6) if number != 3]
    home.check_site()
    if path.is_dir():
        path.rmdir()
    aged(draw(path, 78, said("Photo 3", "Alps")))
    complete(home)
