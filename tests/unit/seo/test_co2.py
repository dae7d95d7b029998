"""CO₂ classes and which cars count as new (SEO.md §18)."""

from datetime import date

import pytest

from seo.co2 import co2_class, counts_as_new, new_until

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("grams", "name"),
    [(0, "A"), (1, "B"), (95, "B"), (96, "C"), (115, "C"), (135, "D"), (155, "E"), (156, "F"), (175, "F"), (176, "G")],
)
def test_the_class_follows_the_bounds_of_the_regulation(grams: int, name: str) -> None:
    assert co2_class(grams) == name


def test_a_negative_emission_is_refused() -> None:
    with pytest.raises(ValueError, match="no emission"):
        co2_class(-1)


def test_a_car_registered_eight_months_ago_today_still_counts_as_new() -> None:
    assert counts_as_new("used", date(2026, 3, 25), 20_000, TODAY)
    assert not counts_as_new("used", date(2026, 3, 24), 20_000, TODAY)


def test_a_car_with_up_to_a_thousand_kilometres_counts_as_new() -> None:
    assert counts_as_new("used", date(2020, 1, 1), 1000, TODAY)
    assert not counts_as_new("used", date(2020, 1, 1), 1001, TODAY)


def test_a_used_car_of_unknown_age_and_mileage_does_not_count_as_new() -> None:
    assert not counts_as_new("used", None, None, TODAY)
    assert counts_as_new("new", None, None, TODAY)


def test_eight_months_after_the_end_of_june_is_the_end_of_february() -> None:
    assert new_until(date(2025, 6, 30)) == date(2026, 2, 28)
