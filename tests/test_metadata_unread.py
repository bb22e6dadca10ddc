"""Words that stand where readers do not look: they are read all the same, or said to be unread."""

from __future__ import annotations

import struct
import zlib

import exiv2
import pytest
from PIL import Image

from heliograph import metadata
from heliograph.model import Facts
from metadata_samples import (
    FULL,
    NAMESPACES,
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

SEA, PRIVATE = bag("dc:subject", "sea"), bag("dc:subject", "Private")
GUID = "0" * 32
NOTE = f"<xmpNote:HasExtendedXMP>{GUID}</xmpNote:HasExtendedXMP>"
ANOTHER = (
    '</rdf:Description></rdf:RDF><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    f'<rdf:Description rdf:about="" {NAMESPACES}>'
)
LANGUAGES = (
    '<dc:subject><rdf:Alt><rdf:li xml:lang="x-default">sea</rdf:li><rdf:li xml:lang="en">Private</rdf:li></rdf:Alt>'
    "</dc:subject>"
)
QUALIFIED = (
    '<dc:subject><rdf:Bag><rdf:li rdf:parseType="Resource"><rdf:value>Private</rdf:value><dc:type>x</dc:type></rdf:li>'
    "</rdf:Bag></dc:subject>"
)
QUALIFIED_PATH = (
    '<lr:hierarchicalSubject><rdf:Bag><rdf:li xml:lang="en">A|Private</rdf:li></rdf:Bag></lr:hierarchicalSubject>'
)
MWG_KEYWORDS = (
    '<k:Keywords xmlns:k="http://www.metadataworkinggroup.com/schemas/keywords/" rdf:parseType="Resource"><k:Hierarchy>'
    '<rdf:Bag><rdf:li rdf:parseType="Resource"><k:Keyword>Private</k:Keyword><k:Children><rdf:Bag>'
    '<rdf:li rdf:parseType="Resource"><k:Keyword>Diary</k:Keyword></rdf:li></rdf:Bag></k:Children></rdf:li></rdf:Bag>'
    "</k:Hierarchy></k:Keywords>"
)
ACDSEE = (
    '<a:categories xmlns:a="http://ns.acdsee.com/iptc/1.0/">&lt;Categories&gt;&lt;Category Assigned="0"&gt;Private'
    '&lt;Category Assigned="1"&gt;Diary&lt;/Category&gt;&lt;/Category&gt;&lt;/Categories&gt;</a:categories>'
)
MEDIAPRO = (
    '<m:CatalogSets xmlns:m="http://ns.iview-multimedia.com/mediapro/1.0/"><rdf:Bag><rdf:li>Private|Diary</rdf:li>'
    "</rdf:Bag></m:CatalogSets>"
)


def second_part(properties: str, *, claims_bytes: int = 0) -> bytes:
    data = packet(properties)
    head = struct.pack(">II", claims_bytes or len(data), 0)
    return segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + GUID.encode() + head + data)


def iptc(*blocks: bytes) -> bytes:
    return segment(0xED, b"Photoshop 3.0\0" + b"".join(resource(0x0404, block) for block in blocks))


def words(facts: Facts) -> set[tuple[str, ...]]:
    """Every keyword that the rules get to see."""
    return {
        *facts.keyword_paths,
        *((word,) for word in facts.keywords),
        *(path for _, path in facts.overruled.keywords),
    }


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ('<dc:subject><rdf:Bag><rdf:li xml:lang="en">Private</rdf:li></rdf:Bag></dc:subject>', ("Private",)),
        (LANGUAGES, ("Private",)),
        (QUALIFIED, ("Private",)),
        (
            "<dc:subject><rdf:Bag><rdf:li><rdf:Bag><rdf:li>Private</rdf:li></rdf:Bag></rdf:li></rdf:Bag></dc:subject>",
            ("Private",),
        ),
        (QUALIFIED_PATH, ("A", "Private")),
        (MWG_KEYWORDS, ("Private", "Diary")),
        (ACDSEE, ("Private", "Diary")),
        (MEDIAPRO, ("Private", "Diary")),
    ],
)
def test_a_keyword_is_read_in_whatever_structure_it_was_written(tmp_path, properties, path):
    facts = metadata.read(jpeg_with(picture(tmp_path), xmp_segment(properties)))
    assert path in {*facts.keyword_paths, *((word,) for word in facts.keywords)}
    assert facts.unread == ()


