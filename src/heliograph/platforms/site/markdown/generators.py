"""Where each generator has its pages and pictures, and at which addresses it shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from heliograph.model import SubjectKind
from heliograph.platforms.site.markdown.options import Layout
from heliograph.platforms.site.posts import Entry, Picture

JPEG, WEBP = "image/jpeg", "image/webp"
_ENDINGS: Final = {JPEG: "jpg", WEBP: "webp", "image/avif": "avif"}


@dataclass(frozen=True, slots=True)
class Size:
    """One picture file of a layout that names its sizes."""

    tail: str
    """What follows the number in its name."""
    long_edge_px: int
    media_type: str = WEBP


@dataclass(frozen=True, slots=True)
class Generator:
    """A layout; `{id}`, `{width}` and `{ending}` stand for those of a post and of a picture."""

    templates: str
    """Folder of ours that holds its templates."""
    photo: str
    album: str
    picture: str
    """Folder of the picture files."""
    public: str
    """Folder in which the built site shows them."""
    sizes: tuple[Size, ...] = ()
    """Empty: the sizes and kinds that the settings of the picture say."""
    numbered: bool = False
    """Photos are named by the number in [brackets] of their file, as the older programs did."""
    wiki: bool = False
    """Pages and pictures are linked to by their names, as Obsidian does."""

    def page(self, entry: Entry) -> str:
        """The file of a post's page, below the site's folder."""
        return (self.photo if entry.kind is SubjectKind.PHOTO else self.album).format(id=entry.id)

    def address(self, entry: Entry) -> str:
        """Where the built site shows a post's page."""
        folder = "photos" if entry.kind is SubjectKind.PHOTO else "albums"
        return f"{folder}/{entry.id}" + ("" if self.wiki else "/")

    def pictures(self, entry: Entry) -> Iterator[tuple[str, Picture]]:
        """Name of the file and the picture in it, largest first."""
        if self.sizes:
            for size in sorted(self.sizes, key=lambda size: -size.long_edge_px):
                chosen = nearest(entry.pictures, size)
                if chosen is not None:
                    yield f"{entry.id}{size.tail}", chosen
            return
        for picture in sorted(entry.pictures, key=lambda one: (-one.width_px, one.media_type)):
            yield f"{entry.id}-{picture.width_px}.{_ENDINGS[picture.media_type]}", picture


def nearest(pictures: Sequence[Picture], size: Size) -> Picture | None:
    """The largest picture of that kind which is no larger than the size."""
    alike = sorted((one for one in pictures if one.media_type == size.media_type), key=_long_edge_px)
    fitting = [one for one in alike if _long_edge_px(one) <= size.long_edge_px]
    return fitting[-1] if fitting else next(iter(alike), None)


def _long_edge_px(picture: Picture) -> int:
    return max(picture.width_px, picture.height_px)


_FLAT = ("photos/{id}.md", "albums/{id}.md")

GENERATORS: Final[Mapping[Layout, Generator]] = {
    # Source: https://gohugo.io/content-management/page-bundles/, 2026-11.
    Layout.HUGO: Generator(
        "plain", "content/photos/{id}/index.md", "content/albums/{id}/index.md", "content/photos/{id}", "photos/{id}"
    ),
    # Source: https://quartz.jzhao.xyz/features/wikilinks, 2026-11.
    Layout.QUARTZ: Generator("quartz", *_FLAT, "photos/pictures", "photos/pictures", wiki=True),
    # Source: https://www.11ty.dev/docs/permalinks/, 2026-11.
    Layout.ELEVENTY: Generator("html", *_FLAT, "assets/photos", "assets/photos"),
    # Source: https://jekyllrb.com/docs/permalinks/, 2026-11.
    Layout.JEKYLL: Generator("html", *_FLAT, "assets/photos", "assets/photos"),
    # Source: IMatch to Socials, last state of 2025-02; names of files and keys of pages.
    Layout.QUANTUM: Generator(
        "quantum",
        *_FLAT,
        "photos",
        "photos",
        sizes=(Size("_800.jpeg", 800, JPEG), Size("_150.webp", 150)),
        numbered=True,
        wiki=True,
    ),
    # Source: IMatch to Site, state of 2025-09; likewise.
    Layout.QUANTUM_SITE: Generator(
        "quantum-site",
        *_FLAT,
        "photos",
        "photos",
        sizes=(
            *(Size("_t.webp", 100), Size("_m.webp", 240), Size("_n.webp", 320), Size(".webp", 500)),
            *(Size("_z.webp", 640), Size("_c.webp", 800), Size("_b.webp", 1024), Size("_h.webp", 1600)),
        ),
        numbered=True,
        wiki=True,
    ),
}
