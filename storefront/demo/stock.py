"""Makes the demo's cars: years, kilometres, prices, paint and words from a number, the same every time."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib import resources
from random import Random
from typing import Any

PAINT_ORDER = ("white", "black", "grey", "silver", "blue", "red", "green", "yellow", "orange", "brown", "beige", "gold")
_STANDARD = (
    "abs",
    "esp",
    "isofix",
    "airbag_side",
    "electric_windows",
    "central_locking",
    "start_stop",
    "usb",
    "bluetooth",
)
_COMFORT = (
    (
        "climate_control",
        "cruise_control",
        "heated_seats",
        "parking_rear",
        "rain_sensor",
        "alloy_wheels",
        "multifunction_steering",
    ),
    (
        "climate_2_zone",
        "adaptive_cruise",
        "heated_seats",
        "parking_front",
        "parking_rear",
        "parking_camera",
        "navigation",
    )
    + ("led_headlights", "carplay", "android_auto", "digital_radio", "alloy_wheels", "keyless", "ambient_light"),
    ("climate_3_zone", "adaptive_cruise", "lane_assist", "blind_spot", "camera_360", "park_assist", "heated_seats")
    + (
        "electric_seats",
        "memory_seats",
        "panorama_roof",
        "matrix_led",
        "headup_display",
        "digital_cockpit",
        "sound_system",
    )
    + ("wireless_charging", "electric_tailgate", "keyless", "navigation", "carplay", "alloy_wheels", "ambient_light"),
)
_EXTRA = (
    "tow_bar_removable",
    "winter_tyres",
    "auxiliary_heating",
    "roof_rails",
    "sport_seats",
    "heated_steering_wheel",
)
_OPENINGS = (
    "Aus erster Hand und lückenlos beim Vertragshändler gewartet.",
    "Gepflegter Wagen mit vollständigem Scheckheft, die letzte Inspektion ist keine 5.000 km her.",
    "Ein Nichtraucherauto, das man ihm ansieht: Innenraum ohne Spuren, Polster fleckenfrei.",
    "Rückläufer aus einem Leasingvertrag, immer in derselben Werkstatt und mit allen Rechnungen.",
    "Von uns selbst in Zahlung genommen und seit dem ersten Tag bekannt.",
    "Vorführwagen eines Kollegenbetriebs, danach ein Jahr in privater Hand.",
)
_MIDDLES = (
    "Bremsen und Reifen haben wir vor dem Verkauf geprüft, die Werte stehen im Prüfbericht.",
    "Kleine Gebrauchsspuren an der Ladekante sind auf den Fotos zu sehen, sonst ist der Lack ohne Befund.",
    "Die Hauptuntersuchung machen wir zur Übergabe neu.",
    "Auf Wunsch bekommen Sie den Bericht eines unabhängigen Gutachters dazu.",
    "Zweiter Schlüssel, Bordmappe und Wartungsnachweise sind vollständig.",
)
_CLOSINGS = (
    "Zur Probefahrt steht er vollgetankt bereit, ein Anruf am selben Tag genügt.",
    "Ihren jetzigen Wagen nehmen wir gern in Zahlung.",
    "Auf Wunsch bringen wir ihn mit neuer Zulassung zu Ihnen nach Hause.",
    "Wir erklären Ihnen bei der Übergabe alles in Ruhe.",
)
_NO_PLUG: dict[str, int | None] = dict.fromkeys(("kwh", "range", "battery", "litres", "co2"))


@dataclass(frozen=True, slots=True)
class DemoCar:
    """One car of the demo: columns of the vehicle, the offer, and which picture of the pool it looks like."""

    vehicle: dict[str, Any]
    price_cents: int | None
    """None: on request."""
    history: tuple[tuple[int, int], ...]
    """(days ago, cents) of every price; the first from the day it was offered, whatever its days say."""
    vat: str
    description: str
    body: str
    colour: str
    age_on_lot: timedelta
    """Since when it is offered, before now."""
    featured: bool
    look: str | None = None
    """Key of the pool's car; None takes one of the body and colour."""
    shots: str = "all"
    """How many photos: all, one, none, forty."""
    sold: timedelta | None = None
    """How long ago it was sold; None while it is offered."""
    tours: tuple[str, ...] = ()
    """spin, panorama, elsewhere."""


