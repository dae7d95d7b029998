"""Backdrops: studio, showroom, street in the evening, dealer's yard.

Drawn in frame units: the picture is 16 units wide, x = 0 in the middle, y = 0 where the
tyres touch the ground. ``top`` and ``bottom`` are the frame edges.
"""

from __future__ import annotations

import math
import random

from .colour import mix
from .curves import line, poly, rounded, smooth
from .document import Svg
from .look import Light

SCENES = ("studio", "showroom", "street_evening", "yard")
LEFT = -8.1
RIGHT = 8.1


def _band(svg: Svg, y0: float, y1: float, fill: str, **attrs: object) -> None:
    """A stripe over the whole width of the picture."""
    svg.path(poly([(LEFT, y0), (RIGHT, y0), (RIGHT, y1), (LEFT, y1)]), fill, **attrs)


def backdrop(svg: Svg, scene: str, top: float, bottom: float, light: Light, seed: int, close: bool = False) -> None:
    """Draw one backdrop; ``seed`` varies palette, skyline, clouds and planting.

    ``close`` marks a close-up, where small things behind the car would only distract.
    """
    rng = random.Random(f"{scene}-{seed}")
    {"studio": _studio, "showroom": _showroom, "street_evening": _street, "yard": _yard}[scene](svg, top, bottom, rng)
    if close:
        _band(svg, bottom, top, mix(light.ground, light.sky, 0.5), opacity=0.14)


def _studio(svg: Svg, top: float, bottom: float, rng: random.Random) -> None:
    """Photo studio: cove, soft box, light on the floor."""
    wall, glow, floor = rng.choice(
        [
            ("#b9c0c9", "#f2f4f6", "#e7eaed"),
            ("#c9bfb2", "#f6f1ea", "#ece5db"),
            ("#9fb0bd", "#e6eef3", "#dbe4ea"),
            ("#b4bdb6", "#eff3ee", "#e3e9e2"),
        ]
    )
    edge = 1.55
    _band(
        svg,
        edge - 0.9,
        top,
        svg.lin((0, top), (0, edge), [(0, mix(wall, "#000000", 0.10)), (0.55, wall), (1, mix(wall, glow, 0.45))]),
    )
    svg.ellipse((0, 2.6), 8.2, 4.6, svg.rad((0, 2.6), 8.2, [(0, glow, 0.95), (0.45, glow, 0.55), (1, glow, 0)], 0.56))
    _band(
        svg,
        bottom,
        edge,
        svg.lin(
            (0, edge),
            (0, bottom),
            [
                (0, mix(wall, glow, 0.62), 0.0),
                (0.16, mix(wall, floor, 0.75), 0.85),
                (0.34, floor),
                (0.7, mix(floor, wall, 0.25)),
                (1, mix(floor, wall, 0.75)),
            ],
        ),
    )
    svg.ellipse(
        (0, -0.15),
        7.6,
        1.35,
        svg.rad((0, -0.15), 7.6, [(0, "#ffffff", 0.75), (0.5, "#ffffff", 0.32), (1, "#ffffff", 0)], 0.18),
    )
    # overhead soft box, only its glow and lower edge
    svg.path(
        poly([(-4.6, top + 0.1), (4.6, top + 0.1), (3.7, top - 0.42), (-3.7, top - 0.42)]),
        svg.lin((0, top), (0, top - 0.42), [(0, "#ffffff", 0.35), (1, "#ffffff", 0.95)]),
    )
    svg.ellipse(
        (0, top - 0.4),
        6.5,
        3.2,
        svg.rad((0, top - 0.4), 6.5, [(0, "#ffffff", 0.55), (0.5, "#ffffff", 0.16), (1, "#ffffff", 0)], 0.49),
    )


