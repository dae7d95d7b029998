"""Addresses of the photo derivatives, computed from content hash and size alone (SPEC 43, BRIEF §7).

Pure: a page can name a picture before anybody made it. The builder makes exactly what `derivatives_of` lists.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .contexts import Picture, Source

WIDTHS = (320, 480, 720, 1080, 1600)
"""Widths of the WebP ladder in pixels; never wider than the original."""
LARGE = 800
"""Most width of the fallback JPEG (SPEC 43)."""
CROPS = {"thumb": (150, 150), "medium": (400, 300), "og": (1200, 630)}
"""JPEG crops of exactly this size, enlarged where the original is smaller."""
FOCUS = (0.5, 0.55)
"""Where crops look: share of width and height (BRIEF §7)."""
HASH_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Derivative:
    """One file to make of an original: scaled to `width` × `height`, or cropped to it around `FOCUS`."""

    path: str
    """`/i/<20 hex digits>-<name>.<ext>`"""
    format: str
    """`webp` or `jpeg`."""
    width: int
    height: int
    crop: bool
    name: str
    """`320` … for the ladder, else `thumb`, `medium`, `large`, `og`."""


def derivatives_of(content_hash: str, width: int, height: int) -> tuple[Derivative, ...]:
    """List all files made of one original.

    Args:
        content_hash: sha256 of the original, hex.
        width: upright width in pixels, at least 1.
        height: upright height in pixels, at least 1.
    """
    scaled = [
        Derivative(
            path_of(content_hash, str(step), "webp"), "webp", step, _scaled(height, step, width), False, str(step)
        )
        for step in ladder(width)
    ]
    large = min(LARGE, width)
    fallback = Derivative(
        path_of(content_hash, "large", "jpg"), "jpeg", large, _scaled(height, large, width), False, "large"
    )
    crops = [Derivative(path_of(content_hash, name, "jpg"), "jpeg", *size, True, name) for name, size in CROPS.items()]
    return (*scaled, fallback, *crops)


def ladder(width: int) -> tuple[int, ...]:
    """Give the WebP widths of an original: the steps below its own width, and that width as the largest (≤ 1600)."""
    return (*(step for step in WIDTHS if step < width), min(width, WIDTHS[-1])) if width < WIDTHS[-1] else WIDTHS


def path_of(content_hash: str, name: str, extension: str) -> str:
    """Give the public path of a derivative."""
    return f"/i/{content_hash[:HASH_DIGITS]}-{name}.{extension}"


def picture(
    content_hash: str, width: int, height: int, *, alt: str, kind: str = "exterior", caption: str | None = None
) -> Picture:
    """Give a photo as templates take it.

    Args:
        content_hash: sha256 of the original, hex.
        width: upright width in pixels.
        height: upright height in pixels.
        alt: what it shows, for those who cannot see it.
        kind: exterior, interior, engine, detail (SPEC 44).
        caption: the dealer's words under it.
    """
    steps = ladder(width)
    webp = [(path_of(content_hash, str(step), "webp"), step) for step in steps]
    large = min(LARGE, width)
    return Picture(
        src=path_of(content_hash, "large", "jpg"),
        width=large,
        height=_scaled(height, large, width),
        alt=alt,
        sources=(Source("image/webp", ", ".join(f"{path} {step}w" for path, step in webp)),),
        large=webp[-1][0],
        thumb=path_of(content_hash, "thumb", "jpg"),
        portrait=height > width,
        kind=kind,
        caption=caption,
    )


def social(content_hash: str) -> str:
    """Give the path of the 1200×630 picture for shared links."""
    return path_of(content_hash, "og", "jpg")


def big_enough(pictures: Iterable[tuple[str, int, int]]) -> list[str]:
    """Give the paths of pictures with 50,000 pixels and more, which structured data may name (SEO.md §2)."""
    return [path for path, width, height in pictures if width * height >= 50_000]


def _scaled(height: int, to_width: int, width: int) -> int:
    return max(1, round(height * to_width / width))
