"""What is close at hand: leaves, a window's light, a cake, a kite."""
# ruff: noqa: E501  a shape's path reads best as one line, as it would in an SVG file

from __future__ import annotations

import math

from heliograph.demo.canvas import Canvas, Film, Image, blurred, clip, kept, over, smooth


def autumn(c: Canvas) -> tuple[Image, Film]:
    """Maple leaves in the last sun, everything behind them out of focus."""
    a = c.aspect
    picture = c.ramp(
        clip(c.v * 0.7 + c.noise(0.5, 2, salt=2) * 0.22 + 0.1),
        [(0, "#f0a73a"), (0.4, "#a5561c"), (0.75, "#4b3414"), (1, "#20200f")],
    )
    dice = c.dice(3)
    discs = []
    for _ in range(95):
        x, y = dice.uniform(0, a * 1000), dice.gauss(330, 240)
        r = dice.uniform(18, 74)
        colour = dice.choice(("#ffcb52", "#ff9a2e", "#ffe08a", "#d9541e", "#9aa33a", "#ffb13d"))
        discs.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="{colour}" fill-opacity="{dice.uniform(0.08, 0.38):.2f}" stroke="{colour}" stroke-opacity="0.25" stroke-width="2.5"/>'
        )
    picture = kept(c.shine(picture, "".join(discs), blur=0.0035))
    behind = "".join(
        _maple(
            dice.uniform(0, a * 1000),
            dice.uniform(100, 950),
            dice.uniform(70, 130),
            dice.uniform(0, 360),
            "#c2501c",
            "#7d2a10",
        )
        for _ in range(7)
    )
    picture = kept(c.draw(picture, behind, blur=0.016))
    twig = f'<path d="M-20 150Q{a * 300} 205 {a * 560} 330T{a * 820} 610" fill="none" stroke="#2b170d" stroke-width="9" stroke-linecap="round"/>'
    front = "".join(
        _maple(a * x, y, size, turn, one, two)
        for x, y, size, turn, one, two in (
            (300, 400, 175, 200, "#e8641c", "#b3300f"),
            (545, 520, 205, 165, "#f49a22", "#c9480f"),
            (742, 700, 150, 130, "#d8431b", "#8f1f12"),
            (130, 300, 120, 215, "#f2b331", "#cf6a12"),
        )
    )
    return c.draw(picture, twig + front), Film(bloom=0.18, contrast=0.16)


def _maple(x: float, y: float, size: float, turn: float, one: str, two: str) -> str:
    half = (
        (0, -100), (9, -78), (20, -82), (14, -56), (15, -32), (32, -50), (34, -68), (46, -60), (70, -70), (62, -50), (72, -42),
        (52, -34), (34, -13), (58, -14), (68, -24), (76, -10), (94, -4), (74, 5), (70, 16), (38, 14), (9, 24),
    )  # fmt: skip
    right = " ".join(f"L{px} {py}" for px, py in half[1:])
    left = " ".join(f"L{-px} {py}" for px, py in reversed(half[1:]))
    veins = "".join(
        f"M0 24L{px} {py}" for px, py in ((0, -88), (60, -60), (-60, -60), (84, -5), (-84, -5), (60, 13), (-60, 13))
    )
    name = f"m{int(x)}x{int(y)}"
    return (
        f'<defs><radialGradient id="{name}" cx="0.5" cy="0.65" r="0.75"><stop offset="0" stop-color="#ffd24a"/><stop offset="0.45" stop-color="{one}"/>'
        f'<stop offset="1" stop-color="{two}"/></radialGradient></defs><g transform="translate({x:.0f} {y:.0f}) rotate({turn:.0f}) scale({size / 100:.3f} {size / 108:.3f})">'
        f'<path d="M0 -100 {right} {left}Z" fill="url(#{name})" stroke="{two}" stroke-width="1.2" stroke-linejoin="round"/>'
        f'<path d="{veins}" stroke="#ffdf9a" stroke-opacity="0.55" stroke-width="1.5" fill="none"/>'
        f'<path d="M0 26Q3 60 -8 98" stroke="#7a2c12" stroke-width="3.4" fill="none" stroke-linecap="round"/></g>'
    )


