"""Windows, pillars and what is seen through them; the open top of a convertible."""

from __future__ import annotations

import math

from .bodies import Body
from .colour import mix
from .curves import line, poly, rounded, smooth
from .document import Svg
from .look import Light, Look, Paint
from .profile import between


def _glass_fill(svg: Svg, body: Body, light: Light) -> str:
    """Tint of the side glass."""
    lo, hi = body.glass[0][1], max(n[1] for n in body.glass)
    return svg.lin(
        (0, hi),
        (0, lo),
        [
            (0, light.glass_low),
            (0.25, light.glass_top),
            (0.75, mix(light.glass_top, light.glass_low, 0.5)),
            (1, light.glass_low),
        ],
    )


def edge_glass(svg: Svg, body: Body, light: Light) -> None:
    """Windscreen and rear window seen edge on."""
    lo, hi = body.glass[0][1], max(n[1] for n in body.glass)
    for (a, b), shift in (((body.cowl, body.header), 0.062), (body.backlight or ((0, 0), (0, 0)), -0.055)):
        pts = between(body, a[0], b[0])
        if len(pts) > 3:
            n = len(pts) - 1
            inner = [
                (p[0] + shift * (0.35 + 0.65 * math.sin(math.pi * i / n)), p[1] - 0.028 * math.sin(math.pi * i / n))
                for i, p in enumerate(pts)
            ]
            svg.path(
                poly(pts + inner[::-1]),
                svg.lin(
                    (0, hi),
                    (0, lo),
                    [(0, light.glass_low), (0.6, light.glass_top), (1, mix(light.glass_top, light.sky, 0.3))],
                ),
            )


def glasshouse(svg: Svg, body: Body, tones: Paint, car: Look, light: Light) -> None:
    """Side windows with trim, the cabin behind them, reflections and pillars."""
    glass = smooth(body.glass)
    lo, hi = body.glass[0][1], max(n[1] for n in body.glass)
    x0, x1 = body.glass[0][0], max(n[0] for n in body.glass)
    # pillar shading so that the roof rail reads as a tube
    svg.path(glass, "none", stroke=tones.shade, stroke_width=0.075, stroke_opacity=0.55, stroke_linejoin="round")
    svg.path(glass, "#0c0d10", stroke="#0c0d10", stroke_width=0.034, stroke_linejoin="round")
    if car.bright_trim:
        svg.path(
            glass,
            "none",
            stroke=svg.lin((0, hi), (0, lo), [(0, "#f4f6f8"), (0.4, "#9aa1aa"), (1, "#dfe3e7")]),
            stroke_width=0.030,
            stroke_linejoin="round",
        )
        svg.path(glass, "none", stroke="#0c0d10", stroke_width=0.014, stroke_linejoin="round")
    svg.path(glass, _glass_fill(svg, body, light))
    svg.open(clip_path=svg.clip(glass))
    _cabin(svg, body, car, light, lo, hi)
    # sky reflection: broad slanted bands with a soft lower end
    span = x1 - x0
    for start, width, alpha in ((0.10, 0.20, 0.34), (0.335, 0.05, 0.22), (0.60, 0.16, 0.26), (0.79, 0.035, 0.18)):
        a = x0 + span * start
        w, lean = span * width, (hi - lo) * 0.85
        svg.path(
            poly([(a + lean, hi + 0.02), (a + w + lean, hi + 0.02), (a + w, lo - 0.02), (a, lo - 0.02)]),
            svg.lin((0, hi), (0, lo), [(0, light.sky, alpha), (0.65, light.sky, alpha * 0.45), (1, light.sky, 0.02)]),
        )
    svg.path(
        poly([(x0, lo - 0.1), (x1 + 0.1, lo - 0.1), (x1 + 0.1, lo + 0.14), (x0, lo + 0.05)]),
        svg.lin((0, lo + 0.14), (0, lo), [(0, light.horizon, 0), (1, light.horizon, 0.20)]),
    )
    svg.path(glass, "none", stroke="#000", stroke_width=0.03, stroke_opacity=0.45)
    for belt_x, roof_x, width in body.pillars:
        svg.path(
            poly(
                [
                    (belt_x - width / 2, lo - 0.1),
                    (belt_x + width / 2, lo - 0.1),
                    (roof_x + width * 0.42, hi + 0.05),
                    (roof_x - width * 0.42, hi + 0.05),
                ]
            ),
            svg.lin(
                (belt_x - width / 2, 0), (belt_x + width / 2, 0), [(0, "#0a0b0d"), (0.5, "#24272c"), (1, "#0a0b0d")]
            ),
        )
    svg.close()


