"""Feeds for other platforms and codes of cars in built sites: what they hold, who knows them, what draws them."""

import csv
import io
import json
from datetime import timedelta

from sqlalchemy import select

from storefront.core.acts import perform
from storefront.core.changes import Change, mark
from storefront.core.db import db
from storefront.core.money import Money
from storefront.domain.listings import actions as listings
from storefront.domain.listings.models import Listing, ListingStatus, PriceReason
from storefront.domain.stores import actions as stores
from storefront.domain.stores.models import Store
from storefront.domain.vehicles.models import Vehicle
from storefront.pages import urls
from storefront.pages.catalogue import PageKind, pages_of
from storefront.pages.loading import load
from storefront.pages.sites import open_site
from tests.build.conftest import Installation
from tests.conftest import NOW, TODAY
from tests.factories import make_listing

LATER = NOW + timedelta(hours=1)
VIN = "WVWZZZ1KZAW000001"


def feed(built: Installation, store: Store, kind: str) -> str:
    """Read a feed that is served."""
    assert store.feed_token is not None
    return (built.served(store.public_host) / urls.feed(store.feed_token, kind)[1:]).read_text("utf-8-sig")


def rows(text: str, delimiter: str = ",") -> dict[str, dict[str, str]]:
    """Give a table by the first cell of its rows."""
    return {next(iter(row.values())): row for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)}


def complete(listing: Listing) -> None:
    """Give a car what the platforms ask for."""
    vehicle = db.session.get_one(Vehicle, listing.vehicle_id)
    listings.update_vehicle(listing, vehicle, {"vin": VIN, "colour": "blue"}, now=LATER, actor="test")


def test_every_car_on_offer_stands_in_the_plain_feeds_at_its_pages_price(built: Installation) -> None:
    for store in (built.world.north_store, built.world.market_store):
        cars = {car["id"]: car for car in json.loads(feed(built, store, "json"))["cars"]}
        reading = select(Listing).where(Listing.status == ListingStatus.ACTIVE)
        offered = [car for car in db.session.scalars(reading) if store.dealer_id in (None, car.dealer_id)]
        assert cars.keys() == {car.public_id for car in offered}
        for car in offered:
            said = cars[car.public_id]
            assert said["price"] == Money(car.price_cents or 0).decimal
            page = built.served(store.public_host) / "vehicles" / said["url"].rsplit("/", 2)[1] / "index.html"
            assert f'"price":"{said["price"]}"' in page.read_text("utf-8")
        assert rows(feed(built, store, "csv")).keys() == cars.keys()


def test_the_marketplace_says_whose_each_car_is(built: Installation) -> None:
    names = {car["dealer_name"] for car in json.loads(feed(built, built.world.market_store, "json"))["cars"]}
    assert {built.world.north.name, built.world.south.name} <= names


def test_feeds_follow_a_cars_life(built: Installation) -> None:
    store, golf = built.world.north_store, built.world.golf
    perform(complete, golf).unwrap()
    built.build()
    assert rows(feed(built, store, "google"), "\t")[golf.public_id]["vin"] == VIN
    assert rows(feed(built, store, "meta"))[golf.public_id]["availability"] == "AVAILABLE"

    perform(listings.change_price, golf, 19_990_00, reason=PriceReason.PROMOTION, now=LATER, actor="test").unwrap()
    built.build()
    assert rows(feed(built, store, "google"), "\t")[golf.public_id]["price"] == "19990.00 EUR"

    perform(listings.mark_sold, golf, now=LATER, actor="test").unwrap()
    built.build()
    assert golf.public_id not in rows(feed(built, store, "google"), "\t")
    assert golf.public_id not in rows(feed(built, store, "csv"))
    assert rows(feed(built, store, "meta"))[golf.public_id]["availability"] == "NOT_AVAILABLE"

    built.build(as_of=TODAY + timedelta(days=15))
    assert golf.public_id not in rows(feed(built, store, "meta"))


