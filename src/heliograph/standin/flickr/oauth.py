"""Who is calling: every signature, timestamp, nonce and token is truly looked at.

Source: https://www.flickr.com/services/api/auth.oauth.html and recorded refusals (November 2026).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from heliograph.standin.flickr.element import Failure
from heliograph.standin.flickr.manners import Manners
from heliograph.standin.flickr.registry import Key, Registry, RequestToken, Token
from heliograph.standin.flickr.signature import Request

_REQUIRED = ("oauth_signature_method", "oauth_timestamp", "oauth_nonce", "oauth_signature")
_KEY_LENGTHS = range(16, 65)
_TIMESTAMP_DIGITS = 12


class Problem(StrEnum):
    """What was wrong with the OAuth part of a call, in Flickr's words."""

    KEY_REJECTED = "consumer_key_rejected"
    KEY_UNKNOWN = "consumer_key_unknown"
    NONCE_USED = "nonce_used"
    PARAMETER_ABSENT = "parameter_absent"
    PARAMETER_REJECTED = "parameter_rejected"
    PERMISSION_DENIED = "permission_denied"
    SIGNATURE_INVALID = "signature_invalid"
    TIMESTAMP_REFUSED = "timestamp_refused"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105  a word of the protocol
    TOKEN_REJECTED = "token_rejected"  # noqa: S105  likewise
    VERIFIER_INVALID = "verifier_invalid"


class Refusal(Exception):
    """Answered with HTTP 401 and this as plain text."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(f"oauth_problem={problem}{'&' if detail else ''}{detail}")
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose call it is."""

    key: str
    token: str = ""
    nsid: str = ""
    """Empty: an application without a user."""
    perms: int = 0


