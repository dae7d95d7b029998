"""A product's world of any size: the catalogue's dealers with hosts of their own, their cars through the product's own
import, photographs from a small pool.

    python -m benchmarks.world DEALERS LISTINGS INSTANCE [PHOTOS]
    python -m benchmarks.world add NUMBER LISTINGS INSTANCE [PHOTOS]     one dealer more
    python -m benchmarks.world about NUMBER INSTANCE                     its cars and the lists they stand in, as JSON
"""

import itertools
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import select

from storefront.core import config, runtime
from storefront.core.acts import perform
from storefront.core.changes import insert_many
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.ids import new_id
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.actions import found_tenant
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.actions import DealerData, register_dealer
from storefront.domain.dealers.models import Dealer as DealerRow
from storefront.domain.dealers.models import Plan
from storefront.domain.listings.importing import import_stock
from storefront.domain.listings.models import ListEntry, Listing, Photo, PhotoState
from storefront.domain.listings.photo_store import photo_store
from storefront.domain.listings.placement import MARKET as MARKET_SCOPE
from storefront.domain.listings.stock import StockRecord
from storefront.domain.stores.actions import create_store
from storefront.domain.vehicles.vocabulary import FEATURES
from storefront.pages.urls import Urls

from . import catalogue
from .catalogue import Car, Dealer
from .measuring import ROOT

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
MARKET = "localhost"
POOL = 40
"""Photographs there are; every car shows some of them."""
INDIVIDUAL_EVERY = 4
"""Every so many-th dealer is no Premium dealer and does not stand on the marketplace."""
THEMES = ("classic", "noir")
LANGUAGES = ["de", "en"]
_BODIES = {
    "Cabriolet": "convertible", "Coupé": "coupe", "Estate": "estate", "Hatchback": "hatchback", "MPV": "mpv",
    "Pick-up": "pickup", "Saloon": "saloon", "SUV": "suv",
}  # fmt: skip
_FUELS = {
    "Diesel": "diesel", "Electric": "electric", "Hybrid": "hybrid", "LPG": "lpg", "Petrol": "petrol",
    "Plug-in hybrid": "plugin_hybrid",
}  # fmt: skip


def found(instance: Path, dealers: int, listings: int, photos: int = 5) -> None:
    """Found an installation: a tenant, its marketplace, dealers with a site each, their cars.

    Args:
        instance: an empty folder.
        dealers: how many.
        listings: cars of each.
        photos: of each car.
    """
    from storefront.migrations import runner

    settings = runtime.start(config.load({}, marketplace_instance=instance), bell=False)
    runner.upgrade(db.engine)
    stock = catalogue.make(dealers, listings)
    cars: dict[int, list[Car]] = defaultdict(list)
    for car in stock.cars:
        cars[car.dealer_id].append(car)
    turn = itertools.cycle(_pictures(settings))
    with everywhere():
        tenant = perform(found_tenant, "bench", "Cars of Europe", now=NOW, languages=("de", "en")).unwrap()
        tenant_id = tenant.id
    with acting(tenant_id):
        perform(
            create_store, "Cars of Europe", MARKET, dealer_id=None, theme="market", languages=LANGUAGES, now=NOW
        ).unwrap()
    for dealer in stock.dealers:
        with acting(tenant_id):
            perform(add_dealer, dealer, cars[dealer.id], turn, photos).unwrap()
    db.unbind()


def add(instance: Path, number: int, listings: int, photos: int = 5) -> None:
    """Add one dealer to a world: the last of a catalogue of so many.

    Args:
        instance: the world.
        number: of the dealer.
        listings: cars of each.
        photos: of each car.
    """
    settings = runtime.start(config.load({}, marketplace_instance=instance), bell=False)
    stock = catalogue.make(number, listings)
    cars = [car for car in stock.cars if car.dealer_id == number]
    with everywhere():
        tenant_id = db.session.scalars(select(Tenant.id)).one()
    with acting(tenant_id):
        perform(add_dealer, stock.dealers[-1], cars, itertools.cycle(_pictures(settings)), photos).unwrap()
    db.unbind()


