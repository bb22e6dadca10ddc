"""Texts as servers take them and show them, and when the two are the same."""

from __future__ import annotations

import html
import re
import unicodedata
from html.parser import HTMLParser

from heliograph.model import F, Value
from heliograph.platforms.fediverse.dialects import Dialect

_JOINER = "\u2060"
"""Word joiner: nothing is to be seen of it."""
_ANGLE = "\u2039"
"""A single angle quotation mark, in place of the sign that begins a tag."""
_TAG_SIGN = re.compile(r"<(?!\s)")
_MENTION = re.compile(r"(?<![\w/@.])[@\uff20](?=\w)")
_HIDDEN_MENTION = re.compile(rf"(?<![\w/@.])[@\uff20]{_JOINER}?(?=\w)")
_HASHTAG = re.compile(r"#\w+")
_BLANKS, _BREAKS = re.compile(r"[^\S\n]+"), re.compile(r"\n{2,}")
_BLOCKS = frozenset({"p", "div", "li", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3"})
CAVEAT = f"“<” was sent as “{_ANGLE}”: the server would take what follows it for markup and lose it"


# --- sending ----------------------------------------------------------------------------------------------------------


def to_send(field: str, text: str, dialect: Dialect) -> str:
    """The text so that nothing of it is lost there.

    Source: Pixelfed 0.11 and 0.12 strip tags of posts, GoToSocial those of alt texts (2026-11).
    """
    return text if field in dialect.keeps else _TAG_SIGN.sub(_ANGLE, text)


def unmentioned(text: str, max_len: int | None) -> str:
    """The text with nobody notified by an `@name` in it; the sign goes where there is no room for more."""
    longer = _MENTION.sub(lambda sign: sign[0] + _JOINER, text)
    return longer if max_len is None or len(longer) <= max_len else _MENTION.sub("", text)


# --- reading ----------------------------------------------------------------------------------------------------------


class _Reader(HTMLParser):
    """The words of a page's part."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._broke = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as the parent has it
        if tag == "br":
            self.parts.append("\n")
            self._broke = True
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        # A break is mostly written with a new line behind it, which is the same one.
        self.parts.append(data.removeprefix("\n") if self._broke else data)
        self._broke = False


def of_html(content: str) -> str:
    """What a post's HTML says, line by line."""
    reader = _Reader()
    reader.feed(content)
    reader.close()
    return shown("".join(reader.parts))


def shown(text: str) -> str:
    """A text as we show it: entities read, blanks at the edges of lines gone, never more than one empty line.

    Source: Pixelfed writes what was edited as HTML, and shows that as text (2026-11).
    """
    plain = html.unescape(text).replace("\r\n", "\n").replace("\r", "\n")
    lines = (_BLANKS.sub(" ", line).strip() for line in plain.split("\n"))
    return unicodedata.normalize("NFC", _BREAKS.sub("\n\n", "\n".join(lines)).strip())


# --- comparing --------------------------------------------------------------------------------------------------------


def same(sent: Value, seen: Value) -> bool:
    """Whether a server that shows the one was sent the other, as far as it can be told; no words are no words."""
    return _folded(sent) == _folded(seen)


def _folded(value: Value) -> str:
    text = shown(value) if isinstance(value, str) else ""
    text = _HIDDEN_MENTION.sub("", text).replace(_JOINER, "").replace("<", _ANGLE)
    return _HASHTAG.sub(lambda tag: tag[0].casefold(), " ".join(text.split()))


def same_warning(sent: Value, seen: Value, max_len: int | None) -> bool:
    """Likewise of a warning: none is another thing than one without words."""
    if sent is None or seen is None:
        return sent is seen
    words, others = _folded(sent), _folded(seen)
    return words == others or (max_len is not None and _folded(words[:max_len]) == others)


WORDS = frozenset({F.TEXT, F.ALT})
