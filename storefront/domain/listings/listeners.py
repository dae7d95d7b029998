"""What listings do when they hear of dealers: cars enter or leave the lists with their dealer's plan and status."""

from storefront.core.outbox import enqueue, on
from storefront.domain.dealers.events import DealerChanged

from . import jobs


@on(DealerChanged)
def place_again(event: DealerChanged) -> None:
    """Bring the dealer's cars in line."""
    enqueue(jobs.place_dealer, event.dealer_id)
