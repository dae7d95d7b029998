"""Who asked North Cars before the demo was founded, as `leads.toml` tells it, so that its inbox has a yesterday."""

import tomllib
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import delete, select

from storefront.core import clock
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.domain.accounts.models import User
from storefront.domain.dealers.models import Dealer
from storefront.domain.leads import actions, events, inbox, meetings
from storefront.domain.leads.details import Details, TestDriveWish, TimeOfDay, TradeIn
from storefront.domain.leads.models import Inquiry, InquiryKind, Lead, LeadSource, LeadStatus, MeetingKind
from storefront.domain.listings.models import Listing, ListingStatus

CALLED_IN = (LeadSource.PHONE, LeadSource.WALK_IN)
TOLD_THEN = (
    events.VehicleInquiryCreated,
    events.NewSalesLead,
    events.InquiryAnswered,
    events.LeadAssigned,
    events.LeadStatusUpdated,
    events.BuyerOfferMade,
    events.LeadMessageWritten,
)
"""What these acts would have letters written for; those went out at the time."""


def found_leads(dealer: Dealer, person: User, host: str, now: datetime) -> None:
    """Let people ask a dealer, and the dealer answer, as it was in the days before.

    Args:
        dealer: who is asked; its cars are on offer already.
        person: of the dealer, who answers.
        host: of the dealer's site.
        now: when the world is founded, aware UTC.
    """
    for told in sorted(_told(), key=lambda one: -one["hours"]):
        at = now - timedelta(hours=told["hours"])
        cars = _on_offer(dealer, at) if "car" in told else []
        car = cars[told["car"] % len(cars)] if cars else None
        lead = _called_in(told, dealer, car, person, at) if _source(told) in CALLED_IN else _asked(told, car, host, at)
        _follow_up(told, lead, car, person, at)
        if "drive" in told:
            starts = _local(clock.business_date(now, dealer.time_zone), told["drive"], dealer.time_zone)
            agreed = meetings.Agreed(MeetingKind.TEST_DRIVE, starts, salesperson=person)
            meetings.agree(lead, agreed, now=at + timedelta(hours=2), actor=f"user:{person.id}")
    db.session.flush()
    names = [event.__name__ for event in TOLD_THEN]
    db.session.execute(delete(OutboxEvent).where(OutboxEvent.name.in_(names)))


@cache
def _told() -> list[dict[str, Any]]:
    text = resources.files(__package__).joinpath("leads.toml").read_text("utf-8")
    leads: list[dict[str, Any]] = tomllib.loads(text)["lead"]
    return leads


def _on_offer(dealer: Dealer, at: datetime) -> list[Listing]:
    """Give the cars that were on offer then and still are, the newest first."""
    wanted = select(Listing).where(
        Listing.dealer_id == dealer.id,
        Listing.status == ListingStatus.ACTIVE,
        Listing.price_cents.is_not(None),
        Listing.listed_at < at,
    )
    return list(db.session.scalars(wanted.order_by(Listing.listed_at.desc(), Listing.id)))


def _source(told: dict[str, Any]) -> LeadSource:
    return LeadSource[told["source"].upper()]


def _called_in(told: dict[str, Any], dealer: Dealer, car: Listing | None, person: User, at: datetime) -> Lead:
    caller = inbox.Caller(told["name"], "", told["phone"], _source(told), told["message"])
    return inbox.create_lead(dealer, car, caller, now=at, actor=f"user:{person.id}")


def _asked(told: dict[str, Any], car: Listing | None, host: str, at: datetime) -> Lead:
    wish, taken = told.get("wish"), told.get("trade_in")
    drive = wish and TestDriveWish(clock.business_date(at) + timedelta(days=wish["days"]), TimeOfDay(wish["time"]))
    asked = actions.Asked(
        told["name"],
        told["email"],
        told["message"],
        host,
        _source(told),
        listing="" if car is None else car.public_id,
        dealer="" if car is not None else host.partition(".")[0],
        phone=told.get("phone"),
        kind=InquiryKind[told["kind"].upper()],
        language=told.get("language", "de"),
        details=Details(test_drive=drive, trade_in=TradeIn(**taken) if taken else None),
    )
    inquiry = actions.submit_inquiry(asked, now=at)
    return db.session.scalars(select(Lead).where(Lead.inquiry_id == inquiry.id)).one()


def _follow_up(told: dict[str, Any], lead: Lead, car: Listing | None, person: User, at: datetime) -> None:
    """Answer, assign, keep the bid, move on: whatever is told of it."""
    actor, then = f"user:{person.id}", at + timedelta(minutes=told.get("answered", 30))
    if "answer" in told and lead.inquiry_id is not None:
        inquiry = db.session.get_one(Inquiry, lead.inquiry_id)
        subject = "Your inquiry" if inquiry.language == "en" else "Ihre Anfrage"
        said = inbox.Answer(subject, told["answer"], inquiry.language, person.email)
        inbox.write_to_buyer(lead, said, now=then, actor=actor)
    if told.get("assigned"):
        actions.assign_lead(lead, person, now=then, actor=actor)
    if "offer" in told and car is not None and car.price_cents is not None:
        cents = car.price_cents * told["offer"] // 100 // 100_00 * 100_00
        actions.record_offer(lead, cents, now=then + timedelta(minutes=20), actor=actor, currency=car.currency)
    if "status" in told:
        status, why = LeadStatus[told["status"].upper()], told.get("why", "")
        actions.change_status(lead, status, now=then + timedelta(hours=1), actor=actor, notes=why)


def _local(today: date, drive: dict[str, int], time_zone: str) -> datetime:
    day = today + timedelta(days=drive["days"])
    return clock.from_local(datetime.combine(day, time(drive["hour"])), time_zone)
