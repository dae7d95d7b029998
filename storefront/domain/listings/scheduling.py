"""Offers that go live at a time: pending until then, then offered once, by whoever looks first (issue, item 5)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from storefront.core.changes import take_turn
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.domain.accounts import audit
from storefront.domain.dealers.models import Dealer, DealerStatus

from . import placement
from .actions import first_price
from .events import VehicleListed
from .models import Listing, ListingStatus

SCHEDULER = "schedule"
"""Who the trail says did it."""


def schedule(listing: Listing, at: datetime, *, now: datetime, actor: str) -> Listing:
    """Have a pending offer go live by itself.

    Args:
        listing: pending; a car that is offered already has nothing to wait for.
        at: when, aware UTC, in the future.
        now: aware UTC.
        actor: who says so.

    Raises:
        DomainError: the moment is past, or the offer does not wait.
    """
    if at <= now:
        raise DomainError("That moment is past", field="publish_at")
    _require_pending(listing)
    return _planned(listing, at, "schedule_listing", now, actor)


def cancel(listing: Listing, *, now: datetime, actor: str) -> Listing:
    """Take the time back; the offer goes on waiting, for somebody's word.

    Raises:
        DomainError: it has no time.
    """
    if listing.publish_at is None:
        raise DomainError("This offer is not scheduled", code="conflict")
    return _planned(listing, None, "cancel_schedule", now, actor)


def go_live(listing: Listing, dealer: Dealer, *, now: datetime, actor: str) -> Listing:
    """Offer a pending car now; it enters the lists as the newest.

    Raises:
        DomainError: the dealer is not active, or the car does not wait.
    """
    dealer.require_active()
    _offer(listing, now, now, actor)
    return listing


def waiting() -> Sequence[Listing]:
    """Give the offers of the open scope that have a time, the next one first."""
    reading = select(Listing).where(Listing.publish_at.is_not(None), Listing.status == ListingStatus.PENDING)
    return db.session.scalars(reading.order_by(Listing.publish_at, Listing.id)).all()


def tenants_with_due(now: datetime) -> list[UUID]:
    """Name the tenants with offers whose time has come; act everywhere()."""
    reading = select(Listing.tenant_id).where(Listing.publish_at <= now, Listing.status == ListingStatus.PENDING)
    return list(db.session.scalars(reading.distinct()))


def offer_due(*, now: datetime) -> list[UUID]:
    """Offer every car of the open scope whose time has come, in the order of their times, each once.

    A car counts as listed from its own time on, so that it does not matter when somebody looked. The cars of a dealer
    who may not list wait until he may again (SPEC 19).

    Args:
        now: aware UTC.

    Returns:
        The cars.
    """
    take_turn()
    idle = select(Dealer.id).where(Dealer.status != DealerStatus.ACTIVE)
    due = db.session.scalars(
        select(Listing)
        .where(Listing.publish_at <= now, Listing.status == ListingStatus.PENDING, Listing.dealer_id.not_in(idle))
        .order_by(Listing.publish_at, Listing.id)
        .execution_options(populate_existing=True)
    ).all()
    for listing in due:
        _offer(listing, listing.publish_at or now, now, SCHEDULER)
    return [listing.id for listing in due]


def _offer(listing: Listing, moment: datetime, now: datetime, actor: str) -> None:
    listing.go_live(moment)
    if listing.price_cents is not None:
        # Without an old price: the 30 days of a reduction are counted from here on (SEO.md §4).
        db.session.add(first_price(listing, actor, at=moment))
    placement.place([listing.id])
    _record(listing, "go_live", {"status": int(listing.status)}, now, actor)
    emit(VehicleListed(listing.id))


def _planned(listing: Listing, at: datetime | None, act: str, now: datetime, actor: str) -> Listing:
    listing.publish_at, listing.updated_at = at, now
    _record(listing, act, {"publish_at": None if at is None else at.isoformat()}, now, actor)
    return listing


def _record(listing: Listing, act: str, after: dict[str, object], now: datetime, actor: str) -> None:
    audit.record(actor, act, "listing", listing.id, now=now, after=after, dealer_id=listing.dealer_id)


def _require_pending(listing: Listing) -> None:
    if listing.status is not ListingStatus.PENDING:
        raise DomainError("Only an offer that waits can be scheduled", code="conflict")
