"""Rehearsals: the owner's own library and settings, with every platform on this computer. Nothing leaves it.

In place of the library there can be a made-up one, which also shows what is written back.

Everything of a rehearsal is in a folder of its own: another ledger, other plans, the stand-ins' states, the website. It
stays there, so that a rehearsal can be stopped and gone on with.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from heliograph import config
from heliograph.desk import Desk, logbook, worlds
from heliograph.desk.borrowing import borrowed, without
from heliograph.desk.making import Kind, library, platform_kind
from heliograph.desk.sparing import Spared
from heliograph.desk.standing_in import StandIn, started
from heliograph.errors import AnotherRun, Mistake
from heliograph.model import F, Plan, each
from heliograph.policy import Direction
from heliograph.ports import Draft, Library

FOLDER = "rehearsal"
"""Below the state folder."""
_PLATFORMS = "platforms"
_LOCK = "rehearsal.lock"


@dataclass(frozen=True, slots=True)
class Page:
    """Something to look at after a rehearsal."""

    platform: str
    seen_by: str
    """In whose eyes, for people: `a stranger`."""
    address: str
    lasts: bool
    """It is there also without the stand-in."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A rehearsal that can begin."""

    desk: Desk
    stand_ins: Mapping[str, StandIn]
    """By the platforms they play."""
    library: Library
    """The owner's, which is only read, or a stand-in's."""
    library_page: Page | None = None
    """What a stand-in shows of its library."""

    @property
    def writes_back(self) -> bool:
        """Whether the library is the owner's, and one that would have been written into."""
        return isinstance(self.library, Spared) and self.library.keeps_drafts

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """What would have been written back into the owner's library, sorted by photos."""
        return self.library.drafts if isinstance(self.library, Spared) else ()

    @property
    def draft_troubles(self) -> tuple[str, ...]:
        """What could not have been written, in sentences."""
        return tuple(self.library.troubles) if isinstance(self.library, Spared) else ()

    def furnish(self, plan: Plan) -> None:
        """Makes ready what the owner has at a service and a stand-in cannot know: the groups that the plan names."""
        for name, stand_in in self.stand_ins.items():
            wanted = [action.wanted for action in plan.effects if action.platform == name and action.wanted]
            groups = {group for one in wanted for group in each(one.fields.get(F.GROUPS))}
            if groups:
                stand_in.add_groups(sorted(groups), self.desk.clock)

    def pages(self) -> Iterator[Page]:
        """What can be looked at now, in the order of the settings; nothing of a platform that shows nothing yet."""
        if self.library_page is not None:
            yield self.library_page
        for item in self.desk.settings.platforms:
            name = item.policy.name
            if name in self.stand_ins:
                url = self.stand_ins[name].url
                for seen_by, path in platform_kind(self.desk.settings, item).stand_in_pages.items():
                    yield Page(name, seen_by, f"{url}{path}", lasts=False)
            elif (folder := Path(str(item.options["folder"]))).is_dir():
                index = folder / "index.html"
                # Markdown has no page to begin with: a generator makes it of the folder.
                yield Page(name, "everybody", (index if index.is_file() else folder).as_uri(), lasts=True)


def apart(settings: config.Settings) -> config.Settings:
    """The same settings with the rehearsal's memory; the platforms are the real ones until `opened` moves them."""
    renditions = settings.renditions or settings.state / "renditions"
    return replace(settings, state=settings.state / FOLDER, renditions=renditions, own_notes=None)