@pytest.mark.parametrize(
    "pieces",
    [
        (xmp_segment(SEA), xmp_segment(PRIVATE)),
        (xmp_segment(PRIVATE), xmp_segment(SEA)),
        (xmp_segment(SEA), second_part(PRIVATE)),
        (xmp_segment(SEA + NOTE), second_part(PRIVATE)),
        (xmp_segment(SEA), iptc(iim((25, b"Private")))),
        (iptc(iim((25, b"sea"), (20, b"Private"))),),
    ],
    ids=["second packet", "first packet", "second part", "noted second part", "IPTC", "supplemental category"],
)
def test_a_keyword_of_an_overruled_container_is_still_told(tmp_path, pieces):
    facts = metadata.read(jpeg_with(picture(tmp_path), *pieces))
    assert {("sea",), ("Private",)} <= words(facts)
    assert facts.unread == ()


def test_what_the_sidecar_overrules_is_told_with_its_container(tmp_path):
    person = bag("ext:PersonInImage", "Jo Doe")
    place = "<photoshop:City>Bonn</photoshop:City><exif:GPSLatitude>48,30N</exif:GPSLatitude>"
    position = "<exif:GPSLongitude>11,30E</exif:GPSLongitude>"
    path = jpeg_with(picture(tmp_path), xmp_segment(PRIVATE + person + place + position))
    beside = sidecar(
        tmp_path,
        SEA
        + bag("ext:PersonInImage", "Ann")
        + "<photoshop:City>Oslo</photoshop:City><exif:GPSLatitude>60,0N</exif:GPSLatitude>"
        + "<exif:GPSLongitude>10,0E</exif:GPSLongitude>",
    )
    facts = metadata.read(path, beside)
    assert (facts.keywords, facts.people, facts.place.city, facts.place.latitude) == (("sea",), ("Ann",), "Oslo", 60.0)
    assert facts.overruled.keywords == (("XMP", ("Private",)),)
    assert facts.overruled.people == ("Jo Doe",)
    assert facts.overruled.place_names == ("Bonn",)
    assert facts.overruled.positions == ((48.5, 11.5),)


def test_containers_that_agree_overrule_nothing(tmp_path):
    path = picture(tmp_path)
    long = Facts(keywords=("A keyword that is quite a bit longer than the sixty-four bytes which IIM has for it",))
    for facts in (FULL, long):
        metadata.write(path, facts)
        assert metadata.read(path).overruled == Facts().overruled
        assert metadata.read(path).unread == ()


def test_keywords_that_windows_wrote_are_told(tmp_path):
    path = picture(tmp_path)
    image = exiv2.ImageFactory.open(str(path))
    image.readMetadata()
    image.exifData()["Exif.Image.XPKeywords"] = " ".join(map(str, "sea;Private\0".encode("utf-16-le")))
    image.writeMetadata()
    assert words(metadata.read(path)) == {("sea",), ("Private",)}


@pytest.mark.parametrize(
    ("pieces", "sentence"),
    [
        ((xmp_segment(SEA), xmp_segment("<dc:x>Private")), "The embedded XMP is damaged, so it was not read."),
        ((xmp_segment(SEA + NOTE),), "The second part of the embedded XMP is missing."),
        (
            (xmp_segment(SEA + NOTE), second_part(PRIVATE, claims_bytes=9_999)),
            "The second part of the embedded XMP cannot be read, so it was not used.",
        ),
        (
            (iptc(iim((25, b"sea")) + b"\x1c\x02\x19\xff\xffPrivate"),),
            "The IPTC block is damaged, so it was not read whole.",
        ),
        (
            (iptc(iim((25, b"sea")), iim((25, b"Private"))),),
            "The IPTC block is damaged, so it was not read whole.",
        ),
        (
            (xmp_segment(SEA + ANOTHER + PRIVATE),),
            "The embedded XMP holds more than one document, so it was not read whole.",
        ),
        ((xmp_segment(SEA + PRIVATE),), "The embedded XMP is no XMP that is known here, so it was not read."),
    ],
)
def test_what_nobody_can_read_is_said_to_be_unread(tmp_path, pieces, sentence):
    facts = metadata.read(jpeg_with(picture(tmp_path), *pieces))
    assert facts.unread == (sentence,)
    assert sentence in facts.warnings


def test_iptc_padding_is_no_damage(tmp_path):
    facts = metadata.read(jpeg_with(picture(tmp_path), iptc(iim((25, b"sea")) + b"\0\0\0")))
    assert (facts.keywords, facts.unread) == (("sea",), ())


@pytest.mark.parametrize(
    "lead", ["<!-- a note that is longer than what exiv2 looks at: " + "x" * 80 + " -->", "\n\n  "]
)
def test_a_sidecar_that_begins_unusually_is_read(tmp_path, lead):
    beside = tmp_path / "a.xmp"
    beside.write_bytes(lead.encode() + packet(PRIVATE))
    assert metadata.read(picture(tmp_path), beside).keywords == ("Private",)


