"""Joining, setting up and importing in a browser: phone and desk, keys alone, axe finds nothing, live preview."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.admin_open import Open, open_admin, watched
from tests.browser.drawn import DESK, PHONE, axe_faults

pytestmark = pytest.mark.browser
PAGES = ("/admin/company/", "/admin/company/plan", "/admin/site/", "/admin/imports/", "/admin/setup/preview")
OUTSIDE = ("/admin/register/", "/admin/register/sent")
STOCK = (
    "Stock No,Make,Model,Derivative,Price (£),Mileage,Fuel Type,Transmission,Date First Registered,BHP\n"
    + "".join(
        f'A{n},Ford,Fiesta,1.0 EcoBoost Titanium,"£{8 + n},995","34,2{n:02} miles",Petrol,Manual,21/03/2017,99\n'
        for n in range(12)
    )
    + "B1,,,,0,,,,,\n"
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Give an admin that is served."""
    with open_admin(tmp_path_factory.mktemp("setup")) as opened:
        yield opened


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """Give somebody with a phone, and at a desk."""
    made = browser.new_context(viewport=request.param, reduced_motion="reduce", locale="de")
    yield made
    made.close()


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_every_page_fits_its_screen_and_axe_finds_nothing(served: Open, context: BrowserContext) -> None:
    served.log_in(context, "owner")
    page, complaints = watched(context)
    for path in PAGES:
        page.goto(served.address(path))
        assert _fits(page), path
        assert complaints == [], path
        assert axe_faults(page) == [], path
        complaints.clear()  # axe-core itself tries an inline style


def test_the_pages_before_the_door_fit_and_axe_finds_nothing(served: Open, context: BrowserContext) -> None:
    page, complaints = watched(context)
    for path in OUTSIDE:
        page.goto(served.address(path))
        assert _fits(page), path
        assert complaints == [], path
        assert axe_faults(page) == [], path
        complaints.clear()


def test_a_file_is_mapped_with_a_live_preview(served: Open, context: BrowserContext, tmp_path: Path) -> None:
    served.log_in(context, "owner")
    file = tmp_path / "stock.csv"
    file.write_text(STOCK, encoding="utf-8")
    page, complaints = watched(context)
    page.goto(served.address("/admin/imports/"))
    page.get_by_label("Bestandsdatei").set_input_files(file)
    page.get_by_role("button", name="Datei lesen").click()
    preview = page.locator("#preview")
    expect(preview.locator("li").first).to_contain_text("55.040 km")
    page.get_by_label("Laufleistung zählt").select_option("km")
    expect(preview.locator("li").first).to_contain_text("34.200 km")
    assert _fits(page)
    assert complaints == []
    assert axe_faults(page) == []


def test_a_file_is_mapped_with_the_keys_alone_and_without_scripts(
    served: Open, browser: Browser, tmp_path: Path
) -> None:
    made = browser.new_context(viewport=DESK, java_script_enabled=False)
    served.log_in(made, "owner")
    file = tmp_path / "stock.csv"
    file.write_text(STOCK.replace("Derivative", "Trim line"), encoding="utf-8")
    page = made.new_page()
    page.goto(served.address("/admin/imports/"))
    page.get_by_label("Bestandsdatei").set_input_files(file)
    page.get_by_label("Bestandsdatei").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("Laufleistung zählt").focus()
    page.get_by_label("Laufleistung zählt").select_option("km")
    page.get_by_role("button", name="Neu lesen").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#preview li").first).to_contain_text("34.200 km")
    page.get_by_role("button", name="Merken und alle Zeilen prüfen").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Jede Zeile wird geprüft")).to_be_visible()
    made.close()
