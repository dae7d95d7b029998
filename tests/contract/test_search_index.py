"""The promise of every search engine, kept by each in turn; SPEC 48-56, 154 and the search contract T1-T3."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.documents import Document
from search.index import Index
from search.query import Facet, Near, Query, Range, Sort
from tests.engines import ENGINES, engine
from tests.search_oracle import Oracle
from tests.unit.search.documents import NORTH, SOUTH, TENANT, document, lots, searches

HAMBURG, BERLIN = (53.5511, 9.9937), (52.52, 13.405)


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest) -> Iterator[Index]:
    """Give an empty index of one tenant, of each engine in turn."""
    with engine(request.param) as opened:
        made = opened(TENANT)
        fill(made)
        yield made


def fill(index: Index, *documents: Document) -> None:
    """Make the index anew of those documents."""
    with index.exclusive():
        index.rebuild(documents)


def put(index: Index, *documents: Document, gone: tuple[UUID, ...] = ()) -> None:
    """Apply documents and deletions."""
    with index.exclusive():
        index.apply(documents, gone)


def found(index: Index, text: str = "", **values: Any) -> list[int]:
    """Give the numbers of the documents found."""
    return [hit.int >> 64 for hit in index.search(Query(text=text, **values)).ids]


def counts(index: Index, facet: Facet, **values: Any) -> dict[str, int]:
    """Give the numbers of a facet."""
    return dict(index.search(Query(facets=(facet,), **values)).facets[facet])


# -- against every car by every word -------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=lots(), asked=st.lists(searches(), min_size=1, max_size=5), size=st.sampled_from([1, 3, 20]))
def test_membership_order_counts_bounds_and_distance_are_exact_on_every_page(
    index: Index, documents: list[Document], asked: list[Query], size: int
) -> None:
    fill(index, *documents)
    oracle = Oracle(documents)
    for query in asked:
        wanted = oracle.ids(query)
        pages = [index.search(query.with_(size=size, page=page)) for page in range(1, len(wanted) // size + 2)]
        assert {page.total for page in pages} == {len(wanted)}
        assert [hit for page in pages for hit in page.ids] == wanted
        assert [far for page in pages for far in page.km] == list(oracle.km(query, wanted))
        for facet in Facet:
            assert pages[0].facets[facet] == oracle.facet(query, facet), facet
        for which in Range:
            assert pages[0].bounds[which] == oracle.bounds(query, which), which


# -- filters and orders ------------------------------------------------------------------------------------------------


def test_a_filter_alone_is_a_query(index: Index) -> None:
    put(index, document(1, price_cents=900_000), document(2, price_cents=1_100_000))
    assert found(index, ranges=((Range.PRICE, None, 1_000_000),)) == [1]


def test_cars_of_one_price_go_by_id_over_page_borders(index: Index) -> None:
    put(index, *(document(number) for number in (5, 3, 9, 1, 7)))
    pages = [found(index, sort=Sort.PRICE, size=2, page=page) for page in (1, 2, 3)]
    assert pages == [[1, 3], [5, 7], [9]]


def test_a_price_on_request_comes_last_both_ways(index: Index) -> None:
    put(index, document(1, price_cents=None), document(2, price_cents=100), document(3, price_cents=300))
    assert found(index, sort=Sort.PRICE) == [2, 3, 1]
    assert found(index, sort=Sort.PRICE_DOWN) == [3, 2, 1]


def test_the_marketplace_finds_premium_dealers_and_a_dealer_all_of_its_own(index: Index) -> None:
    put(index, document(1), document(2, dealer_id=SOUTH, market=False))
    assert found(index) == [1]
    assert found(index, dealer_id=SOUTH) == [2]


def test_a_car_has_to_have_all_equipment_that_is_asked_for_and_any_of_the_makes(index: Index) -> None:
    put(
        index,
        document(1, features=("abs", "tow_bar")),
        document(2, features=("abs",)),
        document(3, features=("abs", "tow_bar"), make_slug="audi"),
    )
    assert sorted(found(index, chosen=((Facet.FEATURE, ("abs", "tow_bar")),))) == [1, 3]
    assert sorted(found(index, chosen=((Facet.MAKE, ("audi", "bmw")),))) == [1, 2, 3]


# -- counts ------------------------------------------------------------------------------------------------------------


def test_what_is_chosen_of_a_facet_does_not_hide_its_other_values(index: Index) -> None:
    put(
        index,
        document(1, make_slug="bmw", fuel="diesel"),
        document(2, make_slug="audi", fuel="diesel"),
        document(3, make_slug="audi", fuel="petrol"),
    )
    chosen = ((Facet.MAKE, ("bmw",)), (Facet.FUEL, ("diesel",)))
    assert counts(index, Facet.MAKE, chosen=chosen) == {"bmw": 1, "audi": 1}
    assert counts(index, Facet.FUEL, chosen=chosen) == {"diesel": 1}
    answer = index.search(Query(chosen=chosen, facets=tuple(Facet)))
    assert dict(answer.facets[Facet.MAKE]) == {"bmw": 1, "audi": 1}
    assert dict(answer.facets[Facet.BODY]) == {}


def test_a_chosen_value_without_cars_is_told_with_none(index: Index) -> None:
    put(index, document(1, make_slug="bmw"))
    assert counts(index, Facet.MAKE, chosen=((Facet.MAKE, ("audi",)),)) == {"bmw": 1, "audi": 0}


def test_the_numbers_of_equipment_are_of_the_cars_that_have_what_is_chosen(index: Index) -> None:
    put(index, document(1, features=("abs", "esp")), document(2, features=("esp",)))
    assert counts(index, Facet.FEATURE, chosen=((Facet.FEATURE, ("abs",)),)) == {"abs": 1, "esp": 1}


def test_most_cars_come_first_and_no_value_is_left_out(index: Index) -> None:
    put(
        index,
        *(document(number, city_slug=f"city-{number:02d}") for number in range(1, 26)),
        document(99, city_slug="z"),
    )
    put(index, document(98, city_slug="z"))
    (city,) = index.search(Query(facets=(Facet.CITY,))).facets.values()
    assert city == (("z", 2), *((f"city-{number:02d}", 1) for number in range(1, 26)))


def test_bounds_are_of_the_cars_that_match_all_but_that_range(index: Index) -> None:
    put(
        index,
        document(1, price_cents=100, year=2010),
        document(2, price_cents=500, year=2015),
        document(3, price_cents=900, year=2020),
        document(4, price_cents=None, year=None),
    )
    answer = index.search(
        Query(ranges=((Range.PRICE, 200, 600), (Range.YEAR, 2012, None)), bounds=(Range.PRICE, Range.YEAR, Range.POWER))
    )
    assert answer.bounds == {Range.PRICE: (500, 900), Range.YEAR: (2015, 2015), Range.POWER: None}


# -- places ------------------------------------------------------------------------------------------------------------


def at(number: int, place: tuple[float, float], **values: Any) -> Document:
    """Make a car that stands somewhere."""
    return document(number, latitude=place[0], longitude=place[1], **values)


def test_a_radius_holds_its_rim_and_a_car_of_unknown_place_is_in_none(index: Index) -> None:
    fill(index, at(1, HAMBURG), at(2, BERLIN), document(3))
    near: Callable[[int], Near] = lambda km: Near(*HAMBURG, km)  # noqa: E731
    assert found(index, near=near(254)) == [1]
    assert sorted(found(index, near=near(256))) == [1, 2]
    assert sorted(found(index, near=near(1000))) == [1, 2]


def test_nearest_first_equally_near_ones_by_id_each_with_its_distance(index: Index) -> None:
    lueneburg = (53.2464, 10.4115)
    fill(index, at(4, BERLIN), at(3, HAMBURG), at(2, lueneburg), at(1, HAMBURG))
    answer = index.search(Query(near=Near(*HAMBURG, 300), sort=Sort.DISTANCE))
    assert [hit.int >> 64 for hit in answer.ids] == [1, 3, 2, 4]
    assert answer.km[:2] == (0.0, 0.0)
    assert answer.km[2:] == pytest.approx((43.7, 255.3), abs=0.5)
    assert found(index, near=Near(*HAMBURG, 300), sort=Sort.DISTANCE, size=1, page=3) == [2]


def test_a_circle_over_the_date_line_and_the_pole_holds_what_is_near(index: Index) -> None:
    fill(index, at(1, (0.0, 179.95)), at(2, (0.0, -179.95)), at(3, (89.9, 10.0)), at(4, (89.9, -170.0)))
    assert sorted(found(index, near=Near(0.0, 180.0, 10))) == [1, 2]
    assert sorted(found(index, near=Near(90.0, 0.0, 20))) == [3, 4]


def test_bmws_of_a_price_and_age_near_paris_are_found(index: Index) -> None:
    """SPEC 154."""
    paris, versailles, lyon = (48.8566, 2.3522), (48.8049, 2.1204), (45.764, 4.8357)
    bmw = {"make": "BMW", "model": "X3", "model_slug": "x3"}
    fill(
        index,
        *(at(number, versailles, price_cents=3_000_000, year=2018, **bmw) for number in range(1, 15)),
        at(20, paris, price_cents=2_000_000, year=2018, **bmw),
        at(21, paris, price_cents=1_999_999, year=2019, **bmw),
        at(22, paris, price_cents=3_000_000, year=2017, **bmw),
        at(23, lyon, price_cents=3_000_000, year=2019, **bmw),
        at(24, paris, price_cents=3_000_000, year=2019, make="Audi", make_slug="audi", model="Q5"),
    )
    query = Query(
        text="BMW",
        ranges=((Range.PRICE, 2_000_000, 5_000_000), (Range.YEAR, 2018, None)),
        near=Near(*paris, 100),
        size=10,
        sort=Sort.RELEVANCE,
    )
    first, second = index.search(query), index.search(query.with_(page=2))
    assert (first.total, len(first.ids), first.pages) == (15, 10, 2)
    assert {hit.int >> 64 for hit in (*first.ids, *second.ids)} == {*range(1, 15), 20}


# -- words -------------------------------------------------------------------------------------------------------------


def test_the_name_counts_more_than_the_dealer_the_equipment_and_the_text(index: Index) -> None:
    put(
        index,
        document(1, description="Auch ein Golf"),
        document(2, features=("Golf bag",)),
        document(3, dealer_name="Golf Centre"),
        document(4, model="Golf"),
        document(5, model="Gold"),
    )
    assert found(index, "golf", sort=Sort.RELEVANCE) == [4, 3, 2, 1, 5]


def test_of_two_that_match_alike_the_better_offer_comes_first_then_the_newer(index: Index) -> None:
    put(index, document(1, quality=300), document(2, quality=700), document(3, quality=300))
    assert found(index, "bmw", sort=Sort.RELEVANCE) == [2, 1, 3]


def test_a_buyer_finds_a_car_by_what_it_is_in_both_languages(index: Index) -> None:
    put(
        index,
        document(1, body="estate", fuel="diesel", colour="white", transmission="automatic", features=("tow_bar",)),
        document(2, body="saloon"),
    )
    for text in ("Kombi Diesel weiß", "white estate", "station wagon", "Automatik AHK", "anhängerkupplung", "tow bar"):
        assert found(index, text) == [1], text
    assert found(index, "limousine 2017") == [2]


@pytest.mark.parametrize("text", ["vw", "volkswagen", "VW Golf", "vlokswagen"])
def test_a_make_is_found_by_every_name_it_has(index: Index, text: str) -> None:
    put(index, document(1, make="Volkswagen", make_slug="volkswagen", model="Golf"), document(2))
    assert found(index, text) == [1]


@pytest.mark.parametrize("text", ["3er", "3 series", "bmw 3 Series", "Serie 3", "bmw 3er-Reihe", "320d", "3 ser"])
def test_a_320d_is_a_3er_and_a_3_series(index: Index, text: str) -> None:
    put(index, document(1, model="320d"), document(2, model="520d", description="3 Jahre Garantie, series"))
    assert found(index, text, sort=Sort.RELEVANCE)[:1] == [1]
    if text != "3 ser":
        assert found(index, text) == [1]


def test_bwm_3er_kombi_diesl_finds_bmw_3_series_estates_with_diesel_and_nothing_else(index: Index) -> None:
    kind = {"body": "estate", "fuel": "diesel"}
    fill(
        index,
        document(1, model="3er", version="320d Touring", **kind),
        document(2, model="318d", **kind),
        document(3, model="3 Series", description="Dieses Auto ist dies und das.", **kind),
        document(4, model="3er", body="saloon", fuel="diesel", description="Den gibt es auch als Kombi."),
        document(5, model="3er", body="estate", fuel="petrol", description="Kein Diesel, diese Maschine läuft ruhig"),
        document(6, model="5er", version="520d", **kind),
        document(7, make="Audi", make_slug="audi", model="A4", version="2.0 TDI Avant", **kind),
        document(8, model="3er", body="coupe", fuel="petrol", dealer_name="Kombi & Diesel Zentrum"),
    )
    assert sorted(found(index, "bwm 3er kombi diesl")) == [1, 2, 3]
    assert index.search(Query("bwm 3er kombi diesl")).did_you_mean == "bmw 3er kombi diesel"


def test_a_car_of_unknown_body_is_found_by_what_its_text_says(index: Index) -> None:
    put(index, document(1, version="Touring"), document(2, version="Touring", body="saloon"))
    assert found(index, "touring") == [1]


def test_a_text_that_says_what_it_means_is_not_rewritten(index: Index) -> None:
    put(index, document(1, model="Golf"), document(2, model="Gold"))
    assert index.search(Query("golf")).did_you_mean is None
    assert index.search(Query("gol")).did_you_mean is None
    assert index.search(Query("Volkswagn golv")).did_you_mean is not None


def test_nothing_found_is_answered_with_the_nearest_word_there_is(index: Index) -> None:
    put(index, document(1, make="Volkswagen", make_slug="volkswagen", model="Tiguan"))
    answer = index.search(Query("Folkswagen"))
    assert (answer.total, answer.did_you_mean) == (0, "volkswagen")
    assert index.search(Query("zzzzzz")).did_you_mean is None


def test_signs_that_mean_something_to_an_engine_are_only_signs(index: Index) -> None:
    put(index, document(1))
    for text in ('"', "bmw AND", "make:*", ".*", "bmw\\", "(", "[", "bmw~2", "\x00", "'; DROP TABLE"):
        index.search(Query(text=text))
    assert found(index, '"bmw" (3er)') == [1]
    odd = ('"', "\\", '" OR market:true', "*", "a b", "[1 TO 2]", "'")
    for value in odd:
        chosen = ((Facet.MAKE, (value,)), (Facet.FUEL, (value,)), (Facet.FEATURE, (value,)))
        answer = index.search(Query(chosen=chosen, facets=tuple(Facet), bounds=tuple(Range)))
        assert (answer.total, answer.facets[Facet.MAKE]) == (0, ((value, 0),))


# -- writing -----------------------------------------------------------------------------------------------------------


def test_putting_a_car_again_replaces_it_and_removing_it_twice_is_no_fault(index: Index) -> None:
    put(index, document(1, model="Golf"))
    put(index, document(1, model="Polo"))
    assert found(index, "golf") == []
    assert found(index, "polo") == [1]
    put(index, gone=(document(1).id,))
    put(index, gone=(document(1).id,))
    assert found(index) == []
    assert counts(index, Facet.MAKE) == {}


def test_every_listing_is_told_with_the_stamp_of_its_document(index: Index) -> None:
    cars = [document(number, model=f"M{number}") for number in range(1, 30)]
    put(index, *cars)
    put(index, document(3, model="Other"), gone=(document(4).id,))
    wanted = {car.id: car.stamp() for car in cars if car.id != document(4).id}
    assert dict(index.ids()) == {**wanted, document(3).id: document(3, model="Other").stamp()}


def test_another_dealers_cars_are_not_among_ones_own(index: Index) -> None:
    put(index, document(1), document(2, dealer_id=SOUTH, market=False))
    assert counts(index, Facet.DEALER, dealer_id=NORTH) == {NORTH.hex: 1}
