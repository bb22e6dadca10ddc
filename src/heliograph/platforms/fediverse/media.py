"""Pictures on their way into a post: sent with their alt text, waited for, and not seen by anybody yet."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from heliograph.errors import Busy, Gone, HeliographError, Refused
from heliograph.model import F, Limits, RenditionFile, Value, Wanted
from heliograph.platforms.fediverse import licences, texts
from heliograph.platforms.fediverse.api import Api
from heliograph.platforms.fediverse.showing import Media, media_of
from heliograph.ports import Clock, Memory
from heliograph.wire import Answer

_WAITS_S: Sequence[float] = (1, 2, 3, *[5] * 11)
"""A minute in all. Source: docs.joinmastodon.org/methods/media (2026-07)."""
_OLDER_PATH = "/api/v1/media"
_PROCESSING = 206
_NO_MEDIA = "names no picture"
_LICENCE = "licence to set back"
_LOOSE_S = 6600.0
"""For so long a picture that is in no post is kept. Source: two hours on Pixelfed, a day on Mastodon (2026-11)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What can be shown later to ask whether a post arrived."""

    ids: tuple[str, ...]
    """Of the pictures, in their order."""
    urls: tuple[str, ...]
    key: str
    at: float
    """Unix seconds, by the clock that runs behind the other: the server's or ours."""

    def text(self) -> str:
        """For the journal."""
        return json.dumps({"media": self.ids, "urls": self.urls, "key": self.key, "at": round(self.at, 3)})


def sent_of(token: str) -> Sent | None:
    """What an earlier upload left; `None` where it was somebody else's."""
    try:
        form = json.loads(token)
        ids, urls = (tuple(map(str, form[name])) for name in ("media", "urls"))
        return Sent(ids, urls, str(form["key"]), float(form["at"]))
    except (ValueError, TypeError, KeyError):
        return None


@dataclass
class Uploads:
    """Sends pictures. Threads may share it."""

    api: Api
    clock: Clock
    limits: Limits
    licence: Licence

    def prepare(self, parts: Iterable[tuple[Wanted, RenditionFile]]) -> Sent:
        """Pictures that wait to be posted; repeated, earlier ones are taken away by the server after some hours."""
        sent = [self.sent(wanted, file) for wanted, file in parts]
        media, at = [one for one, _ in sent], min(at for _, at in sent)
        urls = tuple(one.url or one.preview for one in media)
        return Sent(tuple(one.id for one in media), urls, secrets.token_urlsafe(24), at)

    def posted(self, sent: Sent) -> bool:
        """Whether a picture certainly is in a post: some servers do not find it by itself from then on."""
        loose_s = self.clock.now().timestamp() - sent.at
        return self.api.dialect.attaches and loose_s < _LOOSE_S and any(map(self._is_attached, sent.ids))

    def _is_attached(self, id_: str) -> bool:
        try:
            self.api.media(id_)
        except Gone:
            return True
        except Refused:  # it could not be made ready
            return False
        return False

    def sent(self, wanted: Wanted, file: RenditionFile) -> tuple[Media, float]:
        """The picture as the server knows it, and when it came there.

        Raises:
            Refused: the server does not take it.
        """
        try:
            return self._sent(wanted, file)
        except Gone:
            raise
        except Refused as no:
            message = f"{wanted.where}: the picture was not taken. {no}"
            raise Refused(message) from no

    def _sent(self, wanted: Wanted, file: RenditionFile) -> tuple[Media, float]:
        alt = texts.to_send(F.ALT, str(wanted.fields.get(F.ALT) or ""), self.api.dialect)
        with self.licence.of(wanted.fields.get(F.RIGHTS) if F.RIGHTS in self.limits.fields else None):
            answer = self._uploaded(file, alt)
        media = media_of(answer.json())
        if media is None:
            raise answer.unreadable(_NO_MEDIA)
        if self.api.dialect.polls and not media.url:
            media = self._ready(wanted, media)
        return media, min(self.clock.now().timestamp(), _date(answer))

    def _uploaded(self, file: RenditionFile, alt: str) -> Answer:
        path = self.api.dialect.media_path
        try:
            return self.api.upload(file, alt, path)
        except Gone:
            if path == _OLDER_PATH:
                raise
            return self.api.upload(file, alt, _OLDER_PATH)

    def _ready(self, wanted: Wanted, media: Media) -> Media:
        for wait_s in _WAITS_S:
            self.clock.sleep(wait_s)
            answer = self.api.media(media.id)
            found = media_of(answer.json()) if answer.status != _PROCESSING else None
            if found is not None and found.url:
                return found
        message = f"{wanted.where}: {self.api.host} still works at the picture. Nothing was posted; run again later."
        raise Busy(message, 60.0)


def check(wanted: Wanted, file: RenditionFile, limits: Limits) -> None:
    """Nothing, where the server takes such a file.

    Raises:
        Refused: it does not.
    """
    why = ""
    if file.media_type not in limits.media_types:
        why = f"{file.media_type} is not taken there"
    elif limits.max_bytes is not None and file.length_bytes > limits.max_bytes:
        why = f"{file.length_bytes:,} bytes are too many there, {limits.max_bytes:,} are the most"
    elif limits.max_px is not None and file.width_px * file.height_px > limits.max_px:
        why = f"{file.width_px * file.height_px:,} pixels are too many there, {limits.max_px:,} are the most"
    if why:
        message = (
            f"{wanted.where}: {why}. Nothing was sent; let it be made smaller (picture.send, picture.long_edge_px)."
        )
        raise Refused(message)


def _date(answer: Answer) -> float:
    """When a server says it is; never where it does not say."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return float("inf")


@dataclass
class Licence:
    """The licence that Pixelfed gives to every upload of the account: borrowed for some, and set back afterwards.

    What is to be set back is remembered before it is changed, so that a run that died leaves no trace for long.
    """

    api: Api
    memory: Memory | None
    _own: str | None = None
    """The account's own."""
    _now: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def of(self, rights: Value) -> Iterator[None]:
        """While this is open, uploads get the licence of these rights; those that state none get the account's own."""
        with self._lock:
            if rights is not None:
                self._learn()
                self._set(licences.number(rights) or str(self._own))
            yield

    def restore(self) -> None:
        """Sets the account's own back, also after a run that died; it can be repeated."""
        with self._lock:
            left = self.memory.read(_LICENCE) if self.memory is not None else ""
            own = self._own or licences.known(left)
            if own is None or (not left and self._now in {None, own}):
                return
            self.api.set_licence(own)
            self._own = self._now = own
            self._remember("")

    def restore_quietly(self) -> None:
        """Likewise; what fails is done at the next start."""
        try:
            self.restore()
        except HeliographError:
            return

    def _learn(self) -> None:
        if self._own is not None:
            return
        left = self.memory.read(_LICENCE) if self.memory is not None else ""
        form = self.api.licence()
        self._now = licences.known(form.get("default_license") if isinstance(form, dict) else None)
        self._now = self._now or licences.ALL_RIGHTS_RESERVED
        self._own = licences.known(left) or self._now

    def _set(self, number: str) -> None:
        if number == self._now:
            return
        self._remember(str(self._own) if number != self._own else "")
        self.api.set_licence(number)
        self._now = number

    def _remember(self, number: str) -> None:
        if self.memory is not None:
            self.memory.write(_LICENCE, number)
