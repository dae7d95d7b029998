"""What the builder does when it hears of changes: publish what they made stale, fetch photos, tidy up at night."""

from typing import Any
from uuid import UUID

from search.jobs import renew
from storefront.core.outbox import enqueue, on
from storefront.domain.dealers.events import DealerChanged, DealerRegistered
from storefront.domain.listings.events import StockImported, VehiclePhotoAdded, VehiclePhotosReady
from storefront.domain.stores.events import DealerStoreCreated
from storefront.domain.valuation.events import VehicleValuationUpdated

from . import jobs
from .events import (
    DayBegan,
    PagesOwed,
    PicturesWanted,
    PreviewEnded,
    PreviewWanted,
    RollbackWanted,
    SiteResumed,
    SitesStale,
)
from .urgency import BY_HAND


@on(*BY_HAND)
def republish_soon(event: Any) -> None:
    """Bring the tenant's sites up to date while whoever changed something looks on (SPEC 159)."""
    enqueue(jobs.publish_stale, queue="publish", urgent=True)


@on(
    VehiclePhotosReady,
    VehicleValuationUpdated,
    StockImported,
    DealerRegistered,
    DealerChanged,
    DealerStoreCreated,
    SiteResumed,
)
def republish(event: Any) -> None:
    """Bring the tenant's sites up to date; what is stale is found by what pages read, not by the event."""
    enqueue(jobs.publish_stale, queue="publish")


@on(SitesStale)
def publish_each(event: SitesStale) -> None:
    """Publish each site by itself: one build of a site at work and at most one waiting (SPEC 159)."""
    for store_id in event.store_ids:
        urgent = store_id in event.first
        enqueue(jobs.publish_site, store_id, queue="publish", lane=_lane(store_id), urgent=urgent)


@on(PagesOwed)
def publish_rest(event: PagesOwed) -> None:
    """Draw what was left out when there is nothing more urgent to do."""
    enqueue(jobs.publish_rest, event.store_id, queue="photos", lane=_lane(event.store_id))


@on(DayBegan)
def new_day(event: DayBegan) -> None:
    """Publish what the new day changes, order what is found by it, and tidy up; once for the installation's own."""
    enqueue(jobs.publish_stale, queue="publish")
    enqueue(jobs.forget_old_moves, queue="photos")
    enqueue(renew, queue="photos")
    if event.tidy:
        enqueue(jobs.forget_old_work, queue="photos")
        enqueue(jobs.collect_garbage, queue="photos")


@on(PreviewWanted)
def build_preview(event: PreviewWanted) -> None:
    """Build it; whoever opened it waits for it."""
    enqueue(jobs.build_preview, event.preview_id, queue="publish", urgent=True)


@on(PreviewEnded)
def remove_preview(event: PreviewEnded) -> None:
    """Take its files away."""
    enqueue(jobs.remove_preview, event.host, queue="publish")


@on(RollbackWanted)
def go_back(event: RollbackWanted) -> None:
    """Serve an earlier release again, after the builds of the site that are at work."""
    enqueue(jobs.roll_back, event.store_id, event.release, event.actor, queue="publish", lane=_lane(event.store_id))


@on(VehiclePhotoAdded)
def photos_added(event: VehiclePhotoAdded) -> None:
    """Show uploaded photos, and fetch those of which only the address is known."""
    enqueue(jobs.publish_stale, queue="publish", urgent=True)
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


def _lane(store_id: UUID | str) -> str:
    """Name the lane of a site: its tasks are done one after the other."""
    return f"site:{UUID(str(store_id)).hex}"
