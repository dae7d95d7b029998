"""What a page shows of a car's prices over time: the present offer, lawful falls only, as a step line."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.listings.queries import CardRow, PriceRow
from storefront.pages import history
from storefront.pages.siteview import Face, SiteView

TODAY = date(2026, 11, 25)
CAR = UUID(int=1)
BERLIN = ZoneInfo("Europe/Berlin")


class Formats:
    """Writes plain values."""

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(BERLIN).date()

    def short_date(self, day: date) -> str:
        return day.isoformat()

    def price(self, cents: int, currency: str = "EUR") -> str:
        return f"{cents // 100} {currency}"


FACE = cast(Face, SimpleNamespace(formats=Formats(), t=lambda key, **values: f"{key} {values}"))
VIEW = cast(SiteView, SimpleNamespace(default=FACE, as_of=TODAY))


def rows(*prices: tuple[int, int]) -> list[PriceRow]:
    """Make a history of (days ago, euros)."""
    made: list[PriceRow] = []
    for ago, euros in prices:
        at = datetime(2026, 11, 25, 12, tzinfo=BERLIN) - timedelta(days=ago)
        made.append(PriceRow(CAR, at, euros * 100, "EUR", made[-1].new_cents if made else None))
    return made


def car(euros: int | None) -> CardRow:
    """Make a car that costs so much now."""
    values: dict[str, Any] = dict.fromkeys(CardRow._fields)
    return CardRow(**{**values, "price_cents": None if euros is None else euros * 100})


def told(prices: list[PriceRow], euros: int | None) -> list[int]:
    """Give the euros a page tells of."""
    row = car(euros)
    found = history.reduction(VIEW, row, prices)
    return [point.cents // 100 for point in history.may_be_told(VIEW, row, prices, found)]


@pytest.mark.parametrize(
    ("prices", "now", "shown"),
    [
        ([(40, 35_200), (2, 34_500)], 34_500, [35_200, 34_500]),
        ([(90, 36_000), (40, 35_200), (2, 34_500)], 34_500, [35_200, 34_500]),
        ([(20, 35_200), (2, 34_500)], 34_500, []),
        ([(60, 30_000), (10, 36_000), (2, 33_000)], 33_000, []),
        ([(60, 30_000), (10, 36_000)], 36_000, [30_000, 36_000]),
        ([(60, 30_000)], 30_000, []),
        ([(40, 35_200), (2, 34_500)], None, []),
        ([(80, 35_200), (40, 34_500)], 34_500, []),
    ],
    ids=["lawful", "last fall only", "too new", "raised before", "raise", "one price", "on request", "long ago"],
)
def test_only_what_may_be_announced_is_told(prices: list[tuple[int, int]], now: int | None, shown: list[int]) -> None:
    assert told(rows(*prices), now) == shown


def test_the_line_falls_where_the_price_falls_and_does_not_change_with_every_day() -> None:
    prices = rows((40, 36_000), (10, 34_000))
    row = car(34_000)
    points = history.may_be_told(VIEW, row, prices, history.reduction(VIEW, row, prices))
    line = history.line(FACE, points)
    assert line is not None
    assert line.path == "M0 8H240V72H300"
    assert (line.first.label, line.first.value) == ("2026-10-16", "36000 EUR")
    assert (line.last.label, line.last.value) == ("2026-11-15", "34000 EUR")
    assert "36000 EUR" in line.text


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 90_000)), min_size=2, max_size=9))
def test_the_line_stays_in_its_box(prices: list[tuple[int, int]]) -> None:
    ordered = rows(*sorted(prices, reverse=True))
    line = history.line(FACE, history.points(VIEW, ordered))
    assert line is not None
    numbers = [int(number) for number in line.path.replace("M", " ").replace("H", " ").replace("V", " ").split()]
    assert all(0 <= number <= 300 for number in numbers)
    across = [0, *(int(step.split("V")[0]) for step in line.path.split("H")[1:])]
    assert across == sorted(across)


def test_an_announced_reduction_names_its_reference_price() -> None:
    prices = rows((40, 35_200), (2, 34_500))
    said = history.announced(FACE, history.reduction(VIEW, car(34_500), prices), "EUR")
    assert said is not None
    assert said.reference == "35200 EUR"
    assert history.announced(FACE, None, "EUR") is None
