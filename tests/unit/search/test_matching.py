"""A car is met by a saved search exactly when the search finds it; few searches are looked at for one car (SPEC 66)."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.documents import Document
from search.embedded import EmbeddedIndex
from search.errors import BadQuery
from search.matching import OPEN_HIGH, OPEN_LOW, WORD, Car, Key, criteria_of, keys_of, matches, query_of
from search.places import position
from search.query import Facet, Near, Query, Range, Sort
from tests.search_oracle import Oracle
from tests.unit.search.documents import NORTH, SOUTH, TENANT, TYPED, document, lots

HAMBURG, LUEBECK = (53.5511, 9.9937), (53.8655, 10.6866)


@st.composite
def cars(draw: st.DrawFn) -> Document:
    """Draw one car, with all that can be chosen and bounded known or not."""
    lot = draw(lots().filter(bool))
    place = draw(st.sampled_from([(None, None), HAMBURG, LUEBECK]))
    written = "" if place[0] is None else f"{place[0]:.4f},{place[1]:.4f}"
    return replace(
        lot[0],
        fuel=draw(st.sampled_from([None, "diesel", "electric"])),
        transmission=draw(st.sampled_from([None, "automatic", "manual"])),
        drive=draw(st.sampled_from([None, "all"])),
        colour=draw(st.sampled_from([None, "black", "red"])),
        features=draw(st.sampled_from([(), ("abs",), ("abs", "navigation"), ("abs", "Dachgepäckträger")])),
        label=draw(st.sampled_from([None, "good"])),
        power_kw=draw(st.sampled_from([None, 85, 110])),
        latitude=place[0],
        longitude=place[1],
        location=written,
    )


CHOICES: dict[Facet, list[str]] = {
    Facet.MAKE: ["skoda", "bmw", "opel", "volkswagen"],
    Facet.MODEL: ["bmw/3er", "skoda/3er", "opel/3er", "volkswagen/golf"],
    Facet.BODY: ["estate", "saloon"],
    Facet.FUEL: ["diesel", "electric"],
    Facet.TRANSMISSION: ["automatic", "manual"],
    Facet.DRIVE: ["all", "front"],
    Facet.COLOUR: ["black", "red"],
    Facet.FEATURE: ["abs", "navigation", "Dachgepäckträger"],
    Facet.LABEL: ["good", "fair"],
    Facet.DEALER: [NORTH.hex, SOUTH.hex],
    Facet.CITY: ["hamburg", "luebeck"],
}


@st.composite
def searches(draw: st.DrawFn) -> Query:
    """Draw a search of any kind."""
    facets = draw(st.lists(st.sampled_from(list(CHOICES)), max_size=3, unique=True))
    chosen = tuple(
        (one, tuple(draw(st.lists(st.sampled_from(CHOICES[one]), min_size=1, max_size=3)))) for one in facets
    )
    bounds = draw(st.lists(st.sampled_from(list(Range)), max_size=2, unique=True))
    edges = {
        Range.PRICE: (990_000, 1_500_000),
        Range.YEAR: (2015, 2016),
        Range.MILEAGE: (0, 10_000),
        Range.POWER: (85, 100),
    }
    ranges = tuple(
        (
            one,
            draw(st.sampled_from([None, -11, edges[one][0]])),
            draw(st.sampled_from([None, edges[one][1], OPEN_HIGH])),
        )
        for one in bounds
    )
    near = draw(st.sampled_from([None, None, Near(*HAMBURG, 10), Near(*HAMBURG, 58), Near(*LUEBECK, 1000)]))
    text = " ".join(draw(st.lists(st.sampled_from(TYPED), max_size=3)))
    dealer = draw(st.sampled_from([None, None, NORTH, SOUTH]))
    return Query(text=text, chosen=chosen, ranges=ranges, near=near, dealer_id=dealer)


def is_looked_up(key: Key, car: Car, words: list[str]) -> bool:
    """Ask whether a car comes upon a key and its bounds hold it: what the database is asked."""
    values = [OPEN_LOW if car.values[which] is None else car.values[which] for which in Range]
    highs = [OPEN_HIGH if car.values[which] is None else car.values[which] for which in Range]
    south, north, west, east = key.box
    location = car.document.location
    latitude, longitude = position(location) if location else (-91.0, -181.0)
    inside = south <= latitude and west <= longitude
    inside = inside and (north >= latitude if location else north >= 91.0)
    inside = inside and (east >= longitude if location else east >= 181.0)
    low_high = zip(key.bounds[::2], key.bounds[1::2], values, highs, strict=True)
    return key.term in car.terms(words) and inside and all(low <= a and high >= b for low, high, a, b in low_high)


@settings(max_examples=400)
@given(car=cars(), query=searches())
def test_a_search_is_met_exactly_when_it_finds_the_car(car: Document, query: Query) -> None:
    assert matches(query, car) == (Oracle([car]).ids(query) == [car.id])


@settings(max_examples=60)
@given(car=cars(), asked=st.lists(searches(), min_size=1, max_size=8))
def test_the_engine_that_holds_nothing_but_the_car_says_the_same(car: Document, asked: list[Query]) -> None:
    with TemporaryDirectory() as folder:
        index = EmbeddedIndex(Path(folder) / "index", TENANT)
        with index.exclusive():
            index.rebuild([car])
        assert [matches(query, car) for query in asked] == [index.search(query).total == 1 for query in asked]


@settings(max_examples=400)
@given(car=cars(), query=searches())
def test_what_is_looked_up_by_keys_is_what_is_met(car: Document, query: Query) -> None:
    keys = keys_of(query)
    words = [key.term for key in keys if key.term.startswith(WORD)]
    seen = Car(car)
    on_site = car.market if query.dealer_id is None else car.dealer_id == query.dealer_id
    found = on_site and any(
        is_looked_up(key, seen, words) and (not key.rest or seen.meets(query_of(orjson.loads(key.rest))))
        for key in keys
    )
    assert found == matches(query, car)


@settings(max_examples=200)
@given(query=searches())
def test_a_search_is_kept_and_asked_again_the_same(query: Query) -> None:
    kept = orjson.loads(orjson.dumps(criteria_of(query)))
    again = query_of(kept, query.dealer_id)
    assert criteria_of(again) == criteria_of(query)
    assert (again.words, again.chosen, again.ranges, again.near) == (
        query.words, query.chosen, query.ranges, query.near,
    )  # fmt: skip


def test_order_and_page_are_no_part_of_a_saved_search() -> None:
    first = Query(text=" Golf  Kombi ", sort=Sort.PRICE, page=3, size=50)
    assert criteria_of(first) == criteria_of(Query(text="Golf Kombi")) == {"text": "Golf Kombi"}


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        (Query(chosen=((Facet.MAKE, ("bmw",)), (Facet.MODEL, ("bmw/320d",)))), ["model:bmw/320d"]),
        (Query(chosen=((Facet.MAKE, ("audi", "bmw")),)), ["make:audi", "make:bmw"]),
        (Query(text="scheckheft diesel kombi"), ["word:scheckheft"]),
        (Query(text="oct"), ["word:oct*"]),
        (Query(chosen=((Facet.BODY, ("estate",)), (Facet.FUEL, ("diesel",)))), ["body:estate"]),
        (Query(chosen=((Facet.FEATURE, ("abs", "navigation")),)), ["feature:navigation"]),
        (Query(ranges=((Range.PRICE, None, 1_000_000),)), ["any"]),
    ],
)
def test_a_search_stands_under_the_most_telling_it_asks_for(query: Query, terms: list[str]) -> None:
    assert [key.term for key in keys_of(query)] == terms


def test_term_and_bounds_that_say_it_all_leave_nothing_to_ask() -> None:
    plain = Query(
        chosen=((Facet.MAKE, ("bmw",)), (Facet.MODEL, ("bmw/3er",))), ranges=((Range.PRICE, None, 2_000_000),)
    )
    assert [key.rest for key in keys_of(plain)] == [""]
    other_make = Query(chosen=((Facet.MAKE, ("audi",)), (Facet.MODEL, ("bmw/3er",))))
    assert [key.rest for key in keys_of(other_make)] == ['{"chosen":{"make":["audi"]}}']
    assert not matches(other_make, document())


def test_a_car_without_a_price_meets_no_search_with_a_price() -> None:
    asked = Query(ranges=((Range.PRICE, 0, None),))
    assert not matches(asked, document(price_cents=None))
    assert matches(asked, document(price_cents=1))


@pytest.mark.parametrize("asked", [(-11, None), (None, OPEN_HIGH), (-11, OPEN_HIGH)])
def test_a_bound_every_price_keeps_still_asks_for_a_price(asked: tuple[int | None, int | None]) -> None:
    (key,) = keys_of(Query(ranges=((Range.PRICE, *asked),)))
    assert not is_looked_up(key, Car(document(price_cents=None)), [])
    assert is_looked_up(key, Car(document(price_cents=1)), [])


@pytest.mark.parametrize("near", [Near(89.9, 0.0, 100), Near(0.0, 179.9, 100), Near(-89.95, 10.0, 1000)])
def test_circles_round_a_pole_and_over_the_date_line_lose_nobody(near: Near) -> None:
    (key,) = keys_of(Query(near=near))
    for latitude, longitude in ((near.latitude, near.longitude), (near.latitude, -near.longitude), (89.95, 170.0)):
        car = Car(document(latitude=latitude, longitude=longitude))
        if car.meets(Query(near=near)):
            assert is_looked_up(key, car, [])


def test_a_search_of_another_release_is_refused_and_no_guess() -> None:
    with pytest.raises(ValueError, match="wheels"):
        query_of({"chosen": {"wheels": ["4"]}})
    with pytest.raises(BadQuery):
        query_of({"near": [0.0, 0.0, 5000]})


def test_keys_of_a_dealers_site_ask_nothing_of_the_marketplace() -> None:
    on_site = Query(dealer_id=UUID(int=7), chosen=((Facet.MAKE, ("bmw",)),))
    assert keys_of(on_site) == keys_of(replace(on_site, dealer_id=None))


def test_what_is_called_in_several_ways_is_met_in_each() -> None:
    estate = document(body="estate", fuel="diesel", make="Volkswagen", make_slug="volkswagen", model="Golf")
    for text in ("kombi", "estate", "diesl kombi", "vw golf", "volkswagen"):
        assert matches(Query(text=text), estate) == (Oracle([estate]).ids(Query(text=text)) != []), text
