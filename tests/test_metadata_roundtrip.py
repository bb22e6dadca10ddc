from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from heliograph import metadata
from heliograph.errors import Refused
from heliograph.metadata.engine import EMPTY_XMP
from heliograph.model import Exposure, Facts, Place, Taken
from metadata_samples import FULL, SAYINGS, picture

DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
FORMATS = ["a.jpg", "a.png", "a.webp", "a.tif"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_fact_survives_writing_and_reading(tmp_path, name):
    path = picture(tmp_path, name)
    metadata.write(path, FULL)
    facts = metadata.read(path)
    assert {field: getattr(facts, field) for field in SAYINGS} == {field: getattr(FULL, field) for field in SAYINGS}
    assert (facts.width_px, facts.height_px) == (64, 48)
    assert facts.warnings == ()
    assert pickle.loads(pickle.dumps(facts)) == facts  # noqa: S301 - our own bytes


def test_a_sidecar_says_everything_that_a_picture_can_say_but_its_orientation(tmp_path):
    path, beside = picture(tmp_path), tmp_path / "a.xmp"
    metadata.write_sidecar(beside, FULL)
    facts = metadata.read(path, beside)
    said = [field for field in SAYINGS if field != "orientation"]
    assert {field: getattr(facts, field) for field in said} == {field: getattr(FULL, field) for field in said}
    assert set(dict(facts.sources).values()) == {"sidecar XMP"}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_facts_make_the_same_bytes_whatever_was_read_before(tmp_path, name):
    path, beside = picture(tmp_path, name), tmp_path / "a.xmp"
    blank = path.read_bytes()
    metadata.write(path, FULL)
    metadata.write_sidecar(beside, FULL)
    first, sidecar = path.read_bytes(), beside.read_bytes()
    _read_unusual_prefixes(tmp_path)
    path.write_bytes(blank)
    metadata.write(path, FULL)
    metadata.write_sidecar(beside, FULL)
    assert path.read_bytes() == first
    assert beside.read_bytes() == sidecar
    assert b"xmptk" not in first
    assert b"Exiv2" not in first


def _read_unusual_prefixes(folder):
    """Of other programs: from the usual one of IPTC Extension on, the toolkit takes every prefix that it meets."""
    beside, other = folder / "b.xmp", picture(folder, "b.jpg")
    for prefix, uri in (("Iptc4xmpExt", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"), ("d", DUBLIN_CORE)):
        said = f'<rdf:Description rdf:about="" xmlns:{prefix}="{uri}" {prefix}:source="Attic"/>'
        beside.write_text(EMPTY_XMP.format(said), encoding="utf-8")
        assert metadata.read(other, beside).warnings == ()


@pytest.mark.parametrize("name", FORMATS)
def test_blank_facts_change_nothing(tmp_path, name):
    path = picture(tmp_path, name)
    metadata.write(path, FULL)
    before = path.read_bytes()
    metadata.write(path, Facts())
    assert path.read_bytes() == before
    metadata.write(path, Facts(title="New"))
    facts = metadata.read(path)
    wanted = {field: getattr(FULL, field) for field in SAYINGS} | {"title": "New"}
    assert {field: getattr(facts, field) for field in SAYINGS} == wanted


@pytest.mark.parametrize("name", FORMATS)
def test_clearing_leaves_the_picture_and_its_profile(tmp_path, name):
    from PIL import ImageCms

    path = tmp_path / name
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (64, 48), (9, 99, 9)).save(path, icc_profile=profile)
    metadata.write(path, FULL)
    metadata.clear(path)
    facts = metadata.read(path)
    assert facts == Facts(width_px=64, height_px=48)
    assert metadata.residue(path, Facts()) == ()
    with Image.open(path) as image:
        image.load()
        assert image.info["icc_profile"] == profile


def test_a_new_date_replaces_the_old_one_everywhere(tmp_path):
    path = picture(tmp_path)
    metadata.write(path, FULL)
    metadata.write(path, Facts(taken=Taken("1936-07")))
    facts = metadata.read(path)
    assert facts.taken == Taken("1936-07", circa="ca. 1936")
    assert facts.warnings == ()


@pytest.mark.parametrize("local", ["2024", "2024-05", "2024-05-03", "2024-05-03T14:05:06"])
def test_partial_dates_stay_partial(tmp_path, local):
    path = picture(tmp_path)
    metadata.write(path, Facts(taken=Taken(local)))
    assert metadata.read(path).taken == Taken(local)


def test_extreme_exposures_and_corners_of_the_earth_survive(tmp_path):
    path = picture(tmp_path)
    facts = Facts(exposure=Exposure(102_400, (30, 1), 0.95, 8.5, None), place=Place(90.0, -180.0, 0.0))
    metadata.write(path, facts)
    again = metadata.read(path)
    assert (again.exposure, again.place) == (facts.exposure, facts.place)


def test_an_unwritable_file_is_refused_in_words(tmp_path):
    with pytest.raises(Refused, match=r"gone\.jpg cannot be opened"):
        metadata.write(tmp_path / "gone.jpg", FULL)
    with pytest.raises(Refused, match=r"a\.xmp could not be written"):
        metadata.write_sidecar(tmp_path / "nowhere" / "a.xmp", FULL)


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None)
@given(title=words, caption=words, keywords=st.lists(words, max_size=4), creator=words)
def test_any_words_come_back_as_they_were_cleaned(tmp_path_factory, title, caption, keywords, creator):
    path = picture(tmp_path_factory.mktemp("words"))
    metadata.write(path, Facts(title=title, caption=caption, keywords=tuple(keywords)))
    once = metadata.read(path)
    metadata.clear(path)
    metadata.write(path, once)
    assert metadata.residue(path, once) == ()
    again = metadata.read(path)
    assert (again.title, again.caption, again.keywords) == (once.title, once.caption, once.keywords)
    assert all("\0" not in text and text == text.strip() for text in (once.title, once.caption, *once.keywords))
