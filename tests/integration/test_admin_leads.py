"""The inbox: who waits, answers by mail, spam, offers, meetings, a lead by telephone (SPEC 65, 69-76)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from admin.live import Seats
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.domain.accounts.models import AuditEntry, Role, User, UserSession
from storefront.domain.leads.actions import answer_inquiry
from storefront.domain.leads.models import (
    AppointmentStatus,
    Inquiry,
    Lead,
    LeadActivity,
    LeadMessage,
    LeadSource,
    LeadStatus,
    SalesAppointment,
    TestDrive,
    TestDriveStatus,
)
from storefront.domain.leads.queries import inbox_counts, response_times, response_weeks
from storefront.notices.models import Letter
from tests.integration.admin_desk import Desk, ask, desk_of, person


@pytest.fixture
def owner(world: SimpleNamespace) -> User:
    """Give the owner of North Cars."""
    return person(Role.DEALER_OWNER, world.north.id, clock.now(), name="Jette Brandt")


@pytest.fixture
def desk(app: Flask, owner: User) -> Desk:
    """Give the owner's browser."""
    return desk_of(app, owner)


def _fresh(lead: Lead) -> Lead:
    db.session.expire_all()
    return db.session.get_one(Lead, lead.id)


def _names(page: bytes) -> list[str]:
    return [str(name) for name in html.fromstring(page).xpath("//table[contains(@class, 'leads')]//tbody//a/b/text()")]


def _entries() -> int:
    return len(db.session.scalars(select(AuditEntry)).all())


def test_whoever_waits_longest_stands_first_and_the_answered_come_after(world: SimpleNamespace, desk: Desk) -> None:
    now = clock.now()
    ask(world.golf, now - timedelta(hours=1), name="Vera Kurz", message="Eins")
    ask(world.golf, now - timedelta(hours=5), name="Lars Lang", message="Zwei")
    done = ask(world.golf, now - timedelta(minutes=5), name="Dora Da", message="Drei")
    perform(answer_inquiry, db.session.get_one(Inquiry, done.inquiry_id), now=now, actor="test").unwrap()
    assert _names(desk.get("/admin/leads/").data) == ["Lars Lang", "Vera Kurz", "Dora Da"]
    assert _names(desk.get("/admin/leads/?tab=waiting").data) == ["Lars Lang", "Vera Kurz"]


def test_an_answer_by_mail_reaches_the_buyer_and_stops_the_clock(
    world: SimpleNamespace, desk: Desk, run_jobs: Callable[..., int]
) -> None:
    lead = ask(world.golf, clock.now() - timedelta(minutes=50), name="Petra Käufer")
    before = _entries()
    answer = desk.post(f"/admin/leads/{lead.id}/messages", {"subject": "Der Golf", "body": "Er ist noch da."})
    assert answer.status_code == 303
    assert _entries() == before + 1
    lead = _fresh(lead)
    inquiry = db.session.get_one(Inquiry, lead.inquiry_id)
    assert (lead.status, inquiry.response_minutes) == (LeadStatus.CONTACTED, 50)
    run_jobs(["relay", "default"])
    letter = db.session.scalars(select(Letter).where(Letter.template == "lead_answer")).one()
    assert letter.subject == "Der Golf"
    assert "Er ist noch da." in letter.body_text
    assert inquiry.reference in letter.body_text
    assert letter.sent_at is not None
    page = html.fromstring(desk.get(f"/admin/leads/{lead.id}/").data)
    assert "Er ist noch da." in page.text_content()


@pytest.mark.parametrize(("form", "field"), [({"subject": "", "body": "x"}, "subject"), ({"subject": "x"}, "body")])
def test_an_answer_without_words_stays_on_the_page(
    world: SimpleNamespace, desk: Desk, form: dict[str, str], field: str
) -> None:
    lead = ask(world.golf, clock.now())
    answer = desk.post(f"/admin/leads/{lead.id}/messages", form)
    assert answer.status_code == 422
    assert html.fromstring(answer.data).xpath(f"//*[@id='{field}']/@aria-invalid") == ["true"]
    assert _fresh(lead).status is LeadStatus.NEW


def test_drafts_are_in_the_language_of_the_buyer_and_name_the_car(world: SimpleNamespace, desk: Desk) -> None:
    lead = ask(world.golf, clock.now(), name="Petra Käufer")
    page = html.fromstring(desk.get(f"/admin/leads/{lead.id}/?draft=test_drive").data)
    body = page.xpath("//textarea[@id='body']")[0].text_content()
    assert "Guten Tag Petra Käufer," in body
    assert "Golf" in body
    assert "Führerschein" in body
    assert body.strip().endswith(world.north.name)


