"""What the owner sets of the publish step: where the finished site is taken after it was built, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from heliograph.policy import STRICT
from heliograph.redact import Redactor

PRESETS = ("rsync", "sftp", "s3", "git")

_PASSWORD = re.compile(r"://[^/@\s:]*:[^/@\s]+@")
_USER = re.compile(r"://[^/@\s:]+@")


@dataclass(frozen=True, slots=True)
class Destination:
    """Settings of the publish step of one site; without a `command` or `preset` there is none.

    Raises:
        ValueError: a setting cannot be used, with the reason as a sentence.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    command: tuple[str, ...] = ()
    """A command of your own, word by word, run without a shell in the site's folder; the page on publishing a site says
    what it is told: `["/home/ann/bin/upload", "{changes}"]`."""
    preset: str = ""
    """Instead of a command, a program that you have installed: `rsync`, `sftp`, `s3` (the program `aws`) or `git`."""
    to: str = ""
    """Where a preset takes the site: `ann@example.org:/srv/www` for rsync and sftp, `s3://bucket/folder` for s3; for
    git the remote and branch, `origin main`, or empty for its usual ones."""
    timeout_min: float = 60.0
    """Minutes after which the command is ended and the step counts as failed."""

    def __post_init__(self) -> None:
        if wrong := _wrong(self):
            raise ValueError(wrong)

    @property
    def shown(self) -> str:
        """Where it goes, for people."""
        program = self.preset or self.command[0].replace("\\", "/").rpartition("/")[2]
        return f"{self.to or 'their place'} ({program})"

    def __bool__(self) -> bool:
        return bool(self.command or self.preset)


def _wrong(given: Destination) -> str:
    if given.command and (given.preset or given.to):
        return "publish has a command and a preset or to; give either the command, or a preset with to"
    if given.preset and given.preset not in PRESETS:
        return f"publish.preset cannot be {given.preset!r}; it is one of {', '.join(PRESETS)}"
    if given.to and not given.preset:
        return f"publish.to needs a preset: {', '.join(PRESETS)}"
    if given.timeout_min <= 0:
        return "publish.timeout_min must be more than 0"
    return _wrong_words(given) or _wrong_place(given)


def _wrong_words(given: Destination) -> str:
    for word in (*given.command, given.to):
        if _PASSWORD.search(word) or Redactor().words(bare := _USER.sub("://", word)) != bare:
            return (
                "publish holds what looks like a password or token, and every user of this computer can read the words "
                "of a command; put it where the program itself looks for it, such as an SSH key or its own settings"
            )
        if "\0" in word:
            return "publish holds a NUL character"
    return "publish.command begins with an empty word" if given.command and not given.command[0].strip() else ""


def _wrong_place(given: Destination) -> str:
    if given.to.startswith("-"):
        return f"publish.to is {given.to!r}; a place does not begin with a dash"
    if given.preset == "rsync" and not given.to:
        return "publish.to is missing; rsync needs a place such as ann@example.org:/srv/www"
    if given.preset == "sftp" and not re.fullmatch(r"[^:]+:.+", given.to):
        return "publish.to must be a host and a folder for sftp, such as ann@example.org:/srv/www"
    if given.preset == "s3" and not re.fullmatch(r"s3://[^/]+(/.*)?", given.to):
        return "publish.to must be a bucket for s3, such as s3://bucket/folder"
    if any(word.startswith("-") for word in given.to.split()):
        return f"publish.to is {given.to!r}; no word of it may begin with a dash"
    return ""


NOWHERE = Destination()
"""The site stays in its folder."""
