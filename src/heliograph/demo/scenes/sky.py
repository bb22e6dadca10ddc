"""What the sky does after sunset."""
# ruff: noqa: E501  a shape's path reads best as one line, as it would in an SVG file

from __future__ import annotations

import math
from functools import partial

from heliograph.demo.canvas import Canvas, Film, Image, blurred, clip, kept, light, over, rgb, smooth


def moon_lake(c: Canvas) -> tuple[Image, Film]:
    """A full moon and its reflection in a still lake."""
    a = c.aspect
    shore = 0.56
    picture = c.sky([(0, "#0b1730"), (0.3, "#1f3a63"), (0.5, "#5d7ba0"), (0.57, "#9fb0c0")])
    haze = smooth(c.noise(0.2, 5, stretch=4, salt=2), 0.0, 1.0)
    picture = over(picture, rgb("#8aa0bd"), haze * 0.25)
    picture = light(picture, c.glow(a * 0.62, 0.26, 0.12), "#dfe6ff", 0.55)
    disc = smooth(c.away(a * 0.62, 0.26), 0.0585, 0.056)
    face = c.ramp(clip(0.72 + c.noise(0.045, 4, salt=6) * 0.22), [(0, "#b9b6a8"), (1, "#fffdf2")])
    picture = kept(over(picture, face, disc))
    for layer, tone in enumerate(("#4a617f", "#2c3f5a")):
        depth = c.below(c.ridge(0.50 + layer * 0.03, 0.055 - layer * 0.01, 0.5, salt=10 + layer))
        picture = kept(over(picture, over(c.flat(tone), rgb("#8fa3bb"), smooth(depth, 0, 0.10) * 0.7), c.edge(depth)))
    wood = c.below(conifers(c, c.ridge(0.545, 0.012, 0.3, salt=14), 0.045, 170))
    picture = over(picture, rgb("#0b1420"), c.edge(wood))
    picture = kept(over(picture, rgb("#a9b8c8"), smooth((c.v - shore).abs(), 0.03, 0.0) * 0.35))
    water = c.mirrored(picture, shore, 0.028) * [0.72, 0.78, 0.84]
    picture = kept(over(picture, water, c.edge(c.v - shore)))
    dice = c.dice(5)
    reeds = "".join(
        f'<path d="M{x:.0f} 1010Q{x + lean * 0.3:.0f} {1000 - tall * 0.6:.0f} {x + lean:.0f} {1000 - tall:.0f}"/>'
        for x, tall, lean in ((dice.gauss(130, 90), dice.uniform(90, 330), dice.uniform(-35, 70)) for _ in range(60))
    )
    reeds = f'<g stroke="#050a12" stroke-width="3" fill="none">{reeds}</g>'
    return c.draw(picture, reeds, blur=0.0012), Film(grain=0.028, bloom=0.2)


def conifers(c: Canvas, line: list[float], height: float, count: int) -> list[float]:
    """A line of hills with a forest of conifers on it."""
    dice = c.dice(77)
    grown = list(line)
    for _ in range(count):
        middle, tall = dice.uniform(0, c.width_px), c.px(height * dice.uniform(0.35, 1.0))
        half = tall * 0.24
        for x in range(max(0, int(middle - half)), min(c.width_px, int(middle + half))):
            slope = 1 - abs(x - middle) / half
            notch = 0.12 * math.sin(slope * 26)
            grown[x] = min(grown[x], line[x] - max(0.0, slope + notch) * tall / c.height_px)
    return grown


