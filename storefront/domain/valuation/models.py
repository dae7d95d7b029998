"""Valuations: what a car is worth, and the label its price got (SPEC 54, 92)."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.changes import Key, Tracked
from storefront.core.db import Model
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerOwned
from storefront.core.types import Code, UtcDateTime

from .labels import Label

LABELLED = "labelled"
"""Kind of thing in the ledger: the cars that have a label, its code being the key."""
VALID_DAYS = 30
"""A valuation expires so many days after it (SPEC 92)."""


class ValuationSource(IntEnum):
    """Who valued (SPEC 92)."""

    KELLEY_BLUE_BOOK = 1
    EDMUNDS = 2
    MARKET_ANALYSIS = 3


def _members(values: Mapping[str, Any]) -> list[Key]:
    """Give the set of equally labelled cars a row belongs to, where pages show it: the best ones."""
    return [(LABELLED, Label.VERY_GOOD.value, "members")] if values["label"] == Label.VERY_GOOD else []


class Valuation(Model, DealerOwned):
    """What a source says a listed car is worth; one row a listing and source, the latest. Amounts in minor units."""

    __tablename__ = "valuations"
    __table_args__ = (
        UniqueConstraint("listing_id", "source"),
        CheckConstraint("market_cents > 0", name="market"),
        CheckConstraint("price_cents > 0", name="price"),
    )
    __tracked__ = Tracked(
        kind="valuation",
        key="listing_id",
        aspects={
            "label": ("label", "price_cents", "expires_on"),
            "inputs": ("price_cents", "market_cents", "currency", "inputs", "label", "valued_on", "expires_on"),
        },
        silent=(
            "id",
            "tenant_id",
            "dealer_id",
            "listing_id",
            "source",
            "estimated_cents",
            "trade_in_cents",
            "retail_cents",
            "condition_adjustment_cents",
            "mileage_adjustment_cents",
            "facts",
            "valued_at",
        ),
        members=_members,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listings.id", ondelete="CASCADE"))
    source: Mapped[ValuationSource] = mapped_column(Code(ValuationSource), default=ValuationSource.MARKET_ANALYSIS)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    estimated_cents: Mapped[int]
    """Of this very car, in the condition it was rated with."""
    market_cents: Mapped[int]
    """Of a car like this in usual condition: what dealers ask."""
    trade_in_cents: Mapped[int]
    retail_cents: Mapped[int]
    condition_adjustment_cents: Mapped[int] = mapped_column(default=0)
    mileage_adjustment_cents: Mapped[int] = mapped_column(default=0)
    price_cents: Mapped[int]
    """What was asked when the label was given."""
    label: Mapped[str] = mapped_column(String(12))
    """One of `labels.Label`."""
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the page prints (`Inputs`)."""
    facts: Mapped[str] = mapped_column(String(16))
    """Fingerprint of the car and its price as they were valued."""
    valued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    valued_on: Mapped[date]
    """The operator's business day."""
    expires_on: Mapped[date]
    """The last day on which it may be shown."""
