"""Flickr: photos, albums and groups of one account."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
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
    SubjectKind,
    Survey,
    Value,
    Wanted,
)
from heliograph.platforms.flickr import addresses, showing, untagging
from heliograph.platforms.flickr import api as calling
from heliograph.platforms.flickr.account import told as account_told
from heliograph.platforms.flickr.albums import Albums
from heliograph.platforms.flickr.api import CALLS_PER_H, HOUR_S, Api
from heliograph.platforms.flickr.audience import AUDIENCES
from heliograph.platforms.flickr.bringing import brought, fetched, people_s
from heliograph.platforms.flickr.economy import calls
from heliograph.platforms.flickr.groups import Groups
from heliograph.platforms.flickr.hosts import hosts
from heliograph.platforms.flickr.marking import MARKER
from heliograph.platforms.flickr.options import Options, Plan
from heliograph.platforms.flickr.photos import Photos
from heliograph.platforms.flickr.signin import SIGNING_IN, Account
from heliograph.platforms.flickr.survey import Looking
from heliograph.policy import Captions, Picture
from heliograph.ports import NOTHING, Budget, Fetched, Means, Tagged

__all__ = ["LIMITS", "SIGNING_IN", "Flickr", "Options"]

_FIELDS = frozenset({F.PICTURE, F.TITLE, F.TEXT, F.TAGS, F.TAKEN, F.PLACE, F.RIGHTS, F.GROUPS, F.VISIBILITY})

LIMITS = Limits(
    fields=_FIELDS,
    # All but the date, the place, the licence and the groups travel with the upload; that they did is known for
    # certain only of this process's own uploads, so the others are set by `update`, which then makes no call.
    rides=frozenset({F.PICTURE}),
    amendable=_FIELDS,
    album_fields=frozenset({F.TITLE, F.TEXT, F.COVER, F.MEMBERS}),
    album_rides=frozenset({F.TITLE, F.TEXT, F.COVER}),
    album_lives=True,
    album_guests=True,
    embedded_counts=False,
    audiences=AUDIENCES,
    media_types=("image/jpeg", "image/png", "image/gif"),
    max_bytes=200_000_000,
    title_len=255,
    text_len=16_000,
    tags_max=74,
    marks=True,
    two_way=True,
    settle_s=180.0,
    calls_per_h=CALLS_PER_H,
)
"""Source: Flickr's help pages, API documents, and clients' experience (2026-11). 200 MB a photo; titles of 255
signs; descriptions of 65,535 bytes, which 16,000 signs never exceed; 75 tags, of which one is ours; 3,600 calls an
hour. New photos show in the listings within seconds, unless they are still being converted: 180 s is generous."""

CAPTIONS = Captions(
    title="{{ title or headline or name }}",
    text="{{ caption }}\n\n{% if alt_text %}Alt text: {{ alt_text }}{% endif %}",
    alt="{{ alt_text }}",
)
PICTURE = Picture(send="original", embed=("rights", "taken", "camera"))
"""The original's own pixels. The date and the camera are read from the file, which saves a call for each photo."""