def aurora(c: Canvas) -> tuple[Image, Film]:
    """Northern lights over a fjord."""
    shore = 0.7
    picture = c.sky([(0, "#050a1c"), (0.4, "#0a1c34"), (0.68, "#173b4a")])
    picture = stars(c, picture, 420)
    dice = c.dice(3)
    curtains = (
        (0.56, 0.34, 0.95, "#3dff9a", "#7b4dff"),
        (0.44, 0.26, 0.7, "#57ffb0", "#b04dff"),
        (0.33, 0.20, 0.4, "#38e0a0", "#5a5cff"),
    )
    for layer, (level, tall, strength, low, high) in enumerate(curtains):
        phase = dice.uniform(0, 6)
        foot = c.columns(partial(_curtain, level, phase))
        rise = kept(c.row(foot) - c.v)
        rays = c.row([1 + 0.55 * value for value in c.ridge(0, -1, 0.09, salt=30 + layer, octaves=4, gain=0.6)])
        sway = c.row([0.55 + 0.5 * value for value in c.ridge(0, -1, 0.7, salt=50 + layer, octaves=2)])
        body = (rise / -(tall * 0.42)).exp() * smooth(rise, -0.018, 0.014)
        body = kept(clip(body * rays * clip(sway, 0.05, 1.2), 0, 1))
        body = blurred(body, c.px(0.004))
        hue = smooth(rise, 0.02, tall * 0.9)
        colour = c.ramp(hue, [(0, low), (0.6, low), (1, high)])
        picture = kept(1 - (1 - picture) * (1 - clip(colour * body * strength)))
    for layer, tone in enumerate(("#1b3f4e", "#0a1a28")):
        depth = c.below(c.ridge(0.60 + layer * 0.06, 0.10 - layer * 0.035, 0.6, salt=60 + layer, gain=0.45, peaks=True))
        snow = smooth(c.noise(0.06, 5, stretch=0.5, salt=64 + layer) * 0.5 + 0.55 - depth * 9, 0.1, 0.9)
        body = over(c.flat(tone), rgb("#6fae9f"), snow * (0.5 - layer * 0.3))
        picture = kept(over(picture, body, c.edge(depth)))
    windows = "".join(
        f'<circle cx="{x}" cy="{693 + dy}" r="2.4" fill="#ffc46b"/>'
        for x, dy in ((930, 0), (948, 2), (961, 0), (1010, 3), (1260, 1), (1275, 2))
    )
    picture = c.shine(picture, windows, blur=0.004, strength=5)
    picture = kept(c.shine(picture, windows))
    water = c.mirrored(picture, shore, 0.03) * [0.62, 0.74, 0.76]
    picture = over(picture, water, c.edge(c.v - shore))
    return picture, Film(grain=0.03, bloom=0.12, vignette=0.25)


def _curtain(level: float, phase: float, u: float) -> float:
    return level + 0.07 * math.sin(u * 2.9 + phase) + 0.035 * math.sin(u * 7.3 + phase * 2) - 0.10 * u + 0.06


def stars(c: Canvas, base: Image, count: int, lowest: float = 0.7) -> Image:
    """`base` with stars of very different brightness, a few of them warm or blue."""
    dice = c.dice(91)
    points = []
    for _ in range(count):
        size = min(2.0, 0.45 + dice.expovariate(3.4))
        colour = dice.choice(("#ffffff", "#ffffff", "#cfe0ff", "#ffe6c4"))
        x, y = dice.uniform(0, 1000 * c.aspect), dice.uniform(0, 1000 * lowest)
        points.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.2f}" fill="{colour}" fill-opacity="{dice.uniform(0.35, 1):.2f}"/>'
        )
    return c.shine(base, "".join(points))


