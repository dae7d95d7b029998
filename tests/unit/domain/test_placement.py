"""Which lists a car stands in: the keys of cities, and the families lists count in."""

import pytest

from storefront.domain.listings.models import family_of
from storefront.domain.listings.placement import city_key


def test_a_city_of_the_marketplaces_own_country_needs_no_country() -> None:
    assert city_key("Bad Oldesloe", "DE", "DE") == "city:bad-oldesloe"
    assert city_key("München", "de", "DE") == "city:muenchen"


def test_namesakes_in_two_countries_are_two_lists() -> None:
    assert city_key("Neustadt", "AT", "DE") == "city:at/neustadt"
    assert city_key("Neustadt", "AT", "DE") != city_key("Neustadt", "DE", "DE")


def test_a_greek_city_is_written_in_latin_letters() -> None:
    assert city_key("Θεσσαλονίκη", "GR", "DE") == "city:gr/thessalonike"


@pytest.mark.parametrize("name", ["", "   ", "…"])
def test_a_place_without_a_name_has_no_list(name: str) -> None:
    assert city_key(name, "DE", "DE") is None


def test_a_list_counts_in_its_family() -> None:
    assert [family_of(key) for key in ("all", "make:bmw", "body:suv", "city:at/wien")] == [
        "all",
        "make",
        "body",
        "city",
    ]
    assert family_of("model:bmw/320d") == "model:bmw"
