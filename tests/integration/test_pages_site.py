"""A dealer's site and the marketplace as pages: what is listed, what is read, what the bytes say."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import etree, html
from sqlalchemy import event

from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.money import euros
from storefront.core.tenancy import acting, everywhere
from storefront.domain.dealers.models import CanonicalPolicy, Dealer, DealerStatus, DealerText, Plan
from storefront.domain.listings import placement
from storefront.domain.listings.actions import change_price
from storefront.domain.listings.models import Listing, Photo, PhotoKind, PhotoState, PriceReason
from storefront.pages.app import create_site_app
from storefront.pages.catalogue import PageKind, PageRef, pages_of
from storefront.pages.contexts import ListPage, VehiclePage
from storefront.pages.loading import Loaded, load
from storefront.pages.rendering import render
from storefront.pages.sites import SiteView, open_site
from tests.conftest import NOW, TODAY
from tests.factories import make_dealer, make_listing, make_store, make_tenant

UGLY = 'Top gepflegt\n\n**Neu** </script> & "ok" ]]> <b>fett</b> 🚗'


def photo(listing: Listing, number: int, *, width: int = 1280, height: int = 960) -> Photo:
    """Make a photo that is here."""
    return Photo(
        dealer_id=listing.dealer_id,
        listing_id=listing.id,
        position=number,
        primary=number == 0,
        kind=PhotoKind.EXTERIOR if number < 2 else PhotoKind.INTERIOR,
        state=PhotoState.READY,
        content_hash=f"{listing.id.hex}{number:032x}",
        width=width,
        height=height,
        created_at=NOW,
    )


def stock(dealer: Dealer, many: int) -> list[Listing]:
    """List cars of some makes, most with photos, all different."""
    made = []
    cars: list[tuple[str, str, dict[str, Any]]] = [
        ("BMW", "320d", {"body": "saloon", "fuel": "diesel", "transmission": "automatic", "co2_g_km": 125}),
        ("Volkswagen", "Golf", {}),
        ("Škoda", "Fabia", {"body": "city", "power_kw": None, "version": ""}),
        ("Hyundai", "Kona Elektro", {"fuel": "electric", "electric_range_km": 484, "battery_kwh_tenths": 640}),
        ("BMW", "X1", {"body": "suv", "condition": "new", "mileage_km": 10, "first_registered": None, "year": None}),
    ]
    for number in range(many):
        make, model, more = cars[number % len(cars)]
        values = {"mileage_km": 10_000 + 137 * number, "features": ["abs", "isofix", "navigation"], **more}
        listing = make_listing(dealer, make=make, model=model, now=NOW - timedelta(days=40 - number // 2), **values)
        db.session.add_all([photo(listing, shot) for shot in range(number % 4)])
        made.append(listing)
    return made


@pytest.fixture
def lot(database: Settings) -> Iterator[SimpleNamespace]:
    """Give a Premium dealer with 60 cars, an Individual one with 4, a Premium one without a site, a marketplace."""
    with everywhere():
        tenant = perform(make_tenant).unwrap()
    with acting(tenant.id):
        yield perform(_lot, database).unwrap()


def _lot(settings: Settings) -> SimpleNamespace:
    north = make_dealer("north cars", latitude=53.56, longitude=10.1)
    north.opening_hours = {**{str(day): ["09:00-18:00"] for day in range(1, 6)}, "6": ["10:00-14:00"]}
    north.answer_minutes = 110
    small = make_dealer("autohaus brinkmann & söhne inh. k.-h. brinkmann e. k.", plan=Plan.INDIVIDUAL)
    bare = make_dealer("siteless")
    made = SimpleNamespace(
        settings=settings,
        north=north,
        small=small,
        bare=bare,
        north_store=make_store(north),
        small_store=make_store(small),
        market_store=make_store(None),
        north_cars=stock(north, 60),
        small_cars=stock(small, 4),
        bare_cars=stock(bare, 5),
    )
    text = DealerText(dealer_id=north.id, digest="x", body="Wir liefern *bundesweit*.")
    db.session.add(text)
    db.session.flush()
    made.north_cars[0].description = UGLY
    made.north_cars[0].text_id = text.id
    made.north_cars[1].price_cents = None
    return made


def opened(lot: SimpleNamespace, name: str, as_of: date = TODAY) -> SiteView:
    """Open one of the lot's sites."""
    return open_site(getattr(lot, f"{name}_store"), as_of=as_of, settings=lot.settings)


