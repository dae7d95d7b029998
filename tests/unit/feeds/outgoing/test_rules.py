"""Who may stand in which feed (SEO.md §§13, 14): exclusions, what each country asks, one car a VIN, limits."""

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from storefront.feeds.outgoing import Picture, StockItem, google, meta, stock_csv
from tests.unit.feeds.outgoing.cars import COUNTRIES, car, channel, lot, new_plugin


def google_rows(items: Sequence[StockItem]) -> list[dict[str, str]]:
    """Write Google's feed and read it back."""
    return list(csv.DictReader(io.StringIO(google.write(channel(), items).decode(), newline=""), delimiter="\t"))


def meta_rows(items: Sequence[StockItem]) -> list[dict[str, str]]:
    """Write Meta's feed and read it back."""
    return list(csv.DictReader(io.StringIO(meta.write(channel(), items).decode(), newline="")))


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"vin": None}, "vin"),
        ({"vin": "WVWZZZ1KZAW00000"}, "vin"),
        ({"vin": "WVWZZZOKZAW000001"}, "vin"),
        ({"vin": "wvwzzz1kzaw000001"}, "vin"),
        ({"pictures": ()}, "image_link"),
        ({"price_cents": None}, "price"),
        ({"damaged": True}, "damaged"),
        ({"condition": "damaged"}, "damaged"),
        ({"accident_free": False}, "damaged"),
        ({"state": "sold"}, "sold"),
        ({"state": "reserved"}, "reserved"),
        ({"state": "incoming"}, "incoming"),
        ({"body": "van", "seats": 3}, "not for passengers"),
        ({"mileage_km": None}, "mileage"),
        ({"year": None}, "year"),
        ({"colour_name": None}, "color"),
    ],
)
@pytest.mark.parametrize("country", COUNTRIES)
def test_google_gets_no_car_it_would_refuse(country: str, other: dict[str, Any], reason: str) -> None:
    unfit = car(1, country, **other)
    assert google.refusal(unfit) == reason
    assert google_rows([unfit, car(2, country)]) == google_rows([car(2, country)])


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"vin": None}, "vin"),
        ({"pictures": ()}, "image[0].url"),
        ({"price_cents": None}, "price"),
        ({"state": "incoming"}, "incoming"),
        ({"mileage_km": None}, "mileage.value"),
        ({"colour_name": None}, "exterior_color"),
    ],
)
def test_meta_gets_no_car_it_would_refuse(other: dict[str, Any], reason: str) -> None:
    assert meta.refusal(car(1, **other)) == reason
    assert meta_rows([car(1, **other)]) == []


NEW: dict[str, Any] = {"condition": "new", "first_registered": None, "mileage_km": 5, "counts_as_new": True}
ELECTRIC: dict[str, Any] = {**NEW, "fuel": "electric", "consumption_combined": None}


@pytest.mark.parametrize(
    ("other", "countries"),
    [
        ({"fuel": None}, "DE IT ES"),
        ({"first_registered": None}, "DE FR IT ES"),
        ({**NEW, "consumption_combined": None}, "DE IT ES NL"),
        ({**NEW, "co2_g_km": None}, "DE IT ES NL"),
        ({**ELECTRIC, "co2_g_km": 0, "consumption_electric": None}, "DE IT ES NL"),
        ({**ELECTRIC, "co2_g_km": 0, "consumption_electric": 159}, ""),
        ({**NEW, "emission_class": None}, "IT"),
        ({"consumption_combined": None, "co2_g_km": None, "emission_class": None}, ""),
    ],
)
def test_each_country_asks_for_its_own(other: dict[str, Any], countries: str) -> None:
    refusing = {country for country in COUNTRIES if google.refusal(car(1, country, **other)) is not None}
    assert refusing == set(countries.split())


@pytest.mark.parametrize("lacking", ["consumption_discharged", "electric_range_km", "co2_class_discharged"])
def test_a_new_plug_in_hybrid_in_germany_tells_what_it_uses_with_the_battery_discharged(lacking: str) -> None:
    assert {country for country in COUNTRIES if google.refusal(new_plugin(1, country, **{lacking: None}))} == {"DE"}
    [row] = google_rows([new_plugin(1)])
    assert row["fuel_consumption_discharged_battery"] == "5.2 l/100km"
    assert row["certification"] == "BMWK:Vehicle_CO2_Class:B,BMWK:Vehicle_CO2_Class_Discharged_Battery:D"


