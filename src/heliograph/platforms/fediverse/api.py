"""Calling a server: one method for each of its calls, its errors made ours, its answers bounded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from heliograph.errors import Busy, Gone, HeliographError, Mistake, Refused, SignInNeeded
from heliograph.model import Rate, RenditionFile
from heliograph.platforms.fediverse.account import CREDENTIALS, identity
from heliograph.platforms.fediverse.dialects import Dialect
from heliograph.platforms.fediverse.places import PATH as CITIES
from heliograph.ports import Budget, Means
from heliograph.wire import Answer, Pace, Timeouts, Upload, Wire

LOOK, UPLOAD, POST, MEDIA, DELETE, IMAGES = "look", "upload", "post", "media edit", "delete", "pictures"
EVERY = "*"
PAGE = 40
"""Posts that a listing gives at once, at most. Source: Mastodon and Pixelfed (2026-11)."""
STATUSES = "/api/v1/statuses"
_FILENAME = {"image/png": "photo.png", "image/webp": "photo.webp", "image/gif": "photo.gif"}
"""Says nothing, and in ASCII: snac takes no other. Source: snac 2.94 as it ran (2026-11)."""
_TIMEOUTS = Timeouts(read_s=180.0, write_s=120.0, total_s=300.0, attempts=4)
"""Pixelfed may take ten seconds for a picture. Source: Pixelfed 0.12.4 as it ran (2026-11)."""
_JSON = {"Accept": "application/json"}
_MAX_BYTES = 8 * 1024 * 1024
_PICTURE_BYTES = 100 * 1024 * 1024
_OK, _ACCEPTED, _PARTIAL = 200, 202, 206
_BAD, _FORBIDDEN, _NOT_FOUND, _GONE, _INVALID, _BROKEN = 400, 403, 404, 410, 422, 500
_REDIRECTS = range(300, 400)
_TOO_MANY, _WAITS = 429, {"retry-after", "x-ratelimit-reset"}
_REST_S = 60.0
"""Source: Pixelfed counts edits of alt texts by the minute, and says nothing more (2026-11)."""
_NO_RECORD = "No query results"
_NO_LIST, _NO_ACCOUNT = "holds no list of posts", "names no account"
_NO_DELETED = "names no post, and the post is still there"
_WORDS_LEN = 200

Form = Mapping[str, Any]


class Told(Refused):
    """The server said no, in words of its own."""

    def __init__(self, host: str, words: str) -> None:
        super().__init__(f"{host} said no: {words or 'without a word'}. Nothing was changed by it.")
        self.words = words


class Wordless(Refused):
    """The server said no and not why: some say so of a token that they do not accept."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing."""

    items: tuple[dict[str, Any], ...]
    last: bool
    """The server says that no further one follows; most do not say."""


