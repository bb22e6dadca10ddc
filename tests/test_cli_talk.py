"""What the command says where there is no verb, no platform that can, or nothing that can be done."""

from __future__ import annotations

import errno
import io
from dataclasses import replace
from pathlib import Path

import pytest

from heliograph.cli.exits import Exit
from heliograph.cli.first_steps import missing
from heliograph.cli.run import run
from heliograph.config import load
from heliograph.desk.telling import PlatformStatus, Status
from photos import draw, said

SETTINGS = """\
[library]
folder = 'photos'
[select]
keyword = "Socials"
[platforms.site]
folder = 'site'
[platforms.pixelfed]
url = "https://pixelfed.example"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven photos that are wished: one can be shown, six are kept at home by one reason."""
    home = tmp_path_factory.mktemp("home")
    draw(home / "photos/quay.jpg", 0, said("Quay"))
    for number in range(1, 7):
        facts = said(f"House {number}", keyword_paths=(("Private",), ("Socials", "site")))
        draw(home / f"photos/house {number}.jpg", number, facts)
    draw(home / "photos/pier.jpg", 9, said("Pier", keyword_paths=(("Socials", "pixelfed"),), alt_text="A pier"))
    draw(home / "photos/mute.jpg", 8, said("Mute", keyword_paths=(("Private",), ("Socials", "pixelfed"))))
    (home / "heliograph.toml").write_text(SETTINGS, encoding="utf-8")
    return home