@cache
def _catalogue() -> list[dict[str, Any]]:
    text = resources.files(__package__).joinpath("stock.toml").read_text("utf-8")
    cars: list[dict[str, Any]] = tomllib.loads(text)["car"]
    return cars


def cars(
    seed: str, count: int, today: date, colours: Mapping[str, tuple[str, ...]], makes: tuple[str, ...] = ()
) -> list[DemoCar]:
    """Make a dealer's stock, oldest on the lot first.

    Args:
        seed: a dealer's name; the same name, count and day give the same stock.
        count: how many cars.
        today: the day they are offered on.
        colours: body → colours there are pictures of.
        makes: only these makes; all when empty.
    """
    random = Random(f"stock of {seed}")
    choice = [entry for entry in _catalogue() if not makes or entry["make"] in makes]
    random.shuffle(choice)
    made = [
        _car(choice[number % len(choice)], number // len(choice), random, today, colours) for number in range(count)
    ]
    made = [_unregistered(car) if number % 17 == 11 else car for number, car in enumerate(made)]
    return sorted(made, key=lambda car: -car.age_on_lot)


def _car(
    entry: dict[str, Any], turn: int, random: Random, today: date, colours: Mapping[str, tuple[str, ...]]
) -> DemoCar:
    kind = (turn + random.randrange(2)) % len(entry["versions"])
    months = random.choice((5, 14, 19, 26, 31, 38, 44, 52, 61, 75, 88))
    if entry["model"] in ("ID.3", "Enyaq", "Mokka-e"):
        months = min(months, 44)
    km = max(800, round(months * random.uniform(620, 1850) / 100) * 100 + random.randrange(100))
    colour = random.choice(colours[entry["body"]])
    vat = "margin" if random.random() < 0.35 and months > 24 else "standard"
    price = _price(entry["new"][kind], months, km, random)
    level = 0 if entry["new"][kind] < 24_000 else 2 if entry["new"][kind] > 45_000 else 1
    reduced = random.random() < 0.3
    vehicle = _vehicle(entry, kind, months, km, colour, level, random, today)
    former = price + random.choice((50_000, 70_000, 100_000)) if reduced else price
    description = _description(random)
    days = 50 if reduced else random.choice((0, 1, 2, 5, 9, 14, 21, 33, 47, 64, 97))
    return DemoCar(
        vehicle=vehicle,
        price_cents=price,
        history=((0, former), (9, price)) if reduced else _raised(price, days),
        vat=vat,
        description=description,
        body=entry["body"],
        colour=colour,
        age_on_lot=timedelta(days=days, minutes=random.randrange(600)),
        featured=random.random() < 0.08,
    )


def _unregistered(car: DemoCar) -> DemoCar:
    """Give the same car as it left the factory: no registration, no owner, a few kilometres, taxed with VAT."""
    fresh = {
        "condition": "new",
        "first_registered": None,
        "year": None,
        "mileage_km": 12,
        "previous_owners": None,
        "inspection_until": None,
        "warranty_months": 24,
        "emission_class": "zero" if car.vehicle["fuel"] == "electric" else "euro6e",
    }
    return replace(car, vehicle={**car.vehicle, **fresh}, vat="standard")


def _raised(price: int, days: int) -> tuple[tuple[int, int], ...]:
    """Give the history of a price that was not lowered: what has stood longest became dearer a month ago."""
    return ((0, price - 40_000), (31, price)) if days >= 97 else ((0, price),)


def _price(new: int, months: int, km: int, random: Random) -> int:
    """Give an asking price in cents: a tenth off at once, then about 0.8 % a month and a little by the kilometre."""
    value = new * 0.9 * 0.992**months * (1 - min(0.3, km / 600_000)) * random.uniform(0.95, 1.05)
    return (round(value / 100) * 100 - 10) * 100


def _vehicle(
    entry: dict[str, Any], kind: int, months: int, km: int, colour: str, level: int, random: Random, today: date
) -> dict[str, Any]:
    first = (today.replace(day=1) - timedelta(days=round(months * 30.44))).replace(day=1)
    version, fuel = entry["versions"][kind], entry["fuel"][kind]
    automatic = fuel in ("electric", "hybrid", "plugin_hybrid") or any(
        word in version
        for word in ("DSG", "Automatik", "tronic", "Tronic", "PDK", "DKG", "EDC", "AMG", "xDrive", "Schaltwippen")
    )
    electric = fuel == "electric"
    plug = entry.get("plug", _NO_PLUG) if fuel == "plugin_hybrid" else _NO_PLUG
    features = {*_STANDARD, *_COMFORT[level], *random.sample(_EXTRA, 2)}
    if electric:
        features = (features | {"fast_charging", "heat_pump"}) - {"start_stop"}
    return {
        "make": entry["make"],
        "model": entry["model"],
        "version": version,
        "body": entry["body"],
        "fuel": fuel,
        "transmission": "automatic" if automatic else "manual",
        "gears": None if electric else (8 if automatic and entry["new"][kind] > 40_000 else 7 if automatic else 6),
        "drive": _drive(entry, version),
        "colour": colour,
        "metallic": colour not in ("white", "red", "yellow"),
        "interior_colour": "black",
        "interior_material": ("cloth", "part_leather", "leather")[level],
        "doors": 2
        if entry["body"] in ("coupe", "convertible")
        else 4
        if entry["body"] in ("saloon", "van", "pickup")
        else 5,
        "seats": 2
        if entry["model"] in ("MX-5", "718 Cayman")
        else 7
        if "7-Sitzer" in version
        else 9
        if "9-Sitzer" in version
        else 4
        if entry["body"] in ("coupe", "convertible")
        else 5,
        "power_kw": entry["kw"][kind],
        "displacement_ccm": None if electric else entry["ccm"][kind],
        "cylinders": None
        if electric
        else (
            6
            if entry["make"] == "Porsche" and entry["kw"][kind] > 300
            else 8
            if "V8" in version
            else 3
            if entry["ccm"][kind] < 1300
            else 4
        ),
        "mileage_km": km,
        "first_registered": first,
        "year": first.year,
        "condition": "used",
        "previous_owners": 1 if months < 40 else random.choice((1, 2)),
        "accident_free": True,
        "warranty_months": random.choice((12, 24)),
        "inspection_until": date(today.year + 1, random.randrange(1, 13), 1),
        "consumption_combined": None if electric else entry["litres"][kind],
        "consumption_electric": entry["litres"][kind] if electric else plug["kwh"],
        "consumption_discharged": plug["litres"],
        "co2_discharged_g_km": plug["co2"],
        "co2_g_km": entry["co2"][kind],
        "emission_class": "zero" if electric else "euro6d" if first.year > 2020 else "euro6d_temp",
        "emission_sticker": "green",
        "electric_range_km": entry["range"][kind] if electric else plug["range"],
        "battery_kwh_tenths": entry["battery"][kind] if electric else plug["battery"],
        "features": sorted(features),
    }


def _drive(entry: dict[str, Any], version: str) -> str:
    if any(word in version for word in ("quattro", "4Motion", "xDrive", "4Matic", "4x4", "AWD", "Carrera", "4S")):
        return "all"
    rear = entry["make"] in ("BMW", "Mercedes-Benz", "Porsche") or entry["model"] in (
        "Mustang",
        "MX-5",
        "ID.3",
        "Enyaq",
    )
    return "rear" if rear and entry["model"] not in ("118i", "A 180") else "front"


def _description(random: Random) -> str:
    return " ".join((random.choice(_OPENINGS), random.choice(_MIDDLES))) + "\n\n" + random.choice(_CLOSINGS)
