"""The cars of the house of sports cars: written by hand in `rarities.toml`, not made by number."""

import tomllib
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from .pool import look_of
from .stock import DemoCar

FEATURES = ("abs", "esp", "airbag_driver", "airbag_passenger", "central_locking", "electric_windows")
"""What every car from 1998 on has."""


def rarities(today: date) -> list[DemoCar]:
    """Give the cars, the longest on the lot first.

    Args:
        today: the day they are offered on.
    """
    return sorted(
        (_car(entry, number, today) for number, entry in enumerate(_entries())), key=lambda car: -car.age_on_lot
    )


@cache
def _entries() -> list[dict[str, Any]]:
    text = resources.files(__package__).joinpath("rarities.toml").read_text("utf-8")
    cars: list[dict[str, Any]] = tomllib.loads(text)["car"]
    return cars


def _car(entry: dict[str, Any], number: int, today: date) -> DemoCar:
    look = look_of(entry["look"]) if "look" in entry else None
    prices = [entry["price"], *(price for _, price in entry["changes"])] if "changes" in entry else [entry.get("price")]
    body = entry.get("body") or (look.body if look else "other")
    return DemoCar(
        vehicle=_vehicle(entry, body, entry.get("colour") or (look.colour if look else "other"), today),
        price_cents=None if prices[-1] is None else prices[-1] * 100,
        history=tuple(
            (days, price * 100)
            for days, price in zip((0, *(days for days, _ in entry.get("changes", ()))), prices, strict=True)
            if price is not None
        ),
        vat=entry.get("vat", "margin"),
        description=entry["text"].strip(),
        body=body,
        colour=entry.get("colour") or (look.colour if look else "other"),
        age_on_lot=timedelta(days=entry["days"], minutes=37 * number % 600),
        featured=entry.get("featured", False),
        look=entry.get("look"),
        shots=entry.get("shots", "all"),
        sold=None if "sold" not in entry else timedelta(days=entry["sold"]),
        tours=tuple(entry.get("tours", ())),
    )


def _vehicle(entry: dict[str, Any], body: str, colour: str, today: date) -> dict[str, Any]:
    first = None if "first" not in entry else date.fromisoformat(f"{entry['first']}-01")
    modern = first is None or first.year >= 1998
    return {
        "make": entry["make"],
        "model": entry["model"],
        "version": entry["version"],
        "body": body,
        "fuel": entry.get("fuel", "petrol"),
        "transmission": entry["transmission"],
        "gears": entry.get("gears"),
        "drive": entry["drive"],
        "colour": colour,
        "colour_text": entry["colour_text"],
        "metallic": modern,
        "interior_colour": "black",
        "interior_material": entry["interior"],
        "doors": entry.get("doors", 2),
        "seats": entry["seats"],
        "power_kw": entry["kw"],
        "displacement_ccm": entry.get("ccm"),
        "cylinders": entry.get("cylinders"),
        "mileage_km": entry["km"],
        "first_registered": first,
        "year": None if first is None else first.year,
        "condition": entry.get("condition", "used"),
        "previous_owners": entry.get("owners"),
        "accident_free": True if entry.get("owners") == 1 else None,
        "inspection_until": None if first is None else date(today.year + 1, 1 + entry["km"] % 12, 1),
        "consumption_combined": entry.get("consumption"),
        "consumption_electric": entry.get("electric"),
        "co2_g_km": entry.get("co2"),
        "emission_class": entry.get("emission"),
        "emission_sticker": "green" if modern else None,
        "electric_range_km": entry.get("range"),
        "battery_kwh_tenths": entry.get("battery"),
        "features": sorted({*(FEATURES if modern else ()), *entry["features"]}),
    }
