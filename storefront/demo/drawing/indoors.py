"""Backdrops under a roof: the photo studio by day and by night, the glazed showroom (frame units, see `scenes.py`)."""

from __future__ import annotations

import math
import random

from .colour import mix
from .curves import line, poly, rounded, smooth
from .document import Svg
from .ground import LEFT, RIGHT, band


def studio(svg: Svg, top: float, bottom: float, rng: random.Random) -> None:
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
    band(
        svg,
        edge - 0.9,
        top,
        svg.lin((0, top), (0, edge), [(0, mix(wall, "#000000", 0.10)), (0.55, wall), (1, mix(wall, glow, 0.45))]),
    )
    svg.ellipse((0, 2.6), 8.2, 4.6, svg.rad((0, 2.6), 8.2, [(0, glow, 0.95), (0.45, glow, 0.55), (1, glow, 0)], 0.56))
    band(
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


def night_studio(svg: Svg, top: float, bottom: float, rng: random.Random) -> None:
    """Photo studio with the house lights off: one strip of light overhead, a wall that hardly shows, a black floor."""
    wall, warm = rng.choice((("#2b2f35", "#cfd6e2"), ("#322c27", "#f0d9bd"), ("#273033", "#c9dde0")))
    edge = 1.35
    deep = mix(wall, "#000000", 0.45)
    band(svg, edge - 0.9, top, svg.lin((0, top), (0, edge), [(0, "#0a0b0c"), (0.5, deep), (1, wall)]))
    svg.ellipse((0, 2.0), 8.8, 3.7, svg.rad((0, 2.0), 8.8, [(0, warm, 0.42), (0.5, warm, 0.15), (1, warm, 0)], 0.42))
    floor = [(0.0, wall), (0.12, mix(wall, "#000000", 0.35)), (0.5, "#101112"), (1.0, "#070808")]
    band(svg, bottom, edge, svg.lin((0, edge), (0, bottom), floor))
    pool = [(0.0, warm, 0.38), (0.55, warm, 0.12), (1.0, warm, 0.0)]
    svg.ellipse((0, -0.1), 7.6, 1.2, svg.rad((0, -0.1), 7.6, pool, 0.16))
    for reach, height in ((5.4, 0.16), (3.1, 0.10)):
        y = top - 0.55 - (5.4 - reach) * 0.22
        svg.path(rounded(-reach, y - height / 2, reach * 2, height, height / 2), "#ffffff", opacity=0.9)
        wide = reach * 1.25
        glow = [(0.0, warm, 0.32), (0.5, warm, 0.08), (1.0, warm, 0.0)]
        svg.ellipse((0, y), wide, 1.5, svg.rad((0, y), wide, glow, 1.5 / wide))


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


def showroom(svg: Svg, top: float, bottom: float, rng: random.Random) -> None:
    """Glazed showroom with a polished floor."""
    edge = 1.35
    warm = rng.choice(["#d9c9b4", "#cfd3d2", "#d8cdc4"])
    accent = rng.choice(["#3f5c57", "#394a63", "#7a4a3a"])
    _garden(svg, edge, top, rng)
    # glazing
    frame = "#5d6468"
    band(svg, top - 1.25, top, svg.lin((0, top), (0, top - 1.25), [(0, "#efe9e0"), (1, "#d8d0c5")]))
    side = rng.choice([-1, 1])
    for i in range(8):
        mx = -7.0 + i * 2.0
        svg.path(
            poly([(mx - 0.05, edge), (mx + 0.05, edge), (mx + 0.05, top - 1.25), (mx - 0.05, top - 1.25)]),
            svg.lin((mx - 0.05, 0), (mx + 0.05, 0), [(0, mix(frame, "#ffffff", 0.35)), (1, frame)]),
        )
    for y in (edge + 0.02, top - 2.35):
        band(svg, y, y + 0.07, frame)
    svg.path(poly([(-6.4, edge), (-4.6, edge), (-1.4, top - 1.25), (-3.2, top - 1.25)]), "#ffffff", opacity=0.16)
    svg.path(poly([(2.4, edge), (3.1, edge), (6.3, top - 1.25), (5.6, top - 1.25)]), "#ffffff", opacity=0.16)
    _feature_wall(svg, side, edge, top, accent)
    _ceiling_lights(svg, top)
    _polished_floor(svg, warm, bottom, edge)
    band(svg, edge - 0.05, edge + 0.02, mix(frame, "#000000", 0.3), opacity=0.6)
    _plant(svg, -side * 6.7, edge - 0.62, 0.85, rng)


def _garden(svg: Svg, edge: float, top: float, rng: random.Random) -> None:
    """What is seen through the glazing."""
    band(
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
    band(svg, edge, edge + 0.55, svg.lin((0, edge + 0.55), (0, edge), [(0, "#ffffff", 0), (1, "#ffffff", 0.55)]))


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
    band(
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
