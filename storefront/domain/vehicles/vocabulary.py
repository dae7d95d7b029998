"""The codes a car is described in, and the one spelling of makes and models that the product knows.

Codes are what tables, feeds and search keep; the words a visitor reads for them live in the themes (`body.estate`,
`fuel.diesel`, `feature.abs`). Makes and models are data: `makes.toml` beside this module.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any

from rapidfuzz import fuzz, process

from storefront.core.slugs import slug

BODIES = (
    "hatchback",
    "city",
    "saloon",
    "estate",
    "suv",
    "coupe",
    "convertible",
    "mpv",
    "van",
    "pickup",
    "other",
)
FUELS = (
    "petrol",
    "diesel",
    "electric",
    "hybrid",
    "plugin_hybrid",
    "lpg",
    "cng",
    "ethanol",
    "hydrogen",
    "other",
)
TRANSMISSIONS = ("manual", "automatic", "semi_automatic")
DRIVES = ("front", "rear", "all")
COLOURS = (
    "black",
    "white",
    "grey",
    "silver",
    "blue",
    "red",
    "green",
    "yellow",
    "orange",
    "brown",
    "beige",
    "gold",
    "violet",
    "bronze",
    "other",
)
INTERIOR_MATERIALS = ("cloth", "leather", "part_leather", "alcantara", "velour", "other")
CONDITIONS = ("new", "used", "damaged")
VAT = ("standard", "margin")
EMISSION_CLASSES = (
    "euro1",
    "euro2",
    "euro3",
    "euro4",
    "euro5",
    "euro6",
    "euro6b",
    "euro6c",
    "euro6d_temp",
    "euro6d",
    "euro6e",
    "zero",
)
EMISSION_STICKERS = ("none", "red", "yellow", "green")

FEATURE_GROUPS: Mapping[str, tuple[str, ...]] = {
    "safety": (
        "abs",
        "esp",
        "traction_control",
        "all_wheel_drive",
        "airbag_driver",
        "airbag_passenger",
        "airbag_side",
        "airbag_head",
        "airbag_rear",
        "isofix",
        "emergency_brake",
        "distance_warning",
        "lane_assist",
        "blind_spot",
        "rear_cross_traffic",
        "traffic_signs",
        "drowsiness",
        "night_vision",
        "emergency_call",
        "tyre_pressure",
        "hill_holder",
        "hill_descent",
        "speed_limiter",
        "led_headlights",
        "matrix_led",
        "laser_headlights",
        "xenon",
        "adaptive_headlights",
        "high_beam_assist",
        "daytime_lights",
        "led_daytime_lights",
        "fog_lights",
        "alarm",
        "immobiliser",
        "particle_filter",
        "catalytic_converter",
        "spare_wheel",
        "winter_tyres",
        "summer_tyres",
        "all_season_tyres",
        "service_history",
        "warranty",
    ),
    "comfort": (
        "air_conditioning",
        "climate_control",
        "climate_2_zone",
        "climate_3_zone",
        "climate_4_zone",
        "auxiliary_heating",
        "heat_pump",
        "cruise_control",
        "adaptive_cruise",
        "parking_sensors",
        "parking_front",
        "parking_rear",
        "parking_camera",
        "camera_360",
        "park_assist",
        "heated_seats",
        "heated_rear_seats",
        "ventilated_seats",
        "massage_seats",
        "electric_seats",
        "memory_seats",
        "lumbar_support",
        "armrest",
        "split_rear_seat",
        "heated_windscreen",
        "heated_steering_wheel",
        "leather_steering_wheel",
        "multifunction_steering",
        "paddle_shifters",
        "power_steering",
        "electric_windows",
        "electric_mirrors",
        "folding_mirrors",
        "dimming_mirror",
        "central_locking",
        "remote_locking",
        "keyless",
        "electric_tailgate",
        "electric_parking_brake",
        "sunroof",
        "panorama_roof",
        "sliding_door",
        "sliding_door_electric",
        "light_sensor",
        "rain_sensor",
        "start_stop",
        "air_suspension",
        "adaptive_suspension",
        "tow_bar",
        "tow_bar_removable",
        "ski_bag",
        "cargo_cover",
        "cargo_partition",
        "fast_charging",
        "disabled_access",
        "right_hand_drive",
        "non_smoker",
    ),
    "media": (
        "navigation",
        "carplay",
        "android_auto",
        "bluetooth",
        "hands_free",
        "voice_control",
        "touchscreen",
        "digital_cockpit",
        "headup_display",
        "trip_computer",
        "radio",
        "digital_radio",
        "cd",
        "mp3",
        "usb",
        "sound_system",
        "music_streaming",
        "wireless_charging",
        "wlan",
        "tv",
        "rear_entertainment",
    ),
    "look": (
        "alloy_wheels",
        "sport_package",
        "sport_seats",
        "sport_suspension",
        "sport_exhaust",
        "tinted_windows",
        "roof_rails",
        "roof_rack",
        "spoiler",
        "ambient_light",
        "winter_package",
        "wind_deflector",
        "hardtop",
        "tuning",
    ),
}
"""Equipment by the headings a car page shows it under; the order is the order of display."""

FEATURES: tuple[str, ...] = tuple(code for codes in FEATURE_GROUPS.values() for code in codes)
_RANK = {code: place for place, code in enumerate(FEATURES)}


class Matched(StrEnum):
    """How sure the vocabulary is of a word."""

    EXACT = "exact"
    NEAR = "near"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Match:
    """A name in the product's spelling; an unknown one is the word as it was written, trimmed."""

    name: str
    how: Matched


