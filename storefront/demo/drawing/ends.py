"""What front and rear elevation share: shell, glass, mirrors, plate."""

from __future__ import annotations

from collections.abc import Sequence

from .bodies import Body
from .colour import mix
from .curves import Node, arc, line, mirrored, moved, path_data, poly, rounded, smooth
from .document import Svg
from .look import Light, Look, Paint

TALL = ("suv", "pickup", "van", "mpv")


def sym(nodes: Sequence[Node]) -> str:
    """Closed smooth path from its right half, bottom to top."""
    return smooth(mirrored(nodes))


def flip(nodes: Sequence[Node], side: int) -> list[Node]:
    """The nodes on the right (1) or, mirrored, on the left side (-1)."""
    return [moved(n, n[0] * side, n[1]) for n in nodes]


def tyres(svg: Svg, body: Body) -> None:
    """Tyres below the body and the dark underside between them."""
    hw = body.width / 2
    for s in (-1, 1):
        x = s * (hw - 0.145) - 0.115
        svg.path(
            rounded(x, 0, 0.23, body.radius * 1.9, 0.055),
            svg.lin((x, 0), (x + 0.23, 0), [(0, "#0b0c0e"), (0.3, "#2a2c31"), (0.7, "#212327"), (1, "#08090a")]),
        )
        for k in (0.26, 0.5, 0.74):
            svg.stroke(line([(x + 0.23 * k, 0.03), (x + 0.23 * k, body.radius * 1.8)]), "#000000", 0.010, 0.7)
    svg.path(
        poly([(-hw * 0.8, body.sill - 0.06), (hw * 0.8, body.sill - 0.06), (hw * 0.8, 0.5), (-hw * 0.8, 0.5)]),
        "#08090b",
    )


def cabin_nodes(body: Body, base: float, inset: float = 0.0) -> list[Node]:
    """Right half of the cabin outline above height ``base``, bottom to top."""
    hw, h, rh = body.width / 2, body.height, body.roof_half
    return [
        (hw * 0.935 - inset, base, "c"),
        (hw * 0.90 - inset, base + 0.06),
        ((hw * 0.90 + rh + 0.10) / 2 + 0.01 - inset, (base + h - 0.14) / 2),
        (rh + 0.100 - inset, h - 0.19),
        (rh + 0.055 - inset, h - 0.085),
        (rh - 0.04 - inset, h - 0.030 - inset * 0.7),
        (rh * 0.5, h - 0.006 - inset),
        (0, h - inset),
    ]


def shell_nodes(body: Body, belt: float) -> list[Node]:
    """Right half of the lower body up to height ``belt``, bottom to top."""
    hw, s = body.width / 2, body.sill
    return [
        (0, s - 0.01),
        (hw * 0.74, s - 0.01),
        (hw * 0.90, s + 0.02),
        (hw * 0.965, s + 0.13),
        (hw * 0.992, body.radius * 2 + 0.0),
        (hw, (belt + body.radius * 2) / 2),
        (hw * 0.985, belt - 0.05),
        (hw * 0.94, belt + 0.012),
        (hw * 0.80, belt + 0.03),
        (0, belt + 0.035),
    ]


def base(svg: Svg, body: Body, tones: Paint, belt: float) -> tuple[str, str]:
    """Lower body with side and vertical shading; returns its path and clip."""
    hw = body.width / 2
    shell = sym(shell_nodes(body, belt))
    svg.path(
        shell,
        svg.lin(
            (0, belt),
            (0, body.sill),
            [(0, tones.bright), (0.16, tones.light), (0.4, tones.base), (0.62, tones.shade), (1, tones.dark)],
        ),
    )
    clip = svg.clip(shell)
    svg.open(clip_path=clip)
    svg.path(
        poly([(-hw, 0), (hw, 0), (hw, belt + 0.1), (-hw, belt + 0.1)]),
        svg.lin(
            (-hw, 0),
            (hw, 0),
            [
                (0, tones.deep, 0.95),
                (0.07, tones.dark, 0.6),
                (0.18, tones.bright, 0.35),
                (0.3, tones.light, 0),
                (0.7, tones.light, 0),
                (0.82, tones.bright, 0.25),
                (0.93, tones.dark, 0.65),
                (1, tones.deep, 1),
            ],
        ),
    )
    svg.close()
    return shell, clip


def cabin_shell(svg: Svg, body: Body, tones: Paint, base: float) -> None:
    """Roof and pillars, with the ends of the roof rails."""
    h = body.height
    svg.path(
        sym(cabin_nodes(body, base)),
        svg.lin(
            (0, h),
            (0, base),
            [(0, tones.spark), (0.10, tones.bright), (0.22, tones.base), (0.7, tones.shade), (1, tones.dark)],
        ),
    )
    if body.rails:
        for s in (-1, 1):
            svg.path(rounded(s * (body.roof_half - 0.045) - 0.022, h - 0.055, 0.044, 0.062, 0.02), "#15171a")


