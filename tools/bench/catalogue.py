"""A made-up stock to measure builds with: D dealers with L cars each, the same on every machine.

    python -m tools.bench.catalogue DEALERS LISTINGS FOLDER

writes catalogue.json and catalogue.sqlite3 into FOLDER.
"""

import argparse
import json
import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

MODELS = {
    "Audi": "A1 A3 A4 A6 Q3 Q5", "BMW": "118i 320d 520d X1 X3 X5", "Citroën": "C1 C3 C4 Berlingo",
    "Dacia": "Duster Jogger Logan", "Fiat": "500 Panda Tipo Doblò", "Ford": "Fiesta Focus Kuga Puma Mondeo",
    "Honda": "Civic CR-V HR-V Jazz", "Hyundai": "i10 i20 i30 Kona Tucson", "Kia": "Ceed Niro Picanto Sportage",
    "Mazda": "2 3 6 CX-5 MX-5",
    "Mercedes-Benz": "A-180 C-220 E-300 GLA GLC", "Nissan": "Juke Leaf Micra Qashqai",
    "Opel": "Astra Corsa Insignia Mokka", "Peugeot": "208 308 3008 5008 Rifter", "Renault": "Captur Clio Mégane Zoe",
    "Seat": "Arona Ateca Ibiza Leon", "Škoda": "Fabia Kodiaq Octavia Superb", "Toyota": "Aygo Corolla RAV4 Yaris",
    "Volkswagen": "Golf Passat Polo T-Roc Tiguan", "Volvo": "V60 V90 XC40 XC60 XC90",
}  # fmt: skip
TRIMS = ["Active", "Business", "Comfort", "Edition", "GT", "Sport", "Style", "Tour & Go"]
FUELS = ["Diesel", "Electric", "Hybrid", "Petrol", "Plug-in hybrid"]
BODIES = ["Cabriolet", "Coupé", "Estate", "Hatchback", "MPV", "Saloon", "SUV"]
COLOURS = ["black", "blue", "brown", "green", "grey", "red", "silver", "white"]
FEATURES = [
    "Adaptive cruise control", "Alloy wheels", "Android Auto", "Apple CarPlay", "Blind-spot warning", "Climate control",
    "Cruise control", "DAB+ radio", "Electric tailgate", "Head-up display", "Heated seats", "Isofix",
    "Keyless entry & start", "Lane assist", "Leather seats", "LED headlights", "Navigation", "Panoramic roof",
    "Parking sensors", "Rear camera", "Roof rails", "Tow bar",
]  # fmt: skip
SENTENCES = [
    "Serviced on time by the same workshop since its first year.", "One owner, who kept every invoice.",
    "The tyres were replaced last autumn and have most of their tread left.",
    "Two keys and both manuals are with the car.",
    "A stone chip in the windscreen was repaired; it no longer shows.",
    "The boot takes a pram and the week's shopping.",
    "It starts well in the cold & drives quietly on the motorway.", "We are happy to send more photographs.",
    "The brakes were done at the last inspection, discs and pads.", "No smoker, no dogs, garage kept.",
    "Bring your old car; we make a fair offer for it.", "The battery was tested and holds 93 % of its capacity.",
    "A trial drive takes half an hour, coffee included.", "Price is <final> and includes the transfer of papers.",
]  # fmt: skip
CITIES = [("Berlin", 52.52, 13.41), ("Brno", 49.2, 16.61), ("Kraków", 50.06, 19.94), ("Lyon", 45.76, 4.84),
          ("München", 48.14, 11.58), ("Praha", 50.08, 14.44), ("Wien", 48.21, 16.37)]  # fmt: skip
ORIGIN = "https://cars.example"
PAGE = 24


@dataclass(frozen=True, slots=True)
class Dealer:
    """One dealer; `url` is its folder on the one host of the bench."""

    id: int
    slug: str
    name: str
    city: str
    street: str
    phone: str
    colour: str
    latitude: float
    longitude: float
    url: str


@dataclass(frozen=True, slots=True)
class Car:
    """One car; price in whole euros, mileage in km, power in kW; `related` holds ids of similar cars."""

    id: int
    dealer_id: int
    stock_number: str
    make: str
    model: str
    trim: str
    year: int
    registered: str
    price: int
    mileage: int
    fuel: str
    transmission: str
    body: str
    doors: int
    seats: int
    colour: str
    power: int
    displacement: int
    co2: int
    title: str
    url: str
    description: str
    photos: list[str]
    features: list[str]
    related: list[int]
    updated: str


@dataclass(frozen=True)
class Catalogue:
    """All dealers and cars of one bench."""

    dealers: list[Dealer]
    cars: list[Car]


def make(dealers: int, listings: int, seed: int = 42) -> Catalogue:
    """Make a catalogue; the same numbers give the same cars."""
    dice = random.Random(seed)
    lots = [_dealer(dice, number) for number in range(1, dealers + 1)]
    cars = [_car(dice, lot, (lot.id - 1) * listings + nth) for lot in lots for nth in range(1, listings + 1)]
    _relate(cars)
    return Catalogue(lots, cars)


