"""Photos of equal pixels that are coded differently: one of them is published, and stands for all.

They are other photographs by their image data. That their pixels are equal is known only where signatures were
computed, which happens where an account shows such tags; so what was asked about because two photos fit one post does
not become a second post once it was answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from heliograph.desk.tracing import SIGNATURES, trace_name
from heliograph.identify import Likeness, Match
from heliograph.ledger import Ledger
from heliograph.model import Photo, Post, Subject, SubjectKind
from heliograph.plan import Standing, Want

LIBRARY = ""
"""Under this name of a platform signatures are remembered."""
Answered = Callable[[Subject, Post], str]


@dataclass(frozen=True, slots=True)
class _Original:
    """The photo that stands for all of its pixels."""

    where: str
    post: Post | None = None
    """`None` while it is not published."""


def twins(
    platform: str,
    ledger: Ledger,
    fresh: Mapping[str, tuple[Standing, Photo]],
    matches: Mapping[str, Match],
    answered: Answered,
) -> dict[str, Standing]:
    """Of photos that have no post yet, those that another one stands for, each as a copy of that one.

    Args:
        platform: where they are wanted.
        ledger: what is remembered of signatures and posts.
        fresh: photograph -> what is known of it, and its file.
        matches: what was recognised of them.
        answered: the owner's answers.
    """
    signed = _signed(ledger, {id_: photo for id_, (_, photo) in fresh.items()})
    standings = sorted((standing for standing, _ in fresh.values()), key=lambda one: one.where)
    settled, rest = list[tuple[Standing, Match]](), list[Standing]()
    for standing in standings:
        match = matches.get(standing.subject.id)
        if match is not None and _is_settled(standing, match, answered):
            settled.append((standing, match))
        else:
            rest.append(standing)
    compared = {value for standing in rest for value in signed.get(standing.subject.id, ())}
    look, found = _Look(answered, signed, _published(platform, ledger, compared)), dict[str, Standing]()
    for standing, match in settled:
        found |= look.settle(standing, match)
    for standing in rest:
        found |= look.compare(standing, matches.get(standing.subject.id))
    return found


class _Look:
    def __init__(
        self, answered: Answered, signed: Mapping[str, frozenset[str]], originals: dict[str, list[_Original]]
    ) -> None:
        self._answered = answered
        self._signed = signed
        self._originals = originals
        self._spent: dict[str, str] = {}
        """Post -> place of the photo that it is."""

    def settle(self, standing: Standing, match: Match) -> dict[str, Standing]:
        """A post is given to one photo only, also where the owner said of two that they are it."""
        other = self._spent.setdefault(match.post.id, standing.where)
        if other != standing.where:
            return _copy(standing, f"the same photo as {other} by your answers, which stands for both")
        self._stands(standing, match.post)
        return {}

    def compare(self, standing: Standing, match: Match | None) -> dict[str, Standing]:
        """What may be a post that is still free is asked about; what the owner told apart is a photo of its own."""
        originals = [original for one in self._of(standing) for original in self._originals.get(one, ())]
        if match is not None and match.post.id not in self._spent:
            return {}
        if not originals:
            self._stands(standing, None)
            return {}
        posts = (original.post for original in originals if original.post is not None)
        if any(self._answered(standing.subject, post) == "different" for post in posts):
            return {}
        return _copy(standing, f"the same pixels as {originals[0].where}, which stands for both")

    def _stands(self, standing: Standing, post: Post | None) -> None:
        for one in self._of(standing):
            self._originals.setdefault(one, []).append(_Original(standing.where, post))

    def _of(self, standing: Standing) -> list[str]:
        return sorted(self._signed.get(standing.subject.id, ()))


def _is_settled(standing: Standing, match: Match, answered: Answered) -> bool:
    is_answered = match.likeness == Likeness.LIKELY and answered(standing.subject, match.post) == "same"
    return match.likeness == Likeness.SURE or is_answered


def _copy(standing: Standing, reason: str) -> dict[str, Standing]:
    return {standing.subject.id: replace(standing, want=Want.COPY, reasons=(reason,))}


def _signed(ledger: Ledger, photos: Mapping[str, Photo]) -> dict[str, frozenset[str]]:
    """Photograph -> its signatures, of those of which any was computed; nothing is read for it."""
    names = {id_: [trace_name(kind, photo) for kind in SIGNATURES] for id_, photo in photos.items()}
    known = ledger.memory(LIBRARY).read_all(name for each in names.values() for name in each)
    signed = {id_: frozenset(known[name] for name in each if name in known) for id_, each in names.items()}
    return {id_: values for id_, values in signed.items() if values}


def _published(platform: str, ledger: Ledger, signatures: Iterable[str]) -> dict[str, list[_Original]]:
    """Signature -> photos of those pixels that have a post there, unless nothing wants them there any more."""
    named = ledger.memory(LIBRARY).holding(signatures)
    photos = ledger.files.mains_of({_digest(name) for name in named})
    posts = ledger.records.post_ids(platform, (photo for photo, _ in photos.values()))
    unwanted = ledger.verdicts.unwanted(platform, (where for _, where in photos.values()))
    found: dict[str, list[_Original]] = {}
    for name, signature in sorted(named.items()):
        photo, where = photos.get(_digest(name), ("", ""))
        if photo in posts and where not in unwanted:
            found.setdefault(signature, []).append(_Original(where, Post(posts[photo], SubjectKind.PHOTO)))
    return found


def _digest(name: str) -> str:
    """Of the picture that a remembered signature is of."""
    return name.rpartition(" ")[2]