class Api:
    """One server in somebody's name. Threads may share it."""

    def __init__(self, server: str, token: str, dialect: Dialect, means: Means, transport: Any = None) -> None:
        self._server, self._token, self.dialect = server, token, dialect
        self.host = urlsplit(server).netloc
        counted = hashlib.sha256(f"{server} {token}".encode()).hexdigest()[:16]
        self._budgets = _budgets(dialect, means, f"fediverse {counted}")
        general = self._budgets.get(EVERY, ())
        self._wire = Wire(
            server,
            means.clock,
            paces={} if self._budgets else _paces(dialect),
            sign=lambda _: {"Authorization": f"Bearer {token}"},
            translate=_translate,
            secrets=(token,),
            timeouts=_TIMEOUTS,
            budget=general[0] if general else None,
            budgets={kind: given for kind, given in self._budgets.items() if kind != EVERY},
            unbudgeted=(IMAGES,),
            max_answer_bytes=_MAX_BYTES,
            transport=transport,
        )

    @property
    def wire(self) -> Wire:
        """For asking the server about itself."""
        return self._wire

    def close(self) -> None:
        """Closes the connections."""
        self._wire.close()

    def left(self) -> Mapping[str, int]:
        """Kind of call -> how many may be made now."""
        return {kind: min(one.left() for one in given) for kind, given in self._budgets.items() if given}

    def whose(self) -> tuple[str, str]:
        """Id and name of the account that the token is for.

        Raises:
            SignInNeeded: the server does not accept it.
        """
        try:
            answer = self._wire.call("GET", CREDENTIALS, kind=LOOK, repeatable=True, headers=_JSON)
        except Refused as no:
            message = f"{self.host} does not accept the token any more ({no}) Sign in again: helio signin"
            raise SignInNeeded(message) from no
        found = identity(answer.json(), self._server)
        if found is None:
            raise answer.unreadable(_NO_ACCOUNT)
        return found

    def posts_count(self) -> int:
        """How many posts the account has, of any kind; 0 where the server does not say."""
        form = self._called("GET", CREDENTIALS, LOOK).json()
        count = form.get("statuses_count") if isinstance(form, dict) else 0
        return count if isinstance(count, int) else 0

    # -- looking --

    def listing(self, account: str, *, below: str = "", only_media: bool = False) -> Page:
        """Posts of an account, the newest first, from `below` an id on."""
        params = {"limit": str(PAGE), **self._entity()}
        if below:
            params["max_id"] = below
        if only_media:
            params["only_media"] = "true"
        answer = self._called("GET", f"/api/v1/accounts/{account}/statuses", LOOK, params=params)
        form = answer.json()
        if not isinstance(form, list):
            raise answer.unreadable(_NO_LIST)
        link = answer.headers.get("link", "")
        return Page(tuple(one for one in form if isinstance(one, dict)), bool(link) and 'rel="next"' not in link)

    def status(self, id_: str) -> Any:
        """A post."""
        return self._called("GET", f"{STATUSES}/{id_}", LOOK, params=self._entity()).json()

    def licence(self) -> Any:
        """What Pixelfed lets the account choose beforehand."""
        return self._called("GET", "/api/v1.1/compose/settings", LOOK).json()

    def cities(self, name: str) -> Any:
        """Pixelfed's cities of a name."""
        return self._called("GET", CITIES, LOOK, params={"q": name}).json()

    # -- changing --

    def upload(self, file: RenditionFile, alt: str, path: str) -> Answer:
        """What a server says of a picture that it was sent; nobody sees it yet."""
        name = _FILENAME.get(file.media_type, "photo.jpg")
        data = {"description": alt} if alt else {}
        files = {"file": Upload(file.path, name, file.media_type)}
        return self._called("POST", path, UPLOAD, data=data, files=files)

    def media(self, id_: str) -> Answer:
        """A picture that is in no post yet."""
        return self._called("GET", f"/api/v1/media/{id_}", LOOK)

    def post(self, form: Form, key: str) -> Answer:
        """The answer with the new post.

        Raises:
            Uncertain: the answer was lost.
        """
        headers = {"Idempotency-Key": key} if key else {}
        return self._called("POST", STATUSES, POST, json=form, headers=headers, repeatable=False)

    def edit(self, id_: str, form: Form) -> Answer:
        """Sets a post as a whole."""
        return self._called("PUT", f"{STATUSES}/{id_}", POST, json=form)

    def describe(self, media: str, alt: str) -> Any:
        """Sets an alt text. Never as a form with parts: Pixelfed does not read those, and empties it."""
        return self._called("PUT", f"/api/v1/media/{media}", MEDIA, json={"description": alt}).json()

    def set_licence(self, number: str) -> None:
        """Of all uploads from now on."""
        answer = self._called("PATCH", "/api/v1/accounts/update_credentials", LOOK, json={"license": number})
        if _holds_nothing(answer):
            raise answer.unreadable(_NO_ACCOUNT)

    def delete(self, id_: str) -> None:
        """Gone already is success."""
        try:
            answer = self._called("DELETE", f"{STATUSES}/{id_}", DELETE)
            if _holds_nothing(answer):  # who answers so may not be the server: it is looked whether the post is there
                self.status(id_)
                raise answer.unreadable(_NO_DELETED)
        except Gone:
            return

    def picture(self, url: str, into: Path, max_bytes: int = _PICTURE_BYTES) -> None:
        """A picture, from whichever host the server names; who asks is not told there."""
        try:
            self._wire.call("GET", url, kind=IMAGES, repeatable=True, signed=False, into=into, max_bytes=max_bytes)
        except (SignInNeeded, Mistake) as error:  # whoever holds the picture has no say about our account or settings
            message = f"The picture cannot be had from where {self.host} says it is. Nothing was changed."
            raise Refused(message) from error

    def _entity(self) -> dict[str, str]:
        name, _, value = self.dialect.entity.partition("=")
        return {name: value} if name else {}

    def _called(
        self,
        method: str,
        path: str,
        kind: str,
        *,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = True,
        **given: Any,
    ) -> Answer:
        sent = {**_JSON, **(headers or {})}
        try:
            return self._wire.call(method, path, kind=kind, repeatable=repeatable, headers=sent, **given)
        except Wordless:
            self.whose()
            raise


