"""What the demo tells of its dealers and cars: true to the vocabulary, to the law and to the photos."""

import re
from datetime import date, timedelta

import pytest

from storefront.demo import offers, pool
from storefront.demo.dealers import LANGUAGES, known_dealers
from storefront.demo.rarities import rarities
from storefront.demo.stock import DemoCar, cars
from storefront.domain.dealers.models import Plan
from storefront.domain.vehicles import vocabulary

TODAY = date(2026, 11, 25)
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
LETTERS = dict(zip("ABCDEFGH", range(1, 9), strict=True)) | dict(zip("JKLMN", range(1, 6), strict=True))
LETTERS |= {"P": 7, "R": 9} | dict(zip("STUVWXYZ", range(2, 10), strict=True))
FORBIDDEN = re.compile(r"Schnäppchen|\bTop\b|nur noch heute|garantiert|!", re.IGNORECASE)


def everybody() -> list[DemoCar]:
    """Give all cars of all dealers."""
    made = [
        car
        for dealer in known_dealers().values()
        if not dealer.written
        for car in cars(dealer.slug, dealer.cars, TODAY, pool.colours(), dealer.makes)
    ]
    return made + rarities(TODAY)


def test_the_same_day_gives_the_same_cars() -> None:
    assert everybody() == everybody()


def test_there_are_four_dealers_and_they_show_every_theme() -> None:
    dealers = known_dealers()
    assert [dealer.theme for dealer in dealers.values()] == ["classic", "classic", "noir", "harbour"]
    assert [dealer.plan for dealer in dealers.values()].count(Plan.INDIVIDUAL) == 1
    assert 18 <= len([car for car in rarities(TODAY) if car.sold is None]) <= 24


@pytest.mark.parametrize("slug", known_dealers())
def test_a_dealer_has_people_answers_and_pages_in_both_languages(slug: str) -> None:
    dealer = known_dealers()[slug]
    assert dealer.team
    assert all(person.consent and set(person.role) == set(LANGUAGES) for person in dealer.team)
    assert set(dealer.faq) == set(LANGUAGES)
    assert len({len(pairs) for pairs in dealer.faq.values()}) == 1
    assert dealer.pages
    for page in dealer.pages:
        assert set(page["title"]) == set(page["body"]) == set(LANGUAGES)
        assert not FORBIDDEN.search(page["body"]["de"])


def test_financing_is_explained_without_a_single_rate() -> None:  # BRIEF §1.10
    for dealer in known_dealers().values():
        for page in dealer.pages:
            if page["slug"] == "finanzierung":
                assert not re.search(r"\d\s*[%€]|Prozent|per cent", " ".join(page["body"].values()))


def test_makes_and_models_of_the_rarities_are_those_of_the_vocabulary() -> None:
    for car in rarities(TODAY):
        make, model = str(car.vehicle["make"]), str(car.vehicle["model"])
        known = vocabulary.make_named(make)
        assert known is not None, make
        assert known.name == make
        assert model in known.models.values(), f"{make} {model}"


def test_codes_are_those_of_the_vocabulary() -> None:
    known = set().union(*vocabulary.FEATURE_GROUPS.values())
    for car in everybody():
        vehicle = car.vehicle
        assert vehicle["body"] in vocabulary.BODIES
        assert vehicle["fuel"] in vocabulary.FUELS
        assert vehicle["transmission"] in vocabulary.TRANSMISSIONS
        assert vehicle["emission_class"] in (None, *vocabulary.EMISSION_CLASSES)
        assert set(vehicle["features"]) <= known, vehicle["model"]
        assert car.vat in vocabulary.VAT


def test_no_text_praises_what_the_dealer_did_not_tick() -> None:  # BRIEF §9
    for car in everybody():
        assert not FORBIDDEN.search(car.description), car.description
        if not car.vehicle["accident_free"]:
            assert "unfallfrei" not in car.description.casefold()


def test_there_are_cars_for_every_block_of_a_page() -> None:
    made = everybody()
    fuels = [car.vehicle["fuel"] for car in made]
    assert {"electric", "plugin_hybrid"} <= set(fuels)
    assert all(car.vehicle["electric_range_km"] for car in made if car.vehicle["fuel"] in ("electric", "plugin_hybrid"))
    new = [car for car in made if car.vehicle["condition"] == "new"]
    assert len(new) >= 5
    assert all(car.vehicle["co2_g_km"] is not None and car.vat == "standard" for car in new)
    assert {car.vat for car in made} == {"standard", "margin"}
    assert [car.shots for car in made].count("forty") == 1
    assert {"none", "one"} <= {car.shots for car in made}
    assert [car.price_cents for car in made].count(None) == 1
    assert sorted(kind for car in made for kind in car.tours) == ["elsewhere", "panorama", "spin"]


def test_prices_fall_after_thirty_days_and_some_rise() -> None:  # SEO.md §4: the reference is of the 30 days before
    changes = []
    for car in everybody():
        offered = car.age_on_lot.days
        days = [offered, *(day for day, _ in car.history[1:])]
        assert days == sorted(days, reverse=True)
        for (_, before), (day, after) in zip(car.history, car.history[1:], strict=False):
            changes.append(after - before)
            assert after > before or offered - day >= 30
        if car.history:
            assert car.price_cents == car.history[-1][1]
    assert min(changes) < 0 < max(changes)


def test_cars_sold_lately_are_within_their_grace() -> None:
    sold = [car for car in everybody() if car.sold is not None]
    assert len(sold) == 2
    assert all(timedelta(0) < car.sold < timedelta(days=14) for car in sold if car.sold is not None)


def test_a_vin_is_well_formed_its_check_digit_right_and_the_maker_invented() -> None:
    found = [offers.vin(f"car {number}") for number in range(400)]
    for vin in found:
        assert re.fullmatch(r"DEM[A-HJ-NPR-Z0-9]{14}", vin)
        total = sum(
            weight * (int(sign) if sign.isdigit() else LETTERS[sign]) for weight, sign in zip(WEIGHTS, vin, strict=True)
        )
        assert vin[8] == ("X" if total % 11 == 10 else str(total % 11))
    assert len(set(found)) == len(found)


def test_every_rarity_with_photos_names_a_car_of_the_pool() -> None:
    for car in rarities(TODAY):
        assert car.look in pool.looks() or car.shots == "none"


def test_ordinary_lots_never_show_the_night_studio() -> None:
    for body, colours in pool.colours().items():
        for colour in colours:
            assert all(look.scene != pool.NIGHT for look in pool.everyday(body, colour))
