"""The verbs about the owner's own website: build, publish, check, and where it is to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

from heliograph.desk import Desk
from heliograph.desk.choosing import chosen
from heliograph.errors import Mistake
from heliograph.platforms.site import Site
from heliograph.platforms.site.checking import Finding, What
from heliograph.platforms.site.publish import Build

__all__ = ["Build", "Finding", "What", "build", "check", "deliver", "first_pages", "pages"]

PAGES = frozenset({"site"})
"""Kinds that are pages for a browser, not for a site generator."""


def build(desk: Desk, name: str) -> Build:
    """Makes the pages from what is published, without looking at the library; nothing is taken anywhere.

    Raises:
        Mistake: there is no such site, nothing was published into it, or its settings or theme cannot be used.
        Busy: the disk is full, or another program writes to the site.
    """
    return _site(desk, name).build()


def deliver(desk: Desk, name: str, *, everything: bool = False) -> tuple[int, int]:
    """Runs the publish step: how many files changed where it goes, and how many went; none where all was there.

    Raises:
        Mistake: there is no such site, or its settings name no place.
        Busy: a command failed; the step is due again.
    """
    return _site(desk, name).deliver(everything=everything)


def check(desk: Desk, name: str, *, anew: bool = False) -> Iterator[Finding]:
    """What is wrong with a site, without a name with all sites, as they lie on the disk; lazily.

    With `anew`, every picture is looked into again.
    """
    several = [one for one, place in desk.places.items() if isinstance(place.platform, Site)]
    if name or len(several) <= 1:
        return _site(desk, name).check(anew=anew)
    return (finding for one in several for finding in _named(one, _site(desk, one), anew=anew))


def _named(name: str, site: Site, *, anew: bool) -> Iterator[Finding]:
    """What is wrong with one of several; what keeps one from being looked over keeps no other."""
    try:
        for finding in site.check(anew=anew):
            yield replace(finding, sentence=f"{name}: {finding.sentence}")
    except Mistake as mistake:
        yield Finding(What.UNBUILT, "", f"{name}: {mistake.sentence}")


def pages(desk: Desk, name: str) -> tuple[Path, str]:
    """The folder of a site, and what its pages do not show yet, as a sentence.

    Raises:
        Mistake: there is no such site, or it has no first page yet.
    """
    site = _site(desk, name, pages=True)
    folder, pending = site.options.folder, site.survey(None).pending
    if not (folder / "index.html").is_file():
        message = f"There is no site in {folder} yet. Publish photos with `helio plan` and `helio apply`."
        raise Mistake(message)
    return folder, pending


def first_pages(desk: Desk, names: Iterable[str]) -> dict[str, str]:
    """Name -> address, on this computer, of the first page of those among `names` that are sites and have one."""
    places = {name: place for name in names if (place := desk.places[name]).policy.kind in PAGES}
    indices = {name: cast("Site", place.platform).options.folder / "index.html" for name, place in places.items()}
    return {name: index.as_uri() for name, index in indices.items() if index.is_file()}


def _site(desk: Desk, name: str, *, pages: bool = False) -> Site:
    seen = "no pages are made for a browser; Markdown is shown by the preview of its generator"
    what = seen if pages else "there are no pages of ours"
    place = chosen(
        desk,
        name,
        lambda place: isinstance(place.platform, Site) and (not pages or place.policy.kind in PAGES),
        what,
    )
    return cast("Site", place.platform)
