"""A site that goes to another place arrives there whole, wherever its building and its going were cut off."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from contract.platform_contract import picture_file, publish, wanted_photo
from heliograph.model import F, Rendition
from heliograph.platforms.site import Options, Site
from heliograph.platforms.site.delivery import Delivery
from heliograph.platforms.site.destination import Destination
from site_visit import check_whole, pages_of
from test_site_killed import KilledError, kill_at

KINDS = ("image/avif", "image/webp", "image/jpeg")


@pytest.fixture
def there(tmp_path, monkeypatch):
    """Where the pages go: what a command would do there, done here, one file after the other."""
    place = tmp_path / "there"

    def carried(self, changes):
        for path in changes.changed:
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(changes.folder / path, place / path)
        for path in changes.removed:
            (place / path).unlink(missing_ok=True)

    monkeypatch.setattr(Delivery, "_run", carried)
    return place


def site_at(folder: Path) -> Site:
    return Site("site", Options(folder, publish=Destination(command=("take",))))


def rendition(folder: Path, tint: int) -> Rendition:
    """Two sizes in three formats."""
    return Rendition(tuple(picture_file(folder, kind, *size, tint) for size in ((60, 40), (30, 20)) for kind in KINDS))


def changed(folder: Path, files: Path) -> Site:
    """A site that was built and taken there, with an addition, a change and a deletion waiting."""
    site = site_at(folder)
    posts = [publish(site, wanted_photo(site, number), rendition(files, number))[1] for number in range(3)]
    site.finish()
    site.delete(posts[0])
    new = frozenset({F.PICTURE, F.TITLE})
    site.update(posts[1], wanted_photo(site, 1, new), new, rendition(files, 11))
    publish(site, wanted_photo(site, 4), rendition(files, 4))
    return site


def test_killed_anywhere_the_next_run_brings_there_what_is_here_and_nothing_else(tmp_path, files, there):
    template, was = tmp_path / "template", tmp_path / "was"
    changed(template, files)
    shutil.copytree(there, was)
    shutil.copytree(template, tmp_path / "site")
    with pytest.MonkeyPatch.context() as patch:
        calls = kill_at(patch, -1)
        site_at(tmp_path / "site").finish()
    new = pages_of(tmp_path / "site")
    assert pages_of(there) == new
    assert new != pages_of(was)
    assert {Path(path).suffix for path in new} >= {".avif", ".webp", ".jpg"}
    for at in {*range(1, calls[0] + 1, 29), *range(calls[0] - 5, calls[0] + 1)}:
        for folder, source in ((tmp_path / "site", template), (there, was)):
            shutil.rmtree(folder)
            shutil.copytree(source, folder)
        with pytest.MonkeyPatch.context() as patch:
            kill_at(patch, at)
            with pytest.raises(KilledError):
                site_at(tmp_path / "site").finish()
        check_whole(tmp_path / "site", [tmp_path / "site" / "index.html"])
        survivor = site_at(tmp_path / "site")
        assert survivor.survey(None).pending or pages_of(there) == new, at
        survivor.finish()
        assert pages_of(tmp_path / "site") == new, at
        assert pages_of(there) == new, at
        assert not survivor.survey(None).pending