def _plant(svg: Svg, x: float, y: float, size: float, rng: random.Random) -> None:
    """A potted plant of height ``size``."""
    svg.ellipse((x, y - 0.02), size * 0.52, size * 0.07, "#000000", opacity=0.18)
    for i in range(9):
        a = math.radians(90 + (i - 4) * 19 + rng.uniform(-6, 6))
        length = size * rng.uniform(1.15, 1.6)
        tip = (x + math.cos(a) * length * 0.85, y + size * 0.6 + math.sin(a) * length)
        mid = (x + math.cos(a) * length * 0.35, y + size * 0.65 + math.sin(a) * length * 0.62)
        n = (-math.sin(a) * size * 0.16, math.cos(a) * size * 0.16)
        svg.path(
            smooth(
                [(x, y + size * 0.6, "c"), (mid[0] + n[0], mid[1] + n[1]), (*tip, "c"), (mid[0] - n[0], mid[1] - n[1])]
            ),
            mix("#4d6b56", "#1f3329" if i % 2 else "#8faf8b", 0.30),
        )
    svg.path(
        poly(
            [
                (x - size * 0.36, y + size * 0.72),
                (x + size * 0.36, y + size * 0.72),
                (x + size * 0.27, y),
                (x - size * 0.27, y),
            ]
        ),
        svg.lin((x - size * 0.36, 0), (x + size * 0.36, 0), [(0, "#e9e4dc"), (0.4, "#f7f4ef"), (1, "#b9b1a6")]),
    )


def _showroom(svg: Svg, top: float, bottom: float, rng: random.Random) -> None:
    """Glazed showroom with a polished floor."""
    edge = 1.35
    warm = rng.choice(["#d9c9b4", "#cfd3d2", "#d8cdc4"])
    accent = rng.choice(["#3f5c57", "#394a63", "#7a4a3a"])
    _garden(svg, edge, top, rng)
    # glazing
    frame = "#5d6468"
    _band(svg, top - 1.25, top, svg.lin((0, top), (0, top - 1.25), [(0, "#efe9e0"), (1, "#d8d0c5")]))
    side = rng.choice([-1, 1])
    for i in range(8):
        mx = -7.0 + i * 2.0
        svg.path(
            poly([(mx - 0.05, edge), (mx + 0.05, edge), (mx + 0.05, top - 1.25), (mx - 0.05, top - 1.25)]),
            svg.lin((mx - 0.05, 0), (mx + 0.05, 0), [(0, mix(frame, "#ffffff", 0.35)), (1, frame)]),
        )
    for y in (edge + 0.02, top - 2.35):
        _band(svg, y, y + 0.07, frame)
    svg.path(poly([(-6.4, edge), (-4.6, edge), (-1.4, top - 1.25), (-3.2, top - 1.25)]), "#ffffff", opacity=0.16)
    svg.path(poly([(2.4, edge), (3.1, edge), (6.3, top - 1.25), (5.6, top - 1.25)]), "#ffffff", opacity=0.16)
    _feature_wall(svg, side, edge, top, accent)
    _ceiling_lights(svg, top)
    _polished_floor(svg, warm, bottom, edge)
    _band(svg, edge - 0.05, edge + 0.02, mix(frame, "#000000", 0.3), opacity=0.6)
    _plant(svg, -side * 6.7, edge - 0.62, 0.85, rng)


def _garden(svg: Svg, edge: float, top: float, rng: random.Random) -> None:
    """What is seen through the glazing."""
    _band(
        svg,
        edge,
        top,
        svg.lin((0, top), (0, edge), [(0, "#b9d3e2"), (0.55, "#e3eef0"), (0.8, "#f6f0e4"), (1, "#dfe3d6")]),
    )
    x = LEFT - 0.5
    while x < RIGHT + 0.5:
        r = rng.uniform(0.55, 1.15)
        svg.ellipse(
            (x, edge + 0.45), r, r * rng.uniform(0.8, 1.25), mix("#8fa893", "#c9d6c7", rng.random()), opacity=0.75
        )
        x += r * 1.05
    _band(svg, edge, edge + 0.55, svg.lin((0, edge + 0.55), (0, edge), [(0, "#ffffff", 0), (1, "#ffffff", 0.55)]))


def _feature_wall(svg: Svg, side: int, edge: float, top: float, accent: str) -> None:
    """Panelled wall on one side."""
    wx0, wx1 = (LEFT, -4.9) if side < 0 else (4.9, RIGHT)
    svg.path(
        poly([(wx0, edge), (wx1, edge), (wx1, top - 1.25), (wx0, top - 1.25)]),
        svg.lin((wx0, 0), (wx1, 0), [(0, mix(accent, "#000000", 0.12)), (1, mix(accent, "#ffffff", 0.10))]),
    )
    for i in range(1, 11):
        lx = wx0 + (wx1 - wx0) * i / 11
        svg.stroke(line([(lx, edge), (lx, top - 1.25)]), mix(accent, "#000000", 0.35), 0.035, 0.7)
    svg.path(
        poly([(wx0, edge), (wx1, edge), (wx1, top - 1.25), (wx0, top - 1.25)]),
        svg.lin((0, top - 1.25), (0, edge), [(0, "#fff3dd", 0.38), (0.4, "#fff3dd", 0.06), (1, "#000000", 0.18)]),
    )