def test_nothing_on_a_site_leads_to_its_feeds(built: Installation) -> None:
    for store in (built.world.north_store, built.world.market_store):
        token = (store.feed_token or "").encode()
        named = [path for path, content in built.files(store.public_host).items() if token in content]
        assert named == []
        served = [path for path in built.files(store.public_host) if path.startswith("feeds/")]
        assert {path.rpartition("/")[2] for path in served} >= set(urls.FEEDS.values())
        assert any(path.endswith(".tsv.br") for path in served) or not feed(built, store, "google")[1024:]
        assert any(path.endswith("stock.xml.gz") for path in served)


def test_renewed_feeds_leave_their_old_addresses(built: Installation) -> None:
    store = built.world.north_store
    before = store.feed_token
    perform(stores.renew_feed_token, store, now=LATER, actor="test").unwrap()
    built.build()
    folders = [path.name for path in (built.served(store.public_host) / "feeds").iterdir() if any(path.iterdir())]
    assert folders == [store.feed_token]
    assert before != store.feed_token


def test_feeds_can_be_taken_away_and_come_back(built: Installation) -> None:
    store = built.world.north_store
    perform(stores.drop_feed_token, store, now=LATER, actor="test").unwrap()
    built.build()
    assert not [path for path in built.files(store.public_host) if path.startswith("feeds/")]
    perform(stores.renew_feed_token, store, now=LATER, actor="test").unwrap()
    built.build()
    assert feed(built, store, "json")


def reads(built: Installation, store: Store, kind: PageKind) -> dict[str, set[tuple[str, str, str]]]:
    """Give what the pages of a kind read, by address."""
    view = open_site(store, as_of=TODAY, settings=built.settings)
    refs = [ref for ref in pages_of(view) if ref.kind is kind]
    return {loaded.ref.path: loaded.reads.keys - view.reads.keys for loaded in load(view, refs)}


def test_a_feed_watches_its_cars_by_the_heap_however_many_they_are(built: Installation) -> None:
    def more() -> None:
        for number in range(30):
            make_listing(built.world.north, now=LATER, mileage_km=number, first_registered=None, year=2020)

    before = reads(built, built.world.market_store, PageKind.FEED)
    perform(more).unwrap()
    after = reads(built, built.world.market_store, PageKind.FEED)
    assert {path: len(keys) for path, keys in after.items()} == {path: len(keys) for path, keys in before.items()}


def test_a_code_is_drawn_anew_when_the_cars_address_changes_and_only_then(built: Installation) -> None:
    golf = built.world.golf
    watched = reads(built, built.world.north_store, PageKind.QR)[urls.qr(golf.public_id)]

    def touched(since: int) -> bool:
        lines = db.session.execute(select(Change.kind, Change.key, Change.aspect).where(Change.id > since))
        return bool({(line.kind, line.key, line.aspect) for line in lines} & watched)

    before = mark()
    perform(listings.change_price, golf, 19_990_00, reason=PriceReason.PROMOTION, now=LATER, actor="test").unwrap()
    perform(complete, golf).unwrap()
    assert not touched(before)
    vehicle = db.session.get_one(Vehicle, golf.vehicle_id)
    perform(listings.update_vehicle, golf, vehicle, {"model": "Polo"}, now=LATER, actor="test").unwrap()
    assert touched(before)


def test_every_car_has_a_code_of_the_page_that_is_the_one(built: Installation) -> None:
    for store in (built.world.north_store, built.world.market_store):
        cars = reads(built, store, PageKind.VEHICLE)
        codes = [path for path in built.files(store.public_host) if path.startswith("q/") and path.endswith(".svg")]
        assert len(codes) * 2 == len(cars), "two languages, one code"
    code = urls.qr(built.world.golf.public_id)[1:]
    own = (built.served(built.world.north_store.public_host) / code).read_bytes()
    assert own == (built.served(built.world.market_store.public_host) / code).read_bytes()
