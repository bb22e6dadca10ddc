"""A page of what was "published": as a stranger sees it, and with `?as=owner` as the account's owner does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flask

from heliograph.standin.flickr.door import Door
from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.records import READ, Account, Caller

_PER_PAGE = 100
_EXTRAS = "date_upload,date_taken,url_n,url_m"
_LISTS_OF_ALL = 500
_PREFERRED_PX = 1024


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody looking at an account's pages."""

    door: Door
    account: Account
    as_owner: bool

    @property
    def suffix(self) -> str:
        """What keeps an owner an owner from link to link."""
        return "?as=owner" if self.as_owner else ""

    @property
    def path(self) -> str:
        """The account's own part of the addresses."""
        return f"/photos/{self.account.path_alias or self.account.id}"

    def ask(self, method: str, **arguments: object) -> list[Element]:
        """What a method answers to this visitor.

        Raises:
            Failure: as the method does, so where a stranger may not see it.
        """
        caller = Caller("", self.account.id, READ) if self.as_owner else None
        return self.door.ask(method, caller, {name: str(value) for name, value in arguments.items()})

    def ask_or_nothing(self, method: str, **arguments: object) -> list[Element]:
        """Likewise; nothing where the visitor may not ask."""
        try:
            return self.ask(method, **arguments)
        except Failure:
            return []

    def shown(self, template: str, **told: Any) -> flask.Response:
        """A page for this visitor."""
        return flask.Response(flask.render_template(template, visit=self, visibility=visibility, **told))


def pages(door: Door) -> flask.Blueprint:
    """The routes of everything that people look at."""
    routes = flask.Blueprint("pages", __name__)

    def visit(user: str) -> Visit:
        account = door.account(user) or flask.abort(404)
        return Visit(door, account, flask.request.args.get("as") == "owner")

    @routes.get("/")
    def first() -> flask.Response:
        visits = [Visit(door, account, flask.request.args.get("as") == "owner") for account in door.accounts()]
        if len(visits) == 1:
            return _stream(visits[0])
        return flask.Response(flask.render_template("members.html", visits=visits))

    routes.add_url_rule("/photos/<user>/", "stream", lambda user: _stream(visit(user)))
    routes.add_url_rule("/photos/<user>/albums/", "all_albums", lambda user: _stream(visit(user)))
    routes.add_url_rule("/photos/<user>/<int:photo_id>/", "photo", lambda user, photo_id: _photo(visit(user), photo_id))
    for word in ("albums", "sets"):
        path = f"/photos/<user>/{word}/<album_id>/"
        routes.add_url_rule(path, word, lambda user, album_id: _album(visit(user), album_id))
    routes.add_url_rule("/groups/<group>/pool/", "pool", lambda group: _pool(visit("me"), group))
    routes.add_url_rule("/groups/<group>/", "group", lambda group: _pool(visit("me"), group))
    routes.register_error_handler(Failure, _missing)
    return routes


def _missing(error: Exception) -> flask.Response:
    title = error.message if isinstance(error, Failure) else str(error)
    text = "It is not there, or a stranger may not see it."
    return flask.Response(flask.render_template("told.html", title=title, text=text), 404)


def _page_number() -> int:
    return max(1, flask.request.args.get("page", 1, type=int))


def _stream(visit: Visit) -> flask.Response:
    photos = visit.ask(
        "flickr.people.getPhotos", user_id=visit.account.id, extras=_EXTRAS, per_page=_PER_PAGE, page=_page_number()
    )[0]
    albums = visit.ask("flickr.photosets.getList", user_id=visit.account.id, per_page=_LISTS_OF_ALL)[0]
    groups = Visit(visit.door, visit.account, as_owner=True).ask_or_nothing("flickr.groups.pools.getGroups")
    return visit.shown(
        "stream.html", photos=photos, albums=albums.children, groups=groups[0].children if groups else (), child=child
    )


def _album(visit: Visit, album_id: str) -> flask.Response:
    asked = {"photoset_id": album_id, "user_id": visit.account.id}
    info = visit.ask("flickr.photosets.getInfo", **asked)[0]
    shown = {"extras": _EXTRAS, "per_page": _PER_PAGE, "page": _page_number()}
    photos = visit.ask("flickr.photosets.getPhotos", **asked, **shown)[0]
    return visit.shown("album.html", photos=photos, title=child(info, "title"), description=child(info, "description"))


def _pool(visit: Visit, group: str) -> flask.Response:
    by = "group_id" if "@" in group else "group_path_alias"
    info = visit.ask("flickr.groups.getInfo", **{by: group})[0]
    photos = visit.ask(
        "flickr.groups.pools.getPhotos", group_id=info.attributes["id"], extras=_EXTRAS, per_page=_PER_PAGE
    )[0]
    return visit.shown("album.html", photos=photos, title=child(info, "name"), description="")


def _photo(visit: Visit, photo_id: int) -> flask.Response:
    info = visit.ask("flickr.photos.getInfo", photo_id=photo_id)[0]
    parts = {part.name: part for part in info.children}
    sizes = visit.ask_or_nothing("flickr.photos.getSizes", photo_id=photo_id)
    return visit.shown(
        "photo.html",
        info=info,
        parts=parts,
        title=child(info, "title"),
        description=child(info, "description"),
        picture=_picture(sizes[0].children if sizes else []),
        contexts=visit.ask_or_nothing("flickr.photos.getAllContexts", photo_id=photo_id),
        licence=_licence(visit, str(info.attributes.get("license", ""))),
    )


def _picture(sizes: list[Element]) -> str:
    """The address of the largest picture that fits a screen."""
    fitting = [size for size in sizes if int(str(size.attributes["width"])) <= _PREFERRED_PX]
    return str(fitting[-1].attributes["source"]) if fitting else ""


def _licence(visit: Visit, number: str) -> str:
    licences = visit.ask("flickr.photos.licenses.getInfo")[0].children
    return next((str(entry.attributes["name"]) for entry in licences if str(entry.attributes["id"]) == number), "")


def child(element: Element, name: str) -> str:
    """The text of a child; empty where there is none."""
    return next((part.text or "" for part in element.children if part.name == name), "")


def visibility(attributes: dict[str, object]) -> str:
    """Who may see a photo, in words."""
    if attributes.get("ispublic"):
        return "public"
    circles = [word for word in ("friend", "family") if attributes.get(f"is{word}")]
    return {0: "private", 1: f"{''.join(circles)} only", 2: "friends and family"}[len(circles)]
