"""The image-data digest: stays when words change, changes when pixels do, and is what ExifTool says."""

import hashlib
import io
import os
import re
import shutil
import subprocess
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from heliograph import digest
from heliograph.digest import boxes, jpeg, tiff
from heliograph.errors import Refused


def picture(seed: int = 1, width: int = 96, height: int = 64) -> Image.Image:
    """Noise over a gradient: every kind of code occurs in its scans."""
    noise = np.random.default_rng(seed).integers(0, 160, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(noise + np.linspace(0, 90, width, dtype=np.uint8)[None, :, None])


def coded(form: str, seed: int = 1, **how: object) -> bytes:
    held = io.BytesIO()
    picture(seed).save(held, form, **how)
    return held.getvalue()


def with_segment(data: bytes, code: int, body: bytes) -> bytes:
    return data[:2] + bytes((0xFF, code)) + (len(body) + 2).to_bytes(2, "big") + body + data[2:]


def by_the_rule(data: bytes) -> str:
    """The rule, read aloud one code at a time; it shares nothing with the code under test."""
    pieces: list[tuple[int, bytes]] = []
    at = 2
    while True:
        while data[at] != 0xFF or data[at + 1] == 0xFF:
            at += 1
        code = data[at + 1]
        begin, at = at, at + 2
        if code == 0xD9:
            pieces.append((code, b""))
            break
        if code not in {0x00, 0x01, *range(0xD0, 0xDB)}:
            length_bytes = int.from_bytes(data[at : at + 2], "big")
            if length_bytes < 2:
                message = "a segment is not shorter than its length word"
                raise IndexError(message)
            at += length_bytes
            pieces.append((code, b""))
            continue
        while data[at] != 0xFF or data[at + 1] == 0xFF:
            at += 1
        pieces.append((code, data[begin:at]))
    sha = hashlib.sha256()
    for (code, piece), (following, _) in pairwise(pieces):
        if code in {0x00, 0xDA, *range(0xD0, 0xD8)} and following in {0x00, 0x01, *range(0xD0, 0xDB)}:
            sha.update(piece)
    return sha.hexdigest()


JPEGS = {
    "baseline": {"quality": 90},
    "progressive": {"quality": 90, "progressive": True},
    "optimised": {"quality": 75, "optimize": True},
    "restarts": {"quality": 90, "restart_marker_blocks": 3},
    "progressive restarts": {"quality": 60, "progressive": True, "restart_marker_rows": 1},
    "full chroma": {"quality": 100, "subsampling": 0},
}


def digest_of(tmp_path: Path, data: bytes, media_type: str = "image/jpeg") -> str:
    path = tmp_path / "picture.bin"
    path.write_bytes(data)
    return digest.image_digest(path, media_type)[0]


@pytest.mark.parametrize("how", JPEGS.values(), ids=JPEGS)
def test_a_jpeg_digest_follows_the_rule_read_aloud(tmp_path, how):
    data = coded("JPEG", **how)
    assert digest_of(tmp_path, data) == by_the_rule(data)


def test_the_piece_before_a_table_between_scans_is_left_out(tmp_path):
    data = coded("JPEG", progressive=True, quality=90)
    first_scan = data.index(b"\xff\xda")
    assert data.find(b"\xff\xc4", first_scan) > 0, "the sample must have tables between its scans"
    everything = hashlib.sha256(data[first_scan:-2]).hexdigest()
    assert digest_of(tmp_path, data) not in {everything, hashlib.sha256(data).hexdigest()}


STUFFED, RESTART, FILLED, SCAN, BARE = b"\xff\x00", b"\xff\xd3", b"\xff\xff\x00", b"\xff\xda", b"\xff\x01"
TABLE, COMMENT = b"\xff\xc4\x00\x04\xff\xff", b"\xff\xff\xfe\x00\x02"
CODES = [STUFFED, RESTART, FILLED, SCAN, BARE, TABLE, COMMENT, b"\xff", b"a", b"\x00", b"\xd9"]


@given(st.lists(st.sampled_from(CODES), max_size=25), st.sampled_from([3, 4, 7, 1 << 18]))
@settings(max_examples=300, deadline=None)
def test_any_stream_of_codes_is_cut_by_the_rule_wherever_its_blocks_end(codes, block_bytes):
    data = b"\xff\xd8\xff\xda\x00\x02x" + b"".join(codes) + b"x\xff\xd9" + b"\xff\xd9" * 8
    try:
        expected = by_the_rule(data)
    except IndexError:
        return
    hashed = hashlib.sha256()
    with mock.patch.object(jpeg, "_BLOCK_BYTES", block_bytes):
        for piece in jpeg.pieces(io.BytesIO(data)):
            hashed.update(piece)
    assert hashed.hexdigest() == expected


def test_a_jpeg_without_a_code_for_long_is_read_in_time(tmp_path):
    plain = b"a" * (24 << 20)
    data = b"\xff\xd8\xff\xda\x00\x02" + plain + b"\xff\xd9"
    assert digest_of(tmp_path, data) == hashlib.sha256(data[2:-2]).hexdigest()


def test_other_words_and_a_tail_keep_a_jpeg_digest(tmp_path):
    data = coded("JPEG", quality=90)
    thumbnail = b"Exif\0\0" + coded("JPEG", 7, quality=20)
    relabelled = with_segment(with_segment(data, 0xE1, thumbnail), 0xFE, b"a comment \xff\xd9 \xff\xda inside")
    assert digest_of(tmp_path, relabelled + b"a motion photo's tail \xff\xd9") == digest_of(tmp_path, data)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF"])
def test_other_pixels_change_the_digest(tmp_path, form):
    media_type = f"image/{form.lower()}"
    one, other = (digest_of(tmp_path, coded(form, seed), media_type) for seed in (1, 2))
    assert one != other


def test_other_words_keep_a_png_digest(tmp_path):
    words = PngInfo()
    words.add_text("Title", "A lake at dawn")
    bare, titled = coded("PNG"), coded("PNG", pnginfo=words, dpi=(300, 300))
    assert bare != titled
    assert digest_of(tmp_path, bare, "image/png") == digest_of(tmp_path, titled, "image/png")


@pytest.mark.parametrize("lossless", [True, False])
def test_other_words_keep_a_webp_digest(tmp_path, lossless):
    bare, titled = coded("WEBP", lossless=lossless), coded("WEBP", lossless=lossless, xmp=b"<x:xmpmeta/>")
    assert bare != titled
    assert digest_of(tmp_path, bare, "image/webp") == digest_of(tmp_path, titled, "image/webp")


@pytest.mark.parametrize("big", [True, False])
def test_other_words_keep_a_tiff_digest(tmp_path, big):
    bare, titled = coded("TIFF", big_tiff=big), coded("TIFF", big_tiff=big, description="A lake", software="a lab")
    assert bare != titled
    assert digest_of(tmp_path, bare, "image/tiff") == digest_of(tmp_path, titled, "image/tiff")


def test_other_words_keep_an_avif_digest(tmp_path):
    bare, titled = coded("AVIF"), coded("AVIF", xmp=b"<x:xmpmeta/>")
    assert bare != titled
    assert digest_of(tmp_path, bare, "image/avif") == digest_of(tmp_path, titled, "image/avif")


@pytest.mark.parametrize(
    ("form", "covers"),
    [
        ("JPEG", jpeg.COVERS),
        ("PNG", "png IDAT"),
        ("WEBP", "webp image chunks"),
        ("TIFF", tiff.COVERS),
        ("AVIF", boxes.COVERS),
        ("GIF", digest.WHOLE_FILE),
    ],
)
def test_the_digest_says_what_it_covers_and_headers_say_the_size(tmp_path, form, covers):
    path = tmp_path / "picture"
    path.write_bytes(coded(form))
    media_type = digest.sniff(path.read_bytes()[: digest.HEAD_BYTES], path.name)
    assert media_type == f"image/{form.lower()}"
    assert digest.image_digest(path, media_type)[1] == covers
    assert digest.dimensions(path, media_type) == (96, 64)


@pytest.mark.parametrize("how", [{"lossless": True}, {"lossless": False}, {"xmp": b"<x/>"}])
def test_every_kind_of_webp_states_its_size(tmp_path, how):
    path = tmp_path / "picture.webp"
    path.write_bytes(coded("WEBP", **how))
    assert digest.dimensions(path, "image/webp") == (96, 64)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_truncated_picture_is_refused_with_a_sentence(tmp_path, form, share):
    data = coded(form)
    path = tmp_path / "IMG_1"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(Refused, match=r"IMG_1 .+\."):
        digest.image_digest(path, f"image/{form.lower()}")


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/gif", "image/x-canon-cr3"])
def test_an_empty_file_is_refused_with_a_sentence(tmp_path, media_type):
    path = tmp_path / "IMG_1.jpg"
    path.touch()
    with pytest.raises(Refused, match="is empty"):
        digest.image_digest(path, media_type)


def test_a_missing_file_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(Refused, match="could not be read"):
        digest.image_digest(tmp_path / "gone.jpg", "image/jpeg")


def test_a_jpeg_of_headers_only_is_refused(tmp_path):
    with pytest.raises(Refused, match="holds no picture"):
        digest_of(tmp_path, b"\xff\xd8\xff\xe0\x00\x04ab\xff\xd9")


@given(
    form=st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF"]),
    changes=st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 255)), min_size=1, max_size=8),
)
@settings(max_examples=250, deadline=None)
def test_damage_is_read_or_refused_but_never_an_accident(tmp_path_factory, form, changes):
    data = bytearray(coded(form))
    for share, value in changes:
        data[int(share * min(len(data), 700))] = value
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(data)
    for look in (digest.image_digest, digest.dimensions):
        with suppress(Refused):
            look(path, f"image/{form.lower()}")


