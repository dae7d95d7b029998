"""What letters are written of, and that a written one is sent."""

from storefront.core.outbox import enqueue, on
from storefront.domain.accounts.events import InvitationSent, PasswordResetAsked, SecurityChanged
from storefront.domain.buyers.events import ConfirmationWanted, WishEnded
from storefront.domain.dealers.events import RegistrationAsked
from storefront.domain.leads.events import LeadMessageWritten, VehicleInquiryCreated

from . import jobs
from .events import LetterWritten


@on(VehicleInquiryCreated)
def tell_of_inquiry(event: VehicleInquiryCreated) -> None:
    """Tell the dealer, and confirm it to the buyer (SPEC 113)."""
    enqueue(jobs.write_inquiry_letters, event.inquiry_id)


@on(LeadMessageWritten)
def send_answer(event: LeadMessageWritten) -> None:
    """Write the letter of an answer from the inbox (SPEC 65)."""
    enqueue(jobs.write_answer, event.message_id)


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


@on(InvitationSent)
def write_to_the_invited(event: InvitationSent) -> None:
    """Send the link of an invitation (SPEC 12)."""
    enqueue(jobs.write_invitation, event.invitation_id, event.letters)


@on(PasswordResetAsked)
def write_a_way_back(event: PasswordResetAsked) -> None:
    """Send the link to a new password, where there is somebody to send it to."""
    enqueue(jobs.write_reset, event.reset_id)


@on(SecurityChanged)
def tell_of_change(event: SecurityChanged) -> None:
    """Tell somebody that the way she logs in has changed."""
    enqueue(jobs.write_security_notice, event.user_id, event.what, event.entry_number)


@on(RegistrationAsked)
def write_to_the_newcomer(event: RegistrationAsked) -> None:
    """Have somebody who wants to join prove that the address is hers."""
    enqueue(jobs.write_registration, event.registration_id)
