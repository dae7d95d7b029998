"""Market values and labels of a stock: issued when they are news, seen by their own tenant only (SPEC 92, 93)."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from storefront.core.acts import perform
from storefront.core.changes import Change, mark
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.money import Money
from storefront.core.outbox import OutboxEvent
from storefront.core.tenancy import acting, everywhere
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.listings.actions import change_price, mark_sold
from storefront.domain.listings.models import Listing, PriceReason
from storefront.domain.valuation import actions, jobs, queries, stock
from storefront.domain.valuation.labels import Label, label_of
from storefront.domain.valuation.models import VALID_DAYS, Valuation
from storefront.domain.valuation.provider import MarketProvider, Question
from tests.conftest import NOW, TODAY
from tests.factories import make_dealer, make_listing, make_tenant


def make_golfs(*dealers: Dealer, cars: int = 24, seed: int = 1, **values: Any) -> list[Listing]:
    """List Golfs whose prices follow age and mileage, the dealers in turn."""
    chance = random.Random(seed)
    made = []
    for number in range(cars):
        year, km = chance.randrange(2016, 2024), chance.randrange(10, 150) * 1000
        euros = round(30_000 * 0.9 ** (2026 - year) * 0.97 ** (km / 10_000) * chance.uniform(0.95, 1.05))
        car = {"year": year, "first_registered": date(year, 3, 1), "mileage_km": km, "version": f"No {number}"}
        made.append(make_listing(dealers[number % len(dealers)], price=Money(euros * 100), **(car | values)))
    return made


def ask(listing: Listing, cents: int, now: datetime = NOW) -> None:
    """Change a price."""
    perform(change_price, listing, cents, reason=PriceReason.MARKET_ADJUSTMENT, now=now, actor="test").unwrap()


def valuation(listing: Listing) -> Valuation:
    """Give a listing's valuation as it stands in the database."""
    db.session.expire_all()
    return queries.rows_of([listing.id])[listing.id]


@pytest.fixture
def market(database: Settings) -> Any:
    """Act for a tenant with two dealers and 24 Golfs."""
    with everywhere():
        tenant = perform(make_tenant).unwrap()
    with acting(tenant.id):
        dealers = [perform(make_dealer, name).unwrap() for name in ("north", "south")]
        golfs = perform(make_golfs, *dealers).unwrap()
        yield SimpleNamespace(tenant=tenant, dealers=dealers, golfs=golfs)


def test_a_stock_is_valued_and_labels_follow_from_what_is_stored(market: SimpleNamespace) -> None:
    assert jobs.value_all(NOW) == 24
    rows = queries.rows_of([golf.id for golf in market.golfs])
    assert len(rows) == 24
    for row in rows.values():
        assert row.label == label_of(row.price_cents, row.market_cents)
        assert row.inputs["median"] + sum(row.inputs["steps"].values()) == row.market_cents
        assert row.inputs["comparables"] == 23
        assert (row.valued_on, row.expires_on) == (TODAY, TODAY + timedelta(days=VALID_DAYS))
        assert row.mileage_adjustment_cents == row.inputs["steps"]["mileage"]


