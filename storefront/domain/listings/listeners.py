"""What listings do when they hear of dealers: cars enter or leave lists with their dealer's plan, status and place."""

from storefront.core.outbox import enqueue, on
from storefront.domain.dealers.events import DealerChanged

from . import jobs


@on(DealerChanged)
def place_again(event: DealerChanged) -> None:
    """Bring the dealer's cars in line."""
    enqueue(jobs.place_dealer, event.dealer_id)
