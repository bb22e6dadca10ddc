"""What would be written into IMatch: the same doing as for real, with a pencil that writes nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace

from heliograph.errors import Refused
from heliograph.libraries.imatch.client import Client
from heliograph.libraries.imatch.noting import Notebook
from heliograph.libraries.imatch.spots import Spot
from heliograph.libraries.imatch.tree import BAR, category
from heliograph.ports import Draft, Outcome


@dataclass(slots=True)
class Pencil:
    """Takes note of every write in place of IMatch, and refuses what IMatch would."""

    client: Client
    calls: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    _there: dict[str, bool] = field(default_factory=dict)

    def post(self, path: str, /, *, repeatable: bool, **fields: str) -> None:
        """Nothing is written.

        Raises:
            Refused: there is no such category.
        """
        del repeatable
        if path == "categories/assign" and not self._has(fields["path"]):
            message = f"there is no category {fields['path']}"
            raise Refused(message)
        self.calls.append((path, fields))

    def _has(self, path: str) -> bool:
        if path not in self._there:
            self._there[path] = category(self.client, path) is not None
        return self._there[path]


def drafted(book: Notebook, outcomes: list[Outcome]) -> tuple[tuple[Draft, ...], str]:
    """What the notebook would write about these, sorted by photos; and what it could not, as a sentence.

    A row that knows its post already is never taken for something to be written: the photo is published there.
    """
    pencil = Pencil(book.client)
    copy = replace(book, tree=deepcopy(book.tree), pen=pencil, labelled={}, problems=[])
    trouble = ""
    try:
        copy.write(outcomes)
    except Refused as refusal:
        trouble = refusal.sentence
    found = _Found({**book.gone, **book.spots})
    for path, fields in pencil.calls:
        found.take(book.options.root, path, fields)
    return tuple(found.drafts()), trouble


@dataclass(slots=True)
class _Found:
    spots: Mapping[str, Spot]
    rows: dict[tuple[str, str], Mapping[str, str] | None] = field(default_factory=dict)
    into: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    out_of: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    _where: dict[int, str] = field(init=False)

    def __post_init__(self) -> None:
        self._where = {number: where for where, spot in self.spots.items() for number in spot.family}

    def take(self, root: str, path: str, fields: Mapping[str, str]) -> None:
        """One call."""
        if path == "attributes":
            (task,) = json.loads(fields["tasks"])
            if task["op"] != "update":
                self.rows[self._where[int(fields["id"])], fields["set"]] = task.get("data")
            return
        category = fields["path"]
        platform = category.removeprefix(f"{root}{BAR}").partition(BAR)[0]
        changed = self.into if path == "categories/assign" else self.out_of
        for number in fields["fileid"].split(","):
            changed[self._where[int(number)], platform].add(category)

    def drafts(self) -> Iterator[Draft]:
        """What came of all calls."""
        for key in sorted(self.rows.keys() | self.into.keys() | self.out_of.keys()):
            row = self.rows.get(key, {})
            into, out_of = (tuple(sorted(one.get(key, ()))) for one in (self.into, self.out_of))
            yield Draft(*key, row or {}, row is None, into, out_of)
