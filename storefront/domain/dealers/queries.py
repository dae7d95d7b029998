"""Reads of dealers by name; batched, in the open scope."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from storefront.core.db import db

from .models import Dealer, DealerText


def on_marketplace() -> Sequence[Dealer]:
    """Give the dealers whose cars the marketplace shows: Premium and active (SPEC 3, 19), by slug."""
    return [dealer for dealer in everyone() if dealer.on_marketplace]


def by_id(dealer_id: UUID) -> Dealer:
    """Give one dealer of the open scope."""
    return db.session.scalars(select(Dealer).where(Dealer.id == dealer_id)).one()


def by_slug(slug: str) -> Dealer | None:
    """Find a dealer by the word of its address."""
    return db.session.scalars(select(Dealer).where(Dealer.slug == slug)).first()


def everyone() -> Sequence[Dealer]:
    """Give all dealers the open scope sees, by slug."""
    return sorted(db.session.scalars(select(Dealer)).all(), key=lambda dealer: dealer.slug)


def texts(text_ids: Collection[UUID]) -> dict[UUID, str]:
    """Give the bodies of texts that dealers repeat in their cars."""
    if not text_ids:
        return {}
    rows = db.session.execute(select(DealerText.id, DealerText.body).where(DealerText.id.in_(text_ids)))
    return {row.id: row.body for row in rows}
