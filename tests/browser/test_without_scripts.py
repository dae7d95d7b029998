"""With JavaScript off every function but comfort works, and with styles off the page reads in order (issue 3, G5)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.small import Small
from tests.worn import THEMES
from tools.prove import g5

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """Give a phone without JavaScript."""
    context: BrowserContext = browser.new_context(viewport=g5.PHONE, java_script_enabled=False)
    context.set_default_timeout(8_000)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("step", g5.STEPS)
def test_a_visitor_without_scripts_can(small: Small, plain: Page, theme: str, step: str) -> None:
    assert g5.STEPS[step](plain, small.server, small.site(theme)) is not None


@pytest.mark.parametrize("theme", THEMES)
def test_without_styles_a_page_reads_in_order(small: Small, browser: Browser, theme: str) -> None:
    context = g5.unstyled(browser)
    page = context.new_page()
    for stop in small.pages:
        if stop.theme == theme:
            page.goto(stop.url)
            assert page.evaluate(g5.READING.read_text("utf-8"))["wrong"] == [], stop.path
    context.close()
