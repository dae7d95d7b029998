"""The step that brings cars into the lists by fuel and city, on a database that has cars in it."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, inspect, select

from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.places import Place
from storefront.core.tenancy import acting, everywhere
from storefront.domain.dealers.models import DealerStatus, Plan
from storefront.domain.listings import placement
from storefront.domain.listings.actions import mark_sold
from storefront.domain.listings.models import ListCursor, ListEntry, Listing, Photo
from storefront.migrations import runner
from tests.conftest import NOW
from tests.factories import make_dealer, make_listing, make_tenant

BEFORE = "20261125_08"
Lists = dict[tuple[UUID, str, str], list[UUID]]


def _cars() -> None:
    """Found dealers of all kinds with cars of all kinds, the newest first, as no import would bring them."""
    places = [("DE", "1010", "Nirgendwo", 50.0, 10.0), ("AT", "1010", "Wien", 48.2, 16.37)]
    names = ("country", "code", "name", "latitude", "longitude")
    if db.session.scalars(select(Place.id)).first() is None:
        db.session.execute(insert(Place), [dict(zip(names, place, strict=True)) for place in places])
    north, small, gone = make_dealer("north"), make_dealer("small", Plan.INDIVIDUAL), make_dealer("gone")
    abroad = make_dealer("abroad", city="Salzburg", country="AT", phone=None)
    for number, dealer in enumerate((north, small, gone, abroad)):
        for back in range(3):
            listing = make_listing(
                dealer, fuel=("diesel", "petrol", None)[back], now=NOW - timedelta(days=number + back)
            )
            db.session.add(
                Photo(dealer_id=dealer.id, listing_id=listing.id, position=0, source_url="x", created_at=NOW)
            )
    make_listing(north, offer={"postal_code": "1010"}, now=NOW - timedelta(days=9))
    vienna = make_listing(north, offer={"postal_code": "1010", "extra": _vienna()}, now=NOW - timedelta(days=10))
    assert vienna.city == "Wien"
    mark_sold(make_listing(north, fuel="diesel"), now=NOW, actor="test")
    gone.status = DealerStatus.SUSPENDED
    placement.place_dealer(gone.id)


def _vienna() -> dict[str, Any]:
    return {"city": "Wien", "country": "AT", "latitude": 48.2, "longitude": 16.37}


def _lists() -> Lists:
    """Give every list by fuel or city with its cars, lowest position first."""
    found: Lists = defaultdict(list)
    entries = db.session.scalars(select(ListEntry).order_by(ListEntry.position))
    for entry in entries:
        if entry.list_key.startswith(("fuel:", "city:")):
            found[(entry.tenant_id, entry.scope, entry.list_key)].append(entry.listing_id)
    return dict(found)


def _oldest_first(lists: Lists) -> Lists:
    listed = {row.id: (row.listed_at, row.id.hex) for row in db.session.scalars(select(Listing))}
    return {name: sorted(cars, key=lambda car: listed[car]) for name, cars in lists.items()}


def _others() -> set[tuple[UUID, str, str, int]]:
    """Give the entries that the step has nothing to do with."""
    entries = db.session.scalars(select(ListEntry))
    rows = {(entry.listing_id, entry.scope, entry.list_key, entry.position) for entry in entries}
    return {row for row in rows if not row[2].startswith(("fuel:", "city:"))}


@pytest.mark.postgres
def test_cars_that_stand_in_lists_already_enter_the_new_ones_oldest_first(either_database: Settings) -> None:
    with everywhere():
        tenants = [perform(make_tenant, name).unwrap().id for name in ("ours", "theirs")]
    for tenant_id in tenants:
        with acting(tenant_id):
            perform(_cars).unwrap()
    with everywhere():
        wanted, others, photos = _oldest_first(_lists()), _others(), len(db.session.scalars(select(Photo)).all())
        places = {row.id: (row.city, row.country) for row in db.session.scalars(select(Listing))}

    runner.downgrade(db.engine, BEFORE)
    assert "city" not in {column["name"] for column in inspect(db.engine).get_columns("listings")}
    runner.upgrade(db.engine)

    with everywhere():
        assert len(wanted) == 2 * (2 * 3 + 2 + 4)
        assert _lists() == wanted
        assert _others() == others
        assert len(db.session.scalars(select(Photo)).all()) == photos
        assert {row.id: (row.city, row.country) for row in db.session.scalars(select(Listing))} == places
        for cursor in db.session.scalars(select(ListCursor)):
            if (cars := wanted.get((cursor.tenant_id, cursor.scope, cursor.list_key))) is not None:
                assert cursor.next_position == len(cars)


@pytest.mark.postgres
def test_after_the_step_placing_a_car_again_changes_nothing_and_a_new_one_comes_last(either_database: Settings) -> None:
    with everywhere():
        tenant_id = perform(make_tenant, "ours").unwrap().id
    with acting(tenant_id):
        perform(_cars).unwrap()
    runner.downgrade(db.engine, BEFORE)
    runner.upgrade(db.engine)
    with acting(tenant_id):
        before = _lists()
        north = db.session.scalars(select(Listing)).first()
        assert north is not None
        perform(placement.place, list(db.session.scalars(select(Listing.id)))).unwrap()
        assert _lists() == before
        dealer = perform(make_dealer, "new").unwrap()
        car = perform(make_listing, dealer, fuel="diesel").unwrap()
        assert _lists()[(tenant_id, "market", "fuel:diesel")] == [
            *before[(tenant_id, "market", "fuel:diesel")],
            car.id,
        ]
