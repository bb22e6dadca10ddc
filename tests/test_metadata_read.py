from __future__ import annotations

import hashlib

import exiv2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from heliograph import metadata
from heliograph.errors import Refused
from heliograph.metadata import dates
from heliograph.model import Facts, Taken
from metadata_samples import (
    bag,
    iim,
    jpeg_with,
    packet,
    picture,
    png_with,
    resource,
    segment,
    sidecar,
    xmp_segment,
)


def with_exif(path, entries):
    image = exiv2.ImageFactory.open(str(path))
    image.readMetadata()
    for key, value in entries.items():
        image.exifData()[key] = value
    image.writeMetadata()
    return path


def with_iptc(path, *entries, digest_of=None):
    """The IPTC block as Photoshop writes it, with the digest that it had when XMP was last written."""
    block = iim(*entries)
    data = b"Photoshop 3.0\0" + resource(0x0404, block)
    if digest_of is not None:
        digest = hashlib.md5(iim(*digest_of), usedforsecurity=False).digest()
        data += resource(0x0425, digest)
    return jpeg_with(path, segment(0xED, data))


# --- who is believed --------------------------------------------------------------------------------------------------


def test_exif_goes_before_xmp_and_the_contradiction_is_told(tmp_path):
    path = jpeg_with(picture(tmp_path), xmp_segment(bag("dc:description", "from xmp", kind="Alt")))
    with_exif(path, {"Exif.Image.ImageDescription": "from exif"})
    facts = metadata.read(path)
    assert facts.caption == "from exif"
    assert dict(facts.sources)["caption"] == "Exif"
    assert facts.warnings == ("Exif and XMP disagree on the caption; Exif was believed.",)


@pytest.mark.parametrize("blank", ["   ", "OLYMPUS DIGITAL CAMERA", "DCIM\\100MEDIA\\DJI_0042.JPG"])
def test_a_blank_or_the_cameras_own_description_is_nobodys_caption(tmp_path, blank):
    path = jpeg_with(picture(tmp_path), xmp_segment(bag("dc:description", "words", kind="Alt")))
    with_exif(path, {"Exif.Image.ImageDescription": blank})
    assert metadata.read(path).caption == "words"


def test_a_sidecar_goes_before_everything_embedded(tmp_path):
    path = with_exif(picture(tmp_path), {"Exif.Image.ImageDescription": "from exif", "Exif.Image.Artist": "Ann"})
    beside = sidecar(tmp_path, bag("dc:description", "from sidecar", kind="Alt"))
    facts = metadata.read(path, beside)
    assert (facts.caption, facts.rights.creators) == ("from sidecar", ("Ann",))
    assert dict(facts.sources) == {"caption": "sidecar XMP", "creators": "Exif"}


def test_an_unchanged_iptc_block_goes_behind_xmp(tmp_path):
    entries = ((5, b"short"),)
    path = jpeg_with(picture(tmp_path), xmp_segment(bag("dc:title", "whole", kind="Alt")))
    with_iptc(path, *entries, digest_of=entries)
    assert metadata.read(path).title == "whole"


def test_a_changed_iptc_block_goes_before_xmp(tmp_path):
    path = jpeg_with(picture(tmp_path), xmp_segment(bag("dc:title", "old", kind="Alt") + bag("dc:subject", "old")))
    with_iptc(path, (5, b"new"), (25, b"fresh"), digest_of=((5, b"old"),))
    facts = metadata.read(path)
    assert (facts.title, facts.keywords) == ("new", ("fresh",))
    assert dict(facts.sources) == {"title": "IPTC", "keywords": "IPTC"}


def test_the_length_limits_of_iptc_never_cut_what_xmp_holds_whole(tmp_path):
    title, keyword = "T" * 100, "k" * 63 + "ü and more"
    path = jpeg_with(picture(tmp_path), xmp_segment(bag("dc:title", title, kind="Alt") + bag("dc:subject", keyword)))
    with_iptc(path, (5, b"T" * 64), (25, keyword.encode()[:64]), (25, b"new"), digest_of=())
    facts = metadata.read(path)
    assert facts.title == title
    assert facts.keywords == (keyword, "new")


