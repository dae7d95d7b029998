"""One car in one picture: choose the elevation, put it into its scene, on its shadow.

Deterministic: no clock, no global random state. The document refers to nothing outside itself and carries no text,
script or link; its ids carry a hash of the arguments, so several drawings can stand on one page.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from .bodies import BODIES, Body
from .curves import num
from .document import Svg
from .front import draw_front
from .inside import draw_interior
from .look import LIGHTS, Light, Look, Paint, look, paint
from .quarter import draw_quarter
from .rear import draw_rear
from .scenes import SCENES, backdrop
from .side import draw_side

VIEWS = ("side", "front_three_quarter", "front", "rear", "interior", "wheel_detail")

PAINTS: dict[str, str] = {
    "white": "#f2f3f4",
    "ivory": "#e8e2d6",
    "silver": "#c9ccd1",
    "steel grey": "#8b9096",
    "graphite": "#4a4e55",
    "black": "#1b1d21",
    "red": "#b3202c",
    "burgundy": "#6e1a26",
    "orange": "#d9692a",
    "yellow": "#d9b23a",
    "racing green": "#2f5d4a",
    "sage": "#8fa58f",
    "teal": "#2b7f86",
    "sky blue": "#7fa9c9",
    "blue": "#2f6fb0",
    "navy": "#22365c",
    "slate blue": "#3c4a5e",
    "bronze": "#8a5a36",
    "sand": "#c2ab87",
    "plum": "#573a5c",
}


def draw(
    body: str,
    colour: str,
    view: str = "side",
    scene: str = "studio",
    seed: int = 0,
    width: int = 1600,
    height: int = 1200,
) -> str:
    """Draw one car and return a complete SVG document of ``width`` by ``height`` pixels.

    ``body`` is one of ``BODIES``, ``view`` of ``VIEWS``, ``scene`` of ``SCENES``; ``colour`` is any ``#rrggbb``
    (``PAINTS`` has believable ones). ``seed`` chooses rims, lamps, grille, trim, seats and the palette of the scene:
    the same body, colour and seed are the same car in every view and scene. Meant for 4:3 and 16:9; for thumbnails
    rasterise smaller, do not draw smaller. Raises ``ValueError`` for an unknown body, view, scene or colour.
    """
    if body not in BODIES:
        raise ValueError(f"unknown body {body!r}, one of {', '.join(BODIES)}")
    if view not in VIEWS or scene not in SCENES:
        raise ValueError(f"unknown view {view!r} or scene {scene!r}")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"colour {colour!r} is not of the form #rrggbb")
    key = f"{body}{colour}{view}{scene}{seed}{width}{height}"
    frame = Frame(Svg("c" + hashlib.sha256(key.encode()).hexdigest()[:5]), view, scene, seed, width, height)
    light = LIGHTS[scene]
    painter = _draw_cabin if view == "interior" else _draw_outside
    painter(frame, BODIES[body], paint(colour, light), look(body, seed), light)
    return frame.document()


TURN = (0, 22, 41, 62, 90, 180)
"""Degrees from the nose a car can be drawn from; mirrored, those between make the other side."""


def draw_turn(
    body: str, colour: str, scene: str, seed: int, degrees: int, width: int = 1600, height: int = 1200
) -> str:
    """Draw one frame of a turn round the car: always the same scale, so that the car stands still while one turns it.

    Arguments are those of ``draw``; ``degrees`` is one of ``TURN``. Raises ``ValueError`` for another one.
    """
    if degrees not in TURN:
        raise ValueError(f"degrees {degrees} is none of {', '.join(map(str, TURN))}")
    spec, light = BODIES[body], LIGHTS[scene]
    tones, car = paint(colour, light), look(body, seed)
    key = f"turn{body}{colour}{scene}{seed}{degrees}{width}{height}"
    frame = Frame(Svg("t" + hashlib.sha256(key.encode()).hexdigest()[:5]), "turn", scene, seed, width, height)
    _draw_scene(frame, light)
    scale = min(width / max(spec.length * 1.16, 4.75), height * 0.62 / spec.height)
    if degrees in (0, 90, 180):
        length = spec.length if degrees == 90 else 0.0
        elevation = {0: draw_front, 90: draw_side, 180: draw_rear}[degrees]
        _place(frame, spec, light, width / 2, scale, length, lambda: elevation(frame.svg, spec, tones, car, light))
    else:
        frame.open(width * 0.5, frame.ground + height * 0.02, scale)
        draw_quarter(frame.svg, spec, tones, car, light, degrees)
        frame.svg.close()
    return frame.document()


@dataclass(frozen=True)
class Frame:
    """The picture to fill: its document, what it shows and its size in pixels."""

    svg: Svg
    view: str
    scene: str
    seed: int
    width: int
    height: int

    @property
    def unit(self) -> float:
        """Pixels of a frame unit; every picture is 16 of them wide."""
        return self.width / 16

    @property
    def close(self) -> bool:
        """Whether the view is a close-up."""
        return self.view == "wheel_detail"

    @property
    def ground(self) -> float:
        """Pixel row on which the tyres stand."""
        if self.close:
            return self.height * 0.88
        return self.height * (0.73 if self.height / self.width > 0.65 else 0.80)

    def open(self, x: float, y: float, scale: float) -> None:
        """Open a group with its origin at a pixel and y pointing up."""
        self.svg.open(transform=f"translate({num(x)} {num(y)}) scale({num(scale)} {num(-scale)})")

    def document(self) -> str:
        """The complete SVG text, definitions first."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
            f' viewBox="0 0 {self.width} {self.height}" width="{self.width}" height="{self.height}">'
            f"<defs>{''.join(self.svg.defs)}</defs>{''.join(self.svg.body)}</svg>"
        )