def _ceiling_lights(svg: Svg, top: float) -> None:
    """Ceiling lights and their glow."""
    for i in range(-2, 3):
        cx = i * 3.0
        svg.path(
            poly([(cx - 0.95, top - 0.62), (cx + 0.95, top - 0.62), (cx + 0.82, top - 0.80), (cx - 0.82, top - 0.80)]),
            "#ffffff",
        )
        svg.ellipse(
            (cx, top - 0.75), 1.9, 0.7, svg.rad((cx, top - 0.75), 1.9, [(0, "#fff6e0", 0.7), (1, "#fff6e0", 0)], 0.37)
        )


def _polished_floor(svg: Svg, warm: str, bottom: float, edge: float) -> None:
    """Polished floor with the windows mirrored in it."""
    floor = mix(warm, "#ffffff", 0.25)
    _band(
        svg,
        bottom,
        edge,
        svg.lin(
            (0, edge),
            (0, bottom),
            [
                (0, mix(floor, "#6d665d", 0.42)),
                (0.22, mix(floor, "#8b8478", 0.15)),
                (0.6, floor),
                (1, mix(floor, "#7d766b", 0.45)),
            ],
        ),
    )
    for i in range(8):
        mx = -6.0 + i * 2.0
        svg.path(
            poly([(mx - 0.9, edge), (mx + 0.9, edge), (mx * 1.35 + 1.1, bottom), (mx * 1.35 - 1.1, bottom)]),
            svg.lin((0, edge), (0, bottom), [(0, "#ffffff", 0.34), (0.5, "#ffffff", 0.10), (1, "#ffffff", 0)]),
        )
    for i in range(1, 4):
        y = edge - (edge - bottom) * (i / 4) ** 1.5
        svg.stroke(line([(LEFT, y), (RIGHT, y)]), "#6d665d", 0.015, 0.22)


def _street(svg: Svg, top: float, bottom: float, rng: random.Random) -> None:
    """City street at dusk, wet road, lamps lit."""
    edge = 1.15
    dusk = rng.choice(
        [
            ("#232550", "#5b4a83", "#c0708a", "#ffb27a"),
            ("#1c2d52", "#4a5c92", "#a9809f", "#ffc08f"),
            ("#2a2148", "#70477f", "#d3717c", "#ffb878"),
        ]
    )
    _band(svg, edge, top, svg.lin((0, top), (0, edge), [(0, dusk[0]), (0.42, dusk[1]), (0.76, dusk[2]), (1, dusk[3])]))
    sx = rng.uniform(-5, 5)
    svg.ellipse(
        (sx, edge + 0.6), 5.5, 3.0, svg.rad((sx, edge + 0.6), 5.5, [(0, "#ffe0b0", 0.75), (1, "#ffe0b0", 0)], 0.55)
    )
    _skyline(svg, dusk, rng, edge)
    _band(svg, edge, edge + 2.6, svg.lin((0, edge + 2.6), (0, edge), [(0, dusk[3], 0), (1, dusk[3], 0.34)]))
    _shop_fronts(svg, rng, edge, dusk)
    _wet_road(svg, dusk, bottom, edge, rng)
    _street_lamps(svg, rng, top, edge)
    for _ in range(14):
        bx, by, br = rng.uniform(LEFT, RIGHT), edge + rng.uniform(0.2, 2.2), rng.uniform(0.06, 0.20)
        svg.circle(
            (bx, by),
            br,
            rng.choice(["#ffd58a", "#ff9e6b", "#ffe6b8", "#ff6f6f"]),
            opacity=round(rng.uniform(0.10, 0.28), 2),
        )