def test_iptc_alone_is_read_in_its_encoding(tmp_path):
    latin = with_iptc(picture(tmp_path, "l.jpg"), (5, "Übung".encode("latin-1")), (25, b"one"), (25, b"two"))
    assert metadata.read(latin).title == "Übung"
    assert metadata.read(latin).keywords == ("one", "two")
    assert metadata.read(with_iptc(picture(tmp_path, "u.jpg"), (5, "Übung".encode()))).title == "Übung"


def test_exif_text_is_utf_8_or_else_latin_1(tmp_path):
    path = picture(tmp_path)
    exif = Image.Exif()
    exif[0x010E] = "Grüße".encode("latin-1")
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    assert metadata.read(path).caption == "Grüße"


def test_texts_are_normalised_and_carry_no_control_characters(tmp_path):
    path = with_exif(picture(tmp_path), {"Exif.Image.ImageDescription": " e\u0301\x1b[31mred\x07\r\nnext\tline&amp; "})
    assert metadata.read(path).caption == "é[31mred\nnext\tline&amp;"


def test_both_parts_of_an_exif_copyright_are_read(tmp_path):
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x8298] = b"Ann\0Agency\0"
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    assert metadata.read(path).rights.copyright == "Ann; Agency"


def test_of_several_languages_the_default_is_read_and_else_the_first(tmp_path):
    item = '<rdf:li xml:lang="{}">{}</rdf:li>'.format
    both = item("de", "Deutsch") + item("x-default", "default")
    path = sidecar(tmp_path, f"<dc:title><rdf:Alt>{both}</rdf:Alt></dc:title>")
    assert metadata.read(picture(tmp_path), path).title == "default"
    path = sidecar(tmp_path, f"<dc:title><rdf:Alt>{item('de', 'Deutsch')}</rdf:Alt></dc:title>")
    assert metadata.read(picture(tmp_path), path).title == "Deutsch"


# --- keywords and people ----------------------------------------------------------------------------------------------


def test_hierarchical_keywords_are_read_from_every_program(tmp_path):
    beside = sidecar(
        tmp_path,
        bag("dc:subject", "flat", "A|B|C", "flat", "edge|")
        + bag("lr:hierarchicalSubject", "Places|France|Paris", "Solo")
        + bag("digiKam:TagsList", "Nature/Lake", "_Digikam_Internal_/Color Label", kind="Seq")
        + bag("MicrosoftPhoto:LastKeywordXMP", "Nature/Lake", "Animals/Cat"),
    )
    facts = metadata.read(picture(tmp_path), beside)
    assert facts.keywords == ("flat", "edge")
    assert facts.keyword_paths == (
        ("A", "B", "C"),
        ("Animals", "Cat"),
        ("Nature", "Lake"),
        ("Places", "France", "Paris"),
        ("Solo",),
    )


def test_people_are_read_from_lists_and_face_regions_but_not_from_other_regions(tmp_path):
    def region(name, kind):
        return f'<rdf:li mwg-rs:Name="{name}" mwg-rs:Type="{kind}"/>'

    beside = sidecar(
        tmp_path,
        bag("ext:PersonInImage", "Ann", "Bob")
        + '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag>'
        + region("Bob", "Face")
        + region("Cid", "Face")
        + region("Rex", "Pet")
        + "</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"
        + '<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag><rdf:li rdf:parseType="Resource">'
        + "<MPReg:PersonDisplayName>Dora</MPReg:PersonDisplayName></rdf:li></rdf:Bag></MPRI:Regions></MP:RegionInfo>",
    )
    assert metadata.read(picture(tmp_path), beside).people == ("Ann", "Bob", "Cid", "Dora")


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("2024:05:03 14:05:06", Taken("2024-05-03T14:05:06")),
        ("2024-05-03T14:05:06.250+0200", Taken("2024-05-03T14:05:06", "250", "+02:00")),
        ("2024-05-03T14:05Z", Taken("2024-05-03T14:05:00", "", "+00:00")),
        ("20240503T140506-0330", Taken("2024-05-03T14:05:06", "", "-03:30")),
        ("2024:05:   :  :  ", Taken("2024-05")),
        ("2024:00:00 00:00:00", Taken("2024")),
        ("2024-05-00", Taken("2024-05")),
        ("2024-05-03T25:00:00", Taken("2024-05-03")),
        ("1936", Taken("1936")),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("", None),
    ],
)
def test_dates_are_read_as_far_as_they_are_known(written, taken):
    assert dates.parse(written) == taken


