"""Cabin seen from between the front seats, and the framing of the wheel close-up.

Frame units: x -8..8, y up, 0 at the height of the dashboard edge.
"""

from __future__ import annotations

from .bodies import Body
from .colour import mix
from .curves import Node, arc, line, path_data, poly, rounded, smooth
from .document import Svg
from .look import Light, Look, Paint
from .scenes import backdrop

SCREEN: list[Node] = [
    (-6.75, 0.55, "c"),
    (-6.1, 2.1),
    (-5.2, 3.72),
    (-4.85, 4.02),
    (-2.5, 4.20),
    (0, 4.25),
    (2.5, 4.20),
    (4.85, 4.02),
    (5.2, 3.72),
    (6.1, 2.1),
    (6.75, 0.55, "c"),
    (0, 1.0),
]


def _leather(svg: Svg, colour: str, light: Light, y0: float, y1: float) -> str:
    """Shading of a seat or arm rest from its top ``y1`` to its foot ``y0``."""
    return svg.lin(
        (0, y1),
        (0, y0),
        [(0, mix(colour, light.sky, 0.26)), (0.35, mix(colour, light.sky, 0.08)), (1, mix(colour, light.dark, 0.55))],
    )


def draw_interior(
    svg: Svg, body: Body, tones: Paint, car: Look, light: Light, scene: str, top: float, bottom: float, seed: int
) -> None:
    """Dashboard, wheel, screens and front seats with the scene through the glass."""
    dark = mix("#22252a", light.ground, 0.25)
    trim = (tones.base, "#8b6a4a", "#aab0b8")[car.grille]
    open_top = "open" in body.flags
    # outside
    svg.open(transform="translate(0 0.35) scale(1.02 1.02)")
    backdrop(svg, scene, top + 0.5, bottom, light, seed)
    svg.close()
    svg.path(poly([(-8.2, bottom), (8.2, bottom), (8.2, 1.1), (-8.2, 1.1)]), dark)
    _own_bonnet(svg, tones)
    _lining(svg, car, light, open_top, top)
    _glass(svg, light)
    _inner_mirror(svg, light)
    _dash(svg, car, light, dark, trim)
    _doors(svg, car, light, dark, bottom)
    _console(svg, car, light, dark, trim, bottom)
    _screen(svg)
    _cluster(svg, light, dark)
    _steering(svg, car, light)
    _seats(svg, car, light, bottom)
    svg.path(
        poly([(-8.2, bottom), (8.2, bottom), (8.2, bottom + 3), (-8.2, bottom + 3)]),
        svg.lin((0, bottom + 3), (0, bottom), [(0, light.dark, 0), (1, light.dark, 0.65)]),
    )
    svg.path(
        poly([(-8.2, bottom), (8.2, bottom), (8.2, top + 0.2), (-8.2, top + 0.2)]),
        svg.rad((0, 0.6), 9.6, [(0, "#000", 0), (0.72, "#000", 0), (1, "#000", 0.36)], 0.8),
    )


def _own_bonnet(svg: Svg, tones: Paint) -> None:
    """The car's own bonnet through the windscreen."""
    svg.path(
        smooth([(-6.0, 0.6, "c"), (-4.6, 1.28), (-2.2, 1.50), (0, 1.55), (2.2, 1.50), (4.6, 1.28), (6.0, 0.6, "c")]),
        svg.lin((0, 1.55), (0, 0.7), [(0, tones.spark), (0.25, tones.bright), (1, tones.shade)]),
    )
    for s in (-1, 1):
        svg.stroke(smooth([(s * 2.1, 1.48), (s * 2.5, 1.2), (s * 2.75, 0.9)], False), tones.dark, 0.03, 0.6)


