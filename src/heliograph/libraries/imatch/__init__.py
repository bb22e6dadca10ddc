"""An IMatch database as a library: categories say what is to be published, attributes where it is.

Source: photools.com's developer pages (state 2021.16.2), and published clients of IMatch (2024 to 2025).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import RLock

from heliograph.digest import image_digest
from heliograph.errors import Busy, Refused, SignInNeeded
from heliograph.libraries.folder.filing import Filing
from heliograph.libraries.folder.incoming import Incoming
from heliograph.libraries.folder.names import spoken
from heliograph.libraries.folder.reading import Bounds
from heliograph.libraries.folder.workers import Workers, cores
from heliograph.libraries.imatch.client import BATCH, Client, unavailable
from heliograph.libraries.imatch.drafting import drafted
from heliograph.libraries.imatch.families import Kin
from heliograph.libraries.imatch.looking import Look
from heliograph.libraries.imatch.noting import Notebook
from heliograph.libraries.imatch.options import CategoryKeywords, MetadataFrom, Options, check
from heliograph.libraries.imatch.places import Away, Disk, File, place
from heliograph.libraries.imatch.spots import Archive, Spot
from heliograph.libraries.imatch.tree import gathered, tell
from heliograph.model import Home, Photo, Recipe, Rendition, Trace, Value, value_digest
from heliograph.policy import OnChanged
from heliograph.ports import Caution, Clock, Draft, Known, Outcome, Sighting
from heliograph.wording import many

__all__ = ["CategoryKeywords", "IMatch", "MetadataFrom", "Options"]

_DAY_S = 86_400.0
_TROUBLE = (Busy, Refused, SignInNeeded)


@dataclass(slots=True)
class IMatch:
    """The database that is open in the IMatch at `options.url`; renditions are made in `cache`."""

    name: str
    options: Options
    cache: Path
    clock: Clock
    changed: OnChanged = field(default=OnChanged.FLAGGED, init=False)
    keeps_notes: bool = field(default=True, init=False)
    amends: bool = field(default=False, init=False)
    client: Client = field(init=False)
    _notebook: Notebook | None = None
    _told: set[str] = field(default_factory=set)
    """What looking said once already."""
    _lock: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        check(self.options, self.name)
        self.client = Client(self.options, self.clock)

    def close(self) -> None:
        """Lets go of the connection."""
        self.client.close()

    def about(self) -> tuple[str, ...]:
        """What there is to tell of the database, in sentences; with a `Caution` for drives that cannot be reached.

        Raises:
            LibraryUnavailable: it cannot be asked, or says nothing about publishing.
        """
        try:
            tree = gathered(self.client, self.options)
            away = self._out_of_reach(sorted(tree.files)[:BATCH])
        except _TROUBLE as error:
            raise unavailable(error, self.options.url) from error
        names = ", ".join(sorted(tree.platforms)) or "none"
        told = f"IMatch answers at {self.options.url}; platforms below {self.options.root}: {names}"
        return (f"{told}; {many(len(tree.files), 'photo')} in them", *tree.doubts, *away)

    def _out_of_reach(self, files: Sequence[int]) -> list[Caution]:
        """A sentence for each part of the library where none of these files can be reached from this computer."""
        kin, disk = Kin(self.client), Disk(self.options.path_map)
        kin.learn(files)
        looked = [disk.look(kin.known[one].where) for one in files if one in kin.known]
        fix = "Nothing there can be published. Connect the drive, or say in `path_map` of [library] where it is."
        parts = {away.part: away.why for away in looked if isinstance(away, Away)}
        return [Caution(f"{part} cannot be reached: {why}. {fix}") for part, why in sorted(parts.items())]

    # --- looking ------------------------------------------------------------------------------------------------------

    def photos(self, known: Known) -> Iterator[Sighting]:
        """What differs from `known`, as `ports.Library.photos` promises; a part is a folder.

        Metadata, wishes and flags are compared each time. New versions, categories that become keywords, and in large
        libraries attribute rows are seen for photos that changed otherwise or carry a flag, and for all of them every
        `full_days` days.
        """
        began = self.clock.now()
        try:
            calls = self.client.calls
            tree = gathered(self.client, self.options)
            tell(tree.doubts, self._told)
            look = Look(self.client, self.options, tree, known, self._is_due(began), calls, self._told)
            bounds = Bounds(self.options.max_px, self.options.max_bytes)
            workers = Workers(self.options.workers or cores(), self.options.timeout_s, bounds, self.clock)
            for sighting in workers.through(look.items()):
                yield look.finished(sighting)
        except _TROUBLE as error:
            raise unavailable(error, self.options.url) from error
        with self._lock:
            self._notebook = Notebook(self.client, self.options, tree, look.spots, gone=self._gone(look))
        yield from look.rest()
        if look.whole:
            self._remember(began)

    def _gone(self, look: Look) -> dict[str, Spot]:
        """Of this look and of earlier ones: what was planned in one process is often carried out in another."""
        before = self.archive.read()
        now = {where: spot for where, spot in {**before, **look.gone()}.items() if where not in look.spots}
        if now != before:
            self.archive.write(now)
        return now

    @property
    def archive(self) -> Archive:
        """The photos that are wanted nowhere any more."""
        return Archive(self._diary.with_suffix(".gone.json"))

    def _is_due(self, now: datetime) -> bool:
        """Whether everything is asked for again; also where nobody knows when that was done last."""
        try:
            last = datetime.fromisoformat(json.loads(self._diary.read_text(encoding="utf-8"))["looked_at"])
            return not 0 <= (now - last).total_seconds() < self.options.full_days * _DAY_S
        except (OSError, ValueError, KeyError, TypeError):
            return True

    def _remember(self, now: datetime) -> None:
        """Losing this costs a longer look and nothing else."""
        with suppress(OSError):
            self._diary.parent.mkdir(parents=True, exist_ok=True)
            self._diary.write_text(json.dumps({"looked_at": now.isoformat()}), encoding="utf-8")

    @property
    def _diary(self) -> Path:
        return self.cache / f"imatch-{value_digest([self.name, self.options.url])[:12]}.json"

    # --- files --------------------------------------------------------------------------------------------------------

    def open(self, photo: Photo, recipe: Recipe) -> Rendition:
        """Files that may be sent, as `ports.Library.open` promises."""
        from heliograph.render import render

        with spoken(self._file(photo)) as path:
            if image_digest(path, photo.media_type)[0] != photo.digest:
                message = (
                    f"{photo.where} changed since it was read. Nothing was sent; the next run will see it as it is now."
                )
                raise Refused(message)
            return render(path, photo, recipe, self.cache)

    def likeness(self, photo: Photo) -> str:
        """From the file itself, as `ports.Library.likeness` promises."""
        from heliograph.render.likeness import likeness

        try:
            with spoken(self._file(photo)) as path:
                return likeness(path, photo)
        except (OSError, Refused, Busy, SignInNeeded):
            return ""

    def traces(self, photo: Photo, kinds: Collection[Trace]) -> Mapping[Trace, str]:
        """The name of the photo, and the rest of the file that is sent, as `ports.Library.traces` promises."""
        name = {Trace.NAME: photo.where.rpartition("/")[2]} if Trace.NAME in kinds else {}
        if not {*kinds} - {Trace.NAME}:
            return name
        from heliograph.digest.signature import traces

        try:
            with spoken(self._file(photo)) as path:
                return {**name, **traces(path, kinds)}
        except (OSError, Refused, Busy, SignInNeeded):
            return name

    def _file(self, photo: Photo) -> Path:
        """The file that is sent of a photo.

        Raises:
            Refused: it is not there.
        """
        spot = self._book().spots.get(photo.where)
        file = Disk(self.options.path_map).look(spot.sent) if spot else None
        if isinstance(file, File):
            return Path(file.path)
        message = f"{photo.where} is no longer there. Nothing was sent; the next run will see what became of it."
        if isinstance(file, Away):
            message = f"{photo.where} cannot be reached: {file.why}. Nothing was sent; connect the drive and run again."
        raise Refused(message)

    def keep(self, home: Home, file: Path) -> str:
        """Takes in a download, as `ports.Library.keep` promises, in the folder `incoming`, which IMatch watches.

        Raises:
            Refused: no such folder is set, or it cannot be reached.
        """
        where = place(self.options.incoming).rstrip("/")
        folder = Disk(self.options.path_map).path(where) if where else None
        if folder is None:
            message = (
                f"{file.name} was not taken in: IMatch indexes new files in folders that it watches. Set `incoming` in "
                "[library] to one of them that can be reached from here, and run again."
            )
            raise Refused(message)
        return f"{where}/{Incoming(folder, Filing(''), self.clock, embeds=True).take_in(home, file)}"

    def amend(self, photo: Photo, facts: Mapping[str, Value]) -> None:
        """Nothing: the metadata of its files is IMatch's own.

        Raises:
            Refused: always.
        """
        message = (
            f"{photo.where}: its {', '.join(sorted(facts))} was not changed: IMatch keeps the metadata of its files "
            "itself. Change it there."
        )
        raise Refused(message)

    # --- writing ------------------------------------------------------------------------------------------------------

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Writes rows, flags and error categories, as `ports.Library.note` promises; nothing that stands there already.

        Raises:
            Busy: IMatch does not answer; nothing or not all was written.
            Refused: not all could be written; each cause is named once.
        """
        if outcomes:
            with self._lock:
                book = self._book()
                book.today = self._today()
                book.write(outcomes)

    def let_go(self, platform: str, photos: Sequence[str]) -> None:
        """Takes these photos out of the error categories of a platform, as `ports.Marks.let_go` promises.

        Raises:
            Busy: IMatch does not answer.
            Refused: not all could be written.
        """
        with self._lock:
            self._book().let_go(platform, photos)

    def draft(self, outcomes: Sequence[Outcome]) -> tuple[tuple[Draft, ...], str]:
        """What `note` would write about these now, sorted by photos, and as a sentence what it could not.

        Raises:
            Busy: IMatch does not answer.
        """
        with self._lock:
            book = self._book()
            book.today = self._today()
            return drafted(book, list(outcomes))

    def _today(self) -> str:
        return self.clock.now().astimezone().date().isoformat()

    def _book(self) -> Notebook:
        """Of the last look; without one the database is asked who is who."""
        with self._lock:
            if self._notebook is None:
                tree = gathered(self.client, self.options)
                families = Kin(self.client).families(tree.files)
                spots = {
                    one.root.where: Spot.of_family(one, one.sent(self.options.formats) or one.root) for one in families
                }
                self._notebook = Notebook(self.client, self.options, tree, spots, gone=self.archive.read())
            return self._notebook