def everything(view: SiteView) -> dict[str, tuple[Loaded, bytes]]:
    """Load and render a whole site, by path."""
    return {loaded.ref.path: (loaded, render(view, loaded)) for loaded in load(view, pages_of(view))}


def documents(pages: dict[str, tuple[Loaded, bytes]]) -> dict[str, html.HtmlElement]:
    """Parse the HTML pages."""
    parser = html.HTMLParser(encoding="utf-8")
    return {
        path: html.document_fromstring(body, parser=parser)
        for path, (_, body) in pages.items()
        if path.endswith(("/", ".html"))
    }


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that are sent to the database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_site_has_each_address_once_and_renders_all(lot: SimpleNamespace) -> None:
    for name in ("north", "small", "market"):
        view = opened(lot, name)
        refs = pages_of(view)
        assert len({ref.path for ref in refs}) == len(refs)
        assert set(everything(view)) == {ref.path for ref in refs}


def test_an_individual_dealer_has_a_site_but_is_not_on_the_marketplace(lot: SimpleNamespace) -> None:
    cars = {ref.key for ref in pages_of(opened(lot, "market")) if ref.kind is PageKind.VEHICLE}
    assert {car.id.hex for car in (*lot.north_cars, *lot.bare_cars)} == cars
    assert not any(ref.key == lot.small.id.hex for ref in pages_of(opened(lot, "market")))
    assert {ref.key for ref in pages_of(opened(lot, "small")) if ref.kind is PageKind.VEHICLE} == {
        car.id.hex for car in lot.small_cars
    }


def test_a_suspended_dealer_shows_no_cars_and_a_switched_off_site_no_pages(lot: SimpleNamespace) -> None:
    lot.north.status = DealerStatus.SUSPENDED
    placement.place_dealer(lot.north.id)
    assert not [ref for ref in pages_of(opened(lot, "north")) if ref.kind is PageKind.VEHICLE]
    assert everything(opened(lot, "north"))
    lot.north_store.active = False
    assert pages_of(opened(lot, "north")) == []


def test_an_empty_lot_is_a_site_too(lot: SimpleNamespace) -> None:
    for car in lot.small_cars:
        car.withdraw(NOW)
    placement.place([car.id for car in lot.small_cars])
    pages = everything(opened(lot, "small"))
    assert "/vehicles/" in pages
    assert not documents(pages)["/"].xpath("//p[@class='lead'][starts-with(., '0 ')]")
    assert not [path for path in pages if path.startswith("/vehicles/") and path != "/vehicles/"]


def test_makes_with_fewer_than_three_cars_have_no_page(lot: SimpleNamespace) -> None:
    paths = {ref.path for ref in pages_of(opened(lot, "small"))}
    assert "/vehicles/" in paths
    assert "/vehicles/volkswagen/" not in paths
    assert "/vehicles/bmw/320d/" in {ref.path for ref in pages_of(opened(lot, "north"))}


def test_every_page_has_what_search_engines_want(lot: SimpleNamespace) -> None:
    for name in ("north", "small", "market"):
        view = opened(lot, name)
        titles: set[str] = set()
        for path, document in documents(everything(view)).items():
            [title] = document.xpath("//head/title/text()")
            [description] = document.xpath("//head/meta[@name='description']/@content")
            assert 15 <= len(title) <= 65, (path, title)
            assert 70 <= len(description) <= 160, (path, description)
            assert (title, document.get("lang")) not in titles, (path, title)
            titles.add((title, document.get("lang")))
            assert len(document.xpath("//h1")) == 1, path
            assert document.get("lang") == ("en" if path.startswith("/en/") else "de")
            indexed = "noindex" not in document.xpath("//head/meta[@name='robots']/@content")[0]
            assert len(document.xpath("//head/link[@rel='canonical']")) == (1 if indexed else 0)


