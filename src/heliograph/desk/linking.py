"""Links: which posts the library names itself, and which it named before and names no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from heliograph.ledger import Ledger
from heliograph.model import Post, Record, Subject, SubjectKind
from heliograph.plan import Standing, Want


@dataclass(frozen=True, slots=True)
class Links:
    """The links of some photos on one platform."""

    posts: Mapping[Subject, Post] = field(default_factory=dict)
    """The post that a link names, where it is there and nobody else's."""
    before: Mapping[str, str] = field(default_factory=dict)
    """Photograph -> the post that the library named when it was last looked at."""

    @classmethod
    def of(
        cls, platform: str, ledger: Ledger, standings: Sequence[Standing], records: Mapping[Subject, Record]
    ) -> Self:
        """What is known of them; what they name now is remembered."""
        photos = [standing for standing in standings if standing.subject.kind == SubjectKind.PHOTO]
        before = ledger.outcomes.named(platform, [standing.subject.id for standing in photos])
        now = {one.subject.id: one.link.post_id for one in photos if one.link is not None and one.link.post_id}
        ledger.outcomes.name(platform, {photo: post for photo, post in now.items() if before.get(photo) != post})
        return cls(_free(platform, ledger, _fresh(standings, records)), before)

    @classmethod
    def told(
        cls, platform: str, ledger: Ledger, standings: Sequence[Standing], records: Mapping[Subject, Record]
    ) -> Self:
        """Of a library that keeps no notes: where its photos came from. That one says so no more means nothing."""
        return cls(_free(platform, ledger, _fresh(standings, records)))

    def post(self, standing: Standing) -> Post | None:
        """The post that its link names."""
        return self.posts.get(standing.subject)

    def taken_out(self, standing: Standing, record: Record | None) -> bool:
        """Whether the library named the post of the record, and does so no more."""
        looked = standing.want not in {Want.NOT_LOOKED, Want.UNSURE}
        gone = standing.link is None and record is not None and self.before.get(standing.subject.id) == record.post_id
        return looked and gone


def _fresh(standings: Sequence[Standing], records: Mapping[Subject, Record]) -> dict[Subject, str]:
    """The posts that are named of what is not remembered."""
    linked = ((one.subject, one.link) for one in standings if one.link is not None and one.subject not in records)
    return {subject: link.post_id for subject, link in linked if link.post_id}


def _free(platform: str, ledger: Ledger, named: Mapping[Subject, str]) -> dict[Subject, Post]:
    """Of several that name the same post, the first one has it."""
    posts = ledger.records.seen(platform, named.values())
    taken = set(ledger.records.photos_of(platform, named.values()))
    if any(subject.kind == SubjectKind.ALBUM for subject in named):
        taken |= {record.post_id for record in ledger.records.albums(platform).values()}
    found = dict[Subject, Post]()
    for subject, name in sorted(named.items()):
        post = posts.get(name)
        if post is not None and name not in taken and post.kind == subject.kind:
            found[subject] = post
            taken.add(name)
    return found
