"""What a visitor keeps and compares: in this browser only, after they asked for it, and as the cars are today."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.drawn import DESK, PHONE, SOLD, axe_faults, opened, until
from tests.unit.themes.sample_parts import card
from tests.worn import THEMES

pytestmark = pytest.mark.browser
BMW, MERCEDES, AUDI = (card(index).title for index in range(3))
REFUSES = (
    """Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }});"""
)


@pytest.fixture(scope="module", params=THEMES)
def origin(request: pytest.FixtureRequest, site_of: Callable[[str], str]) -> str:
    """Give the origin of each theme's sample site in turn."""
    return site_of(request.param)


@pytest.fixture(scope="module")
def classic(site_of: Callable[[str], str]) -> str:
    """Give the origin of the sample site in Classic."""
    return site_of("classic")


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """Give a visitor with a mouse who has never been here."""
    context = browser.new_context(viewport=DESK, reduced_motion="reduce")
    yield context
    context.close()


def keeper(page: Page, title: str, list_name: str = "favourites") -> Locator:
    """Give the button that keeps or compares a car of the list."""
    return page.get_by_role("button", name=f"{title} {'merken' if list_name == 'favourites' else 'vergleichen'}").first


def keep(page: Page, origin: str, *numbers: int, list_name: str = "favourites", lang: str = "de") -> None:
    """Keep cars of the list by their number."""
    page.goto(f"{origin}/{lang}/list/", wait_until="networkidle")
    page.wait_for_selector(".keep")
    for number in numbers:
        page.locator(f"[data-car='{card(number).id}'] .keep[data-keep={list_name}]").first.click()


def stored(page: Page) -> object:
    """Give what the browser remembers for this site."""
    return page.evaluate("Object.fromEntries(Object.entries(localStorage))")


def count(page: Page, list_name: str = "favourites") -> Locator:
    """Give the number in the head of the site."""
    return page.locator(f"[data-kept-count={list_name}]").first


def test_nothing_is_stored_before_the_visitor_acts(origin: str, visitor: BrowserContext) -> None:
    page, complaints = opened(visitor)
    for path in ("home", "list", "vehicle", "favourites", "compare", "search"):
        page.goto(f"{origin}/de/{path}/", wait_until="networkidle")
        assert stored(page) == {}
        assert page.evaluate("sessionStorage.length") == 0
    assert visitor.cookies() == []
    assert complaints == []


