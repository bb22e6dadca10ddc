"""The photographer's own website on disk: a folder of pages that opens from disk and from any host.

What was accepted stands in a log of posts within the folder; `finish` makes the pages show it, all of it together.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from heliograph.digest.likeness import likeness
from heliograph.errors import Mistake, Refused
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
    facts_brought,
    value_digest,
)
from heliograph.platforms.site.building import Builder
from heliograph.platforms.site.delivery import Delivery
from heliograph.platforms.site.destination import NOWHERE, Destination
from heliograph.platforms.site.options import Options
from heliograph.platforms.site.posts import Entry, Log, Picture, amended, brought, picture_of, without_lost
from heliograph.platforms.site.publish import Build, Built, Makes, Publication
from heliograph.platforms.site.slugs import slug
from heliograph.platforms.site.staging import copy_durably, held, sync_folder, telling
from heliograph.policy import Captions
from heliograph.policy import Picture as PicturePolicy
from heliograph.ports import NOTHING, Caution, Clock, Fetched

if TYPE_CHECKING:
    from heliograph.platforms.site.checking import Checking, Finding

__all__ = ["LIMITS", "Options", "Site"]

_PHOTO_FIELDS = frozenset({F.PICTURE, F.TITLE, F.TEXT, F.ALT, F.TAGS, F.TAKEN, F.PLACE, F.RIGHTS, F.CAMERA, F.LINKS})

LIMITS = Limits(
    fields=_PHOTO_FIELDS,
    rides=_PHOTO_FIELDS,
    amendable=_PHOTO_FIELDS,
    album_fields=frozenset({F.TITLE, F.TEXT, F.COVER, F.MEMBERS}),
    media_types=("image/webp", "image/jpeg", "image/avif"),
    marks=True,
    settle_s=0.0,
    workers=2,
)
"""Our own pages: no text is too long, every field can be changed, and what was written is seen at once."""

CAPTIONS = Captions(
    title="{{ title or name }}",
    text="{{ caption }}",
    alt="{{ alt_text or headline or caption or title }}",
)
PICTURE = PicturePolicy(send="resized", long_edge_px=(2048, 1280, 640, 320))

_READ = _PHOTO_FIELDS - {F.PICTURE, F.LINKS}

_WORKERS_LEAST, _WORKERS_MOST = 2, 8
"""Pictures are made in as many threads as there are cores: two keep two cores busy (measured 2026-11)."""


class Site:
    """A website in a folder. Safe to be called from several threads, and beside another process.

    Without a clock, the log keeps no times: feeds then say when photos were taken.
    """

    limits: Limits = LIMITS
    captions: Captions = CAPTIONS
    picture: PicturePolicy = PICTURE

    def __init__(self, name: str, options: Options, clock: Clock | None = None) -> None:
        self.options = options
        self._clock = clock
        self._open(name, options.folder, options.base_url, Builder(options), options.publish)

    def _open(self, name: str, folder: Path, base_url: str, builder: Makes, destination: Destination = NOWHERE) -> None:
        self.name = name
        self._folder = folder
        self._base_url = base_url.rstrip("/")
        self._log = Log(self._folder)
        self._publication = Publication(self._folder)
        self._builder = builder
        self._delivery = Delivery(name, folder, self._base_url, destination)
        self.limits = replace(self.limits, workers=max(_WORKERS_LEAST, min(os.cpu_count() or 1, _WORKERS_MOST)))
        self._threads = RLock()

    # --- looking ------------------------------------------------------------------------------------------------------

    def survey(self, since: str | None) -> Survey:
        """Every post, or what changed behind the cursor `since`. Reads only, and little where nothing changed.

        A photo whose published picture files are not on disk any more is shown with an empty picture.

        Raises:
            Mistake: the folder, once published into, is not there.
        """
        with self._threads, telling(f"Looking at the site {self._folder}", "Nothing was changed."):
            if since:
                self._check_there()
            changes = self._log.since(since) if since else None
            if changes is None:
                return self._full_survey()
            (changed, cursor) = changes
            posts = tuple(self._post(entry) for entry in changed.written.values())
            return Survey(posts, full=False, gone=changed.gone, cursor=cursor, pending=self._pending(cursor))

    def _check_there(self) -> None:
        if not self._folder.is_dir():
            sentence = (
                f"The site's folder {self._folder} is not there, though photos were published into it. Nothing was "
                "changed. If its disk is not mounted, mount it; to begin a new site, make the empty folder."
            )
            raise Mistake(sentence)

    def _full_survey(self) -> Survey:
        entries = self._log.read()
        lost = self._publication.missing_pictures() if entries else frozenset()
        posts = tuple(self._post(without_lost(entry, lost)) for entry in entries.values())
        return Survey(posts, full=True, cursor=self._log.cursor, pending=self._pending(self._log.cursor))

    def find(self, claims: Sequence[Claim]) -> Mapping[Claim, tuple[Post, ...]]:
        """Live posts with the mark, or the id, of each claim."""
        with self._threads, telling(f"Looking at the site {self._folder}", "Nothing was changed."):
            entries = self._log.read()
        by_mark: dict[tuple[SubjectKind, str], list[Entry]] = {}
        for entry in entries.values():
            by_mark.setdefault((entry.kind, entry.mark), []).append(entry)
        found: dict[Claim, tuple[Post, ...]] = {}
        for claim in claims:
            candidates = by_mark.get((claim.subject.kind, claim.mark), []) if claim.mark else []
            named = entries.get(claim.token)
            if named is not None and named.kind is claim.subject.kind and named not in candidates:
                candidates = [*candidates, named]
            if candidates:
                found[claim] = tuple(self._post(entry) for entry in candidates)
        return found

    def fetch(self, post: Post, folder: Path) -> Fetched:
        """A copy of the largest picture, as JPEG where there are two alike, under the post's id in `folder`."""
        with telling(f"Copying the picture of {post.id}", "The site is as it was."):
            with self._threads:
                entry = self._entry(post)
            for picture in sorted(entry.pictures, key=lambda one: (-one.width_px, one.media_type != "image/jpeg")):
                source = self._publication.picture(picture.name)
                if source is not None:
                    target = folder / f"{entry.id}{source.suffix}"
                    copy_durably(source, target)
                    facts = facts_brought(brought(entry.fields, frozenset(entry.fields)))
                    return Fetched(target, facts, is_original=False)
        sentence = f"{post.id} has no picture on the site {self._folder}; there is nothing to download."
        raise Refused(sentence)

    def brings(self, post: Post, fields: frozenset[str]) -> Mapping[str, Value]:
        """As it was sent; nobody edits a site."""
        return brought(post.fields, fields)

    def likeness(self, post: Post) -> str:
        """From the smallest of its files that is on disk."""
        source = self._smallest(post)
        return likeness(source) if source else ""

    def preview(self, post: Post, folder: Path) -> Path | None:
        """A copy of that."""
        source = self._smallest(post)
        if source is None:
            return None
        target = folder / source.name
        with telling(f"Looking at the picture of {post.id}", "The site is as it was."):
            copy_durably(source, target)
        return target

    def _smallest(self, post: Post) -> Path | None:
        with telling(f"Looking at the picture of {post.id}", "The site is as it was."), self._threads:
            entry = self._entry(post)
            by_size = sorted(entry.pictures, key=lambda one: (one.width_px, one.media_type))
            sources = (self._publication.picture(picture.name) for picture in by_size)
            return next((source for source in sources if source is not None), None)

    def leads_to(self, link: str) -> frozenset[str]:
        """By the names of its pages and picture files, on the site and in its folder."""
        if "://" in link and not (self._base_url and link.startswith(f"{self._base_url}/")):
            return frozenset()
        path = re.split(r"[?#]", link)[0]
        if page := re.search(r"(?:^|/)(?:photos|albums)/([a-z0-9-]+)\.html$", path):
            return frozenset({page[1]})
        picture = re.search(r"(?:^|/)(pictures/\w\w/[^/]+)$", path)
        if picture is None:
            return frozenset()
        with self._threads, telling(f"Looking at the site {self._folder}", "Nothing was changed."):
            return frozenset(self._log.showing(picture[1]))

    # --- changing -----------------------------------------------------------------------------------------------------

    def prepare(self, subject: Subject, wanted: Wanted, rendition: Rendition | None) -> Claim:
        """Puts the picture files where no visitor sees them, and chooses the id of the post."""
        with self._told(wanted, "It is not published."):
            self._keep(rendition)
            with self._threads:
                entries = self._log.read()
        mark = wanted.mark or value_digest((subject.kind, subject.id))
        title = wanted.fields.get(F.TITLE)
        named = title if isinstance(title, str) else ""

        def is_taken(post_id: str) -> bool:
            other = entries.get(post_id)
            return other is not None and (other.kind, other.mark) != (subject.kind, mark)

        return Claim(subject, mark, self._chosen(named, wanted, mark, is_taken))

    def _chosen(self, title: str, wanted: Wanted, mark: str, is_taken: Callable[[str], bool]) -> str:
        kind = wanted.subject.kind
        return slug(title, (kind, mark), is_taken, kind.value)

    def add(self, claim: Claim, wanted: Wanted, rendition: Rendition | None) -> Post:
        """Writes the post into the log: from then on it is published, and seen after `finish`.

        Raises:
            Uncertain: the disk failed in a way that leaves open whether it was written.
        """
        with self._told(wanted, "It is not published."), self._writing():
            pictures, blur = self._keep(rendition), rendition.blur if rendition else ""
            fields = {name: value for name, value in wanted.fields.items() if name in self._fields(claim.subject.kind)}
            there = self._log.read().get(claim.token)
            published_at = there.published_at if there else self._now()
            entry = Entry(claim.token, claim.subject.kind, claim.mark, fields, pictures, blur, published_at)
            if there is not None and (there.kind, there.mark) != (entry.kind, entry.mark):
                sentence = (
                    f"{wanted.where} is not published on {self.name}: its name {entry.id} was given to another post in "
                    "the meantime. Run again; it gets another name."
                )
                raise Refused(sentence)
            self._log.append([entry], wanted.where)
            return self._post(entry)

    def update(
        self,
        post: Post,
        wanted: Wanted,
        fields: frozenset[str],
        rendition: Rendition | None,
        agreed: Fields = NOTHING,  # noqa: ARG002 - nobody else writes here
    ) -> Post:
        """Sets the named fields; with a new picture the post also takes on the mark of its photo."""
        with self._told(wanted, "Its post is as it was."), self._writing():
            before = self._entry(post)
            odd = fields - self._fields(before.kind)
            if odd:
                sentence = f"{wanted.where}: {self.name} cannot show {', '.join(sorted(odd))}. Its post is as it was."
                raise Refused(sentence)
            after = amended(before, fields, wanted.fields)
            if before.kind is SubjectKind.ALBUM and F.TITLE in fields:
                after = replace(after, mark=wanted.mark or before.mark)
            if F.PICTURE in fields:
                if rendition is None or not rendition.files:
                    sentence = (
                        f"{wanted.where}: there is no picture to replace the one on {self.name}. It is as it was."
                    )
                    raise Refused(sentence)
                pictures = self._keep(rendition)
                after = replace(after, pictures=pictures, blur=rendition.blur, mark=wanted.mark or before.mark)
            if after != before:
                after = replace(after, changed_at=self._now()) if _shown(after) != _shown(before) else after
                self._log.append([after], wanted.where)
            return self._post(after)

    def agrees(self, field: str, sent: Value, shown: Value) -> bool:  # noqa: ARG002 - all alike
        """Every field is shown as it was sent."""
        return sent == shown

    def delete(self, post: Post) -> None:
        """Takes the post out of the log; its pages and pictures go with the next `finish`.

        Raises:
            Mistake: the folder is not there, and with it whatever was published.
        """
        state = "It is still published."
        with telling(f"Deleting {post.id} from {self.name}", state), self._threads:
            self._check_there()
            if post.id in self._log.read():
                with self._writing():
                    self._log.append([post.id], f"The deletion of {post.id}")

    def close(self) -> None:
        """Holds nothing open."""

    def about(self) -> tuple[str, ...]:
        """Where its pages are taken, if they are; names in the settings that nothing has."""
        with self._threads, telling(f"Looking at the site {self._folder}", "Nothing was changed."):
            places = (said if well else Caution(said) for said, well in self._delivery.about())
            return (*places, *self._left_out(), *map(Caution, self._odd()))

    def _left_out(self) -> Iterator[str]:
        if not self._base_url and self._log.read():
            feeds = "no feeds, " if self.options.feed_photos else ""
            left = f"{feeds}no sitemap, no 404.html and no pictures in link previews"
            yield f"{left}: they need the address of the site, the setting `base_url`"

    def _odd(self) -> Iterator[str]:
        from heliograph.platforms.site.groupings import named_in_vain

        yield from named_in_vain(self._log.read(), self.options)

    def finish(self) -> None:
        """Makes the pages show every post as it is now, and takes them where they go; does nothing where that is done.

        Raises:
            Mistake: a file that is not ours stands where a page belongs; the pages are as they were.
            Busy: the pages were built, and could not be taken where they go; that is repeated.
        """
        with self._building():
            self._log.read()
            if not self._pending(self._log.cursor):
                return
            with self._writing():
                self._publication.roll_forward()
                self._log.compact()
                if self._unbuilt(self._log.cursor):
                    self._build(self._log.read())
                if self._pending(self._log.cursor):
                    self._delivery.carry(self._publication, self._publication.built())

    def build(self) -> Build:
        """Makes every page anew from what is published, and takes none of them anywhere.

        A page or asset of ours that was edited or deleted by hand is as it was again.

        Raises:
            Mistake: as `finish`; or nothing was published yet.
        """
        with self._building():
            self._check_begun()
            before = self._publication.files()
            with self._writing():
                self._publication.roll_forward()
                self._log.compact()
                written = self._build(self._log.read(), anew=True)
                pending = self._delivery.pending(self._publication.built())
                return Build.of(before, self._publication.files(), written, pending)

    def deliver(self, *, everything: bool = False) -> tuple[int, int]:
        """Takes what changed where the pages go, or with `everything` all: how many files changed there and went.

        Raises:
            Mistake: the settings name no place, or nothing was published yet.
            Busy: it could not be taken there.
        """
        with self._building():
            self._check_begun()
            with self._writing():
                self._publication.roll_forward()
                return self._delivery.carry(self._publication, self._publication.built(), everything=everything)

    def check(self, *, anew: bool = False) -> Iterator[Finding]:
        """What is wrong with the site as it lies on the disk; lazily, nothing of it is changed.

        With `anew`, pictures are looked into that were found in order before and did not change since.

        Raises:
            Mistake: nothing was published yet.
        """
        from heliograph.platforms.site.checking import Finding, What

        with self._threads, telling(f"Looking over the site {self._folder}", "Nothing was changed."):
            self._check_begun()
            if pending := self._pending(self._log.cursor):
                yield Finding(What.UNBUILT, "", pending)
            yield from self._checking(anew=anew).findings()

    def _checking(self, *, anew: bool) -> Checking:
        from heliograph.platforms.site.checking import Checking

        return Checking(self._publication, self._log.read(), self._base_url, anew)

    @contextmanager
    def _building(self) -> Iterator[None]:
        state = "The pages on disk are whole, and the posts are kept; `finish` is repeated with the next run."
        with self._threads, telling(f"Building the pages of {self._folder}", state):
            yield

    def _check_begun(self) -> None:
        self._log.read()
        if not self._log.cursor:
            sentence = f"Nothing was published into {self._folder} yet, so there are no pages. Begin with `helio plan`."
            raise Mistake(sentence)

    def calls(self, action: Action) -> int:  # noqa: ARG002 - a disk counts nothing, whatever is done
        """None: nobody is called."""
        return 0

    def _build(self, posts: Mapping[str, Entry], *, anew: bool = False) -> Collection[str]:
        """The paths of what was written; with `anew`, every page is compared with what is on disk."""
        from heliograph.platforms.site.pages import MISSING

        there = {} if anew else self._publication.pages_there()
        own = {MISSING} if self._is_owners(MISSING) else set()
        pages = (page for page in self._builder.build(posts, there) if page.path not in own)
        pictures = {picture.name: picture.name for entry in posts.values() for picture in entry.pictures}
        built = Built(self._log.cursor, self._builder.look)
        return self._publication.publish(pages, pictures, built, due=self._delivery.forget)

    def _is_owners(self, path: str) -> bool:
        return os.path.lexists(self._folder / path) and path not in self._publication.pages()

    # --- within -------------------------------------------------------------------------------------------------------

    def _pending(self, cursor: str) -> str:
        return self._unbuilt(cursor) or self._delivery.pending(self._publication.built())

    def _unbuilt(self, cursor: str) -> str:
        look = self._builder.look  # whatever is there: what cannot make pages says so before anything is published
        built = self._publication.built()
        title = f"The pages of {self._folder}"
        if not cursor:
            return ""
        if self._publication.interrupted():
            return f"{title} were being switched when the last run ended."
        if not built.cursor:
            return f"{title} are not built yet."
        if built.cursor != cursor:
            return f"{title} do not show the latest changes yet."
        if built.look != look:
            return f"{title} were built with other settings or templates."
        missing = self._publication.missing_page()
        return f"{title} are not complete: {missing} is missing." if missing else ""

    def _post(self, entry: Entry) -> Post:
        path = self._address(entry)
        url = f"{self._base_url}/{path}" if self._base_url else path
        return Post(entry.id, entry.kind, entry.mark, url, dict(entry.fields), made_at=entry.published_at)

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="seconds") if self._clock else ""

    def _address(self, entry: Entry) -> str:
        folder = "photos" if entry.kind is SubjectKind.PHOTO else "albums"
        return f"{folder}/{entry.id}.html"

    def _entry(self, post: Post) -> Entry:
        entry = self._log.read().get(post.id)
        if entry is None:
            sentence = f"{post.id} is not on the site {self._folder} any more, so it could not be changed or copied."
            raise Refused(sentence)
        return entry

    def _fields(self, kind: SubjectKind) -> frozenset[str]:
        return self.limits.fields if kind is SubjectKind.PHOTO else self.limits.album_fields

    def _keep(self, rendition: Rendition | None) -> tuple[Picture, ...]:
        sent = self._used(rendition.files) if rendition else ()
        pictures = tuple(picture_of(file) for file in sent)
        copied = set()
        for picture, file in zip(pictures, sent, strict=True):
            if self._publication.picture(picture.name) is None:
                target = self._publication.prepared(picture.name)
                copy_durably(file.path, target)
                copied.add(target.parent)
        for folder in copied:
            sync_folder(folder)
        return pictures

    def _used(self, files: Sequence[RenditionFile]) -> Sequence[RenditionFile]:
        return files

    @contextmanager
    def _told(self, wanted: Wanted, state: str) -> Iterator[None]:
        with telling(f"Writing {wanted.where} to {self.name}", state):
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Holds the site for writing, against other threads and other processes."""
        with self._threads, held(self._folder):
            yield


def _shown(entry: Entry) -> tuple[object, ...]:
    """What of a post visitors would read again for, had it changed."""
    return entry.pictures, {name: entry.fields.get(name) for name in _READ}
