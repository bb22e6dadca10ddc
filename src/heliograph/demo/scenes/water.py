"""Coasts and the sea, and ice."""
# ruff: noqa: E501  a shape's path reads best as one line, as it would in an SVG file

from __future__ import annotations

import math

from heliograph.demo.canvas import Canvas, Film, Image, clip, kept, light, over, rgb, smooth


def north_sea(c: Canvas) -> tuple[Image, Film]:
    """A long exposure of sea and sky, and a line between them."""
    horizon = 0.56
    sky = c.ramp(c.v / horizon, [(0, "#3d5570"), (0.55, "#8fa6b6"), (0.88, "#e9d8c6"), (1, "#f7e3c9")])
    clouds = c.noise(0.22, 6, stretch=9, salt=3)
    sky = over(sky, rgb("#32465c"), smooth(clouds, 0.0, 1.1) * smooth(c.v, 0.5, 0.0) * 0.75)
    sky = over(sky, rgb("#ffe9d0"), smooth(clouds, -0.2, -1.0) * smooth(c.v, 0.1, 0.5) * 0.6)
    depth = kept(clip((c.v - horizon) / (1 - horizon)))
    swell = c.noise(0.05, 4, stretch=14, salt=5) * depth + c.noise(0.015, 3, stretch=22, salt=6) * 0.5
    sea = c.ramp(
        clip(depth * 0.9 + swell * 0.13 + 0.05), [(0, "#c9cfcd"), (0.25, "#86a0a8"), (0.6, "#41616f"), (1, "#1a313d")]
    )
    picture = over(sky, sea, c.edge(c.v - horizon, 2))
    rocks = ((1180, 760, 120, 52), (1290, 770, 62, 34), (1060, 775, 48, 20), (1215, 700, 30, 12))
    body = "".join(_rock(c, index, *each) for index, each in enumerate(rocks))
    picture = c.draw(picture, f'<g fill="#16222a">{body}</g>')
    mist = "".join(f'<ellipse cx="{x}" cy="{y + 5}" rx="{w * 1.25}" ry="{h * 0.30}"/>' for x, y, w, h in rocks)
    return c.draw(picture, f'<g fill="#cfdadb" fill-opacity="0.8">{mist}</g>', blur=0.012), Film(bloom=0.08)


def _rock(c: Canvas, salt: int, x: float, y: float, wide: float, tall: float) -> str:
    dice = c.dice(40 + salt)
    top = " ".join(
        f"L{x + wide * (t / 7 - 1):.0f} {y - tall * max(0.0, math.cos((t / 7 - 1) * 1.5)) * dice.uniform(0.75, 1.15):.0f}"
        for t in range(15)
    )
    return f'<path d="M{x - wide} {y} {top} L{x + wide} {y}Z"/>'


def red_cabin(c: Canvas) -> tuple[Image, Film]:
    """A red cabin on posts by the water, its windows lit, snow on the mountain behind it."""
    shore = 0.69
    picture = c.sky([(0, "#27406f"), (0.3, "#5c78a6"), (0.5, "#c79fae"), (0.66, "#ffcfa5")])
    clouds = smooth(c.noise(0.16, 5, stretch=5, salt=2), 0.05, 1)
    picture = over(picture, rgb("#f3b6a8"), clouds * 0.45)
    for layer, (level, tall, tone, white) in enumerate(
        ((0.50, 0.19, "#5d6b8c", "#e8dfe8"), (0.63, 0.06, "#3c4766", "#cdd1e0"))
    ):
        line = c.ridge(level, tall, 0.62 - layer * 0.2, salt=24 + layer, gain=0.44, peaks=True)
        depth = c.below(line)
        slope = c.noise(0.09, 6, stretch=0.5, salt=27 + layer)
        snow = smooth(slope * 0.8 - depth * 2.2 + 0.42, -0.05, 0.4)
        body = over(c.flat(tone), rgb(white), snow * 0.85)
        body = over(body, rgb("#d9b4b4"), smooth(depth, 0.05, 0.4) * 0.55)
        picture = kept(over(picture, body, c.edge(depth)))
    bank = c.below(c.ridge(0.683, 0.012, 0.25, salt=29))
    ground = c.ramp(
        clip(0.5 + c.noise(0.02, 3, stretch=2, salt=30) * 0.5), [(0, "#39405a"), (0.5, "#aab2c9"), (1, "#e4e6f0")]
    )
    picture = kept(over(picture, ground, c.edge(bank)))
    picture = c.draw(picture, _cabin(890, 690, 1.0) + _cabin(1160, 690, 0.62) + _cabin(1318, 690, 0.5))
    glow = '<g fill="#ffb44d"><rect x="822" y="600" width="30" height="38"/><rect x="905" y="600" width="30" height="38"/><rect x="1118" y="634" width="19" height="24"/></g>'
    picture = kept(c.shine(picture, glow, blur=0.022, strength=1.6))
    water = c.mirrored(picture, shore, 0.016) * [0.68, 0.74, 0.84]
    return over(picture, water, c.edge(c.v - shore)), Film(bloom=0.12)


