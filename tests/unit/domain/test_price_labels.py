"""Price labels: five steps by stated bounds, exact to the cent, and none that flaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.valuation.labels import FAR, HELD, NEAR, Label, is_held, label_of

ORDER = list(Label)
amounts = st.integers(min_value=1, max_value=500_000_000)


@pytest.mark.parametrize(
    ("price", "label"),
    [
        (8_999_99, Label.VERY_GOOD),
        (9_000_00, Label.GOOD),
        (9_599_99, Label.GOOD),
        (9_600_00, Label.FAIR),
        (10_400_00, Label.FAIR),
        (10_400_01, Label.HIGH),
        (11_000_00, Label.HIGH),
        (11_000_01, Label.VERY_HIGH),
    ],
)
def test_a_price_right_on_a_bound_gets_the_step_nearer_to_fair(price: int, label: Label) -> None:
    assert label_of(price, 10_000_00) is label


@given(amounts, amounts)
def test_every_price_has_exactly_the_step_of_its_distance_from_the_market_value(price: int, value: int) -> None:
    off = 1000 * (price - value)
    steps = [off < -FAR * value, -FAR * value <= off < -NEAR * value, abs(off) <= NEAR * value]
    steps += [NEAR * value < off <= FAR * value, off > FAR * value]
    assert [label_of(price, value) is label for label in ORDER] == steps


@given(amounts, amounts, st.integers(min_value=1, max_value=10_000_000))
def test_a_dearer_car_never_gets_a_better_label(price: int, value: int, more: int) -> None:
    assert ORDER.index(label_of(price, value)) <= ORDER.index(label_of(price + more, value))


def test_a_label_stays_until_the_market_is_one_point_beyond_its_bound() -> None:
    assert label_of(9_050_00, 10_000_00, Label.VERY_GOOD) is Label.VERY_GOOD
    assert label_of(9_100_00, 10_000_00, Label.VERY_GOOD) is Label.VERY_GOOD
    assert label_of(9_100_01, 10_000_00, Label.VERY_GOOD) is Label.GOOD
    assert is_held(9_050_00, 10_000_00, Label.VERY_GOOD)
    assert not is_held(8_950_00, 10_000_00, Label.VERY_GOOD)


@given(amounts, st.lists(st.integers(min_value=-HELD + 1, max_value=HELD - 1), min_size=2, max_size=30))
def test_a_market_that_trembles_around_a_bound_changes_a_label_once_at_most(value: int, moves: list[int]) -> None:
    value = max(value, 100_000)
    label, changes = None, 0
    for move in moves:
        fresh = label_of(value * (1000 - FAR) // 1000, value + value * move // 4000, label)
        changes += label is not None and fresh is not label
        label = fresh
    assert changes <= 1
