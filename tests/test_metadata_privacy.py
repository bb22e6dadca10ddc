"""The last look before a file leaves: canaries of every kind are found, and nothing else is."""

from __future__ import annotations

import io
from dataclasses import replace

import exiv2
import pytest
from PIL import Image

from heliograph import metadata
from heliograph.errors import Refused
from heliograph.model import Facts, Place, Rights
from metadata_samples import (
    FULL,
    bag,
    jpeg_with,
    packet,
    picture,
    png_with,
    resource,
    segment,
    xmp_segment,
)

FACE = '<mwg-rs:RegionList><rdf:Bag><rdf:li mwg-rs:Name="CANARY"/></rdf:Bag></mwg-rs:RegionList>'
RIGHTS = Facts(rights=Rights(("Ann",), copyright="© Ann"), alt_text="A harbour", orientation=6)


def planted(path, *, exif=(), xmp=(), iptc=()):
    image = exiv2.ImageFactory.open(str(path))
    image.readMetadata()
    for key, value in exif:
        image.exifData()[key] = value
    for key, value in xmp:
        image.xmpData()[key] = value
    for key, value in iptc:
        image.iptcData()[key] = value
    image.writeMetadata()
    return path


@pytest.mark.parametrize(
    "key",
    [
        "Exif.GPSInfo.GPSLatitude",
        "Exif.GPSInfo.GPSAreaInformation",
        "Exif.Image.Artist",
        "Exif.Image.Software",
        "Exif.Image.ImageDescription",
        "Exif.Image.XPAuthor",
        "Exif.Image.HostComputer",
        "Exif.Photo.BodySerialNumber",
        "Exif.Photo.CameraOwnerName",
        "Exif.Photo.DateTimeOriginal",
        "Exif.Photo.ImageUniqueID",
        "Exif.Photo.LensSerialNumber",
        "Exif.Photo.MakerNote",
        "Exif.Photo.UserComment",
    ],
)
def test_exif_that_was_not_allowed_is_named(tmp_path, key):
    value = {
        "Exif.GPSInfo.GPSLatitude": "48/1 0/1 0/1",
        "Exif.Photo.MakerNote": "67 65 78 65 82 89",
        "Exif.Image.XPAuthor": "67 0",
    }
    path = planted(picture(tmp_path), exif=[(key, value.get(key, "CANARY"))])
    assert key in metadata.residue(path, Facts())
    assert key in metadata.residue(path, RIGHTS)


@pytest.mark.parametrize(
    ("properties", "key"),
    [
        ("<xmpMM:DocumentID>xmp.did:CANARY</xmpMM:DocumentID>", "Xmp.xmpMM.DocumentID"),
        (
            '<xmpMM:History><rdf:Seq><rdf:li stEvt:softwareAgent="CANARY"/></rdf:Seq></xmpMM:History>',
            "Xmp.xmpMM.History[1]/stEvt:softwareAgent",
        ),
        (
            f'<mwg-rs:Regions rdf:parseType="Resource">{FACE}</mwg-rs:Regions>',
            "Xmp.mwg-rs.Regions/mwg-rs:RegionList[1]/mwg-rs:Name",
        ),
        (bag("ext:PersonInImage", "CANARY"), "Xmp.iptcExt.PersonInImage"),
        (bag("dc:creator", "CANARY", kind="Seq"), "Xmp.dc.creator"),
        ("<exif:GPSLatitude>48,0N</exif:GPSLatitude>", "Xmp.exif.GPSLatitude"),
        ("<!-- CANARY -->", "XMP packet beyond its properties"),
    ],
)
def test_xmp_that_was_not_allowed_is_named(tmp_path, properties, key):
    path = jpeg_with(picture(tmp_path), xmp_segment(properties))
    assert key in metadata.residue(path, RIGHTS)


def test_a_word_between_allowed_properties_is_found(tmp_path):
    path = picture(tmp_path)
    metadata.write(path, RIGHTS)
    data = path.read_bytes()
    assert metadata.residue(path, RIGHTS) == ()
    padded = data.rindex(b" " * 40, 0, data.index(b"<?xpacket end"))
    path.write_bytes(data[:padded] + b"CANARY" + data[padded + 6 :])
    assert metadata.residue(path, RIGHTS) == ("XMP packet beyond its properties",)


