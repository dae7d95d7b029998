"""Front elevation."""

from __future__ import annotations

from .bodies import Body
from .curves import line, smooth
from .document import Svg
from .ends import TALL, base, cabin_shell, flip, mirrors, open_screen, screen, sym, tyres
from .fascia import fascia
from .look import Light, Look, Paint


def draw_front(svg: Svg, body: Body, tones: Paint, car: Look, light: Light) -> None:
    """The whole car head on."""
    hw, lead, cowl, sill = body.width / 2, body.lead[1], body.cowl[1], body.sill
    tall = body.name in TALL
    tyres(svg, body)
    belt = cowl - 0.03
    if "open" in body.flags:
        open_screen(svg, body, tones, car, light, cowl)
    else:
        cabin_shell(svg, body, tones, cowl - 0.03)
        screen(svg, light, cowl + 0.01, body.height - 0.085, hw * 0.845, body.roof_half + 0.012, car, False)
    shell, clip = base(svg, body, tones, belt)
    svg.open(clip_path=clip)
    # wings and bonnet
    svg.path(
        sym(
            [
                (0, lead - 0.02),
                (hw * 0.60, lead + 0.01),
                (hw * 0.80, lead + 0.04, "c"),
                (hw * 0.835, cowl - 0.02),
                (hw * 0.80, cowl + 0.05, "c"),
                (0, cowl + 0.05),
            ]
        ),
        svg.lin(
            (0, cowl + 0.02),
            (0, lead),
            [(0, tones.shade), (0.10, tones.bright), (0.45, tones.spark), (0.85, tones.bright), (1, tones.light)],
        ),
    )
    bonnet_lines(svg, body, tones)
    _bumper_horizon(svg, tones, lead, sill, hw)
    fascia(svg, body, tones, car, tall)
    svg.stroke(
        sym(
            [
                (0, lead - 0.025),
                (hw * 0.60, lead + 0.005),
                (hw * 0.78, lead + 0.035, "c"),
                (hw * 0.60, lead + 0.008),
                (0, lead - 0.022),
            ]
        ),
        tones.deep,
        0.008,
        0.8,
    )
    svg.close()
    svg.path(
        shell,
        "none",
        stroke=svg.lin((0, belt), (0, sill), [(0, tones.spark, 0.6), (0.3, tones.spark, 0.1), (1, tones.deep, 0.5)]),
        stroke_width=0.010,
    )
    wipers(svg, body, cowl)
    mirrors(svg, body, tones, light, False)
    if light.lamps_on:
        for s in (-1, 1):
            p = (s * hw * 0.72, lead - 0.05)
            svg.circle(
                p,
                0.55,
                svg.rad(
                    p, 0.55, [(0, "#fff6de", 0.95), (0.18, "#ffeec4", 0.55), (0.5, "#ffe6b0", 0.16), (1, "#ffe6b0", 0)]
                ),
            )


def _bumper_horizon(svg: Svg, tones: Paint, lead: float, sill: float, hw: float) -> None:
    """Horizon mirrored in the front bumper."""
    hz = lead - 0.20
    svg.path(
        sym(
            [
                (0, sill - 0.1),
                (hw * 1.1, sill - 0.1, "c"),
                (hw * 1.1, hz + 0.05, "c"),
                (hw * 0.8, hz + 0.02),
                (0, hz - 0.02),
            ]
        ),
        svg.lin((0, hz), (0, sill), [(0, tones.dark, 0.85), (0.5, tones.shade, 0.7), (1, tones.deep, 0.9)]),
    )
    svg.stroke(
        smooth(
            [(-hw, hz + 0.04), (-hw * 0.8, hz + 0.02), (0, hz - 0.02), (hw * 0.8, hz + 0.02), (hw, hz + 0.04)], False
        ),
        tones.bright,
        0.008,
        0.8,
    )


def bonnet_lines(svg: Svg, body: Body, tones: Paint, wings: bool = True) -> None:
    """Shut lines, creases and wing highlights of the bonnet."""
    hw, lead, cowl = body.width / 2, body.lead[1], body.cowl[1]
    for s in (-1, 1):
        svg.stroke(
            smooth(flip([(hw * 0.78, lead + 0.045), (hw * 0.815, (lead + cowl) / 2), (hw * 0.80, cowl)], s), False),
            tones.deep,
            0.008,
            0.75,
        )
        svg.path(
            smooth(
                flip(
                    [
                        (hw * 0.34, lead + 0.0, "c"),
                        (hw * 0.44, (lead + cowl) / 2),
                        (hw * 0.56, cowl + 0.02, "c"),
                        (hw * 0.66, cowl + 0.02, "c"),
                        (hw * 0.56, (lead + cowl) / 2),
                        (hw * 0.46, lead, "c"),
                    ],
                    s,
                )
            ),
            svg.lin((s * hw * 0.36, 0), (s * hw * 0.64, 0), [(0, tones.shade, 0.55), (1, tones.light, 0)]),
            opacity=0.8,
        )
        svg.stroke(
            smooth(flip([(hw * 0.34, lead + 0.0), (hw * 0.44, (lead + cowl) / 2), (hw * 0.56, cowl + 0.02)], s), False),
            tones.spark,
            0.008,
            0.8,
        )
        if wings:
            svg.ellipse(
                (s * hw * 0.88, cowl - 0.10),
                0.16,
                0.08,
                svg.rad((s * hw * 0.88, cowl - 0.10), 0.16, [(0, tones.spark, 0.75), (1, tones.spark, 0)], 0.5),
            )


def wipers(svg: Svg, body: Body, cowl: float) -> None:
    """Two wipers at the foot of the windscreen."""
    hw = body.width / 2
    for a, b in (
        ((-hw * 0.62, cowl + 0.0), (-hw * 0.04, cowl + 0.055)),
        ((-hw * 0.02, cowl - 0.012), (hw * 0.60, cowl + 0.05)),
    ):
        svg.stroke(line([a, b]), "#08090b", 0.016)
