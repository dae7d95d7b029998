"""What a search costs on the embedded engine, in the process: the engine alone, the whole call, and the index's life.

    python -m benchmarks.search INSTANCE [--queries N] [--json FILE]

INSTANCE was founded by `benchmarks.search_world`. The engine's search is a mistyped make and a word, two filters, six
facets and a price order, 24 hits. The whole call is text, two filters with one more facet chosen, six multi-select
facets, bounds, a radius and an order in turn, then the cards of the hits read from the database and what matched in
them marked. No two searches are the same. Times are of this process's processor and of the clock.
"""

import argparse
import gc
import json
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from search import jobs
from search.index import Index, open_index
from search.query import Facet, Near, Query, Range, Sort
from storefront.core import clock, config, runtime
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.models import Tenant
from storefront.domain.listings.actions import change_price
from storefront.domain.listings.models import Listing, ListingStatus, PriceReason
from storefront.domain.stores import queries as stores
from storefront.domain.vehicles.models import Vehicle
from storefront.live.hits import read_hits
from storefront.live.sites import anew
from storefront.pages.sites import open_site
from storefront.pages.siteview import SiteView
from themes.ingredients import Log

from .search_world import NORTH_EAST, SOUTH_WEST

COUNTED = (Facet.MAKE, Facet.BODY, Facet.FUEL, Facet.TRANSMISSION, Facet.COLOUR, Facet.FEATURE)
BOUNDED = (Range.PRICE, Range.YEAR, Range.MILEAGE)
WORDS = ("diesel", "kombi", "automatik", "sport", "navi", "service", "garage", "owner")
SIZE = 24
WARM_UP = 30
PATIENCE = 30.0
SEED = 3


@dataclass(frozen=True, slots=True)
class Car:
    """What a buyer asks for when she asks for this car."""

    make: str
    model: str
    fuel: str
    body: str
    transmission: str
    year: int


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of many calls, in order of size."""

    processor: tuple[float, ...]
    wall: tuple[float, ...]

    def told(self) -> dict[str, float]:
        """Give the middle and the ends."""
        return {
            "p50": round(_at(self.processor, 0.5), 2),
            "p99": self.p99,
            "wall_p50": round(_at(self.wall, 0.5), 2),
            "wall_p99": round(_at(self.wall, 0.99), 2),
            "calls": len(self.wall),
        }

    @property
    def p99(self) -> float:
        """Give the processor time that 99 of 100 calls stay within."""
        return round(_at(self.processor, 0.99), 2)


def start(instance: Path, *, bell: bool = False) -> UUID:
    """Bind this process to an installation of `search_world`; gives its tenant."""
    runtime.start(config.load({}, marketplace_instance=instance), bell=bell)
    with everywhere():
        return db.session.scalars(select(Tenant.id)).one()


def rebuild(tenant_id: UUID) -> dict[str, float]:
    """Make the whole index from the database and time it; the processor's time is that of all processes taking part."""
    began, spent = time.perf_counter(), _spent()
    cars = jobs.rebuild(tenant_id)
    return {
        "cars": cars,
        "seconds": round(time.perf_counter() - began, 2),
        "processor": round(_spent() - spent, 2),
    }


def _spent() -> float:
    """Give the processor seconds of this process and of its children that ended."""
    return sum(os.times()[:4])


def engine(tenant_id: UUID, number: int) -> Times:
    """Time the engine's search."""
    index, dice = open_index(tenant_id, runtime.settings()), random.Random(SEED)
    asked = list(_narrow(_cars(tenant_id), dice, number + WARM_UP))
    return _timed(lambda query: index.search(query), asked)


def whole(tenant_id: UUID, number: int) -> Times:
    """Time the whole call."""
    index, dice = open_index(tenant_id, runtime.settings()), random.Random(SEED + 1)
    asked = list(_wishes(_cars(tenant_id), dice, number + WARM_UP))
    with acting(tenant_id):
        store = next(store for store in stores.everyone() if store.is_marketplace)
        base = open_site(store, as_of=clock.now().date(), settings=runtime.settings(), log=Log(deaf=True))
        return _timed(lambda query: _answered(index, base, query), asked)


def after_commit(tenant_id: UUID, rounds: int) -> list[float]:
    """Change prices while a worker of the installation runs; gives the seconds from each commit until it is found."""
    index = open_index(tenant_id, runtime.settings())
    with acting(tenant_id):
        wanted = select(Listing.id).where(Listing.status == ListingStatus.ACTIVE).order_by(Listing.id).limit(rounds)
        chosen = list(db.session.scalars(wanted))
    return [_followed(tenant_id, index, listing_id) for listing_id in chosen]


