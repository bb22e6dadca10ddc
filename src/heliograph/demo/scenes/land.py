"""Mountains, dunes, roads, fields and woods."""
# ruff: noqa: E501  a shape's path reads best as one line, as it would in an SVG file

from __future__ import annotations

import math

from heliograph.demo.canvas import Canvas, Film, Image, clip, kept, light, over, rgb, sine, smooth


def misty_ranges(c: Canvas) -> tuple[Image, Film]:
    """Six ranges at dawn, each paler than the one before it, with mist in the valleys."""
    sky = c.sky([(0, "#5f7fa6"), (0.3, "#b9bfcb"), (0.46, "#f7d9b4"), (0.56, "#ffc88a"), (1, "#ffb26b")])
    sky = light(sky, c.glow(1.02, 0.42, 0.13), "#fff0c8", 0.9)
    clouds = smooth(c.noise(0.16, 5, stretch=5, salt=3), 0.1, 1.1) * smooth(c.v, 0.42, 0.1)
    picture = kept(over(sky, rgb("#ffe9d2"), clouds * 0.55))
    tones = ("#c3a9a4", "#a08d9b", "#7c7790", "#57607d", "#38465f", "#1a2536")
    for layer, tone in enumerate(tones):
        level = 0.47 + layer * 0.085
        depth = c.below(
            c.ridge(
                level, 0.05 + layer * 0.016, 0.85 - layer * 0.04, salt=20 + layer, gain=0.46, peaks=layer in {0, 1, 2}
            )
        )
        mist = smooth(depth + c.noise(0.12, 4, stretch=4, salt=40 + layer) * 0.035, 0.01, 0.15)
        body = over(c.flat(tone), rgb("#e9c9b4") if layer < 4 else rgb("#8f9bb0"), mist * (0.75 - layer * 0.09))  # noqa: PLR2004
        picture = kept(over(picture, body, c.edge(depth, 1.4)))
    return picture, Film(bloom=0.14)


def dunes(c: Canvas) -> tuple[Image, Film]:
    """Sharp crests between light and shadow, under a plain blue sky."""
    picture = kept(c.sky([(0, "#3f76b5"), (0.3, "#8db4d8"), (0.42, "#e8d9c4")]))
    crests = (
        (0.41, 0.025, 0.9, 0.50, "#dba36a", "#b47748"),
        (0.52, 0.055, 1.3, 0.95, "#e0a060", "#96582f"),
        (0.70, 0.085, 1.5, 0.42, "#e79d52", "#7f4320"),
        (0.93, 0.100, 1.9, 1.10, "#ea9a48", "#69341a"),
    )
    for layer, (level, height, wave, peak, lit, shade) in enumerate(crests):
        picture = kept(_dune(c, picture, layer, level, height, wave, peak, lit, shade))
    return picture, Film(contrast=0.18, bloom=0.08)


def _dune(
    c: Canvas, base: Image, layer: int, level: float, height: float, wave: float, peak: float, lit: str, shade: str
) -> Image:
    top = level - height * 1.6
    crest = c.columns(
        lambda u: (
            level
            + height * 0.5 * math.sin(u * 5.1 / wave + layer * 2.1)
            - (level - top) * math.exp(-abs(u - peak) * 3.2 / wave)
        )
    )
    depth = c.below(crest)
    swing = c.v - top
    spine = peak + swing * 0.45 + swing * swing * (1.7 - layer * 0.25) + c.v * 0
    spine = spine + sine(swing * 19) * swing * 0.10
    side = kept(c.u - spine)
    ripples = sine(c.v * (520 - layer * 90) + c.noise(0.3, 3, salt=60 + layer) * 9 + c.u * 60) * 0.02 * (layer * 0.5)
    soft = c.noise(0.35, 4, stretch=2.5, salt=70 + layer) * 0.10
    fall = clip(depth / 0.4)
    bright = c.ramp(clip(0.25 + fall * 0.75 + soft + ripples), [(0, "#f8cf94"), (0.35, lit), (1, shade)])
    dark = c.ramp(clip(fall + soft * 0.6 + ripples * 0.6), [(0, shade), (1, "#3a1d14")])
    body = over(bright, dark, smooth(side, 0.0015, -0.0015))
    return over(base, body, c.edge(depth))


