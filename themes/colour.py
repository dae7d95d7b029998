"""Colour arithmetic for theme settings: contrast as WCAG 2.2 defines it, mixing, and a proposal for dark pages.

A colour is `#rrggbb` in small letters everywhere in here; `parse` is the only way in (SECURITY C2).
"""

import colorsys
import re

HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")

Rgb = tuple[int, int, int]


def parse(text: str) -> str | None:
    """Read `#rgb` or `#rrggbb` in any case; None for anything else."""
    text = text.strip().lower()
    if not HEX.fullmatch(text):
        return None
    return text if len(text) == 7 else "#" + "".join(digit * 2 for digit in text[1:])


def rgb(colour: str) -> Rgb:
    """Give the three channels, 0–255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of two colours, 1–21 (WCAG 2.2, contrast ratio)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Give the relative luminance, 0–1 (WCAG 2.2)."""
    red, green, blue = (_linear(channel / 255) for channel in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mix(colour: str, other: str, share: float) -> str:
    """Mix a share (0–1) of `other` into a colour."""
    return _hex(tuple(a + (b - a) * share for a, b in zip(rgb(colour), rgb(other), strict=True)))


def readable_on(colour: str) -> str:
    """Give the text colour for a filled ground: white, or the ground's own hue nearly black, whichever is clearer.

    On a ground between light and dark neither may stand out enough (4.5:1); black or white always does.
    """
    dark = mix(colour, "#000000", 0.86)
    if max(contrast("#ffffff", colour), contrast(dark, colour)) < 4.5:
        dark = "#000000"
    return "#ffffff" if contrast("#ffffff", colour) >= contrast(dark, colour) else dark


def lightened_for(colour: str, ground: str, ratio: float = 4.5) -> str:
    """Raise the lightness, keeping the hue, until the colour stands out from a dark ground (BRIEF §3)."""
    hue, light, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in rgb(colour)))
    for step in range(101):
        lifted = light + (1 - light) * step / 100
        found = _hex(tuple(channel * 255 for channel in colorsys.hls_to_rgb(hue, lifted, saturation)))
        if contrast(found, ground) >= ratio:
            return found
    return "#ffffff"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _hex(channels: tuple[float, ...]) -> str:
    return "#" + "".join(f"{min(255, max(0, round(channel))):02x}" for channel in channels)
