"""Both ways: what was edited there goes home field by field, and of what was edited on both sides nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from unicodedata import normalize

from heliograph.model import Action, Change, F, Fields, Order, Post, Record, Value, Verb, Wanted, value_digest
from heliograph.plan.orders import SETTING
from heliograph.plan.parts import Parts, is_photo
from heliograph.plan.sides import because, listed, shown_of, value_of
from heliograph.plan.standing import Standing, Want
from heliograph.policy import Direction, OnEdited, OnUnwanted
from heliograph.wanted import HOMEWARD, TEXTS, Homecoming, blank, unsent


@dataclass(frozen=True, slots=True)
class Travel:
    """What becomes of the fields of one photo."""

    takes: frozenset[str] = frozenset()
    """Taken home."""
    sends: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    """Edited on both sides, and not decided about."""
    stuck: frozenset[str] = frozenset()
    """Edited there, and not to be said in the library's words."""
    question: str = ""
    """That was answered."""
    home: Homecoming = field(default_factory=Homecoming)


@dataclass(frozen=True, slots=True)
class BothWays(Parts):
    """The rows of the decision table that only photos which travel both ways have."""

    def _two_way(self) -> bool:
        return self.policy.direction != Direction.PUBLISH

    def _travels(self, standing: Standing) -> bool:
        """Whether edits of it go home, as the owner did not choose otherwise."""
        return is_photo(standing) and self.homeward is not None and self.policy.when.edited == OnEdited.ASK

    def _travel(self, standing: Standing, ours: set[str]) -> Travel | None:
        """What becomes of the fields of a photo that both sides have; `None` where nothing was edited there.

        A field that was never agreed on, because the photo was found on both sides, counts as edited on both.
        """
        homeward, record, post = self.homeward, standing.record, standing.post
        if homeward is None or record is None or post is None or standing.photo is None or standing.orders & SETTING:
            return None
        edited, fresh = _edited_there(self, standing, record, post), _never_agreed(self, standing, record, post)
        brought = homeward.brought(post, frozenset(edited | fresh))
        given = {name for name in fresh - {F.TAGS} if not brought.get(name, post.fields[name])}
        fresh -= given  # nothing stands there that could be lost
        untold = (edited | fresh) - brought.keys()
        edited, fresh = edited - untold, fresh - untold
        filling = {name for name in fresh if name == F.TAGS or blank(standing.photo.facts, name)}
        conflict = {name for name in edited - {F.TAGS} if name in ours or _holds_more(standing, record, name)}
        conflict |= fresh - filling
        question, chosen = self._conflict(standing, conflict) if conflict else ("", "")
        takes = (edited - conflict) | filling | (conflict if chosen == "theirs" else set())
        home = homeward.home(standing, {name: brought[name] for name in takes}) if takes else Homecoming()
        takes, stuck = takes - home.stuck, untold | home.stuck
        edited_there = self._theirs(standing)
        if "keywords" not in home.facts:  # what is edited of the tags is nothing that the library could say
            takes, stuck = takes - {F.TAGS}, stuck | ({F.TAGS} & edited_there)
        if not takes | conflict | stuck | given:
            return None
        sends = ours | (_changed_with(home.wanted, standing) if home.facts else set())
        sends -= takes | conflict | stuck | (edited_there - HOMEWARD)
        sends |= given | (conflict if chosen == "ours" else set())
        if F.TAGS in takes & ours and home.wanted is not None:
            there = self.agrees(F.TAGS, home.wanted.fields.get(F.TAGS), post.fields[F.TAGS])
            sends |= set() if there else {F.TAGS}
        sends = {name for name in sends if self._amendable(standing.subject, name)}
        open_ = set[str]() if chosen else conflict
        return Travel(
            *(frozenset(takes), frozenset(sends), frozenset(open_), frozenset(stuck)), question if chosen else "", home
        )

    def _conflict(self, standing: Standing, fields: set[str]) -> tuple[str, str]:
        """The question about fields that were edited on both sides, and what is chosen."""
        sides = [(name, shown_of(standing, name), value_of(standing, name)) for name in sorted(fields)]
        question = self._question(standing, "conflict", sides)
        return question, self._choice(self.policy.when.conflict, question)

    def _travelled(self, standing: Standing, going: Travel) -> Action | None:
        """The action that takes edits home, sends what was changed here, or asks; `None` where all is stuck."""
        if going.home.facts:
            return self._taken(standing, going)
        if going.sends and not going.stuck:
            left = f"{listed(going.open)} edited on both sides is left for now" if going.open else ""
            reason = "; ".join(filter(None, (because(standing, set(going.sends)), left)))
            return replace(self._update(standing, set(going.sends), reason), question=going.question)
        if going.open:
            reason = f"{listed(going.open)} {_since_when(standing, going.open)}"
            question, _ = self._conflict(standing, set(going.open))
            changes = self._changes(standing, going.open)
            return self._ask(standing, reason, question, ("ours", "theirs"), changes)
        return None

    def _taken(self, standing: Standing, going: Travel) -> Action:
        told = [f"{listed(going.takes)} edited there: taken home"]
        if going.sends and self.policy.direction != Direction.FETCH:
            told.append(because(standing, set(going.sends)) or f"{listed(going.sends)} goes with it")
        if going.open | going.stuck:
            told.append(f"{listed(going.open | going.stuck)} is left for now")
        wanted = _seen_as_before(going.home.wanted, standing)
        after = wanted.fields if wanted else {}
        takes = (Change(name, value_of(standing, name), after.get(name)) for name in sorted(going.takes))
        changes = (Change(name, shown_of(standing, name), after.get(name)) for name in sorted(going.sends))
        action = replace(self._act(Verb.TAKE, standing, *told), wanted=wanted, question=going.question)
        return replace(action, takes=tuple(takes), changes=tuple(changes))

    # -- deleted on one side --

    def _gone_there(self, standing: Standing) -> str:
        if self._two_way() and not standing.lost:
            return "deleted there; kept here"
        return "no longer wanted, and gone there already"

    def _lost(self, standing: Standing, record: Record) -> Action:
        """It was in the library and is not any more; its post is untouched."""
        if not record.where:
            return self._act(Verb.DOWNLOAD, standing, "bringing it home was cut off")
        question = self._question(standing, "lost", record.post_id, record.where)
        choice = self._choice(self.policy.when.lost, question)
        if choice == "fetch":
            return replace(self._act(Verb.DOWNLOAD, standing, "deleted here; brought home again"), question=question)
        if choice == "leave":
            return self._act(Verb.KEEP, standing, "deleted here; kept there")
        return self._ask(standing, "deleted here; still there", question, ("fetch", "leave"))

    def _deleting(self, setting: str) -> str:
        """Where photos travel both ways, no setting deletes any: only an answer does."""
        return "ask" if self._two_way() and setting == OnUnwanted.DELETE else setting


