"""One subject on one platform, from all three sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from heliograph.model import Fields, Link, Order, Photo, Post, Record, Subject, Wanted
from heliograph.wanted import Homecoming


class Want(StrEnum):
    """What the library says of one subject."""

    YES = "yes"
    NO = "no"
    NOT_LOOKED = "not looked"
    REFUSED = "refused"
    COPY = "copy"
    UNSURE = "unsure"


class Show(StrEnum):
    """What the platform says of one subject."""

    YES = "yes"
    NO = "no"
    NOT_LOOKED = "not looked"


@dataclass(frozen=True, slots=True)
class Standing:
    """One subject on one platform, from all three sides."""

    subject: Subject
    where: str
    want: Want
    wanted: Wanted | None = None
    reasons: tuple[str, ...] = ()
    """Why the library refuses it, or is not sure which photograph it is, in sentences."""
    question: str = ""
    """Of the library's own doubt."""
    record: Record | None = None
    show: Show = Show.NO
    post: Post | None = None
    """As the platform shows it; `None` while `show` is yes: as last agreed."""
    shown: Fields = field(default_factory=dict)
    """The post's fields in our own terms: members and cover as photo ids where they are known."""
    alike: Post | None = None
    """A post that is likely, not surely, this subject."""
    because: str = ""
    """Why a post that the ledger does not know is, or is likely to be, this subject; empty: for its mark."""
    orders: frozenset[Order] = frozenset()
    """What the owner asked for once, and is not done yet."""
    link: Link | None = None
    """Where the library says that it is published."""
    linked: Post | None = None
    """The post that the link names, as the platform shows it, where it is nobody else's."""
    unlinked: bool = False
    """The library named the post of `record`, and does so no more."""
    troubled: bool = False
    """The library says that nothing may be done about it there."""
    photo: Photo | None = None
    """Its file, where it is a photo that is wanted."""
    lost: bool = False
    """The library held it, and holds it no more."""
    doubt: str = ""
    """An `add` of it is journalled whose outcome is not known."""


class Homeward(Protocol):
    """How edits of one platform are said in the words of the library."""

    def brought(self, post: Post, fields: frozenset[str]) -> Fields:
        """The fields as the platform says them to the library, without asking it."""

    def home(self, standing: Standing, brought: Fields) -> Homecoming:
        """What the library is to amend, and what is wanted of the photo then."""
