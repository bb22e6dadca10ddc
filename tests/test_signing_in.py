"""Accounts at the desk and at the command line: kept whole, never mixed, forgotten; with and without a terminal."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import threading
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import keyring
import keyring.backends.fail
import pytest
from PIL import Image

import flickr_owner
from flickr_owner import Owner, decide, shown_code
from heliograph.cli.exits import Exit
from heliograph.cli.run import run
from heliograph.config import Vault
from heliograph.desk import Desk, making, opening, signing_in
from heliograph.errors import Mistake, SignInNeeded
from heliograph.platforms.flickr import signin
from heliograph.policy import STRICT
from heliograph.ports import Credential, SigningIn
from test_vault import MemoryRing

flickr = flickr_owner.flickr
POSIX = pytest.mark.skipif(os.name == "nt", reason="a terminal as POSIX has it")


# --- at the desk ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Options:
    """As far as signing in needs it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    url: str = ""


@pytest.fixture
def ring(monkeypatch):
    made = MemoryRing()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    return made


@pytest.fixture
def home(tmp_path, monkeypatch, ring, flickr):
    """A folder with settings for a site and for Flickr, at the stand-in."""
    for name in [name for name in os.environ if name.startswith("HELIOGRAPH_")] + ["COLUMNS", "FORCE_COLOR"]:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "photos").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "photos/dune.jpg")
    (tmp_path / "heliograph.toml").write_text(
        f"[library]\nfolder = 'photos'\n[platforms.site]\nfolder = 'site'\n[platforms.flickr]\nurl = '{flickr.url}'\n"
        "[log]\nlevel = 'debug'\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    kind = making.Kind(Options, Options, sign_in=signin.SIGNING_IN)
    monkeypatch.setitem(making.PLATFORMS, "flickr", lambda: kind)
    return tmp_path


def settings(home):
    return opening.settings(None, os.environ, home)


def account(home):
    return signing_in.account(settings(home), "flickr", signin.SIGNING_IN)


def given(flickr):
    return {"key": flickr.key, "secret": flickr.secret}


def test_an_account_is_kept_whole_in_one_entry_with_the_key_it_belongs_to(home, flickr, ring):
    desk = Desk(settings(home))
    assert account(home) is None
    assert [need.name for need in desk.lacking("", {})] == ["key", "secret"]
    done = desk.sign_in("", Owner(), given(flickr))
    assert (done.platform, done.who) == ("flickr", account(home).who)
    assert "keyring" in done.kept
    assert sorted(name for _, name in ring.kept) == ["flickr/account", "flickr/key", "flickr/secret"]
    kept = json.loads(ring.kept["heliograph", "flickr/account"])
    assert kept["of"] == {"key": flickr.key}
    assert kept["account"]["token"] == account(home).token
    assert flickr.secret not in ring.kept["heliograph", "flickr/account"]
    assert desk.lacking("flickr", {}) == ()
    assert dict(signing_in.credentials(settings(home), "flickr", signin.SIGNING_IN)) == given(flickr)


def test_an_account_never_counts_with_another_key(home, flickr, ring):
    Desk(settings(home)).sign_in("flickr", Owner(), given(flickr))
    Vault(settings(home).state, {}).set("flickr", "key", "another-key")
    assert account(home) is None
    ring.kept.pop(("heliograph", "flickr/key"))
    assert account(home) is None


def test_a_sign_in_that_fails_leaves_everything_as_it_was(home, flickr, ring):
    desk = Desk(settings(home))
    desk.sign_in("flickr", Owner(), given(flickr))
    before = dict(ring.kept)
    with pytest.raises(SignInNeeded):
        desk.sign_in("flickr", Owner("no", typed="123-456-789"), {}, callback=False)
    with pytest.raises(SignInNeeded):
        desk.sign_in("flickr", Owner(), {"key": "e" * 32, "secret": "another"})
    assert ring.kept == before


def test_signing_in_again_takes_the_place_of_the_earlier_account(home, flickr):
    desk = Desk(settings(home))
    desk.sign_in("flickr", Owner(), given(flickr))
    first = account(home)
    done = desk.sign_in("flickr", Owner(), {}, deletes=True)
    assert "delete" in done.permissions
    assert account(home).perms == "delete"
    assert account(home).token != first.token


def test_signing_out_forgets_the_token_and_with_everything_the_key(home, flickr, ring):
    desk = Desk(settings(home))
    desk.sign_in("flickr", Owner(), given(flickr))
    who = account(home).who
    assert desk.sign_out("flickr").who == who
    assert account(home) is None
    assert sorted(name for _, name in ring.kept) == ["flickr/key", "flickr/secret"]
    assert desk.sign_out("flickr", everything=True).who == ""
    assert ring.kept == {}


@pytest.mark.parametrize("kept", ["{", "[]", '{"of": {}}', '{"of": {}, "account": {"token": 1}}', "null"])
def test_an_account_that_cannot_be_read_is_a_sentence_and_can_be_forgotten(home, flickr, ring, kept):
    ring.kept["heliograph", "flickr/account"] = kept
    with pytest.raises(Mistake, match="Run `helio signin flickr`"):
        account(home)
    assert Desk(settings(home)).sign_out("flickr").who
    assert account(home) is None


def test_the_environment_gives_an_account_that_is_neither_kept_nor_forgotten_here(home, flickr, ring, monkeypatch):
    desk = Desk(settings(home))
    desk.sign_in("flickr", Owner(), given(flickr))
    form = ring.kept.pop(("heliograph", "flickr/account"))
    (home / "mounted.json").write_text(form, encoding="utf-8")
    monkeypatch.setenv("HELIOGRAPH_SECRET_FLICKR_ACCOUNT_FILE", str(home / "mounted.json"))
    assert account(home).nsid == flickr.nsid
    for verb in (lambda: desk.sign_in("flickr", Owner("no_browser"), {}), lambda: desk.sign_out("flickr")):
        with pytest.raises(Mistake, match="HELIOGRAPH_SECRET_FLICKR_ACCOUNT_FILE"):
            verb()


def test_what_the_environment_gives_is_not_stored(home, flickr, ring, monkeypatch):
    monkeypatch.setenv("HELIOGRAPH_SECRET_FLICKR_KEY", flickr.key)
    monkeypatch.setenv("HELIOGRAPH_SECRET_FLICKR_SECRET", flickr.secret)
    desk = Desk(settings(home))
    assert desk.lacking("flickr", {}) == ()
    desk.sign_in("flickr", Owner(), {})
    assert [name for _, name in ring.kept] == ["flickr/account"]
    with pytest.raises(Mistake, match="HELIOGRAPH_SECRET_FLICKR_KEY"):
        desk.sign_in("flickr", Owner("no_browser"), {"key": "another"})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "The secret of flickr is not known"),
        ({"secret": "two words"}, "one word without spaces"),
        ({"secret": "schlüssel"}, "one word without spaces"),
        ({"secret": ""}, "one word without spaces"),
        ({"password": "x"}, "takes no password"),
    ],
)
def test_what_cannot_be_a_credential_is_a_mistake_before_anything_is_asked(home, more, said):
    with pytest.raises(Mistake, match=said):
        Desk(settings(home)).sign_in("flickr", Owner("no_browser"), {"key": "a-key", **more})


