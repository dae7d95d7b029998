"""The cabin all round, for a panorama: one equirectangular picture, twice as wide as high, whose ends meet.

Frame units as in `inside.py`: 16 units are 120 degrees, so the whole turn is 48 units wide and 24 high; x = 0 looks
through the windscreen, x = ±24 through the rear window.
"""

from __future__ import annotations

import hashlib

from .bodies import BODIES, Body
from .colour import mix
from .curves import Node, num, poly, rounded, smooth
from .document import Svg
from .inside import draw_interior
from .look import LIGHTS, Light, Look, look, paint
from .scenes import SCENES, backdrop

WIDE, HIGH = 48, 24
AHEAD = [(-7.7, -6.1), (7.7, -6.1), (7.45, 0.6), (6.2, 4.36), (-6.2, 4.36), (-7.45, 0.6)]
"""The view ahead, from pillar to pillar."""
BACK = 24.2


def draw_panorama(body: str, colour: str, scene: str, seed: int = 0, width: int = 2048) -> str:
    """Draw the cabin all round and return an SVG document of ``width`` by half of it pixels.

    ``body``, ``colour`` (``#rrggbb``), ``scene`` and ``seed`` are those of ``draw``. Raises ``ValueError`` for an
    unknown body or scene.
    """
    if body not in BODIES or scene not in SCENES:
        raise ValueError(f"unknown body {body!r} or scene {scene!r}")
    key = f"panorama{body}{colour}{scene}{seed}{width}"
    svg = Svg("p" + hashlib.sha256(key.encode()).hexdigest()[:5])
    light, car, spec = LIGHTS[scene], look(body, seed), BODIES[body]
    unit, height = width / WIDE, width // 2
    svg.open(transform=f"translate({num(width / 2)} {num(height / 2)}) scale({num(unit)} {num(-unit)})")
    _surroundings(svg, scene, light, seed)
    svg.open(clip_path=svg.clip(poly(AHEAD)))
    draw_interior(svg, spec, paint(colour, light), car, light, scene, 6.1, -6.1, seed)
    svg.close()
    _above(svg, spec, car, light)
    for side in (-1, 1):
        svg.open(transform=f"scale({side} 1)")
        _side(svg, car, light)
        svg.close()
    _bench(svg, car, light)
    _below(svg, light)
    svg.close()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<defs>{''.join(svg.defs)}</defs>{''.join(svg.body)}</svg>"
    )


def _surroundings(svg: Svg, scene: str, light: Light, seed: int) -> None:
    """What is seen through the glass: the scene three times round."""
    for turn in (-1.5, -0.5, 0.5, 1.5):
        svg.open(transform=f"translate({num(turn * 16)} 0.35)")
        backdrop(svg, scene, 6.6, -3.0, light, seed)
        svg.close()


def _lining(car: Look, light: Light) -> str:
    return mix("#d8d4cc" if car.seat not in ("#2a2d33", "#353b46") else "#6d7178", light.ground, 0.12)


def _above(svg: Svg, spec: Body, car: Look, light: Light) -> None:
    """The headliner, with a glass roof over the seats where the car is closed."""
    lining = _lining(car, light)
    deep = mix(lining, light.dark, 0.42)
    shade = svg.lin((0, 12.2), (0, 4.2), [(0, mix(lining, light.dark, 0.72)), (0.74, deep), (1, lining)])
    if "open" in spec.flags:
        shade = svg.lin(
            (0, 12.2), (0, 4.2), [(0, mix(light.sky, light.dark, 0.9)), (1, mix(light.sky, light.dark, 0.8))]
        )
    svg.path(poly([(-BACK, 4.3), (BACK, 4.3), (BACK, 12.2), (-BACK, 12.2)]), shade)
    if "open" not in spec.flags:
        glass = svg.lin(
            (0, 11.6), (0, 7.6), [(0, mix(light.sky, light.dark, 0.80)), (1, mix(light.sky, light.dark, 0.62))]
        )
        for left, right in ((-11.0, 11.0), (13.0, BACK), (-BACK, -13.0)):
            svg.path(rounded(left, 7.6, right - left, 3.6, 0.5), glass, stroke="#0d0e11", stroke_width=0.12)