def test_a_car_is_kept_counted_shown_as_it_is_today_and_taken_out_again(origin: str, visitor: BrowserContext) -> None:
    page, complaints = opened(visitor)
    keep(page, origin, 0, 1)
    expect(count(page)).to_have_text("2")
    expect(keeper(page, BMW)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status").filter(has_text=f"{MERCEDES} steht auf der Merkliste.")).to_be_visible()
    entries = json.loads(page.evaluate("localStorage.kept"))["favourites"]
    assert [set(entry) for entry in entries] == [{"id", "href", "title", "price", "at"}] * 2
    page.goto(f"{origin}/de/favourites/", wait_until="networkidle")
    cars = page.locator(".kept-car")
    expect(cars).to_have_count(2)
    expect(cars.first).to_contain_text(MERCEDES)
    expect(cars.nth(1)).to_contain_text(card(0).price)
    expect(cars.nth(1)).to_contain_text("140\u00a0kW")
    page.get_by_role("button", name=f"{MERCEDES} entfernen").click()
    expect(cars).to_have_count(1)
    page.get_by_role("button", name="Rückgängig").click()
    expect(cars).to_have_count(2)
    page.get_by_role("button", name="Alle entfernen").click()
    expect(page.locator(".kept .empty a")).to_be_visible()
    assert stored(page) == {}
    assert complaints == []


def test_the_page_of_a_car_keeps_it_too(origin: str, visitor: BrowserContext) -> None:
    page, complaints = opened(visitor)
    page.goto(origin + card(0).href, wait_until="networkidle")
    page.get_by_role("button", name="Merken", exact=True).click()
    expect(page.get_by_role("button", name="Gemerkt")).to_have_attribute("aria-pressed", "true")
    assert json.loads(page.evaluate("localStorage.kept"))["favourites"][0]["title"] == BMW
    page.reload()
    expect(page.get_by_role("button", name="Gemerkt")).to_be_visible()
    assert complaints == []


def test_a_sold_car_a_lost_one_and_another_price_are_said_in_plain_words(classic: str, visitor: BrowserContext) -> None:
    page, _ = opened(visitor)
    keep(page, classic, 0, 1, SOLD)
    page.evaluate(
        """() => { const all = JSON.parse(localStorage.kept); all.favourites[0].price = '36.900 €';
        all.favourites.push({id: 'gone', href: '/vehicles/weg-gone/', title: 'Opel Astra', price: '1 €', at: ''});
        localStorage.kept = JSON.stringify(all); }"""
    )
    page.goto(f"{classic}/de/favourites/", wait_until="networkidle")
    cars = page.locator(".kept-car")
    expect(cars.filter(has_text="Opel Astra")).to_contain_text("Nicht mehr im Bestand")
    expect(cars.filter(has_text="Opel Astra").get_by_role("link")).to_have_count(0)
    expect(cars.filter(has_text=card(SOLD).title)).to_contain_text("Verkauft")
    expect(cars.filter(has_text=card(SOLD).title)).not_to_contain_text("€")
    expect(cars.filter(has_text=BMW)).to_contain_text("Preis geändert: vorher gemerkt 36.900 €")
    expect(cars.filter(has_text=MERCEDES)).not_to_contain_text("Preis geändert")


def test_a_fifth_car_to_compare_is_refused_with_a_reason(classic: str, visitor: BrowserContext) -> None:
    page, _ = opened(visitor)
    keep(page, classic, 0, 1, 2, 3, 4, list_name="compare")
    expect(page.get_by_role("status")).to_contain_text("Vier Fahrzeuge stehen schon nebeneinander.")
    expect(count(page, "compare")).to_have_text("4")
    assert len(json.loads(page.evaluate("localStorage.kept"))["compare"]) == 4
    assert page.locator(f"[data-car='{card(4).id}'] .keep[data-keep=compare]").get_attribute("aria-pressed") == "false"


def test_cars_stand_side_by_side_and_what_differs_is_said_in_words(origin: str, visitor: BrowserContext) -> None:
    page, complaints = opened(visitor)
    keep(page, origin, 0, 1, list_name="compare")
    page.goto(f"{origin}/de/compare/", wait_until="networkidle")
    table = page.get_by_role("table", name="Fahrzeuge nebeneinander")
    expect(table.get_by_role("columnheader")).to_have_count(3)
    price = table.get_by_role("row").filter(has_text="Preis")
    expect(price.get_by_role("cell")).to_have_text([card(0).price, card(1).price])
    expect(price.get_by_role("rowheader")).to_contain_text("unterschiedlich")
    same = table.get_by_role("row").filter(has_text="Kraftstoff")
    expect(same.get_by_role("rowheader")).not_to_contain_text("unterschiedlich")
    page.get_by_label("Nur Unterschiede zeigen").check()
    expect(same).to_be_hidden()
    expect(price).to_be_visible()
    assert complaints == []
    assert axe_faults(page) == []


def test_on_a_phone_the_table_scrolls_in_its_box_and_its_labels_stay(origin: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700}, has_touch=True, is_mobile=True)
    page, _ = opened(context)
    page.goto(f"{origin}/de/list/", wait_until="networkidle")
    page.evaluate(
        "cars => localStorage.kept = JSON.stringify({compare: cars})",
        [{"id": card(i).id, "href": card(i).href, "title": card(i).title, "price": ""} for i in range(4)],
    )
    page.goto(f"{origin}/de/compare/", wait_until="networkidle")
    page.wait_for_selector(".cmp .differs")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    label = page.locator(".cmp tbody th").first
    before = label.bounding_box()
    page.locator(".cmp-box").evaluate("box => box.scrollTo(200, 0)")
    assert label.bounding_box()["x"] == pytest.approx(before["x"], abs=1)
    assert page.locator(".cmp-box").evaluate("box => box.scrollLeft") == 200
    context.close()


