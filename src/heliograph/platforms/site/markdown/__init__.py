"""The photographer's own site as Markdown: pages and pictures for Hugo, Quartz or Obsidian, Eleventy and Jekyll.

What was accepted stands in the same log of posts as that of a gallery site, and `finish` switches pages in like there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from heliograph.errors import Gone, Refused
from heliograph.model import F, Fields, Post, Rendition, RenditionFile, SubjectKind, Survey, Wanted
from heliograph.platforms.site import PICTURE, Site
from heliograph.platforms.site.markdown.building import EDITED, Builder
from heliograph.platforms.site.markdown.generators import JPEG, WEBP, nearest
from heliograph.platforms.site.markdown.older import Older, number_in
from heliograph.platforms.site.markdown.options import Options
from heliograph.platforms.site.markdown.pages import picture_paths
from heliograph.platforms.site.posts import Entry, Picture, picture_of
from heliograph.platforms.site.publish import Built
from heliograph.platforms.site.staging import telling
from heliograph.policy import Picture as PicturePolicy
from heliograph.ports import NOTHING, Clock

if TYPE_CHECKING:
    from heliograph.platforms.site.checking import Checking

__all__ = ["Markdown", "Options"]


class Markdown(Site):
    """Markdown pages in the folder of a site generator, or in a vault."""

    def __init__(self, name: str, options: Options, clock: Clock | None = None) -> None:
        self._clock = clock
        self._pages = Builder(options)
        self._generator = self._pages.generator
        self._older = Older(options.folder) if self._generator.numbered else None
        self._open(name, options.folder, options.base_url, self._pages, options.publish)
        self.picture: PicturePolicy = PICTURE
        if sizes := self._generator.sizes:
            kinds = {size.media_type for size in sizes}
            edges = sorted({size.long_edge_px for size in sizes}, reverse=True)
            self.limits = replace(self.limits, media_types=tuple(kind for kind in (WEBP, JPEG) if kind in kinds))
            self.picture = replace(PICTURE, long_edge_px=tuple(edges))

    # --- looking ------------------------------------------------------------------------------------------------------

    def _full_survey(self) -> Survey:
        survey = super()._full_survey()
        known = {post.id for post in survey.posts}
        older = self._older.entries(self._publication.pages()) if self._older else {}
        return replace(
            survey, posts=(*survey.posts, *(self._post(entry) for id_, entry in older.items() if id_ not in known))
        )

    def _left_out(self) -> Iterator[str]:
        return iter(())  # feeds and maps of pages are the generator's

    def _odd(self) -> Iterator[str]:
        pages = sorted(self._publication.pages().items())
        if self._older is not None and not self._base_url:
            yield (
                f"{self.name} has no base_url, so the library is told addresses such as photos/1001 in place of whole "
                "ones: write the address of the site into its section."
            )
        yield from (f"{self._folder / path} {EDITED}." for path, known in pages if self._pages.edited(path, known))

    def holds(self, post: Post) -> tuple[str, ...]:
        """Why it is not deleted without a question: its page has words of the owner's."""
        with self._threads, telling(f"Looking at the page of {post.id}", "The site is as it was."):
            path = self._generator.page(Entry(post.id, post.kind, post.mark, {}))
            known = self._publication.pages().get(path, "")
            if known and self._pages.words_below(path):
                return (f"its page {path} has words of yours",)
            return (f"its page {path} was edited by hand",) if self._pages.edited(path, known) else ()

    def leads_to(self, link: str) -> frozenset[str]:
        """By the names of pages and pictures, as they stand in links of every kind, to the built site as well."""
        if "://" in link and not (self._base_url and link.startswith(f"{self._base_url}/")):
            return frozenset()
        name = re.split(r"[?#]", link)[0].rstrip("/").removesuffix("/index.md").rpartition("/")[2]
        stem = re.sub(r"\.(?:md|html|jpe?g|webp|avif)$", "", name)
        return frozenset({stem, re.sub(r"(?:_[a-z]|_\d+|-\d+)$", "", stem)})

    def _smallest(self, post: Post) -> Path | None:
        if post.id in self._log.read():
            return super()._smallest(post)
        entry = self._inherited(post.kind, post.id)
        if self._older is None or entry is None:
            return None
        _, *pictures = self._older.files(entry)
        return min((self._folder / path for path in pictures), key=lambda path: path.stat().st_size, default=None)

    # --- changing -----------------------------------------------------------------------------------------------------

    def update(
        self,
        post: Post,
        wanted: Wanted,
        fields: frozenset[str],
        rendition: Rendition | None,
        agreed: Fields = NOTHING,
    ) -> Post:
        """As for every site; says where a page does not follow, for it was edited by hand."""
        is_new = post.kind is SubjectKind.PHOTO and post.id not in self._log.read()
        if is_new and F.PICTURE not in fields and self._inherited(post.kind, post.id) is not None:
            sentence = (
                f"{wanted.where}: its page on {self.name} was written by an older program, and is taken over only "
                "with its picture. It is as it was; mark it for a whole update."
            )
            raise Refused(sentence)
        shown = super().update(post, wanted, fields, rendition, agreed)
        path = self._generator.page(Entry(post.id, post.kind, post.mark, {}))
        is_edited = self._pages.edited(path, self._publication.pages().get(path, ""))
        return replace(shown, notes=(f"its page {path} {EDITED}",)) if is_edited else shown

    def delete(self, post: Post) -> None:
        """Takes it out of the log, or away where an older program wrote it; of that a copy is kept."""
        super().delete(post)
        with telling(f"Deleting {post.id} from {self.name}", "It is still published."), self._threads:
            entry = self._inherited(post.kind, post.id)
            if self._older is not None and entry is not None:
                with self._writing():
                    self._older.remove(entry)

    def _inherited(self, kind: SubjectKind, post: str) -> Entry | None:
        return self._older.entry(kind, post, self._publication.pages()) if self._older else None

    def _entry(self, post: Post) -> Entry:
        entry = self._log.read().get(post.id) or self._inherited(post.kind, post.id)
        if entry is None:
            sentence = f"{post.id} is not on the site {self._folder} any more, so it could not be changed or copied."
            raise Gone(sentence)
        return entry

    def _chosen(self, title: str, wanted: Wanted, mark: str, is_taken: Callable[[str], bool]) -> str:
        known = ""
        if self._older is not None and wanted.subject.kind is SubjectKind.PHOTO:
            known = number_in(wanted.where)
        elif self._older is not None:
            known = self._older.album(title, self._publication.pages())
        return known if known and not is_taken(known) else super()._chosen(title, wanted, mark, is_taken)

    def _used(self, files: Sequence[RenditionFile]) -> Sequence[RenditionFile]:
        if not self._generator.sizes:
            return files
        pictures = [picture_of(file) for file in files]
        used = {nearest(pictures, size) for size in self._generator.sizes}
        return [file for file, picture in zip(files, pictures, strict=True) if picture in used]

    def _address(self, entry: Entry) -> str:
        return self._generator.address(entry)

    def _build(self, posts: Mapping[str, Entry], *, anew: bool = False) -> Collection[str]:  # noqa: ARG002 - edits stay
        there = self._publication.pages_there()
        shown = [
            (path, picture.name) for entry in posts.values() for path, picture in picture_paths(entry, self._generator)
        ]
        self._pages.beside = self._not_taken_over(posts)
        inherited = frozenset(self._taken_over(posts))
        if self._older is not None:
            self._older.keep(inherited)
        built = Built(self._log.cursor, self._builder.look)
        pages, due = self._builder.build(posts, there), self._delivery.forget
        return self._publication.publish(pages, dict(shown), built, inherited, due)

    def _checking(self, *, anew: bool) -> Checking:
        from heliograph.platforms.site.markdown.checking import MarkdownChecking

        posts = self._log.read()
        self._pages.beside = self._not_taken_over(posts)
        return MarkdownChecking(self._publication, posts, self._base_url, anew, builder=self._pages)

    def _not_taken_over(self, posts: Mapping[str, Entry]) -> Mapping[str, Entry]:
        """Photos of an older program, with the pictures that it made: albums may hold them."""
        if self._older is None:
            return {}
        older = self._older.entries(self._publication.pages())
        return {id_: replace(one, pictures=self._made(one)) for id_, one in older.items() if id_ not in posts}

    def _made(self, entry: Entry) -> tuple[Picture, ...]:
        there = [one for one in self._generator.sizes if (self._folder / "photos" / f"{entry.id}{one.tail}").is_file()]
        return tuple(Picture("", one.media_type, one.long_edge_px, 0) for one in there)

    def _taken_over(self, posts: Mapping[str, Entry]) -> Iterator[str]:
        """Files of an older program in the place of ours."""
        if self._older is not None:
            ours = self._publication.pages()
            for entry in posts.values():
                older = self._older.entry(entry.kind, entry.id, ours)
                if older is not None:
                    yield from self._older.files(older)
