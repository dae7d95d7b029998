"""How a stored list falls into pages, and which cars are like a car (docs/architecture.md, Lists)."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from storefront.core.changes import Reads
from storefront.domain.listings.models import BUCKET
from storefront.pages.stock import Places, Shape, Stock, shape


def buckets_of(positions: set[int]) -> dict[int, int]:
    """Count positions by bucket."""
    found: dict[int, int] = {}
    for position in positions:
        found[position // BUCKET] = found.get(position // BUCKET, 0) + 1
    return found


def test_a_short_list_is_its_front() -> None:
    assert shape({0: 20}, 20) == Shape(20, (0,), ())


def test_the_newest_bucket_brings_the_one_below_while_it_is_not_full() -> None:
    assert shape({0: 24, 1: 24, 2: 5}, 53) == Shape(53, (2, 1), (0,))


def test_a_full_newest_bucket_stands_alone() -> None:
    assert shape({0: 24, 1: 24, 2: 24}, 72) == Shape(72, (2,), (1, 0))


def test_a_sale_in_a_full_bucket_moves_no_address() -> None:
    assert shape({0: 24, 1: 24, 2: 23}, 72).older == (1, 0)


def test_an_empty_bucket_is_no_page() -> None:
    assert shape({0: 24, 2: 24, 3: 2}, 74) == Shape(50, (3, 2), (0,))


def test_fewer_than_three_cars_have_no_list() -> None:
    assert not shape({0: 2}, 2).has_pages
    assert shape({0: 3}, 3).has_pages
    assert shape({}, 0) == Shape(0)


def counted(**totals: int) -> Stock:
    """Make lists of so many cars; `make_bmw` stands for `make:bmw`."""
    return Stock("market", _shapes={name.replace("_", ":", 1): Shape(total, (0,)) for name, total in totals.items()})


def test_lists_by_body_fuel_and_city_have_pages_from_three_cars_on() -> None:
    stock = counted(all=9, body_estate=3, body_suv=2, fuel_diesel=4, fuel_petrol=2, city_hamburg=8)
    assert stock.keys_below("body:") == ["body:estate"]
    assert stock.keys_below("fuel:") == ["fuel:diesel"]
    assert stock.keys_below("city:") == ["city:hamburg"]


def test_a_list_that_leaves_nothing_out_has_no_page_beside_that_of_all_cars() -> None:
    stock = counted(all=9, body_estate=9, fuel_diesel=9, city_hamburg=9, make_bmw=9)
    assert not [key for key in ("body:estate", "fuel:diesel", "city:hamburg") if stock.has_page(key)]
    assert stock.has_page("make:bmw")
    assert counted(all=10, fuel_diesel=9).has_page("fuel:diesel")


def test_what_is_called_other_has_no_page() -> None:
    assert not counted(all=9, body_other=5).has_page("body:other")
    assert not counted(all=9, fuel_other=5).has_page("fuel:other")


def test_an_empty_stock_still_has_the_page_of_all_cars() -> None:
    assert counted().has_page("all")


def test_a_page_of_every_list_reads_the_families_of_all_of_them() -> None:
    reads = Reads()
    counted(all=9, make_bmw=3).record(reads)
    names = ("all", "make", "body", "fuel", "city", "model:bmw")
    assert reads.keys == {("list", f"market/{name}", "count") for name in names}


@given(st.sets(st.integers(0, 200)), st.integers(0, 30))
def test_every_car_is_on_exactly_one_page(positions: set[int], ahead: int) -> None:
    found = shape(buckets_of(positions), max(positions, default=0) + 1 + ahead)
    pages = [*found.front, *found.older]
    assert sorted(pages) == sorted(buckets_of(positions))
    assert found.total == len(positions)


@given(st.sets(st.integers(0, 200), min_size=1), st.data())
def test_a_sale_never_takes_an_older_pages_address_unless_the_page_is_empty(
    positions: set[int], data: st.DataObject
) -> None:
    free = max(positions) + 1
    sold = data.draw(st.sampled_from(sorted(positions)))
    before = shape(buckets_of(positions), free)
    after = shape(buckets_of(positions - {sold}), free)
    vanished = set(before.older) - set(after.older)
    assert all(bucket == sold // BUCKET or bucket in after.front for bucket in vanished)


def stock_of(**lists: list[int]) -> Stock:
    """Make lists of cars named by numbers; a car's position is its place in the list."""
    made = Stock("market")
    for key, cars in lists.items():
        ids = [UUID(int=car) for car in cars]
        made._places[key] = Places(list(range(len(ids))), ids, {car: place for place, car in enumerate(ids)})
    return made


def neighbours(stock: Stock, car: int, reads: Reads, most: int = 3) -> list[int]:
    """Ask for cars like one, most alike first."""
    return [found.int for found in stock.neighbours(UUID(int=car), ["model", "make", "all"], most, reads)]


def test_cars_of_the_same_model_come_before_those_of_the_same_make() -> None:
    stock = stock_of(model=[1, 2, 3], make=[1, 9, 2, 3], all=[7, 1, 9, 2, 3])
    assert neighbours(stock, 3, Reads()) == [2, 1, 9]


def test_a_newcomer_changes_nothing_for_a_car_that_has_enough_below_it() -> None:
    reads = Reads()
    before = neighbours(stock_of(model=[1, 2, 3, 4], make=[1, 2, 3, 4], all=[1, 2, 3, 4]), 4, reads)
    after = neighbours(stock_of(model=[1, 2, 3, 4, 5], make=[1, 2, 3, 4, 5], all=[1, 2, 3, 4, 5]), 4, Reads())
    assert before == after == [3, 2, 1]
    assert reads.keys == set()


def test_the_oldest_car_looks_above_and_depends_on_the_lists_that_were_too_short() -> None:
    reads = Reads()
    assert neighbours(stock_of(model=[1, 2], make=[1, 2, 8], all=[1, 2, 8, 9]), 1, reads) == [2, 8, 9]
    assert reads.keys == {("list", "market/model", "joins"), ("list", "market/make", "joins")}


def test_a_car_is_never_like_itself() -> None:
    assert neighbours(stock_of(model=[1], make=[1], all=[1]), 1, Reads()) == []


def test_a_sold_car_takes_the_newest_of_its_kind() -> None:
    reads = Reads()
    assert neighbours(stock_of(model=[1, 2, 3], make=[1, 2, 3], all=[1, 2, 3]), 99, reads, most=2) == [3, 2]
    assert ("list", "market/model", "joins") in reads.keys
