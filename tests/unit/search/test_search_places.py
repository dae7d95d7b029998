"""Circles on the earth (SPEC 52): what lies inside, told by locations or by cells that cover them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.places import Distances, Places, cells, location, metres, position, within
from search.query import Near

degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
close = st.tuples(st.floats(53.4, 53.7), st.floats(9.8, 10.2))
circles = st.builds(
    Near,
    latitude=st.one_of(st.floats(53.4, 53.7), st.floats(-90, 90)),
    longitude=st.one_of(st.floats(9.8, 10.2), st.floats(-180, 180)),
    km=st.integers(1, 1000),
)


def test_a_location_is_written_with_four_decimals_and_never_with_minus_nothing() -> None:
    assert location(53.55114, 9.99366) == "53.5511,9.9937"
    assert location(-0.00001, 0.00001) == "0.0000,0.0000"
    assert location(None, 9.9) == location(53.5, None) == ""
    assert position("53.5511,9.9937") == (53.5511, 9.9937)


def test_distances_follow_the_great_circle() -> None:
    hamburg = Near(53.5511, 9.9937, 1)
    assert metres(hamburg, "53.5511,9.9937") == 0
    assert metres(hamburg, "52.5200,13.4050") == pytest.approx(255_250, abs=300)
    assert metres(Near(0, 179.9, 1), "0.0000,-179.9000") == pytest.approx(22_239, abs=5)


@given(places=st.lists(st.one_of(degrees, close), max_size=60), near=circles)
def test_a_circle_holds_what_is_near_enough_and_its_cover_the_same(
    places: list[tuple[float, float]], near: Near
) -> None:
    written = sorted({location(*place) for place in places})
    inside = within(near, Places(written))
    wanted = [place for place in written if metres(near, place) <= near.km * 1000]
    assert list(inside) == wanted
    whole, single = inside.cover
    assert sorted(place for place in written if {*cells(place)} & {*whole} or place in single) == wanted
    assert dict(Distances(inside)) == {place: metres(near, place) for place in wanted}


def test_a_wide_circle_is_told_in_few_words() -> None:
    written = [location(50 + north / 100, 8 + east / 100) for north in range(60) for east in range(60)]
    whole, single = within(Near(50.3, 8.3, 30), Places(written)).cover
    assert len(whole) + len(single) < len(within(Near(50.3, 8.3, 30), written)) / 2


def test_an_index_without_places_has_none_inside() -> None:
    assert list(within(Near(0, 0, 1000), ["", ""])) == []
