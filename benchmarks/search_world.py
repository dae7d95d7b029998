"""A marketplace of any size to search in: the catalogue's cars in the product's database, scattered over a country.

    python -m benchmarks.search_world LISTINGS INSTANCE

The rows are put into their tables at once, without the lists and the ledger that an import would keep, since only
search reads them. Every car has five photographs in the database; their files are the same small pool, or none.
"""

import itertools
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from storefront.core import config, runtime
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.ids import new_id, public_id_of
from storefront.core.slugs import slug
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.actions import found_tenant
from storefront.domain.dealers.actions import DealerData, register_dealer
from storefront.domain.dealers.models import Plan
from storefront.domain.listings.models import Listing, ListingStatus, ListingType, Photo, PhotoKind, PhotoState
from storefront.domain.stores.actions import create_store
from storefront.domain.vehicles.models import Vehicle
from storefront.domain.vehicles.vocabulary import FEATURES

from . import catalogue
from .catalogue import Car
from .world import _BODIES as BODIES
from .world import _FUELS as FUELS
from .world import LANGUAGES, MARKET, NOW, TODAY, is_premium

LOT = 100
"""Cars of a dealer."""
PLACES = 4000
"""Places where cars stand that do not stand at their dealer's."""
SOUTH_WEST, NORTH_EAST = (47.5, 6.2), (54.8, 14.8)
"""Corners of the country, in degrees."""
PHOTOS = 5
BATCH = 2000
SEED = 5
DAYS = 90
"""Cars have been listed at any second of so many days."""


def found(instance: Path, listings: int) -> UUID:
    """Found an installation with one marketplace and that many cars on offer.

    Args:
        instance: an empty folder.
        listings: how many; the last lot may be smaller.

    Returns:
        The tenant.
    """
    from storefront.migrations import runner

    runtime.start(config.load({}, marketplace_instance=instance), bell=False)
    runner.upgrade(db.engine)
    with everywhere():
        tenant_id = perform(found_tenant, "search", "Cars of Europe", now=NOW, languages=("de", "en")).unwrap().id
    with acting(tenant_id):
        perform(
            create_store, "Cars of Europe", MARKET, dealer_id=None, theme="market", languages=LANGUAGES, now=NOW
        ).unwrap()
        perform(_take_in, tenant_id, listings).unwrap()
    db.unbind()
    return tenant_id


def _take_in(tenant_id: UUID, listings: int) -> None:
    stock = catalogue.make(-(-listings // LOT), LOT)
    dealers = {dealer.id: _dealer(dealer) for dealer in stock.dealers}
    dice = random.Random(SEED)
    places = [_somewhere(dice) for _ in range(PLACES)]
    for chunk in _chunks(stock.cars[:listings]):
        made = [_rows(car, tenant_id, dealers[car.dealer_id], dice, places) for car in chunk]
        _insert(Vehicle, [vehicle for vehicle, _ in made])
        _insert(Listing, [listing for _, listing in made])
        _insert(Photo, [photo for _, listing in made for photo in _photos(listing)])
    db.gather_statistics()


def _dealer(dealer: catalogue.Dealer) -> UUID:
    plan = Plan.PREMIUM if is_premium(dealer.id) else Plan.INDIVIDUAL
    data = DealerData(
        dealer.name, dealer.slug, f"L{dealer.id:05d}", plan, street=dealer.street, postal_code="10115",
        city=dealer.city, latitude=dealer.latitude, longitude=dealer.longitude, phone=dealer.phone,
    )  # fmt: skip
    return register_dealer(data, now=NOW, today=TODAY).id


def _somewhere(dice: random.Random) -> tuple[float, float]:
    return dice.uniform(SOUTH_WEST[0], NORTH_EAST[0]), dice.uniform(SOUTH_WEST[1], NORTH_EAST[1])


def _rows(
    car: Car, tenant_id: UUID, dealer_id: UUID, dice: random.Random, places: Sequence[tuple[float, float]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    year, month = map(int, car.registered.split("-"))
    owner: dict[str, Any] = {"tenant_id": tenant_id, "dealer_id": dealer_id, "created_at": NOW, "updated_at": NOW}
    vehicle = owner | {
        "id": new_id(), "make": car.make, "make_slug": slug(car.make), "model": car.model,
        "model_slug": slug(car.model),
        "version": f"{car.trim} {car.power} kW", "first_registered": date(year, month, 1), "year": year,
        "body": BODIES[car.body], "fuel": FUELS[car.fuel], "transmission": car.transmission.lower(),
        "drive": car.drive.removesuffix(" wheels"), "colour": car.colour, "power_kw": car.power,
        "mileage_km": car.mileage, "doors": car.doors, "seats": car.seats, "displacement_ccm": car.displacement,
        "features": dice.sample(FEATURES, 12), "features_other": [], "condition": "used", "metallic": False,
        "damaged": False, "ownership": "dealer", "maintenance": [],
    }  # fmt: skip
    latitude, longitude = dice.choice(places) if dice.random() < 0.7 else (None, None)
    listing = owner | {
        "id": new_id(), "public_id": public_id_of(dice.getrandbits(65)), "vehicle_id": vehicle["id"],
        "source": "bench", "source_id": str(car.id), "stock_number": car.stock_number,
        "slug": slug(f"{car.make} {car.model}"), "status": ListingStatus.ACTIVE, "listing_type": ListingType.SALE,
        "price_cents": car.price * 100, "currency": "EUR", "vat": "standard", "vat_rate": 190, "negotiable": False,
        "description": car.description, "featured": False, "latitude": latitude, "longitude": longitude,
        "listed_at": NOW - timedelta(seconds=dice.randrange(DAYS * 86_400)), "significant_at": NOW, "view_count": 0,
        "inquiry_count": 0,
    }  # fmt: skip
    return vehicle, listing


def _photos(listing: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for place in range(PHOTOS):
        yield {
            "id": new_id(), "tenant_id": listing["tenant_id"], "dealer_id": listing["dealer_id"],
            "listing_id": listing["id"], "position": place, "primary": place == 0, "kind": PhotoKind.EXTERIOR,
            "state": PhotoState.READY, "content_hash": f"{listing['id'].hex}{place:032x}", "width": 1600,
            "height": 1200, "attempts": 0, "created_at": NOW,
        }  # fmt: skip


def _insert(model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    db.session.execute(insert(model).execution_options(stamped=True), [dict(row) for row in rows])


def _chunks(cars: Sequence[Car]) -> Iterator[Sequence[Car]]:
    for start in itertools.count(0, BATCH):
        chunk = cars[start : start + BATCH]
        if not chunk:
            return
        yield chunk


if __name__ == "__main__":
    began = datetime.now(UTC)
    found(Path(sys.argv[2]), int(sys.argv[1]))
    print(f"{sys.argv[1]} cars in {(datetime.now(UTC) - began).total_seconds():.1f} s")
