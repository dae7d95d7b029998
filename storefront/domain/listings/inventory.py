"""The yard's own record of a car (SPEC 32): bought when and for how much, where it stands, for whom it is kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.domain.accounts import audit
from storefront.domain.vehicles.models import InventoryRecord, Vehicle

from .events import VehicleUpdated
from .models import Listing, ListingStatus

CAR = ("acquired_on", "acquisition_price_cents", "condition_rating")
"""Columns of the vehicle that belong to the record."""
RECORD = ("location", "note", "reserved_at", "reserved_until", "reserved_note")
PRIVATE = frozenset({"note", "reserved_note"})
"""May name a buyer, so the trail does not keep it (SECURITY D14)."""


class InventoryStatus(IntEnum):
    """SPEC 32; told by the listing and the record, never stored."""

    AVAILABLE = 1
    RESERVED = 2
    SOLD = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """What the record of a car says."""

    acquired_on: date | None = None
    acquisition_price_cents: int | None = None
    condition_rating: int | None = None
    location: str = ""
    note: str = ""


def record_of(vehicle_id: UUID) -> InventoryRecord | None:
    """Give the record of a car of the open scope."""
    return db.session.scalars(select(InventoryRecord).where(InventoryRecord.vehicle_id == vehicle_id)).first()


def reserved(vehicle_ids: Collection[UUID], day: date) -> set[UUID]:
    """Give those of some cars that are kept for somebody on a day; at most a page of a list is asked for."""
    wanted = select(InventoryRecord).where(
        InventoryRecord.vehicle_id.in_(vehicle_ids), InventoryRecord.reserved_at.is_not(None)
    )
    return {record.vehicle_id for record in db.session.scalars(wanted) if record.is_reserved(day)}


def status_of(listing: Listing, record: InventoryRecord | None, day: date) -> InventoryStatus:
    """Give where a car stands between buyer and yard."""
    if listing.status is ListingStatus.SOLD:
        return InventoryStatus.SOLD
    is_reserved = record is not None and record.is_reserved(day)
    return InventoryStatus.RESERVED if is_reserved else InventoryStatus.AVAILABLE


def days_on_lot(listing: Listing, vehicle: Vehicle, day: date) -> int:
    """Give the days in inventory: from the purchase, else from the first offer, until the sale or a day."""
    since = vehicle.acquired_on or listing.listed_at.date()
    until = listing.sold_at.date() if listing.sold_at is not None else day
    return max(0, (until - since).days)


def keep(listing: Listing, vehicle: Vehicle, kept: Kept, *, now: datetime, actor: str) -> InventoryRecord:
    """Write down what the yard knows of a car.

    Args:
        listing: its offer.
        vehicle: the car.
        kept: all of it; what is empty is forgotten.
        now: aware UTC.
        actor: who.

    Raises:
        DomainError: bought in the future, a price below 0, a rating outside 1 to 10.
    """
    if kept.acquired_on is not None and kept.acquired_on > now.date():
        raise DomainError("That day is still to come", field="acquired_on")
    if kept.acquisition_price_cents is not None and kept.acquisition_price_cents < 0:
        raise DomainError("Price must be positive", field="acquisition_price")
    if kept.condition_rating is not None and not 1 <= kept.condition_rating <= 10:
        raise DomainError("The condition is rated 1 to 10", field="condition_rating")
    new = {name: getattr(kept, name) for name in CAR} | {"location": kept.location, "note": kept.note}
    return _write(listing, vehicle, new, "keep_inventory", now, actor)


def reserve(
    listing: Listing, vehicle: Vehicle, until: date | None, note: str, *, now: datetime, actor: str
) -> InventoryRecord:
    """Keep a car for somebody on the dealer's word; the websites go on offering it.

    Args:
        listing: on offer.
        vehicle: its car.
        until: the last day; None until it is released.
        note: for whom, for the dealer's people.
        now: aware UTC.
        actor: who.

    Raises:
        DomainError: it is not on offer, or the day is past.
    """
    if listing.status not in (ListingStatus.ACTIVE, ListingStatus.PENDING):
        raise DomainError("Only a car on offer can be reserved", code="conflict")
    if until is not None and until < now.date():
        raise DomainError("That moment is past", field="until")
    new = {"reserved_at": now, "reserved_until": until, "reserved_note": note}
    return _write(listing, vehicle, new, "keep_inventory", now, actor)


def release(listing: Listing, vehicle: Vehicle, *, now: datetime, actor: str) -> InventoryRecord:
    """Give a reserved car free again.

    Raises:
        DomainError: it is not reserved.
    """
    record = record_of(vehicle.id)
    if record is None or record.reserved_at is None:
        raise DomainError("This car is not reserved", code="conflict")
    new = {"reserved_at": None, "reserved_until": None}
    return _write(listing, vehicle, new, "keep_inventory", now, actor)


def put_back(listing: Listing, before: dict[str, Any], *, now: datetime, actor: str) -> InventoryRecord:
    """Take a change of the record back, by what the trail says was there."""
    vehicle = db.session.get_one(Vehicle, listing.vehicle_id)
    new: dict[str, Any] = {name: value for name, value in before.items() if name in (*CAR, *RECORD)}
    for name in ("acquired_on", "reserved_until"):
        if new.get(name) is not None:
            new[name] = date.fromisoformat(new[name])
    if new.get("reserved_at") is not None:
        new["reserved_at"] = datetime.fromisoformat(new["reserved_at"])
    return _write(listing, vehicle, new, "undo_inventory", now, actor)


def _write(
    listing: Listing, vehicle: Vehicle, new: dict[str, Any], act: str, now: datetime, actor: str
) -> InventoryRecord:
    record = record_of(vehicle.id)
    if record is None:
        record = InventoryRecord(
            vehicle_id=vehicle.id, dealer_id=vehicle.dealer_id, location="", note="", reserved_note="", created_at=now
        )
        db.session.add(record)
    before: dict[str, Any] = {}
    for name, value in new.items():
        row = vehicle if name in CAR else record
        if getattr(row, name) != value:
            before[name] = getattr(row, name)
            setattr(row, name, value)
    record.updated_at = now
    shown = {name: _plain(value) for name, value in before.items() if name not in PRIVATE}
    after = {name: _plain(new[name]) for name in shown} | {"listing": listing.id.hex}
    audit.record(actor, act, "inventory", vehicle.id, now=now, before=shown, after=after, dealer_id=vehicle.dealer_id)
    if "condition_rating" in before:
        emit(VehicleUpdated(vehicle.id, listing.id), at=now)
    return record


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
