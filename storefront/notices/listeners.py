"""What letters are written of, and that a written one is sent."""

from storefront.core.outbox import enqueue, on
from storefront.domain.buyers.events import ConfirmationWanted, WishEnded
from storefront.domain.leads.events import VehicleInquiryCreated

from . import jobs
from .events import LetterWritten


@on(VehicleInquiryCreated)
def tell_of_inquiry(event: VehicleInquiryCreated) -> None:
    """Tell the dealer, and confirm it to the buyer (SPEC 113)."""
    enqueue(jobs.write_inquiry_letters, event.inquiry_id)


@on(ConfirmationWanted)
def ask_to_confirm(event: ConfirmationWanted) -> None:
    """Have an address confirmed before anything is written to it."""
    enqueue(jobs.write_confirmation, event.wish_id, event.asked)


@on(WishEnded)
def take_back(event: WishEnded) -> None:
    """Send nothing more to somebody who wants no more."""
    enqueue(jobs.drop_letters, event.wish_id)


@on(LetterWritten)
def send(event: LetterWritten) -> None:
    """Send a letter."""
    enqueue(jobs.send_letter, event.letter_id)
