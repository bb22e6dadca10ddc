"""Media on the fediverse stand-in: what each server takes, answers, serves, forgets and lets change."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from fediverse_server import ALL, GTS, MASTODONS, NOON, PIXELFEDS, SNAC, TAKAHE, Client, jpeg, play, watch, with_place
from heliograph.standin.fediverse import PROFILES, pictures

__all__ = ["play", "watch"]

JUNK = b"no picture at all"


# --- what is answered -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ALL)
def test_an_upload_answers_its_id_its_alt_text_and_where_it_is(play, profile):
    standin, client = play(profile)
    answer = client.send(alt="A boat at sea", version=1)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["type"], told["description"]) == ("image", "A boat at sea")
    assert client.http.get(told["url"]).content == standin.world.served(told["id"])
    assert standin.world.media[told["id"]].filename == "boat.jpg"


def test_v2_of_pixelfed_is_202_without_an_address_and_the_id_can_be_used_at_once(play):
    for profile in PIXELFEDS:
        _, client = play(profile)
        answer = client.send()
        assert (answer.status_code, answer.json()["url"], "meta" in answer.json()) == (202, None, False)
        assert client.post(media=[answer.json()["id"]]).status_code == 200


@pytest.mark.parametrize("profile", sorted(set(ALL) - set(PIXELFEDS)))
def test_v2_of_the_others_is_200_with_an_address(play, profile):
    _, client = play(profile)
    answer = client.send()
    assert (answer.status_code, answer.json()["url"] is None) == (200, False)


@pytest.mark.parametrize(
    ("profile", "shape"),
    [("mastodon-4.6", r"\d{18}"), ("pixelfed-0.12", r"\d{7}"), (GTS, "[0-9A-Z]{26}"), (SNAC, "[0-9a-f]{32}")],
)
def test_ids_have_each_softwares_shape(play, profile, shape):
    import re

    _, client = play(profile)
    assert re.fullmatch(shape, client.media())


def test_an_upload_may_take_its_time(play):
    _, client = play("mastodon-4.6", media_polls=2)
    answer = client.send()
    assert (answer.status_code, answer.json()["url"]) == (202, None)
    known = answer.json()["id"]
    refused = client.post(media=[known])
    assert (refused.status_code, "not finished processing" in refused.text) == (422, True)
    polls = [client.http.get(f"/api/v1/media/{known}") for _ in range(3)]
    assert [poll.status_code for poll in polls] == [206, 206, 200]
    assert client.post(media=[known]).status_code == 200


def test_an_upload_may_fail_after_it_was_taken(play):
    _, client = play("mastodon-4.6", media_polls=1, media_fails=True)
    known = client.media()
    assert [client.http.get(f"/api/v1/media/{known}").status_code for _ in range(2)] == [206, 422]


# --- what is taken ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "status", "kind"),
    [
        ("mastodon-4.6", 422, "application/json"),
        ("pixelfed-0.11", 500, "application/json"),
        ("pixelfed-0.12", 403, "application/json"),
        (GTS, 422, "application/json"),
        (SNAC, 200, "application/json"),
        (TAKAHE, 500, "text/plain"),
    ],
)
def test_what_is_no_picture_is_answered_in_each_softwares_way(play, profile, status, kind):
    _, client = play(profile)
    answer = client.send(JUNK)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (status, kind)
    if profile == "pixelfed-0.11":
        assert set(answer.json()) == {"message", "errors"}


@pytest.mark.parametrize("profile", ALL)
def test_a_damaged_picture_is_seen_by_those_that_decode(play, profile):
    _, client = play(profile)
    damaged = jpeg((640, 480))[:1200]
    assert client.send(damaged).is_success == (PROFILES[profile].checks != "decodes")


@pytest.mark.parametrize(
    ("profile", "at_limit", "above"),
    [("mastodon-4.6", 422, 422), ("pixelfed-0.11", 202, 500), ("pixelfed-0.12", 202, 422), (GTS, 200, 400)],
)
def test_the_limit_of_bytes_is_exact(play, profile, at_limit, above):
    picture = jpeg()
    _, client = play(profile, image_bytes=len(picture))
    assert client.send(picture).status_code == at_limit
    assert client.send(picture + b"\0").status_code == above


def test_mastodon_counts_pixels(play):
    _, client = play("mastodon-4.6")
    file = BytesIO()
    Image.new("L", (8192, 4096)).save(file, "PNG", compress_level=1)
    answer = client.send(file.getvalue(), name="large.png", mime="image/png")
    assert (answer.status_code, "8192x4096 images are not supported" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("profile", "status"), [("mastodon-4.6", 422), ("pixelfed-0.11", 500), (GTS, 400), (SNAC, 200)]
)
def test_an_alt_text_is_measured(play, profile, status):
    limit = PROFILES[profile].alt_len or 20000
    _, client = play(profile)
    assert client.send(alt="x" * limit).is_success
    assert client.send(alt="x" * (limit + 1)).status_code == status


def test_snac_resets_a_file_whose_name_is_only_in_the_extended_notation(play):
    _, client = play(SNAC)
    body = (
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''b%C3%B6t.jpg\r\n"
        b"Content-Type: image/jpeg\r\n\r\n" + jpeg() + b"\r\n--b--\r\n"
    )
    with pytest.raises(ConnectionResetError):
        client.http.post("/api/v2/media", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})


# --- what is changed and taken back -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "loose", "attached"),
    [
        ("mastodon-4.6", 200, 404),
        ("pixelfed-0.11", 200, 500),
        ("pixelfed-0.12", 200, 404),
        (GTS, 200, 200),
        (SNAC, 404, 404),
        (TAKAHE, 200, 200),
    ],
)
def test_media_are_found_before_and_after_they_are_in_a_post(play, profile, loose, attached):
    _, client = play(profile)
    known = client.media()
    assert client.http.get(f"/api/v1/media/{known}").status_code == loose
    client.posted(media=[known])
    answer = client.http.get(f"/api/v1/media/{known}")
    assert answer.status_code == attached
    if profile in PIXELFEDS:
        assert answer.json() == {"error": f"No query results for model [App\\Media] {known}"}


@pytest.mark.parametrize(
    ("profile", "status", "shown"),
    [
        ("mastodon-4.6", 404, "before"),
        ("pixelfed-0.11", 200, "after"),
        (GTS, 200, "after"),
        (SNAC, 200, "before"),
        (TAKAHE, 200, "after"),
    ],
)
def test_the_alt_text_of_a_posted_picture_is_set_where_the_software_does_that(play, profile, status, shown):
    _, client = play(profile)
    known = client.media(alt="before")
    post = client.posted(media=[known])
    assert client.http.put(f"/api/v1/media/{known}", json={"description": "after"}).status_code == status
    now = client.get(post["id"])
    assert (now["media_attachments"][0]["description"], now["edited_at"]) == (shown, None)


def test_pixelfed_escapes_an_alt_text_that_is_set_and_keeps_one_that_is_sent(play):
    for profile, lines in zip(
        PIXELFEDS, ("Tom &amp; Jerry &lt; 5\nthere", "Tom &amp; Jerry &lt; 5 there"), strict=True
    ):
        _, client = play(profile)
        sent = client.send(alt="Tom & Jerry < 5\nthere").json()
        assert sent["description"] == "Tom & Jerry < 5\nthere"
        body = {"description": "Tom & Jerry < 5\nthere"}
        assert client.http.put(f"/api/v1/media/{sent['id']}", json=body).json()["description"] == lines


def test_a_multipart_put_wipes_pixelfeds_alt_text(play):
    _, client = play("pixelfed-0.11")
    known = client.media(alt="A boat")
    answer = client.http.put(f"/api/v1/media/{known}", files={"description": (None, "A ship")})
    assert (answer.status_code, answer.json()["description"]) == (200, None)
    assert client.http.put(f"/api/v1/media/{known}", data={"description": "A ship"}).json()["description"] == "A ship"


def test_an_old_pixelfed_answered_a_list(play):
    _, client = play("pixelfed-0.11", array_answer=True)
    known = client.media()
    assert client.http.put(f"/api/v1/media/{known}", json={"description": "x"}).json()[0]["id"] == known


def test_only_mastodon_since_4_4_takes_an_upload_back(play):
    for profile in ALL:
        _, client = play(profile)
        known = client.media()
        answer = client.http.delete(f"/api/v1/media/{known}")
        assert answer.is_success == (profile == "mastodon-4.6")
    _, client = play("mastodon-4.6")
    known = client.media()
    client.posted(media=[known])
    assert client.http.delete(f"/api/v1/media/{known}").status_code == 422


@pytest.mark.parametrize(("profile", "life_s"), [("mastodon-4.6", 86400), ("pixelfed-0.11", 7200), (GTS, 86400)])
def test_what_is_never_posted_is_purged_and_what_is_posted_is_not(play, watch, profile, life_s):
    standin, client = play(profile)
    loose, kept = client.media(), client.media()
    client.posted(media=[kept])
    watch.at += life_s - 1
    assert client.http.get(f"/api/v1/media/{loose}").status_code == 200
    watch.at += 1
    assert client.http.get(f"/api/v1/media/{loose}").status_code in {404, 500}
    assert set(standin.world.media) == {kept}
    assert client.post(media=[loose]).status_code in {400, 422}


# --- what is served ---------------------------------------------------------------------------------------------------


def metadata(data):
    with Image.open(BytesIO(data)) as picture:
        return dict(picture.getexif()), picture.size


@pytest.mark.parametrize("profile", ALL)
def test_the_original_is_served_until_the_worker_ran_and_metadata_go_with_it(play, watch, profile):
    standin, client = play(profile)
    sent = with_place()
    known = client.send(sent).json()["id"]
    traits = PROFILES[profile]
    assert standin.world.original(known) == sent
    assert (standin.world.served(known) == sent) == (traits.worker_s > 0)
    watch.at += 6
    assert (standin.world.served(known) == sent) == (profile == SNAC)
    if profile != SNAC:
        assert metadata(standin.world.served(known)) == ({}, (64, 48))


def test_gotosocial_keeps_the_coded_picture_and_how_it_is_turned(play):
    standin, client = play(GTS)
    sent = with_place(orientation=6)
    known = client.send(sent).json()["id"]
    served = standin.world.served(known)
    assert metadata(served) == ({0x0112: 6}, (64, 48))
    assert served.endswith(sent[sent.index(b"\xff\xda") :])


def test_the_others_turn_a_picture_upright(play, watch):
    for profile in ("mastodon-4.6", "pixelfed-0.12", TAKAHE):
        standin, client = play(profile)
        known = client.send(with_place(orientation=6), version=1).json()["id"]
        watch.at += 6
        assert metadata(standin.world.served(known)) == ({}, (48, 64))


@pytest.mark.parametrize(
    ("recipe", "before", "after"),
    [
        ("pixelfed", (6000, 4000), (1620, 1080)),
        ("pixelfed", (4000, 6000), (900, 1350)),
        ("pixelfed", (4032, 3024), (1440, 1080)),
        ("pixelfed", (3024, 4032), (1012, 1350)),
        ("pixelfed", (12000, 4000), (1920, 640)),
        ("pixelfed", (2000, 2000), (1080, 1080)),
        ("pixelfed", (800, 600), (800, 600)),
        ("pixelfed landscape", (2000, 3000), (720, 1080)),
        ("mastodon", (6000, 4000), (3527, 2352)),
        ("mastodon", (3000, 2000), (3000, 2000)),
        ("stripped", (9000, 6000), (9000, 6000)),
    ],
)
def test_sizes_are_those_of_each_software(recipe, before, after):
    assert pictures.size(recipe, *before) == after


def test_a_served_picture_has_the_size_that_its_post_tells(play, watch):
    standin, client = play("pixelfed-0.11")
    known = client.send(jpeg((1000, 1500))).json()["id"]
    post = client.posted(media=[known])
    assert client.get(post["id"])["media_attachments"][0]["meta"] is None
    watch.at = NOON + 60
    told = client.get(post["id"])["media_attachments"][0]["meta"]["original"]
    assert (told["width"], told["height"]) == metadata(standin.world.served(known))[1] == (720, 1080)


def test_mastodon_keeps_the_colour_profile(play):
    standin, client = play("mastodon-4.6")
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    known = client.send(jpeg(icc_profile=profile)).json()["id"]
    with Image.open(BytesIO(standin.world.served(known))) as picture:
        assert picture.info["icc_profile"] == profile


def test_takahe_serves_webp_and_a_preview_is_small(play):
    _, client = play(TAKAHE)
    told = client.send(jpeg((1300, 900))).json()
    assert client.http.get(told["url"]).headers["Content-Type"] == "image/webp"
    assert max(metadata(client.http.get(told["preview_url"]).content)[1]) == 640
    assert client.http.get("/media/0.jpg").status_code == 404


def test_the_licence_of_an_upload_is_the_accounts_at_that_moment(play):
    for profile in MASTODONS[:1]:
        standin, client = play(profile)
        token = standin.token_with("read write")
        with Client(standin, token=token) as allowed:
            assert allowed.http.patch("/api/v1/accounts/update_credentials", json={"license": 11}).status_code == 200
        assert standin.world.account().licence == 1
    standin, client = play("pixelfed-0.12")
    assert client.http.patch("/api/v1/accounts/update_credentials", json={"license": 11}).status_code == 200
    first = client.posted()
    assert client.http.get("/api/v1.1/compose/settings").json()["default_license"] == 11
    assert client.http.patch("/api/v1/accounts/update_credentials", json={"license": 2}).status_code == 422
    client.http.patch("/api/v1/accounts/update_credentials", json={"license": "1"})
    assert standin.world.account().licence == 1
    assert client.get(first["id"], _pe=1)["media_attachments"][0]["license"]["title"] == "CC BY"
    assert client.get(client.posted()["id"], _pe=1)["media_attachments"][0]["license"] is None
