"""Pixelfed's collections, and the archive that hides posts."""

from __future__ import annotations

import secrets
from typing import Any

from heliograph.standin.fediverse import entities
from heliograph.standin.fediverse.asking import Act, Asked, Route
from heliograph.standin.fediverse.reading import own
from heliograph.standin.fediverse.records import Collection, Status
from heliograph.standin.fediverse.reply import Refusal, Reply, error, said
from heliograph.standin.fediverse.traits import Traits, Why
from heliograph.standin.fediverse.world import World

_PER_PAGE, _ITEMS_PER_PAGE, _MOST = 9, 10, 100
_TITLE_LEN, _DESCRIPTION_LEN = 50, 500


def add_collection(world: World, account: str, title: str = "", visibility: str = "draft") -> Collection:
    """What the owner makes in a browser: there is no other way."""
    known = str(secrets.randbelow(10**17) + 10**17)
    made = Collection(known, account, title, "", visibility, [], world.now(), world.now())
    world.keep(made)
    return made


def _shown(world: World, one: Collection) -> dict[str, Any]:
    return {
        "id": one.id,
        "pid": one.account,
        "visibility": one.visibility,
        "title": one.title or None,
        "description": one.description or None,
        "thumb": f"{world.address}/page/avatar.png",
        "url": f"{world.address}/c/{one.id}",
        "post_count": len(one.posts),
        "updated_at": entities.date(one.updated_at),
        "published_at": None if one.visibility == "draft" else entities.date(one.updated_at),
    }


def _found(call: Asked, known: str) -> Collection:
    found = call.world.collections.get(known)
    if found is None or found.account != call.me.id:
        raise Refusal(Why.NOT_FOUND, model="Collection", known=known)
    return found


def _post(call: Asked) -> Status:
    call.names = {"id": call.text("post_id")}
    return own(call, why=Why.NOT_FOUND)


def _page(call: Asked, length: int) -> slice:
    number = max(1, int(call.args["page"])) if call.args.get("page", "").isdigit() else 1
    return slice((number - 1) * length, number * length)


def _all(call: Asked) -> Reply:
    known = call.names.get("id", call.me.id)
    mine = [one for one in call.world.collections.values() if one.account == known]
    return said([_shown(call.world, one) for one in mine][_page(call, _PER_PAGE)])


def _items(call: Asked) -> Reply:
    posts = [call.world.statuses[name] for name in _found(call, call.names["id"]).posts]
    shown = [entities.status(call.world, one, own_form=True) for one in posts if call.world.shown(one)]
    return said(shown[_page(call, _ITEMS_PER_PAGE)])


def _add(call: Asked) -> Reply:
    collection, post = _found(call, call.text("collection_id")), _post(call)
    if len(collection.posts) >= _MOST:
        raise error(400, f"You can only have {_MOST} posts per collection")
    if post.visibility not in {"public", "unlisted"}:
        raise error(400, "Invalid post")
    if post.id not in collection.posts:
        collection.posts = [*collection.posts, post.id]
    _touched(call, collection)
    return said(entities.status(call.world, post, own_form=True), known=collection.id)


def _remove(call: Asked) -> Reply:
    collection = _found(call, call.text("collection_id"))
    if collection.posts == [call.text("post_id")]:
        raise error(400, "You cannot delete the only post of a collection!")
    collection.posts = [name for name in collection.posts if name != call.text("post_id")]
    _touched(call, collection)
    return said(200)


def _update(call: Asked) -> Reply:
    collection = _found(call, call.names["id"])
    title, description, visibility = (call.text(name) for name in ("title", "description", "visibility"))
    if len(title) > _TITLE_LEN or len(description) > _DESCRIPTION_LEN:
        raise Refusal(Why.INVALID, f"The title may not be greater than {_TITLE_LEN} characters.", name="title")
    if visibility not in {"public", "private", "draft"}:
        raise Refusal(Why.INVALID, "The selected visibility is invalid.", name="visibility")
    collection.title, collection.description, collection.visibility = title, description, visibility
    _touched(call, collection)
    return said(_shown(call.world, collection))


def _delete(call: Asked) -> Reply:
    call.world.drop(_found(call, call.names["id"]))
    return said(200)


def _touched(call: Asked, collection: Collection) -> None:
    collection.updated_at = call.world.now()
    call.world.keep(collection)


def _archive(*, archived: bool) -> Act:
    def act(call: Asked) -> Reply:
        status = call.world.statuses.get(call.names["id"])
        if status is None or status.account != call.me.id or status.deleted_at is not None:
            raise Refusal(Why.NOT_FOUND, known=call.names["id"])
        status.archived = archived
        call.world.keep(status)
        return said([200])

    return act


def _pixelfed(traits: Traits) -> bool:
    return traits.pixelfed


def _view(call: Asked) -> Reply:
    return said(_shown(call.world, _found(call, call.names["id"])))


_AT = "/api/v1.1/collections"
ROUTES = (
    Route("GET", f"{_AT}/accounts/<id>", _all, "read", _pixelfed),
    Route("GET", f"{_AT}/self", _all, "read", lambda traits: traits.one_call),
    Route("GET", f"{_AT}/view/<id>", _view, "read", _pixelfed),
    Route("GET", f"{_AT}/items/<id>", _items, "read", _pixelfed),
    Route("POST", f"{_AT}/add", _add, "write", _pixelfed),
    Route("POST", f"{_AT}/remove", _remove, "write", _pixelfed),
    Route("POST", f"{_AT}/update/<id>", _update, "write", _pixelfed),
    Route("DELETE", f"{_AT}/delete/<id>", _delete, "write", _pixelfed),
    Route("POST", "/api/v1.1/archive/add/<id>", _archive(archived=True), "write", _pixelfed),
    Route("POST", "/api/v1.1/archive/remove/<id>", _archive(archived=False), "write", _pixelfed),
)
