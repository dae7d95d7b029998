"""One change touches the pages that say so: a new dealer, another car of a make, a make that comes or goes."""

from types import SimpleNamespace

import pytest

from builder import queries, runs
from builder.options import HURRIED
from storefront.core.acts import perform
from storefront.core.changes import Key, mark
from storefront.core.tenancy import acting
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings import actions as listings
from storefront.domain.listings.models import Listing, PriceReason
from storefront.domain.stores.models import Store
from storefront.pages.catalogue import PageKind, pages_of
from storefront.pages.loading import load
from storefront.pages.sites import open_site
from tests.build.conftest import Installation
from tests.conftest import NOW, TODAY
from tests.factories import make_dealer, make_listing, make_store

HELP = (PageKind.GONE, PageKind.SEARCH)
"""Pages for whoever is lost: they name the makes and count nothing."""


def _drawn(built: Installation) -> dict[str, int]:
    return {build.host: build.rendered for build in built.build().hosts}


def _newcomer(made: SimpleNamespace) -> None:
    made.dealer = make_dealer("newcomer", city="Kiel", postal_code="24103")
    for mileage in (1_000, 2_000, 3_000):
        make_listing(made.dealer, make="Dacia", model="Duster", mileage_km=mileage)


def _store(dealer: Dealer) -> Store:
    return make_store(dealer, "newcomer.localhost")


def test_a_new_dealer_has_no_page_of_another_dealers_site_drawn(built: Installation) -> None:
    made = SimpleNamespace()
    perform(_newcomer, made).unwrap()
    store = perform(_store, made.dealer).unwrap()
    drawn = _drawn(built)
    assert drawn["north-cars.localhost"] == drawn["south-motors.localhost"] == 0
    assert drawn["newcomer.localhost"] > 0
    for shown in (store, built.world.market_store):
        assert built.pages(shown.public_host) == built.drawn_afresh(shown)


def test_cars_of_a_dealer_who_gets_a_site_are_indexed_there_from_then_on(built: Installation) -> None:
    made = SimpleNamespace()
    perform(_newcomer, made).unwrap()
    built.build()
    perform(_store, made.dealer).unwrap()
    drawn = _drawn(built)
    assert drawn["north-cars.localhost"] == drawn["south-motors.localhost"] == 0
    market = built.pages("localhost")
    assert market == built.drawn_afresh(built.world.market_store)
    pages = [page.decode() for path, page in market.items() if path.startswith("vehicles/dacia-duster-")]
    assert len(pages) == 3
    assert all('rel="canonical" href="http://newcomer.localhost' in page for page in pages)


def _stale(read: dict[str, set[Key]], since: int) -> set[str]:
    changed = set(queries.changed_since(since, mark()))
    return {path for path, keys in read.items() if keys & changed}


def _read_by_help(built: Installation, store: Store) -> dict[str, set[Key]]:
    view = open_site(store, as_of=TODAY, settings=built.settings)
    refs = [ref for ref in pages_of(view) if ref.kind in HELP]
    return {loaded.ref.path: loaded.reads.keys for loaded in load(view, refs)}


@pytest.mark.parametrize("site", ["north_store", "market_store"])
def test_another_car_of_a_make_that_is_there_leaves_the_pages_for_the_lost_alone(
    built: Installation, site: str
) -> None:
    store = getattr(built.world, site)
    read, since = _read_by_help(built, store), mark()
    perform(make_listing, built.world.north, now=NOW).unwrap()
    assert _stale(read, since) == set()
    since = mark()
    perform(make_listing, built.world.north, now=NOW, make="Tatra", model="603").unwrap()
    assert _stale(read, since) == read.keys()


def test_the_pages_for_the_lost_know_a_make_as_long_as_it_is_there(built: Installation) -> None:
    shown = (built.world.north_store, built.world.market_store)
    cars: list[Listing] = []
    for number in range(3):
        cars.append(perform(make_listing, built.world.north, make="Tatra", model="603", mileage_km=number).unwrap())
        _check_search(built, shown, ">Tatra<")
    for car in cars:
        perform(listings.mark_sold, car, now=NOW, actor="test").unwrap()
        _check_search(built, shown, "" if car is cars[-1] else ">Tatra<")


def _check_search(built: Installation, shown: tuple[Store, ...], says: str) -> None:
    built.build()
    for store in shown:
        pages = built.pages(store.public_host)
        assert pages == built.drawn_afresh(store)
        assert (">Tatra<" in pages["search/index.html"].decode()) is bool(says)


def test_what_a_hurried_publish_left_out_keeps_no_later_change_waiting(built: Installation) -> None:
    tenant, north = built.world.tenant.id, built.world.north_store
    price = {"reason": PriceReason.PROMOTION, "now": NOW, "actor": "test"}
    perform(listings.change_price, built.world.golf, 19_990_00, **price).unwrap()
    built.build()
    perform(listings.change_price, built.world.golf, 18_990_00, **price).unwrap()
    with acting(tenant):
        runs.publish(runs.key_of(north), as_of=TODAY, settings=built.settings, options=HURRIED)
    urgent = runs.stale_sites(tenant, built.settings, as_of=TODAY, owed=False)
    every = runs.stale_sites(tenant, built.settings, as_of=TODAY)
    assert north.id not in {site.store_id for site in urgent}
    assert north.id in {site.store_id for site in every}