@pytest.mark.parametrize("written", ["yesterday", "2024-13-01", "2024:02:30 10:00:00", "2024-05-03 at noon"])
def test_what_is_no_date_is_said_to_be_none(tmp_path, written):
    with pytest.raises(dates.NoDateError):
        dates.parse(written)
    path = with_exif(picture(tmp_path), {"Exif.Photo.DateTimeOriginal": written})
    facts = metadata.read(path)
    assert facts.taken is None
    assert facts.warnings == (f"The date in Exif ({written!r}) is no date and was not used.",)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader_of_dates(text):
    try:
        taken = dates.parse(text)
    except dates.NoDateError:
        return
    assert taken is None or taken.local[:4].isdigit()


def test_an_unknown_offset_stays_unknown_and_the_date_of_digitising_is_not_the_date_taken(tmp_path):
    path = with_exif(
        picture(tmp_path),
        {
            "Exif.Photo.DateTimeOriginal": "2024:05:03 14:05:06",
            "Exif.Photo.SubSecTimeOriginal": "07 ",
            "Exif.Photo.OffsetTime": "+05:00",
        },
    )
    assert metadata.read(path).taken == Taken("2024-05-03T14:05:06", "07", "")
    scanned = with_exif(picture(tmp_path, "s.jpg"), {"Exif.Photo.DateTimeDigitized": "2024:05:03 14:05:06"})
    assert metadata.read(scanned).taken is None


def test_iptc_dates_and_circa_dates_are_read(tmp_path):
    path = with_iptc(picture(tmp_path), (55, b"20240503"), (60, b"140506+0200"))
    assert metadata.read(path).taken == Taken("2024-05-03T14:05:06", "", "+02:00")
    path = with_iptc(picture(tmp_path), (55, b"19360000"))
    assert metadata.read(path).taken == Taken("1936")
    beside = sidecar(tmp_path, "<ext:CircaDateCreated>ca. 1936</ext:CircaDateCreated>")
    assert metadata.read(picture(tmp_path), beside).taken == Taken("", circa="ca. 1936")


def test_contradicting_dates_are_told(tmp_path):
    path = jpeg_with(picture(tmp_path), xmp_segment("<photoshop:DateCreated>2020-01-01</photoshop:DateCreated>"))
    with_exif(path, {"Exif.Photo.DateTimeOriginal": "2024:05:03 14:05:06"})
    assert metadata.read(path).warnings == ("Exif and XMP disagree on the date taken; Exif was believed.",)


# --- places -----------------------------------------------------------------------------------------------------------


def gps(latitude, longitude, north="N", east="E"):
    return {
        "Exif.GPSInfo.GPSLatitude": latitude,
        "Exif.GPSInfo.GPSLatitudeRef": north,
        "Exif.GPSInfo.GPSLongitude": longitude,
        "Exif.GPSInfo.GPSLongitudeRef": east,
    }


@pytest.mark.parametrize(
    "entries",
    [
        gps("91/1 0/1 0/1", "10/1 0/1 0/1"),
        gps("48/0 0/1 0/1", "10/1 0/1 0/1"),
        gps("48/1 0/1 0/1", "181/1 0/1 0/1"),
        gps("0/1 0/1 0/1", "0/1 0/1 0/1"),
        gps("48/1 0/1 0/1", "10/1 0/1 0/1", north="?"),
        {"Exif.GPSInfo.GPSLatitude": "48/1 0/1 0/1", "Exif.GPSInfo.GPSLatitudeRef": "N"},
    ],
)
def test_a_position_that_is_not_on_earth_is_not_used(tmp_path, entries):
    facts = metadata.read(with_exif(picture(tmp_path), entries))
    assert (facts.place.latitude, facts.place.longitude) == (None, None)
    assert facts.warnings == ("The position in Exif is incomplete or not on earth and was not used.",)


