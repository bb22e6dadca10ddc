"""What a page says of itself to search engines and to programs that show links: Open Graph and JSON-LD.

It is drawn from what visitors read on the same page, so it never says more than they see.
Source: https://ogp.me, https://schema.org/ImageObject and
https://developers.google.com/search/docs/appearance/structured-data/image-license-metadata, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from heliograph.platforms.site.groupings import Tile
from heliograph.platforms.site.photos import is_web_address

FEEDS: Final = (("application/atom+xml", "feed.xml"), ("application/feed+json", "feed.json"))
"""Media type and path of each feed."""

_DESCRIPTION_LEN = 300
_SITE, _HOME = "#site", "index.html"
_SECTIONS = frozenset({"photos", "albums", "years", "keywords", "cameras", "map", "search"})


class Heads:
    """What stands in the heads of the pages of one site, beside their titles.

    Addresses are whole where the site has one, else relative to the page.
    """

    def __init__(self, base_url: str, site: Mapping[str, Any], section_words: Mapping[str, str]) -> None:
        self._base_url = base_url.rstrip("/")
        self._site = site
        self._section_words = section_words

    def of(self, path: str, shown: Mapping[str, Any]) -> dict[str, Any]:
        """The head of the page at `path` that shows this: `description`, `picture`, `canonical`, `data`, `feeds`."""
        picture = _picture(shown)
        return {
            "description": _description(shown),
            "picture": {**picture["large"], "url": self.address(picture["large"]["name"], path)} if picture else {},
            "picture_alt": _picture_alt(shown),
            "canonical": self.address(path, path) if self._base_url and shown["section"] else "",
            "is_article": "photo" in shown,
            "feeds": FEEDS if self._site["feeds"] else (),
            "data": {"@context": "https://schema.org", "@graph": list(self._graph(path, shown))},
        }

    def address(self, target: str, path: str) -> str:
        """Where `target` below the site is found from the page at `path`."""
        if self._base_url:
            return f"{self._base_url}/{'' if target == _HOME else target}"
        return ("../" if "/" in path else "") + target

    def _graph(self, path: str, shown: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        if path == _HOME:
            yield self._website(shown)
        elif "photo" in shown:
            yield self._photo(path, shown)
        else:
            yield self._collection(path, shown)
        if path != _HOME:
            yield self._trail(path, shown)

    def _website(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        author = self._site["author"]
        return _known(
            {
                "@type": "WebSite",
                "name": self._site["title"],
                "description": _description(shown),
                "url": self.address(_HOME, _HOME),
                "inLanguage": self._site["language"],
                "author": {"@type": "Person", "name": author} if author else None,
            }
        )

    def _photo(self, path: str, shown: Mapping[str, Any]) -> dict[str, Any]:
        photo = shown["photo"]
        rights, place = photo["rights"], photo["place"]["names"]
        terms = rights["usage_terms"]
        form = {
            "@type": "ImageObject",
            "name": shown["title"],
            "caption": "\n\n".join(photo["text"]),
            "description": photo["alt"],
            "url": self.address(path, path),
            "inLanguage": self._site["language"],
            "representativeOfPage": True,
            "dateCreated": photo["date"]["stamp"],
            "contentLocation": {"@type": "Place", "name": place} if place else None,
            "keywords": [keyword["title"] for keyword in photo["keywords"]],
            "creator": [{"@type": "Person", "name": name} for name in rights["creators"]],
            "creditText": rights["credit"] or ", ".join(rights["creators"]),
            "copyrightNotice": rights["copyright"],
            "license": rights["licence_url"],
            "usageInfo": terms if is_web_address(terms) else None,
            "acquireLicensePage": terms if is_web_address(terms) else None,
            "isPartOf": [
                {"@type": "ImageGallery", "name": album["title"], "url": self.address(album["href"], path)}
                for album in shown["albums"]
            ],
            "sameAs": [link["url"] for link in photo["links"]],
        }
        return _known({**form, **self._files(photo["picture"], path)})

    def _files(self, picture: Mapping[str, Any], path: str) -> dict[str, Any]:
        if not picture:
            return {}
        return {
            "contentUrl": self.address(picture["largest"], path),
            "thumbnailUrl": self.address(picture["medium"]["name"], path),
            "width": picture["width_px"],
            "height": picture["height_px"],
        }

    def _collection(self, path: str, shown: Mapping[str, Any]) -> dict[str, Any]:
        tiles: Sequence[Tile] = shown.get("tiles", ())
        form = {
            "@type": "ImageGallery" if tiles else "CollectionPage",
            "name": shown["title"],
            "description": _description(shown),
            "url": self.address(path, path),
            "inLanguage": self._site["language"],
            "associatedMedia": [self._member(one, path) for one in tiles] if shown.get("kind") == "album" else None,
        }
        return _known(form)

    def _member(self, one: Tile, path: str) -> dict[str, Any]:
        form = {"@type": "ImageObject", "name": one.title, "url": self.address(one.href, path)}
        return {**form, **self._files(one.picture, path)}

    def _trail(self, path: str, shown: Mapping[str, Any]) -> dict[str, Any]:
        """From the first page to this one."""
        steps = [(self._site["title"], _HOME)]
        section = shown["section"]
        if section in _SECTIONS and path != f"{section}/index.html":
            steps.append((self._section_words[section], f"{section}/index.html"))
        steps.append((shown["title"], path))
        items = [
            {"@type": "ListItem", "position": number, "name": name, "item": self.address(target, path)}
            for number, (name, target) in enumerate(steps, 1)
        ]
        return {"@type": "BreadcrumbList", "itemListElement": items}


def _picture(shown: Mapping[str, Any]) -> Mapping[str, Any]:
    """The picture that stands for the page: its photo's, else that of the first photo or card with one."""
    if "photo" in shown:
        return shown["photo"]["picture"] or {}
    first = _first_tile(shown)
    return first.picture if first else {}


def _picture_alt(shown: Mapping[str, Any]) -> str:
    if "photo" in shown:
        return str(shown["photo"]["alt"])
    first = _first_tile(shown)
    return first.alt if first else ""


def _first_tile(shown: Mapping[str, Any]) -> Tile | None:
    covers = (card["cover"] for card in shown.get("cards", ()) if card["cover"])
    return next((one for one in (*shown.get("tiles", ()), *covers) if one.picture), None)


def _description(shown: Mapping[str, Any]) -> str:
    """A few words on the page: what its owner wrote, else what its picture shows."""
    photo = shown.get("photo", {})
    pieces = photo.get("text") or shown.get("text") or shown.get("intro") or [photo.get("alt", "")]
    words = " ".join(" ".join(pieces).split())
    if len(words) <= _DESCRIPTION_LEN:
        return words
    cut = words[:_DESCRIPTION_LEN]
    return f"{cut.rpartition(' ')[0] or cut}…"


def _known(form: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in form.items() if value not in (None, "", [])}
