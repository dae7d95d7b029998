"""The search form: parameters to a query, and a name for what cannot be meant (SPEC 48)."""

import pytest
from werkzeug.datastructures import MultiDict

from search.query import Facet, Range, Sort
from storefront.live.search_form import Filters, Refused, read, readable


def filters(*pairs: tuple[str, str]) -> Filters:
    """Read parameters."""
    return read(MultiDict(list(pairs)), 24)


def test_money_is_typed_in_whole_units_and_asked_in_cents() -> None:
    query = filters(("price_min", "10000"), ("price_max", "20000")).query(None)
    assert query.range(Range.PRICE) == (1_000_000, 2_000_000)


def test_several_makes_are_any_of_them() -> None:
    query = filters(("make", "bmw"), ("make", "audi"), ("make", "bmw"), ("make", "")).query(None)
    assert query.values(Facet.MAKE) == ("audi", "bmw")


def test_empty_parameters_and_unknown_ones_ask_nothing() -> None:
    assert filters(("price_max", ""), ("q", "  "), ("utm_source", "x")) == Filters()


def test_all_makes_are_no_make() -> None:
    assert filters(("make", "any"), ("price_max", "20000")) == filters(("price_max", "20000"))


def test_a_text_is_ordered_by_how_well_it_fits_and_a_lot_by_age() -> None:
    assert filters(("q", "golf")).order is Sort.RELEVANCE
    assert filters().order is Sort.NEWEST
    assert filters(("q", "golf"), ("sort", "-price")).order is Sort.PRICE_DOWN


def test_nearest_first_needs_a_place_and_goes_with_it() -> None:
    near = filters(("place", "22111"), ("sort", "distance"))
    assert near.order is Sort.DISTANCE
    assert near.without("place").order is Sort.NEWEST
    assert filters(("sort", "distance")).order is Sort.NEWEST


def test_a_place_without_a_radius_means_fifty_kilometres_and_a_radius_without_a_place_nothing() -> None:  # SPEC 132
    assert filters(("place", " 22111  Hamburg ")).parameters() == [("place", "22111 Hamburg"), ("radius", "50")]
    assert filters(("place", "22111"), ("radius", "100")).radius == 100
    assert filters(("radius", "100")) == Filters()


@pytest.mark.parametrize("written", ["20000", "20.000", "20,000", "20 000", "20\u00a0000", "20’000"])
def test_a_number_may_be_written_as_people_write_it(written: str) -> None:
    assert filters(("price_max", written)).range(Range.PRICE) == (None, 20_000)


def test_equal_searches_are_equal_whatever_the_order_of_their_parameters() -> None:
    one = filters(("fuel", "diesel"), ("make", "bmw"), ("year_min", "2018"), ("price_max", "9000"))
    other = filters(("price_max", "9.000"), ("year_min", "2018"), ("make", "bmw"), ("fuel", "diesel"))
    assert one == other
    assert one.parameters() == [("make", "bmw"), ("fuel", "diesel"), ("price_max", "9000"), ("year_min", "2018")]
    assert read(MultiDict(one.parameters()), 24) == one


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
        ("model", "bmw"),
        ("model", "bmw/320d/x"),
        ("body", "estate OR 1=1"),
        ("fuel", 'diesel" OR fuel EXISTS'),
        ("dealer", "z" * 32),
        ("city", "at/wien/x"),
        ("feature", "tow\nbar"),
        ("label", "GOOD"),
        ("radius", "0"),
        ("radius", "1001"),
        ("power_min", "5001"),
        ("place", "x" * 81),
        ("price_max", "20.00"),
        ("price_max", "1.2345"),
        ("price_max", "20.000,000"),
        ("q", "x" * 201),
    ],
)
def test_what_cannot_be_meant_is_named(name: str, value: str) -> None:
    with pytest.raises(Refused) as refusal:
        filters(*((("place", "22111"),) if name == "radius" else ()), (name, value))
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
    assert (found.q, found.range(Range.PRICE), found.range(Range.YEAR)) == ("golf", (None, None), (2015, None))


def test_a_filter_can_be_taken_away_and_one_of_two_makes_too() -> None:
    found = filters(
        ("make", "bmw"), ("make", "audi"), ("q", "golf"), ("page", "3"), ("year_min", "2015"), ("year_max", "2019")
    )
    assert found.without("make", "bmw").values(Facet.MAKE) == ("audi",)
    assert found.without("make").values(Facet.MAKE) == ()
    assert (found.without("q").q, found.without("q").page) == ("", 1)
    assert found.without("year_min").range(Range.YEAR) == (None, 2019)
    assert found.without("year_min").without("year_max").ranges == ()
