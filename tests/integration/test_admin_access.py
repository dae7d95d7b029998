"""How people get in, what they may, and what is asked of them again (SPEC 12-16, SECURITY A4, B1-B5, D14)."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pyotp
import pytest
import time_machine
from flask import Flask
from lxml import html
from sqlalchemy import select, update

from storefront.core import clock, config, runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import passwords
from storefront.domain.accounts.models import (
    AuditEntry,
    PasswordReset,
    RecoveryCode,
    Role,
    RoleGrant,
    User,
    UserSession,
)
from storefront.domain.accounts.passwords import hasher
from storefront.notices.models import Letter
from tests.conftest import NOW, SECRET
from tests.integration import admin_ready
from tests.integration.admin_desk import OTHER_PASSWORD, PASSWORD, Desk, desk_of, open_admin, person
from tests.integration.admin_letters import link_of, write_letters

NEW = "vier eigene Wörter hier"


@pytest.fixture
def limited(database: Settings, redis_url: str) -> Settings:
    """Give the installation with a real Valkey for the limits."""
    chosen = config.load({}, marketplace_instance=database.instance, secret_key=SECRET, redis_url=redis_url)
    return runtime.start(chosen, bell=False, pooled=False)


@pytest.fixture
def app(limited: Settings, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Give an application with the admin alone, whose hashes cost little; one test looks at those that cost."""
    monkeypatch.setattr(passwords, "hasher", lambda: hasher(8, 1, 1))
    return open_admin(limited)


@pytest.fixture
def owner(limited: Settings, world: SimpleNamespace) -> User:
    """Give the owner of North Cars."""
    return person(Role.DEALER_OWNER, world.north.id, NOW, name="Jette Brandt")


@pytest.fixture
def operator(limited: Settings, world: SimpleNamespace) -> User:
    """Give one of the operator's people."""
    return person(Role.SYSTEM_ADMIN, None, NOW, name="Ada Lindqvist", language="en")


def _text(page: bytes, path: str = "//main") -> str:
    return " ".join(" ".join(html.fromstring(page).xpath(f"{path}//text()")).split())


# -- passwords --


