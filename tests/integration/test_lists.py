"""Lists by body, fuel and city: where cars stand, which pages there are, what they say (SEO.md §8)."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert, select

from storefront.core.acts import perform
from storefront.core.changes import Reads, mark
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.places import Place
from storefront.core.tenancy import acting, everywhere
from storefront.domain.dealers.actions import update_dealer
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.listings import jobs, placement
from storefront.domain.listings.actions import mark_sold, update_listing, update_vehicle
from storefront.domain.listings.models import ListEntry, Listing
from storefront.domain.vehicles.models import Vehicle
from storefront.pages import list_groups
from storefront.pages.catalogue import PageKind, pages_of
from storefront.pages.contexts import DealerPage, HomePage, ListPage, MarketHomePage
from storefront.pages.list_names import list_name
from storefront.pages.loading import Loaded, load
from storefront.pages.sites import SiteView, open_site
from storefront.pages.stock import SORTED
from tests.conftest import NOW, TODAY
from tests.factories import make_dealer, make_listing, make_store, make_tenant
from tests.integration.test_pages_site import counted

PLACES = (
    ("DE", "23552", "Lübeck", 53.87, 10.69),
    ("DE", "1010", "Nirgendwo", 50.0, 10.0),
    ("AT", "1010", "Wien", 48.2, 16.37),
)


@pytest.fixture
def lot(database: Settings) -> Iterator[SimpleNamespace]:
    """Give a Premium dealer in Hamburg and one in Lübeck, a marketplace, and a few postal codes."""
    with everywhere():
        tenant = perform(make_tenant).unwrap()
    with acting(tenant.id):
        yield perform(_lot, database).unwrap()


def _lot(settings: Settings) -> SimpleNamespace:
    names = ("country", "code", "name", "latitude", "longitude")
    db.session.execute(insert(Place), [dict(zip(names, place, strict=True)) for place in PLACES])
    north, east = make_dealer("north cars"), make_dealer("east cars", city="Lübeck", postal_code="23552")
    made = SimpleNamespace(
        settings=settings, north=north, east=east, north_store=make_store(north), market_store=make_store(None)
    )
    made.diesels = [make_listing(north, fuel="diesel", body="estate", mileage_km=10 + n) for n in range(4)]
    made.petrols = [make_listing(north, make="BMW", model="118i", mileage_km=20 + n) for n in range(3)]
    made.electrics = [make_listing(east, fuel="electric", body="suv", mileage_km=30 + n) for n in range(3)]
    return made


def opened(lot: SimpleNamespace, name: str) -> SiteView:
    """Open one of the lot's sites."""
    return open_site(getattr(lot, f"{name}_store"), as_of=TODAY, settings=lot.settings)


def pages(lot: SimpleNamespace, name: str) -> dict[str, Loaded]:
    """Load a whole site, by path."""
    view = opened(lot, name)
    return {loaded.ref.path: loaded for loaded in load(view, pages_of(view))}


def shown(lot: SimpleNamespace, name: str, path: str) -> Any:
    """Load one page."""
    return pages(lot, name)[path].page


def keys_of(listing: Listing, scope: str) -> set[str]:
    """Give the lists a car stands in."""
    reading = select(ListEntry.list_key).where(ListEntry.listing_id == listing.id, ListEntry.scope == scope)
    return set(db.session.scalars(reading))


def city_of(listing: Listing) -> list[str]:
    """Give the lists of cities a car stands in, anywhere."""
    reading = select(ListEntry.list_key).where(ListEntry.listing_id == listing.id)
    return [key for key in db.session.scalars(reading) if key.startswith("city:")]


def changed(listing: Listing, **values: Any) -> None:
    """Change a car's data as a person would."""
    vehicle = db.session.get_one(Vehicle, listing.vehicle_id)
    perform(update_vehicle, listing, vehicle, values, now=NOW, actor="test").unwrap()


# Where cars stand


def test_a_car_stands_by_fuel_everywhere_and_by_city_on_the_marketplace_only(lot: SimpleNamespace) -> None:
    own = keys_of(lot.diesels[0], placement.dealer_scope(lot.north.id))
    assert own == {"all", "make:volkswagen", "model:volkswagen/golf", "body:estate", "fuel:diesel"}
    assert keys_of(lot.diesels[0], "market") == own | {"city:hamburg"}


def test_a_car_with_another_fuel_moves_to_the_other_list(lot: SimpleNamespace) -> None:
    changed(lot.diesels[0], fuel="electric")
    for scope in ("market", placement.dealer_scope(lot.north.id)):
        assert "fuel:electric" in keys_of(lot.diesels[0], scope)
        assert "fuel:diesel" not in keys_of(lot.diesels[0], scope)


