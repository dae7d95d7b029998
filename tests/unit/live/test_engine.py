"""A request has 800 ms for the engine, whatever the engine does; then it is left alone (SECURITY E6)."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from search.errors import BadQuery, SearchUnavailable
from search.index import Answer
from search.query import Query
from storefront.live.engine import Engines

TENANT = uuid4()
FOUND = Answer(ids=(), total=7, page=1, size=20)


class Fake:
    """An engine that does what a test wants."""

    def __init__(self, do: Callable[[Query], Any]) -> None:
        self.do = do
        self.asked = 0

    def search(self, query: Query) -> Any:
        """Do it."""
        self.asked += 1
        return self.do(query)

    def stamp(self) -> str:
        """Give a stamp."""
        return f"{self.asked}"


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Give an event that lets hanging engines go at the end."""
    event = threading.Event()
    yield event
    event.set()


def engines(fake: Fake, limit: float = 5.0) -> Engines:
    """Make a table of one engine."""
    given: Any = fake
    return Engines(lambda _: given, limit)


def fails(error: BaseException) -> Callable[[Query], Any]:
    """Give an engine's answer that is an error."""

    def raises(_: Query) -> Any:
        raise error

    return raises


def test_an_answer_is_passed_on() -> None:
    assert engines(Fake(lambda _: FOUND)).of(TENANT).search(Query()) is FOUND


def test_an_engine_that_hangs_holds_nobody_up(gate: threading.Event) -> None:
    table = engines(Fake(lambda _: gate.wait(30)), limit=0.05)
    began = time.monotonic()
    with pytest.raises(SearchUnavailable):
        table.of(TENANT).search(Query())
    assert time.monotonic() - began < 20


def test_once_all_threads_hang_nobody_waits_for_another(gate: threading.Event) -> None:
    fake = Fake(lambda _: gate.wait(30))
    table = engines(fake, limit=0.01)
    for _ in range(60):
        with pytest.raises(SearchUnavailable):
            table.of(uuid4()).search(Query())
    assert fake.asked <= 16


@pytest.mark.parametrize(
    "error", [SearchUnavailable("down"), ValueError("garbage"), KeyError("hits"), OSError("reset")]
)
def test_whatever_goes_wrong_in_an_engine_is_an_outage_and_after_three_it_is_left_alone(error: Exception) -> None:
    fake = Fake(fails(error))
    table = engines(fake)
    for _ in range(20):
        with pytest.raises(SearchUnavailable):
            table.of(TENANT).search(Query())
    assert fake.asked == 3


def test_a_query_nobody_can_mean_is_no_outage() -> None:
    fake = Fake(fails(BadQuery("page", "too deep")))
    table = engines(fake)
    for _ in range(5):
        with pytest.raises(BadQuery):
            table.of(TENANT).search(Query())
    assert fake.asked == 5


def test_the_trouble_of_one_tenant_is_not_anothers() -> None:
    broken, sound = uuid4(), uuid4()
    both: Any = {broken: Fake(fails(SearchUnavailable("down"))), sound: Fake(lambda _: FOUND)}
    table = Engines(both.__getitem__, 5.0)
    for _ in range(5):
        with pytest.raises(SearchUnavailable):
            table.of(broken).search(Query())
    assert table.of(sound).search(Query()) is FOUND


def test_what_only_says_more_about_an_answer_is_left_out_when_it_does_not_come() -> None:
    answers = iter([FOUND])

    def once(_: Query) -> Any:
        try:
            return next(answers)
        except StopIteration:
            raise SearchUnavailable("gone") from None

    engine = engines(Fake(once)).of(TENANT)
    assert engine.search(Query()).total == 7
    assert engine.count(Query()) == 0


def test_while_it_rests_nothing_is_kept_or_taken_from_what_was_kept() -> None:
    table = engines(Fake(fails(SearchUnavailable("down"))))
    assert table.of(TENANT).stamp() == "0"
    for _ in range(3):
        with pytest.raises(SearchUnavailable):
            table.of(TENANT).search(Query())
    assert table.of(TENANT).stamp() == ""
