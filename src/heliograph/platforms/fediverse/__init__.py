"""The fediverse: one account on a server that speaks Mastodon's client API: Pixelfed, Mastodon, GoToSocial and kin."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from heliograph.errors import Refused, SignInNeeded
from heliograph.model import (
    Action,
    Claim,
    F,
    Fields,
    Limits,
    Post,
    Rendition,
    RenditionFile,
    Subject,
    Survey,
    Value,
    Wanted,
)
from heliograph.platforms.fediverse import showing
from heliograph.platforms.fediverse.account import Account, ends_at, server_of, told
from heliograph.platforms.fediverse.api import Api
from heliograph.platforms.fediverse.attached import parts_of
from heliograph.platforms.fediverse.captions import CAPTIONS
from heliograph.platforms.fediverse.dialects import Dialect
from heliograph.platforms.fediverse.discovery import Known
from heliograph.platforms.fediverse.economy import calls
from heliograph.platforms.fediverse.limits import limits_of
from heliograph.platforms.fediverse.media import Licence, Uploads, check
from heliograph.platforms.fediverse.options import Options
from heliograph.platforms.fediverse.places import Places
from heliograph.platforms.fediverse.posts import Posts
from heliograph.platforms.fediverse.software import MASTODON
from heliograph.platforms.fediverse.survey import Looking
from heliograph.policy import Captions, Picture
from heliograph.ports import NOTHING, Fetched, Means

__all__ = ["CAPTIONS", "PICTURE", "Fediverse", "Options"]

PICTURE = Picture(send="resized", long_edge_px=(2048,))
"""What most servers make smaller anyway goes out small; nothing is in it but the rights, also where it is served as it
came. Source: Pixelfed's box of 1920 pixels, Mastodon's of 8.3 megapixels (2026-11)."""
_MAY = "add, change and delete posts, as far as the token permits"
_AWAKE = "woken account"


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is worked with as long as the server speaks one dialect."""

    api: Api
    dialect: Dialect
    posts: Posts
    looking: Looking
    licence: Licence


