"""Who is to be told of a car that is new or cheaper: the car meets searches and watched prices (SPEC 66, 107, 108).

A car is **new** to a search that was saved before it was offered, and is told once, whatever it costs. It is
**cheaper** when its price fell since the search was saved: below everything told before, or into the search. Each is an
`Alert` row that can be there once, so that a job may come twice, late or beside another.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from storefront.core.changes import insert_many
from storefront.core.db import db
from storefront.domain.buyers import queries, wishes
from storefront.domain.buyers.models import Alert, Reason, SavedSearch, Wish
from storefront.domain.buyers.queries import Due, Told
from storefront.domain.listings import queries as listings
from storefront.domain.listings.models import Listing
from storefront.domain.listings.queries import PriceRow

from . import places
from .documents import Document, documents_of
from .errors import BadQuery
from .matching import BOX_OPEN, OPEN_HIGH, OPEN_LOW, WORD, Car, Key, keys_of, query_of, rules
from .query import Query, Range

MARKET = "market"
KEY_LENGTH = 160
"""Letters of a key that count; what is cut off is found out when the car is tried."""
BATCH = 100
"""Cars of an import that one job looks at."""


def searches_met(document: Document) -> list[UUID]:
    """Give the confirmed searches of the open tenant that find a car, on the marketplace and on its dealer's site.

    The same as trying `matching.matches` on each of them, but only those are looked at that stand under a term of the
    car and whose bounds hold it.
    """
    car = Car(document)
    owners = ([MARKET] if document.market else []) + [document.dealer_id.hex]
    keys = [_key(owner, term) for owner in owners for term in car.terms(_words(owner))]
    found = queries.looked_up(keys, _bounds(car), _box(document))
    met: dict[UUID, None] = {}
    meets: dict[str, bool] = {}
    for wish_id, rest in found:
        if rest and rest not in meets:
            meets[rest] = _meets(car, rest)
        if not rest or meets[rest]:
            met[wish_id] = None
    return list(met)


def key_rows(search: SavedSearch) -> list[dict[str, Any]]:
    """Give the rows a search is looked up by (`buyers.wishes.keep_keys`); none of one that can no longer be asked."""
    try:
        keys = keys_of(query_of(search.criteria or {}, search.dealer_id))
    except (BadQuery, ValueError):
        return []
    owner = MARKET if search.dealer_id is None else search.dealer_id.hex
    return [_row(owner, key) for key in keys]


def confirm(wish: Wish, *, now: datetime) -> Wish:
    """Let letters be written for a wish, and a search be met from now on (`buyers.wishes.confirm`).

    Args:
        wish: whose address its owner just confirmed.
        now: aware UTC.

    Raises:
        DomainError: it was ended meanwhile.
    """
    search = isinstance(wish, SavedSearch) and wish.confirmed_at is None
    wishes.confirm(wish, key_rows(wish) if isinstance(wish, SavedSearch) else (), now=now)
    if search and isinstance(wish, SavedSearch):
        wish.keyed_by = rules()
    return wish


def keep(search: SavedSearch) -> None:
    """Make the keys of a search anew, by today's rules."""
    wishes.keep_keys(search, key_rows(search))
    search.keyed_by = rules()


def tenants_with_old_keys(_now: datetime) -> list[UUID]:
    """Give the tenants with searches whose keys were made by other rules; act everywhere()."""
    return queries.tenants_keyed_otherwise(rules())


def keep_anew(*, now: datetime) -> list[UUID]:
    """Make the keys of searches anew that were made by other rules (another release, other words of the trade).

    Returns:
        Those searches, some hundreds at a time.
    """
    del now
    old = queries.keyed_otherwise(rules())
    for search in old:
        keep(search)
    return [search.id for search in old]


def note(listing_ids: Sequence[UUID], *, listed: bool, now: datetime) -> list[UUID]:
    """Note who is to be told of these cars of the open tenant; what is noted already stays as it is.

    Args:
        listing_ids: cars that came, changed or went; only those on offer count.
        listed: they are offered just now, perhaps again, whenever they were first.
        now: aware UTC.

    Returns:
        The wishes that have something to tell.
    """
    if not queries.has_wishes():
        return []
    prices = listings.prices(listing_ids)
    moments = _moments(listing_ids, listed=listed)
    rows = [
        row
        for document in documents_of(listing_ids)
        for row in _alerts(document, moments[document.id], prices.get(document.id, ()), now)
    ]
    insert_many(Alert, rows)
    return [row["wish_id"] for row in rows]


