"""Perceptual hashes of real files: near for one picture, far for others, empty for what is no picture."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from heliograph.digest.likeness import likeness
from heliograph.identify import ALIKE, NEAR, distance
from heliograph.libraries.folder import Folder
from heliograph.libraries.folder import Options as FolderOptions
from heliograph.model import SubjectKind
from heliograph.platforms.site import Options, Site
from memory import FakeClock
from render_samples import photo_of

ROTATED = 0x0112


def picture(seed: int, width_px: int = 900, height_px: int = 600) -> Image.Image:
    """Soft light of its own for each seed, with grain."""
    rng = np.random.default_rng(seed)
    soft = Image.fromarray(rng.integers(0, 255, (6, 9, 3), dtype=np.uint8)).resize((width_px, height_px), Image.BICUBIC)
    grain = rng.normal(0, 6, (height_px, width_px, 3))
    return Image.fromarray((np.asarray(soft) + grain).clip(0, 255).astype(np.uint8))


def saved(folder: Path, name: str, image: Image.Image, **options: object) -> Path:
    path = folder / name
    image.save(path, **options)
    return path


@pytest.fixture
def original(tmp_path) -> Path:
    return saved(tmp_path, "original.jpg", picture(1), quality=95)


@pytest.mark.parametrize(
    ("name", "edge_px", "options"),
    [
        ("small.jpg", 640, {"quality": 80}),
        ("tiny.jpg", 150, {"quality": 70}),
        ("small.webp", 640, {"quality": 75}),
        ("same.png", 900, {}),
    ],
)
def test_one_picture_in_other_sizes_and_formats_is_near(tmp_path, original, name, edge_px, options):
    again = picture(1)
    again.thumbnail((edge_px, edge_px))
    assert distance(likeness(original), likeness(saved(tmp_path, name, again, **options))) <= NEAR


def test_other_pictures_are_far(tmp_path):
    hashes = [likeness(saved(tmp_path, f"{seed}.jpg", picture(seed))) for seed in range(8)]
    assert min(distance(*pair) for pair in combinations(hashes, 2)) > ALIKE


def test_a_picture_is_seen_as_it_is_looked_at(tmp_path, original):
    exif = Image.Exif()
    exif[ROTATED] = 6
    lying = saved(tmp_path, "lying.jpg", picture(1).transpose(Image.Transpose.ROTATE_90), exif=exif, quality=95)
    assert distance(likeness(original), likeness(lying)) <= NEAR
    library = Folder("photos", FolderOptions(tmp_path), tmp_path / "cache", FakeClock())
    turned = library.likeness(photo_of(lying, "image/jpeg", orientation=6))
    assert distance(likeness(original), turned) <= NEAR


@pytest.mark.parametrize("mode", ["L", "RGBA", "CMYK", "P", "LA"])
def test_every_kind_of_pixels_has_a_hash_near_that_of_its_colours(tmp_path, original, mode):
    name = "converted.tif" if mode == "CMYK" else "converted.png"
    converted = saved(tmp_path, name, picture(1).convert(mode))
    assert distance(likeness(original), likeness(converted)) <= ALIKE


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"\xff\xd8\xff\xe0", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_picture_has_no_hash(tmp_path, content):
    path = tmp_path / "broken.jpg"
    path.write_bytes(content)
    assert likeness(path) == ""
    assert likeness(tmp_path / "missing.jpg") == ""


def test_a_cut_off_or_absurd_file_has_no_hash(tmp_path, original):
    whole = original.read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    at = whole.index(b"\xff\xc0") + 5
    (tmp_path / "absurd.jpg").write_bytes(whole[:at] + b"\xff\xdc\xff\xdc" + whole[at + 4 :])
    assert (likeness(tmp_path / "cut.jpg"), likeness(tmp_path / "absurd.jpg")) == ("", "")


def test_a_library_tells_the_same_of_its_photos_and_nothing_of_what_is_not_there(tmp_path, original):
    library = Folder("photos", FolderOptions(tmp_path), tmp_path / "cache", FakeClock())
    photo = photo_of(original, "image/jpeg")
    assert distance(library.likeness(photo), likeness(original)) <= NEAR
    original.unlink()
    assert library.likeness(photo) == ""
    original.write_bytes(b"\xff\xd8 broken")
    assert library.likeness(photo) == ""


def test_a_site_tells_it_of_its_own_files(tmp_path, original):
    from heliograph.model import Output, Recipe, Subject, Wanted
    from heliograph.render import render

    site = Site("site", Options(tmp_path / "site"))
    photo = photo_of(original, "image/jpeg")
    made = render(original, photo, Recipe((Output("image/jpeg", 640), Output("image/webp", 320))), tmp_path / "cache")
    wanted = Wanted(Subject(SubjectKind.PHOTO, "a" * 32), "site", "original.jpg", {}, mark="a" * 32)
    post = site.add(site.prepare(wanted.subject, wanted, made), wanted, made)
    assert distance(site.likeness(post), likeness(original)) <= NEAR
