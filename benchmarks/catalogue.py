"""A made-up stock to measure builds with: D dealers with L cars each, the same on every machine.

    python -m benchmarks.catalogue DEALERS LISTINGS FOLDER

One host, one language, dealers as paths. From 100 dealers with 100 cars come 10,918 files: a page a car, stock pages of
24, a home and a site map a dealer, 24 makes, 192 models, the front page and the map of maps.
"""

import json
import random
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from pathlib import Path

MODELS = {
    "Alfa Romeo": "Giulia Giulietta MiTo Stelvio Tonale Brera Spider 159",
    "Audi": "A1 A3 A4 A5 A6 Q3 Q5 TT",
    "BMW": "116i 320d 420i 520d X1 X3 X5 Z4",
    "Citroën": "C1 C3 C4 C5 Berlingo Jumpy DS3 DS4",
    "Cupra": "Ateca Born Formentor Leon Tavascan Terramar Raval Urban",
    "Dacia": "Duster Jogger Logan Sandero Spring Lodgy Dokker Bigster",
    "Fiat": "500 500X Doblò Ducato Panda Punto Qubo Tipo",
    "Ford": "Fiesta Focus Galaxy Kuga Mondeo Puma Ranger S-Max",
    "Honda": "Accord Civic CR-V HR-V Insight Jazz Legend ZR-V",
    "Hyundai": "i10 i20 i30 Ioniq Kona Santa-Fe Tucson Bayon",
    "Jeep": "Avenger Cherokee Compass Gladiator Patriot Renegade Wrangler Commander",
    "Kia": "Ceed EV6 Niro Picanto Rio Sorento Sportage Stonic",
    "Lexus": "CT ES GS IS LS NX RX UX",
    "Mazda": "2 3 6 CX-3 CX-30 CX-5 MX-30 MX-5",
    "Mercedes-Benz": "A-180 B-200 C-220 CLA E-300 GLA GLC Vito",
    "Mini": "Cabrio Clubman Cooper Countryman Electric JCW One Paceman",
    "Nissan": "Ariya Juke Leaf Micra Navara Note Qashqai X-Trail",
    "Opel": "Astra Combo Corsa Crossland Grandland Insignia Mokka Zafira",
    "Peugeot": "108 208 308 508 2008 3008 5008 Rifter",
    "Renault": "Arkana Captur Clio Kadjar Mégane Scénic Twingo Zoe",
    "Škoda": "Enyaq Fabia Kamiq Karoq Kodiaq Octavia Scala Superb",
    "Toyota": "Auris Aygo Camry Corolla Hilux Prius RAV4 Yaris",
    "Volkswagen": "Arteon Caddy Golf Passat Polo T-Roc Tiguan Touran",
    "Volvo": "C40 S60 V40 V60 V90 XC40 XC60 XC90",
}
TRIMS = ("Active", "Business", "Comfort", "Edition", "GT", "Sport", "Style", "Tour & Go")
FUELS = ("Diesel", "Electric", "Hybrid", "LPG", "Petrol", "Plug-in hybrid")
BODIES = ("Cabriolet", "Coupé", "Estate", "Hatchback", "MPV", "Saloon", "SUV", "Pick-up")
COLOURS = ("black", "blue", "brown", "green", "grey", "red", "silver", "white")
DRIVES = ("front", "rear", "all wheels")
CONDITIONS = ("used", "nearly new", "demonstrator")
FEATURES = (
    "Adaptive cruise control", "Alloy wheels", "Android Auto", "Apple CarPlay", "Blind-spot warning", "Climate control",
    "Cruise control", "DAB+ radio", "Electric tailgate", "Head-up display", "Heated seats", "Isofix",
    "Keyless entry & start", "Lane assist", "Leather seats", "LED headlights", "Navigation", "Panoramic roof",
    "Parking sensors", "Rear camera", "Roof rails", "Tow bar",
)  # fmt: skip
SENTENCES = (
    "Serviced on time by the same workshop since its first year.", "One owner, who kept every invoice.",
    "The tyres were replaced last autumn and have most of their tread left.",
    "Two keys and both manuals are with the car.",
    "A stone chip in the windscreen was repaired; it no longer shows.",
    "The boot takes a pram and the week's shopping.",
    "It starts well in the cold & drives quietly on the motorway.", "We are happy to send more photographs.",
    "The brakes were done at the last inspection, discs and pads.", "No smoker, no dogs, garage kept.",
    "Bring your old car; we make a fair offer for it.", "The battery was tested and holds 93 % of its capacity.",
    "A trial drive takes half an hour, coffee included.", "Price is <final> and includes the transfer of papers.",
)  # fmt: skip
CITIES = (("Berlin", 52.52, 13.41), ("Brno", 49.2, 16.61), ("Kraków", 50.06, 19.94), ("Lyon", 45.76, 4.84),
          ("München", 48.14, 11.58), ("Praha", 50.08, 14.44), ("Wien", 48.21, 16.37))  # fmt: skip
