"""The pages and the control routes of the Flickr stand-in."""

from __future__ import annotations

import httpx2
import pytest

from flickr_caller import Watch, jpeg
from heliograph.standin.flickr.standin import opened


@pytest.fixture
def standin(tmp_path):
    with opened(tmp_path / "flickr", Watch()) as opened_here:
        yield opened_here


@pytest.fixture
def browser(standin):
    with httpx2.Client(transport=httpx2.WSGITransport(app=standin.app), base_url=standin.url) as client:
        yield client


@pytest.fixture
def shown(standin, tmp_path):
    """Two photos, one of them private, an album with both and a group with the public one."""
    file = tmp_path / "rome.jpg"
    file.write_bytes(jpeg(size=(600, 400)))
    world, me = standin.world, standin.nsid
    public = world.add_photo(
        me, file, title="Piazza <i>", tags=["New York"], description="by <script>alert(1)</script>"
    )
    private = world.add_photo(me, file, title="At home", is_public=0)
    world.by_hand(me, "flickr.photosets.create", title="Rome & more", primary_photo_id=public.id)
    album = next(iter(world.albums))
    world.by_hand(me, "flickr.photosets.addPhoto", photoset_id=album, photo_id=private.id)
    world.add_group("1234567@N20", "Streets", members=[me])
    world.by_hand(me, "flickr.groups.pools.add", photo_id=public.id, group_id="1234567@N20")
    return public, private, album


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["/", "/photos/rehearsal/", "/photos/me/", "/photos/12345678@N01/"])
def test_a_stranger_sees_what_is_public_and_the_owner_everything(browser, shown, place):
    stranger, owner = browser.get(place).text, browser.get(place, params={"as": "owner"}).text
    assert "Piazza &lt;i&gt;" in stranger
    assert "Piazza &lt;i&gt;" in owner
    assert "At home" not in stranger
    assert "At home" in owner
    assert '<span class="who">private</span>' in owner
    assert "Rome &amp; more" in stranger
    assert "Streets" in stranger


def test_the_page_of_a_photo_shows_its_words_and_places_and_runs_nothing(browser, shown):
    public, _, album = shown
    answer = browser.get(f"/photos/rehearsal/{public.id}/")
    assert "<h1>Piazza &lt;i&gt;</h1>" in answer.text
    assert "<li>New York</li>" in answer.text
    assert "<td>All Rights Reserved</td>" in answer.text
    assert f"/photos/12345678@N01/albums/{album}/" in answer.text
    assert "<script>" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_the_pictures_of_a_page_are_there(browser, shown):
    public, _, _ = shown
    page = browser.get(f"/photos/rehearsal/{public.id}/").text
    address = page.partition('class="picture" src="')[2].partition('"')[0]
    assert browser.get(address).content[:2] == b"\xff\xd8"


def test_a_private_photo_has_a_page_for_its_owner_only(browser, shown):
    _, private, _ = shown
    page = f"/photos/rehearsal/{private.id}/"
    assert browser.get(page).status_code == 404
    assert "At home" not in browser.get(page).text
    assert "At home" in browser.get(page, params={"as": "owner"}).text


@pytest.mark.parametrize("word", ["albums", "sets"])
def test_an_album_shows_a_stranger_its_public_photos(browser, shown, word):
    _, _, album = shown
    page = f"/photos/12345678@N01/{word}/{album}/"
    assert "<h1>Rome &amp; more</h1>" in browser.get(page).text
    assert "At home" not in browser.get(page).text
    assert "At home" in browser.get(page, params={"as": "owner"}).text


def test_a_pool_is_shown_and_what_there_is_not_is_404(browser, shown):
    pool = browser.get("/groups/1234567@N20/pool/")
    assert "<h1>Streets</h1>" in pool.text
    assert "Piazza" in pool.text
    for page in ("/groups/0@N00/pool/", "/photos/nobody/", "/photos/me/1/", "/photos/me/albums/1/"):
        assert browser.get(page).status_code == 404


def test_an_account_without_photos_says_so_and_several_accounts_are_listed(browser, standin):
    assert "Nothing was published yet." in browser.get("/").text
    standin.world.add_user("99999999@N02", "second", path_alias="other")
    assert 'href="/photos/other/"' in browser.get("/").text


# --- control ----------------------------------------------------------------------------------------------------------


def test_dials_are_turned_and_mistakes_are_named(browser, standin):
    told = browser.patch("/_standin/dials", json={"world": {"search_lag_s": 5}, "door": {"clock_skew_s": 30}})
    assert (told.json()["world"]["search_lag_s"], told.json()["door"]["clock_skew_s"]) == (5, 30)
    assert (standin.world.dials.search_lag_s, standin.manners.clock_skew_s) == (5, 30)
    for wrong, word in (
        ({"nosuch": 1}, "nosuch"),
        ({"revoked_as": "x"}, "envelope or http"),
        ({"budget_per_hour": "1"}, "int"),
    ):
        answer = browser.patch("/_standin/dials", json={"door": wrong})
        assert (answer.status_code, word in answer.json()["mistake"]) == (400, True)


