from __future__ import annotations

import errno
import json
import os
import re
import stat
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.homeward_contract import HomewardContract
from contract.platform_contract import (
    PlatformContract,
    publish,
    rendition_for,
    wanted_album,
    wanted_photo,
)
from heliograph.errors import Busy, Mistake, Refused, Uncertain
from heliograph.model import F, Wanted
from heliograph.platforms.site import Options, Site
from heliograph.platforms.site.slugs import slug
from heliograph.platforms.site.staging import HIDDEN
from site_visit import check_whole, fill, pages_of, site_at


class TestSiteKeepsTheContract(HomewardContract, PlatformContract):
    @pytest.fixture
    def platform(self, tmp_path):
        return site_at(tmp_path / "site")

    @pytest.fixture
    def again(self, tmp_path) -> Callable[[], Site]:
        return lambda: site_at(tmp_path / "site")


# --- the log ----------------------------------------------------------------------------------------------------------


def test_a_torn_last_line_is_ignored_by_readers_and_cut_by_the_next_writer(tmp_path, files):
    ids = fill(site_at(tmp_path / "site"), files, range(2), album="")
    log = tmp_path / "site" / HIDDEN / "posts.jsonl"
    whole = log.read_bytes()
    for cut in (1, 20, 60):
        log.write_bytes(whole[:-cut])
        survey = site_at(tmp_path / "site").survey(None)
        assert [post.id for post in survey.posts] == ids[:1]
    fill(site_at(tmp_path / "site"), files, (7,), album="")
    assert len(site_at(tmp_path / "site").survey(None).posts) == 2
    assert all(json.loads(line) for line in log.read_bytes().splitlines())


