"""What Flickr makes of the texts it is given.

Source: recorded answers of Flickr's API, 2023-2025: descriptions come back as HTML, with quotes and ampersands as
entities, and addresses as shortened links.
"""

from __future__ import annotations

import html
import re

_LINK_LENGTH = 40
"""Characters of an address that are shown."""
_ADDRESS = re.compile(r"""(?:https?://|www\.)[^\s<>"']*[^\s<>"'.,;:!?)\]]""", re.IGNORECASE)
_MARKUP = re.compile(
    r"""</?(?:b|strong|i|em|u|s|del|ins|blockquote)>|<a\s+href="https?://[^"<>\s]+"(?:\s+rel="[\w ]*")?\s*>|</a>""",
    re.IGNORECASE,
)
"""The limited HTML that a description may hold."""


def described(text: str) -> str:
    """A description as Flickr answers it: HTML, with addresses as links and line ends kept."""
    parts: list[str] = []
    at, in_link = 0, False
    for markup in _MARKUP.finditer(text):
        parts += [_escaped(text[at : markup.start()], links=not in_link), markup.group()]
        in_link = markup.group().lower().startswith("<a") or (in_link and markup.group().lower() != "</a>")
        at = markup.end()
    return "".join(parts) + _escaped(text[at:], links=not in_link)


def _escaped(text: str, *, links: bool) -> str:
    """`text` with entities, and with links if they are wished."""
    if not links:
        return _entities(text)
    parts: list[str] = []
    at = 0
    for address in _ADDRESS.finditer(text):
        parts += [_entities(text[at : address.start()]), _link(address.group())]
        at = address.end()
    return "".join(parts) + _entities(text[at:])


def _link(address: str) -> str:
    """An address as a link whose words are cut short."""
    target = address if "://" in address else f"http://{address}"
    shown = address.split("://", 1)[-1]
    if len(shown) > _LINK_LENGTH:
        shown = shown[: _LINK_LENGTH - 3] + "..."
    return f'<a href="{_entities(target)}" rel="noreferrer nofollow">{_entities(shown)}</a>'


def _entities(text: str) -> str:
    return html.escape(text, quote=False).replace('"', "&quot;")


def cut_bytes(text: str, limit_bytes: int) -> str:
    """`text`, or as much of its beginning as fits into so many bytes of UTF-8."""
    return text.encode("utf-8")[:limit_bytes].decode("utf-8", "ignore")


def storable(text: str) -> str:
    """`text` without what XML cannot hold: control characters, and halves of characters."""
    whole = text.encode("utf-8", "ignore").decode("utf-8")
    return "".join(char for char in whole if (char >= " " and char not in "\x7f\ufffe\uffff") or char in "\t\n\r")
