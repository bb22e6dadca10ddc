"""Which keywords leave, and which of them forbid the whole photo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from heliograph.model import Facts
from heliograph.policy import PlatformPolicy
from heliograph.rules.branches import BAR, Path, branch, branch_of, flats, folded, folded_path, paths

NAMED_AT_MOST = 12
"""Keywords written out in one sentence; a file can hold thousands."""


@dataclass(frozen=True, slots=True)
class Keywords:
    """The keywords that leave, and sentences about those that do not."""

    flat: tuple[str, ...]
    paths: tuple[Path, ...]
    withheld: tuple[str, ...]


def keywords_out(facts: Facts, policy: PlatformPolicy, names: Mapping[str, str]) -> Keywords:
    """What leaves of the keywords. `names` are words that stay at home wherever they stand, with the reason why.

    Programs write a hierarchical keyword also as flat ones, its leaf or every level. So a flat keyword that is a level
    of a path that stays at home stays too, unless a path that leaves says the same word.
    """
    sieve = _Sieve(policy, {folded(name): reason for name, reason in names.items()})
    deep = {path: sieve.of_path(path) for path in paths(facts) if len(path) > 1}
    said = {level for path, reason in deep.items() if not reason for level in folded_path(path)}
    hidden = {level: path for path, reason in reversed(deep.items()) if reason for level in folded_path(path)}
    single = {path: sieve.of_word(path[0], said, hidden) for path in paths(facts) if len(path) == 1}
    flat = {keyword: sieve.of_word(keyword, said, hidden) for keyword in flats(facts)}
    written = {BAR.join(path): reason for path, reason in (deep | single).items()} | flat
    return Keywords(
        flat=tuple(keyword for keyword, reason in flat.items() if not reason),
        paths=tuple(path for path, reason in sorted((deep | single).items()) if not reason),
        withheld=_sentences(written),
    )


@dataclass(frozen=True, slots=True)
class _Sieve:
    """Why a keyword stays at home; an empty reason lets it leave."""

    policy: PlatformPolicy
    names: Mapping[str, str]

    def of_path(self, path: Path) -> str:
        return self._by_branch(path) or self._by_name(path) or self._by_keep(path)

    def of_word(self, word: str, said: set[str], hidden: Mapping[str, Path]) -> str:
        path, compared = (word,), folded(word)
        reason = self._by_branch(path) or self._by_name(path)
        if reason or compared in said:
            return reason
        if leaf_of := _leaf_of(compared, self._withheld):
            return f"rules keep “{leaf_of}” at home"
        if compared in hidden:
            return f"it is a level of “{BAR.join(hidden[compared])}”, which stays at home"
        return self._by_keep(path)

    @property
    def _withheld(self) -> tuple[str, ...]:
        return (*self.policy.rules.withhold, *self.policy.rules.never)

    def _by_branch(self, path: Path) -> str:
        if branch_of(path, (self.policy.select.keyword,)):
            return "it says where photos are wanted"
        home = branch_of(path, self._withheld)
        return f"rules keep “{home}” at home" if home else ""

    def _by_name(self, path: Path) -> str:
        return next((self.names[level] for level in folded_path(path) if level in self.names), "")

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


def forbidden(facts: Facts, never: Iterable[str]) -> tuple[str, ...]:
    """A sentence for each keyword that forbids the whole photo."""
    branches = tuple(never)
    said = {level for path in paths(facts) if not branch_of(path, branches) for level in folded_path(path)}
    found: dict[str, str] = {}
    for path in (*paths(facts), *((word,) for word in flats(facts))):
        home = branch_of(path, branches)
        if not home and len(path) == 1 and folded(path[0]) not in said:
            home = _leaf_of(folded(path[0]), branches)
        if home:
            found[BAR.join(path)] = home
    return tuple(
        f"Its keyword “{keyword}” is in “{home}”, which rules.never keeps at home: remove the keyword to publish it."
        for keyword, home in sorted(found.items())
    )
