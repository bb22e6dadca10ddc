"""One post: looked at, its earlier texts, and taken away."""

from __future__ import annotations

from heliograph.standin.fediverse import entities
from heliograph.standin.fediverse.asking import Asked, Route
from heliograph.standin.fediverse.records import Status
from heliograph.standin.fediverse.reply import Refusal, Reply, said
from heliograph.standin.fediverse.traits import Why

_AT_ONCE = 20


def own(call: Asked, *, why: Why) -> Status:
    """The caller's post of an address.

    Raises:
        Refusal: it is not there or not the caller's, for the reason `why`.
    """
    status = call.world.statuses.get(call.names["id"])
    if status is None or status.deleted_at is not None or status.draft:
        raise Refusal(why if why is Why.FORBIDDEN else Why.NOT_FOUND, known=call.names["id"])
    if status.account != call.me.id or status.archived:
        raise Refusal(why, known=call.names["id"])
    return status


def visible(call: Asked) -> Status:
    """The post of an address, where the caller may see it.

    Raises:
        Refusal: there is none to see.
    """
    status = call.world.statuses.get(call.names["id"])
    mine = status is not None and call.account is not None and status.account == call.account.id
    if status is None or not call.world.shown(status) or not (mine or status.visibility in {"public", "unlisted"}):
        raise Refusal(Why.GONE, known=call.names["id"])
    return status


def in_own_form(call: Asked) -> bool:
    """Whether posts are asked for in the software's own form."""
    return bool(call.traits.entity) and call.traits.entity in call.args


def _get(call: Asked) -> Reply:
    return said(entities.status(call.world, visible(call), own_form=in_own_form(call)))


def _bulk(call: Asked) -> Reply:
    """Several posts, those that are there."""
    found = (call.world.statuses.get(name) for name in call.query_lists.get("id", [])[:_AT_ONCE])
    return said([entities.status(call.world, one) for one in found if one is not None and call.world.shown(one)])


def _source(call: Asked) -> Reply:
    status = own(call, why=Why.NOT_FOUND)
    return said({"id": status.id, "text": status.text, "spoiler_text": status.spoiler})


def _history(call: Asked) -> Reply:
    status = visible(call)
    if call.traits.pixelfed and status.visibility not in {"public", "unlisted"}:
        raise Refusal(Why.GONE, known=status.id)
    writer = entities.account(call.world, call.world.accounts[status.account])
    now = entities.status(call.world, status)
    told = [
        {
            "content": was.text,
            "spoiler_text": was.spoiler,
            "sensitive": was.sensitive,
            "created_at": entities.date(was.at),
            "account": writer,
        }
        for was in status.history
    ]
    latest = {name: now[name] for name in ("content", "spoiler_text", "sensitive", "account", "media_attachments")}
    return said([*told, latest | {"created_at": entities.date(status.edited_at or status.made_at)}])


def _context(call: Asked) -> Reply:
    replies = call.world.replies(visible(call).id)
    return said({"ancestors": [], "descendants": [entities.status(call.world, reply) for reply in replies]})


def _delete(call: Asked) -> Reply:
    status = own(call, why=Why.NOT_FOUND)
    told = entities.status(call.world, status)
    if call.traits.deletes_media or call.traits.pixelfed or call.traits.software == call.traits.ids:
        told["text"] = status.text
        del told["content"]
    loose = call.text("delete_media") not in {"true", "1"}
    call.world.delete(status.id, with_media=call.traits.deletes_media and not loose)
    return said(told)


ROUTES = (
    Route("GET", "/api/v1/statuses", _bulk, "read:statuses", lambda traits: traits.bulk),
    Route("GET", "/api/v1/statuses/<id>", _get, "read:statuses"),
    Route("GET", "/api/v1/statuses/<id>/source", _source, "read:statuses", lambda traits: traits.source),
    Route("GET", "/api/v1/statuses/<id>/history", _history, "read:statuses", lambda traits: traits.history),
    Route("GET", "/api/v1/statuses/<id>/context", _context, "read:statuses"),
    Route("DELETE", "/api/v1/statuses/<id>", _delete, "write:statuses", kind="deletes"),
)
