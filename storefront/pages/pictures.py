"""Addresses of the photo derivatives, computed from content hash and size alone (SPEC 43, BRIEF §7).

Pure: a page can name a picture before anybody made it. The builder makes exactly what `derivatives_of` lists. What is
made together is a *set*: the photo's own widths and crops, its crops around another focus, or the pictures of a tour.
A set is named by the photo's key, or by key and variant; an address is `/i/<key>-<name>[-<variant>].<ext>`, so a page
that names a file says which set it needs and how it was cropped.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .contexts import Picture, Source

WIDTHS = (320, 480, 720, 1080, 1600)
"""Widths of AVIF, WebP and JPEG in pixels; never wider than the original."""
LARGE = 800
"""Most width of the fallback JPEG (SPEC 43)."""
CROPS = {"thumb": (150, 150), "medium": (400, 300), "og": (1200, 630)}
"""JPEG crops of exactly this size, enlarged where the original is smaller."""
FOCUS, TALL_FOCUS = (50, 55), (50, 80)
"""Where crops look, in percent of width and height, where nobody said: upright pictures look lower (BRIEF §7)."""
HASH_DIGITS = 20
SPIN, PANORAMA = "spin", "pano"
SPIN_WIDTHS, PANORAMA_WIDTH = (800, 1600), 4096
EXTENSIONS = {"avif": "avif", "webp": "webp", "jpeg": "jpg"}
_NAME = re.compile(r"(?P<key>[0-9a-f]{20})(?:-(?P<variant>[0-9]{1,3}x[0-9]{1,3}|spin|pano))?")

Focus = tuple[int, int]
"""Percent of the upright width from the left, of the height from the top."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """One file to make of an original: scaled to `width` × `height`, or cropped to it around `focus`."""

    path: str
    """`/i/<20 hex digits>-<name>.<ext>`"""
    format: str
    """`avif`, `webp` or `jpeg`."""
    width: int
    height: int
    crop: bool
    name: str
    """`320` … for the widths, else `thumb`, `medium`, `large`, `og`."""
    focus: Focus = FOCUS


def derivatives_of(content_hash: str, width: int, height: int, variant: str = "") -> tuple[Derivative, ...]:
    """List all files of one set made of an original.

    Args:
        content_hash: sha256 of the original, hex.
        width: upright width in pixels, at least 1.
        height: upright height in pixels, at least 1.
        variant: empty for the photo's own set, `30x60` for its crops around that focus, `spin` or `pano`.
    """
    if variant == SPIN:
        steps = tuple(dict.fromkeys(min(step, width) for step in SPIN_WIDTHS))
        return _scaled(content_hash, width, height, steps, ("webp", "jpeg"), variant)
    if variant == PANORAMA:
        return _scaled(content_hash, width, height, (min(PANORAMA_WIDTH, width),), ("webp", "jpeg"), variant)
    if variant:
        x, _, y = variant.partition("x")
        return _crops(content_hash, (int(x), int(y)), variant)
    large = _scaled(content_hash, width, height, (min(LARGE, width),), ("jpeg",), "", "large")
    return (
        *_scaled(content_hash, width, height, ladder(width), ("avif", "webp", "jpeg"), ""),
        *large,
        *_crops(content_hash, default_focus(width, height), ""),
    )


def ladder(width: int) -> tuple[int, ...]:
    """Give the widths of an original: the steps below its own width, and that width as the largest (≤ 1600)."""
    return (*(step for step in WIDTHS if step < width), min(width, WIDTHS[-1])) if width < WIDTHS[-1] else WIDTHS


def path_of(content_hash: str, name: str, extension: str, variant: str = "") -> str:
    """Give the public path of a derivative."""
    return f"/i/{content_hash[:HASH_DIGITS]}-{name}{f'-{variant}' if variant else ''}.{extension}"


def set_name(content_hash: str, variant: str = "") -> str:
    """Give the name of a set: the photo's key, with its variant."""
    return content_hash[:HASH_DIGITS] + (f"-{variant}" if variant else "")


def set_of(path: str) -> str | None:
    """Give the set a picture's public path belongs to, None for other paths."""
    key, dash, rest = path.removeprefix("/i/").partition("-")
    if len(key) != HASH_DIGITS or not dash:
        return None
    variant = rest.partition(".")[0].partition("-")[2]
    return f"{key}-{variant}" if variant else key


