"""The demo's sample photos: drawn alike at every run, looking like something, and special where they say so."""

import hashlib
import io
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from heliograph import metadata
from heliograph.demo.samples import (
    HOME_CIRCLE,
    PLATFORMS,
    delete_one,
    draw_samples,
    edit_some,
    group_names,
    samples,
)
from heliograph.demo.scenes import SCENES
from heliograph.digest import image_digest
from heliograph.errors import Mistake

pytestmark = pytest.mark.xdist_group("demo-samples")  # drawn once, not once by every worker

SMALL_PX = 160


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples") / "photos"
    notes = draw_samples(folder, SMALL_PX)
    return folder, notes


@pytest.fixture
def folder(drawn, tmp_path):
    """A copy of its own, to be edited."""
    for path in drawn[0].rglob("*.*"):
        target = tmp_path / path.relative_to(drawn[0])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return tmp_path


def _noted(notes, words: str) -> str:
    (note,) = [note for note in notes if words in note]
    return next(where for where in _all_names() if note.startswith(where + " "))


def _all_names() -> list[str]:
    others = ["2024/Portfolio/northern_lights.jpg", "2023/Harbour city/HAR_0064.jpg"]
    return [sample.where for sample in samples()] + others


def _apart_m(facts) -> float:
    north = (facts.place.latitude - HOME_CIRCLE.latitude) * 111_320
    east = (facts.place.longitude - HOME_CIRCLE.longitude) * 111_320 * math.cos(math.radians(HOME_CIRCLE.latitude))
    return math.hypot(north, east)


def test_the_folder_holds_the_named_files_and_nothing_else(drawn):
    folder, _ = drawn
    assert set(_digests(folder)) == {*_all_names(), "2022/Provence/PRO_0077.xmp"}


def test_every_scene_is_shown_once():
    assert sorted(sample.scene for sample in samples()) == sorted(SCENES)


def test_a_second_run_draws_the_same_files_byte_for_byte(drawn, tmp_path):
    draw_samples(tmp_path, SMALL_PX)
    assert _digests(tmp_path) == _digests(drawn[0])


def test_every_picture_has_light_and_dark(drawn):
    for sample in samples():
        with Image.open(drawn[0] / sample.where) as picture:
            tones = np.asarray(picture.convert("L"))
        assert tones.std() > 10, sample.where
        assert np.mean(tones < 5) < 0.75, f"{sample.where} is mostly black"
        assert np.mean(tones > 250) < 0.5, f"{sample.where} is mostly white"


def test_pictures_have_their_shape_and_carry_an_srgb_profile(drawn):
    for sample in samples():
        with Image.open(drawn[0] / sample.where) as picture:
            picture.load()
            wide, high = sample.shape
            shape = (high, wide) if sample.facts.orientation == 6 else (wide, high)
            assert picture.width / picture.height == pytest.approx(shape[0] / shape[1], rel=0.02), sample.where
            assert max(picture.size) == SMALL_PX
            profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
            assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_every_file_says_what_was_meant(drawn):
    for sample in samples():
        path = drawn[0] / sample.where
        facts = metadata.read(path, path.with_suffix(".xmp") if sample.sidecar else None)
        for field in (
            "title", "headline", "caption", "alt_text", "keyword_paths", "people", "taken", "camera_model", "lens",
            "exposure", "rights", "rating", "label", "orientation",
        ):  # fmt: skip
            assert getattr(facts, field) == getattr(sample.facts, field), f"{field} of {sample.where}"
        assert set(facts.keywords) >= set(sample.facts.keywords), sample.where
        assert facts.place.country == sample.facts.place.country
        assert facts.place.latitude == pytest.approx(sample.facts.place.latitude, abs=1e-5)
        assert not facts.warnings


def test_every_photo_has_keywords_and_all_but_one_an_alt_text_and_a_title(drawn):
    assert all(sample.facts.keywords for sample in samples())
    undescribed = [sample.where for sample in samples() if not sample.facts.alt_text.endswith(".")]
    assert undescribed == [_noted(drawn[1], "has no alt text")]
    assert [sample.where for sample in samples() if not sample.facts.title] == ["2023/Harbour city/HAR_0063.jpg"]


def test_three_albums_overlap():
    albums: dict[str, set[str]] = {}
    for sample in samples():
        for path in sample.facts.keyword_paths:
            if path[:2] == ("Socials", "albums"):
                albums.setdefault(path[2], set()).add(sample.where)
    assert sorted(albums) == ["After dark", "Lines and forms", "Northern light"]
    assert albums["Northern light"] & albums["After dark"]
    assert all(len(members) >= 4 for members in albums.values())


