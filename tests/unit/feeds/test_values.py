"""Numbers and dates as foreign files write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.feeds.values import COMMA, POINT, Notation, day, number, whole, yes


@pytest.mark.parametrize(
    ("written", "notation", "value"),
    [
        ("$5,000", POINT, 5000),
        ("150,000km", POINT, 150000),
        ("4.7", POINT, Decimal("4.7")),
        ("24.900,50 €", COMMA, Decimal("24900.50")),
        ("24'900.50 CHF", POINT, Decimal("24900.50")),
        ("1 234", COMMA, 1234),
        ("4,7", Notation(",", ""), Decimal("4.7")),
        ("12.900,-", COMMA, 12900),
        ("auf Anfrage", POINT, None),
        ("", POINT, None),
        ("1.2.3", POINT, None),
        ("9" * 30, POINT, None),
    ],
)
def test_a_number_is_read_in_the_files_own_notation(written: str, notation: Notation, value: object) -> None:
    assert number(written, notation) == value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2017-03-01T00:00:00", date(2017, 3, 1)),
        ("2017-03", date(2017, 3, 1)),
        ("2017-03-15", date(2017, 3, 15)),
        ("03/2017", date(2017, 3, 1)),
        ("15.03.2017", date(2017, 3, 15)),
        ("0001-01-01T00:00:00", None),
        ("", None),
    ],
)
def test_a_date_is_read_in_the_usual_forms_and_year_one_is_none(written: str, meant: date | None) -> None:
    assert day(written) == meant


@pytest.mark.parametrize("written", ["2017-13-01", "2017-02-30", "bald", "1/2/3"])
def test_what_is_no_date_is_an_error(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        day(written)


def test_yes_and_no_in_three_languages() -> None:
    assert [yes(word) for word in ("ja", "sì", "true", "nein", "no", "0", "")] == [True] * 3 + [False] * 3 + [None]


def test_halves_are_rounded_up() -> None:
    assert [whole(Decimal(text)) for text in ("0.5", "1.5", "2.5", "116.2")] == [1, 2, 3, 116]


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader_of_numbers(text: str) -> None:
    value = number(text)
    assert value is None or abs(value) < 10**16