@pytest.mark.parametrize(
    ("weak", "said"),
    [
        ("short", "Mindestens 15"),
        ("fourteen chars", "Mindestens 15"),
        ("correcthorsebatterystaple", "gestohlenen Listen"),
        ("Password1234567", "gestohlenen Listen"),
        ("aaaaaaaaaaaaaaaa", "gestohlenen Listen"),
        ("Jette Brandt Jette", "kaum mehr als Ihr Name"),
        ("x" * 129, "Höchstens 128"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused_with_the_reason(
    app: Flask, owner: User, weak: str, said: str
) -> None:
    answer = desk_of(app, owner).post("/admin/security/password", {"present": PASSWORD, "password": weak})
    assert answer.status_code == 422
    assert said in _text(answer.data)


def test_the_present_password_is_asked_for(app: Flask, owner: User) -> None:
    answer = desk_of(app, owner).post("/admin/security/password", {"present": "something else", "password": NEW})
    assert answer.status_code == 422
    assert "nicht Ihr jetziges" in _text(answer.data)


def test_a_new_password_ends_the_other_logins_and_gives_this_one_a_new_id(app: Flask, owner: User) -> None:
    here, elsewhere = desk_of(app, owner), desk_of(app, owner)
    old = here.client.get_cookie("session")
    assert old is not None
    assert here.post("/admin/security/password", {"present": PASSWORD, "password": NEW}).status_code == 303
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 303
    stolen = desk_of(app, None)
    stolen.client.set_cookie("session", old.value)
    assert stolen.get("/admin/").status_code == 303


def test_hashes_are_argon2id_of_64_mib_and_older_ones_are_made_anew_at_login(limited: Settings, owner: User) -> None:
    app = open_admin(limited)
    assert owner.password_hash.startswith("$argon2id$v=19$m=8,")
    assert desk_of(app, None).post("/admin/login", {"email": owner.email, "password": PASSWORD}).status_code == 303
    with everywhere():
        kept = db.session.scalars(select(User.password_hash).where(User.id == owner.id)).one()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not hasher().check_needs_rehash(kept)


# -- the second factor --


def _half_way(app: Flask, user: User) -> Desk:
    desk = desk_of(app, None)
    answer = desk.post("/admin/login", {"email": user.email, "password": PASSWORD, "next": "/admin/leads/"})
    assert (answer.status_code, answer.location) == (303, "/admin/login/code?next=/admin/leads/")
    return desk


def _code_token(desk: Desk) -> str:
    return str(html.fromstring(desk.get("/admin/login/code").data).xpath("//input[@name='csrf_token']/@value")[0])


def _show(desk: Desk, code: str, **more: str) -> tuple[int, str | None]:
    form = {"code": code, "csrf_token": _code_token(desk), **more}
    answer = desk.post("/admin/login/code", form, token=False)
    return answer.status_code, answer.location


def test_a_second_factor_is_made_by_scanning_and_wanted_at_the_next_login(app: Flask, owner: User) -> None:
    desk = desk_of(app, owner)
    page = html.fromstring(desk.get("/admin/security/authenticator").data)
    assert page.xpath("//div[@role='img']//*[local-name()='path']")
    secret = "".join(page.xpath("//code[@class='secret']/text()")[0].split())
    form = {"secret": page.xpath("//input[@name='secret']/@value")[0], "code": pyotp.TOTP(secret).at(clock.now())}
    wrong = desk.post("/admin/security/authenticator", {**form, "code": "000000"})
    assert wrong.status_code == 422
    shown = desk.post("/admin/security/authenticator", form)
    codes = html.fromstring(shown.data).xpath("//ol[@class='codes']//code/text()")
    assert len(set(codes)) == 10
    assert desk.get("/admin/").status_code == 200
    with everywhere():
        kept = db.session.get_one(User, owner.id)
        assert kept.totp_secret is not None
        assert secret not in kept.totp_secret
        stored = {row.code_hash for row in db.session.scalars(select(RecoveryCode))}
    assert not stored & {code.replace("-", "") for code in codes}
    half = _half_way(app, owner)
    assert half.get("/admin/").status_code == 303
    assert _show(half, codes[0], next="/admin/leads/") == (303, "/admin/leads/")
    assert half.get("/admin/leads/").status_code == 200


def test_a_secret_somebody_else_was_shown_cannot_be_switched_on(app: Flask, owner: User, operator: User) -> None:
    theirs = html.fromstring(desk_of(app, operator).get("/admin/security/authenticator").data)
    secret = "".join(theirs.xpath("//code[@class='secret']/text()")[0].split())
    form = {"secret": theirs.xpath("//input[@name='secret']/@value")[0], "code": pyotp.TOTP(secret).at(clock.now())}
    answer = desk_of(app, owner).post("/admin/security/authenticator", form)
    assert (answer.status_code, answer.location) == (303, "/admin/security/authenticator")


def test_a_code_opens_one_door_once(app: Flask, owner: User) -> None:
    with time_machine.travel(clock.now(), tick=False):
        admin_ready.give_second_factor(owner.id)
        code = pyotp.TOTP(admin_ready.SECRET).at(clock.now())
        assert _show(_half_way(app, owner), code)[0] == 303
        again = _half_way(app, owner)
        assert _show(again, code)[0] == 422
        earlier = pyotp.TOTP(admin_ready.SECRET).at(clock.now() - timedelta(seconds=30))
        assert _show(again, earlier)[0] == 422


def test_a_recovery_code_opens_one_door_once_and_its_owner_is_told(app: Flask, owner: User) -> None:
    codes = admin_ready.give_second_factor(owner.id)
    assert _show(_half_way(app, owner), codes[3].upper())[0] == 303
    assert _show(_half_way(app, owner), codes[3])[0] == 422
    write_letters()
    with everywhere():
        texts = [one.body_text for one in db.session.scalars(select(Letter).where(Letter.to_address == owner.email))]
    assert any("mit einem Ersatzcode" in text for text in texts)


def test_the_sixth_code_within_a_quarter_of_an_hour_is_refused(app: Flask, owner: User) -> None:
    admin_ready.give_second_factor(owner.id)
    desk = _half_way(app, owner)
    for _ in range(5):
        assert _show(desk, "123123")[0] == 422
    assert _show(desk, pyotp.TOTP(admin_ready.SECRET).at(clock.now()))[0] == 429


def test_a_login_waits_ten_minutes_for_its_code_and_opens_nothing_meanwhile(app: Flask, owner: User) -> None:
    admin_ready.give_second_factor(owner.id)
    desk = _half_way(app, owner)
    for path in ("/admin/", "/admin/security/", "/admin/confirm/", "/admin/desk/"):
        assert desk.get(path).status_code == 303, path
    desk = _half_way(app, owner)
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        assert desk.get("/admin/login/code").location == "/admin/login"


def test_the_code_is_switched_off_with_a_password_that_can_stand_alone(app: Flask, owner: User) -> None:
    admin_ready.give_second_factor(owner.id)
    desk = desk_of(app, owner)
    assert desk.post("/admin/security/authenticator/removal", {"present": "something else"}).status_code == 422
    assert desk.post("/admin/security/authenticator/removal", {"present": PASSWORD}).status_code == 303
    with everywhere():
        assert not db.session.get_one(User, owner.id).has_second_factor
        assert db.session.scalars(select(RecoveryCode)).all() == []


def test_a_dealer_that_wants_codes_lets_nobody_further_without(app: Flask, owner: User, world: SimpleNamespace) -> None:
    seller = person(Role.SALES_PERSON, world.north.id, NOW)
    other = person(Role.SALES_PERSON, world.south.id, NOW)
    desk = desk_of(app, owner)
    first = desk.post("/admin/people/second-factor", {"wanted": "yes"})
    assert first.location == "/admin/security/authenticator"
    admin_ready.give_second_factor(owner.id)
    assert desk.post("/admin/people/second-factor", {"wanted": "yes"}).location == "/admin/people/"
    at_work = desk_of(app, seller)
    for path in ("/admin/", "/admin/leads/", "/admin/listings/"):
        assert at_work.get(path).location == "/admin/security/authenticator", path
    assert at_work.get("/admin/security/authenticator").status_code == 200
    assert desk_of(app, other).get("/admin/").status_code == 200
    admin_ready.give_second_factor(seller.id)
    assert at_work.get("/admin/").status_code == 200


# -- a forgotten password --


def _forget(app: Flask, email: str) -> tuple[int, str | None]:
    answer = desk_of(app, None).post("/admin/password/forgotten", {"email": email})
    return answer.status_code, answer.location


def test_a_letter_leads_to_a_new_password_once_and_the_second_factor_stays(app: Flask, owner: User) -> None:
    inside = desk_of(app, owner)
    admin_ready.give_second_factor(owner.id)
    assert _forget(app, owner.email.upper()) == (303, "/admin/password/sent")
    write_letters()
    link, desk = link_of("password_reset"), desk_of(app, None)
    page = desk.get(link)
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert desk.post(link, {"password": "zu kurz"}).status_code == 422
    assert desk.post(link, {"password": NEW}).location == "/admin/login"
    assert desk.get(link).status_code == 404
    assert inside.get("/admin/").status_code == 303
    half = desk_of(app, None).post("/admin/login", {"email": owner.email, "password": NEW})
    assert half.location == "/admin/login/code"


def test_an_address_nobody_has_is_answered_like_any_other_and_gets_no_letter(app: Flask, owner: User) -> None:
    assert _forget(app, owner.email) == _forget(app, "nobody@example.org")
    with everywhere():
        rows = db.session.scalars(select(PasswordReset)).all()
        assert len(rows) == 2
        entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "ask_for_reset")).all()
        assert [(entry.actor, entry.dealer_id, entry.after) for entry in entries] == [("visitor", None, {})] * 2
    write_letters()
    with everywhere():
        letters = db.session.scalars(select(Letter.to_address).where(Letter.template == "password_reset")).all()
    assert letters == [owner.email]


def test_a_link_is_good_for_an_hour(app: Flask, owner: User) -> None:
    _forget(app, owner.email)
    write_letters()
    link = link_of("password_reset")
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        assert desk_of(app, None).get(link).status_code == 404


def test_the_link_names_the_stored_host_whatever_the_request_says(app: Flask, owner: User) -> None:
    desk = desk_of(app, None)
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    desk.post("/admin/password/forgotten", {"email": owner.email}, headers=headers)
    evil = desk.client.post("/admin/password/forgotten", data={"email": owner.email}, base_url="http://evil.example")
    assert evil.status_code == 404
    write_letters()
    assert link_of("password_reset").startswith("/admin/password/")


def test_three_letters_an_hour_are_the_most(app: Flask, owner: User) -> None:
    assert [_forget(app, owner.email)[0] for _ in range(4)] == [303, 303, 303, 429]


def test_a_letter_with_a_link_is_forgotten_once_it_is_sent(app: Flask, owner: User) -> None:
    _forget(app, owner.email)
    write_letters(send=True)
    with everywhere():
        letter = db.session.scalars(select(Letter).where(Letter.template == "password_reset")).one()
        assert letter.sent_at is not None
        assert (letter.to_address, letter.body_text, letter.body_html) == ("", "", None)


# -- people --

INVITED = {"email": "Malte@Kern.example", "name": "Malte Kern", "role": "SalesPerson", "language": "de"}


def test_somebody_is_invited_by_letter_and_goes_in_with_a_password_of_his_own(
    app: Flask, owner: User, world: SimpleNamespace
) -> None:
    boss = desk_of(app, owner)
    assert boss.post("/admin/people/invitations", INVITED).location == "/admin/people/"
    assert boss.post("/admin/people/invitations", INVITED).status_code == 422
    write_letters()
    link, desk = link_of("invitation"), desk_of(app, None)
    page = _text(desk.get(link).data)
    assert "North Cars lädt Sie ein" in page
    assert desk.post(link, {"name": "", "password": NEW}).status_code == 422
    assert desk.post(link, {"name": "Malte Kern", "password": "zu kurz"}).status_code == 422
    assert desk.post(link, {"name": "Malte Kern", "password": NEW}).location == "/admin/"
    assert desk.get("/admin/leads/").status_code == 200
    assert desk.get("/admin/people/").status_code == 403
    assert desk_of(app, None).get(link).status_code == 404
    with acting(world.tenant.id):
        malte = db.session.scalars(select(User).where(User.email == "malte@kern.example")).one()
        assert malte.role_at(world.north.id) is Role.SALES_PERSON
    assert "Malte Kern" in _text(boss.get("/admin/people/").data)


def test_an_invitation_is_good_for_seven_days_and_until_it_is_taken_back(app: Flask, owner: User) -> None:
    boss = desk_of(app, owner)
    boss.post("/admin/people/invitations", INVITED)
    write_letters()
    first = link_of("invitation")
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1), tick=False):
        assert desk_of(app, None).get(first).status_code == 404
    (again,) = html.fromstring(boss.get("/admin/people/").data).xpath("//form[contains(@action,'/again')]/@action")
    assert boss.post(again).status_code == 303
    assert desk_of(app, None).get(first).status_code == 404
    write_letters()
    second = link_of("invitation")
    assert second != first
    assert desk_of(app, None).get(second).status_code == 200
    assert boss.post(again.replace("/again", "/revocation")).status_code == 303
    assert desk_of(app, None).get(second).status_code == 404


