"""Backdrop: a city street in the evening (frame units, see `scenes.py`)."""

from __future__ import annotations

import random

from .colour import mix
from .curves import poly, rounded, smooth
from .document import Svg
from .ground import LEFT, RIGHT, band


def street(svg: Svg, top: float, bottom: float, rng: random.Random) -> None:
    """City street at dusk, wet road, lamps lit."""
    edge = 1.15
    dusk = rng.choice(
        [
            ("#232550", "#5b4a83", "#c0708a", "#ffb27a"),
            ("#1c2d52", "#4a5c92", "#a9809f", "#ffc08f"),
            ("#2a2148", "#70477f", "#d3717c", "#ffb878"),
        ]
    )
    band(svg, edge, top, svg.lin((0, top), (0, edge), [(0, dusk[0]), (0.42, dusk[1]), (0.76, dusk[2]), (1, dusk[3])]))
    sx = rng.uniform(-5, 5)
    svg.ellipse(
        (sx, edge + 0.6), 5.5, 3.0, svg.rad((sx, edge + 0.6), 5.5, [(0, "#ffe0b0", 0.75), (1, "#ffe0b0", 0)], 0.55)
    )
    _skyline(svg, dusk, rng, edge)
    band(svg, edge, edge + 2.6, svg.lin((0, edge + 2.6), (0, edge), [(0, dusk[3], 0), (1, dusk[3], 0.34)]))
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
    band(
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
    band(svg, edge - 0.34, edge, mix(road, dusk[2], 0.34))
    band(svg, edge - 0.40, edge - 0.34, mix(road, "#000000", 0.4))
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
