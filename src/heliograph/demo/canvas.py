"""What every drawn photograph is made of: fields of numbers, gradients, ridges, noise, vector shapes, grain.

A field is a one-band picture of floats; a picture has three bands from 0 to 1. Positions are in units of the picture's
height: `v` runs from 0 at the top to 1, `u` from 0 at the left to `aspect`. So a scene looks the same at every size.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pyvips

Image = Any
"""A `pyvips.Image`, whose operations are made at run time and are unknown to type checkers."""

Rgb = tuple[float, float, float]
Stops = Sequence[tuple[float, str]]
"""Positions from 0 to 1 and the colours there, as `#rrggbb`."""

GREY = (0.2126, 0.7152, 0.0722)
_LUT = 1024
_FINEST_PX = 2.0
"""Finer noise would be lost between the pixels."""


def rgb(colour: str) -> Rgb:
    """`#rrggbb` as three numbers from 0 to 1."""
    number = int(colour.removeprefix("#"), 16)
    return (number >> 16) / 255, (number >> 8 & 255) / 255, (number & 255) / 255


def clip(field: Image, low: float = 0.0, high: float = 1.0) -> Image:
    """`field` held between `low` and `high`."""
    return field.clamp(min=low, max=high)


def sine(field: Image) -> Image:
    """The sine of a field in radians."""
    return (field * (180 / math.pi)).sin()


def smooth(field: Image, low: float, high: float) -> Image:
    """0 up to `low`, 1 from `high` on, and a soft step between; `low` may be the larger."""
    t = kept(clip((field - low) / (high - low)))
    return t * t * (3 - 2 * t)


def kept(field: Image) -> Image:
    """`field`, computed once: what is used twice would be computed twice."""
    return field.copy_memory()


def over(base: Image, top: Image | Rgb, mask: Image) -> Image:
    """`top` laid on `base` where `mask` is 1."""
    if isinstance(top, tuple):
        top = list(top)
    mask = kept(mask)
    return base * (1 - mask) + mask * top


def light(base: Image, glow: Image, colour: str, strength: float = 1.0) -> Image:
    """`base` with light added, as two exposures add up: never beyond white."""
    return 1 - (1 - base) * (1 - glow * [strength * band for band in rgb(colour)])


def blurred(image: Image, sigma_px: float) -> Image:
    """`image` out of focus; wide blurs are made small and enlarged, which looks the same and costs little."""
    shrink = max(1, int(sigma_px / 3))
    if shrink == 1:
        return kept(image.gaussblur(sigma_px)) if sigma_px > 0.3 else image  # noqa: PLR2004  below, nothing is seen
    small = kept(kept(image).shrink(shrink, shrink)).gaussblur(sigma_px / shrink)
    return kept(small.resize(image.width / small.width, vscale=image.height / small.height, kernel="linear"))


def monochrome(image: Image) -> Image:
    """`image` in black and white, still three bands."""
    grey = kept(image.recomb([list(GREY)]))
    return grey.bandjoin([grey, grey])


@dataclass(frozen=True)
class Canvas:
    """An empty picture with a seed: equal canvases give equal drawings."""

    width_px: int
    height_px: int
    seed: int

    @property
    def aspect(self) -> float:
        """Width in heights."""
        return self.width_px / self.height_px

    @cached_property
    def _xy(self) -> Image:
        return kept(pyvips.Image.xyz(self.width_px, self.height_px).cast("float") / self.height_px)

    @property
    def u(self) -> Image:
        """Distance from the left edge."""
        return self._xy[0]

    @property
    def v(self) -> Image:
        """Distance from the top edge."""
        return self._xy[1]

    def dice(self, salt: int = 0) -> random.Random:
        """Random numbers of this canvas; each salt has its own."""
        return random.Random(self.seed * 1009 + salt)  # noqa: S311  a drawing needs no secrecy, but repeatability

    def flat(self, colour: str) -> Image:
        """One colour all over."""
        return pyvips.Image.black(self.width_px, self.height_px).cast("float").new_from_image(list(rgb(colour)))

    def px(self, length: float) -> float:
        """A length in pixels."""
        return length * self.height_px

    # --- fields -------------------------------------------------------------------------------------------------------

    def away(self, u: float, v: float, stretch: float = 1.0) -> Image:
        """Distance from a point; with `stretch` over 1 its circles become wide ellipses."""
        du, dv = (self.u - u) / stretch, self.v - v
        return (du * du + dv * dv) ** 0.5

    def glow(self, u: float, v: float, radius: float, stretch: float = 1.0) -> Image:
        """1 at a point, fading like light in haze; about a third at `radius`."""
        return (self.away(u, v, stretch) / -radius).exp()

    def noise(self, cell: float, octaves: int = 4, stretch: float = 1.0, salt: int = 0, gain: float = 0.5) -> Image:
        """Fractal noise around 0, mostly within -1 and 1; `stretch` makes its clouds wide (or, under 1, tall)."""
        halved = [self.px(cell) / 2**octave for octave in range(octaves)]
        sizes = [size for size in halved if size >= _FINEST_PX] or [_FINEST_PX]
        shrink = max(1.0, sizes[-1] / 3)
        width = max(8, math.ceil(self.width_px / shrink / max(stretch, 1.0)) + 2)
        height = max(8, math.ceil(self.height_px / shrink * min(stretch, 1.0)) + 2)
        total = pyvips.Image.black(width, height).cast("float")
        for octave, size in enumerate(sizes):
            seed = self.seed * 131 + salt * 31 + octave
            layer = pyvips.Image.perlin(width, height, cell_size=max(2, round(size / shrink)), seed=seed)
            total += layer * gain**octave
        total = kept(total * (2.4 / math.sqrt(sum(gain**octave for octave in range(len(sizes))))))
        across, down = shrink * max(stretch, 1.0), shrink / min(stretch, 1.0)
        if min(across, down) < 2 * _FINEST_PX:
            return kept(self.fitted(total.resize(across, vscale=down, kernel="cubic")))
        half = kept(total.resize(across / 2, vscale=down / 2, kernel="cubic"))
        return kept(self.fitted(half.resize(2, kernel="linear")))  # the last doubling needs no curve, and is dear

    def ground(self, horizon: float, cell: float, octaves: int = 4, salt: int = 0, centre: float = 0.5) -> Image:
        """Fractal noise lying on a plain that reaches to the horizon, fading out before it is finer than pixels."""
        depth = kept(clip(self.v - horizon, 0.004, 1))
        size = 1024
        texture = pyvips.Image.black(size, size).cast("float")
        for octave in range(octaves):
            layer = pyvips.Image.perlin(size, size, cell_size=128 >> octave, seed=self.seed * 77 + salt * 9 + octave)
            texture += layer * 0.6**octave
        scale = 128 * 0.35 / cell
        x = ((self.u - self.aspect * centre) / depth * scale) % size
        y = (1 / depth * scale) % size
        laid = kept(texture * 1.8).mapim(x.bandjoin(y), interpolate=pyvips.Interpolate.new("bilinear"), extend="repeat")
        return kept(laid * smooth(depth, 0.01, 0.2))

    def fitted(self, image: Image) -> Image:
        """`image` with a missing or surplus pixel at its right and lower edge made good."""
        if image.width < self.width_px or image.height < self.height_px:
            image = image.embed(0, 0, max(image.width, self.width_px), max(image.height, self.height_px), extend="copy")
        return image.crop(0, 0, self.width_px, self.height_px)

    def specks(self, sigma: float) -> Image:
        """Noise without any pattern, each pixel for itself."""
        return kept(pyvips.Image.gaussnoise(self.width_px, self.height_px, sigma=sigma, mean=0, seed=self.seed + 5))

    def slopes(self, height: Image) -> tuple[Image, Image]:
        """How steeply a field rises to the right and downwards, for each pixel of a picture 1000 pixels high."""
        share = self.height_px / 1000
        return tuple(
            kept(height.conv(pyvips.Image.new_from_array(mask)) * share)
            for mask in ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], [[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
        )

    def row(self, values: Sequence[float]) -> Image:
        """A field that is the same in every line: one value for each column."""
        return kept(pyvips.Image.new_from_array([list(values)]).cast("float").zoom(1, self.height_px))

    def columns(self, curve: Callable[[float], float]) -> list[float]:
        """A curve as one value for each column."""
        return [curve(x / self.height_px) for x in range(self.width_px)]

    def ridge(
        self,
        level: float,
        height: float,
        wave: float,
        *,
        salt: int,
        octaves: int = 8,
        gain: float = 0.5,
        peaks: bool = False,
    ) -> list[float]:
        """A line of hills around `level`, one value for each column; `peaks` makes them mountains."""
        dice = self.dice(salt)
        line = [0.0] * self.width_px
        for octave in range(octaves):
            step = self.px(wave) / 2**octave
            if step < _FINEST_PX:
                break
            _add_wave(line, step, gain**octave, dice, peaks=peaks)
        return [level - height * value for value in line]

    def below(self, line: Sequence[float]) -> Image:
        """How far each pixel is below a line; negative above it."""
        return kept(self.v - self.row(line))

    def edge(self, depth: Image, soft_px: float = 1.0) -> Image:
        """A mask: 1 where `depth` is positive, with a clean or a soft edge."""
        return clip(depth * (self.height_px / soft_px) + 0.5)

    # --- colours ------------------------------------------------------------------------------------------------------

    def ramp(self, field: Image, stops: Stops) -> Image:
        """A field from 0 to 1 as colours along `stops`."""
        table = [_between(i / (_LUT - 1), stops) for i in range(_LUT)]
        bands = [pyvips.Image.new_from_array([[entry[band] for entry in table]]).cast("float") for band in range(3)]
        return (clip(field) * (_LUT - 1)).cast("ushort").maplut(bands[0].bandjoin(bands[1:]))

    def sky(self, stops: Stops) -> Image:
        """Colours from the top edge to the bottom edge."""
        return self.ramp(self.v, stops)

    # --- shapes -------------------------------------------------------------------------------------------------------

    def shapes(self, svg: str, blur: float = 0.0) -> tuple[Image, Image]:
        """Vector shapes as picture (black where there is none) and mask, out of focus by `blur`.

        They are drawn in thousandths of the picture's height.
        """
        document = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width_px}" height="{self.height_px}" '
            f'viewBox="0 0 {1000 * self.aspect:.3f} 1000" preserveAspectRatio="none">{svg}</svg>'
        )
        drawn = self.fitted(pyvips.Image.svgload_buffer(document.encode())).premultiply().cast("uchar")
        drawn = kept(blurred(kept(drawn), self.px(blur)) if blur else drawn)
        return drawn[:3] * (1 / 255), drawn[3] * (1 / 255)

    def draw(self, base: Image, svg: str, blur: float = 0.0) -> Image:
        """`base` with vector shapes on it."""
        picture, mask = self.shapes(svg, blur)
        return base * (1 - mask) + picture

    def shine(self, base: Image, svg: str, blur: float = 0.0, strength: float = 1.0) -> Image:
        """`base` with vector shapes added as light."""
        picture, _ = self.shapes(svg, blur)
        return 1 - (1 - base) * (1 - clip(picture * strength))

    def warped(self, image: Image, du: Image, dv: Image) -> Image:
        """`image` seen through a pane that shifts it by `du` and `dv`."""
        width, height = self.width_px, self.height_px
        x = clip((self.u + du) * height, 0, width - 1)
        y = clip((self.v + dv) * height, 0, height - 1)
        return kept(kept(image).mapim(x.bandjoin(y), interpolate=pyvips.Interpolate.new("bilinear"), extend="copy"))

    def mirrored(self, image: Image, horizon: float, ripple: float, salt: int = 90, squeeze: float = 1.0) -> Image:
        """`image` as still water below `horizon` would mirror it; ripples grow towards the viewer."""
        near = clip((self.v - horizon) / (1 - horizon))
        waves = self.noise(0.02, 2, stretch=9, salt=salt) + self.noise(0.06, 2, stretch=7, salt=salt + 1)
        shift = waves * ripple * (0.15 + near)
        dv = (horizon - self.v) * (1 + squeeze) + shift
        return self.warped(image, shift * 0.25, dv)


def _add_wave(line: list[float], step: float, weight: float, dice: random.Random, *, peaks: bool) -> None:
    knots = [dice.uniform(-1, 1) for _ in range(int(len(line) / step) + 3)]
    start = dice.random()
    for x in range(len(line)):
        place = x / step + start
        knot = int(place)
        t = place - knot
        t = t * t * (3 - 2 * t)
        value = knots[knot] * (1 - t) + knots[knot + 1] * t
        line[x] += weight * (0.6 - abs(value) * 1.6 if peaks else value)


def _between(t: float, stops: Stops) -> Rgb:
    for (low, before), (high, after) in pairwise(stops):
        if t <= high:
            share = max(0.0, (t - low) / (high - low)) if high > low else 1.0
            first, last = rgb(before), rgb(after)
            return (
                first[0] + (last[0] - first[0]) * share,
                first[1] + (last[1] - first[1]) * share,
                first[2] + (last[2] - first[2]) * share,
            )
    return rgb(stops[-1][1])


# --- the darkroom -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Film:
    """How a scene is developed."""

    grain: float = 0.018
    vignette: float = 0.2
    contrast: float = 0.12
    bloom: float = 0.10
    black: Rgb = (0.012, 0.012, 0.018)
    grey: bool = False


def developed(canvas: Canvas, picture: Image, film: Film) -> Image:
    """The scene as an 8-bit sRGB photograph: highlights bloom, corners fall off, shadows lift, the film has grain."""
    picture = kept(picture)
    if film.grey:
        picture = monochrome(picture)
    small = kept(picture.shrink(8, 8))
    if film.bloom:
        bright = kept(clip(small - 0.62) * 1.6).gaussblur(canvas.px(0.03) / 8)
        picture = 1 - (1 - picture) * (1 - _grown(bright * (film.bloom * 4), canvas))
    u, v = pyvips.Image.xyz(small.width, small.height).cast("float").bandsplit()
    u, v = u / small.width - 0.5, (v / small.height - 0.5) / canvas.aspect
    shade = 1 - (u * u + v * v) * (film.vignette * 2.5)
    picture = clip(picture * _grown(kept(shade), canvas)) * (_LUT - 1)
    picture = picture.cast("ushort").maplut(_curve(film)) + _grain(canvas, film)
    return picture.cast("uchar").copy(interpretation="srgb")


def _grown(small: Image, canvas: Canvas) -> Image:
    across, down = canvas.width_px / small.width, canvas.height_px / small.height
    return canvas.fitted(small.resize(across, vscale=down, kernel="linear"))


def _curve(film: Film) -> Image:
    """From linear steps to 0 to 255: soft contrast, shadows lifted to the film's black."""
    tones = pyvips.Image.identity(ushort=True, size=_LUT) / (_LUT - 1)
    tones = tones * (1 - film.contrast * 2) + tones * tones * (3 - 2 * tones) * (film.contrast * 2)
    return kept((tones * [1 - band for band in film.black] + list(film.black)) * 255 + 0.5)


def _grain(canvas: Canvas, film: Film) -> Image:
    """Grain in steps of 255; a small piece of film is laid over and over, which nobody can see."""
    noise = pyvips.Image.gaussnoise(512, 512, sigma=film.grain * 255, mean=0, seed=canvas.seed)
    tile = kept(noise.conv(pyvips.Image.new_from_array([[1, 2, 1], [2, 6, 2], [1, 2, 1]], scale=11)))
    across, down = math.ceil(canvas.width_px / 512), math.ceil(canvas.height_px / 512)
    return tile.replicate(across, down).crop(0, 0, canvas.width_px, canvas.height_px)