def test_somebody_known_takes_an_invitation_with_her_login_and_sits_at_two_desks(
    app: Flask, owner: User, world: SimpleNamespace
) -> None:
    south = person(Role.DEALER_OWNER, world.south.id, NOW, name="Südchefin")
    boss = desk_of(app, south)
    boss.post("/admin/people/invitations", {**INVITED, "email": owner.email, "role": "SalesManager"})
    write_letters()
    link = link_of("invitation")
    stranger = desk_of(app, None)
    assert stranger.post(f"{link}/login").location == f"/admin/login?next={link}"
    assert desk_of(app, south).post(f"{link}/login").status_code == 409
    assert stranger.post(link, {"name": "Dieb", "password": NEW}).status_code == 422
    mine = desk_of(app, owner)
    assert mine.post(f"{link}/login").location == "/admin/desk/"
    here = "North Cars" if "North Cars" in _text(mine.get("/admin/").data, "//aside") else "South Motors"
    there = world.south.id if here == "North Cars" else world.north.id
    old = mine.client.get_cookie("session")
    assert mine.post(f"/admin/desk/{there}").status_code == 303
    new = mine.client.get_cookie("session")
    assert old is not None
    assert new is not None
    assert old.value != new.value
    assert here not in _text(mine.get("/admin/").data, "//aside/div[contains(@class,'who')]")
    assert mine.post(f"/admin/desk/{world.tenant.id}").status_code == 404


