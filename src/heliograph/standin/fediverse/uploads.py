"""Media: sent, asked for, described and taken back, before and after they are in a post."""

from __future__ import annotations

import re
from pathlib import Path

from heliograph.standin.cutting import UNANSWERED
from heliograph.standin.fediverse import entities, markup, pictures
from heliograph.standin.fediverse.asking import Asked, Route
from heliograph.standin.fediverse.discovery import alt_len, image_bytes
from heliograph.standin.fediverse.records import Media
from heliograph.standin.fediverse.reply import Answered, Refusal, Reply, error, said
from heliograph.standin.fediverse.traits import KIB, MIB, Why

_GIF_PX = 921_600


def checked(call: Asked, *, name: str = "file") -> tuple[Path, str, tuple[str, int, int]]:
    """File, its name, and what it is, once the server takes it.

    Raises:
        Refusal: as the software does.
    """
    if name not in call.files:
        raise Refusal(Why.INVALID, "The file field is required.", name=name)
    if call.extended_name and call.traits.plain_names:
        raise Answered(Reply(cut=UNANSWERED))
    path, filename, length_bytes = call.files[name]
    _not_too_large(call, length_bytes)
    if call.traits.checks == "nothing":
        return path, filename, pictures.looked_at(path, decode=False) or ("application/octet-stream", 0, 0)
    looked = pictures.looked_at(path, decode=call.traits.checks == "decodes")
    if looked is None or looked[0] not in call.traits.types:
        raise Refusal(Why.UNREADABLE, "jpeg,png,gif" if call.traits.pixelfed else "could not decode the file")
    mime, width, height = looked
    if call.traits.enforces_px and width * height > (_GIF_PX if mime == "image/gif" else call.traits.matrix[0]):
        raise error(422, f"Validation failed: File {width}x{height} images are not supported")
    return path, filename, looked


def _not_too_large(call: Asked, length_bytes: int) -> None:
    told, taken = image_bytes(call.world), call.traits.takes_image_bytes
    limit = told if call.dials.image_bytes is not None or taken == 0 else taken
    if limit is None or length_bytes < limit or (length_bytes == limit and not call.traits.below_limit):
        return
    text = str(limit // KIB) if call.traits.pixelfed else f"{limit // MIB} MB"
    raise Refusal(Why.TOO_LARGE, text, name="file")


def described(call: Asked, text: str) -> str:
    """An alt text as the software keeps it.

    Raises:
        Refusal: it is too long.
    """
    limit = alt_len(call.world)
    if limit is not None and len(text) > limit:
        words = f"The description may not be greater than {limit} characters."
        plain = f"Description is too long (maximum is {limit} characters)"
        raise Refusal(Why.INVALID, words if call.traits.laravel else plain, name="description")
    return markup.tags_stripped(text) if call.traits.alt_stripped else text.strip()


def _focus(text: str) -> tuple[float, float]:
    found = re.fullmatch(r"\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*", text)
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def taken(call: Asked) -> Media:
    """The media of a call's file, kept from now on."""
    alt = described(call, call.text("description"))
    path, filename, looked = checked(call)
    media = call.world.add_media(call.me.id, path, filename, looked, alt)
    media.focus = _focus(call.text("focus"))
    media.polls, media.failed = call.dials.media_polls, call.dials.media_fails
    call.world.keep(media)
    return media


def _add(call: Asked, *, pending: bool) -> Reply:
    if call.traits.wakes and (not call.me.active or call.dials.never_active):
        return said([])
    media = taken(call)
    unready = pending and (call.traits.v2_media_pending or media.polls > 0 or media.failed)
    told = entities.media(call.world, media, pending=unready)
    return said(told, 202 if unready else 200, known=media.id)


def found(call: Asked, *, attached: bool) -> Media:
    """The caller's own media of an address.

    Raises:
        Refusal: there is none, or it is in a post and the software does not look there.
    """
    known = call.names["id"]
    media = call.world.media.get(known)
    hidden = media is not None and bool(media.status or media.drafted) and not attached
    if media is None or media.account != call.me.id or hidden:
        raise Refusal(Why.NOT_FOUND, model="Media", known=known)
    return media


def _get(call: Asked) -> Reply:
    if call.traits.media_get == "never":
        raise Refusal(Why.NOT_FOUND, model="Media", known=call.names["id"])
    media = found(call, attached=call.traits.media_get == "always")
    if media.polls > 0:
        media.polls -= 1
        call.world.keep(media)
        return said(entities.media(call.world, media, pending=True), 206)
    if media.failed:
        raise error(422, "Error processing thumbnail for uploaded media")
    return said(entities.media(call.world, media))


def _set(call: Asked) -> Reply:
    media = found(call, attached=call.traits.media_put != "unattached")
    if call.has("description") or call.traits.laravel:
        text = described(call, call.text("description"))
        text = markup.folded(text) if call.traits.alt_folded else text
        media.alt = markup.purified(text) if call.traits.alt_escaped else text
    if call.has("focus"):
        media.focus = _focus(call.text("focus"))
    call.world.keep(media)
    told = entities.media(call.world, media)
    return said([told] if call.dials.array_answer else told)


def _delete(call: Asked) -> Reply:
    media = found(call, attached=True)
    if media.status:
        raise error(422, "Media attachment is currently used by a status")
    call.world.remove_media(media)
    return said({})


ROUTES = (
    Route("POST", "/api/v1/media", lambda call: _add(call, pending=False), "write:media", kind="uploads"),
    Route("POST", "/api/v2/media", lambda call: _add(call, pending=True), "write:media", kind="uploads"),
    Route("GET", "/api/v1/media/<id>", _get, "write:media"),
    Route("PUT", "/api/v1/media/<id>", _set, "write:media", kind="media edits"),
    Route("DELETE", "/api/v1/media/<id>", _delete, "write:media", lambda traits: traits.media_delete),
)