def _lining(svg: Svg, car: Look, light: Light, open_top: bool, top: float) -> None:
    """Headliner and pillars: everything between the glass openings; an open car has a frame only."""
    lining = mix("#d8d4cc" if car.seat not in ("#2a2d33", "#353b46") else "#6d7178", light.ground, 0.12)
    side: list[list[Node]] = [
        [
            (s * 8.3, 0.35, "c"),
            (s * 7.35, 0.55, "c"),
            (s * 6.75, 2.1),
            (s * 5.98, 3.85),
            (s * 6.3, 4.12),
            (s * 8.3, 4.3, "c"),
        ]
        for s in (-1, 1)
    ]
    hole = smooth(SCREEN) + "".join(smooth(n) for n in side)
    if open_top:
        frame: list[Node] = [
            (-6.75, 0.45, "c"),
            (-6.1, 2.1),
            (-5.05, 3.85),
            (-4.7, 4.15),
            (-2.5, 4.34),
            (0, 4.4),
            (2.5, 4.34),
            (4.7, 4.15),
            (5.05, 3.85),
            (6.1, 2.1),
            (6.75, 0.45, "c"),
        ]
        svg.path(smooth(frame, False), "none", stroke="#0c0d10", stroke_width=0.46, stroke_linejoin="round")
        svg.path(smooth(frame, False), "none", stroke="#2b2e34", stroke_width=0.34, stroke_linejoin="round")
    else:
        svg.path(
            poly([(-8.3, 0.2), (8.3, 0.2), (8.3, top + 0.3), (-8.3, top + 0.3)]) + hole,
            svg.lin(
                (0, top),
                (0, 0.4),
                [
                    (0, mix(lining, light.dark, 0.42)),
                    (0.3, mix(lining, light.dark, 0.10)),
                    (0.5, lining),
                    (1, mix(lining, light.dark, 0.62)),
                ],
            ),
            fill_rule="evenodd",
        )
        svg.path(hole, "none", stroke="#0d0e11", stroke_width=0.11, stroke_linejoin="round")
        for s in (-1, 1):
            svg.path(
                smooth(
                    [
                        (s * 1.25, 4.38),
                        (s * 1.35, 4.92),
                        (s * 2.0, 5.02),
                        (s * 4.0, 4.96),
                        (s * 4.75, 4.82),
                        (s * 4.72, 4.26),
                        (s * 4.1, 4.22),
                        (s * 2.0, 4.32),
                    ]
                ),
                svg.lin((0, 5), (0, 4.2), [(0, mix(lining, "#ffffff", 0.10)), (1, mix(lining, light.dark, 0.24))]),
                stroke=mix(lining, light.dark, 0.5),
                stroke_width=0.025,
            )
            svg.stroke(
                smooth([(s * 5.35, 3.7), (s * 6.25, 2.1), (s * 6.95, 0.65)], False),
                mix(lining, "#ffffff", 0.4),
                0.05,
                0.5,
            )


def _glass(svg: Svg, light: Light) -> None:
    """Tint strip and reflections of the windscreen."""
    clip = svg.clip(smooth(SCREEN))
    svg.open(clip_path=clip)
    svg.path(
        poly([(-7, 3.3), (7, 3.3), (7, 4.5), (-7, 4.5)]),
        svg.lin((0, 4.3), (0, 3.3), [(0, light.glass_low, 0.65), (1, light.glass_top, 0)]),
    )
    svg.path(poly([(3.2, 0.3), (4.6, 0.3), (6.2, 4.5), (4.8, 4.5)]), "#ffffff", opacity=0.10)
    svg.path(poly([(2.6, 0.3), (2.85, 0.3), (4.45, 4.5), (4.2, 4.5)]), "#ffffff", opacity=0.10)
    svg.close()


def _inner_mirror(svg: Svg, light: Light) -> None:
    """The inner mirror below the windscreen header."""
    svg.path(rounded(-0.09, 3.55, 0.18, 0.75, 0.05), "#17191d")
    svg.path(rounded(-1.12, 3.05, 2.24, 0.68, 0.22), "#101215")
    svg.path(
        rounded(-1.04, 3.12, 2.08, 0.54, 0.17),
        svg.lin(
            (-1, 3.6),
            (1, 3.1),
            [(0, mix(light.sky, "#8fa0ad", 0.4)), (0.5, mix(light.glass_top, light.sky, 0.35)), (1, light.glass_low)],
        ),
    )


