"""Finding a car: results as you type, the filter as a sheet on phones, the same cars without scripts, and an outage
that is said and gone round (SPEC 48-55, BRIEF §5, issue 5 S7)."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.drawn import DESK, axe_faults, until
from tests.browser.small import Small
from tests.worn import THEMES

pytestmark = pytest.mark.browser
SEARCH = "**/-/search?*"


@pytest.fixture
def plain(browser: Browser) -> Iterator[BrowserContext]:
    """Give a visitor without scripts."""
    context = browser.new_context(viewport=DESK, java_script_enabled=False)
    yield context
    context.close()


def opened(context: BrowserContext) -> tuple[Page, list[str]]:
    """Open a page that notes what the browser complains of."""
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def cars(page: Page) -> list[str]:
    """Give the cars shown, in order."""
    shown: list[str] = page.eval_on_selector_all(
        "[data-part=hits] [data-car]", "all => all.map(car => car.dataset.car)"
    )
    return shown


def total(page: Page) -> int:
    """Give the number in the heading."""
    return int(re.sub(r"\D", "", page.locator("h1").inner_text().split("\n")[0].split(" im ")[0]))


def start(small: Small, page: Page, theme: str, query: str = "lang=de") -> None:
    """Open the results and wait until the script is there."""
    page.goto(small.address(theme, f"/-/search?{query}"), wait_until="networkidle")


@pytest.mark.parametrize("theme", THEMES)
def test_results_follow_as_one_types_and_back_leads_to_where_one_was(
    small: Small, desk: BrowserContext, theme: str
) -> None:
    page, complaints = opened(desk)
    start(small, page, theme)
    every = total(page)
    first = page.locator("[data-part=hits] h3").first.inner_text().split()[0]
    page.locator("#filter-q").press_sequentially(first, delay=40)
    expect(page).to_have_url(re.compile(f"q={first}", re.IGNORECASE))
    until(page, "document.querySelector('[data-part=chips] .chip.on') !== null")
    assert 0 < total(page) < every
    assert page.evaluate("document.activeElement.id") == "filter-q"
    assert page.locator("[data-said]").inner_text() == page.locator("h1").inner_text()
    shared = cars(page)
    other, _ = opened(desk)
    other.goto(page.url)
    assert cars(other) == shared
    page.go_back()
    until(page, "document.querySelectorAll('[data-part=chips] .chip').length === 0")
    until(page, "document.querySelector('#filter-q').value === ''")
    assert total(page) == every
    assert complaints == []


@pytest.mark.parametrize("theme", THEMES)
def test_a_tick_counts_what_it_leaves_and_stays_where_it_is(small: Small, desk: BrowserContext, theme: str) -> None:
    page, complaints = opened(desk)
    start(small, page, theme)
    box = page.locator("#filter details[data-group=make] input").first
    wanted = int(box.locator("xpath=..").locator(".n").inner_text())
    name = box.get_attribute("value")
    box.check()
    until(page, "document.querySelector('[data-part=chips] .chip.on') !== null")
    assert total(page) == wanted == len(cars(page))
    assert page.evaluate("document.activeElement.id") == f"f-make-{name}"
    assert page.locator("#filter details[data-group=make] input").count() > 1, "the other makes are still to choose"
    expect(page.locator("#filter details[data-group=make] .count")).to_be_visible()
    page.locator("[data-part=chips] .chip.on").click()
    until(page, "document.querySelector('[data-part=chips] .chip.on') === null")
    assert not page.locator(f"#f-make-{name}").is_checked()
    assert complaints == []


@pytest.mark.parametrize("theme", THEMES)
def test_without_scripts_the_same_search_shows_the_same_cars(
    small: Small, desk: BrowserContext, plain: BrowserContext, theme: str
) -> None:
    with_scripts, _ = opened(desk)
    start(small, with_scripts, theme)
    tick = with_scripts.locator("#filter details[data-group=make] input").nth(1)
    make = tick.get_attribute("value")
    tick.check()
    until(with_scripts, "document.querySelector('[data-part=chips] .chip.on') !== null")
    without = plain.new_page()
    start(small, without, theme)
    without.locator(f"#filter details[data-group=make] input[value='{make}']").check()
    with without.expect_navigation():
        without.locator("#filter [type=submit]").click()
    expect(with_scripts.locator("h1")).to_have_text(without.locator("h1").inner_text(), timeout=15_000)
    hrefs = "all => all.map(link => link.getAttribute('href'))"
    cards = "[data-part=hits] [data-car] h3 a"
    assert without.eval_on_selector_all(cards, hrefs) == with_scripts.eval_on_selector_all(cards, hrefs) != []


@pytest.mark.parametrize("theme", THEMES)
def test_on_a_phone_the_filter_is_a_sheet_and_back_closes_it_and_keeps_what_was_chosen(
    small: Small, phone: BrowserContext, theme: str
) -> None:
    page, complaints = opened(phone)
    start(small, page, theme)
    every = total(page)
    page.locator("a[href='#filter']").click()
    expect(page.locator("#filter")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('#filter') !== null")
    page.locator("#filter details[data-group=make] input").first.check()
    until(page, "document.querySelector('[data-part=chips] .chip.on') !== null")
    expect(page.locator("#filter [type=submit]")).to_contain_text(str(total(page)))
    assert axe_faults(page) == []
    page.go_back()
    expect(page.locator("#filter")).to_be_hidden()
    assert 0 < total(page) < every
    assert "make=" in page.url
    page.go_back()
    until(page, "document.querySelector('[data-part=chips] .chip.on') === null")
    assert total(page) == every
    assert complaints == []


def test_on_a_phone_the_button_of_the_sheet_shows_the_cars(small: Small, phone: BrowserContext) -> None:
    page, _ = opened(phone)
    start(small, page, "market")
    page.locator("a[href='#filter']").click()
    page.locator("#filter details[data-group=make] input").first.check()
    until(page, "document.querySelector('[data-part=chips] .chip.on') !== null")
    page.locator("#filter [type=submit]").click()
    expect(page.locator("#filter")).to_be_hidden()
    expect(page.locator("[data-part=hits] [data-car]").first).to_be_in_viewport()
    page.locator("a[href='#filter']").click()
    page.keyboard.press("Escape")
    expect(page.locator("#filter")).to_be_hidden()
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#filter"


@pytest.mark.parametrize("theme", THEMES)
def test_a_car_of_the_results_is_kept_and_compared(small: Small, phone: BrowserContext, theme: str) -> None:
    page, _ = opened(phone)
    start(small, page, theme, "lang=de&sort=price")
    page.locator("#sort").select_option("-price")
    expect(page).to_have_url(re.compile("sort=-price"))
    until(page, "document.querySelector('#sort option[selected]').value === '-price'")
    until(page, "document.querySelectorAll('[data-part=hits] .keep').length > 1")
    page.locator("[data-part=hits] .keep[data-keep=favourites]").first.click()
    kept = page.evaluate("JSON.parse(localStorage.kept).favourites.map(car => car.id)")
    assert kept == cars(page)[:1]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [390, 1280])
def test_results_an_empty_answer_and_a_refusal_pass_axe(small: Small, browser: Browser, theme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    page, _ = opened(context)
    for query in ("lang=de&q=diesl", "lang=en&price_max=1", "lang=de&price_max=cheap"):
        start(small, page, theme, query)
        assert axe_faults(page) == [], query
    context.close()


def fail(route: Route) -> None:
    """Answer as a server does whose search is down."""
    route.fulfill(status=503, body="down", content_type="text/plain")


@pytest.mark.parametrize("theme", THEMES)
def test_when_the_server_fails_cars_are_found_in_the_files_of_the_site_and_it_is_said(
    small: Small, desk: BrowserContext, theme: str
) -> None:
    page, _ = opened(desk)
    start(small, page, theme)
    make = page.locator("#filter details[data-group=make] input").first
    wanted = int(make.locator("xpath=..").locator(".n").inner_text())
    before = set(cars(page))
    page.route(SEARCH, fail)
    make.check()
    expect(page.locator("[data-part=hits] .note")).to_contain_text("Die Suche antwortet gerade nicht")
    until(page, f"document.querySelectorAll('[data-part=hits] [data-car]').length === {wanted}")
    assert set(cars(page)) <= before
    assert total(page) == wanted
    assert page.locator("[data-part=chips] .chip.on").count() == 1
    assert page.locator("[data-part=hits] .keep").count() > 0
    expect(page.get_by_role("link", name="Alle löschen")).to_have_attribute("href", re.compile(r"/-/search\?lang=de$"))
    assert axe_faults(page) == []
    page.go_back()
    expect(make).not_to_be_checked()
    page.unroute(SEARCH)


def test_a_server_that_takes_too_long_is_not_waited_for(small: Small, desk: BrowserContext) -> None:
    page, _ = opened(desk)
    start(small, page, "market")
    late: list[Route] = []
    page.route(SEARCH, lambda route: late.append(route))
    page.locator("#filter details[data-group=make] input").first.check()
    expect(page.locator("[data-part=hits] .note")).to_be_visible(timeout=20_000)
    assert len(late) == 1
    began = time.monotonic()
    page.locator("#filter-q").fill("golf")
    until(page, "new URL(location).searchParams.get('q') === 'golf'")
    assert len(late) == 1, f"a server that failed is left alone for a while ({time.monotonic() - began:.1f} s)"


def test_a_page_that_came_without_an_answer_finds_cars_by_itself(small: Small, desk: BrowserContext) -> None:
    page, _ = opened(desk)
    whole = small.server.get(small.site("market").local_host, "/-/search?lang=de&q=golf").text
    down = whole.replace("<template data-search-words", "<template data-search-words data-down", 1)
    page.route(SEARCH, lambda route: route.fulfill(status=503, body=down, content_type="text/html"))
    page.goto(small.address("market", "/-/search?lang=de&q=golf"))
    expect(page.locator("[data-part=hits] .note")).to_contain_text("Die Suche antwortet gerade nicht")
    assert page.locator("[data-part=hits] [data-car]").count() > 0


def test_an_address_of_the_static_page_with_a_search_in_it_is_answered(small: Small, desk: BrowserContext) -> None:
    page, _ = opened(desk)
    page.goto(small.address("classic", "/search/?q=golf"), wait_until="networkidle")
    until(page, "document.querySelectorAll('[data-part=hits] [data-car]').length > 0")
    assert page.locator("#filter-q").input_value() == "golf"


@pytest.mark.parametrize("theme", ["classic", "market"])
def test_the_filter_of_a_list_becomes_the_results_as_one_chooses_and_types(
    small: Small, desk: BrowserContext, theme: str
) -> None:
    page, complaints = opened(desk)
    page.goto(small.address(theme, "/vehicles/"), wait_until="networkidle")
    tick = page.locator("#filter details[data-group=make] input").first
    make = tick.get_attribute("value")
    tick.check()
    expect(page.locator("[data-part=chips] .chip.on")).to_have_count(1, timeout=20_000)
    assert f"make={make}" in page.url
    assert page.evaluate("document.activeElement.id") == f"f-make-{make}"
    page.go_back()
    expect(page.locator("[data-part=chips]")).to_have_count(0)
    page.goto(small.address(theme, "/vehicles/"), wait_until="networkidle")
    page.locator("#filter-q").press_sequentially("golf", delay=40)
    expect(page).to_have_url(re.compile("q=golf"), timeout=20_000)
    expect(page.locator("#filter-q")).to_be_focused()
    page.keyboard.type(" x")
    expect(page.locator("#filter-q")).to_have_value("golf x")
    assert complaints == []


def test_on_a_phone_the_sheet_of_a_list_stays_open_while_one_chooses(small: Small, phone: BrowserContext) -> None:
    page, _ = opened(phone)
    page.goto(small.address("classic", "/vehicles/"), wait_until="networkidle")
    page.locator("a[href='#filter']").click()
    page.locator("#filter details[data-group=make] input").first.check()
    expect(page.locator("[data-part=chips] .chip.on")).to_have_count(1, timeout=20_000)
    expect(page.locator("#filter [type=submit]")).to_contain_text(str(total(page)))
    page.locator("#filter [type=submit]").click()
    expect(page.locator("#filter")).to_be_hidden()
    expect(page.locator("[data-part=hits] [data-car]").first).to_be_in_viewport()


@pytest.mark.parametrize("theme", ["classic", "market"])
def test_from_a_list_a_search_finds_cars_though_the_server_fails(
    small: Small, desk: BrowserContext, theme: str
) -> None:
    page, _ = opened(desk)
    page.goto(small.address(theme, "/vehicles/"), wait_until="networkidle")
    page.route(SEARCH, fail)
    page.locator("#filter-q").fill("golf")
    page.locator("#filter [type=submit]").click()
    page.wait_for_url("**/search/?*")
    expect(page.locator("[data-part=hits] .note")).to_contain_text("Die Suche antwortet gerade nicht")
    assert page.locator("[data-part=hits] [data-car]").count() > 0


@pytest.mark.parametrize("theme", THEMES)
def test_on_a_phone_the_search_page_has_a_field_to_type_into(small: Small, phone: BrowserContext, theme: str) -> None:
    page, complaints = opened(phone)
    page.goto(small.address(theme, "/search/"), wait_until="networkidle")
    assert axe_faults(page) == []
    page.locator("#find-q").fill("benzin")
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=hits] [data-car]").first).to_be_visible()
    expect(page).to_have_url(re.compile("q=benzin"))
    assert complaints == []


def test_a_search_is_saved_where_results_came_without_a_new_page(small: Small, desk: BrowserContext) -> None:
    page, complaints = opened(desk)
    page.goto(small.address("classic", "/search/"), wait_until="networkidle")
    page.locator("#filter details[data-group=make] input").first.check()
    form = page.locator("#alert form")
    expect(form).to_be_visible()
    here = page.url
    page.wait_for_timeout(2_200)
    form.locator("input[type=email]").fill("erika@")
    form.get_by_role("button").click()
    expect(form.get_by_text("In der Adresse fehlt der Teil nach dem @")).to_be_visible()
    form.locator("input[type=email]").fill("in-place@example.com")
    form.get_by_role("button").click()
    expect(page.locator("#alert .note")).to_contain_text("E-Mail an in-place@example.com geschickt")
    assert page.url == here
    assert complaints == ["Failed to load resource: the server responded with a status of 422 (UNPROCESSABLE ENTITY)"]


@pytest.mark.parametrize("theme", THEMES)
def test_a_label_beside_a_price_leads_to_how_it_was_compared(
    site_of: Callable[[str], str], phone: BrowserContext, theme: str
) -> None:
    page, _ = opened(phone)
    page.goto(f"{site_of(theme)}/de/list/", wait_until="networkidle")
    label = page.locator("[data-car] a.pl").first
    assert label.bounding_box()["height"] >= 24
    label.click()
    expect(page.locator("#comparison")).to_be_in_viewport()
