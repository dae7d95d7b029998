"""What follows when a domain is to be looked at."""

from storefront.core.outbox import enqueue, on
from storefront.domain.stores.events import DomainCheckWanted

from . import jobs


@on(DomainCheckWanted)
def look_at_domain(event: DomainCheckWanted) -> None:
    """Ask about it where nobody waits for letters or pages: name servers may take their time."""
    enqueue(jobs.check_domain, event.claim_id, queue="deliver", lane=f"domain:{event.claim_id}", urgent=True)
