"""Reads of inquiries and leads (SPEC 74), and the look-up of who is asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median_low
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select

from storefront.core.db import db
from storefront.core.errors import NotFound
from storefront.domain.accounts.models import User
from storefront.domain.buyers.models import Buyer
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import Listing
from storefront.domain.vehicles.models import Vehicle

from .models import Inquiry, Lead, LeadActivity, LeadMessage, LeadSource, LeadStatus

S = TypeVar("S", bound=Select[*tuple[Any, ...]])
PAGE_SIZE = 20
"""SPEC 74."""
PAGE_SIZE_LIMIT = 100
"""SECURITY C10."""
MOST_MEASURED = 5_000
"""Answers a chart of weeks is drawn from, the newest."""
PHONE_PART = re.compile(r"\+?[0-9()/.-]{3,}")
"""A word of a search that is (part of) a phone number as people write it."""
NO_DIGITS = re.compile(r"[^0-9]")


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """What a list of leads is narrowed to; None narrows nothing."""

    dealer_id: UUID | None = None
    status: LeadStatus | None = None
    source: LeadSource | None = None
    assignee_id: UUID | None = None
    listing_id: UUID | None = None
    since: datetime | None = None
    """Aware UTC."""
    text: str = ""
    """Part of the buyer's name, address or phone number."""
    unanswered: bool = False
    """Only those whose buyer still waits for a first word."""
    unassigned: bool = False
    """Only those nobody takes care of."""
    spam: bool | None = None
    """True: spam alone; False: all but spam; None: both."""


@dataclass(frozen=True, slots=True)
class LeadLine:
    """A lead with what a list shows beside it."""

    lead: Lead
    buyer: Buyer
    dealer: Dealer
    listing: Listing | None
    vehicle: Vehicle | None
    inquiry: Inquiry | None
    assignee: User | None


@dataclass(frozen=True, slots=True)
class LeadPage:
    """A page of leads, newest first."""

    lines: tuple[LeadLine, ...]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """Give the number of pages, at least 1."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class LeadDetails:
    """A lead with all that belongs to it."""

    line: LeadLine
    activities: tuple[LeadActivity, ...]
    """Oldest first."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a form on a public page asks: a dealer, about a car or in general."""

    dealer: Dealer
    listing: Listing | None
    vehicle: Vehicle | None


def page_of_leads(wanted: LeadFilter, page: int = 1, size: int = PAGE_SIZE, *, waiting_first: bool = False) -> LeadPage:
    """Give a page of the leads the open scope may see, newest first (SPEC 74); counted and cut in the database.

    Args:
        wanted: what to narrow to.
        page: from 1.
        size: leads a page, at most 100.
        waiting_first: buyers who still wait for a first word come before all others, the longest waiting first.
    """
    page, size = max(1, page), min(max(1, size), PAGE_SIZE_LIMIT)
    counted = select(func.count(Lead.id)).join(Buyer, Buyer.id == Lead.buyer_id)
    total = db.session.scalar(_narrowed(counted.outerjoin(Inquiry, Inquiry.id == Lead.inquiry_id), wanted))
    order: list[Any] = [Lead.created_at.desc(), Lead.id]
    if waiting_first:
        waits = case((_waits(), 0), else_=1)
        order = [waits, case((waits == 0, Lead.created_at)), *order]
    found = _narrowed(_lines(), wanted).order_by(*order).limit(size).offset((page - 1) * size)
    lines = tuple(LeadLine(*row) for row in db.session.execute(found))
    return LeadPage(lines, total or 0, page, size)


def details(lead_id: UUID) -> LeadDetails:
    """Give a lead with its buyer, car, inquiry and log.

    Raises:
        NotFound: there is none, or it belongs to somebody else.
    """
    row = db.session.execute(_lines().where(Lead.id == lead_id)).first()
    if row is None:
        raise NotFound("This lead does not exist")
    log = select(LeadActivity).where(LeadActivity.lead_id == lead_id).order_by(LeadActivity.at, LeadActivity.id)
    return LeadDetails(LeadLine(*row), tuple(db.session.scalars(log)))


