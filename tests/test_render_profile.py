"""Colour profiles: the colours leave, and the names, dates and numbers that stand beside them do not."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from heliograph import metadata
from heliograph.model import Facts, Output, Recipe
from heliograph.render import render
from heliograph.render.check import foreign_pieces
from heliograph.render.profile import public
from render_samples import coded, scene, written

WEB = (Output("image/jpeg", 320),)
FORMS = pytest.mark.parametrize(
    ("form", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
PRIMARIES = {b"rXYZ": (0.1431, 0.0606, 0.7141), b"gXYZ": (0.4361, 0.2225, 0.0139), b"bXYZ": (0.3851, 0.7169, 0.0971)}
"""Those of sRGB turned round, so that whoever drops the profile shows other colours."""
MADE = struct.pack(">6H", 2024, 5, 3, 14, 5, 6)


def screen_profile(description: str, secret: bytes = b"", curve: int = 0x0180) -> bytes:
    pad = description.encode() + b"\0"
    bodies = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(pad)) + pad + bytes(78),
        b"cprt": b"text\0\0\0\0Made by CANARY\0",
        b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061),
        b"dmdd": b"text\0\0\0\0CANARY-serial\0",
        b"CNRY": b"data\0\0\0\0" + secret,
    }
    for name, values in PRIMARIES.items():
        bodies[name] = b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))
    for name in (b"rTRC", b"gTRC", b"bTRC"):
        bodies[name] = b"curv\0\0\0\0" + struct.pack(">IH", 1, curve)
    table, data, at = b"", b"", 132 + 12 * len(bodies)
    for name, body in bodies.items():
        table += struct.pack(">4sII", name, at + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    head = b"CNRY\x02\x10\0\0mntrRGB XYZ " + MADE + b"acspCNRY\0\0\0\0CNRYCNRY" + bytes(12)
    head += struct.pack(">3i", 63190, 65536, 54061) + b"CNRY" + bytes(44)
    return struct.pack(">I", at + len(data)) + head + struct.pack(">I", len(bodies)) + table + data


def in_srgb(profile: bytes) -> np.ndarray:
    swatch = Image.linear_gradient("L").convert("RGB")
    swatch.paste((200, 40, 90), (0, 0, 256, 90))
    own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return np.asarray(ImageCms.profileToProfile(swatch, own, ImageCms.createProfile("sRGB")))


@FORMS
@pytest.mark.parametrize("secret", [b"CANARY", b"CANARY" * 20_000], ids=["short", "in several segments"])
def test_of_the_profile_of_an_original_nothing_stays_but_its_colours(tmp_path, form, media_type, secret):
    profile = screen_profile("CANARY's screen", secret)
    source, photo = written(tmp_path, f"a.{form}", coded(scene(), form, icc_profile=profile), media_type)
    (file,) = render(source, photo, Recipe(), tmp_path / "cache").files
    with Image.open(file.path) as image:
        kept = image.info["icc_profile"]
    for secret_part in (b"CANARY", b"CNRY", MADE):
        assert secret_part in profile
        assert secret_part not in kept
    assert np.array_equal(in_srgb(kept), in_srgb(profile))
    assert not np.array_equal(
        in_srgb(kept), in_srgb(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    )


def test_a_profile_that_names_a_standard_keeps_that_name():
    known = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = ImageCms.ImageCmsProfile(io.BytesIO(public(known)))
    assert ImageCms.getProfileDescription(kept).strip() == "sRGB built-in"
    assert public(public(known)) == public(known)
    assert b"Display P3\0" in public(screen_profile("Display P3"))
    assert b"Display P3" not in public(screen_profile("Display P3 of Ada"))


@pytest.mark.parametrize("cut", [0, 40, 131, 200])
def test_a_profile_that_is_cut_off_is_none(cut):
    assert public(screen_profile("Display P3")[:cut]) == b""


@FORMS
def test_what_is_no_profile_is_not_sent_as_one(tmp_path, form, media_type):
    source, photo = written(tmp_path, f"a.{form}", coded(scene(), form, icc_profile=b"CANARY" * 60), media_type)
    (file,) = render(source, photo, Recipe(), tmp_path / "cache").files
    assert b"CANARY" not in file.path.read_bytes()
    with Image.open(file.path) as image:
        assert "icc_profile" not in image.info


@FORMS
def test_a_newly_assigned_profile_is_never_served_the_old_rendition(tmp_path, form, media_type):
    made = []
    for curve in (0x0180, 0x0300):
        data = coded(scene(), form, icc_profile=screen_profile("A screen", curve=curve))
        source, photo = written(tmp_path, f"a.{form}", data, media_type)
        made.append((photo.digest, render(source, photo, Recipe(WEB), tmp_path / "cache").files[0].sha256))
    assert made[0][0] == made[1][0], "the coded picture is the same"
    assert made[0][1] != made[1][1]


def test_other_quantisation_tables_make_another_rendition(tmp_path):
    data = coded(scene(), "JPEG", quality=80)
    at = data.index(b"\xff\xdb") + 10
    made = []
    for name, changed in (("a.jpg", data), ("b.jpg", data[:at] + bytes([data[at] ^ 0x1F]) + data[at + 1 :])):
        source, photo = written(tmp_path, name, changed, "image/jpeg")
        made.append((photo.digest, render(source, photo, Recipe(WEB), tmp_path / "cache").files[0].sha256))
    assert made[0][0] == made[1][0], "the coded picture is the same"
    assert made[0][1] != made[1][1]


@FORMS
def test_edited_metadata_is_served_the_rendition_that_there_is(tmp_path, form, media_type, monkeypatch):
    source, photo = written(tmp_path, f"a.{form}", coded(scene(), form), media_type)
    first = render(source, photo, Recipe(WEB), tmp_path / "cache")
    metadata.write(source, Facts(title="Another title"))
    monkeypatch.setattr("heliograph.render._made", lambda *_: pytest.fail("made again"))
    assert render(source, photo, Recipe(WEB), tmp_path / "cache") == first


@FORMS
def test_the_check_names_a_profile_with_words_of_its_own(form, media_type):
    data = coded(scene(), form, icc_profile=screen_profile("CANARY's screen"))
    assert foreign_pieces(data, media_type, with_facts=False) == ("a colour profile with words of its own",)
