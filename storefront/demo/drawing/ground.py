"""What all backdrops stand on: the edges of the frame, and a stripe across it."""

from __future__ import annotations

from .curves import poly
from .document import Svg

LEFT = -8.1
RIGHT = 8.1


def band(svg: Svg, y0: float, y1: float, fill: str, **attrs: object) -> None:
    """Add a stripe over the whole width of the picture."""
    svg.path(poly([(LEFT, y0), (RIGHT, y0), (RIGHT, y1), (LEFT, y1)]), fill, **attrs)
