"""Moving over from FlickrSync: what its files become, and that nothing on Flickr is sent, fetched, made or changed."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter

import pytest

import test_signing_in
from flickrsync_home import FlickrSyncHome, draw
from heliograph import libraries
from heliograph.cli.exits import Exit
from heliograph.cli.run import run
from heliograph.config import Vault
from heliograph.desk import Desk, opening
from heliograph.desk.flickrsync.profiles import Overrides, profiles_in
from heliograph.errors import Mistake
from heliograph.ledger.foreign import flickrapi_tokens, flickrsync_files
from heliograph.model import SubjectKind, Trace, Verb
from heliograph.standin.flickr import serve
from imatch_house import InProcess
from memory import FakeClock

ring = test_signing_in.ring

KEY, SECRET, TOKEN, TOKEN_SECRET = "canary-key-4711", "canary-secret-4711", "canary-token-4711", "canary-tsecret-4711"


@pytest.fixture
def folder(tmp_path, monkeypatch, ring):
    """An empty folder to begin in, a home of one's own, and a keyring."""
    for name in [name for name in os.environ if name.startswith("HELIOGRAPH_")] + ["COLUMNS", "FORCE_COLOR"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setattr(libraries.folder, "Workers", InProcess)
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    return tmp_path / "new"


@pytest.fixture
def before(tmp_path, folder):
    """What FlickrSync left, with a token."""
    made = FlickrSyncHome.made(tmp_path / "home", "kept")
    made.configure(key=KEY, secret=SECRET)
    made.tokens(KEY, TOKEN, TOKEN_SECRET)
    return made


def settings(folder):
    return opening.settings(None, os.environ, folder)


def secrets(folder, platform="flickr"):
    vault = Vault(settings(folder).state, {})
    return {name: vault.get(platform, name) for name in ("key", "secret", "account")}


def calls(standin, begin=0):
    return Counter(call.method.removeprefix("flickr.") or call.route for call in standin.calls.all(since=begin))


# --- the whole move ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["kept", "trim"])
def test_after_the_move_nothing_is_sent_fetched_made_or_changed(tmp_path, folder, how, monkeypatch, capsys):
    before = FlickrSyncHome.made(tmp_path / "home", how)
    clock = FakeClock()
    with serve(tmp_path / "flickr", now=lambda: clock.now().timestamp(), perms="write") as standin:
        standin.world.turn({"trim_titles": how == "trim"})
        before.fill(standin, tmp_path / "drawn")
        before.configure(key=standin.key, secret=standin.secret)
        before.tokens(standin.key, standin.token, standin.token_secret)
        monkeypatch.setenv("HELIOGRAPH_PLATFORMS__FLICKR__URL", standin.url)
        assert run(["import", "flickrsync"]) == Exit.DONE
        assert "9 signatures of FlickrSync's are taken over" in capsys.readouterr().out
        held = {album.id: (album.title, album.photos, album.primary) for album in standin.world.albums.values()}
        assert sum(calls(standin).values()) == 0, "Flickr is not asked for the import"

        with Desk(settings(folder), clock, threads=False) as desk:
            plan = desk.plan()
            assert {action.verb for action in plan.effects} == {Verb.MATCH}
            assert all(not action.changes for action in plan.effects)
            assert len([one for one in plan.effects if one.subject.kind == SubjectKind.PHOTO]) == 7
            albums = {one.where: one.post.id for one in plan.effects if one.subject.kind == SubjectKind.ALBUM}
            assert sorted(albums) == ["2017, Oslo", "2017, Rome", "2018", "flickrsync"]
            assert {name: held[id_][0].strip() for name, id_ in albums.items()} == {name: name for name in albums}
            told = " ".join(plan.notes)
            assert "FlickrSync: pictures not on local" in told, "it is left, and named"

            begin = len(standin.calls.all())
            list(desk.apply())
            again = desk.plan()
        assert again.effects == ()
        assert again.kept == 11
        assert not calls(standin, begin).keys() - {"photos.recentlyUpdated"}
        assert held == {album.id: (album.title, album.photos, album.primary) for album in standin.world.albums.values()}
        assert not calls(standin).keys() & {"upload", "photosets.create", "photosets.editPhotos", "photosets.delete"}
        assert not [name for name in calls(standin) if name.endswith(".png")], "no picture was fetched"


def test_a_photo_that_came_since_is_uploaded_and_joins_the_old_album(tmp_path, folder, before, monkeypatch):
    clock = FakeClock()
    with serve(tmp_path / "flickr", now=lambda: clock.now().timestamp(), perms="write") as standin:
        before.fill(standin, tmp_path / "drawn")
        before.configure(key=standin.key, secret=standin.secret)
        before.tokens(standin.key, standin.token, standin.token_secret)
        monkeypatch.setenv("HELIOGRAPH_PLATFORMS__FLICKR__URL", standin.url)
        assert run(["import", "flickrsync", "-q"]) == Exit.DONE
        draw(before.pictures / "2017" / "Oslo" / "new.png", 40)
        with Desk(settings(folder), clock, threads=False) as desk:
            list(desk.sync())
        (made,) = [photo for photo in standin.world.photos.values() if photo.title == "new"]
        (oslo,) = [album for album in standin.world.albums.values() if album.title.strip() == "2017, Oslo"]
        assert set(oslo.photos) == {made.id, *before.left["albums"][1]["photos"]}
        assert oslo.description == "[created by flickrsync]"
        assert (made.is_public, made.is_friend, made.is_family) == (0, 0, 0)
        assert (made.description, [tag.raw for tag in made.tags if "heliograph" not in tag.raw]) == ("", [])
        assert len(standin.world.albums) == len(before.left["albums"])


def test_both_ways_what_was_missing_comes_home_to_where_it_always_did_and_makes_no_other_album(
    tmp_path, folder, before, monkeypatch
):
    clock = FakeClock()
    with serve(tmp_path / "flickr", now=lambda: clock.now().timestamp(), perms="write") as standin:
        before.fill(standin, tmp_path / "drawn")
        before.configure(key=standin.key, secret=standin.secret)
        before.tokens(standin.key, standin.token, standin.token_secret)
        monkeypatch.setenv("HELIOGRAPH_PLATFORMS__FLICKR__URL", standin.url)
        assert run(["import", "flickrsync", "-q"]) == Exit.DONE
        monkeypatch.setenv("HELIOGRAPH_PLATFORMS__FLICKR__DIRECTION", "both")
        shown = {photo.id: (photo.title, len(photo.tags)) for photo in standin.world.photos.values()}
        for _ in range(3):
            with Desk(settings(folder), clock, threads=False) as desk:
                list(desk.sync())
            clock.sleep(3600)
        assert (before.pictures / "flickrsync" / "gone.png").is_file()
        assert len(standin.world.albums) == len(before.left["albums"])
        assert {photo.id: (photo.title, len(photo.tags)) for photo in standin.world.photos.values()} == shown
        assert not calls(standin).keys() & {"upload", "photosets.create"}
        with Desk(settings(folder), clock, threads=False) as desk:
            assert desk.plan().effects == ()


def test_signatures_that_were_taken_over_are_not_computed_again(folder, before):
    run(["import", "flickrsync", "-q"])
    with Desk(settings(folder), FakeClock()) as desk:
        from heliograph.desk.tracing import trace_name

        names = {file.path.name: file.signature for file in flickrsync_files(before.home / ".flickrsync/flickrsync.db")}
        photos = desk.ledger.files.photos(["root.png", "2018/St. Ives.png"])
        kept = {
            where.rpartition("/")[2]: desk.ledger.memory("").read(trace_name(Trace.SIX, photo))
            for where, photo in photos.items()
        }
    assert kept == {name: names[name] for name in ("root.png", "St. Ives.png")}


# --- signatures that are not believed ---------------------------------------------------------------------------------


def signed(before, where, **changes):
    with sqlite3.connect(before.home / ".flickrsync/flickrsync.db") as db:
        for column, value in changes.items():
            db.execute(f"UPDATE LocalPhotos SET {column} = ? WHERE FileName = ?", (value, where))  # noqa: S608
    db.close()


@pytest.mark.parametrize(
    "changes",
    [
        {"Timestamp": 1},
        {"Timestamp": "never"},
        {"Signature": "x' OR 1"},
        {"FileName": "vanished.png"},
        {"Directory": "/elsewhere"},
        {"Deleted": 1},
        {"ImageError": "1"},
    ],
)
def test_a_row_that_is_not_about_the_file_as_it_is_now_is_left_out(folder, before, changes, capsys):
    signed(before, "root.png", **changes)
    run(["import", "flickrsync"])
    assert "8 signatures of FlickrSync's are taken over" in capsys.readouterr().out


def test_a_database_whose_signatures_are_not_of_these_pictures_is_not_believed(folder, before, capsys):
    with sqlite3.connect(before.home / ".flickrsync/flickrsync.db") as db:
        db.execute("UPDATE LocalPhotos SET Signature = ?", ("ab" * 32,))
    db.close()
    run(["import", "flickrsync"])
    said = capsys.readouterr().out
    assert "none of it is believed" in said
    assert "taken over" not in said


# --- what is written and kept -----------------------------------------------------------------------------------------


def test_the_settings_say_what_flickrsync_did_and_no_secret_shows(folder, before, capsys, caplog):
    assert run(["import", "flickrsync"]) == Exit.DONE
    said, text = capsys.readouterr(), (folder / "heliograph.toml").read_text(encoding="utf-8")
    for secret in (KEY, SECRET, TOKEN, TOKEN_SECRET):
        assert secret not in said.out + said.err + text + caplog.text
    (platform,) = settings(folder).platforms
    policy = platform.policy
    assert (policy.kind, policy.direction, policy.audience.show) == ("flickr", "publish", "private")
    assert (policy.select.everything, policy.select.folder_albums, policy.captions.tags) == (True, True, "none")
    assert (policy.when.adopted, policy.when.unwanted) == ("leave", "leave")
    assert settings(folder).library.options["folder"] == str(before.pictures)
    assert settings(folder).notes == ()
    kept = secrets(folder)
    assert (kept["key"], kept["secret"]) == (KEY, SECRET)
    account = json.loads(kept["account"])["account"]
    assert (account["token"], account["nsid"]) == (TOKEN, "12345678@N01")
    assert "helio signin" not in said.out


def test_a_dry_run_shows_all_of_it_and_writes_nothing(folder, before, ring, capsys):
    assert run(["import", "flickrsync", "--dry-run"]) == Exit.DONE
    said = capsys.readouterr().out
    assert "[platforms.flickr]" in said
    assert "9 signatures, 8 photos on Flickr" in said
    assert list(folder.iterdir()) == []
    assert ring.kept == {}


def test_settings_that_are_there_stay_unless_they_are_to_make_room(folder, before, ring, capsys):
    (folder / "heliograph.toml").write_text("mine", encoding="utf-8")
    assert run(["import", "flickrsync"]) == Exit.USAGE
    assert "was left as it was" in capsys.readouterr().err
    assert (folder / "heliograph.toml").read_text(encoding="utf-8") == "mine"
    assert ring.kept == {}
    assert run(["import", "flickrsync", "--force", "-q"]) == Exit.DONE
    assert (folder / "heliograph.toml.before").read_text(encoding="utf-8") == "mine"


def test_nothing_of_flickrsync_is_changed(folder, before):
    def state():
        files = [path for path in before.home.rglob("*") if path.is_file()]
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    was = state()
    run(["import", "flickrsync", "-q"])
    assert state() == was


def test_without_a_folder_for_downloads_the_roots_album_keeps_its_name(folder, before):
    for path in (before.pictures / "flickrsync").iterdir():
        path.unlink()
    (before.pictures / "flickrsync").rmdir()
    run(["import", "flickrsync", "-q"])
    assert settings(folder).platforms[0].policy.select.root_album == "flickrsync"


# --- tokens and databases that are not as they should be --------------------------------------------------------------


@pytest.mark.parametrize("state", ["missing", "damaged", "other tables", "other key"])
def test_without_a_token_one_signs_in_and_the_key_is_known(folder, before, state, capsys):
    store = before.home / ".flickr" / "oauth-tokens.sqlite"
    spoil(store, state)
    if state == "other key":
        before.tokens("another", TOKEN, TOKEN_SECRET)
    assert run(["import", "flickrsync"]) == Exit.DONE
    said = capsys.readouterr().out
    assert "`helio signin flickr` opens the browser once." in said
    assert secrets(folder)["account"] is None
    assert secrets(folder)["key"] == KEY


@pytest.mark.parametrize(
    ("state", "words"),
    [("missing", "is not there"), ("damaged", "it is damaged"), ("other tables", "is it the right file?")],
)
def test_a_database_that_cannot_be_read_is_said_and_stops_nothing(folder, before, state, words, capsys):
    spoil(before.home / ".flickrsync" / "flickrsync.db", state)
    assert run(["import", "flickrsync"]) == Exit.DONE
    said = " ".join(capsys.readouterr().out.split())
    assert words in said
    assert "Signatures are computed when they are needed instead." in said
    assert (folder / "heliograph.toml").exists()


def spoil(path, state):
    if state in {"missing", "other tables"}:
        path.unlink()
    if state == "damaged":
        path.write_bytes(b"no database, but long enough to be one" * 100)
    if state == "other tables":
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE other (x)")
        db.close()


@pytest.mark.parametrize("kind", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_database_that_another_program_holds_is_read_as_it_stands(before, kind, monkeypatch):
    monkeypatch.setattr("heliograph.ledger.foreign._WAIT_S", 0.01)
    path = before.home / ".flickrsync" / "flickrsync.db"
    with sqlite3.connect(path, isolation_level=None) as db:
        db.execute(f"BEGIN {kind}")
        assert len(flickrsync_files(path)) == 9
        db.execute("ROLLBACK")
    db.close()


@pytest.mark.parametrize("name", ["with blank & 100%.db", "w?hat#.db", "Ünï.db"])
def test_a_database_may_have_any_name(tmp_path, before, name):
    path = (before.home / ".flickr" / "oauth-tokens.sqlite").rename(tmp_path / name)
    assert [token.lookup_key for token in flickrapi_tokens(path)] == ["rehearsal"]
    assert TOKEN not in repr(flickrapi_tokens(path))


# --- profiles ---------------------------------------------------------------------------------------------------------

TWO = """[DEFAULT]
api_key = k
api_secret = s
username = ana
directory = ~/Pictures
database = ~/.flickrsync/flickrsync.db
[Ben & co]
username = ben
[archive]
username = ana
directory = ~/Archive
[half]
username =
"""


def found(before, text, only="", **overrides):
    return profiles_in(before.configure(text), before.home, only, Overrides(**overrides))


def test_every_section_inherits_default_and_becomes_an_account(folder, before, capsys):
    before.configure(TWO)
    (before.home / "Archive").mkdir()
    assert run(["import", "flickrsync"]) == Exit.DONE
    said = " ".join(capsys.readouterr().out.split())
    assert [item.policy.name for item in settings(folder).platforms] == ["flickr", "Ben-co"]
    (archive,) = opening.settings(folder / "archive", {}, folder).platforms
    assert archive.policy.name == "archive"
    assert archive.policy.kind == "flickr"
    assert "The profile half is left out, since it lacks username." in said
    assert "--config" in said, "the second folder has settings of its own"
    assert secrets(folder, "Ben-co")["key"] == "k"


def test_one_profile_alone_can_be_moved_and_is_called_flickr(folder, before):
    before.configure(TWO)
    assert run(["import", "flickrsync", "--profile", "archive", "-q"]) == Exit.DONE
    (platform,) = settings(folder).platforms
    assert platform.policy.name == "flickr"
    assert settings(folder).library.options["folder"] == str(before.home / "Archive")


def test_a_name_that_is_no_profile_is_said_with_the_nearest(folder, before, capsys):
    before.configure(TWO)
    assert run(["import", "flickrsync", "--profile", "archiv"]) == Exit.USAGE
    assert "archive" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_what_the_command_line_says_wins_for_the_one_profile_it_is_about(before, tmp_path):
    (one,) = found(before, TWO, username="eva", directory=str(tmp_path), database="~/x.db").found
    assert (one.name, one.username, one.directory, one.database) == ("DEFAULT", "eva", tmp_path, before.home / "x.db")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("~/100%%", "100%"),
        ("~/100%", "100%"),
        ("~/%(username)s/%(nothing)s", "ana/%(nothing)s"),
        ("~/Bilder ü", "Bilder ü"),
        ("~/a/../b/", "b"),
    ],
)
def test_a_folder_may_have_percent_signs_and_ways_up_in_its_path(before, written, meant):
    text = TWO.replace("directory = ~/Pictures", f"directory = {written}")
    assert found(before, text, "DEFAULT").found[0].directory == before.home / meant


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("api_key = canary-9", "line 1: a line stands before the first section"),
        ("[DEFAULT]\nthis canary-9 is nothing", "line 2: this is neither"),
        ("[DEFAULT]\na = canary-9\na = 2", "line 3: a section, or a key within one, stands there twice"),
        ("[DEFAULT]\napi_key = canary-9", "lacks api_secret, username, directory"),
        ("", "has no profile that can be moved"),
    ],
)
def test_settings_that_cannot_be_used_are_a_sentence_without_what_stands_there(folder, before, text, words, capsys):
    before.configure(text or "\n")
    assert run(["import", "flickrsync"]) == Exit.USAGE
    said = capsys.readouterr()
    assert words in " ".join(said.err.split())
    assert "canary-9" not in said.err + said.out
    assert list(folder.iterdir()) == []


