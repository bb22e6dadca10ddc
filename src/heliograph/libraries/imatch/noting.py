"""Writing back: attribute rows, flags that are fulfilled, and categories that show why a photo is refused.

Rows come first, one file in a call, since they are what says that a photo is published; then categories and flags,
each with all their photos in one call. A photo that was taken away leaves its platform's category before its flag is
cleared, so that a run that ends in between never publishes it again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from heliograph.errors import Refused, Uncertain
from heliograph.libraries.imatch import rows as attribute_rows
from heliograph.libraries.imatch.answers import text
from heliograph.libraries.imatch.client import BATCH, SWITCHED, Client
from heliograph.libraries.imatch.labels import labels
from heliograph.libraries.imatch.options import Options
from heliograph.libraries.imatch.places import place
from heliograph.libraries.imatch.rows import MEDIA, POSTED, URL, Instance
from heliograph.libraries.imatch.spots import Spot
from heliograph.libraries.imatch.tree import BAR, Branch, Tree, category, labelled
from heliograph.model import Order, Post
from heliograph.ports import Outcome

Held = Mapping[int, Sequence[Instance]]


class Pen(Protocol):
    """What writes."""

    def post(self, path: str, /, *, repeatable: bool, **fields: str) -> None:
        """As `Client.post`."""


@dataclass(slots=True)
class _Tasks:
    """Category -> files that are to be put in or taken out, in the order in which it was asked for."""

    into: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    out_of: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


@dataclass(slots=True)
class Notebook:
    """What is written into one database."""

    client: Client
    options: Options
    tree: Tree
    spots: Mapping[str, Spot]
    today: str = ""
    """`YYYY-MM-DD`, for first rows of photos about which nobody says when they were posted."""
    gone: Mapping[str, Spot] = field(default_factory=dict)
    """Photos that were wanted once: of what becomes of them there still is something to be written."""
    pen: Pen | None = None
    """What writes in place of the client."""
    labelled: dict[str, dict[str, set[int]]] = field(default_factory=dict)
    """Platform -> label -> files, as far as that was asked for."""
    problems: list[str] = field(default_factory=list)
    """What the last writing could not."""

    def write(self, outcomes: Sequence[Outcome]) -> None:
        """Writes all that can be written.

        Raises:
            Refused: what could not, and what to do about it; each cause is named once.
        """
        self.problems.clear()
        platforms: dict[str, list[tuple[Outcome, Spot]]] = {}
        for outcome, spot in self._fitting(outcomes):
            name = self._branch(outcome.platform).name
            platforms.setdefault(name, []).append((replace(outcome, platform=name), spot))
        for platform, noted in platforms.items():
            done = self._write_rows(platform, noted)
            self._write_categories(self._branch(platform), done)
        self._raise()

    def let_go(self, platform: str, wheres: Sequence[str]) -> None:
        """Takes photos out of every error category of a platform; also files that are no photo of the library now.

        Raises:
            Refused: not all could be written.
        """
        self.problems.clear()
        branch = self._branch(platform)
        if not branch.has_errors:
            return
        errors = f"{branch.path}{BAR}{self.options.errors}"
        free = {number for where in wheres if (spot := self.spot(where)) for number in spot.family}
        ours = {number for spot in self.spots.values() for number in spot.family}
        held = self.labelled[branch.name] = labelled(self.client, errors)
        for label, numbers in held.items():
            gone = {number for number in numbers if number in free or number not in ours}
            if self._change("unassign", f"{errors}{BAR}{label}", gone):
                numbers.difference_update(gone)
        self._raise()

    def spot(self, where: str) -> Spot | None:
        """Where a photo is in the database, or was while it was wanted."""
        return self.spots.get(where) or self.gone.get(where)

    def _raise(self) -> None:
        if self.problems:
            raise Refused(" ".join(dict.fromkeys(self.problems)))

    def _branch(self, platform: str) -> Branch:
        named = {name.casefold(): branch for name, branch in self.tree.platforms.items()}
        return named.get(platform.casefold()) or Branch(platform, f"{self.options.root}{BAR}{platform}")

    def _fitting(self, outcomes: Sequence[Outcome]) -> list[tuple[Outcome, Spot]]:
        """Those whose ids are still the files that they were: nothing is written about another photo."""
        known = [(outcome, spot) for outcome in outcomes if (spot := self.spot(outcome.where))]
        lost = sorted(
            {one.where for one in outcomes if one.post or one.refusals} - self.spots.keys() - self.gone.keys()
        )
        if lost:
            self.problems.append(f"IMatch does not have {', '.join(lost)} any more, so nothing was written about it.")
        asked = {spot.root for _, spot in known}
        told = self.client.files(sorted(asked), fields="id,filename") if asked else {}
        now = {number: place(text(row.get("filename"))) for number, row in told.items()}
        # What was wanted once and is not in the database any more has no row left to speak of.
        known = [(one, spot) for one, spot in known if spot.root in now or one.where in self.spots]
        fitting = [(outcome, spot) for outcome, spot in known if now.get(spot.root) == spot.where]
        if known and not fitting:
            self.problems.append(SWITCHED)
        elif len(fitting) < len(known):
            names = ", ".join(sorted({spot.where for _, spot in known if now.get(spot.root) != spot.where}))
            self.problems.append(f"{names}: moved or removed in IMatch meanwhile; nothing was written about it.")
        return fitting

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _write_rows(self, platform: str, noted: list[tuple[Outcome, Spot]]) -> list[tuple[Outcome, Spot, bool]]:
        """Those whose row stands as it should, each with whether it is new."""
        about = [(outcome, spot) for outcome, spot in noted if outcome.post or not outcome.refusals]
        numbers = [number for _, spot in about for number in spot.order]
        held = attribute_rows.read(self.client, platform, numbers)
        if held is None:
            self.problems.append(attribute_rows.missing_set(self.options, platform))
        done = []
        for outcome, spot in noted:
            try:
                new = held is not None and (outcome, spot) in about and self._write_row(outcome, spot, held)
            except Refused as refusal:
                self.problems.append(
                    f"{spot.where}: its link to {platform} could not be written. {refusal.sentence} It is published "
                    f"all the same and heliograph remembers where. {attribute_rows.missing_set(self.options, platform)}"
                )
                continue
            done.append((outcome, spot, new))
        return done

    def _write_row(self, outcome: Outcome, spot: Spot, held: Held) -> bool:
        """Whether it is the first row of this photo."""
        if outcome.post is None:
            for instance in [one for number in spot.order for one in held.get(number, ())]:
                self._delete_row(outcome.platform, instance)
            return False
        if outcome.refusals:
            return False
        old = attribute_rows.best(held, spot.order)
        data = self._data(outcome, outcome.post, old)
        if old is None:
            self._add_row(outcome.platform, self._home(outcome.platform, spot), data)
        elif data != ({**old.data, POSTED: old.posted} if old.posted else dict(old.data)):
            self._update_row(outcome.platform, old, data)
        return old is None

    def _data(self, outcome: Outcome, post: Post, old: Instance | None) -> dict[str, str]:
        """The whole row: whether columns that are not named are kept, nobody knows."""
        names = attribute_rows.columns(self.options, outcome.platform)
        kept = dict(old.data) if old else {}
        told = {
            MEDIA: outcome.media_id,
            URL: post.url,
            attribute_rows.id_column(names): post.id,
            POSTED: self._posted(outcome, post, old),
        }
        return {**kept, **{name: told[name] for name in names if told.get(name)}}

    def _posted(self, outcome: Outcome, post: Post, old: Instance | None) -> str:
        """The first date that anybody knows; of a first row without one the day on which it is written."""
        told = (old.posted if old else "", *map(attribute_rows.day, (outcome.posted_at, post.made_at)))
        return next(filter(None, told), "" if old else self.today)

    def _home(self, platform: str, spot: Spot) -> int:
        """The file that carries the row: the one that the owner tagged for this platform."""
        branch = self._branch(platform)
        return next((number for number in spot.order if number in branch), spot.order[0])

    def _add_row(self, platform: str, number: int, data: Mapping[str, str]) -> None:
        """Adding twice makes two rows, so after a lost answer it is looked up before it is asked for again."""
        try:
            self._tasks(platform, number, {"op": "add", "data": data}, repeatable=False)
        except Uncertain:
            held = attribute_rows.read(self.client, platform, [number]) or {}
            if not any(data.items() <= dict(one.data).items() for one in held.get(number, ())):
                self._tasks(platform, number, {"op": "add", "data": data}, repeatable=False)

    def _update_row(self, platform: str, old: Instance, data: Mapping[str, str]) -> None:
        task = {"op": "update", "instanceid": [old.instance], "data": data}
        self._tasks(platform, old.file, task, repeatable=True)

    def _delete_row(self, platform: str, old: Instance) -> None:
        """Gone already is success; a number is not believed to stay the same row's, so it is looked up in between."""
        task = {"op": "delete", "instanceid": [old.instance]}
        try:
            self._tasks(platform, old.file, task, repeatable=False)
        except (Uncertain, Refused) as trouble:
            held = attribute_rows.read(self.client, platform, [old.file]) or {}
            if old not in held.get(old.file, ()):
                return
            if isinstance(trouble, Refused):
                raise
            self._tasks(platform, old.file, task, repeatable=False)

    def _tasks(self, platform: str, number: int, task: Mapping[str, object], *, repeatable: bool) -> None:
        told = json.dumps([task], ensure_ascii=False)
        (self.pen or self.client).post("attributes", repeatable=repeatable, set=platform, id=str(number), tasks=told)

    # --- categories ---------------------------------------------------------------------------------------------------

    def _write_categories(self, branch: Branch, done: list[tuple[Outcome, Spot, bool]]) -> None:
        errors = f"{branch.path}{BAR}{self.options.errors}"
        tasks, flags = _Tasks(), _Tasks()
        for outcome, spot, new in done:
            wanted = labels(outcome.refusals)
            for label in wanted - self._has(branch, errors, spot, for_certain=bool(wanted)):
                tasks.into[f"{errors}{BAR}{label}"].update(self._tagged(branch, spot))
            for label in self._has(branch, errors, spot, for_certain=bool(wanted)) - wanted:
                tasks.out_of[f"{errors}{BAR}{label}"].update(spot.family)
            if outcome.deleted:
                tasks.out_of[branch.path].update(branch.files.intersection(spot.family))
            for order in self._fulfilled(outcome, new=new):
                path = f"{branch.path}{BAR}{dict(zip(Order, self.options.flags(), strict=True))[order]}"
                flags.out_of[path].update(branch.flagged.get(order, frozenset()).intersection(spot.family))
        tasks.into = self._changed("assign", tasks.into)
        tasks.out_of, flags.out_of = (self._changed("unassign", one.out_of) for one in (tasks, flags))
        self._remember(branch, errors, tasks, flags)

    @staticmethod
    def _fulfilled(outcome: Outcome, *, new: bool) -> Iterable[Order]:
        """What was just sent for the first time is up to date."""
        done = dict.fromkeys(outcome.orders_done)
        if outcome.deleted:
            done[Order.DELETE] = None
        if new:
            done |= dict.fromkeys((Order.UPDATE, Order.METADATA))
        return done

    def _tagged(self, branch: Branch, spot: Spot) -> Sequence[int]:
        return [number for number in spot.tagged if number in branch] or spot.order[:1]

    def _has(self, branch: Branch, errors: str, spot: Spot, *, for_certain: bool) -> frozenset[str]:
        """The labels that a photo carries; asked for once where they are not known."""
        if not branch.has_errors:
            return frozenset()
        if spot.categories is not None and not for_certain and branch.name not in self.labelled:
            below = f"{errors}{BAR}".casefold()
            return frozenset(path[len(below) :] for path in spot.categories if path.casefold().startswith(below))
        if branch.name not in self.labelled:
            self.labelled[branch.name] = labelled(self.client, errors)
        members = self.labelled[branch.name]
        return frozenset(label for label, files in members.items() if files & set(spot.family))

    def _changed(self, verb: str, tasks: Mapping[str, set[int]]) -> defaultdict[str, set[int]]:
        """Those that were done."""
        return defaultdict(set, {path: held for path, held in tasks.items() if self._change(verb, path, held)})

    def _change(self, verb: str, path: str, numbers: Iterable[int]) -> bool:
        """Whether all is as it should be; what was so already is success. Never with an empty list."""
        wanted, before = sorted(set(numbers)), len(self.problems)
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            told = ",".join(map(str, batch))
            try:
                (self.pen or self.client).post(f"categories/{verb}", repeatable=True, path=path, fileid=told)
            except Refused as refusal:
                self._in_spite(verb, path, batch, refusal)
        return len(self.problems) == before

    def _in_spite(self, verb: str, path: str, batch: list[int], refusal: Refused) -> None:
        """The call failed: each file by itself where it still matters."""
        now = category(self.client, path)
        if now is None:
            if verb == "assign":
                self.problems.append(
                    f"IMatch has no category {path}: make it to see there which photos are refused. What is wrong with "
                    "them also stands in the plan."
                )
            return
        left = [number for number in batch if (number in now) == (verb == "unassign")]
        if not left:
            return
        if len(left) == len(batch) == 1:
            self.problems.append(f"IMatch did not {verb} a photo in {path}. {refusal.sentence}")
            return
        for number in left:
            self._change(verb, path, [number])

    def _remember(self, branch: Branch, errors: str, tasks: _Tasks, flags: _Tasks) -> None:
        """So that the same is not written twice in one run."""
        branch.files -= tasks.out_of.get(branch.path, set())
        names = dict(zip(Order, self.options.flags(), strict=True))
        for order, files in branch.flagged.items():
            branch.flagged[order] = files - flags.out_of.get(f"{branch.path}{BAR}{names[order]}", set())
        known = self.labelled.get(branch.name, {})
        for path, numbers in tasks.into.items():
            known.setdefault(path.removeprefix(f"{errors}{BAR}"), set()).update(numbers)
        for path, numbers in tasks.out_of.items():
            known.get(path.removeprefix(f"{errors}{BAR}"), set()).difference_update(numbers)
