"""Ways on from a page of hits (SPEC 55): filters that split what was found, and what to loosen when it is little."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .index import Answer
from .query import RADIUS_LIMIT, Facet, Query, Resolved
from .text import WORD, fold

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
"""First letters that are looked under when nothing was found."""
SUGGESTIONS = 6
"""Filters offered at most."""
WIDER_KM = (25, 50, 100, 200, 500, RADIUS_LIMIT)
"""Radii that are offered in place of a smaller one."""
NEVER = frozenset({Facet.DEALER})
"""Facets that are no question a buyer has before she has seen a car."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A query one step away, and how many cars it finds."""

    query: Query
    count: int
    facet: Facet | None = None
    """The facet that is added or taken away; None where something else changes."""
    value: str = ""
    """The value added."""
    field: str = ""
    """What is loosened: the name of a facet or range, `near` or `text`."""


def suggested(query: Query, answer: Answer) -> tuple[Suggestion, ...]:
    """Give the filters that split the hits best: those nearest to taking half, at most one of a facet first.

    Args:
        query: what was asked, with the facets that are to be looked at.
        answer: what was found.
    """
    chosen = {facet for facet, _ in query.chosen}
    return tuple(
        Suggestion(query.with_values(facet, (*query.values(facet), value)), count, facet, value)
        for facet, value, count in splitting(answer.facets, answer.total, chosen)
    )


Split = tuple[Facet, str, int]
"""A filter: its facet and value, and how many cars it leaves."""


def splitting(
    facets: Mapping[Facet, Sequence[tuple[str, int]]], total: int, chosen: Collection[Facet]
) -> Sequence[Split]:
    """Give the filters that split hits best, as `suggested` orders them.

    Args:
        facets: the values that may be offered, with how many of the hits have each.
        total: how many hits there are.
        chosen: facets of which something is chosen already; of equipment more may be.
    """
    ways = sorted(_splits(facets, total, chosen))
    first: dict[Facet, _Way] = {}
    for way in ways:
        first.setdefault(way[1], way)
    others = [way for way in ways if way is not first[way[1]]]
    return [way[1:] for way in [*first.values(), *others][:SUGGESTIONS]]


_Way = tuple[float, Facet, str, int]
"""How far a filter is from taking half of the hits, and the filter."""


def _splits(facets: Mapping[Facet, Sequence[tuple[str, int]]], total: int, chosen: Collection[Facet]) -> Iterator[_Way]:
    for facet, counted in facets.items():
        if facet in NEVER or (facet in chosen and facet is not Facet.FEATURE):
            continue
        for value, count in counted:
            if 0 < count < total:
                yield abs(count / total - 0.5), facet, value, count


def widened(query: Query, find: Callable[[Query], int]) -> tuple[Suggestion, ...]:
    """Give what could be loosened and how many cars that finds, most useful first; what finds no more is left out.

    Args:
        query: what was asked and found little.
        find: counts the cars of a query.
    """
    here = find(query)
    ways = [Suggestion(way, find(way), facet, field=field) for way, facet, field in _looser(query)]
    better = [way for way in ways if way.count > here]
    radii = [way for way in better if way.field == "near" and way.query.near is not None][:1]
    others = [way for way in better if way.field != "near" or (way.query.near is None and not radii)]
    return (*radii, *sorted(others, key=lambda way: (-way.count, way.field)))


def _looser(query: Query) -> Iterator[tuple[Query, Facet | None, str]]:
    if query.near is not None:
        for km in WIDER_KM:
            if km > query.near.km:
                yield (
                    query.with_(near=type(query.near)(query.near.latitude, query.near.longitude, km), page=1),
                    None,
                    "near",
                )
        sort = query.sort if query.sort != "distance" else type(query.sort).NEWEST
        yield query.with_(near=None, sort=sort, page=1), None, "near"
    for facet, _ in query.chosen:
        yield query.with_values(facet, ()), facet, facet.value
    for which, _, _ in query.ranges:
        yield query.with_range(which), None, which.value
    if query.words:
        yield query.with_(text="", page=1), None, "text"


class Words(Protocol):
    """The words of an index, as far as a guess needs them; a `Lexicon` is one but for the frequency."""

    def knows(self, word: str, *, prefix: bool = False) -> bool:
        """Ask whether a word, or one that begins with it, is there."""

    def guess(self, word: str, letters: Iterable[str]) -> Iterator[tuple[int, str]]:
        """Give words a little further away than contract T2 goes, with their edits."""

    def frequency(self, word: str) -> int:
        """Give how many cars have a word."""


def did_you_mean(text: str, words: Sequence[Resolved], total: int, known: Words) -> str | None:
    """Give a text as it was probably meant, None where it says what it means.

    A word that no car has is replaced by the one it was taken for; where nothing was found, by the nearest there is.

    Args:
        text: as it was typed.
        words: how it was understood.
        total: how many cars were found.
        known: the words of the index.
    """
    better: dict[str, str] = {}
    for word in words:
        if known.knows(word.word, prefix=word.prefix):
            continue
        near = [(edits, other) for edits, others in enumerate(word.near) for other in others if edits]
        if not near and total == 0:
            near = list(known.guess(word.word, word.word[0])) or list(known.guess(word.word, LETTERS))
        if near:
            better[word.word] = min(near, key=lambda way: (way[0], -known.frequency(way[1]), way[1]))[1]
    return _rewritten(text, better) if better else None


def _rewritten(text: str, better: dict[str, str]) -> str:
    return WORD.sub(lambda found: better.get(fold(found[0]), found[0]), text)
