"""What one does in the inbox: notes, answers by mail, spam, leads by telephone (SPEC 65, 69, 73)."""

from dataclasses import dataclass
from datetime import datetime

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.ids import new_id
from storefront.core.outbox import emit
from storefront.domain.buyers.actions import meet
from storefront.domain.buyers.models import Buyer
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import Listing

from .actions import BUYER_SOURCE, count_inquiry, note_activity, record_act
from .events import InquiryAnswered, LeadMessageWritten, LeadStatusUpdated, NewSalesLead
from .models import ActivityKind, Inquiry, Lead, LeadMessage, LeadSource, LeadStatus

NOTE_LENGTH = 2000
SUBJECT_LENGTH = 150
ANSWER_LENGTH = 8000


def add_note(lead: Lead, text: str, *, now: datetime, actor: str) -> Lead:
    """Write a note into a lead's log.

    Args:
        lead: the lead.
        text: what is to be remembered.
        now: aware UTC.
        actor: who writes it down, `user:<id>`.

    Raises:
        DomainError: it says nothing, or too much.
    """
    said = text.strip()
    if not said:
        raise DomainError("Write what is to be remembered", field="note")
    if len(said) > NOTE_LENGTH:
        raise DomainError(f"A note has at most {NOTE_LENGTH} letters", field="note")
    note_activity(lead, ActivityKind.NOTE, said, actor, now)
    record_act(lead, "add_lead_note", actor, now, {}, {"letters": len(said)})
    return lead


def mark_spam(lead: Lead, *, now: datetime, actor: str) -> Lead:
    """Say that nobody wants a car here: the lead leaves all lists but that of spam.

    Raises:
        DomainError: it is spam already, or converted.
    """
    if lead.spam_at is not None:
        raise DomainError("This lead is spam already", code="conflict")
    if lead.status is LeadStatus.CONVERTED:
        raise DomainError("This lead is converted already", code="conflict")
    before = {"status": lead.status.name}
    lead.status, lead.spam_at = LeadStatus.LOST, now
    note_activity(lead, ActivityKind.STATUS_CHANGED, "Marked as spam", actor, now)
    record_act(lead, "mark_spam", actor, now, before, {"status": lead.status.name})
    return lead


def unmark_spam(lead: Lead, *, now: datetime, actor: str) -> Lead:
    """Take that back: the lead is new again.

    Raises:
        DomainError: it is not spam.
    """
    if lead.spam_at is None:
        raise DomainError("This lead is no spam", code="conflict")
    lead.status, lead.spam_at = LeadStatus.NEW, None
    note_activity(lead, ActivityKind.STATUS_CHANGED, "Not spam after all", actor, now)
    record_act(lead, "unmark_spam", actor, now, {"status": LeadStatus.LOST.name}, {"status": lead.status.name})
    return lead


@dataclass(frozen=True, slots=True)
class Answer:
    """What a dealer writes to a buyer."""

    subject: str
    body: str
    language: str
    reply_to: str | None
    """Where the buyer's answer goes."""


def write_to_buyer(lead: Lead, answer: Answer, *, now: datetime, actor: str) -> LeadMessage:
    """Answer a buyer by mail (SPEC 65): the letter goes out by the outbox, the first answer stops the clock.

    A lead nobody had spoken to is Contacted from now on.

    Args:
        lead: whose buyer.
        answer: subject and text.
        now: aware UTC.
        actor: who writes, `user:<id>`.

    Raises:
        DomainError: nothing is said, too much is, the lead is spam, or the buyer left no address.
    """
    subject, body = " ".join(answer.subject.split()), answer.body.strip()
    _check_answer(lead, subject, body)
    message = LeadMessage(
        dealer_id=lead.dealer_id,
        lead_id=lead.id,
        subject=subject,
        body=body,
        language=answer.language,
        reply_to=answer.reply_to,
        actor=actor,
        at=now,
    )
    db.session.add(message)
    db.session.flush()
    note_activity(lead, ActivityKind.NOTE, f"Answered by mail: {subject}", actor, now)
    before = {"status": lead.status.name}
    if lead.status in (LeadStatus.NEW, LeadStatus.ASSIGNED):
        emit(LeadStatusUpdated(lead.id, int(lead.status), int(LeadStatus.CONTACTED)), at=now)
        lead.status = LeadStatus.CONTACTED
    _stop_clock(lead, now)
    after = {"status": lead.status.name, "message": str(message.id)}
    record_act(lead, "write_to_buyer", actor, now, before, after)
    emit(LeadMessageWritten(message.id), at=now)
    return message


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who called or came in (SPEC 69: Phone, Walk-in)."""

    name: str
    email: str
    """Empty when only a phone number is known."""
    phone: str | None
    source: LeadSource
    note: str = ""
    language: str = "de"


def create_lead(dealer: Dealer, listing: Listing | None, caller: Caller, *, now: datetime, actor: str) -> Lead:
    """Write down a lead that came by telephone or over the doorstep (SPEC 69).

    Args:
        dealer: whose.
        listing: about which car, or None.
        caller: who.
        now: aware UTC.
        actor: who writes it down, `user:<id>`.

    Raises:
        DomainError: the dealer is not active, the car is another's, or nobody could reach the caller.
    """
    dealer.require_active()
    if not caller.email and not caller.phone:
        raise DomainError("Write down an e-mail address or a phone number", field="phone")
    if listing is not None and listing.dealer_id != dealer.id:
        raise DomainError("This car is not offered here", field="listing")
    buyer = meet(
        dealer.id,
        name=caller.name,
        email=caller.email,
        phone=caller.phone,
        language=caller.language,
        source=BUYER_SOURCE[caller.source],
        now=now,
    )
    lead = Lead(
        id=new_id(),
        dealer_id=dealer.id,
        listing_id=None if listing is None else listing.id,
        buyer_id=buyer.id,
        source=caller.source,
        status=LeadStatus.NEW,
        notes=caller.note or None,
        created_at=now,
        updated_at=now,
    )
    db.session.add(lead)
    db.session.flush()
    said = "Called" if caller.source is LeadSource.PHONE else "Came in"
    note_activity(lead, ActivityKind.CREATED, f"{said}: {caller.note}" if caller.note else said, actor, now)
    record_act(lead, "create_lead", actor, now, {}, {"source": caller.source.name})
    if listing is not None:
        count_inquiry(listing.id)
    emit(NewSalesLead(lead.id), at=now)
    return lead


def _check_answer(lead: Lead, subject: str, body: str) -> None:
    if lead.spam_at is not None:
        raise DomainError("This lead is spam; take that back first", code="conflict")
    buyer = db.session.get(Buyer, lead.buyer_id)
    if buyer is None or not buyer.email:
        raise DomainError("This buyer left no e-mail address", code="conflict")
    if not subject:
        raise DomainError("Write a subject", field="subject")
    if len(subject) > SUBJECT_LENGTH:
        raise DomainError(f"A subject has at most {SUBJECT_LENGTH} letters", field="subject")
    if not body:
        raise DomainError("Write an answer", field="body")
    if len(body) > ANSWER_LENGTH:
        raise DomainError(f"An answer has at most {ANSWER_LENGTH} letters", field="body")


def _stop_clock(lead: Lead, now: datetime) -> None:
    inquiry = None if lead.inquiry_id is None else db.session.get(Inquiry, lead.inquiry_id)
    if inquiry is None or inquiry.answered_at is not None:
        return
    inquiry.answered_at = now
    inquiry.response_minutes = max(0, int((now - inquiry.created_at).total_seconds() // 60))
    emit(InquiryAnswered(inquiry.id, inquiry.response_minutes), at=now)
