"""How many pages an act will alter: who read what it changes, on every website that is served (SPEC 142)."""

from collections.abc import Collection, Iterable
from uuid import UUID

from builder import queries
from storefront.core.changes import Key
from storefront.core.tenancy import acting

PRICE = ("price", "card")
DATA = ("text", "detail")
STATUS = ("status", "card")
PHOTOS = ("photos", "cover")


def of_listings(tenant_id: UUID, listing_ids: Collection[UUID], aspects: Iterable[str]) -> int:
    """Count the pages that show some aspects of some cars now.

    Args:
        tenant_id: the marketplace; its own pages count, whoever asks.
        listing_ids: the cars.
        aspects: of the ledger (docs/architecture.md).
    """
    several = tuple(aspects)
    keys: list[Key] = [("listing", one.hex, aspect) for one in listing_ids for aspect in several]
    with acting(tenant_id):
        return queries.pages_reading(keys)
