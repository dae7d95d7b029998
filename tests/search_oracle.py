"""What a search must find, written down as plainly as can be: every car against every word, nothing clever."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

from rapidfuzz.distance import OSA

from search.documents import Document
from search.query import Facet, Query, Range, Sort
from search.trade import everyday

FIELDS = ("name", "dealer", "equipment", "description")
UNKNOWN = float("inf")


class Oracle:
    """Some cars, and the answers a search over them must give."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = list(documents)
        self._words = {document.id: document.words() for document in self.documents}

    def ids(self, query: Query) -> list[UUID]:
        """Give all hits in order (contract T1, T2, T3)."""
        found = [document for document in self.documents if self._matches(document, query)]
        return [document.id for document in sorted(found, key=lambda document: self._place(document, query))]

    def facet(self, query: Query, facet: Facet) -> tuple[tuple[str, int], ...]:
        """Give the values of a facet with their numbers, whatever of it is chosen left out of account."""
        ignored = None if facet is Facet.FEATURE else facet
        counts: Counter[str] = Counter()
        for document in self.documents:
            if self._matches(document, query, ignored):
                counts.update(set(_values(document, facet)))
        chosen = dict(query.chosen).get(facet, ())
        counts.update(dict.fromkeys(chosen, 0))
        return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def bounds(self, query: Query, which: Range) -> tuple[int, int] | None:
        """Give the least and greatest known value of a range, its own bounds left out of account."""
        found = [_number(document, which) for document in self.documents if self._matches(document, query, which)]
        known = [value for value in found if value is not None]
        return (min(known), max(known)) if known else None

    def km(self, query: Query, listing_ids: Sequence[UUID]) -> tuple[float | None, ...]:
        """Give how far some cars are away."""
        here = {document.id: document for document in self.documents}
        return () if query.near is None else tuple(_km(here[key], query) for key in listing_ids)

    def edits(self, document: Document, query: Query, best_fields: int = 4) -> int | None:
        """Give the edits all words need together within the best fields, or None when a word is not there."""
        known = {word for field in FIELDS[:best_fields] for word in self._words[document.id][field]}
        total = 0
        for number, word in enumerate(query.words):
            near = {other for other in known if other[0] == word[0] and (other == word or other not in everyday())}
            ways = [OSA.distance(word, other) for other in near]
            if number == len(query.words) - 1 and any(other.startswith(word) for other in known):
                ways.append(0)
            if not ways or min(ways) > allowed(word):
                return None
            total += min(ways)
        return total

    def _matches(self, document: Document, query: Query, ignored: Facet | Range | None = None) -> bool:
        return self.unmet(document, query) <= {ignored}

    def unmet(self, document: Document, query: Query) -> Set[object]:
        """Give what of a search a car does not meet: facets, ranges, and by name `site`, `near` and `text`."""
        far = _km(document, query)
        here = document.market if query.dealer_id is None else document.dealer_id == query.dealer_id
        met: dict[object, bool] = {
            "site": here,
            "near": query.near is None or (far is not None and far <= query.near.km),
            "text": self.edits(document, query) is not None,
            **{facet: _chosen(document, facet, values) for facet, values in query.chosen},
            **{which: _bounded(_number(document, which), low, high) for which, low, high in query.ranges},
        }
        return {what for what, holds in met.items() if not holds}

    def _place(self, document: Document, query: Query) -> tuple[float, ...]:
        newest = -document.listed_at.timestamp()
        far = _km(document, query) if query.near is not None else None
        order: Mapping[Sort, tuple[float, ...]] = {
            Sort.NEWEST: (newest,),
            Sort.PRICE: (_or(document.price_cents),),
            Sort.PRICE_DOWN: (_or(document.price_cents, -1),),
            Sort.MILEAGE: (_or(document.mileage_km),),
            Sort.YEAR_DOWN: (_or(document.year, -1),),
            Sort.DISTANCE: (UNKNOWN if far is None else far,),
            Sort.RELEVANCE: (*self._relevance(document, query), newest),
        }
        return (*order[query.sort], document.id.int)

    def _relevance(self, document: Document, query: Query) -> tuple[float, ...]:
        if not query.words:
            return ()
        least = self.edits(document, query)
        assert least is not None
        field = next(fields for fields in (1, 2, 3, 4) if self.edits(document, query, fields) == least)
        return (least, field, -document.quality)


def allowed(word: str) -> int:
    """Give how many errors the contract forgives in a word (T2)."""
    if len(word) < 3 or any(letter.isdigit() for letter in word):
        return 0
    return 1 if len(word) < 8 else 2


def _chosen(document: Document, facet: Facet, values: tuple[str, ...]) -> bool:
    mine = _values(document, facet)
    return all(value in mine for value in values) if facet is Facet.FEATURE else any(value in mine for value in values)


def _values(document: Document, facet: Facet) -> tuple[str, ...]:
    single: Mapping[Facet, str | None] = {
        Facet.MAKE: document.make_slug,
        Facet.MODEL: f"{document.make_slug}/{document.model_slug}",
        Facet.BODY: document.body,
        Facet.FUEL: document.fuel,
        Facet.TRANSMISSION: document.transmission,
        Facet.DRIVE: document.drive,
        Facet.COLOUR: document.colour,
        Facet.LABEL: document.label,
        Facet.DEALER: document.dealer_id.hex,
        Facet.CITY: document.city_slug,
    }
    if facet is Facet.FEATURE:
        return document.features
    value = single[facet]
    return (value,) if value else ()


def _number(document: Document, which: Range) -> int | None:
    numbers = {
        Range.PRICE: document.price_cents,
        Range.YEAR: document.year,
        Range.MILEAGE: document.mileage_km,
        Range.POWER: document.power_kw,
    }
    return numbers[which]


def _bounded(value: int | None, low: int | None, high: int | None) -> bool:
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def _or(value: int | None, sign: int = 1) -> float:
    return UNKNOWN if value is None else sign * value


def _km(document: Document, query: Query) -> float | None:
    """Give the great-circle distance of the place as an index knows it, in km to the metre."""
    if document.latitude is None or document.longitude is None or query.near is None:
        return None
    there = radians(round(document.latitude, 4)), radians(round(document.longitude, 4))
    here = radians(query.near.latitude), radians(query.near.longitude)
    a = sin((there[0] - here[0]) / 2) ** 2 + cos(here[0]) * cos(there[0]) * sin((there[1] - here[1]) / 2) ** 2
    return round(2 * 6_371_008.8 * asin(sqrt(min(1.0, a)))) / 1000
