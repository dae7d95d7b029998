"""What a VIN tells by itself."""

import pytest

from storefront.domain.vehicles import vin
from storefront.domain.vehicles.vin import BadVin, check_digit, read_vin


@pytest.mark.parametrize("text", ["1M8GDM9AXKP042788", "11111111111111111", "1HGCM82633A004352", "5GZCZ43D13S812715"])
def test_published_examples_carry_the_check_digit_we_reckon(text: str) -> None:
    assert check_digit(text) == text[8]


def test_a_vin_is_read_as_people_type_it() -> None:
    found = read_vin(" wvw-zzz 1kz.6w000001 ", 2027)
    assert (found.text, found.make, found.region) == ("WVWZZZ1KZ6W000001", "Volkswagen", "europe")
    assert found.years == (2006,)


def test_a_letter_of_the_year_may_mean_two_years_the_newer_one_first() -> None:
    assert read_vin("WBA1A1100LVZ12345", 2027).years == (2020, 1990)
    assert read_vin("WBA1A11000VZ12345", 2027).years == (), "0 is no year"
    assert read_vin("WBA1A1100VVZ12345", 2026).years == (1997,), "2027 is still to come"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "length"),
        ("WVWZZZ1KZ6W00000", "length"),
        ("WVWZZZ1KZ6W0000011", "length"),
        ("WVWZZZ1KZ6W00000I", "letters"),
        ("WVWZZZ1KZ6W00000O", "letters"),
        ("WVWZZZ1KZ6W00000Q", "letters"),
        ("WVWZZZ1KZ6W00000Ä", "letters"),
        ("1HGCM82633A004353", "check"),
    ],
)
def test_what_is_no_vin_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadVin) as refused:
        read_vin(text, 2027)
    assert refused.value.reason == reason


def test_one_wrong_character_is_found_where_the_check_digit_is_due() -> None:
    right = "1M8GDM9AXKP042788"
    for place, letter in enumerate(right):
        other = "2" if vin._VALUES[letter] != 2 else "3"
        if place != 8:
            assert check_digit(right[:place] + other + right[place + 1 :]) != right[8], place


def test_european_cars_need_no_check_digit() -> None:
    found = read_vin("WVWZZZ1KZ6W000001", 2027)
    assert not found.check_is_due
    assert not found.check_fits


def test_every_manufacturer_of_the_list_is_three_letters_once_and_a_make_of_ours() -> None:
    book = vin._book()
    assert all(len(code) == 3 and not set(code) & set("IOQ") for code in book)
    assert read_vin("TMBJJ7NE0L0000001", 2027).make == "Škoda"
    assert read_vin("ZZZ00000000000001", 2027).make is None
