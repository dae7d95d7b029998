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
    spam_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody said that nobody wants a car here; such a lead is lost and stands in no list but its own."""
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


class LeadMessage(Model, DealerOwned):
    """What a dealer wrote to a buyer, from the inbox; the letter of it goes out by the outbox."""

    __tablename__ = "lead_messages"
    __table_args__ = (Index("ix_lead_messages_lead_id_at", "lead_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(5))
    reply_to: Mapped[str | None] = mapped_column(String(255))
    """Where the buyer's own answer goes: to whoever wrote."""
    actor: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AnswerDraft(Model, DealerOwned):
    """An answer a dealer wrote once to use it often: the inbox offers it beside those of the house."""

    __tablename__ = "answer_drafts"
    __table_args__ = (UniqueConstraint("tenant_id", "dealer_id", "language", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(40))
    """What its button says."""
    language: Mapped[str] = mapped_column(String(5))
    """Of the buyers it is offered for."""
    subject: Mapped[str] = mapped_column(String(150))
    """Empty: that of the house."""
    body: Mapped[str] = mapped_column(Text)
    """Without greeting and ending; `{car}`, `{buyer}`, `{dealer}` and `{person}` stand for what they say."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MeetingKind(IntEnum):
    """What is agreed: a test drive (SPEC 75), or an appointment of SPEC 76."""

    TEST_DRIVE = 0
    CONSULTATION = 1
    NEGOTIATION = 2
    CLOSING = 3


class TestDriveStatus(IntEnum):
    """SPEC 75."""

    __test__ = False  # its name begins like those a test runner collects

    SCHEDULED = 1
    COMPLETED = 2
    CANCELLED = 3
    NO_SHOW = 4


class AppointmentStatus(IntEnum):
    """SPEC 76."""

    SCHEDULED = 1
    COMPLETED = 2
    CANCELLED = 3
    RESCHEDULED = 4


class TestDrive(Model, DealerOwned):
    """A buyer drives a car (SPEC 75)."""

    __tablename__ = "test_drives"
    __table_args__ = (Index("ix_test_drives_dealer_id_starts_at", "dealer_id", "starts_at"),)
    __test__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listings.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    minutes: Mapped[int] = mapped_column(default=30)
    status: Mapped[TestDriveStatus] = mapped_column(Code(TestDriveStatus), default=TestDriveStatus.SCHEDULED)
    salesperson_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    notes: Mapped[str] = mapped_column(Text, default="")
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SalesAppointment(Model, DealerOwned):
    """A buyer comes to talk (SPEC 76)."""

    __tablename__ = "sales_appointments"
    __table_args__ = (Index("ix_sales_appointments_dealer_id_starts_at", "dealer_id", "starts_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    kind: Mapped[MeetingKind] = mapped_column(Code(MeetingKind), default=MeetingKind.CONSULTATION)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    minutes: Mapped[int] = mapped_column(default=60)
    status: Mapped[AppointmentStatus] = mapped_column(Code(AppointmentStatus), default=AppointmentStatus.SCHEDULED)
    salesperson_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    notes: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    follow_up: Mapped[bool] = mapped_column(default=False)
    """Whether somebody has to come back to the buyer."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