@dataclass(frozen=True, slots=True)
class Make:
    """One make with everything that is known of its models."""

    name: str
    slug: str
    keys: frozenset[str]
    models: Mapping[str, str]
    """Folded spelling -> the model's name."""
    patterns: tuple[tuple[re.Pattern[str], str], ...] = field(repr=False)
    """Model names that are right without being listed, each with the template of its family."""
    aliases: tuple[str, ...] = ()
    """Other spellings, as people write them."""
    listed: tuple[str, ...] = ()
    """Names of its models."""
    model_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Model -> other spellings, as people write them."""


NEAR_ENOUGH = 86
"""Similarity in per cent from which a misspelt word is taken for a known one (rapidfuzz `ratio`)."""
SHORTEST_NEAR = 5
"""Shorter words are never guessed: A4 and A5 are one letter apart and different cars."""


def makes() -> tuple[Make, ...]:
    """Give every known make, by name."""
    return _book().makes


def make_named(name: str) -> Make | None:
    """Find a make by any of its exact spellings."""
    return _book().by_key.get(folded(name))


def make_of(make_slug: str) -> Make | None:
    """Find a make by the slug that addresses and lists have of it."""
    return _book().by_slug.get(make_slug)


@lru_cache(maxsize=4096)
def normalise_make(text: str) -> Match:
    """Turn any spelling of a make into the product's own (`VW` -> Volkswagen); unknown makes stay as written."""
    word = _trimmed(text)
    key = folded(word)
    book = _book()
    if key in book.by_key:
        return Match(book.by_key[key].name, Matched.EXACT)
    near = _nearest(key, book.by_key)
    return Match(book.by_key[near].name, Matched.NEAR) if near else Match(word, Matched.UNKNOWN)


@lru_cache(maxsize=8192)
def normalise_model(make: str, text: str) -> Match:
    """Turn any spelling of a make's model into the product's own; unknown models stay as written."""
    word = _trimmed(text)
    known = make_named(make)
    if known is None or not word:
        return Match(word, Matched.UNKNOWN)
    key = folded(word)
    if key in known.models:
        return Match(known.models[key], Matched.EXACT)
    if any(pattern.fullmatch(word) for pattern, _ in known.patterns):
        return Match(_spaced(known, word), Matched.EXACT)
    near = _nearest(key, known.models)
    return Match(known.models[near], Matched.NEAR) if near else Match(word, Matched.UNKNOWN)


def family_of(make: str, model: str) -> str:
    """Name the family a buyer looks for a model under (BMW 320 -> 3er); a model without a family is its own."""
    known = make_named(make)
    for pattern, family in known.patterns if known else ():
        found = pattern.fullmatch(model)
        if found:
            return found.expand(family)
    return model


