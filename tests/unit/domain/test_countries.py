"""What each country wants to read on a dealer's site (SEO.md §18)."""

import pytest

from storefront.domain.dealers import countries
from storefront.domain.dealers.countries import FIELDS, known_countries, margin_invoice, rules
from storefront.domain.dealers.legal import is_registered

EVERY = [rules(code) for code in (*known_countries(), "SE")]


def test_a_german_dealer_names_the_ddg_and_the_margin_scheme_of_its_law() -> None:
    german = rules("de")
    assert german.law == "§\u00a05\u00a0DDG"
    assert german.margin_law == "§\u00a025a\u00a0UStG"
    assert german.label("vat_id", "de") == "USt-IdNr."


def test_an_austrian_dealer_is_asked_for_more_and_in_its_own_words() -> None:
    austrian = rules("AT")
    assert {"authority", "chamber", "purpose"} <= austrian.required
    assert austrian.label("register", "de") == "Firmenbuchnummer"
    assert austrian.tax["de"] == "USt."
    assert austrian.label("register", "en") is None


def test_swiss_cars_know_no_margin_scheme() -> None:
    assert rules("CH").margin_law is None


def test_a_country_without_rules_of_its_own_gets_the_common_core() -> None:
    swedish = rules("SE")
    assert swedish is countries.DEFAULT
    assert swedish.missing(["provider", "phone"], registered=False) == ("address", "email", "vat_id")
    assert swedish.dispute_sentence("de") is None


@pytest.mark.parametrize("found", EVERY, ids=lambda found: found.country or "default")
def test_what_is_required_or_labelled_is_a_field_a_notice_can_have(found: countries.CountryRules) -> None:
    named = found.required | found.required_if_registered
    named |= {name for labels in found.labels.values() for name in labels}
    assert named <= set(FIELDS)


@pytest.mark.parametrize("found", EVERY, ids=lambda found: found.country or "default")
def test_nobody_is_sent_to_the_closed_platform_for_disputes(found: countries.CountryRules) -> None:
    said = " ".join(found.dispute.values()).casefold()
    assert "odr" not in said.split()
    assert "ec.europa.eu" not in said
    assert not found.dispute or "en" in found.dispute


def test_only_registered_firms_are_asked_for_their_register() -> None:
    told = ("provider", "address", "phone", "email", "vat_id")
    assert rules("DE").missing(told, registered=False) == ()
    assert rules("DE").missing(told, registered=True) == ("represented_by", "register_court", "register")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "North Cars GmbH",
            "South Motors GmbH & Co. KG",
            "Huber e. K.",
            "Müller UG (haftungsbeschränkt)",
            "Auto S.r.l.",
        ),
        *("Garage S.A.", "Auto Dupont SARL", "Autos S. L.", "Auto B.V.", "Cars sp. z o.o.", "Auta s.r.o."),
    ],
)
def test_a_legal_form_tells_that_a_firm_is_registered(name: str) -> None:
    assert is_registered(name)


@pytest.mark.parametrize("name", ["Karl Huber", "Autohaus am See", "As Cars", "Autoland", "Garage Sa Pobla"])
def test_a_name_without_a_legal_form_tells_nothing(name: str) -> None:
    assert not is_registered(name)


def test_an_invoice_under_the_margin_scheme_has_the_words_of_its_language() -> None:
    assert margin_invoice("de") == "Gebrauchtgegenstände/Sonderregelung"
    assert margin_invoice("fr") == "Régime particulier – Biens d'occasion"
    assert margin_invoice("tr") == margin_invoice("en")