def test_somebody_of_two_dealers_sees_one_of_them_at_a_time(app: Flask, owner: User, world: SimpleNamespace) -> None:
    def join() -> None:
        db.session.get_one(User, owner.id).roles.append(
            RoleGrant(role_name=Role.SALES_PERSON, dealer_id=world.south.id)
        )

    perform(join).unwrap()
    desk = desk_of(app, owner)
    desk.post(f"/admin/desk/{world.south.id}")
    assert desk.get(f"/admin/listings/{world.golf.id}/").status_code == 404
    assert desk.get("/admin/people/").status_code == 403
    desk.post(f"/admin/desk/{world.north.id}")
    assert desk.get(f"/admin/listings/{world.golf.id}/").status_code == 200
    assert desk.get("/admin/people/").status_code == 200


def test_the_last_owner_stays(app: Flask, owner: User, world: SimpleNamespace) -> None:
    desk = desk_of(app, owner)
    path = f"/admin/people/{owner.id}/"
    assert desk.post(f"{path}role", {"role": "SalesPerson"}).status_code == 422
    assert desk.post(f"{path}removal").status_code == 409
    second = person(Role.DEALER_OWNER, world.north.id, NOW)
    with everywhere():
        perform(lambda: db.session.execute(update(User).where(User.id == second.id).values(active=False)))
    assert desk.post(f"{path}removal").status_code == 409
    with everywhere():
        perform(lambda: db.session.execute(update(User).where(User.id == second.id).values(active=True)))
    assert desk.post(f"{path}removal").status_code == 303
    assert desk.get("/admin/").status_code == 303