def test_every_internal_link_leads_to_a_page(lot: SimpleNamespace) -> None:
    for name in ("north", "small", "market"):
        view = opened(lot, name)
        pages = everything(view)
        known = {*pages, *view.default.look.bundle.files, "/favicon.ico"}
        for path, document in documents(pages).items():
            for href in document.xpath("//a/@href | //link/@href"):
                target = re.split("[?#]", href.removeprefix(view.origin))[0]
                if target.startswith("/") and not target.startswith(("/-/", "/i/")):
                    assert target in known, (path, href)


def test_each_car_has_one_canonical_page_a_language_over_all_hosts(lot: SimpleNamespace) -> None:
    own: dict[tuple[str, str], list[str]] = {}
    pointed: set[str] = set()
    for name in ("north", "small", "market"):
        view = opened(lot, name)
        for path, (loaded, body) in everything(view).items():
            if loaded.ref.kind is PageKind.VEHICLE:
                [canonical] = html.document_fromstring(body).xpath("//link[@rel='canonical']/@href")
                pointed.add(canonical)
                if canonical == view.absolute(path):
                    own.setdefault((loaded.ref.key, loaded.ref.lang), []).append(canonical)
    cars = [*lot.north_cars, *lot.small_cars, *lot.bare_cars]
    assert set(own) == {(car.id.hex, lang) for car in cars for lang in ("de", "en")}
    assert all(len(pages) == 1 for pages in own.values())
    assert pointed == {page for pages in own.values() for page in pages}


def test_a_dealer_may_choose_the_marketplace_as_the_home_of_its_cars(lot: SimpleNamespace) -> None:
    lot.north.canonical_policy = CanonicalPolicy.MARKETPLACE
    own, market = everything(opened(lot, "north")), everything(opened(lot, "market"))
    path = next(ref.path for ref in pages_of(opened(lot, "north")) if ref.kind is PageKind.VEHICLE and ref.lang == "de")
    origin = opened(lot, "market").origin
    assert f"{origin}{path}".encode() in own[path][1]
    assert b"hreflang" not in own[path][1].partition(b"</head>")[0]
    assert path.encode() in b"".join(body for name, (_, body) in market.items() if name.startswith("/sitemaps/"))
    assert path.encode() not in b"".join(body for name, (_, body) in own.items() if name.startswith("/sitemaps/"))


def test_language_links_are_reciprocal(lot: SimpleNamespace) -> None:
    view = opened(lot, "north")
    found = documents(everything(view))
    for path, document in found.items():
        for alternate in document.xpath("//head/link[@hreflang]"):
            target = found[alternate.get("href").removeprefix(view.origin)]
            assert view.absolute(path) in target.xpath("//head/link[@hreflang]/@href"), path


def test_the_sitemaps_list_exactly_the_indexable_pages(lot: SimpleNamespace) -> None:
    for name in ("north", "small", "market"):
        view = opened(lot, name)
        pages = everything(view)
        indexable = {
            view.absolute(path)
            for path, document in documents(pages).items()
            if document.xpath("//link[@rel='canonical']/@href") == [view.absolute(path)]
        }
        index = etree.fromstring(pages["/sitemap.xml"][1])
        maps = [str(loc.text).removeprefix(view.origin) for loc in index.iterfind("{*}sitemap/{*}loc")]
        listed = [str(loc.text) for path in maps for loc in etree.fromstring(pages[path][1]).iterfind("{*}url/{*}loc")]
        assert len(listed) == len(set(listed))
        assert set(listed) == indexable


def test_structured_data_says_what_the_page_says(lot: SimpleNamespace) -> None:
    view = opened(lot, "north")
    for loaded, body in everything(view).values():
        if not isinstance(loaded.page, VehiclePage):
            continue
        [script] = html.document_fromstring(body).xpath("//script[@type='application/ld+json']/text()")
        car = json.loads(script)["@graph"][0]
        shown = re.sub(r"(?<=\d)[.,](?=\d{3})", "", html.document_fromstring(body).find("body").text_content())
        if "offers" in car:
            assert str(int(float(car["offers"]["price"]))) in shown
        else:
            assert loaded.page.price.price is None
            assert car["@type"] == "Car"
        assert str(car["mileageFromOdometer"]["value"]) in shown
        assert car["color"] in shown


