"""Forms of a lead: its status, whose it is, notes, offers, answers, drafts of them, meetings, a lead by telephone."""

from typing import ClassVar
from uuid import UUID

from admin.show import languages
from builder.scheduling import moment
from storefront.core.errors import DomainError
from storefront.domain.leads.answer_drafts import BODY_LENGTH, NAME_LENGTH, SUBJECT_LENGTH, Wording
from storefront.domain.leads.inbox import Caller
from storefront.domain.leads.meetings import Held
from storefront.domain.leads.models import (
    AppointmentStatus,
    LeadSource,
    LeadStatus,
    MeetingKind,
    TestDriveStatus,
)

from . import Form
from .dealers import is_address
from .listings import read_amount

MOST_CENTS = 200_000_000
"""SPEC 37: amounts have 12 digits; nobody offers more than two millions here."""


class StatusForm(Form):
    """A new status, and why (SPEC 71)."""

    names: ClassVar[tuple[str, ...]] = ("status", "notes")
    value: LeadStatus

    def read(self) -> None:
        """Read the status; Assigned comes by assigning."""
        self.value = self.choice("status", LeadStatus)
        if self.value is LeadStatus.ASSIGNED:
            self.refuse("status", "form.choose")


class AssignmentForm(Form):
    """Who takes care of a lead (SPEC 70)."""

    names: ClassVar[tuple[str, ...]] = ("assignee",)
    value: UUID

    def read(self) -> None:
        """Read the person's id."""
        self.value = self.person("assignee") or UUID(int=0)
        if not self.raw["assignee"]:
            self.refuse("assignee", "form.choose")

    def person(self, name: str) -> UUID | None:
        """Read somebody's id; None where nobody is chosen."""
        try:
            return UUID(self.raw[name]) if self.raw[name] else None
        except ValueError:
            self.refuse(name, "form.choose")
            return None


class NoteForm(Form):
    """Something to remember."""

    names: ClassVar[tuple[str, ...]] = ("note",)

    def read(self) -> None:
        """A note says something."""
        self.required("note", "lead.note_missing")


class OfferForm(Form):
    """What a buyer offers (SPEC 72)."""

    names: ClassVar[tuple[str, ...]] = ("offer",)
    value: int
    """Minor units."""

    def read(self) -> None:
        """Read the amount."""
        cents = read_amount(self.raw["offer"])
        if cents is None or cents <= 0:
            self.refuse("offer", "price.unreadable")
        elif cents > MOST_CENTS:
            self.refuse("offer", "price.too_high")
        else:
            self.value = cents


class AnswerForm(Form):
    """A letter to the buyer (SPEC 65)."""

    names: ClassVar[tuple[str, ...]] = ("subject", "body")
    longest: ClassVar[int] = 8000

    def read(self) -> None:
        """Both are wanted."""
        self.required("subject", "lead.subject_missing")
        self.required("body", "lead.body_missing")


class DraftForm(Form):
    """A draft of an answer (SPEC 65)."""

    names: ClassVar[tuple[str, ...]] = ("name", "language", "subject", "body")
    longest: ClassVar[int] = BODY_LENGTH
    value: Wording

    def read(self) -> None:
        """Name and text are wanted; without a subject the house's is taken."""
        for name, most in (("name", NAME_LENGTH), ("subject", SUBJECT_LENGTH)):
            if len(self.raw[name]) > most:
                self.refuse(name, "form.too_long", n=most)
        if self.raw["language"] not in languages():
            self.refuse("language", "form.choose")
        name, body = self.required("name", "drafts.name_missing"), self.required("body", "drafts.body_missing")
        subject = " ".join(self.raw["subject"].split())
        self.value = Wording(" ".join(name.split()), self.raw["language"], subject, body)


class MeetingForm(Form):
    """A test drive or an appointment (SPEC 75, 76)."""

    names: ClassVar[tuple[str, ...]] = ("kind", "at", "minutes", "salesperson", "notes")

    def __init__(self, *arguments: object, time_zone: str = "Europe/Berlin", **before: str) -> None:
        """Take what was typed; times are those of the clocks there."""
        super().__init__(*arguments, **before)  # type: ignore[arg-type]
        self.time_zone = time_zone

    def read(self) -> None:
        """Read what was agreed."""
        self.kind = self.choice("kind", MeetingKind)
        self.salesperson_id: UUID | None = None
        try:
            self.salesperson_id = UUID(self.raw["salesperson"]) if self.raw["salesperson"] else None
        except ValueError:
            self.refuse("salesperson", "form.choose")
        self.minutes: int | None = None
        if self.raw["minutes"]:
            text = self.raw["minutes"]
            if text.isdecimal() and len(text) < 5:
                self.minutes = int(text)
            else:
                self.refuse("minutes", "meeting.minutes_wrong")
        try:
            self.at = moment(self.raw["at"], self.time_zone)
        except DomainError:
            self.refuse("at", "meeting.at_wrong")


class MoveForm(MeetingForm):
    """Another time for a meeting."""

    names: ClassVar[tuple[str, ...]] = ("at",)

    def read(self) -> None:
        """Read the time."""
        try:
            self.at = moment(self.raw["at"], self.time_zone)
        except DomainError:
            self.refuse("at", "meeting.at_wrong")


class HeldForm(Form):
    """How a meeting went."""

    names: ClassVar[tuple[str, ...]] = ("status", "outcome", "follow_up")
    kind: MeetingKind
    value: Held

    def read(self) -> None:
        """Read the status of the meeting's kind."""
        statuses = TestDriveStatus if self.kind is MeetingKind.TEST_DRIVE else AppointmentStatus
        status = self.choice("status", statuses)
        if status.name == "SCHEDULED":
            self.refuse("status", "form.choose")
        self.value = Held(status, self.raw["outcome"], self.raw["follow_up"] == "yes")


class NewLeadForm(Form):
    """Somebody who called or came in (SPEC 69)."""

    names: ClassVar[tuple[str, ...]] = ("name", "email", "phone", "source", "stock_number", "note", "dealer")
    longest: ClassVar[int] = 1000
    value: Caller

    def read(self) -> None:
        """A name, and an address or a number: who calls seldom spells out an e-mail address."""
        name, email = self.required("name", "lead.name_missing"), self.raw["email"]
        if not email and not self.raw["phone"]:
            self.refuse("phone", "lead.reach_missing")
        if email and not is_address(email):
            self.refuse("email", "form.email_wrong")
        if len(name) > 200:
            self.refuse("name", "form.too_long", n=200)
        source = self.choice("source", LeadSource)
        if source not in (LeadSource.PHONE, LeadSource.WALK_IN):
            self.refuse("source", "form.choose")
        self.value = Caller(name, email, self.raw["phone"] or None, source, self.raw["note"])