@dataclass
class Flickr:
    """One account. Threads may share it."""

    name: str
    options: Options
    means: Means
    transport: Any = None
    """For tests without a socket."""
    captions: Captions = CAPTIONS
    picture: Picture = PICTURE
    is_pro: bool | None = field(init=False)
    """Whether the account may replace pictures, as far as is known."""

    def __post_init__(self) -> None:
        known = {Plan.PRO: True, Plan.FREE: False}
        account = self.means.account
        self.is_pro = known.get(self.options.account, account.is_pro if isinstance(account, Account) else None)

    @property
    def limits(self) -> Limits:
        """As they are for this account."""
        amendable = LIMITS.amendable - {F.PICTURE} if self.is_pro is False else LIMITS.amendable
        marker = MARKER if self.options.mark_albums else ""
        return replace(LIMITS, amendable=amendable, workers=self.options.workers, album_marker=marker)

    # -- what it works with, made when first needed --

    @property
    def _account(self) -> Account:
        if not isinstance(self.means.account, Account):
            message = f"{self.name}: nobody is signed in. Run: helio signin {self.name}"
            raise SignInNeeded(message)
        return self.means.account

    @cached_property
    def _url(self) -> str:
        return f"{hosts(self.options.url).www}/photos/{self._account.nsid}"

    @cached_property
    def _budget(self) -> Budget | None:
        """Counted by the key, whose digest names it: two accounts with one key share it."""
        key = self.means.credentials.get("key", "")
        counted = hashlib.sha256(f"flickr {key}".encode()).hexdigest()[:16]
        return self.means.budget(f"flickr {counted}", CALLS_PER_H, HOUR_S) if self.means.budget else None

    @cached_property
    def _api(self) -> Api:
        account, key = self._account, self.means.credentials.get("key", "")
        means = calling.Means(
            self.means.clock,
            key,
            self.means.credentials.get("secret", ""),
            account.token,
            account.token_secret,
            self._budget,
        )
        return Api(hosts(self.options.url), means, self.options.calls_per_s, self.transport)

    @cached_property
    def _looking(self) -> Looking:
        return Looking(self._api, self._account.nsid, self._url, self.means.clock, self.options.look)

    @cached_property
    def _photos(self) -> Photos:
        return Photos(self._api, self.options, self._url, self.means.clock, Groups(self._api))

    @cached_property
    def _albums(self) -> Albums:
        return Albums(self._api, self._looking, self._url, self.options.album_max, self.options.keep_members)

    # -- the door --

    def survey(self, since: str | None) -> Survey:
        """All of the account's photos and albums, or what changed, with as few calls as it takes."""
        return self._looking.survey(since)

    def prepare(self, subject: Subject, wanted: Wanted, rendition: Rendition | None) -> Claim:
        """Nothing is sent. The claim holds when it was made; an album's also its title and cover."""
        now = self.means.clock.now().timestamp()
        if subject.kind == SubjectKind.ALBUM:
            return Claim(subject, wanted.mark, self._albums.token(wanted, now))
        file = _file(wanted, rendition)
        if LIMITS.max_bytes is not None and file.length_bytes > LIMITS.max_bytes:
            message = (
                f"{wanted.where}: {file.length_bytes:,} bytes are too many for Flickr, which takes "
                f"{LIMITS.max_bytes:,}. Nothing was sent; let it be resized (picture.send)."
            )
            raise Refused(message)
        return Claim(subject, wanted.mark, f"{now:.0f}")

    def add(self, claim: Claim, wanted: Wanted, rendition: Rendition | None) -> Post:
        """Uploads a photo with everything that can ride along, or makes an album with its cover."""
        if claim.subject.kind == SubjectKind.ALBUM:
            return self._albums.add(claim, wanted)
        return self._photos.add(claim, wanted, _file(wanted, rendition))

    def find(self, claims: Sequence[Claim]) -> Mapping[Claim, tuple[Post, ...]]:
        """One listing of what was uploaded since the oldest claim, and one of the albums, whatever their number."""
        albums = [claim for claim in claims if claim.subject.kind == SubjectKind.ALBUM]
        photos = [claim for claim in claims if claim.subject.kind == SubjectKind.PHOTO]
        return {**self._photos.find(photos, self._account.nsid), **self._albums.find(albums)}

    def update(
        self, post: Post, wanted: Wanted, fields: frozenset[str], rendition: Rendition | None, agreed: Fields = NOTHING
    ) -> Post:
        """One call for title and text, one for each other field; none for what is there already."""
        if post.kind == SubjectKind.ALBUM:
            return self._albums.update(post, wanted, fields, agreed)
        file = _file(wanted, rendition) if F.PICTURE in fields else None
        return self._photos.update(post, wanted, fields, file, agreed)

    def agrees(self, field: str, sent: Value, shown: Value) -> bool:
        """Whether a listing shows what Flickr makes of `sent`."""
        return showing.agrees(field, sent, shown, keep_tags=self.options.keep_tags)

    def delete(self, post: Post) -> None:
        """An album goes without its photos."""
        if post.kind == SubjectKind.ALBUM:
            self._albums.delete(post)
        else:
            self._photos.delete(post, self.name)

    def fetch(self, post: Post, folder: Path) -> Fetched:
        """The original where the account may have it, else the largest size there is."""
        return fetched(self._api, post, folder)

    def brings(self, post: Post, fields: frozenset[str]) -> Mapping[str, Value]:
        """As a listing reads; one call for the tags as they were typed."""
        said = {name: value for name, value in brought(post.fields).items() if name in fields}
        return {**said, F.TAGS: people_s(self._photos.typed(post.id))} if F.TAGS in fields else said

    def likeness(self, post: Post) -> str:
        """From a small size of its picture: one call to find it, unless a listing named it."""
        return self._photos.likeness(post)

    def preview(self, post: Post, folder: Path) -> Path | None:
        """Likewise."""
        return self._photos.preview(post, folder)

    def leads_to(self, link: str) -> frozenset[str]:
        """By the form of its addresses."""
        return addresses.leads_to(link)

    def readdressed(self, post_id: str, links: Collection[str]) -> Mapping[str, str]:
        """A replaced picture has other addresses in all sizes; its page keeps its own."""
        return addresses.renewed(links, self._photos.sources(post_id))

    def calls(self, action: Action) -> int:
        """By the kind of the action and the fields it sets."""
        return calls(action, keep_members=self.options.keep_members)

    def tagged(self, words: Sequence[str], *, starts_with: bool) -> Iterator[Tagged]:
        """Tags of all photos, whoever put them there."""
        return untagging.tagged(self._api, self._account.nsid, words, starts_with=starts_with)

    def untag(self, tag: Tagged) -> None:
        """Takes one away; every other keeps its spelling."""
        untagging.untag(self._api, tag)

    def about(self) -> Sequence[str]:
        """Whose account it is, what we may do, and what is left of quota and budget."""
        told = tuple(account_told(self._api, self._account))
        if self._budget is None:
            return told
        return (*told, f"{self._budget.left():,} of {CALLS_PER_H:,} calls an hour are left")

    def finish(self) -> None:
        """Everything is visible at once."""

    def close(self) -> None:
        """Closes the connections."""
        if "_api" in self.__dict__:
            self._api.close()


def _file(wanted: Wanted, rendition: Rendition | None) -> RenditionFile:
    if rendition is None or not rendition.files:
        message = f"{wanted.where}: there is no picture to send. Nothing was sent; the next run makes one."
        raise Refused(message)
    return rendition.files[0]
