"""A search on Meilisearch: what a plan asks in as few round trips as may be, usually one, and what the answers say.

A trip is one multi-search. Its first and last question are for the record that says how far the index is: when both
tell the same, no write came between the questions, and when they tell of the words the plan was made with, no word is
missing. Relevance and distance order in classes, which are asked for one by one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from .meili_documents import NUMBERS, ORDERS, STATE, State, word_of
from .meili_filters import EDIT_CLASSES, OF_STATE, among, of_plan, of_tenant, of_tier
from .meili_words import Words
from .plan import Counting, Plan, Tier, tiers
from .query import Facet, Query, Range, Sort

WAVE = 8
"""Classes of relevance asked for at once; exact hits alone are four."""
DEEP = 400
"""Beyond so many hits classes are counted before their cars are asked for."""
FEW = 200
"""So many hits within a circle are named by their ids from then on."""
SHOWN = ["id", "location"]

Question = dict[str, Any]
Result = Mapping[str, Any]


@dataclass(slots=True)
class Found:
    """What the trips brought so far."""

    state: State | None = None
    """None: there is no such record."""
    is_steady: bool = True
    """No write came between."""
    total: int = 0
    hits: list[Result] = field(default_factory=list)
    facets: dict[Facet, dict[str, int]] = field(default_factory=dict)
    bounds: dict[Range, tuple[int, int] | None] = field(default_factory=dict)


class Search:
    """One search: ask `questions`, give the results to `take`, until there are no more questions."""

    def __init__(self, query: Query, plan: Plan, words: Words, tenant: str, index: str) -> None:
        """Take what is asked.

        Args:
            query: what is asked.
            plan: of it, made with `words`.
            words: of the index.
            tenant: hex digits.
            index: name of the index.
        """
        self.query, self.plan, self.words = query, plan, words
        self.found = Found()
        self._tenant, self._index = of_tenant(tenant), index
        sorts = query.sort is not Sort.RELEVANCE or bool(plan.words)
        self._sort = query.sort if sorts else Sort.NEWEST
        self._everything = of_plan(plan, words)
        self._is_deep = query.offset > DEEP
        self._classes = [tier for tier in tiers(plan.words) if self._is_told(tier.edits)]
        self._passed = self._taken = 0
        self._wanted: list[tuple[list[str], int, int]] = []
        self._few: list[str] | None = None
        self._places: dict[str, int] = {}
        self._steady: State | None = None
        self._results: list[Result] = []

    def trips(self) -> Iterator[list[Question]]:
        """Give the questions of one trip after the other; `take` the results before the next."""
        relevance, distance = self._sort is Sort.RELEVANCE, self._sort is Sort.DISTANCE
        yield from self._first(relevance, distance)
        if relevance:
            yield from self._further_classes()
        elif distance:
            yield from self._by_distance()

    def take(self, results: Sequence[Result]) -> None:
        """Take the results of the trip asked for last, in the order of its questions.

        Raises:
            KeyError, TypeError, ValueError, IndexError: they are no results.
        """
        states = [state_of(results[0]), state_of(results[-1])]
        self.found.is_steady &= states[0] == states[1] and (self._steady in (None, states[0]))
        self.found.state = self._steady = states[0]
        self._results = list(results[1:-1])

    # -- the first trip --------------------------------------------------------------------------------------------

    def _first(self, relevance: bool, distance: bool) -> Iterator[list[Question]]:
        counts, bounded = list(self.plan.counts), list(self.plan.bounded)
        over_hits = [name for counting in counts if counting.without is None for name in _names(counting)]
        # Each question that holds a circle costs milliseconds, so classes within one are asked for by ids.
        waits = relevance and bool(self.plan.metres)
        main = self._page() if not relevance and not distance else self._count(self._everything, size=FEW * waits)
        main["facets"] = [*over_hits, *(["location"] if distance else [])]
        alone = [counting for counting in counts if counting.without is not None]
        aside = [self._count(of_plan(self.plan, self.words, each.without), list(_names(each))) for each in alone]
        ends = [question for each in bounded for question in self._ends(each)]
        wave = self._wave() if relevance and not waits else []
        yield self._whole([main, *aside, *ends, *(self._class(tier) for tier in wave)])
        results = iter(self._results)
        self._take_main(next(results), over_hits)
        for each in alone:
            self._take_counts(next(results), [Facet(name) for name in _names(each)])
        for each in bounded:
            self._take_ends(each, results)
        if relevance:
            self._few = [hit["id"] for hit in self.found.hits] if waits and self.found.total <= FEW else None
            self.found.hits = []
        for tier in wave:
            self._take_class(tier, next(results))

    def _take_ends(self, counting: Counting, results: Iterator[Result]) -> None:
        if self.plan.metres:
            stats = next(results).get("facetStats", {})
            for which in counting.of:
                ends = stats.get(NUMBERS[Range(which)])
                self.found.bounds[Range(which)] = None if ends is None else (int(ends["min"]), int(ends["max"]))
            return
        for which in counting.of:
            self.found.bounds[Range(which)] = _bounds(Range(which), next(results), next(results))

    def _take_main(self, result: Result, over_hits: list[str]) -> None:
        self.found.total = _number(result["totalHits"])
        self.found.hits = list(result["hits"])
        self._take_counts(result, [Facet(name) for name in over_hits])
        self._places = dict(result.get("facetDistribution", {}).get("location", {}))

    def _take_counts(self, result: Result, facets: Sequence[Facet]) -> None:
        for facet in facets:
            # A facet no car has at all is unknown to the server.
            counted = result["facetDistribution"].get(facet.value, {})
            self.found.facets[facet] = {word_of(value): _number(number) for value, number in counted.items()}

    # -- classes of relevance --------------------------------------------------------------------------------------

    def _is_told(self, edits: int) -> bool:
        return edits <= EDIT_CLASSES or edits == sum(word.edits for word in self.plan.words)

    def _wave(self) -> list[Tier]:
        wave, self._classes = self._classes[:WAVE], self._classes[WAVE:]
        return wave

    def _further_classes(self) -> Iterator[list[Question]]:
        while self._classes and self._taken < self.query.size and self._passed < self.found.total:
            wave = self._wave()
            yield self._whole([self._class(tier) for tier in wave])
            for tier, result in zip(wave, self._results, strict=True):
                self._take_class(tier, result)
        if self._wanted:
            yield self._whole([self._slice(filters, self._order(), *place) for filters, *place in self._wanted])
            self.found.hits = [hit for result in self._results for hit in result["hits"]]

    def _class(self, tier: Tier) -> Question:
        size = 0 if self._is_deep else self.query.offset + self.query.size
        return self._slice(of_tier(tier, self.plan, self.words, self._few), self._order(), 0, size)

    def _take_class(self, tier: Tier, result: Result) -> None:
        """Take the cars of a class that stand on this page; of a deep page note which they are."""
        number = _number(result["estimatedTotalHits"])
        start = max(0, self.query.offset - self._passed)
        size = max(0, min(self.query.size - self._taken, number - start))
        if size and self._is_deep:
            self._wanted.append((of_tier(tier, self.plan, self.words, self._few), start, size))
        else:
            self.found.hits += result["hits"][start : start + size]
        self._taken += size
        self._passed += number

    # -- classes of distance ---------------------------------------------------------------------------------------

    def _by_distance(self) -> Iterator[list[Question]]:
        """Ask for the cars of the distances this page reaches, each by id."""
        rings: dict[int, list[str]] = {}
        for place, metres in self.plan.metres.items():
            rings.setdefault(metres, []).append(place)
        offset, room, asked = self.query.offset, self.query.size, []
        anywhere = of_plan(self.plan, self.words, "near")
        for metres in sorted(rings):
            here = sum(_number(self._places.get(place, 0)) for place in rings[metres])
            if offset < here and room > 0:
                size = min(room, here - offset)
                asked.append(self._slice([*anywhere, among("location", rings[metres])], self._order(), offset, size))
                room -= size
            offset = max(0, offset - here)
        if asked:
            yield self._whole(asked)
            self.found.hits = [hit for result in self._results for hit in result["hits"]]

    # -- questions -------------------------------------------------------------------------------------------------

    def _whole(self, questions: list[Question]) -> list[Question]:
        state = self._slice([OF_STATE], (), 0, 1) | {"attributesToRetrieve": ["*"]}
        return [state, *questions, state]

    def _page(self) -> Question:
        asked = self._question(self._everything)
        asked |= {"page": self.query.page, "hitsPerPage": self.query.size, "attributesToRetrieve": SHOWN}
        return asked | {"sort": list(self._order())}

    def _count(self, filters: list[str], facets: list[str] | None = None, size: int = 0) -> Question:
        asked = self._question(filters) | {"page": 1, "hitsPerPage": size, "attributesToRetrieve": ["id"]}
        return asked | {"facets": facets or []}

    def _slice(self, filters: list[str], order: Sequence[str], start: int, size: int) -> Question:
        asked = self._question(filters) | {"offset": start, "limit": size, "attributesToRetrieve": SHOWN}
        return asked | ({"sort": list(order)} if order else {})

    def _ends(self, counting: Counting) -> Iterator[Question]:
        """Ask for the first car by each end of a range, of those that match all but the range itself.

        Within a circle all values are counted instead: few cars, and one question in place of eight.
        """
        filters = of_plan(self.plan, self.words, counting.without)
        if self.plan.metres:
            yield self._count(filters, [NUMBERS[Range(which)] for which in counting.of])
            return
        for which in counting.of:
            name = NUMBERS[Range(which)]
            for way in ("asc", "desc"):
                yield self._slice(filters, (f"{name}:{way}",), 0, 1) | {"attributesToRetrieve": [name]}

    def _order(self) -> Sequence[str]:
        return ORDERS[self._sort]

    def _question(self, filters: list[str]) -> Question:
        return {"indexUid": self._index, "q": "", "filter": [self._tenant, *filters]}


def state_of(result: Result) -> State | None:
    """Read the record that says how far an index is; None when it has none.

    Raises:
        KeyError, TypeError, ValueError: it is no result.
    """
    hits = result["hits"]
    return State.read(hits[0]) if hits and hits[0]["id"] == STATE else None


def _names(counting: Counting) -> tuple[str, ...]:
    return tuple(facet.value for facet in counting.of)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("no number")
    return value


def _bounds(which: Range, lowest: Result, highest: Result) -> tuple[int, int] | None:
    ends = [result["hits"][0].get(NUMBERS[which]) if result["hits"] else None for result in (lowest, highest)]
    return None if ends[0] is None or ends[1] is None else (_number(ends[0]), _number(ends[1]))


def ids_of(hits: Sequence[Result]) -> tuple[UUID, ...]:
    """Read the listings of hits.

    Raises:
        KeyError, TypeError, ValueError: they are no hits.
    """
    return tuple(UUID(hex=hit["id"]) for hit in hits)
