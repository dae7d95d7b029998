"""What pages say of market values: label, figures it follows from, bounds; on all cars or on none (SPEC 54)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from lxml import html

from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.domain.listings.actions import mark_sold
from storefront.domain.stores.actions import set_theme
from storefront.domain.stores.models import Store
from storefront.domain.valuation.labels import label_of
from storefront.pages.catalogue import PageKind, pages_of
from storefront.pages.rendering import drawn
from storefront.pages.sites import open_site
from tests.conftest import NOW, TODAY
from tests.factories import make_dealer, make_listing, make_store, make_tenant, make_valuation


@pytest.fixture
def lot(database: Settings) -> Iterator[SimpleNamespace]:
    """Give a Premium dealer with five Golfs, the first of them valued, its site and the marketplace."""
    with everywhere():
        tenant = perform(make_tenant).unwrap()
    with acting(tenant.id):
        north = perform(make_dealer, "north cars").unwrap()
        golfs = [perform(make_listing, north, version=f"No {number}").unwrap() for number in range(5)]
        perform(make_valuation, golfs[0], 24_000_00).unwrap()
        stores = {name: perform(make_store, dealer).unwrap() for name, dealer in (("north", north), ("market", None))}
        yield SimpleNamespace(settings=database, golfs=golfs, **stores)


def pages(lot: SimpleNamespace, store: Store, lang: str = "de", days: int = 0) -> dict[str, html.HtmlElement]:
    """Draw the HTML pages of a site in a language on a day, by path."""
    view = open_site(store, as_of=TODAY + timedelta(days=days), settings=lot.settings)
    wanted = [ref for ref in pages_of(view) if ref.lang == lang and ref.path.endswith("/")]
    wanted = [ref for ref in wanted if ref.kind in (PageKind.VEHICLE, PageKind.LIST, PageKind.HOME, PageKind.TEXT)]
    parser = html.HTMLParser(encoding="utf-8")
    return {page.ref.path: html.document_fromstring(page.content, parser=parser) for page in drawn(view, wanted)}


def labels(page: html.HtmlElement) -> list[str]:
    """Give the labels of cars on a page; those of the explanation on the front page stand in a table's heads."""
    return ["".join(one.xpath("text()")) for one in page.xpath("//*[starts-with(@class, 'pl ')][not(ancestor::th)]")]


def car(found: dict[str, html.HtmlElement], number: int) -> html.HtmlElement:
    """Give the page of a Golf by its number."""
    return next(
        page for page in found.values() if page.xpath(f"//link[@rel='canonical'][contains(@href, 'no-{number}-')]")
    )


@pytest.mark.parametrize("name", ["north", "market"])
def test_the_label_of_a_page_follows_from_what_is_printed_on_it(lot: SimpleNamespace, name: str) -> None:
    page = car(pages(lot, getattr(lot, name)), 0)
    (section,) = page.xpath("//section[@id='comparison']")
    signed = [cell.text_content() for cell in section.xpath(".//td")]
    euros = [int(re.sub(r"\D", "", text)) * (-1 if "−" in text else 1) for text in signed]
    *parts, value, price = euros
    assert sum(parts) == value == 24_000
    assert label_of(price, value) == "good"
    assert set(labels(page)[:2]) == {"Guter Preis"}
    assert page.xpath("//div[@class='pbox']//a[@href='#comparison']")
    text = " ".join(section.text_content().split())
    assert "8,4 % unter dem Marktwert" in text.replace("\u00a0", " ")
    assert "23 Fahrzeugen Volkswagen Golf von 4 Händlern" in text
    assert "Stand 25.11.2026, gültig bis 25.12.2026" in text
    assert bool(section.xpath(".//a[@href='/prices/']")) == (name == "market")


def test_cars_that_were_not_compared_show_nothing_and_no_apology(lot: SimpleNamespace) -> None:
    page = car(pages(lot, lot.north), 3)
    assert not page.xpath("//section[@id='comparison'] | //div[@class='pbox']//*[starts-with(@class, 'pl ')]")


def test_a_label_stands_on_cards_in_both_languages(lot: SimpleNamespace) -> None:
    assert labels(pages(lot, lot.north)["/vehicles/"]) == ["Guter Preis"]
    assert labels(pages(lot, lot.north, "en")["/en/vehicles/"]) == ["Good price"]
    market = pages(lot, lot.market)
    assert labels(market["/vehicles/"]) == ["Guter Preis"]
    (way,) = market["/vehicles/"].xpath("//a[starts-with(@class, 'pl ')]/@href")
    address, _, part = way.partition("#")
    assert market[address].get_element_by_id(part).xpath(".//table"), "it leads to how the price was compared"


