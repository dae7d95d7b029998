"""The search form: parameters to a query, and a name for what cannot be meant (SPEC 48)."""

import pytest
from werkzeug.datastructures import MultiDict

from search.query import Sort
from storefront.live.search_form import Filters, Refused, read, readable


def filters(*pairs: tuple[str, str]) -> Filters:
    """Read parameters."""
    return read(MultiDict(list(pairs)), 24)


def test_money_is_typed_in_whole_units_and_asked_in_cents() -> None:
    query = filters(("price_min", "10000"), ("price_max", "20000")).query(None)
    assert (query.price_min, query.price_max) == (1_000_000, 2_000_000)


def test_several_makes_are_any_of_them() -> None:
    assert filters(("make", "bmw"), ("make", "audi"), ("make", "bmw"), ("make", "")).query(None).makes == (
        "bmw",
        "audi",
    )


def test_empty_parameters_and_unknown_ones_ask_nothing() -> None:
    assert filters(("price_max", ""), ("q", "  "), ("utm_source", "x")) == Filters()


def test_all_makes_are_no_make() -> None:
    assert filters(("make", "any"), ("price_max", "20000")) == filters(("price_max", "20000"))


def test_a_text_is_ordered_by_how_well_it_fits_and_a_lot_by_age() -> None:
    assert filters(("q", "golf")).sort is Sort.RELEVANCE
    assert filters().sort is Sort.NEWEST
    assert filters(("q", "golf"), ("sort", "-price")).sort is Sort.PRICE_DOWN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("price_min", "cheap"),
        ("price_max", "-1"),
        ("price_max", "1e9"),
        ("price_max", "٣"),
        ("price_max", "9" * 400),
        ("year_min", "12"),
        ("mileage_max", "1.5"),
        ("sort", "luck"),
        ("page", "0"),
        ("size", "101"),
        ("size", "0"),
        ("make", "../etc"),
        ("q", "x" * 201),
    ],
)
def test_what_cannot_be_meant_is_named(name: str, value: str) -> None:
    with pytest.raises(Refused) as refusal:
        filters((name, value))
    assert refusal.value.problem.field == name


@pytest.mark.parametrize(
    ("pairs", "field"),
    [
        ([("price_min", "2"), ("price_max", "1")], "price_max"),
        ([("year_min", "2018"), ("year_max", "2017")], "year_max"),
        ([("page", "9999"), ("size", "100")], "page"),
    ],
)
def test_bounds_in_the_wrong_order_and_endless_paging_are_named(pairs: list[tuple[str, str]], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        filters(*pairs).query(None)
    assert refusal.value.problem.field == field


def test_a_form_comes_back_with_what_could_be_read() -> None:
    found = readable(MultiDict([("q", "golf"), ("price_max", "cheap"), ("page", "x"), ("year_min", "2015")]), 24)
    assert (found.q, found.price_max, found.year_min) == ("golf", None, 2015)


def test_a_filter_can_be_taken_away_and_one_of_two_makes_too() -> None:
    found = filters(("make", "bmw"), ("make", "audi"), ("q", "golf"), ("page", "3"))
    assert found.without("make", "bmw").make == ("audi",)
    assert found.without("make").make == ()
    assert (found.without("q").q, found.without("q").page) == ("", 1)
