"""What accounts hold before a test or a rehearsal begins: leftovers of other programs, long streams, many albums.

Source: the code of FlickrSync 0.1.1, flickr-uploader and IMatch to Socials, which say what each of them leaves.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyvips

from heliograph.standin.flickr import dates, examining, tagging
from heliograph.standin.flickr.albums import make_album
from heliograph.standin.flickr.records import Original, Photo
from heliograph.standin.flickr.state import State

MARKER = "[created by flickrsync]"
_APART_S = 60
"""Seeded photos were posted at this distance."""
_DRAWN = Original(format="jpg", width=640, height=480)


def add_photo(state: State, nsid: str, file: Path | None = None, *, tags: Sequence[str] = (), **fields: Any) -> Photo:
    """A photo that was there before; `file` is copied, without one a picture is drawn when somebody looks.

    Raises:
        ValueError: a photo has no such field.
    """
    photo = _made(state, nsid, file, tags, fields)
    state.keep(photo)
    return photo


def _made(state: State, nsid: str, file: Path | None, tags: Iterable[str], fields: Mapping[str, Any]) -> Photo:
    """The same, not kept yet."""
    unknown = [name for name in fields if name not in Photo.__slots__]
    if unknown:
        message = f"A photo has no {unknown[0]!r}."
        raise ValueError(message)
    photo_id, secret, now = str(state.next_number("photo")), state.fresh_secret(), state.second()
    original, taken = _copied(state, photo_id, secret, file) if file else (_DRAWN, "")
    photo = Photo(photo_id, nsid, state.fresh_secret(), secret, original, file.stem if file else "", posted=now)
    photo.tags = tagging.tags(tags, nsid)
    photo.taken = taken
    for name, value in fields.items():
        setattr(photo, name, value)
    photo.updated = photo.updated or photo.posted
    photo.taken_unknown = int(not photo.taken)
    photo.taken = photo.taken or dates.local(photo.posted, state.accounts[nsid].utc_offset_s)
    return photo


def _copied(state: State, photo_id: str, secret: str, file: Path) -> tuple[Original, str]:
    """A copy of somebody's file as an original, and when it says that it was taken."""
    state.folder.mkdir(parents=True, exist_ok=True)
    copy = state.folder / f"seed-{uuid.uuid4().hex}"
    shutil.copyfile(file, copy)
    ready = examining.examined(copy, file.name)
    name = f"{photo_id}_{secret}_o.{ready.format}"
    state.gallery.take(copy, name)
    told, size = ready.embedded, (ready.width, ready.height)
    return Original(name, ready.format, *size, ready.length_bytes, ready.sha256, told.sideways), told.taken


def _many(state: State, nsid: str, count: int, **fields: Any) -> list[str]:
    """So many drawn photos, posted one after another until now, kept in one go."""
    first = state.second() - count * _APART_S
    photos = [
        _made(state, nsid, None, (), {"title": f"IMG_{at:05d}", "posted": first + at * _APART_S, **fields})
        for at in range(count)
    ]
    state.keep(*photos)
    return [photo.id for photo in photos]


# --- seeds ------------------------------------------------------------------------------------------------------------


def _stream(state: State, nsid: str, count: int, files: Sequence[Path]) -> list[str]:
    """A long photostream without a mark of any program."""
    del files
    return _many(state, nsid, count or 12_000)


def _albums(state: State, nsid: str, count: int, files: Sequence[Path]) -> list[str]:
    """Many albums of one photo each."""
    del files
    cover = _many(state, nsid, 1)
    return [make_album(state, nsid, f"Album {at:03d}", "", cover).id for at in range(count or 700)]


def _flickrsync(state: State, nsid: str, count: int, files: Sequence[Path]) -> list[str]:
    """FlickrSync's private photos, every other one signed by ImageMagick 7, and albums with its marker.

    Of the album of a folder there is one whose title begins with a space, as FlickrSync writes it, one that Flickr
    trimmed, a second one of the same title, since FlickrSync did not find the first one again, and one for pictures
    that were missing.
    """
    signers = (signature_of_six, signature_of_seven)
    pictures = [*files] or _drawn_files(state, count or 4)
    ids = []
    for at, file in enumerate(pictures):
        tag = f"flickrsync:signature={signers[at % 2](file)}"
        ids.append(add_photo(state, nsid, file, tags=[tag], is_public=0).id)
    if not files:
        for file in pictures:
            file.unlink()
    missing = "FlickrSync: pictures not on local 2018-07-01 12:00:00"
    for title in (" 2017, Rome", "2017, Rome", "2017, Rome", missing):
        make_album(state, nsid, title, MARKER, ids)
    return ids


