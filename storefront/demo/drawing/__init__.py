"""Our own car illustrations: parametric vector drawings for the demo's stock, no photographs, no brands."""

from .bodies import BODIES
from .car import PAINTS, VIEWS, draw
from .scenes import SCENES

__all__ = ["BODIES", "PAINTS", "SCENES", "VIEWS", "draw"]
