"""The fields of the request pages, field by field (SPEC 63, 68, 75, BRIEF §9)."""

from datetime import date

import pytest

from storefront.domain.leads.details import TestDriveWish, TimeOfDay, TradeIn
from storefront.live.answers import words
from storefront.live.forms import InquiryInput, check, typed
from storefront.pages.forms import EXTRAS

WHO = {"name": "Erika Muster", "email": "erika@example.com"}
DRIVE = {**WHO, "kind": "test_drive", "car": "VW Golf", "drive_day": "2026-12-03", "drive_time": "morning"}
TRADE = {
    **WHO,
    "kind": "trade_in",
    "trade_make": "Opel",
    "trade_model": "Astra",
    "trade_registered": "05/2016",
    "trade_mileage": "84.300 km",
    "trade_fuel": "diesel",
    "trade_condition": " Kratzer\nhinten ",
    "car": "",
}


def checked(form: dict[str, object], **values: object) -> InquiryInput:
    """Check a form with some fields changed."""
    return check(typed({**form, **values}), words("de"), "DE")


def test_a_test_drive_is_asked_for_without_a_message() -> None:
    form = checked(DRIVE)
    assert form.errors == {}
    assert form.details.car == "VW Golf"
    assert form.details.test_drive == TestDriveWish(date(2026, 12, 3), TimeOfDay.MORNING)


def test_a_car_that_is_named_by_its_listing_need_not_be_named_again() -> None:
    form = checked(DRIVE, listing="06dhzw590tfs8", car="")
    assert form.errors == {}
    assert form.details.car == ""
    assert "car" in checked(DRIVE, car=" ").errors


def test_a_trade_in_is_read_as_people_write() -> None:
    form = checked(TRADE)
    assert form.errors == {}
    assert form.details.trade_in == TradeIn("Opel", "Astra", 84_300, "2016-05", "diesel", "Kratzer\nhinten")


@pytest.mark.parametrize(
    ("said", "month"),
    [("5/2016", "2016-05"), ("05.2016", "2016-05"), ("2016-05", "2016-05"), ("2016", "2016"), ("", None)],
)
def test_a_month_may_be_written_in_many_ways(said: str, month: str | None) -> None:
    offer = checked(TRADE, trade_registered=said).details.trade_in
    assert offer is not None
    assert offer.registered == month


@pytest.mark.parametrize(
    ("said", "km"), [("84300", 84_300), ("84 300", 84_300), ("84,300 KM", 84_300), (84_300, 84_300)]
)
def test_a_mileage_may_be_written_in_many_ways(said: object, km: int) -> None:
    offer = checked(TRADE, trade_mileage=said).details.trade_in
    assert offer is not None
    assert offer.mileage_km == km


@pytest.mark.parametrize(
    ("form", "name", "value", "sentence"),
    [
        (DRIVE, "drive_day", "", "einen Tag"),
        (DRIVE, "drive_day", "morgen", "2027-03-24"),
        (DRIVE, "drive_time", "midnight", "Liste"),
        (DRIVE, "car", "x" * 81, "80 Zeichen"),
        (TRADE, "trade_make", " ", "Marke"),
        (TRADE, "trade_model", "", "Modell"),
        (TRADE, "trade_mileage", "", "Kilometerstand"),
        (TRADE, "trade_mileage", "viele", "als Zahl"),
        (TRADE, "trade_mileage", "9999999", "als Zahl"),
        (TRADE, "trade_mileage", "-5", "als Zahl"),
        (TRADE, "trade_registered", "13/2016", "03/2019"),
        (TRADE, "trade_registered", "irgendwann", "03/2019"),
        (TRADE, "trade_fuel", "coal", "Liste"),
        (TRADE, "trade_condition", "x" * 1001, "1000 Zeichen"),
    ],
)
def test_a_field_that_cannot_be_is_told_how_to_mend(
    form: dict[str, object], name: str, value: str, sentence: str
) -> None:
    errors = checked(form, **{name: value}).errors
    assert set(errors) == {name}
    assert sentence in errors[name]


def test_everything_to_be_mended_is_told_at_once() -> None:
    empty = dict.fromkeys(EXTRAS["trade_in"], "")
    assert set(checked(TRADE, **empty).errors) == {"trade_make", "trade_model", "trade_mileage"}


def test_the_inquiry_form_of_a_car_asks_for_a_message_and_for_no_day() -> None:
    form = checked({**WHO, "kind": "test_drive", "message": ""})
    assert set(form.errors) == {"message"}
    assert form.request == ""


def test_fields_of_another_request_are_not_kept() -> None:
    form = checked({**TRADE, "kind": "general", "message": "Guten Tag"})
    assert form.errors == {}
    assert not form.details


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("form", [DRIVE, TRADE], ids=["drive", "trade"])
def test_every_fault_has_words_in_every_language(form: dict[str, object], lang: str) -> None:
    for value in ("", "?", "x" * 1001):
        broken = {**form, **dict.fromkeys(EXTRAS[str(form["kind"])], value)}
        assert all(check(typed(broken), words(lang), "DE").errors.values())
