"""Whose turn a site is across machines: a builder that lives keeps it, one that vanished loses it within minutes."""

from datetime import datetime, timedelta

import pytest

from builder import actions, pulse
from builder.actions import LEASE, Turn
from builder.pulse import Pulse
from storefront.core import clock
from storefront.core.acts import Result, perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.tenancy import acting, everywhere
from storefront.domain.stores.models import Store
from tests.conftest import NOW
from tests.factories import make_dealer, make_store, make_tenant

SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture
def store(either_database: Settings) -> Store:
    with everywhere():
        tenant = perform(make_tenant, "north").unwrap()
    with acting(tenant.id):
        return perform(make_store, perform(make_dealer).unwrap()).unwrap()


def turn(store: Store, machine: str, now: datetime) -> Result[Turn]:
    with acting(store.tenant_id):
        return perform(actions.take_turn, store.id, after=0, machine=machine, now=now)


def keep(store: Store, held: Turn, now: datetime) -> Result[None]:
    with acting(store.tenant_id):
        return perform(actions.keep_turn, held, now=now)


def test_a_machine_that_vanished_leaves_its_site_to_the_others_within_three_minutes(store: Store) -> None:
    turn(store, "gone", NOW).unwrap()
    refused = turn(store, "here", NOW + LEASE - SECOND)
    assert "is being built on gone" in refused.message
    assert turn(store, "here", NOW + LEASE).unwrap().fence == 2
    assert timedelta(minutes=3) >= LEASE


def test_a_build_that_says_that_it_is_under_way_keeps_its_site_however_long_it_takes(store: Store) -> None:
    held = turn(store, "busy", NOW).unwrap()
    for minute in range(1, 60):
        keep(store, held, NOW + timedelta(minutes=minute)).unwrap()
        assert not turn(store, "here", NOW + timedelta(minutes=minute) + SECOND)


def test_a_builder_that_was_silent_for_too_long_cannot_renew_what_another_one_has(store: Store) -> None:
    late = turn(store, "late", NOW).unwrap()
    newer = turn(store, "here", NOW + LEASE).unwrap()
    assert "newer build (number 2)" in keep(store, late, NOW + LEASE + SECOND).message
    keep(store, newer, NOW + LEASE + SECOND).unwrap()
    assert not turn(store, "late", NOW + 2 * LEASE)


def test_the_lease_is_renewed_while_the_builder_reads_its_one_moment(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = turn(store, "busy", NOW).unwrap()
    monkeypatch.setattr(pulse, "EVERY", 0.0)
    monkeypatch.setattr(clock, "now", lambda: NOW + LEASE)
    with acting(store.tenant_id), db.snapshot() as session:
        before = session.get_one(Store, store.id)
        Pulse(store.tenant_id, held)()
        assert session.in_transaction()
        assert session.get_one(Store, store.id) is before
    assert not turn(store, "here", NOW + 2 * LEASE - SECOND)
    assert turn(store, "here", NOW + 2 * LEASE)


def test_a_build_that_lost_its_site_stops_at_its_next_step(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    held = turn(store, "late", NOW).unwrap()
    turn(store, "here", NOW + LEASE).unwrap()
    Pulse(store.tenant_id, held)()  # no time went by: nobody asks
    monkeypatch.setattr(pulse, "EVERY", 0.0)
    with pytest.raises(DomainError, match="took over"):
        Pulse(store.tenant_id, held)()
