"""Photos: uploaded with all that can ride along, and brought in step with as few calls as there are differences."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from heliograph.digest.likeness import likeness
from heliograph.errors import Busy, Gone, Refused
from heliograph.model import Claim, F, Fields, Post, RenditionFile, SubjectKind, Value, Wanted, each
from heliograph.platforms.flickr import dates, showing
from heliograph.platforms.flickr.api import Api, Fault, Forbidden, whole
from heliograph.platforms.flickr.audience import flags, is_narrower
from heliograph.platforms.flickr.groups import Groups, Told
from heliograph.platforms.flickr.licences import ALL_RIGHTS_RESERVED, is_lost, licence_id
from heliograph.platforms.flickr.options import Content, Options, Safety
from heliograph.platforms.flickr.tags import PICTURE_LEN, Mark, clean, cleaned, is_ours, mark_in, quoted
from heliograph.platforms.flickr.tickets import Tickets
from heliograph.ports import Clock

_SAFETY = {Safety.SAFE: "1", Safety.MODERATE: "2", Safety.RESTRICTED: "3"}
_CONTENT = {Content.PHOTO: "1", Content.SCREENSHOT: "2", Content.ILLUSTRATION: "3", Content.VIRTUAL: "4"}
_NOT_IN_SEARCH = "2"
"""Of an upload; elsewhere Flickr counts otherwise."""
_NOT_FOUND, _DUPLICATE, _NO_LOCATION, _NO_GEO_PRIVACY, _NOT_PRO, _NO_PHOTO = 1, 9, 2, 7, 1, 2
_FULL, _LATER, _LATER_S = 6, 14, 3600
_NOTHING_LEFT = {_FULL: "the account is full", 8: "the file is too large for it", 15: "it takes only safe content"}
_MARGIN_S = 3600
"""Two clocks may differ by some minutes, or Flickr would not have taken the call."""
_SMALL_PX, _SMALL_BYTES = 200, 5_000_000
"""Of a picture that is only looked at; the smallest sizes are cut to squares."""


@dataclass(frozen=True, slots=True)
class _Rode:
    """What an upload of this process carried, so that no call sets it again."""

    dated: bool
    """The file holds the date taken."""
    tagged: bool
    """Nothing in the file could add tags."""
    titled: bool
    """Flickr had no reason to make up a title."""
    described: bool
    """Likewise a description, out of the file."""


@dataclass
class Photos:
    """The photos of one account."""

    api: Api
    options: Options
    url: str
    clock: Clock
    groups: Groups
    _rode: dict[str, _Rode] = field(default_factory=dict)
    _full_for: set[Value] = field(default_factory=set)
    """Audiences for which Flickr takes nothing more from this account."""

    @cached_property
    def _tickets(self) -> Tickets:
        return Tickets(self.api, self.clock)

    # -- new ones --

    def add(self, claim: Claim, wanted: Wanted, file: RenditionFile) -> Post:
        """Uploads one file; where the account holds it already, that photo is taken.

        Raises:
            Uncertain: the answer was lost.
        """
        mark, picture = claim.mark, showing.picture_of(wanted)
        if wanted.fields.get(F.VISIBILITY) in self._full_for:
            message = f"{wanted.where}: not sent, since Flickr says that the account is full. Nothing was made."
            raise Refused(message)
        arguments = self._arguments(wanted, Mark(mark, picture))
        try:
            photo = self.api.upload(arguments, file.path, file.media_type)
        except Fault as fault:
            if fault.code != _DUPLICATE:
                raise self._turned_down(wanted, fault) from fault
            held = self._held_already(wanted, fault, mark, picture)
            if held is not None:
                return held
            # What Flickr takes it for was deleted: a definite no, so nothing was made by the call before.
            photo = self._without_check(wanted, arguments, file)
        photo = self._tickets.photo(photo) if self.options.tickets else photo
        carried = wanted.recipe.embed if wanted.recipe else None
        self._rode[photo] = _Rode(
            dated=carried is not None and carried.taken is not None and dates.is_exact(wanted.fields.get(F.TAKEN)),
            tagged=carried is None or not (carried.keywords or carried.keyword_paths),
            titled=bool(wanted.fields.get(F.TITLE)),
            described=bool(wanted.fields.get(F.TEXT)) or carried is None or not carried.caption,
        )
        return showing.answered(wanted, self.url, photo, mark, picture)

    def _without_check(self, wanted: Wanted, arguments: dict[str, str], file: RenditionFile) -> str:
        unchecked = {name: value for name, value in arguments.items() if name != "dedup_check"}
        try:
            return self.api.upload(unchecked, file.path, file.media_type)
        except Fault as fault:
            raise self._turned_down(wanted, fault) from fault

    def _turned_down(self, wanted: Wanted, fault: Fault) -> Refused | Busy:
        if fault.code == _LATER:
            wait_s = float(whole(fault.said.get("non_pro_desktop_upload_wait_time"), _LATER_S))
            message = (
                f"{wanted.where}: Flickr takes uploads of free accounts again in {wait_s:.0f} s. Nothing was made."
            )
            return Busy(message, wait_s)
        if fault.code == _FULL:
            self._full_for.add(wanted.fields.get(F.VISIBILITY))
        reason = _NOTHING_LEFT.get(fault.code)
        said = f"{fault.message}, code {fault.code}"
        what = f"{reason} ({said})" if reason else said
        return Refused(f"{wanted.where}: Flickr did not take it: {what}. Nothing was made.")

    def _held_already(self, wanted: Wanted, fault: Fault, mark: str, picture: str) -> Post | None:
        """The same bytes are there: the photo gets our tag and is kept in step from now on. `None`: it is gone."""
        names = ("duplicate_photo_id", "err.duplicate_photo_id", "rsp.duplicate_photo_id")
        photo = next((fault.said[name] for name in names if fault.said.get(name)), "")
        if not photo:
            message = f"{wanted.where}: Flickr holds this very file already and does not say where; nothing was sent."
            raise Refused(message)
        try:
            known = {*map(clean, _tags(wanted))}
            others = tuple(tag for tag in self.typed(photo) if clean(tag) not in known)
            self._set_tags(photo, (*_tags(wanted), *others), Mark(mark, picture))
        except Fault as gone:
            if gone.code == _NOT_FOUND:
                return None
            raise
        post = showing.answered(wanted, self.url, photo, mark, picture)
        # Who likes it there already is told by the next listing only.
        return replace(post, reactions=None, notes=("Flickr held this very file already, so it was not sent again",))

    def _arguments(self, wanted: Wanted, mark: Mark) -> dict[str, str]:
        given = {
            "title": str(wanted.fields.get(F.TITLE) or ""),
            "description": str(wanted.fields.get(F.TEXT) or ""),
            "tags": quoted((*_tags(wanted), mark.tag)),
            "safety_level": _SAFETY.get(self.options.safety, ""),
            "content_type": _CONTENT.get(self.options.content, ""),
            "hidden": _NOT_IN_SEARCH if self.options.hidden else "",
            "async": "1" if self.options.tickets else "",
            "dedup_check": "1" if self.options.dedup_check else "",
        }
        stated = {name: value for name, value in given.items() if value}
        return {**stated, **flags(wanted.fields.get(F.VISIBILITY))}

    def find(self, claims: Sequence[Claim], user: str) -> dict[Claim, tuple[Post, ...]]:
        """Photos with the mark of a claim, in one listing of what was uploaded since the oldest; never by search."""
        if not claims:
            return {}
        since = max(1, round(min(float(claim.token) for claim in claims)) - _MARGIN_S)
        found: dict[str, dict[str, Post]] = {}
        pages = self.api.pages(
            "people.getPhotos", "photos", "photo", user_id=user, min_upload_date=since, extras=showing.EXTRAS
        )
        for item in (item for page in pages for item in page):
            post = showing.photo_post(item, self.url)
            found.setdefault(post.mark, {})[post.id] = post
        return {claim: tuple(found[claim.mark].values()) for claim in claims if claim.mark in found}

    # -- differences --

    def update(
        self, post: Post, wanted: Wanted, fields: frozenset[str], file: RenditionFile | None, agreed: Fields
    ) -> Post:
        """Sets the named fields; who sees it is narrowed first and widened last."""
        rode = self._rode.pop(post.id, None)
        try:
            return self._set(post, wanted, fields, file, agreed, rode)
        except Fault as fault:
            if fault.code == _NOT_FOUND and "not found" in fault.message.lower():
                raise _gone(post, wanted) from fault
            message = f"{wanted.where}: {fault.message}"
            raise Refused(message) from fault

    def _set(
        self,
        post: Post,
        wanted: Wanted,
        fields: frozenset[str],
        file: RenditionFile | None,
        agreed: Fields,
        rode: _Rode | None,
    ) -> Post:
        shown = _shown(post, wanted, fields)
        visibility = wanted.fields.get(F.VISIBILITY)
        audience = F.VISIBILITY in fields and rode is None
        narrower = is_narrower(visibility, post.fields.get(F.VISIBILITY, "public"))
        if audience and narrower:
            self.api.write("photos.setPerms", photo_id=post.id, **flags(visibility))
        if file is not None:
            self._replace(post, wanted, file)
        mark = Mark(shown.mark, str(shown.fields.get(F.PICTURE, "")))
        self._words(post, wanted, fields, rode)
        if file is not None or (F.TAGS in fields and not (rode and rode.tagged)):
            self._retag(post, wanted, fields, mark, agreed, is_new=rode is not None)
        elif rode is None and fields and showing.lacks_mark(post):
            self._mark(post, Mark(shown.mark, _picture(agreed.get(F.PICTURE)) or showing.picture_of(wanted)))
        notes = [*self._facts(post, wanted, fields, rode, agreed)]
        told = self._bring_into_groups(post, wanted, fields, agreed)
        if audience and not narrower:
            self.api.write("photos.setPerms", photo_id=post.id, **flags(visibility))
        return replace(shown, held=(F.GROUPS,) if told.held else (), notes=(*notes, *told.notes))

    def _words(self, post: Post, wanted: Wanted, fields: frozenset[str], rode: _Rode | None) -> None:
        there = {F.TITLE: bool(rode and rode.titled), F.TEXT: bool(rode and rode.described)}
        names = {F.TITLE: "title", F.TEXT: "description"}
        given = {names[n]: str(wanted.fields.get(n) or "") for n in names if n in fields and not there[n]}
        if given:
            self.api.write("photos.setMeta", photo_id=post.id, **given)

    def _facts(
        self, post: Post, wanted: Wanted, fields: frozenset[str], rode: _Rode | None, agreed: Fields
    ) -> tuple[str, ...]:
        date = dates.to_send(wanted.fields.get(F.TAKEN)) if F.TAKEN in fields else None
        if date is not None and not (rode and rode.dated):
            self.api.write(
                "photos.setDates", photo_id=post.id, date_taken=date.text, date_taken_granularity=date.granularity
            )
        notes = self._place(post, wanted, rode) if F.PLACE in fields else ()
        licence = licence_id(wanted.fields.get(F.RIGHTS)) if F.RIGHTS in fields else None
        if F.RIGHTS in fields and licence_id(agreed.get(F.RIGHTS)) is not None:
            # Only what we gave is taken back: where a photo never stated one, the account's own holds.
            licence = licence or ALL_RIGHTS_RESERVED
        if licence is not None and licence != post.fields.get(F.RIGHTS):
            self.api.write("photos.licenses.setLicense", photo_id=post.id, license_id=licence)
        lost = ("Flickr has no number for its licence, so it says all rights reserved",)
        return (*notes, *lost) if F.RIGHTS in fields and is_lost(wanted.fields.get(F.RIGHTS)) else notes

    def _place(self, post: Post, wanted: Wanted, rode: _Rode | None) -> tuple[str, ...]:
        position = showing.position(wanted.fields.get(F.PLACE))
        try:
            if position is not None:
                latitude, longitude = (f"{value:.6f}" for value in position)
                self.api.write("photos.geo.setLocation", photo_id=post.id, lat=latitude, lon=longitude, accuracy=16)
            elif rode is None:
                self.api.write("photos.geo.removeLocation", photo_id=post.id)
        except Fault as fault:
            if fault.code == _NO_LOCATION and position is None:
                return ()
            if fault.code != _NO_GEO_PRIVACY:
                raise
            return ("its place was not set: choose once who may see places, at flickr.com/account/geo/privacy/",)
        return ()

    def _bring_into_groups(self, post: Post, wanted: Wanted, fields: frozenset[str], agreed: Fields) -> Told:
        if F.GROUPS not in fields:
            return Told()
        before = each(agreed.get(F.GROUPS))
        known = () if F.GROUPS in post.held else before
        return self.groups.bring(post.id, each(wanted.fields.get(F.GROUPS)), before, known)

    def _replace(self, post: Post, wanted: Wanted, file: RenditionFile) -> None:
        try:
            self.api.replace(post.id, file.path, file.media_type)
        except Fault as fault:
            if fault.code == _NO_PHOTO:
                raise _gone(post, wanted) from fault  # the file was sent, so it is the photo that there is none of
            if fault.code != _NOT_PRO or "pro" not in fault.message.lower():
                raise
            message = (
                f"{wanted.where}: only Pro accounts can replace a picture, and this one is none (any more). The photo "
                'is as it was. Write account = "free" in its settings, and the plan asks what to do instead.'
            )
            raise Refused(message) from fault

    # -- tags --

    def _retag(
        self, post: Post, wanted: Wanted, fields: frozenset[str], mark: Mark, agreed: Fields, *, is_new: bool
    ) -> None:
        ours = each(agreed.get(F.TAGS))
        if F.TAGS in fields:
            # What a new photo has besides ours came out of its file.
            others = () if is_new else self._by_hand(post, ours, wanted)
            self._set_tags(post.id, (*_tags(wanted), *others), mark)
        elif post.fields.get(F.TAGS) == cleaned(ours):
            self._set_tags(post.id, ours, mark)
        else:
            self._set_tags(post.id, self.typed(post.id), mark)

    def _mark(self, post: Post, mark: Mark) -> None:
        """Our tag beside those of others, on a photo that was adopted and is ours to change from now on."""
        with suppress(Fault):  # one that holds all the tags it can stays known by our ledger
            self.api.write("photos.addTags", photo_id=post.id, tags=quoted([mark.tag]))

    def _by_hand(self, post: Post, ours: Sequence[str], wanted: Wanted) -> tuple[str, ...]:
        """Tags that somebody added there, as they were typed; no call where the listing shows none."""
        shown = post.fields.get(F.TAGS)
        if not self.options.keep_tags or (isinstance(shown, tuple) and set(map(str, shown)) <= set(cleaned(ours))):
            return ()
        known = {*map(clean, ours), *map(clean, _tags(wanted))}
        return tuple(tag for tag in self.typed(post.id) if clean(tag) not in known)

    def typed(self, photo: str) -> tuple[str, ...]:
        """Every tag of a photo as it was typed, without the one that is ours; a listing shows them clean only."""
        listing = self.api.read("tags.getListPhoto", photo_id=photo).get("photo", {})
        tags = [str(tag.get("raw") or tag.get("_content") or "") for tag in listing.get("tags", {}).get("tag", [])]
        return tuple(tag for tag in tags if not is_ours(tag) and mark_in(tag) is None)

    def _set_tags(self, photo: str, tags: Sequence[str], mark: Mark) -> None:
        self.api.write("photos.setTags", photo_id=photo, tags=quoted((*tags, mark.tag)))

    # -- away --

    def delete(self, post: Post, name: str) -> None:
        """Gone already is success.

        Raises:
            Refused: the permission to delete was not given yet.
        """
        try:
            self.api.write("photos.delete", photo_id=post.id)
        except Forbidden as forbidden:
            message = (
                f"Flickr lets us delete nothing yet; {post.url or post.id} is still there. "
                f"Give the permission with `helio signin {name} --delete`, then run again."
            )
            raise Refused(message) from forbidden
        except Fault as fault:
            if fault.code != _NOT_FOUND:
                raise

    def likeness(self, post: Post) -> str:
        """What its picture looks like; empty where there is none."""
        with TemporaryDirectory(prefix="heliograph-") as folder:
            small = self.preview(post, Path(folder))
            return likeness(small) if small else ""

    def preview(self, post: Post, folder: Path) -> Path | None:
        """A small size of its picture: from where the listing said that it is, else one call tells."""
        small = post.small_url or self._small_url(post)
        if not small:
            return None
        into = folder / "small"
        self.api.picture(small, into, _SMALL_BYTES)
        return into

    def sources(self, photo: str) -> tuple[str, ...]:
        """The addresses of its picture in all sizes."""
        return tuple(str(size.get("source", "")) for size in self._sizes(photo))

    def _sizes(self, photo: str) -> list[dict[str, Any]]:
        return list(self.api.read("photos.getSizes", photo_id=photo).get("sizes", {}).get("size", []))

    def _small_url(self, post: Post) -> str:
        sizes = self._sizes(post.id)
        pictures = [size for size in sizes if str(size.get("media", "photo")) == "photo"]
        wide = [size for size in pictures if whole(size.get("width")) >= _SMALL_PX]
        by_width = sorted(wide or pictures, key=lambda size: whole(size.get("width")))
        return str((by_width[0] if wide else by_width[-1]).get("source", "")) if by_width else ""


def _picture(agreed: Value) -> str:
    return str(agreed or "")[:PICTURE_LEN]


def _shown(post: Post, wanted: Wanted, fields: frozenset[str]) -> Post:
    """What will certainly be shown; the mark follows the picture."""
    replaced = F.PICTURE in fields
    known = post.fields.get(F.PICTURE) or showing.picture_of(wanted)
    picture = showing.picture_of(wanted) if replaced else str(known)
    certain: dict[str, Value] = {F.PICTURE: picture}
    if F.VISIBILITY in fields or F.VISIBILITY in post.fields:
        certain[F.VISIBILITY] = (wanted if F.VISIBILITY in fields else post).fields[F.VISIBILITY]
    mark = wanted.mark if replaced else post.mark
    return Post(post.id, SubjectKind.PHOTO, mark, post.url, certain, post.reactions)


def _gone(post: Post, wanted: Wanted) -> Gone:
    return Gone(f"{wanted.where}: its photo {post.id} is gone on Flickr; the next plan asks what to do")


def _tags(wanted: Wanted) -> tuple[str, ...]:
    return each(wanted.fields.get(F.TAGS))