def _skyline(svg: Svg, dusk: tuple[str, str, str, str], rng: random.Random, edge: float) -> None:
    """Three layers of houses, the nearer ones with lit windows."""
    for layer, (colour, base, spread) in enumerate(
        (
            (mix(dusk[2], dusk[1], 0.45), 2.4, 1.6),
            (mix(dusk[1], dusk[0], 0.45), 2.0, 1.9),
            (mix(dusk[0], "#0c0d1c", 0.35), 1.2, 1.5),
        )
    ):
        x = LEFT - rng.uniform(0, 1)
        while x < RIGHT:
            w = rng.uniform(0.8, 1.9)
            h = base + rng.uniform(0, spread) + 0.25 * abs(x) * 0.4
            svg.path(poly([(x, edge), (x, edge + h), (x + w, edge + h), (x + w, edge)]), colour)
            if rng.random() < 0.4:
                svg.path(
                    poly(
                        [
                            (x + w * 0.25, edge + h),
                            (x + w * 0.25, edge + h + 0.25),
                            (x + w * 0.6, edge + h + 0.25),
                            (x + w * 0.6, edge + h),
                        ]
                    ),
                    colour,
                )
            if layer:
                rows, cols = int(h / 0.36), max(2, int(w / 0.30))
                for row in range(1, rows):
                    for col in range(cols):
                        if rng.random() < (0.20 if layer == 1 else 0.34):
                            wx = x + 0.12 + col * (w - 0.2) / cols
                            svg.path(
                                poly(
                                    [
                                        (wx, edge + row * 0.36),
                                        (wx + 0.12, edge + row * 0.36),
                                        (wx + 0.12, edge + row * 0.36 + 0.17),
                                        (wx, edge + row * 0.36 + 0.17),
                                    ]
                                ),
                                rng.choice(["#ffd58a", "#ffc46b", "#ffe6b8", "#ff9e6b"]),
                                opacity=round(rng.uniform(0.45, 0.95), 2),
                            )
            x += w + (0.02 if layer else rng.uniform(0, 0.6))


def _shop_fronts(svg: Svg, rng: random.Random, edge: float, dusk: tuple[str, str, str, str]) -> None:
    """Shop fronts glowing at street level."""
    x = LEFT
    while x < RIGHT:
        w = rng.uniform(1.3, 2.2)
        c = rng.choice(["#ffcf87", "#ffb46b", "#ffe2b0", "#ff8f7a"])
        svg.path(
            poly([(x + 0.1, edge), (x + w - 0.1, edge), (x + w - 0.1, edge + 0.72), (x + 0.1, edge + 0.72)]),
            svg.lin((0, edge + 0.72), (0, edge), [(0, c, 0.95), (1, mix(c, "#7a3b2e", 0.5), 0.85)]),
        )
        svg.path(
            poly(
                [
                    (x + 0.02, edge + 0.70),
                    (x + w - 0.02, edge + 0.70),
                    (x + w - 0.1, edge + 0.94),
                    (x + 0.1, edge + 0.94),
                ]
            ),
            mix(dusk[0], "#0c0d1c", 0.5),
        )
        x += w


def _wet_road(svg: Svg, dusk: tuple[str, str, str, str], bottom: float, edge: float, rng: random.Random) -> None:
    """Pavement, kerb and the lights mirrored in a wet road."""
    road = mix(dusk[0], "#101120", 0.55)
    _band(
        svg,
        bottom,
        edge,
        svg.lin(
            (0, edge),
            (0, bottom),
            [
                (0, mix(road, dusk[3], 0.30)),
                (0.2, mix(road, dusk[2], 0.18)),
                (0.55, road),
                (1, mix(road, "#000000", 0.35)),
            ],
        ),
    )
    _band(svg, edge - 0.34, edge, mix(road, dusk[2], 0.34))
    _band(svg, edge - 0.40, edge - 0.34, mix(road, "#000000", 0.4))
    for _ in range(9):
        x, w = rng.uniform(LEFT, RIGHT), rng.uniform(0.5, 1.6)
        c = rng.choice(["#ffcf87", "#ffb46b", "#ff8f7a"])
        svg.ellipse((x, edge - 1.1), w, 1.25, svg.rad((x, edge - 1.1), w, [(0, c, 0.30), (1, c, 0)], 1.25 / w))
    for i in range(-3, 4):
        svg.path(
            poly(
                [
                    (i * 3.4 - 0.7, bottom + 0.62),
                    (i * 3.4 + 0.7, bottom + 0.62),
                    (i * 3.5 + 0.78, bottom + 0.50),
                    (i * 3.5 - 0.78, bottom + 0.50),
                ]
            ),
            "#e9dff0",
            opacity=0.20,
        )


