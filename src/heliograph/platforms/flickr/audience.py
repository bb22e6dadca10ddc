"""Who may see a photo: Flickr's three yes-or-no questions as one word."""

from __future__ import annotations

from collections.abc import Mapping

PUBLIC, FRIENDS, FAMILY, BOTH, PRIVATE = "public", "friends", "family", "friends and family", "private"
AUDIENCES = (PUBLIC, FRIENDS, FAMILY, BOTH, PRIVATE)
"""The usual first."""
_QUESTIONS = {PUBLIC: "100", FRIENDS: "010", FAMILY: "001", BOTH: "011", PRIVATE: "000"}


def flags(audience: object) -> dict[str, str]:
    """The arguments that say who may see it; whoever is not known sees nothing."""
    answers = _QUESTIONS.get(str(audience), _QUESTIONS[PRIVATE])
    return dict(zip(("is_public", "is_friend", "is_family"), answers, strict=True))


def audience(item: Mapping[str, object]) -> str:
    """By an item of a listing."""
    is_public, is_friend, is_family = (str(item.get(name, "0")) for name in ("ispublic", "isfriend", "isfamily"))
    if is_public == "1":
        return PUBLIC
    found = f"0{is_friend}{is_family}"
    return next((name for name, answers in _QUESTIONS.items() if answers == found), PRIVATE)


def is_narrower(one: object, other: object) -> bool:
    """Whether fewer people see it as `one` than as `other`."""
    order = {PUBLIC: 3, BOTH: 2, FRIENDS: 1, FAMILY: 1, PRIVATE: 0}
    return order.get(str(one), 0) < order.get(str(other), 0)