def test_only_platforms_that_know_accounts_can_be_signed_in_to(home, monkeypatch):
    desk = Desk(settings(home))
    for name, said in (("site", "site needs no signing in"), ("flikr", "There is no platform flikr")):
        with pytest.raises(Mistake, match=said):
            desk.lacking(name, {})
    kind = making.Kind(making.PLATFORMS["site"]().options, Options, sign_in=OTHER)
    monkeypatch.setitem(making.PLATFORMS, "site", lambda: kind)
    with pytest.raises(Mistake, match="It can be one of: site, flickr"):
        desk.lacking("", {})
    assert desk.lacking("site", {}) == OTHER.needs
    monkeypatch.undo()
    monkeypatch.chdir(home)
    monkeypatch.setitem(making.PLATFORMS, "flickr", lambda: making.Kind(Options, Options))
    with pytest.raises(Mistake, match="No platform there needs it"):
        desk.lacking("", {})


OTHER = SigningIn((Credential("server", "Its address", hidden=False),), signin.Account, signin.SIGNING_IN.sign_in)


# --- at the command line ----------------------------------------------------------------------------------------------


@dataclass
class Told:
    """What a command said."""

    code: int
    out: str
    err: str


@pytest.fixture
def tell(home, capsys, monkeypatch):
    """Runs one command with these lines on standard input, which is no terminal."""
    monkeypatch.setattr(webbrowser, "open", lambda _: False)

    def call(*arguments, stdin=""):
        monkeypatch.setattr(sys, "stdin", stdin if isinstance(stdin, io.IOBase) else io.StringIO(stdin))
        capsys.readouterr()
        code = run(arguments)
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return call


