"""What a server says of itself: asked once a day, read with mistrust, remembered in between."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import cattrs

from heliograph import jsonform
from heliograph.errors import HeliographError
from heliograph.platforms.fediverse.account import server_of
from heliograph.platforms.fediverse.dialects import Dialect
from heliograph.platforms.fediverse.instance import Instance
from heliograph.platforms.fediverse.software import KNOWN, MASTODON, PIXELFED, dialect_of
from heliograph.ports import Clock, Memory
from heliograph.wire import Wire
from heliograph.wire.address import same_host

KIND = "discovery"
"""Of its calls, for paces and messages."""
FRESH_S = 24 * 3600.0
"""So long an answer counts. Source: clients' habit; Pixelfed itself renews it every 30 minutes (2026-11)."""
_AGAIN_S = 3600.0
_MAX_BYTES = 1024 * 1024
_NO = frozenset(range(400, 502)) - {408, 429}
"""What says that there is nothing to be had here; the others mean "later"."""
_JSON = {"Accept": "application/json"}
_REMEMBERED = "instance"
_VERSION_LEN = 60

_MIMES = ("image/jpeg", "image/png", "image/webp", "image/gif")
"""What can be made and sent, best known first."""


# --- asking -----------------------------------------------------------------------------------------------------------


def discover(wire: Wire, url: str, now_s: float, usual: str) -> Instance:
    """What the server at `url` says of itself, in one to four calls without credentials.

    What makes no sense is passed over: wrong types, numbers that nobody would set, addresses of other hosts.

    Args:
        wire: to `url`; a token is not shown.
        url: the server's base address.
        now_s: unix seconds.
        usual: the software to assume where nothing can be told, see `software.dialect_of`.

    Raises:
        Busy: it cannot be reached, or answers with more than anybody has to say.
    """
    form = _asked(wire, "/api/v2/instance") or _asked(wire, "/api/v1/instance")
    software, version = _said(form)
    if not software:
        software, version = _nodeinfo(wire, url, version)
    site = _asked(wire, "/api/v2/config") if (software or usual) == PIXELFED else {}
    uploader = _inner(site, "uploader")
    statuses = _inner(form, "configuration", "statuses")
    media = _inner(form, "configuration", "media_attachments")
    kib = _number(uploader.get("max_photo_size"), 100, 10_000_000)
    return Instance(
        software=software,
        version=version,
        asked_at=now_s,
        text_len=_number(statuses.get("max_characters", form.get("max_toot_chars")), 50, 1_000_000),
        alt_len=_number(media.get("description_limit", uploader.get("max_altext_length")), 50, 100_000),
        pictures_max=_number(statuses.get("max_media_attachments"), 1, 100),
        max_bytes=_number(media.get("image_size_limit"), 100_000, 10**10) or (kib and kib * 1024),
        max_px=_number(media.get("image_matrix_limit"), 250_000, 10**10),
        media_types=_media_types(media.get("supported_mime_types")),
    )


def _asked(wire: Wire, path: str) -> dict[str, Any]:
    """The object that stands there; empty where there is none."""
    answer = wire.call(
        "GET", path, kind=KIND, repeatable=True, signed=False, headers=_JSON, accept=_NO, max_bytes=_MAX_BYTES
    )
    if answer.status in _NO:
        return {}
    try:
        form = answer.json()
    except HeliographError:  # a page of somebody's
        return {}
    return form if isinstance(form, dict) else {}


def _nodeinfo(wire: Wire, url: str, version: str) -> tuple[str, str]:
    """Software and version. The document may only stand on the same host: whoever asks there would be led away."""
    links = _asked(wire, "/.well-known/nodeinfo").get("links")
    for link in links if isinstance(links, list) else ():
        href = link.get("href") if isinstance(link, dict) else None
        path = _path_below(url, href) if isinstance(href, str) else ""
        software = _inner(_asked(wire, path), "software") if path else {}
        name = _word(software.get("name")).lower()
        if name:
            return name, _word(software.get("version")) or version
    return "", version


