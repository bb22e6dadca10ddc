"""Signatures by which other programs know pictures again: the values that ImageMagick 6 and 7 give."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image

from heliograph.digest.signature import checksums, signature_of_seven, signature_of_six

ROWS = [[0, 50, 100, 150, 200], [255, 205, 155, 105, 55]]
"""Of the grey picture in two rows."""


def signatures(path: Path) -> tuple[str, str]:
    return signature_of_six(path), signature_of_seven(path)


def drawn(width: int, height: int, *channels: object) -> np.ndarray:
    """A picture by formulas of row and column."""
    y, x = np.mgrid[0:height, 0:width]
    made = [channel(x, y) if callable(channel) else np.full_like(x, channel) for channel in channels]
    return np.stack(made, axis=2).astype(np.uint8)


COLOURED = drawn(4, 3, lambda x, _: 60 * x, lambda _, y: 80 * y, lambda x, y: 20 * (x + y))
SEE_THROUGH = drawn(
    3, 3, lambda x, _: 100 * x, lambda _, y: 100 * y, 50, lambda x, y: np.where((x + y) % 2 == 0, 255, 128)
)
DEEP = (np.array(ROWS, dtype=np.uint32) * 257 + 3).astype(np.uint16)

KNOWN = {
    "A, colours": (
        "523b5383a7fc9fdc8c82ad941892ff6ce4716aed3f38662da5964bad2f6c7d45",
        "5d2d86f34748add923137f1e8055da5a25366ad9e8284836fd5c9923bad25e86",
    ),
    "B, grey": (
        "33b7b75f9e0c8b62cba5c5e6951289e89c7c7eaf4b4a43f5335b186e601d2eaf",
        "ff453d034da0d7a6dc2a9cb0acc05d61d8d7d5ef40a774b697e379e4770b7b3a",
    ),
    "C, with alpha": (
        "ba6be537f0e800f3e65956c674d2ba82a9b6c929acd75ed83bccf8320a4a2cd9",
        "56dd84fff65151566e0fec6ef9440c872d08b8271fea78bb08c6820af32cf7ea",
    ),
    "D, 16 bits": (
        "aeeba7a694e0f072361458dd9d08f264ceb0d36df880383ab0100c0631ad9f79",
        "d9085d231744c344400b2dfdfdc79d14ab1cf073d0480124337e88b72cb7f0fe",
    ),
}
"""Of four pictures by formulas: ImageMagick 6.9.11-60's and 7.1.2-9's own values (2026-11)."""


def deep(path: Path, pixels: np.ndarray) -> None:
    """A PNG of 16 bits a sample."""
    height, width, bands = pixels.shape
    image = pyvips.Image.new_from_memory(np.ascontiguousarray(pixels).tobytes(), width, height, bands, "ushort")
    image.copy(interpretation="grey16" if bands < 3 else "rgb16").pngsave(str(path))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The four, and the second one once more as colours."""
    folder = tmp_path_factory.mktemp("pictures")
    Image.fromarray(COLOURED).save(folder / "A, colours.png")
    grey = Image.fromarray(np.array(ROWS, dtype=np.uint8))
    grey.save(folder / "B, grey.png")
    grey.convert("RGB").save(folder / "grey as colours.png")
    Image.fromarray(SEE_THROUGH).save(folder / "C, with alpha.png")
    deep(folder / "D, 16 bits.png", DEEP[..., None])
    return folder


@pytest.mark.parametrize("name", KNOWN)
def test_a_picture_has_the_signatures_that_imagemagick_gives_it(pictures, name):
    assert signatures(pictures / f"{name}.png") == KNOWN[name]


def test_grey_and_the_same_grey_as_colours_are_one_for_six_and_two_for_seven(pictures):
    six, seven = signatures(pictures / "grey as colours.png")
    assert six == KNOWN["B, grey"][0]
    assert seven != KNOWN["B, grey"][1]


def by_pillow(data: bytes) -> str:
    """What ImageMagick 6 hashes, taken from another decoder."""
    image = Image.open(io.BytesIO(data))
    plain = {"L": "RGB", "1": "RGB", "P": "RGB", "LA": "RGBA"}.get(image.mode)
    plain = "RGBA" if "transparency" in image.info else plain
    return hashlib.sha256(np.asarray(image.convert(plain) if plain else image).tobytes()).hexdigest()


