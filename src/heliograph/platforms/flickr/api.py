"""Calling Flickr: one method each way, its envelope opened, its error codes made ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from heliograph.errors import Busy, HeliographError, Refused, SignInNeeded, Uncertain
from heliograph.platforms.flickr.hosts import Hosts
from heliograph.platforms.flickr.signing import WRONG_KEY, Signer, problem
from heliograph.ports import Budget, Clock
from heliograph.wire import Answer, Calm, Pace, Timeouts, Upload, Wire

CALLS_PER_H = 3600
HOUR_S = 3600
"""Of one key, whoever uses it. Source: flickr.com/services/developer/api (2026-11)."""
PAGE = 500
"""Items that a listing gives at once, at most. Source: the methods' own pages (2026-11)."""
_PAGES_MAX = 2_000
"""A million photos; whoever answers with more pages than that is going round in circles."""

READ, WRITE, UPLOAD, IMAGES = "look", "change", "upload", "pictures"
_REST = "/services/rest/"
_TIMEOUTS = Timeouts(read_s=300.0, write_s=120.0, total_s=900.0)
"""A picture is converted before its upload is answered. Source: clients' reports (2026-11)."""

_BUSY = frozenset({0, 105, 106, 201})
_UNAVAILABLE = "not currently available"
_SIGN_IN = {
    98: "Flickr does not accept the token any more: the permission was taken back there. Sign in again: helio signin",
    99: "Flickr wants a permission that was not given. Give it with: helio signin",
}
_BAD_ADDRESS = "there is an address (URL) in its texts that Flickr's list of bad addresses holds; take it out"


