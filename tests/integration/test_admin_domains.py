"""Domains and further websites in the admin (SPEC 22, 25, 26; SECURITY A1, D1)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from admin.condition import Grade, look
from storefront.core import clock, config, runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.domain.accounts.models import Role, UserSession
from storefront.domain.dealers import actions as dealers
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.stores import domains
from storefront.domain.stores.models import DomainClaim, DomainState, Store
from tests.conftest import NOW, SECRET
from tests.integration.admin_desk import Desk, desk_of, open_admin, person
from tests.integration.domain_ready import ADDRESS, EDGE_HOST, claim_for

DOMAIN = "autohaus-nord.de"


@pytest.fixture
def edged(database: Settings) -> Settings:
    """Give the installation with a web server in front."""
    edge = {"edge_addresses": ADDRESS, "edge_host": EDGE_HOST}
    chosen = config.load({}, marketplace_instance=database.instance, secret_key=SECRET, **edge)
    return runtime.start(chosen, bell=False, pooled=False)


@pytest.fixture
def app(edged: Settings) -> Flask:
    """Give an application with the admin alone."""
    return open_admin(edged)


@pytest.fixture
def owner(app: Flask, world: SimpleNamespace) -> Desk:
    """Give the browser of North Cars' owner, in English."""
    return desk_of(app, person(Role.DEALER_OWNER, world.north.id, NOW, language="en"))


def shown(desk: Desk, path: str) -> str:
    """Give what a page says."""
    answer = desk.get(path)
    assert answer.status_code == 200, path
    return " ".join(html.fromstring(answer.data).xpath("//main")[0].text_content().split())


def copied(desk: Desk, path: str) -> list[str]:
    """Give the values a page offers to copy."""
    return list(html.fromstring(desk.get(path).data).xpath("//@data-copy"))


def the_claim() -> DomainClaim:
    """Give the only claim there is."""
    db.session.expire_all()
    return db.session.scalars(select(DomainClaim)).one()


def test_a_typed_domain_leads_to_the_exact_records(owner: Desk, world: SimpleNamespace) -> None:
    answer = owner.post("/admin/domains/", {"domain": "https://www.Autohaus-Nord.de/cars"})
    claimed = the_claim()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/admin/domains/{claimed.id}/")
    assert copied(owner, answer.headers["Location"]) == [
        "_marketplace-challenge",
        f"marketplace-verification={claimed.token}",
        "www",
        f"{claimed.target}.{EDGE_HOST}",
        "@",
        ADDRESS,
    ]
    assert claimed.store_id == world.north_store.id
    assert "Waiting for your records" in shown(owner, "/admin/domains/")


def test_what_is_no_domain_is_said_at_the_field_in_the_readers_language(app: Flask, world: SimpleNamespace) -> None:
    desk = desk_of(app, person(Role.DEALER_OWNER, world.north.id, NOW, language="de"))
    answer = desk.post("/admin/domains/", {"domain": "192.0.2.1"})
    assert answer.status_code == 422
    assert "Das ist die Adresse eines Rechners" in answer.text
    assert 'value="192.0.2.1"' in answer.text


@pytest.mark.parametrize("act", ["", "record", "host", "release"])
def test_who_has_not_shown_the_password_lately_is_asked_before_anything_changes(
    owner: Desk, world: SimpleNamespace, act: str
) -> None:
    claim_for(world.north_store, DOMAIN)

    def age() -> None:
        for login in db.session.scalars(select(UserSession)):
            login.fresh_at = clock.now() - timedelta(hours=2)

    perform(age).unwrap()
    before = (the_claim().state, the_claim().token, the_claim().www)
    path = f"/admin/domains/{the_claim().id}/{act}" if act else "/admin/domains/"
    answer = owner.post(path, {"domain": "anders.de", "www": "yes"})
    assert answer.status_code == 303
    assert "/admin/confirm/" in answer.headers["Location"]
    assert (the_claim().state, the_claim().token, the_claim().www) == before


def test_a_check_is_asked_for_once_in_ten_seconds(owner: Desk, world: SimpleNamespace) -> None:
    claimed = claim_for(world.north_store, DOMAIN)
    path = f"/admin/domains/{claimed.id}/check"
    assert owner.post(path).status_code == 303
    refused = owner.post(path)
    assert refused.status_code == 409
    assert "wait a moment" in refused.text
    wanted = select(OutboxEvent).where(OutboxEvent.name == "DomainCheckWanted")
    assert len(db.session.scalars(wanted).all()) == 1
    page = owner.get(f"/admin/domains/{claimed.id}/").text
    assert "We are asking name servers" in page
    assert 'hx-trigger="every 3s"' in page


def test_what_was_found_instead_is_shown_with_advice(owner: Desk, world: SimpleNamespace) -> None:
    claimed = claim_for(world.north_store, DOMAIN)

    def find() -> None:
        row = db.session.get_one(DomainClaim, claimed.id)
        row.checked_at = clock.now()
        row.found = {
            "proof": {"verdict": "missing", "values": [], "outcome": "nxdomain"},
            "host": {"verdict": "other", "values": ["198.51.100.7"], "outcome": "found"},
            "twin": {"verdict": "unsure", "values": [], "outcome": "refused"},
        }

    perform(find).unwrap()
    said = shown(owner, f"/admin/domains/{claimed.id}/")
    for words in ("This name does not exist yet", "Found instead: 198.51.100.7", "switch off the proxy", "DNSSEC"):
        assert words in said


