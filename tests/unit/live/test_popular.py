"""Popular searches are kept fifteen minutes at most, and five after nobody asked for them any more (SPEC 60)."""

from typing import Any

import pytest
from redis.exceptions import ConnectionError as Refused

from storefront.live.popular import Counts, Kept, Popular, Shared, Shelf

MINUTE = 60.0


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


@pytest.fixture
def hand() -> Hand:
    """Give the clock of a test."""
    return Hand()


def answer(hand: Hand, body: bytes = b"{}") -> Kept:
    """Make an answer of this moment."""
    return Kept(body, "a" * 16, hand.now)


def test_what_nobody_asks_for_is_gone_after_five_minutes(hand: Hand) -> None:
    shelf = Shelf(clock=hand)
    shelf.put("golf", answer(hand))
    hand.now += 5 * MINUTE - 1
    assert shelf.get("golf") is not None
    hand.now += 5 * MINUTE
    assert shelf.get("golf") is None


def test_what_is_asked_for_all_the_time_is_made_anew_after_fifteen_minutes(hand: Hand) -> None:
    shelf = Shelf(clock=hand)
    shelf.put("golf", answer(hand))
    for _ in range(14):
        hand.now += MINUTE
        assert shelf.get("golf") is not None
    hand.now += MINUTE
    assert shelf.get("golf") is None


def test_a_full_shelf_lets_go_of_what_was_used_longest_ago(hand: Hand) -> None:
    shelf = Shelf(clock=hand, most=300)
    for name in ("one", "two", "three"):
        shelf.put(name, answer(hand, b"x" * 100))
    assert shelf.get("one") is not None
    shelf.put("four", answer(hand, b"x" * 100))
    assert [shelf.get(name) is not None for name in ("one", "two", "three", "four")] == [True, False, True, True]


def test_an_answer_put_twice_is_counted_once(hand: Hand) -> None:
    shelf = Shelf(clock=hand, most=150)
    for _ in range(5):
        shelf.put("one", answer(hand, b"x" * 100))
    assert shelf.get("one") is not None


def test_only_what_is_asked_for_again_is_worth_keeping(hand: Hand) -> None:
    shelf = Shelf(clock=hand)
    assert [shelf.is_asked_again("golf"), shelf.is_asked_again("polo"), shelf.is_asked_again("golf")] == [
        False, False, True,
    ]  # fmt: skip


class Server:
    """As much of a Valkey as the shared shelf uses, which can go silent."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.expiry: dict[str, int] = {}
        self.silent = False
        self.asked = 0

    def get(self, name: str) -> bytes | None:
        """Give a value."""
        self._hear()
        return self.values.get(name)

    def set(self, name: str, value: bytes, ex: int) -> None:
        """Put a value."""
        self._hear()
        self.values[name], self.expiry[name] = value, ex

    def expire(self, name: str, seconds: int) -> None:
        """Let a value live so long from now."""
        self._hear()
        self.expiry[name] = seconds

    def _hear(self) -> None:
        self.asked += 1
        if self.silent:
            raise Refused("nobody there")


def shared(server: Server, hand: Hand) -> Shared:
    """Make a shared shelf on a server."""
    served: Any = server
    return Shared(lambda: served, clock=hand)


def test_processes_share_what_one_of_them_made(hand: Hand) -> None:
    server = Server()
    one, other = (Popular(Shelf(clock=hand), shared(server, hand), Counts(lambda: Server())) for _ in range(2))  # type: ignore[arg-type, return-value]
    one.put("golf", answer(hand, b"found"))
    kept = other.get("golf")
    assert kept == answer(hand, b"found")
    assert next(iter(server.expiry.values())) == 300


def test_asking_keeps_a_shared_answer_but_never_beyond_its_fifteen_minutes(hand: Hand) -> None:
    server = Server()
    shelf = shared(server, hand)
    shelf.put("golf", answer(hand))
    hand.now += 13 * MINUTE
    assert shelf.get("golf") is not None
    assert next(iter(server.expiry.values())) == 120
    hand.now += 2 * MINUTE
    assert shelf.get("golf") is None


def test_a_silent_server_is_left_alone_and_nothing_else_happens(hand: Hand) -> None:
    server = Server()
    shelf = shared(server, hand)
    server.silent = True
    for _ in range(50):
        assert shelf.get("golf") is None
        shelf.put("golf", answer(hand))
    assert server.asked == 1


def test_what_somebody_else_wrote_there_is_no_answer(hand: Hand) -> None:
    server = Server()
    shelf = shared(server, hand)
    shelf.put("golf", answer(hand))
    for nonsense in (b"", b"hello", b"9 tag 1\n{}", b"1 tag\n{}", b"1 tag soon\n{}"):
        server.values = dict.fromkeys(server.values, nonsense)
        assert shelf.get("golf") is None
