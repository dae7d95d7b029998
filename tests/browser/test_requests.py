"""A visitor who asks for a test drive from a car's page does not name the car again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.drawn import PHONE, opened
from tests.worn import DEALER

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=DEALER)
def origin(request: pytest.FixtureRequest, site_of: Callable[[str], str]) -> str:
    """Give the origin of each dealer theme's sample site in turn."""
    return site_of(request.param)


@pytest.mark.parametrize("name", ["request-test-drive", "request-trade-in"])
def test_the_form_knows_the_car_and_the_address_is_clean_again(origin: str, browser: Browser, name: str) -> None:
    context = browser.new_context(viewport=PHONE)
    page, complaints = opened(context)
    page.goto(f"{origin}/de/{name}/?listing=4a0c1kc6nfk3a&car=Volkswagen%20Golf", wait_until="networkidle")
    expect(page.locator("[data-for-car] b")).to_have_text("Volkswagen Golf")
    assert page.input_value("input[name=listing]") == "4a0c1kc6nfk3a"
    assert page.url == f"{origin}/de/{name}/"
    assert complaints == []
    context.close()


def test_an_address_that_names_no_car_fills_in_nothing(origin: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)
    page, _ = opened(context)
    page.goto(f"{origin}/de/request-test-drive/?listing=%3Cscript%3E&car=x", wait_until="networkidle")
    assert page.input_value("input[name=listing]") == ""
    expect(page.locator("[data-for-car]")).to_be_hidden()
    context.close()