def test_a_cheaper_car_gets_a_better_label_at_once(market: SimpleNamespace, run_jobs: Callable[[], int]) -> None:
    run_jobs()
    golf = db.session.get_one(Listing, market.golfs[0].id)
    value = valuation(golf).market_cents
    ask(golf, value * 85 // 100)
    run_jobs()
    assert valuation(golf).label == Label.VERY_GOOD
    assert queries.labels_of([golf.id], TODAY) == {golf.id: "very_good"}
    ask(golf, value * 107 // 100)
    assert queries.labels_of([golf.id], TODAY) == {}, "a label never stands beside a price it was not made for"
    run_jobs()
    assert valuation(golf).label == Label.HIGH


def test_valuing_one_car_gives_what_valuing_the_whole_stock_gives(market: SimpleNamespace) -> None:
    rare = perform(make_golfs, *market.dealers, cars=5, seed=3, model="Arteon").unwrap()
    every = [listing.id for listing in (*market.golfs, *rare)]
    for listing_id in every:
        perform(actions.value_listings, [listing_id], now=NOW).unwrap()
    single = {i: (row.market_cents, row.inputs) for i, row in queries.rows_of(every).items()}
    assert any(inputs["widened"] for _, inputs in single.values())
    for row in queries.rows_of(every).values():
        db.session.delete(row)
    jobs.value_all(NOW)
    assert {i: (row.market_cents, row.inputs) for i, row in queries.rows_of(every).items()} == single


def test_a_night_in_which_nothing_happened_writes_nothing(market: SimpleNamespace) -> None:
    jobs.value_all(NOW)
    before = mark()
    assert jobs.value_all(NOW + timedelta(days=1)) == 0
    assert mark() == before


def test_a_car_that_was_valued_while_the_night_still_reckons_keeps_the_newer_value(market: SimpleNamespace) -> None:
    jobs.value_all(NOW - timedelta(days=20))
    read_at_night = list(stock.appraised(TODAY))
    golf, gone = market.golfs[:2]
    ask(golf, valuation(golf).market_cents // 2)
    perform(actions.value_listings, [golf.id, gone.id], now=NOW + timedelta(minutes=1)).unwrap()
    before = {listing.id: (valuation(listing).price_cents, valuation(listing).label) for listing in (golf, gone)}
    assert before[golf.id][1] == Label.VERY_GOOD
    others = [one for one in read_at_night if one.offer.car.id != gone.id]
    issued = perform(actions.issue, others, [gone.id], day=TODAY, now=NOW).unwrap()
    assert len(issued) == 22
    assert {
        listing.id: (valuation(listing).price_cents, valuation(listing).label) for listing in (golf, gone)
    } == before


def test_rare_cars_of_one_make_and_body_are_compared_with_one_read_of_their_market(
    market: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = [
        listing
        for number, model in enumerate(("Arteon", "Phaeton", "Eos"))
        for listing in perform(make_golfs, *market.dealers, cars=3, seed=number, model=model).unwrap()
    ]
    read: list[str] = []
    reading = queries.alike_in_kind
    monkeypatch.setattr(queries, "alike_in_kind", lambda *args: read.append("once") or reading(*args))
    perform(actions.value_listings, [listing.id for listing in rare], now=NOW).unwrap()
    assert len(queries.rows_of([listing.id for listing in rare])) == 9
    assert read == ["once"]


def test_every_valuation_is_issued_again_between_the_7th_and_the_13th_day(market: SimpleNamespace) -> None:
    jobs.value_all(NOW)
    seen = []
    for days in range(1, 14):
        jobs.value_all(NOW + timedelta(days=days))
        db.session.expire_all()
        rows = queries.rows_of([golf.id for golf in market.golfs])
        seen.append(sum(row.valued_on == TODAY + timedelta(days=days) for row in rows.values()))
    assert seen[:6] == [0] * 6
    assert sum(seen) == 24
    assert max(seen) < 24, "not all in one night"


def test_a_label_at_its_bound_does_not_flap_with_the_market(market: SimpleNamespace) -> None:
    jobs.value_all(NOW)
    golf = market.golfs[0]
    value = valuation(golf).market_cents
    ask(golf, value * 897 // 1000)
    perform(actions.value_listings, [golf.id], now=NOW).unwrap()
    assert valuation(golf).label == Label.VERY_GOOD
    others = [other for other in market.golfs if other is not golf]
    for other in others:
        assert other.price_cents is not None
        ask(other, other.price_cents * 992 // 1000)
    jobs.value_all(NOW + timedelta(days=1))
    assert valuation(golf).label == Label.VERY_GOOD
    jobs.value_all(NOW + timedelta(days=13))
    row = valuation(golf)
    assert row.valued_on > TODAY
    assert (row.label, row.inputs["held"]) == (Label.VERY_GOOD, True)
    assert label_of(row.price_cents, row.market_cents) is Label.GOOD
    assert label_of(row.price_cents, row.market_cents, Label(row.label)) is Label.VERY_GOOD


def test_a_sold_car_loses_its_valuation_and_stays_a_comparable(
    market: SimpleNamespace, run_jobs: Callable[[], int]
) -> None:
    run_jobs()
    golf = db.session.get_one(Listing, market.golfs[0].id)
    perform(mark_sold, golf, now=NOW, actor="test").unwrap()
    run_jobs()
    assert queries.rows_of([golf.id]) == {}
    assert any(offer.car.id == golf.id and not offer.active for offer in queries.offers(TODAY))
    later = TODAY + timedelta(days=queries.SOLD_DAYS + 1)
    assert all(offer.car.id != golf.id for offer in queries.offers(later))


@pytest.mark.parametrize(
    "values", [{"damaged": True}, {"mileage_km": None}, {"power_kw": None}, {"year": None, "first_registered": None}]
)
def test_a_car_of_which_too_little_is_known_gets_no_label(market: SimpleNamespace, values: dict[str, Any]) -> None:
    odd = perform(make_listing, market.dealers[0], **values).unwrap()
    jobs.value_all(NOW)
    assert queries.labels([odd.id]) == {}


def test_fewer_than_eight_comparables_give_no_label_and_no_error(database: Settings) -> None:
    with everywhere():
        tenant = perform(make_tenant).unwrap()
    with acting(tenant.id):
        dealers = [perform(make_dealer, name).unwrap() for name in ("north", "south")]
        golfs = perform(make_golfs, *dealers, cars=8).unwrap()
        assert jobs.value_all(NOW) == 0
        golfs += perform(make_golfs, *dealers, cars=1, seed=9).unwrap()
        assert jobs.value_all(NOW) > 0


def test_no_tenants_cars_are_anothers_comparables(either_database: Settings) -> None:
    for cars, valued in ((12, 12), (6, 0)):
        with everywhere():
            tenant = perform(make_tenant).unwrap()
        with acting(tenant.id):
            dealers = [perform(make_dealer, name).unwrap() for name in ("east", "west")]
            golfs = perform(make_golfs, *dealers, cars=cars).unwrap()
            assert jobs.value_all(NOW) == valued
            assert {offer.car.id for offer in queries.offers(TODAY)} == {golf.id for golf in golfs}
            assert set(queries.valued()) == ({golf.id for golf in golfs} if valued else set())


def test_a_dealer_sees_its_own_valuations_only(either_database: Settings) -> None:
    with everywhere():
        tenant = perform(make_tenant).unwrap()
    with acting(tenant.id):
        dealers = [perform(make_dealer, name).unwrap() for name in ("north", "south")]
        golfs = perform(make_golfs, *dealers).unwrap()
        jobs.value_all(NOW)
    with acting(tenant.id, dealers[0].id):
        seen = set(db.session.scalars(select(Valuation.listing_id)))
        assert seen == {golf.id for golf in golfs if golf.dealer_id == dealers[0].id}


def test_prices_of_dealers_off_the_marketplace_count_too(database: Settings) -> None:
    with everywhere():
        tenant = perform(make_tenant).unwrap()
    with acting(tenant.id):
        north = perform(make_dealer, "north").unwrap()
        own = perform(make_dealer, "own", plan=Plan.INDIVIDUAL).unwrap()
        perform(make_golfs, north, own).unwrap()
        assert jobs.value_all(NOW) == 24


def test_news_is_told_with_the_cars_it_is_of(market: SimpleNamespace) -> None:
    jobs.value_all(NOW)
    told = db.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "VehicleValuationUpdated")).all()
    assert {UUID(i) for event in told for i in event.payload["listing_ids"]} == {golf.id for golf in market.golfs}
    lines = db.session.execute(select(Change.key, Change.aspect).where(Change.kind == "valuation")).all()
    assert {tuple(line) for line in lines} == {
        (golf.id.hex, aspect) for golf in market.golfs for aspect in ("label", "inputs")
    }


def test_the_market_answers_for_a_vin_at_another_mileage_and_condition(market: SimpleNamespace) -> None:
    vin = "WVWZZZ1KZAW000001"
    perform(make_golfs, market.dealers[0], cars=1, seed=5, vin=vin).unwrap()
    provider = MarketProvider()
    usual = provider.answer(Question(vin, 60_000, 7, "22111"), TODAY)
    assert usual is not None
    assert usual == provider.answer(Question(vin, 60_000, 7, "22111"), TODAY)
    assert usual.trade_in_cents < usual.private_party_cents < usual.retail_cents
    worn = provider.answer(Question(vin, 160_000, 4, "22111"), TODAY)
    assert worn is not None
    assert worn.retail_cents < usual.retail_cents
    assert worn.trade_in_cents / worn.retail_cents < usual.trade_in_cents / usual.retail_cents
    assert provider.answer(Question("WVWZZZ1KZAW999999", 60_000, 7, "22111"), TODAY) is None
    with pytest.raises(DomainError, match="Condition"):
        Question(vin, 60_000, 11, "22111")
