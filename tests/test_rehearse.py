"""Rehearsals: all that a sync does, with the owner's own library and settings, and nothing leaves the computer."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest

import command_line
from command_line import POSIX, Told, draw, start
from heliograph import config, metadata
from heliograph.cli.exits import Exit
from heliograph.cli.interrupts import Interrupts
from heliograph.cli.rehearsing import until_enter
from heliograph.cli.screen import screen
from heliograph.desk import Desk, opening, rehearsing
from heliograph.desk.making import PLATFORMS
from heliograph.desk.standing_in import started
from heliograph.errors import Mistake
from heliograph.model import Facts
from stand_in_watch import MODULE, gone, page, stand_ins

BOTH = (("Socials", "site"), ("Socials", "flickr"), ("Socials", "albums", "Dunes"))
SETTINGS = """\
[library]
folder = "photos"

[platforms.site]
folder = "site"
base_url = "https://photos.example/"

[platforms.flickr]

[rules]
never = ["Private"]
"""

home = command_line.home
tell = command_line.tell


@pytest.fixture
def stage(home: Path) -> Path:
    """The same folder, with photos that are wished on the site and on Flickr, and one that is private."""
    draw(home / "photos/2023/dune.jpg", "A dune", wishes=(*BOTH, ("Socials", "flickr", "groups", "Sand")))
    draw(home / "photos/2023/sea.jpg", "The sea", wishes=BOTH)
    draw(home / "photos/2023/family.jpg", "Us", wishes=(*BOTH, ("Private", "Family")))
    (home / "heliograph.toml").write_text(SETTINGS, encoding="utf-8")
    return home


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def begun(folder: Path, *options: str) -> tuple[subprocess.Popen[str], dict]:
    """A rehearsal that waits for Enter, and what it told as JSON."""
    env = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    process = subprocess.Popen(
        [os.sys.executable, "-m", "heliograph", "rehearse", "--json", *options],
        cwd=folder,
        env={**env, "HELIOGRAPH_SECRET_FLICKR_KEY": "canary-in-the-environment"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    for line in process.stdout:
        told = json.loads(line)
        if told["schema"] == "heliograph.rehearsal/1":
            assert any("until you press Enter" in said for said in process.stderr)
            return process, told
    pytest.fail("the rehearsal named no pages")


def addresses(told: dict) -> dict[tuple[str, str], str]:
    return {(one["platform"], one["seen_by"]): one["address"] for one in told["pages"]}


def lines(out: str) -> list[dict]:
    return [json.loads(line) for line in out.splitlines()]


# --- what it shows, and what it leaves alone --------------------------------------------------------------------------


@POSIX
def test_a_stranger_sees_what_is_public_until_enter_is_pressed_and_nothing_real_was_touched(stage: Path) -> None:
    before = digests(stage / "photos")
    process, told = begun(stage)
    try:
        seen = addresses(told)
        first = page(seen["flickr", "a stranger"])
        assert "A dune" in first
        assert "The sea" in first
        assert "2 photos" in first
        assert ">Us<" not in first
        assert "Sand" in first, "the group was made ready"
        assert "Dunes" in first
        assert "Us" not in page(seen["flickr", "its owner"]).split("<main>")[1]
        site = Path(seen["site", "everybody"].removeprefix("file://"))
        assert "A dune" in site.read_text(encoding="utf-8")
        pages = "".join(one.read_text(encoding="utf-8") for one in site.parent.rglob("*.html"))
        assert "photos.example" not in pages, "no link leads out of the rehearsal"
        (line,) = stand_ins(stage)
        environment = Path(f"/proc/{line.split()[0]}/environ")
        assert not environment.exists() or b"canary" not in environment.read_bytes()
        process.communicate("\n", timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == Exit.PARTLY  # one photo is refused
    assert gone(stage)
    with pytest.raises(httpx2.ConnectError):
        page(seen["flickr", "a stranger"])
    assert digests(stage / "photos") == before
    assert not (stage / "site").exists()
    assert not (stage / ".heliograph/ledger.sqlite").exists()
    assert not (stage / ".heliograph/secrets.toml").exists()


SERVERS = """\
[library]
folder = "photos"

[platforms.pixelfed]
url = "https://pixelfed.example"

