"""When a reduction may be announced (SEO.md §4): examples, and every history against a slow reference."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from seo.prices import PricePoint, Reduction, lawful_reduction

DAY = date(2026, 1, 1)


def history(*points: tuple[int, int]) -> list[PricePoint]:
    """Make a history of (days after the first of January, euros)."""
    return [PricePoint(DAY + timedelta(days=days), euros * 100) for days, euros in points]


def shown(points: list[PricePoint], day: int) -> Reduction | None:
    """Ask on a day after the first of January."""
    return lawful_reduction(points, DAY + timedelta(days=day))


def test_a_reduction_from_the_lowest_price_of_thirty_days_is_announced() -> None:
    found = shown(history((0, 35_200), (38, 34_500)), 40)
    assert found is not None
    assert (found.old_cents, found.new_cents, found.on) == (3_520_000, 3_450_000, DAY + timedelta(days=38))


def test_a_car_offered_for_less_than_thirty_days_shows_no_reduction() -> None:
    assert shown(history((0, 35_200), (29, 34_500)), 30) is None
    assert shown(history((0, 35_200), (30, 34_500)), 30) is not None


def test_a_price_raised_before_it_was_cut_shows_no_reduction() -> None:
    assert shown(history((0, 30_000), (60, 36_000), (65, 33_000)), 65) is None


def test_a_raise_longer_ago_than_thirty_days_does_no_harm() -> None:
    assert shown(history((0, 30_000), (60, 36_000), (91, 33_000)), 91) is not None


def test_a_rise_is_no_reduction() -> None:
    assert shown(history((0, 30_000), (60, 31_000)), 61) is None


def test_a_reduction_is_announced_for_thirty_days() -> None:
    points = history((0, 35_200), (38, 34_500))
    assert shown(points, 68) is not None
    assert shown(points, 69) is None


def test_prices_of_two_currencies_are_not_compared() -> None:
    points = [*history((0, 35_200)), PricePoint(DAY + timedelta(days=40), 3_000_000, "CHF")]
    assert shown(points, 41) is None


def _price_on(points: list[PricePoint], day: date) -> int | None:
    applied = [point.cents for point in points if point.on <= day]
    return applied[-1] if applied else None


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 6)), min_size=1, max_size=8),
    st.integers(0, 60),
)
def test_no_announced_old_price_lies_above_any_price_of_the_thirty_days_before(
    steps: list[tuple[int, int]], later: int
) -> None:
    days, points = 0, []
    for gap, price in steps:
        days += gap
        points.append(PricePoint(DAY + timedelta(days=days), price * 100))
    as_of = points[-1].on + timedelta(days=later)
    found = lawful_reduction(points, as_of)
    if found is None:
        return
    before = [_price_on(points, found.on - timedelta(days=back)) for back in range(1, 31)]
    assert None not in before, "offered for thirty days"
    assert all(found.old_cents <= price for price in before if price is not None)
    assert found.new_cents == _price_on(points, as_of) < found.old_cents
