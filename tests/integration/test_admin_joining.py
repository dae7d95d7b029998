"""From a stranger's address to a public site: joining, the checklist, company, plan, look, preview, publishing."""

import io
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from lxml import html
from PIL import Image
from sqlalchemy import select

from storefront.core import config, runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.accounts.models import AuditEntry, Role, User
from storefront.domain.dealers.joining import Registration, ask_to_join
from storefront.domain.dealers.models import Dealer, Plan, Subscription, SubscriptionStatus
from storefront.domain.stores.models import Store
from storefront.notices.models import Letter
from tests.conftest import NOW, SECRET
from tests.integration.admin_desk import HOST, Desk, desk_of, open_admin, person
from tests.integration.admin_letters import write_letters

WANTED = {"firm": "Autohaus Überall", "person": "Ada Öz", "country": "DE", "plan": "premium", "website": ""}
PASSWORD = "vier eigene worte hier drin"
PUBLISHING = ("relay", "default", "publish")
"""Without the queue whose workers go on for minutes encoding pictures better."""


@pytest.fixture
def app(database: Settings, redis_url: str) -> Flask:
    """Give an application with the admin alone, with limits that count."""
    chosen = config.load({}, marketplace_instance=database.instance, secret_key=SECRET, redis_url=redis_url)
    runtime.start(chosen, pooled=False)
    return open_admin(chosen)


@pytest.fixture
def stranger(app: Flask, world: SimpleNamespace) -> Desk:
    """Give a browser nobody is logged in with."""
    return Desk(app.test_client(), HOST)


def token_of(page: bytes) -> str:
    """Give the token of a page's first form."""
    return str(html.fromstring(page).xpath("//input[@name='csrf_token']/@value")[0])


def send(desk: Desk, path: str, form: dict[str, str], *, page: str = "") -> Any:
    """Send a form of a page that needs no login."""
    token = token_of(desk.get(page or path).data)
    return desk.post(path, {**form, "csrf_token": token}, token=False)


def link_of(letter: Letter) -> str:
    """Give the path of the link in a letter."""
    found = re.search(r"http://[^/]+(/admin/register/\S+)", letter.body_text)
    assert found is not None
    return found[1]


def letters() -> list[Letter]:
    """Give the letters about joining."""
    db.session.expire_all()
    return list(db.session.scalars(select(Letter).where(Letter.key.like("registration:%"))))


def joined(desk: Desk, run_jobs: Callable[..., int], email: str = "ada@example.org") -> Dealer:
    """Join the whole way; the browser is logged in then."""
    assert send(desk, "/admin/register/", {**WANTED, "email": email}).status_code == 303
    write_letters()
    path = link_of(next(letter for letter in letters() if letter.to_address == email))
    answer = send(desk, path, {"licence": "HRB 1234", "password": PASSWORD, "agreed": "yes"})
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].endswith("/admin/setup/")
    user = db.session.scalars(select(User).where(User.email == email)).one()
    return db.session.get_one(Dealer, user.dealer_ids[0])


# -- joining --


def test_a_stranger_becomes_a_dealer_with_a_site_nobody_sees(stranger: Desk, run_jobs: Callable[..., int]) -> None:
    dealer = joined(stranger, run_jobs)
    store = db.session.scalars(select(Store).where(Store.dealer_id == dealer.id)).one()
    running = db.session.scalars(select(Subscription).where(Subscription.dealer_id == dealer.id)).one()
    assert (dealer.name, dealer.slug) == ("Autohaus Überall", "autohaus-ueberall")
    assert (store.active, store.host) == (False, "autohaus-ueberall.localhost")
    assert dealer.plan is Plan.INDIVIDUAL
    assert (running.tier, running.fee_cents, running.status) == (Plan.PREMIUM, 5900, SubscriptionStatus.CHOSEN)
    text = stranger.get("/admin/setup/").text
    assert "0 von 6 Schritten" in text


def test_a_link_opens_once(stranger: Desk, run_jobs: Callable[..., int]) -> None:
    joined(stranger, run_jobs)
    path = link_of(letters()[0])
    assert stranger.get(path).status_code == 404


