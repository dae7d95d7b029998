"""Jobs of letters."""

from uuid import UUID

from storefront.core import clock
from storefront.core.outbox import commits_itself
from storefront.core.runtime import settings

from . import alerts, inquiries, sending


def write_inquiry_letters(inquiry_id: str) -> None:
    """Write the letters an inquiry asks for, in the transaction of the task."""
    inquiries.write_letters(UUID(inquiry_id), settings=settings(), now=clock.now())


def write_confirmation(wish_id: str, asked: int) -> None:
    """Ask the owner of an address whether she wants letters, in the transaction of the task."""
    alerts.write_confirmation(UUID(wish_id), asked, settings=settings(), now=clock.now())


def drop_letters(wish_id: str) -> None:
    """Take back what was written to somebody who wants no more, in the transaction of the task."""
    alerts.drop_letters(UUID(wish_id))


@commits_itself
def send_letter(letter_id: str) -> None:
    """Send a letter that is not sent yet."""
    sending.send(UUID(letter_id), settings=settings(), now=clock.now())
