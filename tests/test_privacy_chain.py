"""From the bytes of a file to what a platform would get: nothing private gets through, by whatever way it tries."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from heliograph import metadata
from heliograph.jsonform import plain
from heliograph.model import F, Limits, Photo
from heliograph.policy import Captions, Picture, PlatformPolicy, PrivatePlace, Rules, Selection
from heliograph.render import render
from heliograph.wanted import Verdict, verdict
from metadata_samples import bag, iim, jpeg_with, picture, resource, segment, sidecar, xmp_segment

FIELDS = frozenset({F.PICTURE, F.TITLE, F.TEXT, F.ALT, F.TAGS, F.TAKEN, F.PLACE, F.RIGHTS, F.CAMERA})
LIMITS = Limits(FIELDS, FIELDS, FIELDS)
EVERY_NAME = "{{ hashtags }} {{ keyword_paths }} {{ people }} {{ place_line }} {{ latitude }} {{ longitude }}"
SITE = PlatformPolicy(
    "site",
    "site",
    select=Selection(everything=True),
    captions=Captions(title="{{ title }}", text=EVERY_NAME, alt="{{ alt_text }}", tags="levels"),
    picture=Picture(send="original", embed=("rights", "title", "keywords", "taken", "camera")),
)
HOME = PrivatePlace("CANARY", 48.5, 11.5)


def decided(path: Path, beside: Path | None = None, **rules: object) -> tuple[Photo, Verdict]:
    from heliograph.digest import image_digest

    digest, digest_of = image_digest(path, "image/jpeg")
    facts = metadata.read(path, beside)
    photo = Photo("2024/a.jpg", digest, digest_of, "image/jpeg", path.stat().st_size, facts)
    return photo, verdict(photo, digest[:32], replace(SITE, rules=Rules(**rules)), LIMITS)


def sent(path: Path, photo: Photo, found: Verdict, cache: Path) -> bytes:
    """Everything that would go out for the photo: fields, recipe and files."""
    assert found.wanted is not None, found.refusals
    assert found.wanted.recipe is not None
    form = json.dumps(plain(found.wanted), ensure_ascii=False)
    files = render(path, photo, found.wanted.recipe, cache).files
    return form.encode() + b"".join(file.path.read_bytes() for file in files)


def iptc(*words: bytes) -> bytes:
    return segment(0xED, b"Photoshop 3.0\0" + resource(0x0404, iim(*((25, word) for word in words))))


PLACE = "<exif:GPSLatitude>48,30N</exif:GPSLatitude><exif:GPSLongitude>11,30E</exif:GPSLongitude>"


@pytest.mark.parametrize("word", ["Private", "private", "Pri\u200bvate", "PRIVATE"])
@pytest.mark.parametrize(
    "container", ["dc:subject", "lr:hierarchicalSubject", "digiKam:TagsList", "MicrosoftPhoto:LastKeywordXMP", "IPTC"]
)
def test_private_forbids_a_photo_from_every_container(tmp_path, word, container):
    piece = iptc(word.encode()) if container == "IPTC" else xmp_segment(bag(container, word))
    _, found = decided(jpeg_with(picture(tmp_path), piece))
    assert found.wanted is None
    assert len(found.refusals) == 1


def test_private_in_the_picture_forbids_it_also_where_a_sidecar_says_something_else(tmp_path):
    path = jpeg_with(picture(tmp_path), xmp_segment(bag("dc:subject", "Private")))
    _, found = decided(path, sidecar(tmp_path, bag("dc:subject", "sea")))
    assert found.wanted is None


def test_a_photo_with_metadata_that_nobody_can_read_is_refused(tmp_path):
    path = jpeg_with(picture(tmp_path), xmp_segment("<dc:subject>Private"))
    _, found = decided(path)
    assert found.wanted is None
    assert decided(path, unread=True)[1].wanted is not None


@pytest.mark.parametrize(
    "properties",
    [
        bag("ext:PersonInImage", "CANARY") + bag("dc:subject", "CANARY", "sea"),
        bag("lr:hierarchicalSubject", "People|Family|CANARY") + bag("dc:subject", "CANARY", "sea"),
        bag("lr:hierarchicalSubject", "Events|People|CANARY", "Nature|sea") + bag("dc:subject", "CANARY"),
        bag("dc:subject", "People/CANARY", "sea"),
        bag("ext:PersonInImage", "Jo CANARY") + bag("dc:subject", "CANARY", "with jo canary", "sea"),
        PLACE + "<photoshop:City>CANARY</photoshop:City>" + bag("dc:subject", "CANARY by night", "sea"),
        bag("dc:subject", "CANARY", "sea"),
    ],
    ids=["person", "branch", "branch within", "slash", "part of a name", "place", "name of a private place"],
)
@pytest.mark.parametrize("beside", [False, True], ids=["embedded", "sidecar"])
def test_no_name_gets_out_in_fields_recipe_or_files(tmp_path, properties, beside):
    path = picture(tmp_path)
    xmp = sidecar(tmp_path, properties) if beside else None
    if not beside:
        jpeg_with(path, xmp_segment(properties))
    photo, found = decided(path, xmp, private_places=(HOME,), place=True)
    out = sent(path, photo, found, tmp_path / "cache")
    assert b"canary" not in out.lower()
    assert b"48.5" not in out
    assert b"sea" in out.lower()


def test_names_that_only_an_overruled_container_explains_do_not_get_out(tmp_path):
    embedded = bag("dc:subject", "CANARY", "sea") + bag("lr:hierarchicalSubject", "People|CANARY")
    path = jpeg_with(picture(tmp_path), xmp_segment(embedded))
    beside = sidecar(tmp_path, bag("lr:hierarchicalSubject", "Nature|Sea"))
    photo, found = decided(path, beside)
    assert b"CANARY" not in sent(path, photo, found, tmp_path / "cache")


def test_a_private_position_in_the_sidecar_alone_hides_the_place_names_of_the_picture(tmp_path):
    path = jpeg_with(picture(tmp_path), xmp_segment("<photoshop:City>CANARY</photoshop:City>"))
    photo, found = decided(path, sidecar(tmp_path, PLACE), private_places=(replace(HOME, name="Home"),), place=True)
    assert b"CANARY" not in sent(path, photo, found, tmp_path / "cache")
