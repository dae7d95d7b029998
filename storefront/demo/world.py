"""The named world everybody knows: North Cars, South Motors, Brinkmann & Söhne, the Golf, the sold Polo.

`found_demo_world` is what `marketplace demo` shows; `found_small_world` is what tests stand on. Both are deterministic:
ids come from names, so that two demos of one day are alike to the byte.
"""

import secrets
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib import resources
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.ids import public_id_of
from storefront.core.slugs import slug
from storefront.core.tenancy import acting
from storefront.domain.accounts.actions import add_user, found_tenant
from storefront.domain.accounts.models import Role, Tenant
from storefront.domain.accounts.passwords import hash_password
from storefront.domain.dealers.actions import DealerData, register_dealer
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.listings.actions import Offer, change_price, create_listing, mark_sold
from storefront.domain.listings.models import Listing, Photo, PhotoKind, PhotoState, PriceReason
from storefront.domain.listings.photo_store import PhotoStore, photo_store
from storefront.domain.stores.actions import create_store
from storefront.domain.stores.models import Store
from storefront.domain.vehicles.models import Vehicle
from storefront.domain.vehicles.vocabulary import in_order

from . import stock

ACTOR = "command"
Progress = Callable[[str, int, int], None]
"""Told the dealer, the cars done and the cars to do."""
_WEEK = {**{str(day): ["09:00-18:00"] for day in range(1, 6)}, "6": ["10:00-14:00"]}
_KINDS = {
    "exterior": PhotoKind.EXTERIOR,
    "interior": PhotoKind.INTERIOR,
    "engine": PhotoKind.ENGINE,
    "detail": PhotoKind.DETAIL,
}


@dataclass(frozen=True, slots=True)
class DemoDealer:
    """A dealer of the demo and its site."""

    name: str
    slug: str
    plan: Plan
    data: dict[str, Any]
    more: dict[str, Any]
    cars: int
    makes: tuple[str, ...]
    theme_settings: dict[str, Any]


NORTH = DemoDealer(
    name="North Cars",
    slug="north-cars",
    plan=Plan.PREMIUM,
    data={
        "legal_name": "North Cars GmbH",
        "licence": "HH-2211-0487",
        "street": "Rennbahnstraße 48",
        "postal_code": "22111",
        "city": "Hamburg",
        "latitude": 53.55396,
        "longitude": 10.08427,
        "phone": "+494066969123",
        "email": "verkauf@north-cars.example",
    },
    more={
        "person": "Jette Brandt",
        "answer_minutes": 120,
        "opening_hours": _WEEK,
        "vat_id": "DE811907980",
        "legal": {"represented_by": "Malte Brandt", "register": "HRB 104872", "register_court": "Amtsgericht Hamburg"},
        "about": {
            "de": "Seit 1987 verkaufen wir in Wandsbek junge Gebrauchte, inzwischen in zweiter Generation. "
            "Jeder Wagen geht vor dem Verkauf durch unsere eigene Werkstatt; den Bericht bekommen Sie mit, "
            "auch wenn Sie nicht kaufen.",
            "en": "We have sold young used cars in Wandsbek since 1987, now in the second generation. "
            "Every car goes through our own workshop before it is sold; the report is yours, even if you "
            "do not buy.",
        },
        "trust": {
            "de": [["1987", "gegründet, zweite Generation"], ["127 Punkte", "Prüfung vor jedem Verkauf"]]
            + [["24 Monate", "Gebrauchtwagengarantie möglich"], ["2 Stunden", "bis zur Antwort, meistens"]],
            "en": [["1987", "founded, second generation"], ["127 points", "checked before every sale"]]
            + [["24 months", "used-car warranty available"], ["2 hours", "to an answer, usually"]],
        },
    },
    cars=64,
    makes=(),
    theme_settings={},
)
SOUTH = DemoDealer(
    name="South Motors",
    slug="south-motors",
    plan=Plan.PREMIUM,
    data={
        "legal_name": "South Motors GmbH & Co. KG",
        "licence": "M-8093-2210",
        "street": "Wasserburger Landstraße 214",
        "postal_code": "81827",
        "city": "München",
        "latitude": 48.11674,
        "longitude": 11.68035,
        "phone": "+498945209870",
        "email": "kontakt@south-motors.example",
    },
    more={
        "person": "Korbinian Huber",
        "answer_minutes": 240,
        "opening_hours": {**{str(day): ["09:00-12:30", "13:30-18:30"] for day in range(1, 6)}, "6": ["09:00-13:00"]},
        "vat_id": "DE129273398",
        "legal": {
            "represented_by": "Korbinian Huber",
            "register": "HRA 88210",
            "register_court": "Amtsgericht München",
        },
        "about": {
            "de": "Kombis, SUV und Elektroautos im Münchner Osten. Wir zeigen jeden Kratzer auf den Fotos "
            "und schreiben den Preis hin, den wir haben möchten.",
            "en": "Estates, SUVs and electric cars in the east of Munich. We show every scratch in the photos "
            "and write down the price we want.",
        },
        "trust": {},
    },
    cars=44,
    makes=("BMW", "Audi", "Mercedes-Benz", "Škoda", "Volvo", "Porsche", "MINI", "Toyota", "Ford"),
    theme_settings={"accent": "#0b4f8a"},
)
BRINKMANN = DemoDealer(
    name="Autohaus Brinkmann & Söhne",
    slug="brinkmann",
    plan=Plan.INDIVIDUAL,
    data={
        "legal_name": "Autohaus Brinkmann & Söhne Inh. K.-H. Brinkmann e. K.",
        "licence": "OD-2292-0031",
        "street": "Große Straße 7",
        "postal_code": "22926",
        "city": "Ahrensburg",
        "latitude": 53.67515,
        "longitude": 10.22593,
        "phone": "+494102509810",
        "email": "info@brinkmann-soehne.example",
    },
    more={
        "person": "Karl-Heinz Brinkmann",
        "answer_minutes": 1440,
        "opening_hours": {str(day): ["08:00-17:00"] for day in range(1, 6)},
        "vat_id": "DE118509776",
        "legal": {
            "represented_by": "Karl-Heinz Brinkmann",
            "register": "HRA 2217 AH",
            "register_court": "Amtsgericht Lübeck",
        },
        "about": {
            "de": "Familienbetrieb mit Werkstatt an der Großen Straße. Was wir verkaufen, warten wir auch.",
            "en": "A family firm with a workshop in Große Straße. What we sell, we also service.",
        },
        "trust": {},
    },
    cars=14,
    makes=("Opel", "Volkswagen", "Dacia", "Renault", "Hyundai", "SEAT"),
    theme_settings={"accent": "#8a1c1c"},
)
DEALERS = (NORTH, SOUTH, BRINKMANN)
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
        dealers = [(known, perform(_found_dealer, known, settings, now).unwrap(), known.cars) for known in DEALERS]
        perform(_stock, dealers, "demo", now, settings, progress or _silent).unwrap()
        perform(_people, hashed, now).unwrap()
    logins = [Login("operator@marketplace-auto.example", chosen), Login("jette.brandt@north-cars.example", chosen)]
    return tenant, logins


