"""What a server says of itself: its software and its limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from heliograph.standin.fediverse.asking import Asked, Route
from heliograph.standin.fediverse.entities import account
from heliograph.standin.fediverse.reply import Reply, page, said
from heliograph.standin.fediverse.traits import KIB, Traits
from heliograph.standin.fediverse.world import World

_NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/2.0"
_NODEINFOS = ("/nodeinfo/2.0", "/nodeinfo_2_0", "/api/nodeinfo/2.0.json")
_VIDEO_BYTES = 103_809_024


def text_len(world: World) -> int:
    """Longest text of a post."""
    return world.traits.text_len if world.dials.text_len is None else world.dials.text_len


def alt_len(world: World) -> int | None:
    """Longest alt text; `None`: any."""
    return world.traits.alt_len if world.dials.alt_len is None else world.dials.alt_len


def pictures_max(world: World) -> int:
    """Pictures of a post, as the server says."""
    return world.traits.pictures if world.dials.pictures is None else world.dials.pictures


def image_bytes(world: World) -> int:
    """Bytes of a picture, as the server says."""
    return world.traits.image_bytes if world.dials.image_bytes is None else world.dials.image_bytes


def _claimed(world: World) -> str:
    return world.traits.claims.replace("{version}", world.version)


def _links(call: Asked) -> Reply:
    href = call.world.address + call.traits.nodeinfo
    return said({"links": [{"rel": _NODEINFO, "href": href}]})


def _nodeinfo(call: Asked) -> Reply:
    world = call.world
    usage = {"users": {"total": len(world.accounts)}, "localPosts": len(world.posts)}
    return said(
        {
            "version": "2.0",
            "software": {"name": call.traits.software, "version": world.version},
            "protocols": ["activitypub"],
            "services": {"outbound": [], "inbound": []},
            "usage": usage,
            "openRegistrations": False,
            "metadata": {},
        }
    )


def _configuration(world: World, px: int) -> dict[str, Any]:
    traits = world.traits
    media: dict[str, Any] = {
        "supported_mime_types": list(traits.types),
        "image_size_limit": image_bytes(world),
        "image_matrix_limit": px,
        "video_size_limit": image_bytes(world) if traits.pixelfed else _VIDEO_BYTES,
        "video_frame_rate_limit": 120,
        "video_matrix_limit": px,
    }
    if traits.tells_alt_len:
        media["description_limit"] = alt_len(world)
    return {
        "statuses": {
            "max_characters": text_len(world),
            "max_media_attachments": pictures_max(world),
            "characters_reserved_per_url": 25 if traits.ids == "ulid" else 23,
        },
        "media_attachments": media,
    }


def _v1(call: Asked) -> Reply:
    world = call.world
    told = {
        "uri": world.address.partition("://")[2],
        "title": f"{world.traits.profile} stand-in",
        "short_description": "Plays a server on this machine.",
        "description": "Plays a server on this machine.",
        "email": "",
        "version": _claimed(world),
        "urls": {},
        "stats": {"user_count": len(world.accounts), "status_count": len(world.posts), "domain_count": 0},
        "thumbnail": f"{world.address}/page/avatar.png",
        "languages": ["en"],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "contact_account": None,
        "rules": [],
        "configuration": _configuration(world, world.traits.matrix[0]),
    }
    return said(told, headers={"Deprecation": "@1668384000"} if world.traits.api_level else {})


def _v2(call: Asked) -> Reply:
    world = call.world
    told: dict[str, Any] = {
        "domain": world.address.partition("://")[2],
        "title": f"{world.traits.profile} stand-in",
        "version": _claimed(world),
        "source_url": "",
        "description": "Plays a server on this machine.",
        "usage": {"users": {"active_month": len(world.accounts)}},
        "thumbnail": {"url": f"{world.address}/page/avatar.png"},
        "languages": ["en"],
        "registrations": {"enabled": False, "approval_required": False, "message": None},
        "contact": {"email": "", "account": account(world, world.account())},
        "rules": [],
        "configuration": _configuration(world, world.traits.matrix[1]),
    }
    if world.traits.api_level is not None:
        told["api_versions"] = {"mastodon": world.traits.api_level}
    return said(told)


def _config(call: Asked) -> Reply:
    """Pixelfed's own; numbers may arrive as text."""
    world = call.world
    uploader = {
        "max_photo_size": str(image_bytes(world) // KIB),
        "max_caption_length": str(text_len(world)),
        "max_altext_length": str(alt_len(world)),
        "album_limit": pictures_max(world),
        "image_quality": 80,
        "max_collection_length": 100,
        "optimize_image": True,
        "optimize_video": True,
        "media_types": ",".join(world.traits.types),
        "mime_types": list(world.traits.types),
        "enforce_account_limit": True,
    }
    return said(
        {
            "version": world.version,
            "open_registration": False,
            "uploader": uploader,
            "features": {"mobile_apis": True, "circles": False},
            "ab": {"pue": world.dials.editing, "emc": True},
            "site": {"name": "stand-in", "url": world.address},
        }
    )


def _metadata(call: Asked) -> Reply:
    url = call.world.address
    if not call.traits.oauth_metadata:
        return page(200, "Welcome") if call.traits.pixelfed else page(404)
    return said(
        {
            "issuer": f"{url}/",
            "service_documentation": "https://docs.joinmastodon.org/",
            "authorization_endpoint": f"{url}/oauth/authorize",
            "token_endpoint": f"{url}/oauth/token",
            "app_registration_endpoint": f"{url}/api/v1/apps",
            "revocation_endpoint": f"{url}/oauth/revoke",
            "scopes_supported": ["read", "read:accounts", "read:statuses", "write", "write:media", "write:statuses"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


def _has(path: str) -> Callable[[Traits], bool]:
    return lambda traits: traits.nodeinfo.rstrip("/") == path


ROUTES = (
    Route("GET", "/.well-known/nodeinfo", _links),
    *(Route("GET", path, _nodeinfo, there=_has(path)) for path in _NODEINFOS),
    Route("GET", "/api/v1/instance", _v1),
    Route("GET", "/api/v2/instance", _v2, there=lambda traits: traits.v2_instance),
    Route("GET", "/api/v2/config", _config, there=lambda traits: traits.pixelfed),
    Route("GET", "/.well-known/oauth-authorization-server", _metadata),
)
