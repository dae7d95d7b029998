"""One spelling of makes and models, whoever writes them."""

import csv
import gzip
import io

import pytest
from lxml import etree

from storefront.domain.vehicles.vocabulary import (
    Matched,
    family_of,
    find_make,
    find_model,
    folded,
    in_order,
    makes,
    normalise_make,
    normalise_model,
)
from tests.shared_data import shared


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("VW", "Volkswagen"),
        ("mercedes_benz", "Mercedes-Benz"),
        ("MERCEDES BENZ", "Mercedes-Benz"),
        ("Skoda", "Škoda"),
        ("citroen", "Citroën"),
        ("BMW I", "BMW"),
        ("mini", "MINI"),
        ("alfa_romeo", "Alfa Romeo"),
    ],
)
def test_a_make_is_known_in_every_spelling(written: str, name: str) -> None:
    found = normalise_make(written)
    assert (found.name, found.how) == (name, Matched.EXACT)


@pytest.mark.parametrize(
    ("written", "name"), [("Volkswagon", "Volkswagen"), ("Porche", "Porsche"), ("Mercedez Benz", "Mercedes-Benz")]
)
def test_a_misspelt_make_is_a_near_miss(written: str, name: str) -> None:
    found = normalise_make(written)
    assert (found.name, found.how) == (name, Matched.NEAR)


def test_an_unknown_make_stays_as_it_was_written() -> None:
    found = normalise_make(" Zündapp_Janus ")
    assert (found.name, found.how) == ("Zündapp Janus", Matched.UNKNOWN)


@pytest.mark.parametrize(
    ("make", "written", "name", "family"),
    [
        ("BMW", "3er", "3er", "3er"),
        ("BMW", "320", "320", "3er"),
        ("BMW", "X5 M", "X5 M", "X5"),
        ("Mercedes-Benz", "c_klasse", "C-Klasse", "C-Klasse"),
        ("Mercedes-Benz", "C220", "C 220", "C-Klasse"),
        ("Mercedes-Benz", "GLC 43 AMG", "GLC 43 AMG", "GLC"),
        ("Audi", "A6 allroad", "A6 allroad", "A6"),
        ("Audi", "SQ7", "SQ7", "Q7"),
        ("Volkswagen", "kaefer", "Käfer", "Käfer"),
        ("MINI", "Cooper SD Countryman", "Cooper SD Countryman", "Countryman"),
        ("Mazda", "3_reihe", "3", "3"),
        ("Porsche", "Targa", "Targa", "911"),
        ("Hyundai", "santa", "Santa Fe", "Santa Fe"),
    ],
)
def test_a_model_has_one_name_and_a_family(make: str, written: str, name: str, family: str) -> None:
    found = normalise_model(make, written)
    assert (found.name, found.how) == (name, Matched.EXACT)
    assert family_of(make, found.name) == family


def test_models_that_differ_in_a_number_are_never_taken_for_each_other() -> None:
    assert normalise_model("Peugeot", "2018").how is Matched.UNKNOWN
    assert normalise_model("Volkswagen", "Tiguann").name == "Tiguan"


def test_an_unknown_model_stays_as_it_was_written() -> None:
    assert normalise_model("Triumph", "Tiger 1050").name == "Tiger 1050"
    assert normalise_model("Unknown", "Thing").how is Matched.UNKNOWN


@pytest.mark.parametrize(
    ("text", "make"),
    [
        ("Corvette_C3_Coupe", "Chevrolet"),
        ("Ssanyong_Rexton_2.7", "SsangYong"),
        ("Dodge_Nitro_4.0", "Dodge"),
        ("Aston_Martin_DB7", "Aston Martin"),
        ("Gut_erhaltene_Alufelgen", None),
    ],
)
def test_a_free_text_may_name_the_make(text: str, make: str | None) -> None:
    assert find_make(text) == make


@pytest.mark.parametrize(
    ("make", "text", "model"),
    [
        ("Peugeot", "Peugeot_807_160_NAVTECH", "807"),
        ("Mazda", "Mazda_6_Kombi", "6"),
        ("BMW", "Bmw_316i_lpg_coupe", "3er"),
        ("BMW", "BMW X5 3.0d", "X5"),
        ("Mercedes-Benz", "Mercedes_Benz_E_320_4_Matic", "E-Klasse"),
        ("Fiat", "Fiat_Grande_Punto_1.4", "Grande Punto"),
        ("Volkswagen", "Vw_90_PS_zu_verkaufen", None),
        ("Rover", "verkaufe opas auto", None),
    ],
)
def test_a_free_text_may_name_the_model(make: str, text: str, model: str | None) -> None:
    assert find_model(make, text) == model


def test_every_make_has_its_own_keys_and_address() -> None:
    keys = [key for make in makes() for key in make.keys]
    assert len(keys) == len(set(keys))
    assert len({make.slug for make in makes()}) == len(makes()) >= 90


def test_no_two_models_of_a_make_fold_into_one() -> None:
    for make in makes():
        names = set(make.models.values())
        assert len({folded(name) for name in names}) == len(names), make.name


def test_features_come_in_the_order_of_display() -> None:
    assert in_order(["usb", "abs", "usb", "navigation"]) == ("abs", "navigation", "usb")


def test_all_makes_and_models_of_the_kleinanzeigen_file_are_known() -> None:
    with gzip.open(shared("data/listings/kleinanzeigen-autos.csv.gz")) as file:
        rows = list(csv.DictReader(io.TextIOWrapper(file, encoding="cp1252", newline="")))
    cars = {(row["brand"], row["model"]) for row in rows} - {("sonstige_autos", "")}
    assert len({brand for brand, _ in cars}) == 39
    for brand, model in cars:
        make = normalise_make(brand)
        assert make.how is Matched.EXACT
        if model not in ("", "andere"):
            assert normalise_model(make.name, model).how is Matched.EXACT, (brand, model)


def test_all_cars_of_the_stx3_file_are_known() -> None:
    with gzip.open(shared("data/feeds/autoscout24-stx3/2018-03-10.xml.gz")) as file:
        vehicles = [v for v in etree.parse(file).iter("vehicle") if v.findtext("type") == "C"]
    for vehicle in vehicles:
        make = normalise_make(vehicle.findtext("brand") or "")
        assert make.how is Matched.EXACT
        assert normalise_model(make.name, vehicle.findtext("model") or "").how is Matched.EXACT
