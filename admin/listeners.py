"""What the admin does when it hears that somebody wants something that takes time."""

from storefront.core.outbox import enqueue, on
from storefront.domain.dealers.events import DealerRegistered
from storefront.domain.listings.events import (
    ImportWanted,
    StockImported,
    VehicleListed,
    VehicleListingUpdated,
    VehiclePhotoAdded,
    VehiclePhotosReady,
)

from . import jobs


@on(ImportWanted)
def read_file(event: ImportWanted) -> None:
    """Have a worker read a dropped stock file."""
    enqueue(jobs.run_import, event.run_id)


@on(VehiclePhotoAdded)
def show_photos(event: VehiclePhotoAdded) -> None:
    """Make the small pictures of photos that were handed in: a draft is on no page for which they would be made."""
    enqueue(jobs.make_pictures, event.listing_id, queue="photos")


@on(DealerRegistered)
def look_at_dealer(event: DealerRegistered) -> None:
    """Have the operator look at a dealer who is new."""
    enqueue(jobs.open_dealer_case, event.dealer_id, queue="photos")


@on(VehicleListed, VehicleListingUpdated, VehiclePhotosReady)
def look_at_offer(event: VehicleListed | VehicleListingUpdated | VehiclePhotosReady) -> None:
    """Look over the text and the photos of an offer that is new or changed."""
    enqueue(jobs.look_over_offer, event.listing_id, queue="photos")


@on(StockImported)
def look_at_stock(event: StockImported) -> None:
    """Look over what an import brought."""
    enqueue(jobs.look_over_stock, event.dealer_id, queue="photos")
