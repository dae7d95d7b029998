"""What pages of the bench read of its tables: a query or two a batch, whatever stands in it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Row, func, select

from storefront.core.db import db

from .catalogue import PAGE
from .pages import Shop, shop_of
from .tables import BenchCar, BenchDealer

MANY = 300
"""When so many cards are missing at once, all are read."""
_DEALER = (
    BenchDealer.id, BenchDealer.slug, BenchDealer.name, BenchDealer.city, BenchDealer.street, BenchDealer.phone,
    BenchDealer.colour, BenchDealer.url,
)  # fmt: skip


class CardRow(NamedTuple):
    """What a card shows, as plain values: attributes of a query's row are ten times as slow."""

    id: int
    url: str
    title: str
    photo: str
    price: int
    registered: str
    mileage: int
    fuel: str
    transmission: str
    power: int


class CarRow(NamedTuple):
    """What a car's page shows; lists are JSON."""

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
    photos: str
    features: str
    similar: str


class Cards:
    """Rows of which cards are made, each read once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._cards: dict[int, CardRow] = {}

    def get(self, numbers: Iterable[int]) -> list[CardRow]:
        """Give the rows of cars that are for sale, in this order; read before with `want`."""
        known = self._cards
        return [known[number] for number in numbers if number in known]

    def want(self, numbers: Iterable[int]) -> None:
        """Read what is missing among these."""
        missing = {number for number in numbers if number not in self._cards}
        if not missing:
            return
        reading = select(*_CARD).where(BenchCar.available)
        if len(missing) <= MANY:
            reading = reading.where(BenchCar.id.in_(sorted(missing)))
        for row in map(CardRow._make, db.session.execute(reading)):
            self._cards.setdefault(row.id, row)


_CARD = tuple(getattr(BenchCar, name) for name in CardRow._fields)
_PAGE = tuple(getattr(BenchCar, name) for name in CarRow._fields)


@dataclass(frozen=True, slots=True)
class Stock:
    """A dealer's stock: the cars for sale by their positions, and the last position that was ever taken."""

    positions: Sequence[tuple[int, int]]
    """(position, car), in order."""
    last: int

    def first(self, limit: int) -> list[int]:
        """Give the first cars."""
        return [number for _, number in self.positions[:limit]]

    def bucket(self, number: int) -> list[int]:
        """Give the cars on a page of the stock, counted from 1."""
        return [car for position, car in self.positions if (position - 1) // PAGE == number - 1]


def stocks(dealers: Iterable[int]) -> dict[int, Stock]:
    """Give the stocks of dealers."""
    reading = select(BenchCar.dealer_id, BenchCar.position, BenchCar.id, BenchCar.available)
    rows = db.session.execute(reading.where(BenchCar.dealer_id.in_(sorted(dealers))).order_by(BenchCar.position))
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    last: dict[int, int] = {}
    for dealer, position, number, available in rows:
        last[dealer] = position
        if available:
            found[dealer].append((position, number))
    return {dealer: Stock(found[dealer], last[dealer]) for dealer in last}


@dataclass(slots=True)
class Listed:
    """The cars of some makes and models, in order of their numbers, and how many there are."""

    first: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Key of a list (`make:…`, `model:…/…`) → its first cars."""
    count: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, key: str, number: int) -> None:
        """Put a car at the end of a list."""
        self.count[key] += 1
        if self.count[key] <= PAGE:
            self.first[key].append(number)


def listed(makes: Collection[str] | None) -> Listed:
    """Read the lists of makes and of their models; of all makes for None."""
    reading = select(BenchCar.id, BenchCar.make, BenchCar.model).where(BenchCar.available).order_by(BenchCar.id)
    if makes is not None:
        reading = reading.where(BenchCar.make.in_(sorted(makes)))
    found = Listed()
    for number, make, model in db.session.execute(reading):
        found.add(f"make:{make}", number)
        found.add(f"model:{make}/{model}", number)
    return found


def cars(numbers: Iterable[int]) -> dict[int, CarRow]:
    """Give all that pages show of cars that are for sale, by number."""
    reading = select(*_PAGE).where(BenchCar.available, BenchCar.id.in_(sorted(numbers)))
    return {row.id: row for row in map(CarRow._make, db.session.execute(reading))}


def shops(numbers: Iterable[int]) -> dict[int, Shop]:
    """Give the frames of dealers' pages."""
    reading = select(*_DEALER).where(BenchDealer.id.in_(sorted(numbers)))
    return {row.id: shop_of(row) for row in db.session.execute(reading)}


def shown() -> Sequence[Row[int, int, str]]:
    """Give the number, dealer and address of every car that is for sale."""
    reading = select(BenchCar.id, BenchCar.dealer_id, BenchCar.url).where(BenchCar.available)
    return db.session.execute(reading.order_by(BenchCar.dealer_id, BenchCar.position)).all()


def dealer_urls() -> list[tuple[int, str]]:
    """Give the number and address of every dealer."""
    return [(number, url) for number, url in db.session.execute(select(BenchDealer.id, BenchDealer.url))]


def models(makes: Collection[str] | None = None) -> list[tuple[str, str]]:
    """Give every make and model there is a car of, of some makes only when they are named."""
    reading = select(BenchCar.make, BenchCar.model).where(BenchCar.available).distinct()
    if makes is not None:
        reading = reading.where(BenchCar.make.in_(sorted(makes)))
    return [(make, model) for make, model in db.session.execute(reading.order_by(BenchCar.make, BenchCar.model))]


def last_positions() -> dict[int, int]:
    """Give the last position of every dealer's stock."""
    reading = select(BenchCar.dealer_id, func.max(BenchCar.position)).group_by(BenchCar.dealer_id)
    return dict(db.session.execute(reading).tuples().all())


def front() -> list[int]:
    """Give the cars of the front page."""
    return list(db.session.scalars(select(BenchCar.id).where(BenchCar.available).order_by(BenchCar.id).limit(PAGE)))


def makes_counted() -> list[tuple[str, int]]:
    """Count the cars of each make."""
    reading = select(BenchCar.make, func.count()).where(BenchCar.available).group_by(BenchCar.make)
    return [(make, number) for make, number in db.session.execute(reading.order_by(BenchCar.make))]


def places(dealers: Iterable[int]) -> dict[int, list[Row[int, str, str]]]:
    """Give the lines of dealers' site maps."""
    reading = select(BenchCar.dealer_id, BenchCar.url, BenchCar.updated).where(BenchCar.available)
    rows = db.session.execute(
        reading.where(BenchCar.dealer_id.in_(sorted(dealers))).order_by(BenchCar.dealer_id, BenchCar.position)
    )
    found: dict[int, list[Row[int, str, str]]] = defaultdict(list)
    for row in rows:
        found[row.dealer_id].append(row)
    return found