def test_settings_of_windows_with_a_mark_at_their_beginning_are_read(before):
    path = before.configure(TWO)
    path.write_bytes(b"\xef\xbb\xbf" + TWO.replace("\n", "\r\n").encode())
    assert profiles_in(path, before.home, "archive").found[0].username == "ana"


def test_settings_elsewhere_are_named(folder, before, tmp_path, capsys):
    path = before.configure(TWO).rename(tmp_path / "mine.ini")
    assert run(["import", "flickrsync"]) == Exit.USAGE
    assert "name them with --ini" in " ".join(capsys.readouterr().err.split())
    assert run(["import", "flickrsync", "--ini", str(path), "--dry-run"]) == Exit.DONE


def test_two_profiles_of_one_account_and_folder_are_one(before):
    told = found(before, TWO + "[same]\nusername = ana\n")
    assert [one.platform for one in told.found] == ["flickr", "Ben-co", "archive"]
    assert any("same account and folder" in doubt for doubt in told.doubts)


def test_names_that_become_the_same_are_told_apart(before):
    told = found(before, TWO + "[Ben + co]\nusername = other\n[flickr]\nusername = fifth\n[%]\nusername = sixth\n")
    names = [one.platform for one in told.found]
    assert names == ["flickr", "Ben-co", "archive", "Ben-co-2", "flickr-2", "flickr-3"]


