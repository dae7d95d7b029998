"""All documents of a tenant read by several processes: the same as by one, and nothing half when one fails."""

import os
import signal
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from search import gathering
from search.documents import Document, all_documents
from search.errors import SearchUnavailable
from search.gathering import Everything, made_of
from search.index import open_index
from search.query import Query
from storefront.core.config import Settings
from storefront.core.tenancy import acting


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a handful of cars count as many, on a machine of several cores."""
    monkeypatch.setattr(gathering, "MANY", 1)
    monkeypatch.setattr(gathering, "SLICE", 2)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1, 2})


@pytest.fixture
def tenant(world: SimpleNamespace, database: Settings) -> Iterator[SimpleNamespace]:
    """Act for the named world's operator."""
    with acting(world.tenant.id):
        yield world


def in_which_process(document: Document) -> tuple[str, int]:
    """Say who made something of a car."""
    return document.id.hex, os.getpid()


def test_several_processes_read_each_car_once_between_them(tenant: SimpleNamespace) -> None:
    cars = sorted(document.id.hex for document in all_documents())
    told: list[int] = []
    made = list(Everything(len(cars), lambda: told.append(1)).made(in_which_process))
    assert sorted(car for car, _ in made) == cars
    assert len(told) == len(cars)
    assert os.getpid() not in {process for _, process in made}
    assert len({process for _, process in made}) > 1


def test_shares_are_all_cars_and_no_car_twice(tenant: SimpleNamespace) -> None:
    shares = [[document.id for document in all_documents(share, 7)] for share in range(7)]
    together = [car for share in shares for car in share]
    assert sorted(together, key=lambda car: car.hex) == sorted(
        (document.id for document in all_documents()), key=lambda car: car.hex
    )


def test_few_cars_are_read_by_the_process_that_asks(tenant: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MANY", 5000)
    made = list(made_of(Everything(3), in_which_process))
    assert {process for _, process in made} == {os.getpid()}


def test_an_index_made_by_several_processes_answers_as_one_made_by_one(
    tenant: SimpleNamespace, database: Settings
) -> None:
    index = open_index(tenant.tenant.id, database)
    with index.exclusive():
        index.rebuild(all_documents())
        alone, held = index.search(Query(size=100)), dict(index.ids())
        index.rebuild(Everything(10))
    assert index.search(Query(size=100)).ids == alone.ids
    assert dict(index.ids()) == held


def test_where_a_process_fails_the_index_that_was_there_goes_on_answering(
    tenant: SimpleNamespace, database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = open_index(tenant.tenant.id, database)
    with index.exclusive():
        number = index.rebuild(all_documents())
        monkeypatch.setattr(Document, "words", lambda _document: 1 / 0)
        with pytest.raises(SearchUnavailable, match="ZeroDivisionError"):
            index.rebuild(Everything(number))
    assert index.search(Query()).total > 0
    assert len(dict(index.ids())) == number


def test_a_process_that_is_killed_is_a_failure_and_no_smaller_index(tenant: SimpleNamespace) -> None:
    def killed(_document: Document) -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return "never"

    with pytest.raises(SearchUnavailable, match="died"):
        list(Everything(10).made(killed))


def test_whoever_stops_asking_leaves_no_process_behind(tenant: SimpleNamespace) -> None:
    made = Everything(10).made(in_which_process)
    _, process = next(made)
    made.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
