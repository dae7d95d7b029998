"""Inquiries, and the leads that come of them (SPEC 63-74)."""

from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.db import Model
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerOwned
from storefront.core.types import Code, UtcDateTime


class InquiryKind(IntEnum):
    """SPEC 63 and its decision: a fifth kind, General."""

    PRICE_QUESTION = 1
    TEST_DRIVE = 2
    FINANCING = 3
    TRADE_IN = 4
    GENERAL = 5


class ContactMethod(IntEnum):
    """SPEC 63."""

    EMAIL = 1
    PHONE = 2
    SMS = 3


class LeadSource(IntEnum):
    """SPEC 69."""

    MARKETPLACE = 1
    DEALER_SITE = 2
    PHONE = 3
    WALK_IN = 4


class LeadStatus(IntEnum):
    """SPEC 69 and its decision: a sixth status, Assigned."""

    NEW = 1
    CONTACTED = 2
    QUALIFIED = 3
    CONVERTED = 4
    LOST = 5
    ASSIGNED = 6


class ActivityKind(IntEnum):
    """SPEC 73."""

    ASSIGNED = 1
    STATUS_CHANGED = 2
    OFFER_MADE = 3
    CREATED = 4
    NOTE = 5


class Inquiry(Model, DealerOwned):
    """What somebody asked a dealer, with or without a car in mind."""

    __tablename__ = "inquiries"
    __table_args__ = (
        UniqueConstraint("tenant_id", "fold_key"),
        Index("ix_inquiries_listing_id_created_at", "listing_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(12), index=True)
    """Short number for people: `4F2A…`."""
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listings.id"))
    buyer_id: Mapped[UUID] = mapped_column(ForeignKey("buyers.id"), index=True)
    kind: Mapped[InquiryKind] = mapped_column(Code(InquiryKind))
    contact_method: Mapped[ContactMethod] = mapped_column(Code(ContactMethod), default=ContactMethod.EMAIL)
    message: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What only this kind of inquiry has: the day of a test drive, the car to be taken in (`leads/details.py`)."""
    language: Mapped[str] = mapped_column(String(5), default="de")
    host: Mapped[str] = mapped_column(String(253))
    """The site it was written on."""
    fold_key: Mapped[str] = mapped_column(String(64))
    """Hash of sender, car, text and day: a double click is one inquiry (SECURITY C11)."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    response_minutes: Mapped[int | None]


class Lead(Model, DealerOwned):
    """A chance to sell: who wants what, and how far it is."""

    __tablename__ = "leads"
    __table_args__ = (
        Index("ix_leads_dealer_status_created", "dealer_id", "status", "created_at"),
        Index("ix_leads_tenant_dealer_status_created", "tenant_id", "dealer_id", "status", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listings.id"), index=True)
    buyer_id: Mapped[UUID] = mapped_column(ForeignKey("buyers.id"), index=True)
    inquiry_id: Mapped[UUID | None] = mapped_column(ForeignKey("inquiries.id"), unique=True)
    source: Mapped[LeadSource] = mapped_column(Code(LeadSource))
    status: Mapped[LeadStatus] = mapped_column(Code(LeadStatus), default=LeadStatus.NEW)
    offered_cents: Mapped[int | None]
    notes: Mapped[str | None] = mapped_column(Text)
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LeadActivity(Model, DealerOwned):
    """A line of a lead's log (SPEC 73)."""

    __tablename__ = "lead_activities"
    __table_args__ = (Index("ix_lead_activities_lead_id_at", "lead_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    kind: Mapped[ActivityKind] = mapped_column(Code(ActivityKind))
    description: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
