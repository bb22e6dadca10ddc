"""When a photo was published and changed: kept in the log of posts, and said by the feeds."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from defusedxml.ElementTree import fromstring

from contract.platform_contract import publish, wanted_photo
from heliograph.config import LibrarySettings, Settings
from heliograph.config.settings import PlatformSettings
from heliograph.desk.making import places
from heliograph.model import F, SubjectKind
from heliograph.platforms.site import Options, Site
from heliograph.platforms.site.markdown import Markdown
from heliograph.platforms.site.options import LatestBy
from heliograph.policy import PlatformPolicy
from memory import FakeClock
from site_gallery import Gallery, rendition

BASE = "https://photos.example"
ATOM = "{http://www.w3.org/2005/Atom}"
BEGIN, DAY_S = "2026-05-03T12:00:00+00:00", 86_400.0
NEXT = "2026-05-04T12:00:00+00:00"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def gallery(tmp_path, clock) -> Gallery:
    made = Gallery(tmp_path, base_url=BASE)
    made.site = Site("site", made.site.options, clock)
    return made


def atom(gallery: Gallery) -> dict[str, tuple[str | None, str | None]]:
    """Id of each photo, in order, to when it was published and changed."""
    feed = fromstring((gallery.folder / "feed.xml").read_bytes())
    return {
        entry.findtext(f"{ATOM}id", "").rpartition("/")[2].removesuffix(".html"): (
            entry.findtext(f"{ATOM}published"),
            entry.findtext(f"{ATOM}updated"),
        )
        for entry in feed.iter(f"{ATOM}entry")
    }


def items(gallery: Gallery) -> dict[str, tuple[str | None, str | None]]:
    form = json.loads((gallery.folder / "feed.json").read_bytes())
    return {
        item["id"].rpartition("/")[2].removesuffix(".html"): (item.get("date_published"), item.get("date_modified"))
        for item in form["items"]
    }


def change(gallery: Gallery, post_id: str, **fields) -> None:
    (post,) = [one for one in gallery.site.survey(None).posts if one.id == post_id]
    wanted = replace(wanted_photo(gallery.site, 1), fields={**post.fields, **fields})
    gallery.site.update(post, wanted, frozenset(fields), None)


def test_feeds_say_when_a_photo_was_published_whenever_it_was_taken(gallery, clock):
    new = gallery.photo(1, **{F.TAKEN: ("2024-05-03T10:00:00", "", "", "")})
    clock.sleep(DAY_S)
    old = gallery.photo(2, **{F.TAKEN: ("1936", "", "", "ca. 1936")})
    gallery.site.finish()
    assert list(atom(gallery).items()) == [(old, (NEXT, NEXT)), (new, (BEGIN, BEGIN))]
    assert list(items(gallery).items()) == [(old, (NEXT, None)), (new, (BEGIN, None))]
    feed = fromstring((gallery.folder / "feed.xml").read_bytes())
    assert feed.findtext(f"{ATOM}updated") == NEXT


def test_another_caption_is_news_and_a_link_to_elsewhere_is_none(gallery, clock):
    post = gallery.photo(1)
    clock.sleep(DAY_S)
    change(gallery, post, **{F.LINKS: (("flickr", "https://example.org/1"),)})
    gallery.site.finish()
    assert atom(gallery) == {post: (BEGIN, BEGIN)}
    change(gallery, post, **{F.TEXT: "Other words", F.LINKS: ()})
    gallery.site.finish()
    assert atom(gallery) == {post: (BEGIN, NEXT)}
    assert items(gallery) == {post: (BEGIN, NEXT)}
    assert fromstring((gallery.folder / "feed.xml").read_bytes()).findtext(f"{ATOM}updated") == NEXT


def test_an_add_that_is_repeated_keeps_the_first_time_and_one_after_a_deletion_does_not(gallery, clock, tmp_path):
    wanted, picture = wanted_photo(gallery.site, 1), rendition(tmp_path / "renditions", 1)
    _, post = publish(gallery.site, wanted, picture)
    clock.sleep(DAY_S)
    assert publish(gallery.site, wanted, picture)[1].made_at == post.made_at == BEGIN
    gallery.site.delete(post)
    assert publish(gallery.site, wanted, picture)[1].made_at == NEXT


def test_times_outlive_the_log_that_is_written_anew(gallery, clock):
    posts = [gallery.photo(number) for number in range(2)]
    clock.sleep(DAY_S)
    for number in range(12):
        change(gallery, posts[0], **{F.TITLE: f"Title {number}"})
    before = gallery.site.survey(None).cursor
    gallery.site.finish()
    assert gallery.site.survey(None).cursor.partition(":")[0] != before.partition(":")[0]
    assert atom(gallery) == {posts[0]: (BEGIN, NEXT), posts[1]: (BEGIN, BEGIN)}


def test_a_log_of_before_times_were_kept_is_read_and_its_photos_go_by_when_they_were_taken(gallery, tmp_path):
    timed = gallery.site
    gallery.site = Site("site", timed.options)
    old = gallery.photo(1)
    log = gallery.folder / ".heliograph" / "posts.jsonl"
    assert "_at" not in log.read_text(encoding="utf-8"), "the line is as it was before times were kept"
    gallery.site = timed
    new = gallery.photo(2)
    timed.finish()
    taken = "2024-05-02T10:00:01Z"
    assert list(atom(gallery).items()) == [(new, (BEGIN, BEGIN)), (old, (None, taken))]
    assert items(gallery) == {new: (BEGIN, None), old: (taken, None)}
    assert [post.made_at for post in timed.survey(None).posts] == ["", BEGIN]
    assert fromstring((gallery.folder / "feed.xml").read_bytes()).findtext(f"{ATOM}updated") == BEGIN


@pytest.mark.parametrize(("kind", "made"), [("site", Site), ("markdown", Markdown)])
def test_a_site_of_the_settings_has_the_clock_of_the_house(tmp_path, clock, kind, made):
    policy = PlatformPolicy("own", kind)
    options = {"folder": str(tmp_path / "site")} | ({"generator": "hugo"} if kind == "markdown" else {})
    settings = Settings(
        *(tmp_path / "h.toml", tmp_path, LibrarySettings("photos", "folder", {})),
        (PlatformSettings(policy, options),),
    )
    site = places(settings, clock)["own"].platform
    assert isinstance(site, made)
    post = publish(site, wanted_photo(site, 1), rendition(tmp_path / "renditions", 1))[1]
    assert (post.kind, post.made_at) == (SubjectKind.PHOTO, BEGIN)


def test_options_alone_make_a_site_that_keeps_no_times(tmp_path):
    site = Site("site", Options(tmp_path / "site"))
    assert publish(site, wanted_photo(site, 1), rendition(tmp_path / "renditions", 1))[1].made_at == ""


@pytest.mark.parametrize(("setting", "first"), [("taken", ["young", "old"]), ("published", ["old", "young"])])
def test_the_owner_says_whether_an_old_photo_that_is_published_today_is_new(tmp_path, setting, first):
    gallery = Gallery(tmp_path, latest_by=LatestBy(setting), base_url=BASE)
    gallery.photo(1, **{F.TITLE: "young", F.TAKEN: ("2024-05-03T10:00:00", "", "", "")})
    gallery.photo(2, **{F.TITLE: "old", F.TAKEN: ("1936", "", "", "ca. 1936")})
    gallery.site.finish()
    for path in ("index.html", "404.html"):
        page = gallery.page(path)
        titles = [text for text in page.texts("span") if text in {"young", "old"}]
        assert titles == first
