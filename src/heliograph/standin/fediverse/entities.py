"""Accounts, media and posts as JSON, in the shapes of each software."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any

from heliograph.standin.fediverse import markup, pictures, places
from heliograph.standin.fediverse.records import Account, Media, Status
from heliograph.standin.fediverse.traits import Traits
from heliograph.standin.fediverse.world import World

_BLURHASH = "U4Rfzst8?bt7ogayj[j[~pfQ9Goe%Mj[WBay"
LICENCES = {
    1: ("All Rights Reserved", ""),
    5: ("Public Domain Work", "https://creativecommons.org/publicdomain/mark/1.0/"),
    6: ("Public Domain Dedication (CC0)", "https://creativecommons.org/publicdomain/zero/1.0/"),
    11: ("CC BY", "https://creativecommons.org/licenses/by/4.0/"),
    12: ("CC BY-SA", "https://creativecommons.org/licenses/by-sa/4.0/"),
    13: ("CC BY-NC", "https://creativecommons.org/licenses/by-nc/4.0/"),
    14: ("CC BY-NC-SA", "https://creativecommons.org/licenses/by-nc-sa/4.0/"),
    15: ("CC BY-ND", "https://creativecommons.org/licenses/by-nd/4.0/"),
    16: ("CC BY-NC-ND", "https://creativecommons.org/licenses/by-nc-nd/4.0/"),
}
"""Pixelfed's numbers."""


def date(at: float, *, digits: int = 3, whole: bool = False) -> str:
    """ISO 8601 in UTC."""
    stamp = datetime.fromtimestamp(int(at) if whole else at, UTC)
    return stamp.strftime("%Y-%m-%dT%H:%M:%S.") + f"{stamp.microsecond:06d}"[:digits] + "Z"


def account(world: World, one: Account, *, own: bool = False) -> dict[str, Any]:
    """An account; with `own` as its owner sees it."""
    traits = world.traits
    url = f"{world.address}/{'' if traits.pixelfed else '@'}{one.name}"
    blank = f"{world.address}/page/avatar.png"
    posts = [status for status in world.posts if status.account == one.id]
    told = {
        "id": one.id,
        "username": one.name,
        "acct": one.name,
        "display_name": one.name.capitalize(),
        "locked": False,
        "discoverable": True,
        "bot": False,
        "created_at": date(one.made_at, digits=6 if traits.pixelfed else 3),
        "note": "",
        "url": url,
        "avatar": blank,
        "avatar_static": blank,
        "header": blank,
        "header_static": blank,
        "followers_count": 0,
        "following_count": 0,
        "statuses_count": len(posts),
        "last_status_at": date(posts[0].made_at)[:10] if posts and not traits.pixelfed else None,
        "emojis": [],
        "fields": [],
    }
    if not traits.pixelfed:
        told |= {"uri": f"{world.address}/users/{one.name}", "group": False}
    if own:
        told["source"] = {
            "privacy": one.visibility, "sensitive": False, "language": "en", "note": "", "fields": [],
        }  # fmt: skip
    return told


def media(world: World, one: Media, *, pending: bool = False) -> dict[str, Any]:
    """A picture that was just sent, or is asked for by itself."""
    traits = world.traits
    stamp = f"?v={int(one.made_at)}" if traits.pixelfed else ""
    told: dict[str, Any] = {
        "id": one.id,
        "type": "image" if one.width or traits.checks == "nothing" else "unknown",
        "url": None if pending else address(world, one) + stamp,
        "preview_url": address(world, one, small=not traits.pixelfed) + stamp,
        "remote_url": None,
        "text_url": address(world, one) if traits.pixelfed else None,
        "description": one.alt or traits.no_alt,
        "blurhash": _BLURHASH,
    }
    if not traits.pixelfed:
        told["preview_remote_url"] = None
    if traits.tells_meta:
        told["meta"] = _meta(traits, one)
    return told