def _rates(dialect: Dialect) -> dict[str, Sequence[Rate]]:
    return {
        EVERY: dialect.calls,
        UPLOAD: dialect.uploads,
        POST: dialect.posts,
        MEDIA: dialect.media_edits,
        DELETE: dialect.deletes,
    }


def _budgets(dialect: Dialect, means: Means, name: str) -> dict[str, tuple[Budget, ...]]:
    """One for each rate; their names hold kind and window, so that each is counted for itself."""
    make = means.budget
    if make is None:
        return {}
    return {
        kind: tuple(make(f"{name} {kind} {rate.window_s}", rate.count, rate.window_s) for rate in rates)
        for kind, rates in _rates(dialect).items()
        if rates
    }


def _paces(dialect: Dialect) -> dict[str, Pace]:
    """In place of budgets where nobody counts across processes."""
    return {kind: Pace(rates[0].count, float(rates[0].window_s)) for kind, rates in _rates(dialect).items() if rates}


# --- what answers mean ------------------------------------------------------------------------------------------------


def _translate(answer: Answer) -> None:
    """What an answer says beyond its status.

    Source: Pixelfed 0.11 and 0.12, GoToSocial 0.20, snac 2.94 and Takahe 0.11 as they ran (2026-11): status 500 stands
    for what is not valid, not found or not allowed on Pixelfed, 422 and 400 without words for a wrong token elsewhere.
    """
    status, words = answer.status, _words(answer)
    if status in _REDIRECTS:
        raise SignInNeeded(_led_away(answer))
    if status == _TOO_MANY and not answer.headers.keys() & _WAITS:
        message = f"{answer.host} asks for fewer calls and does not say until when. This one was not carried out"
        raise Busy(message, _REST_S)
    if words.startswith("Unauthenticated"):
        message = f"{answer.host} does not accept the token any more. Nothing was changed; sign in again: helio signin"
        raise SignInNeeded(message)
    if _says_no(answer, words):
        raise Told(answer.host, words)
    if status in {_NOT_FOUND, _GONE} or (status >= _BROKEN and words.startswith(_NO_RECORD)):
        message = f"{answer.host} does not have it any more (HTTP {status})"
        raise Gone(message)
    if status in {_BAD, _INVALID}:
        message = f"{answer.host} turned this down without saying why (HTTP {status}). Nothing was changed by it."
        raise Wordless(message)
    if status == _BROKEN and answer.repeatable:
        message = f"{answer.host} has trouble of its own (HTTP {status}); run again later"
        raise Busy(message)


def _says_no(answer: Answer, words: str) -> bool:
    """Whether it is a definite no with a reason, whatever its status."""
    if answer.status >= _BROKEN:
        return _is_invalid(answer) or "unauthorized" in words
    if answer.status == _FORBIDDEN:
        return bool(words) and "scope" not in words
    if answer.status == _NOT_FOUND:
        return "not enabled" in words
    return answer.status in {_BAD, _INVALID} and bool(words)


def _led_away(answer: Answer) -> str:
    where = answer.headers.get("location", "")
    if "verify-email" in where:
        return f"{answer.host} wants your e-mail address to be confirmed first; do it there, in your account"
    return (
        f"{answer.host} sends us to another address, which is not followed. Nothing was changed. Check `url` in the "
        "settings, then sign in again: helio signin"
    )


def _holds_nothing(answer: Answer) -> bool:
    """Whether it is no object: a page of a network that wants something first, an empty list, or nothing at all."""
    try:
        return not isinstance(answer.json(), dict)
    except HeliographError:
        return True


def _is_invalid(answer: Answer) -> bool:
    try:
        form = answer.json()
    except Exception:  # noqa: BLE001 - a page, or nothing at all: no word of what was wrong
        return False
    return isinstance(form, dict) and bool(form.get("errors"))


def _words(answer: Answer) -> str:
    """The server's own words, the detailed ones first, on one line."""
    if answer.status < _BAD:
        return ""
    try:
        form = answer.json()
    except Exception:  # noqa: BLE001 - likewise
        return ""
    errors = form.get("errors") if isinstance(form, dict) else None
    listed = errors.values() if isinstance(errors, dict) else ()
    details = [str(one) for some in listed for one in (some if isinstance(some, list) else [some])]
    text = " ".join(details[:3]) or answer.words()
    return re.sub(r"\s+", " ", "".join(sign if sign.isprintable() else " " for sign in text))[:_WORDS_LEN].strip(" .")
