"""What a search must find, written down as plainly as can be: every car against every word, nothing clever."""

from collections.abc import Iterable
from uuid import UUID

from rapidfuzz.distance import OSA

from search.documents import FIELDS, Document
from search.query import Query, Sort, allowed_edits


def expected(documents: Iterable[Document], query: Query) -> list[UUID]:
    """Give all hits of a query in order."""
    found = [document for document in documents if _passes(document, query) and _edits(document, query, 3) is not None]
    return [document.id for document in sorted(found, key=lambda document: _place(document, query))]


def _passes(document: Document, query: Query) -> bool:
    bounds = [
        (document.price_cents, query.price_min, query.price_max),
        (document.year, query.year_min, query.year_max),
        (document.mileage_km, None, query.mileage_max),
    ]
    inside = all(
        (low is None or (value is not None and value >= low))
        and (high is None or (value is not None and value <= high))
        for value, low, high in bounds
    )
    here = document.market if query.dealer_id is None else document.dealer_id == query.dealer_id
    return inside and here and (not query.makes or document.make_slug in query.makes)


def _edits(document: Document, query: Query, best_fields: int) -> int | None:
    """Give the edits all words need together within the best fields, or None when a word is not there."""
    known = {word for field in FIELDS[: best_fields + 1] for word in document.words()[field]}
    total = 0
    for number, word in enumerate(query.words):
        last = number == len(query.words) - 1
        ways = [0] if last and any(other.startswith(word) for other in known) else []
        ways += [OSA.distance(word, other) for other in known if other[0] == word[0]]
        if not ways or min(ways) > allowed_edits(word):
            return None
        total += min(ways)
    return total


def _place(document: Document, query: Query) -> tuple[float, ...]:
    newest = -document.listed_at.timestamp()
    unknown = float("inf")
    price = unknown if document.price_cents is None else document.price_cents
    order: dict[Sort, tuple[float, ...]] = {
        Sort.NEWEST: (newest,),
        Sort.PRICE: (price,),
        Sort.PRICE_DOWN: (unknown if price == unknown else -price,),
        Sort.MILEAGE: (unknown if document.mileage_km is None else document.mileage_km,),
        Sort.YEAR_DOWN: (unknown if document.year is None else -document.year,),
        Sort.RELEVANCE: (*_relevance(document, query), newest),
    }
    return (*order[query.sort], document.id.int)


def _relevance(document: Document, query: Query) -> tuple[float, ...]:
    edits = _edits(document, query, 3)
    assert edits is not None
    most = min(edits, 4)
    within = [
        fields
        for fields in range(4)
        if (found := _edits(document, query, fields)) is not None and min(found, 4) <= most
    ]
    return (most, within[0])
