"""The publish step as commands of programs that the owner has installed: nothing of a site's words reaches a shell.

Names of files travel in lists that the programs read, never in the words of a command, and nothing secret does: each
program finds its keys where it always looks for them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from heliograph.platforms.site.destination import Destination

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "xml": "application/xml",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
    "png": "image/png",
}
"""Ending -> what a server says that the file is; programs know the newer picture formats or not."""

_MOST_REMOVED = 100
"""Files in the words of one command."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a destination does not have yet, and what it still has: paths below the site's folder, with `/`."""

    folder: Path
    changed: tuple[str, ...]
    """In the order in which visitors miss nothing: what pages show, the pages, the first page."""
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """One program with its words."""

    words: tuple[str, ...]
    unless: tuple[str, ...] = ()
    """A command that is asked first; where it succeeds, nothing is left to do for this one."""
    environment: Mapping[str, str] = field(default_factory=dict)


def programs(destination: Destination) -> str:
    """The program that it needs, as it is called."""
    return {"s3": "aws", "": ""}.get(destination.preset, destination.preset) or destination.command[0]


def commands(destination: Destination, changes: Changes, scratch: Path) -> Iterator[Command]:
    """What is to be run, in this order, in the site's folder; its lists of files are in `scratch`, which is empty."""
    if destination.command:
        yield Command(own_words(destination.command, changes, scratch))
    else:
        yield from _PRESETS[destination.preset](destination.to, changes, scratch)


def lists(changes: Changes, scratch: Path) -> Mapping[str, Path]:
    """Files that say what changed, as UTF-8 with a line for each path: `changes` begins each line with `+ ` or `- `."""
    told = {
        "changes": [*(f"+ {path}" for path in changes.changed), *(f"- {path}" for path in changes.removed)],
        "changed": changes.changed,
        "removed": changes.removed,
    }
    return {name: _written(scratch / f"{name}.txt", lines, "\n") for name, lines in told.items()}


def own_words(words: Sequence[str], changes: Changes, scratch: Path) -> tuple[str, ...]:
    """The words of the owner's command with the names of the lists, and of the folder, in place of `{changes}`."""
    known = {**lists(changes, scratch), "folder": changes.folder}
    found = []
    for word in words:
        filled = word
        for name, path in known.items():
            filled = filled.replace(f"{{{name}}}", os.fspath(path))
        found.append(filled)
    return tuple(found)


def _written(path: Path, lines: Sequence[str], end: str) -> Path:
    path.write_bytes("".join(f"{line}{end}" for line in lines).encode("utf-8"))
    return path


# --- rsync ------------------------------------------------------------------------------------------------------------


def _rsync(to: str, changes: Changes, scratch: Path) -> Iterator[Command]:
    """What is named and missing in a folder is deleted there; nothing else there is touched.

    What went is missing in a folder of its own, for the one in which it lay here has often gone with it, and then rsync
    deletes nothing and ends with 24, as 3.5.0 was seen to do. Size and time are no reason to leave a file out: what is
    named did change.

    Source: the manual of rsync 3.4 on --delete-missing-args (since 3.1), --delay-updates, --files-from; 2026-11.
    """
    gone = scratch / "gone"
    for parent in {PurePosixPath(path).parent for path in changes.removed}:
        (gone / parent).mkdir(parents=True, exist_ok=True)
    how = ("--times", "--ignore-times", "--compress", "--delay-updates", "--delete-missing-args", "--from0")
    for name, folder, paths in (("changed", ".", changes.changed), ("removed", os.fspath(gone), changes.removed)):
        if paths:
            named = _written(scratch / f"rsync-{name}.list", paths, "\0")
            yield Command(("rsync", *how, f"--files-from={named}", "--", f"{folder}/", to))


# --- sftp -------------------------------------------------------------------------------------------------------------


