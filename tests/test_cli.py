"""The command line: what a person reads, what a script gets, and how every command can end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import command_line
from command_line import POSIX, WISH, Told, draw, ended, published, start, unheard
from heliograph import metadata
from heliograph.cli import exits
from heliograph.cli.app import helio
from heliograph.cli.exits import Exit
from heliograph.cli.interrupts import Interrupts, Stopped
from heliograph.cli.run import run
from heliograph.desk import Desk
from heliograph.errors import Busy, HeliographError, Mistake, SignInNeeded, Spent
from heliograph.ledger import Ledger
from heliograph.model import Facts, Plan

home = command_line.home
tell = command_line.tell


# --- from nothing to a published site ---------------------------------------------------------------------------------


def test_the_real_command_plans_publishes_and_then_has_nothing_to_do(home: Path) -> None:
    code, out, err = ended(start("plan", cwd=home))
    assert code == Exit.DONE, err
    assert "site: 2 photos and 1 album to add, 1 photo refused" in out
    assert '+ add       2023/dune.jpg  "A dune"' in out
    assert "! refuse    2023/family.jpg  Its keyword" in out
    handle = out.splitlines()[-1].split()[-1]
    assert out.splitlines()[-1] == f"Plan {handle}. Apply it with: helio apply {handle}"
    assert "\x1b" not in out + err

    code, out, err = ended(start("apply", handle, cwd=home))
    assert code == Exit.PARTLY, err  # one photo is refused
    assert not out
    assert "2023/dune.jpg: published on site" in err
    assert "Done: 2 photos and 1 album added" in err

    code, out, err = ended(start("plan", "--exit-code", cwd=home))
    assert code == Exit.DONE, err
    assert "Nothing to do: 3 photos and albums are in step" in out
    assert (home / "site/index.html").is_file()


def test_everything_that_tells_speaks_json_with_a_schema(tell: Told) -> None:
    assert tell("sync")[0] == Exit.PARTLY
    for schema, arguments in (
        ("scan", ["scan"]),
        ("plan", ["plan"]),
        ("status", ["status"]),
        ("where", ["where", "dune"]),
        ("explain", ["explain", "dune"]),
        ("history", ["history"]),
        ("doctor", ["doctor"]),
    ):
        code, out, _ = tell(*arguments, "--json")
        assert code == Exit.DONE
        form = json.loads(out)
        assert form["schema"] == f"heliograph.{schema}/1"
    assert json.loads(tell("status", "--json")[1])["status"]["platforms"][0]["photos"] == 2
    seen = json.loads(tell("where", "dune", "--json")[1])["photos"][0]
    assert (seen["where"], seen["records"][0]["platform"]) == ("2023/dune.jpg", "site")


def test_sync_speaks_one_json_line_for_each_event_and_one_for_the_outcome(tell: Told) -> None:
    code, out, _ = tell("sync", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["schema"] for line in lines[:-1]] == ["heliograph.event/1"] * 5
    assert sorted((line["verb"], line["end"], line["where"]) for line in lines[:-1]) == [
        ("add", "done", "2023/dune.jpg"),
        ("add", "done", "2023/sea.jpg"),
        ("add", "done", "Dunes"),
        ("finish", "done", "site"),
        ("refuse", "told", "2023/family.jpg"),
    ]
    assert lines[-1]["schema"] == "heliograph.run/1"
    assert lines[-1]["exit_code"] == code == Exit.PARTLY


def test_status_where_explain_and_history_are_read_by_people(tell: Told) -> None:
    tell("sync")
    assert "site: 2 photos and 1 album published" in tell("status")[1]
    assert "  site: photos/a-dune-" in tell("where", "dune.jpg")[1]
    about = tell("explain", "family")[1]
    assert "site: refused" in about
    assert "rules.never" in about
    about = tell("explain", "dune")[1]
    assert "wanted there (keyword Socials|site" in about
    assert 'title         "A dune"' in about
    assert "2023/dune.jpg: published on site" in tell("history", "dune")[1]


def test_status_counts_what_is_refused_and_names_it_by_reason_when_asked(tell: Told, home: Path) -> None:
    with (home / "heliograph.toml").open("a", encoding="utf-8") as file:
        file.write('\n[platforms.site.rules]\nrequired = ["alt_text"]\n')
    assert "refused" not in tell("status")[1]
    assert "no photo is refused" in tell("status", "--refused")[1]
    tell("plan")
    assert "site: 0 photos published\n  3 photos refused, 3 of them have no alt text (helio" in tell("status")[1]
    page = tell("status", "--refused")[1]
    assert page.startswith(
        "site: 3 photos refused, 3 of them have no alt text\n"
        "  3 photos: It has no alt text, which rules.required asks for: describe the picture (IPTC Alt Text).\n"
        "    - 2023/dune.jpg\n    - 2023/family.jpg\n    - 2023/sea.jpg\n"
        "  1 photo: Its keyword “Private|Family” is in “Private”"
    )
    assert page.endswith("to publish it.\n    - 2023/family.jpg\n")
    form = json.loads(tell("status", "--refused", "--json")[1])
    assert (form["status"]["platforms"][0]["refused"], form["status"]["platforms"][0]["without_alt_text"]) == (3, 3)
    assert [(item["where"], len(item["reasons"])) for item in form["refused"]] == [
        ("2023/dune.jpg", 1),
        ("2023/family.jpg", 2),
        ("2023/sea.jpg", 1),
    ]
    metadata.write(home / "photos/2023/dune.jpg", Facts(title="A dune", alt_text="A dune", keyword_paths=WISH))
    tell("plan")
    assert "2 photos refused, 2 of them have" in tell("status")[1]
    assert "refused" not in json.loads(tell("status", "--json")[1])


def test_a_dry_run_shows_the_plan_and_does_nothing(tell: Told, home: Path) -> None:
    code, out, _ = tell("sync", "-n")
    assert code == Exit.DONE
    assert "2 photos and 1 album to add" in out
    assert not (home / "site").exists()
    assert tell("apply", "--dry-run")[1] == out
    assert not (home / "site").exists()


def test_a_plan_can_be_saved_shown_again_and_applied_from_its_file(tell: Told, home: Path) -> None:
    shown = tell("plan", "--save", "mine.json")[1]
    assert tell("plan", "mine.json")[1] == shown
    assert tell("plan", "--show", "last")[1] == shown
    assert tell("apply", "mine.json")[0] == Exit.PARTLY
    assert (home / "site/index.html").is_file()


def test_a_plan_is_not_applied_once_the_library_changed(tell: Told, home: Path) -> None:
    tell("plan")
    draw(home / "photos/late.jpg", "Late")
    code, out, err = tell("apply")
    assert code == Exit.STALE
    assert not out
    assert "changed since that plan was shown, so nothing was done" in err
    assert not (home / "site").exists()


def test_the_exit_code_of_a_plan_says_that_there_is_something_to_do(tell: Told) -> None:
    assert tell("plan", "--exit-code")[0] == Exit.CHANGES
    assert tell("plan")[0] == Exit.DONE


# --- how it can end ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plam"], "No such command 'plam'"),
        (["plan", "--onyl", "site"], "No such option"),
        (["plan", "--only", "flickr"], "There is no platform flickr"),
        (["apply", "123abc"], "There is no plan 123abc"),
        (["where", "nowhere.jpg"], "No file in the library is called nowhere.jpg"),
        (["answer", "dune.jpg", "overwrite"], "No plan was shown yet"),
        (["--config", "other.toml", "status"], "is not there"),
        (["history", "--limit", "0"], "0 is not in the range"),
        (["init", "photos"], "is there already and was left as it is"),
    ],
)
def test_mistakes_are_sentences_and_end_with_two(tell: Told, arguments: list[str], said: str) -> None:
    code, out, err = tell(*arguments)
    assert (code, out) == (Exit.USAGE, "")
    assert said in err
    assert "Traceback" not in err


def test_without_settings_the_next_step_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "nobody"))
    monkeypatch.delenv("HELIOGRAPH_CONFIG", raising=False)
    assert run(["plan"]) == Exit.USAGE
    assert "helio init" in capsys.readouterr().err
    assert run(["doctor"]) == Exit.TROUBLE_FOUND
    assert "BAD   settings" in capsys.readouterr().out


def test_an_unmounted_library_ends_with_four_and_deletes_nothing(tell: Told, home: Path) -> None:
    tell("sync")
    (home / "photos").rename(home / "elsewhere")
    (home / "photos").mkdir()
    code, _, err = tell("sync")
    assert code == Exit.LIBRARY, err
    assert published(home) == 2


def test_a_guard_stops_a_plan_and_names_the_flag(tell: Told, home: Path) -> None:
    with (home / "heliograph.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[guards]\nmax_deletes = 0\nmax_delete_share = 0\n")
    tell("sync")
    (home / "photos/2023/dune.jpg").unlink()
    _, out, _ = tell("plan")
    assert "STOP  1 of 3 published on site would be deleted or forgotten" in out
    assert out.splitlines()[-1].endswith(" --allow-deletes")
    code, _, err = tell("apply")
    assert code == Exit.GUARDED
    assert "run again with --allow-deletes" in err
    assert published(home) == 2
    assert tell("apply", "--allow-deletes")[0] == Exit.PARTLY
    assert published(home) == 1


def test_a_second_run_is_turned_away_with_fifteen(tell: Told, home: Path) -> None:
    tell("scan")
    ledger = Ledger(home / ".heliograph/ledger.sqlite", Desk.__dataclass_fields__["clock"].default_factory())
    with ledger.alone():
        code, _, err = tell("sync")
    ledger.close()
    assert code == Exit.ANOTHER_RUN
    assert "Another run" in err


def test_what_nobody_expected_is_a_sentence_and_a_log_without_secrets(
    tell: Told, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Plan:
        message = "no such thing, access_token=hunter2hunter2"
        raise RuntimeError(message)

    tell("scan")
    monkeypatch.setattr(Desk, "plan", broken)
    code, _, err = tell("plan")
    assert code == Exit.UNEXPECTED
    assert "Please report it" in err
    assert "Traceback" not in err
    log = (home / ".heliograph/heliograph.log").read_text(encoding="utf-8")
    assert "RuntimeError: no such thing" in log
    assert "hunter2" not in log + err
    if os.name != "nt":
        assert (home / ".heliograph/heliograph.log").stat().st_mode & 0o077 == 0
    assert "Traceback" in tell("-vv", "plan")[2]


def test_the_log_tells_of_every_event_at_the_level_that_is_set(tell: Told, home: Path) -> None:
    tell("sync")
    lines = (home / ".heliograph/heliograph.log").read_text(encoding="utf-8").splitlines()
    assert any("2023/dune.jpg: published on site" in json.loads(line)["said"] for line in lines)


def test_every_error_of_the_house_has_a_code_of_its_own_kind() -> None:
    kinds = [*HeliographError.__subclasses__(), *Mistake.__subclasses__()]
    codes = {kind: exits.of_error(kind("what happened")) for kind in kinds}
    assert Exit.UNEXPECTED not in codes.values()
    assert codes[Mistake] == Exit.USAGE
    assert len({codes[kind] for kind in Mistake.__subclasses__()} - {Exit.USAGE}) == len(Mistake.__subclasses__())


def test_the_worst_of_a_run_decides_its_code() -> None:
    troubles = [Busy("later"), SignInNeeded("sign in")]
    assert exits.of_run(troubles, failed=True, spent=True, asked=True, left=True) == Exit.SIGN_IN
    assert exits.of_run(troubles[:1], failed=True, spent=True, asked=True, left=True) == Exit.UNAVAILABLE
    assert exits.of_run([], failed=True, spent=True, asked=True, left=True) == Exit.PARTLY
    assert exits.of_run([], failed=False, spent=True, asked=True, left=True) == Exit.BUDGET
    assert exits.of_run([Spent("used up", 900.0)], failed=False, spent=False, asked=True, left=True) == Exit.BUDGET
    assert exits.of_run([*troubles[:1], Spent("", 9.0)], failed=False, spent=True, asked=True, left=True) == 5
    assert exits.of_run([], failed=False, spent=False, asked=True, left=True) == Exit.ASKED
    assert exits.of_run([], failed=False, spent=False, asked=False, left=True) == Exit.PARTLY
    assert exits.of_run([], failed=False, spent=False, asked=False, left=False) == Exit.DONE


# --- questions --------------------------------------------------------------------------------------------------------


def test_a_question_is_asked_with_its_command_and_answered(tell: Told, home: Path) -> None:
    tell("sync")
    draw(home / "photos/2023/dune.jpg", "A dune", wishes=(*WISH, ("Private", "Now")))
    code, _, err = tell("sync")
    assert code == Exit.ASKED
    assert "helio answer 2023/dune.jpg delete" in err
    assert "helio answer 2023/dune.jpg leave" in tell("plan")[1]
    assert tell("answer", "2023/dune.jpg", "explode")[0] == Exit.USAGE
    assert tell("answer", "2023/dune.jpg", "delete")[1].startswith("2023/dune.jpg on site: delete.")
    assert tell("sync")[0] == Exit.PARTLY
    assert published(home) == 1


# --- signals and pipes ------------------------------------------------------------------------------------------------


@POSIX
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)])
def test_asked_to_stop_it_finishes_what_is_under_way_and_the_next_run_goes_on(
    home: Path, number: signal.Signals, code: int
) -> None:
    for place in range(8):
        draw(home / f"photos/2024/{place:02}.jpg", f"Number {place}", edge_px=1000)
    err = ""
    with start("sync", cwd=home) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        for line in process.stderr:
            err += line
            if "published on site" in line:
                process.send_signal(number)
                break
        err += process.stderr.read()
        out = process.stdout.read()
        stopped = process.wait(timeout=120)
    assert stopped == code, err
    assert not out
    assert "Stopping: what is under way is finished first" in err
    assert "not begun; go on with `helio sync`" in err
    assert "Traceback" not in err

    first = err.count("published on site")
    finished, _, err = ended(start("sync", cwd=home))
    assert finished == Exit.PARTLY, err
    assert first + err.count("jpg: published on site") == 10
    assert published(home) == 10


@POSIX
def test_while_nothing_is_under_way_it_stops_at_once() -> None:
    def work() -> None:
        with Interrupts():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)

    with pytest.raises(Stopped) as stopped:
        work()
    assert stopped.value.number == signal.SIGINT
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@POSIX
def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    program = """
import os, signal
from heliograph.cli.interrupts import Interrupts
with Interrupts(working=True) as asked:
    os.kill(os.getpid(), signal.SIGTERM)
    assert asked.stop()
    os.kill(os.getpid(), signal.SIGINT)
    print("still here")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == Exit.TERMINATED
    assert "still here" not in done.stdout
    assert "Stopped at once" in done.stderr


