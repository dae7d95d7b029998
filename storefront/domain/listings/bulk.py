"""One act on many cars: a new price, a place in the window, off the websites or onto them; one line in the trail.

The trail's entry names every car with its value before and after, so that the act can be taken back as a whole.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storefront.core.changes import insert_many, take_turn
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.ids import new_id
from storefront.core.outbox import emit
from storefront.domain.accounts import audit
from storefront.domain.accounts.models import AuditEntry
from storefront.domain.dealers.models import Dealer

from . import placement
from .actions import first_price
from .events import VehicleListed, VehicleListingUpdated, VehiclePriceUpdated, VehicleWithdrawn
from .models import Listing, ListingStatus, PriceChange, PriceReason

MOST = 5000
"""Cars in one act."""
_CHUNK = 400


class Step(StrEnum):
    """How a price changes."""

    AMOUNT = "amount"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Repricing:
    """A change of many prices.

    Args:
        step: by an amount or by a share.
        by: cents, or hundredths of a percent; negative lowers.
        round_to: cents the new price is rounded to, the nearest multiple; 1 for none.
    """

    step: Step
    by: int
    round_to: int = 1

    def of(self, cents: int) -> int:
        """Give the new price of a car; it may be no price at all (0 or less)."""
        exact = cents + self.by if self.step is Step.AMOUNT else (cents * (10_000 + self.by) + 5_000) // 10_000
        return (exact + self.round_to // 2) // self.round_to * self.round_to


@dataclass(frozen=True, slots=True)
class Repriced:
    """What a change of prices does to one car."""

    listing_id: UUID
    old_cents: int
    new_cents: int
    fault: str | None
    """Why this car keeps its price: `sold`, `too_low`, `same`; None: it changes."""


def preview(listings: Sequence[Listing], change: Repricing) -> list[Repriced]:
    """Say what a change would do to each car, without doing it; cars on request are left out.

    Args:
        listings: the cars.
        change: the change.
    """
    found = []
    for one in listings:
        if one.price_cents is None:
            continue
        new = change.of(one.price_cents)
        fault = "sold" if one.status is ListingStatus.SOLD else "too_low" if new < 1 else None
        found.append(Repriced(one.id, one.price_cents, new, fault or ("same" if new == one.price_cents else None)))
    return found


def reprice(
    listings: Sequence[Listing],
    prices: Mapping[UUID, int],
    *,
    reason: PriceReason,
    notes: str | None,
    now: datetime,
    actor: str,
    act: str = "reprice_many",
) -> AuditEntry:
    """Give many cars a new price (SPEC 37, 38), each with its line of history; sold and unchanged ones stay.

    Args:
        listings: the cars, of one dealer or of several.
        prices: new price by car, minor units.
        reason: why.
        notes: in words.
        now: aware UTC.
        actor: who.
        act: name in the trail.

    Returns:
        The trail's entry, whose id takes the act back.

    Raises:
        DomainError: a price is not positive, or no car would change.
    """
    if any(cents < 1 for cents in prices.values()):
        raise DomainError("Price must be positive", field="price")
    before, after, lines = {}, {}, []
    for one in _locked(listings):
        new = prices.get(one.id)
        if new is None or one.status is ListingStatus.SOLD or one.price_cents in (new, None):
            continue
        before[one.id.hex], after[one.id.hex] = one.price_cents, new
        lines.append(_line(one, new, reason, notes, now, actor))
        emit(VehiclePriceUpdated(one.id, one.price_cents, new), at=now)
        one.set_price(new, now)
    if not after:
        raise DomainError("No car gets another price by this", code="conflict")
    db.session.flush()
    insert_many(PriceChange, lines)
    return _note(act, listings, before, after, notes or reason.name, now, actor)


def _line(
    one: Listing, cents: int, reason: PriceReason, notes: str | None, now: datetime, actor: str
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "dealer_id": one.dealer_id,
        "listing_id": one.id,
        "old_cents": one.price_cents,
        "new_cents": cents,
        "currency": one.currency,
        "reason": reason,
        "notes": notes,
        "actor": actor,
        "at": now,
    }


def withdraw(listings: Sequence[Listing], *, now: datetime, actor: str) -> AuditEntry:
    """Take many offers back; sold and withdrawn ones stay as they are.

    Raises:
        DomainError: none is on offer.
    """
    here = (ListingStatus.ACTIVE, ListingStatus.PENDING)
    chosen = [one for one in _locked(listings) if one.status in here]
    before = {one.id.hex: int(one.status) for one in chosen}
    for one in chosen:
        one.withdraw(now)
        emit(VehicleWithdrawn(one.id), at=now)
    return _moved("withdraw_many", listings, chosen, before, now, actor)


def publish(listings: Sequence[Listing], dealers: Mapping[UUID, Dealer], *, now: datetime, actor: str) -> AuditEntry:
    """Offer many cars that were withdrawn or wait; what is active or sold stays.

    Args:
        listings: the cars.
        dealers: their dealers by id; each must be active.
        now: aware UTC.
        actor: who.

    Raises:
        DomainError: a dealer is not active, or no car can be offered.
    """
    chosen = [one for one in _locked(listings) if one.status in (ListingStatus.WITHDRAWN, ListingStatus.PENDING)]
    before = {one.id.hex: int(one.status) for one in chosen}
    for one in chosen:
        dealers[one.dealer_id].require_active()
        one.go_live(now) if one.status is ListingStatus.PENDING else one.relist(now)
        if one.price_cents is not None:
            db.session.add(first_price(one, actor, at=now))
        emit(VehicleListed(one.id), at=now)
    return _moved("publish_many", listings, chosen, before, now, actor)


def feature(listings: Sequence[Listing], featured: bool, *, now: datetime, actor: str) -> AuditEntry:
    """Put many cars into the window, or take them out (SPEC 47).

    Raises:
        DomainError: all of them are there already.
    """
    chosen = [one for one in _locked(listings) if one.featured is not featured]
    if not chosen:
        raise DomainError("Nothing changes by this", code="conflict")
    before = {one.id.hex: one.featured for one in chosen}
    for one in chosen:
        one.featured = featured
        one.touch(now)
        emit(VehicleListingUpdated(one.id), at=now)
    return _note("feature_many", listings, before, dict.fromkeys(before, featured), None, now, actor)


def stand_again(
    listings: Sequence[Listing],
    before: Mapping[UUID, int],
    dealers: Mapping[UUID, Dealer],
    *,
    now: datetime,
    actor: str,
) -> AuditEntry:
    """Put many offers back to where they stood before an act that is taken back.

    Args:
        listings: the cars whose status is still the act's.
        before: their status before it, as the wire knows it.
        dealers: their dealers by id; must be active where a car is offered again.
        now: aware UTC.
        actor: who takes it back.
    """
    chosen = [one for one in _locked(listings) if one.id in before]
    was = {one.id.hex: int(one.status) for one in chosen}
    for one in chosen:
        status = ListingStatus(before[one.id])
        if status is not ListingStatus.WITHDRAWN:
            dealers[one.dealer_id].require_active()
        one.status = status
        one.withdrawn_at = now if status is ListingStatus.WITHDRAWN else None
        one.touch(now)
        emit(VehicleListed(one.id) if status is ListingStatus.ACTIVE else VehicleWithdrawn(one.id), at=now)
    return _moved("undo_status_many", listings, chosen, was, now, actor)


def of_ids(listing_ids: Collection[UUID]) -> list[Listing]:
    """Give listings of the open scope by id; unknown and foreign ones are not there."""
    ids, found = list(dict.fromkeys(listing_ids))[:MOST], list[Listing]()
    for start in range(0, len(ids), _CHUNK):
        found += db.session.scalars(select(Listing).where(Listing.id.in_(ids[start : start + _CHUNK])))
    return found


def dealers_of(listings: Collection[Listing]) -> dict[UUID, Dealer]:
    """Give the dealers of listings by id."""
    ids = {one.dealer_id for one in listings}
    return {dealer.id: dealer for dealer in db.session.scalars(select(Dealer).where(Dealer.id.in_(ids)))}


def _locked(listings: Sequence[Listing]) -> Sequence[Listing]:
    """Take the turn to write, so that nobody sells a car while its price changes, and look once more."""
    if not listings:
        raise DomainError("Choose at least one car", field="cars")
    ids = [one.id for one in listings]  # before they are expired: each would be read by itself
    take_turn()
    for one in listings:
        db.session.expire(one)
    of_ids(ids)
    return listings


def _moved(
    act: str, listings: Sequence[Listing], chosen: Sequence[Listing], before: dict[str, Any], now: datetime, actor: str
) -> AuditEntry:
    if not chosen:
        raise DomainError("Nothing changes by this", code="conflict")
    db.session.flush()
    placement.place([one.id for one in chosen])
    after = {one.id.hex: int(one.status) for one in chosen}
    return _note(act, listings, before, after, None, now, actor)


def _note(
    act: str,
    listings: Sequence[Listing],
    before: dict[str, Any],
    after: dict[str, Any],
    reason: str | None,
    now: datetime,
    actor: str,
) -> AuditEntry:
    """Write the act down, in the dealer's chain when all cars are one dealer's, else in the operator's."""
    owners = {one.dealer_id for one in listings}
    owner = owners.pop() if len(owners) == 1 else None
    return audit.record(
        actor, act, "stock", new_id(), now=now, before=before, after=after, reason=reason, dealer_id=owner
    )
