"""New posts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from heliograph.standin.fediverse import entities, markup, places
from heliograph.standin.fediverse.asking import Asked, Route
from heliograph.standin.fediverse.discovery import pictures_max, text_len
from heliograph.standin.fediverse.records import Media, Once, Status
from heliograph.standin.fediverse.reply import Refusal, Reply, error, said
from heliograph.standin.fediverse.traits import Why
from heliograph.standin.fediverse.uploads import taken

_KEY_LIFE_S = 3600.0
_LEAST_AHEAD_S = 300.0
_COLLECTIONS_MAX = 3
_VISIBILITIES = ("public", "unlisted", "private", "direct")


def _add(call: Asked) -> Reply:
    _validated(call)
    before = _key_checked(call)
    if before is not None:
        return before
    if call.traits.needs_picture and not call.many("media_ids") and not call.text("in_reply_to_id"):
        raise error(403, "Empty statuses are not allowed")
    if call.traits.wakes and (not call.me.active or call.dials.never_active):
        return said([])
    if not call.text("status") and not call.many("media_ids"):
        raise Refusal(Why.INVALID, "Text can't be blank", name="status")
    ahead = _scheduled(call)
    if ahead is not None and call.traits.schedules == "honoured" and ahead > call.world.now():
        told = {"id": str(call.world.number("scheduled")), "scheduled_at": entities.date(ahead), "params": {}}
        return said(told | {"media_attachments": []})
    media = _attached(call)
    return _made(call, [one.id for one in media], shown_at=ahead)


def _made(call: Asked, media: list[str], **told: Any) -> Reply:
    sensitive = call.flag("sensitive") or (not call.traits.pixelfed and bool(call.text("spoiler_text")))
    program = call.application
    visibility = call.text("visibility") or call.me.visibility
    status = call.world.add_status(
        call.me.id,
        _kept(call, call.text("status")),
        media,
        visibility=visibility,
        sensitive=sensitive,
        spoiler=call.text("spoiler_text") if sensitive or not call.traits.pixelfed else "",
        language=None if call.traits.pixelfed else call.text("language") or "en",
        application=program.name if program else "",
        reply_to=call.text("in_reply_to_id"),
        place=int(call.text("place_id")) if call.text("place_id") and call.traits.pixelfed else None,
        comments_disabled=call.flag("comments_disabled"),
        **told,
    )
    _collected(call, status)
    key = call.headers.get("Idempotency-Key", "")
    if key and call.traits.key == "honoured":
        call.world.keep(Once(f"{call.me.id} {key}", call.world.now(), status.id))
    return said(entities.status(call.world, status, fresh=True), known=status.id)


def _kept(call: Asked, text: str) -> str:
    return markup.tags_stripped(text) if call.traits.strips_tags else text


def _collected(call: Asked, status: Status) -> None:
    for name in call.many("collection_ids")[:_COLLECTIONS_MAX] if call.traits.pixelfed else ():
        collection = call.world.collections.get(name)
        if collection is not None and collection.account == call.me.id:
            collection.posts = [*collection.posts, status.id]
            call.world.keep(collection)


# --- checks -----------------------------------------------------------------------------------------------------------


def _validated(call: Asked) -> None:
    """The rules of each field; which of them Pixelfed checks before it looks at the key."""
    traits = call.traits
    visibility = call.text("visibility")
    if visibility == "direct" and not traits.direct and traits.one_call:
        raise error(400, "Direct visibility is not available.")
    known = _VISIBILITIES if traits.direct else _VISIBILITIES[:3]
    if visibility and visibility not in known and not (traits.ids == "ulid" and visibility == "mutuals_only"):
        raise Refusal(Why.INVALID, "The selected visibility is invalid.", name="visibility")
    measured(call)
    most = pictures_max(call.world) if call.dials.pictures or traits.takes_pictures is None else traits.takes_pictures
    if len(call.many("media_ids")) > most:
        words = f"The media ids may not have more than {most} items."
        raise Refusal(
            Why.INVALID, words if traits.laravel else f"Cannot attach more than {most} files", name="media_ids"
        )
    place = call.text("place_id")
    if traits.pixelfed and place and not (place.isdigit() and 1 <= int(place) <= places.HIGHEST):
        raise Refusal(Why.INVALID, "The place id must be between 1 and 128769.", name="place_id")


def measured(call: Asked, *, editing: bool = False) -> None:
    """Goes on where text and warning are short enough.

    Raises:
        Refusal: they are not.
    """
    traits, limit = call.traits, text_len(call.world)
    text, spoiler = call.text("status"), call.text("spoiler_text")
    own_limit = traits.spoiler_len
    whole = text if own_limit is not None else spoiler + text
    if (traits.refuses_long or editing) and markup.length(whole, graphemes=traits.graphemes) > limit:
        words = f"The status may not be greater than {limit} characters."
        plain = f"Text character limit of {limit} exceeded"
        raise Refusal(Why.INVALID, words if traits.laravel else plain, name="status")
    if own_limit is not None and len(spoiler) > own_limit:
        words = f"The spoiler text may not be greater than {own_limit} characters."
        raise Refusal(Why.INVALID, words, name="spoiler_text")


def _key_checked(call: Asked) -> Reply | None:
    """The answer to a key that was used before; `None`: go on."""
    key, way, now = call.headers.get("Idempotency-Key", ""), call.traits.key, call.world.now()
    if not key or way == "ignored":
        return None
    name = f"{call.me.id} {key}"
    before = call.world.once.get(name)
    used = before is not None and now - before.at < _KEY_LIFE_S
    if way == "refused":
        if used:
            raise error(400, "Duplicate idempotency key.")
        call.world.keep(Once(name, now))
    elif used and before is not None:
        status = call.world.statuses.get(before.status)
        if status is None or not call.world.shown(status):
            raise Refusal(Why.GONE)
        return said(entities.status(call.world, status), known=status.id)
    return None


def _scheduled(call: Asked) -> float | None:
    text = call.text("scheduled_at")
    if not text or call.traits.schedules == "ignored":
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(Why.INVALID, "Scheduled at is invalid", name="scheduled_at") from None
    moment = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    past = moment < call.world.now() + _LEAST_AHEAD_S
    backdates = call.traits.ids == "ulid" or call.traits.schedules == "future"
    return None if past and not backdates else moment


def attachable(call: Asked, name: str, *, of: str = "") -> Media | None:
    """The caller's media that may go into a new post, or into the post `of`; `None` where there is none."""
    media = call.world.media.get(name) or _by_address(call, name)
    if media is None or media.account != call.me.id or media.drafted:
        return None
    return media if media.status in {"", of} else None