def _flickr_uploader(state: State, nsid: str, count: int, files: Sequence[Path]) -> list[str]:
    """flickr-uploader's plain tags: a checksum and the album's name."""
    pictures = [*files] or _drawn_files(state, count or 4)
    ids = []
    for file in pictures:
        digest = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
        tags = ["auto-upload", f"checksum:{digest}", "album:Rome"]
        ids.append(add_photo(state, nsid, file, tags=tags).id)
    if not files:
        for file in pictures:
            file.unlink()
    make_album(state, nsid, "Rome", "", ids)
    return ids


def _imatch_to_socials(state: State, nsid: str, count: int, files: Sequence[Path]) -> list[str]:
    """Photos that carry nothing which says where they came from."""
    if files:
        return [add_photo(state, nsid, file, title=file.stem).id for file in files]
    return _many(state, nsid, count or 4)


def _duplicates(state: State, nsid: str, count: int, files: Sequence[Path]) -> list[str]:
    """Every picture twice, with the same texts."""
    pictures = [*files] or _drawn_files(state, count or 2)
    ids = [add_photo(state, nsid, file, title=file.stem).id for file in pictures for _ in range(2)]
    if not files:
        for file in pictures:
            file.unlink()
    return ids


def _pending_videos(state: State, nsid: str, count: int, files: Sequence[Path]) -> list[str]:
    """Videos that are in conversion for an hour."""
    del files
    return _many(state, nsid, count or 1, media="video", playable=state.now() + 3600)


Seed = Callable[[State, str, int, Sequence[Path]], list[str]]
SEEDS: Mapping[str, Seed] = {
    "stream": _stream,
    "albums": _albums,
    "flickrsync": _flickrsync,
    "flickr-uploader": _flickr_uploader,
    "imatch-to-socials": _imatch_to_socials,
    "duplicates": _duplicates,
    "pending-videos": _pending_videos,
}


def seed(state: State, nsid: str, what: str, count: int, files: Sequence[Path]) -> list[str]:
    """Fills an account; ids of the photos made, or of the albums.

    Raises:
        ValueError: there is no such seed.
    """
    if what not in SEEDS:
        message = f"There is no seed {what!r}; there are {', '.join(SEEDS)}."
        raise ValueError(message)
    return SEEDS[what](state, nsid, count, files)


def _drawn_files(state: State, count: int) -> list[Path]:
    """So many small pictures, all different."""
    state.folder.mkdir(parents=True, exist_ok=True)
    files = [state.folder / f"IMG_{at:04d}.png" for at in range(count)]
    for at, file in enumerate(files):
        grid = pyvips.Image.xyz(64, 48)
        picture = (grid[0] * 3).bandjoin([grid[1] * 5, grid[0] + at]).cast("uchar").copy(interpretation="srgb")
        picture.pngsave(str(file))
    return files


# --- ImageMagick's signatures -----------------------------------------------------------------------------------------


def signature_of_six(file: Path) -> str:
    """The signature that ImageMagick 6 gives an 8-bit picture: SHA-256 of its samples, grey told as three."""
    picture = pyvips.Image.new_from_file(str(file), revalidate=True)
    if picture.bands < 3:  # noqa: PLR2004  # grey, perhaps with alpha
        alpha = [picture[1]] if picture.bands > 1 else []
        picture = picture[0].bandjoin([picture[0], picture[0], *alpha])
    return hashlib.sha256(picture.write_to_memory()).hexdigest()


def signature_of_seven(file: Path) -> str:
    """The signature that ImageMagick 7 gives an 8-bit picture: SHA-256 of its samples as fractions of 255."""
    fractions = struct.pack("<256f", *(value / 255 for value in range(256)))
    table = pyvips.Image.new_from_memory(fractions, 256, 1, 1, "float")
    picture = pyvips.Image.new_from_file(str(file), revalidate=True).maplut(table)
    return hashlib.sha256(picture.write_to_memory()).hexdigest()
