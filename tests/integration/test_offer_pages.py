"""What a car's page says beside the car: consumption as a duty, VAT by country, opt-ins; heads of every page."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.listings.actions import change_price, relist, update_listing, withdraw
from storefront.domain.listings.models import Listing, Photo, PhotoKind, PhotoState, PriceReason
from storefront.domain.stores.actions import configure
from storefront.pages import cards
from storefront.pages.catalogue import PageKind, pages_of
from storefront.pages.contexts import VehiclePage
from storefront.pages.loading import load
from storefront.pages.rendering import render
from storefront.pages.sites import SiteView, open_site
from tests.conftest import NOW, TODAY
from tests.factories import make_dealer, make_listing, make_store, make_tenant

VIN = "WVWZZZ1KZAW000001"


@pytest.fixture
def lot(database: Settings) -> Iterator[SimpleNamespace]:
    """Give a Premium dealer with a site and four photographed cars, and a marketplace."""
    with everywhere():
        tenant = perform(make_tenant).unwrap()
    with acting(tenant.id):
        yield perform(_lot, database).unwrap()


def _lot(settings: Settings) -> SimpleNamespace:
    north = make_dealer("north cars", latitude=53.56123, longitude=10.10321)
    north.about = {"de": "Seit 1998.", "en": "Since 1998."}
    north.faq = {"de": [["Wann?", "Jetzt."]], "en": [["When?", "Now."]]}
    cars = [listed(north, number, mileage_km=20_000 + number) for number in range(4)]
    return SimpleNamespace(
        settings=settings, north=north, cars=cars, north_store=make_store(north), market_store=make_store(None)
    )


def listed(dealer: Any, number: int, **car: Any) -> Listing:
    """List a car with a photo."""
    listing = make_listing(dealer, now=NOW - timedelta(days=60), **car)
    db.session.add(
        Photo(
            dealer_id=dealer.id,
            listing_id=listing.id,
            position=0,
            primary=True,
            kind=PhotoKind.EXTERIOR,
            state=PhotoState.READY,
            content_hash=f"{listing.id.hex}{number:032x}",
            width=1280,
            height=960,
            created_at=NOW,
        )
    )
    return listing


def opened(lot: SimpleNamespace, name: str = "north", as_of: date = TODAY) -> SiteView:
    """Open one of the sites."""
    return open_site(getattr(lot, f"{name}_store"), as_of=as_of, settings=lot.settings)


def page_of(view: SiteView, car: Listing, lang: str = "de") -> VehiclePage:
    """Load the page of one car."""
    own = (PageKind.VEHICLE, car.id.hex, lang)
    [loaded] = load(view, [ref for ref in pages_of(view) if (ref.kind, ref.key, ref.lang) == own])
    assert isinstance(loaded.page, VehiclePage)
    return loaded.page


def graph(page: VehiclePage) -> dict[str, Any]:
    """Give the car's node."""
    node: dict[str, Any] = json.loads(str(page.head.json_ld))["@graph"][0]
    return node


def new_car(lot: SimpleNamespace, **car: Any) -> Listing:
    """List a car that counts as new by its mileage."""
    values = {"mileage_km": 900, "consumption_combined": 54, "co2_g_km": 122, **car}
    listing: Listing = perform(make_listing, lot.north, **values).unwrap()
    return listing


# -- consumption (SEO.md §18) --


