"""What the embedded engine alone is asked for: its folder, generations, writers and readers (SPEC 11, 56, 58)."""

import multiprocessing
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import embedded, embedded_reader
from search.documents import Document
from search.embedded import EmbeddedIndex
from search.errors import IndexBusy, IndexMissing, SearchUnavailable
from search.index import Index, Progress
from search.query import Query
from tests.search_oracle import Oracle
from tests.unit.search.documents import TENANT, document, lots, searches


@pytest.fixture
def index(tmp_path: Path) -> EmbeddedIndex:
    """Give an empty index of one tenant."""
    made = EmbeddedIndex(tmp_path / "index", TENANT)
    with made.exclusive():
        made.rebuild([])
    return made


def put(index: Index, *documents: Document, gone: tuple[UUID, ...] = ()) -> None:
    """Apply documents and deletions."""
    with index.exclusive():
        index.apply(documents, gone)


def found(index: Index, text: str = "", **values: Any) -> list[int]:
    """Give the numbers of the documents found."""
    return [hit.int >> 64 for hit in index.search(Query(text=text, **values)).ids]


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
    with pytest.raises(IndexMissing, match="rebuild"):
        EmbeddedIndex(tmp_path / "none", TENANT).search(Query())


def test_an_index_of_another_release_is_none(index: EmbeddedIndex) -> None:
    (index.folder / "current").write_text("v0-000001")
    with pytest.raises(IndexMissing, match="rebuild"):
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


@pytest.mark.parametrize("few", [0, 2])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=lots(), asked=st.lists(searches(), min_size=1, max_size=6), size=st.sampled_from([1, 3, 20]))
def test_orders_are_exact_however_many_cars_are_taken_for_few(
    index: EmbeddedIndex, few: int, documents: list[Document], asked: list[Query], size: int
) -> None:
    with index.exclusive():
        index.rebuild(documents[:5])
        index.apply(documents[5:], [])
    oracle = Oracle(documents)
    for query in asked:
        wanted = oracle.ids(query)
        with patch.object(embedded_reader, "FEW_CARS", few):
            pages = [index.search(query.with_(size=size, page=page)) for page in range(1, len(wanted) // size + 2)]
        assert [hit for page in pages for hit in page.ids] == wanted
        assert [far for page in pages for far in page.km] == list(oracle.km(query, wanted))


def test_how_far_it_follows_the_database_is_kept_with_it(index: EmbeddedIndex) -> None:
    assert index.progress() == Progress()
    with index.exclusive():
        index.apply([document(1)], [], Progress(7, "2026-03-01"))
        index.apply([document(2)], [])
    assert EmbeddedIndex(index.folder, TENANT).progress() == Progress(7, "2026-03-01")
    with index.exclusive():
        index.rebuild([])
    assert index.progress() == Progress()


def test_its_stamp_is_another_one_after_every_change_and_only_then(index: EmbeddedIndex) -> None:
    before = index.stamp()
    assert EmbeddedIndex(index.folder, TENANT).stamp() == before
    put(index, document(1))
    after = index.stamp()
    assert after != before
    with index.exclusive():
        index.rebuild([document(1)])
    assert index.stamp() not in (before, after)


def test_a_reader_keeps_what_it_knows_of_places_while_they_stay_the_same(index: EmbeddedIndex) -> None:
    put(index, document(1, latitude=53.55, longitude=10.0))
    first = index._open().known.places
    put(index, document(2, latitude=53.55, longitude=10.0))
    assert index._open().known.places is first
    put(index, document(3, latitude=52.52, longitude=13.4))
    assert set(index._open().known.places) == {"53.5500,10.0000", "52.5200,13.4000"}
