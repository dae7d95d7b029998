"""The web server in front asks whether it may get a certificate for a host (SECURITY D3)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.runtime import settings
from storefront.core.tenancy import acting, everywhere
from storefront.domain.dealers import actions as dealers
from storefront.domain.dealers.models import DealerStatus
from storefront.domain.stores import actions as stores
from storefront.domain.stores import hosts
from storefront.domain.stores.models import Store
from tests.conftest import NOW
from tests.factories import make_dealer, make_store, make_tenant
from tests.integration.domain_ready import claim_for
from tests.integration.live import NORTH, live_app


@pytest.fixture
def app(world: Any, redis_url: str) -> Flask:
    """Give the application on the named world."""
    return live_app(settings(), redis_url)


def ask(app: Flask, domain: str, *, peer: str = "127.0.0.1", **headers: str) -> int:
    """Ask as the server on this machine does."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    asked, from_peer = {"domain": domain}, {"REMOTE_ADDR": peer}
    answer = app.test_client().get(
        "/-/ask",
        base_url="http://127.0.0.1:8000",
        query_string=asked,
        headers=names,
        environ_overrides=from_peer,
    )
    return answer.status_code


def settle(world: Any, domain: str | None, now: Any = NOW) -> None:
    """Give North Cars a domain of its own, or take it away."""
    with acting(world.tenant.id):
        store = db.session.get_one(Store, world.north_store.id)
        perform(stores.set_custom_domain, store, domain, now=now, actor="test").unwrap()


def test_certificates_are_had_for_our_hosts_and_for_no_others(world: Any, app: Flask) -> None:
    assert ask(app, NORTH) == 200
    assert ask(app, NORTH.upper()) == 200
    for stranger in (
        "stranger.example",
        "",
        "..",
        "a b",
        "north-cars.localhost.evil.example",
        f"www.{NORTH}",
        "é.example",
    ):
        assert ask(app, stranger) == 404


def test_a_domain_and_the_host_before_it_get_one_for_a_year_and_www_only_where_it_leads_here(
    world: Any, app: Flask
) -> None:
    settle(world, "cars.example")
    assert [ask(app, host) for host in ("cars.example", NORTH, "www.cars.example")] == [200, 200, 404]
    settle(world, "www.north.example")
    assert [ask(app, host) for host in ("www.north.example", "cars.example", "north.example")] == [200, 200, 404]
    settle(world, "other.example", NOW - hosts.KEPT - timedelta(days=1))
    assert ask(app, "www.north.example") == 404


def test_a_name_that_is_only_typed_gets_none(world: Any, app: Flask) -> None:
    with acting(world.tenant.id):
        claim_for(db.session.get_one(Store, world.north_store.id), "autohaus-nord.de")
    assert [ask(app, host) for host in ("autohaus-nord.de", "www.autohaus-nord.de")] == [404, 404]


def test_a_suspended_dealer_and_a_site_that_is_switched_off_get_none(world: Any, app: Flask) -> None:
    settle(world, "cars.example")
    settle(world, "new.example")
    with acting(world.tenant.id):
        north = db.session.get_one(type(world.north), world.north.id)
        perform(dealers.set_status, north, DealerStatus.SUSPENDED, now=NOW, actor="test", reason="unpaid").unwrap()
    assert {ask(app, host) for host in (NORTH, "new.example", "cars.example")} == {404}


def test_nobody_but_the_server_in_front_gets_an_answer(world: Any, app: Flask) -> None:
    assert ask(app, NORTH, peer="203.0.113.7") == 404
    assert ask(app, NORTH, peer="10.0.0.4") == 200
    assert ask(app, NORTH, X_Forwarded_For="127.0.0.1") == 404
    assert ask(app, NORTH, Forwarded="for=127.0.0.1") == 404


def test_asking_is_one_statement_over_indexed_columns(world: Any, app: Flask) -> None:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert ask(app, "stranger.example") == 404
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    (statement,) = [one for one in said if one.lstrip().startswith("SELECT")]
    plain = statement.replace("?", "'a'")
    with everywhere():
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {plain}").all()
    assert [row for row in plan if "SEARCH" in str(row)]
    assert not [
        row for row in plan if any(f"SCAN {table}" in str(row) for table in ("stores", "store_hosts", "domain_claims"))
    ]


def test_both_databases_tell_whose_a_host_is(either_database: Settings) -> None:
    with everywhere():
        tenant_id = perform(make_tenant).unwrap().id
    with acting(tenant_id):
        store = perform(_settled).unwrap()
        found = hosts.forwards([store], base_host="localhost", now=NOW)
    assert [(known.host, known.to) for known in found] == [
        ("market.localhost", "new.example"),
        ("old.example", "new.example"),
        ("www.new.example", "new.example"),
        ("www.old.example", "new.example"),
    ]
    ours = ("market.localhost", "new.example", "old.example")
    assert all(hosts.may_have_certificate(host, base_host="localhost", now=NOW) for host in ours)
    strangers = ("stranger.example", "www.new.example", "www.old.example")
    assert not any(hosts.may_have_certificate(host, base_host="localhost", now=NOW) for host in strangers)


def _settled() -> Store:
    """Make a dealer's site that had a domain and has another one."""
    store = make_store(make_dealer(), "market.localhost")
    stores.set_custom_domain(store, "old.example", now=NOW, actor="test")
    stores.set_custom_domain(store, "new.example", now=NOW, actor="test")
    return store
