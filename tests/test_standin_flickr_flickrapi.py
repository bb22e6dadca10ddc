"""The Flickr stand-in, called by a client that nobody here wrote: flickrapi 2.4.0, in use since 2018."""

from __future__ import annotations

import sys
import time
import urllib.request
from io import BytesIO
from threading import Thread
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import flickrapi
import pytest
import requests
from flickrapi.auth import FlickrAccessToken, OAuthFlickrInterface

from flickr_caller import Watch, jpeg
from flickr_owner import decide, shown_code
from heliograph.standin.flickr import Fault, What, serve
from heliograph.standin.flickr.dials import Dials


class _Element(ET.Element):
    def getchildren(self):
        return list(self)


def _read(xml):
    return ET.fromstring(xml, ET.XMLParser(target=ET.TreeBuilder(_Element)))  # noqa: S314


@pytest.fixture(autouse=True)
def what_python_3_9_took_away(monkeypatch):
    """flickrapi walks lists with `getchildren` and asks for `cElementTree` first; both ended with Python 3.8."""
    monkeypatch.setitem(sys.modules, "xml.etree.cElementTree", SimpleNamespace(fromstring=_read))


@pytest.fixture
def watch():
    """The stand-in's own time begins where flickrapi's is, since flickrapi has no clock to be moved."""
    return Watch(time.time())


@pytest.fixture
def standin(tmp_path, watch, monkeypatch):
    with serve(tmp_path / "flickr", now=watch, perms="delete") as running:
        for name, path in (("REST_URL", "rest"), ("UPLOAD_URL", "upload"), ("REPLACE_URL", "replace")):
            monkeypatch.setattr(flickrapi.FlickrAPI, name, f"{running.url}/services/{path}/")
        for what in ("request_token", "authorize", "access_token"):
            monkeypatch.setattr(OAuthFlickrInterface, f"{what.upper()}_URL", f"{running.url}/services/oauth/{what}")
        yield running


@pytest.fixture
def session(monkeypatch):
    """What flickrapi calls with, without this machine's proxies; it would keep its connections until Python ends."""
    with requests.Session() as session:
        session.trust_env = False
        monkeypatch.setattr(OAuthFlickrInterface, "session", session)
        yield session


@pytest.fixture
def stranger(standin, session):
    """A program that has a key and no token yet."""
    return flickrapi.FlickrAPI(standin.key, standin.secret, store_token=False, timeout=10)


@pytest.fixture
def flickr(standin, session):
    """A program that is signed in and may do everything."""
    token = FlickrAccessToken(standin.token, standin.token_secret, "delete", "", "rehearsal", standin.nsid)
    return flickrapi.FlickrAPI(standin.key, standin.secret, token=token, timeout=10)


def send(flickr, title, color=(90, 140, 200), **fields):
    """Id of a photo that was just uploaded; flickrapi never closes a file that it opens itself."""
    answer = flickr.upload(f"{title}.jpg", BytesIO(jpeg(color)), title=title, **fields)
    return answer.findtext("photoid")


def ids(photos):
    return [photo.get("id") for photo in photos]


# --- signing in -------------------------------------------------------------------------------------------------------


def test_it_signs_in_with_a_code_that_is_typed(standin, stranger):
    stranger.get_request_token(oauth_callback="oob")
    _, page = decide(stranger.auth_url(perms="delete"))
    stranger.get_access_token(shown_code(page))
    token = stranger.token_cache.token
    assert (token.access_level, token.user_nsid, token.username) == ("delete", standin.nsid, "rehearsal")
    assert stranger.token_valid(perms="write")
    assert stranger.test.login().find("user").get("id") == standin.nsid


def test_it_signs_in_through_a_browser_that_comes_back_by_itself(standin, stranger, monkeypatch):
    visits, servers = [], []

    def open_new_tab(link):
        servers.append(stranger.flickr_oauth.auth_http_server)
        visits.append(Thread(target=decide, args=(link,)))
        visits[0].start()
        return True

    monkeypatch.setattr("webbrowser.open_new_tab", open_new_tab)
    stranger.authenticate_via_browser(perms="write")
    visits[0].join()
    servers[0].server_close()  # flickrapi leaves it open
    assert stranger.token_cache.token.access_level == "write"
    assert stranger.token_valid(perms="write")


def test_a_wrong_code_gives_no_token(stranger):
    stranger.get_request_token(oauth_callback="oob")
    decide(stranger.auth_url(perms="write"))
    with pytest.raises(flickrapi.FlickrError, match="401"):
        stranger.get_access_token("000-000-000")
    assert stranger.token_cache.token is None


def test_a_token_that_was_taken_back_is_noticed_and_dropped(standin, flickr):
    assert flickr.token_valid(perms="delete")
    standin.revoke()
    assert not flickr.token_valid(perms="delete")
    assert flickr.token_cache.token is None


