"""S1, Meilisearch: random searches over real listings, asked of a real server, against every car by every word."""

import statistics
import tempfile
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings

from search.documents import Document
from search.index import Answer, Index
from search.meili import MeiliIndex
from search.meili_access import Access
from search.query import Facet, Query, Range, Sort
from tests.search_oracle import Oracle
from tests.search_queries import queries
from tools.prove.meili_server import real_meilisearch
from tools.prove.proof import Proof
from tools.prove.s1_static import ADS_READ, QUICK, QUICK_ADS, SEARCHES, Remembering, real_listings

UNHURRIED = 60.0
"""Seconds for a search: what is right is asked for here, not what is quick."""
OVERLAP, FIRST = 0.9, 20
"""Of the first 20 by relevance so many must be the same (contract T3, on Meilisearch)."""


def meili(proof: Proof, quick: bool) -> None:
    """Compare what a real server finds with what is right.

    Args:
        proof: takes the figures.
        quick: fewer cars and searches.

    Raises:
        CannotProve: there is no such server on this machine.
    """
    with (
        real_meilisearch() as server,
        tempfile.TemporaryDirectory() as folder,
        real_listings(QUICK_ADS if quick else ADS_READ) as (_, cars),
    ):
        access = Access(server.url, server.key, "", UNHURRIED)
        index = MeiliIndex(cars[0].tenant_id, server.url, access, Path(folder) / "lock", UNHURRIED)
        try:
            with index.exclusive():
                index.rebuild(cars)
            _held(proof, index, cars, QUICK if quick else SEARCHES, server.version)
        finally:
            index.drop()


def _held(proof: Proof, index: Index, cars: list[Document], searches: int, version: str) -> None:
    tried = Tried(index, cars)
    tried.ask(searches)
    proof.hold(
        f"Meilisearch {version} over {len(cars)} cars: {searches} random searches ({tried.found} of them found cars), "
        "no difference in T1 and T2",
        not tried.wrong,
        f"Meilisearch {version}: {len(tried.wrong)} answers are wrong, such as {'; '.join(tried.wrong[:2])[:600]}",
    )
    worst = min(tried.overlaps, default=1.0)
    proof.hold(
        f"T3: {tried.ordered} of {len(tried.overlaps)} orders the same, the first {FIRST} overlap by ≥ {worst:.2f}",
        worst >= OVERLAP,
        f"Meilisearch: the first {FIRST} by relevance overlap by {worst:.2f} only",
    )
    proof.figure(f"a search with all facets and bounds took {statistics.median(tried.took):.1f} ms in the middle")


class Tried:
    """What came of many searches."""

    def __init__(self, index: Index, cars: list[Document]) -> None:
        self._index, self._cars = index, cars
        self._right = Remembering(cars)
        self.wrong: list[str] = []
        self.overlaps: list[float] = []
        self.took: list[float] = []
        self.found = self.ordered = 0

    def ask(self, searches: int) -> None:
        """Ask so many random searches."""

        @settings(
            max_examples=searches, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(query=queries(self._cars))
        def one(query: Query) -> None:
            self._ask(query)

        one()

    def _ask(self, query: Query) -> None:
        answer = self._index.search(query)
        right = self._right.ids(query)
        self.found += answer.total > 0
        self.took.append(answer.took_ms)
        by_relevance = query.sort is Sort.RELEVANCE and bool(query.words)
        if faults := list(differences(answer, query, self._right, right, by_relevance)):
            self.wrong.append(f"{query}: {'; '.join(faults)[:300]}")
        if by_relevance and right:
            first = self._index.search(query.with_(page=1, size=FIRST)).ids
            self.ordered += list(first) == right[:FIRST]
            self.overlaps.append(len({*first} & {*right[:FIRST]}) / len(right[:FIRST]))


def differences(answer: Answer, query: Query, oracle: Oracle, right: list[UUID], by_relevance: bool) -> list[str]:
    """Say where an answer is not the right one (contracts T1 and T2).

    Args:
        answer: what was found.
        query: what was asked.
        oracle: knows what is right.
        right: all hits in order.
        by_relevance: then a page has as many of them as it should, whichever they are (contract T3).
    """
    page = right[query.offset : query.offset + query.size]
    pairs: list[tuple[str, object, object]] = [("total", answer.total, len(right))]
    if by_relevance:
        pairs.append(("hits", (len(answer.ids), {*answer.ids} <= {*right}), (len(page), True)))
    else:
        pairs.append(("ids", list(answer.ids), page))
    pairs += [(facet.value, answer.facets[facet], oracle.facet(query, facet)) for facet in Facet]
    pairs += [(which.value, answer.bounds[which], oracle.bounds(query, which)) for which in Range]
    if query.near is not None:
        pairs.append(("km", answer.km, oracle.km(query, answer.ids)))
    return [f"{name}: {found} instead of {wanted}" for name, found, wanted in pairs if found != wanted]
