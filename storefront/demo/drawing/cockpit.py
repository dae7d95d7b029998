"""Open cabin of a convertible in the three-quarter view."""

from __future__ import annotations

import math

from .colour import mix
from .curves import Point, line, poly, smooth
from .document import Svg
from .look import Light, Look, Paint
from .surface import Shape


def cockpit(svg: Svg, s: Shape, tones: Paint, car: Look, light: Light) -> None:
    """Open cabin: tub, four seats, near door top, windscreen and its frame."""
    body, hw = s.body, s.hw
    cx, cz = body.cowl
    hx, hz = body.header
    z = cz + 0.045
    seat = mix(car.seat, light.sky, 0.16)
    tub = [
        (cx + 0.28, 0.0),
        (cx + 0.34, 0.5),
        (cx + 0.50, 0.80),
        (2.9, 0.80),
        (3.10, 0.62),
        (3.16, 0.0),
        (3.10, -0.62),
        (2.9, -0.80),
        (cx + 0.50, -0.80),
        (cx + 0.34, -0.5),
    ]
    svg.path(
        smooth([s.project(x, n * hw, z) for x, n in tub]),
        svg.lin(s.project(2.3, -hw, z), s.project(2.3, hw, z), [(0, "#2a2c31"), (1, "#0a0b0d")]),
        stroke=tones.deep,
        stroke_width=0.03,
    )
    for x, low in ((2.98, 0.05), (2.44, 0.0)):
        for n in (-0.40, 0.40):
            _seat(svg, s, (x, n * hw * 1.05, z - low), seat, light)
    wheel_at = [
        s.project(cx + 0.60 + 0.05 * math.sin(a), 0.40 * hw + 0.17 * math.cos(a), z + 0.02 + 0.15 * math.sin(a))
        for a in (k * math.pi / 8 for k in range(16))
    ]
    svg.path(smooth(wheel_at), "none", stroke="#101215", stroke_width=0.028)
    _door_top(svg, tones, s, cz, hw, z)
    _open_windscreen(svg, tones, light, cx, hw, cz, hx, hz, s)


def _door_top(svg: Svg, tones: Paint, s: Shape, cz: float, hw: float, z: float) -> None:
    """Top of the near door."""
    door = [s.flank(x, zz) for x, zz in ((1.72, cz + 0.02), (2.3, cz + 0.032), (2.95, cz + 0.05))]
    inner = [s.project(x, hw * 0.80, z) for x in (2.95, 2.3, 1.80)]
    svg.path(
        smooth([(*door[0], "c"), door[1], (*door[2], "c"), (*inner[0], "c"), inner[1], (*inner[2], "c")]),
        svg.lin(door[1], inner[1], [(0, tones.bright), (1, tones.base)]),
    )
    svg.stroke(smooth(inner, False), "#0c0d10", 0.022)


def _seat(svg: Svg, s: Shape, place: tuple[float, float, float], seat: str, light: Light) -> None:
    """One seat with its headrest, drawn twice: the dark back, then the lit front."""
    x, n, z = place

    def at(dn: float, dz: float, back: float = 0.0) -> Point:
        return s.project(x + back + dz * 0.25, n + dn, z + dz)

    for back, tone in ((0.13, mix(seat, "#000000", 0.45)), (0.0, seat)):
        svg.path(
            smooth(
                [
                    at(-0.21, -0.05, back),
                    at(-0.20, 0.08, back),
                    at(-0.13, 0.15, back),
                    at(0, 0.16, back),
                    at(0.13, 0.15, back),
                    at(0.20, 0.08, back),
                    at(0.21, -0.05, back),
                    at(0, -0.09, back),
                ]
            ),
            tone,
        )
        svg.path(
            smooth(
                [
                    at(-0.11, 0.18, back),
                    at(-0.10, 0.26, back),
                    at(0, 0.28, back),
                    at(0.10, 0.26, back),
                    at(0.11, 0.18, back),
                    at(0, 0.165, back),
                ]
            ),
            tone,
        )
    svg.stroke(
        smooth([at(-0.18, 0.08), at(-0.12, 0.14), at(0, 0.15), at(0.12, 0.14)], False),
        mix(seat, light.sky, 0.55),
        0.010,
        0.8,
    )


def _open_windscreen(
    svg: Svg, tones: Paint, light: Light, cx: float, hw: float, cz: float, hx: float, hz: float, s: Shape
) -> None:
    """Windscreen of an open car, its frame and inner mirror."""

    def glass(y: float, k: float) -> Point:
        base = (cx + 0.02 + 0.30 * abs(y) ** 2.2, 0.86 * hw * y, cz + 0.02)
        top = (hx - 0.02 + 0.12 * abs(y) ** 2.2, 0.70 * hw * y, hz - 0.03 * y * y)
        x, n, z = (p + (q - p) * k for p, q in zip(base, top, strict=True))
        return s.project(x, n, z)

    ys = [i / 8 for i in range(-8, 9)]
    pane = [glass(y, 0) for y in ys] + [glass(y, 1) for y in reversed(ys)]
    svg.path(poly(pane), svg.lin(glass(0, 1), glass(0, 0), [(0, light.glass_top, 0.35), (1, light.glass_top, 0.62)]))
    svg.path(poly([glass(-0.7, 0), glass(-0.3, 0), glass(0.15, 1), glass(-0.25, 1)]), light.sky, opacity=0.28)
    frame = [glass(-1, 0), glass(-1, 0.5), *[glass(y, 1) for y in ys], glass(1, 0.5), glass(1, 0)]
    svg.path(line(frame), "none", stroke=tones.deep, stroke_width=0.058, stroke_linejoin="round")
    svg.path(line(frame), "none", stroke=tones.base, stroke_width=0.042, stroke_linejoin="round")
    svg.stroke(line([glass(y, 1.02) for y in ys]), tones.spark, 0.010, 0.9)
    svg.path(rounded_at(glass(0, 0.86)), "#111316")


def rounded_at(c: Point) -> str:
    """Small interior mirror."""
    return smooth(
        [
            (c[0] - 0.09, c[1]),
            (c[0] - 0.05, c[1] + 0.028),
            (c[0] + 0.05, c[1] + 0.028),
            (c[0] + 0.09, c[1]),
            (c[0] + 0.05, c[1] - 0.028),
            (c[0] - 0.05, c[1] - 0.028),
        ]
    )
