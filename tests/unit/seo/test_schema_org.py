"""Structured data: required properties, states, prices, safe writing (SEO.md §§2-5)."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seo import schema_org
from seo.schema_org import CarFacts, OfferFacts, Seller

SELLER = Seller("https://cars.example/#dealer", "Autohaus Beispiel GmbH", "https://cars.example/", city="Berlin")
CAR = CarFacts(
    url="https://cars.example/vehicles/vw-id3-7f3k2/",
    name="Volkswagen ID.3 Pro 58 kWh 2022",
    description="One owner.",
    brand="Volkswagen",
    model="ID.3",
    sku="7F3K2",
    condition="used",
    images=("https://cars.example/i/1.jpg",),
    mileage_km=41_250,
    offer=OfferFacts("22990.00", "EUR"),
    seller_id=SELLER.id,
)


def car_of(facts: CarFacts) -> dict[str, Any]:
    """Give the car's node."""
    return schema_org.vehicle(facts, SELLER, [("Fahrzeuge", "https://cars.example/vehicles/"), ("ID.3", None)])[0]


def test_a_car_with_photo_and_price_is_a_product_with_one_offer() -> None:
    node = car_of(CAR)
    assert node["@type"] == ["Product", "Car"]
    assert node["@id"] == f"{CAR.url}#vehicle"
    assert node["offers"]["price"] == "22990.00"
    assert node["offers"]["availability"] == "https://schema.org/InStoreOnly"
    assert node["mileageFromOdometer"] == {"@type": "QuantitativeValue", "value": 41_250, "unitCode": "KMT"}


def test_a_car_without_photo_or_price_is_a_plain_car() -> None:
    assert car_of(replace(CAR, images=()))["@type"] == "Car"
    on_request = car_of(replace(CAR, offer=None))
    assert on_request["@type"] == "Car"
    assert "offers" not in on_request


def test_a_sold_car_is_sold_out_and_names_no_price() -> None:
    node = car_of(replace(CAR, state="sold", offer=None))
    assert node["offers"]["availability"] == "https://schema.org/SoldOut"
    assert "price" not in node["offers"]
    assert node["@type"] == "Car"


def test_a_reduction_is_two_specifications_and_no_price_beside_them() -> None:
    offer = car_of(replace(CAR, offer=OfferFacts("22990.00", "EUR", "23990.00")))["offers"]
    assert "price" not in offer
    now, old = offer["priceSpecification"]
    assert (now["price"], "priceType" in now) == ("22990.00", False)
    assert (old["price"], old["priceType"]) == ("23990.00", "https://schema.org/StrikethroughPrice")


def test_unknown_facts_are_left_out() -> None:
    assert not {"color", "numberOfDoors", "vehicleEngine", "emissionsCO2"} & car_of(CAR).keys()


def test_an_electric_car_emits_zero_and_says_so() -> None:
    assert car_of(replace(CAR, co2=0))["emissionsCO2"] == 0


def test_a_hybrid_has_two_engines() -> None:
    engines = car_of(replace(CAR, engines=("Hybrid", "Elektro"), power_kw=100))["vehicleEngine"]
    assert [engine["fuelType"] for engine in engines] == ["Hybrid", "Elektro"]
    assert "enginePower" in engines[0]
    assert "enginePower" not in engines[1]


def test_a_dealer_without_an_address_is_an_organization() -> None:
    assert schema_org.dealer(SELLER)["@type"] == "AutoDealer"
    assert schema_org.dealer(replace(SELLER, city=""))["@type"] == "Organization"


def test_days_with_the_same_hours_are_told_together() -> None:
    node = schema_org.dealer(replace(SELLER, hours={"1": ["09:00-18:00"], "2": ["09:00-18:00"], "6": ["10:00-14:00"]}))
    weekdays, saturday = node["openingHoursSpecification"]
    assert weekdays["dayOfWeek"] == ["https://schema.org/Monday", "https://schema.org/Tuesday"]
    assert (saturday["opens"], saturday["closes"]) == ("10:00", "14:00")


@pytest.mark.parametrize(("cars", "has_list"), [(2, False), (3, True)])
def test_a_list_is_an_item_list_from_three_cars_on(cars: int, has_list: bool) -> None:
    page, _ = schema_org.listing(
        "https://cars.example/vehicles/", "Alle", [f"u{n}" for n in range(cars)], [("A", None)]
    )
    assert ("mainEntity" in page) is has_list


def test_the_website_is_named_on_the_root_only() -> None:
    kinds = [node["@type"] for node in schema_org.home("https://cars.example", "A", SELLER, root=True)]
    assert kinds == ["WebSite", "AutoDealer"]
    assert len(schema_org.home("https://cars.example", "A", SELLER, root=False)) == 1


@given(st.text(st.characters(codec="utf-8")))
def test_no_text_can_leave_the_script_element(text: str) -> None:
    written = schema_org.serialise([car_of(replace(CAR, description=text))])
    assert not set(written) & set("<>&\u2028\u2029")
    node = json.loads(written)["@graph"][0]
    assert node.get("description", "") == text