def test_a_car_with_a_postal_code_of_its_own_stands_in_that_city(lot: SimpleNamespace) -> None:
    away = perform(make_listing, lot.north, offer={"postal_code": "23552"}).unwrap()
    assert (away.city, away.country, away.latitude) == ("Lübeck", "DE", 53.87)
    assert city_of(away) == ["city:luebeck"]


def test_a_car_follows_its_postal_code_and_goes_back_to_the_dealer_without_one(lot: SimpleNamespace) -> None:
    car = lot.diesels[0]
    perform(update_listing, car, {"postal_code": "23552"}, now=NOW, actor="test").unwrap()
    assert (city_of(car), car.longitude) == (["city:luebeck"], 10.69)
    perform(update_listing, car, {"postal_code": None}, now=NOW, actor="test").unwrap()
    assert (city_of(car), car.city, car.longitude) == (["city:hamburg"], None, None)


def test_an_unknown_postal_code_leaves_a_car_at_its_dealers(lot: SimpleNamespace) -> None:
    assert city_of(perform(make_listing, lot.north, offer={"postal_code": "99999"}).unwrap()) == ["city:hamburg"]


def test_the_cars_follow_when_their_dealer_moves(lot: SimpleNamespace) -> None:
    perform(update_dealer, lot.north, {"city": "Bremen"}, now=NOW, actor="test").unwrap()
    perform(jobs.place_dealer, str(lot.north.id)).unwrap()
    assert {key for car in lot.diesels for key in city_of(car)} == {"city:bremen"}


def test_namesakes_in_two_countries_do_not_mix(lot: SimpleNamespace) -> None:
    lot.east.country, lot.east.city = "AT", "Hamburg"
    perform(placement.place_dealer, lot.east.id).unwrap()
    assert city_of(lot.electrics[0]) == ["city:at/hamburg"]
    found = pages(lot, "market")
    home, abroad = found["/vehicles/in/hamburg/"].page, found["/vehicles/in/at/hamburg/"].page
    assert isinstance(home, ListPage)
    assert isinstance(abroad, ListPage)
    assert (home.heading, abroad.heading) == (
        "7 Gebrauchtwagen in Hamburg",
        "3 Gebrauchtwagen in Hamburg (Österreich)",
    )
    assert home.head.title != abroad.head.title


def test_a_dealer_without_a_city_stands_in_none(lot: SimpleNamespace) -> None:
    lot.east.city = ""
    perform(placement.place_dealer, lot.east.id).unwrap()
    assert city_of(lot.electrics[0]) == []
    assert "/vehicles/in/hamburg/" in pages(lot, "market")


# Which pages there are


def test_bodies_fuels_and_cities_have_pages_in_every_language_from_three_cars_on(lot: SimpleNamespace) -> None:
    own = {path for path in pages(lot, "north") if "/vehicles/body/" in path or "/vehicles/fuel/" in path}
    names = ("body/estate", "body/hatchback", "fuel/diesel", "fuel/petrol")
    assert own == {f"{lang}/vehicles/{name}/" for lang in ("", "/en") for name in names}
    market = set(pages(lot, "market"))
    assert {"/vehicles/fuel/electric/", "/en/vehicles/in/luebeck/", "/vehicles/in/hamburg/"} <= market
    assert not [path for path in pages(lot, "north") if "/vehicles/in/" in path]


def test_a_list_with_two_cars_left_has_no_page(lot: SimpleNamespace) -> None:
    perform(mark_sold, lot.petrols[0], now=NOW, actor="test").unwrap()
    assert "/vehicles/fuel/petrol/" not in pages(lot, "north")


def test_a_dealer_all_of_whose_cars_burn_diesel_has_no_second_stock_list(lot: SimpleNamespace) -> None:
    for car in lot.petrols:
        changed(car, fuel="diesel", body="estate")
    found = pages(lot, "north")
    assert not [path for path in found if "/fuel/" in path or "/body/" in path]
    assert isinstance(home := found["/"].page, HomePage)
    assert [link.href.startswith("/-/search?") for link in home.bodies] == [True]


def test_long_lists_have_older_pages(lot: SimpleNamespace) -> None:
    def many() -> None:
        for number in range(50):
            make_listing(lot.north, fuel="diesel", body="estate", mileage_km=100 + number)

    perform(many).unwrap()
    found = pages(lot, "north")
    older = found["/vehicles/fuel/diesel/page-1/"].page
    assert isinstance(older, ListPage)
    assert older.heading == "Diesel in Hamburg, Seite 1"
    assert older.pager.front == "/vehicles/fuel/diesel/"
    assert (older.narrower, older.search, older.groups) == ((), None, ())
    assert "/vehicles/fuel/diesel/page-1/" in found["/sitemaps/pages.xml"].page.body.decode()