def screen(svg: Svg, light: Light, base: float, top: float, wide: float, narrow: float, car: Look, rear: bool) -> None:
    """Windscreen or rear window with the cabin behind it and a sky reflection."""
    nodes: list[Node] = [
        (wide, base, "c"),
        (wide * 0.985, base + 0.03),
        ((wide + narrow) / 2 + 0.018, (base + top) / 2),
        (narrow, top - 0.03),
        (narrow - 0.05, top + 0.002),
        (0, top + 0.022),
    ]
    lower: list[Node] = [(0, base - 0.028), (wide * 0.6, base - 0.020)]
    shape = sym(lower + nodes)
    svg.path(shape, "#0b0c0e", stroke="#0b0c0e", stroke_width=0.028, stroke_linejoin="round")
    svg.path(
        shape,
        svg.lin(
            (0, top),
            (0, base),
            [
                (0, light.glass_low),
                (0.3, light.glass_top),
                (0.8, mix(light.glass_top, light.sky, 0.12)),
                (1, mix(light.glass_low, light.glass_top, 0.4)),
            ],
        ),
    )
    clip = svg.clip(shape)
    svg.open(clip_path=clip)
    _cabin_behind(svg, car, light, wide, base, rear, top)
    _sky_in_glass(svg, light, wide, base, top)
    svg.close()


def _cabin_behind(svg: Svg, car: Look, light: Light, wide: float, base: float, rear: bool, top: float) -> None:
    """Seats, and heating wires or dashboard, steering wheel and inner mirror."""
    seat = mix(car.seat, light.glass_low, 0.40)
    for s in (-1, 1):
        x = s * wide * 0.44
        svg.path(sym_at(x, [(0.20, base - 0.1, "c"), (0.20, base + 0.09), (0.13, base + 0.15), (0, base + 0.16)]), seat)
        svg.path(rounded(x - 0.095, base + 0.165, 0.19, 0.11, 0.045), seat)
    if rear:
        for k in range(1, 7):
            z = base + (top - base) * k / 7
            svg.stroke(line([(-wide, z), (wide, z)]), mix(light.glass_top, light.sky, 0.35), 0.003, 0.5)
    else:
        svg.path(
            sym(
                [
                    (0, base - 0.05),
                    (wide, base - 0.05),
                    (wide, base + 0.01),
                    (wide * 0.5, base + 0.035),
                    (0, base + 0.04),
                ]
            ),
            mix(seat, "#000000", 0.55),
        )
        svg.stroke(
            path_data(arc(wide * 0.42, base + 0.03, 0.15, 0, 180, 0.11), False), mix(seat, "#000000", 0.7), 0.022
        )
        svg.path(rounded(-0.10, top - 0.105, 0.20, 0.055, 0.02), "#101215")


def _sky_in_glass(svg: Svg, light: Light, wide: float, base: float, top: float) -> None:
    """Two slanted bands of sky and the horizon, mirrored in the glass."""
    svg.path(
        poly(
            [
                (-wide * 0.95, base - 0.05),
                (-wide * 0.35, base - 0.05),
                (wide * 0.05, top + 0.05),
                (-wide * 0.42, top + 0.05),
            ]
        ),
        svg.lin((0, top), (0, base), [(0, light.sky, 0.36), (0.7, light.sky, 0.14), (1, light.sky, 0.02)]),
    )
    svg.path(
        poly(
            [
                (-wide * 0.22, base - 0.05),
                (-wide * 0.14, base - 0.05),
                (wide * 0.24, top + 0.05),
                (wide * 0.16, top + 0.05),
            ]
        ),
        svg.lin((0, top), (0, base), [(0, light.sky, 0.30), (1, light.sky, 0.02)]),
    )
    svg.path(
        poly([(-1, base - 0.06), (1, base - 0.06), (1, base + 0.13), (-1, base + 0.13)]),
        svg.lin((0, base + 0.13), (0, base), [(0, light.horizon, 0), (1, light.horizon, 0.22)]),
    )


def sym_at(x: float, nodes: Sequence[Node]) -> str:
    """Symmetric closed path about a vertical axis at ``x``."""
    return smooth([moved(n, n[0] + x, n[1]) for n in mirrored(nodes)])