def _dealer(dice: random.Random, number: int) -> Dealer:
    city, latitude, longitude = dice.choice(CITIES)
    words = dice.choice(["Autohaus", "Cars &", "Garage", "Motor"]), dice.choice(["Novák", "Lindner", "Sons", "Park"])
    return Dealer(
        number,
        f"lot-{number:04d}",
        f"{words[0]} {words[1]} {number}",
        city,
        f"{dice.randint(1, 180)} Station Road",
        f"+4930{dice.randint(1_000_000, 9_999_999)}",
        f"#{dice.getrandbits(24):06x}",
        round(latitude + dice.uniform(-0.2, 0.2), 5),
        round(longitude + dice.uniform(-0.2, 0.2), 5),
        f"/lot-{number:04d}/",
    )


def _car(dice: random.Random, lot: Dealer, number: int) -> Car:
    brand = dice.choice(list(MODELS))
    model, trim, year = dice.choice(MODELS[brand].split()), dice.choice(TRIMS), dice.randint(2009, 2025)
    picture = f"/i/{dice.getrandbits(64):016x}"
    return Car(
        id=number,
        dealer_id=lot.id,
        stock_number=f"N{number:06d}",
        make=brand,
        model=model,
        trim=trim,
        year=year,
        registered=f"{year}-{dice.randint(1, 12):02d}",
        price=dice.randint(30, 800) * 100 - 10,
        mileage=dice.randint(10, 2400) * 100,
        fuel=dice.choice(FUELS),
        transmission=dice.choice(["Automatic", "Manual"]),
        body=dice.choice(BODIES),
        doors=dice.choice([3, 5]),
        seats=dice.choice([4, 5, 7]),
        colour=dice.choice(COLOURS),
        power=dice.randint(50, 300),
        displacement=dice.choice([999, 1199, 1498, 1598, 1968, 2993]),
        co2=dice.randint(0, 240),
        title=f"{brand} {model} {trim} {year}",
        url=f"{lot.url}cars/{slug(f'{brand} {model}')}-{number}/",
        description=" ".join(dice.sample(SENTENCES, 11)),
        photos=[f"{picture}-{nth}" for nth in range(1, 6)],
        features=sorted(dice.sample(FEATURES, 12)),
        related=[],
        updated=f"2026-{dice.randint(1, 10):02d}-{dice.randint(1, 28):02d}",
    )


def _relate(cars: list[Car]) -> None:
    """Give each car the six nearest in price of its own body."""
    by_body: dict[str, list[Car]] = defaultdict(list)
    for car in sorted(cars, key=lambda car: (car.price, car.id)):
        by_body[car.body].append(car)
    for alike in by_body.values():
        for place, car in enumerate(alike):
            start = max(0, min(place - 3, len(alike) - 7))
            car.related.extend([other.id for other in alike[start : start + 7] if other is not car][:6])


def slug(text: str) -> str:
    """Lower-case ASCII-like address part of a name."""
    plain = text.lower().translate(str.maketrans("ëéèòš", "eeeos"))
    return "-".join("".join(letter if letter.isalnum() else " " for letter in plain).split())


def write(catalogue: Catalogue, folder: Path) -> None:
    """Write catalogue.json and catalogue.sqlite3."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalogue.json").write_text(json.dumps(asdict(catalogue), ensure_ascii=False), encoding="utf-8")
    (folder / "catalogue.sqlite3").unlink(missing_ok=True)
    with sqlite3.connect(folder / "catalogue.sqlite3") as database:
        for name, kind, found in (("dealer", Dealer, catalogue.dealers), ("car", Car, catalogue.cars)):
            columns = [field.name for field in fields(kind)]
            keyed = ", ".join("id integer primary key" if column == "id" else column for column in columns)
            database.execute(f"create table {name} ({keyed})")
            marks = ", ".join("?" * len(columns))
            values = (tuple(_plain(getattr(row, column)) for column in columns) for row in found)
            database.executemany(f"insert into {name} values ({marks})", values)  # noqa: S608 - our own column names
        database.execute("create index car_by_dealer on car (dealer_id, id)")
        database.execute("create index car_by_model on car (make, model, id)")


def _plain(value: object) -> object:
    return json.dumps(value) if isinstance(value, list) else value


def read(folder: Path) -> Catalogue:
    """Read catalogue.json back."""
    data = json.loads((folder / "catalogue.json").read_bytes())
    return Catalogue([Dealer(**row) for row in data["dealers"]], [Car(**row) for row in data["cars"]])


def addresses(catalogue: Catalogue) -> Iterator[str]:
    """Every address of the bench's page set, in no particular order."""
    yield from ("/", "/sitemap.xml")
    makes = {(car.make, car.model) for car in catalogue.cars}
    yield from sorted({f"/makes/{slug(name)}/" for name, _ in makes})
    yield from sorted(f"/makes/{slug(name)}/{slug(model)}/" for name, model in makes)
    counts: dict[int, int] = defaultdict(int)
    for car in catalogue.cars:
        counts[car.dealer_id] += 1
        yield car.url
    for lot in catalogue.dealers:
        yield from (lot.url, f"{lot.url}sitemap.xml", f"{lot.url}stock/")
        yield from (f"{lot.url}stock/page/{number}/" for number in range(2, -(-counts[lot.id] // PAGE) + 1))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Write a made-up catalogue.")
    parser.add_argument("dealers", type=int)
    parser.add_argument("listings", type=int)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    write(make(options.dealers, options.listings), options.folder)


if __name__ == "__main__":
    main()
