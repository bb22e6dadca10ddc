"""Switching new pages in so that a visitor never meets half a page or a link to nothing, whenever the power goes.

Everything new is first written whole below `.heliograph/staged`. Then `switch.json` lists the steps, and from there on
the switch can only go forward: pictures and pages that nobody links to yet, then pages that change, then what is no
longer linked to goes, then the memory of it all. A switch that was killed is completed by the next `finish`, before
anything else.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from heliograph.errors import Mistake
from heliograph.platforms.site.staging import HIDDEN, replace_durably, sha256, sync_folder, within, write_durably

_MANIFEST = f"{HIDDEN}/manifest.json"
_PICTURES = f"{HIDDEN}/pictures.json"
_BUILT = f"{HIDDEN}/built.json"
_PREPARED = f"{HIDDEN}/prepared"


@dataclass(frozen=True, slots=True)
class Built:
    """What the pages on disk were made from: how far of the log, and the look and settings."""

    cursor: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class New:
    """A page or asset that is to be: its digest, and its bytes where it is not there yet."""

    path: str
    digest: str
    content: bytes | None


@dataclass(slots=True)
class _Steps:
    fresh: list[tuple[str, str]] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    memory: list[tuple[str, str]] = field(default_factory=list)


class Publication:
    """What lies in the site's folder: the files that we made there, and the way from one whole site to the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._switch = folder / HIDDEN / "switch.json"
        self._staged = folder / HIDDEN / "staged"
        self._waiting = folder / _PREPARED
        self._parents: dict[str, Path] = {}

    def built(self) -> Built:
        """What the pages on disk were made from."""
        form = self._memory(_BUILT)
        return Built(str(form.get("cursor", "")), str(form.get("look", "")))

    def pages(self) -> Mapping[str, str]:
        """Path to digest of every page and asset that we made."""
        return self._memory(_MANIFEST)

    def interrupted(self) -> bool:
        """True where a switch was begun and not ended."""
        return self._switch.exists()

    def pages_there(self) -> Mapping[str, str]:
        """Those of `pages` that are on disk."""
        pages = self.pages()
        missing = set(_missing(self.folder, pages))
        return {path: digest for path, digest in pages.items() if path not in missing}

    def missing_page(self) -> str:
        """One of our pages or assets that is not on disk; empty where all are."""
        return next(_missing(self.folder, self.pages()), "")

    def missing_pictures(self) -> frozenset[str]:
        """Published picture files that are not on disk."""
        return frozenset(_missing(self.folder, self._memory(_PICTURES)))

    def prepared(self, name: str) -> Path:
        """Where a picture waits until the pages that show it are switched in."""
        return self._waiting / name.replace("/", "-")

    def picture(self, name: str) -> Path | None:
        """The file of a picture, published or waiting; `None` where there is neither."""
        published = self.folder / name
        if published.is_file():
            return published
        waiting = self.prepared(name)
        return waiting if waiting.is_file() else None

    def roll_forward(self) -> None:
        """Completes a switch that was begun; does nothing where none was.

        Raises:
            Mistake: a file that we did not make stands where one of ours belongs.
        """
        if not self.interrupted():
            return
        form = self._loaded(self._switch)
        self._carry_out(_Steps(form["fresh"], form["changed"], form["removed"], form["memory"]))

    def publish(self, pages: Iterable[New], pictures: Iterable[str], built: Built) -> None:
        """Makes the folder hold exactly these pages and pictures, beside what others put there.

        Raises:
            Mistake: a file that we did not make stands where one of ours belongs; nothing was changed then.
        """
        shutil.rmtree(self._staged, ignore_errors=True)
        before, pictures_before = self.pages(), self._memory(_PICTURES)
        steps, manifest = _Steps(), {}
        for page in pages:
            self._stage(page, page.path in before, steps)
            manifest[page.path] = page.digest
        names = sorted(set(pictures))
        arriving = [name for name in names if not (self.folder / name).is_file()]
        steps.fresh[:0] = [
            (self._inside(self.prepared(name)), name) for name in arriving if self.prepared(name).exists()
        ]
        for staged, path in steps.fresh:
            self._refuse_foreign(path, self.folder / staged)
        steps.removed = sorted((before.keys() - manifest.keys()) | (pictures_before.keys() - set(names)))
        self._remember(_MANIFEST, manifest, steps)
        self._remember(_PICTURES, dict.fromkeys(names, ""), steps)
        self._remember(_BUILT, {"cursor": built.cursor, "look": built.look}, steps)
        self._begin(steps)

    def _begin(self, steps: _Steps) -> None:
        form = {"fresh": steps.fresh, "changed": steps.changed, "removed": steps.removed, "memory": steps.memory}
        replace_durably(self._switch, json.dumps(form).encode("ascii"))
        self._carry_out(steps)
        shutil.rmtree(self._waiting, ignore_errors=True)

    def _carry_out(self, steps: _Steps) -> None:
        for phase in (steps.fresh, steps.changed):
            for staged, path in phase:
                self._place(staged, path, foreign=phase is steps.fresh)
            self._sync(path for _, path in phase)
        for path in steps.removed:
            self._target(path).unlink(missing_ok=True)
        self._sync(steps.removed)
        for staged, path in steps.memory:
            self._place(staged, path, foreign=False)
        self._sync(path for _, path in steps.memory)
        self._switch.unlink()
        self._sweep(steps.removed)

    def _place(self, staged: str, path: str, *, foreign: bool) -> None:
        source, target = self.folder / staged, self._target(path)
        if not source.exists():
            return  # a killed switch came this far
        if foreign:
            self._refuse_foreign(path, source)
        try:
            source.replace(target)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)

    def _stage(self, page: New, known: bool, steps: _Steps) -> None:
        if page.content is None:
            return
        staged = self._staged / str(len(steps.fresh) + len(steps.changed))
        write_durably(staged, page.content)
        (steps.changed if known else steps.fresh).append((self._inside(staged), page.path))

    def _remember(self, path: str, form: Mapping[str, str], steps: _Steps) -> None:
        staged = self._staged / Path(path).name
        write_durably(staged, json.dumps(form, indent=0, sort_keys=True).encode("ascii"))
        steps.memory.append((self._inside(staged), path))

    def _refuse_foreign(self, path: str, source: Path) -> None:
        target = self._target(path)
        if not target.exists() and not target.is_symlink():
            return
        if target.is_file() and sha256(target) == sha256(source):
            return
        sentence = (
            f"{target} is not a file of heliograph's, and the site needs one of that name. It was not touched, and the "
            "pages are as they were. Move or rename it, or choose another folder for the site, and run again."
        )
        raise Mistake(sentence)

    def _sweep(self, removed: Iterable[str]) -> None:
        """Clears what nobody needs; whatever is in the way of it harms nothing."""
        shutil.rmtree(self._staged, ignore_errors=True)
        for parent in {(self.folder / path).parent for path in removed} - {self.folder}:
            with suppress(OSError):
                parent.rmdir()

    def _sync(self, paths: Iterable[str]) -> None:
        for parent in {(self.folder / path).parent for path in paths}:
            if parent.is_dir():
                sync_folder(parent)

    def _target(self, path: str) -> Path:
        parent, _, name = path.rpartition("/")
        if parent not in self._parents:
            self._parents[parent] = within(self.folder, path).parent
        return self._parents[parent] / name

    def _inside(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _memory(self, path: str) -> dict[str, str]:
        try:
            form = self._loaded(self.folder / path)
        except FileNotFoundError:
            return {}
        return {str(key): str(value) for key, value in form.items()}

    @staticmethod
    def _loaded(path: Path) -> dict[str, Any]:
        try:
            form: Any = json.loads(path.read_bytes())
            return dict(form)
        except (ValueError, TypeError) as error:
            sentence = (
                f"{path}, the site's own memory, is damaged. Nothing was changed. Put it back from a backup, or move "
                "the site's folder away and publish it anew."
            )
            raise Mistake(sentence) from error


def _missing(folder: Path, paths: Iterable[str]) -> Iterator[str]:
    """Those of `paths` that are not there; one look at each folder, not one at each file."""
    there: dict[str, frozenset[str]] = {}
    for path in paths:
        parent, _, name = path.rpartition("/")
        if parent not in there:
            there[parent] = _names(folder / parent)
        if name not in there[parent]:
            yield path


def _names(folder: Path) -> frozenset[str]:
    try:
        return frozenset(entry.name for entry in folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
