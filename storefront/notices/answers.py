"""The letter of an answer a dealer wrote in the inbox (SPEC 65)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from storefront.core.db import db
from storefront.domain.buyers.models import Buyer
from storefront.domain.dealers.models import Dealer
from storefront.domain.leads.models import Inquiry, Lead, LeadMessage

from .actions import Occasion, write_letter
from .letters import render

TEMPLATE = "lead_answer"


def write_answer(message_id: UUID, *, now: datetime) -> None:
    """Write the letter of an answer, once; a message whose lead is gone has none.

    Args:
        message_id: what was written.
        now: aware UTC.
    """
    row = db.session.execute(
        select(LeadMessage, Buyer, Dealer, Inquiry)
        .join(Lead, Lead.id == LeadMessage.lead_id)
        .join(Buyer, Buyer.id == Lead.buyer_id)
        .join(Dealer, Dealer.id == Lead.dealer_id)
        .outerjoin(Inquiry, Inquiry.id == Lead.inquiry_id)
        .where(LeadMessage.id == message_id)
    ).first()
    if row is None:
        return
    message, buyer, dealer, inquiry = row
    values = {
        "subject": message.subject,
        "body": message.body,
        "dealer": dealer.name,
        "reference": "" if inquiry is None else inquiry.reference,
    }
    occasion = Occasion(
        key=f"lead_message:{message.id}",
        template=TEMPLATE,
        to_address=buyer.email,
        language=message.language,
        dealer_id=dealer.id,
        reply_to=message.reply_to or dealer.email,
    )
    write_letter(occasion, render(TEMPLATE, message.language, values), now=now)
