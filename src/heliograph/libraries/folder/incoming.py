"""Taking in downloads: under a safe name of their own, with what is known of them, whole or not at all.

Nothing is ever written over. Picture and sidecar are made under hidden names and checked there. Then the sidecar gets
its name, and the picture last: so a photo is never seen without its wishes, and without the words that keep it private.
Cut off at any moment, there is nothing of it, or what the next taking in of the same post goes on with.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from threading import Lock

from heliograph import metadata
from heliograph.errors import Refused
from heliograph.libraries.folder.arrival import Arrival, arrival_of, digest_of
from heliograph.libraries.folder.filing import Filing
from heliograph.libraries.folder.names import house_name, is_listed, safe_stem, same_name
from heliograph.libraries.folder.placing import copied, half_of, placed, swept, sync_folder, written
from heliograph.model import Home, Link
from heliograph.ports import Clock

_EMBEDDABLE = frozenset({"image/jpeg", "image/png", "image/webp", "image/tiff"})

_NAMES = 100_000
"""So many photos of one title in one folder are tried; then something else is wrong."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """A name for an arrival in its folder."""

    name: str
    picture: bool = False
    """The picture is there."""
    empty: bool = False
    """Its name is taken by an empty file of ours."""
    sidecar: bool = False
    """So is its sidecar."""


@dataclass(slots=True)
class Incoming:
    """Takes downloads in below `root`, which is the library's."""

    root: Path
    filing: Filing
    clock: Clock
    excluded: Callable[[str], bool] | None = None
    """Places that are no part of the library."""
    embeds: bool = False
    """What is known goes into the picture files and not into sidecars, for programs that look for none."""
    _lock: Lock = field(default_factory=Lock)
    _links: dict[Path, tuple[tuple[int, int], tuple[Link, ...]]] = field(default_factory=dict)
    """Of sidecars that were read, with their states: many photos can have one title."""

    def take_in(self, home: Home, file: Path) -> str:
        """Where it is now, below `root`. Taking the same picture of the same post in again gives the same place.

        Raises:
            Refused: it is no photo, cannot be written, or did not read back as it was; nothing of it is there.
        """
        try:
            arrival = arrival_of(home, file)
        except OSError as error:
            message = f"{file.name} cannot be read again ({error.strerror or error}). Nothing of it was taken in."
            raise Refused(message) from error
        with self._lock:
            made: list[Path] = []
            try:
                return self._filed(arrival, made)
            except BaseException as error:
                for folder in reversed(made):
                    with suppress(OSError):  # not empty: somebody else uses it already
                        folder.rmdir()
                if isinstance(error, OSError):
                    message = (
                        f"{arrival.named} could not be taken into {self.root} ({error.strerror or error}). Nothing of "
                        "it was left there; make room or check the folder, and run again."
                    )
                    raise Refused(message) from error
                raise

    def _filed(self, arrival: Arrival, made: list[Path]) -> str:
        folder, part = self.root, ""
        if not self.root.is_dir():
            self.root.mkdir(parents=True)
        for level in self.filing.levels(arrival.home, arrival.facts):
            folder = self._below(folder, level, made)
            part = f"{part}{house_name(folder.name)}/"
        name = self._named(arrival, folder, part)
        return part + house_name(name)

    def _below(self, folder: Path, level: str, made: list[Path]) -> Path:
        """The folder of that name, whatever its spelling; a new one where there is none."""
        held = {same_name(name): name for name in os.listdir(folder)}  # noqa: PTH208 - names alone
        below = folder / held.get(same_name(level), level)
        if same_name(level) not in held:
            below.mkdir(exist_ok=True)
            made.append(below)
        if not below.resolve().is_relative_to(self.root.resolve()):
            message = (
                f"{below} leads out of the library {self.root}. Nothing was written; let `incoming` name a real folder."
            )
            raise Refused(message)
        return below

    def _named(self, arrival: Arrival, folder: Path, part: str) -> str:
        """The name under which the photo stands there now."""
        for _ in range(_NAMES):
            names = frozenset(os.listdir(folder))  # noqa: PTH208 - names alone
            swept(folder, names, self.clock.now())
            spot = self._spot(arrival, folder, names, part)
            if spot.picture and (spot.sidecar or self.embeds):
                return spot.name
            try:
                self._settled(arrival, folder, spot)
            except FileExistsError:  # another program took the name just now
                continue
            return _spelled(folder, spot.name)
        message = f"{arrival.named} could not be taken into {folder}: every name is taken as soon as it is chosen."
        raise Refused(message)

    # --- a name of its own --------------------------------------------------------------------------------------------

    def _spot(self, arrival: Arrival, folder: Path, names: frozenset[str], part: str) -> _Spot:
        held = {same_name(name): name for name in names}
        stems = {same_name(stem) for name in names for stem in _stems(name)}
        beside = metadata.Beside(filter(is_listed, names))
        for stem in self._candidates(arrival, part):
            name = stem + arrival.suffix
            there = held.get(same_name(name))
            if there is not None:
                if spot := self._same(arrival, folder, there, beside):
                    return spot
            elif same_name(stem) not in stems:
                return _Spot(name)
            elif self._is_left(arrival, folder, held.get(same_name(f"{name}.xmp"))):
                return _Spot(name, sidecar=True)
        raise AssertionError  # pragma: no cover - counting does not end

    def _candidates(self, arrival: Arrival, part: str) -> Iterator[str]:
        excluded = self.excluded or (lambda _: False)
        stem = safe_stem(arrival.facts.title, arrival.home.post.id)
        if excluded(f"{part}{stem}{arrival.suffix}"):
            stem = safe_stem(arrival.home.post.id)
        if excluded(f"{part}{stem}{arrival.suffix}") or any(map(excluded, _parts(part))):
            message = (
                f"{arrival.named} was not taken in: {part or 'its folder'} is no part of the library by `exclude`, so "
                "it would never be seen again. Change `incoming` or `exclude`, and run again."
            )
            raise Refused(message)
        yield stem
        yield from (f"{stem} ({number})" for number in count(2))

    def _same(self, arrival: Arrival, folder: Path, there: str, names: metadata.Beside) -> _Spot | None:
        """The file of that name, where it is what arrives, or an empty beginning of it; `None` where it is another."""
        path, beside = folder / there, names.sidecars_of(there)
        if not path.is_file():
            return None
        ours = self._is_ours(arrival, folder, beside)
        if not path.stat().st_size:
            return _Spot(there, empty=True, sidecar=True) if ours else None
        if (not ours and self._is_another(arrival, folder, beside)) or (
            digest_of(path, arrival.media_type) != arrival.digest
        ):
            return None
        return _Spot(there, picture=True, sidecar=bool(beside))

    def _is_left(self, arrival: Arrival, folder: Path, sidecar: str | None) -> bool:
        """Whether a sidecar without a picture was left there by a taking in of this post, or says nothing at all.

        One that says something else is the owner's, who took the picture away or edited it meanwhile.
        """
        path = folder / (sidecar or "")
        return path.is_file() and path.read_bytes() in {b"", arrival.words}

    def _is_ours(self, arrival: Arrival, folder: Path, sidecars: tuple[str, ...]) -> bool:
        named = [link for name in sidecars for link in self._links_of(folder / name)]
        return any((link.platform, link.post_id) == (arrival.link.platform, arrival.link.post_id) for link in named)

    def _is_another(self, arrival: Arrival, folder: Path, sidecars: tuple[str, ...]) -> bool:
        """Whether it is a post of its own, of the same platform: two posts of one picture stay two."""
        named = [link for name in sidecars for link in self._links_of(folder / name)]
        return any(link.platform == arrival.link.platform for link in named)

    def _links_of(self, sidecar: Path) -> tuple[Link, ...]:
        status = sidecar.stat()
        state = (status.st_mtime_ns, status.st_size)
        held = self._links.get(sidecar)
        if held is None or held[0] != state:
            held = self._links[sidecar] = (state, metadata.links(sidecar))
        return held[1]

    # --- what is placed there -----------------------------------------------------------------------------------------

    def _settled(self, arrival: Arrival, folder: Path, spot: _Spot) -> None:
        post = (arrival.home.platform, arrival.home.post.id)
        picture, words = half_of(folder, *post, "picture"), half_of(folder, *post, "sidecar")
        try:
            if spot.picture:
                self._made_words(arrival, folder / spot.name, words)
                placed(words, folder / f"{spot.name}.xmp")
            else:
                self._made(arrival, picture, words)
                self._placed(folder, spot, picture, words)
        finally:
            for half in (picture, words):
                with suppress(OSError):
                    half.unlink(missing_ok=True)
        try:
            sync_folder(folder)
        except OSError as error:
            message = (
                f"{arrival.named} was taken in as {spot.name}, but the disk did not confirm it "
                f"({error.strerror or error}). Check the disk and run again: nothing is taken in twice."
            )
            raise Refused(message) from error

    def _made(self, arrival: Arrival, picture: Path, words: Path) -> None:
        copied(arrival.file, picture)
        if self.embeds:
            self._embed(arrival, picture)
        else:
            self._made_words(arrival, picture, words)
        if digest_of(picture, arrival.media_type) != arrival.digest:
            message = (
                f"{arrival.named} did not read back as it was fetched, as on a failing disk. Nothing of it was left in "
                f"{self.root}; check the disk and run again."
            )
            raise Refused(message)

    def _embed(self, arrival: Arrival, picture: Path) -> None:
        if arrival.media_type in _EMBEDDABLE:
            metadata.write(picture, replace(arrival.facts, width_px=0, height_px=0))

    def _made_words(self, arrival: Arrival, picture: Path, words: Path) -> None:
        written(words, arrival.words)
        said = metadata.says(metadata.read(picture, words), arrival.facts)
        if not said or arrival.link not in metadata.links(words):
            message = (
                f"{arrival.named} was not taken in: what {arrival.home.platform} says of it cannot be written so that "
                "it reads the same again. Nothing of it is in the library; please report this."
            )
            raise Refused(message)

    def _placed(self, folder: Path, spot: _Spot, picture: Path, words: Path) -> None:
        target, sidecar = folder / spot.name, folder / f"{spot.name}.xmp"
        if not self.embeds:
            if spot.sidecar:
                words.replace(sidecar)
            else:
                placed(words, sidecar)
        try:
            if spot.empty:
                picture.replace(target)
            else:
                placed(picture, target)
        except OSError:
            if not self.embeds:
                sidecar.unlink(missing_ok=True)
            raise


def _stems(name: str) -> Iterator[str]:
    """What must not be the stem of another photo, so that neither has the other's sidecar."""
    yield name
    if name.lower().endswith(".xmp"):
        name = name[: -len(".xmp")]
        yield name
    yield name.rpartition(".")[0] or name


def _parts(part: str) -> Iterator[str]:
    levels = part.rstrip("/").split("/") if part else []
    yield from ("/".join(levels[:depth]) for depth in range(1, len(levels) + 1))


def _spelled(folder: Path, name: str) -> str:
    """As the file system spells the name, which may be another way of writing the same letters."""
    if name.isascii():
        return name
    return {same_name(one): one for one in os.listdir(folder)}.get(same_name(name), name)  # noqa: PTH208 - names alone