def found_small_world(now: datetime, *, settings: Settings, cars: int = 9) -> SmallWorld:
    """Found the tests' small world: two dealers with a few cars each, the Golf, and the Polo sold four days ago."""
    tenant = perform(_found, now, "small").unwrap()
    with acting(tenant):
        perform(_found_marketplace, now, settings).unwrap()
        dealers = [(known, perform(_found_dealer, known, settings, now).unwrap(), cars) for known in (NORTH, SOUTH)]
        perform(_stock, dealers, "small", now, settings, _silent).unwrap()
    return SmallWorld(tenant, dealers[0][1], dealers[1][1], _uuid("golf small"), _uuid("polo small"))


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


def _found_dealer(known: DemoDealer, settings: Settings, now: datetime) -> UUID:
    today = clock.business_date(now)
    data = DealerData(name=known.name, slug=known.slug, plan=known.plan, **known.data)
    dealer = register_dealer(data, now=now, today=today, actor=ACTOR)
    for column, value in known.more.items():
        setattr(dealer, column, value)
    create_store(
        known.name,
        f"{known.slug}.{settings.base_host}",
        dealer_id=dealer.id,
        theme="classic",
        languages=["de", "en"],
        theme_settings=known.theme_settings,
        now=now,
        actor=ACTOR,
    )
    return dealer.id


def _people(hashed: str, now: datetime) -> None:
    north = db.session.query(Dealer).filter(Dealer.slug == NORTH.slug).one()
    add_user("operator@marketplace-auto.example", "Ada Lindqvist", hashed, Role.SYSTEM_ADMIN, now=now)
    add_user("jette.brandt@north-cars.example", "Jette Brandt", hashed, Role.DEALER_OWNER, dealer_id=north.id, now=now)


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
        listing = _offer(db.session.get_one(Dealer, dealer_id), car, f"{name} {world}", number, now, store)
        if name == "polo":
            mark_sold(listing, now=now - timedelta(days=4), actor=ACTOR)
        told(known.name, done, len(coming))


def _cars(known: DemoDealer, count: int, today: date) -> list[tuple[str, stock.DemoCar]]:
    named = list(_named(today)) if known is NORTH else []
    made = stock.cars(known.slug, count - len(named), today, _colours(), known.makes)
    return [(f"{known.slug} {number}", car) for number, car in enumerate(made)] + named