class Code(io.StringIO):
    """Standard input that holds the code once the link was printed."""

    def __init__(self, capsys_out, before=""):
        super().__init__(before)
        self.link_of = capsys_out

    def readline(self, *_):
        return super().readline() or shown_code(decide(self.link_of())[1]) + "\n"


def test_signing_in_says_whose_account_it_is_what_may_be_done_and_where_the_token_is(
    tell, flickr, home, ring, monkeypatch, caplog
):
    caplog.set_level(logging.DEBUG)
    browser = []
    (home / "key.txt").write_text(f"{flickr.key}\n", encoding="utf-8")
    (home / "secret.txt").write_text(f"\ufeff{flickr.secret}\r\n", encoding="utf-8")
    monkeypatch.setattr(webbrowser, "open", lambda link: browser_opens(link, browser))
    told = tell("signin", "--key-file", "key.txt", "--secret-file", "secret.txt")
    assert told.code == Exit.DONE, told.err
    found = account(home)
    assert f"Signed in to flickr as {found.who}" in told.out
    assert "heliograph may add and change photos there" in told.out
    assert "The account of flickr is kept in the system's keyring" in told.out
    assert len(browser) == 1
    everything = told.out + told.err + caplog.text + (home / ".heliograph/heliograph.log").read_text(encoding="utf-8")
    assert "signed in to flickr" in everything
    assert "/services/oauth/access_token" in everything
    assert not [word for word in (flickr.key, flickr.secret, found.token, found.token_secret) if word in everything]

    told = tell("signin", "flickr", "--delete")
    assert told.code == Exit.DONE, told.err
    assert "heliograph may add, change and delete photos there" in told.out

    told = tell("signout")
    assert (told.code, account(home)) == (Exit.DONE, None)
    assert f"the token of {found.who} is forgotten here" in told.out
    assert tell("signout", "--all").out == "Nobody was signed in to flickr.\nKey and secret are forgotten, too.\n"
    assert ring.kept == {}


def browser_opens(link, opened):
    opened.append(link)
    threading.Thread(target=decide, args=(link,), daemon=True).start()
    return True


def test_a_browser_that_only_ends_when_it_was_answered_is_no_trouble(tell, flickr, home, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda link: bool(decide(link)))
    told = tell("signin", "--key-file", "-", "--secret-file", "-", stdin=f"{flickr.key}\n{flickr.secret}\n")
    assert told.code == Exit.DONE, told.err
    assert account(home).nsid == flickr.nsid


def test_without_a_keyring_the_private_file_is_named(tell, flickr, home, monkeypatch):
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    monkeypatch.setattr(webbrowser, "open", lambda link: bool(decide(link)))
    told = tell("signin", "--key-file", "-", "--secret-file", "-", stdin=f"{flickr.key}\n{flickr.secret}\n")
    assert told.code == Exit.DONE, told.err
    assert "private file" in told.out
    assert "secrets.toml" in told.out
    if os.name == "posix":
        assert (home / ".heliograph/secrets.toml").stat().st_mode & 0o777 == 0o600


def last_link(capsys, heard):
    heard.append(capsys.readouterr().out)
    return heard[-1].split()[-1]


def test_key_secret_and_code_come_from_standard_input_in_this_order(tell, flickr, home, capsys):
    heard = []
    lines = Code(lambda: last_link(capsys, heard), f"{flickr.key}\n{flickr.secret}\n")
    told = tell("signin", "--no-browser", "--code-file", "-", "--secret-file", "-", "--key-file", "-", stdin=lines)
    assert told.code == Exit.DONE, told.err
    assert "Signed in to flickr" in told.out
    assert account(home).nsid == flickr.nsid
    assert heard[0].startswith(f"{flickr.url}/services/oauth/authorize?")  # the link alone is data