def _cabin(svg: Svg, body: Body, car: Look, light: Light, lo: float, hi: float) -> None:
    """Seats, wheel and headrests dimly visible through the glass."""
    seat = mix(car.seat, light.glass_low, 0.45)
    edge = mix(seat, light.sky, 0.22)
    for x in body.seats:
        top = min(hi - 0.10, lo + 0.20)
        svg.path(
            smooth(
                [
                    (x + 0.02, lo - 0.1, "c"),
                    (x + 0.03, lo + 0.06),
                    (x + 0.08, top - 0.02),
                    (x + 0.16, top),
                    (x + 0.25, top - 0.03),
                    (x + 0.26, lo - 0.1, "c"),
                ]
            ),
            seat,
        )
        svg.path(rounded(x + 0.115, top + 0.015, 0.135, 0.105, 0.045), seat)
        svg.stroke(smooth([(x + 0.035, lo + 0.06), (x + 0.085, top - 0.02), (x + 0.16, top)], False), edge, 0.012, 0.7)
    x = body.seats[0] - 0.46
    svg.stroke(line([(x, lo - 0.06), (x - 0.055, lo + 0.085)]), mix(seat, "#000000", 0.4), 0.032)
    svg.path(
        smooth(
            [
                (body.glass[0][0] - 0.1, lo - 0.1, "c"),
                (body.glass[0][0] + 0.1, lo + 0.035),
                (x - 0.03, lo + 0.045),
                (x + 0.05, lo - 0.1, "c"),
            ]
        ),
        mix(seat, "#000000", 0.5),
    )


def cabin_open(svg: Svg, body: Body, tones: Paint, car: Look, light: Light) -> None:
    """Seats, steering wheel and far door top of an open car."""
    belt = 0.97
    seat = mix(car.seat, light.sky, 0.16)
    dark = mix(car.seat, "#000000", 0.45)
    svg.path(smooth([(1.55, 0.9, "c"), (1.62, 1.0), (2.2, 1.006), (2.9, 1.02), (3.1, 0.9, "c")]), tones.dark)
    svg.stroke(line([(1.98, 0.93), (1.905, 1.085)]), "#15171a", 0.034)
    for x in reversed(body.seats):
        for off, c in ((0.075, dark), (0.0, seat)):
            xx = x + off
            svg.path(
                smooth(
                    [
                        (xx - 0.06, belt - 0.1, "c"),
                        (xx - 0.01, belt + 0.05),
                        (xx + 0.055, belt + 0.135),
                        (xx + 0.125, belt + 0.150),
                        (xx + 0.165, belt + 0.10),
                        (xx + 0.16, belt - 0.1, "c"),
                    ]
                ),
                c,
            )
            svg.stroke(line([(xx + 0.10, belt + 0.13), (xx + 0.13, belt + 0.19)]), "#70777f", 0.014)
            svg.path(
                smooth(
                    [
                        (xx + 0.075, belt + 0.175),
                        (xx + 0.085, belt + 0.255),
                        (xx + 0.13, belt + 0.275),
                        (xx + 0.18, belt + 0.262),
                        (xx + 0.185, belt + 0.19),
                        (xx + 0.13, belt + 0.168),
                    ]
                ),
                c,
            )
        svg.stroke(
            smooth([(x - 0.03, belt + 0.03), (x + 0.01, belt + 0.09), (x + 0.065, belt + 0.137)], False),
            mix(seat, light.sky, 0.5),
            0.010,
            0.8,
        )
        svg.stroke(
            smooth([(x + 0.082, belt + 0.185), (x + 0.088, belt + 0.245), (x + 0.13, belt + 0.27)], False),
            mix(seat, light.sky, 0.5),
            0.008,
            0.7,
        )
    svg.path(smooth([(3.1, 0.99, "c"), (3.16, 1.07), (3.28, 1.085), (3.42, 1.02, "c")]), "#1b1d21")


def screen_open(svg: Svg, body: Body, tones: Paint, light: Light) -> None:
    """Windscreen frame of an open car."""
    (cx, cz), (hx, hz) = body.cowl, body.header
    svg.path(
        smooth(
            [
                (cx + 0.02, cz, "c"),
                (cx + 0.32, cz + 0.20),
                (hx - 0.03, hz, "c"),
                (hx + 0.03, hz - 0.02, "c"),
                (cx + 0.46, cz + 0.17),
                (cx + 0.24, cz + 0.01, "c"),
            ]
        ),
        svg.lin((cx, hz), (cx, cz), [(0, light.glass_top, 0.95), (1, mix(light.glass_top, light.sky, 0.3), 0.9)]),
    )
    frame = smooth([(cx + 0.16, cz + 0.0), (cx + 0.43, cz + 0.185), (hx, hz - 0.01)], False)
    svg.stroke(frame, tones.deep, 0.060)
    svg.stroke(frame, tones.base, 0.046)
    svg.stroke(frame, tones.spark, 0.012, 0.8)
    svg.path(
        smooth(
            [(cx + 0.24, cz + 0.03, "c"), (cx + 0.42, cz + 0.145), (cx + 0.50, cz + 0.07), (cx + 0.48, cz + 0.03, "c")]
        ),
        light.glass_top,
        opacity=0.75,
    )
    belt = smooth([(1.60, 0.962), (2.3, 0.974), (2.95, 0.990), (3.12, 1.015)], False)
    svg.stroke(belt, "#0e1013", 0.026)
    svg.stroke(belt, tones.spark, 0.007, 0.6)
