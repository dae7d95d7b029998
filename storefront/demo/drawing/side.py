"""Side elevation, facing left. Also used, closer, for the wheel detail view."""

from __future__ import annotations

from .bodies import Body
from .curves import Cubic, arc, curve, path_data, poly, rounded, smooth
from .document import Svg
from .glasshouse import cabin_open, edge_glass, glasshouse, screen_open
from .look import Light, Look, Paint
from .profile import GAP, along, between, outline
from .side_details import cladding, extras, headlamp, mirror, shut_lines, taillamp
from .wheels import wheel


def draw_side(svg: Svg, body: Body, tones: Paint, car: Look, light: Light, front_only: bool = False) -> None:
    """The whole car from the side; ``front_only`` leaves out what a wheel close-up never shows."""
    if "open" in body.flags and not front_only:
        cabin_open(svg, body, tones, car, light)
    _underside(svg, body)
    shell = path_data(outline(body))
    clip = svg.clip(shell)
    svg.path(shell, _flank(svg, body, tones))
    svg.open(clip_path=clip)
    _shading(svg, body, tones, light)
    _bumpers(svg, body, tones)
    svg.close()
    if "open" not in body.flags and not front_only:
        edge_glass(svg, body, light)
        glasshouse(svg, body, tones, car, light)
    elif not front_only:
        screen_open(svg, body, tones, light)
    shut_lines(svg, body, tones, car)
    if body.cladding:
        cladding(svg, body)
    svg.open(clip_path=clip)
    headlamp(svg, body, tones, car, light)
    if not front_only:
        taillamp(svg, body, light)
    belt = body.glass[0][1]
    svg.stroke(
        path_data(curve(body.top), False),
        svg.lin(
            (0, body.height), (0, belt - 0.35), [(0, tones.spark, 0.95), (0.6, tones.spark, 0.8), (1, tones.spark, 0)]
        ),
        0.020,
    )
    svg.close()
    if not front_only:
        extras(svg, body, tones, car)
    for x in (body.front_wheel,) if front_only else (body.front_wheel, body.rear_wheel):
        wheel(svg, (x, body.radius), body.radius, car, light, 0.0 if x < 2 else 0.5)
        r = body.radius + GAP
        svg.stroke(path_data(arc(x, body.radius, r - 0.018, 20, 160), False), "#000000", 0.036, 0.5)
    if not front_only:
        mirror(svg, body, tones)


def _underside(svg: Svg, body: Body) -> None:
    """Dark floor and wheel wells."""
    a, b = body.front_wheel, body.rear_wheel
    r = body.radius + GAP + 0.02
    svg.path(poly([(a, body.sill - 0.055), (b, body.sill - 0.055), (b, body.radius), (a, body.radius)]), "#08090b")
    for x in (a, b):
        svg.circle(
            (x, body.radius), r, svg.rad((x, body.radius), r, [(0, "#191b1f"), (0.8, "#0b0c0e"), (1, "#050506")])
        )


def _flank(svg: Svg, body: Body, tones: Paint) -> str:
    """Vertical shading of the side from roof to sill."""
    h = body.height
    belt = body.glass[0][1]
    sh = along(body.shoulder, body.length * 0.5)

    def at(z: float) -> float:
        return max(0.0, min(1.0, (h - z) / (h - body.sill)))

    return svg.lin(
        (0, h),
        (0, body.sill),
        [
            (0, tones.bright),
            (at(belt + 0.25), tones.light),
            (at(belt), tones.light),
            (at(sh + 0.015), tones.bright),
            (at(sh - 0.06), tones.light),
            (at(sh * 0.72), tones.base),
            (at(sh * 0.5), tones.shade),
            (1, tones.dark),
        ],
    )


def _shading(svg: Svg, body: Body, tones: Paint, light: Light) -> None:
    """Sky, shoulder, horizon and sill layers, clipped to the shell by the caller."""
    length, r = body.length, body.radius
    sh = curve(body.shoulder)
    mid = along(body.shoulder, length * 0.5)
    front, rear = body.front_wheel, body.rear_wheel
    _turned_ends(svg, body, tones, length)
    _bonnet(svg, body, tones)
    _fold(svg, body, tones, sh, length, mid)
    _horizon(svg, body, tones, mid, r, front, rear, length)
    _sill(svg, body, tones, light, front, rear)
    _arch_lips(svg, tones, front, rear, r)
    _haunches(svg, tones, front, mid, rear)


def _turned_ends(svg: Svg, body: Body, tones: Paint, length: float) -> None:
    """Nose and tail turn away from the viewer."""
    svg.path(
        rounded(-0.1, 0, 0.75, body.height, 0),
        svg.lin(
            (0, 0),
            (0.55, 0),
            [(0, tones.dark, 0.85), (0.12, tones.shade, 0.55), (0.34, tones.bright, 0.35), (1, tones.light, 0)],
        ),
    )
    svg.path(
        rounded(length - 0.8, 0, 0.9, body.height, 0),
        svg.lin((length - 0.7, 0), (length, 0), [(0, tones.light, 0), (0.62, tones.shade, 0.25), (1, tones.dark, 0.9)]),
    )


