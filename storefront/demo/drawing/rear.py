"""Rear elevation."""

from __future__ import annotations

from .bodies import Body
from .curves import Node, line, poly, rounded, smooth
from .document import Svg
from .ends import arch_edge, base, cabin_shell, chevron, flip, mirrors, open_screen, plate, screen, sym, tyres
from .look import Light, Look, Paint


def draw_rear(svg: Svg, body: Body, tones: Paint, car: Look, light: Light) -> None:
    """The whole car from behind."""
    hw, sill, h = body.width / 2, body.sill, body.height
    tz = body.tail[1] + 0.05
    boot = body.name in ("saloon", "coupe", "convertible")
    belt = _deck(body) if boot else min(tz + 0.06, h - 0.35)
    if body.name == "pickup":
        belt = body.tail[1] + 0.03
    tyres(svg, body)
    if "open" in body.flags:
        open_screen(svg, body, tones, car, light, belt + 0.0)
    else:
        cabin_shell(svg, body, tones, belt - 0.03)
        wide = hw * (0.80 if boot else 0.79)
        top = h - (0.12 if not boot else 0.10)
        if body.name == "van":
            _van_doors(svg, body, tones, light, belt, hw, h)
        else:
            screen(svg, light, belt + 0.025, top, wide, body.roof_half + 0.005, car, True)
            if not boot and body.name != "pickup":
                _roof_spoiler(svg, body, tones, top, h)
    shell, clip = base(svg, body, tones, belt)
    svg.open(clip_path=clip)
    _tail(svg, body, tones, car, light, belt, boot)
    svg.close()
    svg.path(
        shell,
        "none",
        stroke=svg.lin((0, belt), (0, sill), [(0, tones.spark, 0.7), (0.3, tones.spark, 0.1), (1, tones.deep, 0.5)]),
        stroke_width=0.010,
    )
    mirrors(svg, body, tones, light, True)
    if light.lamps_on:
        height = body.tail_size[1]
        for s in (-1, 1):
            p = (s * hw * 0.80, body.tail[1] - height * 0.45)
            svg.circle(p, 0.42, svg.rad(p, 0.42, [(0, "#ff5a4a", 0.75), (0.3, "#ff3a30", 0.30), (1, "#ff3a30", 0)]))


def _roof_spoiler(svg: Svg, body: Body, tones: Paint, top: float, h: float) -> None:
    """Spoiler over the rear window, with the third brake light."""
    svg.path(
        sym(
            [
                (0, top + 0.015),
                (body.roof_half - 0.02, top - 0.008),
                (body.roof_half + 0.06, top - 0.02, "c"),
                (body.roof_half - 0.03, h - 0.04),
                (0, h - 0.004),
            ]
        ),
        svg.lin((0, h), (0, top), [(0, tones.spark), (0.5, tones.light), (1, tones.dark)]),
    )
    svg.path(rounded(-0.14, top + 0.022, 0.28, 0.018, 0.009), "#b3201f")


def _van_doors(svg: Svg, body: Body, tones: Paint, light: Light, belt: float, hw: float, h: float) -> None:
    """Two glazed rear doors."""
    svg.path(
        sym([(0, belt - 0.1), (hw * 0.90, belt - 0.1, "c"), (body.roof_half + 0.04, h - 0.12, "c"), (0, h - 0.06)]),
        tones.light,
        opacity=0.35,
    )
    for s in (-1, 1):
        data = smooth(
            flip(
                [
                    (0.06, belt + 0.06),
                    (0.06, h - 0.24),
                    (0.09, h - 0.21),
                    (body.roof_half - 0.10, h - 0.22),
                    (body.roof_half - 0.06, h - 0.25),
                    (body.roof_half + 0.0, belt + 0.07),
                    (body.roof_half - 0.04, belt + 0.04),
                    (0.09, belt + 0.04),
                ],
                s,
            )
        )
        svg.path(
            data,
            svg.lin((0, h), (0, belt), [(0, light.glass_low), (0.4, light.glass_top), (1, light.glass_low)]),
            stroke="#0b0c0e",
            stroke_width=0.02,
        )
        svg.path(
            poly(flip([(0.14, belt + 0.05), (0.30, belt + 0.05), (0.46, h - 0.23), (0.30, h - 0.23)], s)),
            light.sky,
            opacity=0.16,
        )


def _deck(body: Body) -> float:
    """Height of the boot lid's edge: the first corner of the silhouette behind the roof."""
    return next(n[1] for n in body.top if len(n) > 2 and n[0] > body.length * 0.6)