def test_a_known_address_is_answered_like_an_unknown_one(
    stranger: Desk, world: SimpleNamespace, run_jobs: Callable[..., int]
) -> None:
    owner = person(Role.DEALER_OWNER, world.north.id, NOW)
    answers = [
        send(stranger, "/admin/register/", {**WANTED, "email": email}) for email in (owner.email, "new@example.org")
    ]
    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (303, "/admin/register/sent"),
        (303, "/admin/register/sent"),
    ]
    write_letters()
    by_address = {letter.to_address: letter for letter in letters()}
    assert by_address[owner.email].template == "registration_known"
    assert "/admin/register/" not in by_address[owner.email].body_text
    assert by_address["new@example.org"].template == "registration"


def test_a_machine_in_the_trap_is_answered_and_gets_no_letter(stranger: Desk, run_jobs: Callable[..., int]) -> None:
    answer = send(stranger, "/admin/register/", {**WANTED, "email": "m@example.org", "website": "http://spam.example"})
    assert answer.status_code == 303
    write_letters()
    assert letters() == []


def test_letters_are_limited(stranger: Desk) -> None:
    codes = [send(stranger, "/admin/register/", {**WANTED, "email": "once@example.org"}).status_code for _ in range(6)]
    assert codes == [303] * 5 + [429]


def test_weak_passwords_and_missing_answers_are_refused_at_their_fields(
    stranger: Desk, run_jobs: Callable[..., int]
) -> None:
    assert send(stranger, "/admin/register/", {**WANTED, "email": "no-address"}).status_code == 422
    send(stranger, "/admin/register/", {**WANTED, "email": "ada@example.org"})
    write_letters()
    path = link_of(letters()[0])
    for form, field in (
        ({"licence": "L1", "password": "short", "agreed": "yes"}, "password"),
        ({"licence": "", "password": PASSWORD, "agreed": "yes"}, "licence"),
        ({"licence": "L1", "password": PASSWORD, "agreed": ""}, "agreed"),
    ):
        answer = send(stranger, path, form)
        assert answer.status_code == 422
        assert html.fromstring(answer.data).xpath(f"//*[@id='{field}-error']"), field
    assert db.session.scalars(select(User).where(User.email == "ada@example.org")).all() == []


def test_two_firms_of_one_name_get_hosts_of_their_own(stranger: Desk, run_jobs: Callable[..., int]) -> None:
    first = joined(stranger, run_jobs)
    other = Desk(stranger.client.application.test_client(), HOST)
    send(other, "/admin/register/", {**WANTED, "email": "b@example.org"})
    write_letters()
    path = link_of(next(letter for letter in letters() if letter.to_address == "b@example.org"))
    assert send(other, path, {"licence": "HRB 77", "password": PASSWORD, "agreed": "yes"}).status_code == 303
    slugs = set(db.session.scalars(select(Dealer.slug).where(Dealer.name == first.name)))
    assert slugs == {"autohaus-ueberall", "autohaus-ueberall-2"}


def test_an_old_link_opens_nothing(stranger: Desk, world: SimpleNamespace, run_jobs: Callable[..., int]) -> None:
    send(stranger, "/admin/register/", {**WANTED, "email": "ada@example.org"})
    write_letters()
    path = link_of(letters()[0])
    row = db.session.scalars(select(Registration)).one()
    perform(lambda: setattr(db.session.get_one(Registration, row.id), "created_at", NOW.replace(year=2025))).unwrap()
    assert stranger.get(path).status_code == 404


# -- setting up --

COMPANY = {
    "name": "Autohaus Überall",
    "legal_name": "Autohaus Überall GmbH",
    "street": "Weg 1",
    "postal_code": "22111",
    "city": "Hamburg",
    "country": "DE",
    "phone": "040 66969123",
    "email": "info@example.org",
    "person": "",
    "vat_id": "DE 136 695 976",
    "legal_represented_by": "Ada Öz",
    "legal_register": "HRB 1234",
    "legal_register_court": "Amtsgericht Hamburg",
    "day_1": "9-18",
    "day_6": "9:00–12:30, 14-16",
}


