"""A city: its lights, its rain, its lines."""
# ruff: noqa: E501  a shape's path reads best as one line, as it would in an SVG file

from __future__ import annotations

import math

from heliograph.demo.canvas import Canvas, Film, Image, blurred, clip, kept, light, over, rgb, sine, smooth


def skyline(c: Canvas) -> tuple[Image, Film]:
    """A city at the blue hour, its lit windows doubled by the river."""
    a = c.aspect
    shore = 0.70
    picture = c.sky([(0, "#122046"), (0.3, "#2b4a86"), (0.52, "#6f7fae"), (0.64, "#e0a58c"), (0.7, "#ffc48a")])
    clouds = smooth(c.noise(0.16, 5, stretch=6, salt=3), 0.1, 1.0)
    picture = kept(over(picture, rgb("#8d7fa8"), clouds * 0.4))
    rows = ((0.30, 24, "#5e6d98", 0.25), (0.36, 20, "#33436e", 0.6), (0.27, 16, "#141d38", 1.0))
    for layer, (tall, count, tone, lit) in enumerate(rows):
        walls, windows = _houses(c, layer, tall * 1000, count, shore * 1000, lit)
        picture = c.draw(picture, f'<g fill="{tone}">{walls}</g>')
        picture = kept(c.shine(picture, windows, strength=0.95))
        picture = light(picture, smooth((c.v - shore).abs(), 0.16, 0.0), "#ffb070", 0.12)
    lamps = "".join(f'<circle cx="{x}" cy="694" r="3.4" fill="#ffd08a"/>' for x in range(12, int(a * 1000), 47))
    picture = c.shine(picture, lamps, blur=0.006, strength=5)
    picture = kept(over(picture, rgb("#0a1020"), smooth((c.v - shore).abs(), 0.004, 0.003)))
    water = c.mirrored(picture, shore, 0.055, squeeze=1.2) * [0.66, 0.72, 0.84]
    return over(picture, water, c.edge(c.v - shore)), Film(bloom=0.2, grain=0.024)


def _houses(c: Canvas, layer: int, tall: float, count: int, ground: float, lit: float) -> tuple[str, str]:
    dice = c.dice(layer + 50)
    walls, windows = [], []
    step = 1000 * c.aspect / count
    for i in range(-1, count + 1):
        middle = 1 - abs((i + 0.5) / count - (0.62 if layer < 2 else 0.4)) * 1.1  # noqa: PLR2004
        wide, high = step * dice.uniform(0.62, 1.1), tall * dice.uniform(0.35, 1.0) * max(0.25, middle) + 30
        x, y = i * step + dice.uniform(-8, 8), ground - high
        walls.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high + 2:.1f}"/>')
        if dice.random() < 0.28:  # noqa: PLR2004  some carry a spire
            walls.append(
                f'<path d="M{x + wide * 0.4:.1f} {y}L{x + wide / 2:.1f} {y - high * 0.22:.1f}L{x + wide * 0.6:.1f} {y}Z"/>'
            )
        pane = 3.2 + layer * 1.1
        for row in range(int((high - 16) / (pane * 2.7))):
            shop = 0.62 if row % 7 == 3 else 0.3  # noqa: PLR2004
            for column in range(int((wide - 8) / (pane * 2.1))):
                if dice.random() < shop * lit:
                    colour = dice.choice(("#ffd27f", "#ffbd5e", "#ffe7b5", "#cfe2ff"))
                    windows.append(
                        f'<rect x="{x + 5 + column * pane * 2.1:.1f}" y="{y + 9 + row * pane * 2.7:.1f}" width="{pane:.1f}" '
                        f'height="{pane * 1.35:.1f}" fill="{colour}" fill-opacity="{dice.uniform(0.35, 1) * (0.4 + lit * 0.6):.2f}"/>'
                    )
    return "".join(walls), "".join(windows)