def test_positions_are_read_from_xmp_too(tmp_path):
    beside = sidecar(
        tmp_path,
        "<exif:GPSLatitude>48,30.5N</exif:GPSLatitude><exif:GPSLongitude>11,15,30W</exif:GPSLongitude>"
        "<exif:GPSAltitude>505/10</exif:GPSAltitude><exif:GPSAltitudeRef>0</exif:GPSAltitudeRef>",
    )
    place = metadata.read(picture(tmp_path), beside).place
    assert (place.latitude, place.longitude, place.altitude_m) == (48.508333333, -11.258333333, 50.5)


@pytest.mark.parametrize("written", ["NaN,0N", "95,0N", "north", "48,30.5"])
def test_a_position_in_xmp_that_is_none_is_not_used(tmp_path, written):
    beside = sidecar(
        tmp_path, f"<exif:GPSLatitude>{written}</exif:GPSLatitude><exif:GPSLongitude>1,0E</exif:GPSLongitude>"
    )
    facts = metadata.read(picture(tmp_path), beside)
    assert facts.place.latitude is None
    assert "not on earth" in facts.warnings[0]


def test_place_names_come_whole_from_one_source(tmp_path):
    struct = '<rdf:li rdf:parseType="Resource"><ext:City>{}</ext:City></rdf:li>'.format
    shown = f"<ext:LocationShown><rdf:Bag>{struct('Shown')}</rdf:Bag></ext:LocationShown>"
    created = f"<ext:LocationCreated><rdf:Bag>{struct('Stood')}</rdf:Bag></ext:LocationCreated>"
    older = "<photoshop:City>Older</photoshop:City><photoshop:Country>Land</photoshop:Country>"
    path = picture(tmp_path)
    place = metadata.read(path, sidecar(tmp_path, shown + created + older)).place
    assert (place.city, place.country) == ("Stood", "")
    assert metadata.read(path, sidecar(tmp_path, shown + older)).place.city == "Shown"
    place = metadata.read(path, sidecar(tmp_path, older)).place
    assert (place.city, place.country) == ("Older", "Land")
    by_iptc = with_iptc(path, (90, b"Bonn"), (101, b"Germany")).rename(tmp_path / "i.jpg")
    assert metadata.read(by_iptc).place.city == "Bonn"


# --- camera, rating ---------------------------------------------------------------------------------------------------


def test_exposure_is_found_where_cameras_hide_it(tmp_path):
    path = with_exif(
        picture(tmp_path),
        {
            "Exif.Photo.ISOSpeedRatings": "65535",
            "Exif.Photo.RecommendedExposureIndex": "102400",
            "Exif.Photo.ShutterSpeedValue": "6/1",
            "Exif.Photo.ApertureValue": "4/1",
            "Exif.Photo.FocalLength": "0/0",
            "Exif.Photo.LensModel": "----",
        },
    )
    facts = metadata.read(path)
    assert (facts.exposure.iso, facts.exposure.shutter_s, facts.exposure.aperture_f) == (102_400, (1, 64), 4.0)
    assert (facts.exposure.focal_mm, facts.lens) == (None, "")


@pytest.mark.parametrize(
    ("written", "rating"), [("-1", -1), ("0", 0), ("5", 5), ("4.0", 4), ("7", None), ("nan", None)]
)
def test_ratings_outside_their_range_are_not_used(tmp_path, written, rating):
    facts = metadata.read(picture(tmp_path), sidecar(tmp_path, f"<xmp:Rating>{written}</xmp:Rating>"))
    assert facts.rating == rating
    assert bool(facts.warnings) is (rating is None)


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.gif", "a.avif", "a.png", "a.webp", "a.tif"])
def test_a_picture_without_metadata_still_has_a_size(tmp_path, name):
    try:
        path = picture(tmp_path, name)
    except (KeyError, OSError, ValueError):
        pytest.skip(f"this Pillow writes no {name}")
    facts = metadata.read(path)
    assert facts == Facts(width_px=64, height_px=48)