def test_every_list_page_is_in_the_sitemap(lot: SimpleNamespace) -> None:
    for name in ("north", "market"):
        found = pages(lot, name)
        listed = found["/sitemaps/pages.xml"].page.body.decode()
        assert [
            path for path, loaded in found.items() if isinstance(loaded.page, ListPage) and path not in listed
        ] == []


# What they say


@pytest.mark.parametrize(
    ("path", "kind", "heading", "title", "intro"),
    [
        (
            "/vehicles/body/estate/",
            "body",
            "4 Kombis in Hamburg",
            "Gebrauchte Kombis in Hamburg | North Cars",
            "Alle Kombis bei North Cars in Hamburg, die neuesten zuerst.",
        ),
        (
            "/vehicles/fuel/petrol/",
            "fuel",
            "3 Benziner in Hamburg",
            "Gebrauchte Benziner in Hamburg | North Cars",
            "Alle Benziner bei North Cars in Hamburg, die neuesten zuerst.",
        ),
        (
            "/en/vehicles/body/estate/",
            "body",
            "4 estate cars in Hamburg",
            "Used estate cars in Hamburg | North Cars",
            "All estate cars at North Cars in Hamburg, newest first.",
        ),
    ],
)
def test_a_dealers_lists_have_words_of_their_own(
    lot: SimpleNamespace, path: str, kind: str, heading: str, title: str, intro: str
) -> None:
    page = shown(lot, "north", path)
    assert (page.list_kind, page.heading, page.head.title, page.intro) == (kind, heading, title, intro)


@pytest.mark.parametrize(
    ("path", "kind", "heading", "intro"),
    [
        (
            "/vehicles/in/luebeck/",
            "city",
            "3 Gebrauchtwagen in Lübeck",
            "Gebrauchtwagen von gewerblichen Händlern in Lübeck, die neuesten zuerst.",
        ),
        (
            "/en/vehicles/in/luebeck/",
            "city",
            "3 used cars in Lübeck",
            "Used cars from traders in Lübeck, newest first.",
        ),
        (
            "/vehicles/fuel/electric/",
            "fuel",
            "3 Elektroautos",
            "Elektroautos von gewerblichen Händlern, die neuesten zuerst.",
        ),
        ("/en/vehicles/fuel/electric/", "fuel", "3 electric cars", "Electric cars from traders, newest first."),
    ],
)
def test_the_marketplaces_lists_have_words_of_their_own(
    lot: SimpleNamespace, path: str, kind: str, heading: str, intro: str
) -> None:
    page = shown(lot, "market", path)
    assert (page.list_kind, page.heading, page.intro) == (kind, heading, intro)
    assert [crumb.text for crumb in page.crumbs][:2] == (
        ["Home", "Cars"] if path[:4] == "/en/" else ["Start", "Fahrzeuge"]
    )
    said = json.dumps(json.loads(page.head.json_ld))
    assert '"BreadcrumbList"' in said
    assert said.count('"ListItem"') >= len(page.cards) + len(page.crumbs)


def test_every_body_and_fuel_has_words_in_every_language(lot: SimpleNamespace) -> None:
    view = opened(lot, "market")
    for face in view.faces.values():
        for kind, codes in SORTED.items():
            names = [list_name(view, face, f"{kind}:{code}", Reads()) for code in codes]
            assert len(set(names)) == len(codes)
            assert not [name for name in names if "pages.lists" in name or not name[0].isupper()]


def test_the_list_of_all_leads_to_the_lists_by_body_fuel_and_city(lot: SimpleNamespace) -> None:
    market = shown(lot, "market", "/vehicles/")
    assert [group.heading for group in market.groups] == ["Nach Bauform", "Nach Antrieb", "Nach Ort"]
    assert [(link.href, link.text, link.count) for link in market.groups[2].links] == [
        ("/vehicles/in/hamburg/", "Hamburg", "7"),
        ("/vehicles/in/luebeck/", "Lübeck", "3"),
    ]
    own = shown(lot, "north", "/vehicles/")
    assert [[link.text for link in group.links] for group in own.groups] == [
        ["Kombis", "Kompaktwagen"],
        ["Diesel", "Benziner"],
    ]


def test_a_body_leads_to_the_other_bodies(lot: SimpleNamespace) -> None:
    page = shown(lot, "north", "/vehicles/body/estate/")
    assert [(group.heading, [link.href for link in group.links]) for group in page.groups] == [
        ("Weitere Bauformen", ["/vehicles/body/hatchback/"])
    ]


