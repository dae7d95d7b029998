"""Wheels seen square on: tyre, rim (three designs), brake disc and caliper."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .colour import mix
from .curves import Node, Point, arc, moved, path_data, poly, smooth
from .document import Svg
from .look import Light, Look


def _turn(points: Sequence[Node], angle: float, c: Point) -> list[Node]:
    """Points turned by ``angle`` (radians) and moved to ``c``."""
    ca, sa = math.cos(angle), math.sin(angle)
    return [moved(p, c[0] + p[0] * ca - p[1] * sa, c[1] + p[0] * sa + p[1] * ca) for p in points]


def _facet(angle: float, low: str, high: str) -> str:
    """Shade of a spoke flank turned by ``angle``; light comes from above left."""
    return mix(low, high, 0.5 + 0.5 * math.cos(angle - math.radians(115)))


def wheel(svg: Svg, c: Point, r: float, car: Look, light: Light, spin: float = 0.0) -> None:
    """Draw one wheel of tyre radius ``r`` (metres) centred on ``c``."""
    x, z = c
    rim = r * 0.785
    _tyre(svg, c, r, x, z)
    svg.circle(c, rim, svg.lin((x, z + rim), (x, z - rim), [(0, "#07080a"), (0.55, "#15171b"), (1, "#2c3036")]))
    _brake(svg, car, c, rim, x, z)
    metal = "#3a3e45" if car.dark_rim else "#c6cbd2"
    high = mix(metal, light.sky, 0.75 if not car.dark_rim else 0.42)
    low = mix(metal, light.dark, 0.52)
    face = svg.lin(
        (x - rim * 0.4, z + rim),
        (x + rim * 0.35, z - rim),
        [
            (0, high),
            (0.34, mix(metal, high, 0.35)),
            (0.62, metal),
            (0.85, mix(metal, low, 0.55)),
            (1, mix(metal, high, 0.3)),
        ],
    )
    (_twin, _multi, _turbine)[car.rim](svg, c, rim, spin, face, low, high, metal)
    _lip(svg, car, x, z, rim, face, c, low)
    _hub(svg, spin, x, rim, z, metal, c, low, high)


def _tyre(svg: Svg, c: Point, r: float, x: float, z: float) -> None:
    """Tyre with tread edge, sidewall light and moulded marks."""
    svg.circle(
        c,
        r,
        svg.rad(
            (x - 0.06 * r, z + 0.12 * r),
            r * 1.08,
            [(0, "#1a1c20"), (0.66, "#1a1c20"), (0.80, "#2b2e34"), (0.91, "#1c1e22"), (1, "#08090b")],
        ),
    )
    svg.stroke(path_data(arc(x, z, r * 0.965, 20, 160), False), "#4b5059", r * 0.022, 0.55)
    svg.stroke(path_data(arc(x, z, r * 0.875, 38, 142), False), "#5d636d", r * 0.035, 0.34)
    svg.stroke(path_data(arc(x, z, r * 0.90, 200, 340), False), "#000000", r * 0.10, 0.35)
    for mark in (52, 118, 236, 304):
        svg.stroke(path_data(arc(x, z, r * 0.88, mark - 9, mark + 9), False), "#0b0c0e", r * 0.030, 0.8)


def _brake(svg: Svg, car: Look, c: Point, rim: float, x: float, z: float) -> None:
    """Disc, caliper and the shadow of the rim upon them."""
    svg.circle(
        c,
        rim * 0.66,
        svg.lin(
            (x - rim * 0.5, z + rim * 0.5),
            (x + rim * 0.5, z - rim * 0.5),
            [(0, "#8d939b"), (0.35, "#5c6168"), (0.55, "#a5abb2"), (0.75, "#565b62"), (1, "#787e86")],
        ),
        opacity=0.75,
    )
    svg.circle(c, rim * 0.40, "#23262b")
    for i in range(20):
        a = 2 * math.pi * i / 20
        for k in (0.48, 0.57):
            svg.circle((x + rim * k * math.cos(a + k * 4), z + rim * k * math.sin(a + k * 4)), rim * 0.012, "#2a2d32")
    svg.path(path_data(arc(x, z, rim * 0.70, -38, 38) + arc(x, z, rim * 0.46, 38, -38)), car.caliper)
    svg.stroke(path_data(arc(x, z, rim * 0.66, -30, 32), False), "#ffffff", rim * 0.02, 0.25)
    svg.circle(
        c, rim, svg.rad((x, z - rim * 0.15), rim * 1.15, [(0, "#000", 0), (0.72, "#000", 0.05), (1, "#000", 0.75)])
    )


def _lip(svg: Svg, car: Look, x: float, z: float, rim: float, face: str, c: Point, low: str) -> None:
    """The outer edge of the rim and its light."""
    svg.path(
        path_data(arc(x, z, rim * 1.005, 0, 360)) + path_data(arc(x, z, rim * 0.925, 0, 360)), face, fill_rule="evenodd"
    )
    svg.circle(c, rim * 0.925, "none", stroke=low, stroke_width=rim * 0.016, stroke_opacity=0.7)
    svg.circle(c, rim * 1.01, "none", stroke="#000", stroke_width=rim * 0.02, stroke_opacity=0.6)
    svg.stroke(
        path_data(arc(x, z, rim * 0.968, 62, 150), False), "#ffffff", rim * 0.026, 0.75 if not car.dark_rim else 0.4
    )
    svg.stroke(path_data(arc(x, z, rim * 0.968, 262, 318), False), "#ffffff", rim * 0.02, 0.35)


def _hub(svg: Svg, spin: float, x: float, rim: float, z: float, metal: str, c: Point, low: str, high: str) -> None:
    """Bolts and cap."""
    for i in range(5):
        a = spin + 2 * math.pi * i / 5 + math.pi / 5
        p = (x + rim * 0.185 * math.cos(a), z + rim * 0.185 * math.sin(a))
        svg.circle(p, rim * 0.030, "#15171a")
        svg.circle((p[0], p[1] + rim * 0.005), rim * 0.018, mix(metal, "#000000", 0.45))
    svg.circle(c, rim * 0.125, low)
    svg.circle(
        (x, z + rim * 0.006),
        rim * 0.112,
        svg.lin((x, z + rim * 0.12), (x, z - rim * 0.12), [(0, "#2d3138"), (1, "#0d0f12")]),
    )
    svg.circle(c, rim * 0.052, "none", stroke=high, stroke_width=rim * 0.014, stroke_opacity=0.8)


def _twin(svg: Svg, c: Point, rim: float, spin: float, face: str, low: str, high: str, metal: str) -> None:
    """Five twin spokes."""
    hub = svg.rad(
        (c[0] - rim * 0.05, c[1] + rim * 0.07), rim * 0.34, [(0, high), (0.6, metal), (1, mix(metal, low, 0.4))]
    )
    for i in range(5):
        a = spin + math.pi / 2 + 2 * math.pi * i / 5
        for side in (-1, 1):
            spoke = [
                (0.10 * rim, side * 0.035 * rim),
                (0.55 * rim, side * 0.060 * rim),
                (0.95 * rim, side * 0.120 * rim),
                (0.95 * rim, side * 0.235 * rim),
                (0.55 * rim, side * 0.165 * rim),
                (0.14 * rim, side * 0.160 * rim),
            ]
            edge = [(p[0], p[1] + side * (0.045 * rim if k > 2 else -0.018 * rim)) for k, p in enumerate(spoke)]
            svg.path(poly(_turn(edge, a, c)), mix(low, "#000000", 0.25))
            svg.path(poly(_turn(spoke, a, c)), face)
            flank = [
                (0.14 * rim, side * 0.160 * rim),
                (0.55 * rim, side * 0.165 * rim),
                (0.95 * rim, side * 0.235 * rim),
                (0.95 * rim, side * 0.208 * rim),
                (0.55 * rim, side * 0.140 * rim),
                (0.14 * rim, side * 0.125 * rim),
            ]
            svg.path(poly(_turn(flank, a, c)), _facet(a + side * math.pi / 2, low, high))
    svg.circle(c, rim * 0.245, hub)


def _multi(svg: Svg, c: Point, rim: float, spin: float, face: str, low: str, high: str, metal: str) -> None:
    """Ten tapering spokes."""
    for i in range(10):
        a = spin + math.pi / 2 + 2 * math.pi * i / 10
        base = [
            (0.12 * rim, -0.075 * rim),
            (0.60 * rim, -0.048 * rim),
            (0.95 * rim, -0.085 * rim),
            (0.95 * rim, 0.085 * rim),
            (0.60 * rim, 0.048 * rim),
            (0.12 * rim, 0.075 * rim),
        ]
        svg.path(poly(_turn([(p[0], p[1] * 1.5) for p in base], a, c)), mix(low, "#000000", 0.3))
        svg.path(poly(_turn(base, a, c)), face)
        side = [
            (0.12 * rim, 0.075 * rim),
            (0.60 * rim, 0.048 * rim),
            (0.95 * rim, 0.085 * rim),
            (0.95 * rim, 0.050 * rim),
            (0.60 * rim, 0.018 * rim),
            (0.12 * rim, 0.030 * rim),
        ]
        svg.path(poly(_turn(side, a, c)), _facet(a + math.pi / 2, low, high), opacity=0.85)
    svg.circle(
        c,
        rim * 0.26,
        svg.rad(
            (c[0] - rim * 0.05, c[1] + rim * 0.07), rim * 0.34, [(0, high), (0.6, metal), (1, mix(metal, low, 0.4))]
        ),
    )


def _turbine(svg: Svg, c: Point, rim: float, spin: float, face: str, low: str, high: str, metal: str) -> None:
    """Five broad swept blades."""
    for i in range(5):
        a = spin + math.pi / 2 + 2 * math.pi * i / 5
        blade: list[Node] = [
            (0.16 * rim, -0.16 * rim, "c"),
            (0.45 * rim, -0.20 * rim),
            (0.72 * rim, -0.30 * rim),
            (0.90 * rim, -0.46 * rim, "c"),
            (0.975 * rim, -0.20 * rim),
            (0.99 * rim, 0.10 * rim, "c"),
            (0.70 * rim, 0.02 * rim),
            (0.42 * rim, 0.05 * rim),
            (0.16 * rim, 0.16 * rim, "c"),
        ]
        svg.path(smooth(_turn([moved(p, p[0], p[1] + 0.035 * rim) for p in blade], a, c)), mix(low, "#000000", 0.35))
        svg.path(smooth(_turn(blade, a, c)), face)
        fold: list[Node] = [
            (0.16 * rim, -0.02 * rim, "c"),
            (0.45 * rim, -0.07 * rim),
            (0.70 * rim, -0.12 * rim),
            (0.94 * rim, -0.20 * rim, "c"),
            (0.99 * rim, 0.10 * rim, "c"),
            (0.70 * rim, 0.02 * rim),
            (0.42 * rim, 0.05 * rim),
            (0.16 * rim, 0.16 * rim, "c"),
        ]
        svg.path(smooth(_turn(fold, a, c)), _facet(a + math.pi / 2, low, high), opacity=0.8)
    svg.circle(
        c,
        rim * 0.235,
        svg.rad(
            (c[0] - rim * 0.05, c[1] + rim * 0.07), rim * 0.32, [(0, high), (0.6, metal), (1, mix(metal, low, 0.4))]
        ),
    )
