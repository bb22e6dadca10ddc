"""Pages as bytes: the templates, ours or the owner's, and below a line what the owner wrote there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import astuple, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FunctionLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import SandboxedEnvironment

from heliograph.errors import Mistake
from heliograph.model import value_digest
from heliograph.platforms.site.destination import NOWHERE
from heliograph.platforms.site.markdown import markup
from heliograph.platforms.site.markdown.generators import GENERATORS
from heliograph.platforms.site.markdown.options import Options
from heliograph.platforms.site.markdown.pages import Page, Pages
from heliograph.platforms.site.posts import Entry
from heliograph.platforms.site.publish import New

MARK: Final = '[//]: # "heliograph: what stands below this line is yours"'
"""A definition that no page uses: invisible in every Markdown, and no HTML."""

EDITED: Final = "was edited by hand above the line, and stays as it is; move it away to have it written anew"
"""What is said of a page that its owner changed."""

_TEMPLATES = files("heliograph.platforms.site.markdown") / "templates"
_OURS = "ours"


class Builder:
    """Builds the pages of one site with its options."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.generator = GENERATORS[options.generator]
        self.beside: Mapping[str, Entry] = {}
        """Photos whose pages are not ours to write, and that albums may hold."""

    @cached_property
    def look(self) -> str:
        """Changes when the options or the templates change."""
        options = tuple(str(value) for value in astuple(replace(self.options, publish=NOWHERE))[1:])
        return value_digest((options, self._templates_digest))

    def build(self, posts: Mapping[str, Entry], there: Mapping[str, str]) -> Iterator[New]:
        """Every page; with its bytes only where it is to be written.

        One that was edited by hand above the line stays as it is; what stands below the line stays below it.

        Raises:
            Mistake: a template of the owner's cannot be used.
        """
        for page in Pages(posts, self.options, self.generator, self.beside):
            key = self.key(page)
            known = there.get(page.path, "")
            if known.startswith(f"{key}:") or self.edited(page.path, known):
                yield New(page.path, known, None)
                continue
            head = self._rendered(page)
            yield New(page.path, f"{key}:{_digest(head)}", head + self._own(page.path))

    def key(self, page: Page) -> str:
        """What the digest of a page begins with that was written as it is to be now."""
        return value_digest((page.digest, self._templates_digest))

    def edited(self, path: str, known: str) -> bool:
        """Whether a page was edited by hand above the line, since it was written with the digest `known`."""
        page = self._read(path) if known else None
        return page is not None and is_edited(parted(page)[0], known)

    def words_below(self, path: str) -> bool:
        """Whether the owner wrote something below the line of a page."""
        page = self._read(path)
        return page is not None and bool(parted(page)[1].strip())

    def _own(self, path: str) -> bytes:
        page = self._read(path)
        return parted(page)[1] if page is not None else b""

    def _read(self, path: str) -> bytes | None:
        try:
            return (self.options.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    # --- templates ----------------------------------------------------------------------------------------------------

    def _rendered(self, page: Page) -> bytes:
        try:
            text = self._environment.get_template(page.template).render(page.context)
        except (TemplateError, TypeError, ValueError, UnicodeDecodeError, OSError) as error:
            line = f"line {error.lineno}: " if isinstance(error, TemplateSyntaxError) else ""
            raise self._unusable(page.template, line + (str(error) or type(error).__name__)) from error
        if self._is_own(page.template) and markup.read_front_matter(text) is None:
            raise self._unusable(page.template, "what it makes does not begin with front matter that can be read")
        return f"{text.rstrip()}\n\n{MARK}\n".encode()

    def _unusable(self, template: str, reason: str) -> Mistake:
        place = self.options.templates / template if self._is_own(template) and self.options.templates else template
        return Mistake(f"The template {place} cannot be used: {reason}. The pages are as they were; correct it.")

    def _is_own(self, template: str) -> bool:
        return self.options.templates is not None and (self.options.templates / template).is_file()

    @cached_property
    def _environment(self) -> SandboxedEnvironment:
        ours = FunctionLoader(self._ours)
        loaders: list[BaseLoader] = [FunctionLoader(self._owners)] if self.options.templates else []
        environment = SandboxedEnvironment(
            loader=ChoiceLoader([*loaders, ours, PrefixLoader({_OURS: ours})]),
            autoescape=False,  # Markdown: the filters below escape
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        filters: dict[str, Any] = {
            "yaml": markup.front_matter,
            "literal": markup.literal,
            "inline": markup.inline,
            "closed": markup.closed if self.generator.wiki else str,
            "destination": markup.destination,
            "wiki_text": markup.wiki_text,
            "embed_text": markup.embed_text,
            "html_line": markup.html_line,
        }
        environment.filters.update(filters)
        return environment

    def _ours(self, name: str) -> str | None:
        places = (_TEMPLATES / folder / name for folder in (self.generator.templates, "plain"))
        return next((place.read_text(encoding="utf-8") for place in places if place.is_file()), None)

    def _owners(self, name: str) -> str | None:
        """Nothing of the owner's is read but what lies in the folder of templates itself."""
        folder = self.options.templates
        place = folder / name if folder is not None and Path(name).name == name else None
        return place.read_text(encoding="utf-8") if place is not None and place.is_file() else None

    @cached_property
    def _templates_digest(self) -> str:
        folder = self.options.templates
        own = sorted((one.name, one.read_bytes().hex()) for one in folder.glob("*.jinja")) if folder else []
        ours = [
            (name, entry.name, entry.read_text(encoding="utf-8"))
            for name in sorted({self.generator.templates, "plain"})
            for entry in sorted((_TEMPLATES / name).iterdir(), key=lambda entry: entry.name)
        ]
        return value_digest((ours, own, MARK))


def is_edited(head: bytes, known: str) -> bool:
    """Whether what is ours of a page is not what was written with the digest `known`."""
    written = known.partition(":")[2]
    return bool(written) and _digest(head) != written


def parted(page: bytes) -> tuple[bytes, bytes]:
    """What is ours of a page, the line and its end included, and what stands below it."""
    line = MARK.encode()
    at = page.find(b"\n" + line)
    if at < 0:
        return page, b""
    end = page.find(b"\n", at + 1 + len(line))
    return (page[: end + 1], page[end + 1 :]) if end >= 0 else (page + b"\n", b"")


def _digest(head: bytes) -> str:
    return hashlib.sha256(head.replace(b"\r\n", b"\n")).hexdigest()[:32]
