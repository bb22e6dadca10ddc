"""The account of who calls."""

from __future__ import annotations

from heliograph.standin.fediverse.asking import Asked, Route
from heliograph.standin.fediverse.discovery import alt_len
from heliograph.standin.fediverse.entities import LICENCES, account
from heliograph.standin.fediverse.places import found
from heliograph.standin.fediverse.reply import Refusal, Reply, said
from heliograph.standin.fediverse.traits import Traits, Why


def _pixelfed(traits: Traits) -> bool:
    return traits.pixelfed


def _verify(call: Asked) -> Reply:
    if not call.dials.never_active and not call.me.active:
        call.me.active = True
        call.world.keep(call.me)
    return said(account(call.world, call.me, own=True), known=call.me.id)


def _update(call: Asked) -> Reply:
    """Pixelfed's licence for uploads; other fields of a profile are taken and not kept."""
    if call.has("license") and call.traits.pixelfed:
        number = call.text("license")
        if not number.isdigit() or int(number) not in LICENCES:
            raise Refusal(Why.INVALID, "The selected license is invalid.", name="license")
        call.me.licence = int(number)
        call.world.keep(call.me)
    return said(account(call.world, call.me, own=True), known=call.me.id)


def _preferences(call: Asked) -> Reply:
    return said(
        {
            "posting:default:visibility": call.me.visibility,
            "posting:default:sensitive": False,
            "posting:default:language": None,
            "reading:expand:media": "default",
            "reading:expand:spoilers": False,
        }
    )


def _compose(call: Asked) -> Reply:
    return said(
        {
            "default_license": call.me.licence,
            "media_descriptions": False,
            "max_altext_length": str(alt_len(call.world)),
            "default_scope": call.me.visibility,
        }
    )


ROUTES = (
    Route("GET", "/api/v1/accounts/verify_credentials", _verify, "read:accounts"),
    Route("PATCH", "/api/v1/accounts/update_credentials", _update, "write:accounts"),
    Route("POST", "/api/v1/accounts/update_credentials", _update, "write:accounts", _pixelfed),
    Route("GET", "/api/v1/preferences", _preferences, "read:accounts"),
    Route("GET", "/api/v1.1/compose/settings", _compose, "read", _pixelfed),
    Route(
        "GET",
        "/api/v1.1/compose/search/location",
        lambda call: said(found(call.text("q")) if call.text("q") else []),
        "write",
        _pixelfed,
    ),
)
