"""What an address answers once its page is gone, and a host once its site has moved (SPEC 147; SEO.md §§3, 7)."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest
from sqlalchemy import select

from builder import afterlife, web_config, web_rules
from builder.models import SiteMove
from builder.releases import site_folder
from seo import redirects
from seo.redirects import KEPT_DAYS, Past
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.dealers import actions as dealers
from storefront.domain.dealers.models import DealerStatus
from storefront.domain.listings import actions as listings
from storefront.domain.listings import placement
from storefront.domain.listings.models import Listing, ListingStatus
from storefront.domain.stores import actions as stores
from storefront.domain.stores import hosts
from storefront.domain.stores.actions import Written
from storefront.domain.stores.models import StorePage
from storefront.domain.vehicles.models import Vehicle
from storefront.live.files import moves
from storefront.pages import status
from storefront.pages.siteview import SOLD_DAYS
from tests.build.conftest import Installation
from tests.conftest import NOW, TODAY
from tests.factories import make_listing

NORTH, MARKET = "north-cars.localhost", "localhost"
LATER = NOW + timedelta(hours=1)


def edit(vehicle_of: Listing, **values: object) -> None:
    """Change a car's data as a dealer does."""
    car = db.session.get_one(Listing, vehicle_of.id)
    vehicle = db.session.get_one(Vehicle, car.vehicle_id)
    listings.update_vehicle(car, vehicle, values, now=LATER, actor="test")


def addresses(world: SimpleNamespace, listing: Listing) -> list[str]:
    """Give the addresses of a car in both languages."""
    car = db.session.get_one(Listing, listing.id)
    return [f"{prefix}/vehicles/{car.slug}-{car.public_id}/" for prefix in ("", "/en")]


def past(installation: Installation, host: str = NORTH) -> dict[str, Past]:
    """Read what the file server of a host knows of former addresses."""
    return dict(moves(installation.settings, host).addresses)


def publish(built: Installation, *names: str, as_of: date = TODAY) -> None:
    """Publish sites of the world by name, North Cars' alone by default."""
    for name in names or ("north_store",):
        built.publish(getattr(built.world, name), as_of)


def test_a_withdrawn_car_is_gone_for_good_on_every_host(built: Installation) -> None:
    former = addresses(built.world, built.world.golf)
    assert past(built) == {}
    perform(listings.withdraw, built.world.golf, now=LATER, actor="test").unwrap()
    publish(built, "north_store", "market_store")
    for host in (NORTH, MARKET):
        assert {
            address: noted.to for address, noted in past(built, host).items() if "golf" in address
        } == dict.fromkeys(former)


def test_a_car_offered_again_is_not_gone_any_more(built: Installation) -> None:
    former = addresses(built.world, built.world.golf)
    perform(listings.withdraw, built.world.golf, now=LATER, actor="test").unwrap()
    publish(built)
    perform(listings.relist, built.world.golf, built.world.north, now=LATER, actor="test").unwrap()
    publish(built)
    assert db.session.scalars(select(SiteMove).where(SiteMove.address.in_(former))).all() == []
    assert not set(former) & set(afterlife.moves_of(site_folder(built.settings, NORTH)).addresses)


def test_a_car_that_is_only_paused_is_just_not_there(built: Installation) -> None:
    former = addresses(built.world, built.world.golf)

    def pause() -> None:
        built.world.golf.status = ListingStatus.PENDING
        db.session.flush()
        placement.place([built.world.golf.id])

    perform(pause).unwrap()
    publish(built)
    assert not (built.served(NORTH) / former[0].strip("/")).exists()
    assert not set(former) & set(past(built))


def test_a_sold_car_keeps_its_page_for_the_grace_time_and_is_gone_then(built: Installation) -> None:
    former = addresses(built.world, built.world.polo)
    publish(built)
    assert not set(former) & set(past(built))
    day = TODAY + timedelta(days=SOLD_DAYS)
    publish(built, as_of=day)
    assert past(built)[former[0]] == Past(None, day)


def test_a_car_under_another_name_moved_in_one_hop_however_often_it_is_renamed(built: Installation) -> None:
    first = addresses(built.world, built.world.golf)
    perform(edit, built.world.golf, version="1.5 TSI Style").unwrap()
    publish(built)
    second = addresses(built.world, built.world.golf)
    assert {address: past(built)[address].to for address in first} == dict(zip(first, second, strict=True))
    perform(edit, built.world.golf, version="1.5 TSI Black").unwrap()
    publish(built)
    third = addresses(built.world, built.world.golf)
    assert {past(built)[address].to for address in (first[0], second[0])} == {third[0]}
    perform(edit, built.world.golf, version="1.5 TSI Life").unwrap()
    publish(built)
    assert addresses(built.world, built.world.golf) == first
    known = afterlife.moves_of(site_folder(built.settings, NORTH)).addresses
    assert {known[address].to for address in (second[0], third[0])} == {first[0]}
    assert first[0] not in known


