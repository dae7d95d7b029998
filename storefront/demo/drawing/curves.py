"""Curves: splines, arcs and polygons, and the SVG path data they become.

All geometry is in metres with y pointing up; the caller wraps a drawing in one ``scale(s, -s)`` group, so nothing
below needs to know about pixels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

Point = tuple[float, float]
Node = tuple[float, float] | tuple[float, float, str]  # a third member "c" marks a corner
Cubic = tuple[Point, Point, Point, Point]


def num(value: float) -> str:
    """Format a coordinate: three decimals, no trailing zeros."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def curve(nodes: Sequence[Node], closed: bool = False, tension: float = 1.0) -> list[Cubic]:
    """Smooth cubic spline through nodes ``(x, y)``; ``(x, y, "c")`` is a corner."""
    pts = [(float(n[0]), float(n[1])) for n in nodes]
    corner = [len(n) > 2 and n[2] == "c" for n in nodes]
    count = len(pts)

    def tangent(i: int) -> Point:
        if corner[i]:
            return (0.0, 0.0)
        if closed:
            p, q = pts[i - 1], pts[(i + 1) % count]
        else:
            p, q = pts[max(0, i - 1)], pts[min(count - 1, i + 1)]
        size = math.hypot(q[0] - p[0], q[1] - p[1]) or 1.0
        return ((q[0] - p[0]) / size, (q[1] - p[1]) / size)

    segments: list[Cubic] = []
    for i in range(count if closed else count - 1):
        j = (i + 1) % count
        a, b = pts[i], pts[j]
        reach = math.hypot(b[0] - a[0], b[1] - a[1]) / 3 * tension
        ta, tb = tangent(i), tangent(j)
        c1 = (a[0] + ta[0] * reach, a[1] + ta[1] * reach)
        c2 = (b[0] - tb[0] * reach, b[1] - tb[1] * reach)
        if corner[i] and not corner[j]:
            c1 = (a[0] + (c2[0] - a[0]) * 0.35, a[1] + (c2[1] - a[1]) * 0.35)
        if corner[j] and not corner[i]:
            c2 = (b[0] + (c1[0] - b[0]) * 0.35, b[1] + (c1[1] - b[1]) * 0.35)
        segments.append((a, c1, c2, b))
    return segments


def arc(cx: float, cy: float, rx: float, start: float, stop: float, ry: float | None = None) -> list[Cubic]:
    """Cubic segments of an elliptic arc; angles in degrees, counter-clockwise positive."""
    ry = rx if ry is None else ry
    pieces = max(1, math.ceil(abs(stop - start) / 60))
    step = math.radians((stop - start) / pieces)
    k = 4 / 3 * math.tan(step / 4)
    out: list[Cubic] = []
    for i in range(pieces):
        a = math.radians(start) + step * i
        b = a + step
        ca, sa, cb, sb = math.cos(a), math.sin(a), math.cos(b), math.sin(b)
        out.append(
            (
                (cx + rx * ca, cy + ry * sa),
                (cx + rx * (ca - k * sa), cy + ry * (sa + k * ca)),
                (cx + rx * (cb + k * sb), cy + ry * (sb - k * cb)),
                (cx + rx * cb, cy + ry * sb),
            )
        )
    return out


def path_data(segments: Iterable[Cubic], close: bool = True) -> str:
    """SVG path data; gaps between segments become straight lines."""
    out: list[str] = []
    last: Point | None = None
    for a, b, c, e in segments:
        if last is None:
            out.append(f"M{num(a[0])} {num(a[1])}")
        elif math.hypot(a[0] - last[0], a[1] - last[1]) > 5e-4:
            out.append(f"L{num(a[0])} {num(a[1])}")
        if b == a and c == e:
            out.append(f"L{num(e[0])} {num(e[1])}")
        else:
            out.append("C" + " ".join(f"{num(p[0])} {num(p[1])}" for p in (b, c, e)))
        last = e
    return "".join(out) + ("Z" if close else "")


def smooth(nodes: Sequence[Node], close: bool = True) -> str:
    """Path data of a spline; closed splines are smooth through the first node too."""
    return path_data(curve(nodes, closed=close), close)


def poly(points: Sequence[Node]) -> str:
    """Path data of a polygon."""
    return line(points) + "Z"


def line(points: Sequence[Node]) -> str:
    """Path data of an open polyline."""
    return "M" + "L".join(f"{num(p[0])} {num(p[1])}" for p in points)


def rounded(x: float, y: float, w: float, h: float, r: float) -> str:
    """Path data of a rounded rectangle from its lower-left corner."""
    r = min(r, w / 2, h / 2)
    return path_data(
        arc(x + w - r, y + h - r, r, 0, 90)
        + arc(x + r, y + h - r, r, 90, 180)
        + arc(x + r, y + r, r, 180, 270)
        + arc(x + w - r, y + r, r, 270, 360)
    )


def sample(segments: Iterable[Cubic], per: int = 12) -> list[Point]:
    """Points along a run of cubics."""
    out: list[Point] = []
    for a, b, c, e in segments:
        for i in range(per):
            t = i / per
            u = 1 - t
            x, y = (u**3 * a[k] + 3 * u * u * t * b[k] + 3 * u * t * t * c[k] + t**3 * e[k] for k in (0, 1))
            out.append((x, y))
        end = e
    out.append(end)
    return out


def mirrored(nodes: Sequence[Node]) -> list[Node]:
    """Right half nodes (x >= 0, bottom to top) completed with their mirror image."""
    return [*nodes, *(moved(n, -n[0], n[1]) for n in reversed(nodes) if abs(n[0]) > 1e-6)]


def moved(node: Node, x: float, y: float) -> Node:
    """The node at another place, still a corner if it was one."""
    return (x, y, node[2]) if len(node) == 3 else (x, y)
