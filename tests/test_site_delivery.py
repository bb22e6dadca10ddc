"""The publish step: what commands are told, that a failed one is repeated, and what programs make of the presets."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contract.platform_contract import publish, rendition_for, wanted_photo
from heliograph.errors import Busy, Mistake
from heliograph.model import F
from heliograph.platforms.site import Options, Site
from heliograph.platforms.site.destination import Destination
from heliograph.platforms.site.presets import Changes, commands
from heliograph.platforms.site.staging import HIDDEN
from site_visit import fill, pages_of

RECORD = """
import json, os, pathlib, sys
ours = {name: value for name, value in os.environ.items() if name.startswith("HELIOGRAPH_")}
lists = {name: pathlib.Path(ours[f"HELIOGRAPH_{name.upper()}"]).read_text("utf-8") for name in ("changed", "removed")}
told = {"words": sys.argv[1:], "listed": sys.stdin.read(), "lists": lists, "ours": ours, "in": os.getcwd()}
with open(os.environ["RECORD"], "a", encoding="utf-8") as out:
    out.write(json.dumps(told) + "\\n")
print(os.environ.get("SAYS", ""))
sys.exit(int(os.environ.get("STATUS", "0")))
"""


@pytest.fixture
def told(tmp_path, monkeypatch):
    """A command that writes down what it is told, and how to read that."""
    script, record = tmp_path / "take.py", tmp_path / "record.jsonl"
    script.write_text(RECORD, encoding="utf-8")
    monkeypatch.setenv("RECORD", str(record))
    monkeypatch.setenv("HELIOGRAPH_SECRET", "kanarienvogel")

    class Told:
        command = (sys.executable, str(script), "{changes}", "in {folder}", "{other}")

        def __call__(self):
            return [json.loads(line) for line in record.read_text("utf-8").splitlines()] if record.exists() else []

    return Told()


class KilledError(BaseException):
    """As if the process ended here."""


def killed(*_):
    raise KilledError


def site_to(folder: Path, **settings) -> Site:
    return Site("site", Options(folder, base_url="https://photos.example", publish=Destination(**settings)))


def retitle(site: Site, number: int) -> None:
    names = frozenset({F.TITLE, F.TAGS})
    post = next(iter(site.survey(None).posts))
    site.update(post, wanted_photo(site, number, names), names, None)


def test_a_command_is_told_what_changed_and_what_went_and_only_that(tmp_path, files, told):
    site = site_to(tmp_path / "site", command=told.command)
    ids = fill(site, files, range(2))
    site.finish()
    (first,) = told()
    listed = first["listed"].splitlines()
    assert {line[2:] for line in listed} == set(pages_of(tmp_path / "site"))
    assert all(line.startswith("+ ") for line in listed)
    assert listed[-1] == "+ index.html"
    assert listed[0].startswith("+ pictures/") or listed[0].startswith("+ assets/")
    assert first["words"][1:] == [f"in {tmp_path / 'site'}", "{other}"]
    assert first["in"] == str(tmp_path / "site")
    assert "HELIOGRAPH_SECRET" not in first["ours"]
    assert first["ours"]["HELIOGRAPH_BASE_URL"] == "https://photos.example"

    before = pages_of(tmp_path / "site")
    site.delete(next(post for post in site.survey(None).posts if post.id == ids[0]))
    site.finish()
    after = pages_of(tmp_path / "site")
    second = told()[1]
    assert set(second["lists"]["removed"].splitlines()) == before.keys() - after.keys()
    assert set(second["lists"]["changed"].splitlines()) == {
        path for path, content in after.items() if before.get(path) != content
    }
    site.finish()
    assert len(told()) == 2
    assert not (tmp_path / "site" / HIDDEN / "delivering").exists()


def test_a_step_that_failed_is_due_with_everything_since_until_it_succeeds_once(tmp_path, files, told, monkeypatch):
    site = site_to(tmp_path / "site", command=told.command)
    fill(site, files, range(1))
    monkeypatch.setenv("STATUS", "7")
    monkeypatch.setenv("SAYS", "no route to ann:hunter2secret https://ann:hunter2secret@host\x1b[31m")
    with pytest.raises(Busy) as failed:
        site.finish()
    sentence = failed.value.sentence
    assert "ended with status 7" in sentence
    assert "repeated with the next run" in sentence
    assert "https://[hidden]@host" in sentence
    assert "\x1b" not in sentence
    assert (tmp_path / "site" / "index.html").is_file()
    again = site_to(tmp_path / "site", command=told.command)
    assert "were not taken" in again.survey(None).pending
    retitle(again, 2)
    monkeypatch.setenv("STATUS", "0")
    again.finish()
    listed = {line[2:] for line in told()[-1]["listed"].splitlines()}
    assert listed == set(pages_of(tmp_path / "site"))
    assert not again.survey(None).pending


def test_another_place_gets_everything_and_a_site_without_one_runs_nothing(tmp_path, files, told):
    site = site_to(tmp_path / "site")
    fill(site, files, range(1))
    site.finish()
    assert told() == []
    assert not site.survey(None).pending
    moved = site_to(tmp_path / "site", command=told.command)
    assert moved.survey(None).pending
    moved.finish()
    other = site_to(tmp_path / "site", command=(*told.command, "elsewhere"))
    assert other.deliver() == (len(pages_of(tmp_path / "site")), 0)
    assert other.deliver() == (0, 0)
    assert other.deliver(everything=True) == (len(pages_of(tmp_path / "site")), 0)
    assert len(told()) == 3


def test_a_step_killed_after_the_command_is_repeated_and_one_killed_before_it_too(tmp_path, files, told, monkeypatch):
    site = site_to(tmp_path / "site", command=told.command)
    fill(site, files, range(1))

    for module, name in (("delivery.replace_durably", "after"), ("delivery._started", "before")):
        with monkeypatch.context() as patch:
            patch.setattr(f"heliograph.platforms.site.{module}", killed)
            with pytest.raises(KilledError):
                site.finish()
        assert "were not taken" in site_to(tmp_path / "site", command=told.command).survey(None).pending, name
    site.finish()
    assert [len(run["listed"].splitlines()) for run in told()] == [len(pages_of(tmp_path / "site"))] * 2


def test_a_page_that_was_healed_goes_there_once_more_also_when_its_build_was_killed(tmp_path, files, told, monkeypatch):
    site = site_to(tmp_path / "site", command=told.command)
    fill(site, files, range(1))
    site.finish()
    home = tmp_path / "site" / "index.html"
    for is_killed in (False, True):
        home.write_text("edited", encoding="utf-8")
        site.deliver(everything=True)
        if is_killed:
            with monkeypatch.context() as patch:
                patch.setattr("heliograph.platforms.site.publish.settle", killed)
                with pytest.raises(KilledError):
                    site.build()
        assert "were not taken" in site.build().pending
        site.finish()
        assert told()[-1]["listed"].splitlines() == ["+ index.html"]
        assert site.build().pending == ""
    site.finish()
    assert len(told()) == 5


def test_a_page_that_is_as_it_was_before_a_step_that_failed_goes_there_again(tmp_path, files, told, monkeypatch):
    site = site_to(tmp_path / "site", command=told.command)
    (post_id,) = fill(site, files, range(1), album=None)
    site.finish()
    (before,) = site.survey(None).posts
    whole = pages_of(tmp_path / "site")
    monkeypatch.setenv("STATUS", "7")
    retitle(site, 2)
    with pytest.raises(Busy):
        site.finish()
    changed = {path for path, content in pages_of(tmp_path / "site").items() if whole.get(path) != content}
    monkeypatch.setenv("STATUS", "0")
    site.update(before, wanted_photo(site, 0), frozenset({F.TITLE, F.TAGS}), None)
    site.finish()
    assert f"photos/{post_id}.html" in changed
    assert len(told()) == 3
    assert changed & whole.keys() <= {line[2:] for line in told()[-1]["listed"].splitlines()}


def test_what_went_while_the_step_was_due_goes_there_too(tmp_path, files, told):
    site = site_to(tmp_path / "site", command=told.command)
    ids = fill(site, files, range(2), album=None)
    site.finish()
    (tmp_path / "site" / "index.html").write_text("edited", encoding="utf-8")
    site.delete(next(post for post in site.survey(None).posts if post.id == ids[0]))
    site.build()
    site.finish()
    assert f"photos/{ids[0]}.html" in told()[-1]["lists"]["removed"].splitlines()


def test_a_command_that_hangs_is_ended_with_all_that_it_started(tmp_path, files):
    hangs = "import time; time.sleep(60)"
    child = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{hangs}']).wait()"
    site = site_to(tmp_path / "site", command=(sys.executable, "-c", child), timeout_min=0.01)
    fill(site, files, range(1))
    with pytest.raises(Busy, match=r"longer than 0\.01 minutes"):
        site.finish()
    assert site.survey(None).pending


def test_a_program_that_is_not_there_is_a_sentence_and_known_beforehand(tmp_path, files):
    site = site_to(tmp_path / "site", command=("no-such-program", "x"))
    fill(site, files, range(1))
    with pytest.raises(Mistake, match="no-such-program"):
        site.finish()
    (caution,) = site.about()
    assert "not installed" in caution
    assert (tmp_path / "site" / "index.html").is_file()


@pytest.mark.parametrize(
    "settings",
    [
        {"command": ("curl", "https://ann:hunter2@example.org/")},
        {"command": ("take", "--password=hunter2secret")},
        {"command": ("take",), "to": "x"},
        {"preset": "scp", "to": "x"},
        {"preset": "rsync"},
        {"preset": "rsync", "to": "-e sh"},
        {"preset": "sftp", "to": "host"},
        {"preset": "s3", "to": "bucket"},
        {"preset": "git", "to": "origin --force"},
        {"to": "x"},
        {"command": (" ",)},
        {"command": ("x",), "timeout_min": 0},
    ],
)
def test_a_place_that_cannot_be_meant_or_holds_a_secret_is_refused(settings):
    with pytest.raises(ValueError, match="publish") as refused:
        Destination(**settings)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("to", ["ssh://git@example.org/photos.git main", "git@example.org:photos.git", ""])
def test_a_place_with_a_user_and_no_password_is_fine(to):
    assert Destination(preset="git", to=to)


# --- presets ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_git_commits_what_changed_and_nothing_of_the_owners_and_pushes(tmp_path, files, monkeypatch):
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ann@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    folder, there = tmp_path / "site", tmp_path / "there.git"

    def git(*words):
        return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout  # noqa: S607

    def ours():
        return {path for path in pages_of(folder) if not path.startswith(".git/")} - {"notes.txt"}

    site = site_to(folder, preset="git", to="origin main")
    ids = fill(site, files, range(2))
    subprocess.run(["git", "init", "--quiet", "--bare", str(there)], check=True)  # noqa: S607
    git("init", "--quiet")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Busy, match="git"):
        site.finish()
    git("remote", "add", "origin", str(there))
    site.finish()
    assert set(git("ls-tree", "-r", "--name-only", "origin/main").split()) == ours()
    assert git("rev-list", "--count", "origin/main").strip() == "1"
    site.delete(next(post for post in site.survey(None).posts if post.id == ids[0]))
    site.finish()
    assert set(git("ls-tree", "-r", "--name-only", "origin/main").split()) == ours()
    site.deliver(everything=True)
    assert git("rev-list", "--count", "origin/main").strip() == "2"


FAKE_RSYNC = """
import pathlib, shutil, sys
words = sys.argv[1:]
named = next(word.partition("=")[2] for word in words if word.startswith("--files-from="))
assert {"--from0", "--delete-missing-args", "--delay-updates"} <= set(words), words
here, there = pathlib.Path(words[-2]), pathlib.Path(words[-1])
for path in pathlib.Path(named).read_bytes().decode().split("\\0")[:-1]:
    if (here / path).exists():
        (there / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(here / path, there / path)
    else:
        (there / path).unlink(missing_ok=True)
"""

FAKE_AWS = """
import fnmatch, os, pathlib, shutil, sys
words = sys.argv[1:]
assert words[0] == "s3", words
root = pathlib.Path(os.environ["BUCKETS"])
if words[1] == "cp":
    shutil.copytree(words[2], root / words[3].removeprefix("s3://"), dirs_exist_ok=True)
else:
    place = root / words[2].removeprefix("s3://")
    patterns = [after for word, after in zip(words, words[1:]) if word == "--include"]
    assert words[4:6] == ["--exclude", "*"], words
    for path in [one for one in place.rglob("*") if one.is_file()]:
        if any(fnmatch.fnmatchcase(path.relative_to(place).as_posix(), pattern) for pattern in patterns):
            path.unlink()
"""

FAKE_SFTP = """
import os, pathlib, shlex, shutil, sys
assert sys.argv[1] == "-b" and sys.argv[3] == "--", sys.argv
here, there = pathlib.Path.cwd(), pathlib.Path(os.environ["SERVER"])
for line in pathlib.Path(sys.argv[2]).read_text("utf-8").splitlines():
    verb, *names = shlex.split(line)
    try:
        if verb.lstrip("-") == "mkdir":
            (there / names[0].lstrip("/")).mkdir()
        elif verb == "cd":
            there = there / names[0].lstrip("/")
        elif verb == "put":
            shutil.copyfile(here / names[0], there / names[1])
        elif verb == "rename":
            (there / names[0]).replace(there / names[1])
        elif verb == "rm":
            (there / names[0]).unlink()
        else:
            sys.exit(f"no such command: {verb}")
    except OSError as trouble:
        if not verb.startswith("-"):
            sys.exit(str(trouble))
"""


@pytest.mark.skipif(os.name == "nt", reason="scripts are no commands there")
@pytest.mark.parametrize(
    ("program", "script", "to", "lands"),
    [
        ("rsync", FAKE_RSYNC, "{tmp}/there", "there"),
        ("aws", FAKE_AWS, "s3://photos/my site", "buckets/photos/my site"),
        ("sftp", FAKE_SFTP, "ann@example.org:/my site", "server/my site"),
    ],
    ids=["rsync", "s3", "sftp"],
)
def test_a_preset_brings_the_same_files_there_and_takes_away_what_went(
    tmp_path,
    files,
    monkeypatch,
    program,
    script,
    to,
    lands,
):
    commands_folder = tmp_path / "bin"
    commands_folder.mkdir()
    command = commands_folder / program
    command.write_text(f"#!{sys.executable}\n{script}", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(commands_folder), prepend=os.pathsep)
    monkeypatch.setenv("BUCKETS", str(tmp_path / "buckets"))
    monkeypatch.setenv("SERVER", str(tmp_path / "server"))
    (tmp_path / "server").mkdir()
    preset = {"aws": "s3"}.get(program, program)
    site = site_to(tmp_path / "site", preset=preset, to=to.format(tmp=tmp_path))
    ids = fill(site, files, range(2))
    site.finish()
    assert pages_of(tmp_path / lands) == pages_of(tmp_path / "site")
    (tmp_path / lands / "owners.txt").write_text("mine", encoding="utf-8")
    site.delete(next(post for post in site.survey(None).posts if post.id == ids[0]))
    publish(site, wanted_photo(site, 5), rendition_for(site, files, 5))
    site.finish()
    found = pages_of(tmp_path / lands)
    assert found.pop("owners.txt") == b"mine"
    assert found == pages_of(tmp_path / "site")


def test_names_that_a_program_could_take_for_patterns_or_options_are_taken_for_names(tmp_path):
    odd = ('photos/[12] "a"\\b*.jpg', "-rf.html")
    for path in odd:
        (tmp_path / "site" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / path).touch()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    changes = Changes(tmp_path / "site", odd, odd)
    for preset, to in (("rsync", "h:/x"), ("git", "origin"), ("sftp", "h:/x")):
        words = [word for one in commands(Destination(preset=preset, to=to), changes, scratch) for word in one.words]
        assert not any(path in word for word in words for path in odd), preset
    batch = (scratch / "sftp.batch").read_text(encoding="utf-8")
    assert r'rm "photos/[12] \"a\"\\b*.jpg"' in batch
    removing = list(commands(Destination(preset="s3", to="s3://b"), changes, scratch))[-1]
    assert r'photos/[[]12] "a"\b[*].jpg' in removing.words
