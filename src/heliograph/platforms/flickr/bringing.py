"""Bringing photos home, and what is said of them: originals where Flickr gives them, words as they were typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from heliograph.errors import Gone, Refused
from heliograph.model import F, Fields, Post, Value, facts_brought
from heliograph.platforms.flickr import texts
from heliograph.platforms.flickr.api import Api, Fault, content, whole
from heliograph.platforms.flickr.licences import address
from heliograph.platforms.flickr.showing import VIDEO, inspected
from heliograph.platforms.flickr.tags import is_machine
from heliograph.ports import Fetched

_NOT_FOUND, _DENIED = 1, 2
_ORIGINAL = "Original"
_MAX_BYTES = 250_000_000
"""Of a picture; the largest that Flickr takes have 200 MB."""


def fetched(api: Api, post: Post, folder: Path) -> Fetched:
    """The picture, under the photo's id, with everything that Flickr says of it: three calls and the file.

    Source: free accounts see no originals since 2025-05-15, and then no size of that label (2026-11).

    Raises:
        Refused: it is a video, or Flickr gives no size of it.
        Gone: it is not there any more.
    """
    try:
        said = api.read("photos.getInfo", photo_id=post.id).get("photo", {})
        if str(said.get("media", "photo")) == VIDEO:
            message = f"{post.url or post.id} is a video and was left alone; nothing was brought home."
            raise Refused(message)
        source, is_original = _best(api, post)
        albums = _albums(api, post)
    except Fault as fault:
        what = f"{post.url or post.id} was not brought home: Flickr says {fault.message!r}."
        raise (Gone(what) if fault.code == _NOT_FOUND else Refused(what)) from fault
    into = folder / f"{post.id}.{source.rpartition('.')[2][:4] or 'jpg'}"
    api.picture(source, into, _MAX_BYTES)
    shown = inspected(said)
    values = {**brought(shown), F.TAGS: raw_tags(said.get("tags", {}).get("tag", []))}
    return Fetched(into, facts_brought(values), is_original=is_original, albums=albums)


def _best(api: Api, post: Post) -> tuple[str, bool]:
    """The address of the original, else of the largest picture; whether it is the original."""
    sizes = api.read("photos.getSizes", photo_id=post.id).get("sizes", {}).get("size", [])
    pictures = [size for size in sizes if str(size.get("media", "photo")) == "photo" and size.get("source")]
    if not pictures:
        message = f"{post.url or post.id} was not brought home: Flickr offers no size of it. Nothing was written."
        raise Refused(message)
    best = max(pictures, key=lambda size: (size.get("label") == _ORIGINAL, whole(size.get("width"))))
    return str(best["source"]), best.get("label") == _ORIGINAL


def _albums(api: Api, post: Post) -> tuple[str, ...]:
    sets = api.read("photos.getAllContexts", photo_id=post.id).get("set", [])
    titles = (texts.readable(content(one.get("title"))) for one in sets if isinstance(one, dict))
    return tuple(sorted({title for title in titles if title}))


def raw_tags(tags: object) -> tuple[str, ...]:
    """Tags of an answer as they were typed."""
    items = tags if isinstance(tags, list) else []
    return people_s(_typed(tag) for tag in items if isinstance(tag, dict))


def people_s(tags: Iterable[str]) -> tuple[str, ...]:
    """Those that are words of people: machine tags are notes of programs, ours is one of them."""
    return tuple(tag for tag in tags if tag.strip() and not is_machine(tag))


def _typed(tag: Mapping[str, Any]) -> str:
    return str(tag.get("raw") or tag.get("_content") or "")


def brought(shown: Fields) -> Mapping[str, Value]:
    """Fields of a photo as the library says them; of the tags, what a listing shows of them."""
    said: dict[str, Value] = {
        name: texts.readable(str(shown[name] or "")) for name in (F.TITLE, F.TEXT) if name in shown
    }
    taken, place = shown.get(F.TAKEN), shown.get(F.PLACE)
    if F.TAKEN in shown:
        said[F.TAKEN] = _with_circa(taken) if isinstance(taken, tuple) else None
    if F.PLACE in shown:
        said[F.PLACE] = place[:2] if isinstance(place, tuple) else None
    if F.TAGS in shown:
        tags = shown[F.TAGS]
        said[F.TAGS] = people_s(map(str, tags)) if isinstance(tags, tuple) else ()
    licence = address(shown[F.RIGHTS]) if F.RIGHTS in shown else None
    return said if licence is None else {**said, F.RIGHTS: licence}


def _with_circa(taken: tuple[Value, ...]) -> Value:
    """An uncertain date in words of which the year is one."""
    local, subsec, offset, circa = taken
    return (local, subsec, offset, f"{circa} {str(local)[:4]}" if circa else "")