def _path_below(url: str, href: str) -> str:
    """The path of an address on the same host that can be called; empty of any other."""
    try:
        parts = urlsplit(href)
        ours = same_host(url, href)
    except ValueError:
        return ""
    plain = re.fullmatch(r"(/[\w.-]+)+/?", parts.path, re.ASCII) and ".." not in parts.path
    return parts.path if ours and plain and not parts.query else ""


def _said(form: Mapping[str, Any]) -> tuple[str, str]:
    """Software and version as far as the instance's own answer tells them; the software may be empty.

    Source: `3.5.3 (compatible; Pixelfed 0.12.6)` and `4.0.0 (not true; really snac/2.94)` as servers said it,
    `api_versions.mastodon` since Mastodon 4.3, `source_url` (2026-11).
    """
    version = _word(form.get("version"))
    other = re.search(r"\((?:compatible|not true); (?:really )?([A-Za-z][\w-]*)[ /]([\w.+-]+)", version)
    if other:
        return other[1].lower(), other[2]
    first = version.partition("/")
    if first[0].lower() in KNOWN:  # takahe/0.11.0
        return first[0].lower(), first[2]
    source = _word(form.get("source_url"), 300).rstrip("/").rpartition("/")[2].lower()
    if source in KNOWN:
        return source, version
    return (MASTODON if MASTODON in _inner(form, "api_versions") else ""), version


def _inner(form: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        inner = form.get(name)
        if not isinstance(inner, dict):
            return {}
        form = inner
    return form


def _word(value: object, length: int = _VERSION_LEN) -> str:
    """A short text that can be shown."""
    return "".join(sign for sign in value if sign.isprintable())[:length].strip() if isinstance(value, str) else ""


def _number(value: object, least: int, most: int) -> int | None:
    """A whole number within reason; Pixelfed writes some as text."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,12}", value, re.ASCII):
        value = int(value)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if isinstance(value, int) and whole and least <= value <= most else None


def _media_types(value: object) -> tuple[str, ...]:
    said = {one for one in value if isinstance(one, str)} if isinstance(value, list) else set()
    return tuple(one for one in _MIMES if one in said)


# --- remembering ------------------------------------------------------------------------------------------------------


class Known:
    """What is known of the server at `url`: from the last time it was asked, else what is usual. Threads may share it.

    `usual` is the dialect that the owner's settings name, see `software.dialect_of`.
    """

    def __init__(self, memory: Memory | None, url: str, usual: str, clock: Clock) -> None:
        self._memory = memory
        self._server = server_of(url)
        self._usual = usual
        self._clock = clock
        self._instance: Instance | None = None

    def instance(self) -> Instance:
        """As it said last, or all unknown. Asks nobody."""
        if self._instance is None:
            self._instance = self._recalled() or Instance(software="", version="", asked_at=0.0)
        return self._instance

    def dialect(self) -> Dialect:
        """How it speaks, as far as is known. Asks nobody."""
        instance = self.instance()
        return dialect_of(instance.software, instance.version, self._usual)

    def refresh(self, wire: Wire) -> Instance:
        """As it says now, where it was last asked more than a day ago; else as it said then.

        Raises:
            Busy: it cannot be reached.
        """
        now_s = self._clock.now().timestamp()
        if abs(now_s - self.instance().asked_at) >= FRESH_S:
            self._instance = self._newer(discover(wire, self._server, now_s, self._usual))
            if self._memory is not None:
                form = {"server": self._server, "instance": jsonform.plain(self._instance)}
                self._memory.write(_REMEMBERED, json.dumps(form))
        return self.instance()

    def _newer(self, said: Instance) -> Instance:
        """What was said now; where that is nothing, for another hour what was said before, or much would change."""
        before = self.instance()
        if said.software or not before.software:
            return said
        return replace(before, asked_at=said.asked_at - FRESH_S + _AGAIN_S)

    def _recalled(self) -> Instance | None:
        """What was remembered of this very server; of another one, or an earlier program's, nothing."""
        try:
            form = json.loads(self._memory.read(_REMEMBERED) if self._memory is not None else "")
            return jsonform.noun(Instance, form["instance"]) if form["server"] == self._server else None
        except (ValueError, KeyError, TypeError, cattrs.BaseValidationError):
            return None
