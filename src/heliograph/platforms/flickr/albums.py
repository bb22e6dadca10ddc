"""Albums: made with their cover, then set to their members and order in one call, whatever their size."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from heliograph.errors import Gone, Refused, Uncertain
from heliograph.model import Claim, F, Fields, Post, SubjectKind, Wanted, each
from heliograph.platforms.flickr.api import Api, Fault, as_json, content, whole
from heliograph.platforms.flickr.survey import Looking
from heliograph.platforms.flickr.texts import readable

_GONE, _PHOTO_GONE, _COVER_GONE, _TOO_MANY = 1, 2, 3, 10
_WORDS = frozenset({F.TITLE, F.TEXT})
_MARGIN_S = 3600
"""Two clocks may differ by some minutes, or Flickr would not have taken the call."""


@dataclass(slots=True)
class Albums:
    """The albums of one account."""

    api: Api
    looking: Looking
    url: str
    max: int
    keep_members: bool
    _made: dict[str, str] = field(default_factory=dict)
    """Albums of this process -> the one photo that is in them."""

    def token(self, wanted: Wanted, now: float) -> str:
        """What can be shown later to ask whether the album was made: when, under which title, with which cover."""
        return as_json([now, str(wanted.fields.get(F.TITLE, "")).strip(), str(wanted.fields.get(F.COVER, ""))])

    def add(self, claim: Claim, wanted: Wanted) -> Post:
        """Makes the album with its cover in it.

        Raises:
            Uncertain: the answer was lost.
        """
        title, text, cover = (str(wanted.fields.get(name, "")) for name in (F.TITLE, F.TEXT, F.COVER))
        try:
            made = self.api.write_once("photosets.create", title=title, description=text, primary_photo_id=cover)
        except Fault as fault:
            message = f"the album {wanted.where} could not be made: {fault.message}"
            raise (Gone if fault.code == _PHOTO_GONE else Refused)(message) from fault
        album = str(made.get("photoset", {}).get("id", ""))
        if not album:
            message = f"the answer to making the album {wanted.where} names none; it is looked for later"
            raise Uncertain(message)
        self._made[album] = cover
        return Post(album, SubjectKind.ALBUM, claim.mark, f"{self.url}/albums/{album}/", {F.COVER: cover})

    def find(self, claims: Sequence[Claim]) -> dict[Claim, tuple[Post, ...]]:
        """Albums that were made since, with the title and the cover of the claim; oldest first."""
        found: dict[Claim, tuple[Post, ...]] = {}
        listed = [item for page in self._pages() for item in page] if claims else []
        for claim in claims:
            since, title, cover = json.loads(claim.token)
            mine = [
                item
                for item in sorted(listed, key=lambda item: whole(item.get("date_create")))
                if whole(item.get("date_create")) >= since - _MARGIN_S
                and content(item.get("title")).strip() == title
                and str(item.get("primary")) == cover
            ]
            if mine:
                found[claim] = tuple(self._found(str(item["id"]), claim.mark) for item in mine)
        return found

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        return self.api.pages("photosets.getList", "photosets", "photoset", user_id=self.looking.user)

    def _found(self, album: str, mark: str) -> Post:
        return Post(album, SubjectKind.ALBUM, mark, f"{self.url}/albums/{album}/")

    def update(self, post: Post, wanted: Wanted, fields: frozenset[str], agreed: Fields) -> Post:
        """Sets title and text in one call, members and cover in another; what is not to be set stays."""
        try:
            if fields & _WORDS:
                title, text = self._words(post, wanted, fields)
                self.api.write("photosets.editMeta", photoset_id=post.id, title=title, description=text)
            shown = Post(post.id, post.kind, post.mark, post.url, {})
            if not fields & {F.MEMBERS, F.COVER}:
                return shown
            cover = wanted.fields.get(F.COVER) if F.COVER in fields else post.fields.get(F.COVER)
            return self._filled(shown, wanted, str(cover), each(agreed.get(F.MEMBERS)))
        except Fault as fault:
            raise _said_no(fault, wanted) from fault

    def _words(self, post: Post, wanted: Wanted, fields: frozenset[str]) -> tuple[str, str]:
        """Title and text, which one call sets: what is not to be set stays as it is there now, not when last looked."""
        if fields >= _WORDS:
            there = {}
        else:
            now = self.api.read("photosets.getInfo", photoset_id=post.id, user_id=self.looking.user).get("photoset", {})
            there = {F.TITLE: readable(content(now.get("title"))), F.TEXT: readable(content(now.get("description")))}
        words = {name: str(wanted.fields.get(name, "")) if name in fields else there[name] for name in _WORDS}
        return words[F.TITLE], words[F.TEXT]

    def _filled(self, post: Post, wanted: Wanted, cover: str, ours: tuple[str, ...]) -> Post:
        members = each(wanted.fields.get(F.MEMBERS))
        cover = cover if cover in members else str(wanted.fields.get(F.COVER, ""))
        fits = members[: self.max] if cover in members[: self.max] else (cover, *members[: self.max - 1])
        note = f"an album holds {self.max:,} photos; the last {len(members) - len(fits):,} are left out"
        notes = (note,) if len(members) > len(fits) else ()
        alone = self._made.pop(post.id, None)
        if alone is None or fits != (alone,):
            others = self._others(post.id, {*ours, *fits}) if self.keep_members and alone is None else ()
            photos = ",".join((*fits, *others)[: self.max])
            self.api.write("photosets.editPhotos", photoset_id=post.id, primary_photo_id=cover, photo_ids=photos)
        return replace(post, fields={F.COVER: cover, F.MEMBERS: fits}, notes=notes)

    def _others(self, album: str, ours: AbstractSet[str]) -> tuple[str, ...]:
        """Photos that somebody put in by hand: not ours, and so not to be taken out."""
        inside = self.looking.members(album).items()
        return tuple(photo for photo, is_tagged in inside if not is_tagged and photo not in ours)

    def delete(self, post: Post) -> None:
        """Gone already is success; the photos stay."""
        try:
            self.api.write("photosets.delete", photoset_id=post.id)
        except Fault as fault:
            if fault.code != _GONE:
                raise


def _said_no(fault: Fault, wanted: Wanted) -> Refused:
    if fault.code == _GONE:
        return Gone(f"the album {wanted.where} is gone on Flickr; the next plan asks what to do")
    if fault.code in {_PHOTO_GONE, _COVER_GONE}:
        return Gone(f"a photo of the album {wanted.where} is gone on Flickr; the next plan sees which")
    if fault.code == _TOO_MANY:
        message = f"the album {wanted.where} was not changed: Flickr does not take so many photos ({fault.message}). "
        return Refused(f"{message}Write a smaller album_max in its settings, and the last ones are left out.")
    return Refused(f"the album {wanted.where} was not changed: {fault.message}")