def test_a_role_that_is_taken_back_ends_the_logins_at_once(app: Flask, owner: User, world: SimpleNamespace) -> None:
    seller = person(Role.SALES_PERSON, world.north.id, NOW)
    at_work = desk_of(app, seller)
    boss = desk_of(app, owner)
    assert boss.post(f"/admin/people/{seller.id}/role", {"role": "SalesManager"}).status_code == 303
    assert at_work.get("/admin/").status_code == 303
    at_work = desk_of(app, seller)
    assert boss.post(f"/admin/people/{seller.id}/removal").status_code == 303
    assert at_work.get("/admin/").status_code == 303
    answer = desk_of(app, None).post("/admin/login", {"email": seller.email, "password": PASSWORD})
    assert answer.status_code == 422


def test_an_owner_gives_no_role_of_the_operator(app: Flask, owner: User, world: SimpleNamespace) -> None:
    seller, desk = person(Role.SALES_PERSON, world.north.id, NOW), desk_of(app, owner)
    assert desk.post(f"/admin/people/{seller.id}/role", {"role": "SystemAdmin"}).status_code == 422
    assert desk.post("/admin/people/invitations", {**INVITED, "role": "SystemAdmin"}).status_code == 422
    for more in ({"dealer_id": str(world.south.id)}, {"dealer": str(world.south.id)}):
        desk.post("/admin/people/invitations", {**INVITED, "email": f"a{len(str(more))}@x.example", **more})
    path = f"/admin/people/invitations?dealer={world.south.id}"
    desk.post(path, {**INVITED, "email": "b@x.example"})
    south = person(Role.DEALER_OWNER, world.south.id, NOW)
    assert "x.example" not in desk_of(app, south).get("/admin/people/").text


# -- step-up --


