"""Smaller copies for the web: right size, right way up, right colours, the same bytes every time, made once."""

import base64
import contextlib
import errno
import hashlib
import io
import json
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

import heliograph.render
from heliograph import metadata
from heliograph.errors import Mistake, Refused
from heliograph.model import Facts, Output, Photo, Recipe, Rendition, Rights
from heliograph.render import decode, render, shelf
from heliograph.render.resize import targets
from render_samples import coded, photo_of, png_chunk, scene, secret_jpeg, secret_png, secret_webp, written

EMBED = Facts(title="A quiet harbour", rights=Rights(creators=("Ada Example",)))
WEB = tuple(Output(kind, edge) for edge in (400, 200) for kind in ("image/webp", "image/jpeg"))


def made(folder: Path, data: bytes, media_type: str, recipe: Recipe, **facts: object) -> Rendition:
    source, photo = written(folder, "a", data, media_type, **facts)
    return render(source, photo, recipe, folder / "cache")


def rgb(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


# --- sizes ------------------------------------------------------------------------------------------------------------


def test_there_is_a_file_for_each_output_largest_first_and_each_is_what_it_says(tmp_path):
    rendition = made(tmp_path, coded(scene(), "JPEG", quality=95), "image/jpeg", Recipe(WEB, EMBED))
    assert [(file.path.name, file.width_px, file.height_px) for file in rendition.files] == [
        ("400.webp", 400, 250),
        ("400.jpg", 400, 250),
        ("200.webp", 200, 125),
        ("200.jpg", 200, 125),
    ]
    for file in rendition.files:
        data = file.path.read_bytes()
        assert (file.length_bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        with Image.open(file.path) as image:
            assert (image.get_format_mimetype(), image.size) == (file.media_type, (file.width_px, file.height_px))
        assert metadata.read(file.path).title == "A quiet harbour"


def test_nothing_is_enlarged_and_what_comes_down_to_the_same_size_is_made_once(tmp_path):
    outputs = (Output("image/jpeg", 4096, 80), Output("image/jpeg", None, 90), Output("image/jpeg", 320))
    files = made(tmp_path, coded(scene(), "JPEG"), "image/jpeg", Recipe(outputs)).files
    assert [(file.width_px, file.height_px) for file in files] == [(640, 400), (320, 200)]


@given(
    st.lists(
        st.builds(
            Output,
            st.sampled_from(["image/jpeg", "image/webp", "image/png"]),
            st.none() | st.integers(1, 100_000),
            st.integers(1, 100),
        ),
        min_size=1,
    ),
    st.integers(1, 70_000),
)
def test_targets_are_never_enlarged_never_repeated_and_largest_first(outputs, own_edge_px):
    found = targets(outputs, own_edge_px)
    edges = [output.long_edge_px for output in found]
    assert edges == sorted(edges, reverse=True)
    assert all(1 <= edge <= own_edge_px for edge in edges)
    assert all(edge <= 16_383 for output, edge in zip(found, edges, strict=True) if output.media_type == "image/webp")
    assert len({(output.media_type, output.long_edge_px) for output in found}) == len(found)
    assert {output.media_type for output in found} == {output.media_type for output in outputs}


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (3000, 2), (17, 16)])
def test_pictures_of_odd_shapes_come_through(tmp_path, size):
    file = made(tmp_path, coded(scene(*size), "PNG"), "image/png", Recipe((Output("image/jpeg", 500),))).files[0]
    assert max(file.width_px, file.height_px) == min(max(size), 500)
    assert min(file.width_px, file.height_px) >= 1


def test_avif_is_made_with_its_facts_where_the_library_can(tmp_path):
    recipe = Recipe((Output("image/avif", 64, 60),), EMBED)
    (file,) = made(tmp_path, coded(scene(), "JPEG"), "image/jpeg", recipe).files
    with Image.open(file.path) as image:
        assert (image.format, image.size) == ("AVIF", (64, 40))
        assert b"A quiet harbour" in image.info["xmp"]


def test_a_kind_of_picture_that_cannot_be_made_is_a_mistake_that_names_the_others(tmp_path):
    with pytest.raises(Mistake, match=r"image/bmp .*image/jpeg"):
        made(tmp_path, coded(scene(), "JPEG"), "image/jpeg", Recipe((Output("image/bmp", 100),)))


