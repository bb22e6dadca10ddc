"""Posts that are set anew and taken away on the fediverse stand-in, as each server does it."""

from __future__ import annotations

import pytest

from fediverse_server import ALL, GTS, PIXELFEDS, SNAC, TAKAHE, Client, jpeg, play, watch

__all__ = ["play", "watch"]


# --- set anew ---------------------------------------------------------------------------------------------------------


def two(client, **fields):
    names = [client.media(alt="one"), client.media(alt="two")]
    return names, client.posted("Two boats", media=names, **fields)


@pytest.mark.parametrize(
    ("profile", "left"),
    [("mastodon-4.6", 0), ("mastodon-4.0", 0), ("pixelfed-0.11", 1), (GTS, 0), (SNAC, 1), (TAKAHE, 0)],
)
def test_a_text_alone_drops_the_picture_on_some(play, profile, left):
    _, client = play(profile)
    post = client.posted()
    assert client.set(post["id"], status="Another boat").status_code == 200
    now = client.get(post["id"])
    assert (len(now["media_attachments"]), "Another boat" in now["content"]) == (left, True)


@pytest.mark.parametrize("profile", PIXELFEDS)
def test_a_text_alone_is_too_little_for_an_album_of_pixelfed(play, profile):
    _, client = play(profile)
    names, post = two(client)
    assert client.set(post["id"], status="x").status_code == 500
    assert client.set(post["id"], status="x", media_ids=names[::-1]).status_code == 200
    assert [part["id"] for part in client.get(post["id"])["media_attachments"]] == names[::-1]
    client.set(post["id"], status="x", media_ids=names[:1])
    assert [part["id"] for part in client.get(post["id"])["media_attachments"]] == names[:1]


@pytest.mark.parametrize(
    ("profile", "by_json", "by_form"),
    [
        ("mastodon-4.6", "after", "after"),
        ("mastodon-4.0", "before", "before"),
        ("pixelfed-0.11", "before", "before"),
        (GTS, "after", "before"),
        (SNAC, "before", "before"),
        (TAKAHE, "after", "before"),
    ],
)
def test_alt_texts_along_with_a_post(play, profile, by_json, by_form):
    _, client = play(profile)
    for form, expected in ((False, by_json), (True, by_form)):
        known = client.media(alt="before")
        post = client.posted(media=[known])
        if form:
            told = {"status": "x", "media_ids[]": known, "media_attributes[][id]": known}
            answer = client.http.put(
                f"/api/v1/statuses/{post['id']}", data=told | {"media_attributes[][description]": "after"}
            )
            assert answer.status_code == (400 if profile == TAKAHE else 200)
        else:
            attributes = [{"id": known, "description": "after"}]
            client.set(post["id"], status="x", media_ids=[known], media_attributes=attributes)
        assert client.get(post["id"])["media_attachments"][0]["description"] == expected


def test_an_entry_without_alt_text_clears_it_on_gotosocial_and_an_unknown_one_is_refused(play):
    _, client = play(GTS)
    known = client.media(alt="A boat")
    post = client.posted(media=[known])
    client.set(post["id"], status="x", media_ids=[known], media_attributes=[{"id": known}])
    assert client.get(post["id"])["media_attachments"][0]["description"] is None
    answer = client.set(post["id"], status="x", media_ids=[known], media_attributes=[{"id": "0"}])
    assert answer.status_code == 400


@pytest.mark.parametrize("profile", ["mastodon-4.6", GTS, TAKAHE])
def test_a_picture_is_replaced_in_its_post(play, profile):
    standin, client = play(profile)
    old = client.media()
    post = client.posted(media=[old])
    new = client.media(alt="A better boat")
    answer = client.set(post["id"], status="x", media_ids=[new])
    assert [part["description"] for part in answer.json()["media_attachments"]] == ["A better boat"]
    assert (answer.json()["id"], standin.world.media[old].status) == (post["id"], "")
    assert client.set(post["id"], status="x", media_ids=["99"]).status_code in {400, 404, 422}


@pytest.mark.parametrize("profile", PIXELFEDS)
def test_pixelfed_replaces_no_picture(play, profile):
    _, client = play(profile)
    post = client.posted()
    client.set(post["id"], status="x", media_ids=[client.media(alt="new")])
    assert client.get(post["id"])["media_attachments"][0]["description"] != "new"


@pytest.mark.parametrize(
    ("profile", "sensitive", "spoiler", "language"),
    [
        ("mastodon-4.6", False, "", "de"),
        ("pixelfed-0.11", True, "", None),
        (GTS, False, "", "en"),
        (SNAC, True, "Spiders", "de"),
        (TAKAHE, False, "", "de"),
    ],
)
def test_what_is_not_sent_is_taken_back_or_not(play, profile, sensitive, spoiler, language):
    _, client = play(profile)
    known = client.media()
    post = client.posted(media=[known], sensitive=True, spoiler_text="Spiders", language="de")
    client.set(post["id"], status="x", media_ids=[known])
    now = client.get(post["id"])
    assert (now["sensitive"], now["spoiler_text"], now["language"]) == (sensitive, spoiler, language)