def test_the_ugliest_text_of_a_dealer_stays_text(lot: SimpleNamespace) -> None:
    view = opened(lot, "north")
    key = lot.north_cars[0].id.hex
    loaded, body = next(pair for pair in everything(view).values() if pair[0].ref.key == key)
    assert isinstance(loaded.page, VehiclePage)
    document = html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))
    [script] = document.xpath("//script[@type='application/ld+json']/text()")
    said = json.loads(script)["@graph"][0]["description"]
    assert said == 'Top gepflegt Neu </script> & "ok" ]]> <b>fett</b> 🚗'
    assert "🚗" in document.find("body").text_content()
    assert loaded.page.general_text == "<p>Wir liefern <em>bundesweit</em>.</p>"


def test_the_number_of_queries_does_not_grow_with_the_cars(lot: SimpleNamespace) -> None:
    def queries(cars: int) -> int:
        view = opened(lot, "north")
        refs = [ref for ref in pages_of(view) if ref.kind is PageKind.VEHICLE][: 2 * cars]
        with counted() as sent:
            assert len(list(load(view, refs))) == 2 * cars
        return len(sent)

    assert max(queries(60), queries(5)) <= 14


def test_a_whole_site_takes_few_queries(lot: SimpleNamespace) -> None:
    with counted() as sent:
        everything(opened(lot, "market"))
    assert len(sent) <= 55


def test_any_part_of_a_site_gives_the_same_bytes_as_the_whole(lot: SimpleNamespace) -> None:
    whole = everything(opened(lot, "market"))
    for path in ("/", "/vehicles/", "/en/vehicles/bmw/", "/dealers/", "/sitemap.xml", "/rss.xml"):
        view = opened(lot, "market")
        [loaded] = load(view, [ref for ref in pages_of(view) if ref.path == path])
        assert render(view, loaded) == whole[path][1]
        assert loaded.reads.keys == whole[path][0].reads.keys


def test_only_the_changed_car_and_its_lists_read_its_price(lot: SimpleNamespace) -> None:
    car = lot.north_cars[30]
    before = everything(opened(lot, "north"))
    perform(change_price, car, 20_000_00, reason=PriceReason.PROMOTION, now=NOW, actor="test").unwrap()
    after = everything(opened(lot, "north"))
    changed = {path for path in before if before[path][1] != after[path][1]}
    readers = {
        path
        for path, (loaded, _) in before.items()
        if loaded.reads.keys & {("listing", car.id.hex, "card"), ("listing", car.id.hex, "price")}
        or ("listings", f"dealer:{lot.north.id.hex}", "members") in loaded.reads.keys
        or ("stock", f"dealer:{lot.north.id.hex}", "cars") in loaded.reads.keys
    }
    assert changed
    assert changed <= readers
    assert len(readers) < len(before) / 2


def test_a_new_car_leaves_the_older_pages_of_a_list_alone(lot: SimpleNamespace) -> None:
    before = everything(opened(lot, "north"))
    perform(make_listing, lot.north, make="Audi", model="A4", mileage_km=1_234).unwrap()
    after = everything(opened(lot, "north"))
    older = [path for path in before if "/vehicles/page-" in path]
    assert older
    assert all(before[path][1] == after[path][1] for path in older)
    assert before["/vehicles/"][1] != after["/vehicles/"][1]


def test_a_reduction_is_said_only_when_the_law_allows_it(lot: SimpleNamespace) -> None:
    older, newer = lot.north_cars[2], lot.bare_cars[0]
    newer.listed_at = NOW - timedelta(days=10)
    for car in (older, newer):
        perform(change_price, car, 19_000_00, reason=PriceReason.PROMOTION, now=NOW, actor="test").unwrap()
    view = opened(lot, "market")
    cars = [loaded for loaded, _ in everything(view).values() if loaded.ref.kind is PageKind.VEHICLE]
    pages = {loaded.ref.key: loaded.page for loaded in cars if loaded.ref.lang == "de"}
    lawful, bare = pages[older.id.hex], pages[newer.id.hex]
    assert isinstance(lawful, VehiclePage)
    assert isinstance(bare, VehiclePage)
    assert lawful.price.reduction is not None
    assert lawful.price.reduction.text == (
        "Am 25.11.2026 von 21.990\u00a0€ gesenkt. 21.990\u00a0€ war der niedrigste Preis der 30\u00a0Tage davor."
    )
    assert len(lawful.history) == 2


