"""Posts: made once, brought in step with as few calls as there are differences, found again and taken away."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from heliograph.digest.likeness import likeness
from heliograph.errors import Busy, Gone, Refused, Uncertain
from heliograph.model import Claim, F, Fields, Limits, Post, RenditionFile, Value, Wanted, facts_brought
from heliograph.platforms.fediverse import licences, showing, texts
from heliograph.platforms.fediverse.api import Api, Told
from heliograph.platforms.fediverse.attached import alt_of, parts_of, places_of, to_say, words_of
from heliograph.platforms.fediverse.dialects import Alt, Key
from heliograph.platforms.fediverse.media import Sent, Uploads, check, sent_of
from heliograph.platforms.fediverse.options import Options
from heliograph.platforms.fediverse.places import Places, has_city
from heliograph.platforms.fediverse.showing import Media, Shown
from heliograph.ports import Fetched, Memory

PUBLIC = "public"
_MARGIN_S = 120.0
_TWICE = re.compile(r"duplicate idempotency|already (been )?(attached|used)|invalid media_ids", re.IGNORECASE)
"""What is said of what was posted before. Source: Pixelfed, Mastodon and GoToSocial as they ran (2026-11)."""
_UNREADY = re.compile(r"not finished processing", re.IGNORECASE)
_SPENT = re.compile(r"cannot edit your post more than", re.IGNORECASE)
"""Source: Pixelfed 0.11 and 0.12 as they ran (2026-11)."""
_NOT_OURS = "unauthorized"
_EDITED_OUT, _EDITED_OUT_MAX = "posts that take no more edits", 5_000
_NO_POST = "holds no post"
_ENDING = re.compile(r"\.(jpe?g|png|webp|gif|avif)$", re.IGNORECASE)
_SMALL_BYTES = 5_000_000
_PUT = frozenset({F.TEXT, F.WARNING, F.PLACE})
"""Fields that only setting the whole post changes."""


@dataclass
class Posts:
    """The posts of one account. Threads may share it."""

    api: Api
    options: Options
    limits: Limits
    uploads: Uploads
    places: Places
    memory: Memory | None
    listing: Callable[[], Iterator[dict[str, Any]]]
    """Every post of the account, the newest first, read page by page as they are taken."""
    known: dict[str, Shown] = field(default_factory=dict)
    """What this process saw or made."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    # -- new --

    def add(self, claim: Claim, wanted: Wanted) -> Post:
        """One post, with everything."""
        sent = sent_of(claim.token)
        if sent is None:
            message = f"{wanted.where}: what was made ready for it cannot be read. Nothing was posted; run again."
            raise Refused(message)
        form = {**self._words(wanted.fields), "media_ids": list(sent.ids), **self._ridden(wanted)}
        try:
            answer = self.api.post(form, "" if self.api.dialect.key == Key.IGNORED else sent.key)
        except Gone as gone:
            message = f"{wanted.where}: {gone}: the picture that was sent. Nothing was posted; run again."
            raise Busy(message) from gone
        except Told as no:
            raise self._turned_down(wanted, no) from no
        shown = self._read(answer.json())
        if shown is None:
            raise answer.unreadable(_NO_POST)
        self.known[shown.post.id] = shown
        return self._answered(shown, wanted, self.limits.rides)

    def _ridden(self, wanted: Wanted) -> dict[str, Any]:
        form: dict[str, Any] = {
            "visibility": wanted.fields.get(F.VISIBILITY) or next(iter(self.limits.audiences), PUBLIC)
        }
        if self.options.language:
            form["language"] = self.options.language
        city = self.places.city(wanted.fields.get(F.PLACE)) if F.PLACE in self.limits.fields else None
        return {**form, "place_id": city.id} if city else form

    def _turned_down(self, wanted: Wanted, no: Told) -> Exception:
        where, host = wanted.where, self.api.host
        if _TWICE.search(no.words):
            message = (
                f"{where}: {host} says that this was posted before ({no.words}); it is looked up before anything else."
            )
            return Uncertain(message)
        if _UNREADY.search(no.words):
            message = f"{where}: {host} still works at the picture ({no.words}). Nothing was posted; run again later."
            return Busy(message, 60.0)
        return Refused(f"{where}: {host} did not take it: {no.words}. Nothing was posted.")

    # -- found again --

    def find(self, claims: Sequence[Claim]) -> dict[Claim, tuple[Post, ...]]:
        """Posts with the picture of a claim, in one listing down to the oldest; none for one that is hidden as yet.

        Where the server says so, one call for each that is not listed tells whether its picture is in a post. Source:
        Pixelfed leaves posts out of its listings (pixelfed issue 5969, 2025).
        """
        sought = {claim: sent for claim in claims if (sent := sent_of(claim.token)) is not None}
        if not sought:
            return {}
        oldest = min(sent.at for sent in sought.values()) - _MARGIN_S
        found: dict[Claim, dict[str, Post]] = {}
        for item in self.listing():
            if _older(item, oldest):
                break
            shown = self._read(item)
            if shown is None:
                continue
            self.known[shown.post.id] = shown
            for claim, sent in sought.items():
                if _holds(shown.media, sent):
                    found.setdefault(claim, {})[shown.post.id] = shown.post
        hidden = [claim for claim, sent in sought.items() if claim not in found and self.uploads.posted(sent)]
        return {**dict.fromkeys(hidden, ()), **{claim: tuple(posts.values()) for claim, posts in found.items()}}

    # -- differences --

    def update(
        self, post: Post, wanted: Wanted, fields: frozenset[str], files: Sequence[RenditionFile], agreed: Fields
    ) -> Post:
        """Sets the named fields; the others stay as they are shown."""
        fields &= self.limits.amendable
        # Whether the last update set the pictures is not known, and so not which of them is which.
        agreed = {name: value for name, value in agreed.items() if name != F.PICTURE or name not in post.held}
        try:
            shown = self._amended(post, wanted, fields, files, agreed)
        except Gone as gone:
            self.known.pop(post.id, None)
            message = f"{wanted.where}: its post {post.id} is gone on {self.api.host}; the next plan asks what to do"
            raise Gone(message) from gone
        self.known[post.id] = shown
        reactions = shown.post.reactions
        answered = self._answered(shown, wanted, fields)
        return replace(answered, reactions=post.reactions if reactions is None else reactions)

    def _amended(
        self, post: Post, wanted: Wanted, fields: frozenset[str], files: Sequence[RenditionFile], agreed: Fields
    ) -> Shown:
        try:
            before = self._present(post)
            return self._set(before, wanted, fields, files, agreed)
        except Told as no:
            if _NOT_OURS in no.words:
                self._asked(post.id)  # Pixelfed says so, too, of what is not there any more
            raise self._not_amended(post, wanted, no) from no

    def _set(
        self, before: Shown, wanted: Wanted, fields: frozenset[str], files: Sequence[RenditionFile], agreed: Fields
    ) -> Shown:
        changed = {name for name in fields - {F.PICTURE} if self._differs(name, wanted, before)}
        media, shown = before.media, before
        if not files and F.ALT in changed and self.api.dialect.alt == Alt.MEDIA:
            shown = self._described(before, wanted, agreed)
            changed.discard(F.ALT)
        if not files and not changed:
            return shown
        self._check(before, wanted, changed | ({F.PICTURE} if files else set()), described=shown is not before)
        if files:
            media = tuple(self._pictures(before, wanted, fields, files, agreed))
        return self._put(shown, media, wanted, fields, agreed)

    def _described(self, before: Shown, wanted: Wanted, agreed: Fields) -> Shown:
        shown = before
        for place, alt in enumerate(to_say(wanted, before.media, agreed, self.api.dialect)):
            if showing.agrees(F.ALT, alt, before.media[place].alt, self.api.dialect):
                continue
            answered = showing.media_of(self.api.describe(before.media[place].id, alt))
            if answered is None:
                message = f"{self.api.host} was told another alt text and its answer {_NO_POST}; run again later"
                raise Busy(message)
            shown = self.known[before.post.id] = shown.with_alt(place, answered)
        return shown

    def _pictures(
        self, before: Shown, wanted: Wanted, fields: frozenset[str], files: Sequence[RenditionFile], agreed: Fields
    ) -> list[Media]:
        """Those that the post is to hold; what is in it already is not sent again."""
        parts = list(zip(parts_of(wanted), files, strict=True))
        there, media = places_of(wanted, before.media, agreed), list[Media]()
        for part, file in parts:
            check(part, file, self.limits)
        for part, file in parts:
            place = there.get(part.fields.get(F.PICTURE))
            if place is not None:
                media.append(before.media[place])
                continue
            told = part if wanted.parts or F.ALT in fields else _with_alt(part, before)
            sent, _ = self.uploads.sent(told, file)
            media.append(replace(sent, said=alt_of(told, self.api.dialect)))
        return media

    def _put(
        self, before: Shown, media: tuple[Media, ...], wanted: Wanted, fields: frozenset[str], agreed: Fields
    ) -> Shown:
        words = {name: self._kept(name, wanted, fields, before, agreed) for name in (F.TEXT, F.WARNING)}
        form: dict[str, Any] = self._words(words)
        dialect = self.api.dialect
        if not dialect.renames:  # elsewhere, posts whose pictures are not named lose them
            form["media_ids"] = [one.id for one in media]
        if dialect.alt == Alt.POST:
            said = self._said(before, media, wanted, fields, agreed)
            form["media_attributes"] = [
                {"id": one.id, "description": alt} for one, alt in zip(media, said, strict=True)
            ]
        if self.options.language or before.language:
            form["language"] = self.options.language or before.language
        city = self.places.city(wanted.fields.get(F.PLACE)) if F.PLACE in fields else None
        if city:
            form["location"] = city.form()
        return self._edited(before.post.id, form)

    def _edited(self, id_: str, form: Mapping[str, Any]) -> Shown:
        answer = self.api.edit(id_, form)
        # Pixelfed answers nothing at all for posts that are not public. Source: 0.11 and 0.12 as they ran (2026-11).
        shown = self._read(answer.json()) if answer.body.strip() else self._asked(id_)
        if shown is None or shown.post.id != id_:
            raise answer.unreadable(_NO_POST)
        return shown

    def _words(self, fields: Fields) -> dict[str, Any]:
        """Text and warning as they are sent."""
        dialect, warning = self.api.dialect, fields.get(F.WARNING)
        text = texts.to_send(F.TEXT, str(fields.get(F.TEXT) or ""), dialect)
        spoiler = texts.to_send(F.WARNING, str(warning or ""), dialect)
        return {
            "status": texts.unmentioned(text, self.limits.text_len),
            "sensitive": warning is not None,
            "spoiler_text": spoiler[: showing.SPOILER_MAX] if dialect.lies else spoiler,
        }

    def _said(
        self, before: Shown, media: tuple[Media, ...], wanted: Wanted, fields: frozenset[str], agreed: Fields
    ) -> list[str]:
        """The alt text that each picture is to have."""
        if not wanted.parts:
            kept = self._kept(F.ALT, wanted, fields, before, agreed)
            alone = replace(wanted, fields={F.ALT: kept[0] if isinstance(kept, tuple) else kept})
            return to_say(alone, media, agreed, self.api.dialect)
        if F.ALT not in fields:
            return [one.said for one in media]
        if media != before.media:  # then they are those of the wanted state, in its order
            agreed = {F.PICTURE: tuple(part.fields.get(F.PICTURE) for part in wanted.parts)}
        return to_say(wanted, media, agreed, self.api.dialect)

    def _kept(self, name: str, wanted: Wanted, fields: frozenset[str], before: Shown, agreed: Fields) -> Value:
        """What a field is to be: wanted where it is named, else as it is shown, in our own words where those are."""
        seen = before.post.fields.get(name)
        if name in fields:
            return wanted.fields.get(name)
        own = (given[name] for given in (agreed, wanted.fields) if name in given)
        return next((value for value in own if showing.agrees(name, value, seen, self.api.dialect)), seen)

    def _differs(self, name: str, wanted: Wanted, before: Shown) -> bool:
        value, seen = wanted.fields.get(name), before.post.fields
        if name == F.PLACE and self.places.unknown(value):
            return False
        return name not in seen or not showing.agrees(name, value, seen[name], self.api.dialect)

    def _check(self, before: Shown, wanted: Wanted, fields: set[str], *, described: bool) -> None:
        """Nothing, where the fields, of which each differs, can be set without harm.

        Raises:
            Refused: they cannot.
        """
        put = fields & (_PUT | {F.PICTURE} | ({F.ALT} if self.api.dialect.alt == Alt.POST else set()))
        visibility = before.post.fields.get(F.VISIBILITY)
        why = ""
        if put and self.api.dialect.widens and visibility != PUBLIC:
            why = f"an edit there may show a post to everybody, and this one is {visibility}; it was left as it is"
        elif put and before.post.id in self._edited_out():
            why = "the server lets nobody edit this post any more; post it anew to change it (when.fixed)"
        elif F.PLACE in fields and before.post.fields.get(F.PLACE) and not has_city(wanted.fields.get(F.PLACE)):
            why = "the server cannot take a place away from a post; delete it there and let it be posted anew"
        if why:
            message = f"{wanted.where}: {why}. Nothing {'but the alt text ' if described else ''}was changed."
            raise Refused(message)

    def _not_amended(self, post: Post, wanted: Wanted, no: Told) -> Refused:
        if _SPENT.search(no.words):
            with self._lock:
                spent = [*self._edited_out(), post.id][-_EDITED_OUT_MAX:]
                if self.memory is not None:
                    self.memory.write(_EDITED_OUT, json.dumps(spent))
        return Refused(f"{wanted.where}: {self.api.host} did not change its post {post.url or post.id}: {no.words}")

    def _edited_out(self) -> list[str]:
        try:
            form = json.loads(self.memory.read(_EDITED_OUT) if self.memory is not None else "[]")
        except ValueError:
            return []
        return [str(one) for one in form] if isinstance(form, list) else []

    # -- what is there --

    def _present(self, post: Post) -> Shown:
        """The post with its pictures, asked for only where this process never saw it."""
        shown = self.known.get(post.id) or self._asked(post.id)
        if shown is None:
            message = f"{post.url or post.id} holds no picture any more"
            raise Gone(message)
        return shown

    def _asked(self, id_: str) -> Shown | None:
        return self._read(self.api.status(id_))

    def _read(self, form: object) -> Shown | None:
        return showing.read(form, self.api.dialect, self.limits)

    def _answered(self, shown: Shown, wanted: Wanted, fields: frozenset[str]) -> Post:
        """The post as the server answered it, and what became of what it was told."""
        return replace(shown.post, notes=tuple(self._notes(shown.post, wanted, fields)))

    def _notes(self, post: Post, wanted: Wanted, fields: frozenset[str]) -> Iterator[str]:
        said = words_of(wanted, fields & texts.WORDS)
        if any(texts.to_send(name, text, self.api.dialect) != text for name, text in said):
            yield texts.CAVEAT
        if F.RIGHTS in fields and any(licences.is_lost(part.fields.get(F.RIGHTS)) for part in parts_of(wanted)):
            yield f"{self.api.host} has no number for its licence, so it says all rights reserved"
        for name in sorted(fields & post.fields.keys() & wanted.fields.keys()):
            value, seen = wanted.fields[name], post.fields[name]
            if not showing.agrees(name, value, seen, self.api.dialect):
                yield f"{self.api.host} shows its {name} otherwise than was asked for: {_brief(seen)}"

    # -- away, and home --

    def delete(self, post: Post) -> None:
        """Gone already is success."""
        self.api.delete(post.id)
        self.known.pop(post.id, None)

    def fetch(self, post: Post, folder: Path) -> Fetched:
        """The picture as the server serves it, under the post's id: made anew there, so it is no original."""
        known = self._present(post)
        shown = known if known.media[0].url else self._asked(post.id)  # right after an upload some name no address
        url = shown.media[0].url if shown else ""
        if not url:
            message = f"{post.url or post.id} cannot be fetched: {self.api.host} offers no picture of it."
            raise Refused(message)
        ending = _ENDING.search(urlsplit(url).path)
        into = folder / f"{post.id}.{ending[1].lower() if ending else 'jpg'}"
        self.api.picture(url, into)
        shown = shown or known
        return Fetched(into, facts_brought(showing.brought(shown.post.fields)), is_original=False)

    def likeness(self, post: Post) -> str:
        """What its picture looks like, small."""
        with TemporaryDirectory(prefix="heliograph-") as folder:
            small = self.preview(post, Path(folder))
            return likeness(small) if small else ""

    def preview(self, post: Post, folder: Path) -> Path | None:
        """Its first picture, small, where there is one."""
        first = self._present(post).media[0]
        if not (first.preview or first.url):
            return None
        into = folder / "small"
        self.api.picture(first.preview or first.url, into, _SMALL_BYTES)
        return into


def _holds(media: Sequence[Media], sent: Sent) -> bool:
    """By the picture's id; where it has another one in a post, by its address."""
    addresses = {path for url in sent.urls if (path := urlsplit(url).path)}
    paths = {urlsplit(url).path for one in media for url in (one.id, one.url, one.preview) if "/" in url}
    return any(one.id in sent.ids for one in media) or not addresses.isdisjoint(paths)


def _older(item: Mapping[str, Any], than_s: float) -> bool:
    made = showing.made_at(item)
    return bool(made) and datetime.fromisoformat(made).timestamp() < than_s


def _with_alt(wanted: Wanted, before: Shown) -> Wanted:
    return replace(wanted, fields={**wanted.fields, F.ALT: before.media[0].alt})


def _brief(value: Value) -> str:
    text = " ".join(str(value).split()) if value not in {None, ""} else "nothing"
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 - enough to see which
