"""Front three-quarter view: the shell, and the side and front drawings wrapped onto it."""

from __future__ import annotations

from .bodies import Body
from .cockpit import cockpit
from .curves import Point, arc, curve, line, num, path_data, poly, smooth
from .document import Svg
from .ends import TALL, screen
from .fascia import fascia
from .front import bonnet_lines, wipers
from .glasshouse import glasshouse
from .look import Light, Look, Paint
from .profile import GAP, along, arch
from .shell import shell
from .side_details import cladding, shut_lines, taillamp
from .surface import Shape, Warp
from .wheels import wheel


def draw_quarter(svg: Svg, body: Body, tones: Paint, car: Look, light: Light, degrees: float = 41.0) -> None:
    """The whole car, nose to the left; ``degrees`` is the camera's way round from the nose (20 to 70 look right)."""
    s = Shape(body, degrees)
    hw = s.hw
    plan = s.contour(body.radius)
    _shadow(svg, body, light, s, hw, plan)
    _far_wheels(svg, body, light, s, hw)
    tray = (body.front_wheel - 0.25, body.rear_wheel + 0.2)
    svg.path(
        poly([s.project(min(max(x, tray[0]), tray[1]), n * 0.94, body.sill - 0.04) for x, n in s.contour(body.sill)]),
        "#060708",
    )
    shell(svg, s, tones, light)
    flank, face = Warp(svg, s.flank, body.length * 0.5), Warp(svg, s.face, 0.0)
    _flank(flank, body, tones)
    for x in (body.front_wheel, body.rear_wheel):
        well = arch(body, x, body.sill + 0.01)
        flank.path(path_data(well), "#070809")
    if body.cladding:
        cladding(flank, body)
    shut_lines(flank, body, tones, car, False)
    cowl = body.cowl[1]
    bonnet_lines(face, body, tones, False)
    if "open" in body.flags:
        cockpit(svg, s, tones, car, light)
    else:
        screen(face, light, cowl + 0.01, body.height - 0.085, hw * 0.845, body.roof_half + 0.012, car, False)
        glasshouse(flank, body, tones, car, light)
        wipers(face, body, cowl)
    rim = Warp(svg, lambda x, z: s.flank(min(x, s.ends(z)[1] - 0.045), z), body.length - 0.2)
    taillamp(rim, body, light)
    fascia(face, body, tones, car, body.name in TALL, False)
    _near_wheels(svg, body, tones, car, light, s, flank)
    _mirrors(svg, s, tones)
    if light.lamps_on:
        for y in (-hw * 0.70, hw * 0.74):
            p = s.face(y, body.lead[1] - 0.05)
            svg.circle(
                p,
                0.55,
                svg.rad(
                    p, 0.55, [(0, "#fff6de", 0.95), (0.18, "#ffeec4", 0.5), (0.5, "#ffe6b0", 0.15), (1, "#ffe6b0", 0)]
                ),
            )


def _shadow(svg: Svg, body: Body, light: Light, s: Shape, hw: float, plan: list[Point]) -> None:
    """Soft shadow of the whole car on the ground."""
    for i in range(14):
        grow = 0.22 - 0.38 * i / 13  # metres outside the body, from the soft rim inwards
        svg.path(
            smooth(
                [
                    s.project(
                        x + grow * (1 if x > body.length / 2 else -1) * 0.8, n + grow * max(-1.0, min(1.0, n / hw)), 0
                    )
                    for x, n in plan[::2]
                ]
            ),
            light.dark,
            opacity=0.075,
        )


def _far_wheels(svg: Svg, body: Body, light: Light, s: Shape, hw: float) -> None:
    """Contact shadows, and the tyres of the far side."""
    for x in (body.rear_wheel, body.front_wheel):
        spot = s.project(x - 0.02, hw - 0.14, 0)
        svg.ellipse(
            (spot[0], spot[1] + 0.012),
            0.42,
            0.10,
            svg.rad(
                (spot[0], spot[1] + 0.012),
                0.42,
                [(0, light.dark, 0.95), (0.45, light.dark, 0.6), (1, light.dark, 0)],
                0.24,
            ),
        )
        _tyre(svg, s, x, -hw + 0.24, -hw + 0.06)


