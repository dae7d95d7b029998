"""The trail: every act leaves one entry, and an edit of the past shows (SPEC 17, SECURITY D14)."""

import threading
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update

from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts.audit import first_broken, record
from storefront.domain.accounts.models import AuditEntry
from storefront.domain.dealers.actions import set_status, update_commission_rate
from storefront.domain.dealers.models import Dealer, DealerStatus
from storefront.domain.listings.actions import change_price
from storefront.domain.listings.models import Listing, PriceReason
from tests.conftest import NOW
from tests.factories import make_tenant

LATER = NOW + timedelta(hours=1)


def entries(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_price_change_tells_who_when_and_from_what_to_what(world):
    old = world.golf.price_cents
    perform(change_price, world.golf, 20_000_00, reason=PriceReason.PROMOTION, now=LATER, actor="user:7").unwrap()
    entry = entries("change_price")[-1]
    assert (entry.actor, entry.at, entry.object_id) == ("user:7", LATER, str(world.golf.id))
    assert (entry.before, entry.after) == ({"price": old}, {"price": 20_000_00})


@pytest.mark.parametrize("rate", ["0.0099", "0.0501", "0", "1"])
def test_a_commission_rate_outside_one_to_five_per_cent_is_refused(world, rate):
    refused = perform(update_commission_rate, world.north, Decimal(rate), now=LATER, actor="user:1", reason="because")
    assert "between 1% and 5%" in refused.message
    assert entries("commission_rate") == []


def test_a_commission_rate_at_the_bounds_is_taken_with_its_reason(world):
    for rate in ("0.01", "0.05"):
        perform(update_commission_rate, world.north, Decimal(rate), now=LATER, actor="user:1", reason="deal").unwrap()
    assert [entry.reason for entry in entries("commission_rate")] == ["deal", "deal"]
    with pytest.raises(DomainError, match="Say why"):
        perform(update_commission_rate, world.north, Decimal("0.02"), now=LATER, actor="u", reason=" ").unwrap()


def test_dealers_and_operator_write_one_unbroken_chain_each(world):
    perform(set_status, world.south, DealerStatus.SUSPENDED, now=LATER, actor="user:1", reason="unpaid").unwrap()
    with acting(world.tenant.id, world.north.id):
        golf = db.session.get_one(Listing, world.golf.id)
        perform(change_price, golf, 19_000_00, reason=PriceReason.PROMOTION, now=LATER, actor="user:2").unwrap()
        assert first_broken() is None
        assert {entry.dealer_id for entry in db.session.scalars(select(AuditEntry))} == {world.north.id}
    assert first_broken() is None
    assert db.session.get(Dealer, world.south.id).status is DealerStatus.SUSPENDED


def test_an_edited_or_removed_entry_shows(world):
    some = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number).offset(4)).first()
    perform(lambda: db.session.execute(update(AuditEntry).where(AuditEntry.id == some.id).values(actor="nobody")))
    db.session.expire_all()
    assert first_broken().id == some.id
    perform(lambda: db.session.execute(delete(AuditEntry).where(AuditEntry.id == some.id)))
    db.session.expire_all()
    assert first_broken().number > some.number


def test_two_acts_at_once_stand_one_after_the_other_in_the_trail(either_database):
    with everywhere():
        tenant_id = perform(make_tenant, "ours").unwrap().id
    written, going_on = threading.Event(), threading.Event()

    def act(number: int) -> None:
        record("test", "act", "thing", str(number), now=NOW)
        written.set()
        going_on.wait(5)
        time.sleep(0.3 if number == 1 else 0)

    def first() -> None:
        with acting(tenant_id):
            perform(act, 1)

    thread = threading.Thread(target=first)
    thread.start()
    assert written.wait(5)
    with acting(tenant_id):
        going_on.set()
        perform(act, 2)
        thread.join()
        trail = select(AuditEntry).where(AuditEntry.action == "act").order_by(AuditEntry.number)
        assert [entry.object_id for entry in db.session.scalars(trail)] == ["1", "2"]
        assert first_broken() is None