def _street_lamps(svg: Svg, rng: random.Random, top: float, edge: float) -> None:
    """Two street lamps and their light."""
    for lx in (-5.9 + rng.uniform(-0.6, 0.6), 5.7 + rng.uniform(-0.6, 0.6)):
        s = -1 if lx > 0 else 1
        ly = min(top - 1.0, 5.9)
        svg.path(
            smooth([(lx, edge - 0.15), (lx, ly - 0.6), (lx + s * 0.16, ly), (lx + s * 0.95, ly + 0.12)], False),
            "none",
            stroke="#14142a",
            stroke_width=0.09,
            stroke_linecap="round",
        )
        svg.path(rounded(lx + s * 0.95 - 0.28, ly + 0.02, 0.56, 0.11, 0.05), "#14142a")
        svg.ellipse((lx + s * 0.95, ly + 0.0), 0.24, 0.06, "#fff3d0")
        svg.circle(
            (lx + s * 0.95, ly),
            1.5,
            svg.rad((lx + s * 0.95, ly), 1.5, [(0, "#ffe2a6", 0.75), (0.25, "#ffd590", 0.3), (1, "#ffd590", 0)]),
        )
        svg.path(
            poly(
                [
                    (lx + s * 0.95 - 0.2, ly),
                    (lx + s * 0.95 + 0.2, ly),
                    (lx + s * 0.95 + 2.0, edge - 1.0),
                    (lx + s * 0.95 - 2.0, edge - 1.0),
                ]
            ),
            svg.lin((0, ly), (0, edge - 1), [(0, "#ffe2a6", 0.20), (1, "#ffe2a6", 0)]),
        )


def _yard(svg: Svg, top: float, bottom: float, rng: random.Random) -> None:
    """The dealer's yard by day, under bunting."""
    edge = 1.55
    sky = rng.choice(
        [("#7fb2dc", "#cfe5f2", "#f7f1e2"), ("#8fb4cf", "#d6e4ea", "#f4efe6"), ("#74abd9", "#c4e1f3", "#fdf1d8")]
    )
    _band(svg, edge, top, svg.lin((0, top), (0, edge), [(0, sky[0]), (0.6, sky[1]), (1, sky[2])]))
    _clouds(svg, rng, edge, top)
    _hedge(svg, rng, edge)
    _band(svg, edge, edge + 1.2, svg.lin((0, edge + 1.2), (0, edge), [(0, sky[2], 0), (1, sky[2], 0.5)]))
    fascia = _sales_building(svg, rng, edge)
    # ground
    _band(
        svg,
        bottom,
        edge,
        svg.lin((0, edge), (0, bottom), [(0, "#b9b7b0"), (0.3, "#a3a29d"), (0.65, "#8f8f8c"), (1, "#737474")]),
    )
    _band(svg, edge - 0.10, edge + 0.03, svg.lin((0, edge + 0.03), (0, edge - 0.1), [(0, "#6f8467"), (1, "#8c9a80")]))
    _neighbours(svg, top, rng, sky, edge)
    for i in range(-5, 6):
        svg.path(
            poly(
                [
                    (i * 2.7 - 0.04, edge - 0.5),
                    (i * 2.7 + 0.04, edge - 0.5),
                    (i * 4.1 + 0.10, bottom),
                    (i * 4.1 - 0.10, bottom),
                ]
            ),
            "#f3f1ea",
            opacity=0.40,
        )
    _bunting(svg, top, fascia)


def _clouds(svg: Svg, rng: random.Random, edge: float, top: float) -> None:
    """Four clouds of four puffs each."""
    for _ in range(4):
        cx, cy, s = rng.uniform(-7, 7), rng.uniform(edge + 2.7, top - 0.7), rng.uniform(0.6, 1.1)
        for dx, dy, k in ((-1.1, 0, 0.5), (-0.4, 0.16, 0.75), (0.4, 0.10, 0.65), (1.05, -0.02, 0.45)):
            svg.ellipse(
                (cx + dx * s, cy + dy * s),
                k * s * 1.15,
                k * s * 0.42,
                svg.lin((0, cy + 0.4 * s), (0, cy - 0.3 * s), [(0, "#ffffff", 0.85), (1, "#ffffff", 0.05)]),
            )


def _hedge(svg: Svg, rng: random.Random, edge: float) -> None:
    """Round bushes along the horizon."""
    x = LEFT - 0.3
    while x < RIGHT + 0.5:
        r = rng.uniform(0.5, 1.05)
        svg.ellipse(
            (x, edge + 0.55),
            r,
            r * rng.uniform(0.9, 1.35),
            svg.lin((0, edge + 1.8), (0, edge), [(0, mix("#8fb08a", "#b7cba0", rng.random() * 0.6)), (1, "#5f7d68")]),
        )
        x += r * 0.85


