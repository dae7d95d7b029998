"""The painted skin of the three-quarter view: contours shaded from their normals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from .colour import mix
from .curves import Point, curve, poly, sample
from .document import Svg
from .look import Light, Paint
from .surface import Direction, Shape


def _hull(points: list[Point]) -> list[Point]:
    """Convex hull, used to join neighbouring contours without gaps."""
    pts = sorted(set(points))

    def half(run: list[Point]) -> list[Point]:
        out: list[Point] = []
        for p in run:
            while len(out) > 1 and _turn(out[-2], out[-1], p) <= 0:
                out.pop()
            out.append(p)
        return out[:-1]

    return half(pts) + half(pts[::-1])


def _turn(a: Point, b: Point, c: Point) -> float:
    """Above 0 where the way from ``a`` over ``b`` to ``c`` bends left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _tone(tones: Paint, light: Light, normal: Direction, view: Direction, z: float) -> str:
    """Colour of a surface element from its mirror direction and a soft key light."""
    dot = sum(a * b for a, b in zip(normal, view, strict=True))
    rz = 2 * dot * normal[2] - view[2]
    stops = (
        (-1.0, tones.dark),
        (-0.6, tones.shade),
        (-0.34, tones.shade),
        (-0.16, tones.dark),
        (-0.10, tones.shade),
        (0.0, tones.base),
        (0.12, tones.light),
        (0.24, tones.bright),
        (0.42, tones.light),
        (0.60, tones.base),
        (0.78, tones.light),
        (0.92, tones.bright),
        (1.0, tones.spark),
    )
    colour = stops[-1][1]
    for (p, c0), (q, c1) in pairwise(stops):
        if rz <= q:
            colour = mix(c0, c1, max(0.0, (rz - p) / (q - p)))
            break
    key = -0.62 * normal[0] + 0.42 * normal[1] + 0.66 * normal[2]
    colour = mix(colour, tones.deep, max(0.0, min(0.62, 0.27 - 0.62 * key)))
    return mix(colour, light.dark, max(0.0, min(0.55, (0.33 - z) * 1.4)))


def _levels(s: Shape) -> list[float]:
    """Heights of the contours, closest together where the nose and the bonnet bend most."""
    levels: list[float] = []
    last: Point | None = None
    for p in sample(curve(s.body.top), 40):
        gap = 0.013 if p[1] < s.body.lead[1] + 0.06 else 0.020 if p[1] < s.body.cowl[1] + 0.02 else 0.050
        if last is None or (p[1] > levels[-1] and math.dist(p, last) > gap):
            levels.append(p[1])
            last = p
        if p[1] >= s.top - 1e-6:
            break
    return [*levels, s.top - 0.003]


def shell(svg: Svg, s: Shape, tones: Paint, light: Light) -> None:
    """The painted body: one shaded band from each contour to the next."""
    levels = _levels(s)
    for level, z in enumerate(levels):
        flat = [s.project(x, n, z) for x, n in s.contour(z)]
        xs = [p[0] for p in flat]
        lo, hi = min(xs), max(xs)
        if z < s.body.top[0][1] + 0.05:
            stops = [(lo, "#0d0e11"), (hi, "#15171a")]
        else:
            stops = sorted((flat[i][0], colour) for i, colour in _tones_at(s, z, levels[0], tones, light))
        fill = tones.light
        if len(stops) > 1:
            fill = svg.lin((lo, 0), (hi, 0), [((x - lo) / (hi - lo), colour) for x, colour in stops])
        up = levels[min(level + 1, len(levels) - 1)]
        svg.path(poly(_hull(flat + [s.project(x, n, up) for x, n in s.contour(up)])), fill)


def _tones_at(s: Shape, z: float, lowest: float, tones: Paint, light: Light) -> Iterator[tuple[int, str]]:
    """Place in the contour at height ``z`` and colour there, for the places that face the camera."""
    dz = 0.045
    high, low = min(z + dz, s.top - 0.001), z - dz if z > lowest + dz else z
    pts, above, below = s.contour(z), s.contour(high), s.contour(low)
    span = max(1e-3, high - low)
    for i in range(1, len(pts) - 1):
        tx, tn = pts[i + 1][0] - pts[i - 1][0], pts[i + 1][1] - pts[i - 1][1]
        size = math.hypot(tx, tn) or 1.0
        nx, nn = -tn / size, tx / size
        rise = ((above[i][0] - below[i][0]) * nx + (above[i][1] - below[i][1]) * nn) / span
        k = math.sqrt(1 + rise * rise)
        normal = (nx / k, nn / k, -rise / k)
        view = s.towards_camera(pts[i][0], pts[i][1], z)
        if sum(a * b for a, b in zip(normal, view, strict=True)) > 0.10:
            yield i, _tone(tones, light, normal, view, z)