# --- the way up, the colours ------------------------------------------------------------------------------------------

TURN = {
    1: (),
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_90,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_270,),
}
"""How an upright picture has to be turned so that the orientation turns it back."""


@pytest.mark.parametrize("orientation", TURN)
def test_resized_pictures_stand_upright_whatever_the_orientation(tmp_path, orientation):
    stored = scene()
    for turn in TURN[orientation]:
        stored = stored.transpose(turn)
    recipe = Recipe((Output("image/jpeg", 320), Output("image/webp", 160)), EMBED)
    for file in made(tmp_path, coded(stored, "JPEG", quality=95), "image/jpeg", recipe, orientation=orientation).files:
        upright = np.asarray(scene().resize((file.width_px, file.height_px))).astype(int)
        assert np.abs(rgb(file.path) - upright).mean() < 6
        assert metadata.read(file.path).orientation == 1


def wide_profile() -> bytes:
    """A display profile that swaps red and green of sRGB: what ignores it is plainly wrong."""
    plain = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    places = {}
    count = int.from_bytes(plain[128:132], "big")
    for entry in range(count):
        at = 132 + 12 * entry
        places[bytes(plain[at : at + 4])] = at + 4
    red, green = places[b"rXYZ"], places[b"gXYZ"]
    plain[red : red + 8], plain[green : green + 8] = plain[green : green + 8], plain[red : red + 8]
    return bytes(plain)


def test_colours_go_through_the_embedded_profile_and_the_profile_is_dropped(tmp_path):
    image = Image.new("RGB", (200, 100), (200, 30, 60))
    data = coded(image, "JPEG", quality=100, subsampling=0, icc_profile=wide_profile())
    for file in made(
        tmp_path, data, "image/jpeg", Recipe((Output("image/jpeg", 100, 95), Output("image/png", 50)))
    ).files:
        assert np.abs(rgb(file.path) - [30, 200, 60]).max() < 12
        with Image.open(file.path) as made_image:
            assert "icc_profile" not in made_image.info


def test_cmyk_and_grey_and_sixteen_bits_come_out_as_the_colours_they_are(tmp_path):
    sources = {
        "cmyk.jpg": (coded(Image.new("CMYK", (80, 60), (0, 255, 255, 0)), "JPEG"), "image/jpeg", (226, 36, 40)),
        "grey.jpg": (coded(Image.new("L", (80, 60), 90), "JPEG"), "image/jpeg", (90, 90, 90)),
        "deep.png": (coded(Image.fromarray(np.full((60, 80), 90 * 257, "uint16")), "PNG"), "image/png", (90, 90, 90)),
        "two.gif": (coded(Image.new("P", (80, 60), 0), "GIF"), "image/gif", (0, 0, 0)),
    }
    for name, (data, media_type, colour) in sources.items():
        source, photo = written(tmp_path, name, data, media_type)
        recipe = Recipe((Output("image/jpeg", 40), Output("image/webp", 30), Output("image/png", 20)))
        for file in render(source, photo, recipe, tmp_path / "cache").files:
            assert np.abs(rgb(file.path) - colour).max() < 25, (name, file.path.name)


def test_transparency_becomes_white_in_a_jpeg_and_stays_where_it_can(tmp_path):
    image = Image.new("RGBA", (80, 60), (255, 0, 0, 0))
    recipe = Recipe((Output("image/jpeg", 40), Output("image/webp", 40), Output("image/png", 40)))
    files = {file.media_type: file.path for file in made(tmp_path, coded(image, "PNG"), "image/png", recipe).files}
    assert rgb(files["image/jpeg"]).min() > 250
    for media_type in ("image/webp", "image/png"):
        with Image.open(files[media_type]) as kept:
            assert kept.convert("RGBA").getpixel((5, 5))[3] == 0


def test_jpegs_are_progressive(tmp_path):
    (file,) = made(tmp_path, coded(scene(), "JPEG"), "image/jpeg", Recipe((Output("image/jpeg", 320),))).files
    with Image.open(file.path) as image:
        assert image.info["progressive"]


