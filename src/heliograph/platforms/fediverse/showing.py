"""Posts as servers answer them, read with mistrust."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from heliograph.model import F, Fields, Limits, Post, SubjectKind, Value
from heliograph.platforms.fediverse import licences, places, texts
from heliograph.platforms.fediverse.dialects import Dialect

_ID = re.compile(r"[A-Za-z0-9_.~-]{1,100}")
_MEDIA_LEN, _URL_LEN, _TEXT_LEN = 2048, 2048, 1_000_000
_PICTURES = {"image", "unknown"}
"""What was not looked at yet is of unknown type."""
_VISIBLE = re.compile(r"[a-z_]{1,20}")
SPOILER_MAX = 140
"""Source: Pixelfed 0.11 and 0.12 (2026-11)."""


@dataclass(frozen=True, slots=True)
class Media:
    """What is attached to a post."""

    id: str
    url: str = ""
    preview: str = ""
    alt: str = ""
    said: str = ""
    """The alt text to the letter."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One post of ours, with what setting it anew takes."""

    post: Post
    media: tuple[Media, ...]
    language: str = ""

    def with_alt(self, place: int, answered: Media) -> Shown:
        """The same post with another alt text of one of its pictures."""
        one = replace(self.media[place], alt=answered.alt, said=answered.said)
        media = (*self.media[:place], one, *self.media[place + 1 :])
        fields = {**self.post.fields, F.ALT: _alt(media)}
        return replace(self, post=replace(self.post, fields=fields), media=media)


def read(form: object, dialect: Dialect, limits: Limits) -> Shown | None:
    """The post in an answer; `None` where it holds none of ours with a picture."""
    if not isinstance(form, dict) or form.get("reblog") is not None or not status_id(form):
        return None
    media = tuple(_media(form.get("media_attachments")))
    if not media:
        return None
    fields = {name: value for name, value in _fields(form, media, dialect).items() if name in limits.fields}
    post = Post(
        status_id(form),
        SubjectKind.PHOTO if len(media) == 1 else SubjectKind.ALBUM,
        url=_text(form.get("url"), _URL_LEN) or _text(form.get("uri"), _URL_LEN),
        fields=fields,
        reactions=sum(map(_count, (form.get(name) for name in ("favourites_count", "reblogs_count", "replies_count")))),
        made_at=made_at(form),
        media_id=media[0].id,
    )
    return Shown(post, media, _text(form.get("language"), 20))


def status_id(form: object) -> str:
    """The id of what an answer holds; empty where it holds nothing that has one."""
    id_ = form.get("id") if isinstance(form, dict) else None
    return id_ if isinstance(id_, str) and _ID.fullmatch(id_) and id_.strip(".") else ""


def media_of(form: object) -> Media | None:
    """An uploaded picture in an answer. A list of several is one of Pixelfed's before 0.11.5 (2023-03)."""
    if isinstance(form, list):
        return next((found for one in form if (found := media_of(one)) is not None), None)
    return next(iter(_media([form])), None) if isinstance(form, dict) and status_id(form) else None


def made_at(form: Mapping[str, Any]) -> str:
    """When a post was made, ISO 8601 in UTC; empty where nobody can tell."""
    try:
        when = datetime.fromisoformat(_text(form.get("created_at"), 60))
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return ""


def agrees(field: str, sent: Value, seen: Value, dialect: Dialect) -> bool:
    """Whether what is shown of a field is what a server makes of `sent`."""
    if field == F.ALT:
        return _same_alts(sent, seen)
    if field in texts.WORDS:
        return texts.same(sent, seen)
    if field == F.WARNING:
        return texts.same_warning(sent, seen, SPOILER_MAX if dialect.lies else None)
    if field == F.PLACE:
        return places.same(sent, seen)
    if field == F.RIGHTS:
        return licences.number(sent) in {None, seen}
    return sent == seen


def brought(shown: Fields) -> Fields:
    """Fields of a post as the library says them. Of its place a server shows names, and no position."""
    said = {name: shown[name] for name in (F.TEXT, F.ALT) if name in shown}
    address = licences.address(shown[F.RIGHTS]) if F.RIGHTS in shown else None
    return said if address is None else {**said, F.RIGHTS: address}


def _same_alts(sent: Value, seen: Value) -> bool:
    """Of one photo that of the first picture, whatever others were put beside it; of several, those of all."""
    shown = seen if isinstance(seen, tuple) else (seen,)
    ours = sent if isinstance(sent, tuple) else (sent,)
    same = all(texts.same(*pair) for pair in zip(ours, shown, strict=False))
    return same and (not isinstance(sent, tuple) or len(ours) == len(shown))


def _alt(media: tuple[Media, ...]) -> Value:
    return media[0].alt if len(media) == 1 else tuple(one.alt for one in media)


def _fields(form: Mapping[str, Any], media: tuple[Media, ...], dialect: Dialect) -> Fields:
    written = form.get("content_text")
    said = (
        texts.shown(_text(written, _TEXT_LEN))
        if isinstance(written, str)
        else texts.of_html(_text(form.get("content"), _TEXT_LEN))
    )
    spoiler = texts.shown(_text(form.get("spoiler_text"), _TEXT_LEN))
    fields: dict[str, Value] = {
        F.TEXT: said,
        F.ALT: _alt(media),
        F.WARNING: spoiler if spoiler or form.get("sensitive") is True else None,
    }
    visibility = _text(form.get("visibility"), 20)
    if _VISIBLE.fullmatch(visibility):
        fields[F.VISIBILITY] = visibility
    if dialect.entity and "place" in form:
        fields[F.PLACE] = places.shown(form.get("place"))
    attached = form.get("media_attachments")
    first = attached[0] if isinstance(attached, list) and attached else {}
    if dialect.entity and isinstance(first, dict) and "license" in first:
        fields[F.RIGHTS] = licences.shown(first.get("license"))
    return fields


def _media(forms: object) -> list[Media]:
    """All that is attached to a post; empty where the first of it is no picture."""
    found: list[Media] = []
    for form in forms if isinstance(forms, list) else ():
        id_ = form.get("id") if isinstance(form, dict) else None
        if not isinstance(id_, str) or not id_ or len(id_) > _MEDIA_LEN or not id_.isprintable():
            continue
        if not found and _text(form.get("type", "image"), 20) not in _PICTURES:
            break
        url, preview = _text(form.get("url"), _URL_LEN), _text(form.get("preview_url"), _URL_LEN)
        said = _text(form.get("description"), _TEXT_LEN)
        found.append(Media(id_, url, preview, texts.shown(said), said))
    return found


def _text(value: object, length: int) -> str:
    """What can be kept and sent of a text: halves of signs, which JSON can hold, cannot."""
    return value[:length].encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9 else 0
