"""`heliograph.toml` and the environment as frozen settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

from heliograph.config import checks
from heliograph.config.complaints import Complaint, dotted, keys, mistake, unknown, validated
from heliograph.config.search import state_folder
from heliograph.config.source import Loc, Source, read
from heliograph.errors import Mistake
from heliograph.policy import (
    STRICT,
    Audience,
    Captions,
    Direction,
    Guards,
    Picture,
    PlatformPolicy,
    Recognise,
    Rules,
    Selection,
    When,
)

T = TypeVar("T")

COMMON: Mapping[str, type] = {
    "select": Selection,
    "rules": Rules,
    "captions": Captions,
    "picture": Picture,
    "when": When,
    "guards": Guards,
    "audience": Audience,
    "recognise": Recognise,
}
"""Sections that hold for all platforms at the top of the file, and for one below `[platforms.NAME]`."""


class LogLevel(StrEnum):
    """How much the log file tells."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class StateSettings:
    """Where heliograph keeps what it remembers."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    folder: str = ""
    """Ledger, cache and logs; empty: `.heliograph` beside the settings file, or the user's data folder where the
    settings file is the user-wide one."""


@dataclass(frozen=True, slots=True)
class NotesSettings:
    """Your own notes in Markdown, such as an Obsidian vault.

    What they use is not deleted without a question. Their links to a picture on Flickr follow it when it is replaced.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    folder: str = ""
    """The folder of the notes, with everything under it; empty: you have none."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What is written to the log file in the state folder."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    level: LogLevel = LogLevel.INFO
    """`debug` names every call to a platform; never a secret."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The keys of `[library]` that every kind of library has."""

    kind: str = "folder"
    """Which kind of library it is."""
    name: str = "library"
    """What it is called in the ledger and in messages."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The keys of `[platforms.NAME]` that every platform has, beside its sections."""

    kind: str = ""
    """Which kind of platform it is; empty: the platform's name."""
    direction: Direction = Direction.PUBLISH
    """`publish` (from here to there), `both` (photos that are only there come home, and edits travel both ways) or
    `fetch` (they only come home, and nothing is added, changed or deleted there)."""
    links: bool = True
    """The page of a photo has links to the same photo on the other platforms, where it is public there; on platforms
    whose pages are yours (`site`, `markdown`)."""


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    """The library, with the keys that its kind reads itself (see `options`)."""

    name: str
    kind: str
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """One platform, with the keys that its kind reads itself (see `options`)."""

    policy: PlatformPolicy
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the owner set, whole and checked, except what `options` checks."""

    path: Path
    state: Path
    library: LibrarySettings
    platforms: tuple[PlatformSettings, ...]
    """In the order of the file."""
    log: LogSettings = LogSettings()
    own_notes: Path | None = None
    """Folder of the owner's own notes."""
    renditions: Path | None = None
    """Where pictures made for platforms are kept; `None`: in the state folder."""
    notes: tuple[str, ...] = ()
    """What is odd without being wrong, in sentences: a library folder that is not there now may be on a disk that is
    not mounted."""


def load(path: Path, env: Mapping[str, str]) -> Settings:
    """The settings in `path`, with HELIOGRAPH_SECTION__KEY variables over them. Relative paths start at the file.

    Raises:
        Mistake: everything that is wrong, in one message.
    """
    path = path.expanduser().absolute()
    source = read(path, env)
    complaints = list(_shape(source))
    if complaints:
        raise mistake(source, complaints)
    tree = source.tree
    state, wrong_state = validated(StateSettings, tree.get("state", {}), ("state",))
    log, wrong_log = validated(LogSettings, tree.get("log", {}), ("log",))
    own, wrong_notes = validated(NotesSettings, tree.get("notes", {}), ("notes",))
    library, wrong_library = _library(tree["library"])
    platforms, wrong_platforms = _platforms(tree)
    complaints = [*wrong_state, *wrong_log, *wrong_notes, *wrong_library, *wrong_platforms]
    folder = absolute(state.folder, path) if state and state.folder else state_folder(path)
    complaints += _overlaps(path, folder, tree)
    if complaints or state is None or log is None or own is None or library is None:
        raise mistake(source, complaints)
    notes = tuple(_notes(path, library, platforms))
    vault = absolute(own.folder, path) if own.folder else None
    return Settings(path, folder, library, platforms, log, vault, notes=notes)


def options(kind: type[T], given: Mapping[str, object], section: str, path: Path) -> T:
    """A library's or platform's own options from what `[section]` of the settings in `path` says.

    Fields of type `Path` come back absolute: `~` is the home, relative ones start at the file.

    Raises:
        Mistake: everything that is wrong with them, in one message.
    """
    loc = tuple(section.split("."))
    source = _again(path, given, loc)
    also = keys(Naming) if loc[0] == "library" else (*keys(Kind), *COMMON)
    strange = [unknown((*loc, key), (*keys(kind), *also)) for key in given if key not in keys(kind)]
    known = {key: value for key, value in given.items() if key in keys(kind)}
    made, complaints = validated(kind, known, loc)
    if strange or complaints or made is None:
        raise mistake(source, [*strange, *complaints])
    paths = {name: value for name in keys(kind) if isinstance(value := getattr(made, name), Path)}
    return replace(cast("Any", made), **{name: absolute(str(value), path) for name, value in paths.items()})  # type: ignore[no-any-return]


