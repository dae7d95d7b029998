"""Where cars stand in the lists of the sites: stored positions, newest highest, gaps stay (docs/architecture.md)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import delete, select

from storefront.core.changes import insert_many, take_turn
from storefront.core.db import db
from storefront.core.ids import new_id
from storefront.domain.dealers.models import Dealer, DealerStatus, Plan
from storefront.domain.vehicles.models import Vehicle

from .models import ListCursor, ListEntry, Listing, ListingStatus

T = TypeVar("T")
CHUNK = 500
Place = tuple[str, str]
"""(scope, list key)"""


def dealer_scope(dealer_id: UUID) -> str:
    """Give the scope of a dealer's own lists."""
    return f"dealer:{dealer_id.hex}"


MARKET = "market"


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
    """Bring all of a dealer's cars in line after its plan or status changed, oldest first; gives their listings."""
    ids = db.session.scalars(
        select(Listing.id).where(Listing.dealer_id == dealer_id).order_by(Listing.listed_at, Listing.id)
    ).all()
    place(ids)
    return list(ids)


def _place(ids: Sequence[UUID]) -> None:
    wanted = _wanted(ids)
    gone: list[UUID] = []
    for entry in db.session.scalars(select(ListEntry).where(ListEntry.listing_id.in_(ids))):
        place_of = (entry.scope, entry.list_key)
        if place_of in wanted[entry.listing_id][1]:
            wanted[entry.listing_id][1].remove(place_of)
        else:
            gone.append(entry.id)
    if gone:
        db.session.execute(delete(ListEntry).where(ListEntry.id.in_(gone)))
    _append(
        [(listing_id, dealer_id, place_of) for listing_id, (dealer_id, places) in wanted.items() for place_of in places]
    )


def _wanted(ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, list[Place]]]:
    rows = db.session.execute(
        select(
            Listing.id,
            Listing.status,
            Listing.dealer_id,
            Vehicle.make_slug,
            Vehicle.model,
            Vehicle.model_slug,
            Vehicle.body,
            Dealer.status.label("dealer_status"),
            Dealer.plan,
        )
        .join(Vehicle, Vehicle.id == Listing.vehicle_id)
        .join(Dealer, Dealer.id == Listing.dealer_id)
        .where(Listing.id.in_(ids))
    ).all()
    by_id = {row.id: row for row in rows}
    wanted: dict[UUID, tuple[UUID, list[Place]]] = {}
    for listing_id in ids:
        row = by_id.get(listing_id)
        if row is None:
            continue
        places: list[Place] = []
        if row.status is ListingStatus.ACTIVE and row.dealer_status is DealerStatus.ACTIVE:
            scopes = [dealer_scope(row.dealer_id)] + ([MARKET] if row.plan is Plan.PREMIUM else [])
            keys = ["all", f"make:{row.make_slug}"]
            if row.model:
                keys.append(f"model:{row.make_slug}/{row.model_slug}")
            if row.body:
                keys.append(f"body:{row.body}")
            places = [(scope, key) for scope in scopes for key in keys]
        wanted[listing_id] = (row.dealer_id, places)
    return wanted


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
            cursor.next_position += 1
    insert_many(ListEntry, rows)


def _cursors(places: Iterable[Place]) -> dict[Place, ListCursor]:
    names = list(places)
    found: dict[Place, ListCursor] = {}
    for chunk in _chunks([key for _, key in names]):
        reading = select(ListCursor).where(ListCursor.list_key.in_(chunk))
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
