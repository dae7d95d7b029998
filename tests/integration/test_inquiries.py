"""From a form on a static page to a lead (SPEC 61-74, SECURITY B5, C10, C11, E6)."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from lxml import html
from sqlalchemy import func, select

from search import jobs
from storefront.core.acts import perform
from storefront.core.changes import Change
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.actions import add_user
from storefront.domain.accounts.models import Role
from storefront.domain.buyers.models import Buyer
from storefront.domain.leads import actions, queries
from storefront.domain.leads.models import ActivityKind, Inquiry, Lead, LeadActivity, LeadSource, LeadStatus
from storefront.domain.leads.queries import LeadFilter
from storefront.domain.listings.actions import withdraw
from storefront.live.views import flush_views
from tests.conftest import NOW
from tests.factories import make_dealer, make_listing, make_store, make_tenant
from tests.integration.live import JSON, MARKET, NORTH, SOUTH, Visitor, form, live_app

PATH = "/-/inquiries"


@pytest.fixture
def app(world: SimpleNamespace, database: Settings, redis_url: str) -> Flask:
    """Give the live layer on the named world."""
    return live_app(database, redis_url)


@pytest.fixture
def noon() -> Iterator[Any]:
    """Hold the clock at the world's time; tests move it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def inquiries() -> list[Inquiry]:
    """Give all inquiries of the tenant, oldest first."""
    return list(db.session.scalars(select(Inquiry).order_by(Inquiry.created_at)))


def test_an_inquiry_without_script_becomes_a_lead_before_it_is_acknowledged(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app).post(PATH, form(world.golf.public_id, phone="040 66969-1"), Origin=f"http://{NORTH}:8000")
    (inquiry,) = inquiries()
    lead = db.session.scalars(select(Lead)).one()
    assert answer.status_code == 200
    assert inquiry.reference in answer.text
    assert f"/vehicles/{world.golf.slug}-{world.golf.public_id}/" in answer.text
    assert (lead.inquiry_id, lead.status, lead.source) == (inquiry.id, LeadStatus.NEW, LeadSource.DEALER_SITE)
    assert lead.listing_id == inquiry.listing_id == world.golf.id
    assert db.session.get_one(Buyer, lead.buyer_id).phone == "+4940669691"
    assert [activity.kind for activity in db.session.scalars(select(LeadActivity))] == [ActivityKind.CREATED]


def test_the_answer_to_a_script_is_json_with_the_same_words(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app).post(PATH, form(world.golf.public_id, lang="en"), **JSON)
    (inquiry,) = inquiries()
    assert answer.json == {
        "ok": True,
        "reference": inquiry.reference,
        "message": "Thank you, North Cars has your inquiry. They usually answer within 2\N{NO-BREAK SPACE}hours. "
        f"Reference {inquiry.reference}.",
        "text": answer.json["text"],
    }


def test_json_is_taken_as_well(world: SimpleNamespace, app: Flask) -> None:
    visitor = Visitor(app)
    answer = visitor.client.post(PATH, json=form(world.golf.public_id), base_url=visitor.base, headers=JSON)
    assert answer.json["ok"]
    assert len(inquiries()) == 1


def test_on_the_marketplace_the_lead_is_the_dealers_and_says_where_it_came_from(
    world: SimpleNamespace, app: Flask
) -> None:
    Visitor(app, MARKET).post(PATH, form(world.golf.public_id, dealer="", site=MARKET))
    lead = db.session.scalars(select(Lead)).one()
    assert (lead.dealer_id, lead.source) == (world.north.id, LeadSource.MARKETPLACE)


def test_a_general_question_needs_no_car(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app).post(PATH, form(kind="general"))
    assert answer.status_code == 200
    assert inquiries()[0].listing_id is None


def test_a_form_with_faults_comes_back_with_what_was_typed(world: SimpleNamespace, app: Flask) -> None:
    typed = 'Mit "Zitat" & <b> &amp; </textarea><script>alert(1)</script>'
    answer = Visitor(app).post(PATH, form(world.golf.public_id, email="erika@", message=typed))
    assert answer.status_code == 422
    assert "Teil nach dem @" in answer.text
    page = html.fromstring(answer.text)
    assert page.get_element_by_id("inquiry-message").text_content().strip() == typed
    assert page.get_element_by_id("inquiry-email").get("aria-invalid") == "true"
    assert inquiries() == []
    said = Visitor(app).post(PATH, form(world.golf.public_id, email="erika@", name=""), **JSON)
    assert said.status_code == 422
    assert set(said.json["errors"]) == {"email", "name"}