# --- photos -----------------------------------------------------------------------------------------------------------


def test_what_it_uploads_is_there_with_every_field_and_every_byte(standin, flickr):
    picture = jpeg((10, 200, 30))
    title, tags = 'Café & "tea" + 100 % 🌍', '"New York" beach demo:id="a b"'
    fields = {"title": title, "tags": tags, "description": "a < b\n&c", "is_public": 0, "is_friend": 1, "is_family": 0}
    photo_id = flickr.upload("IMG_1.jpg", BytesIO(picture), **fields).findtext("photoid")
    info = flickr.photos.getInfo(photo_id=photo_id).find("photo")
    assert info.findtext("title") == title
    assert [tag.get("raw") for tag in info.find("tags")] == ["New York", "beach", "demo:id=a b"]
    assert [info.find("visibility").get(f"is{who}") for who in ("public", "friend", "family")] == ["0", "1", "0"]
    sizes = flickr.photos.getSizes(photo_id=photo_id).find("sizes")
    original = next(size.get("source") for size in sizes if size.get("label") == "Original")
    with urllib.request.urlopen(original, timeout=10) as answer:  # noqa: S310  the stand-in's own address
        assert answer.read() == picture
    assert standin.calls.counts["upload"] == 1


def test_a_photo_without_a_title_is_named_after_its_file(flickr):
    photo_id = flickr.upload("Straße am Meer.jpg", BytesIO(jpeg())).findtext("photoid")
    assert flickr.photos.getInfo(photo_id=photo_id).findtext("photo/title").startswith("Straße am Meer")


def test_a_ticket_is_pending_until_the_picture_is_converted(standin, flickr, watch):
    ticket = flickr.upload("later.jpg", BytesIO(jpeg()), title="later", **{"async": 1}).findtext("ticketid")
    asked = {"tickets": f"{ticket},0-0"}
    pending, unknown = flickr.photos.upload.checkTickets(**asked).find("uploader")
    assert (pending.get("id"), pending.get("complete"), unknown.get("invalid")) == (ticket, "0", "1")
    watch.at += Dials().ticket_s + 1
    done = flickr.photos.upload.checkTickets(**asked).find("uploader")[0]
    assert done.get("complete") == "1"
    assert flickr.photos.getInfo(photo_id=done.get("photoid")).findtext("photo/title") == "later"


def test_it_lists_and_walks_page_by_page(standin, flickr, watch):
    sent = []
    for at in range(5):
        watch.at += 1
        sent.append(send(flickr, f"photo {at}", (at, 0, 0)))
    newest = sent[::-1]
    listed = flickr.people.getPhotos(user_id="me", per_page=2, page=2, extras="tags,date_upload").find("photos")
    assert (listed.get("pages"), listed.get("total"), ids(listed)) == ("3", "5", newest[2:4])
    assert ids(flickr.walk_user(per_page=2)) == newest
    assert ids(flickr.walk(user_id="me", per_page=2)) == []  # the search lags behind
    watch.at += Dials().search_lag_s + 1
    assert ids(flickr.walk(user_id="me", per_page=2)) == newest
    json = flickr.people.getPhotos(user_id="me", format="parsed-json")
    assert [photo["id"] for photo in json["photos"]["photo"]] == newest
    assert standin.calls.counts["flickr.people.getPhotos"] == 1 + 3 + 1


def test_it_edits_a_photo_and_only_what_it_names(flickr):
    photo_id = send(flickr, "before", tags="one two")
    flickr.photos.setMeta(photo_id=photo_id, title="after", description="mit Umlaut: äöü")
    flickr.photos.addTags(photo_id=photo_id, tags='three "four five"')
    flickr.photos.setDates(photo_id=photo_id, date_taken="2019-06-01 12:00:00", date_taken_granularity=4)
    info = flickr.photos.getInfo(photo_id=photo_id, format="parsed-json")["photo"]
    assert (info["title"]["_content"], info["description"]["_content"]) == ("after", "mit Umlaut: äöü")
    assert [tag["raw"] for tag in info["tags"]["tag"]] == ["one", "two", "three", "four five"]
    assert info["dates"]["taken"].startswith("2019-06-01")
    for tag in info["tags"]["tag"][:2]:
        flickr.photos.removeTag(tag_id=tag["id"])
    assert [tag.get("raw") for tag in flickr.tags.getListPhoto(photo_id=photo_id).iter("tag")] == ["three", "four five"]