def window_light(c: Canvas) -> tuple[Image, Film]:
    """The shadow of a window and a plant on a wall, and a vase in the sun."""
    a = c.aspect * 1000
    wall = c.ramp(
        clip(c.v * 0.5 + c.u * 0.25 + c.noise(0.02, 3, salt=1) * 0.03),
        [(0, "#8d6248"), (0.5, "#7b503a"), (1, "#573526")],
    )
    panes = "".join(
        f'<path d="M{a * 0.16 + i * 210} {130 + j * 235 + i * 36}l188 32v205l-188 -32Z"/>'
        for i in range(3)
        for j in range(3)
    )
    sun, _ = c.shapes(f'<g fill="#fff">{panes}</g>')
    patch = blurred(sun[0], c.px(0.0055))
    leaves = []
    dice = c.dice(4)
    for i in range(17):
        turn = -170 + i * 10.2 + dice.uniform(-5, 5)
        reach = dice.uniform(210, 430)
        x, y = a * 0.60 + math.cos(math.radians(turn)) * reach, 690 + math.sin(math.radians(turn)) * reach
        leaves.append(
            f'<path d="M{a * 0.60} 700Q{(x + a * 0.6) / 2:.0f} {(y + 600) / 2:.0f} {x:.0f} {y:.0f}" stroke="#000" stroke-width="5" fill="none"/>'
        )
        leaves.append(
            f'<g transform="translate({x:.0f} {y:.0f}) rotate({turn:.0f})"><path d="M-70 0Q-10 -46 66 0Q-10 46 -70 0Z"/></g>'
        )
    _, shadow = c.shapes("".join(leaves))
    shadow = blurred(shadow, c.px(0.007))
    lit = kept(patch * (1 - shadow * 0.86))
    bright = c.ramp(clip(c.v * 0.55 + c.noise(0.02, 3, salt=1) * 0.05), [(0, "#ffdca6"), (1, "#f3ac6a")])
    picture = kept(over(wall, bright, lit))
    table = c.ramp(
        clip((c.v - 0.87) * 5 + c.noise(0.02, 3, stretch=12, salt=9) * 0.16),
        [(0, "#a8734a"), (0.5, "#6d452a"), (1, "#3b2417")],
    )
    picture = kept(over(picture, table, smooth(c.v, 0.868, 0.872)))
    x = a * 0.36
    vase = (
        '<defs><linearGradient id="v"><stop offset="0" stop-color="#fbf3e6"/><stop offset="0.35" stop-color="#d8c8b4"/><stop offset="1" stop-color="#4c3a30"/></linearGradient></defs>'
        f'<path d="M{x - 26} 690Q{x - 20} 722 {x - 62} 780Q{x - 92} 850 {x - 52} 905H{x + 52}Q{x + 92} 850 {x + 62} 780Q{x + 20} 722 {x + 26} 690Z" fill="url(#v)"/>'
        f'<ellipse cx="{x}" cy="690" rx="26" ry="6" fill="#5a463a"/>'
    )
    stems = "".join(
        f'<path d="M{x} 692Q{x + dx * 0.3:.0f} {640 - tall * 0.4:.0f} {x + dx} {690 - tall}" stroke="#5a4a2c" stroke-width="3.4" fill="none"/>'
        + "".join(
            f'<ellipse cx="{x + dx * (0.45 + k * 0.09) + side * 17:.0f}" cy="{690 - tall * (0.45 + k * 0.09):.0f}" rx="17" ry="8.5" '
            f'transform="rotate({-35 * side + dx * 0.2:.0f} {x + dx * (0.45 + k * 0.09) + side * 17:.0f} {690 - tall * (0.45 + k * 0.09):.0f})" fill="{"#7f8f5a" if side > 0 else "#65774a"}"/>'
            for k in range(7)
            for side in (-1, 1)
        )
        for dx, tall in ((-80, 290), (-12, 360), (70, 320))
    )
    below = f'<ellipse cx="{x + 70}" cy="908" rx="150" ry="13" fill="#1d0f08" fill-opacity="0.6"/>'
    picture = c.draw(picture, below, blur=0.008)
    return c.draw(picture, stems + vase), Film(contrast=0.16, bloom=0.12, vignette=0.3)


def candles(c: Canvas) -> tuple[Image, Film]:
    """Candles on a birthday cake, the room dark behind them."""
    a = c.aspect * 1000
    picture = c.sky([(0, "#1a0d10"), (0.6, "#3a1a14"), (1, "#1d0c0a")])
    dice = c.dice(6)
    discs = "".join(
        f'<circle cx="{dice.uniform(0, a):.0f}" cy="{dice.gauss(260, 150):.0f}" r="{dice.uniform(22, 64):.0f}" fill="{dice.choice(("#ff9a3c", "#ffc870", "#ff6a4a", "#ffdca0"))}" fill-opacity="{dice.uniform(0.08, 0.36):.2f}"/>'
        for _ in range(42)
    )
    picture = kept(c.shine(picture, discs, blur=0.004))
    cake = (
        '<defs><linearGradient id="k" x2="0" y2="1"><stop offset="0" stop-color="#ffe9cf"/><stop offset="1" stop-color="#8a5538"/></linearGradient>'
        '<radialGradient id="p" cx="0.5" cy="0.4" r="0.6"><stop offset="0" stop-color="#fff3dc"/><stop offset="1" stop-color="#d59a6a"/></radialGradient></defs>'
        f'<path d="M{a * 0.14} 770V1010H{a * 0.86}V770Z" fill="url(#k)"/><ellipse cx="{a / 2}" cy="770" rx="{a * 0.36}" ry="92" fill="url(#p)"/>'
    )
    drips = "".join(
        f'<path d="M{x:.0f} {770 + 92 * math.sqrt(max(0.0, 1 - ((x - a / 2) / (a * 0.36)) ** 2)) - 6:.0f}v{dice.uniform(24, 78):.0f}" stroke="#f9e3d2" stroke-width="34" stroke-linecap="round"/>'
        for x in [a * 0.17 + i * 36 for i in range(int(a * 0.66 / 36))]
    )
    spots = [
        (a / 2 + a * 0.28 * math.cos(t), 762 + 60 * math.sin(t)) for t in [i * 2 * math.pi / 9 + 0.3 for i in range(9)]
    ]
    spots.sort(key=lambda spot: spot[1])
    sticks = "".join(
        f'<rect x="{x - 8:.0f}" y="{y - 150:.0f}" width="16" height="150" rx="4" fill="{("#e8f1f5", "#f5b8b0", "#b9d7c4")[i % 3]}"/><path d="M{x:.0f} {y - 150:.0f}v-13" stroke="#3a2a20" stroke-width="3"/>'
        for i, (x, y) in enumerate(spots)
    )
    picture = kept(c.draw(picture, cake + drips + sticks, blur=0.0009))
    flames = "".join(
        f'<path d="M{x:.0f} {y - 154:.0f}q-17 -20 0 -62q17 42 0 62Z" fill="#ffcf5e"/><path d="M{x:.0f} {y - 156:.0f}q-8 -12 0 -34q8 22 0 34Z" fill="#fff"/>'
        for x, y in spots
    )
    picture = c.shine(picture, flames, blur=0.055, strength=5.5)
    picture = c.shine(picture, flames, blur=0.012, strength=1.6)
    return c.shine(picture, flames, blur=0.001), Film(bloom=0.2, contrast=0.14, grain=0.03)


