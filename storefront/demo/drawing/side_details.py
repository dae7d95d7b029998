"""What sits on the side: shut lines, lamps, cladding, mirror, rails."""

from __future__ import annotations

import math

from .bodies import Body
from .curves import Cubic, Node, arc, curve, line, path_data, poly, rounded, smooth
from .document import Svg
from .look import Light, Look, Paint
from .profile import GAP, arch, between


def cladding(svg: Svg, body: Body) -> None:
    """Unpainted plastic around the arches and along the sill."""
    f, b, r = body.front_wheel, body.rear_wheel, body.radius
    grey = svg.lin((0, r * 2 + 0.15), (0, body.sill), [(0, "#3b3f45"), (0.5, "#25282c"), (1, "#131417")])
    for x in (f, b):
        outer = arch(body, x, body.sill + 0.02, 0.062)
        inner: list[Cubic] = [(e, c, b, a) for a, b, c, e in reversed(arch(body, x, body.sill + 0.02))]
        svg.path(path_data(outer + inner), grey)
        svg.stroke(path_data(arc(x, r, r + GAP + 0.055, 40, 150), False), "#6d737b", 0.010, 0.6)
    rr = r + GAP + 0.03
    z = body.sill + 0.135
    svg.path(
        poly(
            [
                (f + rr * 0.96, z - 0.05),
                (b - rr * 0.96, z - 0.05),
                (b - rr + 0.06, body.sill),
                (f + rr - 0.06, body.sill),
            ]
        ),
        grey,
    )
    svg.stroke(line([(f + rr, z - 0.06), (b - rr, z - 0.06)]), "#6d737b", 0.010, 0.6)


def shut_lines(svg: Svg, body: Body, tones: Paint, car: Look, bonnet: bool = True) -> None:
    """Doors, sill, bonnet, handles, filler cap; load area of the van."""
    for door in body.doors:
        data = path_data(curve(door), False)
        svg.open(transform="translate(0.009 0)")
        svg.stroke(data, tones.spark, 0.006, 0.40)
        svg.close()
        svg.stroke(data, tones.deep, 0.0095, 0.85)
    a, b = body.doors[0][-1], body.doors[-1][-1]
    svg.stroke(line([(a[0] + 0.03, a[1] - 0.006), (b[0] - 0.02, b[1] - 0.006)]), tones.deep, 0.008, 0.7)
    if bonnet:
        lx, lz = body.lead
        cx, cz = body.cowl
        svg.stroke(
            smooth(
                [
                    (lx + 0.30, lz + 0.042),
                    (lx + (cx - lx) * 0.55, lz + (cz - lz) * 0.62),
                    (cx + 0.04, cz - 0.055),
                    (cx + 0.14, cz - 0.015),
                ],
                False,
            ),
            tones.deep,
            0.007,
            0.6,
        )
    focus = svg.focus_x
    for x, z in body.handles:
        svg.focus_x = x
        svg.ellipse(
            (x, z - 0.008),
            0.10,
            0.032,
            svg.lin((0, z + 0.03), (0, z - 0.04), [(0, tones.dark, 0.9), (1, tones.light, 0.3)]),
        )
        svg.path(
            rounded(x - 0.115, z - 0.004, 0.23, 0.034, 0.017),
            svg.lin((0, z + 0.03), (0, z - 0.004), [(0, tones.spark), (0.5, tones.light), (1, tones.dark)]),
        )
        svg.stroke(line([(x - 0.10, z - 0.007), (x + 0.10, z - 0.007)]), tones.deep, 0.006, 0.7)
    svg.focus_x = focus
    x, z = body.rear_wheel + 0.06, body.shoulder[-2][1] - 0.085
    if "cargo" not in body.flags and car.lamp != 1:
        svg.path(
            rounded(x, z - 0.065, 0.15, 0.13, 0.035), "none", stroke=tones.deep, stroke_width=0.006, stroke_opacity=0.5
        )
    if "cargo" in body.flags:
        svg.stroke(line([(2.30, 1.215), (4.72, 1.215)]), tones.deep, 0.020, 0.8)
        svg.stroke(line([(2.30, 1.203), (4.72, 1.203)]), tones.spark, 0.008, 0.5)
        svg.path(
            rounded(2.24, 1.34, 0.98, 0.40, 0.06),
            svg.lin((0, 1.74), (0, 1.34), [(0, tones.shade, 0.35), (1, tones.light, 0.1)]),
            stroke=tones.shade,
            stroke_width=0.008,
            stroke_opacity=0.6,
        )
        svg.path(
            rounded(3.47, 1.34, 1.30, 0.40, 0.06),
            svg.lin((0, 1.74), (0, 1.34), [(0, tones.shade, 0.35), (1, tones.light, 0.1)]),
            stroke=tones.shade,
            stroke_width=0.008,
            stroke_opacity=0.6,
        )


