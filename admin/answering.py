"""Drafts of answers to buyers: the house's and the dealer's own, in the buyer's language, with names and car filled in.

SPEC 65. The one that fits the question comes first, then the dealer's own, then the others of the house.
"""

from dataclasses import dataclass

from admin.show import languages, words
from storefront.domain.accounts.models import User
from storefront.domain.leads.answer_drafts import own_drafts, speaks_of_a_car, written_out
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
    label: str = ""
    """What its button says; empty for those of the house, which have words of their own."""


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
    kind = None if line.inquiry is None else line.inquiry.kind
    first = _FIRST.get(kind, "blank") if kind is not None else "blank"
    first, *others = sorted(_of_the_house(line, person), key=lambda draft: draft.name != first)
    return [first, *_own(line, person), *others]


def _of_the_house(line: LeadLine, person: User) -> list[Draft]:
    said, values = words(language_of(line)), _values(line, person)
    made = []
    for name in DRAFTS if values["car"] else ("blank",):
        body = "" if name == "blank" else said(f"draft.{name}.body", **values)
        made.append(Draft(name, _subject(line, values, name), _letter(line, values, body)))
    return made


def _own(line: LeadLine, person: User) -> list[Draft]:
    values = _values(line, person)
    made = []
    for draft in own_drafts(line.lead.dealer_id, language_of(line)):
        if values["car"] or not speaks_of_a_car(draft):
            subject = written_out(draft.subject, values) or _subject(line, values, "blank")
            body = _letter(line, values, written_out(draft.body, values))
            made.append(Draft(draft.id.hex, subject, body, draft.name))
    return made


def _values(line: LeadLine, person: User) -> dict[str, str]:
    car = "" if line.vehicle is None else line.vehicle.title
    return {"car": car, "buyer": line.buyer.name, "dealer": line.dealer.name, "person": person.name}


def _subject(line: LeadLine, values: dict[str, str], name: str) -> str:
    said = words(language_of(line))
    return said(f"draft.{name}.subject", **values) if values["car"] else said("draft.subject_general", **values)


def _letter(line: LeadLine, values: dict[str, str], body: str) -> str:
    said = words(language_of(line))
    greeting = said("draft.greeting", **values) if values["buyer"] else said("draft.greeting_nobody")
    return "\n\n".join(part for part in (greeting, body, said("draft.ending", **values)) if part)