def _since_when(standing: Standing, fields: frozenset[str]) -> str:
    if standing.record is not None and fields & standing.record.fields.keys():
        return "edited here and there since it was last agreed"
    return "not the same here and there, and never agreed on"


def written_over(
    standing: Standing, record: Record, shown: Fields, agrees: Callable[[str, Value, Value], bool]
) -> frozenset[str]:
    """Fields that we would set and that are shown otherwise than we set them last; what shall be deleted has none."""
    if standing.want != Want.YES or standing.wanted is None or Order.DELETE in standing.orders:
        return frozenset()
    ours = {
        name
        for name, agreed in record.fields.items()
        if name not in record.setting and agreed.sent != standing.wanted.fields.get(name, agreed.sent)
    }
    return frozenset(name for name in ours & shown.keys() if not agrees(name, record.fields[name].sent, shown[name]))


def _edited_there(table: Parts, standing: Standing, record: Record, post: Post) -> set[str]:
    """Fields that are shown otherwise than was agreed, unless they were changed here to the same."""
    return {
        name
        for name in _names(standing, post) & record.fields.keys() - set(record.setting)
        if value_digest(post.fields[name]) != record.fields[name].shown
        and (name == F.TAGS or not table.agrees(name, record.fields[name].sent, post.fields[name]))
        and (name == F.TAGS or not table.agrees(name, value_of(standing, name), post.fields[name]))
    }