def _by_address(call: Asked, name: str) -> Media | None:
    if not call.traits.attachment_urls:
        return None
    return next((one for one in call.world.media.values() if entities.address(call.world, one) == name), None)


def _attached(call: Asked) -> list[Media]:
    """The media of a post to be made.

    Raises:
        Refusal: they are not there, or were used.
    """
    names = call.many("media_ids")
    found = [attachable(call, name) for name in names]
    good = [media for media in found if media is not None]
    if len(good) == len(names) and len(set(names)) == len(names):
        _ready(good)
        return good
    missing = next((name for name, media in zip(names, found, strict=True) if media is None), names[-1])
    match call.traits.unknown_media:
        case "without":
            return list({media.id: media for media in good}.values())
        case "missing":
            raise Refusal(Why.NOT_FOUND)
        case "stuck" if good:
            for media in good:
                media.drafted = True
                call.world.keep(media)
            raise Refusal(Why.NOT_FOUND, model="Media", known=missing)
        case "stuck":
            raise error(400, "Invalid media_ids")
    if call.traits.software == call.traits.ids == "mastodon":
        raise error(422, f"Media {missing} not found or already attached to another post")
    raise Refusal(Why.INVALID, f"media with id {missing} not found, or already attached to another status")


def _ready(media: list[Media]) -> None:
    if any(one.polls > 0 or one.failed for one in media):
        text = "Cannot attach files that have not finished processing. Try again in a moment!"
        raise error(422, text)


# --- in one call ------------------------------------------------------------------------------------------------------


def _add_with_file(call: Asked) -> Reply:
    """Pixelfed's upload and post in one."""
    _validated(call)
    before = _key_checked(call)
    if before is not None:
        return before
    if not call.me.active or call.dials.never_active:
        return said([])
    return _made(call, [taken(call).id])


ROUTES = (
    Route("POST", "/api/v1/statuses", _add, "write:statuses", kind="posts"),
    Route("POST", "/api/v1.1/status/create", _add_with_file, "write", lambda traits: traits.one_call, "posts"),
)