def lead_of(inquiry_id: UUID) -> Lead | None:
    """Give the lead that came of an inquiry."""
    return db.session.scalars(select(Lead).where(Lead.inquiry_id == inquiry_id)).first()


def counts_by_status(dealer_id: UUID | None = None) -> dict[LeadStatus, int]:
    """Count the leads the open scope may see, by status; statuses without leads are left out."""
    counted = select(Lead.status, func.count(Lead.id)).group_by(Lead.status)
    if dealer_id is not None:
        counted = counted.where(Lead.dealer_id == dealer_id)
    return {row[0]: row[1] for row in db.session.execute(counted)}


@dataclass(frozen=True, slots=True)
class Inbox:
    """How many leads stand in each tab of the inbox."""

    waiting: int
    mine: int
    unassigned: int
    everything: int
    spam: int


def inbox_counts(user_id: UUID) -> Inbox:
    """Count the tabs of the inbox of the open scope, in one query.

    Args:
        user_id: whose leads are `mine`.
    """
    real, open_ = Lead.spam_at.is_(None), Lead.status.not_in((LeadStatus.CONVERTED, LeadStatus.LOST))
    sums = [
        func.sum(case((_waits(), 1), else_=0)),
        func.sum(case((real & open_ & (Lead.assignee_id == user_id), 1), else_=0)),
        func.sum(case((real & open_ & Lead.assignee_id.is_(None), 1), else_=0)),
        func.sum(case((real, 1), else_=0)),
        func.sum(case((~real, 1), else_=0)),
    ]
    row = db.session.execute(select(*sums).outerjoin(Inquiry, Inquiry.id == Lead.inquiry_id)).one()
    return Inbox(*(int(value or 0) for value in row))


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """How fast buyers were answered (SPEC 65)."""

    asked: int
    answered: int
    within_hour: int
    within_day: int
    median_minutes: int | None


