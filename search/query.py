"""What can be asked: a typed query, and its words resolved against the vocabulary of an index (SPEC 48, contract T2).

Engines receive resolved words and match them exactly; typing errors are our business alone, so that every engine finds
the same cars. Nothing here knows an engine.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from .errors import BadQuery
from .lexicon import Lexicon, allowed_edits
from .text import words_of
from .trade import meant

__all__ = [
    "BadQuery",
    "Chosen",
    "Facet",
    "Near",
    "Query",
    "Range",
    "Ranges",
    "Resolved",
    "Sort",
    "Vocabulary",
    "allowed_edits",
    "resolve",
]

SIZE = 20
"""Hits a page when nobody says (SPEC 48)."""
SIZE_LIMIT = 100
"""SECURITY C10."""
WORD_LIMIT = 12
"""Words of a text that count; nobody types more on purpose."""
REACH_LIMIT = 10_000
"""How deep one can page; beyond it narrowing is the way."""
RADIUS_LIMIT = 1000
"""km"""


class Facet(StrEnum):
    """What cars are counted and chosen by (SPEC 55)."""

    MAKE = "make"
    """Slug."""
    MODEL = "model"
    """`<make slug>/<model slug>`."""
    BODY = "body"
    """Codes of `vehicles/vocabulary.py`, here and in the next four."""
    FUEL = "fuel"
    TRANSMISSION = "transmission"
    DRIVE = "drive"
    COLOUR = "colour"
    FEATURE = "feature"
    """A car has many; it must have all that are chosen."""
    LABEL = "label"
    """How the price compares: `very_good`, `good`, `fair`, `high`, `very_high`."""
    DEALER = "dealer"
    """Id, 32 hex digits."""
    CITY = "city"
    """Key of the city's list without its kind: `hamburg`, `at/wien`."""


class Range(StrEnum):
    """What cars are bounded by; bounds are inclusive, a car with an unknown value fails."""

    PRICE = "price"
    """Minor units."""
    YEAR = "year"
    MILEAGE = "mileage"
    """km"""
    POWER = "power"
    """kW"""


class Sort(StrEnum):
    """Orders of the hits; equal ones go by listing id (contract T1)."""

    RELEVANCE = "relevance"
    """Fewest typing errors, then best field, then quality, then newest (contract T3); without words: newest."""
    NEWEST = "newest"
    PRICE = "price"
    """Cheapest first; price on request last."""
    PRICE_DOWN = "-price"
    MILEAGE = "mileage"
    """Fewest km first; unknown last."""
    YEAR_DOWN = "-year"
    """Youngest first; unknown last."""
    DISTANCE = "distance"
    """Nearest first; needs `Query.near`."""


@dataclass(frozen=True, slots=True)
class Near:
    """A circle on the earth (SPEC 52)."""

    latitude: float
    """Degrees, north positive."""
    longitude: float
    """Degrees, east positive."""
    km: int
    """Radius, 1 to `RADIUS_LIMIT`, inclusive; along the great circle on the mean earth radius."""

    def __post_init__(self) -> None:
        if not -90 <= self.latitude <= 90 or not -180 <= self.longitude <= 180:
            raise BadQuery("place", "no such place on earth")
        if not 1 <= self.km <= RADIUS_LIMIT:
            raise BadQuery("radius", f"a radius has 1 to {RADIUS_LIMIT} km")


