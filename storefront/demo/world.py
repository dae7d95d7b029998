"""The named world everybody knows: its four dealers, the Golf, the sold Polo.

`found_demo_world` is what `marketplace demo` shows, `found_theme_world` what previews of themes show,
`found_small_world` is what tests stand on. All are deterministic: ids come from names, so that two demos of one day are
alike to the byte.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

from sqlalchemy import select

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.places import Place
from storefront.core.tenancy import acting
from storefront.domain.accounts.actions import add_user, found_tenant
from storefront.domain.accounts.models import Role, Tenant, User
from storefront.domain.accounts.passwords import hash_password
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import Listing
from storefront.domain.listings.photo_store import photo_store
from storefront.domain.stores.actions import create_store
from storefront.domain.stores.models import Store

from . import pool, stock
from .dealers import ACTOR, DemoDealer, found_dealer, known_dealers
from .leads import found_leads
from .offers import offer, uuid_of
from .rarities import rarities

Progress = Callable[[str, int, int], None]
"""Told the dealer, the cars done and the cars to do."""
LEGAL = {
    "name": "Marketplace Auto Demo GmbH",
    "street": "Speicherstraße 11",
    "postal_code": "20457",
    "city": "Hamburg",
    "country": "DE",
    "email": "hallo@marketplace-auto.example",
    "phone": "+494033000110",
    "represented_by": "Ada Lindqvist",
    "register": "HRB 155001",
    "register_court": "Amtsgericht Hamburg",
    "vat_id": "DE365412349",
}


@dataclass(frozen=True, slots=True)
class Login:
    """What somebody logs in to the demo's admin with."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class SmallWorld:
    """The ids of the tests' world; `load` gives the rows inside an open scope."""

    tenant_id: UUID
    north_id: UUID
    south_id: UUID
    golf_id: UUID
    polo_id: UUID

    def load(self) -> SimpleNamespace:
        """Give tenant, north, south, market, their stores, golf and polo."""
        stores = {store.host.partition(".")[0]: store for store in db.session.query(Store)}
        return SimpleNamespace(
            tenant=db.session.get(Tenant, self.tenant_id),
            north=db.session.get(Dealer, self.north_id),
            south=db.session.get(Dealer, self.south_id),
            market_store=next(store for store in stores.values() if store.is_marketplace),
            north_store=stores["north-cars"],
            south_store=stores["south-motors"],
            golf=db.session.get(Listing, self.golf_id),
            polo=db.session.get(Listing, self.polo_id),
        )


def found_demo_world(
    now: datetime,
    *,
    settings: Settings,
    password: str | None = None,
    progress: Progress | None = None,
) -> tuple[UUID, list[Login]]:
    """Found the world that `marketplace demo` shows; call it acting everywhere().

    Args:
        now: when it is founded, aware UTC; cars are offered in the weeks before.
        settings: of the installation; photos go into its store.
        password: for both logins; a random one when not given.
        progress: told (dealer, cars done, cars to do).

    Returns:
        The tenant's id, and the logins of the operator and of North Cars' owner.
    """
    chosen = password or secrets.token_urlsafe(9)
    hashed = hash_password(chosen)
    tenant = perform(_found, now, "demo").unwrap()
    with acting(tenant):
        perform(_found_marketplace, now, settings).unwrap()
        perform(_found_places).unwrap()
        dealers = [
            (known, perform(found_dealer, known, settings, now).unwrap(), known.cars)
            for known in known_dealers().values()
        ]
        perform(_stock, dealers, "demo", now, settings, progress or _silent).unwrap()
        perform(_people, hashed, now).unwrap()
        perform(_leads, settings, now).unwrap()
    logins = [Login("operator@marketplace-auto.example", chosen), Login("jette.brandt@north-cars.example", chosen)]
    return tenant, logins


def found_small_world(now: datetime, *, settings: Settings, cars: int = 9) -> SmallWorld:
    """Found the tests' small world: two dealers with a few cars each, the Golf, and the Polo sold four days ago."""
    tenant = perform(_found, now, "small").unwrap()
    with acting(tenant):
        perform(_found_marketplace, now, settings).unwrap()
        # No people, answers and pages: a test that is about them writes its own.
        founded = [replace(known_dealers()[name], team=(), faq={}, pages=()) for name in ("north-cars", "south-motors")]
        dealers = [(known, perform(found_dealer, known, settings, now).unwrap(), cars) for known in founded]
        perform(_stock, dealers, "small", now, settings, _silent).unwrap()
    return SmallWorld(tenant, dealers[0][1], dealers[1][1], uuid_of("golf small"), uuid_of("polo small"))


def found_theme_world(now: datetime, *, settings: Settings) -> UUID:
    """Found what a theme is looked at with: the marketplace, North Cars with more cars than one page holds, people,
    answers and pages, and South Motors; gives the tenant's id.
    """
    tenant = perform(_found, now, "themes").unwrap()
    with acting(tenant):
        perform(_found_marketplace, now, settings).unwrap()
        perform(_found_places).unwrap()
        known = known_dealers()
        dealers = [
            (known[name], perform(found_dealer, known[name], settings, now).unwrap(), cars)
            for name, cars in (("north-cars", 52), ("south-motors", 8))
        ]
        perform(_stock, dealers, "themes", now, settings, _silent).unwrap()
    return tenant


