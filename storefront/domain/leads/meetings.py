"""Test drives and sales appointments: agreed, held, called off (SPEC 75, 76)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.domain.accounts.models import User
from storefront.domain.buyers.models import Buyer
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings.models import Listing
from storefront.domain.vehicles.models import Vehicle

from .actions import note_activity, record_act
from .models import (
    ActivityKind,
    AppointmentStatus,
    Lead,
    MeetingKind,
    SalesAppointment,
    TestDrive,
    TestDriveStatus,
)

MINUTES = {MeetingKind.TEST_DRIVE: 30}
"""SPEC 75; every other meeting takes `APPOINTMENT` (SPEC 76)."""
APPOINTMENT = 60
LONGEST = 480
FURTHEST = timedelta(days=365)
TEXT_LENGTH = 2000
Meeting = TestDrive | SalesAppointment
_TABLES: tuple[tuple[Any, Any, Any], ...] = (
    (TestDrive, TestDrive.listing_id, TestDriveStatus.SCHEDULED),
    (SalesAppointment, Lead.listing_id, AppointmentStatus.SCHEDULED),
)
"""Where meetings are kept, the car each is about, the status of one that is still to be held."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with a buyer."""

    kind: MeetingKind
    starts_at: datetime
    """Aware UTC."""
    minutes: int | None = None
    """None: as long as such a meeting takes."""
    salesperson: User | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """How a meeting ended."""

    status: TestDriveStatus | AppointmentStatus
    outcome: str = ""
    follow_up: bool = False


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting with what a calendar shows beside it."""

    meeting: Meeting
    kind: MeetingKind
    lead: Lead
    buyer: Buyer
    dealer: Dealer
    vehicle: Vehicle | None
    salesperson: User | None

    @property
    def is_open(self) -> bool:
        """Ask whether it is still to be held."""
        return self.meeting.status.name == "SCHEDULED"

    @property
    def ends_at(self) -> datetime:
        """Give when it is over."""
        return self.meeting.starts_at + timedelta(minutes=self.meeting.minutes)


def agree(lead: Lead, agreed: Agreed, *, now: datetime, actor: str) -> Meeting:
    """Write a test drive or an appointment into the calendar.

    Args:
        lead: whose buyer comes.
        agreed: what and when.
        now: aware UTC.
        actor: who writes it down, `user:<id>`.

    Raises:
        DomainError: in the past or too far ahead, too long, no car to drive, or the person works elsewhere.
    """
    minutes = agreed.minutes or MINUTES.get(agreed.kind, APPOINTMENT)
    _check(lead, agreed, minutes, now)
    common: dict[str, Any] = {
        "dealer_id": lead.dealer_id,
        "lead_id": lead.id,
        "starts_at": agreed.starts_at,
        "minutes": minutes,
        "salesperson_id": None if agreed.salesperson is None else agreed.salesperson.id,
        "notes": agreed.notes,
        "created_at": now,
    }
    made: Meeting
    if agreed.kind is MeetingKind.TEST_DRIVE:
        made = TestDrive(listing_id=lead.listing_id, **common)
    else:
        made = SalesAppointment(kind=agreed.kind, **common)
    db.session.add(made)
    db.session.flush()
    said = f"{_word(agreed.kind)} agreed for {agreed.starts_at:%Y-%m-%d %H:%M} UTC"
    note_activity(lead, ActivityKind.NOTE, said, actor, now)
    after = {"kind": agreed.kind.name, "at": agreed.starts_at.isoformat(), "minutes": minutes}
    record_act(lead, "agree_meeting", actor, now, {}, after)
    return made


def hold(line: MeetingLine, held: Held, *, now: datetime, actor: str) -> Meeting:
    """Say how a meeting went.

    Args:
        line: which.
        held: its status, and of an appointment the outcome and whether somebody has to come back to the buyer.
        now: aware UTC.
        actor: who says so.

    Raises:
        DomainError: it was closed before, or the status is none of its kind.
    """
    meeting = line.meeting
    if not line.is_open:
        raise DomainError("This is done already", code="conflict")
    if held.status.name == "SCHEDULED":
        raise DomainError("Choose how it went", field="status")
    if len(held.outcome) > TEXT_LENGTH:
        raise DomainError(f"At most {TEXT_LENGTH} letters", field="outcome")
    if isinstance(meeting, TestDrive) and isinstance(held.status, TestDriveStatus):
        meeting.status, meeting.notes = held.status, held.outcome or meeting.notes
        meeting.completed_at = now if held.status is TestDriveStatus.COMPLETED else None
    elif isinstance(meeting, SalesAppointment) and isinstance(held.status, AppointmentStatus):
        meeting.status, meeting.outcome, meeting.follow_up = held.status, held.outcome, held.follow_up
    else:
        raise DomainError("Choose how it went", field="status")
    said = f"{_word(line.kind)} of {meeting.starts_at:%Y-%m-%d %H:%M} UTC: {held.status.name.lower().replace('_', ' ')}"
    note_activity(line.lead, ActivityKind.NOTE, said, actor, now)
    record_act(line.lead, "hold_meeting", actor, now, {"status": "SCHEDULED"}, {"status": held.status.name})
    return meeting


def move(line: MeetingLine, starts_at: datetime, *, now: datetime, actor: str) -> Meeting:
    """Put a meeting at another time; an appointment is Rescheduled and stands anew (SPEC 76).

    Raises:
        DomainError: it was closed before, or the time is past or too far ahead.
    """
    meeting = line.meeting
    if not line.is_open:
        raise DomainError("This is done already", code="conflict")
    _check_time(starts_at, now)
    before = {"at": meeting.starts_at.isoformat()}
    moved: Meeting = meeting
    if isinstance(meeting, SalesAppointment):
        meeting.status = AppointmentStatus.RESCHEDULED
        names = ("dealer_id", "lead_id", "kind", "minutes", "salesperson_id", "notes")
        moved = SalesAppointment(
            **{name: getattr(meeting, name) for name in names}, starts_at=starts_at, created_at=now
        )
        db.session.add(moved)
    else:
        meeting.starts_at = starts_at
    db.session.flush()
    said = f"{_word(line.kind)} moved to {starts_at:%Y-%m-%d %H:%M} UTC"
    note_activity(line.lead, ActivityKind.NOTE, said, actor, now)
    record_act(line.lead, "move_meeting", actor, now, before, {"at": starts_at.isoformat()})
    return moved


def calendar(since: datetime, until: datetime, *, lead_id: UUID | None = None, limit: int = 200) -> list[MeetingLine]:
    """Give the meetings of the open scope between two moments, in order.

    Args:
        since: aware UTC.
        until: aware UTC.
        lead_id: of one lead alone.
        limit: of each of the two kinds at most.
    """
    lines: list[MeetingLine] = []
    for table, car, _ in _TABLES:
        wanted = _lines(table, car).where(table.starts_at >= since, table.starts_at < until)
        if lead_id is not None:
            wanted = wanted.where(table.lead_id == lead_id)
        lines += [_line(row) for row in db.session.execute(wanted.order_by(table.starts_at).limit(limit))]
    return sorted(lines, key=lambda line: (line.meeting.starts_at, line.meeting.id))


def meeting(meeting_id: UUID) -> MeetingLine | None:
    """Find a meeting of the open scope."""
    for table, car, _ in _TABLES:
        row = db.session.execute(_lines(table, car).where(table.id == meeting_id)).first()
        if row is not None:
            return _line(row)
    return None


def coming(since: datetime, until: datetime) -> int:
    """Count the meetings of the open scope that are still to be held between two moments."""
    total = 0
    for table, _, scheduled in _TABLES:
        counted = select(func.count(table.id)).where(table.starts_at >= since, table.starts_at < until)
        total += db.session.scalar(counted.where(table.status == scheduled)) or 0
    return total


def _check(lead: Lead, agreed: Agreed, minutes: int, now: datetime) -> None:
    _check_time(agreed.starts_at, now)
    if not 5 <= minutes <= LONGEST:
        raise DomainError("A meeting takes 5 minutes to 8 hours", field="minutes")
    if len(agreed.notes) > TEXT_LENGTH:
        raise DomainError(f"At most {TEXT_LENGTH} letters", field="notes")
    if agreed.kind is MeetingKind.TEST_DRIVE and lead.listing_id is None:
        raise DomainError("This lead is about no car that could be driven", field="kind")
    if agreed.salesperson is not None and lead.dealer_id not in agreed.salesperson.dealer_ids:
        raise DomainError("Choose somebody who works for this dealer", field="salesperson")


def _check_time(starts_at: datetime, now: datetime) -> None:
    if starts_at < now:
        raise DomainError("That moment is past", field="at")
    if starts_at > now + FURTHEST:
        raise DomainError("At most a year ahead", field="at")


def _word(kind: MeetingKind) -> str:
    return kind.name.replace("_", " ").capitalize()


def _lines(table: Any, car: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(table, Lead, Buyer, Dealer, Vehicle, User)
        .join(Lead, Lead.id == table.lead_id)
        .join(Buyer, Buyer.id == Lead.buyer_id)
        .join(Dealer, Dealer.id == table.dealer_id)
        .outerjoin(Listing, Listing.id == car)
        .outerjoin(Vehicle, Vehicle.id == Listing.vehicle_id)
        .outerjoin(User, User.id == table.salesperson_id)
    )


def _line(row: Any) -> MeetingLine:
    kind = MeetingKind.TEST_DRIVE if isinstance(row[0], TestDrive) else row[0].kind
    return MeetingLine(row[0], kind, *row[1:])
