"""Does this car meet that search? The reverse of asking an index, for saved searches (SPEC 66, 107; contract T1, T2).

`matches` gives for one car what an engine gives that holds nothing but this car. How the words of a text are understood
hangs on the vocabulary of an index; here it is that of the one car: a word is met when the car has a word within the
edits it is allowed (same first letter, a swap is one edit), the last word also when one of the car's words begins with
it. Engines resolve a word to every known word that is near enough and take any of them, so the answer is the same.

A hundred thousand searches are not tried one by one. Each is kept under a **term** that all its cars have, the most
telling it offers (`keys_of`), with its bounds beside it; a car knows its own terms (`Car.terms`), and only what stands
under those and holds it is looked at (`search.alerts.searches_met`).
"""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from math import asin, cos, degrees, radians, sin
from typing import Any
from uuid import UUID

import orjson
from rapidfuzz import process
from rapidfuzz.distance import OSA

from . import places
from .documents import Document
from .query import Facet, Near, Query, Range, allowed_edits, resolve
from .text import words_of
from .trade import phrases

RULES = 2
"""Raise it with every change of how keys are made; searches that are kept by other rules get new keys."""
OPEN_LOW, OPEN_HIGH = -1, 2**62
"""Bounds that are not asked for; an unknown value is inside none but these."""
BOX_OPEN = (-91.0, 91.0, -181.0, 181.0)
"""South, north, west and east where no circle is asked for."""
WORD, ANY = "word:", "any"
_FIRST = (Facet.MODEL, Facet.DEALER, Facet.MAKE, Facet.CITY)
_LAST = (Facet.FEATURE, Facet.COLOUR, Facet.BODY, Facet.DRIVE, Facet.FUEL, Facet.LABEL, Facet.TRANSMISSION)
"""Facets by how few cars a value of theirs leaves; words of a text stand between."""


def matches(query: Query, document: Document) -> bool:
    """Ask whether a search finds a car; order, page and what is to be counted do not matter.

    Args:
        query: the search, on the marketplace or on a dealer's site.
        document: a car on offer.
    """
    return _on_site(query, document) and Car(document).meets(query)


def criteria_of(query: Query) -> dict[str, Any]:
    """Give what a search asks for as canonical JSON; whose site it is asked on, order and page are no part of it."""
    found: dict[str, Any] = {}
    if query.words:
        found["text"] = " ".join(query.text.split())
    if query.chosen:
        found["chosen"] = {facet.value: list(values) for facet, values in query.chosen}
    if query.ranges:
        found["ranges"] = {which.value: [low, high] for which, low, high in query.ranges}
    if query.near is not None:
        found["near"] = [query.near.latitude, query.near.longitude, query.near.km]
    return found


def query_of(criteria: Mapping[str, Any], dealer_id: UUID | None = None) -> Query:
    """Give the search back.

    Args:
        criteria: as `criteria_of` gave it.
        dealer_id: whose site it is asked on; None is the marketplace.

    Raises:
        BadQuery: it cannot be asked like that (any more).
        ValueError: it names a facet or range that is none (any more).
    """
    near = criteria.get("near")
    return Query(
        text=criteria.get("text", ""),
        chosen=tuple((Facet(facet), tuple(values)) for facet, values in criteria.get("chosen", {}).items()),
        ranges=tuple((Range(which), low, high) for which, (low, high) in criteria.get("ranges", {}).items()),
        near=None if near is None else Near(*near),
        dealer_id=dealer_id,
    )


@dataclass(frozen=True, slots=True)
class Key:
    """A row a search is looked up by (`buyers.models.SearchKey`)."""

    term: str
    bounds: tuple[int, ...]
    """Low and high of price, year, mileage and power, in this order."""
    box: tuple[float, float, float, float]
    """South, north, west, east in degrees."""
    rest: str
    """Criteria that term, bounds and box do not say, as JSON; empty when they say it all."""


def keys_of(query: Query) -> tuple[Key, ...]:
    """Give the rows a search is looked up by: one, or one for each value where any of several will do."""
    terms, used = _terms(query)
    bounds = tuple(bound for which in Range for bound in _bounds(query, which))
    rest = orjson.dumps(found).decode() if (found := _rest(query, used)) else ""
    return tuple(Key(term, bounds, _box(query.near), rest) for term in terms)


@lru_cache(maxsize=1)
def rules() -> str:
    """Give a name for the rules keys are made by: code and the words of the trade; other ones need new keys."""
    said = [str(RULES), *sorted(_common()), *(f"{words}={word}" for words, word in sorted(phrases().items()))]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


