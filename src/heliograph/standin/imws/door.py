"""What happens to a call: trouble first, then who calls, then what is asked, and in the end a line in the log."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, RLock
from typing import Protocol

from heliograph.standin.cutting import UNANSWERED
from heliograph.standin.dials import keep, kept
from heliograph.standin.imws.asking import Asked
from heliograph.standin.imws.calls import Calls, seen
from heliograph.standin.imws.dials import Dials
from heliograph.standin.imws.faults import Fault, Faults, What
from heliograph.standin.imws.keeping import Keeper
from heliograph.standin.imws.reply import Reply, done, in_trouble, refused, said, turned_away
from heliograph.standin.imws.routes import AUTHENTICATE, endpoint, methods
from heliograph.standin.imws.switching import switch_database
from heliograph.standin.imws.trouble import NOT_FOUND, Trouble
from heliograph.standin.imws.world import World

PICTURE = "image/jpeg"


class ToldOfShutting(Protocol):
    """Frees the address of an IMatch that ends."""

    def __call__(self, *, wait: bool) -> None:
        """With `wait` returns once the address is free."""


def _nobody_listens(*, wait: bool) -> None:
    del wait


class Door:
    """Everything behind the addresses. Safe to be used from several threads."""

    def __init__(self, folder: Path, now: Callable[[], float], world: World | None = None) -> None:
        self.folder, self.now = folder, now
        self.keeper = Keeper(folder)
        self.world = world or (self.keeper.load() if self.keeper.exists else World.ready())
        if world is not None or not self.keeper.exists:
            self.keeper.save(self.world)
        self.dials = Dials()
        self.dials.turn_all(kept(folder / "dials.json"))
        self.faults = Faults()
        self.calls = Calls(folder, now)
        self.lock = RLock()
        """Held while the world is read or changed."""
        self.closing = Event()
        self.shut = False
        """IMatch is not running: nothing is answered."""
        self.on_shut: ToldOfShutting = _nobody_listens
        self.on_open: Callable[[], None] = lambda: None
        """Told when IMatch ends, and when it is there again."""
        self._tokens: dict[str, float] = {}

    def close(self) -> None:
        """Ends waiting calls and saves everything."""
        self.closing.set()
        with self.lock:
            self.keeper.close(self.world)
        self.calls.close()

    def turn(self, **values: object) -> None:
        """Turns dials, which are kept.

        Raises:
            ValueError: there is no such dial, or it does not take such a value.
        """
        with self.lock:
            self.dials.turn_all(values)
            keep(self.dials, self.folder / "dials.json")

    def expire(self) -> None:
        """Every token is void."""
        with self.lock:
            self._tokens.clear()

    def switch(self) -> dict[int, int]:
        """Opens another database; what became of each id."""
        with self.lock:
            renamed = switch_database(self.world)
            self._tokens.clear()
            self.keeper.save(self.world)
            return renamed

    def close_imatch(self, *, wait: bool = False) -> None:
        """IMatch ends, and its tokens with it; with `wait` returns once nobody listens any more."""
        with self.lock:
            self.shut = True
            self._tokens.clear()
        self.closing.set()
        self.on_shut(wait=wait)

    def reopen_imatch(self) -> None:
        """IMatch is there again, at the same address, with the same database."""
        self.on_open()
        self.closing.clear()
        self.shut = False

    @contextmanager
    def changing(self) -> Iterator[World]:
        """The world, to be changed as a user does by hand, and kept at the end."""
        with self.lock:
            yield self.world
            self.keeper.keep(self.world)

    # --- the way through ----------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, parameters: Mapping[str, str], *, address_length: int = 0) -> Reply:
        """The answer to a call of the service.

        Args:
            method: `GET` or `POST`.
            path: From the first slash.
            parameters: Of query and body.
            address_length: Characters of the path with its query.
        """
        route = f"{method} {path}"
        delay_s, fault = self.faults.meet(route)
        if delay_s:
            self.closing.wait(delay_s)
        if self.shut:
            return Reply(outcome="closed", cut=UNANSWERED)
        if fault is not None:
            self._change(fault, parameters)
        reply = Reply()
        if fault is None or fault.follows_effect:
            reply = self._answered(route, parameters, address_length)
        if fault is not None:
            reply = in_trouble(fault, self.dials, reply)
        self._log(route, parameters, reply, fault)
        if fault is not None and fault.what is What.IMATCH_CLOSES:
            self.close_imatch()
        return reply

    def _change(self, fault: Fault, parameters: Mapping[str, str]) -> None:
        """What some faults change before the call goes its way."""
        if fault.what is What.TOKEN_EXPIRED:
            self.expire()
        elif fault.what is What.DATABASE_SWITCHED:
            self.switch()
        elif fault.what is What.CATEGORY_VANISHES:
            with self.lock:
                self.world.drop_category(fault.category or parameters.get("path", ""))
                self.keeper.keep(self.world)

    def _answered(self, route: str, parameters: Mapping[str, str], address_length: int) -> Reply:
        try:
            if self.dials.url_max and address_length > self.dials.url_max:
                raise Trouble(414, "The address is too long.")  # noqa: TRY301  refused like what follows
            with self.lock:
                if route == AUTHENTICATE:
                    return self._let_in(parameters)
                if not self._knows(parameters.get("auth_token", "")):
                    return turned_away(self.dials)
                return self._acted(route, parameters)
        except Trouble as trouble:
            return refused(trouble, self.dials)

    def _let_in(self, parameters: Mapping[str, str]) -> Reply:
        head = self.world.head
        right = (parameters.get("id", ""), parameters.get("password", "")) == (head.login, head.password)
        if self.dials.credentials and not right:
            raise Trouble(401, "Login or password is wrong.")
        token = secrets.token_hex(8)
        self._tokens[token] = self.now()
        return said({"auth_token": token, "user": {"id": parameters.get("id", "")}}, self.dials)

    def _knows(self, token: str) -> bool:
        since = self._tokens.get(token)
        life_s = self.dials.token_life_s
        return since is not None and not (life_s and self.now() >= since + life_s)

    def _acted(self, route: str, parameters: Mapping[str, str]) -> Reply:
        asked = Asked(parameters, self.world, self.dials, self.now())
        method, _, path = route.partition(" ")
        if self.dials.image_path and path == self.dials.image_path and method == "GET":
            return self._picture(asked)
        found = endpoint(route, self.dials)
        if found is None:
            if methods(path, self.dials):
                raise Trouble(405, f"{path} does not understand {method}.")
            raise Trouble(NOT_FOUND, f"{path} does not exist.")
        try:
            answer = found.act(asked)
        finally:
            self.keeper.keep(self.world)  # also what was done before a failure
        return done(self.dials) if answer is None else said(answer, self.dials)

    def _picture(self, asked: Asked) -> Reply:
        files = asked.files()
        path = self.world.real_path(files[0], self.folder) if files else None
        if path is None or not path.is_file():
            raise Trouble(NOT_FOUND, "The picture does not exist.")
        return Reply(file=path, content_type=PICTURE)

    def _log(self, route: str, parameters: Mapping[str, str], reply: Reply, fault: Fault | None) -> None:
        ids = parameters.get("fileid") or parameters.get("id", "")
        files = len(ids.split(",")) if ids and route != AUTHENTICATE else 0
        told = seen(parameters)
        self.calls.add(
            route=route, outcome=reply.outcome, fault=str(fault.what) if fault else "", arguments=told, files=files
        )
