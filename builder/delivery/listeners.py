"""What follows when another release is served: it is delivered where that is set up, and then the world is told."""

from builder.events import CopiesWanted, SiteDelivered, SiteServed
from storefront.core.outbox import enqueue, on
from storefront.core.runtime import settings

from . import jobs

LANE = 80
"""Letters of a lane's name; hosts that begin alike share one, which only makes them take turns."""


@on(SiteServed)
def served(event: SiteServed) -> None:
    """Deliver it; without a target it is where visitors find it already."""
    if settings().deliver_to:
        enqueue(jobs.deliver, event.host, queue="deliver", lane=f"deliver:{event.host}"[:LANE])
    else:
        _tell(event.host)


@on(SiteDelivered)
def delivered(event: SiteDelivered) -> None:
    """Tell the world."""
    _tell(event.host)


@on(SiteServed, CopiesWanted)
def compress_better(event: SiteServed | CopiesWanted) -> None:
    """Make better compressed copies when there is nothing more urgent to do."""
    enqueue(jobs.compress_better, event.host, queue="photos")


def _tell(host: str) -> None:
    """Ask for the jobs of the services that are set up; one that does not answer must hold up no letter and no page."""
    if settings().purge_url:
        enqueue(jobs.purge, host, queue="photos", lane=f"purge:{host}"[:LANE])
    if settings().indexnow == "on":
        enqueue(jobs.announce, host, queue="photos", lane=f"announce:{host}"[:LANE])
