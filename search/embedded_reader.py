"""Answers of the embedded engine from one state of its index: it asks the engine what the plan says (`plan.py`).

Few questions are put: one that finds and orders the page, one that counts all facets of which nothing is chosen and the
bounds, and one more for each facet or range that leaves its own choice out.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from math import ceil, sqrt
from pathlib import Path
from typing import Any
from uuid import UUID

import tantivy

from .documents import FIELDS
from .embedded_counts import Counts, counted, numbers, terms
from .embedded_schema import CELL, EAST, ID_HIGH, ID_LOW, NORTH, ORDERS
from .index import Answer
from .lexicon import Lexicon
from .places import Circle, Places
from .plan import Part, Plan, Terms, Tier, plan, tiers
from .query import Near, Query, Resolved, Sort
from .scores import class_of, score_of
from .suggest import did_you_mean

WORDS = f"w_{FIELDS[-1]}"
"""The field of all words."""
FEW = 4
"""So many terms are asked for one by one, more as a set."""
MANY = 200
"""Words with one beginning that are named; more are told by their beginning."""
FEW_CARS = 500
"""So many hits are ordered here, by what the engine tells of each; of more it is asked for a part."""
KEPT = 512
"""Counts that are remembered: other pages and orders of a search count the same."""
KEYS = (ID_HIGH, ID_LOW)
"""What cars of one key in an order are ordered by."""
_Q = tantivy.Query


class Known(Lexicon):
    """The words and places of one state of an index (`plan.Known`)."""

    def __init__(self, searcher: Any, before: Places | None) -> None:
        super().__init__(lambda letter: (term for term, _ in searcher.terms_with_prefix(WORDS, letter)))
        self._searcher = searcher
        self._before = before

    def locations(self) -> Places:
        """Give the places."""
        return self.places

    @cached_property
    def places(self) -> Places:
        """Give the places; those of the state before when they are the same."""
        locations = tuple(term for term, _ in self._searcher.terms_with_prefix("location", "") if term)
        if self._before is not None and self._before.locations == locations:
            return self._before
        return Places(locations)

    def frequency(self, word: str) -> int:
        """Give how many cars have a word."""
        return int(self._searcher.doc_freq(WORDS, word))


class Reader:
    """One state of an index: its searcher, and its words and places as far as they were asked for."""

    def __init__(self, folder: Path, before: Places | None = None) -> None:
        """Open a generation.

        Args:
            folder: of it.
            before: the places of the state before, which are taken over when there are no others.
        """
        index = tantivy.Index.open(str(folder))
        index.config_reader(reload_policy="Manual")
        index.reload()
        self.schema = index.schema
        self.searcher = index.searcher()
        self.known = Known(self.searcher, before)
        self._counts: dict[Query, Counts] = {}

    # -- answers -------------------------------------------------------------------------------------------------------

    def ids(self) -> Iterator[tuple[UUID, int]]:
        """Give every listing with its stamp."""
        number = self.searcher.num_docs
        if number:
            found = self.searcher.search(_Q.all_query(), number, count=False).hits
            addresses = [address for _, address in found]
            columns = [self.searcher.fast_field_values(name, addresses) for name in (*KEYS, "stamp")]
            for high, low, stamp in zip(*columns, strict=True):
                yield UUID(int=high << 64 | low), stamp

    def search(self, query: Query) -> Answer:
        """Find, order and count."""
        began = time.perf_counter()
        asked = plan(query, self.known)
        found = _Search(self, asked)
        facets, bounds, known = self._counted(query, found)
        total, addresses = found.page(query, known)
        return Answer(
            tuple(self._ids(addresses)),
            total,
            query.page,
            query.size,
            facets=facets,
            bounds=bounds,
            km=() if query.near is None else tuple(asked.metres[it] / 1000 for it in found.places_of(addresses)),
            words=asked.words,
            did_you_mean=did_you_mean(query.text, asked.words, total, self.known),
            took_ms=round((time.perf_counter() - began) * 1000, 3),
        )

    def _counted(self, query: Query, found: "_Search") -> Counts:
        """Count, or remember: another page or order of a search counts the same."""
        if not query.facets and not query.bounds:
            return Counts({}, {}, None)
        same = query.with_(page=1, size=1, sort=Sort.NEWEST)
        if same not in self._counts:
            if len(self._counts) >= KEPT:
                self._counts.clear()
            self._counts[same] = counted(query, found.plan, self.searcher, found.over)
        return self._counts[same]

    def _ids(self, addresses: list[Any]) -> Iterator[UUID]:
        columns = [self.searcher.fast_field_values(name, addresses) for name in KEYS]
        return (UUID(int=high << 64 | low) for high, low in zip(*columns, strict=True))


Row = tuple[int, int, Any]
"""Key in an order, listing id as a number, address."""


class _Search:
    """One plan, put to a searcher."""

    def __init__(self, reader: Reader, asked: Plan) -> None:
        self.schema, self.searcher = reader.schema, reader.searcher
        self.plan, self.known = asked, reader.known
        self._parts = {name: self._part(part) for name, part in asked.parts.items()}
        self._scope = self._part(asked.scope)
        self._text = self._matching(asked.words, sum(word.edits for word in asked.words), FIELDS[-1])

    # -- conditions ----------------------------------------------------------------------------------------------------

    def over(self, without: frozenset[str], text: Sequence[Any] | None = None) -> Any:
        """Give the cars that match all but the parts of these names, by the words of the text or otherwise."""
        parts = [part for name, part in self._parts.items() if name not in without]
        return _all([*(self._text if text is None else text), *parts, self._scope])

    def _part(self, part: Part) -> Any:
        if not isinstance(part, Terms):
            return self._between(part.field, part.low, part.high)
        if part.field == "market":
            return _Q.term_query(self.schema, "market", True)
        if isinstance(part.values, Circle):
            whole, rim = part.values.cover
            return _any([*self._one_of(CELL, whole), *self._one_of(part.field, rim)])
        if part.every:
            return _all([self._term(part.field, value) for value in part.values])
        return _any(self._one_of(part.field, part.values))

    def _one_of(self, field: str, values: Sequence[str]) -> list[Any]:
        """Give the ways in which a field holds one of some values; a set looks at all cars of each beforehand."""
        if len(values) > FEW:
            return [_Q.term_set_query(self.schema, field, values)]
        return [self._term(field, value) for value in values]

    def _between(self, field: str, low: int | None, high: int | None, kind: Any = tantivy.FieldType.Integer) -> Any:
        return _Q.range_query(self.schema, field, kind, low, high)

    def _term(self, field: str, value: str) -> Any:
        return _Q.term_query(self.schema, field, value, index_option="basic")

    # -- words ---------------------------------------------------------------------------------------------------------

    def _matching(self, words: Sequence[Resolved], edits: int, field: str) -> list[Any]:
        """Give the conditions under which all words are in this or a better field with so many edits in all."""
        if not words:
            return []
        first, rest = words[0], words[1:]
        if edits >= sum(word.edits for word in words):
            return [self._word(first, range(first.edits + 1), field), *self._matching(rest, edits, field)]
        ways = [
            _all([self._word(first, [used], field), *self._matching(rest, edits - used, field)])
            for used in range(min(edits, first.edits) + 1)
            if used == 0 or first.near[used]
        ]
        return [_any(ways)]

    def _word(self, word: Resolved, edits: Iterable[int], field: str) -> Any:
        levels = list(edits)
        known = [near for level in levels for near in word.near[level]]
        if word.prefix and 0 in levels:
            begun = self.known.begun(word.word)
            if len(begun) > MANY:
                ways = self._one_of(f"w_{field}", known)
                return _any([*ways, _Q.regex_query(self.schema, f"w_{field}", f"{word.word}.*")])
            known = [*known, *(other for other in begun if other not in known)]
        return _any(self._one_of(f"w_{field}", known))

    # -- the page ------------------------------------------------------------------------------------------------------

    def page(self, query: Query, known: int | None = None) -> tuple[int, list[Any]]:
        """Give the total and the addresses of a page.

        Args:
            query: what is asked.
            known: the total, where it has been counted.
        """
        relevance = query.sort is Sort.RELEVANCE
        if relevance and self.plan.words:
            return self._by_relevance(query.offset, query.size, known)
        if query.sort is Sort.DISTANCE:
            return self._by_distance(query.offset, query.size, known)
        order = ORDERS[Sort.NEWEST if relevance else query.sort]
        total, rows = self._ordered(self.over(frozenset()), (order, *KEYS), query.offset, query.size)
        return total, [address for _, _, address in rows]

    def _by_relevance(self, offset: int, size: int, known: int | None) -> tuple[int, list[Any]]:
        """Order by class of relevance, inside by quality, age and id (contract T3).

        Few cars are told their class by the engine's score; of many the classes are walked, the best first.
        """
        total = self._count(self.over(frozenset())) if known is None else known
        if total <= FEW_CARS:
            return total, self._scored(total)[offset : offset + size]
        size, passed = min(size, total - offset), 0
        found: list[Any] = []
        better: list[Any] = []
        for tier in tiers(self.plan.words):
            if len(found) >= size:
                break
            matching = self._matching(self.plan.words, tier.edits, tier.field)
            here = _all([self.over(frozenset(), matching)], but=better)
            number, rows = self._ordered(
                here, (ORDERS[Sort.RELEVANCE], *KEYS), max(0, offset - passed), size - len(found)
            )
            found += [address for _, _, address in rows]
            passed += number
            better = [*(better[:-1] if _goes_on(tier) else better), _all(matching)]
        return total, found

    def _scored(self, total: int) -> list[Any]:
        """Give all cars in the order of relevance, by one question whose scores tell the classes (`scores.py`)."""
        if not total:
            return []
        words = [self._scored_word(word) for word in self.plan.words]
        filters = _Q.const_score_query(self.over(frozenset(), []), 0.0)
        hits = self.searcher.search(_all([*words, filters]), total, count=False).hits
        addresses = [address for _, address in hits]
        order, *keys = (self.searcher.fast_field_values(name, addresses) for name in (ORDERS[Sort.RELEVANCE], *KEYS))
        classes = [class_of(score, len(words)) for score, _ in hits]
        rows = sorted(zip(classes, order, *keys, range(len(hits)), strict=True))
        return [addresses[row[-1]] for row in rows]

    def _scored_word(self, word: Resolved) -> Any:
        ways = [
            _Q.const_score_query(self._word(word, [edits], field), score_of(edits, place))
            for edits in range(word.edits + 1)
            if word.near[edits] or (word.prefix and edits == 0)
            for place, field in enumerate(FIELDS)
        ]
        return _Q.disjunction_max_query(ways) if ways else _Q.empty_query()

    def _by_distance(self, offset: int, size: int, known: int | None) -> tuple[int, list[Any]]:
        """Walk the distances, the least first, inside by id; only as far as the page reaches."""
        everything = self.over(frozenset())
        total = self._count(everything) if known is None else known
        wanted = min(offset + size, total)
        near = everything if total <= FEW_CARS else self._nearest(everything, wanted, total)
        number = total if total <= FEW_CARS else self._count(near)
        if number <= FEW_CARS:
            return total, self._measured(near, number)[offset : offset + size]
        rings: dict[int, list[str]] = {}
        cars: dict[int, int] = {}
        found_at: Any = self.searcher.aggregate(near, {"it": terms("location")})
        for place, here in numbers(found_at["it"]).items():
            far = self.plan.metres[place]
            rings.setdefault(far, []).append(place)
            cars[far] = cars.get(far, 0) + here
        found: list[Any] = []
        passed = 0
        for far in sorted(cars):
            if passed + cars[far] > offset and len(found) < size:
                ring = _all([near, self._part(Terms("location", tuple(rings[far])))])
                _, rows = self._ordered(ring, KEYS, max(0, offset - passed), size - len(found))
                found += [address for _, _, address in rows]
            passed += cars[far]
            if passed >= wanted:
                break
        return total, found

    def _measured(self, near: Any, number: int) -> list[Any]:
        """Give all of some cars in the order of their distance: few enough to be measured one by one."""
        if not number:
            return []
        found = self.searcher.search(near, number, count=False, order_by_field=ID_HIGH, order=tantivy.Order.Asc)
        addresses = [address for _, address in found.hits]
        places = self.places_of(addresses)
        keys = (self.searcher.fast_field_values(name, addresses) for name in KEYS)
        far = [self.plan.metres[place] for place in places]
        rows = sorted(zip(far, *keys, range(len(addresses)), strict=True))
        return [addresses[row[-1]] for row in rows]

    def places_of(self, addresses: list[Any]) -> list[str]:
        """Give the locations of cars whose place is known."""
        columns = [self.searcher.fast_field_values(name, addresses) for name in (NORTH, EAST)]
        return [f"{north / 10_000:.4f},{east / 10_000:.4f}" for north, east in zip(*columns, strict=True)]

    def _nearest(self, everything: Any, wanted: int, total: int) -> Any:
        """Give the cars inside a smaller circle that holds as many as are wanted, guessed by how densely they stand."""
        assert self.plan.circle is not None
        near = self.plan.circle.near
        km = max(1, ceil(near.km * sqrt(1.5 * wanted / total)))
        while km < near.km:
            smaller = self.known.places.inside(Near(near.latitude, near.longitude, km))
            here = _all([everything, self._part(Terms("location", smaller))])
            if self._count(here) >= wanted:
                return here
            km *= 2
        return everything

    def _ordered(self, query: Any, keys: Sequence[str], offset: int, size: int) -> tuple[int, list[Row]]:
        """Give how many there are, and a page in the order of the first key; equal ones in that of the next.

        The engine leaves cars of one key in any order. On a whole page that is put right here; where such a run passes
        a border of the page, it is asked for again by the next key.
        """
        before = min(offset, 1)
        found: Any = self.searcher.search(
            query,
            before + size + 1,
            count=True,
            order_by_field=keys[0],
            order=tantivy.Order.Asc,
            offset=offset - before,
        )
        addresses = [address for _, address in found.hits]
        columns = [self.searcher.fast_field_values(name, addresses) for name in KEYS]
        rows = [
            (key, high << 64 | low, address) for (key, address), high, low in zip(found.hits, *columns, strict=True)
        ]
        page = rows[before : before + size]
        if not page:
            return found.count, []
        broken = {page[0][0]} if before and rows[0][0] == page[0][0] else set()
        broken |= {page[-1][0]} if len(rows) > before + size and rows[-1][0] == page[-1][0] else set()
        ordered = sorted((row for row in page if row[0] not in broken), key=_place)
        for key in broken if len(keys) > 1 else ():
            ordered += self._run(query, keys, key, offset, page)
        return found.count, sorted(ordered, key=_place)

    def _run(self, query: Any, keys: Sequence[str], key: int, offset: int, page: list[Row]) -> list[Row]:
        """Give the part of a page that holds the cars of one key."""
        number = sum(row[0] == key for row in page)
        same = partial(self._between, keys[0], kind=tantivy.FieldType.Unsigned)
        before = self._count(_all([query, same(None, key - 1)])) if key and page[0][0] == key else offset
        rows = self._ordered(_all([query, same(key, key)]), keys[1:], offset - before, number)[1]
        return [(key, listing, address) for _, listing, address in rows]

    def _count(self, query: Any) -> int:
        found: Any = self.searcher.search(query, 1)
        return int(found.count)


def _goes_on(tier: Tier) -> bool:
    """Ask whether a class holds the one before it: the same edits, and a field that holds the better ones."""
    return tier.field != FIELDS[0]


def _place(row: Row) -> tuple[int, int]:
    return row[0], row[1]


def _all(queries: Sequence[Any], but: Sequence[Any] = ()) -> Any:
    if len(queries) == 1 and not but:
        return queries[0]
    parts = [(tantivy.Occur.Must, query) for query in queries] or [(tantivy.Occur.Must, _Q.all_query())]
    return _Q.boolean_query(parts + [(tantivy.Occur.MustNot, query) for query in but])


def _any(queries: Sequence[Any]) -> Any:
    if not queries:
        return _Q.empty_query()
    return queries[0] if len(queries) == 1 else _Q.boolean_query([(tantivy.Occur.Should, query) for query in queries])