def _cabin(x: float, ground: float, size: float) -> str:
    planks = "".join(
        f'<rect x="{-110 + 11 * i}" y="-105" width="1.6" height="85" fill="#5e1c1a" fill-opacity="0.7"/>'
        for i in range(20)
    )
    posts = "".join(
        f'<rect x="{px}" y="-20" width="6" height="22" fill="#2a2530"/>' for px in (-106, -62, -18, 26, 70, 102)
    )
    window = "".join(
        f'<g transform="translate({wx} -92)"><rect x="-3" y="-3" width="36" height="44" fill="#f4efe9"/>'
        '<rect width="30" height="38" fill="#ffcf7a"/><path d="M15 0V38M0 19H30" stroke="#f4efe9" stroke-width="2.5"/></g>'
        for wx in (-70, 12)
    )
    return (
        f'<g transform="translate({x} {ground}) scale({size})">{posts}<rect x="-112" y="-108" width="224" height="90" fill="#9c2b26"/>'
        f'{planks}{window}<rect x="62" y="-84" width="30" height="66" fill="#f4efe9"/><rect x="65" y="-81" width="24" height="63" fill="#5b2320"/>'
        '<rect x="54" y="-196" width="20" height="44" fill="#6e6a72"/><path d="M-130 -104L-96 -172H96L130 -104Z" fill="#4b4a58"/>'
        '<path d="M-130 -106L-96 -174H96L130 -106L118 -112L92 -162H-92L-118 -112Z" fill="#eef0f7"/><path d="M-96 -174H96L120 -126H-120Z" fill="#e3e6f1" fill-opacity="0.93"/></g>'
    )


def pier(c: Canvas) -> tuple[Image, Film]:
    """Two people at the end of a pier, looking at the sunset."""
    a = c.aspect
    horizon = 0.6
    picture = c.sky([(0, "#33315c"), (0.25, "#7d4f7d"), (0.42, "#e0786a"), (0.55, "#ffb066"), (0.6, "#ffd998")])
    clouds = c.noise(0.14, 6, stretch=6, salt=4)
    picture = over(picture, rgb("#ffb48a"), smooth(clouds, 0.1, 1.0) * smooth(c.v, 0.58, 0.2) * 0.8)
    picture = over(picture, rgb("#4a2f5e"), smooth(clouds, -0.2, -1.0) * smooth(c.v, 0.55, 0.0) * 0.5)
    picture = light(picture, c.glow(a * 0.4, 0.575, 0.12, 1.3), "#fff0b8", 1.0)
    picture = kept(over(picture, rgb("#fff8dc"), smooth(c.away(a * 0.4, 0.57), 0.043, 0.039)))
    water = c.mirrored(picture, horizon, 0.07, squeeze=0.6) * [0.86, 0.8, 0.84]
    picture = kept(over(picture, water, c.edge(c.v - horizon)))
    planks = "".join(
        f'<path d="M{a * 1000 - 40 - i * 36} {705 + i * 0.9}L{a * 1000 - 10 - i * 36} 722" stroke="#2e1c2c" stroke-width="3"/>'
        for i in range(22)
    )
    left = a * 1000 - 760
    posts = "".join(
        f'<rect x="{left + 14 + i * 92}" y="715" width="{11 + i * 0.6}" height="{70 + i * 8}"/>' for i in range(9)
    )
    deck = f'<g fill="#150d1a"><path d="M{left} 706L{a * 1000 + 10} 696V728L{left} 722Z"/>{posts}{planks}</g>'
    people = _person(left + 96, 706, 1.0) + _person(left + 142, 706, 0.9, skirt=True)
    return c.draw(picture, deck + people), Film(bloom=0.2, contrast=0.16)


def _person(x: float, ground: float, size: float, *, skirt: bool = False) -> str:
    legs = '<path d="M-11 -62L-9 0H-2L0 -52L3 0H10L11 -62Z"/>'
    dress = '<path d="M-10 -92L-19 -36H19L10 -92Z"/><rect x="-8" y="-40" width="5" height="40"/><rect x="3" y="-40" width="5" height="40"/>'
    body = '<path d="M-14 -108Q0 -118 14 -108L12 -56H-12Z"/><path d="M-13 -106L-19 -62L-14 -60L-8 -96ZM13 -106L19 -62L14 -60L8 -96Z"/>'
    hair = '<path d="M-9 -130Q-12 -104 -7 -102H7Q12 -104 9 -130Z"/>' if skirt else ""
    return f'<g transform="translate({x} {ground}) scale({size})" fill="#120a16">{dress if skirt else legs}{body}<circle cy="-127" r="10.5"/>{hair}<rect x="-4" y="-120" width="8" height="12"/></g>'


