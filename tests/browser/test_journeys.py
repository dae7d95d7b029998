"""The journeys that earn money, in a real browser against a real installation: find a car, ask for it, see the lead."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tools.judges.serving import Server, serving

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """Give the demo, founded, built and served as a newcomer gets it."""
    instance = tmp_path_factory.mktemp("demo")
    with serving(instance, "demo", wait_seconds=420) as server:
        yield server, instance
        server.stop()


@pytest.fixture(params=["with scripts", "without scripts"])
def visitor(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """Give a visitor on a phone, with and without JavaScript."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=request.param == "with scripts")
    yield context
    context.close()


def north(demo: tuple[Server, Path], path: str = "/") -> str:
    return f"http://north-cars.localhost:{demo[0].port}{path}"


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """Open a page that notes every complaint of the browser: script errors, blocked content, missing files."""
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def test_a_buyer_finds_a_car_and_asks_for_it(demo: tuple[Server, Path], visitor: BrowserContext) -> None:
    page, complaints = watched(visitor)
    page.goto(north(demo))
    page.select_option("select[name=make]", label="Volkswagen (9)")
    page.click("form.find button")
    page.get_by_role("link", name="Volkswagen Golf").first.click()
    page.fill("input[name=name]", "Thomas Öztürk-Schnabel")
    page.fill("input[name=email]", "thomas@")
    page.fill("textarea[name=message]", "Passt Ihnen Samstagvormittag?")
    page.wait_for_timeout(2100)  # quicker than any person could type is taken for a machine
    page.click("#inquiry-form button")
    expect(page.get_by_text("In der Adresse fehlt der Teil nach dem @").first).to_be_visible()
    complaints.clear()  # the refusal itself is a 422
    assert page.input_value("textarea[name=message]") == "Passt Ihnen Samstagvormittag?"
    page.fill("input[name=email]", "thomas@example.com")
    page.click("#inquiry-form button")
    expect(page.get_by_text("Danke, Ihre Anfrage ist bei North Cars.")).to_be_visible()
    assert complaints == []


def test_the_dealer_sees_the_lead_and_sells_the_car(demo: tuple[Server, Path], browser: Browser) -> None:
    server, instance = demo
    server.post(
        "north-cars.localhost",
        "/-/inquiries",
        "listing=4a0c1kc6nfk3a&dealer=north-cars&lang=de&kind=general&name=Ann+Lee&email=ann@example.com&message=Hallo",
        {"Origin": north(demo, "").rstrip("/")},
    )
    email, password = (instance / "demo-login.txt").read_text("utf-8").splitlines()[1].split("  ")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, complaints = watched(context)
    page.goto(f"http://localhost:{server.port}/admin/")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Anfragen").first.click()
    expect(page.get_by_text("Ann Lee").first).to_be_visible()
    assert complaints == []
    context.close()


@pytest.mark.parametrize("host", ["", "north-cars."])
@pytest.mark.parametrize("path", ["/", "/vehicles/", "/en/contact/", "/search/", "/legal/"])
def test_no_page_makes_the_browser_complain_or_scroll_sideways(
    demo: tuple[Server, Path], browser: Browser, host: str, path: str
) -> None:
    for width in (320, 1280):
        context = browser.new_context(viewport={"width": width, "height": 800})
        page, complaints = watched(context)
        page.goto(f"http://{host}localhost:{demo[0].port}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert complaints == []
        assert page.context.cookies() == []
        context.close()
