"""What search does when it hears of cars and dealers: it has their documents brought in line."""

from storefront.core.outbox import enqueue, on
from storefront.domain.dealers.events import DealerChanged
from storefront.domain.listings.events import (
    StockImported,
    VehicleListed,
    VehicleListingUpdated,
    VehiclePriceUpdated,
    VehicleSold,
    VehicleUpdated,
    VehicleWithdrawn,
)

from . import jobs

BATCH = 2000
"""Listings a job brings in line in one commit of the index."""

ListingChanged = (
    VehicleListed | VehicleUpdated | VehicleListingUpdated | VehiclePriceUpdated | VehicleSold | VehicleWithdrawn
)


@on(VehicleListed, VehicleUpdated, VehicleListingUpdated, VehiclePriceUpdated, VehicleSold, VehicleWithdrawn)
def resync(event: ListingChanged) -> None:
    """Follow one listing."""
    enqueue(jobs.sync_listings, [event.listing_id])


@on(StockImported)
def resync_stock(event: StockImported) -> None:
    """Follow an import, in batches."""
    for start in range(0, len(event.listing_ids), BATCH):
        enqueue(jobs.sync_listings, event.listing_ids[start : start + BATCH])


@on(DealerChanged)
def resync_dealer(event: DealerChanged) -> None:
    """Follow a dealer: its name is searched, its plan decides who may find its cars."""
    enqueue(jobs.sync_dealer, event.dealer_id)
