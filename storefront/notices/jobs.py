"""Jobs of letters."""

from uuid import UUID

from storefront.core import clock
from storefront.core.outbox import commits_itself
from storefront.core.runtime import settings

from . import inquiries, sending


def write_inquiry_letters(inquiry_id: str) -> None:
    """Write the letters an inquiry asks for, in the transaction of the task."""
    inquiries.write_letters(UUID(inquiry_id), settings=settings(), now=clock.now())


@commits_itself
def send_letter(letter_id: str) -> None:
    """Send a letter that is not sent yet."""
    sending.send(UUID(letter_id), settings=settings(), now=clock.now())