def test_what_led_to_a_car_that_is_gone_is_gone_too(built: Installation) -> None:
    first = addresses(built.world, built.world.golf)
    perform(edit, built.world.golf, version="1.5 TSI Style").unwrap()
    publish(built)
    perform(listings.withdraw, built.world.golf, now=LATER, actor="test").unwrap()
    publish(built)
    assert past(built)[first[0]].to is None


def test_a_renamed_page_and_a_renamed_dealer_moved(built: Installation) -> None:
    page = Written("about-us", {"de": "Wir"}, {"de": "Text"})
    perform(stores.write_page, built.world.north_store, page, now=LATER, actor="test").unwrap()
    publish(built, "north_store", "market_store")

    def rename() -> None:
        db.session.scalars(select(StorePage)).one().slug = "who-we-are"
        built.world.north.slug = "north-cars-hamburg"

    perform(rename).unwrap()
    publish(built, "north_store", "market_store")
    assert past(built)["/info/about-us/"].to == "/info/who-we-are/"
    assert past(built, MARKET)["/dealers/north-cars/"].to == "/dealers/north-cars-hamburg/"
    perform(stores.remove_page, built.world.north_store, "who-we-are", now=LATER, actor="test").unwrap()
    publish(built)
    assert past(built)["/info/about-us/"].to is None


def test_a_renamed_make_moved_and_a_list_that_fell_below_three_is_just_not_there(built: Installation) -> None:
    def arrive() -> list[Listing]:
        return [make_listing(built.world.north, now=NOW, make="Dacia", model="Duster", mileage_km=n) for n in (1, 2, 3)]

    cars = perform(arrive).unwrap()
    publish(built)
    assert (built.served(NORTH) / "vehicles/dacia/duster/index.html").is_file()

    def rename() -> None:
        for car in cars:
            edit(car, make="Renault Dacia")

    perform(rename).unwrap()
    publish(built)
    assert past(built)["/vehicles/dacia/"].to == "/vehicles/renault-dacia/"
    assert past(built)["/en/vehicles/dacia/duster/"].to == "/en/vehicles/renault-dacia/duster/"
    perform(listings.withdraw, db.session.get_one(Listing, cars[0].id), now=LATER, actor="test").unwrap()
    publish(built)
    assert not (built.served(NORTH) / "vehicles/renault-dacia").exists()
    assert "/vehicles/renault-dacia/" not in past(built)


def test_moves_are_forgotten_after_a_year_and_a_month(built: Installation) -> None:
    perform(listings.withdraw, built.world.golf, now=LATER, actor="test").unwrap()
    publish(built)
    former = addresses(built.world, built.world.golf)[0]
    assert former in past(built)
    later = TODAY + timedelta(days=KEPT_DAYS + 1)
    publish(built, as_of=later)  # the sold Polo goes: something is noted
    assert former not in past(built)
    assert db.session.get(SiteMove, (built.world.north_store.id, former)) is None


def test_a_lost_list_of_moves_is_there_again_after_the_next_publish(built: Installation) -> None:
    perform(listings.withdraw, built.world.golf, now=LATER, actor="test").unwrap()
    publish(built)
    file = built.settings.sites / NORTH / redirects.FILE
    known, content = past(built), file.read_bytes()
    assert known
    file.unlink()
    publish(built)
    assert past(built) == known
    file.write_bytes(content.replace(b'"build":', b'"build":9'))
    publish(built)
    assert past(built) == known


def test_a_site_on_a_new_domain_is_found_from_every_host_it_had(built: Installation) -> None:
    def host(name: str) -> str | None:
        return moves(built.settings, name).origin

    def settle_on(domain: str | None) -> None:
        store = db.session.merge(built.world.north_store)
        perform(stores.set_custom_domain, store, domain, now=LATER, actor="test").unwrap()
        with acting(built.world.tenant.id):
            report = built.build()
        assert not [build.failure for build in report.hosts if build.failure]

    settle_on("cars.example")
    assert {host(NORTH), host("www.cars.example")} == {"http://cars.example:8000"}
    assert not built.served(NORTH).exists()
    settle_on("www.north.example")
    told = {host(name) for name in (NORTH, "cars.example", "north.example")}
    assert told == {"http://www.north.example:8000"}
    assert not built.served("cars.example").exists()
    settle_on(None)
    assert host(NORTH) is None
    assert built.served(NORTH).is_symlink()
    assert {host("www.north.example"), host("cars.example")} == {f"http://{NORTH}:8000"}
    assert [found.host for found in web_config.frontage(built.settings).forwards if found.to == NORTH] == [
        "cars.example",
        "north.example",
        "www.cars.example",
        "www.north.example",
    ]


