"""Logging in and out, as a browser sees it (SECURITY B1, B3, B4, B9)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from admin.entrance import safe_next
from storefront.core import clock, config, runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import everywhere
from storefront.domain.accounts.actions import change_password
from storefront.domain.accounts.models import Role, User, UserSession
from tests.conftest import NOW, SECRET
from tests.integration.admin_desk import OTHER_HOST, PASSWORD, Desk, desk_of, open_admin, other_tenant, person


@pytest.fixture
def limited(database: Settings, redis_url: str) -> Settings:
    """Give the installation with a real Valkey for the limits."""
    chosen = config.load({}, marketplace_instance=database.instance, secret_key=SECRET, redis_url=redis_url)
    return runtime.start(chosen, bell=False, pooled=False)


@pytest.fixture
def app(limited: Settings) -> Flask:
    """Give an application with the admin alone."""
    return open_admin(limited)


@pytest.fixture
def owner(limited: Settings, world: SimpleNamespace) -> User:
    """Give the owner of North Cars."""
    return person(Role.DEALER_OWNER, world.north.id, NOW)


def _log_in(desk: Desk, email: str, password: str = PASSWORD, **more: str) -> int:
    return desk.post("/admin/login", {"email": email, "password": password, **more}).status_code


def test_the_right_password_opens_the_door_to_the_page_that_was_wanted(app: Flask, owner: User) -> None:
    desk = desk_of(app, None)
    wanted = desk.get("/admin/leads/?status=new")
    assert (wanted.status_code, wanted.location) == (303, "/admin/login?next=/admin/leads/?status%3Dnew")
    form = {"email": owner.email.upper(), "password": PASSWORD, "next": "/admin/leads/?status=new"}
    answer = desk.post("/admin/login", form)
    assert (answer.status_code, answer.location) == (303, "/admin/leads/?status=new")
    assert desk.get("/admin/leads/").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask, owner: User) -> None:
    answer = desk_of(app, None).post("/admin/login", {"email": owner.email, "password": PASSWORD})
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_with_https_the_cookie_belongs_to_this_host_alone(limited: Settings, owner: User, redis_url: str) -> None:
    secure = config.load(
        {}, marketplace_instance=limited.instance, secret_key=SECRET, redis_url=redis_url, site_scheme="https"
    )
    client = open_admin(secure).test_client()
    page = client.get("/admin/login", base_url="https://localhost")
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"email": owner.email, "password": PASSWORD, "csrf_token": token}
    headers = {"Referer": "https://localhost/admin/login"}
    answer = client.post("/admin/login", data=form, base_url="https://localhost", headers=headers)
    cookies = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-session=")]
    assert len(cookies) == 1
    assert "Secure" in cookies[0]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Path=/" in cookies[0]


def test_the_database_holds_no_token_that_would_open_a_door(app: Flask, owner: User) -> None:
    answer = desk_of(app, None).post("/admin/login", {"email": owner.email, "password": PASSWORD})
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("session=")]
    token = cookie.partition("=")[2].partition(";")[0]
    assert len(token) >= 43
    with everywhere():
        stored = db.session.query(UserSession).all()
        assert [token in str(vars(row)) for row in stored] == [False]


def test_a_wrong_password_and_an_unknown_address_read_alike(app: Flask, owner: User) -> None:
    desk = desk_of(app, None)
    answers = []
    for email in (owner.email, "nobody@example.org"):
        answer = desk.post("/admin/login", {"email": email, "password": "wrong password here"})
        answers.append((answer.status_code, answer.text.replace(email, "").partition("csrf_token")[0]))
        assert "passen nicht zusammen" in answer.text
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_a_user_who_was_switched_off_is_nobody(app: Flask, owner: User, world: SimpleNamespace) -> None:
    desk = desk_of(app, owner)
    assert desk.get("/admin/").status_code == 200
    db.session.get_one(User, owner.id).active = False
    db.session.commit()
    assert desk.get("/admin/").status_code == 303
    assert _log_in(desk_of(app, None), owner.email) == 422


def test_the_sixth_try_within_a_quarter_of_an_hour_is_refused_even_with_the_right_password(
    app: Flask, owner: User
) -> None:
    desk = desk_of(app, None)
    for _ in range(5):
        assert _log_in(desk, owner.email, "wrong password here") == 422
    answer = desk.post("/admin/login", {"email": owner.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert "15 Minuten" in answer.text


def test_a_network_that_guesses_at_many_accounts_is_refused(app: Flask, owner: User) -> None:
    desk = desk_of(app, None)
    for number in range(5):
        assert _log_in(desk, f"guess{number}@example.org", "wrong password here") == 422
    assert _log_in(desk, owner.email) == 429
    elsewhere = desk.post(
        "/admin/login", {"email": owner.email, "password": PASSWORD}, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert elsewhere.status_code == 303


def test_logging_in_rightly_uses_up_nothing(app: Flask, owner: User) -> None:
    for _ in range(8):
        assert _log_in(desk_of(app, None), owner.email) == 303


def test_nobody_logs_in_while_tries_cannot_be_counted(database: Settings, world: SimpleNamespace) -> None:
    user = person(Role.DEALER_OWNER, world.north.id, NOW)
    silent = config.load(
        {}, marketplace_instance=database.instance, secret_key=SECRET, redis_url=f"unix://{database.instance}/no.sock"
    )
    desk = desk_of(open_admin(silent), None)
    answer = desk.post("/admin/login", {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 503
    assert not [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("session=")]
    assert desk_of(open_admin(silent), user).get("/admin/").status_code == 200


def test_after_logging_out_the_old_token_opens_nothing(app: Flask, owner: User) -> None:
    desk = desk_of(app, owner)
    kept = desk.client.get_cookie("session")
    assert kept is not None
    assert desk.post("/admin/logout").status_code == 303
    desk.client.set_cookie("session", kept.value)
    assert desk.get("/admin/").status_code == 303


def test_a_new_password_ends_every_login(app: Flask, owner: User, world: SimpleNamespace) -> None:
    desk = desk_of(app, owner)
    user = db.session.get_one(User, owner.id)
    perform(change_password, user, "another long password", now=clock.now(), actor="test").unwrap()
    assert desk.get("/admin/").status_code == 303


def test_a_login_ends_after_an_idle_hour_and_after_a_day(app: Flask, owner: User) -> None:
    start = clock.now()
    desk = desk_of(app, owner)
    for minutes, status in ((50, 200), (100, 200), (170, 303)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert desk.get("/admin/").status_code == status, minutes
    busy = desk_of(app, owner)
    for half_hours in range(1, 49):
        with time_machine.travel(start + timedelta(minutes=30 * half_hours), tick=False):
            assert busy.get("/admin/").status_code == 200, half_hours
    with time_machine.travel(start + timedelta(hours=24, minutes=20), tick=False):
        assert busy.get("/admin/").status_code == 303


def test_people_of_one_marketplace_do_not_exist_at_another(app: Flask, owner: User) -> None:
    other_tenant(NOW)
    assert _log_in(desk_of(app, None, OTHER_HOST), owner.email) == 422


@pytest.fixture
def one_host(limited: Settings, redis_url: str) -> Flask:
    """Give an admin that has a host of its own, for all marketplaces."""
    host = {"admin_host": "office.example"}
    return open_admin(
        config.load({}, marketplace_instance=limited.instance, secret_key=SECRET, redis_url=redis_url, **host)
    )


def test_on_its_own_host_the_admin_serves_all_marketplaces_and_nowhere_else(one_host: Flask, owner: User) -> None:
    assert desk_of(one_host, owner).get("/admin/").status_code == 404
    assert desk_of(one_host, None).get("/").status_code == 404
    desk = desk_of(one_host, None, "office.example")
    assert desk.get("/").location == "/admin/"
    assert "Marktplatz</label>" not in desk.get("/admin/login").text
    assert _log_in(desk, owner.email) == 303
    other = other_tenant(NOW)
    second = desk_of(one_host, None, "office.example")
    assert "Marktplatz</label>" in second.get("/admin/login").text
    assert _log_in(second, other.operator.email) == 422
    assert _log_in(second, other.operator.email, marketplace=other.tenant.slug) == 303
    page = second.get("/admin/dealers/").text
    assert "West" in page
    assert "North Cars" not in page


def test_the_way_on_after_logging_in_stays_inside(app: Flask) -> None:
    with app.test_request_context():
        for good in ("/admin/", "/admin/leads/?status=new", "/admin/listings/"):
            assert safe_next(good) == good
        for bad in (
            *("", None, "admin/", "//evil.example/", "/\\evil.example/admin/", "https://evil.example/admin/"),
            *("/admin/logout", "/admin/\n", "/admin/%0d%0aX: 1", "/admin/nowhere", "/admin/static/admin.css"),
            *("/\t/evil", "/-/search"),
            *("javascript:alert(1)", "/admin//evil.example", " /admin/", "/admin/\x00"),
        ):
            assert safe_next(bad) is None, bad


@pytest.fixture(scope="module")
def bare_app() -> Flask:
    """Give an application with the admin and no database, for routes alone."""
    return open_admin(config.load({}, secret_key=SECRET))


@given(st.text(max_size=60) | st.from_regex(r"[/\\]{0,3}[a-z./\\:@%?#]{0,40}", fullmatch=True))
def test_nothing_one_can_type_leads_elsewhere(bare_app: Flask, text: str) -> None:
    with bare_app.test_request_context():
        found = safe_next(text)
    assert found is None or (found.startswith("/admin/") and "\\" not in found and "//" not in found.partition("?")[0])