def _bonnet(svg: Svg, body: Body, tones: Paint) -> None:
    """Bonnet and scuttle, which face the sky."""
    bonnet = between(body, body.lead[0], body.cowl[0])
    low = [
        (x, along(body.shoulder, x) + 0.012)
        for x in (body.cowl[0] + 0.5, body.cowl[0], body.cowl[0] * 0.6, body.lead[0] + 0.2)
    ]
    svg.path(
        poly(bonnet + low[1:]),
        svg.lin(
            (body.cowl[0] * 0.55, body.cowl[1] + 0.02),
            (body.cowl[0] * 0.62, body.cowl[1] - 0.19),
            [(0, tones.spark, 0.95), (0.4, tones.bright, 0.8), (1, tones.light, 0.1)],
        ),
    )


def _fold(svg: Svg, body: Body, tones: Paint, sh: list[Cubic], length: float, mid: float) -> None:
    """Dark fold below the shoulder and the light upon it."""
    x0, x1 = body.shoulder[0][0], body.shoulder[-1][0]
    fade = svg.lin(
        (x0, 0),
        (x1, 0),
        [
            (0, tones.shade, 0),
            (0.10, tones.shade, 0.85),
            (0.5, tones.shade, 0.65),
            (0.93, tones.shade, 0.85),
            (1, tones.shade, 0),
        ],
    )
    depth = 0.115
    rear_end, below = (x1, body.shoulder[-1][1]), (x1, body.shoulder[-1][1] - 0.03)
    back = curve(
        [
            below,
            (length * 0.72, mid - depth * 0.75),
            (length * 0.45, mid - depth),
            (length * 0.22, mid - depth * 0.8),
            (x0, body.shoulder[0][1] - 0.02),
        ]
    )
    svg.path(path_data([*sh, (rear_end, rear_end, below, below), *back]), fade, opacity=0.75)
    svg.stroke(
        path_data(
            [
                ((a[0], a[1] + 0.008), (b[0], b[1] + 0.008), (c[0], c[1] + 0.008), (e[0], e[1] + 0.008))
                for a, b, c, e in sh
            ],
            False,
        ),
        svg.lin(
            (x0, 0),
            (x1, 0),
            [
                (0, tones.spark, 0),
                (0.15, tones.spark, 0.9),
                (0.6, tones.spark, 0.75),
                (0.9, tones.spark, 0.9),
                (1, tones.spark, 0),
            ],
        ),
        0.012,
    )


def _horizon(
    svg: Svg, body: Body, tones: Paint, mid: float, r: float, front: float, rear: float, length: float
) -> None:
    """The horizon mirrored in the doors, lifted over the arches."""
    hz = mid * 0.70
    rise = max(r + GAP + r + 0.028, hz + 0.03)
    edge = [
        (-0.1, hz + 0.02),
        (front - r * 1.5, hz + 0.035),
        (front - r * 0.7, rise - 0.03),
        (front, rise),
        (front + r * 0.9, rise - 0.035),
        (front + r * 2.2, hz + 0.012),
        ((front + rear) / 2, hz - 0.008),
        (rear - r * 2.2, hz + 0.022),
        (rear - r * 0.9, rise - 0.025),
        (rear, rise + 0.012),
        (rear + r * 0.8, rise - 0.015),
        (rear + r * 1.6, hz + 0.06),
        (length + 0.1, hz + 0.07),
    ]
    sky_edge = [(x, z + 0.13) for x, z in edge]
    svg.path(
        path_data(curve(edge) + curve(list(reversed(sky_edge)))),
        svg.lin((0, hz + 0.17), (0, hz), [(0, tones.bright, 0), (1, tones.bright, 0.75)]),
    )
    svg.path(
        path_data(curve(edge))[:-1] + f"L{length + 0.1:.3f} 0L-0.1 0Z",
        svg.lin(
            (0, rise),
            (0, body.sill),
            [(0, tones.dark, 0.95), (0.3, tones.dark, 0.7), (0.7, tones.shade, 0.8), (1, tones.dark, 0.7)],
        ),
    )
    svg.stroke(
        path_data(curve(edge), False),
        svg.lin(
            (0, 0),
            (length, 0),
            [
                (0, tones.spark, 0),
                (0.3, tones.spark, 0.5),
                (0.5, tones.spark, 0.8),
                (0.7, tones.spark, 0.5),
                (1, tones.spark, 0),
            ],
        ),
        0.008,
    )


