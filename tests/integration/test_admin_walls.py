"""Who may see and do what in the admin: every route, every role, foreign ids (SECURITY A1, A4, B5; SPEC 12-16)."""

import re
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select

from admin.show import languages, words
from storefront.core import config, runtime
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.models import AuditEntry, Role
from storefront.domain.listings.models import Listing
from tests.conftest import SECRET
from tests.integration.admin_desk import OTHER_HOST, desk_of, open_admin
from tests.integration.admin_matrix import (
    Town,
    build_town,
    call,
    is_unsafe,
    leaks,
    path_of,
    rules,
    shown,
    told,
    unknown,
    use,
)
from tests.integration.admin_routes import OPERATORS, ROUTES


@pytest.fixture
def limited(database: Settings, redis_url: str) -> Settings:
    """Give the installation with a real Valkey for the limits."""
    chosen = config.load({}, marketplace_instance=database.instance, secret_key=SECRET, redis_url=redis_url)
    return runtime.start(chosen, bell=False, pooled=False)


@pytest.fixture
def app(limited: Settings) -> Flask:
    """Give an application with the admin alone."""
    return open_admin(limited)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Town]]:
    """Give where the town is kept once the first test has built it, and the town."""
    return tmp_path_factory.mktemp("town") / "instance", []


@pytest.fixture
def town(world: SimpleNamespace, limited: Settings, built: tuple[Path, list[Town]]) -> Town:
    """Give two dealers of one marketplace with a car and a lead each, another marketplace, and people of every role."""
    folder, towns = built
    if not towns:
        towns.append(build_town(world))
        db.unbind()
        shutil.copytree(limited.instance, folder, symlinks=True)
    else:
        db.unbind()
        shutil.rmtree(limited.instance)
        shutil.copytree(folder, limited.instance, symlinks=True)
    runtime.start(limited, bell=False, pooled=False)
    return towns[0]


def test_every_route_has_a_line_and_every_line_a_route(app: Flask) -> None:
    known, there = set(ROUTES), {rule.endpoint for rule in rules(app)}
    assert (there - known, known - there) == (set(), set()), (
        "tests/integration/admin_routes.py says who may use a route"
    )


def test_every_protected_route_says_what_it_needs(app: Flask) -> None:
    for rule in rules(app):
        needs = getattr(app.view_functions[rule.endpoint], "needs", None)
        assert (needs is None) == (None in ROUTES[rule.endpoint].who), rule.endpoint
        if ROUTES[rule.endpoint].who == OPERATORS:
            assert needs is not None
            assert needs.operators, rule.endpoint


def test_nobody_gets_further_than_the_door(app: Flask, town: Town) -> None:
    desk = desk_of(app, None)
    for rule in rules(app):
        if None not in ROUTES[rule.endpoint].who:
            assert call(app, desk, rule, town.mine).status_code == 303, rule.endpoint


def test_foreign_things_are_not_found_by_any_role(app: Flask, town: Town) -> None:
    for role, user in town.people.items():
        desk = desk_of(app, user)
        for rule in rules(app):
            if not rule.arguments or None in ROUTES[rule.endpoint].who:
                continue
            for ids in [town.foreign] if role is Role.SYSTEM_ADMIN else [town.foreign, town.theirs]:
                foreign = shown(call(app, desk, rule, ids))
                assert foreign[0] in (403, 404), (role, rule.endpoint)
                assert foreign == shown(call(app, desk, rule, unknown(ids))), (role, rule.endpoint)


def test_what_a_role_may_not_is_closed_even_with_its_own_ids(app: Flask, town: Town) -> None:
    for role, user in town.people.items():
        desk = desk_of(app, user)
        for rule in rules(app):
            if role not in ROUTES[rule.endpoint].who:
                assert call(app, desk, rule, town.mine).status_code in (403, 404), (role, rule.endpoint)


def test_everybody_inside_reaches_what_is_theirs_and_sees_nothing_else(app: Flask, town: Town) -> None:
    for role, user in town.people.items():
        desk = desk_of(app, user)
        for rule in rules(app):
            route = ROUTES[rule.endpoint]
            if is_unsafe(rule) or None in route.who or role not in route.who:
                continue
            answer = call(app, desk, rule, town.mine)
            assert answer.status_code in (route.answers if route.answers != (303,) else (200,)), (role, rule.endpoint)
            assert leaks(town, answer.data.decode("utf-8", "replace"), role) == [], (role, rule.endpoint)


def test_every_route_that_changes_something_works_and_leaves_one_entry(
    limited: Settings, app: Flask, town: Town, subtests: pytest.Subtests
) -> None:
    """Each in a town of its own: a copy of the database as it was before."""
    file, kept = limited.instance / "marketplace.sqlite3", limited.instance / "before.sqlite3"
    with sqlite3.connect(file) as source, sqlite3.connect(kept) as copy:
        source.backup(copy)
    for rule in rules(app):
        if is_unsafe(rule):
            with subtests.test(rule.endpoint):
                _back_to(kept, file, limited)
                answer, entries = use(app, replace(town, mine=dict(town.mine)), rule.endpoint)
                route = ROUTES[rule.endpoint]
                assert answer.status_code in route.answers, told(answer)
                assert entries == route.entries
                assert _unnamed() == set()


