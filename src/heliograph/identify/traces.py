"""Which posts without our mark are which photos, by what other programs left there and by what files are called.

The strongest trace comes first. A pair is sure where the photo has that trace in common with this post alone and the
post with this photo alone; where more than one has it, all of them are asked about and no weaker trace decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from heliograph.identify.likeness import Side
from heliograph.identify.names import downloaded_id, short_key, spoken_name, title_key
from heliograph.identify.posts import Confidence, Likeness, moment
from heliograph.identify.recognition import Answered, Match, Sought, beside, unasked
from heliograph.model import F, Post, SubjectKind, Trace

Pair = tuple[str, str]
"""Photo and post."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What traces say."""

    sure: Mapping[str, Match] = field(default_factory=dict)
    """Photograph -> its post."""
    hints: Mapping[Pair, str] = field(default_factory=dict)
    """Pairs to be asked about, each with what speaks for it."""
    crowded: AbstractSet[tuple[Side, str]] = frozenset()
    """Photos and posts that have a strong trace in common with more than one: nothing weaker makes them sure."""


@dataclass(frozen=True, slots=True)
class _Rung:
    """One kind of trace."""

    of_photo: Callable[[Sought], Iterable[Hashable]]
    of_post: Callable[[Post], Iterable[Hashable]]
    reason: str
    confidence: Confidence = Confidence.CERTAIN
    """`likely`: such a pair is asked about, however alone it is."""
    dates: bool = False
    """It believes in dates."""


def _told(*kinds: Trace) -> Callable[[Sought], Iterable[Hashable]]:
    return lambda sought: [value for kind, value in sought.traces if kind in kinds]


def _left(*kinds: Trace) -> Callable[[Post], Iterable[Hashable]]:
    return lambda post: [value for kind, value in post.traces if kind in kinds]


def _is_exact(date: str) -> bool:
    """Whether it is a moment, and one that a camera with a set clock could have written."""
    return "T" in date and date[:4].isdigit() and int(date[:4]) > 1


def _name_of(sought: Sought) -> str:
    return next((value for kind, value in sought.traces if kind == Trace.NAME), "")


def _named(key: Callable[[str], str]) -> Callable[[Sought], Iterable[Hashable]]:
    def keys(sought: Sought) -> Iterable[Hashable]:
        name = key(spoken_name(_name_of(sought)))
        return [(name, sought.taken)] if name and _is_exact(sought.taken) else []

    return keys


def _titled(key: Callable[[str], str]) -> Callable[[Post], Iterable[Hashable]]:
    def keys(post: Post) -> Iterable[Hashable]:
        name, taken = key(str(post.fields.get(F.TITLE) or "")), moment(post.fields)
        return [(name, taken)] if name and _is_exact(taken) else []

    return keys


_SIGNED = "a tag of FlickrSync there is the signature of its pixels (ImageMagick {})"
_RUNGS = (
    _Rung(_told(Trace.SIX), _left(Trace.SIGNATURE), _SIGNED.format(6)),
    _Rung(_told(Trace.SEVEN), _left(Trace.SIGNATURE), _SIGNED.format(7)),
    _Rung(_told(Trace.MD5, Trace.SHA1), _left(Trace.MD5, Trace.SHA1), "a tag there is the checksum of this file"),
    _Rung(
        lambda sought: filter(None, [downloaded_id(_name_of(sought))]),
        lambda post: [post.id],
        "the file's name says that it was downloaded from there",
    ),
    _Rung(_named(title_key), _titled(title_key), "file name and date taken are the same", Confidence.SURE, dates=True),
    _Rung(
        _named(short_key),
        _titled(short_key),
        "the date taken is the same, and the file name but for its end",
        Confidence.LIKELY,
        dates=True,
    ),
)
_NAMED = 3
"""Rivals that a reason names."""
_MOST = 64
"""Pairs of photos and posts with one trace that are looked at one by one."""


def traced(
    sought: Iterable[Sought], posts: Iterable[Post], answered: Answered = unasked, *, dates: bool = True
) -> Traced:
    """What all traces together say of these photos and posts; the order of the arguments changes nothing.

    Args:
        sought: the photos, each once, with their traces as far as they are known.
        posts: those that no record knows; one that carries our mark has no other traces.
        answered: the owner's answers.
        dates: whether an equal date may make a pair sure; where it may not, such a pair is asked about.
    """
    look = _Look(
        {item.id: item for item in sorted(sought, key=lambda item: item.id)},
        {
            post.id: post
            for post in sorted(posts, key=lambda post: post.id)
            if post.kind == SubjectKind.PHOTO and not post.mark
        },
        answered,
    )
    for rung in _RUNGS:
        look.climb(rung, sure=rung.confidence != Confidence.LIKELY and (dates or not rung.dates))
    return Traced(look.sure, look.hints, frozenset(look.crowded))


@dataclass(slots=True)
class _Look:
    photos: dict[str, Sought]
    """Those that nothing was found out about yet."""
    posts: dict[str, Post]
    answered: Answered
    sure: dict[str, Match] = field(default_factory=dict)
    hints: dict[Pair, str] = field(default_factory=dict)
    crowded: set[tuple[Side, str]] = field(default_factory=set)

    def climb(self, rung: _Rung, *, sure: bool) -> None:
        pairs = self._pairs(rung)
        of_photo, of_post = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for photo, post in pairs:
            of_photo[photo].add(post)
            of_post[post].add(photo)
        for (photo, post), answer in pairs.items():
            alone = len(of_photo[photo]) == len(of_post[post]) == 1
            if alone and sure and not answer:
                self.sure[photo] = Match(Likeness.SURE, self.posts[post], rung.reason, rung.confidence)
            else:
                rivals = self._named(of_post[post] - {photo}, of_photo[photo] - {post})
                self.hints.setdefault((photo, post), f"{rung.reason}{rivals}")
                if rung.confidence != Confidence.LIKELY and not alone:
                    self.crowded |= {(Side.PHOTO, photo), (Side.POST, post)}
        if sure:
            for photo, post in pairs:
                self.photos.pop(photo, None)
                self.posts.pop(post, None)

    def _named(self, photos: set[str], posts: set[str]) -> str:
        """Who else has the trace."""
        here = [self.photos[photo].wanted.where for photo in sorted(photos)]
        there = [self.posts[post].url or post for post in sorted(posts)]
        names = [*there, *here]
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        return f" (the same is true of {', '.join(names[:_NAMED])}{more})" if names else ""

    def _pairs(self, rung: _Rung) -> dict[Pair, str]:
        """Photos and posts that have the trace in common, with what the owner said of them; not what is told apart."""
        here, there = defaultdict[Hashable, list[str]](list), defaultdict[Hashable, list[str]](list)
        for photo, item in self.photos.items():
            for key in rung.of_photo(item):
                here[key].append(photo)
        for id_, post in self.posts.items():
            for key in rung.of_post(post):
                there[key].append(id_)
        found: dict[Pair, str] = {}
        for key in here.keys() & there.keys():
            few = len(here[key]) * len(there[key]) <= _MOST
            for photo, id_ in _each(here[key], there[key]) if few else beside(here[key], there[key]):
                answer = self.answered(self.photos[photo].wanted, self.posts[id_])
                if answer != "different":
                    found[photo, id_] = answer
        return dict(sorted(found.items()))


def _each(photos: list[str], posts: list[str]) -> Iterable[Pair]:
    return [(photo, post) for photo in photos for post in posts]