def grey_dunes(c: Canvas) -> tuple[Image, Film]:
    """Curves of sand as light and shadow only."""
    swell = c.noise(0.5, 2, stretch=1.6, salt=2) * 0.10
    field = kept(c.v * 1.15 - c.u * 0.55 + swell + sine(c.u * 4.2 + 0.7) * 0.11)
    wave = kept(field * 3.1 - (field * 3.1).floor())
    crest = clip(1 - wave * 1.12)
    tone = crest * crest * 0.95 + smooth(wave, 0.86, 1.0) * 0.88
    ripples = sine(field * 260 + c.noise(0.12, 3, salt=5) * 5) * 0.035 * smooth(wave, 0.9, 0.2)
    picture = c.ramp(
        tone * 0.92 + 0.05 + ripples + c.noise(0.02, 2, salt=8) * 0.012,
        [(0, "#050505"), (0.5, "#777777"), (1, "#fafafa")],
    )
    return picture, Film(grain=0.045, vignette=0.4, contrast=0.2, grey=True)


def desert_road(c: Canvas) -> tuple[Image, Film]:
    """A straight road to the mountains, late in the day."""
    a = c.aspect
    horizon = 0.5
    sky = c.sky([(0, "#28507f"), (0.25, "#6f97ba"), (0.42, "#e9c6a4"), (0.5, "#f9dcae")])
    clouds = smooth(c.noise(0.2, 6, stretch=6, salt=1), 0.05, 1.0) * smooth(c.v, 0.48, 0.15)
    picture = over(sky, rgb("#ffe8d8"), clouds * 0.75)
    for layer, tone in enumerate(("#a58c9b", "#84677a", "#6a4d55")):
        depth = c.below(c.ridge(0.475 + layer * 0.012, 0.05 - layer * 0.01, 0.5, salt=9 + layer, peaks=True))
        picture = kept(over(picture, over(c.flat(tone), rgb("#e5b892"), smooth(depth, 0, 0.09) * 0.6), c.edge(depth)))
    depth = kept(clip(c.v - horizon, 0.0008, 1))
    far = kept(0.06 / depth)
    scrub = c.ground(horizon, 0.10, 6, salt=30) * 0.8 + c.noise(0.05, 4, stretch=6, salt=31) * 0.25
    ground = c.ramp(clip(0.55 + scrub * 0.4), [(0, "#4d2f22"), (0.45, "#a86f43"), (1, "#dba86c")])
    ground = over(ground, rgb("#e6b687"), smooth(depth, 0.12, 0.0) * 0.8)
    picture = kept(over(picture, ground, c.edge(c.v - horizon)))
    across = kept((c.u - a / 2) / depth)
    edge = smooth(across.abs(), 0.86, 0.84)
    asphalt = c.ramp(
        clip(
            0.5 + c.noise(0.008, 2, stretch=2, salt=33) * 0.25 - smooth((across.abs() - 0.42).abs(), 0.16, 0.0) * 0.18
        ),
        [(0, "#2b2a2e"), (1, "#6b6461")],
    )
    asphalt = over(asphalt, rgb("#d0a98a"), smooth(depth, 0.10, 0.0) * 0.7)
    dash = smooth(across.abs(), 0.022, 0.016) * smooth(sine(far * 26), -0.1, 0.05)
    lines = smooth((across.abs() - 0.77).abs(), 0.018, 0.012)
    asphalt = over(asphalt, rgb("#f2b63c"), dash)
    asphalt = over(asphalt, rgb("#e9e2d6"), lines * 0.9)
    picture = over(picture, asphalt, edge * c.edge(c.v - horizon))
    return light(picture, c.glow(a * 0.78, 0.46, 0.25, 2), "#ffb469", 0.5), Film(contrast=0.16)