def _unnamed() -> set[str]:
    """Give what the trail tells of in no words of the admin's: whoever reads it would see a name of ours."""
    with everywhere():
        told = db.session.execute(select(AuditEntry.action, AuditEntry.object_kind).distinct()).all()
    names = {f"act.{action}" for action, _ in told} | {f"thing.{kind}" for _, kind in told}
    return {name for name in names if not all(words(lang).has(name) for lang in languages())}


def _back_to(kept: Path, file: Path, settings: Settings) -> None:
    db.unbind()
    for one in file.parent.glob(f"{file.name}*"):
        one.unlink()
    shutil.copy(kept, file)
    runtime.start(settings, bell=False, pooled=False)
    connection: Any = Redis.from_url(settings.redis_url)
    connection.flushall()
    connection.close()


def test_lists_show_nothing_of_another_dealer_or_marketplace(app: Flask, town: Town) -> None:
    desk = desk_of(app, town.people[Role.DEALER_OWNER])
    for path in ("/admin/", "/admin/listings/", "/admin/leads/", "/admin/sites/"):
        text = desk.get(path).text
        assert leaks(town, text, Role.DEALER_OWNER) == [], path
        assert "South Motors" not in text, path
    assert desk.get(f"/admin/listings/?dealer={town.theirs['dealer_id']}").status_code == 404


def test_a_login_is_worth_nothing_on_another_marketplaces_host(app: Flask, town: Town) -> None:
    for user in (*town.people.values(), town.other_operator):
        host = "localhost" if user is town.other_operator else OTHER_HOST
        answer = desk_of(app, user, host).get("/admin/")
        assert (answer.status_code, answer.location) == (303, "/admin/login?next=/admin/")


def test_the_admin_is_on_no_dealers_host_and_on_no_strangers(app: Flask, town: Town) -> None:
    for host in ("north-cars.localhost", "evil.example", "localhost.evil.example"):
        for path in ("/admin/", "/admin/login", "/admin/leads/"):
            assert desk_of(app, town.people[Role.SYSTEM_ADMIN], host).get(path).status_code == 404


def test_no_form_is_taken_without_its_token_or_from_another_site(app: Flask, town: Town) -> None:
    desk = desk_of(app, town.people[Role.SYSTEM_ADMIN])
    token = desk.token()
    strange = (
        {"Origin": "https://evil.example"},
        {"Origin": "http://north-cars.localhost"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    )
    for rule in rules(app):
        if not is_unsafe(rule):
            continue
        path = path_of(app, rule, town.mine)
        assert desk.post(path, token=False).status_code == 403, rule.endpoint
        assert desk.post(path, {"csrf_token": "x" * 80}, token=False).status_code == 403, rule.endpoint
        for headers in strange:
            answer = desk.post(path, {"csrf_token": token}, token=False, headers=headers)
            assert answer.status_code == 403, (rule.endpoint, headers)


def test_what_changes_something_cannot_be_asked_for_by_a_link(app: Flask, town: Town) -> None:
    desk = desk_of(app, town.people[Role.SYSTEM_ADMIN])
    readable = {rule.rule for rule in rules(app) if "GET" in (rule.methods or set())}
    for rule in rules(app):
        if rule.rule not in readable:
            assert desk.get(path_of(app, rule, town.mine)).status_code in (404, 405), rule.endpoint


def test_only_the_named_fields_of_a_form_are_taken(app: Flask, town: Town) -> None:
    columns = {column.key: "1" for column in Listing.__table__.columns}
    before = _values(town)
    desk = desk_of(app, town.people[Role.DEALER_OWNER])
    more = {**columns, "description": "Neu.", "price": "23.456", "reason": "promotion"}
    more["dealer_id"] = str(town.theirs["dealer_id"])
    assert desk.post(f"/admin/listings/{town.mine['listing_id']}/text", more).status_code == 303
    assert desk.post(f"/admin/listings/{town.mine['listing_id']}/prices", more).status_code == 303
    after = _values(town)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"description", "price_cents", "significant_at", "updated_at"}


def _values(town: Town) -> dict[str, object]:
    with acting(town.tenant_id):
        golf = db.session.get_one(Listing, town.mine["listing_id"])
        return {column.key: getattr(golf, column.key) for column in Listing.__table__.columns}


def test_every_answer_keeps_its_secrets(app: Flask, town: Town) -> None:
    desk = desk_of(app, town.people[Role.SYSTEM_ADMIN])
    for path in ("/admin/", "/admin/login", "/admin/leads/", f"/admin/listings/{uuid4()}/", "/admin/leads/?status=no"):
        answer = desk.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
        assert "unsafe" not in answer.headers["Content-Security-Policy"], path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert "Access-Control-Allow-Origin" not in answer.headers, path


def test_pages_obey_their_own_policy(app: Flask, town: Town) -> None:
    for role in (Role.SYSTEM_ADMIN, Role.DEALER_OWNER):
        desk = desk_of(app, town.people[role])
        for rule in rules(app):
            answer = call(app, desk, rule, town.mine) if not is_unsafe(rule) else None
            if answer is None:
                continue
            page = answer.data
            if answer.mimetype != "text/html":
                continue
            assert re.search(rb"<script(?![^>]* src=)", page) is None, rule.endpoint
            assert b"<style" not in page, rule.endpoint
            assert b" style=" not in page, rule.endpoint
            assert re.search(rb"<[^>]* on[a-z]+=", page) is None, rule.endpoint