def _dash(svg: Svg, car: Look, light: Light, dark: str, trim: str) -> None:
    """Dashboard: pad with seam, trim strip, glove box, vents."""
    top_pad: list[Node] = [
        (-8.3, -0.05, "c"),
        (-7.4, 0.52),
        (-6.2, 0.78),
        (-4.9, 0.98),
        (-3.2, 1.08),
        (-1.2, 0.92),
        (0.6, 0.86),
        (3.2, 0.90),
        (6.0, 0.74),
        (7.4, 0.50),
        (8.3, -0.05, "c"),
        (8.3, -0.95, "c"),
        (0, -0.55),
        (-8.3, -0.95, "c"),
    ]
    svg.path(
        smooth(top_pad),
        svg.lin(
            (0, 1.05),
            (0, -0.8),
            [
                (0, mix(dark, light.sky, 0.30)),
                (0.14, mix(dark, light.sky, 0.10)),
                (0.6, dark),
                (1, mix(dark, "#000000", 0.4)),
            ],
        ),
    )
    svg.stroke(smooth(top_pad[1:10], False), mix(dark, light.sky, 0.6), 0.035, 0.8)
    svg.stroke(
        smooth([(-8, -0.02), (-4, 0.30), (0, 0.36), (4, 0.32), (8, -0.02)], False),
        mix(car.seat, light.sky, 0.5),
        0.022,
        0.55,
        stroke_dasharray="0.10 0.07",
    )
    strip: list[Node] = [
        (-8.3, -0.95, "c"),
        (-4, -0.62),
        (0, -0.50),
        (4, -0.58),
        (8.3, -0.95, "c"),
        (8.3, -1.32, "c"),
        (4, -0.95),
        (0, -0.86),
        (-4, -1.0),
        (-8.3, -1.32, "c"),
    ]
    svg.path(
        smooth(strip),
        svg.lin(
            (-8, 0),
            (8, 0),
            [
                (0, mix(trim, "#000000", 0.45)),
                (0.3, trim),
                (0.45, mix(trim, "#ffffff", 0.35)),
                (0.62, trim),
                (1, mix(trim, "#000000", 0.5)),
            ],
        ),
    )
    svg.stroke(smooth(strip[:5], False), "#ffffff", 0.025, 0.55)
    if light.lamps_on:
        svg.stroke(smooth(strip[5:], False), "#ff9a5c", 0.05, 0.9)
        svg.stroke(smooth(strip[5:], False), "#ff9a5c", 0.26, 0.22)
    low: list[Node] = [
        (-8.3, -1.32, "c"),
        (-4, -1.0),
        (0, -0.86),
        (4, -0.95),
        (8.3, -1.32, "c"),
        (8.3, -3.2, "c"),
        (5.5, -3.05),
        (2.0, -2.75),
        (-2.0, -2.75),
        (-5.5, -3.05),
        (-8.3, -3.2, "c"),
    ]
    svg.path(
        smooth(low),
        svg.lin(
            (0, -0.9),
            (0, -3.1),
            [
                (0, mix(dark, "#000000", 0.30)),
                (0.15, mix(dark, light.sky, 0.06)),
                (0.6, mix(dark, "#000000", 0.25)),
                (1, mix(dark, "#000000", 0.65)),
            ],
        ),
    )
    svg.path(
        smooth(
            [(2.6, -1.35, "c"), (4.5, -1.40), (6.5, -1.62, "c"), (6.35, -2.62, "c"), (4.5, -2.50), (2.75, -2.36, "c")]
        ),
        "none",
        stroke="#000",
        stroke_width=0.035,
        stroke_opacity=0.6,
    )
    svg.stroke(smooth([(2.62, -1.33), (4.5, -1.38), (6.5, -1.60)], False), mix(dark, light.sky, 0.4), 0.018, 0.6)
    for x, y, w in ((-6.95, -0.42, 1.25), (-0.62, -0.22, 1.1), (0.62, -0.22, 1.1), (6.55, -0.36, 1.35)):
        svg.path(rounded(x - w / 2, y - 0.24, w, 0.48, 0.12), "#07080a")
        svg.path(
            rounded(x - w / 2, y - 0.24, w, 0.48, 0.12),
            "none",
            stroke=svg.lin((0, y + 0.24), (0, y - 0.24), [(0, "#e8ecef"), (0.5, "#6d747c"), (1, "#b3b9c0")]),
            stroke_width=0.035,
        )
        for k in (-0.10, 0.02, 0.14):
            svg.stroke(line([(x - w / 2 + 0.1, y + k), (x + w / 2 - 0.1, y + k)]), "#3a3e45", 0.05)
        svg.path(rounded(x - 0.06, y - 0.14, 0.12, 0.28, 0.04), "#565c64")