def parsed_name(name: str) -> tuple[str, str]:
    """Take a set's name apart: key and variant.

    Raises:
        ValueError: no name of a set.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"not the name of a photo's pictures: {name[:80]!r}")
    return found["key"], found["variant"] or ""


def default_focus(width: int, height: int) -> Focus:
    """Give where crops of a photo look when nobody said."""
    return TALL_FOCUS if height > width else FOCUS


def focus_of(width: int, height: int, x: int | None, y: int | None) -> Focus:
    """Give where crops of a photo look: what the dealer chose, the default for what is None."""
    usual = default_focus(width, height)
    return (usual[0] if x is None else x, usual[1] if y is None else y)


def variant_of(width: int, height: int, focus: Focus) -> str:
    """Give the variant whose crops look there; empty for the default, whose crops belong to the photo's own set."""
    return "" if focus == default_focus(width, height) else f"{focus[0]}x{focus[1]}"


def picture(
    content_hash: str,
    width: int,
    height: int,
    *,
    alt: str,
    kind: str = "exterior",
    caption: str | None = None,
    focus_x: int | None = None,
    focus_y: int | None = None,
) -> "Picture":
    """Give a photo as templates take it.

    Args:
        content_hash: sha256 of the original, hex.
        width: upright width in pixels.
        height: upright height in pixels.
        alt: what it shows, for those who cannot see it.
        kind: exterior, interior, engine, detail (SPEC 44).
        caption: the dealer's words under it.
        focus_x: where crops look, in percent from the left; None takes the default.
        focus_y: the same from the top.
    """
    from .contexts import Picture  # who only wants the names of files does without all contexts of pages

    files = _files(content_hash, width, height, focus_x, focus_y)
    return Picture(
        src=files.src,
        width=files.width,
        height=files.height,
        alt=alt,
        sources=files.sources,
        large=files.large,
        thumb=files.thumb,
        portrait=height > width,
        kind=kind,
        caption=caption,
        srcset=files.srcset,
        focus=files.focus,
    )


class _Files(NamedTuple):
    """What is the same of a photo in all languages and on all sites."""

    src: str
    width: int
    height: int
    sources: "tuple[Source, ...]"
    large: str
    thumb: str
    srcset: str
    focus: str


@lru_cache(maxsize=4096)
def _files(content_hash: str, width: int, height: int, focus_x: int | None, focus_y: int | None) -> _Files:
    from .contexts import Source

    steps = ladder(width)
    large = min(LARGE, width)
    focus = focus_of(width, height, focus_x, focus_y)
    variant = variant_of(width, height, focus)
    return _Files(
        src=path_of(content_hash, "large", "jpg"),
        width=large,
        height=_height(height, large, width),
        sources=tuple(Source(f"image/{name}", _srcset(content_hash, steps, name)) for name in ("avif", "webp")),
        large=path_of(content_hash, str(steps[-1]), "webp"),
        thumb=path_of(content_hash, "thumb", "jpg", variant),
        srcset=_srcset(content_hash, steps, "jpg"),
        focus=f"fx-{_ten(focus[0])} fy-{_ten(focus[1])}" if variant else "",
    )


def social(content_hash: str, variant: str = "") -> str:
    """Give the path of the photo's 1200×630 crop, without words on it; structured data names it (SEO.md §2)."""
    return path_of(content_hash, "og", "jpg", variant)


def big_enough(pictures: Iterable[tuple[str, int, int]]) -> list[str]:
    """Give the paths of pictures with 50,000 pixels and more, which structured data may name (SEO.md §2)."""
    return [path for path, width, height in pictures if width * height >= 50_000]


def _srcset(content_hash: str, steps: tuple[int, ...], extension: str) -> str:
    start = f"/i/{content_hash[:HASH_DIGITS]}-"
    return ", ".join([f"{start}{step}.{extension} {step}w" for step in steps])


def _scaled(
    content_hash: str,
    width: int,
    height: int,
    steps: tuple[int, ...],
    formats: tuple[str, ...],
    variant: str,
    name: str | None = None,
) -> tuple[Derivative, ...]:
    return tuple(
        Derivative(
            path_of(content_hash, name or str(step), EXTENSIONS[kind], variant),
            kind,
            step,
            _height(height, step, width),
            False,
            name or str(step),
        )
        for kind in formats
        for step in steps
    )


def _crops(content_hash: str, focus: Focus, variant: str) -> tuple[Derivative, ...]:
    return tuple(
        Derivative(path_of(content_hash, name, "jpg", variant), "jpeg", *size, True, name, focus)
        for name, size in CROPS.items()
    )


def _ten(percent: int) -> int:
    """Round to the steps that style sheets have classes for; halves go up."""
    return (percent + 5) // 10 * 10


def _height(height: int, to_width: int, width: int) -> int:
    return max(1, round(height * to_width / width))