@contextlib.contextmanager
def opened(
    desk: Desk, only: tuple[str, ...] = (), *, fresh: bool = False, world: worlds.World | None = None
) -> Iterator[Stage]:
    """A desk like `desk`, whose settings are `apart`, with every platform on this computer.

    Args:
        desk: it is not asked for its platforms.
        only: these platforms; empty: all.
        fresh: what earlier rehearsals left is forgotten first.
        world: a made-up library in place of the owner's, which is not asked for anything.

    Raises:
        Mistake: there is nothing to rehearse, or a stand-in could not begin.
        AnotherRun: another rehearsal is under way there.
    """
    _chosen(desk.settings, only)
    folder = desk.settings.state
    with _alone(folder), contextlib.ExitStack() as playing:
        if fresh:
            _forget(folder)
        worlds.check_same(folder, world)
        whole, page = _in_world(desk, world, playing) if world else (desk.whole.settings, None)
        chosen = _chosen(whole, only)
        guests, stand_ins, platforms = {}, {}, []
        for item, kind in chosen:
            name = item.policy.name
            place = folder / _PLATFORMS / name
            if kind.stand_in and kind.sign_in:
                desk.listener.stage(f"Starting the stand-in for {name}")
                stand_ins[name] = playing.enter_context(started(kind.stand_in, place, kind.stand_in_words))
                guests[name] = stand_ins[name].guest(kind.sign_in)
                platforms.append(moved(item, kind, {"url": stand_ins[name].url}))
            else:
                platforms.append(moved(item, kind, {"folder": str(place)}))
        ours = replace(without(whole), platforms=tuple(platforms))
        own = library(ours, desk.clock)
        given = Spared(own) if world is None else own
        with Desk(ours, desk.clock, desk.listener, desk.stop, guests=guests, _library=given) as played:
            yield Stage(played, stand_ins, given, page)


def _in_world(desk: Desk, world: worlds.World, playing: contextlib.ExitStack) -> tuple[config.Settings, Page]:
    """The settings with a stand-in for the library, and its page."""
    settings = desk.settings
    kind = worlds.kind_of(settings)
    place = settings.state / worlds.FOLDER
    names = [item.policy.name for item in settings.platforms]
    desk.listener.stage(f"Starting the stand-in for the library, with {world}")
    stand_in = playing.enter_context(started(kind.stand_in, place, world.words(place, names)))
    worlds.remember(settings.state, world)
    ((seen_by, path),) = kind.stand_in_pages.items()
    page = Page(settings.library.kind, seen_by, f"{stand_in.url}{path}", lasts=False)
    return borrowed(worlds.moved(settings, world, stand_in), desk.clock).settings, page


def moved(item: config.PlatformSettings, kind: Kind, to: Mapping[str, object]) -> config.PlatformSettings:
    """The platform with another place on this computer; from there nothing comes home into the library."""
    policy = replace(item.policy, direction=Direction.PUBLISH)
    return replace(item, policy=policy, options={**item.options, **kind.rehearsed, **to})


def _chosen(settings: config.Settings, only: tuple[str, ...]) -> list[tuple[config.PlatformSettings, Kind]]:
    known = {item.policy.name: item for item in settings.platforms}
    unknown = [name for name in only if name not in known]
    if unknown or not known:
        named = f"It names: {', '.join(known)}." if known else "It names none; add one, such as [platforms.site]."
        message = (
            f"There is no platform {''.join(f'{name} ' for name in unknown)}to rehearse in {settings.path}. {named}"
        )
        raise Mistake(message)
    return [(item, platform_kind(settings, item)) for name, item in known.items() if not only or name in only]


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as trouble:
        message = (
            f"Another rehearsal is under way in {folder}, or its stand-ins still run. End it there with Enter, "
            "then run this again. Nothing was done."
        )
        raise AnotherRun(message) from trouble
    try:
        yield
    finally:
        lock.release()


def _forget(folder: Path) -> None:
    """All but the lock, which is held, and the log, which is open."""
    for path in folder.iterdir():
        if path.name == _LOCK or path.name.startswith(logbook.NAME):
            continue
        try:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        except OSError as trouble:
            message = (
                f"{path} of the last rehearsal could not be removed ({trouble.strerror}). Close what uses it, and run "
                "this again. Nothing was published."
            )
            raise Mistake(message) from trouble
