"""A page as a visitor's browser takes it: what it links to, what can be linked to in it, and its pictures' words."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from posixpath import normpath
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError, fromstring

_QUIET = r"<!--.*?-->|<(script|style|textarea|title)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>.*?</\2\s*>"
_NAME = r"[a-zA-Z][^\s/>]*"
_ATTRIBUTE = r"\s+[^\s\"'<>/=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?"
_TOKEN = re.compile(rf"({_QUIET})|<({_NAME})((?:{_ATTRIBUTE})*)\s*/?>", re.DOTALL)
_OPENING = re.compile(rf"<({_NAME})((?:{_ATTRIBUTE})*)\s*/?>", re.DOTALL)
_ONE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?")
"""Source: HTML Living Standard, sections 13.1.2.1 (start tags) and 13.1.2.3 (attributes), read 2026-11."""

_LINKING = frozenset({"href", "src", "poster"})


@dataclass(slots=True)
class Reading:
    """What stands on one page."""

    links: set[str] = field(default_factory=set)
    """As they are written."""
    anchors: set[str] = field(default_factory=set)
    nameless: list[str] = field(default_factory=list)
    """Sources of pictures without the attribute `alt`."""


def read_page(text: str) -> Reading:
    """The page taken apart, without running anything."""
    found = Reading()
    for name, attributes in _tags(text):
        found.links |= {attributes[key].strip() for key in _LINKING & attributes.keys()}
        found.links |= {part.split()[0] for part in attributes.get("srcset", "").split(",") if part.strip()}
        found.anchors |= {attributes[key] for key in ("id", "name") if attributes.get(key)}
        if "data-in" in attributes:  # the script of photo pages takes these for anchors
            found.anchors.add(f"in-{attributes['data-in']}")
        if name == "img" and "alt" not in attributes:
            found.nameless.append(attributes.get("src", ""))
    return found


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for token in _TOKEN.finditer(text):
        opening = _OPENING.match(token[1]) if token[1] else token
        if opening is None:
            continue
        name, said = (opening[1], opening[2]) if token[1] else (token[3], token[4])
        if said or name in {"img", "IMG"}:
            yield name.lower(), {one[1].lower(): _value(one) for one in _ONE.finditer(said)}


def _value(one: re.Match[str]) -> str:
    raw = next((group for group in one.groups()[1:] if group is not None), "")
    return html.unescape(raw) if "&" in raw else raw


def target(link: str, page: str, base_url: str) -> tuple[str, str] | None:
    """Path below the site's folder, and anchor, that a link on a page leads to; `None` where it leads elsewhere.

    A path that begins with `..` leads out of the site.
    """
    if base_url and (link == base_url or link.startswith((f"{base_url}/", f"{base_url}#"))):
        return _led(link[len(base_url) :].lstrip("/") or "index.html", "")
    if link.startswith("/") and not link.startswith("//"):
        top = urlsplit(base_url).path
        return _led(link[len(top) :].lstrip("/") or "index.html", "") if link.startswith(f"{top}/") else None
    if link.startswith(("#", "?")):
        return page, unquote(link.partition("#")[2])
    return _led(link, page.rpartition("/")[0])


@lru_cache(maxsize=1 << 16)
def _led(link: str, folder: str) -> tuple[str, str] | None:
    """From a page in that folder; most links stand on many pages."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return link, ""  # no browser gets anywhere with it either
    if parts.scheme or parts.netloc:
        return None
    path = normpath(f"{folder}/{unquote(parts.path)}".lstrip("/") or ".")
    if parts.path.rpartition("/")[2] in {"", ".", ".."}:
        path = normpath(f"{path}/index.html")
    return path, unquote(parts.fragment)


def addresses(text: str, ending: str) -> set[str]:
    """Every word of a feed or sitemap that begins like a web address.

    Raises:
        ValueError: it is no JSON, or no XML, with the reason.
    """
    if ending == "json":
        found = _strings(json.loads(text))
    else:
        try:
            found = _texts(fromstring(text))  # noqa: S314 - a file of our own
        except ParseError as error:
            raise ValueError(str(error)) from error
    return {one.strip() for one in found if one.strip().startswith(("https://", "http://"))}


def _strings(form: object) -> Iterator[str]:
    if isinstance(form, str):
        yield form
    for part in form.values() if isinstance(form, dict) else form if isinstance(form, list) else ():
        yield from _strings(part)


def _texts(root: Element) -> Iterator[str]:
    for element in root.iter():
        yield from (element.text or "", *element.attrib.values())