@pytest.mark.parametrize(
    "data", [b"", b"hello world" * 20, b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"]
)
def test_what_is_no_picture_is_refused_in_words(tmp_path, data, capfd):
    path = tmp_path / "odd.jpg"
    path.write_bytes(data)
    with pytest.raises(Refused, match=r"odd\.jpg .*left alone"):
        metadata.read(path)
    assert capfd.readouterr() == ("", "")


def test_every_way_to_cut_a_file_is_read_or_refused(tmp_path, capfd):
    path = picture(tmp_path)
    metadata.write(path, Facts(title="cut", caption="cut", keywords=("a",)))
    data = path.read_bytes()
    for length in range(0, len(data), 97):
        path.write_bytes(data[:length])
        try:
            metadata.read(path)
        except Refused:
            continue
    assert capfd.readouterr() == ("", "")


def test_the_second_part_of_a_large_xmp_is_read(tmp_path):
    guid = b"0" * 32
    more = packet(bag("lr:hierarchicalSubject", "Private|Home"))
    half = len(more) // 2
    head = b"http://ns.adobe.com/xmp/extension/\0" + guid + len(more).to_bytes(4, "big")
    path = jpeg_with(
        picture(tmp_path),
        xmp_segment(f"<xmpNote:HasExtendedXMP>{guid.decode()}</xmpNote:HasExtendedXMP>" + bag("dc:subject", "flat")),
        segment(0xE1, head + half.to_bytes(4, "big") + more[half:]),
        segment(0xE1, head + bytes(4) + more[:half]),
    )
    facts = metadata.read(path)
    assert (facts.keywords, facts.keyword_paths) == (("flat",), (("Private", "Home"),))


def test_a_sidecar_that_is_cut_off_is_refused_since_it_may_hide_a_wish(tmp_path):
    path, beside = picture(tmp_path), sidecar(tmp_path, bag("lr:hierarchicalSubject", "Private"))
    whole = beside.read_bytes()
    for length in (0, 10, len(whole) // 2):
        beside.write_bytes(whole[:length])
        with pytest.raises(Refused, match=r"sidecar a\.jpg\.xmp of a\.jpg is empty or cut off"):
            metadata.read(path, beside)
    with pytest.raises(Refused, match="cannot be opened"):
        metadata.read(path, tmp_path / "gone.xmp")


def test_sidecars_in_utf_16_and_without_a_word_are_read(tmp_path):
    beside = sidecar(tmp_path, bag("dc:subject", "ü"))
    beside.write_bytes(beside.read_bytes().decode().encode("utf-16"))
    assert metadata.read(picture(tmp_path), beside).keywords == ("ü",)
    assert metadata.read(picture(tmp_path), sidecar(tmp_path, "")).warnings == ()


def test_png_and_webp_text_of_other_kinds_is_no_fault(tmp_path):
    path = png_with(picture(tmp_path, "a.png"), b"tEXt", b"Author\0Ann")
    assert metadata.read(path).warnings == ()


@pytest.mark.parametrize(
    ("siblings", "found"),
    [
        ({"IMG.jpg.xmp", "IMG.xmp"}, "IMG.jpg.xmp"),
        ({"IMG.xmp"}, "IMG.xmp"),
        ({"IMG.XMP"}, "IMG.XMP"),
        ({"IMG.jpg.XMP", "IMG.xmp"}, "IMG.jpg.XMP"),
        ({"OTHER.xmp"}, None),
    ],
)
def test_the_sidecar_of_a_picture_is_found(siblings, found):
    assert metadata.sidecar_of("IMG.jpg", siblings) == found


def test_names_with_dots_have_sidecars_too():
    assert metadata.sidecar_of("a.b.c.jpg", {"a.b.c.xmp"}) == "a.b.c.xmp"
    assert metadata.sidecar_of("noext", {"noext.xmp"}) == "noext.xmp"
