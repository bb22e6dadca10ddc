"""Which photograph is a file of the library? Sure, or to be asked, always with the reason.

A photograph is more than a file: it may be moved, renamed, copied, and developed anew, and stays the same photograph,
published once. A file is told by its image-data digest first, then by its place; what fits neither way is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from posixpath import splitext

from heliograph.model import value_digest


@dataclass(frozen=True, slots=True)
class Seen:
    """A file that is in the library now."""

    where: str
    digest: str
    taken: str = ""
    """Date, sub-second and camera in one text; equal for two developments of one exposure, empty where unknown."""


@dataclass(frozen=True, slots=True)
class Photograph:
    """What is remembered of a photograph."""

    id: str
    where: str
    digest: str
    taken: str = ""
    earlier: frozenset[str] = frozenset()
    """Digests that it had before."""


class Role(StrEnum):
    """What a file is to its photograph."""

    MAIN = "main"
    COPY = "copy"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Identity:
    """Which photograph a file is."""

    where: str
    photo: str
    role: Role
    reason: str
    question: str = ""
    """For `unsure`: what an answer must name; the answers are `same` and `new`."""


def photo_id(digest: str) -> str:
    """The identity that a photograph keeps for good, from the digest it was first seen with."""
    return digest[:32]


@dataclass(slots=True)
class _Desk:
    """What is still unassigned while the rules run."""

    by_where: dict[str, Seen]
    by_digest: dict[str, list[Seen]]
    answers: Mapping[str, str]
    done: dict[str, Identity] = field(default_factory=dict)
    shown: dict[str, Identity] = field(default_factory=dict)
    """Digest -> the file that stands for these pixels; every further one is a copy."""
    claimed: set[str] = field(default_factory=set)
    """Photographs that have a file, or may have one."""

    def give(self, seen: Seen, photo: str, role: Role, reason: str, question: str = "") -> None:
        identity = Identity(seen.where, photo, role, reason, question)
        self.done[seen.where] = identity
        if role != Role.COPY:
            self.shown.setdefault(seen.digest, identity)
            self.claimed.add(photo)

    def free(self, seen: Iterable[Seen]) -> list[Seen]:
        return [file for file in seen if file.where not in self.done]


def identify(
    seen: Iterable[Seen], known: Iterable[Photograph], answers: Mapping[str, str] | None = None
) -> tuple[Identity, ...]:
    """Which photograph each file is, sorted by place and name; the order of the arguments changes nothing.

    `answers` maps a question to `same` or `new`. A photograph that no identity names has no file any more.
    """
    files = sorted(seen, key=lambda file: splitext(file.where))  # `sea.jpg` goes before `sea copy.jpg`
    photographs = sorted(known, key=lambda photograph: photograph.id)
    desk = _Desk({file.where: file for file in files}, defaultdict(list), answers or {})
    for file in files:
        desk.by_digest[file.digest].append(file)
    homeless = [photograph for photograph in photographs if not _at_home(photograph, desk)]
    owners = {digest: p for p in photographs for digest in (*sorted(p.earlier), p.digest)}
    homeless = [photograph for photograph in homeless if not _edited(photograph, desk, owners)]
    homeless = [photograph for photograph in homeless if not _moved(photograph, desk)]
    homeless = [photograph for photograph in homeless if not _by_place(photograph, desk, owners)]
    _copies(files, desk)
    _lost_and_found(homeless, owners, desk)
    for file in desk.free(files):
        _copy_or_new(file, owners, desk)
    return tuple(desk.done[file.where] for file in files)


def _at_home(photograph: Photograph, desk: _Desk) -> bool:
    file = desk.by_where.get(photograph.where)
    if file is None or file.digest != photograph.digest or file.where in desk.done:
        return False
    desk.give(file, photograph.id, Role.MAIN, "the same pixels in the same place")
    return True


def _edited(photograph: Photograph, desk: _Desk, owners: Mapping[str, Photograph]) -> bool:
    """New pixels of the same moment at a known place, also where an unedited copy lies elsewhere."""
    file = desk.by_where.get(photograph.where)
    dated = file is not None and file.taken and file.taken == photograph.taken
    return bool(dated) and _by_place(photograph, desk, owners)


def _moved(photograph: Photograph, desk: _Desk) -> bool:
    for file in desk.free(desk.by_digest.get(photograph.digest, [])):
        desk.give(file, photograph.id, Role.MAIN, f"the same pixels, moved from {photograph.where}")
        return True
    return False


def _by_place(photograph: Photograph, desk: _Desk, owners: Mapping[str, Photograph]) -> bool:
    """New pixels at a known place: an edit of the same photograph, unless the date speaks against it."""
    file = desk.by_where.get(photograph.where)
    if file is None or file.where in desk.done or owners.get(file.digest, photograph) is not photograph:
        return False
    question = value_digest(("edited", photograph.id, photograph.digest, file.digest))
    certain = file.taken == photograph.taken or file.digest in photograph.earlier
    answer = "same" if certain else desk.answers.get(question, "")
    if answer == "new":
        return False
    if answer == "same":
        desk.give(file, photograph.id, Role.MAIN, "new pixels in the same place: the photograph was edited")
        return True
    reason = f"{file.where} holds other pixels with another date than the photograph that was there before"
    desk.give(file, photograph.id, Role.UNSURE, reason, question)
    return True


def _copies(files: Iterable[Seen], desk: _Desk) -> None:
    """Files whose pixels another file stands for already."""
    for file in desk.free(files):
        original = desk.shown.get(file.digest)
        if original is not None:
            desk.give(file, original.photo, Role.COPY, f"the same pixels as {original.where}")


def _lost_and_found(homeless: Sequence[Photograph], owners: Mapping[str, Photograph], desk: _Desk) -> None:
    """A photograph that vanished and a new file of the same moment may be one, moved and edited at once: asked."""
    arrivals: dict[str, list[Seen]] = defaultdict(list)
    for file in desk.free(desk.by_where.values()):
        if file.taken and file.digest not in owners:
            arrivals[file.taken].append(file)
    for photograph in homeless:
        restored = [file for digest in sorted(photograph.earlier) for file in desk.by_digest.get(digest, [])]
        for file in desk.free([*restored, *arrivals.get(photograph.taken, [])]):
            if _ask_moved(photograph, file, desk):
                break


def _ask_moved(photograph: Photograph, file: Seen, desk: _Desk) -> bool:
    """Whether the file is taken, for good or until there is an answer."""
    question = value_digest(("moved", photograph.id, photograph.digest, file.where, file.digest))
    answer = desk.answers.get(question, "")
    if answer == "new":
        return False
    if answer == "same":
        desk.give(file, photograph.id, Role.MAIN, f"moved from {photograph.where} and edited, as you answered")
    else:
        reason = f"{file.where} may be the photograph that was {photograph.where}, moved and edited"
        desk.give(file, photograph.id, Role.UNSURE, reason, question)
    return True


def _copy_or_new(file: Seen, owners: Mapping[str, Photograph], desk: _Desk) -> None:
    original, owner = desk.shown.get(file.digest), owners.get(file.digest)
    if original is not None:
        desk.give(file, original.photo, Role.COPY, f"the same pixels as {original.where}")
    elif owner is not None and owner.id in desk.claimed:
        desk.give(file, owner.id, Role.COPY, f"an earlier version of {owner.where}")
    else:
        desk.give(file, photo_id(file.digest), Role.MAIN, "never seen before")
