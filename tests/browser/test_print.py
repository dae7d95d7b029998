"""A car on paper: one sheet for the windscreen, with what the law and a passer-by want to read."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.drawn import DESK, opened
from tests.browser.small import Small
from tests.worn import THEMES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=THEMES)
def origin(request: pytest.FixtureRequest, site_of: Callable[[str], str]) -> str:
    """Give the origin of each theme's sample site in turn."""
    return site_of(request.param)


def test_a_car_is_one_sheet_with_everything_a_windscreen_needs(origin: str, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK, color_scheme="dark")
    page, complaints = opened(context)
    page.goto(f"{origin}/de/vehicle/", wait_until="networkidle")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", paper)) == 1
    assert page.evaluate("document.querySelector('.qr img').naturalWidth") > 0
    page.emulate_media(media="print", color_scheme="dark")
    for wanted in ("h1", ".pbox .price", ".facts-vat", "[data-facts]", ".co2", ".dealer .map", ".qr img"):
        expect(page.locator(wanted).first).to_be_visible()
    for unwanted in (
        ".nav a",
        ".thumbs",
        "#comparison",
        "#alert",
        "#inquiry",
        "#similar",
        ".dock",
        ".keep-word",
        ".share",
        ".crumb",
        ".foot",
    ):
        assert page.locator(unwanted).filter(visible=True).count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert complaints == []
    context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_the_cars_of_the_demo_are_one_sheet_each_too(small: Small, browser: Browser, theme: str) -> None:
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(small.address(theme, "/-/search?lang=de"))
    addresses = page.eval_on_selector_all("[data-car] h3 a", "all => all.map(link => link.href)")
    sheets = {}
    for address in addresses:
        page.goto(address, wait_until="networkidle")
        sheets[address] = len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True)))
    assert set(sheets.values()) == {1}, sheets
    context.close()


def test_equipment_that_is_folded_away_stands_on_paper_and_is_folded_again(origin: str, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    page, _ = opened(context)
    page.goto(f"{origin}/de/vehicle/", wait_until="networkidle")
    folded = page.locator("main details:not([open])").count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("main details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("main details:not([open])").count() == folded > 0
    context.close()


def test_a_list_prints_its_cars_and_nothing_to_click(origin: str, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    page, _ = opened(context)
    page.goto(f"{origin}/de/list/", wait_until="networkidle")
    page.emulate_media(media="print")
    assert page.locator(".keep, .sheet, .bar, .pag, .nav a").filter(visible=True).count() == 0
    assert page.locator("[data-car]").filter(visible=True).count() == 10
    context.close()
