"""The pages of the bench as plain contexts, shared by the baselines in Python: (address, template, context)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from tools.bench.catalogue import ORIGIN, PAGE, Car, Catalogue, Dealer, slug

TEMPLATES = Path(__file__).parent / "templates"
MARKET: dict[str, Any] = {
    "id": 0, "slug": "market", "name": "Cars of Europe", "city": "Europe", "street": "1 Market Square", "url": "/",
    "phone": "+49307654321", "colour": "#123456",
}  # fmt: skip
Context = dict[str, Any]
Page = tuple[str, str, Context]


def dress(environment: Environment) -> Environment:
    """Give a Jinja environment the two filters the templates use."""
    environment.filters["thousands"] = thousands
    environment.filters["slug"] = slug
    return environment


def environment() -> Environment:
    """The plain environment: templates compiled once, autoescape on."""
    return dress(Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, auto_reload=False))


def thousands(number: int) -> str:
    """Write a number with commas, `12,345`."""
    return f"{number:,}"


def shop_of(owner: Dealer | None, counts: Iterable[tuple[str, int]]) -> Context:
    """What the layout shows of a dealer, or of the marketplace when there is none; `counts` are cars by make."""
    makes = [{"name": name, "slug": slug(name), "count": count} for name, count in counts]
    return (dict(MARKET) if owner is None else asdict(owner)) | {"makes": makes}


def jsonld(car: Any, shop: Context) -> str:
    """The structured data of a car, safe inside a script element."""
    data = {
        "@context": "https://schema.org",
        "@type": ["Product", "Car"],
        "name": car.title,
        "url": ORIGIN + car.url,
        "sku": car.stock_number,
        "brand": {"@type": "Brand", "name": car.make},
        "model": car.model,
        "vehicleConfiguration": car.trim,
        "vehicleModelDate": str(car.year),
        "dateVehicleFirstRegistered": car.registered,
        "mileageFromOdometer": {"@type": "QuantitativeValue", "value": car.mileage, "unitCode": "KMT"},
        "fuelType": car.fuel,
        "vehicleTransmission": car.transmission,
        "bodyType": car.body,
        "color": car.colour,
        "numberOfDoors": car.doors,
        "description": car.description,
        "image": [f"{ORIGIN}{photo}-1600.jpg" for photo in car.photos],
        "offers": {
            "@type": "Offer",
            "price": f"{car.price}.00",
            "priceCurrency": "EUR",
            "availability": "https://schema.org/InStock",
            "seller": {
                "@type": "AutoDealer",
                "name": shop["name"],
                "telephone": shop["phone"],
                "address": {"@type": "PostalAddress", "streetAddress": shop["street"], "addressLocality": shop["city"]},
            },
        },
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def list_context(
    shop: Context, title: str, path: str, cars: Sequence[Any], total: int, *, page: int = 1, first: str = "",
    pages: int = 1, links: Sequence[Context] = (),
) -> Context:  # fmt: skip
    """The context of a page that shows cards."""
    return {"shop": shop, "title": title, "path": path, "cars": cars, "total": total, "page": page, "pages": pages,
            "first": first, "links": links}  # fmt: skip


def car_context(shop: Context, car: Any, related: Sequence[Any]) -> Context:
    """The context of a car's page."""
    return {
        "shop": shop,
        "title": car.title,
        "path": car.url,
        "car": car,
        "related": related,
        "jsonld": jsonld(car, shop),
    }


class Pages:
    """The bench's pages from a catalogue in memory."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Sort the cars by dealer, make and model."""
        self.cars = catalogue.cars
        self.dealers = catalogue.dealers
        self.by_id = {car.id: car for car in catalogue.cars}
        self.stock: dict[int, list[Car]] = defaultdict(list)
        self.makes: dict[str, dict[str, list[Car]]] = defaultdict(lambda: defaultdict(list))
        for car in catalogue.cars:
            self.stock[car.dealer_id].append(car)
            self.makes[car.make][car.model].append(car)
        self.market = shop_of(None, self._counts(catalogue.cars))
        self.shops = {dealer.id: shop_of(dealer, self._counts(self.stock[dealer.id])) for dealer in catalogue.dealers}

    @staticmethod
    def _counts(cars: Iterable[Car]) -> list[tuple[str, int]]:
        counts: dict[str, int] = defaultdict(int)
        for car in cars:
            counts[car.make] += 1
        return sorted(counts.items())

    def all(self) -> Iterator[Page]:
        """Every page, dealer by dealer, then the marketplace's."""
        for dealer in self.dealers:
            yield from self.of_dealer(dealer)
        yield from self.of_market()

    def of_dealer(self, dealer: Dealer) -> Iterator[Page]:
        """Cars, stock lists, home and sitemap of one dealer."""
        shop, stock = self.shops[dealer.id], self.stock[dealer.id]
        for car in stock:
            yield car.url, "car.html", car_context(shop, car, [self.by_id[other] for other in car.related])
        first, pages = f"{dealer.url}stock/", -(-len(stock) // PAGE)
        for page in range(1, pages + 1):
            path = first if page == 1 else f"{first}page/{page}/"
            some = stock[(page - 1) * PAGE : page * PAGE]
            context = list_context(shop, "All cars", path, some, len(stock), page=page, first=first, pages=pages)
            yield path, "cars.html", context
        yield dealer.url, "cars.html", list_context(shop, "Welcome", dealer.url, stock[:12], len(stock))
        yield f"{dealer.url}sitemap.xml", "sitemap.xml", {"cars": stock}

    def of_market(self) -> Iterator[Page]:
        """Home, makes, models and the sitemap of the marketplace."""
        links = [
            {"name": make["name"], "url": f"/makes/{make['slug']}/", "count": make["count"]}
            for make in self.market["makes"]
        ]
        yield (
            "/",
            "cars.html",
            list_context(self.market, "Used cars", "/", self.cars[:PAGE], len(self.cars), links=links),
        )
        for make, models in sorted(self.makes.items()):
            path = f"/makes/{slug(make)}/"
            links = [
                {"name": model, "url": f"{path}{slug(model)}/", "count": len(cars)}
                for model, cars in sorted(models.items())
            ]
            cars = sorted((car for some in models.values() for car in some), key=lambda car: car.id)
            yield (
                path,
                "cars.html",
                list_context(self.market, f"Used {make}", path, cars[:PAGE], len(cars), links=links),
            )
            for model, some in sorted(models.items()):
                deeper = f"{path}{slug(model)}/"
                title = f"Used {make} {model}"
                yield deeper, "cars.html", list_context(self.market, title, deeper, some[:PAGE], len(some))
        yield "/sitemap.xml", "sitemap.xml", {"cars": self.cars}
