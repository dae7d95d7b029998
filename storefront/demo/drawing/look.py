"""Light, paint and trim: everything about the appearance that is not geometry."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

from .colour import lightness, mix, tone


@dataclass(frozen=True)
class Light:
    """What a scene reflects into the paint and the glass."""

    sky: str  # reflected in upward facing surfaces
    horizon: str  # thin bright band at the horizon
    ground: str  # reflected in downward facing surfaces
    dark: str  # deepest shade
    glass_top: str
    glass_low: str
    strength: float  # how strongly sky is reflected
    lamps_on: bool = False
    floor: float = 0.0  # opacity of the mirror image on the floor


LIGHTS: dict[str, Light] = {
    "studio": Light("#ffffff", "#ffffff", "#3a4250", "#0d1016", "#2a333f", "#10151c", 1.0, False, 0.20),
    "showroom": Light("#fffaf2", "#fff3e0", "#4a3f38", "#120f10", "#37424b", "#13181d", 1.0, False, 0.30),
    "street_evening": Light("#c9b8e0", "#ffb27a", "#231f3d", "#0a0a18", "#3b3a66", "#12122a", 0.86, True, 0.26),
    "night_studio": Light("#f4efe6", "#ffffff", "#17181a", "#050506", "#23272d", "#0b0d10", 0.92, True, 0.34),
    "yard": Light("#e9f5ff", "#fffdf2", "#3c4038", "#0f1214", "#4d6a80", "#151d24", 0.95, False, 0.0),
}


@dataclass(frozen=True)
class Paint:
    """Tones of one paint colour under one light, from lightest to deepest."""

    spark: str
    bright: str
    light: str
    base: str
    shade: str
    dark: str
    deep: str


def paint(colour: str, light: Light) -> Paint:
    """Derive the tones; light paints get gentle shades, dark paints strong highlights."""
    lum = lightness(colour)
    base = mix(colour, light.sky, 0.02)
    if lum < 0.32:
        base = tone(base, 1.0, 0.05)
    k = light.strength
    room = 1.0 - lightness(base)
    light_tone = mix(tone(base, 1.0, 0.20 * room * k, 1.02), light.sky, 0.05 * k)
    bright = mix(tone(base, 1.0, 0.40 * room * k, 0.95), light.sky, 0.16 * k)
    deepen = 1.0 - 0.30 * max(0.0, lum - 0.6) / 0.4
    shade = mix(tone(base, 1 - 0.15 * deepen, 0, 1.0), light.ground, 0.10 * deepen)
    dark = mix(tone(base, 1 - 0.34 * deepen, 0, 0.92), light.ground, 0.24 * deepen)
    return Paint(
        spark=mix(bright, light.sky, 0.72),
        bright=bright,
        light=light_tone,
        base=base,
        shade=shade,
        dark=dark,
        deep=mix(tone(dark, 0.72), light.dark, 0.42),
    )


@dataclass(frozen=True)
class Look:
    """Seeded details; the same look is used by every view of one car."""

    rim: int  # 0 five twin spokes, 1 multi-spoke, 2 turbine
    lamp: int  # 0 blade, 1 double bar, 2 hook
    grille: int  # 0 slats, 1 mesh, 2 closed bar
    bright_trim: bool  # metal instead of black window trim
    dark_rim: bool
    caliper: str
    seat: str


def look(body: str, seed: int) -> Look:
    """Choose details deterministically from body type and seed."""
    rng = random.Random(int(hashlib.sha256(f"{body}/{seed}".encode()).hexdigest()[:12], 16))
    rim, lamp, grille = rng.randrange(3), rng.randrange(3), rng.randrange(3)
    return Look(
        rim,
        lamp,
        grille,
        rng.random() < 0.45,
        rng.random() < 0.35,
        rng.choice(["#7d848c", "#7d848c", "#b3362c", "#4a4f57"]),
        rng.choice(["#2a2d33", "#3a3029", "#53463a", "#6f6253", "#353b46"]),
    )