def response_times(since: datetime) -> ResponseTimes:
    """Measure the inquiries of the open scope that came since a moment; counted in the database.

    Args:
        since: aware UTC.
    """
    minutes = Inquiry.response_minutes
    sums: list[Any] = [func.count(Inquiry.id), func.count(minutes)]
    sums += [func.sum(case((minutes <= bound, 1), else_=0)) for bound in (60, 24 * 60)]
    recent = Inquiry.created_at >= since
    asked, answered, hour, day = (int(value or 0) for value in db.session.execute(select(*sums).where(recent)).one())
    middle = None
    if answered:
        ordered = select(minutes).where(recent, minutes.is_not(None)).order_by(minutes)
        middle = db.session.scalar(ordered.limit(1).offset((answered - 1) // 2))
    return ResponseTimes(asked, answered, hour, day, middle)


@dataclass(frozen=True, slots=True)
class Week:
    """How fast the inquiries that came in a week were answered."""

    begins: date
    """Its Monday."""
    answered: int
    median_minutes: int | None
    """None while nobody was answered."""


def response_weeks(now: datetime, time_zone: str, number: int = 8) -> list[Week]:
    """Measure answers week by week, the running week last.

    Args:
        now: aware UTC.
        time_zone: in which weeks begin.
        number: how many weeks.
    """
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    first = today - timedelta(days=today.weekday(), weeks=number - 1)
    since = datetime.combine(first, time(), zone).astimezone(UTC)
    answered = select(Inquiry.created_at, Inquiry.response_minutes).where(Inquiry.response_minutes.is_not(None))
    newest = answered.where(Inquiry.created_at >= since).order_by(Inquiry.created_at.desc()).limit(MOST_MEASURED)
    by_week: dict[int, list[int]] = {}
    for asked_at, minutes in db.session.execute(newest):
        by_week.setdefault((asked_at.astimezone(zone).date() - first).days // 7, []).append(minutes or 0)
    found = [(first + timedelta(weeks=at), by_week.get(at, [])) for at in range(number)]
    return [Week(begins, len(took), median_low(took) if took else None) for begins, took in found]


def messages_of(lead_id: UUID) -> Sequence[LeadMessage]:
    """Give what was written to a lead's buyer from the inbox, newest first."""
    wanted = select(LeadMessage).where(LeadMessage.lead_id == lead_id)
    return db.session.scalars(wanted.order_by(LeadMessage.at.desc(), LeadMessage.id)).all()


def addressee(listing: str, dealer: str) -> Addressee:
    """Find whom a form asks, within the open scope: on a dealer's site only that dealer can be found.

    Args:
        listing: a listing's public id, empty for a general question.
        dealer: a dealer's slug, used when no listing is named.

    Raises:
        NotFound: no such car or dealer here.
    """
    if listing:
        row = db.session.execute(
            select(Dealer, Listing, Vehicle)
            .join(Listing, Listing.dealer_id == Dealer.id)
            .join(Vehicle, Vehicle.id == Listing.vehicle_id)
            .where(Listing.public_id == listing)
        ).first()
        if row is not None:
            return Addressee(*row)
        raise NotFound("This car is not offered here")
    found = db.session.scalars(select(Dealer).where(Dealer.slug == dealer)).first()
    if found is None:
        raise NotFound("This dealer is not here")
    return Addressee(found, None, None)


def inquiry_written(fold_keys: Sequence[str], since: datetime) -> Inquiry | None:
    """Find the inquiry that was written with one of these fold keys after a moment: a double click (SECURITY C11)."""
    found = select(Inquiry).where(Inquiry.fold_key.in_(fold_keys), Inquiry.created_at > since)
    return db.session.scalars(found.order_by(Inquiry.created_at.desc()).limit(1)).first()


def is_reference_taken(reference: str) -> bool:
    """Ask whether a short number is in use within the tenant."""
    return db.session.scalar(select(Inquiry.id).where(Inquiry.reference == reference).limit(1)) is not None


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(Lead, Buyer, Dealer, Listing, Vehicle, Inquiry, User)
        .join(Buyer, Buyer.id == Lead.buyer_id)
        .join(Dealer, Dealer.id == Lead.dealer_id)
        .outerjoin(Listing, Listing.id == Lead.listing_id)
        .outerjoin(Vehicle, Vehicle.id == Listing.vehicle_id)
        .outerjoin(Inquiry, Inquiry.id == Lead.inquiry_id)
        .outerjoin(User, User.id == Lead.assignee_id)
    )


def _narrowed(statement: S, wanted: LeadFilter) -> S:
    columns = {
        Lead.dealer_id: wanted.dealer_id,
        Lead.status: wanted.status,
        Lead.source: wanted.source,
        Lead.assignee_id: wanted.assignee_id,
        Lead.listing_id: wanted.listing_id,
    }
    for column, value in columns.items():
        if value is not None:
            statement = statement.where(column == value)
    if wanted.since is not None:
        statement = statement.where(Lead.created_at >= wanted.since)
    if wanted.unanswered:
        statement = statement.where(_waits())
    if wanted.unassigned:
        statement = statement.where(
            Lead.assignee_id.is_(None), Lead.status.not_in((LeadStatus.CONVERTED, LeadStatus.LOST))
        )
    if wanted.spam is not None:
        statement = statement.where(Lead.spam_at.is_not(None) if wanted.spam else Lead.spam_at.is_(None))
    for word in wanted.text.lower().split():
        digits = NO_DIGITS.sub("", word).lstrip("0") if PHONE_PART.fullmatch(word) else ""
        statement = statement.where(
            or_(
                func.lower(Buyer.first_name).contains(word, autoescape=True),
                func.lower(Buyer.last_name).contains(word, autoescape=True),
                Buyer.email.contains(word, autoescape=True),
                Buyer.phone.contains(digits, autoescape=True) if digits else false(),
            )
        )
    return statement


def _waits() -> ColumnElement[bool]:
    """Give the condition of a lead whose buyer waits for a first word: new or assigned, and not answered."""
    fresh = Lead.status.in_((LeadStatus.NEW, LeadStatus.ASSIGNED))
    return fresh & Lead.spam_at.is_(None) & Inquiry.answered_at.is_(None)
