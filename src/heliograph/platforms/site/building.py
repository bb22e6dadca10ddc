"""Pages as bytes: the templates, the style sheet and the script, and what of them is not on disk yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from heliograph.model import value_digest
from heliograph.platforms.site.options import Options
from heliograph.platforms.site.pages import Page, Pages
from heliograph.platforms.site.photos import ratio_rules
from heliograph.platforms.site.posts import Entry
from heliograph.platforms.site.publish import New

_HERE = files("heliograph.platforms.site")


class Builder:
    """Builds the pages of one site with its options."""

    def __init__(self, options: Options) -> None:
        self._options = options

    @cached_property
    def look(self) -> str:
        """Changes when the options, the templates, the style sheet or the script change."""
        options = tuple(str(value) for value in astuple(self._options)[1:])
        return value_digest((options, _templates_digest(), sorted(_assets())))

    def build(self, posts: Mapping[str, Entry], there: Mapping[str, str]) -> Iterator[New]:
        """Every asset and page; with its bytes only where `there`, path to digest, lacks it or has another."""
        assets = _assets()
        for path, content in assets.items():
            digest = sha256(content).hexdigest()[:32]
            yield New(path, digest, None if there.get(path) == digest else content)
        style = {path.rpartition(".")[2]: path for path in assets}
        for page in Pages(posts, self._options, style):
            digest = value_digest((page.digest, _templates_digest()))
            yield New(page.path, digest, None if there.get(page.path) == digest else _rendered(page))


def _rendered(page: Page) -> bytes:
    return _environment().get_template(page.template).render(page.context).encode("utf-8")


def _template(name: str) -> str:
    return (_HERE / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _templates_digest() -> str:
    found = sorted((entry.name, entry.read_text(encoding="utf-8")) for entry in (_HERE / "templates").iterdir())
    return value_digest(found)


@cache
def _assets() -> Mapping[str, bytes]:
    """Path to bytes; a file's name holds its digest, so that pages old and new find the one they were made for."""
    style = (_HERE / "assets" / "site.css").read_text(encoding="utf-8") + ratio_rules()
    script = (_HERE / "assets" / "keys.js").read_text(encoding="utf-8")
    return {
        f"assets/{name}-{sha256(text.encode('utf-8')).hexdigest()[:12]}.{kind}": text.encode("utf-8")
        for name, kind, text in (("site", "css", style), ("keys", "js", script))
    }
