"""S1, the embedded engine: random searches over real listings against every car by every word, order included.

Each is asked twice: as if all orders were of few cars, and as if all were of many, since those are put otherwise.
"""

import tempfile
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings

from search import embedded_reader
from search.documents import Document
from search.embedded import EmbeddedIndex
from search.query import Query
from tests.search_queries import queries
from tools.prove.proof import Proof
from tools.prove.s1_meili import differences
from tools.prove.s1_static import ADS_READ, QUICK, QUICK_ADS, SEARCHES, Remembering, real_listings


def embedded(proof: Proof, quick: bool) -> None:
    """Compare what the embedded engine finds with what is right.

    Args:
        proof: takes the figures.
        quick: fewer cars and searches.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        real_listings(QUICK_ADS if quick else ADS_READ) as (_, cars),
    ):
        index = EmbeddedIndex(Path(folder) / "index", cars[0].tenant_id)
        half = len(cars) // 2
        with index.exclusive():
            index.rebuild(cars[:half])
            for start in range(half, len(cars), 100):
                index.apply(cars[start : start + 100], [cars[0].id])
            index.apply([cars[0]], [])
        _held(proof, index, cars, QUICK if quick else SEARCHES)


def _held(proof: Proof, index: EmbeddedIndex, cars: list[Document], searches: int) -> None:
    right, wrong, found, ordered = Remembering(cars), list[str](), 0, 0

    @settings(
        max_examples=searches, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(query=queries(cars))
    def ask(query: Query) -> None:
        nonlocal found, ordered
        ids = right.ids(query)
        for few in (embedded_reader.FEW_CARS, 0):
            with patch.object(embedded_reader, "FEW_CARS", few):
                answer = index.search(query)
            if faults := differences(answer, query, right, ids, by_relevance=False):
                wrong.append(f"{query}: {'; '.join(faults)[:300]}")
        found += answer.total > 0
        ordered += len(answer.ids) > 1

    ask()
    proof.hold(
        f"embedded engine over {len(cars)} real cars: {searches} random searches, {found} found cars, {ordered} of "
        "them several: 0 differences in T1, T2 and T3",
        not wrong,
        f"embedded engine: {len(wrong)} searches are answered wrongly: {'; '.join(wrong[:2])[:600]}",
    )