ORIGIN = "https://cars.example"
PAGE = 24
"""Cars on a page of a list."""
HOME = 12
"""Cars on a dealer's home."""
SIMILAR = 6
"""Similar cars on a car's page."""


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
    """One car; price in whole euros, mileage in km, power in kW, consumption in litres per 100 km.

    Args:
        photo: the first of its photographs.
        photos: addresses of the photographs without size and ending.
        similar: ids of the cars that are shown on its page.
        updated: ISO date.
    """

    id: int
    dealer_id: int
    stock_number: str
    vin: str
    make: str
    model: str
    trim: str
    year: int
    registered: str
    price: int
    mileage: int
    fuel: str
    transmission: str
    drive: str
    body: str
    doors: int
    seats: int
    colour: str
    interior: str
    power: int
    displacement: int
    co2: int
    consumption: float
    condition: str
    title: str
    url: str
    description: str
    photo: str
    photos: list[str]
    features: list[str]
    similar: list[int]
    updated: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All dealers and cars of one bench."""

    dealers: list[Dealer]
    cars: list[Car]


def make(dealers: int, listings: int, seed: int = 42) -> Catalogue:
    """Make a catalogue; the same numbers give the same cars.

    Args:
        dealers: how many.
        listings: cars of each.
        seed: another one gives other cars.
    """
    dice = random.Random(seed)
    lots = [_dealer(dice, number) for number in range(1, dealers + 1)]
    cars = [one_car(dice, lot, (lot.id - 1) * listings + nth) for lot in lots for nth in range(1, listings + 1)]
    return Catalogue(lots, _related(cars))


def write(catalogue: Catalogue, folder: Path) -> None:
    """Write catalogue.json and catalogue.sqlite3, from which the baselines read."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {"dealers": _records(catalogue.dealers), "cars": _records(catalogue.cars)}
    (folder / "catalogue.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    (folder / "catalogue.sqlite3").unlink(missing_ok=True)
    with closing(sqlite3.connect(folder / "catalogue.sqlite3")) as database, database:
        _table(database, "dealer", Dealer, catalogue.dealers)
        _table(database, "car", Car, catalogue.cars)
        database.execute("create index car_by_dealer on car (dealer_id, id)")
        database.execute("create index car_by_model on car (make, model, id)")


def read(folder: Path) -> Catalogue:
    """Read catalogue.json back."""
    rows = json.loads((folder / "catalogue.json").read_bytes())
    return Catalogue([Dealer(**row) for row in rows["dealers"]], [Car(**row) for row in rows["cars"]])


def slug(text: str) -> str:
    """Write a name the way addresses hold it."""
    plain = text.lower().translate(str.maketrans("ëéèòš", "eeeos"))
    return "-".join("".join(letter if letter.isalnum() else " " for letter in plain).split())


def _dealer(dice: random.Random, number: int) -> Dealer:
    city, latitude, longitude = dice.choice(CITIES)
    words = dice.choice(("Autohaus", "Cars &", "Garage", "Motor")), dice.choice(("Novák", "Lindner", "Sons", "Park"))
    return Dealer(
        id=number,
        slug=f"lot-{number:04d}",
        name=f"{words[0]} {words[1]} {number}",
        city=city,
        street=f"{dice.randint(1, 180)} Station Road",
        phone=f"+4930{dice.randint(1_000_000, 9_999_999)}",
        colour=f"#{dice.getrandbits(24):06x}",
        latitude=round(latitude + dice.uniform(-0.2, 0.2), 5),
        longitude=round(longitude + dice.uniform(-0.2, 0.2), 5),
        url=f"/lot-{number:04d}/",
    )


def one_car(dice: random.Random, lot: Dealer, number: int) -> Car:
    """Make a car of a dealer, no similar ones chosen yet.

    Args:
        dice: what decides.
        lot: whose.
        number: its id.
    """
    brand = dice.choice(list(MODELS))
    model, trim, year = dice.choice(MODELS[brand].split()), dice.choice(TRIMS), dice.randint(2009, 2025)
    picture = f"https://img.cars.example/{dice.getrandbits(64):016x}"
    return Car(
        id=number,
        dealer_id=lot.id,
        stock_number=f"N{number:06d}",
        vin="".join(dice.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=17)),
        make=brand,
        model=model,
        trim=trim,
        year=year,
        registered=f"{year}-{dice.randint(1, 12):02d}",
        price=dice.randint(30, 800) * 100 - 10,
        mileage=dice.randint(10, 2400) * 100,
        fuel=dice.choice(FUELS),
        transmission=dice.choice(("Automatic", "Manual")),
        drive=dice.choice(DRIVES),
        body=dice.choice(BODIES),
        doors=dice.choice((3, 5)),
        seats=dice.choice((4, 5, 7)),
        colour=dice.choice(COLOURS),
        interior=dice.choice(COLOURS),
        power=dice.randint(50, 300),
        displacement=dice.choice((999, 1199, 1498, 1598, 1968, 2993)),
        co2=dice.randint(0, 240),
        consumption=round(dice.uniform(3, 14), 1),
        condition=dice.choice(CONDITIONS),
        title=f"{brand} {model} {trim} {year}",
        url=f"{lot.url}cars/{slug(f'{brand} {model}')}-{number}/",
        description=" ".join(dice.sample(SENTENCES, 11)),
        photo=f"{picture}-1",
        photos=[f"{picture}-{nth}" for nth in range(1, 6)],
        features=sorted(dice.sample(FEATURES, 12)),
        similar=[],
        updated=f"2026-{dice.randint(1, 10):02d}-{dice.randint(1, 28):02d}",
    )