def _named(today: date) -> Iterator[tuple[str, stock.DemoCar]]:
    """The cars everybody knows: the Golf that is offered and the Polo that is sold."""
    colours = dict.fromkeys(_colours(), ("blue",))
    (golf,) = stock.cars("the golf", 1, today, colours, ("Volkswagen",))
    base = {
        **golf.vehicle,
        "make": "Volkswagen",
        "body": "hatchback",
        "fuel": "petrol",
        "transmission": "manual",
        "gears": 6,
    }
    base |= {
        "doors": 5,
        "seats": 5,
        "drive": "front",
        "displacement_ccm": 1498,
        "cylinders": 4,
        "electric_range_km": None,
    }
    base |= {"consumption_combined": 54, "consumption_electric": None, "co2_g_km": 122, "emission_class": "euro6d"}
    base |= {"battery_kwh_tenths": None, "year": 2022, "first_registered": date(2022, 3, 1)}
    for name, more, cents, days in (
        (
            "polo",
            {"model": "Polo", "version": "1.0 TSI Comfortline", "power_kw": 70, "mileage_km": 38_400},
            15_490_00,
            40,
        ),
        ("golf", {"model": "Golf", "version": "1.5 TSI Life", "power_kw": 96, "mileage_km": 41_250}, 22_990_00, 2),
    ):
        yield (
            name,
            stock.DemoCar(
                vehicle={**base, **more},
                price_cents=cents,
                former_price_cents=None,
                vat="standard",
                description=golf.description,
                body="hatchback",
                colour="blue",
                age_on_lot=timedelta(days=days),
                featured=name == "golf",
            ),
        )


def _offer(dealer: Dealer, car: stock.DemoCar, name: str, number: int, now: datetime, store: PhotoStore) -> Listing:
    since = now - car.age_on_lot
    values = {**car.vehicle, "features": list(in_order(car.vehicle["features"]))}
    vehicle = Vehicle(
        id=_uuid(f"vehicle {name}"),
        dealer_id=dealer.id,
        make_slug=slug(values["make"]),
        model_slug=slug(values["model"]),
        acquired_on=since.date() - timedelta(days=6),
        created_at=since,
        updated_at=since,
        **values,
    )
    db.session.add(vehicle)
    db.session.flush()
    offer = Offer(
        price_cents=car.former_price_cents or car.price_cents,
        vat=car.vat,
        vat_rate=190 if car.vat == "standard" else None,
        description=car.description,
        featured=car.featured,
        stock_number=f"{''.join(word[0] for word in dealer.name.split()[:2]).upper()}-{1000 + number}",
        extra={"id": _uuid(name), "public_id": _public_id(name)},
    )
    listing = create_listing(dealer, vehicle, offer, now=since, actor=ACTOR)
    _photograph(listing, car, number, since, store)
    if car.former_price_cents:
        change_price(
            listing, car.price_cents, reason=PriceReason.MARKET_ADJUSTMENT, now=now - timedelta(days=9), actor=ACTOR
        )
    return listing


def _photograph(listing: Listing, car: stock.DemoCar, number: int, since: datetime, store: PhotoStore) -> None:
    """Give a car the pictures of the pool car of its body and colour; every eleventh car is new and has none yet."""
    if number % 11 == 7:
        return
    looks = [entry for entry in _pool() if (entry["body"], entry["colour"]) == (car.body, car.colour)]
    look = looks[number % len(looks)]
    for position, picture in enumerate(look["pictures"]):
        content = resources.files(__package__).joinpath("pictures", picture["file"]).read_bytes()
        db.session.add(
            Photo(
                id=_uuid(f"photo {listing.id} {position}"),
                dealer_id=listing.dealer_id,
                listing_id=listing.id,
                position=position,
                primary=position == 0,
                kind=_KINDS[picture["kind"]],
                state=PhotoState.READY,
                content_hash=store.put(content),
                width=picture["width"],
                height=picture["height"],
                created_at=since,
            )
        )


@cache
def _pool() -> list[dict[str, Any]]:
    pool: list[dict[str, Any]] = tomllib.loads(
        resources.files(__package__).joinpath("pictures", "pool.toml").read_text("utf-8")
    )["car"]
    return pool


def _colours() -> dict[str, tuple[str, ...]]:
    colours: dict[str, tuple[str, ...]] = {}
    for entry in _pool():
        known = colours.get(entry["body"], ())
        colours[entry["body"]] = known if entry["colour"] in known else (*known, entry["colour"])
    return colours


def _uuid(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://marketplace-auto.example/demo/{name}")


def _public_id(name: str) -> str:
    return public_id_of(int.from_bytes(sha256(f"demo {name}".encode()).digest()[:9], "big"))