def _doors(svg: Svg, car: Look, light: Light, dark: str, bottom: float) -> None:
    """Door cards with arm rests and handles."""
    leather = mix(car.seat, dark, 0.25)
    for s in (-1, 1):
        card: list[Node] = [
            (s * 8.3, 0.42, "c"),
            (s * 7.5, 0.42),
            (s * 7.05, 0.1),
            (s * 6.95, -1.4),
            (s * 6.6, -3.4),
            (s * 6.9, bottom - 0.2, "c"),
            (s * 8.3, bottom - 0.2, "c"),
        ]
        svg.path(
            smooth(card),
            svg.lin(
                (s * 6.8, 0),
                (s * 8.2, 0),
                [(0, mix(dark, "#000000", 0.55)), (0.35, dark), (1, mix(dark, light.sky, 0.16))],
            ),
        )
        rest: list[Node] = [
            (s * 8.3, -1.55, "c"),
            (s * 7.5, -1.62),
            (s * 7.12, -1.9),
            (s * 7.2, -2.4),
            (s * 8.3, -2.7, "c"),
        ]
        svg.path(smooth(rest), _leather(svg, leather, light, -2.7, -1.5))
        svg.stroke(smooth(rest[:3], False), mix(leather, light.sky, 0.55), 0.03, 0.7)
        svg.path(
            smooth(
                [(s * 8.3, -0.55, "c"), (s * 7.55, -0.62), (s * 7.42, -0.78), (s * 7.6, -0.90), (s * 8.3, -0.86, "c")]
            ),
            svg.lin((0, -0.55), (0, -0.9), [(0, "#eef1f3"), (0.5, "#80878f"), (1, "#c2c8ce")]),
        )


def _console(svg: Svg, car: Look, light: Light, dark: str, trim: str, bottom: float) -> None:
    """Centre console from the dashboard down between the seats."""
    for s in (-1, 1):
        svg.path(
            poly([(0, -2.2), (s * 1.55, -2.2), (s * 2.1, bottom - 0.2), (0, bottom - 0.2)]),
            svg.lin((s * 1.3, 0), (s * 2.1, 0), [(0, mix(dark, light.sky, 0.05)), (1, mix(dark, "#000000", 0.6))]),
        )
    svg.path(
        smooth(
            [
                (-1.35, -0.92, "c"),
                (1.35, -0.92, "c"),
                (1.50, -2.3),
                (1.55, -2.7, "c"),
                (-1.55, -2.7, "c"),
                (-1.50, -2.3),
            ]
        ),
        svg.lin(
            (0, -0.9), (0, -2.6), [(0, "#0b0c0e"), (0.5, mix(dark, "#000000", 0.25)), (1, mix(dark, "#000000", 0.5))]
        ),
    )
    _climate(svg)
    _tunnel(svg, car, bottom, trim)


def _climate(svg: Svg) -> None:
    """Climate panel: two dials, a display, five keys."""
    for x in (-0.88, 0.88):
        svg.circle((x, -1.48), 0.33, "#08090b")
        svg.circle((x, -1.48), 0.29, svg.lin((x, -1.2), (x, -1.8), [(0, "#dfe4e8"), (0.5, "#767d86"), (1, "#a9b0b7")]))
        svg.circle((x, -1.48), 0.21, svg.lin((x, -1.3), (x, -1.7), [(0, "#3a3f46"), (1, "#131519")]))
        svg.stroke(line([(x, -1.36), (x, -1.29)]), "#ffffff", 0.03, 0.9)
    svg.path(rounded(-0.45, -1.66, 0.9, 0.36, 0.06), "#050607")
    for i, c in enumerate(("#6cc3ff", "#ffffff", "#ff9a6b")):
        svg.path(rounded(-0.32 + i * 0.24, -1.52, 0.15, 0.07, 0.03), c, opacity=0.75)
    for i in range(5):
        svg.path(
            rounded(-1.02 + i * 0.42, -2.12, 0.36, 0.16, 0.04),
            svg.lin((0, -1.95), (0, -2.12), [(0, "#4a4f57"), (1, "#1b1e22")]),
        )


