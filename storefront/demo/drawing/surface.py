"""The body as a surface in space, and drawings wrapped onto it.

The silhouette (side) and the width profile (front) span the surface, so whatever is lifted onto it matches the
elevations by construction.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from .bodies import Body
from .curves import Point, arc, curve, num, path_data, sample
from .document import Stop, Svg
from .ends import cabin_nodes, shell_nodes

Lift = Callable[[float, float], Point]
Direction = tuple[float, float, float]
POWER = 2.7  # of the superellipse that rounds the corners in plan


class Warp(Svg):
    """Forwards drawing to another document with every point passed through ``lift``."""

    def __init__(self, target: Svg, lift: Lift, mid: float) -> None:
        self.prefix, self.defs, self.body, self._known = target.prefix, target.defs, target.body, target._known
        self.lift, self.focus_x = lift, mid

    def bend(self, data: str) -> str:
        """Path data with every curve broken into short lines on the surface."""
        out: list[str] = []
        last: Point = (0.0, 0.0)
        for command, raw in re.findall(r"([MLCZ])([^MLCZ]*)", data):
            values = [float(v) for v in raw.split()]
            if command == "Z":
                out.append("Z")
                continue
            pts = list(zip(values[::2], values[1::2], strict=True))
            if command == "M":
                run = pts
            elif command == "L":
                count = max(1, int(math.dist(last, pts[0]) / 0.12))
                run = [
                    (last[0] + (pts[0][0] - last[0]) * i / count, last[1] + (pts[0][1] - last[1]) * i / count)
                    for i in range(1, count + 1)
                ]
            else:
                size = math.dist(last, pts[0]) + math.dist(pts[0], pts[1]) + math.dist(pts[1], pts[2])
                run = sample([(last, pts[0], pts[1], pts[2])], max(2, min(14, int(size / 0.035))))[1:]
            mapped = [self.lift(*p) for p in run]
            out.append(("M" if command == "M" else "L") + "L".join(f"{num(x)} {num(y)}" for x, y in mapped))
            last = pts[-1]
        return "".join(out)

    def path(self, data: str, fill: str = "none", **attrs: object) -> None:
        super().path(self.bend(data), fill, **attrs)

    def circle(self, c: Point, r: float, fill: str, **attrs: object) -> None:
        self.path(path_data(arc(c[0], c[1], r, 0, 360)), fill, **attrs)

    def ellipse(self, c: Point, rx: float, ry: float, fill: str, **attrs: object) -> None:
        self.path(path_data(arc(c[0], c[1], rx, 0, 360, ry)), fill, **attrs)

    def lin(self, a: Point, b: Point, stops: Sequence[Stop]) -> str:
        if a[0] == b[0]:
            p, q = self.lift(self.focus_x, a[1]), self.lift(self.focus_x, b[1])
            return super().lin(p, (p[0], q[1]), stops)
        return super().lin(self.lift(*a), self.lift(*b), stops)

    def rad(self, c: Point, r: float, stops: Sequence[Stop], squash: float = 1.0) -> str:
        return super().rad(self.lift(*c), r, stops, squash)

    def clip(self, *paths: str) -> str:
        return super().clip(*(self.bend(p) for p in paths))


class Shape:
    """The body surface and the camera."""

    def __init__(self, body: Body, degrees: float = 41.0) -> None:
        self.body = body
        pts = sample(curve(body.top), 14)
        peak = max(range(len(pts)), key=lambda i: pts[i][1])
        self.front, self.rear = pts[: peak + 1], pts[peak:]
        self.top = pts[peak][1]
        hw = body.width / 2
        belt = body.cowl[1] - 0.03
        rows = sample(curve(shell_nodes(body, belt)[1:8]), 8)
        if "open" not in body.flags:
            rows += [p for p in sample(curve(cabin_nodes(body, belt)[1:]), 8) if p[1] > belt + 0.02]
        self.rows = sorted((z, y) for y, z in rows)
        self.belt = belt
        tall = body.height > 1.6
        self.angle, self.distance, self.eye = math.radians(degrees), 8.6 + body.length * 0.25, 1.62 if tall else 1.42
        self.hw = hw
        self.glass_top = max(n[1] for n in body.glass)

    def project(self, x: float, n: float, z: float) -> Point:
        """Perspective; one unit is one metre at the middle of the car."""
        dx = x - self.body.length * 0.46
        ca, sa = math.cos(self.angle), math.sin(self.angle)
        depth = self.distance + dx * ca - n * sa
        k = self.distance / depth
        return ((dx * sa + n * ca) * k, self.eye + (z - self.eye) * k)

    def towards_camera(self, x: float, n: float, z: float) -> Direction:
        """Unit vector from a point of the surface to the camera."""
        dx = self.body.length * 0.46 - self.distance * math.cos(self.angle) - x
        dn, dz = self.distance * math.sin(self.angle) - n, self.eye - z
        far = math.sqrt(dx * dx + dn * dn + dz * dz)
        return (dx / far, dn / far, dz / far)

    def width(self, z: float) -> float:
        """Half width at height ``z``, read off the front silhouette."""
        rows = self.rows
        if z <= rows[0][0]:
            return rows[0][1]
        for (z0, y0), (z1, y1) in pairwise(rows):
            if z <= z1:
                return y0 + (y1 - y0) * (z - z0) / max(1e-6, z1 - z0)
        return max(0.2, rows[-1][1])

    @staticmethod
    def _reach(run: list[Point], z: float, pick: Callable[[list[float]], float]) -> float:
        """Foremost or rearmost ``x`` of a run of the silhouette at height ``z``."""
        hits = [
            a[0] + (b[0] - a[0]) * (z - a[1]) / (b[1] - a[1])
            for a, b in pairwise(run)
            if a[1] != b[1] and min(a[1], b[1]) <= z <= max(a[1], b[1])
        ]
        return pick(hits) if hits else min(run, key=lambda p: abs(p[1] - z))[0]

    def ends(self, z: float) -> tuple[float, float, float, float]:
        """Nose and tail position and their plan sweep at height ``z``."""
        z = min(z, self.top - 0.004)
        x0, x1 = self._reach(self.front, z, min), self._reach(self.rear, z, max)
        t = max(0.0, min(1.0, (z - self.belt + 0.05) / 0.22))
        body = self.body
        low_a = min(0.66, body.front_wheel - body.radius + 0.26)
        low_b = min(0.50, body.length - body.rear_wheel - body.radius + 0.06)
        a, b = low_a + (0.42 - low_a) * t, low_b + (0.32 - low_b) * t
        room = max(0.05, x1 - x0)
        return x0, x1, min(a, room * 0.5), min(b, room * 0.5)

    @staticmethod
    def _full(q: float) -> float:
        """How much of the full width is left at share ``q`` of a rounded end."""
        q = max(0.0, min(1.0, q))
        return float((1 - (1 - q) ** POWER) ** (1 / POWER))

    def flank(self, x: float, z: float) -> Point:
        """Lift a side view point."""
        x0, x1, a, b = self.ends(min(z, self.glass_top))
        n = self.width(min(z, self.glass_top)) * self._full((x - x0) / a) * self._full((x1 - x) / b)
        return self.project(x, n, z)

    def face(self, y: float, z: float) -> Point:
        """Lift a front view point."""
        x0, _x1, a, _b = self.ends(z)
        t = min(0.995, abs(y) / self.width(z))
        return self.project(x0 + a * (1 - (1 - t**POWER) ** (1 / POWER)), y, z)

    def contour(self, z: float, steps: int = 9) -> list[tuple[float, float]]:
        """Plan contour from the far tail over the nose to the near tail."""
        x0, x1, a, b = self.ends(z)
        w = self.width(z)
        near: list[tuple[float, float]] = []
        for i in range(steps + 1):
            th = math.pi / 2 * i / steps
            near.append((x0 + a * (1 - math.cos(th) ** (2 / POWER)), w * math.sin(th) ** (2 / POWER)))
        for i in range(1, 4):
            near.append((x0 + a + (x1 - b - x0 - a) * i / 3, w))
        for i in range(1, 6):
            th = math.pi / 2 * (1 - i / 5)
            near.append((x1 - b * (1 - math.cos(th) ** (2 / POWER)), w * math.sin(th) ** (2 / POWER) if i < 5 else 0.0))
        return [(x, -n) for x, n in reversed(near[1:])] + near