def test_a_tiff_whose_directories_form_a_ring_is_read_once(tmp_path):
    data = bytearray(coded("TIFF"))
    first = int.from_bytes(data[4:8], "little")
    entries = int.from_bytes(data[first : first + 2], "little")
    data[first + 2 + 12 * entries : first + 6 + 12 * entries] = first.to_bytes(4, "little")
    assert digest_of(tmp_path, bytes(data), "image/tiff") == digest_of(tmp_path, coded("TIFF"), "image/tiff")


@pytest.mark.parametrize(
    ("head", "name", "media_type"),
    [
        (b"\xff\xd8\xff\xe1", "", "image/jpeg"),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00", "a.tif", "image/x-canon-cr2"),
        (b"II*\x00\x08\x00\x00\x00", "a.NEF", "image/x-nikon-nef"),
        (b"MM\x00*\x00\x00\x00\x08", "a.dng", "image/x-adobe-dng"),
        (b"II*\x00\x08\x00\x00\x00", "a.arw", "image/x-sony-arw"),
        (b"II*\x00\x08\x00\x00\x00", "a.pef", "image/x-pentax-pef"),
        (b"II*\x00\x08\x00\x00\x00", "a", "image/tiff"),
        (b"II+\x00\x08\x00\x00\x00", "a.tif", "image/tiff"),
        (b"IIRO\x08\x00\x00\x00", "", "image/x-olympus-orf"),
        (b"IIU\x00\x08\x00\x00\x00", "", "image/x-panasonic-rw2"),
        (b"FUJIFILMCCD-RAW 0201", "", "image/x-fuji-raf"),
        (b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom", "", "image/x-canon-cr3"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "", "image/heic"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1avif", "", "image/avif"),
        (b"\x00\x00\x00\x14ftypmif1\x00\x00\x00\x00mif1", "", "image/heif"),
        (b"\x00\x00\x00\x14ftypisom\x00\x00\x00\x00mp42", "film.heic", None),
        (b"GIF89a", "", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "", None),
        (b"%PDF-1.7", "a.jpg", None),
        (b"", "a.jpg", None),
    ],
)
def test_a_picture_is_known_by_its_content(head, name, media_type):
    assert digest.sniff(head, name) == media_type