def _related(cars: list[Car]) -> list[Car]:
    """Give each car the six nearest in price of its own body."""
    by_body: dict[str, list[Car]] = defaultdict(list)
    for car in sorted(cars, key=lambda car: (car.price, car.id)):
        by_body[car.body].append(car)
    similar: dict[int, list[int]] = {}
    for alike in by_body.values():
        for place, car in enumerate(alike):
            start = max(0, min(place - SIMILAR // 2, len(alike) - SIMILAR - 1))
            around = alike[start : start + SIMILAR + 1]
            similar[car.id] = [other.id for other in around if other is not car][:SIMILAR]
    return [replace(car, similar=similar[car.id]) for car in cars]


def _rows(things: list[Dealer] | list[Car]) -> list[tuple[object, ...]]:
    values = attrgetter(*(field.name for field in fields(things[0])))
    return [values(thing) for thing in things]


def _records(things: list[Dealer] | list[Car]) -> list[dict[str, object]]:
    names = [field.name for field in fields(things[0])]
    return [dict(zip(names, values, strict=True)) for values in _rows(things)]


def _table(database: sqlite3.Connection, name: str, kind: type, things: list[Dealer] | list[Car]) -> None:
    columns = [field.name for field in fields(kind)]
    keyed = ", ".join("id integer primary key" if column == "id" else column for column in columns)
    database.execute(f"create table {name} ({keyed})")
    marks = ", ".join("?" * len(columns))
    database.executemany(f"insert into {name} values ({marks})", _plain(things))  # noqa: S608 - our own column names


def _plain(things: list[Dealer] | list[Car]) -> Iterator[tuple[object, ...]]:
    for row in _rows(things):
        yield tuple(json.dumps(value) if isinstance(value, list) else value for value in row)


if __name__ == "__main__":
    write(make(int(sys.argv[1]), int(sys.argv[2])), Path(sys.argv[3]))
