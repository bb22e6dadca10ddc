"""What the files of photos would have left at other programs: looked up where it is remembered, else read, once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from heliograph.identify import Likeness, Sought, Traced, traced
from heliograph.identify.recognition import Answered
from heliograph.jsonform import facts_digest
from heliograph.ledger.files import batches
from heliograph.ledger.memory import Memory
from heliograph.model import Photo, Post, Trace
from heliograph.ports import Library

_LEFT_BY = {
    Trace.SIX: {Trace.SIGNATURE},
    Trace.SEVEN: {Trace.SIGNATURE},
    Trace.MD5: {Trace.MD5, Trace.SHA1},
}
"""What is read of photos, one after the other -> the traces of posts for which that is worth the while."""
_ALSO = {Trace.MD5: (Trace.MD5, Trace.SHA1)}
"""What one reading of a file tells together."""
SIGNATURES = (Trace.SIX, Trace.SEVEN)
"""What is said of pixels alone, and remembered by them."""
_AT_ONCE = 64
"""Photos that are read before what was found out is written down."""


def trace_name(kind: Trace, photo: Photo) -> str:
    """Under which a trace of a photo is remembered: a signature by its pixels, a checksum by all we know of it."""
    if kind in SIGNATURES:
        return f"{kind} {photo.digest}"
    return f"{kind} {photo.digest} {photo.length_bytes} {facts_digest(photo)}"


@dataclass(slots=True)
class Tracing:
    """Looks for the posts of photos by their traces; every photo costs no call of any service."""

    library: Library
    memory: Memory
    answered: Answered
    dates: bool = True
    threads: bool = True
    reading: Callable[[int], None] = lambda _: None
    """Told before so many photos are read."""
    _traces: dict[str, dict[Trace, str]] = field(default_factory=dict)
    """Photograph -> what is known."""

    def traced(self, sought: Collection[Sought], photos: Mapping[str, Photo], posts: Collection[Post]) -> Traced:
        """What traces say; files are read only for photos that lack a post, while posts show what they would tell."""
        for item in sought:
            self._traces[item.id] = dict(self.library.traces(photos[item.id], (Trace.NAME,)))
        shown = {kind for post in posts for kind, _ in post.traces}
        kinds = [kind for kind, left in _LEFT_BY.items() if left & shown]
        self._remembered({item.id: photos[item.id] for item in sought}, kinds)
        look = self._look(sought, posts)
        for kind in kinds:
            found = {match.post.id for match in look.sure.values() if match.likeness == Likeness.SURE}
            left = {trace for post in posts if post.id not in found for trace, _ in post.traces}
            if not _LEFT_BY[kind] & left:
                continue
            lacking = {item.id: photos[item.id] for item in sought if item.id not in look.sure}
            if self._read(lacking, kind):
                look = self._look(sought, posts)
        return look

    def _look(self, sought: Iterable[Sought], posts: Iterable[Post]) -> Traced:
        told = [replace(item, traces=tuple(sorted(self._traces[item.id].items()))) for item in sought]
        return traced(told, posts, self.answered, dates=self.dates)

    def _remembered(self, photos: Mapping[str, Photo], kinds: Iterable[Trace]) -> None:
        for kind in (one for first in kinds for one in _ALSO.get(first, (first,))):
            names = {id_: trace_name(kind, photo) for id_, photo in photos.items()}
            known = self.memory.read_all(names.values())
            for id_, name in names.items():
                if name in known:
                    self._traces[id_][kind] = known[name]

    def _read(self, photos: Mapping[str, Photo], kind: Trace) -> bool:
        """Whether anything new was learnt."""
        kinds = _ALSO.get(kind, (kind,))
        unknown = [(id_, photo) for id_, photo in photos.items() if kind not in self._traces[id_]]
        if unknown:
            self.reading(len(unknown))
        for group in batches(unknown, _AT_ONCE):
            texts: dict[str, str] = {}
            for (id_, photo), found in zip(group, self._files([photo for _, photo in group], kinds), strict=True):
                self._traces[id_] |= found
                texts |= {trace_name(one, photo): value for one, value in found.items()}
            self.memory.write_all(texts)
        return bool(unknown)

    def _files(self, photos: list[Photo], kinds: tuple[Trace, ...]) -> Iterator[Mapping[Trace, str]]:
        """In their order."""
        from heliograph.libraries.folder.workers import cores  # hardly any run comes here

        if not self.threads or len(photos) == 1:
            yield from (self.library.traces(photo, kinds) for photo in photos)
            return
        with ThreadPoolExecutor(cores()) as pool:
            yield from pool.map(lambda photo: self.library.traces(photo, kinds), photos)