def test_what_matters_asks_again_after_ten_minutes(app: Flask, owner: User) -> None:
    desk = desk_of(app, owner)
    assert desk.get("/admin/people/new").status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        asked = desk.get("/admin/people/new")
        assert (asked.status_code, asked.location) == (303, "/admin/confirm/?next=/admin/people/new")
        before = desk.post(
            "/admin/people/invitations", INVITED, headers={"Referer": "http://localhost/admin/people/new"}
        )
        assert before.location == "/admin/confirm/?next=/admin/people/new"
        assert desk.get("/admin/people/").status_code == 200
        wrong = desk.post("/admin/confirm/", {"password": "something else", "next": "/admin/people/new"})
        assert wrong.status_code == 422
        right = desk.post("/admin/confirm/", {"password": PASSWORD, "next": "/admin/people/new"})
        assert right.location == "/admin/people/new"
        assert desk.post("/admin/people/invitations", INVITED).status_code == 303
        assert desk.post("/admin/confirm/", {"password": PASSWORD, "next": "//evil.example"}).location == "/admin/"


def test_a_piece_of_a_page_that_needs_a_step_up_leads_the_whole_page_there(app: Flask, owner: User) -> None:
    desk = desk_of(app, owner)
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        answer = desk.get("/admin/people/new", headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/admin/confirm/?next=/admin/people/new")


# -- logins --


def test_one_sees_ones_logins_and_ends_them(app: Flask, owner: User, operator: User) -> None:
    here, elsewhere, stranger = desk_of(app, owner), desk_of(app, owner), desk_of(app, operator)
    page = html.fromstring(here.get("/admin/security/").data)
    (end,) = page.xpath("//form[contains(@action,'/security/logins/') and contains(@action,'-')]/@action")
    assert stranger.post(end).status_code == 404
    assert here.post(end).status_code == 303
    assert elsewhere.get("/admin/").status_code == 303
    assert here.get("/admin/").status_code == 200
    third = desk_of(app, owner)
    assert here.post("/admin/security/logins/end").status_code == 303
    assert third.get("/admin/").status_code == 303
    with everywhere():
        assert db.session.scalars(select(UserSession).where(UserSession.user_id == operator.id)).one().ended_at is None


def test_a_login_keeps_a_shortened_network_only(app: Flask, owner: User) -> None:
    form = {"email": owner.email, "password": PASSWORD}
    desk = desk_of(app, None)
    desk.post("/admin/login", form, environ_overrides={"REMOTE_ADDR": "203.0.113.77"})
    with everywhere():
        assert db.session.scalars(select(UserSession.network)).one() == "203.0.113.x"


def test_details_are_changed_by_their_owner(app: Flask, owner: User) -> None:
    desk = desk_of(app, owner)
    form = {"name": "Jette Brandt-Nordmann", "phone": "040 66969123", "language": "en"}
    assert desk.post("/admin/security/details", {**form, "phone": "1"}).status_code == 422
    assert desk.post("/admin/security/details", {**form, "email": "x@y.example", "active": "0"}).status_code == 303
    with everywhere():
        kept = db.session.get_one(User, owner.id)
        assert (kept.name, kept.phone, kept.language) == ("Jette Brandt-Nordmann", "+494066969123", "en")
        assert kept.email == owner.email


# -- support --


def test_a_support_visit_is_said_aloud_and_ends_by_itself(
    app: Flask, owner: User, operator: User, world: SimpleNamespace
) -> None:
    helper, boss = desk_of(app, operator), desk_of(app, owner)
    path = f"/admin/support/{world.north.id}"
    assert helper.post(path, {"reason": "", "minutes": "15"}).status_code == 422
    assert helper.post(path, {"reason": "Anruf", "minutes": "61"}).status_code == 422
    assert helper.get(f"/admin/listings/{world.golf.id}/").status_code == 200
    assert helper.post(path, {"reason": "Anruf: Fotos fehlen", "minutes": "30"}).location == "/admin/"
    assert "Anruf: Fotos fehlen" in _text(helper.get("/admin/").data, "//div[@class='visit']")
    assert helper.get("/admin/dealers/").status_code == 403
    assert "Ada Lindqvist vom Betreiber" in _text(boss.get("/admin/leads/").data, "//div[@class='visit']")
    assert "Anruf: Fotos fehlen" in _text(boss.get("/admin/support/").data)
    helper.post(f"/admin/listings/{world.golf.id}/prices", {"price": "18.500", "reason": "promotion"})
    with acting(world.tenant.id, world.north.id):
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "change_price")).all()[-1]
        assert re.fullmatch(rf"user:{operator.id} for support:[0-9a-f-]{{36}}", entry.actor)
    trail = _text(boss.get("/admin/audit/?act=change_price").data, "//ol")
    assert "Ada Lindqvist" in trail
    assert "Support" in trail
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        assert helper.get("/admin/dealers/").status_code == 200
        assert not html.fromstring(boss.get("/admin/leads/").data).xpath("//div[@class='visit']")


