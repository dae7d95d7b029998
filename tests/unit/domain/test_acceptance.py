"""Which cars of a file are taken, and what the dealer is told about the others."""

from datetime import date
from typing import Any

import pytest

from storefront.domain.listings.acceptance import Acceptance
from storefront.domain.listings.meaning import changed_fields, meaning_of
from storefront.domain.listings.stock import StockRecord

TODAY = date(2026, 11, 25)


def car(**said: Any) -> StockRecord:
    values: dict[str, Any] = {
        "row": 1,
        "source_id": "1",
        "make": "BMW",
        "model": "320",
        "price_cents": 1_000_000,
        "year": 2020,
    }
    return StockRecord(**{**values, **said})


def refused_for(**said: Any) -> str | None:
    refusal = Acceptance(TODAY).refusal(car(**said))
    return refusal.field if refusal else None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, None),
        ({"price_cents": None}, "price"),
        ({"price_cents": 0}, "price"),
        ({"price_cents": 99_99}, "price"),
        ({"price_cents": 100_00}, None),
        ({"price_cents": 500_000_00}, None),
        ({"price_cents": 500_000_01}, "price"),
        ({"price_cents": 5_000_000_00, "currency": "HUF"}, None),
        ({"price_cents": 12_000_000_00, "currency": "CZK"}, None),
        ({"price_cents": 13_000_000_00, "currency": "CZK"}, "price"),
        ({"price_cents": 900_00, "currency": "SEK"}, "price"),
        ({"price_cents": 1_000_000_00, "currency": "JPY"}, None),
        ({"price_cents": 2_100_000_000, "currency": "JPY"}, "price"),
        ({"year": 1899}, "year"),
        ({"year": 1900}, None),
        ({"year": 2027}, None),
        ({"year": 2028}, "year"),
        ({"year": 9999}, "year"),
        ({"year": None}, None),
        ({"year": 2017, "listed_on": date(2016, 3, 1)}, None),
        ({"year": 2018, "listed_on": date(2016, 3, 1)}, "year"),
        ({"year": 2028, "listed_on": date(2030, 1, 1)}, "year"),
        ({"kind": "motorcycle"}, "kind"),
        ({"wanted": True}, "wanted"),
        ({"make": ""}, "make"),
    ],
)
def test_the_limits_hold_exactly_at_the_border(said: dict[str, Any], field: str | None) -> None:
    assert refused_for(**said) == field


def test_the_same_car_again_is_explained_by_the_row_of_the_first() -> None:
    acceptance = Acceptance(TODAY)
    assert acceptance.refusal(car(row=7)) is None
    refusal = acceptance.refusal(car(row=9))
    assert refusal is not None
    assert (refusal.field, refusal.reason) == ("id", "The same car again as in row 7.")


def test_how_a_text_was_parted_or_laid_out_is_no_change() -> None:
    whole = meaning_of(car(description="Eins\n\nZwei"))
    parted = meaning_of(car(description="- Eins", boilerplate="**ZWEI**"))
    assert changed_fields(whole, parted) == []


def test_a_changed_price_and_text_are_named() -> None:
    before, after = meaning_of(car(description="Eins")), meaning_of(car(description="Drei", price_cents=900_000))
    assert changed_fields(before, after) == ["description", "price_cents"]


def test_what_the_export_says_nothing_about_means_nothing() -> None:
    said = meaning_of(car(metallic=False, features=(), colour=None))
    assert said.keys() == {"make", "model", "year", "condition", "price_cents", "currency"}


def test_nought_and_no_are_said_where_they_tell_something() -> None:
    before = meaning_of(car())
    assert changed_fields(before, meaning_of(car(previous_owners=0))) == ["previous_owners"]
    assert changed_fields(before, meaning_of(car(accident_free=False))) == ["accident_free"]