# --- the oracle -------------------------------------------------------------------------------------------------------


def exiftool() -> str:
    """The program, or a skip that says what is missing."""
    program = os.environ.get("HELIOGRAPH_TEST_EXIFTOOL") or shutil.which("exiftool")
    if not program:
        pytest.skip("needs ExifTool 12.58 or later as `exiftool` on the path")
    said = subprocess.run([program, "-ver"], check=True, capture_output=True, text=True).stdout
    if tuple(map(int, re.findall(r"\d+", said))) < (12, 58):
        pytest.skip(f"needs ExifTool 12.58 or later; this is {said.strip()}")
    return program


@pytest.mark.exiftool
def test_the_digest_is_exiftools_image_data_hash(tmp_path):
    program = exiftool()
    samples = {f"{name}.jpg": coded("JPEG", **how) for name, how in JPEGS.items()}
    samples["words.jpg"] = with_segment(coded("JPEG"), 0xFE, b"comment \xff\xd9") + b"tail"
    samples |= {f"a.{form.lower()}": coded(form) for form in ("PNG", "WEBP", "TIFF", "AVIF")}
    samples |= {"lossless.webp": coded("WEBP", lossless=True), "words.webp": coded("WEBP", xmp=b"<x:xmpmeta/>")}
    for name, data in samples.items():
        (tmp_path / name).write_bytes(data)
    asked = [program, "-api", "ImageHashType=SHA256", "-T", "-ImageDataHash", "--"]
    theirs = subprocess.run(
        [*asked, *(tmp_path / name for name in samples)], check=True, capture_output=True, text=True
    ).stdout.split()
    ours = [
        digest.image_digest(tmp_path / name, digest.sniff(data[: digest.HEAD_BYTES], name) or "")[0]
        for name, data in samples.items()
    ]
    assert dict(zip(samples, ours, strict=True)) == dict(zip(samples, theirs, strict=True))
