"""Which sidecar is a picture's, also where a disk or a program wrote its name in another case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph import metadata
from heliograph.metadata import Beside, sidecars_of
from homecoming import drawn, library_at, looked

NFC, NFD = normalize("NFC", "Zoë"), normalize("NFD", "Zoë")


@pytest.mark.parametrize(
    ("picture", "beside", "found"),
    [
        ("sea.jpg", ["SEA.XMP"], ("SEA.XMP",)),
        ("sea.jpg", ["Sea.Jpg.xmp", "SEA.xmp"], ("Sea.Jpg.xmp", "SEA.xmp")),
        ("sea.jpg", ["sea.xmp", "SEA.xmp"], ("sea.xmp", "SEA.xmp")),
        ("sea.jpg", ["sea.xMp"], ("sea.xMp",)),
        ("IMG.JPG", ["img.xmp", "img.jpg"], ()),
        ("IMG.JPG", ["img.xmp", "img.cr2"], ()),
        ("img.jpg", ["img.xmp", "IMG.JPG"], ("img.xmp",)),
        (f"{NFC}.jpg", [f"{NFD}.xmp"], (f"{NFD}.xmp",)),
        (f"{NFD}.jpg", [f"{NFC}.jpg.xmp"], (f"{NFC}.jpg.xmp",)),
        ("Straße.jpg", ["STRASSE.XMP"], ("STRASSE.XMP",)),
        ("sea.jpg", ["seaside.xmp", "sea.txt", "xmp", ".xmp"], ()),
    ],
)
def test_a_sidecar_in_another_case_counts_unless_a_picture_there_has_just_that_name(picture, beside, found):
    assert sidecars_of(picture, [picture, *beside]) == found


@given(st.lists(st.sampled_from(["a", "A"]).flatmap(lambda stem: st.sampled_from([f"{stem}.jpg", f"{stem}.png"]))))
def test_where_each_picture_has_a_sidecar_of_its_own_name_no_other_is_given_to_it(pictures):
    beside = Beside([*pictures, *(f"{name}.xmp" for name in pictures)])
    for name in pictures:
        assert beside.sidecars_of(name) == (f"{name}.xmp",)


def test_words_in_a_sidecar_of_another_case_keep_a_photo_private_and_are_followed(tmp_path: Path):
    library = library_at(tmp_path / "photos")
    picture = drawn(tmp_path / "photos" / f"{NFC}.jpg")
    sidecar = picture.with_name(f"{NFD.upper()}.XMP")
    metadata.write_sidecar(sidecar, replace(metadata.read(picture), title="Ours", keyword_paths=(("Private",),)))
    (photo,) = looked(library).values()
    assert (photo.facts.title, photo.facts.keyword_paths) == ("Ours", (("Private",),))
    library.amend(photo, {"title": "Ebb"})
    (photo,) = looked(library).values()
    assert (photo.facts.title, photo.facts.keyword_paths) == ("Ebb", (("Private",),))
    assert sorted(path.name for path in sidecar.parent.iterdir()) == sorted([picture.name, sidecar.name])


def test_a_video_or_a_note_beside_a_photo_has_no_say_in_whose_a_sidecar_is(tmp_path: Path):
    library = library_at(tmp_path / "photos")
    picture = drawn(tmp_path / "photos" / "SEA.JPG")
    for name in ("sea.mov", "sea.txt", ".sea"):
        picture.with_name(name).write_bytes(b"no picture")
    sidecar = picture.with_name("sea.xmp")
    metadata.write_sidecar(sidecar, replace(metadata.read(picture), title="Ours", keyword_paths=(("Private",),)))
    (photo,) = looked(library).values()
    assert photo.facts.title == "Ours"
    library.amend(photo, {"title": "Ebb"})
    (photo,) = looked(library).values()
    assert (photo.facts.title, photo.facts.keyword_paths) == ("Ebb", (("Private",),))
    assert sorted(path.suffix for path in sidecar.parent.iterdir() if path.suffix.lower() == ".xmp") == [".xmp"]
