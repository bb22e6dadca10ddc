"""Names of files: the Windows path in IMatch, what the house calls it, and the file on this computer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from heliograph import metadata
from heliograph.libraries.folder.reading import Job
from heliograph.libraries.folder.walk import stamp_of
from heliograph.ports import NotLooked

_LONG = ("//?/UNC/", "//?/")


def place(filename: str) -> str:
    """What the house calls a file: its Windows path with `/`, without the prefix of long paths."""
    plain = filename.strip().replace("\\", "/")
    if plain.upper().startswith(_LONG[0]):
        return f"//{plain[len(_LONG[0]) :]}"
    return plain.removeprefix(_LONG[1])


def drive(where: str) -> str:
    """The drive or share on which a place lies: `D:` or `//server/share`."""
    if where.startswith("//"):
        return "/".join(where.split("/")[:4])
    return where.split("/", 1)[0]


@dataclass(frozen=True, slots=True)
class Away:
    """A file that cannot be reached, because a part of the library cannot."""

    part: str
    why: str


@dataclass(frozen=True, slots=True)
class File:
    """A picture file that is there, with what tells that it was not written again."""

    path: str
    stamp: str
    sidecars: tuple[str, ...]
    length_bytes: int

    def job(self, where: str) -> Job:
        """How it is read."""
        first, *further = self.sidecars or (None,)
        return Job(where, self.path, first, self.length_bytes, tuple(filter(None, further)))


@dataclass(slots=True)
class Disk:
    """Where the files of the database are on this computer. Folders are listed once, so make one for each look."""

    path_map: Mapping[str, str]
    on_windows: bool = os.name == "nt"
    _listed: dict[str, tuple[str, metadata.Beside] | Away] = field(default_factory=dict)

    def path(self, where: str) -> Path | None:
        """The file that the house calls `where`; `None` where nobody said where its drive is."""
        names = where.rstrip("/").split("/")
        folded = [name.casefold() for name in names]
        for folder, mapped in sorted(self.path_map.items(), key=lambda pair: -len(pair[0])):
            above = [name.casefold() for name in place(folder).rstrip("/").split("/")]
            if folded[: len(above)] == above and ".." not in names:
                return Path(mapped).expanduser().joinpath(*names[len(above) :])
        return Path(where) if self.on_windows else None

    def look(self, where: str) -> File | Away | str:
        """The file; or why it cannot be reached; or what is wrong with this one file alone."""
        part, _, name = where.rpartition("/")
        if part not in self._listed:
            self._listed[part] = self._list(part)
        listed = self._listed[part]
        if isinstance(listed, Away):
            return listed
        folder, beside = listed
        if name not in beside.names:  # to Windows, capital and small letters are alike
            name = next((one for one in sorted(beside.names) if one.casefold() == name.casefold()), name)
        path, *sidecars = (f"{folder}{os.sep}{one}" for one in (name, *beside.sidecars_of(name)))
        try:
            states = [os.stat(one) for one in (path, *sidecars)]  # noqa: PTH116 - plain strings, for there are many
        except FileNotFoundError:
            return "IMatch has it in its database, but the file is not there"
        except (OSError, ValueError) as error:
            return f"the file cannot be looked at ({getattr(error, 'strerror', None) or error})"
        return File(path, "+".join(map(stamp_of, states)), tuple(sidecars), states[0].st_size)

    def _list(self, part: str) -> tuple[str, metadata.Beside] | Away:
        """A folder as this computer calls it, with the names in it."""
        folder = self.path(part)
        if folder is None:
            return Away(drive(part), f"no `path_map` says where {drive(part)} is on this computer")
        try:
            with os.scandir(folder) as held:
                return str(folder), metadata.Beside(entry.name for entry in held)
        except (OSError, ValueError) as error:
            return self._away(part, folder, error)

    def _away(self, part: str, folder: Path, error: OSError | ValueError) -> Away:
        """The largest part that is away with it: a whole drive, rather than each of its folders."""
        base = self.path(drive(part))
        while not folder.parent.is_dir() and folder.parent != folder and part != drive(part) and folder != base:
            part, folder = part.rpartition("/")[0], folder.parent
        return Away(part, f"{folder} cannot be looked at ({getattr(error, 'strerror', None) or error})")


def not_looked(away: Away, count: int) -> NotLooked:
    """What is told of photos that could not be reached."""
    there, them = (f"{count:,} photos there were", "them") if count > 1 else ("A photo there was", "it")
    sentence = (
        f"{away.part} cannot be reached: {away.why}. {there} not looked at, and nothing is concluded about {them}. "
        "Connect the drive, or correct `path_map` in [library]."
    )
    return NotLooked(away.part, sentence)
