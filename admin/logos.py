"""A dealer's logo: read in a process of its own, kept as a small picture, and the accents its colours propose."""

import base64
import colorsys
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import themes
from storefront.core.errors import DomainError
from storefront.domain.listings.photo_files import facts
from themes import colour

MOST_BYTES = 4 * 1024 * 1024
MOST_PIXELS = 16_000_000
SECONDS = 15
READABLE = 4.5
"""Least contrast of an accent with its ground (BRIEF §3, WCAG 2.2)."""
_ROOT = Path(__file__).parent.parent
_PROPOSED = 4
_APART = 0.06
"""Hues closer than this are one colour to most eyes."""


@dataclass(frozen=True, slots=True)
class Logo:
    """What was read of a file."""

    png: bytes
    colours: tuple[str, ...]
    width: int
    height: int
    is_light: bool
    """Made for dark grounds."""

    def as_setting(self, content_hash: str) -> dict[str, object]:
        """Give what the site's configuration remembers of it."""
        size = {"width": self.width, "height": self.height, "light": self.is_light}
        return {"hash": content_hash, "colours": list(self.colours), **size}


@dataclass(frozen=True, slots=True)
class Proposal:
    """An accent, how it reads on light pages, and its form for dark ones."""

    accent: str
    contrast: float
    dark: str


def read(content: bytes) -> Logo:
    """Read a logo.

    Raises:
        DomainError: no JPEG, PNG or WebP, too large, or it cannot be decoded; `field` is `logo`.
    """
    if len(content) > MOST_BYTES:
        raise DomainError("A logo has at most 4 MB", field="logo")
    try:
        found = facts(content)
    except DomainError as error:
        raise DomainError(error.message, field="logo") from error
    if found.width * found.height > MOST_PIXELS:
        raise DomainError("A logo has at most 16 megapixels", field="logo")
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "admin.logo_child", found.format],
            input=content, capture_output=True, timeout=SECONDS, cwd=_ROOT, check=True,
        )  # fmt: skip
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise DomainError("The picture cannot be read: please export it again as PNG", field="logo") from error
    colours, size = tuple(answer["colours"]), (int(answer["width"]), int(answer["height"]))
    return Logo(base64.b64decode(answer["png"]), colours, *size, is_light=bool(answer["light"]))


def proposals(colours: Sequence[str], theme: str) -> list[Proposal]:
    """Give accents out of a logo's colours: the same hues, darkened until they read on the theme's light pages."""
    grounds = themes.load(theme).grounds
    light, dark = grounds["light"], grounds["dark"]
    found: list[Proposal] = []
    for one in colours:
        accent = darkened_for(one, light)
        if any(_alike(accent, other.accent) for other in found):
            continue
        found.append(Proposal(accent, colour.contrast(accent, light), colour.lightened_for(accent, dark)))
        if len(found) == _PROPOSED:
            break
    return found


def darkened_for(one: str, ground: str, ratio: float = READABLE) -> str:
    """Lower the lightness, keeping the hue, until a colour stands out from a light ground."""
    hue, light, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in colour.rgb(one)))
    for step in range(101):
        channels = colorsys.hls_to_rgb(hue, light * (1 - step / 100), saturation)
        found = "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
        if colour.contrast(found, ground) >= ratio:
            return found
    return "#000000"


def _alike(one: str, other: str) -> bool:
    hues = [colorsys.rgb_to_hls(*(channel / 255 for channel in colour.rgb(each)))[0] for each in (one, other)]
    apart = abs(hues[0] - hues[1])
    return min(apart, 1 - apart) < _APART
