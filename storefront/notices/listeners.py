"""What letters are written of, and that a written one is sent."""

from storefront.core.outbox import enqueue, on
from storefront.domain.leads.events import VehicleInquiryCreated

from . import jobs
from .events import LetterWritten


@on(VehicleInquiryCreated)
def tell_of_inquiry(event: VehicleInquiryCreated) -> None:
    """Tell the dealer, and confirm it to the buyer (SPEC 113)."""
    enqueue(jobs.write_inquiry_letters, event.inquiry_id)


@on(LetterWritten)
def send(event: LetterWritten) -> None:
    """Send a letter."""
    enqueue(jobs.send_letter, event.letter_id)
