"""Lists by fuel and city: the place of a listing, and the entries of the cars that stand in lists already.

No ledger line is written for the entries: the code that draws pages changes with this step, so that the next build
draws every page anyway.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import hypot
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from storefront.core.slugs import slug
from storefront.migrations import security

revision = "20261125_09"
down_revision = "20261125_08"
branch_labels = None
depends_on = None

BATCH = 2000
NEAR = 0.001
"""Degrees; a listing's coordinates were copied from its place, so that they tell places of one code apart."""
ACTIVE, PREMIUM = 1, 2

tenants = sa.table("tenants", sa.column("id", sa.Uuid()), sa.column("country", sa.String()))
dealers = sa.table(
    "dealers",
    sa.column("id", sa.Uuid()),
    *(sa.column(name, sa.SmallInteger()) for name in ("status", "plan")),
    *(sa.column(name, sa.String()) for name in ("city", "country")),
)
vehicles = sa.table("vehicles", sa.column("id", sa.Uuid()), sa.column("fuel", sa.String()))
listings = sa.table(
    "listings",
    *(sa.column(name, sa.Uuid()) for name in ("id", "tenant_id", "dealer_id", "vehicle_id")),
    sa.column("status", sa.SmallInteger()),
    *(sa.column(name, sa.String()) for name in ("postal_code", "city", "country")),
    *(sa.column(name, sa.Float()) for name in ("latitude", "longitude")),
    sa.column("listed_at", sa.DateTime()),
)
places = sa.table(
    "places",
    *(sa.column(name, sa.String()) for name in ("country", "code", "name")),
    *(sa.column(name, sa.Float()) for name in ("latitude", "longitude")),
)
entries = sa.table(
    "list_entries",
    *(sa.column(name, sa.Uuid()) for name in ("id", "tenant_id", "dealer_id", "listing_id")),
    *(sa.column(name, sa.String()) for name in ("scope", "list_key")),
    sa.column("position", sa.Integer()),
)
cursors = sa.table(
    "list_cursors",
    *(sa.column(name, sa.Uuid()) for name in ("id", "tenant_id")),
    *(sa.column(name, sa.String()) for name in ("scope", "list_key")),
    sa.column("next_position", sa.Integer()),
)


def upgrade() -> None:
    """Go one step forward."""
    op.add_column("listings", sa.Column("city", sa.String(length=180), nullable=True))
    op.add_column("listings", sa.Column("country", sa.String(length=2), nullable=True))
    security.see_everything()
    connection = op.get_bind()
    _name_places(connection)
    for tenant_id, home in connection.execute(sa.select(tenants.c.id, tenants.c.country)).all():
        _place_cars(connection, tenant_id, home)


def downgrade() -> None:
    """Go one step back."""
    security.see_everything()
    for table in (entries, cursors):
        new = table.c.list_key.startswith("fuel:") | table.c.list_key.startswith("city:")
        op.get_bind().execute(sa.delete(table).where(new))
    # Not in batch mode: on SQLite that makes the table anew, and dropping the old one takes photos and entries along.
    op.drop_column("listings", "country")
    op.drop_column("listings", "city")


Spot = tuple[str, str, float | None, float | None]
"""Country of the dealer, the car's postal code, latitude and longitude."""


def _name_places(connection: sa.Connection) -> None:
    """Name the place of every car that has a postal code of its own."""
    spot = (dealers.c.country, listings.c.postal_code, listings.c.latitude, listings.c.longitude)
    reading = (
        sa.select(listings.c.id, *spot)
        .join_from(listings, dealers, dealers.c.id == listings.c.dealer_id)
        .where(listings.c.postal_code != "")
    )
    countries = list(connection.scalars(sa.select(places.c.country).distinct()))
    known: dict[Spot, tuple[str, str] | None] = {}
    named = []
    for listing_id, *where in connection.execute(reading).all():
        place_of: Spot = (where[0], where[1], where[2], where[3])
        if place_of not in known:
            known[place_of] = _place(connection, countries, place_of)
        if (place := known[place_of]) is not None:
            named.append({"car": listing_id, "its_city": place[0], "its_country": place[1]})
    naming = (
        sa.update(listings)
        .where(listings.c.id == sa.bindparam("car"))
        .values(city=sa.bindparam("its_city"), country=sa.bindparam("its_country"))
    )
    for start in range(0, len(named), BATCH):
        connection.execute(naming, named[start : start + BATCH])