def _sftp(to: str, changes: Changes, scratch: Path) -> Iterator[Command]:
    """Each file is sent under another name and renamed. What goes is emptied before, so that a repetition finds it.

    Source: OpenBSD manual of sftp(1): -b, `-` before a command, quoting; 2026-11.
    """
    host, _, folder = to.partition(":")
    empty = _written(scratch / "empty", (), "")
    parents = {parent for path in (*changes.changed, *changes.removed) for parent in PurePosixPath(path).parents}
    lines = [f"-mkdir {_quoted(folder)}", f"cd {_quoted(folder)}"]
    lines += [f"-mkdir {_quoted(path)}" for path in sorted(map(str, parents - {PurePosixPath()}))]
    for path in changes.changed:
        lines += [f"put {_quoted(path)} {_quoted(f'{path}.new')}", f"rename {_quoted(f'{path}.new')} {_quoted(path)}"]
    for path in changes.removed:
        lines += [f"put {_quoted(os.fspath(empty))} {_quoted(path)}", f"rm {_quoted(path)}"]
    yield Command(("sftp", "-b", os.fspath(_written(scratch / "sftp.batch", lines, "\n")), "--", host))


def _quoted(path: str) -> str:
    """A name for a line of sftp, which takes `*`, `?` and `[` within quotes for themselves."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


# --- s3 ---------------------------------------------------------------------------------------------------------------


def _s3(to: str, changes: Changes, scratch: Path) -> Iterator[Command]:
    """One upload for each kind of file, pages last, so that each is served as what it is.

    Source: reference of the AWS command line, version 2: `s3 cp`, `s3 rm`, use of exclude and include filters; 2026-11.
    """
    place = f"{to.rstrip('/')}/"
    endings = dict.fromkeys(_ending(path) for path in changes.changed)
    for number, ending in enumerate(endings):
        staged = scratch / f"kind-{number}"
        for path in changes.changed:
            if _ending(path) == ending:
                _link(changes.folder / path, staged / path)
        said = ("--content-type", MEDIA_TYPES[ending]) if ending in MEDIA_TYPES else ()
        yield Command(("aws", "s3", "cp", f"{staged}{os.sep}", place, "--recursive", "--no-progress", *said))
    for first in range(0, len(changes.removed), _MOST_REMOVED):
        part = changes.removed[first : first + _MOST_REMOVED]
        these = [word for path in part for word in ("--include", _pattern(path))]
        yield Command(("aws", "s3", "rm", place, "--recursive", "--exclude", "*", *these))


def _ending(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _pattern(path: str) -> str:
    """A pattern that nothing but the path is like."""
    pattern = "".join(f"[{char}]" if char in "*?[" else char for char in path)
    return pattern if fnmatchcase(path, pattern) else path


def _link(source: Path, target: Path) -> None:
    """A second name for the file, or a copy where the disk has no such thing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


# --- git --------------------------------------------------------------------------------------------------------------


def _git(to: str, changes: Changes, scratch: Path) -> Iterator[Command]:
    """Commits our files alone in the owner's repository, and pushes.

    Source: manuals of git 2.47: git-add, git-rm (--pathspec-from-file since 2.26), git-commit, git-push; 2026-11.
    """
    calm = {"GIT_TERMINAL_PROMPT": "0"}
    ours = ("git", "--literal-pathspecs")
    for verb, paths in (
        (("add",), changes.changed),
        (("rm", "--cached", "--quiet", "--ignore-unmatch"), changes.removed),
    ):
        if paths:
            named = _written(scratch / f"git-{verb[0]}.list", paths, "\0")
            yield Command((*ours, *verb, f"--pathspec-from-file={named}", "--pathspec-file-nul"), environment=calm)
    said = f"Photographs: {len(changes.changed)} files changed, {len(changes.removed)} removed"
    yield Command(("git", "commit", "--quiet", "-m", said), unless=("git", "diff", "--cached", "--quiet"))
    remote, branches = to.split()[:1], to.split()[1:]
    yield Command(("git", "push", "--quiet", *remote, *(f"HEAD:{name}" for name in branches)), environment=calm)


_PRESETS: Mapping[str, Callable[[str, Changes, Path], Iterator[Command]]] = {
    "rsync": _rsync,
    "sftp": _sftp,
    "s3": _s3,
    "git": _git,
}