def _near_wheels(svg: Svg, body: Body, tones: Paint, car: Look, light: Light, s: Shape, flank: Warp) -> None:
    """Both wheels of the near side, cut off by their arches."""
    for x in (body.rear_wheel, body.front_wheel):
        out = s.width(body.radius) - 0.045
        r = body.radius + GAP
        foot = [
            s.flank(x + r, body.sill),
            s.flank(x - r, body.sill),
            s.flank(max(0.12, x - r - 0.45), body.sill - 0.02),
        ]
        svg.open(
            clip_path=svg.clip(
                flank.bend(path_data(arch(body, x, body.sill + 0.01))),
                poly(
                    [
                        (foot[0][0] + 0.3, foot[0][1] + 0.05),
                        (foot[0][0] - 0.1, foot[0][1] + 0.05),
                        foot[2],
                        (foot[2][0], -1),
                        (foot[0][0] + 0.3, -1),
                    ]
                ),
            )
        )
        _tyre(svg, s, x, out - 0.22, out)
        _wheel(svg, s, x, out, car, light)
        svg.close()
        r = body.radius + GAP
        flank.stroke(
            path_data(arc(x, body.radius, r + 0.010, 38 if x > 2 else 14, 160), False), tones.spark, 0.011, 0.45
        )


def _flank(flank: Warp, body: Body, tones: Paint) -> None:
    """Shoulder light and sill crease."""
    sh = curve(body.shoulder)
    x0, x1 = body.shoulder[0][0], body.shoulder[-1][0]
    mid = along(body.shoulder, body.length * 0.5)
    flank.path(
        path_data(sh + curve([(x1, mid - 0.02), (body.length * 0.5, mid - 0.13), (x0, mid - 0.12)])),
        flank.lin((0, mid), (0, mid - 0.13), [(0, tones.dark, 0.55), (1, tones.shade, 0)]),
    )
    flank.stroke(
        path_data(sh, False),
        flank.lin(
            (x0 + 0.2, mid),
            (x1, mid),
            [(0, tones.spark, 0), (0.2, tones.spark, 0.85), (0.8, tones.spark, 0.8), (1, tones.spark, 0)],
        ),
        0.012,
    )
    _horizon(body, tones, mid, flank)
    c = body.crease
    flank.stroke(
        smooth([(body.front_wheel + 0.4, c[0][1]), *c[1:-1], (body.rear_wheel - 0.42, c[-1][1] - 0.01)], False),
        tones.bright,
        0.011,
        0.8,
    )
    low = body.sill + 0.03
    flank.path(
        poly(
            [
                (body.front_wheel, low),
                (body.rear_wheel, low),
                (body.rear_wheel, body.sill - 0.06),
                (body.front_wheel, body.sill - 0.06),
            ]
        ),
        "#0b0c0e",
    )