def _tail(svg: Svg, body: Body, tones: Paint, car: Look, light: Light, belt: float, boot: bool) -> None:
    """Everything between rear window and road."""
    hw, sill = body.width / 2, body.sill
    tz, (tw, th) = body.tail[1], body.tail_size
    vertical = th > tw * 0.8
    split = sill + (0.36 if body.name not in ("pickup", "van") else 0.30)
    _tailgate(svg, tones, belt, hw, tz, th, vertical)
    _rear_bumper(svg, tones, car, split, hw, sill)
    _tailgate_gap(svg, body, tones, hw, vertical, belt, split, tz)
    _rear_lamps(svg, car, light, vertical, hw, tz, th)
    _badge_and_plate(svg, body, tones, split, tz, th, boot, vertical)


def _tailgate(svg: Svg, tones: Paint, belt: float, hw: float, tz: float, th: float, vertical: bool) -> None:
    """Upper surface of the tailgate and its fold."""
    svg.path(
        sym(
            [
                (0, belt - 0.05),
                (hw * 0.7, belt - 0.045),
                (hw * 1.02, belt - 0.02, "c"),
                (hw * 1.02, belt + 0.1, "c"),
                (0, belt + 0.1),
            ]
        ),
        svg.lin((0, belt + 0.03), (0, belt - 0.05), [(0, tones.spark, 0.95), (1, tones.bright, 0.5)]),
    )
    fold = tz - th * (0.5 if not vertical else 0.35)
    svg.path(
        sym([(0, fold - 0.16), (hw * 0.6, fold - 0.14), (hw, fold - 0.02, "c"), (hw, fold, "c"), (0, fold - 0.015)]),
        svg.lin((0, fold), (0, fold - 0.16), [(0, tones.dark, 0.75), (1, tones.shade, 0)]),
    )
    svg.stroke(smooth([(-hw, fold + 0.008), (0, fold - 0.007), (hw, fold + 0.008)], False), tones.spark, 0.009, 0.8)


def _rear_bumper(svg: Svg, tones: Paint, car: Look, split: float, hw: float, sill: float) -> None:
    """Rear bumper with diffuser, exhausts and reflectors."""
    svg.path(
        sym(
            [
                (0, split - 0.01),
                (hw * 0.8, split),
                (hw * 1.05, split + 0.04, "c"),
                (hw * 1.05, split - 0.05, "c"),
                (0, split - 0.07),
            ]
        ),
        svg.lin((0, split), (0, split - 0.07), [(0, tones.bright, 0.9), (1, tones.light, 0.1)]),
    )
    svg.stroke(
        smooth(
            [(-hw, split + 0.035), (-hw * 0.8, split), (0, split - 0.01), (hw * 0.8, split), (hw, split + 0.035)], False
        ),
        tones.deep,
        0.009,
        0.8,
    )
    lower = sym(
        [
            (0, sill - 0.05),
            (hw * 0.96, sill - 0.05, "c"),
            (hw * 0.93, sill + 0.13),
            (hw * 0.74, sill + 0.165),
            (hw * 0.62, sill + 0.14),
            (0, sill + 0.13),
        ]
    )
    svg.path(lower, svg.lin((0, sill + 0.16), (0, sill), [(0, "#2c3035"), (0.5, "#16181b"), (1, "#0a0b0c")]))
    svg.stroke(
        smooth(
            [
                (-hw * 0.93, sill + 0.136),
                (-hw * 0.74, sill + 0.17),
                (-hw * 0.62, sill + 0.145),
                (0, sill + 0.135),
                (hw * 0.62, sill + 0.145),
                (hw * 0.74, sill + 0.17),
                (hw * 0.93, sill + 0.136),
            ],
            False,
        ),
        tones.bright,
        0.008,
        0.7,
    )
    for s in (-1, 1):
        if car.grille != 2:
            svg.path(
                rounded(s * hw * 0.60 - 0.075, sill + 0.035, 0.15, 0.055, 0.026),
                svg.lin((0, sill + 0.09), (0, sill + 0.03), [(0, "#f0f3f5"), (0.5, "#7c838b"), (1, "#c7ccd2")]),
            )
            svg.path(rounded(s * hw * 0.60 - 0.060, sill + 0.045, 0.12, 0.036, 0.018), "#08090a")
        svg.path(rounded(s * hw * 0.80 - 0.07, sill + 0.19, 0.14, 0.024, 0.012), "#a3221f")


def _tailgate_gap(
    svg: Svg, body: Body, tones: Paint, hw: float, vertical: bool, belt: float, split: float, tz: float
) -> None:
    """Shut lines of the tailgate or of the rear doors."""
    gap = hw * (0.80 if not vertical else 0.76)
    if body.name == "van":
        svg.stroke(line([(0, belt), (0, split - 0.01)]), tones.deep, 0.010, 0.85)
        svg.path(rounded(0.05, tz - 0.33, 0.16, 0.035, 0.017), tones.dark)
    for s in (-1, 1):
        svg.stroke(
            smooth(
                flip(
                    [
                        (gap, belt + 0.02),
                        (gap * 0.995, (belt + split) / 2 + 0.05),
                        (gap * 0.95, split + 0.04),
                        (gap * 0.90, split - 0.005),
                    ],
                    s,
                ),
                False,
            ),
            tones.deep,
            0.009,
            0.8,
        )


