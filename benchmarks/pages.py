"""What the pages of the bench show, made the same way by every build in Python: rows in, a context for a template out.

A row is what a build has at hand: a mapping, an object of the ORM, a row of a query. Templates read all three alike.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from markupsafe import Markup

from .catalogue import MODELS, ORIGIN, PAGE, slug

TEMPLATES = Path(__file__).parent / "templates"
Dump = Callable[[Any], str]


class DealerRow(Protocol):
    """A dealer as any build reads it."""

    @property
    def id(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def colour(self) -> str: ...
    @property
    def url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its text, and how many cars are behind it."""

    name: str
    url: str
    count: int = 0
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A page of a stock among its pages."""

    name: str
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Shop:
    """What the frame of a page shows: a dealer, or the marketplace; templates know it as `site`."""

    id: int
    slug: str
    name: str
    city: str
    street: str
    phone: str
    colour: str
    url: str
    makes: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class CarPage:
    """A car's own page.

    Args:
        title: of the page.
        path: its address.
        car: the row, whatever form it has.
        photos: addresses of its photographs.
        features: what it has.
        make_url: address of its make.
        jsonld: structured data.
        cards: rows of similar cars.
    """

    title: str
    path: str
    car: Any
    photos: Sequence[str]
    features: Sequence[str]
    make_url: str
    jsonld: Markup
    cards: Sequence[Any]


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of cards."""

    title: str
    path: str
    cards: Sequence[Any]
    """Rows of cars."""
    total: int = 0
    """How many cars there are; 0 where the page does not say so."""
    links: Sequence[Link] = ()
    steps: Sequence[Step] = ()


@dataclass(frozen=True, slots=True)
class MapPage:
    """A dealer's site map."""

    places: Sequence[Any]
    """Rows with `url` and `updated`."""


@dataclass(frozen=True, slots=True)
class MapsPage:
    """The map of maps."""

    urls: Sequence[str]


def market() -> Shop:
    """Make the frame of the marketplace's pages."""
    return Shop(0, "market", "Cars of Europe", "Europe", "1 Market Square", "+49307654321", "#123456", "/", _makes())


def shop_of(dealer: DealerRow) -> Shop:
    """Make the frame of a dealer's pages."""
    return Shop(
        dealer.id, dealer.slug, dealer.name, dealer.city, dealer.street, dealer.phone, dealer.colour, dealer.url,
        _makes(),
    )  # fmt: skip


@cache
def _makes() -> tuple[Link, ...]:
    """Give the navigation of all pages: every make, no counts."""
    return tuple(Link(name, make_url(name), slug=slug(name)) for name in MODELS)


@cache
def make_url(name: str) -> str:
    """Give the address of a make's page."""
    return f"/makes/{slug(name)}/"


def model_url(make: str, model: str) -> str:
    """Give the address of a model's page."""
    return f"/makes/{slug(make)}/{slug(model)}/"


def stock_url(dealer_url: str, number: int) -> str:
    """Give the address of a page of a dealer's stock, counted from 1."""
    return f"{dealer_url}stock/" if number == 1 else f"{dealer_url}stock/page/{number}/"


def map_url(dealer_url: str) -> str:
    """Give the address of a dealer's site map."""
    return f"{dealer_url}sitemap.xml"


def compact(data: Any) -> str:
    """Write JSON as the standard library does it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def thousands(number: int) -> str:
    """Write a number with commas, `12,345`; a filter of the templates."""
    return f"{number:,}"


def stock_page(shop: Shop, cards: Sequence[Any], number: int, pages: int) -> ListPage:
    """Make the context of a page of a dealer's stock."""
    numbers = range(1, pages + 1) if pages > 1 else ()
    steps = tuple(Step(str(one), stock_url(shop.url, one), one == number) for one in numbers)
    return ListPage("All cars", stock_url(shop.url, number), cards, steps=steps)


def home_page(shop: Shop, cards: Sequence[Any], total: int) -> ListPage:
    """Make the context of a dealer's home."""
    return ListPage("Welcome", shop.url, cards, total)


def front_page(cards: Sequence[Any], total: int, links: Sequence[Link]) -> ListPage:
    """Make the context of the marketplace's front page."""
    return ListPage("Used cars", "/", cards, total, links)


def make_page(make: str, cards: Sequence[Any], total: int, links: Sequence[Link]) -> ListPage:
    """Make the context of a make's page."""
    return ListPage(f"Used {make}", make_url(make), cards, total, links)


def model_page(make: str, model: str, cards: Sequence[Any], total: int) -> ListPage:
    """Make the context of a model's page."""
    return ListPage(f"Used {make} {model}", model_url(make, model), cards, total)


def pages_of(cars: int) -> int:
    """Give how many pages so many cars take."""
    return -(-cars // PAGE)


STRUCTURED = (
    "title", "url", "stock_number", "vin", "make", "model", "trim", "year", "registered", "mileage", "fuel",
    "transmission", "body", "colour", "doors", "description", "price",
)  # fmt: skip
"""Columns of a car that its structured data is made of, in the order `structured` takes them."""


def structured(shop: Shop, values: Sequence[Any], photos: Sequence[str], dump: Dump = compact) -> Markup:
    """Give the structured data of a car, safe inside a script element.

    Args:
        shop: who sells it.
        values: of the columns `STRUCTURED`.
        photos: addresses of its photographs.
        dump: writes JSON.
    """
    title, url, stock_number, vin, make, model, trim, year, registered, mileage, fuel, *more = values
    transmission, body, colour, doors, description, price = more
    data = {
        "@context": "https://schema.org",
        "@type": ["Product", "Car"],
        "name": title,
        "url": ORIGIN + url,
        "sku": stock_number,
        "vehicleIdentificationNumber": vin,
        "brand": {"@type": "Brand", "name": make},
        "model": model,
        "vehicleConfiguration": trim,
        "vehicleModelDate": str(year),
        "dateVehicleFirstRegistered": registered,
        "mileageFromOdometer": {"@type": "QuantitativeValue", "value": mileage, "unitCode": "KMT"},
        "fuelType": fuel,
        "vehicleTransmission": transmission,
        "bodyType": body,
        "color": colour,
        "numberOfDoors": doors,
        "description": description,
        "image": [f"{photo}-1600.jpg" for photo in photos],
        "offers": {
            "@type": "Offer",
            "price": f"{price}.00",
            "priceCurrency": "EUR",
            "availability": "https://schema.org/InStock",
            "seller": {
                "@type": "AutoDealer",
                "name": shop.name,
                "telephone": shop.phone,
                "address": {"@type": "PostalAddress", "streetAddress": shop.street, "addressLocality": shop.city},
            },
        },
    }
    text = dump(data).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(text)  # noqa: S704 - JSON with what HTML would see taken out