@POSIX
def test_a_reader_that_goes_away_is_no_trouble(home: Path) -> None:
    code, err = unheard("plan", "--all", cwd=home)
    assert code == Exit.PIPE_CLOSED
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


@POSIX
def test_publishing_is_not_left_half_done_when_the_reader_of_the_events_goes_away(home: Path) -> None:
    code, err = unheard("sync", "--json", cwd=home)
    assert code == Exit.PIPE_CLOSED
    assert "Traceback" not in err
    code, _, err = ended(start("sync", "--json", cwd=home))
    assert code == Exit.PARTLY, err
    assert published(home) == 2


# --- help and beginning -----------------------------------------------------------------------------------------------


def test_help_begins_with_examples_for_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-h"]) == Exit.DONE
    said = capsys.readouterr().out
    assert said.startswith("Examples:")
    for name in helio.commands:
        assert f"\n  {name} " in said
        assert run([name, "-h"]) == Exit.DONE
        assert capsys.readouterr().out.startswith("Examples:\n  ")


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == Exit.DONE
    assert capsys.readouterr().out.startswith("helio 0.")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_shell_gets_its_completion(shell: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == Exit.DONE
    assert "_HELIO_COMPLETE" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("helio sy", "sync"),
        ("helio plan --only ", "site"),
        ("helio where du", "2023/dune.jpg"),
        ("helio plan --sa", "--save"),
    ],
)
def test_verbs_options_platforms_and_photos_are_completed(home: Path, line: str, offered: str) -> None:
    assert run(["scan"]) == Exit.DONE
    words = line.split(" ")
    fish = {"_HELIO_COMPLETE": "fish_complete", "COMP_WORDS": line, "COMP_CWORD": words[-1]}
    assert offered in ended(start(cwd=home, **fish))[1]
    powershell = {"_HELIO_COMPLETE": "powershell_complete", "COMP_LINE": line, "COMP_WORD": words[-1]}
    assert offered in ended(start(cwd=home, **powershell))[1]


def test_init_writes_settings_for_a_folder_that_is_there_and_says_what_is_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "nowhere"]) == Exit.USAGE
    assert "is not there" in capsys.readouterr().err
    assert run(["init", ".", "--site", "inside"]) == Exit.USAGE
    assert "inside the library" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []
    assert run(["init"]) == Exit.DONE
    assert "helio plan" in capsys.readouterr().out
    written = (tmp_path / "heliograph.toml").read_text(encoding="utf-8")
    assert f"{tmp_path.name}-site" in written
    assert run(["init"]) == Exit.USAGE
    assert (tmp_path / "heliograph.toml").read_text(encoding="utf-8") == written


def test_help_loads_nothing_heavy() -> None:
    program = """
import sys
sys.argv = ["helio", "--help"]
from heliograph.cli import main
try:
    main()
except SystemExit:
    heavy = {"rich", "sqlalchemy", "pydantic", "exiv2", "pyvips", "jinja2", "heliograph.desk"} & set(sys.modules)
    print("heavy:", sorted(heavy))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.endswith("heavy: []\n")
