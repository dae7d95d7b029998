"""Keeping an index true to the database, in few commits however much happened (SPEC 31, 58, 59).

What changed stands in the ledger (`core/changes.py`), and how far an index follows it stands in the index. So a job may
come twice, late or never, and a lost or restored index is known for what it is. All of this is called in the scope of
the tenant whose index it is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select

from storefront.core import changes, clock
from storefront.core.acts import perform
from storefront.core.changes import Change
from storefront.core.db import db
from storefront.domain.listings.models import Listing, ListingStatus

from .documents import documents_of
from .errors import IndexMissing
from .gathering import Everything
from .index import Index, Progress

BATCH = 5000
"""Listings written with one commit of the index."""
CHUNK = 500
"""Keys named in one question to the database."""
IDLE_LINES = 1000
"""So many lines that concern no document are read again before it is noted that they do not."""
OF_DEALER = ("name", "visible", "market", "place")
"""Aspects of a dealer that its cars' documents show."""
T = TypeVar("T")


def follow(index: Index) -> int:
    """Bring an index in line with what changed since it was last written; one that is not there is made.

    Args:
        index: of the tenant who acts.

    Returns:
        How many listings were looked at.

    Raises:
        IndexBusy: another writer did not finish in time.
        SearchUnavailable: the engine does not answer; the ledger remembers.
    """
    with writing(index):
        try:
            behind = index.progress()
        except IndexMissing:
            return _made_anew(index)
        until = changes.mark()
        if until < behind.change:
            # It follows another database, or one that was put back to an earlier day.
            return _made_anew(index)
        listing_ids = changed(behind.change, until)
        ahead = Progress(until, behind.day)
        if listing_ids:
            _write(index, listing_ids, ahead)
        elif until - behind.change > IDLE_LINES:
            index.apply((), (), ahead)
        return len(listing_ids)


def rebuild(index: Index, each: Callable[[], object] = lambda: None) -> int:
    """Make an index anew from the database; the old one answers until the new one is whole.

    Args:
        index: of the tenant who acts.
        each: called after each document.

    Returns:
        How many cars it holds.

    Raises:
        IndexBusy: another writer did not finish in time.
        SearchUnavailable: the engine does not answer.
    """
    with writing(index):
        return _made_anew(index, each)


def on_offer() -> int:
    """Count the listings that may have a document; fewer have one where a dealer is not active."""
    return db.session.scalar(select(func.count(Listing.id)).where(Listing.status == ListingStatus.ACTIVE)) or 0


def changed(after: int, until: int) -> list[UUID]:
    """Give the listings whose documents lines of the ledger concern, in order.

    Args:
        after: number of the last line that is known.
        until: number of the last line to look at.
    """
    reading = select(Change.kind, Change.key, Change.aspect).where(Change.id > after, Change.id <= until).distinct()
    keys: dict[str, set[UUID]] = {"listing": set(), "valuation": set(), "vehicle": set(), "dealer": set()}
    for kind, key, aspect in db.session.execute(reading.where(Change.kind.in_(keys))):
        if kind != "dealer" or aspect in OF_DEALER:
            keys[kind].add(UUID(hex=key))
    found = keys["listing"] | keys["valuation"]  # a valuation is known by its listing
    for column, some in ((Listing.vehicle_id, keys["vehicle"]), (Listing.dealer_id, keys["dealer"])):
        for chunk in sliced(sorted(some), CHUNK):
            found.update(db.session.scalars(select(Listing.id).where(column.in_(chunk))))
    return sorted(found)


@contextmanager
def writing(index: Index) -> Iterator[None]:
    """Be the only writer, and read nothing that is older than what others wrote before."""
    with index.exclusive():
        db.session.rollback()
        yield


def today() -> str:
    """Give the day documents are written on (`Document.quality`)."""
    return clock.now().date().isoformat()


def sliced(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Give items in lists of so many at most."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _write(index: Index, listing_ids: Sequence[UUID], ahead: Progress) -> None:
    batches = list(sliced(listing_ids, BATCH))
    for number, batch in enumerate(batches, start=1):
        index.apply(documents_of(batch), batch, ahead if number == len(batches) else None)


def _made_anew(index: Index, each: Callable[[], object] = lambda: None) -> int:
    # What was just imported is not yet in the statistics, and without them a few cars cost as much as all (`db.py`).
    perform(db.gather_statistics).unwrap()
    ahead = Progress(changes.mark(), today())
    return index.rebuild(Everything(on_offer(), each), ahead)
