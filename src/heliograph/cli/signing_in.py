"""The verbs that open and forget accounts. A secret is never an argument: other users of the machine could read it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heliograph.cli.completing import accounts
from heliograph.cli.exits import Exit
from heliograph.cli.options import F, Verb, choices, shared
from heliograph.errors import Mistake

if TYPE_CHECKING:
    from heliograph.cli.screen import Screen
    from heliograph.ports import Clock

STDIN = "-"
CODE_WAIT_S = 600.0
_LOOK_S = 0.5


def _file_option(part: str, said: str) -> Callable[[F], F]:
    return click.option(
        f"--{part}-file", f"{part}_file", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True), help=said
    )


@click.command(
    "signin",
    cls=Verb,
    short_help="Sign in to a platform",
    examples=(
        "helio signin # the browser opens and comes back",
        "helio signin flickr --delete # and let it delete photos, too",
        "helio signin --no-browser # a link and a code, for another computer's browser",
        "helio signin --key-file key.txt --secret-file secret.txt --no-browser --code-file - # without a terminal",
        "helio signin mastodon --token-file - # a token that you made there, on standard input",
    ),
)
@click.argument("platform", required=False, default="", shell_complete=accounts)
@click.option("--no-browser", is_flag=True, help="Print a link, and take the code that the platform shows.")
@click.option("--delete", "deletes", is_flag=True, help="Ask for the permission to delete, too.")
@_file_option("key", "Read the key of your own from FILE; - is standard input.")
@_file_option("secret", "Likewise the secret that belongs to it.")
@_file_option(
    "token", "In the fediverse: read a token that you made there from FILE, and ask nobody; - is standard input."
)
@_file_option("code", "With --no-browser: wait until FILE holds the code; - is standard input.")
@shared
@click.pass_context
def signin(
    ctx: click.Context,
    platform: str,
    no_browser: bool,
    deletes: bool,
    key_file: Path | None,
    secret_file: Path | None,
    token_file: Path | None,
    code_file: Path | None,
) -> int:
    """Signs in to PLATFORM, which may be left out where only one can be signed in to.

    Flickr's key and secret are asked for where they are not known; they and the token go into the system's keyring, or
    into a private file where there is none. Several options may read standard input: one line each, in the order key,
    secret, token, code.
    """
    from heliograph.cli.session import session

    if code_file is not None and not no_browser:
        message = "--code-file belongs to --no-browser; otherwise the browser brings the answer by itself."
        raise click.UsageError(message, ctx)
    with session(choices(ctx)) as here:
        files = (("key", key_file), ("secret", secret_file), ("token", token_file))
        given = {part: _line(file, part) for part, file in files if file}
        ask = _Terminal(here.screen, here.desk.clock, browser=not no_browser, code_file=code_file)
        if token_file is None:
            ask.check()
        if _tty():
            for need in here.desk.lacking(platform, given):
                here.screen.say(f"{need.sentence}.")
                given[need.name] = click.prompt(need.name.capitalize(), hide_input=need.hidden, err=True)
        done = here.desk.sign_in(platform, ask, given, deletes=deletes, callback=not no_browser)
        here.screen.put(f"Signed in to {done.platform} as {done.who}. heliograph may {done.permissions} there.")
        here.screen.put(done.kept)
    return Exit.DONE


@click.command(
    "signout",
    cls=Verb,
    short_help="Forget a platform's account",
    examples=(
        "helio signout # forget the token",
        "helio signout flickr --all # and the key and the secret",
    ),
)
@click.argument("platform", required=False, default="", shell_complete=accounts)
@click.option("--all", "everything", is_flag=True, help="Forget the key and the secret, too.")
@shared
@click.pass_context
def signout(ctx: click.Context, platform: str, everything: bool) -> int:
    """Forgets the token of PLATFORM, which may be left out where only one can be signed in to. Deletes no photo."""
    from heliograph.cli.session import session

    with session(choices(ctx)) as here:
        gone = here.desk.sign_out(platform, everything=everything)
        if gone.who:
            here.screen.put(
                f"Signed out of {gone.platform}: the token of {gone.who} is forgotten here. {gone.farewell}"
            )
        else:
            here.screen.put(f"Nobody was signed in to {gone.platform}.")
        if gone.credentials:
            here.screen.put(f"{' and '.join(gone.credentials).capitalize()} are forgotten, too.")
    return Exit.DONE


VERBS = (signin, signout)


@dataclass(slots=True)
class _Terminal:
    """Implements `ports.Ask` where somebody reads, or nobody does."""

    screen: Screen
    clock: Clock
    browser: bool
    code_file: Path | None

    def check(self) -> None:
        """Whether the answer can come back at all; better said before anybody is asked.

        Raises:
            Mistake: it cannot.
        """
        if self.browser or self.code_file == Path(STDIN):
            return
        if self.code_file is None:
            if not _tty():
                message = (
                    "Nobody can type the code here. Add --code-file FILE, and write the code there once you have it, "
                    "or --code-file - to give it on standard input."
                )
                raise Mistake(message)
        elif self.code_file.is_file() and _text(self.code_file):
            message = f"{self.code_file} is not empty, and no code can be known before the link is. Empty it first."
            raise Mistake(message)

    def show(self, link: str, sentence: str) -> None:
        """Opens the browser, or prints the link."""
        if self.browser and _opened(link):
            self.screen.say(f"The browser opens. {sentence} If it does not, open this link on this computer:")
        elif self.browser and not _tty():
            message = "No browser could be opened. Use --no-browser with --code-file; nothing was kept."
            raise Mistake(message)
        else:
            self.screen.say(f"Open this link{' on this computer' if self.browser else ''}. {sentence}")
        self.screen.address(link)
        if self.browser:
            self.screen.say("Waiting for the browser, at most 10 minutes; Ctrl-C stops, also if you said no there.")

    def code(self, sentence: str) -> str:
        """The code as typed, or as the file or standard input holds it."""
        if self.code_file is None:
            return str(click.prompt(sentence, err=True))
        if self.code_file == Path(STDIN):
            return _line(self.code_file, "code")
        self.screen.say(f"{sentence}: waiting for it in {self.code_file}.")
        until_s, before = self.clock.monotonic() + CODE_WAIT_S, ""
        while not (code := _text(self.code_file)) or (code != before and self.code_file.is_file()):
            before = code  # a file may still be being written; a pipe is read to its end
            if self.clock.monotonic() >= until_s:
                message = f"No code came into {self.code_file} within {CODE_WAIT_S / 60:.0f} minutes. Nothing was kept."
                raise Mistake(message)
            self.clock.sleep(_LOOK_S)
        return code


def _tty() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _opened(link: str) -> bool:
    import webbrowser

    try:
        return webbrowser.open(link)
    except (OSError, webbrowser.Error):
        return False


def _line(file: Path, part: str) -> str:
    """What a file holds, or the next line of standard input."""
    text = _spoken() if file == Path(STDIN) else _text(file)
    if not text.strip():
        where = "Standard input ended" if file == Path(STDIN) else f"{file} is not there or empty,"
        message = f"{where} where the {part} should be. Nothing was done."
        raise Mistake(message)
    return text.strip()


def _spoken() -> str:
    return sys.stdin.readline() if sys.stdin is not None else ""


def _text(file: Path) -> str:
    """What a file holds, without blanks around it; empty where it is not there yet."""
    try:
        return file.read_text(encoding="utf-8-sig").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        message = f"{file} cannot be read. Correct the path or its permissions; nothing was done."
    raise Mistake(message)
