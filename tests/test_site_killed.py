"""A site is whole at every moment, wherever its making is cut off."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from contract.platform_contract import (
    publish,
    rendition_for,
    wanted_photo,
)
from heliograph.errors import Mistake
from heliograph.model import F
from heliograph.platforms.site import Site
from heliograph.platforms.site.staging import HIDDEN
from site_visit import check_whole, fill, pages_of, site_at


class KilledError(BaseException):
    """The process died here."""


OPERATIONS = ("fsync", "replace", "unlink", "mkdir", "rmdir")


def dies(site: Site, at: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        kill_at(patch, at)
        with pytest.raises(KilledError):
            site.finish()


def kill_at(monkeypatch, at: int) -> list[int]:
    """Dies before operation `at`, which is after the one before it; -1 only counts."""
    calls = [0]

    def patched(real):
        def operation(*args, **kwargs):
            calls[0] += 1
            if calls[0] == at:
                raise KilledError
            return real(*args, **kwargs)

        return operation

    for name in OPERATIONS:
        monkeypatch.setattr(os, name, patched(getattr(os, name)))
    return calls


def changed_site(folder: Path, files: Path, template: Path | None = None) -> Site:
    """A site whose pages are built, with additions, changes and deletions waiting for the next `finish`."""
    if template is not None:
        shutil.copytree(template, folder)
        return site_at(folder)
    site = site_at(folder)
    ids = fill(site, files, range(3))
    site.finish()
    posts = {post.id: post for post in site.survey(None).posts}
    site.delete(posts[ids[0]])
    site.update(posts[ids[1]], wanted_photo(site, 1, frozenset({F.TITLE, F.TAGS})), frozenset({F.TITLE, F.TAGS}), None)
    new = frozenset({F.PICTURE})
    site.update(posts[ids[2]], wanted_photo(site, 2, new), new, rendition_for(site, files, 22))
    fill(site, files, (5, 6), album="Later")
    return site


def count_operations(tmp_path: Path, files: Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        site = site_at(tmp_path / "counted")
        fill(site, files)
        calls = kill_at(patch, -1)
        site.finish()
        return calls[0]


@pytest.mark.slow
def test_a_finish_killed_at_any_operation_leaves_a_whole_site_and_the_next_one_completes_it(tmp_path, files):
    template = tmp_path / "template"
    changed_site(template, files)
    old = pages_of(template)
    intended = changed_site(tmp_path / "intended", files, template)
    with pytest.MonkeyPatch.context() as patch:
        calls = kill_at(patch, -1)
        intended.finish()
    new = pages_of(tmp_path / "intended")
    assert calls[0] > 40
    assert old.keys() - new.keys()
    assert new.keys() - old.keys()
    stay = [path for path in old.keys() & new.keys() if path.endswith(".html")]
    # Page after page is staged and placed alike: of the middle every fourth, of both ends each operation.
    ends = (*range(1, 13), *range(calls[0] - 12, calls[0] + 1))
    for at in sorted({*ends, *range(1, calls[0], 4)}):
        folder = tmp_path / f"killed-{at}"
        site = changed_site(folder, files, template)
        dies(site, at)
        found = pages_of(folder)
        assert all(content in {old.get(path), new.get(path)} for path, content in found.items())
        check_whole(folder, [folder / path for path in stay])
        survivor = site_at(folder)
        if found != new:
            assert survivor.survey(None).pending
        if at % 3 == 0:  # what is published between the death and the next finish is not lost
            _, post = publish(survivor, wanted_photo(survivor, 40), rendition_for(survivor, files, 40))
            survivor.finish()
            check_whole(folder, [folder / "index.html"])
            survivor.delete(post)
        survivor.finish()
        assert pages_of(folder) == new, at
        assert not survivor.survey(None).pending
        shutil.rmtree(folder)


def test_the_disk_has_every_staged_file_and_its_name_before_the_switch_begins(tmp_path, files, monkeypatch):
    site = site_at(tmp_path / "site")
    fill(site, files)
    done, hidden = [], tmp_path / "site" / HIDDEN
    opened, real_open, real_sync, real_replace = {}, os.open, os.fsync, os.replace

    def opening(path, *rest, **named):
        handle = real_open(path, *rest, **named)
        opened[handle] = Path(path)
        return handle

    monkeypatch.setattr(os, "open", opening)
    monkeypatch.setattr(os, "fsync", lambda handle: done.append(opened.get(handle)) or real_sync(handle))
    monkeypatch.setattr(os, "replace", lambda *paths: done.append(Path(paths[1])) or real_replace(*paths))
    site.finish()
    before = done[: done.index(hidden / "switch.json")]
    files_settled = [path for path in before if path and path.parent == hidden / "staged"]
    assert len(files_settled) > 10
    assert hidden / "staged" in before[before.index(files_settled[-1]) :]


def test_two_deaths_in_a_row_are_survived_too(tmp_path, files):
    template = tmp_path / "template"
    changed_site(template, files)
    changed_site(tmp_path / "intended", files, template).finish()
    new = pages_of(tmp_path / "intended")
    for first, second in ((30, 1), (30, 3), (45, 2), (45, 6), (50, 10), (60, 2)):
        folder = tmp_path / f"killed-{first}-{second}"
        site = changed_site(folder, files, template)
        for at in (first, second):
            dies(site, at)
            check_whole(folder, [folder / "index.html"])
            site = site_at(folder)
        site.finish()
        assert pages_of(folder) == new


def test_a_file_that_appears_while_a_switch_was_killed_is_not_overwritten(tmp_path, files):
    site = site_at(tmp_path / "site")
    fill(site, files)
    dies(site, count_operations(tmp_path, files) // 2)
    ours = tmp_path / "site" / "index.html"
    assert not ours.exists()
    ours.write_text("mine", encoding="utf-8")
    with pytest.raises(Mistake, match=r"index\.html"):
        site_at(tmp_path / "site").finish()
    assert ours.read_text(encoding="utf-8") == "mine"
    ours.unlink()
    site_at(tmp_path / "site").finish()
    check_whole(tmp_path / "site", [ours])
