"""Control routes below `/_standin/`, for rehearsals and for tests of other programs: JSON in, JSON out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import flask

from heliograph.standin.control import control_routes, fields, script, watching
from heliograph.standin.fediverse.albums import add_collection
from heliograph.standin.fediverse.door import Door
from heliograph.standin.fediverse.faults import Fault


def control(door: Door) -> flask.Blueprint:
    """The control routes."""
    routes = control_routes(OSError)
    watching(routes, Fault, door.faults, door.calls)
    _door_routes(routes, door)
    _world_routes(routes, door)
    return routes


def _door_routes(routes: flask.Blueprint, door: Door) -> None:
    """Dials and tokens."""
    world = door.world

    @routes.get("/")
    def state() -> dict[str, Any]:
        told = {"profile": world.traits.profile, "calls": door.calls.total, "counts": door.calls.counts}
        return {**told, "dials": asdict(world.dials), "faults": script(door.faults)}

    @routes.patch("/dials")
    def turn() -> dict[str, Any]:
        world.turn(fields())
        return {"dials": asdict(world.dials)}

    @routes.post("/reset")
    def reset() -> dict[str, Any]:
        door.reset()
        return {}

    @routes.delete("/tokens/<token>")
    def revoke(token: str) -> dict[str, Any]:
        return {"known": world.revoke(token)}


def _world_routes(routes: flask.Blueprint, door: Door) -> None:
    """What people do in a browser."""
    world = door.world

    @routes.get("/statuses")
    def statuses() -> dict[str, Any]:
        return {"statuses": [asdict(status) for status in world.posts]}

    @routes.get("/media")
    def media() -> dict[str, Any]:
        return {"media": [asdict(media) for media in world.media.values()]}

    @routes.post("/statuses")
    def post() -> dict[str, Any]:
        asked = fields()
        files = [Path(file).read_bytes() for file in asked.pop("files", ())]
        text = asked.pop("text", "")
        with world.lock:
            return asdict(world.post(world.account().id, text, files, **asked))

    @routes.patch("/statuses/<status_id>")
    def edit(status_id: str) -> dict[str, Any]:
        return asdict(world.edit(status_id, **fields()))

    @routes.delete("/statuses/<status_id>")
    def delete(status_id: str) -> dict[str, Any]:
        world.delete(status_id)
        return {}

    @routes.post("/statuses/<status_id>/favourites")
    def favourite(status_id: str) -> dict[str, Any]:
        world.favourite(status_id, **fields())
        return {}

    @routes.post("/statuses/<status_id>/replies")
    def reply(status_id: str) -> dict[str, Any]:
        return {"id": world.reply(status_id, **fields()).id}

    @routes.post("/collections")
    def collection() -> dict[str, Any]:
        with world.lock:
            return asdict(add_collection(world, world.account().id, **fields()))
