"""The face of a car: grille, intakes, headlamps."""

from __future__ import annotations

from .bodies import Body
from .curves import Node, line, poly, rounded, smooth
from .document import Svg
from .ends import arch_edge, chevron, flip, plate, sym
from .look import Look, Paint


def fascia(svg: Svg, body: Body, tones: Paint, car: Look, tall: bool, arches: bool = True) -> None:
    """Everything between bonnet and road; ``arches`` adds the edges of the arch cladding."""
    hw, lead, sill = body.width / 2, body.lead[1], body.sill
    k = 1.2 if tall else 1.0
    black = svg.lin((0, lead), (0, sill), [(0, "#23262b"), (0.5, "#101216"), (1, "#060708")])
    _lower_intake(svg, tones, sill, hw, lead, k, black)
    g0, g1 = _grille(svg, car, lead, k, hw, black)
    _badge(svg, g0, g1)
    plate(svg, g0 - 0.075 if car.grille != 2 else g0 - 0.11)
    for s in (-1, 1):
        svg.focus_x = s * hw * 0.78
        _side_intake(svg, tones, hw, sill, lead, k, s)
        _headlamp(svg, car, hw, lead, k, s)
        if body.cladding and arches:
            arch_edge(svg, body, s)
    svg.focus_x = 0.0
    if tall and body.cladding:
        svg.path(
            sym([(0, sill + 0.02), (hw * 0.42, sill + 0.02), (hw * 0.50, sill + 0.075, "c"), (0, sill + 0.08)]),
            svg.lin((0, sill + 0.08), (0, sill), [(0, "#d9dee3"), (1, "#7f868e")]),
        )


def _lower_intake(svg: Svg, tones: Paint, sill: float, hw: float, lead: float, k: float, black: str) -> None:
    """Lower intake and splitter."""
    svg.path(
        sym(
            [
                (0, sill - 0.04),
                (hw * 0.80, sill - 0.04),
                (hw * 0.95, sill + 0.03),
                (hw * 0.90, sill + 0.075, "c"),
                (hw * 0.60, sill + 0.065),
                (0, sill + 0.06),
            ]
        ),
        "#131518",
    )
    svg.stroke(
        smooth(
            [
                (-hw * 0.90, sill + 0.078),
                (-hw * 0.6, sill + 0.068),
                (0, sill + 0.063),
                (hw * 0.6, sill + 0.068),
                (hw * 0.90, sill + 0.078),
            ],
            False,
        ),
        tones.bright,
        0.007,
        0.65,
    )
    low = sill + 0.095
    high = lead - 0.30 * k
    if high - low > 0.05:
        intake = sym([(0, low), (hw * 0.50, low), (hw * 0.62, low + 0.03), (hw * 0.54, high, "c"), (0, high)])
        svg.path(intake, black, stroke=tones.deep, stroke_width=0.012)
        svg.open(clip_path=svg.clip(intake))
        for i in range(1, 5):
            z = low + (high - low) * i / 5
            svg.stroke(line([(-hw * 0.6, z), (hw * 0.6, z)]), "#3a3e45", 0.008, 0.8)
        svg.close()


def _grille(svg: Svg, car: Look, lead: float, k: float, hw: float, black: str) -> tuple[float, float]:
    """Upper grille in one of three designs."""
    g0, g1 = lead - (0.235 if car.grille != 2 else 0.12) * k, lead - 0.045
    gw = hw * (0.50 if car.grille == 0 else 0.46)
    grille = sym(
        [
            (0, g0),
            (gw * 0.70, g0),
            (gw * 0.82, g0 + 0.012),
            (gw, (g0 + g1) / 2 + 0.035),
            (gw * 1.02, g1 - 0.005, "c"),
            (gw * 0.8, g1 + 0.010),
            (0, g1),
        ]
    )
    svg.path(grille, black, stroke="#07080a", stroke_width=0.020, stroke_linejoin="round")
    svg.open(clip_path=svg.clip(grille))
    if car.grille == 0:
        for i in range(1, 6):
            z = g0 + (g1 - g0) * i / 6
            svg.path(
                rounded(-gw, z - 0.006, 2 * gw, 0.013, 0.004),
                svg.lin((0, z + 0.007), (0, z - 0.006), [(0, "#cfd5db"), (0.5, "#7b828b"), (1, "#2a2d32")]),
            )
    elif car.grille == 1:
        for i in range(-14, 15):
            for sgn in (-1, 1):
                svg.stroke(line([(i * 0.045, g0), (i * 0.045 + sgn * (g1 - g0) * 0.55, g1)]), "#41464e", 0.006, 0.9)
    else:
        svg.path(
            rounded(-gw * 0.95, g0 + 0.012, gw * 1.9, g1 - g0 - 0.022, 0.02),
            svg.lin((0, g1), (0, g0), [(0, "#30343a"), (0.45, "#15171b"), (1, "#08090a")]),
        )
        svg.path(rounded(-gw, (g0 + g1) / 2 - 0.005, 2 * gw, 0.010, 0.005), "#aab2bb")
    svg.close()
    svg.path(
        grille,
        "none",
        stroke=svg.lin((0, g1), (0, g0), [(0, "#f2f5f7"), (0.5, "#8c939c"), (1, "#d5dade")])
        if car.bright_trim
        else "#24272c",
        stroke_width=0.013,
    )
    return g0, g1