def test_a_damaged_log_is_a_sentence_and_nothing_is_concluded(tmp_path, files):
    fill(site_at(tmp_path / "site"), files, range(2), album="")
    log = tmp_path / "site" / HIDDEN / "posts.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(lines[0] + b"{nonsense\n" + lines[2])
    with pytest.raises(Mistake, match="damaged"):
        site_at(tmp_path / "site").survey(None)


def test_a_log_of_a_newer_program_is_left_alone(tmp_path, files):
    fill(site_at(tmp_path / "site"), files, range(1))
    log = tmp_path / "site" / HIDDEN / "posts.jsonl"
    log.write_bytes(log.read_bytes().replace(b'{"heliograph": 1', b'{"heliograph": 9', 1))
    with pytest.raises(Mistake, match="newer"):
        site_at(tmp_path / "site").finish()


def test_a_log_that_is_mostly_past_is_written_anew_at_finish_and_old_cursors_give_the_whole(tmp_path, files):
    site = site_at(tmp_path / "site")
    fill(site, files, range(2), album="")
    before = site.survey(None)
    for round_number in range(6):
        for post in before.posts:
            second = frozenset({F.TITLE}) if round_number % 2 == 0 else frozenset()
            site.update(post, wanted_photo(site, 0, second), frozenset({F.TITLE}), None)
    log = tmp_path / "site" / HIDDEN / "posts.jsonl"
    long = log.stat().st_size
    site.finish()
    assert log.stat().st_size < long / 2
    survey = site_at(tmp_path / "site").survey(before.cursor)
    assert survey.full
    assert not survey.pending
    assert {post.id for post in survey.posts} == {post.id for post in before.posts}


def test_two_clients_see_and_keep_what_the_other_wrote(tmp_path, files):
    one, two = site_at(tmp_path / "site"), site_at(tmp_path / "site")
    fill(one, files, (1,), album="")
    fill(two, files, (2,), album="")
    fill(one, files, (3,), album="")
    assert len(one.survey(None).posts) == len(two.survey(None).posts) == 3


def test_several_threads_lose_nothing(tmp_path, files):
    site = site_at(tmp_path / "site")
    jobs = [threading.Thread(target=fill, args=(site, files, range(start, start + 5), "")) for start in (0, 10, 20, 30)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert len(site_at(tmp_path / "site").survey(None).posts) == 20


def test_a_site_that_was_never_written_is_not_made_by_looking(tmp_path):
    site = site_at(tmp_path / "site")
    site.survey(None)
    site.finish()
    assert not (tmp_path / "site").exists()


def test_a_folder_that_went_away_is_not_taken_for_an_empty_one(tmp_path, files):
    fill(site_at(tmp_path / "site"), files)
    cursor = site_at(tmp_path / "site").survey(None).cursor
    (tmp_path / "site").rename(tmp_path / "unmounted")
    with pytest.raises(Mistake, match="mount"):
        site_at(tmp_path / "site").survey(cursor)


# --- the disk fails ---------------------------------------------------------------------------------------------------


def failing(monkeypatch, name: str, code: int, after: int = 0):
    real, calls = getattr(os, name), [0]

    def fail(*args, **kwargs):
        calls[0] += 1
        if calls[0] > after:
            raise OSError(code, os.strerror(code))
        return real(*args, **kwargs)

    monkeypatch.setattr(os, name, fail)


def test_a_full_disk_is_a_sentence_and_nothing_was_published(tmp_path, files, monkeypatch):
    site = site_at(tmp_path / "site")
    fill(site, files)
    site.finish()
    before, count = pages_of(tmp_path / "site"), len(site.survey(None).posts)
    wanted, rendition = wanted_photo(site, 9), rendition_for(site, files, 9)
    claim = site.prepare(wanted.subject, wanted, rendition)
    with monkeypatch.context() as patch:
        failing(patch, "fsync", errno.ENOSPC)
        with pytest.raises((Busy, Uncertain)):
            site.add(claim, wanted, rendition)
    with monkeypatch.context() as patch:
        failing(patch, "fsync", errno.ENOSPC)
        with pytest.raises(Busy, match=r"disk is full.*Free some space"):
            site.prepare(wanted.subject, wanted, rendition_for(site, files, 11))
    assert len(site_at(tmp_path / "site").survey(None).posts) == count
    assert pages_of(tmp_path / "site") == before


def test_a_disk_that_fails_to_undo_leaves_the_question_open(tmp_path, files, monkeypatch):
    site = site_at(tmp_path / "site")
    fill(site, files, (1,), album="")
    wanted, rendition = wanted_photo(site, 9), rendition_for(site, files, 9)
    claim = site.prepare(wanted.subject, wanted, rendition)
    with monkeypatch.context() as patch:
        failing(patch, "fsync", errno.EIO)
        with pytest.raises(Uncertain, match=r"tests/9\.jpg"):
            site.add(claim, wanted, rendition)


@pytest.mark.parametrize("after", range(0, 30, 3))
def test_a_disk_that_fills_up_while_pages_are_written_leaves_the_old_site_whole(tmp_path, files, monkeypatch, after):
    site = site_at(tmp_path / "site")
    fill(site, files)
    site.finish()
    before = pages_of(tmp_path / "site")
    fill(site, files, range(4, 7), album="More")
    with monkeypatch.context() as patch:
        failing(patch, "fsync", errno.ENOSPC, after)
        with pytest.raises(Busy, match=r"disk is full.*whole"):
            site.finish()
    check_whole(tmp_path / "site", [tmp_path / "site" / path for path in before if path.endswith(".html")])
    site_at(tmp_path / "site").finish()
    assert len(pages_of(tmp_path / "site")) > len(before)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom file modes bind")
def test_a_read_only_folder_is_a_mistake_named(tmp_path, files):
    site = site_at(tmp_path / "site")
    fill(site, files)
    (tmp_path / "site" / HIDDEN).chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(Mistake, match="may not be written"):
        fill(site, files, (8,))


def test_a_folder_that_refuses_writing_is_a_mistake_with_what_to_do(tmp_path, files, monkeypatch):
    site = site_at(tmp_path / "site")
    wanted, rendition = wanted_photo(site, 1), rendition_for(site, files, 1)
    failing(monkeypatch, "mkdir", errno.EROFS)
    with pytest.raises(Mistake, match=r"tests/1\.jpg.*may not be written.*Allow writing"):
        site.prepare(wanted.subject, wanted, rendition)


# --- files that are not ours ------------------------------------------------------------------------------------------


def test_a_file_of_the_owner_is_never_touched_and_the_refusal_breaks_nothing(tmp_path, files):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("my own page", encoding="utf-8")
    (folder / "photos").mkdir()
    (folder / "photos" / "notes.txt").write_text("mine", encoding="utf-8")
    site = site_at(folder)
    fill(site, files)
    with pytest.raises(Mistake, match=r"index\.html is not a file of heliograph's"):
        site.finish()
    assert set(pages_of(folder)) == {"index.html", "photos/notes.txt"}
    (folder / "index.html").rename(folder / "old.html")
    site.finish()
    for post in site.survey(None).posts:
        site.delete(post)
    site.finish()
    left = pages_of(folder)
    assert left["old.html"] == b"my own page"
    assert left["photos/notes.txt"] == b"mine"
    assert not [path for path in left if path.startswith(("pictures/", "albums/", "keywords/"))]


@pytest.mark.skipif(os.name == "nt", reason="making links needs rights of its own there")
def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path, files):
    site = site_at(tmp_path / "site")
    fill(site, files)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "site" / "photos").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Mistake, match="leads out"):
        site.finish()
    assert list((tmp_path / "elsewhere").iterdir()) == []