def _place(connection: sa.Connection, countries: list[str], spot: Spot) -> tuple[str, str] | None:
    """Give name and country of a spot's place; coordinates tell the country, without them it is the dealer's."""
    home, code, latitude, longitude = spot
    here = (places.c.country.in_(countries), places.c.code == code.strip().upper())
    by_country: dict[str, list[Any]] = defaultdict(list)
    for place in connection.execute(sa.select(places).where(*here).order_by(places.c.name)):
        by_country[place.country].append(place)
    country = home
    if latitude is not None and longitude is not None:
        away = {name: _distance(found, latitude, longitude) for name, found in by_country.items()}
        nearest = min(away, key=lambda name: (away[name], name), default=home)
        country = nearest if away.get(nearest, NEAR) < NEAR else home
    return (by_country[country][0].name, country) if country in by_country else None


def _distance(several: Iterable[Any], latitude: float, longitude: float) -> float:
    points = list(several)
    middle = [sum(values) / len(points) for values in zip(*((p.latitude, p.longitude) for p in points), strict=True)]
    return hypot(middle[0] - latitude, middle[1] - longitude)


def _place_cars(connection: sa.Connection, tenant_id: Any, home: str) -> None:
    """Put a tenant's cars on offer into their new lists, the longest on the lot at the lowest position."""
    positions: dict[tuple[str, str], int] = defaultdict(int)
    waiting: list[dict[str, Any]] = []
    for car in _cars(connection, tenant_id):
        for place in _places(car, home):
            row = {"id": uuid4(), "tenant_id": tenant_id, "dealer_id": car.dealer_id, "listing_id": car.id}
            waiting.append({**row, "scope": place[0], "list_key": place[1], "position": positions[place]})
            positions[place] += 1
        if len(waiting) >= BATCH:
            connection.execute(sa.insert(entries), waiting)
            waiting = []
    if waiting:
        connection.execute(sa.insert(entries), waiting)
    named = [{"id": uuid4(), "tenant_id": tenant_id, "scope": s, "list_key": k} for s, k in positions]
    free = [{**row, "next_position": positions[(row["scope"], row["list_key"])]} for row in named]
    if free:
        connection.execute(sa.insert(cursors), free)


def _cars(connection: sa.Connection, tenant_id: Any) -> Iterator[Any]:
    dealer_city, dealer_country = dealers.c.city.label("dealer_city"), dealers.c.country.label("dealer_country")
    reading = (
        sa.select(
            listings.c.id,
            listings.c.dealer_id,
            listings.c.city,
            listings.c.country,
            vehicles.c.fuel,
            dealers.c.plan,
            dealer_city,
            dealer_country,
        )
        .join_from(listings, dealers, dealers.c.id == listings.c.dealer_id)
        .join(vehicles, vehicles.c.id == listings.c.vehicle_id)
        .where(listings.c.tenant_id == tenant_id, listings.c.status == ACTIVE, dealers.c.status == ACTIVE)
        .order_by(listings.c.listed_at, listings.c.id)
    )
    return iter(connection.execute(reading).all())


def _places(car: Any, home: str) -> list[tuple[str, str]]:
    """Give the new lists of a car: (scope, list key)."""
    places_of = []
    if car.fuel:
        places_of.append((f"dealer:{car.dealer_id.hex}", f"fuel:{car.fuel}"))
        if car.plan == PREMIUM:
            places_of.append(("market", f"fuel:{car.fuel}"))
    city, country = (car.city, car.country) if car.city else (car.dealer_city, car.dealer_country)
    name = slug(city, fallback="")
    if name and car.plan == PREMIUM:
        abroad = "" if country.upper() == home.upper() else f"{country.lower()}/"
        places_of.append(("market", f"city:{abroad}{name}"))
    return places_of
