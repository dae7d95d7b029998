"""The promise of every search engine, kept by the embedded one; SPEC 49, 50, 56 and the search contract T1-T3."""

import multiprocessing
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import embedded
from search.documents import Document
from search.embedded import EmbeddedIndex
from search.errors import IndexBusy, SearchUnavailable
from search.index import Index
from search.query import Query, Sort
from tests.unit.search.documents import NORTH, SOUTH, TENANT, TYPED, document, lots
from tests.unit.search.oracle import expected


@pytest.fixture
def index(tmp_path: Path) -> EmbeddedIndex:
    """Give an empty index of one tenant."""
    return filled(tmp_path / "index", [])


def filled(folder: Path, documents: list[Document]) -> EmbeddedIndex:
    """Give an index that holds those documents."""
    made = EmbeddedIndex(folder, TENANT)
    with made.exclusive():
        made.rebuild(documents)
    return made


def put(index: Index, *documents: Document, gone: tuple[UUID, ...] = ()) -> None:
    """Apply documents and deletions."""
    with index.exclusive():
        index.apply(documents, gone)


def found(index: Index, text: str = "", **values: Any) -> list[int]:
    """Give the numbers of the documents found."""
    return [hit.int >> 64 for hit in index.search(Query(text=text, **values)).ids]


texts = st.lists(st.sampled_from(TYPED), max_size=3).map(" ".join)
queries = st.builds(
    dict,
    text=texts,
    makes=st.sampled_from([(), ("skoda",), ("bmw", "opel")]),
    price_min=st.sampled_from([None, 1_000_000]),
    price_max=st.sampled_from([None, 1_500_000]),
    year_min=st.sampled_from([None, 2016]),
    year_max=st.sampled_from([None, 2016]),
    mileage_max=st.sampled_from([None, 0, 9_999]),
    dealer_id=st.sampled_from([None, NORTH, SOUTH]),
    sort=st.sampled_from(Sort),
)


