"""The verbs: scan, plan, apply, sync, answer and the ones that only tell; each returns data, none prints."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from heliograph import config, jsonform
from heliograph.desk import doubling, elsewhere, papers, previews, scanning, signing_in, telling
from heliograph.desk.adopting import Adopting, adoption
from heliograph.desk.answering import meant
from heliograph.desk.arriving import Arrivals, is_told, told_of
from heliograph.desk.borrowing import Borrowed, borrowed
from heliograph.desk.clock import SystemClock, pause
from heliograph.desk.forecasting import forecast
from heliograph.desk.making import Guest, Place, entrance, library, places, policies
from heliograph.desk.planning import Planner
from heliograph.desk.readdressing import notebook
from heliograph.desk.remembering import Remembered
from heliograph.desk.surveying import Surveying, unseen_since
from heliograph.errors import Busy, Guarded, HeliographError, Mistake, Refused, SignInNeeded
from heliograph.execute import Doors, Doubts, End, Event, Notes, carry_out
from heliograph.ledger import Happened, Ledger
from heliograph.model import Action, Plan
from heliograph.plan import together
from heliograph.ports import Ask, Budget, Clock, Credential, Library, Memory, Stop

__all__ = ["Desk", "End", "Event", "Happened", "Listener"]

ROUNDS = 3
"""How often a `sync` plans anew after doubts were settled."""


@dataclass(slots=True)
class Listener:
    """Told while a verb is at work; a face overrides what it shows."""

    def stage(self, sentence: str) -> None:
        """Something longer begins."""

    def scanned(self, scan: scanning.Scan) -> None:
        """So much of the library was seen."""

    def foreseen(self, sentences: tuple[str, ...]) -> None:
        """What is about to be carried out takes so much; told before `planned`."""

    def planned(self, plan: Plan) -> None:
        """This is about to be carried out."""


@dataclass(slots=True)
class Desk:
    """One set of settings at work. Use it as a context; it opens the ledger when it is first needed."""

    settings: config.Settings
    clock: Clock = field(default_factory=SystemClock)
    listener: Listener = field(default_factory=Listener)
    stop: Stop = lambda: False
    threads: bool = True
    guests: Mapping[str, Guest] = field(default_factory=dict)
    """Platform -> the account to use there in place of the one in the vault."""
    _ledger: Ledger | None = None
    _library: Library | None = None
    _places: dict[str, Place] | None = None
    _doubts: Doubts | None = None
    _notes: Notes | None = None
    _borrowed: Borrowed | None = None
    _sights: dict[str, Surveying] = field(default_factory=dict)
    """Platform -> the last look at it."""
    troubles: dict[str, HeliographError] = field(default_factory=dict)
    """Platform -> why the last plan could not look at it."""
    hidden: dict[str, str] = field(default_factory=dict)
    """Part of the library -> why the last scan could not read it."""
    foreseen: tuple[str, ...] = ()
    """What carrying the last plan out takes, a sentence for each platform that counts calls; also noted in the plan."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave_places()
        close = getattr(self._library, "close", None)  # a folder has nothing to let go of
        if close is not None:
            close()
            self._library = None
        self._notes = None
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    # -- what it works with, made when first needed --

    @property
    def ledger(self) -> Ledger:
        """The memory."""
        if self._ledger is None:
            self._ledger = Ledger(self.settings.state / "ledger.sqlite", self.clock)
        return self._ledger

    @property
    def library(self) -> Library:
        """Where the pictures are."""
        if self._library is None:
            self._library = library(self.settings, self.clock)
        return self._library

    @property
    def places(self) -> Mapping[str, Place]:
        """Where they are published."""
        if self._places is None:
            self._places = places(self.whole.settings, self.clock, self._counted, self.guests, self._remembered)
        return self._places

    @property
    def whole(self) -> Borrowed:
        """The settings with what they take from elsewhere, asked for once."""
        if self._borrowed is None:
            self._borrowed = borrowed(self.settings, self.clock)
        return self._borrowed

    def _leave_places(self) -> None:
        for place in (self._places or {}).values():
            place.platform.close()
        self._places = self._doubts = None

    def _counted(self, name: str, calls: int, window_s: int) -> Budget:
        return self.ledger.budget(name, calls, window_s)

    def _remembered(self, name: str) -> Memory:
        return Remembered(lambda: self.ledger, name)

    @property
    def doors(self) -> Doors:
        """Both, with the memory."""
        platforms = {name: place.platform for name, place in self.places.items()}
        wishes = {name: place.policy for name, place in self.places.items()}
        return Doors(self.library, platforms, self.ledger, self.clock, self.stop, self.notes, wishes)

    @property
    def notes(self) -> Notes:
        """Where the library hears what became of its photos."""
        if self._notes is None:
            self._notes = Notes(self.library, self.ledger, self.clock)
        return self._notes

    @property
    def doubts(self) -> Doubts:
        """What this process has asked about already."""
        if self._doubts is None:
            self._doubts = Doubts(self.doors)
        return self._doubts

    # -- the verbs that work --

    def scan(self) -> scanning.Scan:
        """Reads what changed in the library."""
        with self.ledger.alone():
            return self._scan()

    def plan(self, only: tuple[str, ...] = ()) -> Plan:
        """What would happen; keeps it under its digest. Changes nothing but the cache.

        Settling a doubt by looking is part of it: that learns what happened, and sends nothing.
        """
        with self.ledger.alone(), self._looking():
            for _ in self._settle(self._names(only)):
                pass
            return self._plan(self._scan(), self._names(only))

    def apply(self, which: str = "", allow: frozenset[str] = frozenset()) -> Iterator[Event]:
        """Carries out a plan that was shown, if the world still is as it was then, and links to what that published.

        Raises:
            PlanStale: it is not; the new plan is kept and can be shown.
            Guarded: a guard stops the plan and is not in `allow`.
        """
        shown = papers.load(which, self._papers)
        names = self._names(tuple(dict.fromkeys(action.platform for action in shown.actions)))
        with self.ledger.alone(), self._run("apply", shown):
            self.notes.again()
            yield from self._settle(names)
            seen = self._scan()
            plan = self._plan(seen, names)
            if jsonform.plan_digest(plan) != jsonform.plan_digest(shown):
                raise papers.stale(shown, self.runs())
            yield from self._through(seen, names, plan, allow, writes=False)

    def sync(self, only: tuple[str, ...] = (), allow: frozenset[str] = frozenset()) -> Iterator[Event]:
        """Plans and carries out, and goes on until what was in doubt is settled.

        Raises:
            Guarded: a guard stops the plan and is not in `allow`.
        """
        names = self._names(only)
        with self.ledger.alone(), self._run("sync"):
            self.notes.again()
            yield from self._settle(names)
            seen = self._scan()
            for _ in range(ROUNDS):
                plan = self._plan(seen, names)
                seen = yield from self._through(seen, names, plan, allow, writes=True)
                if not self._wait_out_doubts(names):
                    break
                yield from self._settle(names)

    @contextlib.contextmanager
    def adopting(self, only: tuple[str, ...] = (), *, dates: bool = True) -> Iterator[Adopting]:
        """What is there already, recognised; it is remembered when that is carried out, while the context is open.

        Without `dates`, what only an equal date speaks for is asked about.
        """
        names = self._names(only)
        with self.ledger.alone():
            with self._looking():
                for _ in self._settle(names):
                    pass
                plan = self._plan(self._scan(), names, dates=dates)
            found = adoption(plan, self.ledger.records.unclaimed, names)
            yield Adopting(found, lambda: self._adopt(Plan(found.matched)))

    def _adopt(self, plan: Plan) -> Iterator[Event]:
        with self._run("adopt", plan):
            self.notes.again()
            self.foreseen = ()
            yield from self._carry_out(plan, frozenset())

    def answer(self, where: str, choice: str, only: tuple[str, ...] = (), question: str = "") -> tuple[Action, ...]:
        """Answers what the last plan asked about a photo; with `question`, the digest of one, that one alone.

        Raises:
            Mistake: nothing was asked about it, or the answer is not one of those that were offered.
        """
        mine = meant(papers.load("", self._papers), where, choice, only, question)
        self.decide((action, choice) for action in mine)
        return mine

    def decide(self, choices: Iterable[tuple[Action, str]]) -> None:
        """Writes down what the owner chose of what questions of a plan offer; it counts from the next plan on."""
        for action, choice in choices:
            self.ledger.journal.answer(action.platform, action.subject, action.question, choice)

    # -- accounts --

    def lacking(self, name: str, given: Mapping[str, str]) -> tuple[Credential, ...]:
        """What the owner has to bring along to sign in there, besides what is given and what is known."""
        return signing_in.lacking(self.settings, entrance(self.whole.settings, name), given)

    def sign_in(
        self, name: str, ask: Ask, given: Mapping[str, str], *, deletes: bool = False, callback: bool = True
    ) -> signing_in.SignedIn:
        """Opens an account on a platform and keeps it; without a name, on the only one that has accounts.

        Raises:
            Mistake: a credential is missing, or the name is not clear.
            SignInNeeded: the owner or the platform said no.
        """
        where = entrance(self.whole.settings, name)
        done = signing_in.sign_in(
            self.settings, where, ask, given, self.clock, deletes=deletes, callback=callback, stop=self.stop
        )
        self._leave_places()
        return done

    def sign_out(self, name: str, *, everything: bool = False) -> signing_in.SignedOut:
        """Forgets an account; with `everything` also the credentials it was opened with."""
        done = signing_in.sign_out(self.settings, entrance(self.whole.settings, name), everything=everything)
        self._leave_places()
        return done

    # -- the verbs that only tell --

    def status(self) -> telling.Status:
        """How everything stands, from the ledger alone."""
        return telling.status(self.ledger, policies(self.settings), self.settings.library.name)

    def unseen_since(self) -> Mapping[str, str]:
        """Platform -> since when (UTC) what was deleted there has not been looked for, where the last look did not."""
        return {name: since for name in self.places if (since := unseen_since(self.ledger, name))}

    def refused(self) -> tuple[telling.RefusedPhoto, ...]:
        """Photos that are wanted somewhere and may not leave, from the ledger alone."""
        return telling.refused(self.ledger, policies(self.settings))

    def duplicates(self, *, near: bool = False) -> doubling.Duplicates:
        """What the library holds twice, from the ledger alone; with `near`, also photos whose pictures look alike."""
        look = doubling.Looking(self.library, self.listener.stage, self.stop, self.threads)
        return doubling.duplicates(self.ledger, look if near else None)

    def where(self, words: str) -> tuple[telling.Sighted, ...]:
        """Where photos are published, from the ledger alone."""
        return telling.where(self.ledger, words)

    def explain(self, words: str) -> telling.Explanation:
        """What each platform would get of a photo, and why."""
        return telling.explain(self.ledger, self.places, words)

    def history(self, words: str = "", limit: int = 50) -> list[Happened]:
        """What happened, newest first."""
        return telling.history(self.ledger, words, limit)

    def runs(self, limit: int = 10) -> list[Mapping[str, object]]:
        """The newest runs first, as rows: command, plan, begun_at, ended_at, outcome; without an end, not ended."""
        return self.ledger.journal.runs(limit)

    def answers(self) -> Mapping[str, str]:
        """Question -> the answer that waits for the next plan."""
        return self.ledger.journal.choices()

    def thumbnail(self, where: str) -> Path:
        """A small JPEG of a photo of the library, upright and without metadata.

        Raises:
            Refused: no photo is known by that name, or its picture cannot be had.
        """
        return telling.thumbnail(self.ledger, self.library, where)

    def preview(self, platform: str, post_id: str) -> tuple[bytes, str]:
        """A small picture of a post, with its media type, fetched from its platform.

        Raises:
            Refused: it is not known, or has no picture that a browser shows.
        """
        (name,) = self._names((platform,))
        return previews.preview(self.ledger, self.places[name].platform, post_id)

    def titles(self, plan: Plan) -> Mapping[str, str]:
        """Place -> title of the photos of a plan, as the library has them."""
        return self.ledger.files.titles(dict.fromkeys(action.where for action in plan.actions))

    def last_plan(self) -> papers.Last | None:
        """The plan that any program made last; `None` where there is none."""
        return papers.last(self._papers, self.runs())

    def saved_plan(self, which: str = "") -> Plan:
        """A plan that was shown before: by file, by the beginning of its digest, or the last one."""
        return papers.load(which, self._papers)

    # -- their parts --

    def _names(self, only: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in only if name not in self.places]
        if unknown:
            known = ", ".join(self.places)
            message = f"There is no platform {', '.join(unknown)} in {self.settings.path}. It names: {known}."
            raise Mistake(message)
        return only or tuple(self.places)

    def _scan(self, stage: str = "Reading the library") -> scanning.Scan:
        self.listener.stage(stage)
        seen = scanning.scan(self.library, self.ledger, self.listener.scanned)
        self.hidden = dict(seen.not_looked)
        return seen

    def _plan(self, seen: scanning.Scan, names: tuple[str, ...], *, dates: bool = True) -> Plan:
        plans = self._plans(seen, names, dates=dates)
        plan = together(plans[name] for name in names)
        unread = scanning.unread(self.ledger, seen)
        self.foreseen = tuple(forecast(plan, self.places, self.ledger.files))
        held_back = (self.whole.held_back,) if self.whole.held_back else ()
        unheard = telling.unheard(self.ledger)
        plan = replace(plan, notes=(*held_back, *unheard, *self.foreseen, *plan.notes, *unread, *seen.passed_over))
        papers.save(plan, self._papers)
        return plan

    def _plans(
        self, seen: scanning.Scan, names: tuple[str, ...], *, dates: bool = True, looks: bool = True
    ) -> dict[str, Plan]:
        """Without `looks`, after what this run has seen there and done since."""
        plans, notes = {}, notebook(self.settings, self.places, self.ledger)
        for name in elsewhere.linking_last(names, self.places):
            if looks:
                self.listener.stage(f"Looking at {name}")
            planner = Planner(
                *(self.places[name].platform, self.library, self.places[name].policy),
                *(self.ledger, self.clock, seen.not_looked),
                dates=dates,
                looked=None if looks else self._sights[name],
                threads=self.threads,
                stage=self.listener.stage,
                holds=notes.holds(name),
                links=elsewhere.Elsewhere(self.ledger, elsewhere.linked_from(name, self.places)).links,
            )
            plans[name] = planner.plan()
            self._sights[name] = planner.sight.result()
            self.troubles.pop(name, None)
            if planner.sight.trouble is not None:
                self.troubles[name] = planner.sight.trouble
        return plans

    def _through(
        self, seen: scanning.Scan, names: tuple[str, ...], plan: Plan, allow: frozenset[str], *, writes: bool
    ) -> Generator[Event, None, scanning.Scan]:
        """The plan, and what follows from it: what came home is in step, and links to what was published are set.

        What came home may change albums there only with `writes`. What was seen of the library last comes back: what
        went away meanwhile must not count as deleted.
        """
        arrivals = Arrivals()
        yield from arrivals.noted(self._carry_out(plan, allow))
        if arrivals.posts and not self.stop():
            known = Plan(())
            with contextlib.suppress(*scanning.NOT_NOW):  # what cannot be read now, the next run reads
                seen = self._scan("Reading what came home")
                known = arrivals.known(self._plans(seen, tuple(arrivals.posts), looks=False).values(), writes=writes)
            yield from self._behind(known, plan)
        following = () if self.stop() else elsewhere.following(names, self.places, plan)
        links = elsewhere.links_of(self._plans(seen, following).values() if following else ())
        yield from self._behind(links, plan)
        return seen

    def _behind(self, follows: Plan, plan: Plan) -> Iterator[Event]:
        """What follows from a plan, in the same run; what only writes down what both sides say is not told of."""
        told = told_of(follows)
        if told.actions:
            self.listener.planned(replace(told, notes=plan.notes))
        events = carry_out(follows, self.doors, threads=self.threads) if follows.actions else iter(())
        yield from (event for event in events if event.end != End.DONE or is_told(event.action, told))

    def _carry_out(self, plan: Plan, allow: frozenset[str]) -> Iterator[Event]:
        if self.whole.held_back:
            raise Guarded(self.whole.held_back)
        stopped = [guard for guard in plan.guards if guard.kind not in allow]
        if stopped:
            reasons = "; ".join(guard.sentence for guard in stopped)
            flags = " ".join(f"--allow-{kind}" for kind in sorted({guard.kind for guard in stopped}))
            message = f"Stopped before anything was done: {reasons}. If that is what you want, run again with {flags}."
            raise Guarded(message)
        self.listener.foreseen(self.foreseen)
        self.listener.planned(plan)
        notes = notebook(self.settings, self.places, self.ledger)
        notes.begin(plan, self.listener.stage)
        yield from notes.follow(carry_out(plan, self.doors, threads=self.threads))

    def _settle(self, names: tuple[str, ...]) -> Iterator[Event]:
        for name in names:
            with contextlib.suppress(Busy, Refused, SignInNeeded):
                yield from self.doubts.settle(name)
        self.notes.tell()

    @contextlib.contextmanager
    def _looking(self) -> Iterator[None]:
        """What only looks writes nothing anywhere but in the ledger."""
        self.notes.held = True
        try:
            yield
        finally:
            self.notes.held = False

    def _wait_out_doubts(self, names: tuple[str, ...]) -> bool:
        """Waits until absence can be believed; False where there is nothing to wait for."""
        waits = [self.doubts.wait_s(name, entry) for name in names for entry in self.ledger.journal.unsettled(name)]
        if not waits or self.stop():
            return False
        if max(waits) > 0:
            self.listener.stage(f"Waiting {max(waits):.0f} s to be sure what arrived")
            pause(self.clock, max(waits), self.stop)
        return not self.stop()

    @contextlib.contextmanager
    def _run(self, command: str, plan: Plan | None = None) -> Iterator[None]:
        self.ledger.journal.begin_run(command, jsonform.plan_digest(plan) if plan else "")
        try:
            yield
        except HeliographError as trouble:
            self.ledger.journal.end_run(f"stopped: {trouble.sentence}")
            raise
        except Exception:
            self.ledger.journal.end_run("stopped by a fault of heliograph; the log says more")
            raise
        except BaseException:
            self.ledger.journal.end_run("stopped by you")
            raise
        self.ledger.journal.end_run("stopped by you" if self.stop() else "ended")

    @property
    def _papers(self) -> Path:
        return self.settings.state / "plans"
