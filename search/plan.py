"""The plan of a search: what an engine has to find and to count, told in terms that every engine has.

An engine asks `plan(query, vocabulary, locations)` and answers with set questions only:

* `plan.scope`: `("market", "true")` or `("dealer", <hex>)`, which every question is limited to;
* `plan.parts`: named conditions that all hold for a hit. A part is a `Terms` (a field holds any, or all, of these
  values), a `Span` (a number lies between bounds), or the text (`plan.words`, see below). `Terms("location", …)` is the
  radius;
* `plan.words`: each word of the text with the index's own words by edits. A car matches when for every word one of
  `word.within(word.edits)`, or for the last one whatever begins with it, stands in its words of any field;
* `plan.counts`: which facets are counted over which parts: one line for all facets of which nothing is chosen, one for
  each facet that leaves its own part out (multi-select). `plan.bounded` likewise for the bounds of ranges;
* `tiers(plan.words)`: the classes of relevance, best first: a car belongs to the first one it matches (contract T3).

Everything is in canonical order, so that equal searches give equal plans.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .documents import FIELDS
from .places import Circle, Distances, within
from .query import Facet, Query, Range, Resolved, Vocabulary, resolve


class Known(Vocabulary, Protocol):
    """What a plan has to know of an index; best kept between searches as a `Lexicon` and `Places`."""

    def locations(self) -> Iterable[str]:
        """Give the locations of its cars (`Document.location`)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A field holds any of these values, or all of them; none at all can be asked for, and finds nothing."""

    field: str
    values: Sequence[str]
    """Those of `near` are a `places.Circle`, which knows fewer words for the same."""
    every: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A number is known and lies between bounds, both inclusive, None open."""

    field: str
    low: int | None
    high: int | None


Part = Terms | Span


@dataclass(frozen=True, slots=True)
class Counting:
    """Facets, or ranges, that are looked at over the same cars."""

    of: tuple[Facet, ...] | tuple[Range, ...]
    without: str | None
    """Name of the part that is left out, None: over the hits themselves."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to find and to count (see the module)."""

    scope: Terms
    parts: Mapping[str, Part]
    words: tuple[Resolved, ...]
    circle: Circle | None
    """What `parts["near"]` asks for."""
    metres: Mapping[str, int]
    """The locations inside the circle with their distance; empty without one."""
    counts: tuple[Counting, ...]
    bounded: tuple[Counting, ...]

    def without(self, name: str | None) -> tuple[Part, ...]:
        """Give the parts but one."""
        return tuple(part for known, part in self.parts.items() if known != name)


def plan(query: Query, known: Known) -> Plan:
    """Plan a search on an index.

    Args:
        query: what is asked.
        known: the words and places of the index.
    """
    circle = None if query.near is None else within(query.near, known.locations())
    parts: dict[str, Part] = {
        facet.value: Terms(facet.value, values, every=facet is Facet.FEATURE) for facet, values in query.chosen
    }
    parts |= {which.value: Span(which.value, low, high) for which, low, high in query.ranges}
    if circle is not None:
        parts["near"] = Terms("location", circle)
    return Plan(
        scope=Terms("market", ("true",)) if query.dealer_id is None else Terms("dealer", (query.dealer_id.hex,)),
        parts=parts,
        words=resolve(query.words, known),
        circle=circle,
        metres={} if circle is None else Distances(circle),
        counts=tuple(_counts(query)),
        bounded=tuple(_bounded(query)),
    )


def _counts(query: Query) -> Iterator[Counting]:
    alone = tuple(facet for facet in query.facets if facet is not Facet.FEATURE and query.values(facet))
    together = tuple(facet for facet in query.facets if facet not in alone)
    if together:
        yield Counting(together, None)
    yield from (Counting((facet,), facet.value) for facet in alone)


def _bounded(query: Query) -> Iterator[Counting]:
    alone = tuple(which for which in query.bounds if query.range(which) != (None, None))
    together = tuple(which for which in query.bounds if which not in alone)
    if together:
        yield Counting(together, None)
    yield from (Counting((which,), which.value) for which in alone)


def ranked(query: Query, facet: Facet, numbers: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Give the values of a facet as `Answer.facets` has them: most first, then by value, those chosen always."""
    known = {value: number for value, number in numbers.items() if number}
    known = {**dict.fromkeys(query.values(facet), 0), **known}
    return tuple(sorted(known.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True, slots=True)
class Tier:
    """A class of relevance: all words within so many edits in all, in this field or a better one."""

    edits: int
    field: str


def tiers(words: tuple[Resolved, ...]) -> Iterator[Tier]:
    """Give the classes of relevance, best first (contract T3); those that no car can be in are left out."""
    least = sum(word.least for word in words)
    for edits in range(least, sum(word.edits for word in words) + 1):
        yield from (Tier(edits, field) for field in FIELDS)
