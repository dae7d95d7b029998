"""What the builder does when it hears of changes: publish what they made stale, fetch photos that are queued."""

from typing import Any

from storefront.core.outbox import enqueue, on
from storefront.domain.dealers.events import DealerChanged, DealerRegistered
from storefront.domain.listings.events import (
    StockImported,
    VehicleListed,
    VehicleListingUpdated,
    VehiclePhotoAdded,
    VehiclePhotosReady,
    VehiclePriceUpdated,
    VehicleSold,
    VehicleUpdated,
    VehicleWithdrawn,
)
from storefront.domain.stores.events import DealerStoreCreated, StoreChanged, StoreCustomDomainSet, StoreThemeUpdated

from . import jobs
from .events import PicturesWanted


@on(
    VehicleListed,
    VehicleUpdated,
    VehicleListingUpdated,
    VehiclePriceUpdated,
    VehicleSold,
    VehicleWithdrawn,
    VehiclePhotosReady,
    StockImported,
    DealerRegistered,
    DealerChanged,
    DealerStoreCreated,
    StoreThemeUpdated,
    StoreCustomDomainSet,
    StoreChanged,
)
def republish(event: Any) -> None:
    """Bring the tenant's sites up to date; what is stale is found by what pages read, not by the event."""
    enqueue(jobs.publish_stale, queue="publish")


@on(VehiclePhotoAdded)
def photos_added(event: VehiclePhotoAdded) -> None:
    """Show uploaded photos, and fetch those of which only the address is known."""
    enqueue(jobs.publish_stale, queue="publish")
    enqueue(jobs.fetch_photos, event.listing_id, queue="photos")


@on(PicturesWanted)
def pictures_wanted(_event: PicturesWanted) -> None:
    """Make the best encodings when there is nothing more urgent to do."""
    enqueue(jobs.improve_pictures, queue="photos")


@on(StockImported)
def photos_imported(event: StockImported) -> None:
    """Fetch the photos that an import named, a job for each car."""
    for listing_id in event.photo_listing_ids:
        enqueue(jobs.fetch_photos, listing_id, queue="photos")