def _horizon(body: Body, tones: Paint, mid: float, flank: Warp) -> None:
    """The horizon mirrored in the doors, as in the side view."""
    front, rear, r, length = body.front_wheel, body.rear_wheel, body.radius, body.length
    hz = mid * 0.70
    rise = max(2 * r + GAP + 0.028, hz + 0.03)
    edge = [
        (0.55, hz + 0.05),
        (front - r * 0.7, rise - 0.02),
        (front, rise),
        (front + r * 0.9, rise - 0.035),
        (front + r * 2.2, hz + 0.012),
        ((front + rear) / 2, hz - 0.008),
        (rear - r * 2.2, hz + 0.022),
        (rear - r * 0.9, rise - 0.025),
        (rear, rise + 0.012),
        (rear + r * 0.8, rise - 0.01),
        (length - 0.2, hz + 0.06),
    ]
    fade = flank.lin(
        (0.55, hz),
        (length - 0.2, hz),
        [(0, tones.dark, 0), (0.16, tones.dark, 0.75), (0.85, tones.dark, 0.7), (1, tones.dark, 0.2)],
    )
    flank.path(
        path_data(curve(edge))[:-1] + f"L{num(length - 0.2)} {num(body.sill)}L0.55 {num(body.sill)}Z", fade, opacity=0.8
    )
    flank.stroke(
        path_data(curve(edge), False),
        flank.lin(
            (0.55, hz),
            (length - 0.2, hz),
            [
                (0, tones.spark, 0),
                (0.25, tones.spark, 0.45),
                (0.5, tones.spark, 0.75),
                (0.8, tones.spark, 0.4),
                (1, tones.spark, 0),
            ],
        ),
        0.008,
    )


def _disc(s: Shape, x: float, n: float) -> str:
    """Transform that lays a wheel drawn square on into the plane ``n`` metres off the middle."""
    r = s.body.radius
    c, ex, ez = s.project(x, n, r), s.project(x + r, n, r), s.project(x, n, 2 * r)
    m = ((ex[0] - c[0]) / r, (ex[1] - c[1]) / r, (ez[0] - c[0]) / r, (ez[1] - c[1]) / r, c[0], c[1])
    return f"matrix({' '.join(f'{v:.4f}' for v in m)})"


def _tyre(svg: Svg, s: Shape, x: float, inner: float, outer: float) -> None:
    """Tread between two planes, as a stack of discs."""
    for i in range(9):
        n = inner + (outer - inner) * i / 8
        svg.open(transform=_disc(s, x, n))
        svg.circle((0, 0), s.body.radius * (0.97 if i in (0, 8) else 1.0), "#17191c" if i % 3 else "#0c0d0f")
        svg.close()


def _wheel(svg: Svg, s: Shape, x: float, n: float, car: Look, light: Light) -> None:
    """The wheel of the side view, laid into its plane."""
    svg.open(transform=_disc(s, x, n))
    wheel(svg, (0, 0), s.body.radius * 0.985, car, light, 0.0 if x < 2 else 0.5)
    svg.close()


def _mirrors(svg: Svg, s: Shape, tones: Paint) -> None:
    """Both outer mirrors."""
    for sign in (-1, 1):
        _outer_mirror(svg, s, tones, sign)


def _outer_mirror(svg: Svg, s: Shape, tones: Paint, sign: int) -> None:
    """The mirror of the far (-1) or near (1) side."""
    x, z = s.body.mirror[0] + 0.04, s.body.mirror[1]
    k = 1.3 if s.body.name in ("van", "pickup") else 1.0
    w = s.width(z) * 0.97

    def at(y: float, h: float, back: float = 0.0) -> Point:
        return s.project(x + back, sign * (w + y), z + h)

    house = [
        (0.03, 0.02),
        (0.02, 0.085 * k),
        (0.08, 0.115 * k),
        (0.19, 0.11 * k),
        (0.225, 0.065 * k),
        (0.20, 0.015),
        (0.10, -0.004),
    ]
    svg.path(poly([at(-0.06, -0.03), at(0.10, 0.0), at(0.11, 0.04), at(-0.06, 0.02)]), "#101215")
    svg.path(smooth([at(*p, 0.10) for p in house]), tones.deep)
    c0, c1 = at(0.1, 0.12 * k), at(0.1, -0.01)
    svg.path(
        smooth([at(*p) for p in house]),
        svg.lin(
            c0,
            (c0[0], c1[1]),
            [(0, tones.spark), (0.3, tones.light), (0.62, tones.base), (0.66, tones.dark), (1, tones.deep)],
        ),
    )
    svg.stroke(line([at(0.06, 0.05 * k), at(0.20, 0.055 * k)]), "#f3a23a", 0.010, 0.9)