def about(instance: Path, number: int) -> dict[str, list[str]]:
    """Say how the marketplace may name a dealer, and where it counts its cars.

    Args:
        instance: the world.
        number: of the dealer.

    Returns:
        `cars`, their public ids, and `lists`, the addresses of the first pages of all lists a car of it stands in.
    """
    runtime.start(config.load({}, marketplace_instance=instance), bell=False)
    with everywhere():
        dealer_id = db.session.scalars(select(DealerRow.id).where(DealerRow.slug == slug_of(number))).one()
        cars = db.session.scalars(select(Listing.public_id).where(Listing.dealer_id == dealer_id)).all()
        standing = select(ListEntry.list_key).where(ListEntry.dealer_id == dealer_id, ListEntry.scope == MARKET_SCOPE)
        keys = db.session.scalars(standing.distinct()).all()
    faces = [Urls(""), *(Urls(f"/{lang}") for lang in LANGUAGES[1:])]
    db.unbind()
    return {"cars": sorted(cars), "lists": sorted(face.listing(key) for face in faces for key in keys)}


def slug_of(number: int) -> str:
    """Give the slug of the dealer of a number."""
    return f"lot-{number:04d}"


def host_of(dealer: Dealer) -> str:
    """Give the host of a dealer's site."""
    return f"{dealer.slug}.{MARKET}"


def is_premium(number: int) -> bool:
    """Ask whether the dealer of this number stands on the marketplace."""
    return number % INDIVIDUAL_EVERY != 0


def add_dealer(dealer: Dealer, cars: list[Car], pictures: Iterator[dict[str, Any]], photos: int) -> None:
    """Register a dealer, give it a site and take its stock in."""
    plan = Plan.PREMIUM if is_premium(dealer.id) else Plan.INDIVIDUAL
    data = DealerData(
        dealer.name, dealer.slug, f"L{dealer.id:05d}", plan, street=dealer.street, postal_code="10115",
        city=dealer.city, latitude=dealer.latitude, longitude=dealer.longitude, phone=dealer.phone,
    )  # fmt: skip
    made = register_dealer(data, now=NOW, today=TODAY)
    theme = THEMES[dealer.id % len(THEMES)]
    create_store(dealer.name, host_of(dealer), dealer_id=made.id, theme=theme, languages=LANGUAGES, now=NOW)
    report = import_stock(made, map(record_of, cars), format="bench", today=TODAY, now=NOW)
    if report.created != len(cars):
        raise ValueError(f"cars of the bench were refused: {report.refused[:3]}")
    numbers = db.session.scalars(select(Listing.id).where(Listing.dealer_id == made.id).order_by(Listing.source_id))
    rows = [
        {"id": new_id(), "dealer_id": made.id, "listing_id": number, "position": place, "primary": place == 0,
         "state": PhotoState.READY, "created_at": NOW, **next(pictures)}
        for number in numbers
        for place in range(photos)
    ]  # fmt: skip
    insert_many(Photo, rows)


def record_of(car: Car) -> StockRecord:
    """Give a car of the catalogue as an export would."""
    year, month = map(int, car.registered.split("-"))
    return StockRecord(
        row=car.id, source_id=f"{car.id:06d}", stock_number=car.stock_number, make=car.make, model=car.model,
        version=car.trim, body=_BODIES[car.body], fuel=_FUELS[car.fuel], transmission=car.transmission.lower(),
        colour=car.colour, doors=car.doors, seats=car.seats, power_kw=car.power, displacement_ccm=car.displacement,
        mileage_km=car.mileage, first_registered=date(year, month, 1), co2_g_km=car.co2, price_cents=car.price * 100,
        vat="standard", description=car.description, features=FEATURES[car.id % 8 :: 9][:12],
        listed_on=date.fromisoformat(car.updated),
    )  # fmt: skip


def _pictures(settings: Settings) -> list[dict[str, Any]]:
    """Put some of the demo's pictures into the photo store."""
    every = sorted((ROOT / "storefront/demo/pictures").glob("*.webp"))
    pictures = []
    for file in every[:: max(1, len(every) // POOL)][:POOL]:
        with Image.open(file) as picture:
            width, height = picture.size
        kept = photo_store(settings).put(file.read_bytes())
        pictures.append({"content_hash": kept, "width": width, "height": height})
    return pictures


if __name__ == "__main__":
    verb, *words = sys.argv[1:]
    if verb == "add":
        add(Path(words[2]), int(words[0]), int(words[1]), int((*words, "5")[3]))
    elif verb == "about":
        print(json.dumps(about(Path(words[1]), int(words[0]))))
    else:
        found(Path(words[1]), int(verb), int(words[0]), int((*words, "5")[2]))
