"""Uploads and replacements: what is turned down, what rides along, what is read from the file, and tickets.

Source: Flickr's pages on uploading, replacing and asynchronous uploading, as of 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from heliograph.standin.flickr import dates, geo, tagging
from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.examining import Ready
from heliograph.standin.flickr.method import Answer, Call, Table
from heliograph.standin.flickr.photos import fitted_texts, secrets_element
from heliograph.standin.flickr.records import Account, Original, Photo, Place, Tag, Ticket
from heliograph.standin.flickr.state import State

METHODS = Table()
_VISIBILITY = ("is_public", "is_friend", "is_family")
_PRIVACY = {1: (1, 0, 0), 2: (0, 1, 0), 3: (0, 0, 1), 4: (0, 1, 1), 5: (0, 0, 0)}
"""An account's default -> public, friends, family."""


def _with_file_gone(file: Path, failure: Failure) -> Failure:
    file.unlink(missing_ok=True)
    return failure


def upload(call: Call, ready: Ready) -> Answer:
    """Makes one photo; answers with its id, or with a ticket."""
    try:
        _check_file(call.state, ready)
        _check_account(call, ready)
        photo = _photo(call, ready)
    except Failure as failure:
        raise _with_file_gone(ready.file, failure) from None
    if call.text("async") == "1":
        return [_ticketed(call.state, photo, ready)]
    call.state.gallery.take(ready.file, photo.original.name)
    call.state.keep(photo)
    return [Element("photoid", text=photo.id)]


def replace(call: Call, ready: Ready) -> Answer:
    """Gives a photo another file and other secrets; texts, tags, dates and places in albums and pools stay."""
    try:
        photo = _replaceable(call, ready)
    except Failure as failure:
        raise _with_file_gone(ready.file, failure) from None
    state = call.state
    ticket = _ticket(state, photo.id) if call.text("async") == "1" else None
    if ticket is not None and not ticket.photo:
        ready.file.unlink(missing_ok=True)
        return [Element("ticketid", text=ticket.id)]
    state.gallery.forget(photo)
    photo.secret, photo.original_secret, photo.rotation = state.fresh_secret(), state.fresh_secret(), 0
    photo.original = _original(photo.id, photo.original_secret, ready)
    state.gallery.take(ready.file, photo.original.name)
    state.touch(photo)
    return [Element("ticketid", text=ticket.id)] if ticket else [secrets_element(photo)]


def _replaceable(call: Call, ready: Ready) -> Photo:
    """The photo that may be given this file."""
    photo = call.own_photo(code=2, message="No photo specified")
    if not call.state.is_pro(photo.owner):
        raise Failure(1, "Not a pro account")
    _check_file(call.state, ready)
    if "video" in {photo.media, ready.media}:
        raise Failure(8, "Videos can't be replaced")
    return photo


# --- what is turned down ----------------------------------------------------------------------------------------------


def _check_file(state: State, ready: Ready) -> None:
    """Whether it is a file that Flickr takes."""
    dials = state.dials
    if not ready.length_bytes:
        raise Failure(4, "Filesize was zero")
    if not ready.format:
        raise Failure(5, "Filetype was not recognised")
    if ready.media == "video" and not dials.video_uploads:
        raise Failure(0, "Video uploads are temporarily disabled")
    if ready.length_bytes > (dials.video_max_bytes if ready.media == "video" else dials.photo_max_bytes):
        raise Failure(8, "Filesize was too large")


def _check_account(call: Call, ready: Ready) -> None:
    """Whether this account may have this photo."""
    state, me = call.state, call.me()
    if call.text("dedup_check") in {"1", "2"} and state.dials.dedup:
        _check_duplicate(state, me, ready)
    if state.is_pro(me.id):
        return
    if state.dials.upload_wait_s:
        wait = Element("non_pro_desktop_upload_wait_time", text=str(state.dials.upload_wait_s))
        raise Failure(14, "Auto Upload disabled for Non pro User / Server at capacity", (wait,))
    mine = list(state.of_owner(me.id))
    hidden = sum(not photo.is_public for photo in mine)
    if len(mine) >= state.dials.free_items:
        raise Failure(6, "Upload limit reached")
    if not _visibility(call)[0] and hidden >= state.dials.free_private:
        raise Failure(6, "Upload limit reached")
    if _safety_level(call) > 1:
        raise Failure(15, "Non-safe content not allowed")


def _check_duplicate(state: State, me: Account, ready: Ready) -> None:
    """Whether the account has the same bytes already, those in conversion too."""
    twin = next((photo for photo in state.of_owner(me.id) if photo.original.sha256 == ready.sha256), None)
    if twin is None:
        return
    status = str(int(twin.imported > state.now()))
    message = "Duplicate photo/video detected"
    if state.dials.dedup_form == "attribute":
        raise Failure(9, message, attributes={"duplicate_photo_id": twin.id, "duplicate_photo_status": status})
    elements = (
        Element("duplicate_photo_id", text=twin.id),
        Element("duplicate_photo_status", text=status),
    )
    raise Failure(9, message, elements)


# --- what becomes of it -----------------------------------------------------------------------------------------------