def test_the_blur_is_a_tiny_picture_of_the_photo_in_one_short_address(tmp_path):
    noise = np.random.default_rng(3).integers(0, 255, (300, 300, 3), dtype="uint8")
    for image in (scene(), Image.fromarray(noise)):
        blur = made(tmp_path, coded(image, "PNG"), "image/png", Recipe((Output("image/jpeg", 200),))).blur
        head, _, code = blur.partition(",")
        assert head == "data:image/webp;base64"
        assert len(blur) <= 600
        with Image.open(io.BytesIO(base64.b64decode(code))) as tiny:
            assert max(tiny.size) == 16
    assert made(tmp_path, coded(scene(), "PNG"), "image/png", Recipe()).blur == ""


# --- what cannot be rendered ------------------------------------------------------------------------------------------

WEBS = pytest.mark.parametrize("recipe", [Recipe(), Recipe(WEB, EMBED)], ids=["own", "resized"])


def whole_photo(path: Path, media_type: str) -> Photo:
    """A photo as it was known before its file went bad."""
    return Photo(path.name, "0" * 64, "jpeg scans", media_type, 1, Facts())


@WEBS
@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("TIFF", "image/tiff"),
        ("GIF", "image/gif"),
    ],
)
def test_a_truncated_picture_is_refused_with_a_sentence(tmp_path, recipe, form, media_type):
    data = coded(scene(), form)
    path = tmp_path / "a"
    path.write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(Refused, match=r"a: .*damaged or cut off.*Restore the file"):
        render(path, whole_photo(path, media_type), recipe, tmp_path / "cache")


@WEBS
def test_a_jpeg_that_lost_its_tail_but_has_an_end_is_refused(tmp_path, recipe):
    data = coded(scene(), "JPEG")
    path = tmp_path / "a"
    path.write_bytes(data[: len(data) // 2])
    photo = whole_photo(path, "image/jpeg")
    with pytest.raises(Refused, match="damaged or cut off"):
        render(path, photo, recipe, tmp_path / "cache")


@WEBS
@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff\xd8\xff\xe0", b"GIF89a", b"<svg/>", coded(scene(), "PNG")])
def test_what_is_no_jpeg_is_refused_with_a_sentence(tmp_path, recipe, data):
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.raises(Refused, match=r"^a: "):
        render(path, whole_photo(path, "image/jpeg"), recipe, tmp_path / "cache")


@WEBS
def test_a_header_of_absurd_size_is_refused_before_anything_is_decoded(tmp_path, recipe, monkeypatch):
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 65_000, 65_000, 8, 2, 0, 0, 0))
    path = tmp_path / "a"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", b"x") + png_chunk(b"IEND", b""))
    with pytest.raises(Refused, match=r"65000 x 65000 pixels"):
        render(path, whole_photo(path, "image/png"), recipe, tmp_path / "cache")


@WEBS
def test_a_file_that_vanished_is_refused_with_a_sentence(tmp_path, recipe):
    with pytest.raises(Refused, match=r"gone\.jpg: the file cannot be read"):
        render(tmp_path / "gone.jpg", whole_photo(tmp_path / "gone.jpg", "image/jpeg"), recipe, tmp_path / "cache")


@WEBS
def test_a_raw_file_is_refused_and_never_sent_as_its_tiny_preview(tmp_path, recipe):
    path = tmp_path / "a.nef"
    path.write_bytes(coded(scene(160, 120), "TIFF"))
    with pytest.raises(Refused, match="developed first"):
        render(path, whole_photo(path, "image/x-nikon-nef"), recipe, tmp_path / "cache")


def test_pixels_that_changed_since_they_were_read_are_not_sent_as_the_original(tmp_path):
    source, photo = written(tmp_path, "a.jpg", coded(scene(), "JPEG"), "image/jpeg")
    source.write_bytes(coded(scene(), "JPEG", quality=30))
    with pytest.raises(Refused, match="without touching its picture"):
        render(source, photo, Recipe(), tmp_path / "cache")


