"""Which posts that no record knows show which photos: by what both say, and where that is not enough by the pictures.

A post is given to one photo only, and nothing is sure where two would fit. The order of the arguments changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from heliograph.identify.likeness import ALIKE, NEAR, NEAREST, Hashes, Side, alike, distance, near
from heliograph.identify.posts import Confidence, Likeness, before_it_was_taken, contradict, moment
from heliograph.identify.words import Agrees, Said, Sameness
from heliograph.model import F, Fields, Post, SubjectKind, Traces, Value, Wanted

TRACE, BOTH, MOMENT, SOME, PICTURE = range(5)
"""What speaks for a pair, the strongest first."""

_FAR = 64


@dataclass(frozen=True, slots=True)
class Sought:
    """A photo that is wanted on a platform and of which the ledger knows no post."""

    wanted: Wanted
    taken: str = ""
    """Local time, ISO 8601 as far as it is known."""
    traces: Traces = ()
    """Those of its file that are known."""

    @property
    def id(self) -> str:
        """The photograph."""
        return self.wanted.subject.id


@dataclass(frozen=True, slots=True)
class Match:
    """What is known of the post of one photo."""

    likeness: Likeness
    """`no`: whether it is this one cannot be told yet, and nothing must be added before."""
    post: Post
    reason: str
    """Of a sure one after "already there", of a likely one after "looks like this photo", else a whole one."""
    confidence: Confidence = Confidence.LIKELY


class _Pair(NamedTuple):
    """A photo and a post that is likely its own; sorted, the best come first."""

    rank: int
    bits: int
    photo: str
    post: str


Answered = Callable[[Wanted, Post], str]
"""What the owner said of the two: `same`, `different`, or nothing."""


def unasked(_: Wanted, __: Post) -> str:
    """Says of an owner who was asked nothing."""
    return ""


class Recognition:
    """The photos that are sought and the posts that nobody claims. Asks nobody."""

    def __init__(
        self,
        sought: Iterable[Sought],
        posts: Iterable[Post],
        agrees: Agrees,
        answered: Answered = unasked,
        *,
        foreign: bool = False,
        albums: bool = False,
        dates: bool = True,
        hints: Mapping[tuple[str, str], str] = MappingProxyType({}),
        crowded: Collection[tuple[Side, str]] = (),
    ) -> None:
        """Compares what is said.

        Args:
            sought: the photos, each once.
            posts: those that no record knows, whether or not they carry a mark of other pixels.
            agrees: as `ports.Platform.agrees`.
            answered: the owner's answers.
            foreign: the platform shows marks, so that a post without one is not ours: it is asked about at best, and
                its words could be anybody's.
            albums: what is sought are albums that are one post, of one photo or several.
            dates: an equal date taken, together with a picture that is near, makes a pair sure.
            hints: photo and post -> what else speaks for the pair, which is asked about.
            crowded: photos and posts that no date makes sure.
        """
        self._sought = {item.id: item for item in sorted(sought, key=lambda item: item.id)}
        kinds = {SubjectKind.PHOTO, SubjectKind.ALBUM} if albums else {SubjectKind.PHOTO}
        self._posts = {post.id: post for post in sorted(posts, key=lambda post: post.id) if post.kind in kinds}
        self._answered = answered
        self._foreign = foreign
        self._dates = dates
        self._hints = hints
        self._crowded = crowded
        ours = [] if foreign else [post for post in self._posts.values() if not post.mark]
        wanted = {item.id: item.wanted.fields for item in self._sought.values()}
        same = Sameness(agrees, wanted.values(), (post.fields for post in ours))
        self._said = {id_: same.said(fields) for id_, fields in wanted.items()}
        self._shown = {post.id: same.shown(post.fields) for post in ours}

    # -- what has to be looked at --

    def unsettled(self) -> tuple[tuple[Sought, ...], tuple[Post, ...]]:
        """Photos and posts whose pictures have to be compared, both sorted by id."""
        settled = self._by_words({}, {})
        spent = set(settled.values())
        open_ = [item for item in self._sought.values() if item.id not in settled]
        # Where marks are shown, dates are too, and tell more than pictures do.
        sought = {_instant(item.wanted.fields) for item in open_} - {""} if self._dates else set[str]()
        posts = [
            post
            for post in self._posts.values()
            if not post.mark
            and post.id not in spent
            and not (self._foreign and moment(post.fields) and _instant(post.fields) not in sought)
        ]
        shown = {_instant(post.fields) for post in posts} if self._foreign else {""}
        photos = [item for item in open_ if "" in shown or _instant(item.wanted.fields) in shown]
        latest = _most((post.made_at for post in posts), max)
        earliest = _most((item.taken for item in photos), min)
        return (
            tuple(item for item in photos if posts and not before_it_was_taken(latest, item.taken)),
            tuple(post for post in posts if photos and not before_it_was_taken(post.made_at, earliest)),
        )

    # -- whose is what --

    def matches(self, photos: Hashes, posts: Hashes, unseen: Collection[str] = ()) -> dict[str, Match]:
        """Photograph -> what is known of its post; a photo that is missing has none.

        Args:
            photos: hashes of their pictures by photograph, of those that have any.
            posts: likewise by post.
            unseen: posts whose pictures could not be looked at for now.
        """
        sure = self._by_words(photos, posts)
        found = {photo: self._sure(post, "text and alt text are the same") for photo, post in sure.items()}
        same_words = [group for of in (_text, _alt) for group in self._same(of)]
        by_picture = self._by_pictures(same_words, *_left(sure, photos, posts))
        for photo, post in by_picture.items():
            same = "text" if _share_text(self._said[photo], self._shown[post]) else "alt text"
            found[photo] = self._sure(post, f"the {same} is the same, and the picture looks the same")
        sure |= by_picture
        if self._dates:
            by_date = self._by_pictures(self._instants(), *_left(sure, photos, posts), set(self._crowded))
            found |= {
                photo: self._sure(post, "taken at the same moment, and the picture looks the same")
                for photo, post in by_date.items()
            }
            sure |= by_date
        found |= self._likely(sure, *_left(sure, photos, posts))
        if unseen:
            found |= self._waiting(found, unseen)
        return found

    def _sure(self, post: str, reason: str) -> Match:
        return Match(Likeness.SURE, self._posts[post], reason, Confidence.SURE)

    def _by_words(self, photos: Hashes, posts: Hashes) -> dict[str, str]:
        """Photo -> post where both texts are the same and nobody else says that."""
        alone = ((here[0], there[0]) for here, there in self._same(_both) if len(here) == len(there) == 1)
        return {
            photo: post
            for photo, post in alone
            if self._free(photo, post) and _bits(photo, post, photos, posts, unknown=0) <= ALIKE
        }

    def _by_pictures(
        self,
        groups: Iterable[tuple[list[str], list[str]]],
        photos: Hashes,
        posts: Hashes,
        crowded: Collection[tuple[Side, str]] = (),
    ) -> dict[str, str]:
        """Photo -> post where both are of one group, the pictures are near, and that is true of no other."""
        crowded = set(crowded)
        pairs: dict[tuple[str, str], None] = {}
        for here, there in groups:
            only, more = near(_of(photos, here), _of(posts, there))
            pairs |= dict.fromkeys(only.items())
            crowded |= more
        suitors = Counter([key for photo, post in pairs for key in ((Side.PHOTO, photo), (Side.POST, post))])
        crowded |= {name for name, count in suitors.items() if count > 1}
        lonely = ((photo, post) for photo, post in pairs if not {(Side.PHOTO, photo), (Side.POST, post)} & crowded)
        return {photo: post for photo, post in lonely if self._free(photo, post)}

    def _same(self, of: Callable[[Said], tuple[Hashable, ...]]) -> Iterator[tuple[list[str], list[str]]]:
        """Photos and posts that say the same, where they say anything."""
        there: dict[Hashable, list[str]] = defaultdict(list)
        here: dict[Hashable, list[str]] = defaultdict(list)
        for side, said in ((here, self._said), (there, self._shown)):
            for id_, words in said.items():
                if key := of(words):
                    side[key].append(id_)
        yield from ((ids, there[key]) for key, ids in here.items() if key in there)

    def _instants(self) -> Iterator[tuple[list[str], list[str]]]:
        """Photos and unmarked posts of one second."""
        here, there = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        for item in self._sought.values():
            here[_instant(item.wanted.fields)].append(item.id)
        for id_ in self._unmarked():
            there[_instant(self._posts[id_].fields)].append(id_)
        yield from ((ids, there[key]) for key, ids in here.items() if key and key in there)

    def _free(self, photo: str, post: str) -> bool:
        """Whether nothing speaks against the pair, and nobody has said anything about it."""
        return self._fits(photo, post) and not self._answered(self._sought[photo].wanted, self._posts[post])

    def _fits(self, photo: str, post: str) -> bool:
        sought, shown = self._sought[photo], self._posts[post]
        dates = moment(sought.wanted.fields), moment(shown.fields)
        return not contradict(*dates) and not before_it_was_taken(shown.made_at, sought.taken)

    # -- to be asked --

    def _likely(self, sure: Mapping[str, str], photos: Hashes, posts: Hashes) -> dict[str, Match]:
        """Each photo's best post that is not a better match of another's; the rest have to wait for their answers."""
        spent, found = set(sure.values()), dict[str, Match]()
        told, denied, open_ = self._by_answer(pair for pair in self._pairs(sure, photos, posts))
        for pair in [*told, *open_]:
            if pair.photo not in found and pair.post not in spent:
                found[pair.photo] = Match(Likeness.LIKELY, self._posts[pair.post], self._reason(pair))
                spent.add(pair.post)
        for pair in open_:
            post = self._posts[pair.post]
            reason = f"{post.url or post.id} looks like this photo, and like another one that is asked about first"
            found.setdefault(pair.photo, Match(Likeness.NO, post, reason))
        for pair in denied:
            found.setdefault(pair.photo, Match(Likeness.LIKELY, self._posts[pair.post], self._reason(pair)))
        return found

    def _by_answer(self, pairs: Iterable[_Pair]) -> tuple[list[_Pair], list[_Pair], list[_Pair]]:
        """Those of which the owner said that they are one, that they are not, and the others; the best first."""
        told: dict[str, list[_Pair]] = {"same": [], "different": [], "": []}
        best: dict[tuple[str, str], _Pair] = {}
        for pair in sorted(pairs):
            best.setdefault((pair.photo, pair.post), pair)
        for pair in sorted(best.values()):
            told[self._answered(self._sought[pair.photo].wanted, self._posts[pair.post])].append(pair)
        return told["same"], told["different"], told[""]

    def _pairs(self, sure: Mapping[str, str], photos: Hashes, posts: Hashes) -> Iterator[_Pair]:
        spent = set(sure.values())

        def pair(rank: int, photo: str, post: str) -> _Pair:
            return _Pair(rank, _bits(photo, post, photos, posts, unknown=_FAR), photo, post)

        for photo, post in self._hints:
            known = photo in self._sought and post in self._posts
            if known and photo not in sure and post not in spent:
                yield pair(TRACE, photo, post)
        for photo, post in self._by_moment():
            if photo not in sure and post not in spent:
                yield pair(MOMENT, photo, post)
        for rank, of in ((BOTH, _both), (SOME, _text), (SOME, _alt)):
            for here, there in self._same(of):
                left = [photo for photo in here if photo not in sure], [post for post in there if post not in spent]
                fitting = (one for one in beside(*left) if self._fits(*one))
                # Of several that say the same, pictures tell which it is; of a pair, that they differ is a question.
                lonely = rank == BOTH or len(here) == len(there) == 1
                yield from (pair(rank, *one) for one in fitting if lonely or _unknown(*one, photos, posts))
        for photo, post, _ in alike(photos, _of(posts, self._unmarked())):
            if self._fits(photo, post):
                some = self._said[photo], self._shown.get(post, Said())
                yield pair(SOME if _share(*some) else PICTURE, photo, post)

    def _by_moment(self) -> Iterator[tuple[str, str]]:
        """Photos and posts of one date, which have one title where the photo has any.

        A post with the mark of other pixels may show the photo as it was developed before, whatever its title: where
        both are of the same second.
        """
        marked, unmarked = defaultdict[str, list[str]](list), defaultdict[tuple[str, Value], list[str]](list)
        for post in self._posts.values():
            when, title = moment(post.fields), post.fields.get(F.TITLE)
            if post.mark:
                marked[when].append(post.id)
            else:
                for key in {(when, title), (when, None)}:
                    unmarked[key].append(post.id)
        for item in self._sought.values():
            when, title = moment(item.wanted.fields), item.wanted.fields.get(F.TITLE) or None
            same = [*unmarked.get((when, title), ()), *(marked.get(when, ()) if "T" in when else ())] if when else []
            alike = (id_ for id_ in sorted(same) if self._posts[id_].kind == item.wanted.subject.kind)
            yield from ((item.id, id_) for id_ in islice(alike, NEAREST))

    def _unmarked(self) -> list[str]:
        return [post.id for post in self._posts.values() if not post.mark]

    def _reason(self, pair: _Pair) -> str:
        looks = ""
        if pair.bits <= ALIKE:
            looks = "its picture looks the same" if pair.bits <= NEAR else "its picture is alike"
        elif pair.bits < _FAR:
            looks = "its picture is another one"
        return ", and ".join(filter(None, (self._says(pair), looks)))

    def _says(self, pair: _Pair) -> str:
        if pair.rank == TRACE:
            return self._hints[pair.photo, pair.post]
        if pair.rank == MOMENT:
            return "it was taken at the same moment"
        said, shown = self._said[pair.photo], self._shown.get(pair.post, Said())
        same = [
            name for name, one, other in zip(("text", "alt text"), said, shown, strict=True) if one and one == other
        ]
        return f"its {' and '.join(same)} {'are' if len(same) > 1 else 'is'} the same" if same else ""

    # -- what could not be looked at --

    def _waiting(self, found: Mapping[str, Match], unseen: Collection[str]) -> dict[str, Match]:
        """Photos that could be in a post whose picture nobody could look at."""
        spent = {match.post.id for match in found.values() if match.likeness == Likeness.SURE}
        posts = [self._posts[id_] for id_ in sorted(unseen) if id_ in self._posts and id_ not in spent]
        if not posts:
            return {}
        last = max(posts, key=lambda post: (not post.made_at, post.made_at, post.id))
        reason = f"it could be there already: the picture of {last.url or last.id} could not be looked at"
        return {
            item.id: Match(Likeness.NO, last, f"{reason}, so nothing is sent")
            for item in self._sought.values()
            if item.id not in found and not before_it_was_taken(last.made_at, item.taken)
        }


def _text(said: Said) -> tuple[Hashable, ...]:
    return said.text


def _alt(said: Said) -> tuple[Hashable, ...]:
    return said.alt


def _both(said: Said) -> tuple[Hashable, ...]:
    return said if said.text and said.alt else ()


def _share_text(one: Said, other: Said) -> bool:
    return bool(one.text) and one.text == other.text


def _share(one: Said, other: Said) -> bool:
    return _share_text(one, other) or (bool(one.alt) and one.alt == other.alt)


def _of(hashes: Hashes, ids: Iterable[str]) -> dict[str, str]:
    return {id_: hashes[id_] for id_ in ids if id_ in hashes}


def _left(sure: Mapping[str, str], photos: Hashes, posts: Hashes) -> tuple[dict[str, str], dict[str, str]]:
    spent = set(sure.values())
    return _of(photos, photos.keys() - sure.keys()), _of(posts, posts.keys() - spent)


def _unknown(photo: str, post: str, photos: Hashes, posts: Hashes) -> bool:
    return photo not in photos or post not in posts


def _bits(photo: str, post: str, photos: Hashes, posts: Hashes, *, unknown: int) -> int:
    return unknown if _unknown(photo, post, photos, posts) else distance(photos[photo], posts[post])


def _instant(fields: Fields) -> str:
    """The date taken where it is known to the second, else empty."""
    known = moment(fields)
    return known if "T" in known else ""


def beside(photos: list[str], posts: list[str]) -> Iterator[tuple[str, str]]:
    """Each photo with some of the posts, those that stand where it stands, so that not all are asked about one."""
    for place, photo in enumerate(photos):
        first = place * len(posts) // len(photos)
        for step in range(min(NEAREST, len(posts))):
            yield photo, posts[(first + step) % len(posts)]


def _most(dates: Iterable[str], which: Callable[[list[str]], str]) -> str:
    """The first or last of the dates; empty where one is unknown."""
    known = list(dates)
    return which(known) if known and all(known) else ""