def lavender(c: Canvas) -> tuple[Image, Film]:
    """Rows of lavender running to a low sun."""
    a = c.aspect
    horizon = 0.4
    sky = c.sky([(0, "#46609c"), (0.2, "#a07fae"), (0.33, "#f3a27f"), (0.4, "#ffd28f")])
    clouds = smooth(c.noise(0.14, 6, stretch=5, salt=4), 0.15, 0.9) * smooth(c.v, 0.39, 0.2)
    picture = over(sky, rgb("#ffb7a0"), clouds * 0.7)
    picture = light(picture, c.glow(a * 0.62, 0.385, 0.09), "#fff0b0", 1.0)
    for layer, tone in enumerate(("#8a6f96", "#5d5274")):
        depth = c.below(c.ridge(0.385 + layer * 0.012, 0.022, 0.4, salt=5 + layer))
        picture = kept(over(picture, rgb(tone), c.edge(depth)))
    depth = kept(clip(c.v - horizon, 0.002, 1))
    across = kept((c.u - a * 0.6) / depth * 1.25)
    row = kept(sine(across * math.pi + c.noise(0.03, 2, salt=7) * 0.25 * smooth(depth, 0, 0.3) + math.pi / 2))
    tuft = c.noise(0.03, 4, salt=9) * smooth(depth, 0.0, 0.25)
    mound = clip(0.5 + row * 0.42 + tuft * 0.22)
    field = c.ramp(mound, [(0, "#1d1710"), (0.28, "#3d3a24"), (0.42, "#3b2357"), (0.7, "#6d45a0"), (1, "#b79be0")])
    haze = smooth(depth, 0.22, 0.0)
    field = over(field, rgb("#b9809f"), haze * 0.75)
    picture = kept(over(picture, field, c.edge(c.v - horizon)))
    picture = c.draw(picture, _lone_oak(a * 620, 412), blur=0.0008)
    return light(picture, c.glow(a * 0.62, 0.4, 0.22, 1.6), "#ff9a4a", 0.55), Film(bloom=0.16, contrast=0.16)


def _lone_oak(x: float, ground: float) -> str:
    crown = "".join(
        f'<circle cx="{x + dx}" cy="{ground - 42 + dy}" r="{r}"/>'
        for dx, dy, r in (
            (-22, 2, 17),
            (-8, -12, 20),
            (12, -10, 19),
            (25, 3, 15),
            (0, 4, 20),
            (-14, -4, 15),
            (17, 8, 13),
        )
    )
    return f'<g fill="#2a2030"><rect x="{x - 3}" y="{ground - 34}" width="6" height="34"/>{crown}</g>'


def balloons(c: Canvas) -> tuple[Image, Film]:
    """Hot-air balloons over a valley filled with morning mist."""
    a = c.aspect
    sky = c.sky([(0, "#6fa3cf"), (0.35, "#b8d0de"), (0.6, "#fbe3c4"), (1, "#ffd9a8")])
    picture = kept(light(sky, c.glow(a * 0.2, 0.5, 0.3, 1.5), "#fff1cf", 0.8))
    far = (
        (a * 560, 330, 26, "#c9574a", "#f4e3c4"),
        (a * 700, 430, 17, "#3f6d8f", "#f0d9a0"),
        (a * 330, 390, 21, "#7e9a5a", "#f3e7cf"),
    )
    picture = c.draw(picture, "".join(_balloon(*each) for each in far), blur=0.0012)
    for layer, tone in enumerate(("#a9a3a8", "#7f8389", "#515f66", "#27393c")):
        depth = c.below(c.ridge(0.62 + layer * 0.095, 0.045, 0.6, salt=12 + layer, gain=0.5))
        mist = smooth(depth + c.noise(0.12, 4, stretch=4, salt=33 + layer) * 0.03, 0.0, 0.11)
        body = over(c.flat(tone), rgb("#fbe5cb"), mist * (0.92 - layer * 0.13))
        picture = kept(over(picture, body, c.edge(depth)))
    near = (a * 800, 250, 92, "#d9432f", "#f7c948")
    return c.draw(picture, _balloon(*near)), Film(bloom=0.12, contrast=0.14)