def _sill(svg: Svg, body: Body, tones: Paint, light: Light, front: float, rear: float) -> None:
    """The sill: a crease with light above and shadow below."""
    c0, c1 = front + 0.05, rear - 0.05
    cr = curve([(c0, body.crease[0][1] + 0.05), *body.crease, (c1, body.crease[-1][1] + 0.09)])
    low_z = body.sill - 0.05
    svg.path(
        path_data(cr)[:-1] + f"L{c1:.3f} {low_z:.3f}L{c0:.3f} {low_z:.3f}Z",
        svg.lin(
            (0, body.crease[1][1] + 0.02),
            (0, body.sill),
            [
                (0, tones.deep, 0.8),
                (0.35, tones.dark, 0.5),
                (0.6, tones.shade, 0.4),
                (0.72, tones.deep, 0.8),
                (1, light.dark),
            ],
        ),
    )
    svg.stroke(
        path_data(
            [
                ((p[0], p[1] + 0.006), (q[0], q[1] + 0.006), (u[0], u[1] + 0.006), (v[0], v[1] + 0.006))
                for p, q, u, v in cr
            ],
            False,
        ),
        svg.lin(
            (c0, 0),
            (c1, 0),
            [(0.1, tones.bright, 0), (0.35, tones.bright, 0.9), (0.7, tones.bright, 0.8), (0.9, tones.bright, 0)],
        ),
        0.011,
    )


def _arch_lips(svg: Svg, tones: Paint, front: float, rear: float, r: float) -> None:
    """Shaded and lit edge around each wheel arch."""
    for x in (front, rear):
        rr = r + GAP
        svg.circle(
            (x, r),
            rr + 0.06,
            svg.rad(
                (x, r),
                rr + 0.06,
                [(0, tones.dark, 0), (0.86, tones.dark, 0.0), (0.862, tones.dark, 0.75), (1, tones.dark, 0)],
            ),
        )
        svg.stroke(
            path_data(arc(x, r, rr + 0.014, 12, 168), False),
            svg.lin(
                (x - rr, 0), (x + rr, 0), [(0, tones.light, 0.15), (0.4, tones.spark, 0.75), (1, tones.light, 0.1)]
            ),
            0.014,
        )


def _haunches(svg: Svg, tones: Paint, front: float, mid: float, rear: float) -> None:
    """Sky caught by the wings above both wheels."""
    for x, z in ((front, mid + 0.0), (rear + 0.05, mid + 0.06)):
        svg.ellipse((x, z), 0.62, 0.085, svg.rad((x, z), 0.62, [(0, tones.spark, 0.55), (1, tones.spark, 0)], 0.14))


def _bumpers(svg: Svg, body: Body, tones: Paint) -> None:
    """Plastic below the bumpers, air curtain, reflector and seams."""
    nose, tail = body.top[0], body.top[-1]
    f, b, r = body.front_wheel, body.rear_wheel, body.radius + GAP
    z = nose[1]
    plastic = svg.lin((0, z + 0.16), (0, z - 0.02), [(0, "#2a2d32"), (0.4, "#1a1c20"), (1, "#0b0c0e")])
    svg.path(
        smooth(
            [
                (-0.05, z + 0.165, "c"),
                (0.18, z + 0.135),
                (f - r + 0.05, z + 0.075, "c"),
                (f - r + 0.08, z - 0.08, "c"),
                (-0.05, z - 0.08, "c"),
            ]
        ),
        plastic,
    )
    svg.stroke(
        smooth([(0.0, z + 0.172), (0.18, z + 0.143), (f - r + 0.03, z + 0.083)], False), tones.bright, 0.010, 0.7
    )
    zt = tail[1]
    svg.path(
        smooth(
            [
                (body.length + 0.05, zt + 0.19, "c"),
                (body.length - 0.2, zt + 0.15),
                (b + r - 0.03, zt + 0.06, "c"),
                (b + r - 0.1, zt - 0.08, "c"),
                (body.length + 0.05, zt - 0.08, "c"),
            ]
        ),
        plastic,
    )
    svg.stroke(
        smooth([(body.length, zt + 0.198), (body.length - 0.2, zt + 0.158), (b + r - 0.02, zt + 0.07)], False),
        tones.bright,
        0.010,
        0.6,
    )
    # air curtain, rear reflector, bumper seams
    lx, lz = body.lead
    zc = (nose[1] + lz) / 2
    svg.path(
        smooth(
            [
                (0.115, zc - 0.07, "c"),
                (0.135, zc + 0.06),
                (0.185, zc + 0.075, "c"),
                (0.20, zc - 0.04),
                (0.16, zc - 0.085),
            ]
        ),
        svg.lin((0.1, 0), (0.2, 0), [(0, "#0b0c0e"), (1, "#2b2e33")]),
    )
    svg.stroke(
        smooth([(lx + 0.375, lz + 0.0), (lx + 0.385, lz - 0.10), (f - r * 0.93, body.radius + r * 0.36)], False),
        tones.deep,
        0.008,
        0.7,
    )
    svg.stroke(
        smooth(
            [
                (body.tail[0] - body.tail_size[0] * 0.6, body.tail[1] - body.tail_size[1] - 0.01),
                (b + r * 1.02, body.radius + r * 0.62),
                (b + r * 0.93, body.radius + r * 0.36),
            ],
            False,
        ),
        tones.deep,
        0.008,
        0.7,
    )
    svg.path(rounded(body.length - 0.20, zt + 0.205, 0.15, 0.022, 0.01), "#a3221f", opacity=0.9)
