"""What happens to dealers."""

from dataclasses import dataclass
from uuid import UUID

from storefront.core.outbox import happening


@happening
@dataclass(frozen=True, slots=True)
class DealerRegistered:
    """A dealer joined (SPEC 18)."""

    dealer_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class DealerChanged:
    """A dealer's data, status or plan changed: its cars may appear or vanish on the marketplace."""

    dealer_id: UUID


@happening
@dataclass(frozen=True, slots=True)
class DealerCommissionRateUpdated:
    """A dealer's own commission rate changed (SPEC 5); rates as decimal text."""

    dealer_id: UUID
    old_rate: str | None
    new_rate: str


@happening
@dataclass(frozen=True, slots=True)
class RegistrationAsked:
    """Somebody wants to join; a letter goes to the address."""

    registration_id: UUID