def _balloon(x: float, y: float, r: float, one: str, two: str) -> str:
    def gore(share: float, colour: str) -> str:
        bulge = r * share
        return (
            f'<path fill="{colour}" d="M{x} {y - r} C{x + bulge * 1.33} {y - r} {x + bulge * 1.33} {y + r * 0.45} '
            f"{x + bulge * 0.2} {y + r * 1.25} L{x - bulge * 0.2} {y + r * 1.25} "
            f'C{x - bulge * 1.33} {y + r * 0.45} {x - bulge * 1.33} {y - r} {x} {y - r}Z"/>'
        )

    shade = f"b{int(x)}"
    gores = "".join(gore(share, colour) for share, colour in ((1, one), (0.78, two), (0.52, one), (0.24, two)))
    return (
        f'<defs><radialGradient id="{shade}" cx="0.3" cy="0.35" r="0.8"><stop offset="0" stop-color="#fff" stop-opacity="0.35"/>'
        '<stop offset="0.45" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#1a1030" stop-opacity="0.5"/>'
        f"</radialGradient></defs>{gores}{gore(1, f'url(#{shade})')}"
        f'<g stroke="#3a2a20" stroke-width="{r * 0.016}"><path d="M{x - r * 0.18} {y + r * 1.25}L{x - r * 0.11} {y + r * 1.5}'
        f'M{x + r * 0.18} {y + r * 1.25}L{x + r * 0.11} {y + r * 1.5}"/></g>'
        f'<rect x="{x - r * 0.13}" y="{y + r * 1.48}" width="{r * 0.26}" height="{r * 0.2}" rx="{r * 0.03}" fill="#5a3a22"/>'
    )


def lone_tree(c: Canvas) -> tuple[Image, Film]:
    """One bare tree in a field of snow, no horizon to hold on to."""
    sky = c.sky([(0, "#c9d3de"), (0.5, "#e6eaee"), (0.66, "#f3f3f2"), (1, "#e9edf2")])
    picture = over(sky, rgb("#ffffff"), smooth(c.noise(0.35, 4, stretch=3, salt=3), -0.2, 1.0) * 0.35)
    snow = c.below(c.ridge(0.69, 0.012, 0.9, salt=5, octaves=3))
    drifts = c.noise(0.12, 4, stretch=5, salt=8) * 0.10 + c.noise(0.5, 2, stretch=3, salt=9) * 0.12
    field = c.ramp(
        clip(0.55 + drifts + smooth(snow, 0.3, 0) * 0.35), [(0, "#aebfd4"), (0.5, "#dfe6ef"), (1, "#fbfbfa")]
    )
    picture = kept(over(picture, field, smooth(snow, -0.02, 0.035)))
    branches: list[str] = []
    dice = c.dice(4)
    stack = [(560.0, 712.0, -math.pi / 2 - 0.03, 92.0, 15.0)]
    while stack:
        x, y, angle, length, thick = stack.pop()
        bend = angle + dice.uniform(-0.12, 0.12)
        x2, y2 = x + math.cos(bend) * length, y + math.sin(bend) * length
        branches.append(f'<path d="M{x:.1f} {y:.1f}L{x2:.1f} {y2:.1f}" stroke-width="{thick:.2f}"/>')
        if length > 7:  # noqa: PLR2004  twigs end here
            for turn in (-0.42, 0.40, dice.uniform(-0.15, 0.15))[: 3 if length > 26 else 2]:  # noqa: PLR2004  buds
                lean, reach = bend + turn * dice.uniform(0.6, 1.35), length * dice.uniform(0.64, 0.84)
                stack.append((x2, y2, lean, reach, thick * 0.68))
    tree = f'<g stroke="#2b2d33" stroke-linecap="round" fill="none">{"".join(branches)}</g>'
    shadow = '<ellipse cx="590" cy="716" rx="130" ry="7" fill="#8ea3be" fill-opacity="0.55"/>'
    picture = c.draw(picture, shadow, blur=0.008)
    picture = c.draw(picture, tree)
    flakes = "".join(
        f'<circle cx="{dice.uniform(0, 1000 * c.aspect):.0f}" cy="{dice.uniform(0, 1000):.0f}" r="{dice.uniform(1.2, 4):.1f}"/>'
        for _ in range(150)
    )
    return c.draw(picture, f'<g fill="#fff" fill-opacity="0.8">{flakes}</g>', blur=0.0015), Film(vignette=0.18, bloom=0)