def test_only_new_cars_in_germany_bear_a_certificate() -> None:
    assert google_rows([car(1)])[0]["certification"] == ""
    assert google_rows([car(1, counts_as_new=True)])[0]["certification"] == "BMWK:Vehicle_CO2_Class:D"
    assert {google_rows([new_plugin(1, country)])[0]["certification"] for country in COUNTRIES if country != "DE"} == {
        ""
    }


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_vin_stands_once_and_the_newest_offer_wins(country: str) -> None:
    rows, sold_too = google_rows(lot(country)), meta_rows(lot(country))
    for several in (rows, sold_too):
        vins = [row["vin"] for row in several]
        assert len(vins) == len(set(vins))
    assert {"car0000000001", "car0000000018"} <= {row["id"] for row in rows}
    assert "car0000000010" not in {row["id"] for row in rows}
    assert "car0000000015" not in {row["vehicle_id"] for row in sold_too}, "the same car is on offer again"


def test_meta_goes_on_telling_of_a_car_that_cannot_be_had() -> None:
    states = {row["vehicle_id"]: row["availability"] for row in meta_rows(lot("DE"))}
    assert states["car0000000028"] == states["car0000000016"] == "NOT_AVAILABLE"
    assert states["car0000000001"] == "AVAILABLE"


def test_a_reduction_is_metas_sale_price_and_googles_price_is_the_present_one() -> None:
    reduced = car(1, price_cents=20_990_00, old_price_cents=21_990_00)
    assert (meta_rows([reduced])[0]["price"], meta_rows([reduced])[0]["sale_price"]) == ("21990 EUR", "20990 EUR")
    assert google_rows([reduced])[0]["price"] == "20990.00 EUR"
    assert meta_rows([car(1)])[0]["sale_price"] == ""


def test_google_takes_ten_more_pictures_and_meta_twenty_in_all() -> None:
    many = tuple(Picture(f"https://north.example/i/{n}.jpg") for n in range(25))
    [row] = google_rows([car(1, pictures=many)])
    assert row["image_link"] == many[0].url
    assert row["additional_image_link"].split(",") == [picture.url for picture in many[1:11]]
    [row] = meta_rows([car(1, pictures=many)])
    assert [row[f"image[{n}].url"] for n in range(20)] == [picture.url for picture in many[:20]]
    assert "image[20].url" not in row


def test_titles_and_descriptions_keep_within_their_limits() -> None:
    long = car(1, title="Sondermodell " * 60, description="Wort " * 2_000)
    [row] = google_rows([long])
    assert len(row["title"]) <= 150
    assert row["title"].endswith("Sondermodell")
    assert len(row["description"]) <= 5_000
    [row] = meta_rows([long])
    assert len(row["title"]) <= 500
    assert len(row["description"]) <= 5_000


@pytest.mark.parametrize("country", COUNTRIES)
def test_enums_are_the_platforms_own(country: str) -> None:
    for row in google_rows(lot(country)):
        assert row["engine"] in {*google.ENGINES.values(), ""}
        assert row["body_style"] in {*google.BODIES.values(), ""}
        assert row["emissions_standard"] in {*google.STANDARDS.values(), ""}
        assert row["condition"] in {"new", "used"}
        assert row["google_product_category"] == "916"
        assert "availability" not in row
        assert row["link_template"].endswith("?store={store_code}")
    for row in meta_rows(lot(country)):
        assert row["body_style"] in {*meta.BODIES.values(), "OTHER"}
        assert row["state_of_vehicle"] in {"NEW", "USED"}
        assert json.loads(row["address"])["country"] == country


@pytest.mark.parametrize("text", ["=1+1", "+49", "-2", "@SUM(A1)", "'schon", "\uff1d1"])
def test_no_cell_of_words_is_run_as_a_formula(text: str) -> None:
    assert stock_csv.harmless(text) == f"'{text}"
    written = stock_csv.write(channel(), [car(1, version=text, stock_number=text)]).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(written, newline=""))
    assert row["version"] == row["stock_number"] == f"'{text}"
    assert row["dealer_phone"] == "+4940123", "a number has its own form and stays as it is"


def test_machines_get_the_words_as_they_are() -> None:
    assert google_rows([car(1, version="=1+1")])[0]["trim"] == "=1+1"
    assert meta_rows([car(1, version="=1+1")])[0]["trim"] == "=1+1"


def test_a_used_car_says_the_month_it_was_registered() -> None:
    assert google_rows([car(1, first_registered=date(2021, 3, 31))])[0]["date_first_registered"] == "2021-03"


def test_every_field_of_the_plain_feeds_is_documented() -> None:
    documented = (Path(__file__).parents[4] / "docs" / "feeds.md").read_text("utf-8")
    fields = documented.partition("`battery_kwh` kWh.")[2].partition("In CSV")[0]
    assert re.findall("`([a-z0-9_]+)`", fields) == list(stock_csv.COLUMNS)
