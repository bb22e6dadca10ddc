"""The look of the pages: our templates, words and style, and those of the owner's theme that replace them one by one.

Everything of a theme is read before anything is built: what lies outside its folder is out of reach. Nothing here
needs the template engine: every run asks for the digest of the look, and few make pages.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Final

from heliograph.errors import Mistake
from heliograph.model import value_digest
from heliograph.platforms.site.language import flattened
from heliograph.platforms.site.photos import ratio_rules

OURS: Final = "ours/"
"""Before a template's name: ours, also where the theme has one of that name."""

STATE: Final = "The pages are as they were."
"""After everything that can be wrong with a theme: it is read whole before pages are touched."""

_TEMPLATE, _ASSETS = ".html.jinja", "assets/"
_LARGEST_BYTES = 20_000_000
_HERE = files("heliograph.platforms.site")


@dataclass(frozen=True, slots=True)
class Theme:
    """What makes the look: our pieces with the owner's in their places."""

    folder: Path | None
    templates: Mapping[str, str] = field(compare=False)
    """Those of the owner, by name."""
    words: Mapping[str, str] = field(compare=False)
    """Those of the owner, by key."""
    styles: tuple[str, ...] = field(compare=False)
    """Paths of the style sheets below the site, in their order."""
    script: str = field(compare=False)
    """Path of the script."""
    search_script: str = field(compare=False)
    """Path of that of the search page."""
    files: Mapping[str, bytes] = field(compare=False)
    """Style sheets, script and what else belongs to the look: path below the site to bytes."""
    digest: str
    """Changes when any of it changes."""

    def asset(self, name: str) -> str:
        """Where a file of the theme's folder `assets` lies below the site; for templates."""
        path = f"{_ASSETS}theme/{name}"
        if path not in self.files:
            message = f"there is no file {_ASSETS}{name} in the theme"
            raise ValueError(message)
        return path

    def template(self, name: str) -> tuple[str, str] | None:
        """Text of the template of that name and where it stands, the owner's before ours; `None` where it is none."""
        if name in self.templates:
            return self.templates[name], self.place(name)
        text = _ours().get(name.removeprefix(OURS)) if name.endswith(_TEMPLATE) else None
        return (text.decode("utf-8"), name) if text is not None else None

    def place(self, name: str) -> str:
        """Where a file of the theme stands, for people."""
        return _place(self.folder, name)


def theme(folder: Path | None) -> Theme:
    """The look with the owner's theme in `folder`; ours alone where there is none.

    Raises:
        Mistake: the folder or something in it cannot be read or used.
    """
    if folder is None:
        return _plain()
    if not folder.is_dir():
        sentence = f"The theme's folder {folder} is not there. {STATE} Make it, or correct `theme` in the settings."
        raise Mistake(sentence)
    return _whole(folder, dict(_read(folder)))


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name below the folder -> bytes of every file in it; hidden ones are left out."""
    inside = folder.resolve()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in name.split("/")):
            continue
        if not path.resolve().is_relative_to(inside):
            sentence = (
                f"{path} leads out of the theme's folder, so it is not read. {STATE} Copy the file there instead."
            )
            raise Mistake(sentence)
        if path.is_file() and (name.startswith(_ASSETS) or "/" not in name or name.endswith(_TEMPLATE)):
            yield name, _bytes(path)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            sentence = f"{path} is larger than {_LARGEST_BYTES // 1_000_000} MB, too large for a theme. {STATE}"
            raise Mistake(sentence)
        return path.read_bytes()
    except OSError as error:
        sentence = f"{path} of the theme cannot be read: {error.strerror or error}. {STATE}"
        raise Mistake(sentence) from error


def _text(folder: Path | None, name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        sentence = f"{_place(folder, name)} is not UTF-8 text (byte {error.start}). {STATE} Save it as UTF-8."
        raise Mistake(sentence) from error


@lru_cache(maxsize=1)
def _plain() -> Theme:
    return _whole(None, {})


@lru_cache(maxsize=1)
def _ours() -> Mapping[str, bytes]:
    found = [*(_HERE / "templates").iterdir(), *(_HERE / "assets").iterdir()]
    return {entry.name: entry.read_bytes() for entry in found if entry.is_file()}


def _whole(folder: Path | None, own: Mapping[str, bytes]) -> Theme:
    ours = _ours()
    style = _text(folder, "site.css", own.get("site.css", ours["site.css"])) + ratio_rules()
    sheets = [("site", style.encode("utf-8"))]
    sheets += [("extra", _text(folder, "extra.css", own["extra.css"]).encode("utf-8"))] if "extra.css" in own else []
    styles = {_named(name, "css", content): content for name, content in sheets}
    contents = {name: own.get(f"{name}.js", ours[f"{name}.js"]) for name in ("keys", "search")}
    keys, search = (_named(name, "js", content) for name, content in contents.items())
    kept = {f"{_ASSETS}theme/{name.removeprefix(_ASSETS)}": own[name] for name in own if name.startswith(_ASSETS)}
    made = styles | {keys: contents["keys"], search: contents["search"]} | kept
    templates = {name: _text(folder, name, own[name]) for name in own if name.endswith(_TEMPLATE)}
    words = _words(folder, own.get("words.toml", b""))
    look = [(name, sha256(content).hexdigest()) for source in (ours, own) for name, content in sorted(source.items())]
    return Theme(folder, templates, words, tuple(styles), keys, search, made, value_digest(look))


def _named(name: str, kind: str, content: bytes) -> str:
    """A file's name holds its digest, so that pages old and new find the one they were made for."""
    return f"{_ASSETS}{name}-{sha256(content).hexdigest()[:12]}.{kind}"


def _words(folder: Path | None, content: bytes) -> Mapping[str, str]:
    try:
        return dict(flattened(tomllib.loads(_text(folder, "words.toml", content))))
    except tomllib.TOMLDecodeError as error:
        sentence = f"{_place(folder, 'words.toml')} cannot be read: {error}. {STATE}"
        raise Mistake(sentence) from error


def _place(folder: Path | None, name: str) -> str:
    return str(folder / name) if folder else name