def test_heic_is_decoded_where_the_extra_is_installed_and_refused_by_its_name_where_not(tmp_path, monkeypatch):
    heif = pytest.importorskip("pillow_heif")
    stream = io.BytesIO()
    heif.from_pillow(scene()).save(stream, quality=90)
    source, photo = written(tmp_path, "a.heic", stream.getvalue(), "image/heic", orientation=6)
    for recipe in (Recipe(), Recipe(WEB, EMBED)):
        file = render(source, photo, recipe, tmp_path / "cache").files[0]
        upright = np.asarray(scene().resize((file.width_px, file.height_px))).astype(int)
        assert np.abs(rgb(file.path) - upright).mean() < 8, "HEIC is turned by its own rules, not by EXIF"


def test_heic_without_a_decoder_names_the_extra_that_brings_one(tmp_path, monkeypatch):
    from pyvips import Error

    source, photo = written(tmp_path, "a.heic", coded(scene(), "AVIF"), "image/avif")

    def no_codec(*_: object, **__: object) -> None:
        message = "Support for this compression format has not been built in"
        raise Error(message)

    monkeypatch.setattr(decode.vips().Image, "thumbnail_source", no_codec)
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(Refused, match=r"a\.heic: .*heliograph\[heif\]"):
        render(source, replace(photo, media_type="image/heic"), Recipe(WEB), tmp_path / "cache")


def test_names_that_libvips_would_take_for_options_are_only_names(tmp_path):
    for name in ("a[shrink=8]", "b.jpg[page=2]", "c\nd", "é" * 60):
        source, photo = written(tmp_path, name, coded(scene(), "JPEG"), "image/jpeg")
        files = render(source, photo, Recipe((Output("image/jpeg", None),)), tmp_path / "cache" / str(hash(name))).files
        assert files[0].width_px == 640


# --- made once --------------------------------------------------------------------------------------------------------


@pytest.fixture
def sample(tmp_path):
    return written(tmp_path, "a.jpg", coded(scene(), "JPEG", quality=95), "image/jpeg")


def test_the_same_photo_and_recipe_give_the_same_bytes(tmp_path, sample):
    recipe = Recipe((*WEB, Output("image/png", 50), Output("image/avif", 40)), EMBED)
    one = render(*sample, recipe, tmp_path / "one")
    two = render(*sample, recipe, tmp_path / "two")
    assert [file.sha256 for file in one.files] == [file.sha256 for file in two.files]
    assert one.blur == two.blur
    assert render(*sample, Recipe(), tmp_path / "one").files[0].sha256 == (
        render(*sample, Recipe(), tmp_path / "two").files[0].sha256
    )


def test_what_was_made_is_not_made_again(tmp_path, sample, monkeypatch):
    first = render(*sample, Recipe(WEB, EMBED), tmp_path / "cache")
    monkeypatch.setattr(heliograph.render, "_made", lambda *_: pytest.fail("made again"))
    assert render(*sample, Recipe(WEB, EMBED), tmp_path / "cache") == first


def test_another_orientation_recipe_or_picture_is_made_anew(tmp_path, sample):
    source, photo = sample
    cache = tmp_path / "cache"
    turned = replace(photo, facts=Facts(orientation=6))
    other = photo_of(source, "image/jpeg")
    found = [
        render(source, photo, Recipe(WEB), cache),
        render(source, turned, Recipe(WEB), cache),
        render(source, photo, Recipe(WEB, EMBED), cache),
        render(source, photo, Recipe((Output("image/jpeg", 400, 50),)), cache),
        render(source, photo, Recipe(), cache),
    ]
    assert len({rendition.files[0].path.parent for rendition in found}) == len(found)
    assert render(source, other, Recipe(WEB), cache) == found[0]


@pytest.mark.parametrize("harm", ["cut", "changed", "gone", "no manifest", "bad manifest", "manifest of nothing"])
def test_a_damaged_rendition_is_made_again(tmp_path, sample, harm):
    first = render(*sample, Recipe(WEB, EMBED), tmp_path / "cache")
    path = first.files[0].path
    manifest = path.with_name(shelf.MANIFEST)
    data = path.read_bytes()
    if harm == "cut":
        path.write_bytes(data[:-1])
    elif harm == "changed":
        path.write_bytes(data[:-1] + b"x")
    elif harm == "gone":
        path.unlink()
    elif harm == "no manifest":
        manifest.unlink()
    else:
        manifest.write_text("{" if harm == "bad manifest" else json.dumps({"files": [], "blur": ""}), encoding="utf-8")
    assert render(*sample, Recipe(WEB, EMBED), tmp_path / "cache") == first
    assert path.read_bytes() == data