def _draw_cabin(frame: Frame, spec: Body, tones: Paint, car: Look, light: Light) -> None:
    """The interior; the scene shows through the glass."""
    half = frame.height / frame.unit / 2
    frame.open(frame.width / 2, frame.height * 0.5, frame.unit)
    draw_interior(frame.svg, spec, tones, car, light, frame.scene, half + 0.1, -half - 0.1, frame.seed)
    frame.svg.close()


def _draw_outside(frame: Frame, spec: Body, tones: Paint, car: Look, light: Light) -> None:
    """The scene and the car in it."""
    svg, width, height, ground = frame.svg, frame.width, frame.height, frame.ground
    _draw_scene(frame, light)
    if frame.view == "side":
        scale = min(width / max(spec.length * 1.16, 4.75), height * 0.62 / spec.height)
        _place(frame, spec, light, width / 2, scale, spec.length, lambda: draw_side(svg, spec, tones, car, light))
    elif frame.view == "wheel_detail":
        scale = height * 0.66 / (2 * spec.radius)
        shift = spec.length / 2 - spec.front_wheel - 0.10
        _place(
            frame,
            spec,
            light,
            width * 0.5 + shift * scale,
            scale,
            spec.length,
            lambda: draw_side(svg, spec, tones, car, light, True),
        )
    elif frame.view == "front_three_quarter":
        scale = min(width / (spec.length * 0.72 + 1.15), height * 0.60 / spec.height)
        frame.open(width * 0.5, ground + height * 0.02, scale)
        draw_quarter(svg, spec, tones, car, light)
        svg.close()
    else:
        scale = min(width / 3.1, height * 0.60 / spec.height)
        elevation = draw_front if frame.view == "front" else draw_rear
        _place(frame, spec, light, width / 2, scale, 0.0, lambda: elevation(svg, spec, tones, car, light))


def _draw_scene(frame: Frame, light: Light) -> None:
    """The backdrop, twice as large behind a close-up."""
    zoom = 2.0 if frame.close else 1.0
    top, bottom = frame.ground / frame.unit / zoom + 0.1, -(frame.height - frame.ground) / frame.unit / zoom - 0.1
    frame.open(frame.width / 2, frame.ground, frame.unit * zoom)
    backdrop(frame.svg, frame.scene, top, bottom, light, frame.seed, frame.close)
    frame.svg.close()


def _place(
    frame: Frame, spec: Body, light: Light, x: float, scale: float, length: float, paint_car: Callable[[], None]
) -> None:
    """Ground shadow, mirror image on a glossy floor, then the car itself.

    ``x`` is the pixel column of the middle of the car, ``length`` its length in metres or 0 for a view along it.
    """
    svg = frame.svg
    frame.open(x - length * scale / 2, frame.ground, scale)
    half = (length or spec.width) / 2
    middle = half if length else 0.0
    car = _drawn_apart(svg, paint_car)
    svg.ellipse(
        (middle, -0.01),
        half * 1.13,
        0.17,
        svg.rad(
            (middle, -0.01),
            half * 1.13,
            [(0, light.dark, 0.62), (0.72, light.dark, 0.42), (0.88, light.dark, 0.18), (1, light.dark, 0)],
            0.15 / (half * 1.13),
        ),
    )
    if light.floor and not frame.close:
        name = _mirror_image(svg, light, middle - half - 1, 2 * half + 2)
        svg.body.append(f'<g id="{name}">')
    else:
        svg.body.append("<g>")
    spots = (spec.front_wheel, spec.rear_wheel) if length else (-spec.width * 0.40, spec.width * 0.40)
    for spot in spots:
        wide = spec.radius * (1.05 if length else 0.55)
        svg.ellipse(
            (spot, 0.004),
            wide,
            0.055,
            svg.rad(
                (spot, 0.004), wide, [(0, light.dark, 0.9), (0.45, light.dark, 0.6), (1, light.dark, 0)], 0.055 / wide
            ),
        )
    svg.body.extend(car)
    svg.body.append("</g>")
    svg.close()


def _drawn_apart(svg: Svg, paint_car: Callable[[], None]) -> list[str]:
    """The elements ``paint_car`` adds, taken out of the document again; its definitions stay."""
    start = len(svg.body)
    paint_car()
    car = svg.body[start:]
    del svg.body[start:]
    return car


def _mirror_image(svg: Svg, light: Light, left: float, wide: float) -> str:
    """Show the group of the returned id upside down below the ground, fading out."""
    name = f"{svg.prefix}car"
    fade = svg.lin(
        (0, 0), (0, -0.75), [(0, "#fff", light.floor * 1.6), (0.5, "#fff", light.floor * 0.5), (1, "#fff", 0)]
    )
    svg.defs.append(
        f'<mask id="{name}m" maskUnits="userSpaceOnUse" x="{num(left)}" y="-1" width="{num(wide)}" height="1.01">'
        f'<path d="M{num(left)} -1h{num(wide)}v1h-{num(wide)}z" fill="{fade}"/></mask>'
    )
    svg.body.append(f'<g mask="url(#{name}m)"><use xlink:href="#{name}" transform="scale(1 -1)"/></g>')
    return name