def _silent(_dealer: str, _done: int, _all: int) -> None:
    """Tell nobody."""


def _found(now: datetime, name: str) -> UUID:
    tenant = found_tenant(name, "Marketplace Auto", now=now)
    tenant.legal = LEGAL
    return tenant.id


def _found_marketplace(now: datetime, settings: Settings) -> None:
    create_store(
        "Marketplace Auto",
        settings.base_host,
        dealer_id=None,
        theme="market",
        languages=["de", "en"],
        now=now,
        actor=ACTOR,
    )


def _found_places() -> None:
    """Make the postal codes of second yards known where nobody loaded the world's (docs/operations.md)."""
    for known in known_dealers().values():
        away = known.elsewhere
        if away is None:
            continue
        there = select(Place.id).where(Place.country == "DE", Place.code == away.postal_code)
        if db.session.scalars(there).first() is None:
            place = Place(country="DE", code=away.postal_code, name=away.city)
            place.latitude, place.longitude = away.latitude, away.longitude
            db.session.add(place)


def _people(hashed: str, now: datetime) -> None:
    north = db.session.query(Dealer).filter(Dealer.slug == "north-cars").one()
    add_user("operator@marketplace-auto.example", "Ada Lindqvist", hashed, Role.SYSTEM_ADMIN, now=now)
    add_user("jette.brandt@north-cars.example", "Jette Brandt", hashed, Role.DEALER_OWNER, dealer_id=north.id, now=now)


def _leads(settings: Settings, now: datetime) -> None:
    north = db.session.query(Dealer).filter(Dealer.slug == "north-cars").one()
    jette = db.session.query(User).filter(User.email == "jette.brandt@north-cars.example").one()
    found_leads(north, jette, f"north-cars.{settings.base_host}", now)


def _stock(
    dealers: Sequence[tuple[DemoDealer, UUID, int]], world: str, now: datetime, settings: Settings, told: Progress
) -> None:
    """Offer everybody's cars, the longest on the lot first, as if they had come in day by day."""
    coming = [
        (known, dealer_id, name, number, car)
        for known, dealer_id, count in dealers
        for number, (name, car) in enumerate(_cars(known, count, clock.business_date(now)))
    ]
    coming.sort(key=lambda item: (-item[4].age_on_lot, item[2]))
    store = photo_store(settings)
    for done, (known, dealer_id, name, number, car) in enumerate(coming, 1):
        offer(db.session.get_one(Dealer, dealer_id), known, car, f"{name} {world}", number, now, store)
        told(known.name, done, len(coming))


def _cars(known: DemoDealer, count: int, today: date) -> list[tuple[str, stock.DemoCar]]:
    if known.written:
        return [(f"{known.slug} {number}", car) for number, car in enumerate(rarities(today))]
    named = list(_named(today)) if known.slug == "north-cars" else []
    made = stock.cars(known.slug, count - len(named), today, pool.colours(), known.makes)
    return [(f"{known.slug} {number}", car) for number, car in enumerate(made)] + named


def _named(today: date) -> Iterator[tuple[str, stock.DemoCar]]:
    """The cars everybody knows: the Polo that is sold and the Golf that is offered."""
    colours = dict.fromkeys(pool.colours(), ("blue",))
    (made,) = stock.cars("the golf", 1, today, colours, ("Volkswagen",))
    polo = {**made.vehicle, **_NAMED, "model": "Polo", "version": "1.0 TSI Comfortline", "power_kw": 70}
    golf = {**made.vehicle, **_NAMED, "model": "Golf", "version": "1.5 TSI Life", "power_kw": 96}
    common = replace(made, vat="standard", body="hatchback", colour="blue", featured=False)
    yield (
        "polo",
        replace(
            common,
            vehicle={**polo, "mileage_km": 38_400},
            price_cents=15_490_00,
            history=((0, 15_490_00),),
            age_on_lot=timedelta(days=40),
            sold=timedelta(days=4),
        ),
    )
    yield (
        "golf",
        replace(
            common,
            vehicle={**golf, "mileage_km": 41_250},
            price_cents=22_990_00,
            history=((0, 22_990_00),),
            age_on_lot=timedelta(days=2),
            featured=True,
        ),
    )


_NAMED = {
    "make": "Volkswagen",
    "body": "hatchback",
    "fuel": "petrol",
    "transmission": "manual",
    "gears": 6,
    "doors": 5,
    "seats": 5,
    "drive": "front",
    "displacement_ccm": 1498,
    "cylinders": 4,
    "electric_range_km": None,
    "battery_kwh_tenths": None,
    "consumption_combined": 54,
    "consumption_electric": None,
    "consumption_discharged": None,
    "co2_discharged_g_km": None,
    "co2_g_km": 122,
    "emission_class": "euro6d",
    "year": 2022,
    "first_registered": date(2022, 3, 1),
}
"""What the Golf and the Polo share."""
