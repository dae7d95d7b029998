"""The arithmetic behind acts on the stock: new prices, and how complete an offer is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.listings.bulk import Repricing, Step
from storefront.domain.listings.completeness import WEIGHTS, score
from storefront.domain.listings.models import PhotoKind
from storefront.domain.vehicles.models import Vehicle


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        (Repricing(Step.PERCENT, -500), 20_000_00, 19_000_00),
        (Repricing(Step.PERCENT, -250), 19_990_00, 19_490_25),
        (Repricing(Step.PERCENT, -250, 1000), 19_990_00, 19_490_00),
        (Repricing(Step.PERCENT, 333, 100), 10_000_00, 10_333_00),
        (Repricing(Step.AMOUNT, -500_00), 20_000_00, 19_500_00),
        (Repricing(Step.AMOUNT, -500_00, 10_000), 19_990_00, 19_500_00),
        (Repricing(Step.AMOUNT, -500_00), 400_00, -100_00),
    ],
)
def test_a_price_changes_by_a_share_or_an_amount_and_is_rounded(change: Repricing, old: int, new: int) -> None:
    assert change.of(old) == new


@given(st.integers(1, 10**9), st.integers(-5000, 5000), st.sampled_from([1, 100, 1000, 10_000]))
def test_a_rounded_price_is_a_multiple_and_no_further_off_than_half_of_it(cents: int, by: int, step: int) -> None:
    exact, rounded = Repricing(Step.PERCENT, by).of(cents), Repricing(Step.PERCENT, by, step).of(cents)
    assert rounded % step == 0
    assert 2 * abs(rounded - exact) <= step


def _car(**values: object) -> Vehicle:
    usual = {"features": [], "features_other": [], "condition": "used", "make": "Seat", "model": "Leon"}
    return Vehicle(**{**usual, **values})


def test_the_weights_are_a_hundred_together() -> None:
    assert sum(WEIGHTS.values()) == 100


def test_nothing_known_scores_nothing_and_everything_a_hundred() -> None:
    assert score(_car(), None, "", []).points == 0
    known = dict.fromkeys(("mileage_km", "power_kw", "doors", "previous_owners", "consumption_combined"), 5)
    words = dict.fromkeys(("fuel", "transmission", "body", "colour", "vin"), "x")
    dates = dict.fromkeys(("first_registered", "inspection_until"), date(2021, 3, 1))
    whole = score(_car(**known, **words, **dates, features=["x"] * 8), 1, "x" * 200, [PhotoKind.INTERIOR] * 12)
    assert (whole.points, whole.missing) == (100, ())


def test_what_adds_most_comes_first() -> None:
    missing = [points for _, points in score(_car(), None, "", []).missing]
    assert missing == sorted(missing, reverse=True)


def test_a_new_car_is_not_asked_for_owners_and_inspection() -> None:
    asked = {name for name, _ in score(_car(condition="new"), None, "", []).missing}
    assert not asked & {"previous_owners", "inspection_until", "first_registered"}