def test_the_company_is_told_once_and_kept(stranger: Desk, run_jobs: Callable[..., int]) -> None:
    dealer = joined(stranger, run_jobs)
    answer = stranger.post("/admin/company/", {**COMPANY, "then": "setup"})
    assert answer.status_code == 303, answer.text
    db.session.expire_all()
    dealer = db.session.get_one(Dealer, dealer.id)
    assert (dealer.vat_id, dealer.phone) == ("DE136695976", "+494066969123")
    assert dealer.opening_hours == {"1": ["09:00-18:00"], "6": ["09:00-12:30", "14:00-16:00"]}
    assert dealer.legal["register_court"] == "Amtsgericht Hamburg"
    assert "1 von 6 Schritten" in stranger.get("/admin/setup/").text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"vat_id": "DE136695975"}, "vat_id"),
        ({"phone": "call us"}, "phone"),
        ({"day_1": "18-9"}, "day_1"),
        ({"country": "XX"}, "country"),
        ({"latitude": "91", "longitude": "9"}, "latitude"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    app: Flask, world: SimpleNamespace, change: dict[str, str], field: str
) -> None:
    desk = desk_of(app, person(Role.DEALER_OWNER, world.north.id, NOW))
    answer = desk.post("/admin/company/", {**COMPANY, **change})
    assert answer.status_code == 422
    said = html.fromstring(answer.data).xpath(f"//*[@id='{field}-error']")
    assert said
    assert "do not fit" not in said[0].text_content()


def test_only_the_owner_changes_company_and_look(app: Flask, world: SimpleNamespace) -> None:
    sales = desk_of(app, person(Role.SALES_PERSON, world.north.id, NOW))
    for path in ("/admin/company/", "/admin/site/", "/admin/setup/publish", "/admin/setup/preview"):
        assert sales.get(path).status_code == 403
        assert sales.post(path, {}).status_code == 403


def test_a_dealer_of_the_operator_has_no_steps_but_all_pages(app: Flask, world: SimpleNamespace) -> None:
    desk = desk_of(app, person(Role.DEALER_OWNER, world.north.id, NOW))
    assert desk.get("/admin/setup/").status_code == 404
    for path in ("/admin/company/", "/admin/company/plan", "/admin/site/", "/admin/setup/preview"):
        assert desk.get(path).status_code == 200, path


def test_the_plan_can_be_changed_until_the_site_is_public(stranger: Desk, run_jobs: Callable[..., int]) -> None:
    dealer = joined(stranger, run_jobs)
    assert stranger.post("/admin/company/plan", {"plan": "individual"}).status_code == 303
    db.session.expire_all()
    running = db.session.scalars(select(Subscription).where(Subscription.dealer_id == dealer.id)).one()
    assert (running.tier, running.fee_cents) == (Plan.INDIVIDUAL, 2900)


def test_steps_can_be_left_out_but_not_those_the_law_wants(stranger: Desk, run_jobs: Callable[..., int]) -> None:
    joined(stranger, run_jobs)
    assert stranger.post("/admin/setup/skip", {"step": "stock"}).status_code == 303
    assert stranger.post("/admin/setup/skip", {"step": "company"}).status_code == 404
    assert "Ausgelassen" in stranger.get("/admin/setup/").text


def picture(*colours: tuple[int, int, int], size: tuple[int, int] = (240, 120)) -> bytes:
    """Draw a logo of stripes."""
    image = Image.new("RGB", size, (255, 255, 255))
    for number, colour in enumerate(colours):
        image.paste(colour, (20 + 60 * number, 20, 70 + 60 * number, 100))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def bring_logo(desk: Desk, content: bytes) -> Any:
    """Upload a logo."""
    data = {"logo": (io.BytesIO(content), "logo.png"), "csrf_token": desk.token()}
    return desk.client.post(
        "/admin/site/logo", data=data, content_type="multipart/form-data", base_url=f"http://{desk.host}"
    )


