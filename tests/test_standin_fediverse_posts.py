"""Posts on the fediverse stand-in: as each server takes and shows new ones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fediverse_server import ALL, GTS, MASTODONS, NOON, PIXELFEDS, SNAC, TAKAHE, jpeg, play, watch
from heliograph.standin.fediverse import PROFILES, markup

__all__ = ["play", "watch"]


# --- made -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ALL)
def test_a_post_has_its_text_its_picture_and_its_alt_text(play, profile):
    standin, client = play(profile)
    known = client.media(alt="A boat at sea")
    post = client.posted("Sea & sky #SeaSky", media=[known], visibility="unlisted")
    assert (post["visibility"], post["edited_at"], post["spoiler_text"]) == ("unlisted", None, "")
    assert "Sea &amp; sky" in post["content"]
    assert [tag["name"].lower() for tag in post["tags"]] == ["seasky"]
    (shown,) = post["media_attachments"]
    assert shown["description"] == "A boat at sea"
    assert (shown["id"] == known) == (profile != SNAC)
    assert client.get(post["id"])["id"] == post["id"]
    assert [status.id for status in standin.world.posts] == [post["id"]]


@pytest.mark.parametrize("profile", ALL)
def test_the_program_is_told_except_on_pixelfed(play, profile):
    _, client = play(profile)
    assert client.posted()["application"]["name"] == ("web" if profile in PIXELFEDS else "heliograph")


@pytest.mark.parametrize("profile", PIXELFEDS)
def test_pixelfed_wants_a_picture(play, profile):
    _, client = play(profile)
    answer = client.post(media=[])
    assert (answer.status_code, answer.json()) == (403, {"error": "Empty statuses are not allowed"})


@pytest.mark.parametrize(
    ("profile", "status"),
    [("mastodon-4.6", 200), ("pixelfed-0.11", 500), ("pixelfed-0.12", 400), (GTS, 200), (SNAC, 200), (TAKAHE, 200)],
)
def test_direct_posts_are_there_except_on_pixelfed(play, profile, status):
    _, client = play(profile)
    assert client.post(visibility="direct").status_code == status


@pytest.mark.parametrize("profile", ALL)
def test_more_pictures_than_it_takes_are_refused(play, profile):
    _, client = play(profile)
    traits = PROFILES[profile]
    most = traits.takes_pictures or traits.pictures
    names = [client.media() for _ in range(most + 1)]
    assert client.post(media=names).status_code == traits.says_no["invalid"].status
    assert len(client.posted(media=names[:most])["media_attachments"]) == most


@pytest.mark.parametrize(("profile", "status"), [("mastodon-4.6", 422), ("pixelfed-0.12", 422), (GTS, 400)])
def test_a_text_is_measured(play, profile, status):
    limit = PROFILES[profile].text_len
    _, client = play(profile)
    assert client.post("x" * limit).status_code == 200
    assert client.post("x" * (limit + 1)).status_code == status


def test_pixelfed_0_11_takes_a_long_text_and_does_not_let_it_be_set(play):
    _, client = play("pixelfed-0.11")
    post = client.posted("x" * 5001)
    assert client.set(post["id"], status="x" * 5001).status_code == 500
    assert client.set(post["id"], status="x" * 500).status_code == 200


@pytest.mark.parametrize(
    ("text", "graphemes", "points"),
    [
        ("plain", 5, 5),
        ("👨‍👩‍👧‍👦", 1, 7),
        ("e\u0301", 1, 2),
        ("🇳🇴🇸🇪", 2, 4),
        ("👍🏽", 1, 2),
        ("see https://example.org/a/very/long/address/indeed", 27, 50),
        ("@ana@pix.example hi", 7, 19),
    ],
)
def test_texts_are_counted_in_two_ways(text, graphemes, points):
    assert markup.length(text, graphemes=True) == graphemes
    assert markup.length(text, graphemes=False) == points


def test_tags_end_where_a_letter_does():
    assert markup.tags("#Sea #sea (#Sky) #a-b #123 #St_Ives a#b &#x") == ["Sea", "Sky", "a", "St_Ives"]


def test_pixelfed_drops_what_looks_like_a_tag_and_keeps_the_rest(play):
    _, client = play("pixelfed-0.11")
    for text, kept in (("I <3 this", "I "), ("a < b", "a < b"), ("<b>bold</b> & thin", "bold & thin")):
        assert client.get(client.posted(text)["id"], _pe=1)["content_text"] == kept


def test_pixelfed_links_tags_late_and_since_2026_at_once(play, watch):
    _, client = play("pixelfed-0.11")
    post = client.posted("Sea #Sky\nHigh")
    assert post["content"] == "Sea #Sky<br />\nHigh"
    watch.at += 60
    assert 'class="u-url hashtag"' in client.get(post["id"])["content"]
    _, newer = play("pixelfed-0.12")
    assert 'class="u-url hashtag"' in newer.posted("Sea #Sky")["content"]


def test_pixelfed_says_english_at_first_and_nothing_later(play):
    _, client = play("pixelfed-0.12")
    post = client.posted(language="de")
    assert (post["language"], client.get(post["id"])["language"]) == ("en", None)
    _, other = play("mastodon-4.6")
    assert other.posted(language="de")["language"] == "de"


def test_a_warning_needs_the_sensitive_flag_on_pixelfed(play):
    _, client = play("pixelfed-0.12")
    assert client.posted(spoiler_text="Spiders")["spoiler_text"] == ""
    assert client.posted(spoiler_text="Spiders", sensitive=True)["spoiler_text"] == "Spiders"
    assert client.post(spoiler_text="x" * 141, sensitive=True).status_code == 422
    _, other = play("mastodon-4.6")
    told = other.posted(spoiler_text="Spiders")
    assert (told["spoiler_text"], told["sensitive"]) == ("Spiders", True)


@pytest.mark.parametrize(
    ("profile", "made", "shown"), [("mastodon-4.6", 0, None), (GTS, 0, None), (SNAC, 1, "future"), (TAKAHE, 1, "now")]
)
def test_a_post_for_later_is_kept_back_or_made_at_once(play, profile, made, shown):
    standin, client = play(profile)
    later = datetime.fromtimestamp(NOON + 7200, UTC).isoformat()
    answer = client.post(scheduled_at=later)
    assert len(standin.world.posts) == made
    if shown is None:
        assert answer.json()["scheduled_at"].startswith(later[:19])
    else:
        assert (answer.json()["created_at"][:19] == later[:19]) == (shown == "future")


def test_a_place_and_collections_ride_along_on_pixelfed(play):
    from heliograph.standin.fediverse.albums import add_collection

    standin, client = play("pixelfed-0.12")
    known = client.http.get("/api/v1.1/compose/search/location", params={"q": "Lisb"}).json()
    assert [(place["name"], place["country"]) for place in known] == [("Lisbon", "Portugal")]
    album = add_collection(standin.world, standin.id, "Sea", "public")
    post = client.posted(place_id=known[0]["id"], collection_ids=[album.id])
    assert client.get(post["id"], _pe=1)["place"]["slug"] == "lisbon"
    assert album.posts == [post["id"]]
    assert client.post(place_id=128770).status_code == 422


def test_pixelfed_since_2026_takes_picture_and_text_in_one_call(play):
    standin, client = play("pixelfed-0.12")
    asked = {"files": {"file": ("a.jpg", jpeg(), "image/jpeg")}, "data": {"status": "A boat", "description": "Boat"}}
    post = client.http.post("/api/v1.1/status/create", **asked).json()
    assert post["media_attachments"][0]["description"] == "Boat"
    assert client.http.post("/api/v1.1/status/create", json={"status": "No file"}).status_code == 422
    assert len(standin.world.posts) == 1
    _, older = play("pixelfed-0.11")
    assert older.http.post("/api/v1.1/status/create", **asked).status_code == 404


# --- keys and media that are not there --------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", MASTODONS)
def test_mastodon_answers_a_known_key_with_the_first_post(play, watch, profile):
    standin, client = play(profile)
    first = client.posted("One", key="k")
    assert client.posted("Two", key="k", media=[])["id"] == first["id"]
    watch.at += 3600
    assert client.posted("Three", key="k")["id"] != first["id"]
    assert len(standin.world.posts) == 2


def test_mastodon_answers_404_where_the_post_of_a_key_is_gone(play):
    _, client = play("mastodon-4.6")
    client.http.delete(f"/api/v1/statuses/{client.posted(key='k')['id']}")
    assert client.post(key="k").status_code == 404


@pytest.mark.parametrize("profile", PIXELFEDS)
def test_pixelfed_refuses_a_known_key_also_where_there_is_no_post(play, watch, profile):
    standin, client = play(profile)
    assert client.post(key="k", media=["1"]).json() == {"error": "Invalid media_ids"}
    answer = client.post(key="k")
    assert (answer.status_code, answer.json()) == (400, {"error": "Duplicate idempotency key."})
    assert standin.world.posts == []
    watch.at += 3600
    assert client.post(key="k").status_code == 200


@pytest.mark.parametrize("profile", [GTS, SNAC, TAKAHE])
def test_the_others_post_again(play, profile):
    standin, client = play(profile)
    for _ in range(2):
        client.posted(key="k", media=[])
    assert len(standin.world.posts) == 2


@pytest.mark.parametrize(
    ("profile", "status", "words"),
    [
        ("mastodon-4.6", 422, "Media 99 not found or already attached to another post"),
        ("pixelfed-0.11", 400, "Invalid media_ids"),
        (GTS, 400, "already attached"),
        (SNAC, 200, ""),
        (TAKAHE, 404, "<h1>404"),
    ],
)
def test_media_that_are_not_there(play, profile, status, words):
    standin, client = play(profile)
    answer = client.post(media=["99"])
    assert (answer.status_code, words in answer.text) == (status, True)
    assert len(standin.world.posts) == (status == 200)


@pytest.mark.parametrize("profile", sorted({*ALL} - {SNAC, TAKAHE}))
def test_media_are_in_one_post_only(play, profile):
    standin, client = play(profile)
    known = client.media()
    client.posted(media=[known])
    assert client.post(media=[known]).status_code in {400, 422}
    assert len(standin.world.posts) == 1


@pytest.mark.parametrize(("profile", "status"), [("pixelfed-0.11", 500), ("pixelfed-0.12", 404)])
def test_on_pixelfed_a_good_picture_beside_an_unknown_one_is_stuck_for_good(play, profile, status):
    standin, client = play(profile)
    known = client.media()
    answer = client.post(media=[known, "99"])
    assert (answer.status_code, "No query results" in answer.text) == (status, True)
    assert client.post(media=[known]).status_code == 400
    assert standin.world.posts == []


@pytest.mark.parametrize("profile", PIXELFEDS)
def test_an_account_that_never_called_gets_an_empty_list(play, profile):
    standin, client = play(profile)
    standin.sleep()
    assert [client.send().json(), client.post(media=["1"]).json()] == [[], []]
    assert client.http.get("/api/v1/accounts/verify_credentials").json()["id"] == standin.id
    assert client.posted()["id"]
    standin.turn(never_active=True)
    assert client.send().json() == []
