"""What a completed sale costs: the rate table by plan and sale price, every change of it kept (SPEC 4, 5).

A dealer's own rate wins over the table (`Dealer.commission_rate`). Rows are never altered: a new rate ends the one
before, so that what was agreed on any day can be read.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Model, db
from storefront.core.errors import DomainError
from storefront.core.ids import new_id
from storefront.core.tenancy import Owned
from storefront.core.types import Code, UtcDateTime
from storefront.domain.accounts import audit

from .actions import RATE_BOUNDS
from .models import Dealer, Plan

DEFAULT_RATE = Decimal("0.0250")
"""SPEC 4: what a sale costs where the table says nothing."""
MOST_CENTS = 1_000_000_000
_STEP = Decimal("0.0001")


class CommissionBand(Model, Owned):
    """The rate of one plan from a sale price on, up to the next band of the plan."""

    __tablename__ = "commission_bands"
    __table_args__ = (
        CheckConstraint("rate BETWEEN 0.01 AND 0.05", name="rate"),
        CheckConstraint("from_cents >= 0", name="from_cents"),
        Index("ix_commission_bands_tier_until", "tenant_id", "tier", "until"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tier: Mapped[Plan] = mapped_column(Code(Plan))
    from_cents: Mapped[int]
    """The lowest sale price it is for, in minor units."""
    rate: Mapped[Decimal] = mapped_column(Numeric(5, 4))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when it held; None for one that holds."""
    actor: Mapped[str] = mapped_column(String(255))
    reason: Mapped[str] = mapped_column(Text)


def set_band(tier: Plan, from_cents: int, rate: Decimal, *, now: datetime, actor: str, reason: str) -> CommissionBand:
    """Say what a sale from a price on costs a plan; the band that began there before ends now.

    Args:
        tier: the plan.
        from_cents: lowest sale price, minor units.
        rate: 0.01 to 0.05 inclusive, kept with 4 decimals (SPEC 4, 5).
        now: aware UTC.
        actor: who says so.
        reason: why; kept with the act.

    Raises:
        DomainError: outside the bounds, or no reason.
    """
    if not RATE_BOUNDS[0] <= rate <= RATE_BOUNDS[1]:
        raise DomainError("The commission rate must be between 1% and 5%", field="rate")
    if not 0 <= from_cents <= MOST_CENTS:
        raise DomainError("That is no sale price", field="from_amount")
    if not reason.strip():
        raise DomainError("Say why the rate changes", field="reason")
    before = _current(tier, from_cents)
    if before is not None:
        before.until = now
    band = CommissionBand(
        tier=tier, from_cents=from_cents, rate=rate.quantize(_STEP), since=now, actor=actor, reason=reason
    )
    db.session.add(band)
    db.session.flush()
    told = {"rate": str(band.rate), "tier": tier.name, "from_cents": from_cents}
    former = {} if before is None else {"rate": str(before.rate)}
    audit.record(
        actor, "set_commission_band", "commission_band", band.id, now=now, before=former, after=told, reason=reason
    )
    return band


def end_band(band: CommissionBand, *, now: datetime, actor: str, reason: str) -> CommissionBand:
    """Take a band out of the table; sales fall to the band below it, or to the default rate.

    Raises:
        DomainError: it ended before, or no reason.
    """
    if band.until is not None:
        raise DomainError("This rate ended before", code="conflict")
    if not reason.strip():
        raise DomainError("Say why the rate changes", field="reason")
    band.until = now
    before = {"rate": str(band.rate), "tier": band.tier.name, "from_cents": band.from_cents}
    audit.record(actor, "end_commission_band", "commission_band", band.id, now=now, before=before, reason=reason)
    return band


def bands(*, ended: bool = False, limit: int = 100) -> Sequence[CommissionBand]:
    """Give the rate table by plan and price, or what it was before, newest first."""
    if ended:
        former = select(CommissionBand).where(CommissionBand.until.is_not(None))
        return db.session.scalars(former.order_by(CommissionBand.until.desc()).limit(limit)).all()
    holding = select(CommissionBand).where(CommissionBand.until.is_(None))
    return db.session.scalars(holding.order_by(CommissionBand.tier, CommissionBand.from_cents).limit(limit)).all()


def band(band_id: UUID) -> CommissionBand | None:
    """Find a band of the tenant."""
    return db.session.scalars(select(CommissionBand).where(CommissionBand.id == band_id)).first()


def rate_of(dealer: Dealer, sale_cents: int) -> Decimal:
    """Give what a sale costs a dealer today: its own rate, else the table's, else the default (SPEC 4)."""
    if dealer.commission_rate is not None:
        return dealer.commission_rate
    wanted = select(CommissionBand.rate).where(
        CommissionBand.tier == dealer.plan, CommissionBand.until.is_(None), CommissionBand.from_cents <= sale_cents
    )
    found = db.session.scalars(wanted.order_by(CommissionBand.from_cents.desc()).limit(1)).first()
    return DEFAULT_RATE if found is None else found


def _current(tier: Plan, from_cents: int) -> CommissionBand | None:
    wanted = select(CommissionBand).where(
        CommissionBand.tier == tier, CommissionBand.from_cents == from_cents, CommissionBand.until.is_(None)
    )
    return db.session.scalars(wanted).first()