def test_a_car_raised_before_it_was_cut_shows_neither_reduction_nor_history(lot: SimpleNamespace) -> None:
    car = lot.north_cars[2]
    for price, moment in ((25_000, NOW - timedelta(days=5)), (22_000, NOW)):
        perform(change_price, car, euros(price).cents, reason=PriceReason.PROMOTION, now=moment, actor="test").unwrap()
    page = page_of(opened(lot, "north"), car)
    assert page.price.reduction is None
    assert page.history == ()


def page_of(view: SiteView, car: Listing, lang: str = "de") -> VehiclePage:
    """Load the page of one car."""
    refs = [ref for ref in pages_of(view) if ref.kind is PageKind.VEHICLE and ref.key == car.id.hex]
    [loaded] = load(view, [ref for ref in refs if ref.lang == lang])
    assert isinstance(loaded.page, VehiclePage)
    return loaded.page


def test_a_sold_car_keeps_its_page_for_two_weeks_without_price_and_form(lot: SimpleNamespace) -> None:
    car = lot.north_cars[3]
    car.mark_sold(NOW)
    placement.place([car.id])
    page = page_of(opened(lot, "north", TODAY + timedelta(days=14)), car)
    assert (page.state, page.sold_on, page.inquiry) == ("sold", "Verkauft am 25.\u00a0November", None)
    assert page.price.price is None
    assert page.similar
    assert '"https://schema.org/SoldOut"' in str(page.head.json_ld)
    gone = pages_of(opened(lot, "north", TODAY + timedelta(days=15)))
    assert car.id.hex not in {ref.key for ref in gone}
    on_lists = [
        card.id
        for loaded, _ in everything(opened(lot, "north")).values()
        if isinstance(loaded.page, ListPage)
        for card in loaded.page.cards
    ]
    assert car.public_id not in on_lists


def test_a_new_car_shows_its_energy_line_in_list_and_page(lot: SimpleNamespace) -> None:
    fresh = perform(
        make_listing,
        lot.north,
        mileage_km=10,
        consumption_combined=55,
        co2_g_km=125,
        condition="new",
        first_registered=None,
    ).unwrap()
    line = "Verbrauch komb. (WLTP) 5,5\u00a0l/100\u00a0km · CO₂ komb. 125\u00a0g/km · CO₂-Klasse\u00a0D"
    view = opened(lot, "north")
    assert page_of(view, fresh).energy_label == line
    [front] = load(view, [ref for ref in pages_of(view) if ref.path == "/vehicles/"])
    assert isinstance(front.page, ListPage)
    assert [card.energy for card in front.page.cards if card.id == fresh.public_id] == [line]


def test_margin_cars_never_show_a_net_price(lot: SimpleNamespace) -> None:
    lot.north_cars[0].vat = "margin"
    view = opened(lot, "north")
    margin, standard = page_of(view, lot.north_cars[0]).price, page_of(view, lot.north_cars[2]).price
    assert margin.net is None
    assert margin.vat == "Differenzbesteuert (§\u00a025a\u00a0UStG), MwSt. nicht ausweisbar"
    assert (standard.vat, standard.net) == ("MwSt. ausweisbar (19\u00a0%)", "netto 18.478,99\u00a0€")


def test_a_page_says_on_which_day_it_changes_by_itself(lot: SimpleNamespace) -> None:
    fresh = perform(make_listing, lot.north, mileage_km=5_000).unwrap()
    view = opened(lot, "north")
    [loaded] = load(view, [ref for ref in pages_of(view) if ref.path == "/vehicles/"])
    assert isinstance(loaded.page, ListPage)
    [card] = [card for card in loaded.page.cards if card.id == fresh.public_id]
    assert card.flag is not None
    assert card.flag.code == "new"
    assert ("day", (TODAY + timedelta(days=4)).isoformat(), "begins") in loaded.reads.keys
    later = opened(lot, "north", TODAY + timedelta(days=4))
    [again] = load(later, [ref for ref in pages_of(later) if ref.path == "/vehicles/"])
    assert isinstance(again.page, ListPage)
    assert [card.flag for card in again.page.cards if card.id == fresh.public_id] == [None]