def test_a_claim_of_somebody_else_is_not_found(owner: Desk, world: SimpleNamespace) -> None:
    claimed = claim_for(world.south_store, DOMAIN)
    assert owner.get(f"/admin/domains/{claimed.id}/").status_code == 404
    for act in ("check", "record", "host", "release"):
        assert owner.post(f"/admin/domains/{claimed.id}/{act}", {"www": "yes"}).status_code == 404
    assert DOMAIN not in shown(owner, "/admin/domains/")


def test_a_domain_is_given_up_and_can_be_connected_again(owner: Desk, world: SimpleNamespace) -> None:
    claimed = claim_for(world.north_store, DOMAIN)
    assert owner.post(f"/admin/domains/{claimed.id}/release").status_code == 303
    assert the_claim().state is DomainState.RELEASED
    assert "Connect it again" in shown(owner, f"/admin/domains/{claimed.id}/")
    assert owner.post(f"/admin/domains/{claimed.id}/release").status_code == 409
    assert owner.post("/admin/domains/", {"domain": DOMAIN}).status_code == 303
    assert the_claim().state is DomainState.TYPED


def test_without_a_web_server_named_no_domains_are_offered(world: SimpleNamespace, database: Settings) -> None:
    plain = config.load({}, marketplace_instance=database.instance, secret_key=SECRET)
    desk = desk_of(open_admin(plain), person(Role.DEALER_OWNER, world.north.id, NOW, language="en"))
    assert "cannot be connected here yet" in shown(desk, "/admin/domains/")
    assert "cannot be connected here yet" in shown(desk, "/admin/domains/new")


def test_a_dealer_has_as_many_websites_as_its_plan_and_a_new_one_is_switched_off(
    owner: Desk, world: SimpleNamespace
) -> None:
    for name in ("North Classics", "North Vans"):
        assert owner.post("/admin/sites/", {"name": name, "theme": "noir"}).status_code == 303
    stores = db.session.scalars(select(Store).where(Store.dealer_id == world.north.id)).all()
    assert {store.host: store.active for store in stores} == {
        "north-cars.localhost": True,
        "north-classics.localhost": False,
        "north-vans.localhost": False,
    }
    refused = owner.post("/admin/sites/", {"name": "North Bikes", "theme": "noir"})
    assert refused.status_code == 422
    assert "no room for another website" in refused.text


def test_the_individual_plan_has_one_website(owner: Desk, world: SimpleNamespace) -> None:
    north = db.session.get_one(Dealer, world.north.id)
    perform(dealers.set_plan, north, Plan.INDIVIDUAL, now=NOW, today=NOW.date(), actor="test", reason="x").unwrap()
    assert owner.post("/admin/sites/", {"name": "North Vans", "theme": "noir"}).status_code == 422


def test_an_address_that_is_taken_is_said_at_its_field(owner: Desk, world: SimpleNamespace) -> None:
    answer = owner.post("/admin/sites/", {"name": "Neu", "short": "south-motors", "theme": "noir"})
    assert answer.status_code == 422
    assert html.fromstring(answer.data).xpath("//*[@id='short-error']")


def test_an_owner_switches_a_site_off_and_on_but_not_without_a_legal_notice(
    owner: Desk, world: SimpleNamespace
) -> None:
    store_id = world.north_store.id
    assert owner.post(f"/admin/sites/{store_id}/off").status_code == 303
    db.session.expire_all()
    assert not db.session.get_one(Store, store_id).active

    def forget() -> None:
        db.session.get_one(Dealer, world.north.id).legal = {}

    perform(forget).unwrap()
    refused = owner.post(f"/admin/sites/{store_id}/on")
    db.session.expire_all()
    assert (refused.status_code, db.session.get_one(Store, store_id).active) == (409, False)


def test_health_says_when_certificates_of_domains_end(world: SimpleNamespace, edged: Settings) -> None:
    claimed = claim_for(world.north_store, DOMAIN)
    secure = config.load({}, marketplace_instance=edged.instance, secret_key=SECRET, site_scheme="https")

    def grade() -> Grade:
        parts = {part.name: part for part in look(secure, world.tenant.id, now=clock.now())}
        return parts["certificates"].grade

    def serve(days: int, broken: bool = False) -> None:
        row = db.session.get_one(DomainClaim, claimed.id)
        row.state, row.certificate_until = DomainState.SERVED, clock.now() + timedelta(days=days)
        row.broken_since = clock.now() if broken else None

    assert grade() is Grade.UNKNOWN
    found = []
    for days, broken in ((60, False), (60, True), (13, False)):
        perform(serve, days, broken).unwrap()
        found.append(grade())
    assert found == [Grade.GOOD, Grade.WARN, Grade.BAD]
    assert timedelta(days=7) == domains.TOKEN_VALID
