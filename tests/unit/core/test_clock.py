"""What a time on the wall is in UTC."""

from datetime import UTC, datetime

import pytest

from storefront.core.clock import from_local

BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_summer_and_winter_have_their_own_hour() -> None:
    assert from_local(at("2026-07-01T09:00"), BERLIN) == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert from_local(at("2026-12-01T09:00"), BERLIN) == datetime(2026, 12, 1, 8, tzinfo=UTC)


def test_an_hour_that_comes_twice_is_the_first_of_them() -> None:
    assert from_local(at("2026-10-25T02:30"), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("local", ["2026-03-29T02:30", "0001-01-01T00:00", "9999-12-31T23:59", "1999-12-31T23:59"])
def test_a_time_no_clock_shows_or_nobody_plans_for_is_refused(local: str) -> None:
    with pytest.raises(ValueError, match=r"skip 02:30|slip of the pen"):
        from_local(at(local), BERLIN)
