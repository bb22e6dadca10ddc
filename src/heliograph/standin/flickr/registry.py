"""Keys and tokens as Flickr's side knows them, kept in one file beside the world."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import RLock

LEVELS = ("none", "read", "write", "delete")
"""Names of the permissions; each holds those before it."""
REQUEST_TOKEN_LIFE_S = 3600.0


@dataclass(slots=True)
class Key:
    """An application's key."""

    secret: str
    expired: bool = False


@dataclass(slots=True)
class Token:
    """What an application may do in one account, without an end until it is revoked."""

    secret: str
    key: str
    nsid: str
    perms: int
    """Index into `LEVELS`."""


@dataclass(slots=True)
class RequestToken:
    """A sign-in that is not finished."""

    secret: str
    key: str
    callback: str
    """A URL, or `oob` for a code that is shown."""
    made_at: float
    nsid: str = ""
    perms: int = 0
    verifier: str = ""
    """Empty until somebody says yes."""
    denied: bool = False


class Registry:
    """Who may call. Safe to be used from several threads; every change of keys and tokens is saved at once."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        self._file = folder / "oauth.json"
        self._now = now
        self.lock = RLock()
        kept = json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else {}
        self.keys = {name: Key(**form) for name, form in kept.get("keys", {}).items()}
        self.tokens = {name: Token(**form) for name, form in kept.get("tokens", {}).items()}
        self.request_tokens = {name: RequestToken(**form) for name, form in kept.get("request_tokens", {}).items()}
        self.nonces = {(key, nonce, stamp) for key, nonce, stamp in kept.get("nonces", ())}

    def save(self) -> None:
        """Writes everything, nonces too, replacing the file in one step."""
        with self.lock:
            form = {
                "keys": {name: asdict(key) for name, key in self.keys.items()},
                "tokens": {name: asdict(token) for name, token in self.tokens.items()},
                "request_tokens": {name: asdict(token) for name, token in self.request_tokens.items()},
                "nonces": sorted(self.nonces),
            }
            fresh = self._file.with_suffix(".new")
            fresh.write_text(json.dumps(form, indent=1), encoding="utf-8")
            fresh.replace(self._file)

    def add_key(self, key: str = "", secret: str = "") -> tuple[str, str]:
        """Key and secret of an application, new ones where none are given."""
        key, secret = key or secrets.token_hex(16), secret or secrets.token_hex(8)
        with self.lock:
            self.keys[key] = Key(secret)
            self.save()
        return key, secret

    def add_token(self, key: str, nsid: str, perms: int) -> tuple[str, str]:
        """Token and secret that let an application act in an account, as if somebody had just said yes."""
        token, secret = self._new_token()
        with self.lock:
            self.tokens[token] = Token(secret, key, nsid, perms)
            self.save()
        return token, secret

    def revoke(self, token: str) -> bool:
        """Whether there was such a token; it is refused from now on."""
        with self.lock:
            known = self.tokens.pop(token, None) is not None
            self.save()
        return known

    def expire(self, key: str, *, expired: bool = True) -> bool:
        """Whether there is such a key; it is refused from now on, as one that was disabled for overuse."""
        with self.lock:
            known = self.keys.get(key)
            if known is not None:
                known.expired = expired
                self.save()
        return known is not None

    def add_request_token(self, key: str, callback: str) -> tuple[str, str]:
        """Token and secret of a sign-in that begins."""
        token, secret = self._new_token()
        with self.lock:
            self._forget_old_sign_ins()
            self.request_tokens[token] = RequestToken(secret, key, callback, self._now())
            self.save()
        return token, secret

    def authorize(self, token: str, nsid: str, perms: int) -> str:
        """The verifier of a sign-in to which the account's owner said yes: nine digits, `123-456-789`.

        Raises:
            KeyError: there is no such sign-in, or it is over.
        """
        digits = f"{secrets.randbelow(10**9):09d}"
        verifier = f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
        with self.lock:
            sign_in = self._open_sign_in(token)
            sign_in.nsid, sign_in.perms, sign_in.verifier = nsid, perms, verifier
            self.save()
        return verifier

    def deny(self, token: str) -> None:
        """Ends a sign-in to which the account's owner said no.

        Raises:
            KeyError: there is no such sign-in, or it is over.
        """
        with self.lock:
            self._open_sign_in(token).denied = True
            self.save()

    def sign_in(self, token: str) -> RequestToken | None:
        """A sign-in that waits for its yes, or `None`."""
        with self.lock:
            try:
                return self._open_sign_in(token)
            except KeyError:
                return None

    def outlived(self, sign_in: RequestToken) -> bool:
        """Whether a sign-in was begun too long ago."""
        return self._now() - sign_in.made_at > REQUEST_TOKEN_LIFE_S

    def _open_sign_in(self, token: str) -> RequestToken:
        sign_in = self.request_tokens[token]
        if sign_in.denied or sign_in.verifier or self.outlived(sign_in):
            raise KeyError(token)
        return sign_in

    def _forget_old_sign_ins(self) -> None:
        kept = {
            name: token
            for name, token in self.request_tokens.items()
            if self._now() - token.made_at <= 2 * REQUEST_TOKEN_LIFE_S
        }
        self.request_tokens = kept

    def _new_token(self) -> tuple[str, str]:
        """In Flickr's shape: `72157` and more digits, a dash, 16 hex digits; and a secret of 16."""
        return f"72157{secrets.randbelow(10**12):012d}-{secrets.token_hex(8)}", secrets.token_hex(8)