def test_a_dealer_shows_labels_on_all_cars_or_on_none(lot: SimpleNamespace) -> None:
    perform(make_valuation, lot.golfs[1], 15_000_00).unwrap()
    assert sorted(labels(pages(lot, lot.north)["/vehicles/"])) == ["Guter Preis", "Hoher Preis"]
    perform(set_theme, lot.north, "classic", {"price_labels": False}, now=NOW, actor="test").unwrap()
    found = pages(lot, lot.north)
    assert not any(labels(page) or page.xpath("//section[@id='comparison']") for page in found.values())
    assert labels(pages(lot, lot.market)["/vehicles/"])


def test_no_label_stands_after_30_days_or_beside_another_price_or_on_a_sold_car(lot: SimpleNamespace) -> None:
    golf = lot.golfs[0]
    assert labels(pages(lot, lot.north, days=30)["/vehicles/"])
    assert not labels(pages(lot, lot.north, days=31)["/vehicles/"])
    golf.price_cents += 100
    db.session.flush()
    assert not labels(pages(lot, lot.north)["/vehicles/"])
    golf.price_cents -= 100
    perform(mark_sold, golf, now=NOW, actor="test").unwrap()
    assert not any(map(labels, pages(lot, lot.north).values()))


def test_a_label_that_stands_only_because_it_stood_before_says_so(lot: SimpleNamespace) -> None:
    perform(make_valuation, lot.golfs[0], 24_300_00, held=True, widened=True).unwrap()
    text = car(pages(lot, lot.north), 0).xpath("string(//section[@id='comparison'])")
    assert "um mehr als 1 Prozentpunkt verfehlt" in text
    assert "Das Modell ist selten: verglichen mit 23 Fahrzeugen von Volkswagen" in text


@pytest.mark.parametrize(("lang", "path", "bound"), [("de", "", "mehr als 4 bis 10"), ("en", "/en", "more than 4 and")])
def test_the_marketplace_says_how_prices_are_judged(lot: SimpleNamespace, lang: str, path: str, bound: str) -> None:
    found = pages(lot, lot.market, lang)
    assert len(found[f"{path}/"].xpath("//section[h2]//th//span[starts-with(@class, 'pl ')]")) == 5
    assert found[f"{path}/"].xpath(f"//a[@href='{path}/prices/']")
    text = found[f"{path}/prices/"].xpath("string(//main)")
    assert bound in text
    assert not re.search(r"[{}]", text)


def best_priced(found: dict[str, html.HtmlElement], path: str = "/") -> list[str]:
    """Give the versions of the cars in the row of very good prices of a front page, in order."""
    rows = found[path].xpath("//section[.//a[contains(@href, 'label=very_good')]]//article//h3/a/@href")
    return [re.search(r"no-(\d)-", href)[1] for href in rows]  # type: ignore[index]


def test_the_marketplace_begins_with_the_newest_very_good_prices(lot: SimpleNamespace) -> None:
    for golf in lot.golfs[1:3]:
        perform(make_valuation, golf, 26_000_00).unwrap()
    assert best_priced(pages(lot, lot.market)) == [], "two make no row"
    perform(make_valuation, lot.golfs[3], 26_000_00).unwrap()
    for lang, path in (("de", "/"), ("en", "/en/")):
        found = pages(lot, lot.market, lang)
        assert best_priced(found, path) == ["3", "2", "1"]
        assert found[path].xpath(f"//a[@rel='nofollow'][contains(@href, 'lang={lang}&label=very_good')]")


def test_a_label_that_ran_out_or_is_of_another_price_is_no_very_good_price(lot: SimpleNamespace) -> None:
    for golf in lot.golfs[1:]:
        perform(make_valuation, golf, 26_000_00).unwrap()
    lot.golfs[4].price_cents += 100
    db.session.flush()
    assert best_priced(pages(lot, lot.market)) == ["3", "2", "1"]
    assert best_priced(pages(lot, lot.market, days=31)) == []
    perform(set_theme, lot.market, "market", {"price_labels": False}, now=NOW, actor="test").unwrap()
    assert best_priced(pages(lot, lot.market)) == []