@settings(max_examples=60, deadline=None)
@given(documents=lots(), asked=st.lists(queries, min_size=1, max_size=6), size=st.sampled_from([1, 3, 20]))
def test_membership_total_and_order_are_exact_on_every_page(
    documents: list[Document], asked: list[dict[str, Any]], size: int
) -> None:
    with TemporaryDirectory() as folder:
        index = filled(Path(folder) / "index", documents)
        for values in asked:
            wanted = expected(documents, Query(**values))
            pages = [index.search(Query(**values, size=size, page=page)) for page in range(1, len(wanted) // size + 2)]
            assert {page.total for page in pages} == {len(wanted)}
            assert [hit for page in pages for hit in page.ids] == wanted


def test_a_filter_alone_is_a_query(index: EmbeddedIndex) -> None:
    put(index, document(1, price_cents=900_000), document(2, price_cents=1_100_000))
    assert found(index, price_max=1_000_000) == [1]


def test_cars_of_one_price_go_by_id_over_page_borders(index: EmbeddedIndex) -> None:
    put(index, *(document(number) for number in (5, 3, 9, 1, 7)))
    pages = [found(index, sort=Sort.PRICE, size=2, page=page) for page in (1, 2, 3)]
    assert pages == [[1, 3], [5, 7], [9]]


def test_a_price_on_request_comes_last_both_ways(index: EmbeddedIndex) -> None:
    put(index, document(1, price_cents=None), document(2, price_cents=100), document(3, price_cents=300))
    assert found(index, sort=Sort.PRICE) == [2, 3, 1]
    assert found(index, sort=Sort.PRICE_DOWN) == [3, 2, 1]


def test_the_marketplace_finds_premium_dealers_and_a_dealer_all_of_its_own(index: EmbeddedIndex) -> None:
    put(index, document(1), document(2, dealer_id=SOUTH, market=False))
    assert found(index) == [1]
    assert found(index, dealer_id=SOUTH) == [2]


def test_the_name_counts_more_than_the_dealer_the_equipment_and_the_text(index: EmbeddedIndex) -> None:
    put(
        index,
        document(1, description="Auch ein Golf"),
        document(2, features=("Golf bag",)),
        document(3, dealer_name="Golf Centre"),
        document(4, model="Golf"),
        document(5, model="Gold"),
    )
    assert found(index, "golf", sort=Sort.RELEVANCE) == [4, 3, 2, 1, 5]


def test_a_buyer_finds_a_car_by_what_it_is(index: EmbeddedIndex) -> None:
    put(index, document(1, body="estate", fuel="diesel", colour="white"), document(2, body="saloon"))
    assert found(index, "Kombi Diesel weiß") == [1]
    assert found(index, "limousine 2017") == [2]


def test_signs_that_mean_something_to_an_engine_are_only_signs(index: EmbeddedIndex) -> None:
    put(index, document(1))
    for text in ('"', "bmw AND", "make:*", ".*", "bmw\\", "(", "[", "bmw~2", "\x00", "'; DROP TABLE"):
        index.search(Query(text=text))
    assert found(index, '"bmw" (3er)') == [1]


def test_putting_a_car_again_replaces_it_and_removing_it_twice_is_no_fault(index: EmbeddedIndex) -> None:
    put(index, document(1, model="Golf"))
    put(index, document(1, model="Polo"))
    assert found(index, "golf") == []
    assert found(index, "polo") == [1]
    put(index, gone=(document(1).id,))
    put(index, gone=(document(1).id,))
    assert found(index) == []


def test_another_process_sees_the_change(index: EmbeddedIndex) -> None:
    assert found(index) == []
    writer = multiprocessing.get_context("spawn").Process(target=_put_one, args=(index.folder,))
    writer.start()
    writer.join(30)
    assert writer.exitcode == 0
    assert found(index) == [1]


def _put_one(folder: Path) -> None:
    put(EmbeddedIndex(folder, TENANT), document(1))


def test_writers_wait_for_each_other_and_none_is_lost(index: EmbeddedIndex) -> None:
    writers = [Thread(target=put, args=(EmbeddedIndex(index.folder, TENANT), document(n))) for n in range(1, 9)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(found(index)) == list(range(1, 9))


def test_a_writer_that_waits_too_long_says_so(index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "WAIT_SECONDS", 0.0)
    with index.exclusive(), pytest.raises(IndexBusy), EmbeddedIndex(index.folder, TENANT).exclusive():
        pass


def test_the_old_index_answers_until_the_new_one_is_whole(index: EmbeddedIndex) -> None:
    put(index, document(1))

    def stumbling() -> Iterator[Document]:
        yield document(2)
        assert found(index) == [1]
        raise OSError("power cut")

    with index.exclusive(), pytest.raises(OSError, match="power cut"):
        index.rebuild(stumbling())
    assert found(index) == [1]
    with index.exclusive():
        assert index.rebuild([document(2), document(3)]) == 2
    assert sorted(found(index)) == [2, 3]


def test_rebuilding_again_and_again_keeps_no_heap_of_old_folders(index: EmbeddedIndex) -> None:
    for _ in range(4):
        with index.exclusive():
            index.rebuild([document(1)])
    assert len([entry for entry in index.folder.iterdir() if entry.is_dir()]) == 2


def test_no_index_is_said_and_never_told_as_no_hits(tmp_path: Path) -> None:
    with pytest.raises(SearchUnavailable, match="rebuild"):
        EmbeddedIndex(tmp_path / "none", TENANT).search(Query())


def test_an_index_of_another_release_is_none(index: EmbeddedIndex) -> None:
    (index.folder / "current").write_text("v0-000001")
    with pytest.raises(SearchUnavailable, match="rebuild"):
        index.search(Query())


def test_a_lost_index_is_said(index: EmbeddedIndex) -> None:
    put(index, document(1))
    assert found(index) == [1]
    shutil.rmtree(index.folder)
    with pytest.raises(SearchUnavailable):
        index.search(Query())


def test_a_damaged_index_is_said(index: EmbeddedIndex) -> None:
    put(index, document(1))
    generation = index.folder / (index.folder / "current").read_text()
    (generation / "meta.json").write_bytes(os.urandom(200))
    with pytest.raises(SearchUnavailable):
        EmbeddedIndex(index.folder, TENANT).search(Query())


def test_two_tenants_never_share_a_folder(index: EmbeddedIndex) -> None:
    stranger = EmbeddedIndex(index.folder, UUID(int=0xA2))
    with pytest.raises(SearchUnavailable, match="another tenant"), stranger.exclusive():
        pass


def test_a_document_of_another_tenant_is_not_taken(index: EmbeddedIndex) -> None:
    with pytest.raises(RuntimeError, match="another tenant"):
        put(index, document(1, tenant_id=UUID(int=0xA2)))


def test_writing_without_the_lock_is_a_fault_of_the_program(index: EmbeddedIndex) -> None:
    with pytest.raises(RuntimeError, match="exclusive"):
        index.apply([document(1)], [])
