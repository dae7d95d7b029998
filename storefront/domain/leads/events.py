"""What happens to inquiries and leads (SPEC 141); ids and plain values only."""

from dataclasses import dataclass
from uuid import UUID

from storefront.core.outbox import happening


@happening
@dataclass(frozen=True, slots=True)
class VehicleInquiryCreated:
    """Somebody asked a dealer something (SPEC 63)."""

    inquiry_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class NewSalesLead:
    """A dealer has a new chance to sell (SPEC 113)."""

    lead_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class InquiryAnswered:
    """A dealer answered for the first time (SPEC 65)."""

    inquiry_id: UUID
    response_minutes: int


@happening
@dataclass(frozen=True, slots=True)
class LeadAssigned:
    """A lead is somebody's now (SPEC 70)."""

    lead_id: UUID
    assignee_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class LeadStatusUpdated:
    """A lead got on, or was lost (SPEC 71); statuses by their numbers."""

    lead_id: UUID
    old_status: int
    new_status: int


@happening
@dataclass(frozen=True, slots=True)
class BuyerOfferMade:
    """A buyer named a price (SPEC 72); minor units."""

    lead_id: UUID
    offered_cents: int


@happening
@dataclass(frozen=True, slots=True)
class LeadMessageWritten:
    """A dealer answered a buyer by mail from the inbox; the letter is still to be written."""

    message_id: UUID
