"""Who may see and do what in the admin: every route, every role, foreign ids (SECURITY A1, A4, B5; SPEC 12-16)."""

from collections.abc import Iterator
from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.accounts.models import Role
from storefront.domain.listings.models import Listing
from tests import factories
from tests.conftest import NOW
from tests.integration.admin_desk import OTHER_HOST, Desk, ask, desk_of, open_admin, other_tenant, person

PUBLIC, PEOPLE, OPERATORS = "public", "people", "operators"
ENTRIES = {
    "admin.sessions.new": PUBLIC,
    "admin.sessions.create": PUBLIC,
    "admin.sessions.destroy": PEOPLE,
    "admin.today.show": PEOPLE,
    "admin.listings.index": PEOPLE,
    "admin.listings.show": PEOPLE,
    "admin.listings.thumb": PEOPLE,
    "admin.listings.price": PEOPLE,
    "admin.listings.text": PEOPLE,
    "admin.listings.sale": PEOPLE,
    "admin.listings.withdrawal": PEOPLE,
    "admin.listings.relisting": PEOPLE,
    "admin.leads.index": PEOPLE,
    "admin.leads.show": PEOPLE,
    "admin.leads.status": PEOPLE,
    "admin.leads.assignment": PEOPLE,
    "admin.leads.answer": PEOPLE,
    "admin.stores.index": PEOPLE,
    "admin.stores.switch_on": OPERATORS,
    "admin.stores.switch_off": OPERATORS,
    "admin.dealers.index": OPERATORS,
    "admin.dealers.new": OPERATORS,
    "admin.dealers.create": OPERATORS,
    "admin.dealers.show": OPERATORS,
    "admin.dealers.status": OPERATORS,
}
"""Who may use a route; a new route without a line here fails the first test below."""


@pytest.fixture
def app(database: Settings) -> Flask:
    """Give an application with the admin alone."""
    return open_admin(database)


@pytest.fixture
def town(world: SimpleNamespace) -> SimpleNamespace:
    """Give two dealers of one marketplace with a car and a lead each, another marketplace, and people of every role."""
    south_car = db.session.query(Listing).filter_by(dealer_id=world.south.id).first()
    if south_car is None:
        south_car = factories.make_listing(world.south)
        db.session.commit()
    mine = {"listing_id": world.golf.id, "lead_id": ask(world.golf, NOW).id, "dealer_id": world.north.id}
    theirs = {"listing_id": south_car.id, "lead_id": ask(south_car, NOW).id, "dealer_id": world.south.id}
    mine["store_id"], theirs["store_id"] = world.north_store.id, world.south_store.id
    people = {
        role: person(role, None if role is Role.SYSTEM_ADMIN else world.north.id, NOW)
        for role in (Role.SYSTEM_ADMIN, Role.DEALER_OWNER, Role.SALES_MANAGER, Role.SALES_PERSON)
    }
    other = other_tenant(NOW)
    foreign = {
        "listing_id": other.listing.id,
        "lead_id": other.lead.id,
        "dealer_id": other.dealer.id,
        "store_id": other.store.id,
    }
    return SimpleNamespace(world=world, mine=mine, theirs=theirs, foreign=foreign, people=people, other=other)