def _badge(svg: Svg, g0: float, g1: float) -> None:
    """Round badge."""
    z = (g0 + g1) / 2
    svg.circle((0, z), 0.046, "#0d0f12")
    svg.circle((0, z), 0.040, svg.lin((0, z + 0.04), (0, z - 0.04), [(0, "#f6f8fa"), (0.5, "#a1a8b1"), (1, "#dde2e6")]))
    chevron(svg, z)


def _side_intake(svg: Svg, tones: Paint, hw: float, sill: float, lead: float, k: float, s: int) -> None:
    """Side intake with its fog lamp."""
    svg.path(
        smooth(
            flip(
                [
                    (hw * 0.74, sill + 0.12, "c"),
                    (hw * 0.86, sill + 0.16),
                    (hw * 0.90, lead - 0.21 * k, "c"),
                    (hw * 0.82, lead - 0.225 * k),
                    (hw * 0.76, lead - 0.30 * k),
                ],
                s,
            )
        ),
        svg.lin((0, lead - 0.2), (0, sill), [(0, "#2c3036"), (1, "#0a0b0d")]),
        stroke=tones.deep,
        stroke_width=0.008,
    )
    svg.path(rounded(s * hw * 0.825 - 0.045, sill + 0.155, 0.09, 0.022, 0.011), "#e8edf2", opacity=0.9)


def _headlamp(svg: Svg, car: Look, hw: float, lead: float, k: float, s: int) -> None:
    """One headlamp; ``s`` is -1 for the left, 1 for the right."""
    shape: list[Node] = [
        (hw * 0.535, lead - 0.075, "c"),
        (hw * 0.60, lead - 0.11 * k),
        (hw * 0.80, lead - 0.13 * k),
        (hw * 0.955, lead - 0.10 * k),
        (hw * 0.985, lead - 0.01, "c"),
        (hw * 0.93, lead + 0.055),
        (hw * 0.80, lead + 0.032),
        (hw * 0.64, lead - 0.012),
        (hw * 0.54, lead - 0.045),
    ]
    data = smooth(flip(shape, s))
    svg.path(
        data,
        svg.lin((0, lead + 0.05), (0, lead - 0.13), [(0, "#626a74"), (0.35, "#23272d"), (1, "#0c0e11")]),
        stroke="#07080a",
        stroke_width=0.014,
    )
    svg.open(clip_path=svg.clip(data))
    for k2, r in ((0.70, 0.040), (0.815, 0.043)):
        c = (s * hw * k2, lead - 0.050)
        svg.circle(c, r, "#0d0f12")
        svg.circle(
            c,
            r * 0.88,
            svg.rad(
                (c[0] - 0.008, c[1] + 0.012), r, [(0, "#ffffff"), (0.35, "#c8d2dd"), (0.7, "#59636e"), (1, "#1a1e23")]
            ),
        )
    led = (
        [(hw * 0.56, lead - 0.075), (hw * 0.74, lead - 0.108 * k), (hw * 0.95, lead - 0.085)],
        [(hw * 0.57, lead - 0.03), (hw * 0.78, lead + 0.010), (hw * 0.955, lead + 0.028)],
        [
            (hw * 0.60, lead - 0.095),
            (hw * 0.80, lead - 0.115 * k),
            (hw * 0.945, lead - 0.07),
            (hw * 0.945, lead + 0.02),
        ],
    )[car.lamp]
    svg.stroke(smooth(flip(led, s), False), "#ffffff", 0.017)
    if car.lamp == 1:
        svg.stroke(smooth(flip([(p[0], p[1] - 0.075) for p in led], s), False), "#ffffff", 0.013, 0.95)
    svg.path(
        poly(
            flip([(hw * 0.5, lead + 0.1), (hw * 0.78, lead + 0.1), (hw * 0.66, lead - 0.2), (hw * 0.5, lead - 0.2)], s)
        ),
        "#ffffff",
        opacity=0.12,
    )
    svg.close()