@dataclass
class Fediverse:
    """One account on one server. Threads may share it."""

    name: str
    options: Options
    means: Means
    usual: str = field(default=MASTODON, kw_only=True)
    """The software to assume before the server was ever asked, see `software.dialect_of`."""
    transport: Any = field(default=None, kw_only=True)
    """For tests without a socket."""
    captions: Captions = field(default=CAPTIONS, kw_only=True)
    picture: Picture = field(default=PICTURE, kw_only=True)

    def __post_init__(self) -> None:
        self._server = server_of(self.options.url)
        self._known = Known(self.means.memory, self.options.url, self.usual, self.means.clock)
        self._places = Places(self._cities, self.means.memory)
        self._lock = threading.RLock()
        self._made: _Desk | None = None
        self._me: tuple[str, str] | None = None

    @property
    def limits(self) -> Limits:
        """As the server said last, else as is usual; a survey may change them."""
        return limits_of(self._known.instance(), self._known.dialect(), self.options)

    # -- what it works with, made when first needed --

    @property
    def _token(self) -> str:
        given = self.means.credentials.get("token", "")
        account = self.means.account
        if given:
            return given
        if not isinstance(account, Account):
            message = f"{self.name}: nobody is signed in. Run: helio signin {self.name}"
            raise SignInNeeded(message)
        if account.server != self._server:
            message = (
                f"{self.name}: {account.who} is signed in at {account.server}, and the settings name {self._server}. "
                f"Nothing was sent. Run: helio signin {self.name}"
            )
            raise SignInNeeded(message)
        return account.token

    @property
    def _desk(self) -> _Desk:
        """For the dialect that is spoken now."""
        with self._lock:
            dialect = self._known.dialect()
            if self._made is not None and self._made.dialect != dialect:
                self._made.api.close()
                self._made = None
            if self._made is None:
                self._made = self._furnished(dialect)
            return self._made

    def _furnished(self, dialect: Dialect) -> _Desk:
        api = Api(self._server, self._token, dialect, self.means, self.transport)
        licence = Licence(api, self.means.memory)
        uploads = Uploads(api, self.means.clock, self.limits, licence)

        def listing() -> Iterator[dict[str, Any]]:
            return self._desk.looking.everything()

        posts = Posts(api, self.options, self.limits, uploads, self._places, self.means.memory, listing)
        looking = Looking(api, posts, self._user(api), self._server, self.means.clock, self.options.look)
        return _Desk(api, dialect, posts, looking, licence)

    def _user(self, api: Api) -> str:
        """The account's own id: as signed in, else asked for once."""
        account = self.means.account
        if not self.means.credentials.get("token") and isinstance(account, Account) and account.id:
            return account.id
        if self._me is None:
            self._me = api.whose()
        return self._me[0]

    def _cities(self, name: str) -> Any:
        return self._desk.api.cities(name)

    def _wake(self) -> None:
        """An account that never called gets nothing for an answer on some servers: it calls once before it writes."""
        desk = self._desk
        with self._lock:
            memory, user = self.means.memory, desk.looking.user
            if not desk.dialect.wakes or self._me is not None or (memory and memory.read(_AWAKE) == user):
                return
            self._me = desk.api.whose()
            if memory is not None:
                memory.write(_AWAKE, user)

    def _refresh(self) -> None:
        """The server is asked what it is, where that was long ago."""
        before = self._known.instance().asked_at
        self._known.refresh(self._desk.api.wire)
        if self._known.instance().asked_at != before:
            with self._lock:  # its limits may be others now
                if self._made is not None:
                    self._made.api.close()
                self._made = None

    # -- the door --

    def survey(self, since: str | None) -> Survey:
        """Every post of the account with a picture, or its newest page where that tells all."""
        self._refresh()
        if self._desk.dialect.licences:
            self._desk.licence.restore()
        return self._desk.looking.survey(since)

    def prepare(self, subject: Subject, wanted: Wanted, rendition: Rendition | None) -> Claim:
        """Sends the pictures with their alt texts; nobody sees them, and the server takes away what stays alone."""
        parts = list(zip(parts_of(wanted), _files(wanted, rendition), strict=True))
        for part, file in parts:
            check(part, file, self.limits)
        self._wake()
        sent = self._desk.posts.uploads.prepare(parts)
        return Claim(subject, wanted.mark, sent.text())

    def add(self, claim: Claim, wanted: Wanted, rendition: Rendition | None) -> Post:  # noqa: ARG002 - it was sent
        """One post with the pictures that were made ready."""
        return self._desk.posts.add(claim, wanted)

    def find(self, claims: Sequence[Claim]) -> Mapping[Claim, tuple[Post, ...]]:
        """One listing down to the oldest claim, whatever their number."""
        return self._desk.posts.find(claims) if claims else {}

    def update(
        self, post: Post, wanted: Wanted, fields: frozenset[str], rendition: Rendition | None, agreed: Fields = NOTHING
    ) -> Post:
        """One call for all fields; where alt texts are set by themselves, one for those; none for what is there."""
        self._wake()
        files = _files(wanted, rendition) if F.PICTURE in fields else ()
        return self._desk.posts.update(post, wanted, fields, files, agreed)

    def agrees(self, field: str, sent: Value, shown: Value) -> bool:
        """Whether a listing shows what the server makes of `sent`."""
        if field == F.PLACE and shown is None and self._places.unknown(sent):
            return True
        return showing.agrees(field, sent, shown, self._known.dialect())

    def delete(self, post: Post) -> None:
        """Gone already is success."""
        self._wake()
        self._desk.posts.delete(post)

    def fetch(self, post: Post, folder: Path) -> Fetched:
        """The picture as the server serves it: mostly smaller than it was sent."""
        return self._desk.posts.fetch(post, folder)

    def brings(self, post: Post, fields: frozenset[str]) -> Mapping[str, Value]:
        """As its listing reads; hashtags stay in the text."""
        return {name: value for name, value in showing.brought(post.fields).items() if name in fields}

    def likeness(self, post: Post) -> str:
        """From its small picture: one call more to find it, unless a listing of this run named it."""
        return self._desk.posts.likeness(post)

    def preview(self, post: Post, folder: Path) -> Path | None:
        """Likewise."""
        return self._desk.posts.preview(post, folder)

    def leads_to(self, link: str) -> frozenset[str]:
        """By the last part of a post's address on this server; addresses of pictures name no post."""
        if not link.startswith(f"{self._server}/"):
            return frozenset()
        last = re.split(r"[?#]", link)[0].rstrip("/").rpartition("/")[2]
        return frozenset({last}) if re.fullmatch(r"\d+|[0-9A-Z]{26}", last) else frozenset()

    def calls(self, action: Action) -> int:
        """By the kind of the action and the fields it sets."""
        made = self._made
        known = action.post is None or (made is not None and action.post.id in made.posts.known)
        return calls(action, self._known.dialect(), known=known)

    def about(self) -> Sequence[str]:
        """Whose account it is, until when, on what kind of server, and what may still be called now."""
        self._refresh()
        desk, now = self._desk, self.means.clock.now()
        user, who = self._me = desk.api.whose()
        account = self.means.account
        if self.means.credentials.get("token") or not isinstance(account, Account):
            token = self._token
            account = Account(who, _MAY, token, user, self._server, ends_at(token, now, None, desk.dialect.token_days))
        left = [f"{count:,} {_KINDS.get(kind, kind)}" for kind, count in desk.api.left().items()]
        may = [f"may still be sent now: {', '.join(left)}"] if left else []
        software = desk.dialect.name if self._known.instance().software else ""
        return (*told(self.name, account, software, now), *may)

    def finish(self) -> None:
        """Everything is visible at once; only a licence that was borrowed is given back."""
        if self._made is not None and self._made.dialect.licences:
            self._made.licence.restore()

    def close(self) -> None:
        """Gives a borrowed licence back and closes the connections."""
        with self._lock:
            if self._made is not None:
                if self._made.dialect.licences:
                    self._made.licence.restore_quietly()
                self._made.api.close()
                self._made = None


_KINDS = {
    "*": "calls",
    "upload": "new pictures",
    "post": "new posts and edits",
    "media edit": "new alt texts",
    "delete": "deletions",
}
"""What calls are counted for, for people."""


def _files(wanted: Wanted, rendition: Rendition | None) -> tuple[RenditionFile, ...]:
    """One for each part."""
    parts = len(parts_of(wanted))
    files = rendition.files[:parts] if rendition is not None else ()
    if len(files) < parts:
        message = f"{wanted.where}: there is no picture to send. Nothing was sent; the next run makes one."
        raise Refused(message)
    return files
