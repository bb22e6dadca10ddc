"""Each dial about what answers of the IMatch stand-in look like, both ways."""

from __future__ import annotations

import pytest

from imws_caller import imatch, standin

__all__ = ["imatch", "standin"]

FLICKR = "Socials|flickr"


def first(answer, name="files"):
    return answer[name][0]


def test_a_number_stays_one_or_is_text_and_a_sequence_counts_on_or_not(standin, imatch):
    standin.world.set_variable("counter", 41, sequence=True)
    asked = [imatch.get("/v1/imatch/appvar", name="counter")["value"] for _ in range(2)]
    standin.turn(reading_advances=True, appvar_types="text")
    asked += [imatch.get("/v1/imatch/appvar", name="counter")["value"] for _ in range(2)]
    assert asked == [41, 41, "41", "42"]
    assert imatch.get("/v1/imatch/appvar", name="flickr_is_public") == {"value": "1"}


def test_texts_come_plain_or_with_entities_and_either_kind_of_line_end(standin, imatch):
    title = 'Tom & Jerry\'s "café"\nat <night> 🌅'
    standin.world.file(101).tags["title"] = title
    asked = {"id": "101", "fields": "id", "tagone": "title", "varother": "{File.MD.title}"}
    assert first(imatch.get("/v1/files", **asked)) == {"id": 101, "one": title, "other": title}
    standin.turn(entities=True, newlines="crlf")
    shown = "Tom &amp; Jerry&#x27;s &quot;café&quot;\r\nat &lt;night&gt; 🌅"
    assert first(imatch.get("/v1/files", **asked)) == {"id": 101, "one": shown, "other": shown}
    description = first(
        imatch.get("/v1/categories", path=f"{FLICKR}|albums|Harbour", fields="description"), "categories"
    )
    assert description == {"description": "72177720300000001\r\nBoats and quays"}


@pytest.mark.parametrize(
    ("dial", "shown"),
    [("empty", ""), ("braces", "{File.MD.lens}"), ("error", "Error: File.MD.lens has no value.")],
)
def test_a_variable_without_value_is_empty_in_braces_or_an_error_in_words(standin, imatch, dial, shown):
    standin.turn(empty_variables=dial)
    assert first(imatch.get("/v1/files", id="101", fields="id", varlens="{File.MD.lens}"))["lens"] == shown


def test_file_names_times_and_formats_are_spelt_in_several_ways(standin, imatch):
    asked = {"id": "102", "fields": "filename,datetime,format"}
    plain = {"fileName": "D:\\Photos\\scan7.jpg", "dateTime": "1985-01-01T00:00:00", "format": "JPEG"}
    assert first(imatch.get("/v1/files", **asked)) == plain
    standin.turn(slashes="forward", datetime_form="fractions", format_spelling="short")
    odd = {"fileName": "D:/Photos/scan7.jpg", "dateTime": "1985-01-01T00:00:00.250", "format": "JPG"}
    assert first(imatch.get("/v1/files", **asked)) == odd
    standin.turn(datetime_form="zone", format_spelling="upper")
    standin.world.file(102).format = "WebP"
    odd |= {"dateTime": "1985-01-01T00:00:00+02:00", "format": "WEBP"}
    assert first(imatch.get("/v1/files", **asked)) == odd
    standin.turn(datetime_form="missing")
    assert "dateTime" not in first(imatch.get("/v1/files", **asked))


@pytest.mark.parametrize(("dial", "name"), [("camel", "fileName"), ("pascal", "FileName"), ("lower", "filename")])
def test_names_in_answers_have_another_case(standin, imatch, dial, name):
    standin.turn(keys_case=dial)
    (files,) = imatch.get("/v1/files", id="101", fields="filename").values()
    assert list(files[0]) == [name]


def test_names_that_callers_gave_keep_their_case_or_not(standin, imatch):
    asked = {"id": "101", "fields": "id", "tagMyTitle": "title"}
    assert first(imatch.get("/v1/files", **asked)) == {"id": 101, "MyTitle": "Evening quay"}
    standin.turn(suffix_case="lower")
    assert first(imatch.get("/v1/files", **asked)) == {"id": 101, "mytitle": "Evening quay"}


def test_numbers_are_numbers_or_text(standin, imatch):
    standin.turn(numbers_as_text=True)
    assert first(imatch.get("/v1/files", id="101", fields="id,size")) == {"id": "101", "size": "28311552"}
    found = imatch.get("/v1/categories", path=FLICKR, fields="directfiles")
    assert first(found, "categories")["directFiles"] == ["101", "102"]
    assert first(imatch.get("/v1/attributes", set="flickr", id="102"), "result")["data"][0]["instanceId"] == "7"


def test_what_is_missing_is_left_out_or_null(standin, imatch):
    standin.world.file(103).datetime = ""
    standin.world.set_row(103, "flickr", {"url": "x"})
    asked = {"id": "103", "fields": "id,datetime", "tagtitle": "title"}
    assert first(imatch.get("/v1/files", **asked)) == {"id": 103}
    standin.turn(nulls=True)
    assert first(imatch.get("/v1/files", **asked)) == {"id": 103, "dateTime": None, "title": None}
    row = first(imatch.get("/v1/attributes", set="flickr", id="103"), "result")["data"][0]
    assert (row["url"], row["photo_id"]) == ("x", None)


def test_objects_hold_what_was_asked_for_or_more(standin, imatch):
    standin.turn(extra_fields=True)
    answer = imatch.get("/v1/files", id="101", fields="id")
    assert set(answer) == {"files", "stateTag"}
    assert set(answer["files"][0]) == {"id", "stateTag"}
