"""Dealers: who sells, on which plan, where, and when they are open."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Float, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.changes import Tracked
from storefront.core.db import Model
from storefront.core.errors import DomainError
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerItself, DealerOwned
from storefront.core.types import Code, UtcDateTime


class Plan(IntEnum):
    """What a dealer pays for (SPEC 2, 3): the codes are the brief's tier codes."""

    INDIVIDUAL = 1
    PREMIUM = 2


PLAN_FEE_CENTS = {Plan.INDIVIDUAL: 2900, Plan.PREMIUM: 5900}
"""Monthly fee in EUR cents (SPEC 2, 3)."""
PLAN_SITES = {Plan.INDIVIDUAL: 1, Plan.PREMIUM: 3}
"""Websites a dealer may have (SPEC 22)."""


class DealerStatus(IntEnum):
    """SPEC 19."""

    ACTIVE = 1
    SUSPENDED = 2
    INACTIVE = 3


class CanonicalPolicy(IntEnum):
    """Where a car's one indexable page is (SEO.md §6)."""

    DEALER = 1
    MARKETPLACE = 2


def _members(values: Any) -> list[tuple[str, str, str]]:
    return [("dealers", "all", "members")]


def _is_active(values: Mapping[str, Any]) -> bool:
    return bool(values["status"] == DealerStatus.ACTIVE)


def _is_on_marketplace(values: Mapping[str, Any]) -> bool:
    return _is_active(values) and values["plan"] == Plan.PREMIUM


def is_active(status: DealerStatus) -> bool:
    """Ask whether a dealer of this status may list and be shown (SPEC 19)."""
    return status is DealerStatus.ACTIVE


def is_on_marketplace(status: DealerStatus, plan: Plan) -> bool:
    """Ask whether cars of a dealer of this status and plan appear on the marketplace: Premium and active (SPEC 3)."""
    return is_active(status) and plan is Plan.PREMIUM


class Dealer(Model, DealerItself):
    """A dealer of the tenant (SPEC 18)."""

    __tablename__ = "dealers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "licence"),
        UniqueConstraint("tenant_id", "slug"),
        Index("ix_dealers_place", "latitude", "longitude"),
        CheckConstraint("commission_rate IS NULL OR commission_rate BETWEEN 0.01 AND 0.05", name="commission_rate"),
    )
    __tracked__ = Tracked(
        kind="dealer",
        key="id",
        aspects={
            "name": ("name", "slug"),
            "visible": ("status",),
            "market": ("status", "plan"),
            "canonical": ("canonical_policy",),
            "place": ("street", "postal_code", "city", "country", "latitude", "longitude", "time_zone"),
            "contact": ("legal_name", "phone", "opening_hours"),
            "email": ("email",),
            "person": ("person", "answer_minutes"),
            "text": ("about", "trust"),
            "team": ("team",),
            "faq": ("faq",),
            "legal": ("legal", "vat_id", "legal_name", "licence"),
        },
        silent=("id", "tenant_id", "commission_rate", "stripe_account", "created_at", "updated_at", "public_id"),
        members=_members,
        outcome={"visible": _is_active, "market": _is_on_marketplace},
    )

    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(255))
    legal_name: Mapped[str] = mapped_column(String(255), default="")
    licence: Mapped[str] = mapped_column(String(100))
    plan: Mapped[Plan] = mapped_column(Code(Plan), default=Plan.INDIVIDUAL)
    status: Mapped[DealerStatus] = mapped_column(Code(DealerStatus), default=DealerStatus.ACTIVE)
    canonical_policy: Mapped[CanonicalPolicy] = mapped_column(Code(CanonicalPolicy), default=CanonicalPolicy.DEALER)
    commission_rate: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))
    """The dealer's own rate; None takes the rate table (SPEC 4, 5)."""
    stripe_account: Mapped[str | None] = mapped_column(String(80))
    street: Mapped[str] = mapped_column(String(255), default="")
    postal_code: Mapped[str] = mapped_column(String(12), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    country: Mapped[str] = mapped_column(String(2), default="DE")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    time_zone: Mapped[str] = mapped_column(String(40), default="Europe/Berlin")
    phone: Mapped[str | None] = mapped_column(String(20))
    """E.164: `+494066969123`."""
    email: Mapped[str | None] = mapped_column(String(255))
    """Where inquiries go."""
    person: Mapped[str | None] = mapped_column(String(120))
    """Who answers, with her consent to be named."""
    answer_minutes: Mapped[int | None]
    """How fast the dealer usually answers, in minutes."""
    opening_hours: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """ISO weekday → list of spans: `{"1": ["09:00-18:00"], …}`; a missing day is closed; empty: unknown."""
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Language → Markdown."""
    trust: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Language → list of [value, words] pairs, at most four."""
    team: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """People named with their consent: `{"name", "role": {language: text}, "phone", "email", "languages"}`."""
    faq: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Language → list of [question, answer in Markdown]."""
    vat_id: Mapped[str | None] = mapped_column(String(20))
    legal: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """represented_by, register, register_court, authority (SEO.md §18)."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def is_active(self) -> bool:
        """Ask whether the dealer may list and be shown (SPEC 19)."""
        return is_active(self.status)

    @property
    def on_marketplace(self) -> bool:
        """Ask whether the dealer's cars appear on the marketplace: Premium and active (SPEC 3)."""
        return is_on_marketplace(self.status, self.plan)

    def require_active(self) -> None:
        """Refuse when the dealer may not list (SPEC 19).

        Raises:
            DomainError: suspended or inactive.
        """
        if not self.is_active:
            raise DomainError(f"{self.name} is not active, so it cannot list vehicles", code="forbidden")


class SubscriptionStatus(IntEnum):
    """SPEC 6: 1 is active; the others are ours."""

    ACTIVE = 1
    PAST_DUE = 2
    ENDED = 3
    CHOSEN = 4
    """Begins, and costs, when the dealer's site is published for the first time."""


class Subscription(Model, DealerOwned):
    """What a dealer is subscribed to (SPEC 6)."""

    __tablename__ = "subscriptions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    tier: Mapped[Plan] = mapped_column(Code(Plan))
    fee_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    billing_cycle: Mapped[int] = mapped_column(default=1)
    """1 is monthly."""
    status: Mapped[SubscriptionStatus] = mapped_column(Code(SubscriptionStatus), default=SubscriptionStatus.ACTIVE)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    auto_renewal: Mapped[bool] = mapped_column(default=True)


class DealerText(Model, DealerOwned):
    """A text that a dealer repeats in every car, stored once (issue: boilerplate)."""

    __tablename__ = "dealer_texts"
    __table_args__ = (UniqueConstraint("dealer_id", "digest"),)
    __tracked__ = Tracked(
        kind="dealer_text", key="id", aspects={"body": ("body",)}, silent=("id", "tenant_id", "dealer_id", "digest")
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    """Safe Markdown."""