def test_a_folder_that_is_not_connected_does_not_stop_the_move(folder, before, capsys):
    before.configure(TWO.replace("~/Pictures", "~/Disk"))
    assert run(["import", "flickrsync", "--profile", "DEFAULT"]) == Exit.DONE
    said = " ".join(capsys.readouterr().out.split())
    assert "which is not there now" in said
    assert "Signatures are computed when they are needed." in said


def test_settings_that_cannot_be_decoded_are_a_sentence(before):
    path = before.configure(TWO)
    path.write_bytes(b"[DEFAULT]\nusername = \xff\n")
    with pytest.raises(Mistake, match="UTF-8"):
        profiles_in(path, before.home)


# --- the old commands' equals, as typed -------------------------------------------------------------------------------


def test_the_equals_of_the_old_commands_work_after_the_move(tmp_path, folder, before, monkeypatch, capsys):
    with serve(tmp_path / "flickr", perms="write") as standin:
        before.fill(standin, tmp_path / "drawn")
        before.configure(key=standin.key, secret=standin.secret)
        before.tokens(standin.key, standin.token, standin.token_secret)
        monkeypatch.setenv("HELIOGRAPH_PLATFORMS__FLICKR__URL", standin.url)

        def said(*words, code=Exit.DONE):
            assert run(list(words)) == code, capsys.readouterr()
            return " ".join(capsys.readouterr().out.split())

        said("import", "flickrsync")
        assert "gone http" in said("missing"), "its file was deleted, and it is still there"
        assert "was made" in said("missing", "--album", "Not at home")
        assert "is in step" in said("missing", "--album", "Not at home")
        (album,) = [one for one in standin.world.albums.values() if one.title == "Not at home"]
        assert [standin.world.photos[id_].title for id_ in album.photos] == ["gone"]
        assert json.loads(said("missing", "--json"))["missing"]["posts"][0]["fields"]["title"] == "gone"
        assert "found there already" in said("sync", "--anew", "-n")
        assert "found there already" in said("plan", "--anew")
        guarded = said("tags", "remove", "f", "--starts-with", "-n")
        assert "8 tags" in guarded
        assert "no such tag" not in guarded
        assert "8 tags would go" in said("tags", "remove", "flickrsync:", "--starts-with", "-n")
        assert "--yes" not in said("tags", "remove", "flickrsync:", "--starts-with"), "nobody can be asked here"
        assert sum(len(photo.tags) for photo in standin.world.photos.values()) == 8
        assert "8 tags taken away" in said("tags", "remove", "flickrsync:", "--starts-with", "--yes")
        assert sum(len(photo.tags) for photo in standin.world.photos.values()) == 0
        assert "There is no such tag" in said("tags", "remove", "flickrsync:", "--starts-with", "--yes")
        said("tags", "remove", " ", code=Exit.USAGE)