def test_one_photo_is_wished_nowhere(drawn):
    unwished = [s.where for s in samples() if not any(path[0] == "Socials" for path in s.facts.keyword_paths)]
    assert unwished == [_noted(drawn[1], "nobody wishes it")]


def test_two_photos_are_private_and_wished_all_the_same(drawn):
    private = [
        s for s in samples() if "Private" in s.facts.keywords or any("Private" in p for p in s.facts.keyword_paths)
    ]
    assert len(private) == 2
    for platform in PLATFORMS:
        assert all(("Socials", platform) in sample.facts.keyword_paths for sample in private)
    assert len([note for note in drawn[1] if "is private" in note]) == 2


def test_only_photos_at_home_lie_in_the_private_place():
    near = {
        s.where for s in samples() if s.facts.place.latitude is not None and _apart_m(s.facts) < HOME_CIRCLE.radius_m
    }
    assert near == {"2023/Home/HOM_0003.jpg", "2023/Home/HOM_0011.jpg"}


def test_the_sideways_one_is_stored_lying_and_looked_at_upright(drawn):
    path = drawn[0] / _noted(drawn[1], "lying on its side")
    with Image.open(path) as picture:
        assert picture.width > picture.height
        assert picture.getexif()[0x0112] == 6


def test_the_file_beside_the_sidecar_says_nothing_itself(drawn):
    facts = metadata.read(drawn[0] / _noted(drawn[1], "sidecar"))
    assert (facts.title, facts.caption, facts.keywords, facts.place.latitude) == ("", "", (), None)


def test_the_duplicate_is_the_same_file_elsewhere(drawn):
    digests = _digests(drawn[0])
    assert digests["2024/Portfolio/northern_lights.jpg"] == digests["2019/Lofoten/LOF_0142.jpg"]


def test_the_damaged_file_begins_as_a_jpeg_and_cannot_be_decoded(drawn):
    path = drawn[0] / _noted(drawn[1], "damaged")
    assert path.read_bytes()[:3] == b"\xff\xd8\xff"
    with pytest.raises(OSError), Image.open(path) as picture:  # noqa: PT011  whatever Pillow says of it
        picture.load()


def test_people_are_named_where_people_are(drawn):
    assert [s.where for s in samples() if s.facts.people] == [_noted(drawn[1], "PersonInImage")]


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Mistake, match="not an empty folder"):
        draw_samples(tmp_path, SMALL_PX)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_edits_change_three_files(folder):
    before = _digests(folder)
    said = edit_some(folder)
    after = _digests(folder)
    changed = sorted(where for where in before if before[where] != after[where])
    assert sorted(after) == sorted(before)
    assert len(changed) == len(said) == 3
    assert all(any(sentence.startswith(where) for sentence in said) for where in changed)
    originals = {sample.where: sample.facts for sample in samples()}
    titled, captioned, described = changed
    facts = metadata.read(folder / titled)
    assert facts.title == "Layers of morning, with coffee" != originals[titled].title
    assert facts.caption == originals[titled].caption
    facts = metadata.read(folder / captioned)
    assert facts.title == originals[captioned].title
    assert facts.caption != originals[captioned].caption
    assert facts.alt_text not in {"", originals[captioned].alt_text}
    assert set(facts.keyword_paths) - set(originals[captioned].keyword_paths) == {("Technique", "Reflection")}
    assert metadata.read(folder / described).alt_text.endswith(".")
    assert not originals[described].alt_text


def test_edited_files_keep_their_image_data_digest(drawn, folder):
    edited = [sentence.split(" has ")[0] for sentence in edit_some(folder)]
    for where in edited:
        assert image_digest(folder / where, "image/jpeg") == image_digest(drawn[0] / where, "image/jpeg")


def test_the_deletion_takes_one_wished_photo(folder):
    before = set(_digests(folder))
    sentence = delete_one(folder)
    (gone,) = before - set(_digests(folder))
    assert sentence.startswith(gone)
    facts = next(sample.facts for sample in samples() if sample.where == gone)
    assert {("Socials", platform) for platform in PLATFORMS} <= set(facts.keyword_paths)


def test_most_photos_are_wished_everywhere_and_some_in_a_group():
    wished = {name: {s.where for s in samples() if ("Socials", name) in s.facts.keyword_paths} for name in PLATFORMS}
    assert wished["flickr"] < wished["site"]
    assert wished["flickr"] == wished["pixelfed"] == wished["mastodon"]
    assert len(wished["flickr"]) > len(wished["site"]) * 3 / 4
    (group,) = group_names()
    grouped = [s.where for s in samples() if ("Socials", "flickr", "groups", group) in s.facts.keyword_paths]
    assert len(grouped) == 3
    assert set(grouped) <= wished["flickr"]
