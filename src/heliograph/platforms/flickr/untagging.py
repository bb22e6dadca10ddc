"""Taking tags away, one by one and by their ids: every other tag of a photo keeps its spelling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from heliograph.platforms.flickr.api import Api, Fault
from heliograph.platforms.flickr.tags import NAMESPACE, clean
from heliograph.ports import Tagged

_PROGRAMS = (NAMESPACE, "flickrsync")
"""Namespaces of machine tags by which photos are known again."""
_GONE = 1


def tagged(api: Api, user: str, words: Sequence[str], *, starts_with: bool) -> Iterator[Tagged]:
    """Tags of the account that are one of the words, or begin with one, as they were typed or as Flickr stores them.

    A look at the whole account, and a call for each photo that has one.
    """
    for page in api.pages("people.getPhotos", "photos", "photo", user_id=user, extras="tags,machine_tags"):
        for item in page:
            shown = f"{item.get('tags') or ''} {item.get('machine_tags') or ''}".split()
            if any(_is_meant(tag, tag, _stored(words), starts_with=starts_with) for tag in shown):
                yield from _of_photo(api, str(item.get("id")), str(item.get("title") or ""), words, starts_with)


def untag(api: Api, tag: Tagged) -> None:
    """Gone already is success."""
    try:
        api.write("photos.removeTag", tag_id=tag.id)
    except Fault as fault:
        if fault.code != _GONE:
            raise


def _of_photo(api: Api, photo: str, title: str, words: Sequence[str], starts_with: bool) -> Iterator[Tagged]:
    listing = api.read("tags.getListPhoto", photo_id=photo).get("photo", {})
    for tag in listing.get("tags", {}).get("tag", []):
        stored, raw = str(tag.get("_content") or ""), str(tag.get("raw") or tag.get("_content") or "")
        if _is_meant(raw, stored or clean(raw), words, starts_with=starts_with):
            yield Tagged(photo, title, str(tag.get("id")), raw, _is_guarded(stored or clean(raw), words))


def _stored(words: Iterable[str]) -> list[str]:
    """What a listing may show of a tag that is meant: it shows stored forms only."""
    return [form for word in words for form in {word, clean(word)} if form]


def _is_meant(raw: str, stored: str, words: Iterable[str], *, starts_with: bool) -> bool:
    if starts_with:
        return any(raw.startswith(word) or stored.startswith(word) for word in words)
    return any(word in {raw, stored} for word in words)


def _is_guarded(stored: str, words: Iterable[str]) -> bool:
    """It is by what a program knows the photo again, and no word names that program."""
    namespace = stored.partition(":")[0]
    return ":" in stored and namespace in _PROGRAMS and not any(word.lower().startswith(namespace) for word in words)