def address(world: World, one: Media, *, small: bool = False) -> str:
    """Where a picture is."""
    ending = {"image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}.get(world.mime(one), ".jpg")
    return f"{world.address}/media/{one.id}{'_thumb' if small else ''}{ending}"


def _meta(traits: Traits, one: Media) -> dict[str, Any]:
    x, y = (0, 0) if traits.pixelfed else one.focus
    width, height = pictures.size(traits.recipe, one.width, one.height) if one.width else (0, 0)
    told: dict[str, Any] = {"focus": {"x": x, "y": y}, "original": _sized(width, height)}
    if not traits.pixelfed and width:
        scale = min(1.0, 640 / max(width, height))
        told["small"] = _sized(max(1, int(width * scale)), max(1, int(height * scale)))
    return told


def _sized(width: int, height: int) -> dict[str, Any]:
    return {
        "width": width, "height": height, "size": f"{width}x{height}",
        "aspect": round(width / height, 6) if height else 0,
    }  # fmt: skip


def attachment(world: World, status: Status, one: Media, *, own_form: bool = False) -> dict[str, Any]:
    """A picture as part of a post."""
    traits = world.traits
    told = media(world, one)
    told |= {"description": world.alt(status, one.id) or traits.no_alt}
    if traits.attachment_urls:
        told["id"] = address(world, one)
    if traits.pixelfed:
        told |= {"text_url": None, "meta": _meta(traits, one) if world.worker_ran(one) else None}
    if own_form:
        name, link = LICENCES[one.licence]
        told |= {
            "optimized_url": None,
            "license": None if one.licence == 1 else {"id": one.licence, "title": name, "url": link},
            "is_nsfw": status.sensitive,
            "orientation": "landscape" if one.width > one.height else "portrait",
            "filter_name": None,
            "filter_class": None,
            "mime": "image/jpg" if world.worker_ran(one) and one.mime == "image/jpeg" else one.mime,
        }
    return told


def page_of(world: World, status: Status) -> str:
    """Where people look at a post."""
    name = world.accounts[status.account].name
    return f"{world.address}/{f'p/{name}' if world.traits.pixelfed else f'@{name}'}/{status.id}"


def content(world: World, status: Status) -> str:
    """A post's text as HTML."""
    if not world.traits.pixelfed:
        rel = 'class="mention hashtag" rel="tag"'
        return markup.paragraphs(
            status.text, lambda tag: f'<a href="{world.address}/tags/{tag}" {rel}>#<span>{tag}</span></a>'
        )
    late = world.traits.worker_s if world.dials.worker_s is None else world.dials.worker_s
    if status.escaped:
        return status.text.replace("\n", "<br />\n")
    linked = None if world.now() - status.made_at < late and not world.traits.one_call else _pixelfed_tag(world)
    return markup.lines(status.text, linked)


def _pixelfed_tag(world: World) -> markup.Linked:
    rel = 'class="u-url hashtag" rel="external nofollow noopener"'
    return lambda tag: f'<a href="{world.address}/discover/tags/{tag}?src=hash" title="#{tag}" {rel}>#{tag}</a>'


def status(world: World, one: Status, *, own_form: bool = False, fresh: bool = False) -> dict[str, Any]:
    """A post; with `own_form` as the software itself would have it, `fresh` right after it was made."""
    traits = world.traits
    url = page_of(world, one)
    language = ("en" if fresh else None) if traits.language == "en" else one.language
    tags = f"{world.address}/{'discover/tags' if traits.pixelfed else 'tags'}"
    parent = world.statuses.get(one.reply_to)
    program = {"name": "web" if traits.pixelfed else one.application, "website": None}
    told: dict[str, Any] = {
        "id": one.id,
        "uri": url
        if traits.pixelfed
        else f"{world.address}/users/{world.accounts[one.account].name}/statuses/{one.id}",
        "url": url,
        "in_reply_to_id": parent.id if parent else None,
        "in_reply_to_account_id": parent.account if parent else None,
        "reblog": None,
        "content": content(world, one),
        "created_at": date(one.made_at if one.shown_at is None else one.shown_at, whole=traits.pixelfed),
        "emojis": [],
        "reblogs_count": 0,
        "favourites_count": len(one.favourites),
        "replies_count": len(world.replies(one.id)),
        "reblogged": False,
        "favourited": False,
        "muted": False,
        "bookmarked": False,
        "sensitive": one.sensitive,
        "spoiler_text": one.spoiler,
        "visibility": one.visibility,
        "application": program if program["name"] else None,
        "language": language,
        "mentions": [],
        "media_attachments": [attachment(world, one, part, own_form=own_form) for part in world.pictures_of(one)],
        "account": account(world, world.accounts[one.account]),
        "tags": [{"name": _tag_name(traits, name), "url": f"{tags}/{escape(name)}"} for name in one.tags],
        "poll": None,
        "card": None,
        "edited_at": date(one.edited_at) if one.edited_at is not None else None,
    }
    if own_form:
        told |= _own_form(world, one)
    return told


def _tag_name(traits: Traits, name: str) -> str:
    return name if traits.pixelfed else name.lower()


def _own_form(world: World, one: Status) -> dict[str, Any]:
    kind = "photo" if len(one.media) == 1 else "photo:album" if one.media else "text"
    return {
        "_v": 1,
        "shortcode": one.id[-8:],
        "content_text": one.text,
        "pf_type": kind,
        "reply_count": len(world.replies(one.id)),
        "comments_disabled": one.comments_disabled,
        "thread": False,
        "replies": [],
        "parent": [],
        "place": places.shown(one.place),
        "local": True,
        "taggedPeople": [],
        "label": None,
        "liked_by": {"username": one.favourites[-1] if one.favourites else None, "others": len(one.favourites) > 1},
        "pinned": False,
    }