def test_it_replaces_a_picture_where_the_account_may(standin, flickr):
    standin.world.turn({"pro": False})
    photo_id = send(flickr, "same page")
    with pytest.raises(flickrapi.FlickrError, match="Error: 1:"):
        flickr.replace("new.jpg", photo_id, BytesIO(jpeg((1, 2, 3))))
    standin.world.turn({"pro": True})
    answer = flickr.replace("new.jpg", photo_id, BytesIO(jpeg((1, 2, 3)))).find("photoid")
    assert answer.text == photo_id
    assert flickr.photos.getInfo(photo_id=photo_id).find("photo").get("secret") == answer.get("secret")
    assert standin.world.original(photo_id).read_bytes() == jpeg((1, 2, 3))


def test_what_it_deletes_is_gone_also_for_the_second_call(standin, flickr):
    photo_id = send(flickr, "not for long")
    flickr.photos.delete(photo_id=photo_id)
    with pytest.raises(flickrapi.FlickrError, match="Photo not found") as caught:
        flickr.photos.delete(photo_id=photo_id)
    assert caught.value.code == 1
    assert (standin.world.photos, ids(flickr.walk_user())) == ({}, [])


def test_a_token_that_may_write_may_not_delete(standin, flickr, session):
    photo_id = send(flickr, "stays")
    token = FlickrAccessToken(*standin.token_with("write"), "write")
    writer = flickrapi.FlickrAPI(standin.key, standin.secret, token=token, timeout=10)
    with pytest.raises(flickrapi.FlickrError, match="Error: 99:"):
        writer.photos.delete(photo_id=photo_id)
    assert ids(writer.walk_user()) == [photo_id]


# --- albums and groups ------------------------------------------------------------------------------------------------


def test_it_makes_an_album_and_reorders_it(standin, flickr):
    first, second, third = (send(flickr, f"photo {at}", (0, at, 0)) for at in range(3))
    made = flickr.photosets.create(title="Rome & more", primary_photo_id=first).find("photoset")
    album = {"photoset_id": made.get("id")}
    flickr.photosets.addPhoto(photo_id=second, **album)
    flickr.photosets.editPhotos(primary_photo_id=third, photo_ids=f"{third},{first},{second}", **album)
    assert ids(flickr.walk_set(album["photoset_id"], per_page=2, user_id=standin.nsid)) == [third, first, second]
    flickr.photosets.reorderPhotos(photo_ids=f"{second},{third},{first}", **album)
    assert ids(flickr.walk_set(album["photoset_id"], user_id=standin.nsid)) == [second, third, first]
    flickr.photosets.removePhoto(photo_id=first, **album)
    listed = list(flickr.walk_photosets(per_page=1))
    assert [(found.findtext("title"), found.get("photos"), found.get("primary")) for found in listed] == [
        ("Rome & more", "2", third)
    ]
    flickr.photosets.delete(**album)
    assert (list(flickr.walk_photosets()), len(list(flickr.walk_user()))) == ([], 3)


def test_it_puts_a_photo_into_a_group_once(standin, flickr):
    standin.world.add_group("1234567@N20", "Streets", members=[standin.nsid])
    photo_id = send(flickr, "street")
    flickr.groups.pools.add(photo_id=photo_id, group_id="1234567@N20")
    with pytest.raises(flickrapi.FlickrError, match="Error: 3:"):
        flickr.groups.pools.add(photo_id=photo_id, group_id="1234567@N20")
    assert flickr.photos.getAllContexts(photo_id=photo_id).find("pool").get("title") == "Streets"


# --- trouble ----------------------------------------------------------------------------------------------------------


def test_a_scripted_failure_looks_to_it_like_flickrs_own(standin, flickr):
    standin.faults.add(Fault(What.CODE_105, method="flickr.photos.setMeta"), Fault(What.TOO_MANY, route="upload"))
    with pytest.raises(flickrapi.FlickrError, match="Error: 105: Service currently unavailable"):
        flickr.photos.setMeta(photo_id="1", title="x", description="")
    with pytest.raises(flickrapi.FlickrError, match="Status code 429"):
        send(flickr, "too many")
    assert standin.world.photos == {}


def test_an_upload_whose_answer_was_lost_has_arrived_all_the_same(standin, flickr):
    standin.faults.add(Fault(What.CLOSED_UNANSWERED, route="upload"))
    with pytest.raises(requests.ConnectionError):
        send(flickr, "did it arrive?")
    assert [photo.title for photo in standin.world.photos.values()] == ["did it arrive?"]
    assert [photo.get("title") for photo in flickr.walk_user()] == ["did it arrive?"]


def test_a_secret_that_is_wrong_is_noticed_in_the_signature(standin, session):
    other = flickrapi.FlickrAPI(standin.key, "0" * 16, store_token=False, timeout=10)
    with pytest.raises(flickrapi.FlickrError, match="401"):
        other.get_request_token(oauth_callback="oob")
    assert standin.calls.all()[-1].outcome.startswith("http 401 signature_invalid")
