"""Reads of dealers by name; batched, in the open scope."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from storefront.core.db import db

from .models import Dealer, DealerText


def by_id(dealer_id: UUID) -> Dealer:
    """Give one dealer of the open scope."""
    return db.session.scalars(select(Dealer).where(Dealer.id == dealer_id)).one()


def everyone() -> Sequence[Dealer]:
    """Give all dealers the open scope sees, by slug."""
    return sorted(db.session.scalars(select(Dealer)).all(), key=lambda dealer: dealer.slug)


def texts(text_ids: Collection[UUID]) -> dict[UUID, str]:
    """Give the bodies of texts that dealers repeat in their cars."""
    if not text_ids:
        return {}
    rows = db.session.execute(select(DealerText.id, DealerText.body).where(DealerText.id.in_(text_ids)))
    return {row.id: row.body for row in rows}
