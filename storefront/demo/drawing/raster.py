"""From a drawing to the picture a dealer would upload: SVG rasterised, scaled down and encoded as WebP."""

from __future__ import annotations

import io

from PIL import Image

from .car import draw

DRAWN_WIDTH = 1600
DRAWN_HEIGHT = 1200


class RasteriserMissing(RuntimeError):
    """The optional rasteriser is not installed; only pictures drawn afresh need it, the committed pool does not."""


def draw_picture(
    body: str,
    colour: str,
    view: str,
    scene: str,
    seed: int,
    width: int = 1280,
    *,
    quality: int = 80,
) -> bytes:
    """Draw one view of a car as a 4:3 WebP picture.

    ``body``, ``colour`` (``#rrggbb``), ``view``, ``scene`` and ``seed`` are those of ``draw``; ``width`` is in pixels,
    at most 1600; ``quality`` is WebP's, 0 to 100. Raises ``ValueError`` for an unknown word or a width outside
    16 to 1600, ``RasteriserMissing`` without the ``embedded`` extra.
    """
    if not 16 <= width <= DRAWN_WIDTH:
        raise ValueError(f"width {width} is outside 16 to {DRAWN_WIDTH} pixels")
    drawing = draw(body, colour, view, scene, seed=seed, width=DRAWN_WIDTH, height=DRAWN_HEIGHT)
    return encode(drawing, width, quality)


def encode(drawing: str, width: int, quality: int) -> bytes:
    """Rasterise an SVG document as a WebP picture ``width`` pixels wide, smaller than drawn or as large.

    Raises ``RasteriserMissing`` without the ``embedded`` extra.
    """
    picture = Image.open(io.BytesIO(_rasterise(drawing))).convert("RGB")
    if width < picture.width:
        picture = picture.resize((width, round(width * picture.height / picture.width)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()


def _rasterise(drawing: str) -> bytes:
    """PNG bytes of an SVG document."""
    # Imported here: the package is optional, and everything else in the demo must import without it.
    try:
        import resvg_py
    except ImportError as missing:
        raise RasteriserMissing(
            "Drawing pictures needs the package resvg-py: pip install 'marketplace-auto[embedded]'"
        ) from missing
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing, skip_system_fonts=True))