def test_a_logo_proposes_colours_that_can_be_read(app: Flask, world: SimpleNamespace) -> None:
    desk = desk_of(app, person(Role.DEALER_OWNER, world.north.id, NOW))
    assert bring_logo(desk, picture((255, 200, 0), (10, 60, 200))).status_code == 303
    page = html.fromstring(desk.get("/admin/site/").data)
    offered = [value for value in page.xpath("//input[@name='accent']/@value") if value.startswith("#")]
    assert len(offered) == 2
    assert desk.get("/admin/site/logo.png").data.startswith(b"\x89PNG")
    answer = desk.post("/admin/site/", {"theme": "classic", "accent": offered[0], "own": ""})
    assert answer.status_code == 303
    db.session.expire_all()
    store = db.session.scalars(select(Store).where(Store.dealer_id == world.north.id)).one()
    assert store.theme_settings["accent"] == offered[0]
    assert store.theme_settings["accent_dark"] != offered[0]


def test_a_pale_colour_and_a_file_that_is_no_picture_are_refused(app: Flask, world: SimpleNamespace) -> None:
    desk = desk_of(app, person(Role.DEALER_OWNER, world.north.id, NOW))
    answer = desk.post("/admin/site/", {"theme": "classic", "accent": "own", "own": "#ffee00"})
    assert answer.status_code == 422
    assert "zu blass" in answer.text
    for content in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\nbroken", b""):
        assert bring_logo(desk, content).status_code == 422


# -- publishing --


def test_publishing_wants_a_complete_legal_notice(stranger: Desk, run_jobs: Callable[..., int]) -> None:
    joined(stranger, run_jobs)
    answer = stranger.post("/admin/setup/publish", {})
    assert answer.status_code == 409
    assert "Impressum" in answer.text


def test_a_dealer_comes_from_nothing_to_a_public_site(stranger: Desk, run_jobs: Callable[..., int]) -> None:
    dealer = joined(stranger, run_jobs)
    stranger.post("/admin/company/", {**COMPANY, "then": "setup"})
    content = b"id,make,model,price,mileage_km\n1,Volkswagen,Golf,9900,42000\n"
    data = {"file": (io.BytesIO(content), "stock.csv"), "csrf_token": stranger.token()}
    address = stranger.client.post(
        "/admin/imports/", data=data, content_type="multipart/form-data", base_url=f"http://{HOST}"
    ).headers["Location"]
    run_jobs(["default"])
    stranger.post(f"{address}import", {})
    run_jobs(["default"])
    assert stranger.post("/admin/setup/preview", {}).status_code == 303
    run_jobs(PUBLISHING)
    assert "Vorschau öffnen" in stranger.get("/admin/setup/preview").text
    assert stranger.post("/admin/setup/publish", {}).status_code == 303
    run_jobs(PUBLISHING)
    text = stranger.get("/admin/setup/publish").text
    assert "Ihre Website ist öffentlich" in text
    assert "http://autohaus-ueberall.localhost:8000/" in text
    assert stranger.get("/admin/setup/qr.svg").data.startswith(b"<svg")
    db.session.expire_all()
    running = db.session.scalars(select(Subscription).where(Subscription.dealer_id == dealer.id)).one()
    assert running.status is SubscriptionStatus.ACTIVE
    assert db.session.get_one(Dealer, dealer.id).plan is Plan.PREMIUM
    acts = [
        entry.action
        for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.dealer_id == dealer.id))
        if entry.actor.startswith("user:")
    ]
    assert acts.count("publish_site") == 1


def test_the_walls_stand_round_what_joining_writes(either_database: Settings) -> None:
    from storefront.core.tenancy import everywhere
    from tests import factories

    with everywhere():
        one, two = (perform(factories.make_tenant, name).unwrap().id for name in ("one", "two"))
    said = {"email": "a@example.org", "person": "A", "firm": "F", "country": "DE"}
    with acting(one):
        perform(ask_to_join, said, Plan.PREMIUM, language="de", now=NOW).unwrap()
    with acting(two):
        assert db.session.scalars(select(Registration)).all() == []
    with acting(one):
        assert len(db.session.scalars(select(Registration)).all()) == 1
