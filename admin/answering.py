"""Drafts of answers to buyers: texts of the house in the buyer's language, with names and car filled in (SPEC 65)."""

from dataclasses import dataclass

from admin.show import languages, words
from storefront.domain.accounts.models import User
from storefront.domain.leads.models import InquiryKind
from storefront.domain.leads.queries import LeadLine

DRAFTS = ("blank", "available", "test_drive", "price", "trade_in", "sold")
_FIRST = {
    InquiryKind.TEST_DRIVE: "test_drive",
    InquiryKind.PRICE_QUESTION: "price",
    InquiryKind.TRADE_IN: "trade_in",
    InquiryKind.GENERAL: "blank",
    InquiryKind.FINANCING: "available",
}
OTHERWISE = "en"
"""For buyers who write in a language the admin has no drafts in."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text to begin with."""

    name: str
    subject: str
    body: str


def language_of(line: LeadLine) -> str:
    """Give the language a buyer is answered in: the inquiry's, where we have it."""
    wanted = line.inquiry.language if line.inquiry is not None else line.buyer.language
    return wanted if wanted in languages() else OTHERWISE


def drafts(line: LeadLine, person: User) -> list[Draft]:
    """Write the drafts for a lead, the one that fits its question first; those about a car need one.

    Args:
        line: the lead.
        person: who will sign.
    """
    said = words(language_of(line))
    car = line.vehicle.title if line.vehicle is not None else ""
    known = [name for name in DRAFTS if car or name == "blank"]
    kind = None if line.inquiry is None else line.inquiry.kind
    first = _FIRST.get(kind, "blank") if kind is not None else "blank"
    order = sorted(known, key=lambda name: name != first)
    values = {"car": car, "dealer": line.dealer.name}
    greeting = said("draft.greeting", buyer=line.buyer.name) if line.buyer.name else said("draft.greeting_nobody")
    ending = said("draft.ending", person=person.name, dealer=line.dealer.name)
    made = []
    for name in order:
        subject = said(f"draft.{name}.subject", **values) if car else said("draft.subject_general", **values)
        body = "" if name == "blank" else said(f"draft.{name}.body", **values) + "\n\n"
        made.append(Draft(name, subject, f"{greeting}\n\n{body}{ending}"))
    return made
