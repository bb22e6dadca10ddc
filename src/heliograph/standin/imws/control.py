"""Control routes below `/_standin/`, for rehearsals and for tests of other programs: JSON in, JSON out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import flask

from heliograph.standin.control import control_routes, fields, script, watching
from heliograph.standin.imws.door import Door
from heliograph.standin.imws.faults import Fault


def control(door: Door) -> flask.Blueprint:
    """The control routes."""
    routes = control_routes()
    watching(routes, Fault, door.faults, door.calls)
    _door_routes(routes, door)
    _imatch_routes(routes, door)
    _file_routes(routes, door)
    _world_routes(routes, door)
    return routes


def _door_routes(routes: flask.Blueprint, door: Door) -> None:
    """Dials."""

    @routes.get("/")
    def state() -> dict[str, Any]:
        told = {"calls": len(door.calls.all()), "counts": door.calls.counts, "database": door.world.head.database}
        return {**told, "open": not door.shut, "dials": asdict(door.dials), "faults": script(door.faults)}

    @routes.patch("/dials")
    def turn() -> dict[str, Any]:
        door.turn(**fields())
        return {"dials": asdict(door.dials)}


def _imatch_routes(routes: flask.Blueprint, door: Door) -> None:
    """What happens to IMatch as a whole."""

    @routes.post("/close")
    def close() -> dict[str, Any]:
        door.close_imatch()
        return {"open": False}

    @routes.post("/reopen")
    def reopen() -> dict[str, Any]:
        door.reopen_imatch()
        return {"open": True}

    @routes.post("/expire")
    def expire() -> dict[str, Any]:
        door.expire()
        return {}

    @routes.post("/switch")
    def switch() -> dict[str, Any]:
        renamed = door.switch()
        return {"database": door.world.head.database, "ids": {str(old): new for old, new in renamed.items()}}


def _file_routes(routes: flask.Blueprint, door: Door) -> None:
    """What the user does with single files by hand."""

    @routes.get("/files/<int:file_id>")
    def file(file_id: int) -> dict[str, Any]:
        with door.lock:
            return asdict(door.world.file(file_id))

    @routes.post("/files")
    def add_file() -> dict[str, Any]:
        with door.changing() as world:
            return {"id": world.add_file(**fields()).id}

    @routes.delete("/files/<int:file_id>")
    def remove_file(file_id: int) -> dict[str, Any]:
        with door.changing() as world:
            world.remove_file(file_id)
        return {}

    @routes.put("/files/<int:file_id>/tags")
    def tag(file_id: int) -> dict[str, Any]:
        with door.changing() as world:
            found = world.file(file_id)
            found.tags.update(fields())
            world.touch(found)
            return {"tags": found.tags}

    @routes.put("/files/<int:file_id>/rows/<name>")
    def set_row(file_id: int, name: str) -> dict[str, Any]:
        with door.changing() as world:
            return asdict(world.set_row(file_id, name, fields()))

    @routes.delete("/files/<int:file_id>/rows/<name>")
    def drop_rows(file_id: int, name: str) -> dict[str, Any]:
        with door.changing() as world:
            world.drop_rows(file_id, name)
        return {}


def _world_routes(routes: flask.Blueprint, door: Door) -> None:
    """What the user does in IMatch's panels by hand."""

    @routes.put("/categories")
    def category() -> dict[str, Any]:
        with door.changing() as world:
            return asdict(world.category(**fields()))

    @routes.delete("/categories")
    def drop_category() -> dict[str, Any]:
        with door.changing() as world:
            world.drop_category(fields()["path"])
        return {}

    @routes.post("/categories/<any(assign, unassign):verb>")
    def assign(verb: str) -> dict[str, Any]:
        asked = fields()
        with door.changing() as world:
            for file_id in asked["files"]:
                (world.put if verb == "assign" else world.take_out)(file_id, asked["path"])
            return {"files": world.members(asked["path"])}

    @routes.put("/variables/<name>")
    def variable(name: str) -> dict[str, Any]:
        with door.changing() as world:
            world.set_variable(name, **fields())
        return {}