def find_make(text: str) -> str | None:
    """Find the first make that a free text names, long words also nearly right (`Ssanyong`), or nothing."""
    words = _words(text)
    book = _book()
    for start in range(len(words)):
        for length in (3, 2, 1):
            key = folded("".join(words[start : start + length]))
            if len(key) > 1 and key in book.by_key and not key.isdigit():
                return book.by_key[key].name
    near = (_nearest(folded(word), book.by_key) for word in words if len(word) > SHORTEST_NEAR)
    return next((book.by_key[key].name for key in near if key), None)


def find_model(make: str, text: str) -> str | None:
    """Find the longest known model of a make that a free text names, or the family of one (`E 320` -> E-Klasse).

    Single letters and numbers below 100 are too common in ads (90 PS, 5 Türen) to be taken for models, and a longer
    number counts only where it opens the text or follows the make.
    """
    known = make_named(make)
    if known is None:
        return None
    words = _words(text)
    spans = [
        (start, words[start : start + length]) for length in (4, 3, 2, 1) for start in range(len(words) - length + 1)
    ]
    named = [key for start, span in spans if _may_name(known, words, start, key := folded("".join(span)))]
    if named:
        return known.models[max(named, key=len)]
    described = (family_of(make, " ".join(span)) for _, span in spans if any(letter.isalpha() for letter in span[0]))
    return next((family for family in described if folded(family) in known.models and len(family) > 2), None)


@lru_cache(maxsize=16384)
def folded(text: str) -> str:
    """Reduce a word to what makes it the same word: no case, accents, blanks, dashes (`Citroën C-4` -> citroenc4)."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(letter for letter in plain if letter.isalnum())


def in_order(codes: Iterable[str]) -> tuple[str, ...]:
    """Sort equipment codes in vocabulary order, each once."""
    return tuple(sorted(set(codes), key=_RANK.__getitem__))


def _may_name(make: Make, words: list[str], start: int, key: str) -> bool:
    if key not in make.models or len(key) < 2:
        return False
    if not key.isdigit():
        return True
    before = folded(words[start - 1]) if start else ""
    return len(key) > 2 and (start == 0 or (len(before) > 1 and any(before in spelling for spelling in make.keys)))


@dataclass(frozen=True, slots=True)
class _Book:
    makes: tuple[Make, ...]
    by_key: Mapping[str, Make]
    by_slug: Mapping[str, Make]


@lru_cache(maxsize=1)
def _book() -> _Book:
    source = resources.files(__package__).joinpath("makes.toml").read_text("utf-8")
    listed = tuple(_make(entry) for entry in tomllib.loads(source)["make"])
    return _Book(listed, {key: make for make in listed for key in make.keys}, {make.slug: make for make in listed})


def _make(entry: dict[str, Any]) -> Make:
    name = entry["name"]
    models = {folded(model): model for model in entry["models"]}
    for model, spellings in entry.get("model_aliases", {}).items():
        models |= {folded(spelling): model for spelling in spellings}
    return Make(
        name=name,
        slug=slug(name),
        keys=frozenset(folded(spelling) for spelling in (name, *entry.get("aliases", ()))),
        models=models,
        patterns=tuple(
            (re.compile(pattern, re.IGNORECASE), re.sub(r"\$(\d)", r"\\\1", family))
            for pattern, family in entry.get("patterns", ())
        ),
        aliases=tuple(entry.get("aliases", ())),
        listed=tuple(entry["models"]),
        model_aliases={model: tuple(spellings) for model, spellings in entry.get("model_aliases", {}).items()},
    )


def _nearest(key: str, known: Mapping[str, object]) -> str | None:
    """Find the one known key that is nearly this one: long enough, and with the same digits (C 220 is no C 230)."""
    if len(key) < SHORTEST_NEAR:
        return None
    digits = [letter for letter in key if letter.isdigit()]
    alike = [other for other in known if [letter for letter in other if letter.isdigit()] == digits]
    best = process.extractOne(key, alike, scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH)
    return best[0] if best else None


def _spaced(make: Make, model: str) -> str:
    """Write `C220` as `C 220` where the make's own names have that blank."""
    return re.sub(r"^([A-Za-z]{1,3})(?=\d)", r"\1 ", model) if make.name in _SPACED else model


_SPACED = frozenset({"Mercedes-Benz", "Lexus"})


def _trimmed(text: str) -> str:
    return " ".join(text.replace("_", " ").split())


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)