def test_the_code_may_come_into_a_file_once_the_link_is_known(flickr, home, monkeypatch):
    env = without_keyring(HELIOGRAPH_SECRET_FLICKR_KEY=flickr.key, HELIOGRAPH_SECRET_FLICKR_SECRET=flickr.secret)
    with subprocess.Popen(
        command("signin", "--no-browser", "--code-file", "code.txt"),
        cwd=home,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        link = process.stdout.readline().strip()
        (home / "code.txt").write_text(shown_code(decide(link)[1]), encoding="utf-8")
        out, err = process.communicate(timeout=60)
    assert process.returncode == Exit.DONE, err
    assert "Signed in to flickr" in out
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    monkeypatch.setenv("HELIOGRAPH_SECRET_FLICKR_KEY", flickr.key)
    assert account(home).nsid == flickr.nsid


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["signin", "flickr", "--token-file", "heliograph.toml"], "takes no token"),
        (["signin"], "--key-file FILE (- is standard input), or in the environment as HELIOGRAPH_SECRET_FLICKR_KEY"),
        (["signin", "--no-browser"], "Add --code-file FILE"),
        (["signin", "--key-file", "nowhere.txt"], "nowhere.txt is not there or empty, where the key should be"),
        (["signin", "--key-file", "photos"], "photos cannot be read"),
        (["signin", "--key-file", "-"], "Standard input ended where the key should be"),
        (["signin", "--code-file", "-"], "belongs to --no-browser"),
        (["signin", "--no-browser", "--code-file", "heliograph.toml"], "heliograph.toml is not empty"),
        (["signin", "site"], "site needs no signing in"),
        (["signout", "nowhere"], "There is no platform nowhere"),
        (["signin", "flickr", "my-secret"], "unexpected extra argument"),
    ],
)
def test_without_a_terminal_what_is_missing_is_a_sentence(tell, arguments, said):
    told = tell(*arguments)
    assert (told.code, told.out) == (Exit.USAGE, "")
    assert said in told.err
    assert "Traceback" not in told.err


def test_where_no_browser_opens_and_nobody_reads_it_does_not_wait(tell, flickr):
    told = tell("signin", "--key-file", "-", "--secret-file", "-", stdin=f"{flickr.key}\n{flickr.secret}\n")
    assert told.code == Exit.USAGE
    assert "No browser could be opened. Use --no-browser with --code-file; nothing was kept." in told.err


def test_what_flickr_does_not_accept_ends_with_three(tell, flickr):
    told = tell("signin", "--key-file", "-", "--secret-file", "-", stdin=f"{'f' * 32}\n{flickr.secret}\n")
    assert told.code == Exit.SIGN_IN
    assert "does not know the API key" in told.err
    assert flickr.secret not in told.err


def test_platforms_with_accounts_are_completed(home):
    from click import Context

    from heliograph.cli.app import helio
    from heliograph.cli.completing import accounts

    def offered(begun):
        return accounts(Context(helio), None, begun)

    assert (offered(""), offered("fl"), offered("si")) == (["flickr"], ["flickr"], [])
    (home / "heliograph.toml").write_text("not toml", encoding="utf-8")
    assert offered("") == []


PROGRAM = """
from dataclasses import make_dataclass
from heliograph.cli import main
from heliograph.desk import making
from heliograph.platforms.flickr import signin
Options = make_dataclass("Options", [("url", str, "")], frozen=True)
making.PLATFORMS["flickr"] = lambda: making.Kind(Options, Options, sign_in=signin.SIGNING_IN)
main()
"""


def command(*arguments):
    """The real command in a process of its own, whose Flickr has no more options than signing in needs."""
    return [sys.executable, "-c", PROGRAM, *arguments]


def without_keyring(**more):
    return {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", **more}


@POSIX
def test_at_a_terminal_key_and_secret_are_asked_for_and_the_secret_is_not_shown(flickr, home, monkeypatch):
    import pty

    (home / "press.py").write_text(
        "import sys; sys.path.insert(0, sys.argv[1]); import flickr_owner; flickr_owner.decide(sys.argv[2])",
        encoding="utf-8",
    )
    ours, theirs = pty.openpty()
    browser = f"{sys.executable} {home}/press.py {Path(__file__).parent} %s"
    with subprocess.Popen(
        command("signin"),
        cwd=home,
        env=without_keyring(BROWSER=browser, TERM="dumb", PYTHONIOENCODING="utf-8"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        screen = typed(ours, {"Key": flickr.key, "Secret": flickr.secret})
        code = process.wait(timeout=60)
    os.close(ours)
    assert code == Exit.DONE, screen
    assert flickr.key in screen
    assert flickr.secret not in screen
    assert "Signed in to flickr as" in screen
    assert "kept in the private file" in " ".join(screen.split())
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    assert account(home).nsid == flickr.nsid


def typed(terminal, answers):
    """What the screen showed in the end, once each question in it was answered."""
    screen = b""
    while True:
        try:
            said = os.read(terminal, 4096)
        except OSError:  # how Linux says that the other side is gone
            said = b""
        if not said:
            return screen.decode()
        screen += said
        for question in [name for name in answers if f"{name}: ".encode() in screen]:
            os.write(terminal, f"{answers.pop(question)}\n".encode())
