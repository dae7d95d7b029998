"""What happens to market values (SPEC 141); ids and plain values only."""

from dataclasses import dataclass
from uuid import UUID

from storefront.core.outbox import happening


@happening
@dataclass(frozen=True, slots=True)
class ValuationsDue:
    """A day began: the stock of a tenant is to be valued."""

    day: str
    """ISO date, in the tenant's time zone."""


@happening
@dataclass(frozen=True, slots=True)
class VehicleValuationUpdated:
    """Market values or labels of cars are other ones now, or gone (SPEC 92); one event for what was found together."""

    listing_ids: list[UUID]
