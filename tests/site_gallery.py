"""A gallery site in the making, and its pages as a browser would see them."""

from __future__ import annotations

import io
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from PIL import Image

from contract.platform_contract import picture_file, publish, wanted_album, wanted_photo
from heliograph.model import F, Rendition
from heliograph.platforms.site import Options, Site

SHAPES = ((90, 60), (60, 90), (96, 54), (80, 80), (120, 40), (80, 60))
HOSTILE = (
    '<script>document.title="caught"</script><img src=x onerror=document.title="caught">\'"></title></p>--> '
    "{{ 7*7 }} ${x} &amp; &#60; \u202egnp.\u202c javascript:alert(1) ../../x"
)


def rendition(folder: Path, number: int) -> Rendition:
    width, height = SHAPES[number % len(SHAPES)]
    sizes = [(width * 4, height * 4), (width * 2, height * 2), (width, height)]
    kinds = ("image/webp", "image/jpeg")
    stream = io.BytesIO()
    Image.new("RGB", (6, 4), (120, 90 + number % 100, 60)).save(stream, "PNG")
    blur = "data:image/png;base64," + b64encode(stream.getvalue()).decode("ascii")
    return Rendition(tuple(picture_file(folder, kind, *size, number) for size in sizes for kind in kinds), blur)


class Gallery:
    """A site in the making, with the pages of its posts."""

    def __init__(self, folder: Path, **options) -> None:
        self.folder = folder / "site"
        self._files = folder / "renditions"
        self.site = Site("site", Options(self.folder, **options))

    def photo(self, number: int, **fields) -> str:
        wanted = wanted_photo(self.site, number)
        taken = (f"2024-05-{1 + number % 28:02}T10:00:{number % 60:02}", "", "", "")
        wanted = replace(wanted, fields={**wanted.fields, F.TITLE: f"Photo {number}", F.TAKEN: taken, **fields})
        return publish(self.site, wanted, rendition(self._files, number))[1].id

    def album(self, name: str, members: list[str], **fields) -> str:
        wanted = wanted_album(self.site, name, tuple(members))
        return publish(self.site, replace(wanted, fields={**wanted.fields, **fields}), None)[1].id

    def page(self, path: str) -> Read:
        return Read((self.folder / path).read_text(encoding="utf-8"))

    def photo_page(self, post_id: str) -> Read:
        return self.page(f"photos/{post_id}.html")


class Read(HTMLParser):
    """A page as a browser would see it: its elements with their attributes, and the text in each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: dict[int, str] = {}
        self._open: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "link", "img", "source", "br"}:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag):
        while self._open and self.elements[self._open.pop()][0] != tag:
            pass

    def handle_data(self, data):
        for index in self._open:
            self.text[index] = self.text.get(index, "") + data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def texts(self, tag: str) -> list[str]:
        return [" ".join(self.text.get(i, "").split()) for i, (name, _) in enumerate(self.elements) if name == tag]
