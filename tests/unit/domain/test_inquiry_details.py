"""What only some inquiries have (SPEC 63, 68, 75)."""

import json
from datetime import date, timedelta

import pytest

from storefront.core.errors import DomainError
from storefront.domain.leads.details import DAYS_AHEAD, Details, TestDriveWish, TimeOfDay, TradeIn
from storefront.notices.details import in_words

TODAY = date(2026, 11, 25)
WISH = TestDriveWish(date(2026, 12, 3), TimeOfDay.AFTERNOON)
OFFER = TradeIn("Opel", "Astra", 84_300, "2016-05", "diesel", "Kratzer hinten links\nTÜV neu")


@pytest.mark.parametrize(
    "details",
    [Details(), Details(car="Golf"), Details("Golf", test_drive=WISH), Details(trade_in=OFFER)],
    ids=["nothing", "car", "test-drive", "trade-in"],
)
def test_details_come_back_from_json_as_they_were(details: Details) -> None:
    details.check(TODAY)
    assert Details.from_json(json.loads(json.dumps(details.as_json()))) == details


def test_an_inquiry_without_details_keeps_nothing() -> None:
    assert Details().as_json() == {}
    assert not Details()


@pytest.mark.parametrize(("days", "fits"), [(-1, False), (0, True), (DAYS_AHEAD, True), (DAYS_AHEAD + 1, False)])
def test_nobody_drives_yesterday_or_next_year(days: int, fits: bool) -> None:
    wish = TestDriveWish(TODAY + timedelta(days=days))
    if fits:
        wish.check(TODAY)
        return
    with pytest.raises(DomainError) as refusal:
        wish.check(TODAY)
    assert refusal.value.field == "day"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"make": ""}, "make"),
        ({"model": "x" * 81}, "model"),
        ({"mileage_km": -1}, "mileage"),
        ({"mileage_km": 2_000_001}, "mileage"),
        ({"registered": "2026-12"}, "registered"),
        ({"registered": "1899"}, "registered"),
        ({"registered": "2019-13"}, "registered"),
        ({"registered": "gestern"}, "registered"),
        ({"fuel": "coal"}, "fuel"),
        ({"condition": "x" * 1001}, "condition"),
    ],
)
def test_a_car_that_cannot_be_is_not_taken_in(changed: dict[str, object], field: str) -> None:
    values = {"make": "Opel", "model": "Astra", "mileage_km": 84_300} | changed
    with pytest.raises(DomainError) as refusal:
        TradeIn(**values).check(TODAY)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_a_wish_is_told_in_the_readers_language() -> None:
    details = Details("VW Golf", test_drive=WISH)
    assert in_words(details, "de") == (
        ("Gewünschtes Fahrzeug", "VW Golf"),
        ("Wunschtag", "Donnerstag, 3. Dezember 2026"),
        ("Uhrzeit", "Nachmittag"),
    )
    assert ("Day wanted", "Thursday, 3 December 2026") in in_words(details, "en")


def test_a_car_offered_is_told_as_people_write_it() -> None:
    told = dict(in_words(Details(trade_in=OFFER), "de"))
    assert told["Angebotenes Auto"] == "Opel Astra"
    assert told["Erstzulassung"] == "05/2016"
    assert told["Kilometerstand"] == "84.300\u00a0km"
    assert told["Kraftstoff"] == "Diesel"
    assert told["Zustand"] == OFFER.condition
