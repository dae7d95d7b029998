"""What fails is left alone, and comes back by itself (SECURITY E6)."""

from storefront.live.breaker import Breaker


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


def made(hand: Hand) -> Breaker:
    """Make a breaker that opens after three failures and rests five seconds."""
    return Breaker(failures=3, rest=5, clock=hand)


def fail(breaker: Breaker, times: int) -> None:
    """Fail so often."""
    for _ in range(times):
        breaker.failed()


def test_two_failures_are_bad_luck_three_are_an_outage() -> None:
    breaker = made(Hand())
    fail(breaker, 2)
    assert breaker.allows()
    assert not breaker.is_open
    fail(breaker, 1)
    assert breaker.is_open
    assert not breaker.allows()


def test_an_answer_between_two_failures_starts_the_count_anew() -> None:
    breaker = made(Hand())
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.allows()


def test_after_a_rest_one_request_tries_and_the_others_do_not_wait_for_it() -> None:
    hand = Hand()
    breaker = made(hand)
    fail(breaker, 3)
    hand.now += 4.9
    assert not breaker.allows()
    hand.now += 0.2
    assert [breaker.allows() for _ in range(4)] == [True, False, False, False]


def test_a_try_that_fails_begins_the_rest_anew_and_one_that_succeeds_ends_the_outage() -> None:
    hand = Hand()
    breaker = made(hand)
    fail(breaker, 3)
    hand.now += 5
    assert breaker.allows()
    breaker.failed()
    hand.now += 4
    assert not breaker.allows()
    hand.now += 1
    assert breaker.allows()
    breaker.succeeded()
    assert [breaker.allows() for _ in range(4)] == [True] * 4


def test_a_try_that_never_comes_back_does_not_keep_the_door_shut() -> None:
    hand = Hand()
    breaker = made(hand)
    fail(breaker, 3)
    hand.now += 5
    assert breaker.allows()
    hand.now += 5
    assert breaker.allows()