def _never_agreed(table: Parts, standing: Standing, record: Record, post: Post) -> set[str]:
    return {
        name
        for name in _names(standing, post) - record.fields.keys() - set(record.setting)
        if not table.agrees(name, value_of(standing, name), post.fields[name])
    }


def _names(standing: Standing, post: Post) -> set[str]:
    wanted = standing.wanted.fields if standing.wanted else {}
    return {name for name in HOMEWARD if name in wanted and name in post.fields}


def _holds_more(standing: Standing, record: Record, name: str) -> bool:
    """Whether the library holds something of a field that was never sent, and would lose it."""
    agreed = record.fields.get(name)
    return standing.photo is not None and agreed is not None and unsent(standing.photo.facts, name, agreed.sent)


def _changed_with(wanted: Wanted | None, standing: Standing) -> set[str]:
    """Fields that are to be sent because others were taken home, such as a text that holds the title."""
    before, after = (one.fields if one else {} for one in (standing.wanted, wanted))
    return {name for name, value in after.items() if before.get(name) != value}


def _seen_as_before(wanted: Wanted | None, standing: Standing) -> Wanted | None:
    """Who sees it is not decided by taking words home."""
    if wanted is None or standing.wanted is None or F.VISIBILITY not in standing.wanted.fields:
        return wanted
    return replace(wanted, fields={**wanted.fields, F.VISIBILITY: standing.wanted.fields[F.VISIBILITY]})


def given_only(
    standing: Standing, post: Post, changes: tuple[Change, ...], brought: Fields, *, accepts: bool = False
) -> tuple[tuple[Change, ...], frozenset[str]]:
    """Of the changes to a post that was found, those that are made at once, and fields that stay as they are there.

    What would take words away there is left to the next plan, field by field, or stays where the settings accept what
    was there. Of a photo that came home and was not edited there since, the library's word counts where it has
    any. What only a template adds to what both sides say is no such word: it was there first without it.
    """
    record = standing.record
    as_then = record is not None and record.shown == value_digest(dict(post.fields))
    came_home = as_then and record is not None and not record.fields and bool(record.basis)
    own = {change.field for change in changes if _own_word(standing, change.field, brought)}
    made = tuple(
        change
        for change in changes
        if change.field not in HOMEWARD
        or (_blank(change.before) and change.field in own)
        or (came_home and change.field in own and not _blank(change.after))
    )
    left = {change.field: change for change in changes if change not in made}
    stay = left.keys() if came_home or accepts else {name for name in left.keys() - own if _blank(left[name].before)}
    return made, frozenset(stay)


def _own_word(standing: Standing, name: str, brought: Fields) -> bool:
    """Whether the library itself says something of a field that the platform does not say already."""
    if standing.photo is None:
        return True
    facts = standing.photo.facts
    if name in TEXTS:
        here, there = (normalize("NFC", words.strip()) for words in (getattr(facts, TEXTS[name]), _text(brought, name)))
        return bool(here) and here != there
    return name not in HOMEWARD or not blank(facts, name)


def _text(fields: Fields, name: str) -> str:
    return str(fields.get(name) or "")


def _blank(value: Value) -> bool:
    """Whether a field shows nothing."""
    return not any(value) if isinstance(value, tuple) else not value


_SENDS = frozenset({Verb.ADD, Verb.UPDATE, Verb.REPOST, Verb.DELETE, Verb.REFUSE, Verb.CLEAR})
_ABOUT_HOME = frozenset({"fetch", "theirs", "same"})
"""Answers by which a question is one about the library."""


def fetching(action: Action) -> Action:
    """The action where photos are only brought home: nothing is added, changed or deleted there."""
    if action.verb in {Verb.MATCH, Verb.TAKE}:
        return replace(action, changes=())
    if action.verb in _SENDS:
        return replace(action, verb=Verb.KEEP, reason=f"only fetched from: {action.reason}", changes=(), question="")
    if action.verb == Verb.ASK and not _ABOUT_HOME & set(action.choices):
        verb = Verb.LEAVE if action.changes or "add" in action.choices else Verb.KEEP
        return replace(action, verb=verb, reason=f"only fetched from: {action.reason}", choices=(), question="")
    return action
