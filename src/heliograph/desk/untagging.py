"""The verb `tags remove`: tags that are there are looked up, shown, and taken away one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from heliograph.desk import Desk
from heliograph.desk.choosing import chosen
from heliograph.errors import Busy, Mistake, Refused
from heliograph.ports import Tagged, Untagging


def tagged(desk: Desk, name: str, words: Sequence[str], *, starts_with: bool) -> Iterator[Tagged]:
    """Tags on a platform that are one of the words, or begin with one; lazily.

    Raises:
        Mistake: there is no such platform, tags cannot be taken away there, or a word is empty.
    """
    if not words or not all(word.strip() for word in words):
        message = "Say which tags: an empty word would be all of them. Nothing was changed."
        raise Mistake(message)
    yield from _platform(desk, name).tagged([word.strip() for word in words], starts_with=starts_with)


def untag(desk: Desk, name: str, tags: Sequence[Tagged]) -> Iterator[tuple[Tagged, str]]:
    """Takes them away, and says of each what went wrong; empty where nothing did. Ends early where the owner says stop.

    Raises:
        SignInNeeded: the platform does not accept us any more.
    """
    platform = _platform(desk, name)
    for tag in tags:
        if desk.stop():
            return
        try:
            platform.untag(tag)
        except (Refused, Busy) as trouble:
            yield tag, trouble.sentence
        else:
            yield tag, ""


def _platform(desk: Desk, name: str) -> Untagging:
    what = "tags cannot be taken away one by one"
    place = chosen(desk, name, lambda place: hasattr(place.platform, "untag"), what)
    return cast("Untagging", place.platform)
