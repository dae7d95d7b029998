"""Backdrops: studio, studio by night, showroom, street in the evening, dealer's yard.

Drawn in frame units: the picture is 16 units wide, x = 0 in the middle, y = 0 where the
tyres touch the ground. ``top`` and ``bottom`` are the frame edges.
"""

from __future__ import annotations

import random

from .colour import mix
from .document import Svg
from .ground import band
from .indoors import night_studio, showroom, studio
from .look import Light
from .street import street
from .yard import yard

SCENES = ("studio", "showroom", "street_evening", "yard", "night_studio")
_PAINTERS = {
    "studio": studio,
    "showroom": showroom,
    "street_evening": street,
    "yard": yard,
    "night_studio": night_studio,
}


def backdrop(svg: Svg, scene: str, top: float, bottom: float, light: Light, seed: int, close: bool = False) -> None:
    """Draw one backdrop; ``seed`` varies palette, skyline, clouds and planting.

    ``close`` marks a close-up, where small things behind the car would only distract.
    """
    _PAINTERS[scene](svg, top, bottom, random.Random(f"{scene}-{seed}"))
    if close:
        band(svg, bottom, top, mix(light.ground, light.sky, 0.5), opacity=0.14)
