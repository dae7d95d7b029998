"""After any edit the served pages are those a build from scratch gives, and little else was drawn (SECURITY E5)."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import html
from sqlalchemy import select

from builder.runs import publish_stale
from storefront.core.acts import perform
from storefront.core.changes import Change, Key, mark
from storefront.core.db import db
from storefront.core.money import Money
from storefront.core.outbox import relay
from storefront.core.places import Place
from storefront.domain.dealers import actions as dealers
from storefront.domain.dealers.models import DealerStatus, Plan
from storefront.domain.dealers.team import Member
from storefront.domain.listings import actions as listings
from storefront.domain.listings import photos as listing_photos
from storefront.domain.listings.models import Listing, Photo, PriceReason
from storefront.domain.stores import actions as stores
from storefront.domain.stores.actions import Written
from storefront.domain.stores.models import Store
from storefront.domain.valuation import queries as valuations
from storefront.domain.vehicles.models import Vehicle
from storefront.pages.catalogue import PageKind, pages_of
from storefront.pages.loading import load
from storefront.pages.sites import open_site
from tests.build.conftest import Installation
from tests.conftest import NOW, TODAY
from tests.factories import make_listing, make_valuation

LATER = NOW + timedelta(hours=1)


def cheaper(world: SimpleNamespace) -> None:
    listings.change_price(world.golf, 19_990_00, reason=PriceReason.PROMOTION, now=LATER, actor="test")


def valued(world: SimpleNamespace) -> None:
    make_valuation(world.golf, world.golf.price_cents * 12 // 10)


def sold(world: SimpleNamespace) -> None:
    listings.mark_sold(world.golf, now=LATER, actor="test")


def withdrawn(world: SimpleNamespace) -> None:
    listings.withdraw(world.golf, now=LATER, actor="test")


def arrived(world: SimpleNamespace) -> None:
    make_listing(world.north, now=LATER)


def three_of_a_new_make_arrived(world: SimpleNamespace) -> None:
    for mileage in (1_000, 2_000, 3_000):
        make_listing(world.south, price=Money(15_000_00), now=LATER, make="Dacia", model="Duster", mileage_km=mileage)


def retold(world: SimpleNamespace) -> None:
    listings.update_listing(world.golf, {"description": "Ein **neuer** Text."}, now=LATER, actor="test")


def renamed(world: SimpleNamespace) -> None:
    vehicle = db.session.get_one(Vehicle, world.golf.vehicle_id)
    listings.update_vehicle(world.golf, vehicle, {"model": "Polo", "version": "GTI"}, now=LATER, actor="test")


def photo_order_turned(world: SimpleNamespace) -> None:
    own = db.session.query(Photo).filter(Photo.listing_id == world.golf.id).order_by(Photo.position).all()
    for place, photo in enumerate(reversed(own)):
        photo.position, photo.primary = place, place == 0


def photo_gone(world: SimpleNamespace) -> None:
    first = db.session.query(Photo).filter(Photo.listing_id == world.golf.id).order_by(Photo.position).first()
    assert first is not None
    listing_photos.fail_unreadable([first.content_hash or ""], "broken")


def dealer_moved(world: SimpleNamespace) -> None:
    dealers.update_dealer(world.north, {"city": "Bremen", "phone": "0421 12345678"}, now=LATER, actor="test")


def dealer_moved_with_its_cars(world: SimpleNamespace) -> None:
    dealers.update_dealer(world.north, {"city": "Bremen"}, now=LATER, actor="test")
    listings.place_dealer(world.north)


def _changed(listing: Listing, **values: Any) -> None:
    vehicle = db.session.get_one(Vehicle, listing.vehicle_id)
    listings.update_vehicle(listing, vehicle, values, now=LATER, actor="test")


def fuel_changed(world: SimpleNamespace) -> None:
    _changed(world.golf, fuel="hydrogen")


def fuel_unknown(world: SimpleNamespace) -> None:
    _changed(world.golf, fuel=None)


def body_changed(world: SimpleNamespace) -> None:
    _changed(world.golf, body="pickup")


def postal_code_changed(world: SimpleNamespace) -> None:
    db.session.add(Place(country="DE", code="23552", name="Lübeck", latitude=53.87, longitude=10.69))
    listings.update_listing(world.golf, {"postal_code": "23552"}, now=LATER, actor="test")


def all_became_electric(world: SimpleNamespace) -> None:
    for listing in db.session.query(Listing).filter(Listing.dealer_id == world.south.id):
        _changed(listing, fuel="electric")


def dealer_left_the_marketplace(world: SimpleNamespace) -> None:
    dealers.set_plan(world.south, Plan.INDIVIDUAL, now=LATER, today=TODAY, actor="test", reason="test")
    listings.place_dealer(world.south)


def dealer_suspended(world: SimpleNamespace) -> None:
    dealers.set_status(world.south, DealerStatus.SUSPENDED, now=LATER, actor="test", reason="test")
    listings.place_dealer(world.south)


def dealer_left_before_its_cars_did(world: SimpleNamespace) -> None:
    """The job that takes its cars out of the lists is still to come."""
    dealers.set_plan(world.south, Plan.INDIVIDUAL, now=LATER, today=TODAY, actor="test", reason="test")


def theme_changed(world: SimpleNamespace) -> None:
    stores.set_theme(world.north_store, "classic", {"accent": "#0b4f8a"}, now=LATER, actor="test")


def team_changed(world: SimpleNamespace) -> None:
    people = [Member("Jette Brandt", consent=True), Member("Malte Brandt", consent=True, languages=("de", "en"))]
    dealers.set_team(world.north, people, now=LATER, actor="test")


def questions_answered(world: SimpleNamespace) -> None:
    dealers.set_faq(world.north, {"de": [("Nehmen Sie mein Auto?", "Ja.")]}, now=LATER, actor="test")


def page_in_the_menu(world: SimpleNamespace) -> None:
    page = Written("garantie", {"de": "Garantie"}, {"de": "Ein Jahr."}, in_menu=True)
    stores.write_page(world.north_store, page, now=LATER, actor="test")


def crawlers_shut_out(world: SimpleNamespace) -> None:
    stores.configure(world.north_store, "ai_crawlers", False, now=LATER, actor="test")


def feeds_renewed(world: SimpleNamespace) -> None:
    stores.renew_feed_token(world.north_store, now=LATER, actor="test")


def feeds_taken_away(world: SimpleNamespace) -> None:
    stores.drop_feed_token(world.north_store, now=LATER, actor="test")


def vin_and_damage_told(world: SimpleNamespace) -> None:
    _changed(world.golf, vin="WVWZZZ1KZAW000001", damaged=True)


def counters_grew(world: SimpleNamespace) -> None:
    world.golf.view_count += 100


EDITS = (
    cheaper,
    valued,
    sold,
    withdrawn,
    arrived,
    three_of_a_new_make_arrived,
    retold,
    renamed,
    photo_order_turned,
    photo_gone,
    dealer_moved,
    dealer_moved_with_its_cars,
    fuel_changed,
    fuel_unknown,
    body_changed,
    postal_code_changed,
    all_became_electric,
    dealer_left_the_marketplace,
    dealer_suspended,
    dealer_left_before_its_cars_did,
    theme_changed,
    team_changed,
    questions_answered,
    page_in_the_menu,
    crawlers_shut_out,
    feeds_renewed,
    feeds_taken_away,
    vin_and_damage_told,
    counters_grew,
)
WIDE = (crawlers_shut_out, dealer_left_the_marketplace, dealer_suspended, dealer_left_before_its_cars_did)
"""Edits of what every page of a site or of a dealer reads: they are drawn, whatever differs in the end."""
Edit = Callable[[SimpleNamespace], Any]


def changed_pages(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {path for path in after if before.get(path) != after[path]}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_after_an_edit_the_served_pages_are_those_of_a_build_from_scratch(built: Installation, edit: Edit) -> None:
    shown = [built.world.north_store, built.world.south_store, built.world.market_store]
    hosts = {store.id: store.public_host for store in shown}
    before = {host: built.pages(host) for host in hosts.values()}
    perform(edit, built.world).unwrap()

    report = built.build()

    drawn = {build.host: build.rendered for build in report.hosts}
    for store in shown:
        host = hosts[store.id]
        if host in report.retired:
            continue
        served = built.pages(host)
        assert served == built.drawn_afresh(store)
        changed = changed_pages(before[host], served)
        assert len(changed) <= drawn[host]
        if edit not in WIDE:
            assert drawn[host] - len(changed) <= len(changed) + 10, f"{host}: {sorted(changed)}"


def test_the_third_car_of_a_make_gives_the_other_two_the_way_to_its_page(built: Installation) -> None:
    def dacia(mileage: int) -> None:
        make_listing(built.world.north, now=LATER, make="Dacia", model="Duster", mileage_km=mileage)

    for mileage in (1_000, 2_000):
        perform(dacia, mileage).unwrap()
    built.build()
    perform(dacia, 3_000).unwrap()
    built.build()
    for store in (built.world.north_store, built.world.market_store):
        assert built.pages(store.public_host) == built.drawn_afresh(store)


@pytest.mark.parametrize("values", [{"body": "pickup"}, {"fuel": "hydrogen"}], ids=["body", "fuel"])
def test_the_page_of_a_body_or_fuel_comes_with_the_third_car_and_goes_with_it(
    built: Installation, values: dict[str, str]
) -> None:
    [(kind, code)] = values.items()
    file = f"vehicles/{kind}/{code}/index.html"
    shown = (built.world.north_store, built.world.market_store)
    cars: list[Listing] = []

    def arrived_() -> None:
        cars.append(make_listing(built.world.north, now=LATER, mileage_km=1_000 * len(cars), **values))

    for wanted in (False, False, True):
        perform(arrived_).unwrap()
        built.build()
        for store in shown:
            pages = built.pages(store.public_host)
            assert (file in pages) is wanted
            assert pages == built.drawn_afresh(store)
    perform(listings.mark_sold, cars[0], now=LATER, actor="test").unwrap()
    built.build()
    for store in shown:
        assert file not in built.pages(store.public_host)
        assert built.pages(store.public_host) == built.drawn_afresh(store)


def test_a_car_with_another_fuel_leaves_the_lists_it_does_not_stand_in_as_they_are(built: Installation) -> None:
    def six() -> None:
        for number in range(6):
            fuel = "hydrogen" if number < 3 else "lpg"
            make_listing(built.world.south, now=LATER, fuel=fuel, body="pickup", make="Ford", mileage_km=number)

    perform(six).unwrap()
    read = _reads_of_lists(built, built.world.market_store)
    before = mark()
    perform(fuel_changed, built.world).unwrap()
    lines = db.session.execute(select(Change.kind, Change.key, Change.aspect).where(Change.id > before))
    changed = {(line.kind, line.key, line.aspect) for line in lines}
    stale = {path for path, keys in read.items() if keys & changed}
    assert {"/vehicles/", "/vehicles/fuel/petrol/", "/vehicles/fuel/hydrogen/"} <= stale
    assert not stale & {"/vehicles/fuel/lpg/", "/vehicles/body/pickup/", "/vehicles/in/muenchen/"}


def test_a_dealers_first_answers_bring_their_page_though_no_page_read_them(built: Installation) -> None:
    publish_stale(built.world.tenant.id, built.settings, as_of=TODAY)
    perform(dealers.set_faq, built.world.north, {"en": [("Do you deliver?", "Yes.")]}, now=LATER, actor="test").unwrap()
    publish_stale(built.world.tenant.id, built.settings, as_of=TODAY)
    served = built.pages(built.world.north_store.public_host)
    assert "en/faq/index.html" in served
    assert served == built.drawn_afresh(built.world.north_store)


def test_cars_that_leave_the_marketplace_after_their_dealer_make_room_among_similar_ones(built: Installation) -> None:
    def many() -> None:
        for number in range(8):
            make_listing(built.world.south, now=LATER, make="Ford", model="Puma", mileage_km=number)
        make_listing(built.world.north, now=LATER, make="Ford", model="Puma", mileage_km=99)
        for number in range(3):
            make_listing(built.world.south, now=LATER, make="Ford", model="Puma", mileage_km=100 + number)

    perform(many).unwrap()
    built.build()
    perform(dealer_left_before_its_cars_did, built.world).unwrap()
    built.build()
    perform(listings.place_dealer, built.world.south).unwrap()
    built.build()
    assert built.pages(built.world.market_store.public_host) == built.drawn_afresh(built.world.market_store)


def _reads_of_lists(built: Installation, store: Store) -> dict[str, set[Key]]:
    view = open_site(store, as_of=TODAY, settings=built.settings)
    refs = [ref for ref in pages_of(view) if ref.kind is PageKind.LIST]
    return {loaded.ref.path: loaded.reads.keys for loaded in load(view, refs)}


@pytest.mark.parametrize("days", [1, 4, 15, 400])
def test_when_days_pass_the_served_pages_are_those_of_that_day(built: Installation, days: int) -> None:
    day = TODAY + timedelta(days=days)
    stores_ = (built.world.north_store, built.world.market_store)
    before = {store.public_host: built.pages(store.public_host) for store in stores_}

    report = built.build(as_of=day)

    drawn = {build.host: build.rendered for build in report.hosts}
    for store in stores_:
        served = built.pages(store.public_host)
        assert served == built.drawn_afresh(store, day)
        assert len(changed_pages(before[store.public_host], served)) <= drawn[store.public_host]


def test_a_build_for_an_earlier_day_is_right_too(built: Installation) -> None:
    built.build(as_of=TODAY + timedelta(days=20))
    built.build(as_of=TODAY)
    assert built.pages("north-cars.localhost") == built.drawn_afresh(built.world.north_store, TODAY)


def test_nothing_is_drawn_when_nothing_changed(built: Installation) -> None:
    releases = {build.host: build.release for build in built.build().hosts}
    again = built.build()
    assert [build.rendered for build in again.hosts] == [0, 0, 0]
    assert {build.host: build.release for build in again.hosts} == releases


def test_a_label_comes_moves_and_goes_with_its_valuation_and_its_days(built: Installation) -> None:
    stores_ = (built.world.north_store, built.world.market_store)
    golf = built.world.golf

    def said(day: date = TODAY) -> int:
        built.build(as_of=day)
        for store in stores_:
            assert built.pages(store.public_host) == built.drawn_afresh(store, day)
        return sum(b'class="pl pl-very_good"' in page for page in built.pages("north-cars.localhost").values())

    assert said() == 0
    perform(make_valuation, golf, golf.price_cents * 12 // 10).unwrap()
    assert said() > 1, "on its page and on lists"
    assert said(TODAY + timedelta(days=30)) > 1
    assert said(TODAY + timedelta(days=31)) == 0, "it expired"
    assert said() > 1
    perform(cheaper, built.world).unwrap()
    assert said() == 0, "made for another price"
    perform(make_valuation, golf, golf.price_cents * 13 // 10).unwrap()
    assert said() > 1
    perform(db.session.delete, valuations.rows_of([golf.id])[golf.id]).unwrap()
    assert said() == 0


def test_the_row_of_very_good_prices_follows_cars_it_did_not_show(built: Installation) -> None:
    market = built.world.market_store
    golfs = [perform(make_listing, built.world.north, version=f"No {number}").unwrap() for number in range(4)]

    def shown() -> int:
        built.build()
        assert built.pages(market.public_host) == built.drawn_afresh(market)
        front = html.document_fromstring(built.pages(market.public_host)["index.html"])
        return len(front.xpath("//section[.//a[contains(@href, 'label=very_good')]]//article"))

    def worth(golf: Listing, percent: int) -> None:
        assert golf.price_cents is not None
        perform(make_valuation, golf, golf.price_cents * percent // 100).unwrap()

    for golf in golfs[:2]:
        worth(golf, 120)
    assert shown() == 0
    worth(golfs[2], 120)
    assert shown() == 3
    worth(golfs[3], 120)
    assert shown() == 4
    worth(golfs[0], 100)
    assert shown() == 3


def test_a_price_change_draws_the_pages_that_show_the_price_and_no_others(built: Installation) -> None:
    perform(cheaper, built.world).unwrap()
    report = {build.host: build for build in built.build().hosts}
    assert 0 < report["north-cars.localhost"].rendered < report["north-cars.localhost"].pages / 2
    assert report["south-motors.localhost"].rendered == 0


def test_a_team_draws_the_pages_that_name_it_and_no_others(built: Installation) -> None:
    perform(team_changed, built.world).unwrap()
    report = {build.host: build.rendered for build in built.build().hosts}
    assert report["north-cars.localhost"] == 6  # front page, about and contact, in two languages
    assert report["localhost"] == 3  # its profile in two languages, and the date of it in the map
    assert report["south-motors.localhost"] == 0


def test_a_page_that_is_written_anew_draws_itself_alone(built: Installation) -> None:
    perform(page_in_the_menu, built.world).unwrap()
    built.build()
    page = Written("garantie", {"de": "Garantie"}, {"de": "Zwei Jahre."}, in_menu=True)
    perform(stores.write_page, built.world.north_store, page, now=LATER, actor="test").unwrap()
    report = {build.host: build.rendered for build in built.build().hosts}
    assert report["north-cars.localhost"] == 1


def test_a_page_that_is_taken_away_leaves_no_link_behind(built: Installation) -> None:
    perform(page_in_the_menu, built.world).unwrap()
    built.build()
    perform(stores.remove_page, built.world.north_store, "garantie", now=LATER, actor="test").unwrap()
    built.build()
    served = built.pages("north-cars.localhost")
    assert served == built.drawn_afresh(built.world.north_store)
    assert not any(b"/info/garantie/" in content for content in served.values())


def test_the_pages_say_the_day_of_the_build_and_not_of_the_clock(built: Installation) -> None:
    built.build(as_of=date(2027, 3, 1))
    assert built.pages("localhost") == built.drawn_afresh(built.world.market_store, date(2027, 3, 1))


def test_waiting_events_make_no_difference_to_a_build(built: Installation) -> None:
    perform(cheaper, built.world).unwrap()
    relay(NOW)
    built.build()
    assert built.pages("north-cars.localhost") == built.drawn_afresh(built.world.north_store)
