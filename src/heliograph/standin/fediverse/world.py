"""The server without its door: what it knows, kept in one folder, and what its people do in a browser.

Changes need `lock` around them, which every method here takes; a test that changes records itself calls `keep`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from heliograph.standin.fediverse import ids, markup, pictures
from heliograph.standin.fediverse.records import Account, Application, Media, Status, Token, Version
from heliograph.standin.fediverse.shelves import Shelves


class World(Shelves):
    """Everything that a server knows. Safe to be used from several threads."""

    def reset(self) -> None:
        """Forgets posts, media and collections; accounts, applications, tokens and dials stay."""
        with self.lock:
            for media in list(self.media.values()):
                self.remove_media(media)
            self.drop(*self.statuses.values(), *self.collections.values(), *self.once.values())

    # --- who there is -------------------------------------------------------------------------------------------------

    @property
    def version(self) -> str:
        """Of the software."""
        return self.dials.version or self.traits.version

    def account(self) -> Account:
        """The first account."""
        return next(iter(self.accounts.values()))

    def add_account(self, name: str, *, active: bool = True) -> Account:
        """A new member."""
        with self.lock:
            small = {"hex": "hex", "ulid": "ulid"}.get(self.traits.ids, "mastodon")
            account = Account(ids.made(small, self.now(), self.number("account")), name, active, made_at=self.now())
            self.keep(account)
            return account

    def add_application(self, name: str, uris: Iterable[str], scopes: str = "", website: str = "") -> Application:
        """A program that may ask for tokens."""
        with self.lock:
            number = self.number("application")
            known = str(124 + number) if self.traits.small_ids else secrets.token_urlsafe(32)
            application = Application(known, secrets.token_urlsafe(30), name, list(uris), scopes, website)
            self.keep(application)
            return application

    def add_token(self, application: str, account: str, scopes: str) -> Token:
        """A new yes; the same one where the server never lets them end."""
        with self.lock:
            life_s = self.traits.token_life_s
            for token in self.tokens.values():
                same = (token.application, token.account, token.scopes) == (application, account, scopes)
                if same and life_s is None and not token.revoked:
                    return token
            token = Token(
                secrets.token_urlsafe(32), application, account, scopes, self.now(),
                expires_at=None if life_s is None else self.now() + life_s,
                refresh=secrets.token_urlsafe(32) if self.traits.refreshes else "",
            )  # fmt: skip
            self.keep(token)
            return token

    def revoke(self, token: str) -> bool:
        """Whether there was such a token; it is refused from now on."""
        with self.lock:
            found = self.tokens.get(token)
            if found is not None:
                found.revoked = True
                self.keep(found)
            return found is not None

    # --- pictures -----------------------------------------------------------------------------------------------------

    def original(self, media_id: str) -> bytes:
        """A picture as it was sent."""
        return self._original(media_id).read_bytes()

    def served(self, media_id: str) -> bytes:
        """A picture as anybody gets it now."""
        return self.picture(media_id)[0]

    def picture(self, media_id: str, *, small: bool = False) -> tuple[bytes, str]:
        """What the address of a picture answers now, and its MIME type.

        Raises:
            KeyError: there is no such picture, or no longer.
        """
        media = self.media[media_id]
        if not self.worker_ran(media):
            return self.original(media_id), media.mime
        if not media.width:
            return self.original(media_id), media.mime or "application/octet-stream"
        file = self.folder / "served" / f"{media_id}{'-small' if small else ''}"
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            source = self.original(media_id)
            data = pictures.thumbnail(source) if small else pictures.made(self.traits.recipe, source)
            file.write_bytes(data)
        return file.read_bytes(), "image/jpeg" if small else self.mime(media)

    def mime(self, media: Media) -> str:
        """What a picture is served as."""
        if self.traits.recipe == "webp":
            return "image/webp"
        kept = media.mime in {"image/jpeg", "image/png", "image/gif"} or self.traits.recipe in {"stripped", "none"}
        return media.mime if kept else "image/jpeg"

    def worker_ran(self, media: Media) -> bool:
        """Whether the server made its own picture by now."""
        wait_s = self.traits.worker_s if self.dials.worker_s is None else self.dials.worker_s
        return self.now() - media.made_at >= wait_s

    def add_media(self, account: str, file: Path, filename: str, looked: tuple[str, int, int], alt: str = "") -> Media:
        """A new picture; its file is moved away from where it is."""
        with self.lock, file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        with self.lock:
            serial, at = self.number("media"), self.now()
            media = Media(
                ids.made(self.traits.media_ids, at, serial), serial, account, filename, file.stat().st_size, sha256,
                *looked, made_at=at, alt=alt, licence=self.accounts[account].licence,
            )  # fmt: skip
            kept = self._original(media.id)
            kept.parent.mkdir(exist_ok=True)
            file.replace(kept)
            self.keep(media)
            return media

    def remove_media(self, media: Media) -> None:
        """Takes a picture and its files away."""
        for file in (self._original(media.id), *(self.folder / "served").glob(f"{media.id}*")):
            file.unlink(missing_ok=True)
        self.drop(media)

    def purge(self) -> None:
        """Takes away what was sent and never posted, once it is old."""
        life_s = self.traits.purge_s
        if life_s is None:
            return
        for media in list(self.media.values()):
            if not media.status and not media.drafted and self.now() - media.made_at >= life_s:
                self.remove_media(media)

    def _original(self, media_id: str) -> Path:
        return self.folder / "originals" / media_id

    # --- posts --------------------------------------------------------------------------------------------------------

    @property
    def posts(self) -> list[Status]:
        """Every post that is there, the newest first; replies of others are none."""
        own = (one for one in self.statuses.values() if one.deleted_at is None and not one.draft and not one.reply_to)
        return sorted(own, key=lambda one: one.serial, reverse=True)

    def shown(self, status: Status) -> bool:
        """Whether a post is still answered to who asks for it."""
        if status.draft:
            return False
        return status.deleted_at is None or self.now() - status.deleted_at < self.dials.delete_lag_s

    def alt(self, status: Status, media_id: str) -> str:
        """What a post shows as the alt text of one of its pictures."""
        return status.alts.get(media_id, self.media[media_id].alt if media_id in self.media else "")

    def pictures_of(self, status: Status) -> list[Media]:
        """The pictures of a post, in order."""
        return [self.media[name] for name in status.media if name in self.media]

    def add_status(self, account: str, text: str, media: Iterable[str] = (), **told: Any) -> Status:
        """A new post of a member, which takes its pictures; `told` are other fields of a post."""
        with self.lock:
            serial, at = self.number("status"), self.now()
            made = replace(
                Status(ids.made(self.traits.ids, at, serial), serial, account, text, at, list(media)), **told
            )
            made.tags = markup.tags(text)
            for picture in self.pictures_of(made):
                picture.status = made.id
                if self.traits.media_put == "copy":
                    made.alts[picture.id] = picture.alt
                self.keep(picture)
            self.keep(made)
            return made

    def post(self, account: str, text: str, files: Iterable[bytes] = (), alt: str = "", **told: Any) -> Status:
        """What somebody posts by another program, with pictures as bytes."""
        names = []
        for data in files:
            file = self.folder / f"by-hand-{secrets.token_hex(4)}"
            file.write_bytes(data)
            looked = pictures.looked_at(file, decode=False) or ("image/jpeg", 0, 0)
            names.append(self.add_media(account, file, "by-hand.jpg", looked, alt).id)
        return self.add_status(account, text, names, application=told.pop("application", "web"), **told)

    def edit(self, status_id: str, *, text: str | None = None, alt: Mapping[str, str] | None = None) -> Status:
        """What the owner changes in a browser.

        Raises:
            KeyError: there is no such post.
        """
        with self.lock:
            status = self.statuses[status_id]
            for name, words in (alt or {}).items():
                self.media[name].alt = words
                status.alts.pop(name, None)
                self.keep(self.media[name])
            if text is not None:
                self.remember(status)
                status.text, status.escaped, status.tags = text, False, markup.tags(text)
                status.edits += 1
            status.edited_at = self.now()
            self.keep(status)
            return status

    def remember(self, status: Status) -> None:
        """Adds what a post says now to what it said before."""
        at = status.edited_at or status.made_at
        status.history.append(Version(status.text, status.spoiler, status.sensitive, at))

    def delete(self, status_id: str, *, with_media: bool = False) -> None:
        """Takes a post away; its pictures are loose again, or with it gone.

        Raises:
            KeyError: there is no such post.
        """
        with self.lock:
            status = self.statuses[status_id]
            status.deleted_at = self.now()
            self.keep(status)
            for picture in self.pictures_of(status):
                if self.dials.delete_lag_s == 0 and (with_media or self.traits.pixelfed):
                    self.remove_media(picture)
                elif not self.traits.pixelfed:
                    picture.made_at, picture.status = self.now(), ""
                    self.keep(picture)

    def favourite(self, status_id: str, who: str = "somebody") -> None:
        """Somebody likes a post.

        Raises:
            KeyError: there is no such post.
        """
        with self.lock:
            status = self.statuses[status_id]
            status.favourites = [*dict.fromkeys([*status.favourites, who])]
            self.keep(status)

    def reply(self, status_id: str, text: str, who: str = "somebody") -> Status:
        """Somebody answers to a post.

        Raises:
            KeyError: there is no such post.
        """
        with self.lock:
            self.statuses[status_id]
            known = next((one for one in self.accounts.values() if one.name == who), None) or self.add_account(who)
            return self.add_status(known.id, text, reply_to=status_id)

    def replies(self, status_id: str) -> list[Status]:
        """The answers to a post, the oldest first."""
        return [one for one in self.statuses.values() if one.reply_to == status_id and one.deleted_at is None]
