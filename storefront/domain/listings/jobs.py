"""Jobs of the listings."""

from uuid import UUID

from storefront.core.outbox import emit

from . import placement
from .events import StockImported


def place_dealer(dealer_id: str) -> None:
    """Bring a dealer's cars into the lists they belong to now, then let search and sites follow."""
    moved = placement.place_dealer(UUID(dealer_id))
    emit(StockImported(UUID(dealer_id), moved, []))