def _side(svg: Svg, car: Look, light: Light) -> None:
    """One side from the door in front to the rear window: pillars, glass, door panel."""
    lining, dark = _lining(car, light), mix("#22252a", light.ground, 0.25)
    front: list[Node] = [
        (7.75, 0.62, "c"),
        (13.0, 0.72, "c"),
        (12.75, 4.05),
        (12.3, 4.24),
        (7.0, 4.22),
        (6.6, 3.95),
        (7.2, 2.1),
    ]
    rear: list[Node] = [(14.5, 0.76, "c"), (19.0, 1.05, "c"), (18.0, 3.95), (17.5, 4.12), (14.9, 4.2), (14.6, 4.0, "c")]
    back: list[Node] = [(20.7, 1.35, "c"), (21.35, 3.75), (21.8, 3.95), (24.4, 4.0, "c"), (24.4, 1.2, "c")]
    holes = "".join(smooth(nodes) for nodes in (front, rear, back))
    pillar = svg.lin((0, 4.3), (0, 0.4), [(0, mix(lining, light.dark, 0.12)), (1, mix(lining, light.dark, 0.62))])
    svg.path(poly([(7.5, 0.4), (BACK, 0.4), (BACK, 4.36), (6.15, 4.36)]) + holes, pillar, fill_rule="evenodd")
    svg.path(holes, "none", stroke="#0d0e11", stroke_width=0.13, stroke_linejoin="round")
    shine = svg.lin((8, 4), (13, 0.6), [(0, "#ffffff", 0.10), (0.3, "#ffffff", 0.0), (1, "#ffffff", 0.0)])
    svg.path(smooth(front), shine)
    svg.stroke(smooth([(13.75, 4.2), (13.7, 2.0), (13.55, 0.5), (13.2, -3.0)], False), "#101114", 0.16, 0.8)
    panel = svg.lin(
        (0, 0.7), (0, -6.2), [(0, mix(dark, light.sky, 0.12)), (0.2, dark), (1, mix(dark, light.dark, 0.6))]
    )
    svg.path(poly([(7.7, -12.2), (7.5, 0.66), (BACK, 0.80), (BACK, -12.2)]), panel)
    svg.stroke(smooth([(13.6, 0.7), (13.75, -2.0), (14.1, -6.0)], False), "#050506", 0.06, 0.8)
    rest = svg.lin((0, -0.6), (0, -2.0), [(0, mix(car.seat, light.sky, 0.22)), (1, mix(car.seat, light.dark, 0.45))])
    svg.path(rounded(8.4, -1.7, 4.9, 0.9, 0.4), rest)
    svg.path(rounded(8.9, -0.25, 1.5, 0.3, 0.15), mix("#c4c8cd", light.ground, 0.15))
    svg.path(rounded(8.6, -4.6, 4.4, 1.5, 0.5), mix(dark, light.dark, 0.55))
    for ring in (1.0, 0.86):
        svg.circle((16.0, -1.5), ring, mix(dark, light.sky, 0.05 if ring == 1.0 else 0.14), opacity=0.7)


def _bench(svg: Svg, car: Look, light: Light) -> None:
    """The seat behind, on both ends of the picture."""
    for side in (-1, 1):
        svg.open(transform=f"scale({side} 1)")
        seat = svg.lin(
            (0, 1.2),
            (0, -4.4),
            [(0, mix(car.seat, light.sky, 0.26)), (0.3, car.seat), (1, mix(car.seat, light.dark, 0.6))],
        )
        svg.path(
            smooth([(17.2, -4.6, "c"), (17.7, -0.6), (18.3, 0.9), (19.4, 1.12), (24.3, 1.16, "c"), (24.3, -4.6, "c")]),
            seat,
        )
        svg.path(rounded(18.9, 0.9, 2.6, 1.5, 0.55), seat, stroke="#0d0e11", stroke_width=0.05)
        for x in (19.0, 21.6, 23.9):
            svg.stroke(
                smooth([(x, 0.7), (x + 0.12, -1.6), (x, -4.2)], False), mix(car.seat, light.dark, 0.55), 0.07, 0.9
            )
        cushion = svg.lin(
            (0, -4.2), (0, -7.6), [(0, mix(car.seat, light.sky, 0.14)), (1, mix(car.seat, light.dark, 0.7))]
        )
        svg.path(
            smooth([(15.9, -7.8, "c"), (16.3, -5.0), (17.4, -4.3), (24.3, -4.25, "c"), (24.3, -7.8, "c")]), cushion
        )
        svg.close()


def _below(svg: Svg, light: Light) -> None:
    """Carpet, dark towards the feet."""
    floor = svg.lin((0, -5.9), (0, -12.2), [(0, "#0b0c0d", 0.0), (0.16, "#0b0c0d"), (1, light.dark)])
    svg.path(poly([(-BACK, -12.2), (BACK, -12.2), (BACK, -5.9), (-BACK, -5.9)]), floor)
    svg.ellipse((0, -12.0), 26.0, 2.2, "#1a1b1d", opacity=0.5)
