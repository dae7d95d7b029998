"""Where cars stand in the lists of the sites: stored positions, newest highest, gaps stay (docs/architecture.md)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, select

from storefront.core.changes import insert_many, take_turn
from storefront.core.db import db
from storefront.core.ids import new_id
from storefront.core.slugs import slug
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.models import Dealer, DealerStatus, Plan
from storefront.domain.vehicles.models import Vehicle

from .models import BUCKET, ListCursor, ListEntry, Listing, ListingStatus

T = TypeVar("T")
CHUNK = 500
Place = tuple[str, str]
"""(scope, list key)"""


def dealer_scope(dealer_id: UUID) -> str:
    """Give the scope of a dealer's own lists."""
    return f"dealer:{dealer_id.hex}"


MARKET = "market"
DECIDES = frozenset({"make", "model", "body", "fuel", "postal_code"})
"""What an import says of a car that decides which lists it stands in; when one changes, the car is placed again."""


def city_key(city: str, country: str, home: str) -> str | None:
    """Give the list of a city's cars: `city:hamburg`, and `city:at/wien` abroad, so that namesakes do not mix.

    Args:
        city: its name as people write it.
        country: ISO 3166-1, two letters.
        home: the marketplace's own country, whose cities need no country in their address.

    Returns:
        None for a name that no address can be made of.
    """
    name = slug(city, fallback="")
    if not name:
        return None
    return f"city:{name}" if country.upper() == home.upper() else f"city:{country.lower()}/{name}"


def place(listing_ids: Iterable[UUID]) -> None:
    """Bring the list entries of these listings in line with what they are now; idempotent.

    A car that is active and whose dealer is active stands in the lists of the dealer, and of the marketplace when the
    dealer is Premium (SPEC 3, 19). New entries get the next positions in the order given. Nobody sells a car or takes a
    position between the look and the write.
    """
    ordered = list(dict.fromkeys(listing_ids))
    db.session.flush()
    take_turn()
    for chunk in _chunks(ordered):
        _place(chunk)


def place_dealer(dealer_id: UUID) -> list[UUID]:
    """Bring all of a dealer's cars in line after its plan, status or place changed, oldest first; gives them."""
    ids = db.session.scalars(
        select(Listing.id).where(Listing.dealer_id == dealer_id).order_by(Listing.listed_at, Listing.id)
    ).all()
    place(ids)
    return list(ids)


def _place(ids: Sequence[UUID]) -> None:
    wanted = _wanted(ids)
    gone: list[UUID] = []
    left: list[tuple[Place, int]] = []
    for entry in db.session.scalars(select(ListEntry).where(ListEntry.listing_id.in_(ids))):
        place_of = (entry.scope, entry.list_key)
        if place_of in wanted[entry.listing_id][1]:
            wanted[entry.listing_id][1].remove(place_of)
        else:
            gone.append(entry.id)
            left.append((place_of, entry.position))
    if gone:
        db.session.execute(delete(ListEntry).where(ListEntry.id.in_(gone)))
        cursors = _cursors({place_of for place_of, _ in left})
        for place_of, position in left:
            _count(cursors[place_of], position, -1)
    _append(
        [(listing_id, dealer_id, place_of) for listing_id, (dealer_id, places) in wanted.items() for place_of in places]
    )


def _wanted(ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, list[Place]]]:
    rows = db.session.execute(
        select(
            Listing.id,
            Listing.status,
            Listing.dealer_id,
            Listing.city,
            Listing.country,
            Vehicle.make_slug,
            Vehicle.model,
            Vehicle.model_slug,
            Vehicle.body,
            Vehicle.fuel,
            Dealer.status.label("dealer_status"),
            Dealer.plan,
            Dealer.city.label("dealer_city"),
            Dealer.country.label("dealer_country"),
            Tenant.country.label("home"),
        )
        .join(Vehicle, Vehicle.id == Listing.vehicle_id)
        .join(Dealer, Dealer.id == Listing.dealer_id)
        .join(Tenant, Tenant.id == Listing.tenant_id)
        .where(Listing.id.in_(ids))
    ).all()
    by_id = {row.id: row for row in rows}
    return {
        listing_id: (by_id[listing_id].dealer_id, _places_of(by_id[listing_id]))
        for listing_id in ids
        if listing_id in by_id
    }


def _places_of(row: Any) -> list[Place]:
    """Give where a car stands: nowhere unless it and its dealer are active."""
    if row.status is not ListingStatus.ACTIVE or row.dealer_status is not DealerStatus.ACTIVE:
        return []
    keys = _keys_of(row)
    places = [(dealer_scope(row.dealer_id), key) for key in keys]
    if row.plan is Plan.PREMIUM:
        city, country = (row.city, row.country) if row.city else (row.dealer_city, row.dealer_country)
        own = city_key(city, country or row.dealer_country, row.home)
        places += [(MARKET, key) for key in (*keys, *((own,) if own else ()))]
    return places


def _keys_of(row: Any) -> list[str]:
    keys = ["all", f"make:{row.make_slug}"]
    if row.model:
        keys.append(f"model:{row.make_slug}/{row.model_slug}")
    if row.body:
        keys.append(f"body:{row.body}")
    if row.fuel:
        keys.append(f"fuel:{row.fuel}")
    return keys


def _append(additions: list[tuple[UUID, UUID, Place]]) -> None:
    by_place: dict[Place, list[tuple[UUID, UUID]]] = defaultdict(list)
    for listing_id, dealer_id, place_of in additions:
        by_place[place_of].append((listing_id, dealer_id))
    cursors = _cursors(by_place)
    rows = []
    for place_of, members in by_place.items():
        cursor = cursors[place_of]
        for listing_id, dealer_id in members:
            rows.append(
                {
                    "id": new_id(),
                    "dealer_id": dealer_id,
                    "listing_id": listing_id,
                    "scope": place_of[0],
                    "list_key": place_of[1],
                    "position": cursor.next_position,
                }
            )
            _count(cursor, cursor.next_position, 1)
            cursor.next_position += 1
    insert_many(ListEntry, rows)


def _count(cursor: ListCursor, position: int, cars: int) -> None:
    """Note that a car came to a position, or left it."""
    filled = bytearray(cursor.filled or b"")
    bucket = position // BUCKET
    filled.extend(bytes(max(0, bucket + 1 - len(filled))))
    filled[bucket] += cars
    cursor.filled = bytes(filled)


def _cursors(places: Iterable[Place]) -> dict[Place, ListCursor]:
    names = list(places)
    found: dict[Place, ListCursor] = {}
    by_scope: dict[str, list[str]] = defaultdict(list)
    for scope, key in names:
        by_scope[scope].append(key)
    for scope, keys in by_scope.items():
        for chunk in _chunks(keys):
            reading = select(ListCursor).where(ListCursor.scope == scope, ListCursor.list_key.in_(chunk))
            for cursor in db.session.scalars(reading):
                found[(cursor.scope, cursor.list_key)] = cursor
    for name in names:
        if name not in found:
            found[name] = ListCursor(scope=name[0], list_key=name[1], next_position=0)
            db.session.add(found[name])
    db.session.flush()
    return found


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
