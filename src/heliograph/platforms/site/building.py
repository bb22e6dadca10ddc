"""Pages as bytes: the theme's style sheets and script, and what of the pages is not on disk yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple, replace
from hashlib import sha256

from heliograph.model import value_digest
from heliograph.platforms.site.destination import NOWHERE
from heliograph.platforms.site.language import Language
from heliograph.platforms.site.options import Options
from heliograph.platforms.site.posts import Entry
from heliograph.platforms.site.publish import New
from heliograph.platforms.site.theme import Theme, theme


class Builder:
    """Builds the pages of one site with its options."""

    def __init__(self, options: Options) -> None:
        self._options = options

    @property
    def look(self) -> str:
        """Changes when the options, the program's own look or the theme change.

        Raises:
            Mistake: the theme cannot be used.
        """
        look, language = self._look()
        options = tuple(str(value) for value in astuple(replace(self._options, publish=NOWHERE))[1:])
        return value_digest((options, look.digest, language.key))

    def build(self, posts: Mapping[str, Entry], there: Mapping[str, str]) -> Iterator[New]:
        """Every asset and page; with its bytes only where `there`, path to digest, lacks it or has another.

        Raises:
            Mistake: a template of the theme fails on a page.
        """
        from heliograph.platforms.site.pages import Pages
        from heliograph.platforms.site.rendering import environment, rendered

        look, language = self._look()
        for path, content in look.files.items():
            digest = sha256(content).hexdigest()[:32]
            yield New(path, digest, None if there.get(path) == digest else content)
        style = value_digest((look.digest, language.key))
        shown = {"styles": look.styles, "script": look.script, "search_script": look.search_script}
        pages, paths = Pages(posts, self._options, language, shown), list[str]()
        for page in pages:
            paths.append(page.path)
            digest = value_digest((page.digest, style))
            yield New(page.path, digest, None if there.get(page.path) == digest else rendered(page, look, language))
        environment(look, language).forget()
        for path, content in pages.files(paths):
            digest = sha256(content).hexdigest()[:32]
            yield New(path, digest, None if there.get(path) == digest else content)

    def _look(self) -> tuple[Theme, Language]:
        look = theme(self._options.theme)
        if look.templates:
            from heliograph.platforms.site.rendering import check

            check(look)
        words = {**look.words, **self._options.words}
        source = f"The theme {look.folder} or the setting `words`" if look.words else "The setting `words`"
        return look, Language(self._options.language, words, source)