def test_what_a_killed_run_left_half_made_is_ignored_and_removed(tmp_path, sample):
    recipe = Recipe(WEB)
    first = render(*sample, recipe, tmp_path / "cache")
    folder = first.files[0].path.parent
    folder.rename(folder.with_name(f".making-{folder.name}"))
    assert render(*sample, recipe, tmp_path / "cache") == first
    assert sorted(path.name for path in folder.parent.iterdir()) == sorted([".lock", folder.name])


def test_many_workers_asking_for_the_same_picture_make_it_once(tmp_path, sample, monkeypatch):
    made_by, really = [], heliograph.render._made

    def counted(*arguments: object) -> Rendition:
        made_by.append(threading.get_ident())
        return really(*arguments)

    monkeypatch.setattr(heliograph.render, "_made", counted)
    found: list[Rendition] = []
    workers = [
        threading.Thread(target=lambda: found.append(render(*sample, Recipe(WEB), tmp_path / "cache")))
        for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(made_by) == 1
    assert len(found) == 4
    assert all(rendition == found[0] for rendition in found)


@WEBS
def test_a_full_disk_is_no_fault_of_the_photo_and_leaves_nothing_half_made(tmp_path, sample, recipe, monkeypatch):
    write_bytes = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        write_bytes(path, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Mistake, match=r"cache, cannot be written: No space left on device.*Free some space"):
        render(*sample, recipe, tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()] == [".lock"]


def test_a_disk_that_is_full_when_the_facts_are_written_is_no_fault_of_the_photo_either(tmp_path, sample, monkeypatch):
    def full(path: Path, facts: Facts) -> None:
        message = "The metadata could not be written"
        raise Refused(message)

    monkeypatch.setattr(metadata, "write", full)
    with pytest.raises(Refused, match="could not be written"):
        render(*sample, Recipe(WEB, EMBED), tmp_path / "cache")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(Mistake, match="Free some space"):
        render(*sample, Recipe(WEB, EMBED), tmp_path / "cache")


def test_a_cache_that_cannot_be_a_folder_is_a_mistake_with_a_sentence(tmp_path, sample):
    (tmp_path / "cache").write_text("I am a file", encoding="utf-8")
    with pytest.raises(Mistake, match="cannot be written"):
        render(*sample, Recipe(WEB), tmp_path / "cache")


def test_importing_render_does_not_load_the_picture_library(tmp_path):
    code = "import sys, heliograph.render; sys.exit('pyvips' in sys.modules or 'exiv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_damaged_pictures_say_nothing_on_stderr_of_their_own(tmp_path, capfd):
    path = tmp_path / "a"
    data = bytearray(coded(scene(), "JPEG"))
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    path.write_bytes(data)
    photo = photo_of(path, "image/jpeg")
    with contextlib.suppress(Refused):
        render(path, photo, Recipe(WEB), tmp_path / "cache")
    assert capfd.readouterr() == ("", "")


SOUND = {
    "image/jpeg": secret_jpeg(coded(scene(96, 64), "JPEG")),
    "image/png": secret_png(coded(scene(48, 32), "PNG")),
    "image/webp": secret_webp(coded(scene(96, 64), "WEBP"), 96, 64),
    "image/tiff": coded(scene(48, 32), "TIFF"),
    "image/gif": coded(scene(48, 32), "GIF"),
    "image/avif": coded(scene(48, 32), "AVIF"),
}


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(sorted(SOUND)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
    st.floats(0.2, 1),
)
def test_whatever_happens_to_a_file_it_is_rendered_or_refused_and_nothing_else(media_type, flips, share):
    data = bytearray(SOUND[media_type])
    for at, byte in flips:
        data[int(at * len(data))] = byte
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        path.write_bytes(data[: max(int(share * len(data)), 1)])
        for recipe in (Recipe(), Recipe((Output("image/jpeg", 40),), EMBED)):
            with contextlib.suppress(Refused):
                assert render(path, photo_of(path, media_type), recipe, Path(folder) / "cache").files
