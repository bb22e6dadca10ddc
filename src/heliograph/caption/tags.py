"""Keywords as tags, and tags as hashtags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from unicodedata import category, normalize

from heliograph.errors import Mistake
from heliograph.model import Facts
from heliograph.policy import Captions

MODES = ("leaves", "levels", "flat", "none")

_APOSTROPHES = re.compile(r"['\u2019\u02bc\u200b-\u200d\u2060]")


def check_tags(mode: str) -> None:
    """Nothing, where `captions.tags` is one of the modes.

    Raises:
        Mistake: it is not.
    """
    if mode not in MODES:
        close = get_close_matches(mode, MODES, n=1)
        hint = f"did you mean “{close[0]}”?" if close else "it takes " + ", ".join(MODES) + "."
        message = f"captions.tags is “{mode}”, which is no way of making tags: {hint} Nothing was changed."
        raise Mistake(message)


def tags(facts: Facts, captions: Captions) -> tuple[str, ...]:
    """The tags by `captions.tags`, sorted, each once whatever its case, so that the order of keywords changes nothing.

    A flat keyword that is merely a level of a hierarchical one is not repeated.
    """
    check_tags(captions.tags)
    if captions.tags == "none":
        return ()
    if captions.tags == "flat":
        return _once(facts.keywords)
    levels = {_folded(level) for path in facts.keyword_paths for level in path}
    alone = [keyword for keyword in facts.keywords if _folded(keyword) not in levels]
    return _once([*_of_paths(facts.keyword_paths, captions.tags), *alone])


def _of_paths(paths: Iterable[tuple[str, ...]], mode: str) -> list[str]:
    if mode == "levels":
        return [level for path in paths for level in path]
    written = [path for path in paths if path]
    inner = {path[:depth] for path in written for depth in range(1, len(path))}
    return [path[-1] for path in written if path not in inner]


def hashtags(words: Iterable[str], *, camel_case: bool) -> tuple[str, ...]:
    """`#GoldenGateBridge`: letters, digits and `_` of any script, at least one letter; in order, without repeats.

    `&` is read as the word "and". Source: the hashtag rules of Mastodon 4.6, Pixelfed 0.12 and GoToSocial, which end a
    tag at anything else (2026-11).
    """
    found = (_hashtag(word, camel_case=camel_case) for word in words)
    kept: dict[str, str] = {}
    for tag in found:
        if tag:
            kept.setdefault(_folded(tag), tag)
    return tuple(kept.values())


def _hashtag(text: str, *, camel_case: bool) -> str:
    joined = _APOSTROPHES.sub("", normalize("NFKC", text)).replace("&", " and ")
    words = "".join(sign if _is_word_sign(sign) else " " for sign in joined).split()
    if camel_case:
        words = [word if any(sign.isupper() for sign in word) else word[0].upper() + word[1:] for word in words]
    tag = "".join(words)
    return f"#{tag}" if any(category(sign)[0] == "L" for sign in tag) else ""


def _is_word_sign(sign: str) -> bool:
    # Marks belong to the letters before them: without them Hindi, Thai or Hebrew words fall apart.
    return sign == "_" or category(sign)[0] in "LM" or category(sign) == "Nd"


def _once(found: Iterable[str]) -> tuple[str, ...]:
    cleaned = sorted((_folded(tag), " ".join(normalize("NFC", tag).split())) for tag in found)
    kept: dict[str, str] = {}
    for folded, tag in cleaned:
        if tag:
            kept.setdefault(folded, tag)
    return tuple(kept.values())


def _folded(text: str) -> str:
    return " ".join(normalize("NFC", normalize("NFC", text).casefold()).split())
