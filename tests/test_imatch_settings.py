"""The IMatch library as the settings name it, and what it remembers between looks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph import config
from heliograph.desk import making
from heliograph.errors import Mistake
from heliograph.libraries.imatch import CategoryKeywords, IMatch, MetadataFrom
from heliograph.libraries.imatch.stamps import READING, Stamp, parsed
from imatch_house import Patient

SETTINGS = """
[library]
kind = "imatch"
url = "http://127.0.0.1:4711"
path_map = { 'D:\\Photos' = '/mnt/photos', 'E:' = '/mnt/e' }
formats = ["WEBP", "JPEG"]
metadata_from = "tagged"
alt_text = ["ai", "description"]
camera_texts = {}
required = { flickr = ["genre"] }
columns = { garden = ["posted", "media_id"] }

[[library.keywords]]
category = "Location"
levels = 2

[[library.keywords]]
category = "Technique"
also = { mono = ["monochrome"] }

[platforms.quantum]
kind = "site"
folder = "site"
"""


def library(tmp_path, text, env=()):
    path = tmp_path / "heliograph.toml"
    path.write_text(text, encoding="utf-8")
    made = making.library(config.load(path, dict(env)), Patient())
    assert isinstance(made, IMatch)
    made.close()
    return made


def test_the_settings_file_sets_every_kind_of_option(tmp_path):
    options = library(tmp_path, SETTINGS, {"HELIOGRAPH_LIBRARY__PASSWORD": "open sesame"}).options
    assert options.url == "http://127.0.0.1:4711"
    assert options.path_map == {"D:\\Photos": "/mnt/photos", "E:": "/mnt/e"}
    assert options.keywords == (
        CategoryKeywords("Location", 2),
        CategoryKeywords("Technique", also={"mono": ("monochrome",)}),
    )
    assert options.metadata_from is MetadataFrom.TAGGED
    assert options.camera_texts == {}
    assert options.columns == {"garden": ("posted", "media_id")}
    assert options.password == "open sesame"  # noqa: S105


def test_a_library_needs_no_setting_but_its_kind(tmp_path):
    assert library(tmp_path, '[library]\nkind = "imatch"\n').options.url == "http://127.0.0.1:50519"


@pytest.mark.parametrize("wrong", ['format = ["JPEG"]', 'metadata_from = "both"', "keywords = [{ level = 3 }]"])
def test_wrong_settings_are_mistakes_that_name_their_line(tmp_path, wrong):
    with pytest.raises(Mistake, match="line 3"):
        library(tmp_path, f'[library]\nkind = "imatch"\n{wrong}\n')


STAMP = Stamp(1, 2, (1, 3), (1, 3, 4), 1, "D:/a b.jpg", "1:2:3+1:4:5", "ab", "cd", {"flickr": "ef"})


def test_a_stamp_comes_back_as_it_was():
    assert parsed(STAMP.text()) == STAMP


@given(st.one_of(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists).map(str)))
def test_a_stamp_of_anything_else_is_none(text):
    assert parsed(text) is None


def test_a_stamp_of_an_earlier_reading_is_none():
    assert parsed(STAMP.text().replace(f'["{READING}"', '["0"', 1)) is None
