"""The listing of an account's posts on the fediverse stand-in, with each server's way of paging."""

from __future__ import annotations

import re

import pytest

from fediverse_server import ALL, GTS, MASTODONS, NOON, PIXELFEDS, SNAC, TAKAHE, play, watch
from heliograph.standin.fediverse import PROFILES
from heliograph.standin.fediverse.ids import PIXELFED_EPOCH_MS

__all__ = ["play", "watch"]


def filled(standin, watch, count):
    """The ids of as many posts, the newest first."""
    made = []
    for number in range(count):
        watch.at += 1
        made.insert(0, standin.world.add_status(standin.id, f"Post {number}").id)
    return made


@pytest.mark.parametrize("profile", ALL)
def test_a_page_has_as_many_posts_as_asked_and_at_most_forty(play, watch, profile):
    standin, client = play(profile)
    made = filled(standin, watch, 45)
    assert client.ids() == made[: PROFILES[profile].page[0]]
    assert client.ids(limit=7) == made[:7]
    assert client.ids(limit=80) == made[:40]


@pytest.mark.parametrize("profile", ALL)
def test_paging_down_by_max_id_meets_every_post_once(play, watch, profile):
    standin, client = play(profile)
    made, met = filled(standin, watch, 25), []
    while page := client.ids(limit=10, **({"max_id": met[-1]} if met else {})):
        met += page
    assert met == made


@pytest.mark.parametrize(
    ("profile", "since", "least"),
    [
        ("mastodon-4.6", [7, 6], [4, 3]),
        ("pixelfed-0.11", [7, 6], [7, 6]),
        ("pixelfed-0.12", [7, 6], [7, 6]),
        (GTS, [7, 6], [4, 3]),
        (SNAC, [7, 6], [4, 3]),
        (TAKAHE, [7, 6], [4, 3]),
    ],
)
def test_pages_above_an_id(play, watch, profile, since, least):
    standin, client = play(profile)
    made = filled(standin, watch, 8)[::-1]
    assert client.ids(limit=2, since_id=made[2]) == [made[number] for number in since]
    assert client.ids(limit=2, min_id=made[2]) == [made[number] for number in least]


def test_pixelfed_ignores_since_id_and_looks_at_min_id_alone(play, watch):
    standin, client = play("pixelfed-0.12")
    made = filled(standin, watch, 8)
    assert client.ids(since_id=made[0]) == made
    assert client.ids(min_id=made[5], max_id=made[3]) == made[:5]
    mastodon, other = play("mastodon-4.6")
    made = filled(mastodon, watch, 8)
    assert other.ids(min_id=made[5], max_id=made[3]) == [made[4]]


@pytest.mark.parametrize("profile", ALL)
def test_a_link_header_is_there_where_the_server_has_one(play, watch, profile):
    standin, client = play(profile)
    made = filled(standin, watch, 5)
    full, short = client.list(limit=3), client.list(limit=3, max_id=made[2])
    if not PROFILES[profile].link:
        assert "Link" not in full.headers
        return
    following = re.search(r'<([^>]+)>; rel="next"', full.headers["Link"])[1]
    assert [status["id"] for status in client.http.get(following).json()] == made[3:]
    assert 'rel="next"' not in short.headers["Link"]
    assert 'rel="prev"' in short.headers["Link"]


@pytest.mark.parametrize("profile", [*MASTODONS, *PIXELFEDS])
def test_an_id_can_be_made_of_a_time(play, watch, profile):
    standin, client = play(profile)
    made = filled(standin, watch, 4)
    at_ms = int((NOON + 2.5) * 1000)
    bound = at_ms << 16 if profile in MASTODONS else (at_ms - PIXELFED_EPOCH_MS) << 22
    assert client.ids(min_id=bound) == made[:2]
    assert client.ids(max_id=bound) == made[2:]


def test_the_known_id_of_a_pixelfed_post_was_made_when_it_says():
    assert ((663795448490505957 >> 22) + PIXELFED_EPOCH_MS) // 1000 == 1708017967


@pytest.mark.parametrize("profile", ALL)
def test_missing_posts_make_holes_in_a_page(play, watch, profile):
    standin, client = play(profile, holes=3)
    made = filled(standin, watch, 9)
    page = client.ids(limit=6)
    assert page == [known for known in made[:6] if standin.world.statuses[known].serial % 3]
    assert len(page) == 4


def test_an_old_listing_ignored_max_id(play, watch):
    standin, client = play("pixelfed-0.11", max_id_ignored=True)
    made = filled(standin, watch, 5)
    assert client.ids(limit=2, max_id=made[1]) == made[:2]


@pytest.mark.parametrize("profile", ALL)
def test_a_listing_may_lag(play, watch, profile):
    standin, client = play(profile, listing_lag_s=60.0)
    known = standin.world.add_status(standin.id, "New").id
    assert client.ids() == []
    assert client.get(known)["id"] == known
    watch.at += 60
    assert client.ids() == [known]


@pytest.mark.parametrize("profile", ALL)
def test_all_visibilities_are_listed_to_the_owner(play, profile):
    standin, client = play(profile)
    for visibility in ("public", "unlisted", "private"):
        standin.world.add_status(standin.id, "x", visibility=visibility)
    assert [status["visibility"] for status in client.list().json()] == ["private", "unlisted", "public"]


def test_the_text_false_is_true_on_pixelfed(play):
    for profile, listed in (("pixelfed-0.11", 0), ("mastodon-4.6", 1)):
        standin, client = play(profile)
        standin.world.add_status(standin.id, "No picture")
        assert len(client.ids(only_media="false")) == listed
        assert len(client.ids(only_media="0")) == 1


def test_mastodon_lists_by_tag_and_pixelfed_does_not_look(play):
    for profile, listed in (("mastodon-4.6", 1), ("pixelfed-0.12", 2)):
        standin, client = play(profile)
        standin.world.add_status(standin.id, "One #Sea")
        standin.world.add_status(standin.id, "Two")
        assert len(client.ids(tagged="sea")) == listed


def test_replies_are_left_out_where_that_is_asked(play):
    _, client = play("mastodon-4.6")
    first = client.posted("One", media=[])
    reply = client.posted("Two", media=[], in_reply_to_id=first["id"])
    assert client.ids() == [reply["id"], first["id"]]
    assert client.ids(exclude_replies="true") == [first["id"]]


def test_several_posts_are_asked_for_at_once_on_mastodon(play, watch):
    standin, client = play("mastodon-4.6")
    made = filled(standin, watch, 3)
    standin.world.delete(made[1])
    answer = client.http.get("/api/v1/statuses", params=[("id[]", known) for known in made])
    assert [status["id"] for status in answer.json()] == [made[0], made[2]]
    _, older = play("mastodon-4.0")
    assert older.http.get("/api/v1/statuses").status_code == 404


def test_a_limit_of_nothing_is_invalid_on_pixelfed(play):
    _, client = play("pixelfed-0.12")
    assert client.list(limit=0).status_code == 422
    _, other = play("mastodon-4.6")
    assert other.list(limit=0).status_code == 200


def test_an_account_that_is_not_there_has_no_listing(play):
    _, client = play("mastodon-4.6")
    assert client.http.get("/api/v1/accounts/1/statuses").status_code == 404
