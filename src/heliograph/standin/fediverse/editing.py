"""Posts that are set anew: what each software keeps, drops and takes back."""

from __future__ import annotations

from typing import Any

from heliograph.standin.fediverse import entities, markup
from heliograph.standin.fediverse.asking import Asked, Route
from heliograph.standin.fediverse.posting import attachable, measured
from heliograph.standin.fediverse.reading import own
from heliograph.standin.fediverse.records import Status
from heliograph.standin.fediverse.reply import HTML, Refusal, Reply, error, said
from heliograph.standin.fediverse.traits import Why
from heliograph.standin.fediverse.uploads import described


def _set(call: Asked) -> Reply:
    status = own(call, why=Why.FORBIDDEN if call.traits.pixelfed else Why.NOT_FOUND)
    _may_edit(call, status)
    measured(call, editing=True)
    before = _state(call, status)
    call.world.remember(status)
    _pictures(call, status)
    _words(call, status)
    if call.traits.ignores_no_change and before == _state(call, status):
        status.history.pop()
    else:
        status.edits += 1
        status.edited_at = call.world.now()
    call.world.keep(status)
    if call.traits.put_answers_public and status.visibility != "public":
        return Reply(b"", HTML)
    own_form = bool(call.traits.entity)
    return said(entities.status(call.world, status, own_form=own_form))


def _may_edit(call: Asked, status: Status) -> None:
    if call.unread:
        raise error(500, "Server Error")
    if call.traits.pixelfed and not call.dials.editing:
        raise error(404, "Post editing is not enabled on this server.")
    if call.traits.edits_max is not None and status.edits >= call.traits.edits_max:
        raise error(400, "You cannot edit your post more than 10 times.")
    if not call.text("status") and not call.many("media_ids") and call.traits.put_replaces:
        raise Refusal(Why.INVALID, "Text can't be blank", name="status")
    if call.traits.put_needs_media and len(status.media) > 1 and not call.has("media_ids"):
        raise error(500, 'Undefined array key "media_ids"')


def _state(call: Asked, status: Status) -> tuple[Any, ...]:
    """All that an edit may change."""
    pictures = tuple((one.id, call.world.alt(status, one.id), one.focus) for one in call.world.pictures_of(status))
    return status.text, status.spoiler, status.sensitive, status.language, status.place, pictures


# --- words ------------------------------------------------------------------------------------------------------------


def _words(call: Asked, status: Status) -> None:
    resets = call.traits.put_resets
    status.text, status.escaped = _text(call), call.traits.put_escapes
    if not call.traits.put_keeps_tags:
        status.tags = markup.tags(status.text)
    if call.has("sensitive") or "sensitive" in resets:
        status.sensitive = call.flag("sensitive")
    if call.has("spoiler_text") or "spoiler_text" in resets:
        status.spoiler = call.text("spoiler_text")
    if call.traits.pixelfed:
        status.spoiler = status.spoiler if status.sensitive else ""
    elif status.spoiler:
        status.sensitive = True
    if call.has("language") or "language" in resets:
        status.language = None if call.traits.pixelfed else call.text("language") or "en"
    if call.traits.put_publishes and not call.has("visibility"):
        status.visibility = "public"
    place = call.fields.get("location")
    if call.traits.pixelfed and isinstance(place, dict) and str(place.get("id", "")).isdigit():
        status.place = int(str(place["id"]))


def _text(call: Asked) -> str:
    text = call.text("status")
    return markup.purified(text) if call.traits.put_escapes else text


# --- pictures ---------------------------------------------------------------------------------------------------------


def _pictures(call: Asked, status: Status) -> None:
    names = call.many("media_ids")
    if call.traits.put_replaces:
        _replaced(call, status, names)
    elif call.traits.put_needs_media and len(status.media) > 1:
        _reordered(call, status, names)
    _attributes(call, status)


def _replaced(call: Asked, status: Status, names: list[str]) -> None:
    """The pictures of a post are those that are named, and no others."""
    chosen = [attachable(call, name, of=status.id) for name in names]
    if None in chosen:
        missing = names[chosen.index(None)]
        if call.traits.unknown_media == "missing":
            raise Refusal(Why.NOT_FOUND)
        raise Refusal(Why.INVALID, f"Media {missing} not found or already attached to another post", name="media_ids")
    for media in call.world.pictures_of(status):
        media.status, media.made_at = "", call.world.now()
        call.world.keep(media)
    status.media = [media.id for media in chosen if media is not None]
    for media in call.world.pictures_of(status):
        media.status = status.id
        call.world.keep(media)


def _reordered(call: Asked, status: Status, names: list[str]) -> None:
    """The pictures of an album in a new order; those that are left out are gone for good."""
    for media in call.world.pictures_of(status):
        if media.id not in names:
            call.world.remove_media(media)
    status.media = [name for name in names if name in status.media]


def _attributes(call: Asked, status: Status) -> None:
    """Alt texts along with the post."""
    way, entries = call.traits.put_attributes, call.fields.get("media_attributes")
    if way == "ignored" or not isinstance(entries, list):
        return
    if way == "json" and not call.is_json:
        if call.traits.put_publishes:
            raise Refusal(Why.INVALID, "invalid_input")
        return
    for entry in entries:
        known = str(entry.get("id", "")) if isinstance(entry, dict) else ""
        if known not in status.media:
            if way == "json" and known not in call.world.media:
                raise Refusal(Why.INVALID, f"media with id {known} not found")
            continue
        media = call.world.media[known]
        if "description" in entry or way == "json":
            media.alt = described(call, str(entry.get("description") or ""))
        call.world.keep(media)


ROUTES = (Route("PUT", "/api/v1/statuses/<id>", _set, "write:statuses", kind="posts"),)