def rain_window(c: Canvas) -> tuple[Image, Film]:
    """Rain on a window, the street behind it all lights."""
    a = c.aspect
    street = c.sky([(0, "#0d1424"), (0.5, "#1a2238"), (1, "#0b0d16")])
    dice = c.dice(8)
    discs = []
    for _ in range(70):
        x, y = dice.uniform(0, a * 1000), min(990.0, max(30.0, dice.gauss(560, 210)))
        colour = dice.choice(("#ff9a3c", "#ffb45e", "#ffd9a0", "#ff5648", "#4fb8ff", "#38e0b0", "#ff4f8b"))
        r = dice.uniform(22, 58)
        discs.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="{colour}" fill-opacity="{dice.uniform(0.16, 0.6):.2f}" stroke="{colour}" stroke-opacity="0.35" stroke-width="3"/>'
        )
    street = kept(c.shine(street, "".join(discs), blur=0.003, strength=1.05))
    haze = blurred(street, c.px(0.022))
    drops = []
    for _ in range(420):
        r = min(30.0, 3.0 + dice.expovariate(0.16))
        x, y = dice.uniform(0, a * 1000), dice.uniform(0, 1000)
        drops.append(
            f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{r:.1f}" ry="{r * dice.uniform(1.0, 1.3):.1f}" fill="url(#d)"/>'
        )
    for _ in range(7):
        x, y, far = dice.uniform(0, a * 1000), dice.uniform(-100, 600), dice.uniform(160, 380)
        drops.append(f'<ellipse cx="{x:.1f}" cy="{y + far:.1f}" rx="17" ry="25" fill="url(#d)"/>')
        drops.extend(
            f'<circle cx="{x + dice.gauss(0, 3):.1f}" cy="{y + far * dice.random():.1f}" r="{dice.uniform(2, 6):.1f}" fill="url(#d)"/>'
            for _ in range(int(far / 17))
        )
    dome = '<defs><radialGradient id="d"><stop offset="0" stop-color="#fff"/><stop offset="0.35" stop-color="#e9e9e9"/><stop offset="0.62" stop-color="#bbb"/><stop offset="0.82" stop-color="#777"/><stop offset="1" stop-color="#000"/></radialGradient></defs>'
    shape, _ = c.shapes(dome + "".join(drops))
    height = blurred(shape[0], c.px(0.0026))
    slope_u, slope_v = c.slopes(height)
    bent = c.warped(street, slope_u * -0.22, slope_v * -0.22)
    inside = smooth(height, 0.10, 0.35)
    shade = clip(1.15 - slope_v * 1.6, 0.35, 2.0)
    picture = over(kept(haze * 0.85), kept(clip(bent * shade * 1.15)), inside * 0.92)
    glint = smooth(slope_v + slope_u * 0.6, 0.42, 0.62) * inside
    return light(picture, glint, "#ffffff", 0.3), Film(bloom=0.16, contrast=0.14)


def spiral_stairs(c: Canvas) -> tuple[Image, Film]:
    """A spiral staircase from above, in black and white."""
    a = c.aspect
    u, v = kept(c.u - a * 0.53), kept(c.v - 0.53)
    r = kept((u * u + v * v) ** 0.5 + 0.0005)
    angle = kept(v.atan2(u) / 360)
    turn = kept(r.log() / 0.62)
    level = kept(turn - angle)
    coil = kept(level - level.floor())
    whole = kept(level.floor() + angle)
    step = kept(whole * 26 - (whole * 26).floor())
    depth = smooth(r, 0.02, 0.62)
    tread = 0.46 + step * 0.46
    riser = smooth(step, 0.10, 0.04) * 0.5
    tone = tread - riser
    well = smooth(coil, 0.34, 0.24)
    shadow = smooth(coil, 0.46, 0.28) * 0.45
    tone = tone - shadow
    rail = smooth((coil - 0.965).abs(), 0.030, 0.020)
    tone = kept(over(tone, 0.93 - step * 0.05, rail))
    under = kept(0.09 + sine(whole * 26 * 2 * math.pi) * 0.03 + smooth(coil, 0.0, 0.24) * 0.10)
    tone = tone * (1 - well) + under * well
    spokes = smooth((step - 0.5).abs(), 0.07, 0.04) * smooth(coil, 0.0, 0.02) * smooth(coil, 0.20, 0.17)
    tone = over(tone, 0.48, spokes * 0.85)
    tone = tone * (0.36 + depth * 0.74) + smooth(r, 0.05, 0.0) * 0.75
    picture = c.ramp(tone, [(0, "#040404"), (1, "#fbfbfb")])
    return picture, Film(grey=True, grain=0.04, contrast=0.2, vignette=0.45)


def facade(c: Canvas) -> tuple[Image, Film]:
    """White fins of a facade against the sky."""
    field = kept(c.u * 0.86 + c.v * 0.34 + sine(c.v * 3.3 + 0.4) * 0.16)
    band = kept(field * 11 - (field * 11).floor())
    bow = kept(smooth(band, 0.0, 0.72))
    white = c.ramp(bow, [(0, "#fefcf7"), (0.4, "#eef0f2"), (0.8, "#a9b6c9"), (1, "#5f7291")])
    gap = c.ramp(c.v + c.u * 0.2, [(0, "#0f3f86"), (0.6, "#2d78c4"), (1, "#7db6e4")])
    gap = gap * (0.55 + 0.45 * smooth(band, 0.72, 1.0))
    picture = over(white, gap, smooth(band, 0.715, 0.725))
    joints = kept((c.v - c.u * 0.18) * 7 - ((c.v - c.u * 0.18) * 7).floor())
    seam = smooth((joints - 0.5).abs(), 0.012, 0.006) * smooth(band, 0.72, 0.70)
    picture = over(picture, rgb("#8594aa"), seam * 0.6)
    return light(picture, smooth(c.u - c.v * 0.6, 0.0, 1.2), "#ffd9a8", 0.22), Film(
        contrast=0.16, bloom=0.08, vignette=0.15
    )