def _words(owner: str) -> list[str]:
    begins = len(owner) + 1
    return [key[begins:] for key in queries.looked_up_words(owner, WORD)]


def _bounds(car: Car) -> dict[str, tuple[int, int]]:
    """Give what bounds must hold; an unknown value is held by open ones alone."""
    return {
        which.value: (OPEN_LOW, OPEN_HIGH) if (value := car.values[which]) is None else (value, value)
        for which in Range
    }


def _box(document: Document) -> tuple[float, float, float, float]:
    if not document.location:
        return BOX_OPEN
    latitude, longitude = places.position(document.location)
    return latitude, latitude, longitude, longitude


def _meets(car: Car, rest: str) -> bool:
    try:
        return car.meets(_query(rest))
    except (BadQuery, ValueError):
        return False


@lru_cache(maxsize=20_000)
def _query(rest: str) -> Query:
    return query_of(orjson.loads(rest))


def _key(owner: str, term: str) -> str:
    return f"{owner}|{term}"[:KEY_LENGTH]


def _row(owner: str, key: Key) -> dict[str, Any]:
    names = [f"{which.value}_{end}" for which in Range for end in ("low", "high")]
    return {
        "key": _key(owner, key.term),
        **dict(zip(names, key.bounds, strict=True)),
        **dict(zip(("south", "north", "west", "east"), key.box, strict=True)),
        "rest": key.rest,
        "word": key.term.startswith(WORD),
    }


def _moments(listing_ids: Sequence[UUID], *, listed: bool) -> dict[UUID, datetime]:
    """Give since when each car is on offer: one that is offered again, since it was last touched."""
    since = Listing.significant_at if listed else Listing.listed_at
    wanted = select(Listing.id, since).where(Listing.id.in_(listing_ids))
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def _alerts(
    document: Document, offered_at: datetime, history: Sequence[PriceRow], now: datetime
) -> Iterator[dict[str, Any]]:
    known = _told(queries.told_of(document.id))
    searches = queries.active_among(searches_met(document))
    fell_at = _fell_at(document, history)
    for due in searches.values():
        reason = _reason(due, known.get(due.wish_id, ()), document.price_cents, offered_at, fell_at)
        if reason is not None:
            yield _alert(document, due, reason, now)
    for due in queries.watches_of(document.id):
        if _is_cheaper(document.price_cents, due.watched_cents, known.get(due.wish_id, ())):
            yield _alert(document, due, Reason.CHEAPER, now)


def _told(rows: Iterable[Told]) -> Mapping[UUID, list[Told]]:
    told: dict[UUID, list[Told]] = {}
    for row in rows:
        told.setdefault(row.wish_id, []).append(row)
    return told


def _reason(
    due: Due, told: Sequence[Told], cents: int | None, offered_at: datetime, fell_at: datetime | None
) -> Reason | None:
    if not told and offered_at > due.created_at:
        return Reason.NEW
    fell_since = fell_at is not None and fell_at > due.created_at
    return Reason.CHEAPER if fell_since and _is_cheaper(cents, None, told, otherwise=True) else None


def _is_cheaper(cents: int | None, before: int | None, told: Sequence[Told], *, otherwise: bool = False) -> bool:
    """Ask whether a price is below all that the reader knows; `otherwise` is the answer when he knows none."""
    known = [price for price in (before, *(row.cents for row in told)) if price is not None]
    if cents is None:
        return False
    return cents < min(known) if known else otherwise


def _fell_at(document: Document, history: Sequence[PriceRow]) -> datetime | None:
    """Give when the price of today was reached by falling."""
    if not history:
        return None
    last = history[-1]
    fell = last.old_cents is not None and last.new_cents < last.old_cents and last.new_cents == document.price_cents
    return last.at if fell else None


def _alert(document: Document, due: Due, reason: Reason, now: datetime) -> dict[str, Any]:
    return {
        "wish_id": due.wish_id,
        "dealer_id": due.dealer_id,
        "listing_id": document.id,
        "reason": reason,
        "at_cents": 0 if reason is Reason.NEW else document.price_cents,
        "cents": document.price_cents,
        "found_at": now,
        "due_at": now,
    }
