"""Switching new pages in so that a visitor never meets half a page or a link to nothing, whenever the power goes.

Everything new is first written whole below `.heliograph/staged`. Then `switch.json` lists the steps, and from there on
the switch can only go forward: pictures and pages that nobody links to yet, then pages that change, then what is no
longer linked to goes, then the memory of it all. A switch that was killed is completed by the next `finish`, before
anything else.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from heliograph.errors import Mistake
from heliograph.platforms.site.posts import Entry
from heliograph.platforms.site.staging import (
    HIDDEN,
    copy_durably,
    replace_durably,
    settle,
    sha256,
    sync_folder,
    within,
    write,
)

_MANIFEST = f"{HIDDEN}/manifest.json"
_PICTURES = f"{HIDDEN}/pictures.json"
_BUILT = f"{HIDDEN}/built.json"
_PREPARED = f"{HIDDEN}/prepared"
_STAGED = f"{HIDDEN}/staged"


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


class Makes(Protocol):
    """What makes the pages of a site out of its posts."""

    @property
    def look(self) -> str:
        """Changes when pages of equal posts would be other ones than before."""

    def build(self, posts: Mapping[str, Entry], there: Mapping[str, str]) -> Iterable[New]:
        """Every page and asset; with its bytes only where `there`, path to digest, lacks it or has another."""


@dataclass(frozen=True, slots=True)
class Build:
    """What building the pages did."""

    files: int
    """Pages, assets and pictures that there are now."""
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    pending: str = ""
    """What is still to be done with them, as a sentence."""

    @classmethod
    def of(cls, before: Mapping[str, str], after: Mapping[str, str], written: Collection[str], pending: str) -> Self:
        """The difference between two states of a publication; `written` was, though it may be the same version."""
        changed = {path for path, version in after.items() if before.get(path) != version}.union(written)
        return cls(len(after), tuple(sorted(changed)), tuple(sorted(before.keys() - after.keys())), pending)


@dataclass(slots=True)
class _Steps:
    fresh: list[tuple[str, str]] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    memory: list[tuple[str, str]] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)
    """Of the staged files, those that the disk may not have yet."""


@dataclass(frozen=True, slots=True)
class _Index:
    stamp: tuple[int, int] = (0, 0)
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _nowhere(paths: Collection[str]) -> None:
    """The pages are taken nowhere."""


class Publication:
    """What lies in the site's folder: the files that we made there, and the way from one whole site to the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._switch = folder / HIDDEN / "switch.json"
        self._staged = folder / _STAGED
        self._waiting = folder / _PREPARED
        self._index = _Index()
        self._parents: dict[str, Path] = {}

    def built(self) -> Built:
        """What the pages on disk were made from."""
        form = self._memory(_BUILT)
        return Built(str(form.get("cursor", "")), str(form.get("look", "")))

    def pages(self) -> Mapping[str, str]:
        """Path to digest of every page and asset that we made."""
        return self._memory(_MANIFEST)

    def files(self) -> Mapping[str, str]:
        """Path to what tells versions of it apart, of every page, asset and picture that we made."""
        return {**self.pages(), **self._shown()}

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
        shown = self._shown()
        return frozenset(shown[path] for path in _missing(self.folder, shown))

    def prepared(self, name: str) -> Path:
        """Where a picture waits until the pages that show it are switched in."""
        return self._waiting / name.replace("/", "-")

    def picture(self, name: str) -> Path | None:
        """The file of a picture, published or waiting; `None` where there is neither."""
        published = self.folder / name
        if published.is_file():
            return published
        waiting = self.prepared(name)
        if waiting.is_file():
            return waiting
        places = (self.folder / path for path in self._places().get(name, ()))
        return next((place for place in places if place.is_file()), None)

    def _shown(self) -> Mapping[str, str]:
        """Path to name of every picture that we published."""
        return {path: name or path for path, name in self._memory(_PICTURES).items()}

    def _places(self) -> Mapping[str, tuple[str, ...]]:
        """Name to paths of the pictures that are published under other paths than their names."""
        try:
            about = (self.folder / _PICTURES).stat()
        except FileNotFoundError:
            return {}
        stamp = (about.st_mtime_ns, about.st_size)
        if stamp != self._index.stamp:
            places: dict[str, tuple[str, ...]] = {}
            for path, name in self._shown().items():
                if path != name:
                    places[name] = (*places.get(name, ()), path)
            self._index = _Index(stamp, places)
        return self._index.places

    def roll_forward(self) -> None:
        """Completes a switch that was begun; does nothing where none was.

        Raises:
            Mistake: a file that we did not make stands where one of ours belongs.
        """
        if not self.interrupted():
            return
        form = self._loaded(self._switch)
        try:
            fresh, changed, memory = (
                [(str(staged), str(path)) for staged, path in form[name]] for name in ("fresh", "changed", "memory")
            )
            steps = _Steps(fresh, changed, [str(path) for path in form["removed"]], memory)
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged(self._switch) from error
        self._carry_out(steps)

    def publish(
        self,
        pages: Iterable[New],
        pictures: Mapping[str, str],
        built: Built,
        inherited: Collection[str] = (),
        due: Callable[[Collection[str]], None] = _nowhere,
    ) -> Collection[str]:
        """Makes the folder hold exactly these pages and pictures, beside what others put there: the paths it wrote.

        Args:
            pages: all of them, in any order.
            pictures: path to name; a name stands for the bytes of a picture.
            built: what the pages show.
            inherited: files of an older program, which ours may take the place of.
            due: is told, before any of them changes, the paths of all files that will change or go.

        Raises:
            Mistake: a file that we did not make stands where one of ours belongs; nothing was changed then.
        """
        shutil.rmtree(self._staged, ignore_errors=True)
        before, pictures_before = self.pages(), self._shown()
        steps, manifest = _Steps(), {}
        for page in pages:
            self._stage(page, page.path in before or page.path in inherited, steps)
            manifest[page.path] = page.digest
        self._stage_pictures(pictures, pictures_before, inherited, steps)
        for staged, path in steps.fresh:
            self._refuse_foreign(self._target(path), self.folder / staged)
        steps.removed = sorted((before.keys() - manifest.keys()) | (pictures_before.keys() - pictures.keys()))
        self._remember(_MANIFEST, manifest, steps)
        self._remember(_PICTURES, {path: "" if path == name else name for path, name in pictures.items()}, steps)
        self._remember(_BUILT, {"cursor": built.cursor, "look": built.look}, steps)
        written = [path for _, path in (*steps.fresh, *steps.changed)]
        if written or steps.removed:
            due([*written, *steps.removed])
        self._begin(steps)
        return written

    def _begin(self, steps: _Steps) -> None:
        settle(steps.written)
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
            self._refuse_foreign(target, source)
        try:
            source.replace(target)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)

    def _stage(self, page: New, known: bool, steps: _Steps) -> None:
        if page.content is None or (known and self._holds(page.path, page.content)):
            return
        staged = f"{_STAGED}/{len(steps.fresh) + len(steps.changed)}"
        file = self.folder / staged
        write(file, page.content)
        steps.written.append(file)
        (steps.changed if known else steps.fresh).append((staged, page.path))

    def _holds(self, path: str, content: bytes) -> bool:
        try:
            return (self.folder / path).read_bytes() == content
        except (FileNotFoundError, NotADirectoryError):
            return False

    def _stage_pictures(
        self, pictures: Mapping[str, str], before: Mapping[str, str], inherited: Collection[str], steps: _Steps
    ) -> None:
        arriving, moved, missing = list[tuple[str, str]](), set[str](), set(_missing(self.folder, pictures))
        for path, name in sorted(pictures.items()):
            if before.get(path, path) == name and path not in missing:
                continue
            source = self.prepared(name)
            if not source.is_file() or name in moved:
                source = self._copied(name, len(arriving) + len(steps.changed))
            moved.add(name)
            step = (self._inside(source), path)
            if not source.is_file():
                continue  # lost with its file: the next look at the site says so
            (steps.changed if path in before or path in inherited else arriving).append(step)
        steps.fresh[:0] = arriving

    def _copied(self, name: str, number: int) -> Path:
        """A picture that is shown in several places, or in another one than before."""
        source, staged = self.picture(name), self._staged / f"picture-{number}"
        if source is not None:
            copy_durably(source, staged)
        return staged

    def _remember(self, path: str, form: Mapping[str, str], steps: _Steps) -> None:
        staged = self._staged / Path(path).name
        write(staged, json.dumps(form, indent=0, sort_keys=True).encode("ascii"))
        steps.written.append(staged)
        steps.memory.append((self._inside(staged), path))

    def _refuse_foreign(self, target: Path, source: Path) -> None:
        if not os.path.lexists(target):
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
            raise _damaged(path) from error


def _damaged(path: Path) -> Mistake:
    return Mistake(
        f"{path}, the site's own memory, is damaged. Nothing was changed. Put it back from a backup, or move "
        "the site's folder away and publish it anew."
    )


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