class Gate:
    """Checks signed requests against the registry and hands out tokens."""

    def __init__(self, registry: Registry, now: Callable[[], float], manners: Manners) -> None:
        self.registry = registry
        self.manners = manners
        self._now = now
        self._swept_at = now()

    def now(self) -> float:
        """The service's own time, unix seconds."""
        return self._now() + self.manners.clock_skew_s

    # --- calls --------------------------------------------------------------------------------------------------------

    def signer(self, request: Request) -> Signer | None:
        """Whose call it is; `None` where it is not signed and carries a good `api_key` only.

        Raises:
            Failure: 98 for a bad token, 100 for a bad key.
            Refusal: the signature or what belongs to it is not right.
        """
        if not request.get("oauth_consumer_key"):
            self._check_api_key(request.get("api_key"))
            return None
        key = self._key(request)
        name = request.get("oauth_token")
        if not name:
            self._check_signature(request, key, "")
            return Signer(request.get("oauth_consumer_key"))
        token = self.registry.tokens.get(name)
        if token is None or token.key != request.get("oauth_consumer_key"):
            raise self._bad_token()
        self._check_signature(request, key, token.secret)
        return Signer(token.key, name, token.nsid, token.perms)

    def _check_api_key(self, name: str) -> None:
        if len(name) not in _KEY_LENGTHS or not name.isalnum():
            raise Failure(100, "Invalid API Key (Key has invalid format)")
        key = self.registry.keys.get(name)
        if key is None:
            raise Failure(100, "Invalid API Key (Key not found)")
        self._check_not_expired(key)

    def _check_not_expired(self, key: Key) -> None:
        if key.expired:
            raise Failure(100, "Invalid API Key (Key has expired)")

    def _bad_token(self) -> Failure | Refusal:
        if self.manners.revoked_as == "http":
            return Refusal(Problem.TOKEN_REJECTED)
        return Failure(98, "Invalid auth token")

    # --- signing in ---------------------------------------------------------------------------------------------------

    def request_token(self, request: Request) -> tuple[str, str]:
        """Token and secret with which a sign-in begins.

        Raises:
            Refusal: something about the call is not right.
        """
        key = self._signing_in(request)
        callback = request.get("oauth_callback")
        if not callback:
            raise Refusal(Problem.PARAMETER_ABSENT, "oauth_parameters_absent=oauth_callback")
        self._check_signature(request, key, "")
        if callback != "oob" and urlsplit(callback).scheme not in {"http", "https"}:
            raise Refusal(Problem.PARAMETER_REJECTED, "oauth_parameters_rejected=oauth_callback")
        return self.registry.add_request_token(request.get("oauth_consumer_key"), callback)

    def access_token(self, request: Request) -> tuple[str, Token]:
        """The token that ends a sign-in; the sign-in cannot be used twice.

        Raises:
            Refusal: likewise, and where the owner has not said yes or the code is not the one shown.
        """
        key = self._signing_in(request)
        absent = [name for name in ("oauth_token", "oauth_verifier") if not request.get(name)]
        if absent:
            raise Refusal(Problem.PARAMETER_ABSENT, f"oauth_parameters_absent={'&'.join(absent)}")
        with self.registry.lock:
            sign_in = self._sign_in(request)
            self._check_signature(request, key, sign_in.secret)
            self._check_answer(sign_in, request.get("oauth_verifier"))
            del self.registry.request_tokens[request.get("oauth_token")]
            name, _ = self.registry.add_token(sign_in.key, sign_in.nsid, sign_in.perms)
            return name, self.registry.tokens[name]

    def _signing_in(self, request: Request) -> Key:
        try:
            return self._key(request)
        except Failure as error:
            raise Refusal(Problem.KEY_REJECTED) from error

    def _sign_in(self, request: Request) -> RequestToken:
        sign_in = self.registry.request_tokens.get(request.get("oauth_token"))
        if sign_in is None or sign_in.key != request.get("oauth_consumer_key"):
            raise Refusal(Problem.TOKEN_REJECTED)
        if self.registry.outlived(sign_in):
            raise Refusal(Problem.TOKEN_EXPIRED)
        return sign_in

    def _check_answer(self, sign_in: RequestToken, verifier: str) -> None:
        if sign_in.denied or not sign_in.verifier:
            raise Refusal(Problem.PERMISSION_DENIED)
        if verifier != sign_in.verifier:
            raise Refusal(Problem.VERIFIER_INVALID)

    # --- what every signed request must hold --------------------------------------------------------------------------

    def _key(self, request: Request) -> Key:
        """The caller's key, once everything but the signature was looked at."""
        absent = [name for name in ("oauth_consumer_key", *_REQUIRED) if not request.get(name)]
        if absent:
            raise Refusal(Problem.PARAMETER_ABSENT, f"oauth_parameters_absent={'&'.join(absent)}")
        key = self.registry.keys.get(request.get("oauth_consumer_key"))
        if key is None:
            raise Refusal(Problem.KEY_UNKNOWN)
        self._check_not_expired(key)
        for name, allowed in (("oauth_signature_method", {"HMAC-SHA1"}), ("oauth_version", {"", "1.0"})):
            if request.get(name) not in allowed:
                raise Refusal(Problem.PARAMETER_REJECTED, f"oauth_parameters_rejected={name}")
        self._check_timestamp(request.get("oauth_timestamp"))
        return key

    def _check_timestamp(self, stamp: str) -> None:
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > _TIMESTAMP_DIGITS:
            raise Refusal(Problem.PARAMETER_REJECTED, "oauth_parameters_rejected=oauth_timestamp")
        if abs(self.now() - int(stamp)) > self.manners.timestamp_window_s:
            raise Refusal(Problem.TIMESTAMP_REFUSED)

    def _check_signature(self, request: Request, key: Key, token_secret: str) -> None:
        """Only what is signed right uses up its nonce."""
        if not request.signed_by(key.secret, token_secret):
            raise Refusal(Problem.SIGNATURE_INVALID, f"debug_sbs={request.base_string}")
        nonce = (request.get("oauth_consumer_key"), request.get("oauth_nonce"), int(request.get("oauth_timestamp")))
        with self.registry.lock:
            self._sweep()
            if nonce in self.registry.nonces:
                raise Refusal(Problem.NONCE_USED)
            self.registry.nonces.add(nonce)

    def _sweep(self) -> None:
        """Forgets nonces whose timestamp would be refused anyway."""
        window_s = self.manners.timestamp_window_s
        if abs(self.now() - self._swept_at) > window_s:
            self._swept_at = self.now()
            self.registry.nonces = {nonce for nonce in self.registry.nonces if abs(self.now() - nonce[2]) <= window_s}