def absolute(text: str, path: Path) -> Path:
    """`text` as a path: `~` is the home, a relative one starts beside the settings file."""
    try:
        given = Path(text).expanduser()
    except RuntimeError:
        given = Path(text)
    return Path(path.parent / given)


def _shape(source: Source) -> Iterator[Complaint]:
    tree = source.tree
    known = ("library", "state", "log", "notes", "platforms", *COMMON)
    for key, value in tree.items():
        if key not in known:
            yield unknown((key,), known)
        elif not isinstance(value, dict):
            yield Complaint((key,), f"{key} must be a section of its own: [{key}]")
    if "library" not in tree:
        yield Complaint((), "The section [library] is missing. Add it with the folder of your photos: folder = '...'")
    platforms = tree.get("platforms", {})
    for platform, value in platforms.items() if isinstance(platforms, dict) else ():
        yield from checks.name(platform)
        if not isinstance(value, dict):
            loc = ("platforms", platform)
            yield Complaint(loc, f"{dotted(loc)} must be a section of its own: [platforms.{platform}]")
    spelt = [platform.lower() for platform in platforms] if isinstance(platforms, dict) else []
    for platform in {one for one in spelt if spelt.count(one) > 1}:
        yield Complaint(("platforms",), f"Two platforms are called '{platform}'; small and capital letters are alike.")


def _library(given: Mapping[str, Any]) -> tuple[LibrarySettings | None, list[Complaint]]:
    naming, complaints = validated(Naming, _own(given, Naming), ("library",))
    if naming is None:
        return None, complaints
    rest = {key: value for key, value in given.items() if key not in keys(Naming)}
    return LibrarySettings(naming.name, naming.kind, rest), []


def _platforms(tree: Mapping[str, Any]) -> tuple[tuple[PlatformSettings, ...], list[Complaint]]:
    """Each platform with the common sections below its own; a mistake in a common one is named once."""
    complaints = list(_wrong_sections(tree, ()))
    for name, given in tree.get("platforms", {}).items():
        complaints += validated(Kind, _own(given, Kind), ("platforms", name))[1]
        complaints += _wrong_sections(given, ("platforms", name))
    if complaints:
        return (), complaints
    return tuple(_platform(name, given, tree) for name, given in tree.get("platforms", {}).items()), []


def _wrong_sections(given: Mapping[str, Any], loc: Loc) -> Iterator[Complaint]:
    for name, kind in COMMON.items():
        section: Any = given.get(name, {})
        if not isinstance(section, dict):
            yield Complaint((*loc, name), f"{dotted((*loc, name))} must be a section: [{dotted((*loc, name))}]")
            continue
        yield from validated(kind, section, (*loc, name))[1]
        yield from checks.values(section, (*loc, name))


def _platform(name: str, given: Mapping[str, Any], tree: Mapping[str, Any]) -> PlatformSettings:
    own, _ = validated(Kind, _own(given, Kind), ())
    sections: dict[str, Any] = {
        section: validated(kind, {**tree.get(section, {}), **given.get(section, {})}, ())[0]
        for section, kind in COMMON.items()
    }
    own = own or Kind()
    policy = PlatformPolicy(name=name, kind=own.kind or name, direction=own.direction, links=own.links, **sections)
    rest = {key: value for key, value in given.items() if key not in {*keys(Kind), *COMMON}}
    return PlatformSettings(policy, rest)


def _own(given: Mapping[str, Any], kind: type) -> dict[str, Any]:
    return {key: given[key] for key in keys(kind) if key in given}


def _overlaps(path: Path, state: Path, tree: Mapping[str, Any]) -> Iterator[Complaint]:
    home = _folder(tree["library"], path)
    sites = {name: _folder(given, path) for name, given in tree.get("platforms", {}).items()}
    yield from checks.folders(home, state, {name: folder for name, folder in sites.items() if folder})


def _folder(given: Mapping[str, object], path: Path) -> Path | None:
    folder = given.get("folder")
    return absolute(folder, path) if isinstance(folder, str) and folder else None


def _notes(path: Path, library: LibrarySettings, platforms: tuple[PlatformSettings, ...]) -> Iterator[str]:
    folder = _folder(library.options, path)
    if folder is not None and not folder.is_dir():
        yield f"The library folder {folder} is not there. Connect its disk, or correct library.folder in {path}."
    if not platforms:
        yield f"{path} names no platform, so nothing is published. Add a section such as [platforms.site]."


def _again(path: Path, given: Mapping[str, object], loc: Loc) -> Source:
    """The file once more, for its line numbers, with `given` in its place."""
    tree: dict[str, Any] = dict(given)
    for name in reversed(loc):
        tree = {str(name): tree}
    try:
        lines = read(path, {}).lines
    except Mistake:  # the file changed since it was loaded: no line numbers then
        lines = {}
    return Source(path, tree, lines)