def mirrors(svg: Svg, body: Body, tones: Paint, light: Light, rear: bool) -> None:
    """Both outer mirrors; from behind they show their glass."""
    hw = body.width / 2
    z = body.mirror[1] - 0.005
    k = 1.35 if body.name in ("van", "pickup") else 1.0
    for s in (-1, 1):
        svg.path(
            smooth(
                flip(
                    [
                        (hw * 0.84, z - 0.01, "c"),
                        (hw * 0.98, z + 0.0),
                        (hw + 0.05, z + 0.03),
                        (hw + 0.04, z + 0.06),
                        (hw * 0.86, z + 0.03, "c"),
                    ],
                    s,
                )
            ),
            "#101215",
        )
        house = [
            (hw * 0.985, z + 0.015),
            (hw * 0.985, z + 0.075 * k),
            (hw + 0.04, z + 0.115 * k),
            (hw + 0.15, z + 0.112 * k),
            (hw + 0.195, z + 0.07 * k),
            (hw + 0.17, z + 0.012),
            (hw + 0.08, z - 0.008),
        ]
        svg.path(
            smooth(flip(house, s)),
            svg.lin(
                (0, z + 0.12 * k),
                (0, z - 0.01),
                [(0, tones.spark), (0.3, tones.light), (0.62, tones.base), (0.66, tones.dark), (1, tones.deep)],
            ),
        )
        if rear:
            inner = [
                (hw + 0.09 + (p[0] - hw - 0.09) * 0.80, z + 0.055 * k + (p[1] - z - 0.055 * k) * 0.74) for p in house
            ]
            svg.path(
                smooth(flip(inner, s)),
                svg.lin(
                    (0, z + 0.11),
                    (0, z),
                    [(0, mix(light.sky, "#7d8a96", 0.35)), (0.6, mix(light.sky, "#5a6570", 0.6)), (1, "#3b434b")],
                ),
                stroke="#0d0e10",
                stroke_width=0.012,
            )
        else:
            svg.stroke(line(flip([(hw + 0.07, z + 0.052 * k), (hw + 0.18, z + 0.056 * k)], s)), "#f3a23a", 0.010, 0.9)


def chevron(svg: Svg, z: float) -> None:
    """The neutral sign on every badge; it is nobody's mark."""
    svg.path(
        poly(
            [
                (-0.022, z - 0.012),
                (0, z + 0.020),
                (0.022, z - 0.012),
                (0.009, z - 0.012),
                (0, z + 0.001),
                (-0.009, z - 0.012),
            ]
        ),
        "#20242a",
    )


def arch_edge(svg: Svg, body: Body, s: int) -> None:
    """Edge of the arch cladding on one side (-1 or 1), seen from the end."""
    hw, sill = body.width / 2, body.sill
    svg.path(
        smooth(
            flip(
                [
                    (hw * 0.93, sill - 0.02, "c"),
                    (hw * 0.945, 0.45),
                    (hw * 0.955, body.radius * 2 + 0.05),
                    (hw * 1.02, body.radius * 2 + 0.02, "c"),
                    (hw * 1.02, sill - 0.02, "c"),
                ],
                s,
            )
        ),
        "#1b1d21",
    )


def plate(svg: Svg, z: float) -> None:
    """Number plate without a number."""
    svg.path(rounded(-0.275, z - 0.064, 0.55, 0.128, 0.014), "#0c0d0f", opacity=0.55)
    svg.path(
        rounded(-0.26, z - 0.055, 0.52, 0.11, 0.010),
        svg.lin((0, z + 0.055), (0, z - 0.055), [(0, "#ffffff"), (1, "#dfe2e4")]),
        stroke="#30343a",
        stroke_width=0.005,
    )
    svg.path(rounded(-0.253, z - 0.048, 0.042, 0.096, 0.006), "#2f5aa8")


def open_screen(svg: Svg, body: Body, tones: Paint, car: Look, light: Light, cowl: float) -> None:
    """Windscreen frame of the convertible with seats behind it."""
    hw, top = body.width / 2, body.header[1]
    seat = mix(car.seat, light.sky, 0.14)
    for s in (-1, 1):
        x = s * hw * 0.40
        svg.path(sym_at(x, [(0.23, cowl - 0.1, "c"), (0.22, cowl + 0.08), (0.15, cowl + 0.15), (0, cowl + 0.16)]), seat)
        svg.path(rounded(x - 0.11, cowl + 0.165, 0.22, 0.10, 0.045), mix(seat, "#000000", 0.12))
    outer: list[Node] = [
        (hw * 0.87, cowl - 0.03, "c"),
        (hw * 0.80, cowl + 0.16),
        (hw * 0.70, top - 0.04),
        (hw * 0.64, top),
        (0, top + 0.018),
    ]
    data = sym([(0, cowl - 0.04), *outer])
    svg.path(data, svg.lin((0, top), (0, cowl), [(0, light.glass_top, 0.30), (1, light.glass_top, 0.55)]))
    svg.open(clip_path=svg.clip(data))
    svg.path(
        poly([(-hw * 0.6, cowl - 0.05), (-hw * 0.2, cowl - 0.05), (hw * 0.1, top + 0.05), (-hw * 0.25, top + 0.05)]),
        light.sky,
        opacity=0.25,
    )
    svg.stroke(path_data(arc(hw * 0.40, cowl + 0.02, 0.16, 0, 180, 0.11), False), "#15171a", 0.024)
    svg.close()
    svg.path(data, "none", stroke=tones.deep, stroke_width=0.050, stroke_linejoin="round")
    svg.path(data, "none", stroke=tones.base, stroke_width=0.036, stroke_linejoin="round")
    svg.stroke(
        smooth([(-hw * 0.64, top + 0.006), (0, top + 0.026), (hw * 0.64, top + 0.006)], False), tones.spark, 0.010, 0.9
    )