def fog_forest(c: Canvas) -> tuple[Image, Film]:
    """Tall trunks in fog, the sun somewhere between them."""
    a = c.aspect
    picture = c.sky([(0, "#d9d2a8"), (0.45, "#f3e8c0"), (0.75, "#b8b88a"), (1, "#4d5a38")])
    picture = kept(light(picture, c.glow(a * 0.55, 0.3, 0.26), "#fffbe2", 0.9))
    dice = c.dice(5)
    for layer, (count, wide, tone) in enumerate(
        ((18, 9, "#c2c29b"), (12, 15, "#98a07a"), (7, 26, "#58644a"), (5, 46, "#1c2419"))
    ):
        foot = 700 + layer * 72
        trunks = []
        for i in range(count):
            x = (i + dice.uniform(0.1, 0.9)) / count * a * 1000
            if layer == 3:  # noqa: PLR2004  the nearest trunks leave the middle free
                x = (0.04, 0.17, 0.80, 0.93, 1.02)[i] * a * 1000
            w, lean = wide * dice.uniform(0.6, 1.3), dice.uniform(-14, 14)
            trunks.append(
                f'<path d="M{x - w * 0.7:.0f} {foot + dice.uniform(0, 40):.0f}Q{x - w * 0.42 + lean:.0f} 520 {x - w * 0.36 + lean:.0f} -10H{x + w * 0.36 + lean:.0f}Q{x + w * 0.42 + lean:.0f} 520 {x + w * 0.7:.0f} {foot + 20}Z"/>'
            )
            for _ in range(3):
                y, reach = dice.uniform(60, 420), wide * dice.choice((-1, 1)) * dice.uniform(2.2, 4.5)
                trunks.append(
                    f'<path d="M{x + lean * 0.6:.0f} {y:.0f}q{reach * 0.5:.0f} {-wide * 0.6:.0f} {reach:.0f} {-wide * 0.4:.0f}" fill="none" stroke="{tone}" stroke-width="{wide * 0.10:.1f}"/>'
                )
        picture = c.draw(picture, f'<g fill="{tone}">{"".join(trunks)}</g>', blur=0.0018 if layer in {0, 3} else 0.0008)
        fog = smooth(c.noise(0.25, 4, stretch=2.5, salt=20 + layer) * 0.5 + (c.v - 0.62) * 3.4, -0.3, 0.9)
        picture = kept(over(picture, rgb("#efe6c2"), fog * (0.95 - layer * 0.2)))
        needles = smooth(c.noise(0.06, 5, salt=26 + layer) - (c.v - 0.02 - layer * 0.02) * 5, 0.1, 0.7)
        picture = kept(over(picture, rgb(tone), needles * 0.55))
    floor = c.below(c.ridge(0.86, 0.02, 0.3, salt=31))
    moss = c.ramp(
        clip(0.45 + c.noise(0.03, 5, stretch=2, salt=32) * 0.5), [(0, "#141a0c"), (0.5, "#3f4d22"), (1, "#8d9448")]
    )
    picture = kept(over(picture, moss, smooth(floor, -0.02, 0.05)))
    angle = kept((c.v - 0.1).atan2(c.u - a * 0.62))
    beams = c.row([0.0] * c.width_px) + smooth(sine(angle * 0.42) + sine(angle * 0.97 + 1.1) * 0.7, 0.2, 1.4)
    beams = beams * smooth(c.v, 0.05, 0.3) * smooth(c.v, 1.0, 0.55)
    return light(picture, kept(beams), "#fff3c4", 0.18), Film(bloom=0.16, contrast=0.18)
