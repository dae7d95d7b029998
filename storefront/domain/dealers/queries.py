"""Reads of dealers by name; batched, in the open scope."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from storefront.core.db import db

from .models import Dealer, DealerStatus, DealerText, Plan, is_active, is_on_marketplace


class SellerRow(NamedTuple):
    """What a card says of a dealer, and what decides whether it says anything."""

    name: str
    city: str
    country: str
    status: DealerStatus
    plan: Plan

    @property
    def is_active(self) -> bool:
        """Ask whether the dealer may sell (SPEC 19)."""
        return is_active(self.status)

    @property
    def on_marketplace(self) -> bool:
        """Ask whether the dealer's cars appear on the marketplace: Premium and active (SPEC 3)."""
        return is_on_marketplace(self.status, self.plan)


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
