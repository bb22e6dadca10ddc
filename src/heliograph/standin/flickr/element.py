"""What a method answers, before it becomes XML or Flickr's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Element:
    """One element of an answer; rendered as XML or as Flickr's JSON by the envelope."""

    name: str
    attributes: dict[str, object] = field(default_factory=dict)
    """`str`, `int` or `float`; in order; XML writes `str()` of them."""
    children: list[Element] = field(default_factory=list)
    text: str | None = None
    """`_content` in JSON."""
    lists: frozenset[str] = frozenset()
    """Names of children that are lists in JSON even when there is none or one."""


class Failure(Exception):
    """A service error: answered with HTTP 200 as `<err code msg/>`, and by uploads with further elements beside it."""

    def __init__(
        self,
        code: int,
        message: str,
        siblings: tuple[Element, ...] = (),
        attributes: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.siblings = siblings
        self.attributes = dict(attributes or {})
        """Further attributes of `<err>` itself, which some clients look for instead of the siblings."""
