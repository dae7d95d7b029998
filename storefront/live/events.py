"""What happens in the live layer (SPEC 141)."""

from dataclasses import dataclass

from storefront.core.outbox import happening


@happening
@dataclass(frozen=True, slots=True)
class VehicleViewed:
    """Cars were looked at: a whole batch in one event, never an event per view (SPEC decisions, views)."""

    batch: str
    """Names the batch, so that it is never counted twice."""
    views: int
