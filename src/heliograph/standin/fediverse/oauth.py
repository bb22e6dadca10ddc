"""Registration of applications, the page that asks, and tokens."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit

import flask

from heliograph.standin.fediverse.asking import Asked, Route
from heliograph.standin.fediverse.records import Application, Code, Token
from heliograph.standin.fediverse.reply import HTML, Answered, Reply, led_away, said
from heliograph.standin.fediverse.world import World
from heliograph.standin.loopback import is_loopback

OOB = "urn:ietf:wg:oauth:2.0:oob"
_CODE_LIFE_S = 600.0
_MASTODON_FIRST = ("read", "write", "follow", "push", "profile", "admin")


def _refuse(kind: str, text: str, status: int = 400) -> NoReturn:
    told = {"error": kind, "error_description": text}
    raise Answered(said(told | {"message": text, "hint": None} if kind == "invalid_grant" else told, status))


# --- applications -----------------------------------------------------------------------------------------------------


def _register(call: Asked) -> Reply:
    world, traits = call.world, call.traits
    uris = call.many("redirect_uris")
    uris = uris if len(uris) > 1 else [uri for uri in "".join(uris).split("\n") if uri]
    if traits.one_uri and len(uris) > 1:
        uris = ["\n".join(uris)]  # a list becomes one address, to which nothing ever comes back
    if not call.text("client_name") or not uris:
        _refuse("invalid_request", "client_name and redirect_uris are required", 422)
    scopes = "" if traits.small_ids else call.text("scopes", "read")
    made = world.add_application(call.text("client_name"), uris, scopes, call.text("website"))
    told: dict[str, Any] = {
        "id": made.id if traits.small_ids else str(len(world.applications)),
        "name": made.name,
        "website": made.website or None,
        "redirect_uri": "\n".join(uris),
        "client_id": made.id,
        "client_secret": made.secret,
        "vapid_key": None if traits.small_ids else "",
    }
    if not traits.small_ids:
        told |= {"scopes": scopes.split(), "redirect_uris": uris, "client_secret_expires_at": 0}
    return said(told)


def comes_back(application: Application, uri: str, *, any_port: bool) -> bool:
    """Whether an application may be answered at an address."""
    if uri in application.uris:
        return True
    asked = urlsplit(uri)
    if not any_port or not is_loopback(asked.hostname or "") or asked.hostname == "localhost":
        return False
    known = (urlsplit(one) for one in application.uris)
    return any((one.scheme, one.hostname, one.path) == (asked.scheme, asked.hostname, asked.path) for one in known)


# --- the page ---------------------------------------------------------------------------------------------------------


def _ask(call: Asked) -> Reply:
    fields = {name: str(value) for name, value in {**call.args, **call.fields}.items()}
    application = _checked(call.world, fields)
    choice = call.text("choice") if call.method == "POST" else call.dials.authorize
    if choice == "ask":
        html = flask.render_template(
            "authorize.html", application=application, fields=fields, account=call.world.account()
        )
        return Reply(html.encode(), HTML)
    uri, state = fields["redirect_uri"], {"state": fields["state"]} if "state" in fields else {}
    if choice != "yes":
        told = {"error": "access_denied", "error_description": "The resource owner denied the request."}
        return _shown("You said no.", "") if uri == OOB else _back(uri, told | state)
    code = Code(
        secrets.token_urlsafe(32), application.id, call.world.account().id, uri, fields.get("scope", ""),
        call.world.now(), fields.get("code_challenge", ""), fields.get("code_challenge_method", "plain"),
    )  # fmt: skip
    call.world.keep(code)
    return _shown("Your code", code.id) if uri == OOB else _back(uri, {"code": code.id} | state)


def _checked(world: World, fields: Mapping[str, str]) -> Application:
    application = world.applications.get(fields.get("client_id", ""))
    if application is None:
        _refuse("invalid_client", "Client authentication failed due to unknown client.", 401)
    uri, oob = fields.get("redirect_uri", ""), fields.get("redirect_uri") == OOB
    known = comes_back(application, uri, any_port=world.traits.any_port)
    if not known or (oob and not world.traits.shows_code) or fields.get("response_type") != "code":
        _refuse("invalid_request", "The redirect URI included is not valid.")
    wanted = set(fields.get("scope", "").split())
    granted = set(application.scopes.split())
    for scope in wanted:
        known_here = scope in world.traits.scopes or not world.traits.scopes
        registered = not granted or {scope, scope.partition(":")[0]} & granted
        if not known_here or not registered or scope.partition(":")[0] not in _MASTODON_FIRST:
            _refuse("invalid_scope", "The requested scope is invalid, unknown, or malformed.")
    method = fields.get("code_challenge_method", "")
    if "code_challenge" in fields and world.traits.pkce and method not in world.traits.pkce:
        _refuse("invalid_request", "The code_challenge_method must be S256.")
    return application


def _back(uri: str, told: Mapping[str, str]) -> Reply:
    return led_away(f"{uri}{'&' if '?' in uri else '?'}{urlencode(told)}")


def _shown(title: str, code: str) -> Reply:
    return Reply(flask.render_template("code.html", title=title, code=code).encode(), HTML)


# --- tokens -----------------------------------------------------------------------------------------------------------


def _token(call: Asked) -> Reply:
    application = call.world.applications.get(_client(call)[0])
    if application is None or application.secret != _client(call)[1]:
        _refuse("invalid_client", "Client authentication failed.", 401)
    grant = call.text("grant_type")
    if grant == "authorization_code":
        return _told(_from_code(call, application))
    if grant == "refresh_token" and call.traits.refreshes:
        return _told(_refreshed(call, application))
    if grant == "client_credentials":
        return _told(call.world.add_token(application.id, "", call.text("scope", "read")))
    _refuse("unsupported_grant_type", "The authorization grant type is not supported.")


def _client(call: Asked) -> tuple[str, str]:
    kind, _, pair = call.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return call.text("client_id"), call.text("client_secret")
    name, _, secret = base64.b64decode(pair).decode("utf-8", "replace").partition(":")
    return name, secret


def _from_code(call: Asked, application: Application) -> Token:
    code = call.world.codes.get(call.text("code"))
    late = code is None or call.world.now() - code.made_at > _CODE_LIFE_S
    if code is None or late or code.application != application.id or code.uri != call.text("redirect_uri"):
        _refuse("invalid_grant", "The provided authorization grant is invalid, expired, or revoked.")
    call.world.drop(code)
    if code.challenge and call.traits.pkce and not _proven(code, call.text("code_verifier")):
        _refuse("invalid_grant", "Failed to verify `code_verifier`.")
    usual = "read write follow" if call.traits.small_ids else application.scopes or "read"
    return call.world.add_token(application.id, code.account, code.scopes or usual)


def _proven(code: Code, verifier: str) -> bool:
    if code.method == "plain":
        return verifier == code.challenge
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == code.challenge


def _refreshed(call: Asked, application: Application) -> Token:
    asked = call.text("refresh_token")
    old = next((one for one in call.world.tokens.values() if one.refresh and one.refresh == asked), None)
    if old is None or old.revoked or old.application != application.id:
        _refuse("invalid_grant", "The refresh token is invalid.", 401)
    call.world.revoke(old.id)
    return call.world.add_token(application.id, old.account, old.scopes)


def _told(token: Token) -> Reply:
    told: dict[str, Any] = {"access_token": token.id, "token_type": "Bearer", "created_at": int(token.made_at)}
    if token.expires_at is None:
        return said(told | {"scope": token.scopes})
    return said(told | {"expires_in": int(token.expires_at - token.made_at), "refresh_token": token.refresh})


def _revoke(call: Asked) -> Reply:
    token = call.world.tokens.get(call.text("token"))
    if token is not None and token.application != _client(call)[0]:
        _refuse("unauthorized_client", "You are not authorized to revoke this token", 403)
    if token is not None:
        call.world.revoke(token.id)
    return said({})


ROUTES = (
    Route("POST", "/api/v1/apps", _register, kind="apps"),
    Route("GET", "/oauth/authorize", _ask),
    Route("POST", "/oauth/authorize", _ask),
    Route("POST", "/oauth/token", _token),
    Route("POST", "/oauth/revoke", _revoke, there=lambda traits: traits.revokes),
)