def _tunnel(svg: Svg, car: Look, bottom: float, trim: str) -> None:
    """Tunnel top with selector, controller and cup holders."""
    svg.path(
        smooth([(-1.0, -2.45, "c"), (1.0, -2.45, "c"), (1.35, bottom - 0.2, "c"), (-1.35, bottom - 0.2, "c")]),
        svg.lin((-1.2, 0), (1.2, 0), [(0, "#0c0d0f"), (0.3, "#3a3e45"), (0.5, "#1b1d21"), (1, "#0a0b0d")]),
    )
    svg.path(
        smooth([(-1.0, -2.45), (-1.35, bottom - 0.2)], False),
        "none",
        stroke=mix(trim, "#ffffff", 0.3),
        stroke_width=0.06,
    )
    svg.path(
        smooth([(1.0, -2.45), (1.35, bottom - 0.2)], False), "none", stroke=mix(trim, "#ffffff", 0.3), stroke_width=0.06
    )
    svg.ellipse((-0.28, -3.28), 0.50, 0.18, "#08090b")
    svg.path(smooth([(-0.50, -3.24, "c"), (-0.42, -2.86), (-0.14, -2.86), (-0.06, -3.24, "c")]), "#14161a")
    svg.path(
        smooth(
            [
                (-0.56, -2.66),
                (-0.52, -2.36),
                (-0.28, -2.26),
                (-0.04, -2.36),
                (0.0, -2.66),
                (-0.12, -2.90),
                (-0.44, -2.90),
            ]
        ),
        svg.lin((-0.5, -2.3), (0, -2.9), [(0, mix(car.seat, "#ffffff", 0.35)), (0.5, car.seat), (1, "#0b0c0e")]),
    )
    svg.path(
        smooth([(-0.46, -2.42), (-0.28, -2.34), (-0.10, -2.42)], False),
        "none",
        stroke="#ffffff",
        stroke_width=0.03,
        stroke_opacity=0.6,
        stroke_linecap="round",
    )
    svg.circle((0.58, -3.0), 0.26, svg.lin((0, -2.75), (0, -3.2), [(0, "#d5dadf"), (1, "#4a5057")]))
    svg.circle((0.58, -3.0), 0.20, svg.lin((0, -2.8), (0, -3.2), [(0, "#3a3f46"), (1, "#0d0f12")]))
    for x in (-0.48, 0.48):
        svg.ellipse(
            (x, -3.98), 0.42, 0.26, svg.lin((0, -3.7), (0, -4.2), [(0, "#dfe4e8"), (0.6, "#5c636b"), (1, "#b0b6bd")])
        )
        svg.ellipse((x, -3.98), 0.36, 0.21, svg.lin((0, -3.8), (0, -4.2), [(0, "#000000"), (1, "#2a2d32")]))


def _screen(svg: Svg) -> None:
    """Screen with a map; it carries no text."""
    x, y, w, h = -1.55, 0.10, 3.10, 1.62
    svg.path(rounded(x - 0.06, y - 0.13, w + 0.12, h + 0.12, 0.16), "#000000", opacity=0.45)
    svg.path(rounded(x, y, w, h, 0.14), "#08090b", stroke="#4a5058", stroke_width=0.03)
    inner = rounded(x + 0.08, y + 0.08, w - 0.16, h - 0.16, 0.08)
    svg.path(inner, svg.lin((x, y + h), (x + w, y), [(0, "#22384a"), (1, "#14222f")]))
    svg.open(clip_path=svg.clip(inner))
    for pts, c, wd in (
        ([(-1.6, 0.5), (-0.7, 0.75), (0.1, 0.62), (1.0, 1.25), (1.7, 1.4)], "#4b667c", 0.10),
        ([(-0.9, 0.0), (-0.6, 0.8), (-0.75, 1.8)], "#3d576b", 0.06),
        ([(0.4, 0.0), (0.3, 0.7), (0.75, 1.8)], "#3d576b", 0.06),
        ([(-1.6, 1.3), (0.2, 1.2), (1.7, 0.7)], "#3d576b", 0.05),
    ):
        svg.stroke(smooth(pts, False), c, wd)
    svg.stroke(smooth([(-0.62, 0.2), (-0.58, 0.72), (0.1, 0.62), (0.62, 1.0)], False), "#5ad1c0", 0.07)
    svg.circle((0.62, 1.0), 0.10, "#ffffff")
    svg.circle((0.62, 1.0), 0.065, "#2fae9c")
    svg.path(rounded(-1.47, 0.18, 0.42, 1.46, 0.04), "#0c141c", opacity=0.75)
    for i, c in enumerate(("#5ad1c0", "#9fb3c4", "#9fb3c4", "#9fb3c4")):
        svg.path(rounded(-1.36, 1.32 - i * 0.34, 0.20, 0.20, 0.06), c, opacity=0.9)
    svg.path(rounded(0.72, 0.24, 0.66, 0.34, 0.06), "#ffffff", opacity=0.16)
    svg.path(poly([(-0.9, 2), (0.0, 2), (-0.9, 0), (-1.8, 0)]), "#ffffff", opacity=0.06)
    svg.close()