def _photo(call: Call, ready: Ready) -> Photo:
    """The new photo with everything that rode along, not kept yet."""
    state, me = call.state, call.me()
    title, description = _texts(call, ready)
    tags = _tags(call, ready)
    photo_id, secret, now = str(state.next_number("photo")), state.fresh_secret(), state.second()
    public, friend, family = _visibility(call)
    photo = Photo(
        photo_id,
        me.id,
        state.fresh_secret(),
        secret,
        _original(photo_id, secret, ready),
        title=title,
        description=description,
        posted=now,
        updated=now,
        imported=state.now(),
        is_public=public,
        is_friend=friend,
        is_family=family,
        safety_level=_safety_level(call),
        content_type=call.number("content_type", 1, 4) or me.content_type,
        hidden=int((call.number("hidden", 1, 2) or me.hidden) == 2),  # noqa: PLR2004  # 2 hides, on upload
        media=ready.media,
        tags=tags,
        place=_place(state, me, ready),
    )
    embedded_date = ready.embedded.taken if state.dials.embedded else ""
    photo.taken = embedded_date or dates.local(now, me.utc_offset_s)
    photo.taken_unknown = int(not embedded_date)
    if ready.media == "video":
        photo.playable = state.now() + state.dials.ticket_s
    return photo


def _original(photo_id: str, secret: str, ready: Ready) -> Original:
    name = f"{photo_id}_{secret}_o.{ready.format}"
    sideways = ready.embedded.sideways
    return Original(name, ready.format, ready.width, ready.height, ready.length_bytes, ready.sha256, sideways)


def _texts(call: Call, ready: Ready) -> tuple[str, str]:
    """Title and description: as sent, else as embedded, else the file's name."""
    inside = call.state.dials.embedded
    title = call.text("title") or (ready.embedded.title if inside else "") or ready.stem
    description = call.text("description") or (ready.embedded.description if inside else "")
    return fitted_texts(call.state, title, description, Failure(3, "General upload failure"))


def _tags(call: Call, ready: Ready) -> tuple[Tag, ...]:
    """Tags that were sent, and behind them the keywords of the file."""
    dials, me = call.state.dials, call.me().id
    raws = [*tagging.words(call.text("tags"), commas=dials.comma_tags)]
    if dials.embedded:
        raws += ready.embedded.keywords
    tags = tagging.tags(raws, me)
    if len(tags) > dials.tags_max and dials.tag_overflow == "refuse":
        raise Failure(3, "General upload failure")
    return tags[: dials.tags_max]


def _visibility(call: Call) -> tuple[int, int, int]:
    """Public, friends, family: as sent, those left out meaning no; else the account's default."""
    if not any(call.has(name) for name in _VISIBILITY):
        return _PRIVACY[call.me().privacy]
    public, friend, family = (call.number(name, 0, 1) or 0 for name in _VISIBILITY)
    return public, friend * (1 - public), family * (1 - public)


def _safety_level(call: Call) -> int:
    return call.number("safety_level", 1, 3) or call.me().safety_level


def _place(state: State, me: Account, ready: Ready) -> Place | None:
    """Where the file says that it was taken, if the account lets it."""
    position = ready.embedded.position
    wished = me.import_geo_exif if state.dials.import_geo_exif is None else state.dials.import_geo_exif
    if position is None or not wished or not state.dials.embedded:
        return None
    return geo.placed(*position, me.geo_perms)


# --- tickets ----------------------------------------------------------------------------------------------------------


def _ticket(state: State, photo_id: str) -> Ticket:
    """A new ticket; without a photo where the dial lets it fail."""
    failing = state.dials.fail_conversion > 0
    if failing:
        state.dials.fail_conversion -= 1
    number = state.next_number("ticket")
    ticket = Ticket(f"{state.second()}-{number}", "" if failing else photo_id, state.now() + state.dials.ticket_s)
    state.keep(ticket)
    return ticket


def _ticketed(state: State, photo: Photo, ready: Ready) -> Element:
    """Keeps a photo that is seen when its ticket is due, unless its conversion fails."""
    ticket = _ticket(state, photo.id)
    if ticket.photo:
        photo.imported = ticket.due
        photo.updated = int(ticket.due)
        state.gallery.take(ready.file, photo.original.name)
        state.keep(photo)
    else:
        ready.file.unlink(missing_ok=True)
    return Element("ticketid", text=ticket.id)


@METHODS.open("flickr.photos.upload.checkTickets")
def check_tickets(call: Call) -> Answer:
    """What became of each ticket, in the order asked."""
    return [Element("uploader", children=list(_answers(call)), lists=frozenset({"ticket"}))]


def _answers(call: Call) -> Iterator[Element]:
    now = call.state.now()
    for ticket_id in call.items("tickets"):
        ticket = call.state.tickets.get(ticket_id)
        known = ticket is not None and now - ticket.due < call.state.dials.ticket_life_s
        yield Element("ticket", {"id": ticket_id, **(_progress(ticket, now) if ticket and known else {"invalid": 1})})


def _progress(ticket: Ticket, now: float) -> Mapping[str, object]:
    """0 in conversion, 1 done, 2 failed."""
    if ticket.due > now:
        return {"complete": 0}
    if not ticket.photo:
        return {"complete": 2}
    return {"complete": 1, "photoid": ticket.photo, "imported": str(int(ticket.due))}
