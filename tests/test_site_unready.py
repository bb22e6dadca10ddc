"""A site whose folder or memory is not what it was: told, and nothing is concluded from it."""

from __future__ import annotations

import json

import pytest

from contract.platform_contract import publish, rendition_for, wanted_photo
from heliograph.errors import Mistake
from heliograph.platforms.site.staging import HIDDEN
from site_visit import files, fill, pages_of, site_at

__all__ = ["files"]


def test_a_photo_on_a_disk_that_is_not_mounted_was_not_deleted(tmp_path, files):
    site = site_at(tmp_path / "site")
    _, post = publish(site, wanted_photo(site, 1), rendition_for(site, files, 1))
    (tmp_path / "site").rename(tmp_path / "unmounted")
    with pytest.raises(Mistake, match="is not there, though photos were published into it"):
        site_at(tmp_path / "site").delete(post)
    assert not (tmp_path / "site").exists()
    (tmp_path / "unmounted").rename(tmp_path / "site")
    again = site_at(tmp_path / "site")
    assert [one.id for one in again.survey(None).posts] == [post.id]
    again.delete(post)
    again.delete(post)
    assert not again.survey(None).posts


@pytest.mark.parametrize("damage", ["{", "[]", json.dumps({"fresh": [], "changed": []}), json.dumps({"fresh": 3})])
def test_a_damaged_list_of_steps_is_a_sentence_and_no_step_of_it_is_taken(tmp_path, files, damage):
    site = site_at(tmp_path / "site")
    fill(site, files, range(2))
    site.finish()
    before = pages_of(tmp_path / "site")
    (tmp_path / "site" / HIDDEN / "switch.json").write_text(damage, encoding="utf-8")
    with pytest.raises(Mistake, match=r"switch\.json, the site's own memory, is damaged\. Nothing was changed"):
        site.finish()
    assert pages_of(tmp_path / "site") == before
