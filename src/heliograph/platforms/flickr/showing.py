"""What a listing shows of a photo or album as a post, and whether that is what was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from heliograph.model import F, Fields, Post, SubjectKind, Value, Wanted
from heliograph.platforms.flickr import dates
from heliograph.platforms.flickr.api import content, whole
from heliograph.platforms.flickr.audience import audience
from heliograph.platforms.flickr.licences import licence_id
from heliograph.platforms.flickr.tags import PICTURE_LEN, cleaned, mark_in, traces_in
from heliograph.platforms.flickr.texts import same_words

EXTRAS = (
    "description,license,date_upload,date_taken,last_update,geo,tags,machine_tags,media"
    ",count_faves,count_comments,url_n"
)
"""Whatever a post shows comes with the listing, so that no photo is asked about by itself."""

VIDEO = "video"
_NEAR_DEGREES = 1e-5
"""About a metre; Flickr keeps six decimals."""


def photo_post(item: Mapping[str, Any], url: str) -> Post:
    """One photo of a listing with `EXTRAS`; `url` is where the owner's photos stand."""
    id_, tags = str(item.get("id", "")), f"{item.get('machine_tags', '')} {item.get('tags', '')}"
    mark = mark_in(tags)
    fields: dict[str, Value] = {
        F.TITLE: content(item.get("title")),
        F.TEXT: content(item.get("description")),
        F.TAGS: cleaned(str(item.get("tags", "")).split()),
        F.TAKEN: _taken(item),
        F.PLACE: _place(item),
        F.RIGHTS: str(item.get("license", "0")),
        F.VISIBILITY: audience(item),
    }
    if mark is not None:
        fields[F.PICTURE] = mark.picture
    if item.get("media") == VIDEO:
        fields[F.MEDIA] = VIDEO
    place = f"{url}/{id_}/"
    if mark is not None:
        return Post(id_, SubjectKind.PHOTO, mark.mark, place, fields, _reactions(item))
    traces, small = traces_in(tags), str(item.get("url_n") or "")
    return Post(id_, SubjectKind.PHOTO, "", place, fields, _reactions(item), traces=traces, small_url=small)


def inspected(said: Mapping[str, Any]) -> Fields:
    """What `photos.getInfo` shows of a photo, but for its tags, as a listing would show it."""
    dates_, place = said.get("dates", {}), said.get("location") or {}
    unknown, granularity = dates_.get("takenunknown"), dates_.get("takengranularity")
    item = {"datetaken": dates_.get("taken"), "datetakenunknown": unknown, "datetakengranularity": granularity}
    return {
        F.TITLE: content(said.get("title")),
        F.TEXT: content(said.get("description")),
        F.TAKEN: _taken(item),
        F.PLACE: _place({**place, "accuracy": place.get("accuracy", 0)}),
        F.RIGHTS: str(said.get("license", "0")),
    }


def answered(wanted: Wanted, url: str, id_: str, mark: str, picture: str) -> Post:
    """A photo as far as it is certain how Flickr shows what was set; the next listing tells the rest."""
    certain: dict[str, Value] = {
        F.PICTURE: picture,
        F.VISIBILITY: wanted.fields.get(F.VISIBILITY, ""),
    }
    return Post(id_, SubjectKind.PHOTO, mark, f"{url}/{id_}/", certain)


def lacks_mark(post: Post) -> bool:
    """Whether a listing showed that our tag is not there."""
    return bool(post.fields) and F.PICTURE not in post.fields


def picture_of(wanted: Wanted) -> str:
    """The beginning of the digest of pixels and recipe, which our tag carries."""
    return str(wanted.fields.get(F.PICTURE, ""))[:PICTURE_LEN]


def agrees(field: str, sent: Value, shown: Value, *, keep_tags: bool) -> bool:
    """Whether what a listing shows of a field is what Flickr makes of `sent`."""
    if field == F.TAGS:
        return _same_tags(sent, shown, keep_tags=keep_tags)
    return _SAME[field](sent, shown) if field in _SAME else sent == shown


def _same_text(sent: Value, shown: Value) -> bool:
    return same_words(str(sent or ""), str(shown or ""))


def _same_date(sent: Value, shown: Value) -> bool:
    """A date cannot be taken away there."""
    date = dates.to_send(sent)
    return date is None or dates.shown(date.text, date.granularity) == shown


def _same_licence(sent: Value, shown: Value) -> bool:
    """Where a photo states none, the account's own holds."""
    licence = licence_id(sent)
    return licence is None or licence == shown


def _same_picture(sent: Value, shown: Value) -> bool:
    return str(sent)[:PICTURE_LEN] == shown


def _same_tags(sent: Value, shown: Value, *, keep_tags: bool) -> bool:
    ours = set(cleaned(map(str, sent))) if isinstance(sent, tuple) else set()
    theirs = set(map(str, shown)) if isinstance(shown, tuple) else set()
    return ours <= theirs if keep_tags else ours == theirs


def _same_place(sent: Value, shown: Value) -> bool:
    ours, theirs = position(sent), position(shown)
    if ours is None or theirs is None:
        return ours is theirs
    return all(abs(one - other) < _NEAR_DEGREES for one, other in zip(ours, theirs, strict=True))


_SAME: Mapping[str, Callable[[Value, Value], bool]] = {
    F.TITLE: _same_text,
    F.TEXT: _same_text,
    F.TAKEN: _same_date,
    F.PLACE: _same_place,
    F.RIGHTS: _same_licence,
    F.PICTURE: _same_picture,
}


def position(place: Value) -> tuple[float, float] | None:
    """Latitude and longitude of a field's value, in degrees."""
    if not isinstance(place, tuple) or len(place) < 2 or place[0] is None or place[1] is None:  # noqa: PLR2004
        return None
    return float(str(place[0])), float(str(place[1]))


def _taken(item: Mapping[str, Any]) -> Value:
    text = str(item.get("datetaken") or "")
    if whole(item.get("datetakenunknown")) or not text or text.startswith("0000"):
        return None
    return dates.shown(text, str(whole(item.get("datetakengranularity"))))


def _place(item: Mapping[str, Any]) -> Value:
    if not whole(item.get("accuracy")):
        return None
    return (float(str(item.get("latitude", 0))), float(str(item.get("longitude", 0))), "", "", "", "")


def _reactions(item: Mapping[str, Any]) -> int | None:
    counts = [item.get(name) for name in ("count_faves", "count_comments")]
    return None if None in counts else sum(map(whole, counts))


def album_post(item: Mapping[str, Any], url: str, mark: str, members: tuple[str, ...] | None) -> Post:
    """One album of a listing; its members where they were looked at."""
    id_ = str(item.get("id", ""))
    fields: dict[str, Value] = {
        F.TITLE: content(item.get("title")),
        F.TEXT: content(item.get("description")),
        F.COVER: str(item.get("primary", "")),
    }
    if members is not None:
        fields[F.MEMBERS] = members
    return Post(id_, SubjectKind.ALBUM, mark, f"{url}/albums/{id_}/", fields)