@pytest.fixture
def tell(home, monkeypatch, capsys):
    """Says something to the command there; answers with its exit code, stdout and stderr."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")

    def tell(*arguments):
        code = run(arguments)
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return tell


@pytest.mark.parametrize("words", [(), ("import",), ("conflicts",), ("schedule",), ("site",), ("tags",), ("imatch",)])
def test_without_a_verb_the_verbs_are_named_and_nothing_else_is_said(tell, words):
    code, out, err = tell(*words)
    assert code == Exit.USAGE
    assert "Examples:" in out + err
    assert "See `" not in err


@pytest.mark.parametrize(
    "words",
    [
        ("--config", "elsewhere.toml", "site", "check"),
        ("site", "--config", "elsewhere.toml", "check"),
        ("site", "check", "--config", "elsewhere.toml"),
    ],
)
def test_the_settings_file_is_named_before_or_behind_any_verb(tell, words):
    assert "elsewhere.toml is not there" in tell(*words)[2]


def test_a_reason_that_many_photos_share_is_said_once_above_their_names(tell):
    out = " ".join(tell("plan", "--only", "site")[1].split())
    assert out.count("Its keyword “Private”") == 1
    assert "! refuse 6 photos: Its keyword “Private”" in out
    assert "publish it. house 1.jpg house 2.jpg house 3.jpg" in out


def test_a_run_says_once_what_many_photos_are_refused_for_and_where_its_pages_are(tell, home):
    code, _, err = tell("sync", "--only", "site")
    assert code == Exit.PARTLY
    assert err.count("Its keyword “Private”") == 1
    assert "Refused: 6 photos: " in err
    assert "`helio status --refused` names the photos" in err
    assert f"site: {(home / 'site/index.html').as_uri()}\n" in err, "whole, so that it can be clicked"
    assert "index.html" not in tell("sync", "--only", "site")[2], "nothing was built"


def test_a_plan_that_was_carried_out_is_not_said_to_be_out_of_date(tell, home):
    tell("sync", "--only", "site")
    draw(home / "photos/quay.jpg", 0, said("Quay at night"))
    tell("plan", "--only", "site")
    assert tell("apply")[0] == Exit.PARTLY
    code, _, err = tell("apply")
    assert code == Exit.STALE
    assert "was carried out already" in err
    assert "changed since" not in err


def test_who_cannot_be_looked_at_is_not_in_step(tell):
    code, _, err = tell("sync", "--only", "pixelfed")
    assert code == Exit.SIGN_IN
    assert "in step" not in err
    assert "Nothing was done; what waits is named below." in err
    assert "Run: helio signin pixelfed" in " ".join(err.split())


def test_several_reasons_of_one_photo_are_sentences_behind_each_other(tell):
    err = " ".join(tell("sync", "--only", "pixelfed")[2].split())
    assert "remove the keyword to publish it. It has no alt text" in err


@pytest.mark.parametrize("words", [("missing",), ("tags", "remove", "x")])
def test_where_no_platform_can_do_it_none_is_asked_for(tell, home, words, tmp_path):
    (tmp_path / "heliograph.toml").write_text(
        f"[library]\nfolder = '{home / 'photos'}'\n[platforms.site]\nfolder = '{tmp_path / 'site'}'\n", encoding="utf-8"
    )
    code, _, err = tell(*words, "--config", str(tmp_path))
    assert code == Exit.USAGE
    assert "can do it. On each of them" in err
    assert "--only" not in err


def test_a_demo_where_nothing_can_be_written_names_the_folder(tell, home):
    (home / "file").write_text("", encoding="utf-8")
    code, _, err = tell("demo", str(home / "file/demo"))
    assert code == Exit.USAGE
    assert "cannot be written" in err


@pytest.mark.parametrize("verb", ["plan", "sync"])
@pytest.mark.parametrize(
    ("photos", "platforms", "said"),
    [
        (0, "[platforms.site]\nfolder = 'site'\n", "The library has no photos yet."),
        (2, "[platforms.site]\nfolder = 'site'\n", "None of its 2 files is wanted anywhere yet: give photos"),
        (2, "[platforms.site]\nfolder = 'site'\nselect.keyword = ''\n", "anywhere yet: say in [platforms.site.select]"),
        (2, "", "names no platform. Add a section such as [platforms.site]."),
    ],
)
def test_a_newcomer_is_told_what_is_missing(tell, tmp_path, verb, photos, platforms, said):
    (tmp_path / "photos").mkdir()
    for number in range(photos):
        draw(tmp_path / f"photos/{number}.jpg", number)
    (tmp_path / "heliograph.toml").write_text(f"[library]\nfolder = 'photos'\n{platforms}", encoding="utf-8")
    code, out, err = tell(verb, "--config", str(tmp_path))
    assert code == Exit.DONE
    assert said in " ".join((out + err).split())


def test_whose_records_are_all_albums_is_not_told_how_to_begin(tmp_path):
    settings = tmp_path / "heliograph.toml"
    settings.write_text("[library]\nfolder = 'photos'\n[platforms.site]\nfolder = 'site'\n", encoding="utf-8")
    stands = Status("photos", 6, (), (), (PlatformStatus("site", "site", photos=0, albums=2, in_doubt=0),), None)
    assert missing(load(settings, {}), stands) == ""
    nothing = replace(stands, platforms=(replace(stands.platforms[0], albums=0),))
    assert "None of its 6 files" in missing(load(settings, {}), nothing)


def test_who_has_published_is_not_told_how_to_begin(tell):
    tell("sync", "--only", "site")
    assert "wanted anywhere" not in "".join(map(str, tell("sync", "--only", "site")))


class Full(io.StringIO):
    """A file on a disk without room."""

    def write(self, words: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("words", [("status",), ("status", "--json"), ("plan",), ("sync", "-n"), ("doctor",)])
def test_where_the_output_cannot_be_written_the_program_is_not_to_blame(tell, monkeypatch, capsys, words):
    monkeypatch.setattr("sys.stdout", Full())
    assert run(words) == Exit.UNEXPECTED
    err = capsys.readouterr().err
    assert "The output could not be written: No space left on device." in err
    assert "fault" not in err


@pytest.mark.parametrize(("name", "coloured"), [("FORCE_COLOR", True), ("NO_COLOR", False), ("COLUMNS", False)])
def test_what_matters_stands_out_where_colours_are_wanted(tell, monkeypatch, name, coloured):
    for variable in ("FORCE_COLOR", "NO_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(name, "80")
    out = tell("status")[1]
    assert ("\x1b[1mLibrary library: \x1b[0m" in out) is coloured
    assert ("\x1b" in out) is coloured
    assert "Library library: " in out


@pytest.mark.parametrize("variable", ["HELIOGRAPH_SECRET_PIXELFED_ACCOUNT", "HELIOGRAPH_SECRET_PIXELFED_ACCOUNT_FILE"])
def test_an_account_that_a_variable_gives_wrongly_is_blamed_on_the_variable(tell, monkeypatch, tmp_path, variable):
    (tmp_path / "account").write_text("{}", encoding="utf-8")
    monkeypatch.setenv(variable, str(tmp_path / "account") if variable.endswith("_FILE") else "{}")
    err = tell("plan", "--only", "pixelfed")[2]
    assert f"{variable} gives no account on pixelfed" in err
    assert "helio signin" not in err
