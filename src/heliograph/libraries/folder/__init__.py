"""A folder tree of pictures as a library: what is in the files and beside them is all there is."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from heliograph import metadata
from heliograph.digest import image_digest
from heliograph.errors import LibraryUnavailable, Mistake, Refused
from heliograph.libraries.folder.filing import USUAL, Filing
from heliograph.libraries.folder.incoming import Incoming
from heliograph.libraries.folder.names import below, safe_name, spoken
from heliograph.libraries.folder.reading import Bounds, Job
from heliograph.libraries.folder.rewording import reword
from heliograph.libraries.folder.walk import Listing, Walk, exclusion, system_path
from heliograph.libraries.folder.workers import Workers, cores
from heliograph.model import Home, Photo, Recipe, Rendition, Trace, Value
from heliograph.policy import STRICT, OnChanged
from heliograph.ports import Clock, Known, LeftAlone, NotLooked, Outcome, Sighting, Unchanged, Unreadable, Vanished

__all__ = ["Folder", "Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of a folder library."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    folder: Path
    """Where the photos are; everything below it counts."""
    exclude: tuple[str, ...] = ()
    """Names or paths below the folder that are no part of the library; `*` and `?` match within one name, `**` spans
    folders, and a pattern without `/` matches at any depth. Hidden files and folders never are."""
    workers: int | None = None
    """Processes that read files at once; default: one for each core."""
    timeout_s: float = 60.0
    """After that long, a file is given up."""
    max_px: int = 500_000_000
    """Pictures with more pixels are refused."""
    max_bytes: int = 2_000_000_000
    """Longer files are refused."""
    incoming: str = USUAL
    """Folder below the library's that takes in photos from platforms: a template that knows `year`, `month`, `day`,
    `title`, `album`, `platform` and `id`; see `docs/how-to/bring-photos-home.md`."""
    undated: str = "Undated"
    """Folder of photos of which `incoming` asks the date and nobody knows it."""


@dataclass(slots=True)
class Folder:
    """The library in `options.folder`; renditions are made in `cache`."""

    name: str
    options: Options
    cache: Path
    clock: Clock
    changed: OnChanged = field(default=OnChanged.AUTOMATIC, init=False)
    keeps_notes: bool = field(default=False, init=False)
    amends: bool = field(default=True, init=False)

    _incoming: Incoming = field(init=False, repr=False)

    def __post_init__(self) -> None:
        filing = Filing(self.options.incoming, safe_name(self.options.undated))
        try:
            filing.check()
        except Mistake as mistake:
            message = f"`incoming` of the library {self.name} must be a folder below {self.options.folder}: {mistake}"
            raise Mistake(message) from mistake
        excluded = exclusion(self.options.exclude)
        self._incoming = Incoming(self.options.folder, filing, self.clock, excluded)

    def path_of(self, where: str) -> Path:
        """The file that the library calls `where`; whether it is there is not asked.

        Raises:
            Refused: it would lead out of the library's folder.
        """
        return below(self.options.folder, where)

    def photos(self, known: Known) -> Iterator[Sighting]:
        """What differs from `known`, as `ports.Library.photos` promises; a part is a folder.

        A file that was written within two seconds of being read has an empty stamp: it could change once more without
        its time telling.
        """
        self._check_there()
        look = _Look(Walk(str(self.options.folder), exclusion(self.options.exclude)), known)
        bounds = Bounds(self.options.max_px, self.options.max_bytes)
        workers = Workers(self.options.workers or cores(), self.options.timeout_s, bounds, self.clock)
        yield from workers.through(look.items())
        yield from look.vanished()

    def _check_there(self) -> None:
        try:
            os.scandir(self.options.folder).close()
        except OSError as error:
            message = (
                f"The library folder {self.options.folder} cannot be looked at ({error.strerror}). Nothing was "
                "concluded about its photos and nothing was changed. Is its disk connected? Otherwise correct `folder` "
                "in the settings."
            )
            raise LibraryUnavailable(message) from error

    def open(self, photo: Photo, recipe: Recipe) -> Rendition:
        """Files that may be sent, as `ports.Library.open` promises."""
        from heliograph.render import render

        with spoken(self.path_of(photo.where)) as path:
            self._check_same(path, photo)
            return render(path, photo, recipe, self.cache)

    @staticmethod
    def _check_same(path: Path, photo: Photo) -> None:
        if not path.is_file():
            message = f"{photo.where} is no longer there. Nothing was sent; the next run will see what became of it."
            raise Refused(message)
        if image_digest(path, photo.media_type)[0] != photo.digest:
            message = (
                f"{photo.where} changed since it was read. Nothing was sent; the next run will see it as it is now."
            )
            raise Refused(message)

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Nothing: a folder keeps no marks of its own. The ledger holds the links, and `helio where` shows them."""

    def keep(self, home: Home, file: Path) -> str:
        """Takes in a download, as `ports.Library.keep` promises, in the folder `incoming` below the library's."""
        self._check_there()
        return self._incoming.take_in(home, file)

    def amend(self, photo: Photo, facts: Mapping[str, Value]) -> None:
        """Sets facts in the photo's sidecar, as `ports.Library.amend` promises; one that has none gets one."""
        reword(self.path_of(photo.where), photo, facts)

    def likeness(self, photo: Photo) -> str:
        """From the file itself, as `ports.Library.likeness` promises."""
        from heliograph.render.likeness import likeness

        try:
            with spoken(self.path_of(photo.where)) as path:
                return likeness(path, photo) if path.is_file() else ""
        except (OSError, Refused):
            return ""

    def traces(self, photo: Photo, kinds: Collection[Trace]) -> Mapping[Trace, str]:
        """From the file itself, as `ports.Library.traces` promises."""
        name = {Trace.NAME: photo.where.rpartition("/")[2]} if Trace.NAME in kinds else {}
        if not {*kinds} - {Trace.NAME}:
            return name
        from heliograph.digest.signature import traces

        try:
            with spoken(self.path_of(photo.where)) as path:
                return {**name, **traces(path, kinds)}
        except (OSError, Refused):
            return name