def test_spam_leaves_the_inbox_and_comes_back(world: SimpleNamespace, desk: Desk, owner: User) -> None:
    lead = ask(world.golf, clock.now(), name="Rolex Billig")
    desk.post(f"/admin/leads/{lead.id}/spam")
    assert "Rolex Billig" not in _names(desk.get("/admin/leads/").data)
    assert _names(desk.get("/admin/leads/?tab=spam").data) == ["Rolex Billig"]
    assert inbox_counts(owner.id).spam == 1
    assert desk.post(f"/admin/leads/{lead.id}/messages", {"subject": "a", "body": "b"}).status_code == 422
    desk.post(f"/admin/leads/{lead.id}/no-spam")
    assert _names(desk.get("/admin/leads/").data) == ["Rolex Billig"]
    assert _fresh(lead).status is LeadStatus.NEW


def test_an_offer_is_kept_and_set_against_the_price(world: SimpleNamespace, desk: Desk) -> None:
    lead = ask(world.golf, clock.now())
    assert desk.post(f"/admin/leads/{lead.id}/offers", {"offer": "viel"}).status_code == 422
    desk.post(f"/admin/leads/{lead.id}/offers", {"offer": "18.500"})
    assert _fresh(lead).offered_cents == 18_500_00


def test_a_note_stands_in_the_log(world: SimpleNamespace, desk: Desk) -> None:
    lead = ask(world.golf, clock.now())
    assert desk.post(f"/admin/leads/{lead.id}/notes", {"note": " "}).status_code == 422
    desk.post(f"/admin/leads/{lead.id}/notes", {"note": "Ruft am Montag an"})
    said = db.session.scalars(select(LeadActivity.description).where(LeadActivity.lead_id == lead.id)).all()
    assert "Ruft am Montag an" in said


def test_a_caller_is_written_down_with_the_car(world: SimpleNamespace, desk: Desk) -> None:
    form = {"name": "Uwe Ruf", "email": "uwe@example.org", "phone": "040 66969123", "source": "phone"}
    assert desk.post("/admin/leads/", {**form, "stock_number": "gibt-es-nicht"}).status_code == 422
    answer = desk.post("/admin/leads/", {**form, "stock_number": world.golf.public_id, "note": "Will tauschen"})
    assert answer.status_code == 303
    lead = db.session.scalars(select(Lead).where(Lead.source == LeadSource.PHONE)).one()
    assert (lead.listing_id, lead.notes) == (world.golf.id, "Will tauschen")
    assert "Uwe Ruf" in _names(desk.get("/admin/leads/").data)


def test_a_caller_without_an_address_is_called_back(world: SimpleNamespace, desk: Desk) -> None:
    form = {"name": "Uwe Ruf", "source": "phone", "note": "Ab 18 Uhr"}
    refused = desk.post("/admin/leads/", form)
    assert refused.status_code == 422
    assert html.fromstring(refused.data).xpath("//input[@name='phone']/@aria-invalid") == ["true"]
    for name in ("Uwe Ruf", "Uwe Ruf", "Eva Ruf"):
        assert desk.post("/admin/leads/", {**form, "name": name, "phone": "040 66969-123"}).status_code == 303
    leads = db.session.scalars(select(Lead).where(Lead.source == LeadSource.PHONE).order_by(Lead.created_at)).all()
    buyers = [lead.buyer_id for lead in leads]
    assert buyers[0] == buyers[1] != buyers[2], "one number and name is one buyer, a household is not"
    assert "Uwe Ruf zurückrufen" in desk.get("/admin/").text
    page = html.fromstring(desk.get(f"/admin/leads/{leads[0].id}/").data)
    assert page.xpath("//a[starts-with(@href, 'tel:')]/@href") == ["tel:+494066969123"] * 2
    assert page.xpath("//a[starts-with(@href, 'mailto:')] | //form[contains(@action, '/messages')]") == []
    written = desk.post(f"/admin/leads/{leads[0].id}/messages", {"subject": "Ihr Anruf", "body": "Guten Tag"})
    assert written.status_code == 422
    assert db.session.scalars(select(LeadMessage)).all() == []
    assert sorted(_names(desk.get("/admin/leads/?q=040+66969-123").data)) == ["Eva Ruf", "Uwe Ruf", "Uwe Ruf"]
    assert _names(desk.get("/admin/leads/?q=66969-999").data) == []