def test_faults_are_scripted_shown_and_cleared(browser, standin):
    told = browser.post("/_standin/faults", json={"what": "504", "route": "upload", "late": True}).json()
    assert [(fault["what"], fault["late"], fault["happened"]) for fault in told["faults"]] == [("504", True, 0)]
    assert standin.faults.meet("upload", "upload").follows_effect
    assert browser.get("/_standin/").json()["faults"][0]["happened"] == 1
    assert browser.post("/_standin/faults", json={"what": "earthquake"}).status_code == 400
    assert browser.request("DELETE", "/_standin/faults", json={}).json() == {"faults": []}


def test_the_log_is_read_from_a_number_on_and_forgotten(browser, standin):
    for method in ("flickr.test.echo", "flickr.test.null"):
        standin.calls.add(route="rest", method=method, outcome="ok", key=standin.key)
    assert [call["method"] for call in browser.get("/_standin/calls?since=1").json()["calls"]] == ["flickr.test.null"]
    assert browser.get("/_standin/").json()["counts"] == {"flickr.test.echo": 1, "flickr.test.null": 1}
    browser.request("DELETE", "/_standin/calls", json={})
    assert (standin.calls.all(), standin.calls.counts, standin.calls.spent(standin.key)) == ((), {}, 0)


def test_accounts_groups_seeds_and_moderation_can_be_arranged(browser, standin, shown):
    public, private, _ = shown
    assert browser.post("/_standin/accounts", json={"nsid": "99999999@N02", "username": "second"}).json()["id"]
    token = browser.post("/_standin/tokens", json={"key": standin.key, "nsid": "99999999@N02", "perms": "read"}).json()
    assert standin.door.registry.tokens[token["token"]].perms == 1
    made = browser.post("/_standin/seed", json={"nsid": "99999999@N02", "what": "stream", "count": 3}).json()["ids"]
    assert {standin.world.photos[one].owner for one in made} == {"99999999@N02"}
    browser.post(
        "/_standin/groups", json={"nsid": "7@N20", "name": "Slow", "moderated": True, "members": [standin.nsid]}
    )
    for photo in (public, private):
        asked = {"nsid": standin.nsid, "method": "flickr.groups.pools.add", "photo_id": photo.id, "group_id": "7@N20"}
        answer = browser.post("/_standin/by-hand", json=asked)
        assert answer.json()["mistake"].startswith("Failure: 6:")
    browser.post("/_standin/groups/7@N20/approve", json={"photo_id": public.id})
    browser.post("/_standin/groups/7@N20/reject", json={"photo_id": private.id})
    group = standin.world.groups["7@N20"]
    assert ([entry[0] for entry in group.pool], group.pending) == ([public.id], ())


def test_comments_and_faves_are_left_and_photos_deleted_by_hand(browser, standin, shown):
    public, private, _ = shown
    assert browser.post(f"/_standin/photos/{public.id}/comments", json={"nsid": standin.nsid, "text": "Nice"}).json()[
        "id"
    ]
    browser.post(f"/_standin/photos/{public.id}/faves", json={"nsid": standin.nsid})
    assert (len(public.comments), len(public.faves)) == (1, 1)
    gone = {"nsid": standin.nsid, "method": "flickr.photos.delete", "photo_id": private.id}
    assert browser.post("/_standin/by-hand", json=gone).json() == {"stat": "ok"}
    assert private.id not in standin.world.photos


def test_keys_expire_tokens_are_revoked_and_everything_can_begin_anew(browser, standin, shown):
    assert browser.post(f"/_standin/keys/{standin.key}", json={}).json() == {"known": True, "expired": True}
    assert browser.request("DELETE", f"/_standin/tokens/{standin.token}", json={}).json() == {"known": True}
    assert browser.request("DELETE", "/_standin/tokens/none", json={}).json() == {"known": False}
    assert browser.post("/_standin/reset", json={}).json() == {}
    assert (standin.world.photos, standin.world.albums, standin.faults.script) == ({}, {}, ())
    assert list(standin.world.accounts) == [standin.nsid]


def test_what_is_not_json_changes_nothing(browser, standin, shown):
    answer = browser.post("/_standin/reset", data={"a": "b"})
    assert answer.status_code == 415
    assert len(standin.world.photos) == 2
    assert browser.post("/_standin/faults", json=["504"]).status_code == 400
