"""Jobs of letters."""

from uuid import UUID

from storefront.core import clock
from storefront.core.outbox import commits_itself
from storefront.core.runtime import settings

from . import accounts, alerts, answers, inquiries, joining, sending


def write_inquiry_letters(inquiry_id: str) -> None:
    """Write the letters an inquiry asks for, in the transaction of the task."""
    inquiries.write_letters(UUID(inquiry_id), settings=settings(), now=clock.now())


def write_answer(message_id: str) -> None:
    """Write the letter of an answer from the inbox, in the transaction of the task."""
    answers.write_answer(UUID(message_id), now=clock.now())


def write_confirmation(wish_id: str, asked: int) -> None:
    """Ask the owner of an address whether she wants letters, in the transaction of the task."""
    alerts.write_confirmation(UUID(wish_id), asked, settings=settings(), now=clock.now())


def drop_letters(wish_id: str) -> None:
    """Take back what was written to somebody who wants no more, in the transaction of the task."""
    alerts.drop_letters(UUID(wish_id))


def write_invitation(invitation_id: str, letters: int) -> None:
    """Write an invitation, in the transaction of the task."""
    accounts.write_invitation(UUID(invitation_id), letters, settings=settings(), now=clock.now())


def write_reset(reset_id: str) -> None:
    """Write the link to a new password, in the transaction of the task."""
    accounts.write_reset(UUID(reset_id), settings=settings(), now=clock.now())


def write_security_notice(user_id: str, what: str, entry_number: int) -> None:
    """Tell somebody of a change to her login, in the transaction of the task."""
    accounts.write_security_notice(UUID(user_id), what, entry_number, settings=settings(), now=clock.now())


def write_registration(registration_id: str) -> None:
    """Write the letter to somebody who wants to join, in the transaction of the task."""
    joining.write_registration(UUID(registration_id), settings=settings(), now=clock.now())


@commits_itself
def send_letter(letter_id: str) -> None:
    """Send a letter that is not sent yet."""
    sending.send(UUID(letter_id), settings=settings(), now=clock.now())