def _rules(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin.") and rule.endpoint != "admin.static":
            yield rule


def _call(app: Flask, desk: Desk, rule: Rule, ids: dict[str, object]) -> tuple[int, bytes]:
    with app.test_request_context(base_url=f"http://{desk.host}"):
        path = app.url_for(rule.endpoint, **{name: ids[name] for name in rule.arguments})
    methods = rule.methods or set()
    answer = desk.get(path) if "GET" in methods else desk.post(path)
    return answer.status_code, answer.data


def test_every_route_has_an_entry_and_every_entry_a_route(app: Flask) -> None:
    assert {rule.endpoint for rule in _rules(app)} == set(ENTRIES)


def test_every_protected_route_says_what_it_needs(app: Flask) -> None:
    for rule in _rules(app):
        needs = getattr(app.view_functions[rule.endpoint], "needs", None)
        assert (needs is None) == (ENTRIES[rule.endpoint] == PUBLIC), rule.endpoint
        if ENTRIES[rule.endpoint] == OPERATORS:
            assert needs is not None
            assert needs[1], rule.endpoint


def test_nobody_gets_further_than_the_door(app: Flask, town: SimpleNamespace) -> None:
    desk = desk_of(app, None)
    for rule in _rules(app):
        if ENTRIES[rule.endpoint] != PUBLIC:
            status, _ = _call(app, desk, rule, town.mine)
            assert status == 303, rule.endpoint


def test_foreign_things_are_not_found_by_any_role(app: Flask, town: SimpleNamespace) -> None:
    for role, user in town.people.items():
        desk = desk_of(app, user)
        for rule in _rules(app):
            if not rule.arguments:
                continue
            for ids in [town.foreign] if role is Role.SYSTEM_ADMIN else [town.foreign, town.theirs]:
                foreign = _call(app, desk, rule, ids)
                unknown = _call(app, desk, rule, dict.fromkeys(ids, uuid4()))
                assert foreign[0] in (403, 404), (role, rule.endpoint)
                assert foreign == unknown, (role, rule.endpoint)


def test_the_operators_pages_are_closed_to_dealers_even_with_their_own_ids(app: Flask, town: SimpleNamespace) -> None:
    for role in (Role.DEALER_OWNER, Role.SALES_MANAGER, Role.SALES_PERSON):
        desk = desk_of(app, town.people[role])
        for rule in _rules(app):
            if ENTRIES[rule.endpoint] == OPERATORS:
                assert _call(app, desk, rule, town.mine)[0] == 403, (role, rule.endpoint)


def test_everybody_inside_reaches_what_is_theirs(app: Flask, town: SimpleNamespace) -> None:
    for role, user in town.people.items():
        desk = desk_of(app, user)
        for rule in _rules(app):
            if "GET" in (rule.methods or set()) and rule.endpoint not in ("admin.sessions.new", "admin.listings.thumb"):
                allowed = ENTRIES[rule.endpoint] == PEOPLE or role is Role.SYSTEM_ADMIN
                assert _call(app, desk, rule, town.mine)[0] == (200 if allowed else 403), (role, rule.endpoint)


def test_lists_show_nothing_of_another_dealer_or_marketplace(app: Flask, town: SimpleNamespace) -> None:
    desk = desk_of(app, town.people[Role.DEALER_OWNER])
    for path in ("/admin/", "/admin/listings/", "/admin/leads/", "/admin/sites/"):
        text = desk.get(path).text
        for ids in (town.theirs, town.foreign):
            assert not any(str(value) in text for value in ids.values()), path
        assert "South Motors" not in text, path
    assert desk.get(f"/admin/listings/?dealer={town.world.south.id}").status_code == 404


def test_a_login_is_worth_nothing_on_another_marketplaces_host(app: Flask, town: SimpleNamespace) -> None:
    for user in (*town.people.values(), town.other.operator):
        host = "localhost" if user is town.other.operator else OTHER_HOST
        answer = desk_of(app, user, host).get("/admin/")
        assert (answer.status_code, answer.location) == (303, "/admin/login?next=/admin/")


def test_the_admin_is_on_no_dealers_host_and_on_no_strangers(app: Flask, town: SimpleNamespace) -> None:
    for host in ("north-cars.localhost", "evil.example", "localhost.evil.example"):
        for path in ("/admin/", "/admin/login", "/admin/leads/"):
            assert desk_of(app, town.people[Role.SYSTEM_ADMIN], host).get(path).status_code == 404


def test_no_form_is_taken_without_its_token_or_from_another_site(app: Flask, town: SimpleNamespace) -> None:
    desk = desk_of(app, town.people[Role.SYSTEM_ADMIN])
    token = desk.token()
    strange = (
        {"Origin": "https://evil.example"},
        {"Origin": "http://north-cars.localhost"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    )
    for rule in _rules(app):
        if "POST" not in (rule.methods or set()):
            continue
        with app.test_request_context(base_url="http://localhost"):
            path = app.url_for(rule.endpoint, **{name: town.mine[name] for name in rule.arguments})
        assert desk.post(path, token=False).status_code == 403, rule.endpoint
        assert desk.post(path, {"csrf_token": "x" * 80}, token=False).status_code == 403, rule.endpoint
        for headers in strange:
            answer = desk.post(path, {"csrf_token": token}, token=False, headers=headers)
            assert answer.status_code == 403, (rule.endpoint, headers)


def test_what_changes_something_cannot_be_asked_for_by_a_link(app: Flask, town: SimpleNamespace) -> None:
    desk = desk_of(app, town.people[Role.SYSTEM_ADMIN])
    readable = {rule.rule for rule in _rules(app) if "GET" in (rule.methods or set())}
    for rule in _rules(app):
        if rule.rule not in readable:
            with app.test_request_context(base_url="http://localhost"):
                path = app.url_for(rule.endpoint, **{name: town.mine[name] for name in rule.arguments})
            assert desk.get(path).status_code in (404, 405), rule.endpoint


def test_only_the_named_fields_of_a_form_are_taken(app: Flask, town: SimpleNamespace) -> None:
    columns = {column.key: "1" for column in Listing.__table__.columns}
    before = _values(town)
    desk = desk_of(app, town.people[Role.DEALER_OWNER])
    more = {**columns, "description": "Neu.", "price": "23.456", "reason": "promotion"}
    more["dealer_id"] = str(town.world.south.id)
    assert desk.post(f"/admin/listings/{town.world.golf.id}/text", more).status_code == 303
    assert desk.post(f"/admin/listings/{town.world.golf.id}/prices", more).status_code == 303
    after = _values(town)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"description", "price_cents", "significant_at", "updated_at"}


def _values(town: SimpleNamespace) -> dict[str, object]:
    with acting(town.world.tenant.id):
        golf = db.session.get_one(Listing, town.world.golf.id)
        return {column.key: getattr(golf, column.key) for column in Listing.__table__.columns}


def test_every_answer_keeps_its_secrets(app: Flask, town: SimpleNamespace) -> None:
    desk = desk_of(app, town.people[Role.SYSTEM_ADMIN])
    for path in ("/admin/", "/admin/login", "/admin/leads/", f"/admin/listings/{uuid4()}/", "/admin/leads/?status=no"):
        answer = desk.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
        assert "unsafe" not in answer.headers["Content-Security-Policy"], path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert "Access-Control-Allow-Origin" not in answer.headers, path


def test_pages_obey_their_own_policy(app: Flask, town: SimpleNamespace) -> None:
    desk = desk_of(app, town.people[Role.SYSTEM_ADMIN])
    for rule in _rules(app):
        if "GET" in (rule.methods or set()) and rule.endpoint != "admin.listings.thumb":
            _, page = _call(app, desk, rule, town.mine)
            assert b"<script" not in page, rule.endpoint
            assert b"<style" not in page, rule.endpoint
            assert b" style=" not in page, rule.endpoint
            assert b" onclick=" not in page, rule.endpoint
