"""Cars that go live at a time, and sites that are published at one: exactly once, also after downtime."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from builder import holding, scheduling
from builder.models import SiteState
from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import DomainError, NotFound
from storefront.core.outbox import OutboxEvent
from storefront.core.rehearsal import rehearsal
from storefront.core.tenancy import acting, everywhere
from storefront.domain.dealers.actions import set_status
from storefront.domain.dealers.models import Dealer, DealerStatus
from storefront.domain.listings import scheduling as offers
from storefront.domain.listings.actions import withdraw
from storefront.domain.listings.models import ListCursor, ListEntry, Listing, ListingStatus, PriceChange
from storefront.domain.stores.models import Store
from storefront.live import scheduler
from tests.conftest import NOW
from tests.factories import make_dealer, make_listing, make_store, make_tenant

LATER = NOW + timedelta(hours=3)
HOUR = timedelta(hours=1)


def coming(world, at: datetime = LATER) -> Listing:
    """List a car that goes live later."""
    return perform(make_listing, world.north, offer={"publish_at": at}).unwrap()


def entries(listing: Listing) -> int:
    return db.session.scalar(select(func.count()).where(ListEntry.listing_id == listing.id)) or 0


def told(name: str) -> int:
    return db.session.scalar(select(func.count()).where(OutboxEvent.name == name)) or 0


def test_a_car_with_a_time_waits_unseen_and_then_goes_live_once(world) -> None:
    before = told("VehicleListed")
    car = coming(world)
    assert (car.status, car.publish_at, entries(car)) == (ListingStatus.PENDING, LATER, 0)
    assert told("VehicleListed") == before
    assert perform(offers.offer_due, now=LATER - HOUR).unwrap() == []
    assert perform(offers.offer_due, now=LATER).unwrap() == [car.id]
    assert perform(offers.offer_due, now=LATER).unwrap() == []
    assert (car.status, car.publish_at, car.listed_at) == (ListingStatus.ACTIVE, None, LATER)
    assert entries(car) > 0
    assert told("VehicleListed") == before + 1


def test_after_downtime_a_car_counts_as_listed_from_its_own_time(world) -> None:
    car = coming(world)
    perform(offers.offer_due, now=LATER + timedelta(days=3)).unwrap()
    assert car.listed_at == LATER
    prices = db.session.scalars(select(PriceChange).where(PriceChange.listing_id == car.id)).all()
    assert max(price.at for price in prices) == LATER
    assert all(price.old_cents is None for price in prices)


def test_cars_go_live_in_the_order_of_their_times(world) -> None:
    second, first = coming(world, LATER + HOUR), coming(world, LATER)
    assert perform(offers.offer_due, now=LATER + 2 * HOUR).unwrap() == [first.id, second.id]


def test_the_car_of_a_dealer_who_may_not_list_waits_until_he_may(world) -> None:
    car = coming(world)
    dealer = db.session.get_one(Dealer, world.north.id)
    perform(set_status, dealer, DealerStatus.SUSPENDED, now=NOW, actor="test", reason="late").unwrap()
    assert perform(offers.offer_due, now=LATER).unwrap() == []
    perform(set_status, dealer, DealerStatus.ACTIVE, now=LATER, actor="test", reason="paid").unwrap()
    assert perform(offers.offer_due, now=LATER + HOUR).unwrap() == [car.id]


def test_a_cancelled_time_leaves_the_car_waiting_and_a_withdrawn_car_has_none(world) -> None:
    car, other = coming(world), coming(world)
    perform(offers.cancel, car, now=NOW, actor="test").unwrap()
    perform(withdraw, other, now=NOW, actor="test").unwrap()
    assert perform(offers.offer_due, now=LATER).unwrap() == []
    assert (car.status, other.status, other.publish_at) == (ListingStatus.PENDING, ListingStatus.WITHDRAWN, None)
    assert not perform(offers.cancel, car, now=NOW, actor="test")


def test_only_a_waiting_car_gets_a_time_and_only_one_to_come(world) -> None:
    car = coming(world)
    assert perform(offers.schedule, car, LATER + HOUR, now=NOW, actor="test")
    assert [one.id for one in offers.waiting()] == [car.id]
    assert "past" in perform(offers.schedule, car, NOW, now=NOW, actor="test").message
    assert not perform(offers.schedule, world.golf, LATER, now=NOW, actor="test")
    with pytest.raises(DomainError):
        perform(offers.go_live, world.golf, world.north, now=NOW, actor="test").unwrap()
    perform(offers.go_live, car, world.north, now=NOW, actor="test").unwrap()
    assert car.listed_at == NOW


def held_site(world) -> Store:
    """Give a site as the builder knows it."""

    def built() -> None:
        store = world.north_store
        row = SiteState(store_id=store.id, tenant_id=store.tenant_id, dealer_id=store.dealer_id, mark=0, fence=1)
        row.release = "00000001"
        db.session.add(row)

    perform(built).unwrap()
    return world.north_store


def test_a_site_with_a_time_is_held_until_then_and_resumed_once(world) -> None:
    store = held_site(world)
    perform(scheduling.plan_publish, store, LATER, now=NOW, actor="Ada").unwrap()
    hold = holding.hold_of(store.id)
    assert hold is not None
    assert "2026-11-25 12:00 UTC" in hold.by
    assert perform(scheduling.publish_due, now=LATER - HOUR).unwrap() == []
    assert perform(scheduling.publish_due, now=LATER + timedelta(days=2)).unwrap() == [store.id]
    assert perform(scheduling.publish_due, now=LATER + timedelta(days=2)).unwrap() == []
    assert holding.hold_of(store.id) is None
    assert told("SiteResumed") == 1
    assert scheduling.planned() == []


def test_a_plan_can_be_cancelled_and_the_site_stays_held(world) -> None:
    store = held_site(world)
    plan = perform(scheduling.plan_publish, store, LATER, now=NOW, actor="Ada").unwrap()
    assert "has its time already" in perform(scheduling.plan_publish, store, LATER, now=NOW, actor="Ada").message
    assert scheduling.schedule_of(str(plan.id)[:8]).id == plan.id
    perform(scheduling.cancel, plan, now=NOW, actor="Ada").unwrap()
    with pytest.raises(NotFound):
        scheduling.schedule_of(str(plan.id)[:8])
    assert perform(scheduling.publish_due, now=LATER).unwrap() == []
    assert holding.hold_of(store.id) is not None
    assert not perform(scheduling.cancel, plan, now=NOW, actor="Ada")


def test_a_site_that_was_never_built_cannot_be_planned(world) -> None:
    assert "never published" in perform(scheduling.plan_publish, world.north_store, LATER, now=NOW, actor="Ada").message


def test_the_scheduler_does_what_fell_due_for_every_marketplace(world, monkeypatch: pytest.MonkeyPatch) -> None:
    car, store = coming(world), held_site(world)
    perform(scheduling.plan_publish, store, LATER, now=NOW, actor="Ada").unwrap()
    with everywhere():
        other = perform(make_tenant, "other").unwrap()
    with acting(other.id):
        theirs = perform(make_listing, perform(make_dealer).unwrap(), offer={"publish_at": LATER}).unwrap()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert scheduler.do_due() == 0
    monkeypatch.setattr(clock, "now", lambda: LATER)
    assert scheduler.do_due() == 3
    assert scheduler.do_due() == 0
    with everywhere():
        db.session.expire_all()
        assert {db.session.get_one(Listing, one).status for one in (car.id, theirs.id)} == {ListingStatus.ACTIVE}


@pytest.mark.parametrize(
    ("said", "utc"),
    [
        ("2026-12-01 08:00", datetime(2026, 12, 1, 7, 0, tzinfo=UTC)),
        ("2026-07-01T08:00", datetime(2026, 7, 1, 6, 0, tzinfo=UTC)),
        ("01.12.2026 08:00", datetime(2026, 12, 1, 7, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_meant_on_the_clocks_of_the_marketplace(said: str, utc: datetime) -> None:
    assert scheduling.moment(said, "Europe/Berlin") == utc


@pytest.mark.parametrize("said", ["tomorrow", "2026-13-01 08:00", "2027-03-28 02:30"])
def test_a_time_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(DomainError):
        scheduling.moment(said, "Europe/Berlin")


def test_a_moment_is_said_in_words_and_in_utc() -> None:
    moment = datetime(2026, 12, 1, 8, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert scheduling.in_words(moment, "Europe/Berlin") == (
        "Tuesday 1 December 2026, 08:00 in Europe/Berlin (2026-12-01 07:00 UTC)"
    )


@pytest.mark.xdist_group("postgres")
def test_a_rehearsal_shows_what_would_be_and_leaves_nothing_behind(either_database: Settings) -> None:
    with everywhere():
        tenant = perform(make_tenant).unwrap()
    with acting(tenant.id):
        dealer = perform(make_dealer).unwrap()
        store = perform(make_store, dealer).unwrap()
        car = perform(make_listing, dealer, offer={"publish_at": LATER}).unwrap()
        ids, before = (dealer.id, store.id, car.id), [one.id for one in offers.waiting()]
        marked = db.session.scalar(select(func.max(OutboxEvent.id)))
        with rehearsal(Store, Dealer, Listing, ListEntry, ListCursor, PriceChange):
            assert db.session.get_one(Listing, ids[2]).publish_at == LATER
            db.session.get_one(Store, ids[1]).theme = "noir"
            db.session.get_one(Listing, ids[2]).go_live(LATER)
            offers.placement.place([ids[2]])
            db.session.flush()
            assert db.session.scalar(select(func.count()).where(ListEntry.listing_id == ids[2]))
            assert db.session.scalar(select(Store.theme).where(Store.id == ids[1])) == "noir"
            _somebody_else_works(tenant.id, ids[0])
        assert db.session.get_one(Listing, ids[2]).status is ListingStatus.PENDING
        assert db.session.get_one(Store, ids[1]).theme == "classic"
        assert not db.session.scalar(select(func.count()).where(ListEntry.listing_id == ids[2]))
        assert [one.id for one in offers.waiting()] == before
        assert db.session.scalar(select(func.max(OutboxEvent.id))) != marked  # the other one's work stands


def _somebody_else_works(tenant_id, dealer_id) -> None:
    """List a car in a session of its own while the rehearsal goes on: nobody waits for it."""
    from threading import Thread

    failures: list[BaseException] = []

    def work() -> None:
        try:
            with acting(tenant_id):
                perform(make_listing, db.session.get_one(Dealer, dealer_id)).unwrap()
        except BaseException as error:
            failures.append(error)

    other = Thread(target=work)
    other.start()
    other.join(20)
    assert not other.is_alive()
    assert failures == []