def test_a_new_plug_in_hybrid_says_what_it_uses_weighted_and_with_the_battery_discharged(lot: SimpleNamespace) -> None:
    hybrid = new_car(
        lot,
        fuel="plugin_hybrid",
        consumption_combined=3,
        consumption_electric=151,
        consumption_discharged=52,
        co2_g_km=7,
        co2_discharged_g_km=118,
    )
    page = page_of(opened(lot), hybrid)
    assert page.consumption is not None
    assert page.consumption.new
    rows = {row.label: row.value.replace("\u00a0", " ") for row in page.consumption.rows}
    assert rows == {
        "Verbrauch gewichtet kombiniert": "0,3 l/100 km",
        "Stromverbrauch gewichtet kombiniert": "15,1 kWh/100 km",
        "CO₂-Emissionen gewichtet kombiniert": "7 g/km",
        "Verbrauch bei entladener Batterie, kombiniert": "5,2 l/100 km",
        "CO₂-Emissionen bei entladener Batterie": "118 g/km",
        "CO₂-Klasse bei entladener Batterie": "D",
    }
    assert [(step.letter, step.current) for step in page.consumption.ladder][:2] == [("A", False), ("B", True)]
    said = (page.energy_label or "").replace("\u00a0", " ")
    for part in ("0,3 l/100 km", "15,1 kWh/100 km", "7 g/km", "CO₂-Klasse B", "5,2 l/100 km", "entladener Batterie D"):
        assert part in said
    names = [certificate["name"] for certificate in graph(page)["hasCertification"]]
    assert {certificate["issuedBy"]["name"] for certificate in graph(page)["hasCertification"]} == {"BMWK"}
    assert names == ["CO₂-Klasse B", "CO₂-Klasse bei entladener Batterie D"]


@pytest.mark.parametrize(
    ("car", "new"),
    [
        ({"mileage_km": 1_000, "first_registered": date(2020, 1, 1)}, True),
        ({"mileage_km": 1_001, "first_registered": date(2020, 1, 1)}, False),
        ({"mileage_km": 9_000, "first_registered": date(2026, 3, 25)}, True),
        ({"mileage_km": 9_000, "first_registered": date(2026, 3, 24)}, False),
        ({"condition": "new", "mileage_km": None, "first_registered": None}, True),
        ({"mileage_km": 0, "first_registered": date(2020, 1, 1)}, False),
    ],
)
def test_the_bounds_count_as_new_and_a_new_car_is_labelled_in_list_and_page(
    lot: SimpleNamespace, car: dict[str, Any], new: bool
) -> None:
    listing = new_car(lot, **car)
    view = opened(lot)
    page = page_of(view, listing)
    assert page.consumption is not None
    assert (page.consumption.new, page.energy_label is not None) == (new, new)
    [front] = load(view, [ref for ref in pages_of(view) if ref.path == "/vehicles/"])
    [card] = [card for card in front.page.cards if card.id == listing.public_id]  # type: ignore[union-attr]
    assert card.energy == page.energy_label


@pytest.mark.parametrize("car", [{"mileage_km": 0}, {"mileage_km": None}, {"mileage_km": 0, "condition": "new"}])
def test_no_page_says_0_km_nor_claims_it_to_robots(lot: SimpleNamespace, car: dict[str, Any]) -> None:
    listing = new_car(lot, **car)
    view = opened(lot)
    page = page_of(view, listing)
    assert "Kilometer" not in [fact.label for fact in page.strip]
    assert "mileageFromOdometer" not in graph(page)
    assert " 0 km" not in f" {page.head.title} {page.head.description}".replace("\u00a0", " ")
    [front] = load(view, [ref for ref in pages_of(view) if ref.path == "/vehicles/"])
    [card] = [card for card in front.page.cards if card.id == listing.public_id]  # type: ignore[union-attr]
    assert not [fact for fact in card.facts if fact.endswith("km")]


@pytest.mark.parametrize(
    ("car", "told"), [({"mileage_km": 0}, None), ({"mileage_km": 0, "condition": "new"}, 0), ({"mileage_km": 7}, 7)]
)
def test_feeds_know_no_mileage_of_0_but_of_new_cars(
    lot: SimpleNamespace, car: dict[str, Any], told: int | None
) -> None:
    listing = new_car(lot, **car)
    view = opened(lot)
    cards.prepare(view, [listing.id])
    assert cards.known_km(view.kept.rows[listing.id][0]) == told


def test_a_new_car_of_which_nothing_is_known_says_so(lot: SimpleNamespace) -> None:
    page = page_of(opened(lot), new_car(lot, consumption_combined=None, co2_g_km=None))
    assert page.consumption is not None
    assert (page.consumption.rows, page.consumption.new) == ((), True)
    assert "noch nicht vor" in page.consumption.note


