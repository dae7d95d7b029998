"""The letters an inquiry asks for: "New Sales Lead" to the dealer, a confirmation to the buyer (SPEC 63, 113)."""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.money import Money
from storefront.domain.accounts.models import Tenant
from storefront.domain.accounts.queries import dealer_staff
from storefront.domain.leads.details import Details
from storefront.domain.leads.models import Inquiry
from storefront.domain.leads.queries import LeadLine, details, lead_of
from storefront.domain.stores.models import Store

from .accounts import admin_address
from .actions import Occasion, write_letter
from .details import in_words
from .letters import render, words

DEALER_TEMPLATE = "new_sales_lead"
BUYER_TEMPLATE = "inquiry_confirmation"
log = logging.getLogger(__name__)


def write_letters(inquiry_id: UUID, *, settings: Settings, now: datetime) -> None:
    """Write the letters of an inquiry of the open tenant; those that are written already stay as they are.

    Args:
        inquiry_id: which.
        settings: of the installation, for links: from the stored hosts, never from a request (SECURITY B10).
        now: aware UTC.
    """
    lead = lead_of(inquiry_id)
    if lead is None:
        log.warning("an inquiry without a lead", extra={"inquiry": str(inquiry_id)})
        return
    line = details(lead.id).line
    for occasion in _to_dealer(line, inquiry_id):
        write_letter(
            occasion, render(DEALER_TEMPLATE, occasion.language, _for_dealer(line, settings, occasion)), now=now
        )
    confirmation = _to_buyer(line, inquiry_id)
    write_letter(confirmation, render(BUYER_TEMPLATE, confirmation.language, _for_buyer(line, settings)), now=now)


def _to_dealer(line: LeadLine, inquiry_id: UUID) -> Iterator[Occasion]:
    """Name the dealer's readers: its address for inquiries, else everybody who works on its leads (SPEC 113)."""
    key, buyer = f"inquiry:{inquiry_id.hex}:dealer", line.buyer.email
    if line.dealer.email:
        yield Occasion(key, DEALER_TEMPLATE, line.dealer.email, _house_language(), line.dealer.id, buyer)
        return
    staff = dealer_staff(line.dealer.id)
    if not staff:
        log.warning("nobody to tell of a lead", extra={"dealer": str(line.dealer.id)})
    for user in staff:
        yield Occasion(f"{key}:{user.id.hex}", DEALER_TEMPLATE, user.email, user.language, line.dealer.id, buyer)


def _to_buyer(line: LeadLine, inquiry_id: UUID) -> Occasion:
    inquiry = _inquiry(line)
    return Occasion(
        f"inquiry:{inquiry_id.hex}:buyer",
        BUYER_TEMPLATE,
        line.buyer.email,
        inquiry.language,
        dealer_id=line.dealer.id,
        reply_to=line.dealer.email,
    )


def _for_dealer(line: LeadLine, settings: Settings, occasion: Occasion) -> dict[str, Any]:
    inquiry, said = _inquiry(line), words(occasion.language)
    offer = line.lead.offered_cents
    return {
        **_common(line, settings, occasion.language),
        "lead_id": str(line.lead.id),
        "lead_link": f"{admin_address(settings)}/leads/{line.lead.id}",
        "buyer": line.buyer.name,
        "buyer_email": line.buyer.email,
        "buyer_phone": line.buyer.phone,
        "kind": said(f"kind.{inquiry.kind.name.lower()}"),
        "method": said(f"method.{inquiry.contact_method.name.lower()}"),
        "offer": said("new_sales_lead.no_offer") if offer is None else f"{Money(offer).decimal} EUR",
        "source": said(f"source.{line.lead.source.name.lower()}"),
    }


def _for_buyer(line: LeadLine, settings: Settings) -> dict[str, Any]:
    common = _common(line, settings, _inquiry(line).language)
    return {**common, "buyer": line.buyer.name, "dealer_phone": line.dealer.phone}


def _common(line: LeadLine, settings: Settings, lang: str) -> dict[str, Any]:
    inquiry = _inquiry(line)
    return {
        "reference": inquiry.reference,
        "dealer": line.dealer.name,
        "vehicle": _vehicle(line),
        "vehicle_link": _vehicle_link(line, inquiry, settings),
        "details": in_words(Details.from_json(inquiry.details), lang),
        "message": inquiry.message,
        "site": inquiry.host,
    }


def _vehicle(line: LeadLine) -> str | None:
    if line.vehicle is None:
        return None
    return f"{line.vehicle.title} {line.vehicle.version}".strip()


def _vehicle_link(line: LeadLine, inquiry: Inquiry, settings: Settings) -> str | None:
    """Give the car's page on the site the inquiry was written on, as it is called today."""
    if line.listing is None:
        return None
    asked = (Store.host == inquiry.host) | (Store.custom_domain == inquiry.host)
    store = db.session.scalars(select(Store).where(asked)).first()
    if store is None:
        return None
    spoken = inquiry.language in store.languages and inquiry.language != store.default_language
    prefix = f"/{inquiry.language}" if spoken else ""
    origin = settings.origin(store.public_host)
    return f"{origin}{prefix}/vehicles/{line.listing.slug}-{line.listing.public_id}/"


def _house_language() -> str:
    """Give the language of the operator's market, for readers who never chose one."""
    languages = db.session.scalars(select(Tenant.languages)).first()
    return languages[0] if languages else "de"


def _inquiry(line: LeadLine) -> Inquiry:
    if line.inquiry is None:
        raise ValueError("a lead that came of no inquiry")
    return line.inquiry