def test_a_host_is_a_stranger_again_after_a_year_and_a_month(built: Installation) -> None:
    store = db.session.merge(built.world.north_store)
    for domain, moment in (("cars.example", LATER), (None, LATER)):
        perform(stores.set_custom_domain, store, domain, now=moment, actor="test").unwrap()
    found = hosts.forwards([store], base_host="localhost", now=LATER)
    afterlife.forward(built.settings, found)
    assert [known.host for known in found] == ["cars.example", "www.cars.example"]
    assert afterlife.forget_hosts(built.settings, now=LATER + hosts.KEPT) == []
    late = LATER + hosts.KEPT + timedelta(seconds=1)
    assert afterlife.forget_hosts(built.settings, now=late) == ["cars.example", "www.cars.example"]
    assert moves(built.settings, "cars.example").origin is None
    assert built.served(NORTH).is_symlink()


def test_the_rules_for_other_servers_say_what_our_own_answers(built: Installation) -> None:
    first = addresses(built.world, built.world.golf)[0]
    perform(edit, built.world.golf, version="1.5 TSI Style").unwrap()
    publish(built)
    second = addresses(built.world, built.world.golf)[0]
    rules = web_rules.rules_for(built.settings, NORTH)
    assert f"{first} {second} 301\n" in rules["_redirects"].decode()
    assert rules["_redirects"].decode().endswith("/en/* /en/404.html 404\n")
    assert "Content-Security-Policy: default-src 'none'" in rules["_headers"].decode()


def test_the_status_file_names_what_was_sold_or_taken_down_in_the_last_sixty_days(built: Installation) -> None:
    def told(tree: Path) -> list[str]:
        body = orjson.loads((tree / "status.json").read_bytes())
        assert body["version"] == status.VERSION
        return list(body["sold"])

    served = built.served(NORTH)
    assert told(served) == [built.world.polo.public_id]
    perform(listings.withdraw, built.world.golf, now=LATER, actor="test").unwrap()
    publish(built)
    assert told(served) == sorted([built.world.polo.public_id, built.world.golf.public_id])
    perform(listings.relist, built.world.golf, built.world.north, now=LATER, actor="test").unwrap()
    publish(built)
    assert told(served) == [built.world.polo.public_id]
    sold_on = built.world.polo.sold_at.date()
    publish(built, as_of=sold_on + timedelta(days=status.DAYS))
    assert told(served) == [built.world.polo.public_id]
    publish(built, as_of=sold_on + timedelta(days=status.DAYS + 1))
    assert told(served) == []


def test_a_suspended_dealer_is_gone_from_its_host_and_the_marketplace_after_one_publish(built: Installation) -> None:
    golf = addresses(built.world, built.world.golf)[0]

    def suspend() -> None:
        dealers.set_status(built.world.north, DealerStatus.SUSPENDED, now=LATER, actor="test", reason="unpaid")
        listings.place_dealer(built.world.north)

    perform(suspend).unwrap()
    report = built.build()
    assert [build.failure for build in report.hosts] == [None, None]
    assert not built.served(NORTH).exists()
    market = past(built, MARKET)
    assert market["/dealers/north-cars/"].to is None
    assert market[golf].to is None
    assert not (built.served(MARKET) / "dealers/north-cars").exists()
    assert NORTH not in [served.host for served in web_config.frontage(built.settings).served]


@pytest.mark.parametrize("change", ["price", "nothing"])
def test_a_publish_after_which_all_addresses_are_as_before_touches_no_moves(built: Installation, change: str) -> None:
    perform(listings.withdraw, built.world.golf, now=LATER, actor="test").unwrap()
    publish(built)
    file = built.settings.sites / NORTH / redirects.FILE
    before = file.stat().st_mtime_ns
    if change == "price":
        perform(edit, built.world.polo, colour="red").unwrap()
    publish(built)
    assert file.stat().st_mtime_ns == before
