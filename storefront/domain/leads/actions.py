"""What one does with inquiries and leads (SPEC 63-73)."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from storefront.core import clock
from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.core.ids import new_id
from storefront.core.outbox import emit
from storefront.domain.accounts import audit
from storefront.domain.accounts.models import Permission, User
from storefront.domain.buyers.actions import meet
from storefront.domain.buyers.models import Buyer, BuyerSource
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import Listing, ListingStatus

from .details import Details
from .events import (
    BuyerOfferMade,
    InquiryAnswered,
    LeadAssigned,
    LeadStatusUpdated,
    NewSalesLead,
    VehicleInquiryCreated,
)
from .models import ActivityKind, ContactMethod, Inquiry, InquiryKind, Lead, LeadActivity, LeadSource, LeadStatus
from .queries import Addressee, addressee, inquiry_written, is_reference_taken, lead_of

FOLD = timedelta(hours=24)
"""The same words from the same sender within this time are one inquiry (SECURITY C11)."""
REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that is read wrong over the telephone: no 0 O 1 I L U."""
REFERENCE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wrote into a form, checked for its shape by the door."""

    name: str
    email: str
    message: str
    host: str
    """The site it was written on."""
    source: LeadSource
    listing: str = ""
    """Public id of the car; empty for a general question."""
    dealer: str = ""
    """Slug of the dealer, used when no car is named."""
    phone: str | None = None
    """E.164."""
    kind: InquiryKind = InquiryKind.GENERAL
    contact_method: ContactMethod = ContactMethod.EMAIL
    language: str = "de"
    details: Details = field(default_factory=Details)
    """What this kind of inquiry has besides: the day of a test drive, the car to be taken in."""


def submit_inquiry(asked: Asked, *, now: datetime) -> Inquiry:
    """Keep an inquiry and open a lead of it (SPEC 63, 69); no login is needed (SPEC 64).

    The same words of the same sender about the same car within 24 hours give back the inquiry that is there already.

    Args:
        asked: the form.
        now: aware UTC.

    Raises:
        NotFound: no such car or dealer within the open scope.
        DomainError: the car is sold or withdrawn, the dealer is not active, or the details cannot be.
    """
    to = addressee(asked.listing, asked.dealer)
    _require_open(to)
    asked.details.check(clock.business_date(now, to.dealer.time_zone))
    _one_at_a_time(to.dealer)
    keys = _fold_keys(asked, to, now)
    written = inquiry_written(keys, now - FOLD)
    if written is not None:
        return written
    buyer = meet(
        to.dealer.id,
        name=asked.name,
        email=asked.email,
        phone=asked.phone,
        language=asked.language,
        source=BUYER_SOURCE[asked.source],
        now=now,
    )
    inquiry = _inquiry(asked, to, buyer, keys[0], now)
    lead = _lead(inquiry, asked.source, now)
    if to.listing is not None:
        count_inquiry(to.listing.id)
    emit(VehicleInquiryCreated(inquiry.id), NewSalesLead(lead.id), at=now)
    db.session.flush()
    return inquiry


def assign_lead(lead: Lead, assignee: User, *, now: datetime, actor: str) -> Lead:
    """Give a lead to somebody of its dealer (SPEC 70).

    Args:
        lead: the lead.
        assignee: an active person of the lead's dealer who may see leads.
        now: aware UTC.
        actor: who assigns, `user:<id>`; kept in the log.

    Raises:
        DomainError: the person does not work for that dealer, or the lead is converted already.
    """
    if lead.dealer_id not in assignee.dealer_ids or not assignee.may(Permission.VIEW_SALES_LEADS, lead.dealer_id):
        raise DomainError("Choose somebody who works for this dealer", field="assignee")
    if lead.status is LeadStatus.CONVERTED:
        raise DomainError("This lead is converted already", code="conflict")
    before = {"assignee": _text(lead.assignee_id), "status": lead.status.name}
    lead.assignee_id = assignee.id
    lead.status = LeadStatus.ASSIGNED
    note_activity(lead, ActivityKind.ASSIGNED, f"Assigned to {assignee.name}", actor, now)
    after = {"assignee": str(assignee.id), "status": lead.status.name}
    record_act(lead, "assign_lead", actor, now, before, after)
    emit(LeadAssigned(lead.id, assignee.id), at=now)
    return lead


def change_status(lead: Lead, status: LeadStatus, *, now: datetime, actor: str, notes: str = "") -> Lead:
    """Move a lead on (SPEC 71); the log says from what to what.

    Args:
        lead: the lead.
        status: the new status.
        now: aware UTC.
        actor: who does it, `user:<id>`.
        notes: why, in a sentence; may be empty.

    Raises:
        DomainError: it has that status already.
    """
    old = lead.status
    if old is status:
        raise DomainError(f"This lead is {_word(status)} already", field="status", code="conflict")
    lead.status = status
    if notes:
        lead.notes = notes
    said = f"Status changed from {_word(old)} to {_word(status)}" + (f": {notes}" if notes else "")
    note_activity(lead, ActivityKind.STATUS_CHANGED, said, actor, now)
    record_act(lead, "change_lead_status", actor, now, {"status": old.name}, {"status": status.name})
    emit(LeadStatusUpdated(lead.id, int(old), int(status)), at=now)
    return lead


def record_offer(lead: Lead, cents: int, *, now: datetime, actor: str, currency: str = "EUR") -> Lead:
    """Keep what a buyer offers (SPEC 72).

    Args:
        lead: the lead.
        cents: the offer in minor units, positive.
        now: aware UTC.
        actor: who writes it down, `user:<id>`.
        currency: ISO code, for the log.

    Raises:
        DomainError: not positive.
    """
    if cents <= 0:
        raise DomainError("The offer must be positive", field="offer")
    before = {"offered_cents": lead.offered_cents}
    lead.offered_cents = cents
    note_activity(lead, ActivityKind.OFFER_MADE, f"Offer of {cents // 100}.{cents % 100:02d} {currency}", actor, now)
    record_act(lead, "record_offer", actor, now, before, {"offered_cents": cents})
    emit(BuyerOfferMade(lead.id, cents), at=now)
    return lead


def answer_inquiry(inquiry: Inquiry, *, now: datetime, actor: str) -> Inquiry:
    """Note that the dealer answered; the first answer counts (SPEC 65).

    Args:
        inquiry: the inquiry.
        now: aware UTC.
        actor: who answered, `user:<id>`.
    """
    if inquiry.answered_at is not None:
        return inquiry
    inquiry.answered_at = now
    inquiry.response_minutes = max(0, int((now - inquiry.created_at).total_seconds() // 60))
    lead = lead_of(inquiry.id)
    if lead is not None:
        note_activity(lead, ActivityKind.NOTE, f"Answered after {inquiry.response_minutes} minutes", actor, now)
        record_act(lead, "answer_inquiry", actor, now, {}, {"response_minutes": inquiry.response_minutes})
    emit(InquiryAnswered(inquiry.id, inquiry.response_minutes), at=now)
    return inquiry


def reference() -> str:
    """Give a random short number for people: six letters, `4F2A7K`."""
    return "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(REFERENCE_LENGTH))


BUYER_SOURCE = {
    LeadSource.MARKETPLACE: BuyerSource.MARKETPLACE,
    LeadSource.DEALER_SITE: BuyerSource.DEALER_SITE,
    LeadSource.PHONE: BuyerSource.DEALER_SITE,
    LeadSource.WALK_IN: BuyerSource.DEALER_SITE,
}


def _require_open(to: Addressee) -> None:
    if not to.dealer.is_active:
        raise NotFound("This dealer is not here")
    if to.listing is not None and to.listing.status not in (ListingStatus.ACTIVE, ListingStatus.PENDING):
        raise DomainError("This car is no longer offered", field="listing", code="gone")


def _one_at_a_time(dealer: Dealer) -> None:
    """Let the inquiries of one dealer pass one after the other, so that two halves of a double click see each other.

    A write before the reads that decide takes the row's lock on PostgreSQL and the write lock on SQLite.
    """
    db.session.execute(
        update(Dealer).where(Dealer.id == dealer.id).values(updated_at=Dealer.updated_at).execution_options(**_SILENT)
    )


_SILENT = {"synchronize_session": False, "recorded": True}
"""For statements that touch only columns no page shows: the ledger need not read the rows before and after."""


def count_inquiry(listing_id: UUID) -> None:
    """Count a question about a car (SPEC 39)."""
    db.session.execute(
        update(Listing)
        .where(Listing.id == listing_id)
        .values(inquiry_count=Listing.inquiry_count + 1)
        .execution_options(**_SILENT)
    )


def _fold_keys(asked: Asked, to: Addressee, now: datetime) -> list[str]:
    """Give the key of today and of yesterday: together they reach back exactly 24 hours over midnight."""
    about = to.dealer.id.hex if to.listing is None else to.listing.id.hex
    words = " ".join(asked.message.split()).casefold()
    said = [asked.email.strip().lower(), about, str(int(asked.kind)), words]
    if asked.details:
        said.append(json.dumps(asked.details.as_json(), sort_keys=True))
    days = (now.date(), (now - FOLD).date())
    return [hashlib.sha256("\x1f".join([*said, day.isoformat()]).encode()).hexdigest() for day in days]


def _inquiry(asked: Asked, to: Addressee, buyer: Buyer, fold_key: str, now: datetime) -> Inquiry:
    inquiry = Inquiry(
        id=new_id(),
        dealer_id=to.dealer.id,
        reference=_free_reference(),
        listing_id=None if to.listing is None else to.listing.id,
        buyer_id=buyer.id,
        kind=asked.kind,
        contact_method=asked.contact_method,
        message=asked.message,
        details=asked.details.as_json(),
        language=asked.language,
        host=asked.host,
        fold_key=fold_key,
        created_at=now,
    )
    db.session.add(inquiry)
    db.session.flush()
    return inquiry


def _lead(inquiry: Inquiry, source: LeadSource, now: datetime) -> Lead:
    lead = Lead(
        id=new_id(),
        dealer_id=inquiry.dealer_id,
        listing_id=inquiry.listing_id,
        buyer_id=inquiry.buyer_id,
        inquiry_id=inquiry.id,
        source=source,
        status=LeadStatus.NEW,
        created_at=now,
        updated_at=now,
    )
    db.session.add(lead)
    db.session.flush()
    note_activity(lead, ActivityKind.CREATED, f"Inquiry {inquiry.reference} from {inquiry.host}", "buyer", now)
    return lead


def _free_reference() -> str:
    while is_reference_taken(chosen := reference()):
        continue
    return chosen


def note_activity(lead: Lead, kind: ActivityKind, description: str, actor: str, now: datetime) -> None:
    """Write a line into a lead's log (SPEC 73)."""
    lead.updated_at = now
    db.session.add(
        LeadActivity(dealer_id=lead.dealer_id, lead_id=lead.id, kind=kind, description=description, actor=actor, at=now)
    )


def record_act(
    lead: Lead, action: str, actor: str, now: datetime, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Write an act on a lead into the trail (SECURITY D14)."""
    audit.record(actor, action, "lead", lead.id, now=now, before=before, after=after, dealer_id=lead.dealer_id)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _word(status: LeadStatus) -> str:
    return status.name.capitalize()
