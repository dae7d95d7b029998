"""Cars that are no longer offered: sold, or taken down (SEO.md §3)."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import case, select

from storefront.core.db import db

from .models import Listing, ListingStatus

STATUSES = (ListingStatus.SOLD, ListingStatus.WITHDRAWN)
_CHUNK = 500


class LeftRow(NamedTuple):
    """A car that is no longer offered."""

    public_id: str
    left_at: datetime
    """When it was sold, or taken down."""


def left_since(dealer_ids: Collection[UUID], moment: datetime) -> list[LeftRow]:
    """Give the cars of these dealers that were sold or taken down since a moment, in no order."""
    at = case((Listing.status == ListingStatus.SOLD, Listing.sold_at), else_=Listing.withdrawn_at)
    dealers, found = list(dealer_ids), list[LeftRow]()
    for start in range(0, len(dealers), _CHUNK):
        reading = select(Listing.public_id, at).where(
            Listing.dealer_id.in_(dealers[start : start + _CHUNK]), Listing.status.in_(STATUSES), at >= moment
        )
        found += [LeftRow(*row) for row in db.session.execute(reading)]
    return found
