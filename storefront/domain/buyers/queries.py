"""Reads of buyers."""

from uuid import UUID

from sqlalchemy import select

from storefront.core.db import db

from .models import Buyer


def buyer_of(dealer_id: UUID, email: str) -> Buyer | None:
    """Find the buyer a dealer knows by this address, whatever its case; dealers never share people."""
    wanted = email.strip().lower()
    found = select(Buyer).where(Buyer.dealer_id == dealer_id, Buyer.email == wanted).order_by(Buyer.created_at).limit(1)
    return db.session.scalars(found).first()