def test_a_car_measured_by_the_old_cycle_has_no_class(lot: SimpleNamespace) -> None:
    old = new_car(lot, mileage_km=90_000, first_registered=date(2017, 5, 1), year=2017)
    page = page_of(opened(lot), old)
    assert page.consumption is not None
    assert (page.consumption.co2_class, page.consumption.ladder) == (None, ())
    assert "hasCertification" not in graph(page)


def test_gas_is_measured_in_kilograms(lot: SimpleNamespace) -> None:
    page = page_of(opened(lot), new_car(lot, fuel="cng", consumption_combined=36))
    assert page.consumption is not None
    assert page.consumption.rows[0].value.replace("\u00a0", " ") == "3,6 kg/100 km"
    assert graph(page)["fuelConsumption"][0]["unitText"] == "kg/100 km"


# -- facts strip (BRIEF §5) --


def test_an_electric_car_shows_range_and_battery_where_others_show_gearbox_and_owners(lot: SimpleNamespace) -> None:
    electric = new_car(lot, fuel="electric", electric_range_km=424, battery_kwh_tenths=580, previous_owners=1)
    labels = [fact.label for fact in page_of(opened(lot), electric).strip]
    assert labels == ["Erstzulassung", "Kilometer", "Leistung", "Kraftstoff", "Reichweite", "Batterie"]


def test_a_missing_fact_lets_the_next_one_move_up(lot: SimpleNamespace) -> None:
    bare = new_car(lot, power_kw=None, previous_owners=None, drive="all", doors=5)
    page = page_of(opened(lot), bare)
    labels = [fact.label for fact in page.strip]
    assert labels == ["Erstzulassung", "Kilometer", "Kraftstoff", "Getriebe", "Antrieb", "Farbe"]
    barer = new_car(lot, power_kw=None, drive=None, doors=5)
    assert [fact.label for fact in page_of(opened(lot), barer).strip][-1] == "Türen"


# -- VAT --


@pytest.mark.parametrize(
    ("country", "vat", "said"),
    [
        ("DE", "margin", "Differenzbesteuert (§ 25a UStG), MwSt. nicht ausweisbar"),
        ("AT", "margin", "Differenzbesteuert (§ 24 UStG), USt. nicht ausweisbar"),
        ("NL", "margin", "Differenzbesteuert (art. 28b Wet OB 1968), MwSt. nicht ausweisbar"),
        ("DE", "standard", "MwSt. ausweisbar (19 %)"),
        ("AT", "standard", "USt. ausweisbar (19 %)"),
    ],
)
def test_vat_is_told_in_the_words_of_the_dealers_country(
    lot: SimpleNamespace, country: str, vat: str, said: str
) -> None:
    lot.north.country = country
    lot.cars[0].vat = vat
    price = page_of(opened(lot), lot.cars[0]).price
    assert (price.vat or "").replace("\u00a0", " ") == said
    assert (price.net is None) == (vat == "margin")


# -- prices --


def test_a_car_offered_anew_announces_nothing_for_thirty_days(lot: SimpleNamespace) -> None:
    car = lot.cars[0]
    perform(withdraw, car, now=NOW - timedelta(days=9), actor="test").unwrap()
    perform(relist, car, lot.north, now=NOW - timedelta(days=5), actor="test").unwrap()
    reason = PriceReason.PROMOTION
    perform(change_price, car, 19_990_00, reason=reason, now=NOW - timedelta(days=1), actor="test").unwrap()
    page = page_of(opened(lot), car)
    assert (page.price.reduction, page.history, page.price_line) == (None, (), None)


def test_a_lawful_reduction_is_a_pair_a_sentence_and_a_line(lot: SimpleNamespace) -> None:
    car = lot.cars[0]
    perform(change_price, car, 19_990_00, reason=PriceReason.PROMOTION, now=NOW, actor="test").unwrap()
    page = page_of(opened(lot), car)
    now, old = graph(page)["offers"]["priceSpecification"]
    assert (now["price"], old["price"]) == ("19990.00", "21990.00")
    assert page.price.reduction is not None
    assert page.price.reduction.reference == "21.990\u00a0€"
    assert page.price_line is not None
    assert len(page.history) == 2


