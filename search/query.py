"""What can be asked: a typed query, and its words resolved against the vocabulary of an index (SPEC 48, contract T2).

Engines receive resolved words and match them exactly; typing errors are our business alone, so that every engine finds
the same cars.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .errors import BadQuery
from .text import words_of

SIZE = 20
"""Hits a page when nobody says (SPEC 48)."""
SIZE_LIMIT = 100
"""SECURITY C10."""
WORD_LIMIT = 12
"""Words of a text that count; nobody types more on purpose."""
REACH_LIMIT = 10_000
"""How deep one can page; beyond it narrowing is the way."""


class Sort(StrEnum):
    """Orders of the hits; equal ones go by listing id (contract T1)."""

    RELEVANCE = "relevance"
    """Fewest typing errors, then best field, then newest."""
    NEWEST = "newest"
    PRICE = "price"
    """Cheapest first; price on request last."""
    PRICE_DOWN = "-price"
    MILEAGE = "mileage"
    """Fewest km first; unknown last."""
    YEAR_DOWN = "-year"
    """Youngest first; unknown last."""


@dataclass(frozen=True, slots=True)
class Query:
    """A search within one tenant. Bounds are inclusive, None is open; a car with an unknown value fails its bound."""

    text: str = ""
    makes: tuple[str, ...] = ()
    """Slugs, any of them."""
    price_min: int | None = None
    """Minor units."""
    price_max: int | None = None
    year_min: int | None = None
    year_max: int | None = None
    mileage_max: int | None = None
    """km"""
    dealer_id: UUID | None = None
    """One dealer's own cars; None searches the marketplace: the cars of its Premium dealers (SPEC 3)."""
    sort: Sort = Sort.NEWEST
    page: int = 1
    size: int = SIZE

    def __post_init__(self) -> None:
        if self.page < 1:
            raise BadQuery("page", "the first page is 1")
        if not 1 <= self.size <= SIZE_LIMIT:
            raise BadQuery("size", f"a page has 1 to {SIZE_LIMIT} cars")
        if self.page * self.size > REACH_LIMIT:
            raise BadQuery("page", f"only the first {REACH_LIMIT} cars can be paged through; narrow the search")
        _ordered("price_max", self.price_min, self.price_max)
        _ordered("year_max", self.year_min, self.year_max)

    @property
    def offset(self) -> int:
        """Give how many hits stand before this page."""
        return (self.page - 1) * self.size

    @property
    def words(self) -> tuple[str, ...]:
        """Give the words of the text, each once, folded."""
        return tuple(dict.fromkeys(words_of(self.text)[: WORD_LIMIT * 2]))[:WORD_LIMIT]


def _ordered(field: str, low: int | None, high: int | None) -> None:
    if low is not None and high is not None and low > high:
        raise BadQuery(field, "the upper bound is below the lower one")


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

    def within(self, edits: int) -> tuple[str, ...]:
        """Give the words at most so many edits away."""
        return tuple(word for words in self.near[: edits + 1] for word in words)


def allowed_edits(word: str) -> int:
    """Give how many typing errors a word may hold: none in 1-2 letters or beside digits, one in 3-7, two from 8 on."""
    if len(word) < 3 or any(letter.isdigit() for letter in word):
        return 0
    return 1 if len(word) < 8 else 2


def resolve(words: tuple[str, ...], vocabulary: Vocabulary) -> tuple[Resolved, ...]:
    """Resolve the words of a query against an index's vocabulary; the first letter is fixed, a swap is one edit."""
    last = len(words) - 1
    return tuple(Resolved(word, _near(word, vocabulary), number == last) for number, word in enumerate(words))


def _near(word: str, vocabulary: Vocabulary) -> tuple[tuple[str, ...], ...]:
    edits = allowed_edits(word)
    if edits == 0:
        return ((word,),)
    near: list[list[str]] = [[] for _ in range(edits + 1)]
    candidates = [known for known in vocabulary.beginning(word[0]) if abs(len(known) - len(word)) <= edits]
    found = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=edits, limit=None)
    for known, distance, _ in found:
        near[int(distance)].append(known)
    return tuple(tuple(sorted(words)) for words in near)
