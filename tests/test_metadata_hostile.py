from __future__ import annotations

import time

import pytest

from heliograph import metadata
from heliograph.errors import Refused
from heliograph.model import Facts
from metadata_samples import bag, iim, jpeg_with, packet, picture, png_with, resource, segment, sidecar, xmp_segment

BOMB = (
    "<!DOCTYPE r [<!ENTITY a0 'lol'>" + "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12)) + "]>"
)
LONG_S = 10.0
"""Far above what any of these takes, far below what they took an unguarded reader."""


@pytest.fixture(autouse=True)
def never_long(capfd):
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < LONG_S
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("doctype", [BOMB, "<!DOCTYPE r [<!ENTITY a11 SYSTEM 'file:///etc/hostname'>]>"])
def test_entities_are_never_expanded(tmp_path, doctype):
    words = bag("dc:subject", "&a11;")
    path = jpeg_with(picture(tmp_path), xmp_segment(words, doctype))
    facts = metadata.read(path)
    assert facts.keywords == ()
    assert facts.warnings == ("The embedded XMP declares entities, which no photo program does, so it was not read.",)
    beside = tmp_path / "a.xmp"
    beside.write_bytes(packet(words, doctype))
    facts = metadata.read(picture(tmp_path), beside)
    assert facts.keywords == ()
    assert "declares entities" in facts.warnings[0]


def test_too_many_keywords_are_cut_with_a_warning(tmp_path):
    beside = sidecar(tmp_path, bag("dc:subject", *(f"k{index}" for index in range(100_000))))
    facts = metadata.read(picture(tmp_path), beside)
    assert len(facts.keywords) == 5_000
    assert facts.warnings == ("dc.subject has more than 5,000 entries; the others were left out.",)


def test_too_many_iptc_keywords_are_cut_with_a_warning(tmp_path):
    block = iim(*((25, b"k%d" % index) for index in range(6_000)))
    whole = resource(0x0404, block)
    parts = [b"Photoshop 3.0\0" + whole[at : at + 60_000] for at in range(0, len(whole), 60_000)]
    facts = metadata.read(jpeg_with(picture(tmp_path), *(segment(0xED, part) for part in parts)))
    assert len(facts.keywords) == 5_000
    assert facts.warnings == ("There are more than 5,000 keywords; the others were left out.",)


def test_ten_megabytes_of_xmp_are_read_and_the_text_is_cut(tmp_path):
    beside = sidecar(tmp_path, bag("dc:description", "x" * 10_000_000, kind="Alt"))
    facts = metadata.read(picture(tmp_path), beside)
    assert len(facts.caption) == 65_536
    assert facts.warnings == ("The caption is longer than 65,536 characters and was cut there.",)


def test_more_xmp_than_any_program_writes_is_not_read(tmp_path):
    beside = tmp_path / "a.xmp"
    beside.write_bytes(packet(bag("dc:subject", "x" * 17_000_000)))
    facts = metadata.read(picture(tmp_path), beside)
    assert (facts.keywords, facts.warnings) == (
        (),
        ("The sidecar a.xmp is too large to be honest, so it was not read.",),
    )


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.tif"])
@pytest.mark.parametrize(
    "properties", ["".join(f"<dc:p{i}>v</dc:p{i}>" for i in range(60_000)), bag("dc:p", "x" * 17_000_000)]
)
def test_hostile_embedded_xmp_costs_itself_and_not_the_picture(tmp_path, name, properties):
    path = picture(tmp_path, name)
    xmp = packet(properties)
    if name == "a.png":
        png_with(path, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
    elif name == "a.webp":
        data = path.read_bytes()
        body = data[8:] + b"XMP " + len(xmp).to_bytes(4, "little") + xmp + b"\0" * (len(xmp) & 1)
        path.write_bytes(b"RIFF" + len(body).to_bytes(4, "little") + body)
    else:
        from PIL import Image, TiffImagePlugin

        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[700] = xmp
        tags.tagtype[700] = 1
        Image.new("RGB", (64, 48)).save(path, tiffinfo=tags)
    facts = metadata.read(path)
    assert facts.warnings == ("The embedded XMP is too large to be honest, so it was not read.",)
    assert (facts.width_px, facts.height_px) == (64, 48)


def test_deeply_nested_xmp_does_no_harm(tmp_path):
    deep = '<dc:x rdf:parseType="Resource">' * 20_000 + "</dc:x>" * 20_000
    beside = sidecar(tmp_path, bag("dc:subject", "a") + deep)
    try:
        facts = metadata.read(picture(tmp_path), beside)
    except Refused:
        return
    assert facts.keywords in {(), ("a",)}


@pytest.mark.parametrize(
    "words",
    [
        'type="Bag" x',
        'type="Nonsense"',
        'lang="de" x',
        'lang="',
        "</rdf:li><!-- -->",
        "<script>alert(1)</script>",
        "\x1b[31m\x07\0red",
        "=cmd()|' '!A0",
        "{{ 7 * 7 }}",
        "../../etc/passwd",
        "\u202eevil",
        "a\ud800b",
        "charset=Ascii x",
        "]]>&lol;",
    ],
)
def test_hostile_words_are_only_words(tmp_path, words):
    path = picture(tmp_path)
    facts = Facts(title=words, headline=words, caption=words, keywords=(words,), people=(words,), label=words)
    try:
        metadata.write(path, facts)
    except Refused:
        return
    again = metadata.read(path)
    for text in (again.title, again.headline, again.caption, *again.keywords, *again.people, again.label):
        assert text in {"", metadata.texts.clean(words)}