def lamp_shape(body: Body) -> list[Node]:
    """Headlamp outline in the side view."""
    x, z = body.lead
    k = 1.25 if body.name in ("van", "pickup", "suv", "mpv") else 1.0
    return [
        (x - 0.10, z - 0.115 * k, "c"),
        (x - 0.07, z - 0.01),
        (x + 0.05, z + 0.012),
        (x + 0.22, z + 0.048),
        (x + 0.43, z + 0.070, "c"),
        (x + 0.37, z + 0.005),
        (x + 0.22, z - 0.060 * k),
        (x + 0.02, z - 0.105 * k),
    ]


def headlamp(svg: Svg, body: Body, tones: Paint, car: Look, light: Light) -> None:
    """Headlamp as it wraps around the wing."""
    x, z = body.lead
    shape = smooth(lamp_shape(body))
    svg.path(
        shape,
        svg.lin((x, z + 0.05), (x, z - 0.1), [(0, "#5b636d"), (0.35, "#23272d"), (1, "#0e1013")]),
        stroke="#07080a",
        stroke_width=0.012,
    )
    svg.open(clip_path=svg.clip(shape))
    svg.circle(
        (x + 0.10, z - 0.03),
        0.045,
        svg.rad((x + 0.09, z - 0.02), 0.05, [(0, "#ffffff"), (0.4, "#aeb8c4"), (1, "#2b3138")]),
    )
    svg.circle(
        (x + 0.215, z - 0.012), 0.032, svg.rad((x + 0.21, z), 0.036, [(0, "#f4f8ff"), (0.4, "#8d98a5"), (1, "#2b3138")])
    )
    led = (
        [(x - 0.06, z - 0.085), (x + 0.15, z - 0.062), (x + 0.36, z + 0.035)],
        [(x - 0.04, z - 0.005), (x + 0.14, z + 0.012), (x + 0.38, z + 0.052)],
        [(x + 0.0, z - 0.1), (x + 0.2, z - 0.055), (x + 0.33, z + 0.02), (x + 0.30, z + 0.06)],
    )[car.lamp]
    svg.stroke(smooth(led, False), "#ffffff", 0.017)
    if car.lamp == 1:
        svg.stroke(smooth([(p[0], p[1] - 0.055) for p in led], False), "#ffffff", 0.013, 0.9)
    svg.path(
        poly([(x - 0.1, z + 0.1), (x + 0.12, z + 0.1), (x + 0.02, z - 0.12), (x - 0.1, z - 0.12)]),
        "#ffffff",
        opacity=0.14,
    )
    svg.close()
    svg.stroke(smooth(lamp_shape(body)[1:5], False), tones.spark, 0.007, 0.6)
    if light.lamps_on:
        svg.circle(
            (x + 0.05, z - 0.03),
            0.34,
            svg.rad((x + 0.05, z - 0.03), 0.34, [(0, "#fff4d6", 0.85), (0.3, "#ffe9b8", 0.35), (1, "#ffe9b8", 0)]),
        )