def test_iptc_comments_and_thumbnails_are_named(tmp_path):
    path = planted(picture(tmp_path), iptc=[("Iptc.Application2.Writer", "CANARY")])
    assert metadata.residue(path, RIGHTS) == ("Iptc.Application2.Writer",)
    path = jpeg_with(picture(tmp_path), segment(0xFE, b"CANARY"))
    assert "comment" in metadata.residue(path, Facts())
    thumbnail = io.BytesIO()
    Image.new("RGB", (16, 12)).save(thumbnail, "JPEG")
    image = exiv2.ImageFactory.open(str(picture(tmp_path)))
    image.readMetadata()
    exiv2.ExifThumb(image.exifData()).setJpegThumbnail(thumbnail.getvalue())
    image.writeMetadata()
    found = metadata.residue(tmp_path / "a.jpg", Facts())
    assert "thumbnail" in found
    assert any(key.startswith("Exif.Thumbnail") for key in found)


@pytest.mark.parametrize(
    ("piece", "name"),
    [
        (segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0CANARY"), "APP1 (http://ns.adobe.com/xmp/extension/)"),
        (segment(0xE2, b"MPF\0CANARY"), "APP2 (MPF)"),
        (segment(0xE0, b"JFXX\0CANARY"), "APP0 (JFXX)"),
        (segment(0xEB, b"JPCANARY"), "APP11 (JPCANARY)"),
        (segment(0xED, b"Photoshop 3.0\0" + resource(0x040C, b"CANARY")), "Photoshop image resources"),
        (segment(0xED, b"Adobe_CM\0CANARY"), "APP13 (Adobe_CM)"),
    ],
)
def test_what_exiv2_passes_over_in_a_jpeg_is_named(tmp_path, piece, name):
    path = jpeg_with(picture(tmp_path), piece)
    assert name in metadata.residue(path, Facts())


def test_what_exiv2_passes_over_in_png_and_webp_is_named(tmp_path):
    path = png_with(picture(tmp_path, "a.png"), b"tEXt", b"Author\0CANARY")
    assert metadata.residue(path, Facts()) == ("tEXt (Author)",)
    path = picture(tmp_path, "a.webp")
    body = path.read_bytes()[8:] + b"JUNK\x06\0\0\0CANARY"
    path.write_bytes(b"RIFF" + len(body).to_bytes(4, "little") + body)
    assert metadata.residue(path, Facts()) == ("JUNK (CANARY)",)


def test_somebody_elses_words_under_an_allowed_key_are_named(tmp_path):
    path = picture(tmp_path)
    metadata.write(path, replace(RIGHTS, rights=Rights(("Mallory",), copyright="© Ann")))
    assert metadata.residue(path, RIGHTS) == ("Exif.Image.Artist", "Iptc.Application2.Byline", "Xmp.dc.creator")


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_what_was_written_is_clean_and_every_fact_less_is_named(tmp_path, name):
    path = picture(tmp_path, name)
    metadata.write(path, FULL)
    assert metadata.residue(path, FULL) == ()
    for less in (
        {"place": Place()},
        {"people": ()},
        {"title": ""},
        {"taken": None},
        {"rights": Rights()},
        {"keywords": ()},
    ):
        assert metadata.residue(path, replace(FULL, **less)), less


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_clearing_takes_every_canary_out(tmp_path, name):
    path = picture(tmp_path, name)
    planted(
        path,
        exif=[
            ("Exif.Photo.BodySerialNumber", "CANARY1"),
            ("Exif.Photo.CameraOwnerName", "CANARY2"),
            ("Exif.Image.Software", "CANARY3"),
            ("Exif.GPSInfo.GPSAreaInformation", "CANARY4"),
        ],
        xmp=[("Xmp.xmpMM.DocumentID", "CANARY5")],
    )
    if name == "a.jpg":
        jpeg_with(path, segment(0xFE, b"CANARY6"), segment(0xFE, b"CANARY7"), segment(0xED, b"Photoshop 3.0\0CANARY8"))
        jpeg_with(path, segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0CANARY9"))
    if name == "a.png":
        png_with(path, b"tEXt", b"Author\0CANARY6")
        png_with(path, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet("<dc:format>CANARY7</dc:format>"))
    assert b"CANARY" in path.read_bytes()
    metadata.clear(path)
    assert b"CANARY" not in path.read_bytes()
    assert metadata.residue(path, Facts()) == ()
    metadata.write(path, RIGHTS)
    assert metadata.residue(path, RIGHTS) == ()


def test_of_a_file_that_cannot_be_read_nothing_is_claimed(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(Refused):
        metadata.residue(tmp_path / "a.jpg", Facts())