def _followed(tenant_id: UUID, index: Index, listing_id: UUID) -> float:
    with acting(tenant_id):
        listing = db.session.get_one(Listing, listing_id)
        cents = (listing.price_cents or 0) + 100
        query = Query(ranges=((Range.PRICE, cents, cents),), dealer_id=listing.dealer_id)
        reason = PriceReason.MARKET_ADJUSTMENT
        perform(change_price, listing, cents, reason=reason, now=clock.now(), actor="bench").unwrap()
    began = time.perf_counter()
    while listing_id not in index.search(query).ids:
        if time.perf_counter() - began > PATIENCE:
            return PATIENCE
        time.sleep(0.005)
    return time.perf_counter() - began


def _answered(index: Index, base: SiteView, query: Query) -> int:
    """Ask and read the cards as the live layer does: nothing of an earlier answer is kept."""
    site = anew(base, base.default.lang)
    db.session.expunge_all()
    return len(read_hits(site.view, site.face, index.search(query)))


def _timed(call: Callable[[Query], object], asked: Sequence[Query]) -> Times:
    for query in asked[:WARM_UP]:
        call(query)
    gc.collect()
    gc.freeze()  # as a web process does once it is warm
    processor, wall = [], []
    for query in asked[WARM_UP:]:
        began, spent = time.perf_counter_ns(), time.process_time_ns()
        call(query)
        processor.append((time.process_time_ns() - spent) / 1e6)
        wall.append((time.perf_counter_ns() - began) / 1e6)
    return Times(tuple(sorted(processor)), tuple(sorted(wall)))


def _cars(tenant_id: UUID) -> list[Car]:
    with acting(tenant_id):
        columns = (Vehicle.make_slug, Vehicle.model, Vehicle.fuel, Vehicle.body, Vehicle.transmission, Vehicle.year)
        rows = db.session.execute(select(*columns).order_by(Vehicle.id).limit(5000)).all()
    return [
        Car(make, model, fuel or "", body or "", transmission or "", year or 2015)
        for make, model, fuel, body, transmission, year in rows
    ]


def _narrow(cars: Sequence[Car], dice: random.Random, number: int) -> Iterator[Query]:
    for _ in range(number):
        car = dice.choice(cars)
        yield Query(
            text=f"{_mistyped(car.make.split('-')[0], dice)} {car.model}",
            chosen=((Facet.FUEL, (car.fuel,)),),
            ranges=((Range.YEAR, car.year - 4, car.year + 4),),
            sort=Sort.PRICE,
            size=SIZE,
            facets=COUNTED,
        )


def _wishes(cars: Sequence[Car], dice: random.Random, number: int) -> Iterator[Query]:
    for _ in range(number):
        car = dice.choice(cars)
        middle = [dice.uniform(low, high) for low, high in zip(SOUTH_WEST, NORTH_EAST, strict=True)]
        yield Query(
            text=f"{_mistyped(car.make.split('-')[0], dice)} {dice.choice(WORDS)}",
            chosen=((Facet.FUEL, (car.fuel,)), (Facet.TRANSMISSION, (car.transmission,))),
            ranges=((Range.PRICE, dice.randrange(20) * 50_000, None), (Range.YEAR, car.year - 6, None)),
            near=Near(middle[0], middle[1], dice.choice((50, 100, 200))),
            sort=dice.choice((Sort.RELEVANCE, Sort.PRICE, Sort.NEWEST, Sort.DISTANCE)),
            size=SIZE,
            facets=COUNTED,
            bounds=BOUNDED,
        )


def _mistyped(word: str, dice: random.Random) -> str:
    """Lose, swap or change a letter that is not the first."""
    if len(word) < 4:
        return word
    at = dice.randrange(1, len(word) - 1)
    before, here, after = word[:at], word[at], word[at + 1 :]
    return dice.choice([before + after, before + after[0] + here + after[1:], f"{before}x{after}"])


def _at(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def main(words: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description="Measure the embedded engine.")
    parser.add_argument("instance", type=Path)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(words)
    tenant_id = start(options.instance)
    report: dict[str, Any] = {"rebuild": rebuild(tenant_id)}
    report["engine"] = engine(tenant_id, options.queries).told()
    report["whole call"] = whole(tenant_id, options.queries).told()
    for name, figures in report.items():
        print(f"  {name:12} {figures}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
