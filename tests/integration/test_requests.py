"""From a request page to a lead and its letters: test drive and trade-in (SPEC 63, 68, 75)."""

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from lxml import html
from sqlalchemy import select

from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.domain.leads.details import Details, TimeOfDay
from storefront.domain.leads.models import Inquiry, InquiryKind
from storefront.domain.listings.actions import withdraw
from storefront.notices.models import Letter
from tests.conftest import NOW
from tests.integration.live import JSON, MARKET, NORTH, Visitor, drain, form, live_app

PATH = "/-/inquiries"
DRIVE = {"kind": "test_drive", "message": "", "car": "VW Golf", "drive_day": "2026-12-03", "drive_time": "noon"}
TRADE = {
    "kind": "trade_in",
    "message": "",
    "trade_make": "Opel",
    "trade_model": "Astra <i>",
    "trade_registered": "05/2016",
    "trade_mileage": "84.300",
    "trade_fuel": "diesel",
    "trade_condition": "Kratzer hinten",
    "car": "Golf",
}


@pytest.fixture
def app(world: SimpleNamespace, database: Settings, redis_url: str) -> Iterator[Flask]:
    """Give the live layer on the named world, at the world's time."""
    with time_machine.travel(NOW, tick=False):
        yield live_app(database, redis_url)


def only() -> Inquiry:
    """Give the one inquiry there is."""
    return db.session.scalars(select(Inquiry)).one()


def test_a_test_drive_without_script_is_kept_with_its_day(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app).post(PATH, form(**DRIVE), Origin=f"http://{NORTH}:8000")
    assert answer.status_code == 200
    details = Details.from_json(only().details)
    assert details.test_drive is not None
    assert (only().kind, only().listing_id, details.car) == (InquiryKind.TEST_DRIVE, None, "VW Golf")
    assert (details.test_drive.day, details.test_drive.time) == (date(2026, 12, 3), TimeOfDay.NOON)
    assert only().reference in answer.text


def test_a_car_one_came_from_is_its_listing_and_not_its_name(world: SimpleNamespace, app: Flask) -> None:
    Visitor(app).post(PATH, form(world.golf.public_id, **DRIVE))
    assert only().listing_id == world.golf.id
    assert "car" not in only().details


def test_a_trade_in_by_script_is_answered_in_json(world: SimpleNamespace, app: Flask) -> None:
    visitor = Visitor(app)
    sent = form(**TRADE) | {"trade_mileage": 84_300}
    answer = visitor.client.post(PATH, json=sent, base_url=visitor.base, headers=JSON)
    assert answer.json["ok"]
    offer = Details.from_json(only().details).trade_in
    assert offer is not None
    assert (offer.make, offer.mileage_km, offer.registered) == ("Opel", 84_300, "2016-05")


def test_faults_come_back_by_field_with_all_that_was_typed(world: SimpleNamespace, app: Flask) -> None:
    typed = form(**TRADE) | {"trade_mileage": "viele", "email": "erika@"}
    said = Visitor(app).post(PATH, typed, **JSON)
    assert said.status_code == 422
    assert set(said.json["errors"]) == {"trade_mileage", "email"}

    page = html.fromstring(Visitor(app).post(PATH, typed).text)

    def value(name: str) -> str:
        (control,) = page.xpath(f"//*[@name='{name}']")
        return str(control.value).strip()

    names = [name for name in typed if name.startswith("trade_")]
    assert {name: value(name) for name in names} == {name: typed[name] for name in names}
    assert value("car") == "Golf"
    assert value("kind") == "trade_in"
    (wrong,) = page.xpath("//*[@name='trade_mileage']")
    assert wrong.get("aria-invalid") == "true"
    assert "als Zahl" in page.text_content()
    assert db.session.scalars(select(Inquiry)).all() == []


@pytest.mark.parametrize("days", [-1, 121])
def test_the_dealers_calendar_refuses_a_day_like_any_other_fault(world: SimpleNamespace, app: Flask, days: int) -> None:
    day = (NOW.date() + timedelta(days=days)).isoformat()
    said = Visitor(app).post(PATH, form(**DRIVE) | {"drive_day": day, "lang": "en"}, **JSON)
    assert said.status_code == 422
    assert said.json["errors"] == {"drive_day": "Please choose a day from today on, at most four months ahead."}


def test_two_days_asked_for_are_two_requests_and_a_double_click_is_one(world: SimpleNamespace, app: Flask) -> None:
    visitor = Visitor(app)
    numbers = [
        visitor.post(PATH, form(**DRIVE) | {"drive_day": day}, **JSON).json["reference"]
        for day in ("2026-12-03", "2026-12-03", "2026-12-04")
    ]
    assert numbers[0] == numbers[1] != numbers[2]


def test_a_car_that_is_gone_leaves_the_request_to_be_sent_without_it(world: SimpleNamespace, app: Flask) -> None:
    perform(withdraw, db.session.merge(world.golf), now=NOW, actor="test").unwrap()
    answer = Visitor(app).post(PATH, form(world.golf.public_id, **DRIVE))
    page = html.fromstring(answer.text)
    assert answer.status_code == 410
    assert page.xpath("//input[@name='listing']/@value") in ([], [""])
    assert page.xpath("//input[@name='drive_day']/@value") == ["2026-12-03"]


def test_requests_are_limited_like_inquiries(world: SimpleNamespace, app: Flask) -> None:
    visitor = Visitor(app)
    answers = [visitor.post(PATH, form(**DRIVE) | {"drive_day": f"2026-12-{day:02d}"}) for day in range(1, 7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 'value="2026-12-06"' in answers[-1].text or "value=2026-12-06" in answers[-1].text


def test_letters_to_dealer_and_buyer_tell_the_details(
    world: SimpleNamespace, database: Settings, app: Flask, redis_url: str
) -> None:
    db.session.merge(world.north).email = "inquiries@north-cars.example"
    db.session.commit()
    Visitor(app).post(PATH, form(**TRADE) | {"lang": "en"})
    drain(redis_url)
    letters = {letter.template: letter for letter in db.session.scalars(select(Letter))}
    dealer, buyer = letters["new_sales_lead"], letters["inquiry_confirmation"]
    assert (
        "Angebotenes Auto: Opel Astra <i>\nErstzulassung: 05/2016\nKilometerstand: 84.300\u00a0km" in dealer.body_text
    )
    assert "Opel Astra &lt;i&gt;" in (dealer.body_html or "")
    assert "Nachricht:" not in dealer.body_text
    assert "Car offered: Opel Astra <i>" in buyer.body_text
    assert "Mileage: 84,300\u00a0km" in buyer.body_text


def test_nothing_of_a_request_stands_in_the_log(
    world: SimpleNamespace, app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)

    def broken(*_words: Any, **_more: Any) -> Any:
        from sqlalchemy.exc import OperationalError

        raise OperationalError("INSERT Kratzer hinten", {}, Exception("Opel"))

    monkeypatch.setattr("storefront.live.inquiries.perform", broken)
    answer = Visitor(app).post(PATH, form(**TRADE))
    assert answer.status_code == 503
    assert "Kratzer" not in caplog.text
    assert "Opel" not in caplog.text


def test_on_the_marketplace_a_request_needs_its_car_too(world: SimpleNamespace, app: Flask) -> None:
    Visitor(app, MARKET).post(PATH, form(world.golf.public_id, dealer="", site=MARKET, **DRIVE))
    assert only().dealer_id == world.north.id
