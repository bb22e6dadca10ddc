"""Saved plans: what was shown is what runs, so every plan that is shown is kept under its digest."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cattrs import BaseValidationError

from heliograph import jsonform
from heliograph.errors import Mistake, PlanStale
from heliograph.model import Plan

SCHEMA = "heliograph.plan/1"
KEPT = 20
"""Plans that are kept; the oldest go first."""


def digest_of(plan: Plan) -> str:
    """What a plan is called: equal plans have equal digests."""
    return jsonform.plan_digest(plan)


def form(plan: Plan) -> dict[str, object]:
    """A plan as it is saved and printed as JSON."""
    return {"schema": SCHEMA, "digest": jsonform.plan_digest(plan), "plan": jsonform.plain(plan)}


def save(plan: Plan, folder: Path) -> Path:
    """Keeps the plan, and says where.

    Raises:
        Mistake: the folder cannot be written.
    """
    path = folder / f"{jsonform.plan_digest(plan)}.json"
    with _telling(path):
        folder.mkdir(parents=True, exist_ok=True)
    write(plan, path)
    with _telling(path):
        _replace(folder / "last", path.name)
        kept = sorted(folder.glob("*.json"), key=lambda paper: paper.stat().st_mtime_ns, reverse=True)
        for paper in kept[KEPT:]:
            paper.unlink(missing_ok=True)
    return path


@dataclass(frozen=True, slots=True)
class Last:
    """The plan that was made last."""

    digest: str
    made_at: datetime
    spent: bool
    """It was carried out."""


def last(folder: Path, runs: Iterable[Mapping[str, object]]) -> Last | None:
    """The plan that was made last, in whatever program; `None` where none was made."""
    try:
        path = folder / (folder / "last").read_text(encoding="utf-8")
        made_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
    return Last(path.stem, made_at, any(_carried_out(run, made_at) for run in runs))


def _carried_out(run: Mapping[str, object], made_at: datetime) -> bool:
    """Each run makes its plan anew after it began, and carries it out before it ends."""
    if run["outcome"] != "ended":
        return False
    begun, ended = (datetime.fromisoformat(str(run[name])) for name in ("begun_at", "ended_at"))
    return begun <= made_at.replace(microsecond=0) <= ended


def stale(shown: Plan, runs: Iterable[Mapping[str, object]]) -> PlanStale:
    """Why a plan that was shown is not carried out, after these `runs`, though it can be read."""
    digest = digest_of(shown)
    if any(run["plan"] == digest and run["outcome"] == "ended" for run in runs):
        message = "That plan was carried out already, so nothing was done. `helio plan` shows what is left to do."
        return PlanStale(message)
    changed = "The library or a platform changed since that plan was shown, so nothing was done."
    return PlanStale(f"{changed} Look at the new plan with `helio plan`, then apply that.")


def write(plan: Plan, path: Path) -> None:
    """The plan as a file of the owner's choice.

    Raises:
        Mistake: it cannot be written there.
    """
    with _telling(path):
        _replace(path, json.dumps(form(plan), ensure_ascii=False, indent=1))


def _replace(path: Path, text: str) -> None:
    """All of it or nothing: a run that is killed leaves the old file."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        message = (
            f"The plan could not be saved as {path} ({trouble.strerror}). Nothing was published or changed. "
            "Free some space there or allow writing to its folder, and run again."
        )
        raise Mistake(message) from trouble


def load(which: str, folder: Path) -> Plan:
    """A plan by its file, by the beginning of its digest, or (empty) the last one shown.

    Raises:
        Mistake: there is no such plan, more than one, or it is not a plan of ours.
    """
    path = _path(which, folder)
    try:
        paper = json.loads(path.read_text(encoding="utf-8"))
        if paper.get("schema") == SCHEMA:
            return jsonform.noun(Plan, paper["plan"])
    except (OSError, ValueError, KeyError, AttributeError, BaseValidationError, TypeError) as trouble:
        message = (
            f"{path} is not a plan that this heliograph can read. Nothing was done; make a new one with `helio plan`."
        )
        raise Mistake(message) from trouble
    message = f"{path} was not saved by this version of heliograph. Nothing was done; make a new one with `helio plan`."
    raise Mistake(message)


def _path(which: str, folder: Path) -> Path:
    if not which:
        last = folder / "last"
        if not last.exists():
            message = "No plan was shown yet. Nothing was done; look at one with `helio plan`, then apply it."
            raise Mistake(message)
        return folder / last.read_text(encoding="utf-8")
    if Path(which).is_file():
        return Path(which)
    known = sorted(folder.glob("*.json"))
    fitting = [path for path in known if path.stem.startswith(which)] if which.isalnum() else []
    if len(fitting) == 1:
        return fitting[0]
    several = f"{len(fitting)} plans begin with {which}" if fitting else f"There is no plan {which}"
    message = f"{several}. Nothing was done; `helio plan` shows one and names its digest."
    raise Mistake(message)
