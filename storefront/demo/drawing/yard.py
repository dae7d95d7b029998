"""Backdrop: the dealer's yard by day (frame units, see `scenes.py`)."""

from __future__ import annotations

import math
import random

from .colour import mix
from .curves import line, poly, smooth
from .document import Svg
from .ground import LEFT, RIGHT, band


def yard(svg: Svg, top: float, bottom: float, rng: random.Random) -> None:
    """The dealer's yard by day, under bunting."""
    edge = 1.55
    sky = rng.choice(
        [("#7fb2dc", "#cfe5f2", "#f7f1e2"), ("#8fb4cf", "#d6e4ea", "#f4efe6"), ("#74abd9", "#c4e1f3", "#fdf1d8")]
    )
    band(svg, edge, top, svg.lin((0, top), (0, edge), [(0, sky[0]), (0.6, sky[1]), (1, sky[2])]))
    _clouds(svg, rng, edge, top)
    _hedge(svg, rng, edge)
    band(svg, edge, edge + 1.2, svg.lin((0, edge + 1.2), (0, edge), [(0, sky[2], 0), (1, sky[2], 0.5)]))
    fascia = _sales_building(svg, rng, edge)
    # ground
    band(
        svg,
        bottom,
        edge,
        svg.lin((0, edge), (0, bottom), [(0, "#b9b7b0"), (0.3, "#a3a29d"), (0.65, "#8f8f8c"), (1, "#737474")]),
    )
    band(svg, edge - 0.10, edge + 0.03, svg.lin((0, edge + 0.03), (0, edge - 0.1), [(0, "#6f8467"), (1, "#8c9a80")]))
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