def test_the_dealers_owner_may_end_a_visit(app: Flask, owner: User, operator: User, world: SimpleNamespace) -> None:
    helper, boss = desk_of(app, operator), desk_of(app, owner)
    seller = desk_of(app, person(Role.SALES_PERSON, world.north.id, NOW))
    helper.post(f"/admin/support/{world.north.id}", {"reason": "Anruf", "minutes": "30"})
    (end,) = html.fromstring(boss.get("/admin/").data).xpath("//div[@class='visit']//form/@action")
    assert seller.post(end).status_code == 403
    assert boss.post(end).status_code == 303
    assert helper.get("/admin/dealers/").status_code == 200
    assert boss.post(end).status_code == 409


# -- the trail --


def test_a_dealer_reads_its_own_trail_and_no_other(
    app: Flask, owner: User, operator: User, world: SimpleNamespace
) -> None:
    desk = desk_of(app, owner)
    desk.post(f"/admin/listings/{world.golf.id}/prices", {"price": "19.000", "reason": "promotion"})
    page = desk.get("/admin/audit/")
    assert "Preis geändert" in _text(page.data, "//ol")
    assert str(world.south.id)[:8] not in _text(page.data, "//ol")
    assert "Jeder Eintrag ist, wie er geschrieben wurde" in _text(desk.get("/admin/audit/check").data)
    assert "Nichts passt" in _text(desk.get("/admin/audit/?until=2020-01-01").data, "//section")
    assert desk.get(f"/admin/audit/?who={owner.id}&act=change_price").status_code == 200
    assert desk.get("/admin/audit/?who=x").status_code == 404
    assert "South Motors" in _text(desk_of(app, operator).get("/admin/audit/").data)


def test_an_entry_that_was_changed_afterwards_is_marked(app: Flask, owner: User, world: SimpleNamespace) -> None:
    desk = desk_of(app, owner)
    desk.post(f"/admin/listings/{world.golf.id}/prices", {"price": "19.000", "reason": "promotion"})

    def forge() -> None:
        db.session.execute(update(AuditEntry).where(AuditEntry.action == "change_price").values(reason="Nichts"))

    perform(forge).unwrap()
    page = desk.get("/admin/audit/")
    assert html.fromstring(page.data).xpath("//li[@class='broken']")
    assert "nachträglich geändert" in _text(page.data)
    assert "nachträglich geändert" in _text(desk.get("/admin/audit/check").data)


def test_the_trail_of_many_entries_comes_in_pages(app: Flask, owner: User, world: SimpleNamespace) -> None:
    desk = desk_of(app, owner)
    for number in range(55):
        desk.post("/admin/security/details", {"name": f"Jette {number}", "language": "de"})
    first = html.fromstring(desk.get("/admin/audit/?act=change_details").data)
    second = html.fromstring(desk.get("/admin/audit/?act=change_details&page=2").data)
    assert [len(page.xpath("//ol[contains(@class,'trail')]/li")) for page in (first, second)] == [50, 5]
    assert not first.xpath("//li[@class='broken']")


def test_the_other_password_of_the_tests_is_a_good_one(app: Flask, owner: User) -> None:
    form = {"present": PASSWORD, "password": OTHER_PASSWORD}
    assert desk_of(app, owner).post("/admin/security/password", form).status_code == 303