[platforms.street]
kind = "mastodon"
url = "https://mastodon.example"
audience.show = "private"
"""
SECRETS = "[street]\naccount = 'a token of the real server'\n"


@pytest.fixture
def servers(home: Path) -> Path:
    """A folder whose photos are wished on a Pixelfed and on a Mastodon; one has no alt text."""
    wishes = (("Socials", "pixelfed"), ("Socials", "street"))
    for name, alt_text in (("dune", "Sand, up to the sky."), ("sea", "A grey sea."), ("leaf", "")):
        draw(home / f"photos/{name}.jpg", f"One {name}", wishes=wishes)
        if alt_text:
            metadata.write(home / f"photos/{name}.jpg", Facts(alt_text=alt_text))
    (home / "heliograph.toml").write_text(SERVERS, encoding="utf-8")
    (home / ".heliograph").mkdir(exist_ok=True)
    (home / ".heliograph/secrets.toml").write_text(SECRETS, encoding="utf-8")
    return home


@POSIX
def test_a_pixelfed_and_a_mastodon_show_what_everybody_and_what_only_the_owner_sees(servers: Path) -> None:
    before = digests(servers)
    process, told = begun(servers)
    try:
        seen = addresses(told)
        public = page(seen["pixelfed", "a stranger"])
        assert "2 posts, newest first, as a stranger would see them on Pixelfed" in public
        for shown in ("One dune", "A grey sea."):
            assert shown in public
        assert "One leaf" not in public, "it has no alt text"
        assert "There is nothing here for a stranger." in page(seen["street", "a stranger"])
        private = page(seen["street", "its owner"])
        assert "2 posts, newest first, as their owner would see them on Mastodon" in private
        assert "· private" in private
        process.communicate("\n", timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == Exit.PARTLY
    assert gone(servers)
    after = digests(servers)
    assert {where: after.get(where) for where in before} == before, "photos, settings and real tokens"
    assert not (servers / ".heliograph/ledger.sqlite").exists()


def test_people_read_the_plan_and_that_nothing_was_published(stage: Path, tell: Told) -> None:
    code, out, err = tell("rehearse", "--no-wait")
    assert code == Exit.PARTLY, err
    assert "flickr: 2 photos and 1 album to add, 1 photo refused" in out
    assert "site: 2 photos and 1 album to add, 1 photo refused" in out
    assert "nothing left this computer, and nothing was published." in out
    assert out.splitlines()[-1] == (stage / ".heliograph/rehearsal/platforms/site/index.html").as_uri()
    assert "helio apply" not in out
    assert "A rehearsal: site, flickr on this computer only." in err
    assert "Done: 4 photos and 2 albums added; 2 photos updated." in err
    assert err.count("Refused: ") == 1, "one photo, although on two platforms"
    assert "`helio rehearse` opens their pages again" in err
    assert gone(stage)


def test_the_next_rehearsal_goes_on_and_fresh_begins_anew(stage: Path, tell: Told) -> None:
    def added(*options: str) -> int:
        code, out, _ = tell("rehearse", "--no-wait", "--json", *options)
        assert code == Exit.PARTLY
        return sum(line.get("verb") == "add" and line["end"] == "done" for line in lines(out))

    assert added() == 6
    assert added() == 0
    metadata.write(stage / "photos/2023/dune.jpg", Facts(title="A dune at noon"))
    assert '"A dune" → "A dune at noon"' in tell("rehearse", "--no-wait")[1]
    assert added("--fresh") == 6


def test_only_the_named_platform_is_rehearsed(stage: Path, tell: Told) -> None:
    code, out, _ = tell("rehearse", "--no-wait", "--only", "site", "--json")
    assert code == Exit.PARTLY
    assert {line["platform"] for line in lines(out) if "verb" in line} == {"site"}
    assert not (stage / ".heliograph/rehearsal/platforms/flickr").exists()
    code, _, err = tell("rehearse", "--no-wait", "--only", "flikr")
    assert code == Exit.USAGE
    assert "There is no platform flikr to rehearse" in err


def test_the_vault_is_never_asked_and_an_owners_url_is_never_called(
    stage: Path, tell: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object) -> None:
        pytest.fail("a rehearsal looked for a real account")

    monkeypatch.setattr(config.Vault, "get", asked)
    monkeypatch.setattr(config.Vault, "set", asked)
    settings = SETTINGS.replace("[platforms.flickr]", '[platforms.flickr]\nurl = "https://gateway.example"')
    (stage / "heliograph.toml").write_text(settings, encoding="utf-8")
    code, out, _ = tell("rehearse", "--no-wait", "--json")
    assert code == Exit.PARTLY
    urls = {line["url"] for line in lines(out) if line.get("platform") == "flickr" and line.get("url")}
    assert urls
    assert all(url.startswith("http://127.0.0.1:") for url in urls)


def test_many_photos_do_not_wait_for_the_calls_that_flickr_allows(stage: Path) -> None:
    settings = rehearsing.apart(opening.settings(None, {}, stage))
    with Desk(settings) as desk, rehearsing.opened(desk, ("flickr",)) as played:
        platform = played.desk.places["flickr"].platform
        assert platform.means.budget is None
        assert platform.options.calls_per_s == 1000.0
        assert platform.means.account.perms == "delete"
        assert set(platform.means.credentials) == {"key", "secret"}


def test_the_pictures_that_were_made_are_used_again_when_it_is_real(stage: Path, tell: Told) -> None:
    tell("rehearse", "--no-wait", "--only", "site")
    made = digests(stage / ".heliograph/renditions")
    assert made
    tell("sync", "--only", "site")
    assert digests(stage / ".heliograph/renditions") == made
    assert (stage / "site/index.html").is_file()


# --- questions and guards ---------------------------------------------------------------------------------------------


def test_a_question_of_a_rehearsal_is_answered_in_the_rehearsal(stage: Path, tell: Told) -> None:
    tell("rehearse", "--no-wait", "--only", "site")
    draw(stage / "photos/2023/sea.jpg", "The sea", wishes=(*BOTH, ("Private", "Ours")))
    code, out, err = tell("rehearse", "--no-wait", "--only", "site")
    assert code == Exit.ASKED, err
    assert "helio answer 2023/sea.jpg delete --rehearsal" in out
    assert "helio answer 2023/sea.jpg delete --rehearsal" in err
    assert tell("answer", "2023/sea.jpg", "delete")[0] == Exit.USAGE, "no real plan asked"
    code, out, _ = tell("answer", "2023/sea.jpg", "delete", "--rehearsal")
    assert code == Exit.DONE
    assert "the next `helio rehearse`" in out
    assert "1 photo to delete" in tell("rehearse", "--no-wait", "--only", "site")[1]


def test_a_guard_stops_a_rehearsal_as_it_would_stop_the_real_thing(stage: Path, tell: Told) -> None:
    with (stage / "heliograph.toml").open("a", encoding="utf-8") as file:
        file.write("\n[guards]\nmax_deletes = 0\nmax_delete_share = 0\n")
    tell("rehearse", "--no-wait")
    (stage / "photos/2023/sea.jpg").unlink()
    code, _, err = tell("rehearse", "--no-wait")
    assert code == Exit.GUARDED
    assert "--allow-deletes" in err
    assert gone(stage)
    assert "2 photos deleted" in tell("rehearse", "--no-wait", "--allow-deletes")[2]


def test_every_kind_of_platform_can_be_rehearsed() -> None:
    at_home = {name for name, kind in PLATFORMS.items() if not kind().stand_in}
    assert {
        name for name in at_home if "folder" not in {part.name for part in fields(PLATFORMS[name]().options)}
    } == set()
    for kind in (made() for made in PLATFORMS.values()):
        assert set(kind.rehearsed) <= {part.name for part in fields(kind.options)}
        assert bool(kind.stand_in) == bool(kind.sign_in)


# --- how it ends ------------------------------------------------------------------------------------------------------


@POSIX
def test_ctrl_c_ends_the_looking_and_leaves_no_process(stage: Path) -> None:
    process, _ = begun(stage)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == Exit.PARTLY, "Ctrl-C is as good as Enter"
    assert gone(stage)


@POSIX
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, Exit.DONE), (signal.SIGTERM, Exit.TERMINATED)])
def test_only_a_ctrl_c_is_as_good_as_enter(
    number: signal.Signals, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pressed() -> str:
        signal.raise_signal(number)
        return ""

    monkeypatch.setattr(os.sys, "stdin", SimpleNamespace(readline=pressed))
    with Interrupts(working=True) as interrupts:
        assert until_enter(screen(), interrupts, "Look as long as you like.") == code
        assert interrupts.stop() == (code != Exit.DONE)
    assert "Look as long" in capsys.readouterr().err


@POSIX
def test_a_killed_rehearsal_leaves_no_process_and_can_be_gone_on_with(stage: Path, tell: Told) -> None:
    process, _ = begun(stage)
    process.kill()
    process.communicate(timeout=60)
    assert gone(stage)
    assert "Nothing to do" in tell("rehearse", "--no-wait")[1]


@POSIX
def test_two_rehearsals_at_once_are_one_too_many(stage: Path, tell: Told) -> None:
    process, _ = begun(stage)
    try:
        code, _, err = tell("rehearse", "--no-wait")
        assert code == Exit.ANOTHER_RUN
        assert "End it there with Enter" in err
    finally:
        process.communicate("\n", timeout=60)


def test_the_end_of_standard_input_is_as_good_as_enter(stage: Path) -> None:
    code, out, err = command_line.ended(start("rehearse", cwd=stage))
    assert code == Exit.PARTLY, err
    assert "flickr, as a stranger would see it:\nhttp://127.0.0.1:" in out
    assert "until you press Enter" in err


def test_a_stand_in_that_cannot_begin_is_a_sentence(stage: Path, tell: Told) -> None:
    world = stage / ".heliograph/rehearsal/platforms/flickr/world.jsonl"
    world.mkdir(parents=True)  # a folder where its memory should be
    code, _, err = tell("rehearse", "--no-wait")
    assert code == Exit.USAGE
    assert "could not begin" in err
    assert "Nothing was published" in err
    assert "Traceback" not in err
    assert gone(stage)


def test_settings_without_a_platform_have_nothing_to_rehearse(stage: Path, tell: Told) -> None:
    (stage / "heliograph.toml").write_text('[library]\nfolder = "photos"\n', encoding="utf-8")
    code, _, err = tell("rehearse", "--no-wait")
    assert code == Exit.USAGE
    assert "There is no platform to rehearse" in err


def test_a_stand_in_ends_with_its_context_also_when_that_fails(tmp_path: Path) -> None:
    def use() -> None:
        with started(MODULE, tmp_path / "state") as stand_in:
            assert "Nothing was published yet" in page(stand_in.url)
            message = "enough"
            raise Mistake(message)

    with pytest.raises(Mistake, match="enough"):
        use()
    assert gone(tmp_path)
