"""The side silhouette: wheel arches, outline, heights along it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from .bodies import Body
from .curves import Cubic, Node, Point, arc, curve, sample

GAP = 0.040  # arch radius minus tyre radius


def arch(body: Body, x: float, floor: float, extra: float = 0.0) -> list[Cubic]:
    """Wheel arch from its rear foot over the top to its front foot."""
    r = body.radius + GAP + extra
    low = math.degrees(math.asin(max(-0.9, min(0.9, (floor - body.radius) / r))))
    return arc(x, body.radius, r, low, 180 - low)


def outline(body: Body) -> list[Cubic]:
    """Closed outline of the painted body including the wheel arches."""
    top = curve(body.top)
    rear_z = body.top[-1][1]
    segs = list(top)
    segs += arch(body, body.rear_wheel, rear_z * 0.5 + body.sill * 0.5)
    segs += arch(body, body.front_wheel, body.sill)
    return segs


def between(body: Body, x0: float, x1: float) -> list[Point]:
    """Silhouette points of the roof line with x0 <= x <= x1."""
    return [p for p in sample(curve(body.top), 16) if x0 <= p[0] <= x1 and p[1] > body.radius * 1.6]


def along(nodes: Sequence[Node], x: float) -> float:
    """Height of a feature line at ``x``."""
    pts = sample(curve(nodes), 10)
    for a, b in pairwise(pts):
        if a[0] <= x <= b[0]:
            return a[1] + (b[1] - a[1]) * (x - a[0]) / max(1e-6, b[0] - a[0])
    return pts[0][1] if x < pts[0][0] else pts[-1][1]