def lighthouse(c: Canvas) -> tuple[Image, Film]:
    """A lighthouse that the fog takes back."""
    a = c.aspect * 1000
    x = a * 0.64
    picture = c.sky([(0, "#8c9aa3"), (0.5, "#b9c1c3"), (0.75, "#cfd2cf"), (1, "#7b8a90")])
    beam = f'<g fill="#fff3cf"><path d="M{x} 286L-100 140V360Z" fill-opacity="0.55"/><path d="M{x} 286L{a + 300} 200V350Z" fill-opacity="0.4"/></g>'
    picture = c.shine(picture, beam, blur=0.014)
    tower = (
        '<defs><linearGradient id="t"><stop offset="0" stop-color="#fff" stop-opacity="0.25"/><stop offset="0.45" stop-opacity="0"/>'
        '<stop offset="1" stop-color="#101820" stop-opacity="0.6"/></linearGradient></defs>'
        f'<g transform="translate({x} 0)"><path d="M-36 320H36L56 760H-56Z" fill="#e9e6df"/>'
        '<path d="M-40.5 420H40.5L45 520H-45Z" fill="#b0463e"/><path d="M-49.6 620H49.6L54.6 730H-54.6Z" fill="#b0463e"/>'
        '<path d="M-36 320H36L56 760H-56Z" fill="url(#t)"/><rect x="-52" y="308" width="104" height="14" fill="#3b464d"/>'
        '<path d="M-50 308V290M-34 308V290M34 308V290M50 308V290M-52 290H52" stroke="#3b464d" stroke-width="3"/>'
        '<rect x="-24" y="256" width="48" height="54" fill="#fff2c4"/><path d="M-24 256V310M-8 256V310M8 256V310M24 256V310" stroke="#4a555c" stroke-width="3"/>'
        '<path d="M-32 258Q0 205 32 258Z" fill="#8f3a34"/><rect x="-2" y="200" width="4" height="26" fill="#3b464d"/>'
        '<rect x="-8" y="460" width="12" height="22" rx="5" fill="#4a4440"/><rect x="-9" y="560" width="13" height="24" rx="5" fill="#4a4440"/></g>'
    )
    picture = c.draw(picture, tower, blur=0.0008)
    picture = kept(c.shine(picture, f'<circle cx="{x}" cy="284" r="20" fill="#fff0c0"/>', blur=0.03, strength=2.6))
    veil = smooth(c.noise(0.22, 5, stretch=3.5, salt=5) + (c.v - 0.66) * 4, -0.4, 1.1)
    picture = kept(over(picture, rgb("#c6cbca"), veil * 0.86))
    for layer, (level, tall, tone) in enumerate(((0.80, 0.05, "#5c686c"), (0.90, 0.06, "#2a3438"))):
        line = c.ridge(level, tall, 0.5, salt=31 + layer, gain=0.55)
        cliff = [
            y - (0.06 - layer * 0.03) * math.exp(-(((i / c.height_px - x / 1000) / 0.42) ** 2))
            for i, y in enumerate(line)
        ]
        depth = c.below(cliff)
        stone = c.ramp(
            clip(0.4 + c.noise(0.03, 4, stretch=2.5, salt=36 + layer) * 0.3),
            [(0, "#12181b"), (0.5, tone), (1, "#6d7a78")],
        )
        stone = over(stone, rgb("#b4bcbd"), smooth(depth, 0.22, 0.0) * (0.5 - layer * 0.35))
        picture = kept(over(picture, stone, c.edge(depth)))
    foam = smooth(c.noise(0.06, 5, stretch=4, salt=41) + (c.v - 0.97) * 9, 0.0, 0.9)
    return over(picture, rgb("#d9dedd"), foam * 0.7), Film(grain=0.025, contrast=0.14, bloom=0.06)