# -- opt-ins, own words --


def test_a_vin_is_published_only_where_the_dealer_chose_to(lot: SimpleNamespace) -> None:
    car = new_car(lot, vin=VIN)
    assert "vehicleIdentificationNumber" not in graph(page_of(opened(lot), car))
    perform(configure, lot.north_store, "seo.publish_vin", True, now=NOW, actor="test").unwrap()
    assert graph(page_of(opened(lot), car))["vehicleIdentificationNumber"] == VIN
    assert "vehicleIdentificationNumber" not in graph(page_of(opened(lot, "market"), car))


def test_a_strict_copy_names_the_original_and_stays_out_of_the_index(lot: SimpleNamespace) -> None:
    copy = page_of(opened(lot, "market"), lot.cars[0])
    assert copy.head.robots.startswith("index")
    perform(configure, lot.market_store, "seo.strict_noindex", True, now=NOW, actor="test").unwrap()
    copy, own = page_of(opened(lot, "market"), lot.cars[0]), page_of(opened(lot), lot.cars[0])
    assert copy.head.robots == "noindex,follow"
    assert copy.head.canonical == own.head.canonical
    assert own.head.robots.startswith("index")


def test_a_dealers_own_title_description_and_keywords_win(lot: SimpleNamespace) -> None:
    car = lot.cars[0]
    own = {
        "seo_title": "Golf aus erster Hand, gepflegt",
        "seo_description": "Ein Golf, wie man ihn sucht: " * 4,
        "seo_keywords": "Golf, Jahreswagen",
    }
    perform(update_listing, car, own, now=NOW, actor="test").unwrap()
    view = opened(lot)
    wanted = (PageKind.VEHICLE, car.id.hex, "de")
    [loaded] = load(view, [ref for ref in pages_of(view) if (ref.kind, ref.key, ref.lang) == wanted])
    document = html.document_fromstring(render(view, loaded))
    assert document.findtext(".//title", "").startswith(own["seo_title"])
    assert document.xpath("//meta[@name='description']/@content")[0].startswith("Ein Golf, wie man ihn sucht")
    assert document.xpath("//meta[@name='keywords']/@content") == [own["seo_keywords"]]
    assert "Golf" in page_of(view, lot.cars[1]).head.keywords  # type: ignore[operator]


def test_templates_of_a_store_make_titles_and_descriptions(lot: SimpleNamespace) -> None:
    template = {"de": "{make} {model} mit {mileage} kaufen, {number}"}
    perform(configure, lot.north_store, "seo.vehicle_title", template, now=NOW, actor="test").unwrap()
    described = "{name} bei {dealer} in {city} ab {price}: ansehen, Probe fahren, mitnehmen, ganz in Ruhe."
    perform(configure, lot.north_store, "seo.vehicle_description", described, now=NOW, actor="test").unwrap()
    view = opened(lot)
    head = page_of(view, lot.cars[0]).head
    assert head.title.startswith("Volkswagen Golf mit 20.000")
    assert head.description.startswith("Volkswagen Golf 1.5 TSI Life bei North Cars in Hamburg ab 21.990")
    assert "kaufen" not in page_of(view, lot.cars[0], "en").head.title


def test_a_price_range_is_told_of_the_dealer(lot: SimpleNamespace) -> None:
    perform(configure, lot.north_store, "seo.price_range", "5.000–60.000 €", now=NOW, actor="test").unwrap()
    nodes = json.loads(str(page_of(opened(lot), lot.cars[0]).head.json_ld))["@graph"]
    assert [node.get("priceRange") for node in nodes if node["@type"] == "AutoDealer"] == ["5.000–60.000 €"]


