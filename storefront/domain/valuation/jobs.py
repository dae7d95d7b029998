"""Jobs of market values."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.outbox import commits_itself, one_waits

from . import actions, queries, stock

BATCH = 500
"""Cars whose valuations are stored in one transaction."""
T = TypeVar("T")


def value_listings(listing_ids: list[str]) -> None:
    """Value cars after they changed, in the transaction of the task."""
    actions.value_listings([UUID(listing_id) for listing_id in listing_ids], now=clock.now())


@one_waits
@commits_itself
def value_stock() -> None:
    """Value the whole stock of the tenant who acts; what did not change is not written."""
    value_all(clock.now())


def value_all(now: datetime) -> int:
    """Value the whole stock of the open tenant in batches.

    Args:
        now: aware UTC.

    Returns:
        How many valuations are others now, or gone.
    """
    day = queries.business_day(now)
    gone = set(queries.valued())
    changed = 0
    for batch in _sliced(stock.appraised(day), BATCH):
        gone.difference_update(one.offer.car.id for one in batch)
        changed += len(perform(actions.issue, batch, [], day=day, now=now).unwrap())
    for some in _sliced(sorted(gone), BATCH):
        changed += len(perform(actions.issue, [], some, day=day, now=now).unwrap())
    return changed


def _sliced(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