def test_front_pages_lead_to_lists_where_there_are_some_and_to_a_search_where_not(lot: SimpleNamespace) -> None:
    changed(lot.petrols[0], body="convertible")
    home = shown(lot, "north", "/")
    assert isinstance(home, HomePage)
    assert {link.text: link.href.partition("?")[0] for link in home.bodies} == {
        "Kombi": "/vehicles/body/estate/",
        "Kompaktwagen": "/-/search",
        "Cabrio": "/-/search",
    }
    market = shown(lot, "market", "/")
    assert isinstance(market, MarketHomePage)
    quick = {link.text: link.href.partition("?")[0] for link in market.quick}
    assert (quick["Elektro"], quick["SUV"]) == ("/vehicles/fuel/electric/", "/vehicles/body/suv/")
    assert quick["Automatik"] == "/-/search"


def test_a_profile_leads_to_the_page_of_its_dealers_town(lot: SimpleNamespace) -> None:
    profile = shown(lot, "market", f"/dealers/{lot.north.slug}/")
    assert isinstance(profile, DealerPage)
    assert [(link.href, link.text) for link in profile.makes if "/in/" in link.href] == [
        ("/vehicles/in/hamburg/", "Gebrauchtwagen in Hamburg")
    ]


def test_of_many_cities_those_with_the_most_cars_and_those_of_the_cars_shown_are_linked(
    lot: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_groups, "CITIES", 1)

    def many() -> None:
        for number in range(48):
            make_listing(lot.north, mileage_km=100 + number)

    perform(many).unwrap()
    found = pages(lot, "market")
    older, front = found["/vehicles/page-1/"].page, found["/vehicles/"].page
    assert isinstance(older, ListPage)
    assert isinstance(front, ListPage)
    assert [(group.heading, [link.text for link in group.links]) for group in older.groups] == [
        ("Nach Ort", ["Hamburg", "Lübeck"])
    ]
    assert [link.count for link in older.groups[0].links] == [None, None]
    assert [(link.text, link.count) for link in front.groups[-1].links] == [("Hamburg", "55")]


def test_a_city_is_not_called_after_a_dealer_that_has_just_left_it(lot: SimpleNamespace) -> None:
    perform(update_dealer, lot.east, {"city": "Bremen"}, now=NOW, actor="test").unwrap()
    assert shown(lot, "market", "/vehicles/in/luebeck/").heading == "3 Gebrauchtwagen in Luebeck"


def test_a_make_called_like_another_list_shadows_nothing(lot: SimpleNamespace) -> None:
    def odd() -> None:
        for make in ("Body", "Fuel", "In", "Page 2"):
            for number in range(3):
                make_listing(lot.north, make=make, model="Estate", mileage_km=number)

    perform(odd).unwrap()
    for name in ("north", "market"):
        view = opened(lot, name)
        refs = pages_of(view)
        assert len({ref.path for ref in refs}) == len(refs)
    found = pages(lot, "market")
    assert found["/vehicles/make-body/"].page.heading == "3 Body"
    assert found["/vehicles/make-page-2/"].page.heading == "3 Page 2"
    assert found["/vehicles/body/estate/"].page.list_kind == "body"


# What they read


def test_the_number_of_queries_grows_neither_with_the_cars_nor_with_the_lists(lot: SimpleNamespace) -> None:
    def queries() -> int:
        view = opened(lot, "market")
        with counted() as sent:
            several = [ref for ref in pages_of(view) if ref.kind is PageKind.LIST]
            assert len(list(load(view, several))) == len(several)
        return len(sent)

    def more() -> None:
        for fuel, body in (("lpg", "van"), ("cng", "coupe"), ("hybrid", "mpv")):
            for number in range(9):
                make_listing(lot.east, fuel=fuel, body=body, make="Ford", model=fuel, mileage_km=number)

    few = queries()
    perform(more).unwrap()
    assert queries() <= few <= 13


def test_a_page_of_a_list_reads_its_own_list_and_no_other(lot: SimpleNamespace) -> None:
    found = pages(lot, "market")
    for path, own in (("/vehicles/fuel/electric/", "fuel:electric"), ("/vehicles/in/luebeck/", "city:luebeck")):
        read = {key for kind, key, _ in found[path].reads.keys if kind == "list"}
        assert read == {f"market/{own}"}


def test_a_car_that_gets_its_first_fuel_is_told_to_whoever_shows_all_fuels(lot: SimpleNamespace) -> None:
    changed(lot.petrols[0], fuel=None)
    before = mark()
    changed(lot.petrols[0], fuel="hydrogen")
    assert mark() > before
    reads = pages(lot, "north")["/vehicles/"].reads.keys
    assert ("list", f"dealer:{lot.north.id.hex}/fuel", "count") in reads


def test_an_individual_dealers_cars_stand_in_no_city(lot: SimpleNamespace) -> None:
    small: Dealer = perform(make_dealer, "small", Plan.INDIVIDUAL).unwrap()
    assert city_of(perform(make_listing, small).unwrap()) == []