def _rear_lamps(svg: Svg, car: Look, light: Light, vertical: bool, hw: float, tz: float, th: float) -> None:
    """Rear lamps, with a light bar between them on some cars."""
    bar = not vertical and car.lamp == 1
    outline: list[Node]
    if vertical:
        outline = [
            (hw * 0.80, tz - th + 0.02, "c"),
            (hw * 0.80, tz + 0.01),
            (hw * 0.86, tz + 0.05),
            (hw * 1.0, tz + 0.05, "c"),
            (hw * 1.04, tz - th, "c"),
            (hw * 0.93, tz - th - 0.03),
        ]
    else:
        outline = [
            (hw * 0.46, tz - th * 0.62, "c"),
            (hw * 0.47, tz - th * 0.22),
            (hw * 0.60, tz - th * 0.02),
            (hw * 1.03, tz + 0.0, "c"),
            (hw * 1.03, tz - th, "c"),
            (hw * 0.75, tz - th * 0.92),
        ]
    if bar:
        svg.path(
            rounded(-hw * 0.5, tz - th * 0.50, hw, th * 0.26, 0.012),
            svg.lin((0, tz), (0, tz - th), [(0, "#8d1219"), (1, "#5e0a10")]),
        )
        svg.path(rounded(-hw * 0.5, tz - th * 0.40, hw, 0.014, 0.007), "#ff6a5e" if not light.lamps_on else "#ffd0c4")
    for s in (-1, 1):
        data = smooth(flip(outline, s))
        svg.path(
            data,
            svg.lin((0, tz), (0, tz - th), [(0, "#8d1219"), (0.45, "#c81f24"), (1, "#5e0a10")]),
            stroke="#1a0506",
            stroke_width=0.012,
        )
        svg.open(clip_path=svg.clip(data))
        glow = "#ff6a5e" if not light.lamps_on else "#ffd9cf"
        if vertical:
            svg.stroke(
                smooth(
                    flip([(hw * 0.85, tz + 0.0), (hw * 0.85, tz - th * 0.5), (hw * 0.90, tz - th + 0.03)], s), False
                ),
                glow,
                0.024,
            )
            svg.path(rounded(s * hw * 0.91 - 0.035, tz - th * 0.72, 0.07, th * 0.18, 0.01), "#ffd7a8", opacity=0.85)
        else:
            svg.stroke(
                smooth(
                    flip([(hw * 0.49, tz - th * 0.36), (hw * 0.72, tz - th * 0.30), (hw * 1.0, tz - th * 0.30)], s),
                    False,
                ),
                glow,
                0.022,
            )
            svg.stroke(
                smooth(
                    flip([(hw * 0.62, tz - th * 0.66), (hw * 0.80, tz - th * 0.66), (hw * 0.99, tz - th * 0.68)], s),
                    False,
                ),
                "#ffb6a8",
                0.012,
                0.8,
            )
        svg.path(
            poly(
                flip(
                    [(hw * 0.4, tz + 0.1), (hw * 1.1, tz + 0.1), (hw * 1.1, tz - th * 0.12), (hw * 0.4, tz - th * 0.2)],
                    s,
                )
            ),
            "#ffffff",
            opacity=0.22,
        )
        svg.close()


def _badge_and_plate(
    svg: Svg, body: Body, tones: Paint, split: float, tz: float, th: float, boot: bool, vertical: bool
) -> None:
    """Handle recess, number plate and badge."""
    zp = (
        (split + 0.115)
        if body.name in ("saloon", "coupe", "estate", "hatchback", "convertible", "suv")
        else split + 0.12
    )
    zp = min(zp, tz - th * 0.5 - 0.1) if boot else zp
    svg.path(
        sym(
            [
                (0, zp - 0.085),
                (0.30, zp - 0.085),
                (0.335, zp - 0.06),
                (0.325, zp + 0.07),
                (0.30, zp + 0.085),
                (0, zp + 0.09),
            ]
        ),
        svg.lin((0, zp + 0.09), (0, zp - 0.09), [(0, tones.deep, 0.9), (0.4, tones.dark, 0.6), (1, tones.light, 0.5)]),
    )
    plate(svg, zp - 0.01)
    if body.name != "van":
        zb = tz - th * 0.30 if not vertical else tz - 0.07
        svg.circle(
            (0, zb),
            0.043,
            svg.lin((0, zb + 0.04), (0, zb - 0.04), [(0, "#f6f8fa"), (0.5, "#a1a8b1"), (1, "#dde2e6")]),
            stroke="#15171a",
            stroke_width=0.006,
        )
        chevron(svg, zb)
    if body.cladding:
        for s in (-1, 1):
            arch_edge(svg, body, s)
