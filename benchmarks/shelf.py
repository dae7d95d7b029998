"""The catalogue in memory, as its JSON gives it, sorted the way pages ask for it; and the walk over all pages."""

import json
from collections import defaultdict
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

from . import pages
from .catalogue import HOME, PAGE, Dealer
from .pages import STRUCTURED, Link, Shop

Car = dict[str, Any]
_structured = itemgetter(*STRUCTURED)

Page = tuple[str, str, Shop | None, object]
"""Address, template, frame, context."""


class Shelf:
    """A catalogue in memory."""

    def __init__(self, folder: Path) -> None:
        """Read catalogue.json; sort the cars by dealer, make and model."""
        rows = json.loads((folder / "catalogue.json").read_bytes())
        self.cars: list[Car] = rows["cars"]
        self.dealers = [Dealer(**row) for row in rows["dealers"]]
        self.by_id = {car["id"]: car for car in self.cars}
        self.by_slug = {dealer.slug: dealer for dealer in self.dealers}
        self.stock: dict[int, list[Car]] = defaultdict(list)
        self.makes: dict[str, dict[str, list[Car]]] = defaultdict(lambda: defaultdict(list))
        self.of_make: dict[str, list[Car]] = defaultdict(list)
        for car in self.cars:
            self.stock[car["dealer_id"]].append(car)
            self.makes[car["make"]][car["model"]].append(car)
            self.of_make[car["make"]].append(car)
        self.market = pages.market()
        self.shops = {dealer.id: pages.shop_of(dealer) for dealer in self.dealers}

    def car(self, car: Car) -> pages.CarPage:
        """Give a car's page."""
        photos, similar = car["photos"], [self.by_id[number] for number in car["similar"]]
        jsonld = pages.structured(self.shops[car["dealer_id"]], _structured(car), photos)
        url = pages.make_url(car["make"])
        return pages.CarPage(car["title"], car["url"], car, photos, car["features"], url, jsonld, similar)

    def stock_page(self, dealer: Dealer, number: int) -> pages.ListPage:
        """Give a page of a dealer's stock."""
        stock = self.stock[dealer.id]
        cards = stock[(number - 1) * PAGE : number * PAGE]
        return pages.stock_page(self.shops[dealer.id], cards, number, pages.pages_of(len(stock)))

    def home(self, dealer: Dealer) -> pages.ListPage:
        """Give a dealer's home."""
        stock = self.stock[dealer.id]
        return pages.home_page(self.shops[dealer.id], stock[:HOME], len(stock))

    def places(self, dealer: Dealer) -> pages.MapPage:
        """Give a dealer's site map."""
        return pages.MapPage(self.stock[dealer.id])

    def front(self) -> pages.ListPage:
        """Give the marketplace's front page."""
        links = [Link(make, pages.make_url(make), len(self.of_make[make])) for make in sorted(self.makes)]
        return pages.front_page(self.cars[:PAGE], len(self.cars), links)

    def make(self, make: str) -> pages.ListPage:
        """Give a make's page."""
        cars = self.of_make[make]
        counts = sorted((model, len(some)) for model, some in self.makes[make].items())
        links = [Link(model, pages.model_url(make, model), count) for model, count in counts]
        return pages.make_page(make, cars[:PAGE], len(cars), links)

    def model(self, make: str, model: str) -> pages.ListPage:
        """Give a model's page."""
        cars = self.makes[make][model]
        return pages.model_page(make, model, cars[:PAGE], len(cars))

    def maps(self) -> pages.MapsPage:
        """Give the map of maps."""
        return pages.MapsPage([pages.map_url(dealer.url) for dealer in self.dealers])

    def all(self) -> Iterator[Page]:
        """Walk all pages, dealer by dealer, then the marketplace's."""
        for dealer in self.dealers:
            yield from self._of_dealer(dealer)
        yield "/", "cars.html", self.market, self.front()
        for make, models in sorted(self.makes.items()):
            yield pages.make_url(make), "cars.html", self.market, self.make(make)
            for model in sorted(models):
                yield pages.model_url(make, model), "cars.html", self.market, self.model(make, model)
        yield "/sitemap.xml", "maps.xml", None, self.maps()

    def _of_dealer(self, dealer: Dealer) -> Iterator[Page]:
        shop = self.shops[dealer.id]
        for car in self.stock[dealer.id]:
            yield car["url"], "car.html", shop, self.car(car)
        for number in range(1, pages.pages_of(len(self.stock[dealer.id])) + 1):
            yield pages.stock_url(dealer.url, number), "cars.html", shop, self.stock_page(dealer, number)
        yield dealer.url, "cars.html", shop, self.home(dealer)
        yield pages.map_url(dealer.url), "map.xml", None, self.places(dealer)