def _sales_building(svg: Svg, rng: random.Random, edge: float) -> str:
    """Low sales building on one side; returns its colour, which the bunting shares."""
    side = rng.choice([-1, 1])
    bx, bw = (-7.6, 6.6) if side < 0 else (1.0, 6.6)
    fascia = rng.choice(["#2f4858", "#7b3f35", "#3d5a4c"])
    svg.path(
        poly([(bx, edge), (bx + bw, edge), (bx + bw, edge + 1.75), (bx, edge + 1.75)]),
        svg.lin((0, edge + 1.75), (0, edge), [(0, "#f4f1ea"), (1, "#dcd7cc")]),
    )
    for i in range(7):
        gx = bx + 0.25 + i * (bw - 0.4) / 7
        svg.path(
            poly([(gx, edge), (gx + 0.78, edge), (gx + 0.78, edge + 1.25), (gx, edge + 1.25)]),
            svg.lin((gx, edge + 1.25), (gx + 0.6, edge), [(0, "#9fc0d0"), (0.5, "#6f8f9f"), (1, "#4f6a78")]),
        )
        svg.path(
            poly([(gx + 0.1, edge), (gx + 0.3, edge), (gx + 0.62, edge + 1.25), (gx + 0.42, edge + 1.25)]),
            "#ffffff",
            opacity=0.22,
        )
    svg.path(
        poly(
            [
                (bx - 0.25, edge + 1.52),
                (bx + bw + 0.25, edge + 1.52),
                (bx + bw + 0.25, edge + 2.02),
                (bx - 0.25, edge + 2.02),
            ]
        ),
        svg.lin((0, edge + 2.02), (0, edge + 1.52), [(0, mix(fascia, "#ffffff", 0.14)), (1, fascia)]),
    )
    svg.path(
        poly([(bx, edge + 1.36), (bx + bw, edge + 1.36), (bx + bw, edge + 1.52), (bx, edge + 1.52)]),
        "#000000",
        opacity=0.18,
    )
    return fascia


def _neighbours(svg: Svg, top: float, rng: random.Random, sky: tuple[str, str, str], edge: float) -> None:
    """Parked neighbours, simplified and hazy."""
    for cx in (-6.3, -3.6, 3.5, 6.4) if top > 6 else ():
        c = mix(rng.choice(["#b5483f", "#4d6f93", "#e8e8e4", "#5b6168", "#8a9aa0"]), sky[2], 0.38)
        y = edge - 0.42
        svg.ellipse((cx, y + 0.02), 1.25, 0.07, "#000000", opacity=0.16)
        svg.path(
            smooth(
                [
                    (cx - 1.12, y + 0.12, "c"),
                    (cx - 1.15, y + 0.34),
                    (cx - 0.95, y + 0.46),
                    (cx - 0.60, y + 0.52),
                    (cx - 0.28, y + 0.80),
                    (cx + 0.1, y + 0.86),
                    (cx + 0.55, y + 0.82),
                    (cx + 0.92, y + 0.54),
                    (cx + 1.12, y + 0.44),
                    (cx + 1.14, y + 0.12, "c"),
                ]
            ),
            c,
        )
        svg.path(
            smooth(
                [
                    (cx - 0.45, y + 0.53, "c"),
                    (cx - 0.20, y + 0.75),
                    (cx + 0.1, y + 0.79),
                    (cx + 0.5, y + 0.75),
                    (cx + 0.74, y + 0.55, "c"),
                ]
            ),
            mix("#45555f", sky[2], 0.25),
        )
        for wx in (cx - 0.68, cx + 0.70):
            svg.circle((wx, y + 0.16), 0.18, mix("#1c1e21", sky[2], 0.22))
            svg.circle((wx, y + 0.16), 0.10, mix("#9aa0a6", sky[2], 0.3))


def _bunting(svg: Svg, top: float, fascia: str) -> None:
    """Bunting across the sky."""
    sag = [(LEFT + (RIGHT - LEFT) * i / 24, top - 0.75 - 0.55 * math.sin(math.pi * ((i / 12) % 1))) for i in range(25)]
    svg.stroke(line(sag), "#5c6670", 0.025, 0.7)
    flags = [fascia, "#f6f3ec", "#e0a24a"]
    for i, (fx, fy) in enumerate(sag[:-1]):
        svg.path(
            poly([(fx + 0.1, fy - 0.01), (fx + 0.46, fy - 0.02), (fx + 0.27, fy - 0.46)]), flags[i % 3], opacity=0.92
        )
