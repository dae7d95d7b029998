"""What happens to market values when cars change and days begin."""

from storefront.core.outbox import enqueue, on
from storefront.domain.listings.events import (
    StockImported,
    VehicleListed,
    VehiclePriceUpdated,
    VehicleSold,
    VehicleUpdated,
    VehicleWithdrawn,
)

from . import jobs
from .events import ValuationsDue

BATCH = 1000
"""Cars valued by one job."""


@on(VehicleListed, VehicleUpdated, VehiclePriceUpdated, VehicleSold, VehicleWithdrawn)
def value_again(
    event: VehicleListed | VehicleUpdated | VehiclePriceUpdated | VehicleSold | VehicleWithdrawn,
) -> None:
    """Value a car that came, changed or left."""
    enqueue(jobs.value_listings, [event.listing_id])


@on(StockImported)
def value_imported(event: StockImported) -> None:
    """Value the cars an import changed."""
    for start in range(0, len(event.listing_ids), BATCH):
        enqueue(jobs.value_listings, event.listing_ids[start : start + BATCH])


@on(ValuationsDue)
def value_everything(_event: ValuationsDue) -> None:
    """Value the whole stock when there is nothing more urgent to do."""
    enqueue(jobs.value_stock, queue="photos")