def star_trails(c: Canvas) -> tuple[Image, Film]:
    """Two hours of stars around the pole, above a tower."""
    a = c.aspect * 1000
    x0, y0 = a * 0.56, 330
    picture = c.sky([(0, "#060a1e"), (0.5, "#0f2144"), (0.82, "#31466e"), (1, "#6b5a6c")])
    dice = c.dice(2)
    arcs = []
    for _ in range(1150):
        r = 860 * dice.random() ** 0.62 + 6
        start, sweep = dice.uniform(0, 2 * math.pi), dice.uniform(0.42, 0.5)
        x1, y1 = x0 + r * math.cos(start), y0 + r * math.sin(start)
        x2, y2 = x0 + r * math.cos(start + sweep), y0 + r * math.sin(start + sweep)
        colour = dice.choice(("#ffffff", "#e6edff", "#bcd2ff", "#ffe2bd", "#ffc9a0"))
        arcs.append(
            f'<path d="M{x1:.1f} {y1:.1f}A{r:.1f} {r:.1f} 0 0 1 {x2:.1f} {y2:.1f}" stroke="{colour}" '
            f'stroke-width="{0.7 + dice.expovariate(1.9):.2f}" stroke-opacity="{dice.uniform(0.22, 0.85):.2f}"/>'
        )
    picture = kept(c.shine(picture, f'<g fill="none" stroke-linecap="round">{"".join(arcs)}</g>'))
    hill = c.below(conifers(c, c.ridge(0.86, 0.03, 0.5, salt=7), 0.05, 60))
    picture = over(picture, rgb("#04070f"), c.edge(hill))
    tower = f'<g transform="translate({a * 0.32} 0)" fill="#060911"><path d="M-46 860L-36 640H36L46 860Z"/><path d="M-44 644V616H-30V628H-14V616H0V628H14V616H30V628H44V644Z"/></g>'
    picture = c.draw(picture, tower)
    window = f'<path d="M{a * 0.32 - 8} 722V700Q{a * 0.32} 686 {a * 0.32 + 8} 700V722Z" fill="#ffbf66"/>'
    picture = c.shine(picture, window, blur=0.012, strength=2.5)
    return c.shine(picture, window), Film(grain=0.03, bloom=0.1)


def milky_way(c: Canvas) -> tuple[Image, Film]:
    """The Milky Way over a tent that glows from within."""
    a = c.aspect
    picture = c.sky([(0, "#070b1a"), (0.5, "#101c38"), (0.8, "#2c3a55"), (0.92, "#5b5560")])
    across = kept((c.u - a * 0.56) * 0.86 + (c.v - 0.42) * 0.42 + c.noise(0.3, 3, salt=2) * 0.025)
    band = kept((across * across * -(1 / 0.15**2)).exp())
    cloud = c.noise(0.22, 6, salt=4)
    core = kept((across * across * -(1 / 0.07**2)).exp() * clip(0.75 + cloud * 0.5))
    picture = light(picture, clip(band * (0.42 + cloud * 0.32)), "#8c9fd0", 0.8)
    picture = kept(light(picture, core, "#ffdcb0", 0.5))
    lane = smooth(c.noise(0.10, 6, stretch=0.6, salt=9) - (across / 0.06).abs() * 0.5 + 0.15, -0.1, 0.9)
    picture = kept(picture * (1 - lane * 0.42))
    picture = stars(c, picture, 1100, 0.95)
    dust = _dust(c) * clip(0.25 + band)
    picture = kept(light(picture, kept(dust), "#dfe8ff", 0.9))
    for layer, tone in enumerate(("#141b2c", "#05070d")):
        depth = c.below(c.ridge(0.83 + layer * 0.075, 0.09 - layer * 0.055, 0.5, salt=12 + layer, peaks=layer == 0))
        picture = kept(over(picture, rgb(tone), c.edge(depth)))
    x = a * 420
    tent = (
        '<defs><radialGradient id="g" cx="0.5" cy="0.85" r="0.8"><stop offset="0" stop-color="#fff0b8"/><stop offset="0.5" stop-color="#ffab3d"/>'
        '<stop offset="1" stop-color="#a2481c"/></radialGradient></defs>'
        f'<path d="M{x - 78} 912Q{x - 60} 832 {x} 826Q{x + 60} 832 {x + 78} 912Z" fill="url(#g)"/>'
        f'<path d="M{x} 826Q{x - 22} 862 {x - 26} 912M{x} 826Q{x + 22} 862 {x + 26} 912" stroke="#7a3412" stroke-width="2" fill="none"/>'
    )
    picture = c.draw(picture, tent)
    return light(picture, c.glow(x / 1000, 0.895, 0.06, 1.6), "#ffa43c", 0.55), Film(grain=0.032, bloom=0.1)


def _dust(c: Canvas) -> Image:
    """The faintest stars: single pixels of light."""
    speck = c.specks(0.5)
    return smooth(speck, 1.35, 2.2) * 0.6
