"""The posts of an account, page by page."""

from __future__ import annotations

from urllib.parse import urlencode

from heliograph.standin.fediverse import entities, ids
from heliograph.standin.fediverse.asking import Asked, Route
from heliograph.standin.fediverse.reading import in_own_form
from heliograph.standin.fediverse.records import Status
from heliograph.standin.fediverse.reply import Refusal, Reply, said
from heliograph.standin.fediverse.traits import Why

_SEEN_BY_ALL = ("public", "unlisted")


def _list(call: Asked) -> Reply:
    if call.names["id"] not in call.world.accounts:
        raise Refusal(Why.GONE, known=call.names["id"])
    limit = _limit(call)
    page = _paged(call, _listed(call), limit)
    headers = {"Link": _link(call, page, limit)} if call.traits.link and page else {}
    shown = [status for status in page if not _hole(call, status)]
    told = [entities.status(call.world, status, own_form=in_own_form(call)) for status in shown]
    return said(told, headers=headers)


def _limit(call: Asked) -> int:
    usual, most = call.traits.page
    text = call.args.get("limit", "")
    if not text.isdigit() or int(text) == 0:
        if text and call.traits.laravel:
            raise Refusal(Why.INVALID, "The limit must be at least 1.", name="limit")
        return usual
    return min(int(text), most)


def _listed(call: Asked) -> list[Status]:
    """Every post that belongs into the listing, the newest first."""
    world, known = call.world, call.names["id"]
    mine = call.account is not None and call.account.id == known
    visibilities = ("public", "unlisted", "private", "direct") if mine else _SEEN_BY_ALL
    lag_s = call.dials.listing_lag_s
    found = [
        status
        for status in world.statuses.values()
        if status.account == known
        and world.shown(status)
        and not status.archived
        and status.visibility in visibilities
        and world.now() - status.made_at >= lag_s
        and _asked_for(call, status)
    ]
    return sorted(found, key=lambda status: status.serial, reverse=True)


def _asked_for(call: Asked, status: Status) -> bool:
    def flag(name: str) -> bool:
        value = call.args.get(name, "")
        if call.traits.any_text_is_true:
            return value not in {"", "0"}
        return value in {"true", "1", "True", "on"}

    if flag("only_media") and not status.media:
        return False
    if (flag("exclude_replies") and status.reply_to) or flag("pinned"):
        return False
    tag = call.args.get("tagged", "") if call.traits.tagged else ""
    return not tag or tag.lower() in {name.lower() for name in status.tags}


def _paged(call: Asked, found: list[Status], limit: int) -> list[Status]:
    traits = call.traits
    below, above, least = (call.args.get(name, "") for name in ("max_id", "since_id", "min_id"))
    if below and not call.dials.max_id_ignored and not (least and traits.min_id_alone):
        found = [status for status in found if _before(call, status, below)]
    if above and traits.since_id:
        found = [status for status in found if _after(call, status, above)]
    if least:
        found = [status for status in found if _after(call, status, least)]
        if traits.min_id == "next":
            return found[-limit:]
    return found[:limit]


def _before(call: Asked, status: Status, cursor: str) -> bool:
    known = call.world.statuses.get(cursor)
    return status.serial < known.serial if known else ids.before(call.traits.ids, status.id, cursor)


def _after(call: Asked, status: Status, cursor: str) -> bool:
    known = call.world.statuses.get(cursor)
    return status.serial > known.serial if known else ids.before(call.traits.ids, cursor, status.id)


def _hole(call: Asked, status: Status) -> bool:
    return call.dials.holes > 0 and status.serial % call.dials.holes == 0


def _link(call: Asked, page: list[Status], limit: int) -> str:
    base = f"{call.world.address}/api/v1/accounts/{call.names['id']}/statuses"
    kept = {name: value for name, value in call.args.items() if name not in {"max_id", "min_id", "since_id"}}
    links = [f'<{base}?{urlencode(kept | {"min_id": page[0].id})}>; rel="prev"']
    if len(page) == limit:
        links.insert(0, f'<{base}?{urlencode(kept | {"max_id": page[-1].id})}>; rel="next"')
    return ", ".join(links)


ROUTES = (Route("GET", "/api/v1/accounts/<id>/statuses", _list, "read:statuses", kind="pages"),)
