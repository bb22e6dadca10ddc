"""What is sent of an original: its own pixels to the last bit, and not one byte that nobody asked for."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from heliograph import digest, metadata
from heliograph.errors import Refused
from heliograph.model import Facts, Output, Photo, Recipe, Rights
from heliograph.render import decode, render
from heliograph.render.check import foreign_pieces, unexpected
from render_samples import coded, png_chunk, scene, secret_jpeg, secret_png, secret_webp, segment, written

EMBED = Facts(title="A quiet harbour", rights=Rights(creators=("Ada Example",), copyright="(c) Ada Example"))
SECRETS = {
    "image/jpeg": ("a.jpg", secret_jpeg(coded(scene(), "JPEG", quality=90), 6)),
    "image/png": ("a.png", secret_png(coded(scene(), "PNG"), 6)),
    "image/webp": ("a.webp", secret_webp(coded(scene(), "WEBP", quality=90), 640, 400, 6)),
}
WEB = (Output("image/jpeg", 320), Output("image/webp", 100))
EVERY = pytest.mark.parametrize("media_type", SECRETS)


def secret(folder: Path, media_type: str) -> tuple[Path, Photo]:
    name, data = SECRETS[media_type]
    return written(folder, name, data, media_type, orientation=6)


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@EVERY
@pytest.mark.parametrize("embed", [Facts(), EMBED], ids=["nothing embedded", "rights embedded"])
@pytest.mark.parametrize("outputs", [(), WEB], ids=["own", "resized"])
def test_no_secret_of_the_original_is_in_any_file_that_is_sent(tmp_path, media_type, embed, outputs):
    source, photo = secret(tmp_path, media_type)
    assert source.read_bytes().count(b"CANARY") > 10
    rendition = render(source, photo, Recipe(outputs, embed), tmp_path / "cache")
    for file in rendition.files:
        assert b"CANARY" not in file.path.read_bytes()
        assert b"CANARY" not in repr(metadata.read(file.path)).encode()


@EVERY
def test_an_original_keeps_its_pixels_to_the_last_bit_and_its_orientation(tmp_path, media_type):
    source, photo = secret(tmp_path, media_type)
    (file,) = render(source, photo, Recipe(embed=EMBED), tmp_path / "cache").files
    assert digest.image_digest(file.path, media_type)[0] == photo.digest
    assert np.array_equal(pixels(file.path), pixels(source))
    facts = metadata.read(file.path)
    assert (facts.title, facts.rights.creators, facts.orientation) == ("A quiet harbour", ("Ada Example",), 6)
    assert (file.width_px, file.height_px) == (400, 640), "sizes are as the picture is seen"


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_rows": 1}, {"subsampling": 0}])
def test_every_kind_of_jpeg_coding_is_copied_as_it_is(tmp_path, options):
    data = secret_jpeg(coded(scene(), "JPEG", quality=85, **options))
    source, photo = written(tmp_path, "a.jpg", data, "image/jpeg")
    (file,) = render(source, photo, Recipe(), tmp_path / "cache").files
    assert digest.image_digest(file.path, "image/jpeg")[0] == photo.digest


def test_a_grey_picture_and_a_cmyk_picture_keep_what_their_colours_need(tmp_path):
    for mode in ("L", "CMYK"):
        source, photo = written(tmp_path, f"{mode}.jpg", coded(scene(mode=mode), "JPEG"), "image/jpeg")
        (file,) = render(source, photo, Recipe(), tmp_path / "cache").files
        with Image.open(file.path) as image, Image.open(source) as before:
            assert image.mode == mode
            assert image.info.get("adobe_transform") == before.info.get("adobe_transform")


def test_metadata_between_the_scans_of_a_jpeg_is_never_sent(tmp_path):
    data = coded(scene(), "JPEG", progressive=True)
    second_scan = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    table = data.rindex(b"\xff\xc4", 0, second_scan)
    data = data[:table] + segment(0xFE, b"CANARY-between") + data[table:]
    source, photo = written(tmp_path, "a.jpg", data, "image/jpeg")
    (file,) = render(source, photo, Recipe(), tmp_path / "cache").files
    assert b"CANARY" not in file.path.read_bytes()
    assert np.array_equal(pixels(file.path), pixels(source))


def test_of_an_ultra_hdr_photo_the_picture_is_sent_without_its_hidden_second_one(tmp_path):
    vips = decode.vips()
    if not vips.type_find("VipsOperation", "uhdrsave_buffer"):
        pytest.skip("this libvips cannot write Ultra HDR")
    image = vips.Image.new_from_buffer(coded(scene(), "PNG"), "").colourspace("scrgb")
    source, photo = written(tmp_path, "a.jpg", vips.Operation.call("uhdrsave_buffer", image), "image/jpeg")
    assert source.read_bytes().count(b"\xff\xd8\xff") == 2
    for recipe in (Recipe(), Recipe(WEB)):
        for file in render(source, photo, recipe, tmp_path / "cache").files:
            data = file.path.read_bytes()
            assert data.count(b"\xff\xd8\xff") == (file.media_type == "image/jpeg")
            assert b"hdrgm" not in data
            smaller = np.asarray(Image.fromarray(pixels(source)).resize((file.width_px, file.height_px))).astype(int)
            assert np.abs(pixels(file.path) - smaller).mean() < 8


@pytest.mark.parametrize(("form", "media_type"), [("TIFF", "image/tiff"), ("GIF", "image/gif"), ("AVIF", "image/avif")])
def test_what_cannot_be_cleaned_as_it_is_becomes_one_full_size_jpeg(tmp_path, form, media_type):
    source, photo = written(tmp_path, "a", coded(scene(), form), media_type)
    rendition = render(source, photo, Recipe(embed=EMBED), tmp_path / "cache")
    (file,) = rendition.files
    assert (file.media_type, file.width_px, file.height_px, rendition.blur) == ("image/jpeg", 640, 400, "")
    assert np.abs(pixels(file.path).astype(int) - pixels(source)).mean() < 10
    assert metadata.read(file.path).title == "A quiet harbour"


def test_of_an_animation_only_the_first_picture_is_sent(tmp_path):
    frames = {"save_all": True, "append_images": [scene().transpose(Image.Transpose.FLIP_LEFT_RIGHT)]}
    for form, media_type in (("WEBP", "image/webp"), ("GIF", "image/gif"), ("PNG", "image/png")):
        source, photo = written(tmp_path, form, coded(scene(), form, **frames), media_type)
        (file,) = render(source, photo, Recipe(), tmp_path / "cache").files
        with Image.open(file.path) as image:
            assert getattr(image, "n_frames", 1) == 1
        assert np.abs(pixels(file.path).astype(int) - pixels(source)).mean() < 10


PLAIN = {form: coded(scene(), form) for form in ("JPEG", "PNG", "WEBP", "AVIF")}


@pytest.mark.parametrize(
    ("data", "media_type", "named"),
    [
        (PLAIN["JPEG"] + b"x", "image/jpeg", "data outside the picture"),
        (PLAIN["JPEG"][:2] + segment(0xFE, b"hi") + PLAIN["JPEG"][2:], "image/jpeg", "a part named COM"),
        (PLAIN["JPEG"][:2] + segment(0xE2, b"MPF\0") + PLAIN["JPEG"][2:], "image/jpeg", "a part named APP2"),
        (PLAIN["JPEG"][:2] + b"xx" + PLAIN["JPEG"][2:], "image/jpeg", "data outside the picture"),
        (PLAIN["JPEG"][:-2], "image/jpeg", "it ends before the picture does"),
        (PLAIN["PNG"] + b"x", "image/png", "data outside the picture"),
        (PLAIN["PNG"][:33] + png_chunk(b"tEXt", b"a\0b") + PLAIN["PNG"][33:], "image/png", "a part named tEXt"),
        (PLAIN["WEBP"] + b"x", "image/webp", "data outside the picture"),
        (secret_webp(PLAIN["WEBP"], 640, 400), "image/webp", "a part named EXIF"),
        (PLAIN["AVIF"] + b"\0\0\0\x0cskipCAN!", "image/avif", "a part named skip"),
        (PLAIN["AVIF"] + b"x", "image/avif", "it ends before the picture does"),
    ],
)
def test_the_check_names_what_is_in_a_file_besides_its_picture(data, media_type, named):
    assert named in foreign_pieces(data, media_type, with_facts=False)


@pytest.mark.parametrize("form", PLAIN)
def test_the_check_finds_nothing_in_a_plain_file(form):
    assert foreign_pieces(PLAIN[form], f"image/{form.lower()}", with_facts=False) == ()


def test_the_check_finds_a_preview_inside_metadata_that_is_allowed():
    preview = segment(0xE1, b"Exif\0\0" + PLAIN["JPEG"][:500])
    data = PLAIN["JPEG"][:2] + preview + PLAIN["JPEG"][2:]
    assert foreign_pieces(data, "image/jpeg", with_facts=True) == ("an embedded preview in APP1",)


def test_a_fact_in_an_avif_that_was_not_allowed_is_named(tmp_path):
    source, photo = secret(tmp_path, "image/jpeg")
    (file,) = render(source, photo, Recipe((Output("image/avif", 64),), EMBED), tmp_path / "cache").files
    assert unexpected(file.path, "image/avif", EMBED) == ()
    assert "Xmp.dc.title" in unexpected(file.path, "image/avif", Facts(rights=EMBED.rights))
    with Image.open(source) as image:
        image.save(tmp_path / "exif.avif", exif=image.info["exif"])
    assert "Exif.Image.Artist" in unexpected(tmp_path / "exif.avif", "image/avif", EMBED)


@pytest.mark.parametrize("outputs", [(), (Output("image/jpeg", 100),)], ids=["own", "resized"])
def test_a_file_that_fails_the_check_is_deleted_and_the_photo_refused(tmp_path, monkeypatch, outputs):
    source, photo = secret(tmp_path, "image/jpeg")

    def careless(path: Path, facts: Facts) -> None:
        path.write_bytes(path.read_bytes() + b"CANARY")

    monkeypatch.setattr(metadata, "write", careless)
    with pytest.raises(Refused, match=r"a\.jpg: .*data outside the picture.*nothing was sent"):
        render(source, photo, Recipe(outputs, EMBED), tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()] == [".lock"]


def test_a_fact_that_was_not_allowed_is_refused_by_name(tmp_path, monkeypatch):
    source, photo = secret(tmp_path, "image/jpeg")
    write = metadata.write

    def careless(path: Path, facts: Facts) -> None:
        write(path, Facts(title="A quiet harbour", caption="Where I hide the key"))

    monkeypatch.setattr(metadata, "write", careless)
    with pytest.raises(Refused, match=r"(?i)description|caption"):
        render(source, photo, Recipe(embed=EMBED), tmp_path / "cache")


def test_the_exif_thumbnail_of_our_samples_is_one_that_others_find():
    name, data = SECRETS["image/jpeg"]
    with Image.open(io.BytesIO(data)) as image:
        assert image.getexif()[0x0112] == 6, f"{name} would not test anything"
        assert image.getexif().get_ifd(0x8825)[1] == "N"
