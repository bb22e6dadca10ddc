"""Text that stays as it is: in YAML, in Markdown and in the addresses of links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import quote

import yaml

_WIDE = 1_000_000
"""No line is broken, so that a text stays in one line whatever reads it."""
_PLAIN_KEY = re.compile(r"(?!(?:no|on|off|yes|null|true|false)$)[a-z_]{2,}")
_ESCAPE = re.compile(r"\\(U[0-9A-F]{8}|.)")

# The escapes that all of CommonMark, kramdown and Obsidian know; as entities what is a sign of Liquid, of Hugo's
# shortcodes, of HTML or of one Markdown only.
_SLASHED = r"\\`*_\[\]()#|$!"
_ENTITIES: Final = {"{": "&#123;", "}": "&#125;", "<": "&lt;", ">": "&gt;", "&": "&amp;", "~": "&#126;"} | {
    "%": "&#37;",
    "^": "&#94;",
    "=": "&#61;",
}
_SPECIAL = re.compile(rf"[{_SLASHED}{{}}<>&~%^=]")
_AT_START = re.compile(r"^(?:([-+:])|(\d{1,9})([.)]))", re.MULTILINE)
_HEAD = re.compile(r"---[ \t]*\r?\n(.*?\n)---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
# Readers that make links of bare addresses take the escapes within them for parts of the address.
_ADDRESS = re.compile(r"\b(?:(https?|ftp|mailto|xmpp):|(www)\.)(?=\S*[\\&])", re.IGNORECASE)
_LINK_SAFE = ":/?#@!$&'*+,;=%~-._"


def front_matter(fields: Mapping[str, Any]) -> str:
    """The fields as YAML, one to a line, every text in quotes: no reader takes one for a number, a date or a no."""
    text = str(
        yaml.dump(
            dict(fields),
            Dumper=_dumper(),
            sort_keys=False,
            allow_unicode=True,
            default_flow_style=False,
            width=_WIDE,
        )
    )
    return _ESCAPE.sub(lambda match: chr(int(match[1][1:], 16)) if match[1][0] == "U" else match[0], text)


@cache
def _dumper() -> Any:
    fast: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

    class Quoting(fast):  # type: ignore[misc] # written in C where there is a compiler
        """Quotes texts, and writes what is there twice two times."""

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - whatever it is
            """Always."""
            return True

    def text(dumper: Any, value: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"')

    def mapping(dumper: Any, value: Mapping[str, Any]) -> Any:
        node = dumper.represent_mapping("tag:yaml.org,2002:map", value.items())
        for key, _ in node.value:
            key.style = None if _PLAIN_KEY.fullmatch(key.value) else '"'
        return node

    Quoting.add_representer(str, text)
    Quoting.add_representer(dict, mapping)
    return Quoting


def read_front_matter(page: str) -> Mapping[str, Any] | None:
    """The fields at the head of a page; `None` where there are none that can be read."""
    try:
        return parsed_front_matter(page)
    except ValueError:
        return None


def parsed_front_matter(page: str) -> Mapping[str, Any]:
    """The fields at the head of a page.

    Raises:
        ValueError: there are none that can be read, with the reason and its line.
    """
    match = _HEAD.match(page)
    if match is None:
        message = "it does not stand between two lines of ---"
        raise ValueError(message)
    try:
        form: object = yaml.load(match[1], Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe one
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 2}: " if error.problem_mark else ""
        message = f"{line}{error.problem or error.context}"
        raise ValueError(message) from error
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    if not isinstance(form, dict):
        message = "it holds no names with values"
        raise ValueError(message)  # noqa: TRY004 - words of a file, not of a program
    return form


def body_of(page: str) -> str:
    """A page without its front matter."""
    match = _HEAD.match(page)
    return page[match.end() :] if match else page


def literal(text: str) -> str:
    """Paragraphs of Markdown that read as `text` does, letter by letter; line ends stay line ends."""
    lines = [" ".join(line.split()) for line in re.split(r"\r\n|[\r\n\x85\u2028\u2029]", text)]
    paragraphs = [part.strip("\n") for part in re.split(r"\n{2,}", "\n".join(lines).strip("\n"))]
    return "\n\n".join(_escaped(part).replace("\n", "  \n") for part in paragraphs)


def inline(text: str) -> str:
    """Likewise, in one line."""
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    marked = _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], f"\\{match[0]}"), text)
    marked = _ADDRESS.sub(lambda match: f"{match[1]}&#58;" if match[1] else f"{match[2]}&#46;", marked)
    return _AT_START.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}", marked)


def closed(markdown: str) -> str:
    """Words in Markdown whose paragraphs do not end with what a vault takes for the name of a block, and hides.

    Source: https://help.obsidian.md/links#Link+to+a+block+in+a+note; @quartz-community/rehype-obsidian 1.0.0; 2026-11.
    """
    return re.sub(r"(&#94;\S+)$", r"\1<!-- -->", markdown, flags=re.MULTILINE)


def html_line(text: str) -> str:
    """Text within HTML, in an attribute too, that Markdown leaves alone: in one line."""
    return re.sub(r"[^\w\s.,;:!?()'-]", lambda match: f"&#{ord(match[0])};", " ".join(text.split()))


def destination(address: str) -> str:
    """An address as it can stand in the brackets of a link."""
    return quote(address, safe=_LINK_SAFE)


def wiki_text(text: str) -> str:
    """The words of a wiki link, where they can be said there; empty where they cannot: nothing in it can be escaped."""
    flat = " ".join(text.split())
    return "" if flat != inline(flat) or re.search(r"://|www\.|@", flat) else flat


def embed_text(text: str) -> str:
    """The words of a wiki embed, likewise: digits at their end would be the width of the picture.

    Source: https://help.obsidian.md/embeds; @quartz-community/obsidian-flavored-markdown 1.0.0; 2026-11.
    """
    words = wiki_text(text)
    return "" if re.search(r"\dx?$", words) else words


def obsidian_tag(keyword: str) -> str:
    """A keyword as a tag of Obsidian: without blanks, and not a number alone; empty where nothing is left.

    Source: https://help.obsidian.md/tags, 2026-11.
    """
    tag = re.sub(r"[^\w/-]+", "-", "/".join(" ".join(part.split()) for part in keyword.split("|"))).strip("-/")
    return tag if re.search(r"[^\d/_-]", tag) else ""
