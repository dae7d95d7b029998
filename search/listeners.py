"""What search does when it hears of cars and dealers: it has their documents brought in line."""

from typing import Any

from storefront.core.outbox import enqueue, on
from storefront.domain.dealers.events import DealerChanged, DealerRegistered
from storefront.domain.listings.events import (
    OF_A_CAR,
    StockImported,
    VehicleListed,
    VehiclePhotosReady,
    VehiclePriceUpdated,
)
from storefront.domain.valuation.events import VehicleValuationUpdated

from . import alerts, jobs


@on(*OF_A_CAR, VehiclePhotosReady, StockImported, VehicleValuationUpdated, DealerRegistered, DealerChanged)
def bring_in_line(_event: Any) -> None:
    """Bring the index in line; what changed is told by the ledger, not by the event."""
    enqueue(jobs.follow)


@on(VehicleListed)
def alert_of_new(event: VehicleListed) -> None:
    """Find who waits for a car like this; one job after the other for one car."""
    enqueue(jobs.note_alerts, [event.listing_id], True, lane=f"alerts:{event.listing_id}")


@on(VehiclePriceUpdated)
def alert_of_cheaper(event: VehiclePriceUpdated) -> None:
    """Find who waits for a car at this price; nobody waits for a dearer one."""
    if event.old_cents is None or event.new_cents < event.old_cents:
        enqueue(jobs.note_alerts, [event.listing_id], False, lane=f"alerts:{event.listing_id}")


@on(StockImported)
def alert_of_stock(event: StockImported) -> None:
    """Find who waits for the cars an import brought or made cheaper, in batches."""
    for start in range(0, len(event.listing_ids), alerts.BATCH):
        chunk = event.listing_ids[start : start + alerts.BATCH]
        enqueue(jobs.note_alerts, chunk, False, lane=f"alerts:{event.dealer_id}")
