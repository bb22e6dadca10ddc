"""Which keywords leave, and which of them forbid the whole photo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from heliograph.model import Facts
from heliograph.policy import PlatformPolicy
from heliograph.rules.branches import (
    BAR,
    Path,
    branch,
    branch_of,
    flats,
    folded,
    folded_path,
    home_of,
    paths,
    pieces,
    runs,
    words,
)

LONGEST_NAME = 12
"""Words of a person's name whose parts are looked for; a hostile file can hold thousands."""

NAMED_AT_MOST = 12
"""Keywords written out in one sentence; a file can hold thousands."""


@dataclass(frozen=True, slots=True)
class Keywords:
    """The keywords that leave, and sentences about those that do not."""

    flat: tuple[str, ...]
    paths: tuple[Path, ...]
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Names that stay at home wherever they stand, with the reason why."""

    people: Mapping[str, str]
    places: Mapping[str, str]


def keywords_out(facts: Facts, policy: PlatformPolicy, names: Names) -> Keywords:
    """What leaves of the keywords.

    Programs write a hierarchical keyword also as flat ones, its leaf or every level. So a flat keyword that is a level
    of a path that stays at home stays too, unless a path that leaves says the same word. A level of a wish says nothing
    that is private: where the same word also stands by itself among the hierarchical keywords, it is a keyword, as when
    a photo came home that is tagged with the name of its album.
    """
    sieve = _sieve(policy, names)
    overruled = {path: sieve.of_path(path) for _, path in facts.overruled.keywords if len(path) > 1}
    deep = {path: sieve.of_path(path) for path in paths(facts) if len(path) > 1}
    said = {level for path, reason in deep.items() if not reason for level in folded_path(path)}
    homely = {**overruled, **deep}
    alone = {level for path in paths(facts) if len(path) == 1 for level in pieces(path)}
    hidden = {
        level: path
        for path, reason in reversed(homely.items())
        if reason
        for level in pieces(path)
        if level not in alone or not branch_of(path, (policy.select.keyword,))
    }
    single = {path: sieve.of_word(path[0], said, hidden) for path in paths(facts) if len(path) == 1}
    flat = {keyword: sieve.of_word(keyword, said, hidden) for keyword in flats(facts)}
    written = {BAR.join(path): reason for path, reason in (deep | single).items()} | flat
    return Keywords(
        flat=tuple(keyword for keyword, reason in flat.items() if not reason),
        paths=tuple(path for path, reason in sorted((deep | single).items()) if not reason),
        withheld=_sentences(written),
    )


def _sieve(policy: PlatformPolicy, names: Names) -> _Sieve:
    """A part of a person's name is a name, as `Anna` is of Anna Berg; `York` is none of New York."""
    whole = {words(name): reason for name, reason in {**names.places, **names.people}.items()}
    parts = {
        part: reason
        for name, reason in names.people.items()
        for part in runs(words(name)[:LONGEST_NAME], range(1, LONGEST_NAME + 1))
    }
    return _Sieve(policy, {name: reason for name, reason in whole.items() if name}, parts)


@dataclass(frozen=True, slots=True)
class _Sieve:
    """Why a keyword stays at home; an empty reason lets it leave."""

    policy: PlatformPolicy
    names: Mapping[Path, str]
    """Names as words, which no keyword may hold."""
    parts: Mapping[Path, str]
    """Names as words, which no keyword may be."""

    def of_path(self, path: Path) -> str:
        return self._by_branch(path) or self._by_name(path) or self._by_keep(path)

    def of_word(self, word: str, said: set[str], hidden: Mapping[str, Path]) -> str:
        path, compared = (word,), folded(word)
        reason = self._by_branch(path) or self._by_name(path)
        if reason or compared in said:
            return reason
        for piece in pieces(path):
            if leaf_of := _leaf_of(piece, self._withheld):
                return f"rules keep “{leaf_of}” at home"
            if piece in hidden and piece not in said:
                return f"it is a level of “{BAR.join(hidden[piece])}”, which stays at home"
        return self._by_keep(path)

    @property
    def _withheld(self) -> tuple[str, ...]:
        return (*self.policy.rules.withhold, *self.policy.rules.never)

    def _by_branch(self, path: Path) -> str:
        if branch_of(path, (self.policy.select.keyword,)):
            return "it says where photos are wanted"
        home = home_of(path, self._withheld)
        return f"rules keep “{home}” at home" if home else ""

    def _by_name(self, path: Path) -> str:
        lengths = {len(name) for name in self.names}
        for level in map(words, path):
            held = (self.names[run] for run in runs(level, lengths) if run in self.names)
            if reason := next(held, "") or self.parts.get(level, ""):
                return reason
        return next((self.parts[piece] for piece in map(words, pieces(path)) if piece in self.parts), "")

    def _by_keep(self, path: Path) -> str:
        keep = self.policy.rules.keep
        return "it is in none of the branches of rules.keep" if keep and not branch_of(path, keep) else ""


def _leaf_of(compared: str, branches: Iterable[str]) -> str:
    """The branch whose last level this word is: some programs write nothing but the leaf."""
    return next((written for written in branches if branch(written)[-1:] == (compared,)), "")


def _sentences(reasons: Mapping[str, str]) -> tuple[str, ...]:
    by_reason: dict[str, list[str]] = {}
    for keyword, reason in sorted(reasons.items()):
        if reason:
            by_reason.setdefault(reason, []).append(keyword)
    return tuple(
        f"Keyword{'s stay' if len(words) > 1 else ' stays'} at home ({reason}): {_listed(words)}."
        for reason, words in sorted(by_reason.items())
    )


def _listed(words: list[str]) -> str:
    more = len(words) - NAMED_AT_MOST
    return ", ".join(words[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Held:
    """A keyword of a photo that is in a branch."""

    path: Path
    branch: str
    """As the settings write it."""
    source: str
    """The container where it stands, if the rest of the metadata overrules that; else empty."""


def held(facts: Facts, branches: Iterable[str]) -> Iterator[Held]:
    """Every keyword in one of the branches, in whatever container it stands and at whatever depth."""
    sought = tuple(branches)
    own: dict[Path, str] = dict.fromkeys((*paths(facts), *((word,) for word in flats(facts))), "")
    said = {level for path in paths(facts) if not home_of(path, sought) for level in folded_path(path)}
    for found in (own, {path: source for source, path in facts.overruled.keywords}):
        for path, source in sorted(found.items()):
            home = home_of(path, sought)
            if not home and len(path) == 1 and folded(path[0]) not in said:
                home = next(filter(None, (_leaf_of(piece, sought) for piece in pieces(path))), "")
            if home:
                yield Held(path, home, source)


def forbidden(facts: Facts, never: Iterable[str]) -> tuple[str, ...]:
    """A sentence for each keyword that forbids the whole photo, in whatever container it stands."""
    return tuple(_forbidding(found) for found in held(facts, never))


def _forbidding(found: Held) -> str:
    where = f" in its {found.source}, which the rest of its metadata overrules," if found.source else ""
    there = " there too" if found.source else ""
    return (
        f"Its keyword “{BAR.join(found.path)}”{where} is in “{found.branch}”, which rules.never keeps at home: "
        f"remove the keyword{there} to publish it."
    )