# --- what is pending, and what is rebuilt -----------------------------------------------------------------------------


def test_pending_says_what_the_pages_do_not_show_yet(tmp_path, files):
    site = site_at(tmp_path / "site")
    ids = fill(site, files)
    assert "not built" in site.survey(None).pending
    site.finish()
    whole = site.survey(None)
    assert not whole.pending
    assert "settings" in site_at(tmp_path / "site", title="Another").survey(whole.cursor).pending
    (tmp_path / "site" / "photos" / f"{ids[0]}.html").unlink()
    assert f"photos/{ids[0]}.html is missing" in site.survey(whole.cursor).pending
    site.finish()
    assert not site.survey(None).pending
    check_whole(tmp_path / "site", [tmp_path / "site" / "index.html"])


def test_a_lost_picture_file_is_shown_as_an_empty_picture_and_healed_by_an_update(tmp_path, files):
    site = site_at(tmp_path / "site")
    ids = fill(site, files, range(2), album="")
    site.finish()
    page = (tmp_path / "site" / "photos" / f"{ids[0]}.html").read_text(encoding="utf-8")
    lost = re.findall(r"pictures/[^\s\"]+\.jpg", page)[0]
    (tmp_path / "site" / lost).unlink()
    shown = {post.id: post for post in site_at(tmp_path / "site").survey(None).posts}
    assert shown[ids[0]].fields[F.PICTURE] == ""
    assert shown[ids[1]].fields[F.PICTURE] != ""
    wanted, rendition = wanted_photo(site, 0, frozenset({F.PICTURE})), rendition_for(site, files, 0)
    site.update(shown[ids[0]], wanted, frozenset({F.PICTURE}), rendition)
    site.finish()
    assert all(post.fields[F.PICTURE] for post in site.survey(None).posts)
    check_whole(tmp_path / "site", [tmp_path / "site" / "index.html"])


def test_only_pages_that_show_a_change_are_written(tmp_path, files):
    site = site_at(tmp_path / "site")
    fill(site, files, range(8))
    site.finish()
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*.html")}
    post = next(post for post in site.survey(None).posts if F.MEMBERS not in post.fields)
    site.update(post, wanted_photo(site, 0, frozenset({F.TEXT})), frozenset({F.TEXT}), None)
    site.finish()
    written = {path for path in times if path.stat().st_mtime_ns != times[path]}
    assert {path.name for path in written} == {f"{post.id}.html"}


def test_equal_posts_give_equal_pages_in_whatever_order_they_came(tmp_path, files):
    sites = []
    for name, numbers in (("one", [0, 1, 2, 3]), ("two", [3, 1, 0, 2])):
        site = site_at(tmp_path / name)
        by_number = dict(zip(numbers, fill(site, files, numbers, album=""), strict=True))
        publish(site, wanted_album(site, "All", tuple(by_number[number] for number in range(4))), None)
        site.finish()
        sites.append(pages_of(tmp_path / name))
    assert sites[0] == sites[1]