def test_a_double_click_is_one_inquiry_for_24_hours(world: SimpleNamespace, app: Flask, noon: Any) -> None:
    visitor = Visitor(app)
    first = visitor.post(PATH, form(world.golf.public_id), **JSON).json["reference"]
    noon.move_to(NOW + timedelta(hours=23, minutes=59))
    again = visitor.post(PATH, form(world.golf.public_id, message="Ist der  GOLF noch da?"), **JSON).json["reference"]
    assert again == first
    noon.move_to(NOW + timedelta(hours=24, seconds=1))
    later = visitor.post(PATH, form(world.golf.public_id), **JSON).json["reference"]
    assert later != first
    assert len(inquiries()) == 2
    assert db.session.scalar(select(func.count(Buyer.id))) == 1


def test_two_halves_of_a_double_click_at_once_are_one_inquiry(world: SimpleNamespace, app: Flask) -> None:
    said: list[str] = []

    def click() -> None:
        said.append(Visitor(app).post(PATH, form(world.golf.public_id), **JSON).json["reference"])

    clicks = [Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(said) == 4
    assert len(set(said)) == 1
    assert len(inquiries()) == 1


def test_an_inquiry_counts_on_its_car_and_makes_no_page_stale(world: SimpleNamespace, app: Flask) -> None:
    before = db.session.scalar(select(func.count(Change.id)))
    Visitor(app).post(PATH, form(world.golf.public_id))
    counted = db.session.scalar(select(queries.Listing.inquiry_count).where(queries.Listing.id == world.golf.id))
    assert counted == 1
    assert db.session.scalar(select(func.count(Change.id))) == before


def test_the_events_lie_in_the_outbox_with_the_lead(world: SimpleNamespace, app: Flask) -> None:
    Visitor(app).post(PATH, form(world.golf.public_id))
    names = set(db.session.scalars(select(OutboxEvent.name)))
    assert {"VehicleInquiryCreated", "NewSalesLead"} <= names


def test_on_a_dealers_site_another_dealers_car_is_not_found(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app, SOUTH).post(PATH, form(world.golf.public_id, dealer="north-cars", site=SOUTH))
    assert answer.status_code == 404
    unknown = Visitor(app, SOUTH).post(PATH, form("0" * 13, dealer="north-cars", site=SOUTH))
    assert unknown.status_code == 404
    assert inquiries() == []


def test_a_car_that_is_gone_is_said_and_the_text_stays(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app).post(PATH, form(world.polo.public_id, message="Mein langer Text"))
    assert answer.status_code == 410
    assert "nicht mehr im Bestand" in answer.text
    assert "Mein langer Text" in answer.text
    assert html.fromstring(answer.text).xpath("//input[@name='listing']/@value") in ([], [""])
    perform(withdraw, db.session.merge(world.golf), now=NOW, actor="test").unwrap()
    assert Visitor(app).post(PATH, form(world.golf.public_id), **JSON).status_code == 410


def test_a_robot_in_the_trap_hears_thanks_and_leaves_nothing(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app).post(PATH, form(world.golf.public_id, website="https://spam.example"))
    assert answer.status_code == 200
    assert inquiries() == []


def test_a_form_sent_at_once_is_asked_for_again_and_then_taken(world: SimpleNamespace, app: Flask, noon: Any) -> None:
    started = str(int(NOW.timestamp() * 1000))
    quick = Visitor(app).post(PATH, form(world.golf.public_id, started=started), **JSON)
    assert (quick.status_code, inquiries()) == (422, [])
    assert "noch da" in quick.json["error"]
    noon.shift(2)
    assert Visitor(app).post(PATH, form(world.golf.public_id, started=started), **JSON).json["ok"]


def test_five_inquiries_in_ten_minutes_pass_and_the_sixth_waits(world: SimpleNamespace, app: Flask) -> None:
    visitor = Visitor(app)
    codes = [visitor.post(PATH, form(world.golf.public_id, message=f"Frage {n}")).status_code for n in range(6)]
    assert codes == [200] * 5 + [429]
    waiting = visitor.post(PATH, form(world.golf.public_id, message="Frage 7"), **JSON)
    assert 0 < int(waiting.headers["Retry-After"]) <= 600
    assert "Minuten" in waiting.json["error"]
    other = Visitor(app, address="203.0.113.8")
    assert other.post(PATH, form(world.golf.public_id, message="Frage 8")).status_code == 200
    assert len(inquiries()) == 6


def test_an_ipv6_network_counts_as_one(world: SimpleNamespace, app: Flask) -> None:
    codes = [
        Visitor(app, address=f"2001:db8:1:2::{n:x}").post(PATH, form(message=f"Frage {n}")).status_code
        for n in range(6)
    ]
    assert codes == [200] * 5 + [429]
    assert Visitor(app, address="2001:db8:1:3::1").post(PATH, form(message="Frage")).status_code == 200


def test_thirty_inquiries_an_hour_about_one_car_pass(world: SimpleNamespace, app: Flask) -> None:
    codes = [
        Visitor(app, address=f"198.51.100.{n}")
        .post(PATH, form(world.golf.public_id, message=f"{n}"), **JSON)
        .status_code
        for n in range(31)
    ]
    assert codes == [200] * 30 + [429]


def test_faults_in_a_form_use_up_no_tries(world: SimpleNamespace, app: Flask) -> None:
    visitor = Visitor(app)
    for _ in range(8):
        assert visitor.post(PATH, form(world.golf.public_id, email="erika@")).status_code == 422
    assert visitor.post(PATH, form(world.golf.public_id)).status_code == 200


def test_a_limiter_without_its_store_lets_inquiries_through(
    world: SimpleNamespace, database: Settings, tmp_path: Any
) -> None:
    app = live_app(database, f"unix://{tmp_path}/nobody.sock")
    codes = [Visitor(app).post(PATH, form(world.golf.public_id, message=f"Frage {n}")).status_code for n in range(7)]
    assert codes == [200] * 7
    assert len(inquiries()) == 7


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": f"http://{SOUTH}:8000"},
        {"Origin": f"http://{NORTH}:9000"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_another_sites_form_is_refused(world: SimpleNamespace, app: Flask, headers: dict[str, str]) -> None:
    assert Visitor(app).post(PATH, form(world.golf.public_id), **headers).status_code == 403
    assert inquiries() == []


def test_an_unknown_host_gets_a_plain_404(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app, "stranger.example").post(PATH, form(world.golf.public_id))
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")


def test_a_switched_off_site_answers_nothing(world: SimpleNamespace, app: Flask) -> None:
    db.session.merge(world.north_store).active = False
    db.session.commit()
    assert Visitor(app).post(PATH, form(world.golf.public_id)).status_code == 404


def test_too_much_is_refused_unread(world: SimpleNamespace, app: Flask) -> None:
    assert Visitor(app).post(PATH, form(world.golf.public_id, message="x" * 70_000)).status_code == 413


def test_no_cookie_is_read_or_set_and_nothing_is_kept_by_caches(world: SimpleNamespace, app: Flask) -> None:
    answer = Visitor(app).post(PATH, form(world.golf.public_id), Cookie="session=stolen")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_asking_by_get_changes_nothing(app: Flask) -> None:
    assert Visitor(app).get(PATH).status_code == 405


def test_where_one_origin_answers_for_all_the_site_is_that_of_the_browsers_origin(
    world: SimpleNamespace, database: Settings, redis_url: str
) -> None:
    app = live_app(database, redis_url, live_origin="http://live.example:8000")
    visitor = Visitor(app, "live.example")
    home = f"http://{NORTH}:8000"
    taken = visitor.post(PATH, form(world.golf.public_id), Origin=home, Sec_Fetch_Site="cross-site", **JSON)
    assert taken.json["ok"]
    assert taken.headers["Access-Control-Allow-Origin"] == home
    page = visitor.post(PATH, form(world.golf.public_id, email="erika@"), Origin=home)
    assert f'<base href="{home}/">' in page.text or f"<base href={home}/>" in page.text
    assert f"style-src 'self' {home};" in page.headers["Content-Security-Policy"]
    assert visitor.post(PATH, form(world.golf.public_id)).status_code == 403
    assert visitor.post(PATH, form(world.golf.public_id, site=SOUTH), Origin=home).status_code == 404
    ask = {"method": "OPTIONS", "base_url": visitor.base}
    assert visitor.client.open(PATH, headers={"Origin": home}, **ask).headers["Access-Control-Allow-Origin"] == home
    foreign = visitor.post(PATH, form(world.golf.public_id), Origin="https://evil.example")
    assert foreign.status_code == 403
    assert "Access-Control-Allow-Origin" not in foreign.headers


def test_a_database_that_does_not_answer_promises_nothing(
    world: SimpleNamespace, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    Visitor(app).get("/-/search")
    with acting(world.tenant.id):
        db.session.connection().exec_driver_sql("ALTER TABLE inquiries RENAME TO lost")
        db.session.commit()
    answer = Visitor(app).post(PATH, form(world.golf.public_id), **JSON)
    assert (answer.status_code, answer.json["ok"]) == (503, False)
    assert "noch da" in answer.json["error"]


def test_a_form_becomes_one_lead_on_either_database(either_database: Settings, redis_url: str) -> None:
    with everywhere():
        tenant = perform(make_tenant).unwrap()
    with acting(tenant.id):
        dealer = perform(make_dealer, "north").unwrap()
        store = perform(make_store, dealer).unwrap()
        listing = perform(make_listing, dealer).unwrap()
    app = live_app(either_database, redis_url)
    asked = form(listing.public_id, dealer=dealer.slug, site=store.host)
    answers = [Visitor(app, store.host).post(PATH, asked, **JSON).json for _ in range(2)]
    assert answers[0]["ok"]
    assert answers[0] == answers[1]
    assert Visitor(app, store.host).post("/-/views", {"listing": listing.public_id}).status_code == 204
    assert flush_views() == 1
    jobs.rebuild(tenant.id)
    assert Visitor(app, store.host).get("/-/search?q=golf", **JSON).json["total"] == 1
    assert Visitor(app, store.host).get("/ready").status_code == 200
    with acting(tenant.id):
        assert len(inquiries()) == 1
        counted = db.session.get_one(queries.Listing, listing.id)
        assert (counted.inquiry_count, counted.view_count) == (1, 1)


# -- what a dealer does with a lead ------------------------------------------------------------------------------------


@pytest.fixture
def lead(world: SimpleNamespace, app: Flask, noon: Any) -> Lead:
    """Give a lead about the Golf."""
    Visitor(app).post(PATH, form(world.golf.public_id))
    return db.session.scalars(select(Lead)).one()


def person(world: SimpleNamespace, dealer: Any, name: str, role: Role = Role.SALES_PERSON) -> Any:
    """Hire somebody."""
    email = f"{name.lower()}@example.com"
    dealer_id = None if dealer is None else dealer.id
    return perform(add_user, email, name, "x", role, dealer_id=dealer_id, now=NOW).unwrap()


def log_of(lead: Lead) -> list[tuple[ActivityKind, str, str]]:
    """Give a lead's log without its first line."""
    return [(a.kind, a.description, a.actor) for a in queries.details(lead.id).activities][1:]


def test_a_lead_is_assigned_to_somebody_of_its_dealer(world: SimpleNamespace, lead: Lead) -> None:
    jette = person(world, world.north, "Jette")
    result = perform(actions.assign_lead, lead, jette, now=NOW + timedelta(minutes=1), actor="user:boss")
    assert result
    assert (lead.status, lead.assignee_id) == (LeadStatus.ASSIGNED, jette.id)
    assert log_of(lead) == [(ActivityKind.ASSIGNED, "Assigned to Jette", "user:boss")]
    assert db.session.scalar(select(func.count()).where(OutboxEvent.name == "LeadAssigned")) == 1


def test_a_lead_is_not_given_to_another_dealers_people(world: SimpleNamespace, lead: Lead) -> None:
    stranger = person(world, world.south, "Paul")
    result = perform(actions.assign_lead, lead, stranger, now=NOW, actor="user:boss")
    assert not result
    assert result.error is not None
    assert result.error.field == "assignee"


def test_a_status_change_says_from_what_to_what(world: SimpleNamespace, lead: Lead) -> None:
    later = NOW + timedelta(minutes=1)
    perform(actions.change_status, lead, LeadStatus.CONTACTED, now=later, actor="user:1", notes="angerufen").unwrap()
    assert log_of(lead)[0][1] == "Status changed from New to Contacted: angerufen"
    assert not perform(actions.change_status, lead, LeadStatus.CONTACTED, now=later, actor="user:1")


def test_an_offer_is_kept_and_logged(world: SimpleNamespace, lead: Lead) -> None:
    perform(actions.record_offer, lead, 2_150_000, now=NOW + timedelta(minutes=1), actor="user:1").unwrap()
    assert lead.offered_cents == 2_150_000
    assert log_of(lead) == [(ActivityKind.OFFER_MADE, "Offer of 21500.00 EUR", "user:1")]
    assert not perform(actions.record_offer, lead, 0, now=NOW, actor="user:1")


def test_the_first_answer_counts_for_the_response_time(world: SimpleNamespace, lead: Lead) -> None:
    inquiry = inquiries()[0]
    perform(actions.answer_inquiry, inquiry, now=NOW + timedelta(minutes=42, seconds=59), actor="user:1").unwrap()
    perform(actions.answer_inquiry, inquiry, now=NOW + timedelta(hours=9), actor="user:1").unwrap()
    assert (inquiry.answered_at, inquiry.response_minutes) == (NOW + timedelta(minutes=42, seconds=59), 42)
    assert len(log_of(lead)) == 1


def test_leads_are_listed_twenty_a_page_newest_first(world: SimpleNamespace, app: Flask, noon: Any) -> None:
    for number in range(23):
        noon.shift(60)
        address = f"198.51.100.{number}"
        Visitor(app, address=address).post(PATH, form(world.golf.public_id, email=f"buyer{number}@example.com"), **JSON)
    first, second = queries.page_of_leads(LeadFilter()), queries.page_of_leads(LeadFilter(), page=2)
    assert (first.total, first.pages, len(first.lines), len(second.lines)) == (23, 2, 20, 3)
    assert first.lines[0].buyer.email == "buyer22@example.com"
    assert first.lines[0].vehicle is not None
    found = queries.page_of_leads(LeadFilter(text="BUYER7@"))
    assert [line.buyer.email for line in found.lines] == ["buyer7@example.com"]
    assert queries.page_of_leads(LeadFilter(status=LeadStatus.LOST)).total == 0


def test_a_dealer_sees_its_own_leads_only(world: SimpleNamespace, lead: Lead) -> None:
    with acting(world.tenant.id, world.south.id):
        assert queries.page_of_leads(LeadFilter()).total == 0
        with pytest.raises(queries.NotFound):
            queries.details(lead.id)
    with acting(world.tenant.id, world.north.id):
        assert queries.page_of_leads(LeadFilter()).total == 1


def test_two_dealers_do_not_share_a_buyer(world: SimpleNamespace, app: Flask) -> None:
    south_car = db.session.scalars(select(queries.Listing).where(queries.Listing.dealer_id == world.south.id)).first()
    assert south_car is not None
    Visitor(app).post(PATH, form(world.golf.public_id))
    Visitor(app, SOUTH).post(PATH, form(south_car.public_id, site=SOUTH, dealer="south-motors"))
    assert db.session.scalar(select(func.count(Buyer.id))) == 2


def test_a_strangers_form_does_not_rename_a_known_buyer(world: SimpleNamespace, app: Flask) -> None:
    Visitor(app).post(PATH, form(world.golf.public_id))
    Visitor(app).post(PATH, form(world.golf.public_id, name="Max Betrug", message="Anders", phone="040 66969-1"))
    buyer = db.session.scalars(select(Buyer)).one()
    assert (buyer.name, buyer.phone) == ("Erika Muster", "+4940669691")
