"""Cardealer DP, the open exchange format in JSON."""

import json
from pathlib import Path

import pytest

from storefront.domain.listings.stock import Refused, StockItem, StockRecord
from storefront.feeds import FeedError, Limits, read
from tests.shared_data import shared

CAR = {
    "url": "https://cars.example/1",
    "title": "Golf",
    "price": 21990.5,
    "currency": "EUR",
    "mileage": 42000,
    "brand": "VW",
    "model": "Golf",
    "version": "1.5 TSI",
    "fuel": "petrol",
    "gearbox": "manual",
    "category": "small",
    "color": "blue",
    "door": "fourfive",
}


def package(folder: Path, *cars: object) -> Path:
    path = folder / "package.json"
    path.write_text(json.dumps({"resources": [{"name": "car", "data": list(cars)}]}))
    return path


def items(path: Path) -> list[StockItem]:
    name, found = read(path)
    assert name == "cardealerdp"
    return list(found)


def car(folder: Path, **said: object) -> StockRecord:
    return next(item for item in items(package(folder, {**CAR, **said})) if isinstance(item, StockRecord))


def test_the_formats_own_examples_are_read() -> None:
    tesla, bmw = items(shared("data/feeds/cardealerdp/example-1.json"))
    (civic,) = items(shared("data/feeds/cardealerdp/example-3.json"))
    assert isinstance(tesla, StockRecord)
    assert isinstance(bmw, StockRecord)
    assert isinstance(civic, StockRecord)
    assert (tesla.make, tesla.model, tesla.fuel, tesla.electric_range_km, tesla.battery_kwh_tenths) == (
        "Tesla",
        "Model 3",
        "electric",
        358,
        750,
    )
    assert (bmw.power_kw, bmw.displacement_ccm, bmw.currency, bmw.price_cents) == (246, 2998, "USD", 6_250_000)
    assert (civic.transmission, civic.doors, civic.year) == ("manual", 5, 2021)


def test_words_and_units_become_ours(tmp_path: Path) -> None:
    found = car(tmp_path, year=2021, month=3, power=100, owners=1)
    assert (found.make, found.body, found.power_kw, found.price_cents) == ("Volkswagen", "city", 74, 2_199_050)
    assert found.first_registered is not None
    assert (found.first_registered.month, found.previous_owners) == (3, 1)


@pytest.mark.parametrize("missing", ["url", "price", "brand", "fuel"])
def test_a_car_without_a_required_field_is_refused(tmp_path: Path, missing: str) -> None:
    (refused,) = items(package(tmp_path, {**CAR, missing: None}))
    assert isinstance(refused, Refused)
    assert refused.field == missing


@pytest.mark.parametrize(
    "said", [{"price": "cheap"}, {"year": "soon"}, {"mileage": [1]}, {"power": True}, {"month": 13, "year": 2020}]
)
def test_nonsense_in_a_field_never_breaks_the_file(tmp_path: Path, said: dict[str, object]) -> None:
    assert car(tmp_path, **said).make == "Volkswagen"


def test_what_no_database_takes_never_reaches_one(tmp_path: Path) -> None:
    found = car(
        tmp_path, vin="5YJ3E1EA4KF12345678", title="Go\x00lf", url="https://cars.example/\x001", currency="dollars"
    )
    assert (found.vin, found.raw["title"], found.source_id) == (None, "Golf", "https://cars.example/1")
    assert found.currency == "EUR"


def test_entries_that_are_no_cars_are_refused(tmp_path: Path) -> None:
    assert [type(item) for item in items(package(tmp_path, 7, "x", None))] == [Refused] * 3


@pytest.mark.parametrize("content", ["[]", '{"resources": 1}', '{"cars": []}', "{", '{"a":' * 2000])
def test_other_json_is_no_package(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content)
    with pytest.raises(FeedError):
        read(path)


def test_a_document_over_the_limit_is_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="larger"):
        read(package(tmp_path, *[CAR] * 100), limits=Limits(document=1000))


@pytest.mark.parametrize("document", [{"name": "car", "data": [CAR]}, [CAR]])
def test_a_single_resource_is_taken_for_its_package(tmp_path: Path, document: object) -> None:
    path = tmp_path / "cars.json"
    path.write_text(json.dumps(document))
    assert [item.source_id for item in items(path) if isinstance(item, StockRecord)] == [CAR["url"]]


@pytest.mark.parametrize("resource", [{"path": "cars.csv"}, {"data": None}, {"data": {"a": 1}}])
def test_a_package_whose_cars_are_elsewhere_is_refused(tmp_path: Path, resource: dict[str, object]) -> None:
    path = tmp_path / "package.json"
    path.write_text(json.dumps({"resources": [{"name": "car", **resource}]}))
    with pytest.raises(FeedError, match="no resource named car"):
        read(path)


def test_a_number_in_quotation_marks_is_a_number(tmp_path: Path) -> None:
    assert car(tmp_path, price="12000.50").price_cents == 1_200_050


def test_a_key_that_is_no_text_is_refused(tmp_path: Path) -> None:
    assert [type(item) for item in items(package(tmp_path, {**CAR, "url": {"a": 1}}))] == [Refused]
