"""A copy of a page that lay somewhere for a while says by itself what was sold since, with no backend (SPEC 147)."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser.drawn import DESK, PHONE, axe_faults, opened
from tests.unit.themes.sample_parts import card
from tests.worn import THEMES

pytestmark = pytest.mark.browser
CAR, OTHER = 1, 2
WORDS = {"de": "Verkauft", "en": "Sold"}


@pytest.fixture(scope="module", params=THEMES)
def origin(request: pytest.FixtureRequest, site_of: Callable[[str], str]) -> str:
    """Give the origin of each theme's sample site in turn."""
    return site_of(request.param)


@pytest.fixture(params=(DESK, PHONE), ids=("desk", "phone"))
def visitor(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """Give a visitor at a desk, and one with a phone."""
    context = browser.new_context(viewport=request.param, reduced_motion="reduce")
    yield context
    context.close()


def since(page: Page, *numbers: int) -> None:
    """Let cars of the sample lists have been sold since the pages were made."""
    body = json.dumps({"version": 1, "sold": [card(number).id for number in numbers]})
    page.route("**/status.json", lambda route: route.fulfill(body=body, content_type="application/json"))


def car(page: Page, number: int) -> Locator:
    """Give a car of a list."""
    return page.locator(f"article[data-car='{card(number).id}']").first


def struck(box: Locator, text: str | None) -> None:
    """Expect a price to be there and struck out."""
    if text:
        expect(box.locator("s").first).to_have_text(text)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_stale_page_of_a_car_says_that_it_is_sold_and_leads_to_similar_ones(
    visitor: BrowserContext, origin: str, lang: str
) -> None:
    page, complaints = opened(visitor)
    since(page, CAR)
    page.goto(f"{origin}{card(CAR, lang).href}", wait_until="networkidle")
    main = page.locator("main")
    expect(main.locator(".v-flag, .state").first).to_have_text(WORDS[lang])
    struck(main.locator(".pbox").first, card(CAR, lang).price)
    assert page.locator("#inquiry form, .dock, .acts").count() == 0
    ways = main.locator("#inquiry a.btn, .dealer a.btn")
    assert ways.count() > 0
    assert all(way.get_attribute("href") for way in ways.all())
    assert complaints == []
    assert axe_faults(page) == []


def test_a_stale_list_marks_the_car_and_no_other(visitor: BrowserContext, origin: str) -> None:
    page, complaints = opened(visitor)
    since(page, CAR)
    page.goto(f"{origin}/de/list/", wait_until="networkidle")
    expect(car(page, CAR)).to_contain_text("Verkauft")
    struck(car(page, CAR), card(CAR).price)
    expect(car(page, OTHER)).not_to_contain_text("Verkauft")
    assert car(page, OTHER).locator("s").count() == 0
    assert complaints == []
    assert axe_faults(page) == []


def test_a_fresh_page_is_left_as_it_is_also_where_the_status_cannot_be_had(
    visitor: BrowserContext, origin: str
) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    page, _ = opened(visitor)
    since(page)
    page.goto(f"{origin}{card(CAR).href}", wait_until="networkidle")
    assert page.locator("#inquiry form").count() == 1
    page.unroute("**/status.json")
    page.route("**/status.json", refuse)
    page.goto(f"{origin}{card(CAR).href}", wait_until="networkidle")
    assert page.locator("#inquiry form").count() == 1
    expect(page.locator("main")).not_to_contain_text("Verkauft")
