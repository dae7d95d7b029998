"""What one does with buyers."""

from datetime import datetime
from uuid import UUID

from storefront.core.db import db

from .models import Buyer, BuyerSource
from .queries import buyer_of, caller_of

NAME_LENGTH = 100
"""SPEC 61."""


def meet(
    dealer_id: UUID,
    *,
    name: str,
    email: str,
    phone: str | None,
    language: str,
    source: BuyerSource,
    now: datetime,
) -> Buyer:
    """Give the dealer's buyer with this address, without one of this number and name, or make one (SPEC 61).

    What a known buyer told before stays: anybody can type a stranger's address into a form. Only a missing phone number
    is filled in.

    Args:
        dealer_id: the dealer who was asked.
        name: the whole name as typed; the last word becomes the last name.
        email: any case; empty when only a phone number is known.
        phone: E.164, or None.
        language: two letters, for letters to the buyer.
        source: where a new buyer wrote from.
        now: aware UTC.
    """
    first, last = split_name(name)
    known = buyer_of(dealer_id, email)
    if known is None and not email and phone:
        known = caller_of(dealer_id, phone, (first, last))
    if known is not None:
        known.phone = known.phone or phone
        return known
    buyer = Buyer(
        dealer_id=dealer_id,
        first_name=first,
        last_name=last,
        email=email.strip().lower(),
        phone=phone,
        language=language,
        source=source,
        created_at=now,
    )
    db.session.add(buyer)
    db.session.flush()
    return buyer


def split_name(name: str) -> tuple[str, str]:
    """Split a typed name into first and last name; a single word is a last name."""
    words = name.split()
    if not words:
        return "", ""
    return " ".join(words[:-1])[:NAME_LENGTH], words[-1][:NAME_LENGTH]