def test_a_sidecar_of_another_kind_is_unread_and_one_that_says_nothing_is_not(tmp_path):
    beside = tmp_path / "a.xmp"
    beside.write_text('<?xml version="1.0"?><sidecar><keyword>Private</keyword></sidecar>', encoding="utf-8")
    facts = metadata.read(picture(tmp_path), beside)
    assert facts.unread == ("The sidecar a.xmp is no XMP that is known here, so it was not read.",)
    beside.write_bytes(packet(""))
    assert metadata.read(picture(tmp_path), beside).unread == ()


def test_png_says_it_in_a_packed_and_in_a_second_packet(tmp_path):
    head = b"XML:com.adobe.xmp\0"
    path = png_with(picture(tmp_path, "a.png"), b"iTXt", head + b"\1\0\0\0" + zlib.compress(packet(PRIVATE)))
    assert metadata.read(path).keywords == ("Private",)
    png_with(path, b"iTXt", head + b"\0\0\0\0" + packet(SEA))
    assert words(metadata.read(path)) == {("sea",), ("Private",)}


def test_a_packed_png_packet_that_unfolds_without_end_is_not_read(tmp_path):
    bomb = zlib.compress(packet(bag("dc:subject", "x" * 40_000_000)), 9)
    path = png_with(picture(tmp_path, "a.png"), b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb)
    assert metadata.read(path).unread == ("The embedded XMP is too large to be honest, so it was not read.",)


@pytest.mark.parametrize("name", [b"XMP ", b"XMP\0"])
def test_webp_packets_are_read_also_under_the_name_that_some_programs_misspell(tmp_path, name):
    path = picture(tmp_path, "a.webp")
    plain, xmp = path.read_bytes(), packet(PRIVATE)
    size = (63).to_bytes(3, "little") + (47).to_bytes(3, "little")
    chunk = name + struct.pack("<I", len(xmp)) + xmp + b"\0" * (len(xmp) % 2)
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\4\0\0\0" + size + plain[12:] + chunk
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    assert metadata.read(path).keywords == ("Private",)


def test_gif_packets_are_read(tmp_path):
    path = tmp_path / "a.gif"
    Image.new("RGB", (64, 48)).save(path)
    data, trailer = path.read_bytes(), b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    at = data.index(b",")
    path.write_bytes(data[:at] + b"!\xff\x0bXMP DataXMP" + packet(PRIVATE) + trailer + data[at:])
    assert metadata.read(path).keywords == ("Private",)


@pytest.mark.parametrize("region", ["Anna Berg", "Jo Doe"])
def test_people_in_iptc_image_regions_are_people(tmp_path, region):
    person = f"<ext:PersonInImage><rdf:Bag><rdf:li>{region}</rdf:li></rdf:Bag></ext:PersonInImage>"
    properties = (
        f'<ext:ImageRegion><rdf:Bag><rdf:li rdf:parseType="Resource">{person}</rdf:li></rdf:Bag></ext:ImageRegion>'
    )
    assert metadata.read(jpeg_with(picture(tmp_path), xmp_segment(properties))).people == (region,)


def test_a_second_block_of_a_kind_is_residue(tmp_path):
    path = picture(tmp_path)
    metadata.write(path, Facts(title="A"))
    once = path.read_bytes()
    assert metadata.residue(path, Facts(title="A")) == ()
    xmp = once.index(b"\xff\xe1", once.index(b"http://ns.adobe.com/xap/") - 8)
    end = xmp + 2 + int.from_bytes(once[xmp + 2 : xmp + 4], "big")
    path.write_bytes(once[:end] + once[xmp:end].replace(b">A<", b">B<") + once[end:])
    assert "a second block of XMP" in metadata.residue(path, Facts(title="A"))


def test_of_an_avif_the_packet_itself_is_looked_at(tmp_path):
    path = tmp_path / "a.avif"
    carrier = picture(tmp_path)
    metadata.write(carrier, Facts(title="A"))
    with Image.open(carrier) as image:
        xmp = image.info["xmp"]
    Image.new("RGB", (64, 48)).save(path, xmp=xmp)
    assert metadata.residue(path, Facts(title="A")) == ()
    assert metadata.residue(path, Facts()) == ("Xmp.dc.title",)
    Image.new("RGB", (64, 48)).save(path, xmp=xmp.replace(b"</x:xmpmeta>", b"<!-- CANARY --></x:xmpmeta>"))
    assert metadata.residue(path, Facts(title="A")) == ("XMP packet beyond its properties",)


def test_a_second_sidecar_is_overruled_and_still_told(tmp_path):
    first, second = sidecar(tmp_path, SEA, "a.jpg.xmp"), sidecar(tmp_path, PRIVATE, "a.xmp")
    facts = metadata.read(picture(tmp_path), first, (second,))
    assert facts.keywords == ("sea",)
    assert facts.overruled.keywords == (("sidecar a.xmp", ("Private",)),)
    assert metadata.sidecars_of("a.jpg", {"a.jpg", "a.xmp", "a.jpg.xmp"}) == ("a.jpg.xmp", "a.xmp")