def kite(c: Canvas) -> tuple[Image, Film]:
    """A kite over a beach, a grown-up and a child far below it."""
    a = c.aspect * 1000
    picture = c.sky([(0, "#3c86c8"), (0.45, "#8cc1e3"), (0.76, "#e3eef0"), (1, "#f2e2c4")])
    clouds = c.noise(0.3, 6, stretch=2.2, salt=3)
    body = smooth(clouds, 0.05, 0.75) * smooth(c.v, 0.80, 0.45)
    tint = c.ramp(
        clip(0.75 + c.noise(0.12, 4, salt=4) * 0.35 - smooth(clouds, 0.5, 1.3) * 0.25), [(0, "#a9bccb"), (1, "#ffffff")]
    )
    picture = kept(over(picture, tint, body * 0.9))
    sea = c.ramp(
        (c.v - 0.80) * 12 + c.noise(0.02, 3, stretch=10, salt=6) * 0.2,
        [(0, "#4d9bb0"), (0.7, "#8fc9c8"), (1, "#e9f4ee")],
    )
    picture = over(picture, sea, c.edge(c.v - 0.80))
    shore = c.below(c.ridge(0.872, 0.008, 0.5, salt=8, octaves=4))
    sand = c.ramp(
        clip(0.6 + c.noise(0.05, 4, stretch=5, salt=9) * 0.22 - smooth(shore, 0.03, 0.0) * 0.3),
        [(0, "#a98757"), (1, "#f3ddb0")],
    )
    picture = kept(over(picture, sand, smooth(shore, -0.004, 0.006)))
    tail = "".join(
        f'<path d="M{a * 0.335 - i * 13:.0f} {372 + i * 30 + math.sin(i) * 9:.0f}l-13 -9v18l26 -18v18Z" fill="{("#f4b92f", "#e4572e", "#2f7fc1")[i % 3]}"/>'
        for i in range(1, 8)
    )
    flying = (
        f'<path d="M{a * 0.34} 370Q{a * 0.42} 760 {a * 0.685} 884" fill="none" stroke="#fff" stroke-opacity="0.75" stroke-width="1.6"/>{tail}'
        f'<g transform="translate({a * 0.37} 272) rotate(24)"><path d="M0 -120L72 -20L0 0Z" fill="#e4572e"/><path d="M0 -120L-72 -20L0 0Z" fill="#f4b92f"/>'
        '<path d="M72 -20L0 120L0 0Z" fill="#2f7fc1"/><path d="M-72 -20L0 120L0 0Z" fill="#d93f4c"/><path d="M0 -120V120M-72 -20L0 0L72 -20" stroke="#5a2a20" stroke-width="2.4" fill="none"/></g>'
    )
    people = "".join(
        f'<g transform="translate({x} {y}) scale({s})"><ellipse cx="16" cy="2" rx="30" ry="4" fill="#6b5230" fill-opacity="0.4"/><path d="M-8 -40L-11 0H-4L0 -34L5 0H12L9 -40Z" fill="#2d3a55"/><path d="M-12 -78Q0 -86 12 -78L10 -36H-10Z" fill="{coat}"/>'
        f'<path d="M9 -78L24 -98L28 -94L12 -66Z" fill="{coat}"/><circle cy="-92" r="8.5" fill="#4a3326"/></g>'
        for x, y, s, coat in ((a * 0.67, 958, 0.8, "#c2453a"), (a * 0.635, 962, 0.5, "#f0c23c"))
    )
    return c.draw(picture, flying + people), Film(contrast=0.14, bloom=0.08, vignette=0.16)
