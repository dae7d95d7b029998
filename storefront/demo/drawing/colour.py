"""Colour arithmetic on ``#rrggbb`` strings, done in OKLab so that blends keep their lightness."""

from __future__ import annotations

Lab = tuple[float, float, float]


def _to_lab(colour: str) -> Lab:
    """OKLab of ``#rrggbb`` or ``#rgb``."""
    raw = colour.lstrip("#")
    if len(raw) == 3:
        raw = "".join(c * 2 for c in raw)
    rgb = [int(raw[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_lab(lab: Lab) -> str:
    """The nearest ``#rrggbb`` of an OKLab colour."""
    bright, a, b = lab
    long = (bright + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (bright - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (bright - 0.0894841775 * a - 1.2914855480 * b) ** 3
    lin = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    out = ""
    for c in lin:
        c = min(1.0, max(0.0, c))
        c = 12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055
        out += f"{round(c * 255):02x}"
    return "#" + out


def mix(a: str, b: str, t: float) -> str:
    """Blend two hex colours in OKLab, ``t`` = 0 gives ``a``."""
    la, lb = _to_lab(a), _to_lab(b)
    return _from_lab((la[0] + (lb[0] - la[0]) * t, la[1] + (lb[1] - la[1]) * t, la[2] + (lb[2] - la[2]) * t))


def tone(colour: str, factor: float, lift: float = 0.0, chroma: float = 1.0) -> str:
    """Scale and lift the lightness of a colour, keeping its hue."""
    bright, a, b = _to_lab(colour)
    return _from_lab((min(1.0, bright * factor + lift), a * chroma, b * chroma))


def lightness(colour: str) -> float:
    """Perceived lightness 0..1."""
    return _to_lab(colour)[0]