def test_a_test_drive_takes_half_an_hour_and_an_appointment_an_hour(world: SimpleNamespace, desk: Desk) -> None:
    lead = ask(world.golf, clock.now(), name="Petra Käufer")
    at = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT10:30")
    desk.post(f"/admin/leads/{lead.id}/meetings", {"kind": "test_drive", "at": at})
    desk.post(f"/admin/leads/{lead.id}/meetings", {"kind": "negotiation", "at": at})
    drive = db.session.scalars(select(TestDrive)).one()
    talk = db.session.scalars(select(SalesAppointment)).one()
    assert (drive.minutes, talk.minutes) == (30, 60)
    text = html.fromstring(desk.get("/admin/appointments/").data).xpath("//main")[0].text_content()
    assert text.count("Petra Käufer") == 2
    desk.post(f"/admin/appointments/{drive.id}/outcome", {"status": "no_show"})
    desk.post(f"/admin/appointments/{talk.id}/time", {"at": at.replace("10:30", "16:00")})
    db.session.expire_all()
    assert db.session.get_one(TestDrive, drive.id).status is TestDriveStatus.NO_SHOW
    statuses = {one.status for one in db.session.scalars(select(SalesAppointment))}
    assert statuses == {AppointmentStatus.RESCHEDULED, AppointmentStatus.SCHEDULED}
    again = desk.post(f"/admin/appointments/{drive.id}/outcome", {"status": "completed"})
    assert again.status_code == 422


@pytest.mark.parametrize("at", ["", "gestern", "2020-01-01T10:00", "2099-01-01T10:00"])
def test_nobody_meets_in_the_past_or_at_no_time(world: SimpleNamespace, desk: Desk, at: str) -> None:
    lead = ask(world.golf, clock.now())
    answer = desk.post(f"/admin/leads/{lead.id}/meetings", {"kind": "consultation", "at": at})
    assert answer.status_code == 422
    assert db.session.scalars(select(SalesAppointment)).all() == []


def test_half_of_the_buyers_are_answered_within_the_median(world: SimpleNamespace, owner: User) -> None:
    now = clock.now()
    for minutes in (10, 30, 500):
        lead = ask(world.golf, now - timedelta(minutes=minutes), message=f"Frage {minutes}")
        perform(answer_inquiry, db.session.get_one(Inquiry, lead.inquiry_id), now=now, actor="test").unwrap()
    ask(world.golf, now, message="Noch offen")
    times = response_times(now - timedelta(days=1))
    assert (times.asked, times.answered, times.within_hour, times.within_day) == (4, 3, 2, 3)
    assert times.median_minutes == 30


def test_answers_are_measured_week_by_week(world: SimpleNamespace, desk: Desk) -> None:
    now = datetime(2026, 3, 11, 12, tzinfo=UTC)  # a Wednesday
    for days, minutes in ((0, 20), (1, 90), (9, 3000)):
        at = now - timedelta(days=days)
        lead = ask(world.golf, at, message=f"Vor {days} Tagen")
        given = {"now": at + timedelta(minutes=minutes), "actor": "test"}
        perform(answer_inquiry, db.session.get_one(Inquiry, lead.inquiry_id), **given).unwrap()
    weeks = response_weeks(now, "Europe/Berlin", 3)
    assert [week.begins.isoformat() for week in weeks] == ["2026-02-23", "2026-03-02", "2026-03-09"]
    assert [(week.answered, week.median_minutes) for week in weeks] == [(0, None), (1, 3000), (2, 20)]


def test_the_inbox_draws_weeks_once_there_are_two_to_compare(world: SimpleNamespace, desk: Desk) -> None:
    for days, drawn in ((1, False), (8, True)):
        at = clock.now() - timedelta(days=days)
        lead = ask(world.golf, at, message=f"Vor {days} Tagen")
        given = {"now": at + timedelta(minutes=30), "actor": "test"}
        perform(answer_inquiry, db.session.get_one(Inquiry, lead.inquiry_id), **given).unwrap()
        assert ("Antwortzeit nach Wochen" in desk.get("/admin/leads/").text) is drawn


def test_an_open_page_hears_of_a_new_lead(world: SimpleNamespace, app: Flask, desk: Desk) -> None:
    app.config["ADMIN_STREAM_SECONDS"] = 0
    ask(world.golf, clock.now())
    answer = desk.get("/admin/events/")
    assert answer.content_type.startswith("text/event-stream")
    text = answer.get_data(as_text=True)
    assert "event: lead" in text
    assert "event: build" in text
    assert "event: import" in text
    assert 'data-count="leads"' in text


def test_a_login_has_one_stream_and_a_process_two(world: SimpleNamespace, app: Flask, owner: User) -> None:
    mine, other = desk_of(app, owner), desk_of(app, person(Role.SALES_PERSON, world.north.id, clock.now()))
    login = db.session.scalars(select(UserSession.id).where(UserSession.user_id == owner.id)).one()
    seats = app.extensions.setdefault("marketplace.admin.seats", Seats())
    former, second = seats.take(login), seats.take(UUID(int=1))
    refused = other.get("/admin/events/")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert mine.get("/admin/events/").status_code == 200  # the next page of a browser takes over from the last one
    assert not seats.has(login, former)
    seats.leave(UUID(int=1), former)  # a ticket of another seat
    assert seats.has(UUID(int=1), second)
    seats.leave(UUID(int=1), second)
    assert other.get("/admin/events/").status_code == 200
    assert 'data-event="lead"' in mine.get("/admin/events/now").get_data(as_text=True)