Chosen = tuple[tuple[Facet, tuple[str, ...]], ...]
Ranges = tuple[tuple[Range, int | None, int | None], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A search within one tenant; equal searches are equal queries and can be keys of a cache."""

    text: str = ""
    chosen: Chosen = ()
    """Any of a facet's values (of `FEATURE`: all), the facets together. Made canonical: facets in the order of the
    enum, each once, values sorted, none empty."""
    ranges: Ranges = ()
    """Least and greatest value, None open. Made canonical likewise; at most one line for each range."""
    near: Near | None = None
    """Only cars inside this circle; a car of unknown place is not."""
    dealer_id: UUID | None = None
    """One dealer's own cars; None searches the marketplace: the cars of its Premium dealers (SPEC 3)."""
    sort: Sort = Sort.NEWEST
    page: int = 1
    size: int = SIZE
    facets: tuple[Facet, ...] = ()
    """Facets to be counted with the hits."""
    bounds: tuple[Range, ...] = ()
    """Ranges whose bounds are wanted."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "chosen", _canonical(self.chosen))
        object.__setattr__(self, "ranges", _ranges(self.ranges))
        object.__setattr__(self, "facets", tuple(facet for facet in Facet if facet in self.facets))
        object.__setattr__(self, "bounds", tuple(which for which in Range if which in self.bounds))
        if self.page < 1:
            raise BadQuery("page", "the first page is 1")
        if not 1 <= self.size <= SIZE_LIMIT:
            raise BadQuery("size", f"a page has 1 to {SIZE_LIMIT} cars")
        if self.page * self.size > REACH_LIMIT:
            raise BadQuery("page", f"only the first {REACH_LIMIT} cars can be paged through; narrow the search")
        if self.sort is Sort.DISTANCE and self.near is None:
            raise BadQuery("sort", "ordering by distance needs a place to start from")

    @property
    def offset(self) -> int:
        """Give how many hits stand before this page."""
        return (self.page - 1) * self.size

    @property
    def words(self) -> tuple[str, ...]:
        """Give the words of the text, each once, folded, with what several mean together in one (`trade.meant`)."""
        return tuple(dict.fromkeys(meant(words_of(self.text)[: WORD_LIMIT * 2])))[:WORD_LIMIT]

    def values(self, facet: Facet) -> tuple[str, ...]:
        """Give what is chosen of a facet."""
        return next((values for known, values in self.chosen if known is facet), ())

    def range(self, which: Range) -> tuple[int | None, int | None]:
        """Give the least and the greatest value asked for."""
        return next(((low, high) for known, low, high in self.ranges if known is which), (None, None))

    def with_values(self, facet: Facet, values: Iterable[str]) -> "Query":
        """Give the query with these values of a facet in place of the chosen ones; the page starts anew."""
        others = tuple(pair for pair in self.chosen if pair[0] is not facet)
        return replace(self, chosen=(*others, (facet, tuple(values))), page=1)

    def with_range(self, which: Range, low: int | None = None, high: int | None = None) -> "Query":
        """Give the query with this range in place of the one asked for; the page starts anew."""
        others = tuple(line for line in self.ranges if line[0] is not which)
        return replace(self, ranges=(*others, (which, low, high)), page=1)

    def with_(self, **values: Any) -> "Query":
        """Give the query with other values of its fields."""
        return replace(self, **values)


def _canonical(chosen: Chosen) -> Chosen:
    values: dict[Facet, set[str]] = {}
    for facet, some in chosen:
        values.setdefault(facet, set()).update(value for value in some if value)
    return tuple((facet, tuple(sorted(values[facet]))) for facet in Facet if values.get(facet))


def _ranges(ranges: Ranges) -> Ranges:
    known = {which: (low, high) for which, low, high in ranges if (low, high) != (None, None)}
    for which, (low, high) in known.items():
        if low is not None and high is not None and low > high:
            raise BadQuery(f"{which}_max", "the upper bound is below the lower one")
    return tuple((which, *known[which]) for which in Range if which in known)


class Vocabulary(Protocol):
    """The words an index knows; it may still know words of cars that are gone."""

    def beginning(self, letter: str) -> Iterable[str]:
        """Give the words that begin with this letter."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A word of a query as an engine gets it: the index's own words by how many edits away they are."""

    word: str
    near: tuple[tuple[str, ...], ...]
    """`near[0]` is the word itself where the index knows it, `near[1]` those one edit away, `near[2]` two."""
    prefix: bool
    """The word stands last: whatever begins with it counts as well, without an edit."""

    @property
    def edits(self) -> int:
        """Give the most edits any of its words is away."""
        return max((edits for edits, words in enumerate(self.near) if words), default=0)

    @property
    def least(self) -> int:
        """Give the fewest edits any of its words is away."""
        return 0 if self.prefix else next((edits for edits, words in enumerate(self.near) if words), 0)

    def within(self, edits: int) -> tuple[str, ...]:
        """Give the words at most so many edits away."""
        return tuple(word for words in self.near[: edits + 1] for word in words)


def resolve(words: tuple[str, ...], vocabulary: Vocabulary) -> tuple[Resolved, ...]:
    """Resolve the words of a query against an index's vocabulary; best a `Lexicon`, which is kept between searches."""
    lexicon = vocabulary if isinstance(vocabulary, Lexicon) else Lexicon(vocabulary.beginning)
    last = len(words) - 1
    return tuple(Resolved(word, lexicon.near(word), number == last) for number, word in enumerate(words))