def sails(c: Canvas) -> tuple[Image, Film]:
    """Sailing boats against the light, the sea all glitter."""
    a = c.aspect
    horizon = 0.42
    picture = c.sky([(0, "#d9913c"), (0.25, "#f3b95b"), (0.42, "#ffe3a0")])
    picture = light(picture, c.glow(a * 0.5, 0.16, 0.22, 1.4), "#fff6d0", 1.0)
    depth = kept(clip(c.v - horizon, 0.003, 1))
    near = smooth(depth, 0, 0.5)
    waves = c.noise(0.016, 3, stretch=6, salt=3) * (1.1 - near * 0.6) + c.noise(0.05, 4, stretch=5, salt=4) * near
    beside = kept((c.u - a * 0.5) / (0.16 + depth * 0.75))
    path = (beside * beside * -1).exp()
    sea = c.ramp(
        clip(0.38 + waves * 0.22 - near * 0.16 + path * 0.16),
        [(0, "#3b2208"), (0.35, "#8a5318"), (0.7, "#d9983c"), (1, "#ffe09a")],
    )
    sea = over(sea, rgb("#ffdf9c"), smooth(depth, 0.06, 0.0) * 0.8)
    picture = kept(over(picture, sea, c.edge(c.v - horizon)))
    sparkle = smooth(waves + path * 0.75, 0.95, 1.35) * c.edge(c.v - horizon)
    picture = kept(light(picture, sparkle, "#fff3c8", 1.0))
    fleet = ((a * 640, 470, 0.95), (a * 300, 445, 0.5), (a * 395, 437, 0.34), (a * 820, 441, 0.42))
    boats = "".join(_sloop(*each) for each in fleet)
    return c.draw(picture, boats), Film(bloom=0.22, contrast=0.16, grain=0.024)


def _sloop(x: float, y: float, size: float) -> str:
    return (
        f'<g transform="translate({x} {y}) scale({size}) rotate(4)" fill="#2c1705"><path d="M-62 0H70Q56 24 34 24H-50Q-60 14 -62 0Z"/>'
        '<rect x="-3" y="-236" width="4" height="238"/><path d="M4 -232Q62 -110 66 -12L4 -8Z" fill-opacity="0.9"/>'
        '<path d="M-6 -214Q-34 -90 -58 -6L-6 -10Z" fill-opacity="0.72"/></g>'
        f'<ellipse cx="{x}" cy="{y + 40 * size}" rx="{60 * size}" ry="{14 * size}" fill="#2c1705" fill-opacity="0.45"/>'
    )


def cracked_ice(c: Canvas) -> tuple[Image, Film]:
    """Cracks in clear lake ice, seen from above."""
    deep = clip(0.42 + c.noise(0.4, 5, salt=3) * 0.32)
    picture = c.ramp(deep, [(0, "#04141f"), (0.45, "#0d4156"), (0.8, "#2f8596"), (1, "#83c6c9")])
    for layer, (cell, width, strength) in enumerate(((0.30, 0.0026, 0.3), (0.36, 0.0045, 0.5), (0.50, 0.009, 0.95))):
        crack = _cracks(c, cell, layer)
        frost = clip(0.45 + c.noise(0.05, 5, salt=20 + layer) * 0.6)
        veil = (crack / (-width * 6)).exp() * frost
        vein = smooth(crack, width * (1.1 - layer * 0.2), width * 0.2)
        picture = kept(light(picture, kept(clip(veil * 0.5 + vein)), "#dff6f5", strength))
    dice = c.dice(6)
    bubbles = []
    for _ in range(34):
        x, y, r = dice.gauss(0.3, 0.18) * 1000 * c.aspect, dice.gauss(0.66, 0.16) * 1000, dice.uniform(3, 22)
        bubbles.append(
            f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{r:.1f}" ry="{r * 0.9:.1f}" fill="#e9fbfa" fill-opacity="0.35" stroke="#f4ffff" stroke-opacity="0.75" stroke-width="{r * 0.12:.2f}"/>'
        )
    return c.draw(picture, "".join(bubbles), blur=0.0012), Film(contrast=0.16, bloom=0.06)


def _cracks(c: Canvas, cell: float, salt: int) -> Image:
    """Distance to the nearest border between random cells, in heights; drawn small, because it is smooth."""
    small = Canvas(math.ceil(c.width_px / 4), math.ceil(c.height_px / 4), c.seed)
    dice = small.dice(60 + salt)
    u, v = small.u + small.noise(0.07, 5, salt=salt) * 0.012, small.v + small.noise(0.07, 5, salt=salt + 9) * 0.012
    u, v = kept(u), kept(v)
    nearest, second = small.u * 0 + 9, small.u * 0 + 9
    for i in range(math.ceil(c.aspect / cell) + 2):
        for j in range(math.ceil(1 / cell) + 2):
            x, y = (i - 0.5 + dice.uniform(-0.36, 0.36)) * cell, (j - 0.5 + dice.uniform(-0.36, 0.36)) * cell
            away = kept(((u - x) * (u - x) + (v - y) * (v - y)) ** 0.5)
            second = kept((away < second).ifthenelse((away < nearest).ifthenelse(nearest, away), second))
            nearest = kept((away < nearest).ifthenelse(away, nearest))
    distance = kept((second - nearest) * 0.5)
    return c.fitted(distance.resize(c.width_px / small.width_px, vscale=c.height_px / small.height_px, kernel="cubic"))