def taillamp(svg: Svg, body: Body, light: Light) -> None:
    """Rear lamp as it wraps around the corner."""
    x, z = body.tail
    w, h = body.tail_size
    nodes: list[Node]
    if h > w * 0.8:
        nodes = [
            (x + 0.12, z + 0.01, "c"),
            (x - w * 0.55, z + 0.02),
            (x - w * 0.72, z - h * 0.15),
            (x - w * 0.5, z - h * 0.6),
            (x - w * 0.42, z - h, "c"),
            (x + 0.14, z - h, "c"),
        ]
        led = [(x - w * 0.48, z - 0.05), (x - w * 0.36, z - h * 0.5), (x - w * 0.25, z - h + 0.05)]
    else:
        nodes = [
            (x + 0.12, z + 0.005, "c"),
            (x - w * 0.35, z + 0.002),
            (x - w * 0.86, z - h * 0.12),
            (x - w, z - h * 0.28, "c"),
            (x - w * 0.72, z - h * 0.62),
            (x - w * 0.45, z - h * 0.95),
            (x + 0.14, z - h, "c"),
        ]
        led = [(x - w * 0.86, z - h * 0.30), (x - w * 0.45, z - h * 0.34), (x + 0.1, z - h * 0.30)]
    shape = smooth(nodes)
    svg.path(
        shape,
        svg.lin((x - w, z), (x + 0.05, z - h), [(0, "#7d1016"), (0.45, "#c21d22"), (1, "#5e0a10")]),
        stroke="#1a0506",
        stroke_width=0.010,
    )
    svg.open(clip_path=svg.clip(shape))
    svg.stroke(smooth(led, False), "#ff6a5e" if not light.lamps_on else "#ffd0c4", 0.022)
    svg.path(
        poly([(x - w, z + 0.05), (x + 0.15, z + 0.05), (x + 0.15, z - h * 0.18), (x - w, z - h * 0.24)]),
        "#ffffff",
        opacity=0.20,
    )
    svg.close()
    if light.lamps_on:
        svg.circle(
            (x - w * 0.3, z - h * 0.5),
            0.30,
            svg.rad((x - w * 0.3, z - h * 0.5), 0.30, [(0, "#ff4a3d", 0.55), (1, "#ff4a3d", 0)]),
        )


def extras(svg: Svg, body: Body, tones: Paint, car: Look) -> None:
    """Roof rails, aerial fin, indicator repeater."""
    if "open" in body.flags:
        return
    if body.rails:
        pts = [p for p in between(body, body.header[0] + 0.12, body.length - 0.55) if p[1] > body.height - 0.2]
        rail = [
            (p[0], p[1] + 0.012 + 0.022 * min(1, 6 * math.sin(math.pi * i / (len(pts) - 1)))) for i, p in enumerate(pts)
        ]
        svg.stroke(line(rail), "#101215", 0.030)
        svg.stroke(line([(p[0], p[1] + 0.006) for p in rail]), "#aab1b9" if car.bright_trim else "#565c64", 0.012)
    if body.name not in ("pickup", "van"):
        pts = between(body, body.length * 0.62, body.length * 0.9)
        x = body.length * (0.80 if body.name in ("estate", "suv", "mpv", "city", "hatchback") else 0.70)
        z = min(pts, key=lambda p: abs(p[0] - x))[1]
        svg.path(
            smooth(
                [
                    (x - 0.09, z - 0.012, "c"),
                    (x - 0.01, z + 0.026),
                    (x + 0.055, z + 0.052, "c"),
                    (x + 0.065, z - 0.014, "c"),
                ]
            ),
            tones.dark,
        )


def mirror(svg: Svg, body: Body, tones: Paint) -> None:
    """The near outer mirror."""
    x, z = body.mirror
    k = 1.25 if body.name in ("van", "pickup") else 1.0
    svg.path(
        smooth([(x + 0.02, z - 0.05, "c"), (x + 0.10, z - 0.005), (x + 0.16, z + 0.01), (x + 0.17, z - 0.05, "c")]),
        "#0d0e11",
    )
    hood: list[Node] = [
        (x - 0.072 * k, z + 0.026, "c"),
        (x - 0.048 * k, z + 0.082 * k),
        (x + 0.03 * k, z + 0.112 * k),
        (x + 0.125 * k, z + 0.108 * k, "c"),
        (x + 0.148 * k, z + 0.055 * k),
        (x + 0.12 * k, z + 0.004),
        (x + 0.0, z - 0.004),
    ]
    svg.path(smooth([(p[0] + 0.012, p[1] - 0.018) for p in hood]), tones.deep, opacity=0.45)
    svg.path(
        smooth(hood),
        svg.lin(
            (x, z + 0.125 * k),
            (x, z - 0.01),
            [(0, tones.spark), (0.35, tones.light), (0.62, tones.base), (0.63, tones.dark), (1, tones.deep)],
        ),
    )
    svg.stroke(line([(x - 0.045 * k, z + 0.052 * k), (x + 0.06 * k, z + 0.046 * k)]), "#f3a23a", 0.010, 0.9)
