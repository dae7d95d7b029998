"""A site as if it were published: rows changed in a rehearsed moment as acts would, without a trace anywhere.

Previews and drafts are drawn from it (`previewing.py`, `studio/showing.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storefront.core.db import db
from storefront.domain.dealers.models import Dealer, DealerStatus
from storefront.domain.listings import placement
from storefront.domain.listings.actions import first_price
from storefront.domain.listings.models import ListCursor, ListEntry, Listing, ListingStatus, PriceChange
from storefront.domain.stores.models import Store

REHEARSED = (Store, Dealer, Listing, ListEntry, ListCursor, PriceChange)
"""The tables whose rows `as_if_published` changes."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be shown, as plain values."""

    store_id: UUID
    host: str
    theme: str | None
    theme_settings: dict[str, Any] | None
    with_pending: bool
    as_of: date
    until: datetime
    """Cars scheduled up to here are shown as offered."""
    now: datetime


def as_if_published(order: Order) -> Store:
    """Change the rehearsed rows as the acts would that publish the site; they leave no trace anywhere."""
    store = db.session.get_one(Store, order.store_id)
    store.active = True
    if order.theme is not None:
        store.theme = order.theme
    if order.theme_settings is not None:
        store.theme_settings = order.theme_settings
    if store.dealer_id is not None:
        dealer = db.session.get_one(Dealer, store.dealer_id)
        if dealer.status is not DealerStatus.ACTIVE:
            dealer.status = DealerStatus.ACTIVE
            placement.place_dealer(dealer.id)
    for listing in _coming(store, order):
        moment = listing.publish_at or order.now
        listing.go_live(moment)
        if listing.price_cents is not None:
            db.session.add(first_price(listing, "preview", at=moment))
        placement.place([listing.id])
    db.session.flush()
    return store


def _coming(store: Store, order: Order) -> Sequence[Listing]:
    """Give the cars that wait and that the preview shows: those whose time has come by then, or all."""
    reading = select(Listing).where(Listing.status == ListingStatus.PENDING)
    if store.dealer_id is not None:
        reading = reading.where(Listing.dealer_id == store.dealer_id)
    if not order.with_pending:
        reading = reading.where(Listing.publish_at < order.until)
    found = db.session.scalars(reading).all()
    return sorted(found, key=lambda listing: (listing.publish_at or order.now, listing.id.hex))
