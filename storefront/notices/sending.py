"""Sending a letter once: claimed, handed over, noted (SECURITY E7).

A worker that dies between handing over and noting leaves a letter that is sent again, under the same Message-ID; every
other death leaves it to be sent by the next.
"""

import logging
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import UUID

import idna

from storefront.adapters.mail import MailDown, MailRefused, mailer
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import ConfigurationError, NotFound

from .actions import claim, mark_failed, mark_sent
from .models import Letter

URGENT = frozenset({"new_sales_lead"})
"""Templates with the priority High (SPEC 113)."""
log = logging.getLogger(__name__)


class LetterBusy(Exception):
    """Another worker has the letter, or had it when it died; the task is tried again when the lease is over."""


def send(letter_id: UUID, *, settings: Settings, now: datetime) -> None:
    """Send a letter of the open tenant that is not sent yet; one that is sent or refused for good is left alone.

    A letter that is no more was taken back: its reader wants none (`alerts.drop_letters`).

    Args:
        letter_id: which.
        settings: of the installation.
        now: aware UTC.

    Raises:
        LetterBusy: somebody else has it.
        MailDown: not this time; the task tries again with growing pauses.
    """
    claimed = perform(claim, letter_id, now=now)
    if isinstance(claimed.error, NotFound):
        return
    if not claimed.unwrap():
        _require_done(letter_id)
        return
    letter = db.session.get_one(Letter, letter_id, populate_existing=True)
    try:
        mailer(settings).send(message_of(letter, settings))
    except MailRefused as refusal:
        log.warning("a letter was refused", extra={"letter": str(letter.id), "reason": str(refusal)})
        perform(mark_failed, letter, f"refused: {refusal}", now=now).unwrap()
        return
    except MailDown as down:
        perform(mark_failed, letter, str(down), now=now).unwrap()
        raise
    perform(mark_sent, letter, now=now).unwrap()


def _require_done(letter_id: UUID) -> None:
    letter = db.session.get_one(Letter, letter_id, populate_existing=True)
    if letter.sent_at is None:
        raise LetterBusy(str(letter_id))


def message_of(letter: Letter, settings: Settings) -> EmailMessage:
    """Make the message of a letter: the same bytes every time, headers that no text can break out of (SECURITY C8).

    Raises:
        ConfigurationError: `MAIL_FROM` is no address.
        MailRefused: the letter's own address is none.
    """
    name, sender = parseaddr(settings.mail_from)
    domain = sender.rpartition("@")[2]
    if not domain:
        raise ConfigurationError("MAIL_FROM must look like: Marketplace <no-reply@marketplace.example>")
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name, addr_spec=sender)
    message["To"] = _address(letter.to_address)
    if letter.reply_to:
        message["Reply-To"] = _address(letter.reply_to)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = f"<{letter.id.hex}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    if letter.unsubscribe_url:
        # One click in the mail program ends such letters (RFC 8058); signing these headers is the mail server's part.
        message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if letter.template in URGENT:
        message["Importance"] = "high"
        message["X-Priority"] = "1"
    message.set_content(letter.body_text)
    if letter.body_html:
        message.add_alternative(letter.body_html, subtype="html")
        boundary(message, letter.id)
    return message


def boundary(message: EmailMessage, letter_id: UUID) -> None:
    """Name the boundary between the parts after the letter, instead of by chance."""
    message.set_boundary(f"=_{letter_id.hex}")


def _address(text: str) -> Address:
    local, _, domain = text.rpartition("@")
    try:
        return Address(addr_spec=f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}")
    except (ValueError, IndexError, idna.IDNAError) as error:
        raise MailRefused("the address is none") from error