def scene() -> Image.Image:
    """Odd edges and fine colours, which tell decoders apart."""
    noise = np.random.default_rng(3).normal(128, 40, (31, 41, 3)).clip(0, 255).astype(np.uint8)
    return Image.fromarray(noise).resize((83, 61), Image.Resampling.BICUBIC)


TURNED = b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"
"""Metadata that say "turn me"."""
SAVED = {
    **{
        f"JPEG, quality {quality}, subsampling {subsampling}{', progressive' * progressive}": (
            "RGB",
            {"format": "JPEG", "quality": quality, "subsampling": subsampling, "progressive": bool(progressive)},
        )
        for quality, subsampling, progressive in ((30, 2, 0), (75, 1, 1), (95, 0, 0), (95, 2, 1))
    },
    "grey JPEG": ("L", {"format": "JPEG"}),
    "CMYK JPEG": ("CMYK", {"format": "JPEG"}),
    "turned JPEG": (
        "RGB",
        {"format": "JPEG", "exif": b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"},
    ),
    **{f"{mode} PNG": (mode, {"format": "PNG"}) for mode in ("RGB", "RGBA", "L", "LA", "P", "1")},
    "palette PNG of 4 bits": ("P", {"format": "PNG", "bits": 4}),
    "palette PNG with a colour that is not seen": ("P", {"format": "PNG", "transparency": 3}),
    "GIF": ("P", {"format": "GIF"}),
    "GIF with a colour that is not seen": ("P", {"format": "GIF", "transparency": 3}),
    "GIF with a colour that is not seen and in no pixel": ("P", {"format": "GIF", "transparency": 15}),
    "GIF with a colour that is not seen, with words": (
        "P",
        {"format": "GIF", "transparency": 3, "comment": b"Sea" * 99},
    ),
    "GIF that is interlaced": ("P", {"format": "GIF", "transparency": 3, "interlace": 1}),
    "grey GIF with a shade that is not seen": ("L", {"format": "GIF", "transparency": 128}),
}


@pytest.mark.parametrize("name", SAVED)
def test_every_kind_is_hashed_as_it_is_stored(tmp_path, name):
    mode, how = SAVED[name]
    image = scene().quantize(12) if mode == "P" else scene().convert(mode)
    image.save(tmp_path / "picture", **how)
    assert signatures(tmp_path / "picture")[0] == by_pillow((tmp_path / "picture").read_bytes())


def test_sixteen_bits_are_never_taken_for_eight(tmp_path):
    deep(tmp_path / "deep.png", COLOURED.astype(np.uint16) * 257)
    six, seven = signatures(tmp_path / "deep.png")
    assert six == hashlib.sha256((COLOURED.astype(np.uint16) * 257).astype(">u2").tobytes()).hexdigest()
    assert six != KNOWN["A, colours"][0]
    assert seven == KNOWN["A, colours"][1], "shares of the largest sample are the same at any depth"


def test_what_cannot_be_told_is_unknown(tmp_path):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "moves.gif", save_all=True, append_images=frames[1:])
    scene().quantize(12).save(tmp_path / "margin.gif", transparency=3)
    bordered = bytearray((tmp_path / "margin.gif").read_bytes())
    bordered[6:8] = (90).to_bytes(2, "little")
    (tmp_path / "margin.gif").write_bytes(bordered)
    scene().save(tmp_path / "cut.jpg", quality=90)
    whole = (tmp_path / "cut.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "words.jpg").write_text("no picture", encoding="utf-8")
    names = ("moves.gif", "margin.gif", "cut.jpg", "words.jpg", "missing.jpg")
    assert {signatures(tmp_path / name) for name in names} == {("", "")}


def test_checksums_are_of_the_whole_file(tmp_path):
    (tmp_path / "file").write_bytes(b"heliograph" * 300_000)
    data = (tmp_path / "file").read_bytes()
    expected = hashlib.md5(data, usedforsecurity=False), hashlib.sha1(data, usedforsecurity=False)
    assert checksums(tmp_path / "file") == tuple(one.hexdigest() for one in expected)