class Fault(Refused):
    """What a method of Flickr's said no with."""

    def __init__(self, code: int, message: str, said: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(f"Flickr said no: {message} (code {code})")
        self.code = code
        self.message = message
        self.said = said
        """What else stood in the answer."""


class Forbidden(SignInNeeded):
    """The permission that was given is not enough."""


@dataclass(frozen=True, slots=True)
class Means:
    """What it takes to call Flickr in somebody's name."""

    clock: Clock
    key: str
    secret: str
    token: str
    token_secret: str
    budget: Budget | None = None


class Api:
    """Flickr in somebody's name. Threads may share it."""

    def __init__(self, hosts: Hosts, means: Means, calls_per_s: float, transport: Any = None) -> None:
        self._hosts = hosts
        signer = Signer(means.key, means.secret, means.token, means.token_secret, clock=means.clock)
        calls = max(1, round(calls_per_s * 2))
        self._rest = Wire(
            hosts.rest,
            means.clock,
            paces={kind: Pace(calls, calls / calls_per_s) for kind in (READ, WRITE)},
            sign=signer.sign,
            translate=lambda answer: _translate(answer, means.clock),
            secrets=(means.key, means.secret, means.token, means.token_secret),
            timeouts=_TIMEOUTS,
            budget=means.budget,
            unbudgeted=(IMAGES,),
            calm=Calm(),
            transport=transport,
        )
        self._uploads = self._rest.at(hosts.upload)

    def close(self) -> None:
        """Closes the connections."""
        self._rest.close()

    def read(self, method: str, **arguments: object) -> dict[str, Any]:
        """What a method that changes nothing answers."""
        return self._called(READ, method, arguments, repeatable=True)

    def write(self, method: str, **arguments: object) -> dict[str, Any]:
        """What a method answers that sets something, and may be repeated."""
        return self._called(WRITE, method, arguments, repeatable=True)

    def write_once(self, method: str, **arguments: object) -> dict[str, Any]:
        """What a method answers that makes something anew each time.

        Raises:
            Uncertain: the answer was lost.
        """
        return self._called(WRITE, method, arguments, repeatable=False)

    def pages(self, method: str, within: str, of: str, **arguments: object) -> Iterator[list[dict[str, Any]]]:
        """Every page of a listing: the items `of` it, which stand `within`.

        Raises:
            Busy: a page holds nothing where by its own count there is more: what is missing may well be there.
        """
        per_page = int(str(arguments.pop("per_page", PAGE)))
        for page in range(1, _PAGES_MAX):
            answer = self.read(method, per_page=per_page, page=page, **arguments)
            listing = answer.get(within, {})
            items = listing.get(of, [])
            if within not in answer or (not items and whole(listing.get("total")) > (page - 1) * per_page):
                message = f"Flickr's listing {method} broke off at page {page}. Nothing counts as missing; run again."
                raise Busy(message)
            yield items
            if not items or page >= int(listing.get("pages") or 1):
                return

    def upload(self, fields: Mapping[str, str], file: Path, media_type: str) -> str:
        """Id of the photo that was made, or of the ticket where one was asked for.

        Raises:
            Fault: Flickr said no; nothing was made.
            Uncertain: the answer was lost, or says that something went wrong underway.
        """
        try:
            said = self._sent("/services/upload/", fields, file, media_type, repeatable=False)
        except Fault as fault:
            if fault.code != _FAILED_UNDERWAY:
                raise
            message = f"Flickr says {fault.message!r}, which may have come before or after the photo was made."
            raise Uncertain(message) from fault
        return _first(said, "photoid", "ticketid")

    def replace(self, photo: str, file: Path, media_type: str) -> None:
        """Gives a photo another picture; the same once more does no harm."""
        self._sent("/services/replace/", {"photo_id": photo}, file, media_type, repeatable=True)

    def picture(self, url: str, into: Path, max_bytes: int) -> None:
        """Brings a picture home, whole or not at all."""
        path = url.removeprefix(self._hosts.rest)
        unsigned = "://" in path
        self._rest.call("GET", path, kind=IMAGES, repeatable=True, signed=not unsigned, into=into, max_bytes=max_bytes)

    def _called(self, kind: str, method: str, arguments: Mapping[str, object], *, repeatable: bool) -> dict[str, Any]:
        given = {name: str(value) for name, value in arguments.items() if value is not None}
        data = {"method": f"flickr.{method}", "format": "json", "nojsoncallback": "1", **given}
        answer = self._rest.call("POST", _REST, kind=kind, repeatable=repeatable, data=data)
        form = answer.json()
        if not isinstance(form, dict):
            raise answer.unreadable(_NO_ANSWER)
        return form

    def _sent(
        self, path: str, fields: Mapping[str, str], file: Path, media_type: str, *, repeatable: bool
    ) -> tuple[Answer, Mapping[str, str]]:
        # The name says nothing of the owner's own: Flickr would show it where there is no title.
        photo = Upload(file, f"photo.{media_type.rpartition('/')[2]}", media_type)
        answer = self._uploads.call(
            "POST", path, kind=UPLOAD, repeatable=repeatable, data=fields, files={"photo": photo}
        )
        return answer, _elements(answer)


_FAILED_UNDERWAY = 3
_NO_ANSWER, _NO_PHOTO, _NO_DATA = "is no answer of a method", "names no photo", "is a web page instead of data"


def _first(said: tuple[Answer, Mapping[str, str]], *names: str) -> str:
    answer, elements = said
    found = next((elements[name] for name in names if elements.get(name)), "")
    if not found:
        raise answer.unreadable(_NO_PHOTO)
    return found


def _translate(answer: Answer, clock: Clock) -> None:
    """Raises what an answer says no with; passes over what is no envelope of Flickr's."""
    trouble = problem(answer, clock)
    if trouble is not None:
        raise trouble
    if answer.status >= 400:  # noqa: PLR2004 - the status says it all
        return
    fault = _fault(answer)
    if fault is not None:
        raise _ours(fault, repeatable=answer.repeatable)


def _ours(fault: Fault, *, repeatable: bool) -> HeliographError:
    if fault.code in _BUSY or _UNAVAILABLE in fault.message:
        if not repeatable:
            # Trouble of its own may have come over it after the photo or album was made.
            return Uncertain(
                f"Flickr says {fault.message!r} (code {fault.code}). What was asked for may have been done; "
                "it is looked up before anything is sent again."
            )
        return Busy(f"Flickr is not available at the moment ({fault.message}). Run again later.")
    if fault.code == 99:  # noqa: PLR2004 - not enough permission
        return Forbidden(_SIGN_IN[fault.code])
    if fault.code in _SIGN_IN:
        return SignInNeeded(_SIGN_IN[fault.code])
    if fault.code == 100:  # noqa: PLR2004 - the key
        return SignInNeeded(WRONG_KEY)
    return Fault(fault.code, _BAD_ADDRESS) if fault.code == 116 else fault  # noqa: PLR2004 - bad addresses


def _fault(answer: Answer) -> Fault | None:
    """By either form of the envelope, whichever was asked for.

    Raises:
        Busy: it is neither, and the call may be repeated.
        Uncertain: likewise, and it may not.
    """
    body = answer.body.lstrip()
    if not body.startswith((b"{", b"<")):
        return None  # a picture, or a text that its reader knows
    if body.startswith(b"{"):
        form = _json(answer)
        if form.get("stat") == "fail":
            return Fault(_number(form.get("code")), str(form.get("message", "")))
        return None
    if b"<rsp" not in body[:400]:
        raise answer.unreadable(_NO_DATA)
    said = _elements(answer)
    return Fault(_number(said.get("err.code")), said.get("err.msg", ""), said) if said["rsp.stat"] == "fail" else None


def _json(answer: Answer) -> dict[str, Any]:
    form = answer.json()
    if not isinstance(form, dict):
        raise answer.unreadable(_NO_ANSWER)
    return form


def _elements(answer: Answer) -> dict[str, str]:
    """Every element's text by its name, and every attribute as `element.attribute`."""
    if answer.body.lstrip().startswith(b"{"):
        return {name: str(value) for name, value in _json(answer).items()}
    said = answer.elements()
    if said.get("rsp.stat") not in {"ok", "fail"}:
        raise answer.unreadable(_NO_ANSWER)
    return said


def _number(code: object) -> int:
    text = str(code).strip()
    return int(text) if re.fullmatch(r"\d{1,6}", text) else -1


def content(form: object) -> str:
    """The text of an element in JSON, which is a word or an object that holds one."""
    return str(form.get("_content", "")) if isinstance(form, dict) else str(form or "")


def whole(value: object, otherwise: int = 0) -> int:
    """A number that may come as a number or as text."""
    try:
        return int(float(str(value)))
    except (ValueError, OverflowError):
        return otherwise


def as_json(value: object) -> str:
    """A token's or a cursor's text: the same for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