def test_a_greek_dealer_without_address_phone_and_hours_has_a_site(lot: SimpleNamespace) -> None:
    lot.small.name = lot.small_store.name = "Αυτοκίνητα Παπαδόπουλος"
    lot.small.city = lot.small.street = lot.small.postal_code = ""
    lot.small.phone = lot.small.email = None
    found = documents(everything(opened(lot, "small")))
    assert "Αυτοκίνητα" in found["/contact/"].xpath("//title/text()")[0]
    assert "None" not in found["/contact/"].find("body").text_content()


def test_an_address_without_street_has_no_stray_comma(lot: SimpleNamespace) -> None:
    lot.small.city, lot.small.street = "Athen", ""
    found = documents(everything(opened(lot, "small")))
    assert "Athen" in found["/contact/"].text_content()
    for page in found.values():
        assert not [text for text in page.xpath("//body//text()") if text.strip().startswith(",")]


def test_forms_point_to_the_live_origin_where_the_host_forwards_nothing(lot: SimpleNamespace) -> None:
    lot.settings = replace(lot.settings, live_origin="https://live.example")
    page = page_of(opened(lot, "north"), lot.north_cars[0])
    assert page.inquiry is not None
    assert page.inquiry.action == "https://live.example/-/inquiries"
    assert page.inquiry.listing == lot.north_cars[0].public_id


def test_the_application_answers_with_the_same_bytes(lot: SimpleNamespace) -> None:
    app = create_site_app(lot.small_store, TODAY, lot.settings)
    client = app.test_client()
    for path, (_, body) in everything(opened(lot, "small")).items():
        answer = client.get(path)
        assert (answer.status_code, answer.data) == (200, body), path
    gone = client.get("/vehicles/nothing-here/")
    assert gone.status_code == 404
    assert "gibt es nicht mehr" in gone.text


def test_references_are_plain_and_equal(lot: SimpleNamespace) -> None:
    assert pages_of(opened(lot, "north")) == pages_of(opened(lot, "north"))
    assert pages_of(opened(lot, "small"))[0] == PageRef("/", "de", PageKind.HOME)


def test_output_does_not_depend_on_the_machines_time_zone(
    lot: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    before = {path: body for path, (_, body) in everything(opened(lot, "small")).items()}
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        assert {path: body for path, (_, body) in everything(opened(lot, "small")).items()} == before
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_snapshot_of_the_database_is_enough(lot: SimpleNamespace) -> None:
    expected = len(pages_of(opened(lot, "small")))
    store_id, tenant_id = lot.small_store.id, lot.small_store.tenant_id
    with acting(tenant_id), db.snapshot() as session:
        store = session.get(type(lot.small_store), store_id)
        assert store is not None
        view = open_site(store, as_of=TODAY, settings=lot.settings)
        assert len([render(view, loaded) for loaded in load(view, pages_of(view))]) == expected


@pytest.mark.parametrize(
    ("theme", "stored", "colours"),
    [
        ("classic", {}, ("#0b5a42", "#ffffff")),
        ("classic", {"accent": "#123456"}, ("#123456", "#ffffff")),
        ("noir", {}, ("#0b0c0c", "#0b0c0c")),
        ("noir", {"scheme": "light"}, ("#b8390f", "#f4f0e8")),
    ],
)
def test_a_browser_is_told_the_colours_the_site_really_has(
    world: SimpleNamespace, database: Settings, theme: str, stored: dict[str, Any], colours: tuple[str, str]
) -> None:
    world.north_store.theme, world.north_store.theme_settings = theme, stored
    view = open_site(world.north_store, as_of=TODAY, settings=database)
    ref = next(ref for ref in pages_of(view) if ref.path == "/site.webmanifest")
    (loaded,) = load(view, [ref])
    said = json.loads(render(view, loaded))
    assert (said["theme_color"], said["background_color"]) == colours
