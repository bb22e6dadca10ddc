"""Answers of the Flickr stand-in as they stand on the wire."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.standin.flickr.element import Element, Failure
from heliograph.standin.flickr.envelope import Form, failure, form_of, success

JSON = Form(json=True)


def listing(count):
    photos = [
        Element("photo", {"id": f"5300000000{number}", "title": "Rome", "ispublic": 0}) for number in range(count)
    ]
    return Element("photos", {"page": 1, "pages": 2, "total": "612"}, photos, lists=frozenset({"photo"}))


def test_a_listing_in_xml_has_flickrs_layout():
    body, content_type = success([listing(1)], Form())
    assert content_type == "text/xml; charset=utf-8"
    assert body.decode() == (
        '<?xml version="1.0" encoding="utf-8" ?>\n'
        '<rsp stat="ok">\n'
        '<photos page="1" pages="2" total="612">\n'
        '\t<photo id="53000000000" title="Rome" ispublic="0" />\n'
        "</photos>\n"
        "</rsp>\n"
    )


def test_an_answer_without_anything_is_an_empty_pair_in_xml_and_only_its_state_in_json():
    assert success([], Form())[0].decode() == '<?xml version="1.0" encoding="utf-8" ?>\n<rsp stat="ok">\n</rsp>\n'
    assert success([], JSON)[0] == b'{"stat":"ok"}'


def test_a_failure_is_told_in_both_forms_with_their_own_words():
    error = Failure(1, "Photo not found")
    assert '<rsp stat="fail">\n\t<err code="1" msg="Photo not found" />\n</rsp>' in failure(error, Form())[0].decode()
    assert failure(error, JSON)[0] == b'{"stat":"fail","code":1,"message":"Photo not found"}'


def test_a_duplicate_is_named_beside_the_error():
    error = Failure(9, "Duplicate photo/video detected", (Element("duplicate_photo_id", text="53000000001"),))
    root = ET.fromstring(failure(error, Form())[0])  # noqa: S314
    assert [(part.tag, part.text) for part in root] == [("err", None), ("duplicate_photo_id", "53000000001")]


@pytest.mark.parametrize(("count", "held"), [(0, 0), (1, 1), (3, 3)])
def test_what_is_a_list_is_a_list_whatever_its_length(count, held):
    told = json.loads(success([listing(count)], JSON)[0])
    assert isinstance(told["photos"]["photo"], list)
    assert len(told["photos"]["photo"]) == held


def test_texts_are_content_and_single_children_stand_alone():
    user = Element("user", {"id": "12345678@N01"}, [Element("username", text="rehearsal"), Element("about", text="")])
    assert json.loads(success([user], JSON)[0])["user"] == {
        "id": "12345678@N01",
        "username": {"_content": "rehearsal"},
        "about": {"_content": ""},
    }


def test_the_contexts_of_a_photo_are_lists_also_when_there_is_one_and_absent_when_there_is_none():
    told = json.loads(success([Element("set", {"id": "72177720300000001"})], JSON)[0])
    assert told == {"set": [{"id": "72177720300000001"}], "stat": "ok"}


def test_json_is_wrapped_unless_the_caller_says_no():
    assert form_of({"format": "json", "nojsoncallback": "1"}).callback == ""
    body, content_type = success([], form_of({"format": "json"}))
    assert (body, content_type) == (b'jsonFlickrApi({"stat":"ok"})', "text/javascript; charset=utf-8")
    assert success([], form_of({"format": "json", "jsoncallback": "mine"}))[0] == b'mine({"stat":"ok"})'


def test_a_callback_that_is_no_name_is_not_used():
    assert form_of({"format": "json", "jsoncallback": "alert(1);//"}).callback == "jsonFlickrApi"


def test_types_wander_only_where_they_do_on_flickr_and_only_when_asked():
    photo = Element("photo", {"id": "53000000001", "views": "7", "width_o": 6000, "datetakenunknown": "0", "total": 3})
    steady = json.loads(success([photo], JSON)[0])["photo"]
    wandering = json.loads(success([photo], Form(json=True, wander=True))[0])["photo"]
    assert steady == photo.attributes
    assert wandering["id"] == "53000000001"
    assert {name for name in steady if steady[name] != wandering[name]} == {"views", "datetakenunknown"}
    assert {name: str(value) for name, value in wandering.items()} == {name: str(steady[name]) for name in steady}


@given(st.text(), st.text())
def test_every_text_survives_xml_but_for_what_xml_cannot_hold(attribute, text):
    root = ET.fromstring(success([Element("photo", {"title": attribute}, text=text)], Form())[0])  # noqa: S314
    photo = root.find("photo")
    assert photo.get("title") == holdable(attribute)
    assert (photo.text or "") == holdable(text)


@given(st.text())
def test_every_text_survives_json(text):
    assert json.loads(success([Element("title", text=text)], JSON)[0])["title"]["_content"] == text


def holdable(text):
    return "".join(
        character
        for character in text
        if character in "\t\n\r"
        or (character >= " " and character not in "\ufffe\uffff" and not 0xD800 <= ord(character) < 0xE000)
    )
