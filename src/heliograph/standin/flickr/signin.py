"""The page on which the owner of an account says yes or no to an application."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import flask

from heliograph.standin.flickr.door import Door
from heliograph.standin.flickr.registry import LEVELS

_GRANTS = {
    "read": "see your photos, also the private ones",
    "write": "see your photos, add new ones and change them, their albums and groups",
    "delete": "see, add, change and delete your photos",
}


def signing_in(door: Door) -> flask.Blueprint:
    """The routes of `/services/oauth/authorize`."""
    routes = flask.Blueprint("signin", __name__)

    @routes.get("/services/oauth/authorize")
    def ask() -> flask.Response:
        token, perms = _asked(flask.request.args)
        if perms not in _GRANTS:
            return _told("Flickr does not know such a permission.", "An application asks for read, write or delete.")
        if door.registry.sign_in(token) is None:
            return _over()
        page = flask.render_template(
            "authorize.html", token=token, perms=perms, grants=_GRANTS[perms], accounts=door.accounts()
        )
        return flask.Response(page)

    @routes.post("/services/oauth/authorize")
    def answer() -> flask.Response:
        token, perms = _asked(flask.request.form)
        nsid = flask.request.form.get("nsid", "")
        sign_in = door.registry.sign_in(token)
        if sign_in is None or perms not in _GRANTS or nsid not in {account.id for account in door.accounts()}:
            return _over()
        if flask.request.form.get("choice") != "yes":
            door.registry.deny(token)
            return _told("You said no.", "The application got nothing. You can close this page.", status=200)
        verifier = door.registry.authorize(token, nsid, LEVELS.index(perms))
        if sign_in.callback == "oob":
            return flask.Response(flask.render_template("code.html", code=verifier))
        return _back(sign_in.callback, token, verifier)

    return routes


def _asked(fields: Mapping[str, str]) -> tuple[str, str]:
    """Request token and permission; Flickr takes the lowest where none is named."""
    return fields.get("oauth_token", ""), fields.get("perms", "read")


def _back(callback: str, token: str, verifier: str) -> flask.Response:
    """The way back to the application that asked."""
    joint = "&" if "?" in callback else "?"
    told = urlencode({"oauth_token": token, "oauth_verifier": verifier})
    return flask.Response(status=302, headers={"Location": f"{callback}{joint}{told}"})


def _over() -> flask.Response:
    return _told("This sign-in is over.", "Begin again in the application that sent you here.")


def _told(title: str, text: str, *, status: int = 400) -> flask.Response:
    return flask.Response(flask.render_template("told.html", title=title, text=text), status)