def test_another_window_learns_of_it(classic: str, visitor: BrowserContext) -> None:
    first, _ = opened(visitor)
    second, _ = opened(visitor)
    second.goto(f"{classic}/de/home/", wait_until="networkidle")
    keep(first, classic, 0)
    expect(count(second)).to_have_text("1")


def test_a_car_kept_in_german_is_told_in_english_on_the_english_page(classic: str, visitor: BrowserContext) -> None:
    page, _ = opened(visitor)
    keep(page, classic, 0)
    page.goto(f"{classic}/en/favourites/", wait_until="networkidle")
    expect(page.locator(".kept-car")).to_contain_text("Automatic")
    name = page.locator(".kept-car").get_by_role("link", name=card(0, "en").title, exact=True)
    expect(name).to_have_attribute("href", card(0, "en").href)
    expect(page.locator(".kept-car")).not_to_contain_text("Price changed")


def test_a_browser_that_remembers_nothing_says_so_and_nothing_breaks(classic: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)
    context.add_init_script(REFUSES)
    page, complaints = opened(context)
    page.goto(f"{classic}/de/list/", wait_until="networkidle")
    page.locator(".keep").first.click()
    expect(page.get_by_role("status")).to_contain_text("Dieser Browser merkt sich hier nichts")
    page.goto(f"{classic}/de/favourites/", wait_until="networkidle")
    expect(page.get_by_text("Dieser Browser merkt sich hier nichts")).to_be_visible()
    assert complaints == []
    context.close()


@pytest.mark.parametrize(
    "nonsense",
    [
        "{",
        "null",
        "[]",
        '{"favourites": 3, "compare": [null, {"id": 1}]}',
        '{"favourites": [{"id": "a", "title": "x", "href": "https://evil.example/"}]}',
        '{"favourites": [{"id": "a", "title": "x", "href": "//evil.example/"}]}',
        '{"favourites": [{"id": "a", "title": "<img src=x onerror=alert(1)>", "href": "/de/home/"}]}',
    ],
)
def test_what_somebody_else_wrote_into_the_memory_does_no_harm(
    classic: str, visitor: BrowserContext, nonsense: str
) -> None:
    page, complaints = opened(visitor)
    page.goto(f"{classic}/de/list/", wait_until="networkidle")
    page.evaluate("text => localStorage.kept = text", nonsense)
    page.goto(f"{classic}/de/favourites/", wait_until="networkidle")
    assert page.locator("main img[src=x]").count() == 0
    keep(page, classic, 0)
    expect(keeper(page, BMW)).to_have_attribute("aria-pressed", "true")
    assert complaints == []


def test_without_scripts_the_page_says_so_and_leads_to_the_stock(origin: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{origin}/de/favourites/", wait_until="networkidle")
    expect(page.locator("main noscript .note, main .note").first).to_be_visible()
    expect(page.locator("main .note a")).to_have_attribute("href", "/vehicles/")
    page.goto(f"{origin}/de/list/", wait_until="networkidle")
    assert page.locator(".keep").count() == 0
    context.close()


def test_all_of_it_is_reached_by_keyboard_and_passes_axe(origin: str, visitor: BrowserContext) -> None:
    page, _ = opened(visitor)
    keep(page, origin, 0)
    page.locator("[data-car] .keep").first.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.keep") == "compare"
    page.keyboard.press("Space")
    until(page, "document.activeElement.getAttribute('aria-pressed') === 'true'")
    assert page.locator(".keep").first.bounding_box()["width"] >= 44
    assert axe_faults(page) == []
    page.goto(f"{origin}/de/favourites/", wait_until="networkidle")
    page.wait_for_selector(".kept-car .price")
    assert axe_faults(page) == []