def _cluster(svg: Svg, light: Light, dark: str) -> None:
    """Instruments behind the steering wheel."""
    cx = -4.1
    svg.path(
        smooth(
            [
                (cx - 2.05, -0.35, "c"),
                (cx - 1.95, 0.75),
                (cx - 1.55, 1.30),
                (cx, 1.46),
                (cx + 1.55, 1.30),
                (cx + 1.95, 0.75),
                (cx + 2.05, -0.35, "c"),
            ]
        ),
        svg.lin(
            (0, 1.45),
            (0, 0),
            [(0, mix(dark, light.sky, 0.34)), (0.12, mix(dark, light.sky, 0.06)), (1, mix(dark, "#000000", 0.5))],
        ),
    )
    svg.path(rounded(cx - 1.7, -0.2, 3.4, 1.32, 0.28), "#06080b")
    for s, c in ((-1, "#5ad1c0"), (1, "#ff9a6b")):
        x = cx + s * 1.05
        svg.path(
            path_data(arc(x, 0.48, 0.50, 220, -40), False),
            "none",
            stroke="#2a323b",
            stroke_width=0.09,
            stroke_linecap="round",
        )
        svg.path(
            path_data(arc(x, 0.48, 0.50, 220, 95 if s < 0 else 140), False),
            "none",
            stroke=c,
            stroke_width=0.09,
            stroke_linecap="round",
        )
        svg.circle((x, 0.48), 0.30, svg.rad((x, 0.48), 0.30, [(0, "#1d262f"), (1, "#0b1016")]))
        svg.path(rounded(x - 0.13, 0.44, 0.26, 0.07, 0.03), "#ffffff", opacity=0.85)
    svg.path(
        poly([(cx - 0.28, 0.06), (cx + 0.28, 0.06), (cx + 0.10, 0.78), (cx - 0.10, 0.78)]), "#ffffff", opacity=0.13
    )
    svg.path(rounded(cx - 0.09, 0.24, 0.18, 0.30, 0.06), "#c9d4de", opacity=0.85)


def _steering(svg: Svg, car: Look, light: Light) -> None:
    """Steering wheel with its keys, badge and stalks."""
    c, r = (-4.1, -1.15), 2.28
    x, y = c
    rim = "#191b1f"
    svg.path(
        path_data(arc(x, y - 0.12, r + 0.04, 0, 360, r * 0.99)),
        "none",
        stroke="#000",
        stroke_width=0.46,
        stroke_opacity=0.35,
    )
    spokes: tuple[list[Node], ...] = (
        [(x - r * 0.92, y + 0.34, "c"), (x - 0.7, y + 0.30), (x - 0.55, y - 0.3), (x - r * 0.92, y - 0.22, "c")],
        [(x + r * 0.92, y + 0.34, "c"), (x + 0.7, y + 0.30), (x + 0.55, y - 0.3), (x + r * 0.92, y - 0.22, "c")],
        [
            (x - 0.42, y - 0.5, "c"),
            (x - 0.30, y - r * 0.93, "c"),
            (x + 0.30, y - r * 0.93, "c"),
            (x + 0.42, y - 0.5, "c"),
        ],
    )
    for nodes in spokes:
        svg.path(smooth(nodes), svg.lin((0, y + 0.4), (0, y - r), [(0, "#3c4148"), (0.3, "#1d2024"), (1, "#0e1012")]))
    svg.path(path_data(arc(x, y, r, 0, 360, r * 0.97)), "none", stroke="#060708", stroke_width=0.44)
    svg.path(
        path_data(arc(x, y, r, 0, 360, r * 0.97)),
        "none",
        stroke=svg.lin(
            (x, y + r), (x, y - r), [(0, mix(rim, light.sky, 0.32)), (0.3, mix(rim, light.sky, 0.10)), (1, "#0b0c0e")]
        ),
        stroke_width=0.38,
    )
    svg.stroke(
        path_data(arc(x, y + 0.05, r + 0.06, 28, 152, r * 0.97 + 0.06), False), mix(rim, light.sky, 0.75), 0.055, 0.55
    )
    svg.stroke(
        path_data(arc(x, y, r - 0.16, 0, 360, r * 0.97 - 0.16)),
        mix(car.seat, light.sky, 0.45),
        0.018,
        0.6,
        stroke_dasharray="0.09 0.07",
    )
    svg.path(
        smooth(
            [
                (x - 0.98, y + 0.36),
                (x, y + 0.52),
                (x + 0.98, y + 0.36),
                (x + 0.90, y - 0.30),
                (x + 0.52, y - 0.72),
                (x, y - 0.82),
                (x - 0.52, y - 0.72),
                (x - 0.90, y - 0.30),
            ]
        ),
        svg.lin((x, y + 0.5), (x, y - 0.8), [(0, mix(rim, light.sky, 0.26)), (0.4, rim), (1, "#0b0c0e")]),
        stroke="#050607",
        stroke_width=0.03,
    )
    svg.circle(
        (x, y - 0.10), 0.24, svg.lin((x, y + 0.1), (x, y - 0.3), [(0, "#f2f5f7"), (0.5, "#8d949c"), (1, "#ccd2d7")])
    )
    svg.path(
        poly(
            [
                (x - 0.13, y - 0.17),
                (x, y + 0.02),
                (x + 0.13, y - 0.17),
                (x + 0.05, y - 0.17),
                (x, y - 0.10),
                (x - 0.05, y - 0.17),
            ]
        ),
        "#1d2126",
    )
    for s in (-1, 1):
        svg.path(
            rounded(x + s * 1.42 - 0.30, y - 0.06, 0.60, 0.26, 0.08), "#08090b", stroke="#6d747c", stroke_width=0.02
        )
        for k in (-0.15, 0.15):
            svg.circle((x + s * 1.42 + k, y + 0.07), 0.045, "#cfd6dc")
        svg.stroke(line([(x + s * 2.05, y + 0.72), (x + s * 2.62, y + 0.86)]), "#111316", 0.12)


