"""What people look at: an account's posts as a stranger sees them, all of them with `?as=owner`; and the pictures."""

from __future__ import annotations

from datetime import UTC, datetime

import flask

from heliograph.standin.fediverse import entities
from heliograph.standin.fediverse.door import Door
from heliograph.standin.fediverse.records import Account, Status
from heliograph.standin.fediverse.world import World

_PER_PAGE = 40
_FOR_STRANGERS = ("public", "unlisted")
"""Source: Mastodon shows both to everybody on profile pages (app/models/account_statuses_filter.rb, read 2026-11)."""
_NAMES = {"mastodon": "Mastodon", "pixelfed": "Pixelfed", "gotosocial": "GoToSocial", "takahe": "Takahe"}
_AVATAR = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 10 10'><rect width='10' height='10' fill='#8a93a6'/></svg>"
)


def pages(door: Door) -> flask.Blueprint:
    """The routes of everything that people look at."""
    routes = flask.Blueprint("pages", __name__)
    world = door.world

    @routes.get("/")
    def first() -> flask.Response:
        return _timeline(door, world.account())

    def member(name: str) -> flask.Response:
        account = next((one for one in world.accounts.values() if one.name == name), None) or flask.abort(404)
        return _timeline(door, account)

    @routes.get("/@<name>/<status_id>")
    def post(name: str, status_id: str) -> flask.Response:
        status = world.statuses.get(status_id)
        if status is None or status not in _seen(door, world.accounts[status.account]):
            flask.abort(404)
        owner = world.accounts[status.account]
        if owner.name != name:
            flask.abort(404)
        return _rendered(door, owner, [status])

    routes.add_url_rule("/@<name>", "member", member)
    routes.add_url_rule("/users/<name>", "user", member)
    routes.add_url_rule("/p/<name>/<status_id>", "pixelfed_post", post)

    @routes.get("/media/<name>")
    def picture(name: str) -> flask.Response:
        known, _, _ = name.partition(".")
        small = known.endswith("_thumb")
        try:
            with world.lock:
                data, mime = world.picture(known.removesuffix("_thumb"), small=small)
        except (KeyError, FileNotFoundError):
            flask.abort(404)
        return flask.Response(data, content_type=mime)

    @routes.get("/page/avatar.png")
    def avatar() -> flask.Response:
        return flask.Response(_AVATAR, content_type="image/svg+xml")

    return routes


def _as_owner() -> bool:
    return flask.request.args.get("as") == "owner"


def _seen(door: Door, account: Account) -> list[Status]:
    """What whoever looks sees of an account: a stranger what is public, and what is unlisted, on its own pages only."""
    posts = [one for one in door.world.posts if one.account == account.id and not one.archived]
    return posts if _as_owner() else [status for status in posts if status.visibility in _FOR_STRANGERS]


def _timeline(door: Door, account: Account) -> flask.Response:
    return _rendered(door, account, _seen(door, account))


def _rendered(door: Door, account: Account, posts: list[Status]) -> flask.Response:
    number = max(1, flask.request.args.get("page", 1, type=int))
    shown = posts[(number - 1) * _PER_PAGE : number * _PER_PAGE]
    page = flask.render_template(
        "timeline.html",
        server=_NAMES.get(door.world.traits.software, door.world.traits.software),
        version=door.world.traits.version,
        account=account,
        posts=[_told(door.world, one) for one in shown],
        count=len(posts),
        more=len(posts) > number * _PER_PAGE,
        number=number,
        as_owner=_as_owner(),
    )
    return flask.Response(page)


def _told(world: World, post: Status) -> dict[str, object]:
    """A post as the page shows it."""
    return {
        "url": entities.page_of(world, post) + ("?as=owner" if _as_owner() else ""),
        "content": entities.content(world, post),
        "at": datetime.fromtimestamp(post.made_at if post.shown_at is None else post.shown_at, UTC),
        "edited": post.edited_at is not None,
        "visibility": post.visibility,
        "warned": post.spoiler or ("Sensitive" if post.sensitive else ""),
        "likes": len(post.favourites),
        "replies": world.replies(post.id),
        "pictures": [
            {"url": entities.address(world, part), "alt": world.alt(post, part.id)} for part in world.pictures_of(post)
        ],
    }
