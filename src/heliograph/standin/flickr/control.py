"""Control routes below `/_standin/`, for rehearsals and for tests of other programs: JSON in, JSON out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import flask

from heliograph.standin.control import control_routes, fields, script, watching
from heliograph.standin.flickr.door import Door
from heliograph.standin.flickr.element import Failure
from heliograph.standin.flickr.envelope import Form, success
from heliograph.standin.flickr.faults import Fault
from heliograph.standin.flickr.registry import LEVELS


def control(door: Door) -> flask.Blueprint:
    """The control routes."""
    routes = control_routes(Failure)
    watching(routes, Fault, door.faults, door.calls)
    _door_routes(routes, door)
    _key_routes(routes, door)
    _world_routes(routes, door)
    return routes


def _door_routes(routes: flask.Blueprint, door: Door) -> None:
    """Dials."""

    @routes.get("/")
    def state() -> dict[str, Any]:
        return {"calls": door.calls.total, "counts": door.calls.counts, **_dials(door), "faults": script(door.faults)}

    @routes.patch("/dials")
    def turn() -> dict[str, Any]:
        asked = fields()
        with door.lock:
            door.world.turn(asked.get("world", {}))
        door.manners.turn_all(asked.get("door", {}))
        return _dials(door)

    @routes.post("/reset")
    def reset() -> dict[str, Any]:
        door.reset()
        return {}


def _key_routes(routes: flask.Blueprint, door: Door) -> None:
    """Keys and tokens."""

    @routes.post("/tokens")
    def token() -> dict[str, Any]:
        asked = fields()
        if asked["key"] not in door.registry.keys or asked["nsid"] not in door.world.accounts:
            message = "There is no such key, or no such account."
            raise ValueError(message)
        name, secret = door.registry.add_token(asked["key"], asked["nsid"], LEVELS.index(asked.get("perms", "write")))
        return {"token": name, "token_secret": secret}

    @routes.delete("/tokens/<token>")
    def revoke(token: str) -> dict[str, Any]:
        return {"known": door.registry.revoke(token)}

    @routes.post("/keys/<key>")
    def key(key: str) -> dict[str, Any]:
        expired = bool(fields().get("expired", True))
        return {"known": door.registry.expire(key, expired=expired), "expired": expired}


def _world_routes(routes: flask.Blueprint, door: Door) -> None:
    """What others do on Flickr, and what was there before."""
    world = door.world

    @routes.post("/accounts")
    def account() -> dict[str, Any]:
        with door.lock:
            return asdict(world.add_user(**fields()))

    @routes.post("/groups")
    def group() -> dict[str, Any]:
        with door.lock:
            return asdict(world.add_group(**fields()))

    @routes.post("/seed")
    def seed() -> dict[str, Any]:
        asked = fields()
        files = [Path(file) for file in asked.pop("files", ())]
        with door.lock:
            return {"ids": world.seed(files=files, **asked)}

    @routes.post("/groups/<group_id>/<any(approve, reject):verdict>")
    def moderate(group_id: str, verdict: str) -> dict[str, Any]:
        moderated = world.approve if verdict == "approve" else world.reject
        with door.lock:
            moderated(group_id, **fields())
        return {}

    @routes.post("/photos/<photo_id>/comments")
    def comment(photo_id: str) -> dict[str, Any]:
        with door.lock:
            return {"id": world.add_comment(photo_id, **fields())}

    @routes.post("/photos/<photo_id>/faves")
    def fave(photo_id: str) -> dict[str, Any]:
        with door.lock:
            world.add_fave(photo_id, **fields())
        return {}

    @routes.post("/by-hand")
    def by_hand() -> flask.Response:
        with door.lock:
            elements = world.by_hand(**fields())
        body, content_type = success(elements, Form(json=True))
        return flask.Response(body, content_type=content_type)


# --- out --------------------------------------------------------------------------------------------------------------


def _dials(door: Door) -> dict[str, Any]:
    return {"world": asdict(door.world.dials), "door": asdict(door.manners)}