def test_pixelfed_keeps_old_tags_escapes_and_blanks(play):
    _, client = play("pixelfed-0.11")
    post = client.posted("Boat #old")
    answer = client.set(post["id"], status="Tom & <b>Jerry</b> < 5 #new")
    assert answer.json()["content_text"] == "Tom &amp; Jerry &lt; 5 #new"
    assert [tag["name"] for tag in client.get(post["id"])["tags"]] == ["old"]
    client.set(post["id"], sensitive=False)
    assert client.get(post["id"])["content"] == ""


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
@pytest.mark.parametrize("profile", PIXELFEDS)
def test_pixelfed_answers_nothing_where_a_post_is_not_public(play, profile, visibility):
    _, client = play(profile)
    post = client.posted(visibility=visibility)
    answer = client.set(post["id"], status="Edited")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert client.get(post["id"])["content"] == "Edited"


def test_takahe_makes_a_private_post_public(play):
    _, client = play(TAKAHE)
    known = client.media()
    post = client.posted(media=[known], visibility="private")
    assert client.set(post["id"], status="x", media_ids=[known]).json()["visibility"] == "public"


@pytest.mark.parametrize("profile", PIXELFEDS)
def test_pixelfed_lets_a_post_be_set_nine_times_with_or_without_a_change(play, profile):
    _, client = play(profile)
    post = client.posted()
    assert [client.set(post["id"], status="same").status_code for _ in range(9)] == [200] * 9
    answer = client.set(post["id"], status="other")
    assert (answer.status_code, answer.json()["error"]) == (400, "You cannot edit your post more than 10 times.")


def test_an_operator_of_pixelfed_may_forbid_edits(play):
    _, client = play("pixelfed-0.12", editing=False)
    assert client.set(client.posted()["id"], status="x").status_code == 404
    assert client.http.get("/api/v2/config").json()["ab"]["pue"] is False


def test_a_multipart_put_of_a_post_fails_on_pixelfed(play):
    _, client = play("pixelfed-0.11")
    post = client.posted("A boat")
    answer = client.http.put(f"/api/v1/statuses/{post['id']}", files={"status": (None, "x")})
    assert (answer.status_code, client.get(post["id"])["content"]) == (500, "A boat")


def test_a_change_of_nothing_leaves_no_mark_on_mastodon(play, watch):
    _, client = play("mastodon-4.6")
    known = client.media()
    post = client.posted("A boat", media=[known])
    watch.at += 10
    assert client.set(post["id"], status="A boat", media_ids=[known]).json()["edited_at"] is None
    assert client.set(post["id"], status="A ship", media_ids=[known]).json()["edited_at"] is not None
    history = client.http.get(f"/api/v1/statuses/{post['id']}/history").json()
    assert [entry["content"] for entry in history] == ["A boat", "<p>A ship</p>"]


def test_the_source_is_the_text_as_it_was_written(play):
    for profile in ALL:
        _, client = play(profile)
        answer = client.http.get(f"/api/v1/statuses/{client.posted('Tom & Jerry')['id']}/source")
        if profile in PIXELFEDS:
            assert answer.status_code == 404
        else:
            assert answer.json()["text"] == "Tom & Jerry"


# --- taken away -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "again"),
    [("mastodon-4.6", 404), ("pixelfed-0.11", 500), ("pixelfed-0.12", 404), (GTS, 404), (SNAC, 404), (TAKAHE, 404)],
)
def test_a_post_is_taken_away_once(play, profile, again):
    standin, client = play(profile)
    path = f"/api/v1/statuses/{client.posted('A boat')['id']}"
    first = client.http.delete(path)
    assert (first.status_code, first.json().get("text", "A boat")) == (200, "A boat")
    assert (client.http.get(path).status_code, client.http.delete(path).status_code) == (404, again)
    assert standin.world.posts == []


@pytest.mark.parametrize("profile", ALL)
def test_with_a_slow_queue_a_deleted_post_is_shown_for_a_while(play, watch, profile):
    _, client = play(profile, delete_lag_s=30)
    post = client.posted()
    assert client.http.delete(f"/api/v1/statuses/{post['id']}").status_code == 200
    assert client.get(post["id"])["id"] == post["id"]
    assert client.ids() == [post["id"]]
    watch.at += 30
    assert client.http.get(f"/api/v1/statuses/{post['id']}").status_code == 404
    assert client.ids() == []