class Car:
    """A car as searches see it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.facets = {facet: frozenset(values) for facet, values in document.facets().items()}
        self.values = {
            Range.PRICE: document.price_cents,
            Range.YEAR: document.year,
            Range.MILEAGE: document.mileage_km,
            Range.POWER: document.power_kw,
        }

    def meets(self, query: Query) -> bool:
        """Ask whether the car is what a search asks for, on whichever site."""
        return (
            all(self._is_chosen(facet, values) for facet, values in query.chosen)
            and all(self._is_within(which, low, high) for which, low, high in query.ranges)
            and self._is_near(query.near)
            and self._has_words(query.words)
        )

    def terms(self, words: Iterable[str]) -> list[str]:
        """Give the terms searches this car may meet stand under.

        Args:
            words: the terms of texts that some search stands under (`WORD`), those of this car among them.
        """
        own = [f"{facet.value}:{value}" for facet, values in self.facets.items() for value in values]
        return [ANY, *own, *(word for word in words if self._may_have(word.removeprefix(WORD)))]

    def _is_chosen(self, facet: Facet, values: Sequence[str]) -> bool:
        wanted = self.facets[facet]
        return wanted.issuperset(values) if facet is Facet.FEATURE else not wanted.isdisjoint(values)

    def _is_within(self, which: Range, low: int | None, high: int | None) -> bool:
        value = self.values[which]
        return value is not None and (low is None or value >= low) and (high is None or value <= high)

    def _is_near(self, near: Near | None) -> bool:
        return near is None or bool(places.within(near, (self.document.location,)))

    def _has_words(self, words: tuple[str, ...]) -> bool:
        if not words:
            return True
        vocabulary = self._vocabulary
        return all(
            any(known in vocabulary.words for near in word.near for known in near)
            or (word.prefix and vocabulary.has_prefix(word.word))
            for word in resolve(words, vocabulary)
        )

    def _may_have(self, word: str) -> bool:
        """Ask whether a word of a text is met, as the last one where it ends in `*`."""
        bare = word.removesuffix("*")
        vocabulary = self._vocabulary
        if bare in vocabulary.words or (bare != word and vocabulary.has_prefix(bare)):
            return True
        edits = allowed_edits(bare)
        return edits > 0 and vocabulary.has_within(bare, edits)

    @cached_property
    def _vocabulary(self) -> "_Vocabulary":
        return _Vocabulary(word for words in self.document.words().values() for word in words)


class _Vocabulary:
    """The words of one car (see `search.query.Vocabulary`)."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self._beginning: dict[str, list[str]] = {}
        for word in self.words:
            self._beginning.setdefault(word[0], []).append(word)

    def beginning(self, letter: str) -> list[str]:
        """Give the words that begin with this letter."""
        return self._beginning.get(letter, [])

    def has_prefix(self, prefix: str) -> bool:
        """Ask whether a word begins like this."""
        return any(word.startswith(prefix) for word in self.beginning(prefix[0]))

    def has_within(self, word: str, edits: int) -> bool:
        """Ask whether a word is at most so many edits away."""
        return process.extractOne(word, self.beginning(word[0]), scorer=OSA.distance, score_cutoff=edits) is not None


def _on_site(query: Query, document: Document) -> bool:
    return document.market if query.dealer_id is None else document.dealer_id == query.dealer_id


def _terms(query: Query) -> tuple[list[str], Facet | str | None]:
    """Give the terms of a search, and the facet or word they say (None: they say nothing)."""
    for facet in _FIRST:
        if values := query.values(facet):
            return [f"{facet.value}:{value}" for value in values], facet
    if words := query.words:
        term = _telling(words)
        return [f"{WORD}{term}"], term
    for facet in _LAST:
        if values := query.values(facet):
            chosen = values[-1:] if facet is Facet.FEATURE else values
            return [f"{facet.value}:{value}" for value in chosen], facet
    return [ANY], None


def _telling(words: tuple[str, ...]) -> str:
    """Choose the word that fewest cars have: no word of the trade, none that only begins a word, a long one."""
    last = len(words) - 1
    marked = [f"{word}*" if at == last else word for at, word in enumerate(words)]
    return max(marked, key=lambda word: (word.removesuffix("*") not in _common(), not word.endswith("*"), len(word)))


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Give the words of the trade: those every third car has."""
    found = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))
    return frozenset(_spoken(found))


def _spoken(entry: Any) -> Iterator[str]:
    """Give every word of a part of the word file, folded: codes and what they are called."""
    if isinstance(entry, Mapping):
        for name, below in entry.items():
            yield from words_of(name)
            yield from _spoken(below)
    elif isinstance(entry, str):
        yield from words_of(entry)
    elif isinstance(entry, Iterable):
        for below in entry:
            yield from _spoken(below)


def _bounds(query: Query, which: Range) -> tuple[int, int]:
    low, high = query.range(which)
    # A bound below zero asks for a known value and no more: kept as it is, it would let an unknown one pass.
    return (OPEN_LOW if low is None else max(low, 0), OPEN_HIGH if high is None else min(high, OPEN_HIGH - 1))


def _rest(query: Query, used: Facet | str | None) -> dict[str, Any]:
    """Give what remains to be asked once term, bounds and box have been met."""
    criteria = criteria_of(query)
    criteria.pop("ranges", None)
    chosen = criteria.pop("chosen", {})
    if isinstance(used, Facet) and not (used is Facet.FEATURE and len(query.values(used)) > 1):
        del chosen[used.value]
    if used is Facet.MODEL and {model.partition("/")[0] for model in query.values(used)} <= set(
        query.values(Facet.MAKE)
    ):
        del chosen[Facet.MAKE.value]
    return {**criteria, "chosen": chosen} if chosen else criteria


def _box(near: Near | None) -> tuple[float, float, float, float]:
    """Give the box round a circle; where the circle holds a pole or crosses the date line, it is open there."""
    if near is None:
        return BOX_OPEN
    # A little more than the circle: a location is written with four decimals, distances are whole metres.
    angle = (near.km * 1000 + 20) / places.EARTH_RADIUS_M
    south, north = near.latitude - degrees(angle), near.latitude + degrees(angle)
    if south <= -90 or north >= 90:
        return (max(south, -90.0), min(north, 90.0), -180.0, 180.0)
    wide = degrees(asin(min(1.0, sin(angle) / cos(radians(near.latitude)))))
    west, east = near.longitude - wide, near.longitude + wide
    return (south, north, west, east) if west >= -180 and east <= 180 else (south, north, -180.0, 180.0)
