"""The routes: one page for everything, forms that need no script, events for those who have one."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import flask
from jinja2 import StrictUndefined

from heliograph import __version__, wording
from heliograph.errors import HeliographError
from heliograph.model import Verb
from heliograph.web import plan_view
from heliograph.web.bench import Bench
from heliograph.web.board import Board, State
from heliograph.web.door import Door, dress
from heliograph.web.typed import typed

STREAMS = 5
"""Tabs that are told at once what happens; others ask every few seconds. A browser opens six connections at most."""
_BEAT_S = 5.0
"""So often a stream says that it is there, which also notices a browser that is not."""
_CALM_S = 0.2
"""Nobody can read more often."""
_PICTURE_S = 600
_DIGEST = re.compile(r"[0-9a-f]{32}")
GUARDS = frozenset({"deletes", "changes"})


@dataclass(slots=True)
class Desktop:
    """What the pages work with."""

    door: Door
    board: Board
    bench: Bench
    use: Callable[[], None]
    """Somebody asked for something."""
    end: Callable[[], None]
    streams: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(STREAMS))


def application(desk: Desktop) -> flask.Flask:
    """What answers a browser."""
    app = flask.Flask(__name__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.filters["typed"] = typed
    app.before_request(desk.door.check)
    app.after_request(dress)
    app.register_error_handler(Exception, partial(_trouble, desk))
    _reading(app, desk)
    _doing(app, desk)
    _telling(app, desk)
    return app


def _reading(app: flask.Flask, desk: Desktop) -> None:
    @app.get("/")
    def page() -> Any:
        if desk.door.session() is None and not desk.door.keyed():
            return flask.render_template("door.html"), 401, {"WWW-Authenticate": "Bearer"}
        desk.use()
        desk.bench.refresh()
        return _page(desk)

    @app.get("/plan/<platform>/<verb>/<int:number>")
    def more(platform: str, verb: str, number: int) -> Any:
        desk.use()
        state = desk.board.state
        known = verb in set(Verb) and state.shown
        found = known and plan_view.group(known, platform, Verb(verb), state.glance.answers, number)
        if not found:
            return _missing()
        return flask.render_template("more.html", group=found, number=number, seal=_seal(desk), state=state)

    @app.get("/thumbnail")
    def thumbnail() -> Any:
        try:
            picture = desk.bench.thumbnail(flask.request.args.get("of", ""))
        except HeliographError as trouble:
            return flask.Response(f"{trouble.sentence}\n", 404, content_type="text/plain; charset=utf-8")
        headers = {"Cache-Control": f"private, max-age={_PICTURE_S}"}
        return flask.Response(picture, 200, headers, content_type="image/jpeg")

    @app.get("/preview/<platform>")
    def preview(platform: str) -> Any:
        try:
            picture, media_type = desk.bench.preview(platform, flask.request.args.get("of", ""))
        except HeliographError as trouble:
            return flask.Response(f"{trouble.sentence}\n", 404, content_type="text/plain; charset=utf-8")
        headers = {"Cache-Control": f"private, max-age={_PICTURE_S}"}
        return flask.Response(picture, 200, headers, content_type=media_type)


def _doing(app: flask.Flask, desk: Desktop) -> None:
    deeds = {"enter": _enter, "look": _look, "apply": _apply, "stop": _stop, "answer": _answer, "end": _end}
    for name, deed in deeds.items():
        app.add_url_rule(f"/{name}", name, partial(deed, desk), methods=["POST"])


def _enter(desk: Desktop) -> Any:
    session = desk.door.guests.admit(flask.request.form.get("invitation", "")[:200])
    if session is None:
        return flask.render_template("door.html", turned_away=True), 401, {"WWW-Authenticate": "Bearer"}
    answer = flask.redirect("/", 303)
    answer.set_cookie(desk.door.cookie, session.token, httponly=True, samesite="Strict", path="/")
    return answer


def _look(desk: Desktop) -> Any:
    return _begun(desk, desk.bench.look())


def _apply(desk: Desktop) -> Any:
    given, shown = flask.request.form, desk.board.state.shown
    digest, allow = given.get("plan", ""), frozenset(given.getlist("allow"))
    if not _DIGEST.fullmatch(digest) or not allow <= GUARDS:
        return _page(desk, "That is no plan that was shown here. Nothing was done.", 400)
    if shown and shown.digest == digest and shown.deletes and "deletes" not in given.getlist("seen"):
        return _page(desk, "That plan deletes something. Say that you have seen it. Nothing was done.", 400)
    return _begun(desk, desk.bench.apply(digest, allow))


def _stop(desk: Desktop) -> Any:
    desk.use()
    desk.bench.stop()
    return flask.redirect("/", 303)


def _answer(desk: Desktop) -> Any:
    desk.use()
    told = [flask.request.form.get(name, "") for name in ("where", "platform", "question", "choice")]
    try:
        desk.bench.answer(*told)
    except HeliographError as trouble:
        return _page(desk, trouble.sentence, 409)
    return flask.redirect("/", 303)


def _end(desk: Desktop) -> Any:
    desk.bench.stop()
    desk.end()
    return flask.render_template("ended.html")


def _telling(app: flask.Flask, desk: Desktop) -> None:
    @app.get("/state")
    def state() -> Any:
        desk.bench.watch()
        return flask.jsonify(_progress(desk.board.state))

    @app.get("/events")
    def events() -> Any:
        if not desk.streams.acquire(blocking=False):
            return flask.Response("Ask /state every few seconds.\n", 503, content_type="text/plain; charset=utf-8")
        answer = flask.Response(_Stream(desk, _gone()), content_type="text/event-stream; charset=utf-8")
        answer.headers["X-Accel-Buffering"] = "no"
        return answer


class _Stream:
    """Events for one tab; its place is free again when the server closes it."""

    def __init__(self, desk: Desktop, gone: Callable[[], bool]) -> None:
        self._desk, self._gone, self._open = desk, gone, True
        self._events = self._told()

    def __iter__(self) -> Iterator[str]:
        return self._events

    def close(self) -> None:
        """Called by the server whatever happened."""
        if self._open:
            self._open = False
            self._desk.streams.release()

    def _told(self) -> Iterator[str]:
        board, version = self._desk.board, -1
        yield "retry: 2000\n\n"
        while not self._gone():
            state = board.wait(version, _BEAT_S)
            self._desk.bench.watch()
            yield ":\n\n" if state.version == version else f"data: {flask.json.dumps(_progress(state))}\n\n"
            if state.closed:
                return
            version = state.version
            threading.Event().wait(_CALM_S)  # what comes too fast is told together


def _gone() -> Callable[[], bool]:
    asked: Callable[[], bool] = flask.request.environ.get("waitress.client_disconnected", lambda: False)
    return asked


def _begun(desk: Desktop, begun: bool) -> Any:
    desk.use()
    if begun:
        return flask.redirect("/", 303)
    return _page(desk, "Something is under way already; when it has ended, try again.", 409)


def _page(desk: Desktop, notice: str = "", code: int = 200) -> Any:
    state = desk.board.state
    shown = plan_view.table(state.shown, state.glance.answers) if state.shown else None
    known: dict[str, Any] = {"state": state, "plan": shown, "seal": _seal(desk), "notice": notice, "words": wording}
    known |= {"progress": _progress(state), "version": __version__}
    return flask.render_template("page.html", **known), code


def _seal(desk: Desktop) -> str:
    session = desk.door.session()
    return session.seal if session else ""


def _progress(state: State) -> dict[str, Any]:
    """What changes while something is under way, for the script of the page."""
    return {
        "version": state.version,
        "page": state.page,
        "task": state.task,
        "stopping": state.stopping,
        "stage": state.stage,
        "lanes": [asdict(lane) for lane in state.lanes],
        "said": list(state.said),
        "closed": state.closed,
    }


def _trouble(desk: Desktop, trouble: Exception) -> flask.Response:
    """What is not there, or a fault of our own."""
    if isinstance(code := getattr(trouble, "code", None), int):
        return _missing(code)
    sentence = desk.bench.written(trouble)
    return flask.Response(f"{sentence}\n", 500, content_type="text/plain; charset=utf-8")


def _missing(code: int = 404) -> flask.Response:
    words = "There is no such page." if code == 404 else "That cannot be asked here."  # noqa: PLR2004 - not found
    return flask.Response(f"{words}\n", code, content_type="text/plain; charset=utf-8")