def test_mastodon_lets_the_pictures_go_or_takes_them_along(play):
    standin, client = play("mastodon-4.6")
    first, second = client.media(), client.media()
    client.http.delete(f"/api/v1/statuses/{client.posted(media=[first])['id']}")
    client.http.delete(f"/api/v1/statuses/{client.posted(media=[second])['id']}", params={"delete_media": "true"})
    assert set(standin.world.media) == {first}
    assert client.posted(media=[first])["media_attachments"][0]["id"] == first


@pytest.mark.parametrize("profile", ALL)
def test_what_belongs_to_others_stays_theirs(play, profile):
    standin, client = play(profile)
    other = standin.world.add_account("other")
    theirs = standin.world.post(other.id, "Not yours", [jpeg()])
    assert client.set(theirs.id, status="Mine", media_ids=[]).status_code in {403, 404, 500}
    assert client.http.delete(f"/api/v1/statuses/{theirs.id}").status_code in {403, 404, 500}
    assert standin.world.statuses[theirs.id].text == "Not yours"


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_what_people_do_in_a_browser_is_seen_by_programs(play, watch):
    standin, client = play("mastodon-4.6")
    post = client.posted()
    watch.at += 10
    known = post["media_attachments"][0]["id"]
    standin.world.edit(post["id"], text="By hand #Sea", alt={known: "By hand"})
    standin.world.favourite(post["id"])
    standin.world.reply(post["id"], "Lovely")
    now = client.get(post["id"])
    assert (now["favourites_count"], now["replies_count"]) == (1, 1)
    assert (now["media_attachments"][0]["description"], now["edited_at"] is None) == ("By hand", False)
    context = client.http.get(f"/api/v1/statuses/{post['id']}/context").json()
    assert [reply["content"] for reply in context["descendants"]] == ["<p>Lovely</p>"]
    standin.world.delete(post["id"])
    assert client.ids() == []


def test_albums_of_pixelfed_are_made_by_hand_and_filled_by_programs(play):
    from heliograph.standin.fediverse.albums import add_collection

    standin, client = play("pixelfed-0.12")
    album = add_collection(standin.world, standin.id)
    at = "/api/v1.1/collections"
    posts = [client.posted()["id"] for _ in range(2)]
    for post in posts:
        assert client.http.post(f"{at}/add", json={"collection_id": album.id, "post_id": post}).json()["id"] == post
    told = {"title": "Boats", "description": "", "visibility": "public"}
    assert client.http.post(f"{at}/update/{album.id}", json=told).json()["title"] == "Boats"
    assert client.http.post(f"{at}/update/{album.id}", json=told | {"title": "x" * 51}).status_code == 422
    assert [one["post_count"] for one in client.http.get(f"{at}/accounts/{standin.id}").json()] == [2]
    assert client.http.get(f"{at}/self").json()[0]["id"] == client.http.get(f"{at}/view/{album.id}").json()["id"]
    assert [one["id"] for one in client.http.get(f"{at}/items/{album.id}").json()] == posts
    removed = [client.http.post(f"{at}/remove", json={"collection_id": album.id, "post_id": post}) for post in posts]
    assert [answer.status_code for answer in removed] == [200, 400]
    private = client.posted(visibility="private")["id"]
    assert client.http.post(f"{at}/add", json={"collection_id": album.id, "post_id": private}).status_code == 400
    assert client.http.delete(f"{at}/delete/{album.id}").json() == 200
    assert client.http.get(f"{at}/view/{album.id}").status_code == 404


def test_an_archived_post_is_hidden_and_comes_back(play):
    _, client = play("pixelfed-0.11")
    post = client.posted()
    assert client.http.post(f"/api/v1.1/archive/add/{post['id']}").json() == [200]
    assert client.ids() == []
    assert client.set(post["id"], status="x").status_code == 500
    client.http.post(f"/api/v1.1/archive/remove/{post['id']}")
    assert client.ids() == [post["id"]]


def test_pixelfeds_own_routes_are_nowhere_else(play):
    for profile in sorted({*ALL} - {*PIXELFEDS}):
        standin, client = play(profile)
        for path in ("/api/v2/config", "/api/v1.1/compose/settings", "/api/v1.1/collections/self"):
            assert client.http.get(path).status_code == 404
        assert [call.status for call in standin.calls.all()] == [404] * 3


def test_a_stranger_sees_no_private_post(play):
    standin, client = play("mastodon-4.6")
    post = client.posted(visibility="private")
    other = standin.world.add_account("other")
    token = standin.world.add_token(standin.application.id, other.id, "read write").id
    with Client(standin, token=token) as stranger:
        assert stranger.http.get(f"/api/v1/statuses/{post['id']}").status_code == 404
        assert stranger.list().json() == []
