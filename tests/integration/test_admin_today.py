"""Today: what to do in which order, what the stock lacks, and statuses that are changed in place (BRIEF §6)."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from lxml import html
from lxml.html import HtmlElement
from sqlalchemy import update

from admin import queries
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.domain.accounts.models import Role
from storefront.domain.leads.models import Lead, LeadStatus
from storefront.domain.listings.models import Listing, ListingStatus
from storefront.domain.stores import domains
from storefront.domain.stores.models import DomainState
from tests import factories
from tests.integration.admin_desk import Desk, ask, desk_of, person


@pytest.fixture
def desk(app: Flask, world: SimpleNamespace) -> Desk:
    """Give the browser of the owner of North Cars."""
    return desk_of(app, person(Role.DEALER_OWNER, world.north.id, clock.now(), name="Jette Brandt"))


def _today(desk: Desk) -> HtmlElement:
    return html.fromstring(desk.get("/admin/").data)


def _to_do(page: HtmlElement) -> list[str]:
    return [" ".join(item.text_content().split()) for item in page.xpath("//ol[@class='todo']/li")]


def _figure(page: HtmlElement, name: str) -> str:
    found = page.xpath(f"//dl[contains(@class, 'kpis')]/div[dt='{name}']/dd")
    return " ".join(found[0].text_content().split())


def test_a_car_that_stands_too_long_is_told_what_a_fair_price_would_be(world: SimpleNamespace, desk: Desk) -> None:
    car = db.session.get_one(Listing, world.golf.id)
    car.listed_at = clock.now() - timedelta(days=200)
    car.price_cents = 22_200_00
    db.session.commit()
    assert "über dem Markt" not in " ".join(_to_do(_today(desk))), "nothing is known of the market"
    perform(factories.make_valuation, car, 20_000_00, day=clock.business_date(clock.now())).unwrap()
    said = next(item for item in _to_do(_today(desk)) if "90 Tage" in item)
    assert "Der Preis liegt 11 % über dem Markt; mit 20.800 € hieße es „Fairer Preis“." in said.replace("\xa0", " ")
    perform(factories.make_valuation, car, 22_000_00, day=clock.business_date(clock.now())).unwrap()
    assert "über dem Markt" not in " ".join(_to_do(_today(desk))), "the price is fair as it is"


def test_gaps_lead_to_the_cars_that_have_them(world: SimpleNamespace, desk: Desk) -> None:
    perform(factories.make_listing, world.north).unwrap()
    links = _today(desk).xpath("//ul[@class='gaps']//a/@href")
    assert [link.partition("state=")[2] for link in links] == ["no_photos", "few_photos", "no_co2"]
    for link in links:
        assert html.fromstring(desk.get(link).data).xpath("//table//tbody/tr"), link
    assert _today(desk).xpath("//div[@class='acts']/a[@href='/admin/listings/new']")


def test_sales_are_compared_with_the_same_days_of_the_month_before(
    world: SimpleNamespace, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.session.execute(update(Listing).values(sold_at=None))
    for day in ("2026-11-02", "2026-11-10", "2026-10-05", "2026-10-30", "2026-09-10"):
        car = perform(factories.make_listing, world.north).unwrap()
        car.status, car.sold_at = ListingStatus.SOLD, datetime.fromisoformat(f"{day}T10:00:00+00:00")
    db.session.commit()
    month, before = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    stock = queries.stock(datetime(2026, 11, 16, 12, tzinfo=UTC), month, before)
    assert (stock.sold, stock.sold_before) == (2, 1)
    late = queries.stock(datetime(2026, 11, 30, 23, tzinfo=UTC), month, before)
    assert (late.sold, late.sold_before) == (2, 2)
    monkeypatch.setattr(queries, "stock", lambda *_: stock)
    assert _figure(_today(desk), "Verkauft in diesem Monat") == "2+1 zum gleichen Tag im Vormonat"


def test_a_domain_that_was_begun_is_among_the_things_to_do(world: SimpleNamespace, desk: Desk) -> None:
    assert not any("autohaus-nord" in item for item in _to_do(_today(desk)))
    claim = perform(
        domains.claim, world.north_store, "autohaus-nord.de", own=(), now=clock.now(), actor="test"
    ).unwrap()
    page = _today(desk)
    assert any("autohaus-nord.de fertig verbinden" in item for item in _to_do(page))
    link = page.xpath("//ol[@class='todo']//a[contains(@href, '/domains/')]/@href")[0]
    assert link.endswith(f"/{claim.id}/")
    claim.state = DomainState.SERVED
    db.session.commit()
    assert not any("autohaus-nord" in item for item in _to_do(_today(desk)))


def test_a_status_is_changed_in_the_list_and_one_stays_there(world: SimpleNamespace, desk: Desk) -> None:
    lead = ask(world.golf, clock.now(), name="Petra Käufer")
    for path in ("/admin/", "/admin/leads/?tab=waiting"):
        form = html.fromstring(desk.get(path).data).xpath("//form[contains(@class, 'in-place')]")[0]
        assert form.get("action") == f"/admin/leads/{lead.id}/status"
        assert form.xpath("./input[@name='next']/@value") == [path]
    answer = desk.post(f"/admin/leads/{lead.id}/status", {"status": "qualified", "next": "/admin/leads/?tab=waiting"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/leads/?tab=waiting")
    db.session.expire_all()
    assert db.session.get_one(Lead, lead.id).status is LeadStatus.QUALIFIED
    elsewhere = desk.post(f"/admin/leads/{lead.id}/status", {"status": "contacted", "next": "//evil.example/"})
    assert elsewhere.headers["Location"] == f"/admin/leads/{lead.id}/"
    refused = desk.post(f"/admin/leads/{lead.id}/status", {"status": "assigned", "next": "/admin/"})
    assert refused.status_code == 422