def _seats(svg: Svg, car: Look, light: Light, bottom: float) -> None:
    """Front seat cushions and inner bolsters in the foreground."""
    c = car.seat
    for s in (-1, 1):
        x = s * 4.15
        cushion: list[Node] = [
            (x - 2.25, bottom - 0.3, "c"),
            (x - 2.2, -4.15),
            (x - 1.9, -3.55),
            (x - 1.2, -3.40),
            (x, -3.42),
            (x + 1.2, -3.40),
            (x + 1.9, -3.55),
            (x + 2.2, -4.15),
            (x + 2.25, bottom - 0.3, "c"),
        ]
        svg.path(
            smooth(cushion), _leather(svg, c, light, bottom, -3.4), stroke=mix(c, "#000000", 0.6), stroke_width=0.03
        )
        centre: list[Node] = [
            (x - 1.35, bottom - 0.3, "c"),
            (x - 1.25, -4.0),
            (x - 0.95, -3.72),
            (x, -3.70),
            (x + 0.95, -3.72),
            (x + 1.25, -4.0),
            (x + 1.35, bottom - 0.3, "c"),
        ]
        svg.path(
            smooth(centre),
            svg.lin(
                (0, -3.7),
                (0, bottom),
                [(0, mix(c, light.sky, 0.34)), (0.4, mix(c, light.sky, 0.12)), (1, mix(c, light.dark, 0.35))],
            ),
            stroke=mix(c, "#000000", 0.5),
            stroke_width=0.035,
        )
        svg.stroke(
            smooth([(n[0] + (0.07 if n[0] < x else -0.07), n[1] - 0.03) for n in centre[1:6]], False),
            mix(c, light.sky, 0.65),
            0.016,
            0.8,
            stroke_dasharray="0.09 0.07",
        )
        for k in (1, 2, 3):
            yy = -3.78 - k * 0.55
            if yy > bottom:
                svg.stroke(
                    smooth([(x - 1.22, yy - 0.05), (x, yy + 0.02), (x + 1.22, yy - 0.05)], False),
                    mix(c, "#000000", 0.45),
                    0.03,
                    0.7,
                )
                svg.stroke(
                    smooth([(x - 1.22, yy - 0.09), (x, yy - 0.02), (x + 1.22, yy - 0.09)], False),
                    mix(c, light.sky, 0.4),
                    0.015,
                    0.6,
                )