def test_a_deleted_photo_is_gone_from_every_page_and_its_pictures_with_it(tmp_path, files):
    site = site_at(tmp_path / "site")
    ids = fill(site, files, range(3))
    site.finish()
    before = pages_of(tmp_path / "site")
    site.delete(next(post for post in site.survey(None).posts if post.id == ids[1]))
    site.finish()
    after = pages_of(tmp_path / "site")
    assert any(ids[1].encode() in content for content in before.values())
    assert not any(ids[1].encode() in content for content in after.values())
    kept = len([path for path in after if path.startswith("pictures/")])
    assert kept * 3 == len([path for path in before if path.startswith("pictures/")]) * 2


# --- names ------------------------------------------------------------------------------------------------------------


def test_a_name_that_is_taken_gets_more_digits_until_it_is_free():
    names: set[str] = set()
    for _ in range(7):
        names.add(slug("Sea", "one key", names.__contains__, "photo"))
    assert sorted(map(len, names)) == [len("sea-") + length for length in (8, 12, 16, 20, 24, 28, 32)]


@given(st.text(), st.sets(st.text(), max_size=3))
def test_every_text_becomes_a_safe_name(text, taken):
    name = slug(text, ("key", text), taken.__contains__, "photo")
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert len(name) < 100
    assert name not in taken
    assert "-" in name


@pytest.mark.parametrize(
    "title", ["CON", "../../etc/passwd", "index", "a/b\\c:d", "\x00", "🏔️", "x" * 400, ".", "aux.html"]
)
def test_hostile_titles_become_names_within_the_folder(tmp_path, files, title):
    site = site_at(tmp_path / "site")
    wanted = wanted_photo(site, 1)
    wanted = Wanted(wanted.subject, wanted.platform, wanted.where, {**wanted.fields, F.TITLE: title}, wanted.mark)
    _, post = publish(site, wanted, rendition_for(site, files, 1))
    site.finish()
    assert (tmp_path / "site" / "photos" / f"{post.id}.html").is_file()
    assert {path.name for path in tmp_path.iterdir()} == {"site", "renditions"}
    check_whole(tmp_path / "site", [tmp_path / "site" / "index.html"])


def test_two_photos_with_one_title_get_two_pages(tmp_path, files):
    site = site_at(tmp_path / "site")
    assert len(set(fill(site, files, range(5), album=""))) == 5


def test_the_address_stays_when_the_title_changes(tmp_path, files):
    site = site_at(tmp_path / "site")
    (post_id,) = fill(site, files, (1,), album="")
    (post,) = site.survey(None).posts
    after = site.update(post, wanted_photo(site, 1, frozenset({F.TITLE})), frozenset({F.TITLE}), None)
    assert (after.id, after.url) == (post_id, f"photos/{post_id}.html")


def test_an_address_of_the_site_stands_before_that_of_the_page(tmp_path, files):
    site = site_at(tmp_path / "site", base_url="https://photos.example/")
    (post_id,) = fill(site, files, (1,), album="")
    assert site.survey(None).posts[0].url == f"https://photos.example/photos/{post_id}.html"


def test_a_new_picture_brings_the_new_mark(tmp_path, files):
    site = site_at(tmp_path / "site")
    fill(site, files, (1,), album="")
    (post,) = site.survey(None).posts
    wanted = wanted_photo(site, 1, frozenset({F.PICTURE}))
    wanted = Wanted(wanted.subject, wanted.platform, wanted.where, wanted.fields, "f" * 32)
    after = site.update(post, wanted, frozenset({F.PICTURE}), rendition_for(site, files, 4))
    assert after.mark == "f" * 32


def test_a_field_that_the_site_cannot_show_is_refused(tmp_path, files):
    site = site_at(tmp_path / "site")
    fill(site, files, (1,), album="")
    (post,) = site.survey(None).posts
    with pytest.raises(Refused, match="groups"):
        site.update(post, wanted_photo(site, 1), frozenset({F.GROUPS}), None)


@pytest.mark.parametrize("setting", [{"base_url": "photos.example"}, {"latest": 0}, {"page_photos": 0}])
def test_a_setting_that_cannot_be_used_says_why(tmp_path, setting):
    with pytest.raises(ValueError, match="must"):
        Options(tmp_path, **setting)