def test_ways_to_a_test_drive_and_a_trade_in_know_the_car(lot: SimpleNamespace) -> None:
    page = page_of(opened(lot), lot.cars[0])
    for link, path in ((page.test_drive, "/test-drive/"), (page.trade_in, "/trade-in/")):
        assert link is not None
        parts = urlsplit(link.href)
        assert parts.path == path
        assert parse_qs(parts.query) == {"listing": [lot.cars[0].public_id], "car": ["Volkswagen Golf"]}
    assert page.qr == f"/q/{lot.cars[0].public_id}.svg"
    market = page_of(opened(lot, "market"), lot.cars[0])
    assert (market.test_drive, market.trade_in) == (None, None)


# -- heads (SEO.md §10) --

EVERY_HEAD = {
    "title": "string(//head/title)",
    "description": "string(//meta[@name='description']/@content)",
    "robots": "string(//meta[@name='robots']/@content)",
    "viewport": "string(//meta[@name='viewport'][starts-with(@content, 'width=device-width')]/@content)",
    "theme colour": "string(//meta[@name='theme-color']/@content)",
    "icon": "string(//link[@rel='icon']/@href)",
    "touch icon": "string(//link[@rel='apple-touch-icon']/@href)",
    "manifest": "string(//link[@rel='manifest']/@href)",
    "feed": "string(//link[@rel='alternate'][@type='application/rss+xml']/@href)",
    "og:type": "string(//meta[@property='og:type']/@content)",
    "og:title": "string(//meta[@property='og:title']/@content)",
    "og:description": "string(//meta[@property='og:description']/@content)",
    "og:site_name": "string(//meta[@property='og:site_name']/@content)",
    "og:locale": "string(//meta[@property='og:locale']/@content)",
}
INDEXED = {
    "canonical": "string(//link[@rel='canonical']/@href)",
    "og:url": "string(//meta[@property='og:url']/@content)",
    "og:image": "string(//meta[@property='og:image']/@content)",
    "og:image:width": "string(//meta[@property='og:image:width'][@content='1200']/@content)",
    "og:image:height": "string(//meta[@property='og:image:height'][@content='630']/@content)",
    "og:image:alt": "string(//meta[@property='og:image:alt']/@content)",
    "twitter:card": "string(//meta[@name='twitter:card'][@content='summary_large_image']/@content)",
    "graph": "string(//script[@type='application/ld+json'])",
}
OF_A_CAR = {
    "amount": "string(//meta[@property='product:price:amount']/@content)",
    "currency": "string(//meta[@property='product:price:currency']/@content)",
    "keywords": "string(//meta[@name='keywords']/@content)",
}


@pytest.mark.parametrize("name", ["north", "market"])
def test_every_kind_of_page_has_its_head(lot: SimpleNamespace, name: str) -> None:
    view = opened(lot, name)
    seen: set[PageKind] = set()
    for loaded in load(view, pages_of(view)):
        if not loaded.ref.path.endswith(("/", ".html")):
            continue
        seen.add(loaded.ref.kind)
        document = html.document_fromstring(render(view, loaded))
        indexed = "noindex" not in document.xpath(EVERY_HEAD["robots"])
        wanted = EVERY_HEAD | (INDEXED if indexed else {})
        wanted |= OF_A_CAR if loaded.ref.kind is PageKind.VEHICLE else {}
        missing = [tag for tag, path in wanted.items() if not str(document.xpath(path)).strip()]
        assert not missing, (loaded.ref.path, missing)
        assert 15 <= len(document.xpath(EVERY_HEAD["title"])) <= 65
        if indexed:
            assert 70 <= len(document.xpath(EVERY_HEAD["description"])) <= 160, loaded.ref.path
            assert document.xpath(INDEXED["og:url"]) == document.xpath(INDEXED["canonical"])
            assert document.xpath(INDEXED["og:image"]).startswith(view.origin)
        kind = "product" if loaded.ref.kind is PageKind.VEHICLE else "website"
        assert document.xpath(EVERY_HEAD["og:type"]) == kind
    assert {PageKind.HOME, PageKind.LIST, PageKind.VEHICLE, PageKind.CONTACT, PageKind.TEXT, PageKind.KEPT} <= seen
    assert (name == "market") == (PageKind.DEALER in seen)
    assert (name == "north") == (PageKind.ABOUT in seen)