@dataclass(slots=True)
class _Look:
    """One pass over the library: each listing against what is known of its part."""

    walk: Walk
    known: Known
    _pictures: int = 0
    _vanished: list[str] = field(default_factory=list)

    def items(self) -> Iterator[Sighting | Job]:
        """What the listings tell by themselves, and the files that must be read."""
        for listing in self.walk.listings():
            if isinstance(listing, NotLooked):
                if not self._is_stray(listing.part):
                    yield listing
            else:
                yield from self._compared(listing)

    def _is_stray(self, part: str) -> bool:
        """Whether it is a link to some file that is no picture; a folder that photos were known in never is."""
        if part not in self.walk.dangling:
            return False
        return not any(f"{known}/".startswith(f"{part}/") for known in self.known.parts())

    def _compared(self, listing: Listing) -> Iterator[Sighting | Job]:
        if listing.videos:
            yield LeftAlone(len(listing.videos), "video")
        stamps = self.known.stamps(listing.part)
        beside = metadata.Beside((*listing.pictures, *listing.sidecars)) if listing.sidecars else None
        pictures = _with_sidecars(listing, beside)
        self._pictures += len(pictures) + len(listing.unreadable)
        if pictures == stamps and not listing.unreadable:
            if pictures:
                yield Unchanged(len(pictures))
            return
        prefix = f"{listing.part}/" if listing.part else ""
        unchanged = sum(stamp == stamps.get(name) for name, stamp in pictures.items())
        if unchanged:
            yield Unchanged(unchanged)
        for name, stamp in pictures.items():
            if stamp != stamps.get(name):
                yield _job(listing, name, prefix, beside)
        for name, why in listing.unreadable.items():
            if "." in name or name in stamps:
                reason = f"{name} could not be looked at ({why}). It is looked at again next time."
                yield Unreadable(prefix + name, reason)
        self._vanished += [prefix + name for name in stamps if name not in pictures and name not in listing.unreadable]

    def vanished(self) -> Iterator[Vanished]:
        """Known photos that are certainly no longer there; to be asked when `items` is through.

        Raises:
            LibraryUnavailable: everything is gone at once: a disk that is away, not a photographer's will.
        """
        for part in self.known.parts():
            if part not in self.walk.looked and self._is_gone(part):
                self._vanished += [f"{part}/{name}" for name in self.known.stamps(part)]
        if self._vanished and not self._pictures:
            message = (
                f"The library folder {self.walk.root} holds no picture, where {len(self._vanished)} were known. "
                "Nothing was concluded from that and nothing was changed. Is its disk connected?"
            )
            raise LibraryUnavailable(message)
        yield from map(Vanished, self._vanished)

    def _is_gone(self, part: str) -> bool:
        """Whether the nearest folder above that could be read says so."""
        while part not in self.walk.looked:
            if part in self.walk.not_looked or not part:
                return False
            part = part.rpartition("/")[0]
        return True


def _with_sidecars(listing: Listing, beside: metadata.Beside | None) -> dict[str, str]:
    """Name -> stamp of the picture and of its sidecars."""
    if beside is None:
        return listing.pictures
    return {
        name: "+".join((stamp, *(listing.sidecars[sidecar] for sidecar in beside.sidecars_of(name))))
        for name, stamp in listing.pictures.items()
    }


def _job(listing: Listing, name: str, prefix: str, beside: metadata.Beside | None) -> Job:
    sidecars = beside.sidecars_of(name) if beside else ()
    sidecar, *further = (system_path(listing, one) for one in sidecars) if sidecars else (None,)
    length_bytes = int(listing.pictures[name].split(":")[1])
    return Job(prefix + name, system_path(listing, name), sidecar, length_bytes, tuple(filter(None, further)))
