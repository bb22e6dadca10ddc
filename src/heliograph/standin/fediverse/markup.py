"""Texts: how they are measured, what is taken out of them, and how they are shown as HTML."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import escape, unescape

_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_MENTION = re.compile(r"(?<![\w/])@([\w.-]+)@[\w.-]*\w")
_WORD = "\\w\u00b7\u30fb\u200c"
_TAG = re.compile(rf"(?<![\w&/])#([{_WORD}]*[^\W\d][{_WORD}]*)")
_PIECE = re.compile(rf"(?P<url>{_URL.pattern})|{_TAG.pattern}")
_RAW_TAG = re.compile(r"<(?=\S)[^>]*(>|$)")
_REAL_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_URL_LEN = 23
_JOINER = "\u200d"

Linked = Callable[[str], str]
"""A hashtag without its sign -> a link to it."""


def length(text: str, *, graphemes: bool) -> int:
    """How long a text counts: code points, or graphemes with each link as 23 and mentions without their host."""
    if not graphemes:
        return len(text)
    short = _MENTION.sub(r"@\1", _URL.sub("x" * _URL_LEN, text))
    return _graphemes(short)


def _graphemes(text: str) -> int:
    """Clusters as far as they matter here: marks, joined emoji, skin tones and flags."""
    count, joined, flag = 0, False, False
    for letter in text:
        indicator = "\U0001f1e6" <= letter <= "\U0001f1ff"
        extends = unicodedata.category(letter).startswith("M") or "\U0001f3fb" <= letter <= "\U0001f3ff"
        if letter == _JOINER or extends:
            joined = letter == _JOINER
            continue
        if not joined and not (indicator and flag):
            count += 1
        flag = indicator and not flag
        joined = False
    return count


def tags_stripped(text: str) -> str:
    """Without anything from a `<` that a letter follows up to the next `>`, or to the end."""
    return _RAW_TAG.sub("", text)


def purified(text: str) -> str:
    """As HTML without tags: what is left of `&` and `<` is escaped."""
    return escape(unescape(_REAL_TAG.sub("", text)), quote=False)


def folded(text: str) -> str:
    """All white space as single blanks."""
    return " ".join(text.split())


def tags(text: str) -> list[str]:
    """The hashtags of a text, each once, in order."""
    found = {name.lower(): name for name in reversed(_TAG.findall(text))}
    return [found[name.lower()] for name in dict.fromkeys(name.lower() for name in _TAG.findall(text))]


def paragraphs(text: str, linked: Linked) -> str:
    """As most servers show a text."""
    if not text:
        return ""
    parts = re.split(r"\n{2,}", text.replace("\r\n", "\n"))
    return "".join(f"<p>{_shown(part, linked).replace(chr(10), '<br />')}</p>" for part in parts)


def lines(text: str, linked: Linked | None) -> str:
    """As Pixelfed shows a text; without `linked` hashtags are only words."""
    shown = _shown(text, linked) if linked else escape(text, quote=False)
    return shown.replace("\n", "<br />\n")


def _shown(text: str, linked: Linked) -> str:
    whole, at = "", 0
    for piece in _PIECE.finditer(text):
        whole += escape(text[at : piece.start()], quote=False)
        url = piece["url"]
        whole += _link(url) if url else linked(piece[0][1:])
        at = piece.end()
    return whole + escape(text[at:], quote=False)


def _link(url: str) -> str:
    scheme, _, rest = url.partition("://")
    hidden = f'<span class="invisible">{scheme}://</span><span class="">{escape(rest)}</span>'
    return f'<a href="{escape(url)}" target="_blank" rel="nofollow noopener" translate="no">{hidden}</a>'
