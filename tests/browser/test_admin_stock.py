"""The stock in a browser, at a desk and with a phone: by keyboard, by dragging, with and without scripts."""

import io
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image, ImageColor
from playwright.sync_api import Browser, Page

from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.listings.album import of_listing
from storefront.domain.listings.models import Listing
from storefront.domain.listings.photo_store import photo_store
from tests.browser.admin_open import Open, open_admin
from tests.browser.drawn import DESK, PHONE, axe_faults, until
from tests.integration.admin_stock_ready import photo_file

pytestmark = pytest.mark.browser
COLOURS = ("navy", "maroon", "olive", "teal")


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Serve the admin over the small world."""
    with open_admin(tmp_path_factory.mktemp("admin") / "instance") as served:
        yield served


@pytest.fixture
def page_of(browser: Browser, admin: Open) -> Iterator[object]:
    """Give a function that opens a page for the owner, at a desk or with a phone, with or without scripts."""
    contexts = []

    def opened(path: str, *, phone: bool = False, scripts: bool = True, who: str = "owner") -> Page:
        size = PHONE if phone else DESK
        context = browser.new_context(
            viewport=size, has_touch=phone, is_mobile=phone, reduced_motion="reduce", java_script_enabled=scripts
        )
        contexts.append(context)
        admin.log_in(context, who)
        page = context.new_page()
        page.goto(admin.address(path))
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Give four photos as files."""
    found = []
    for colour in COLOURS:
        found.append(tmp_path / f"{colour}.jpg")
        found[-1].write_bytes(photo_file(800, 600, colour))
    return found


def _draft(page: Page) -> str:
    """Make a draft and give its address."""
    page.fill("#make", "Seat")
    page.fill("#model", "Leon")
    page.click("text=Entwurf speichern")
    page.wait_for_selector("#photos")
    return page.url.partition("#")[0]


def _orders(admin: Open, address: str) -> list[int]:
    """Give the photos of a car, in order, by the number of their colour: the order they were sent in."""
    with acting(admin.world.tenant_id):
        db.session.expire_all()
        shown = of_listing(db.session.query(Listing).filter_by(id=_id(address)).one().id)
        return [_colour(photo_store(admin.settings).read(str(photo.content_hash))) for photo in shown]


def _colour(content: bytes) -> int:
    with Image.open(io.BytesIO(content)) as photo:
        pixel = photo.convert("RGB").getpixel((5, 5))
    assert isinstance(pixel, tuple)
    apart = [sum(abs(one - two) for one, two in zip(pixel, ImageColor.getrgb(name), strict=False)) for name in COLOURS]
    return apart.index(min(apart))


def _id(address: str) -> UUID:
    return UUID(address.rstrip("/").rpartition("/")[2])


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("path", ["/admin/listings/", "/admin/listings/new", "/admin/listings/{golf}/"])
def test_the_pages_of_the_stock_are_accessible_and_fit(page_of, admin: Open, path: str, phone: bool) -> None:  # type: ignore[no-untyped-def]
    page = page_of(path.format(golf=admin.world.golf_id), phone=phone)
    assert axe_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_cars_are_chosen_by_keyboard_and_their_prices_changed_and_taken_back(page_of) -> None:  # type: ignore[no-untyped-def]
    page = page_of("/admin/listings/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.text_content("#picked") == "2 gewählt"
    page.click(".bulk button[value=price]")
    page.fill("#by", "2")
    page.click("#reprice button:not([formaction])")
    page.wait_for_selector("#reprice button[formaction]")
    assert axe_faults(page) == []
    page.click("#reprice button[formaction]")
    page.wait_for_selector(".toast form")
    page.click(".toast form button")
    page.wait_for_selector("text=Zurückgenommen")


def test_enter_opens_the_car_the_keys_stand_on(page_of) -> None:  # type: ignore[no-untyped-def]
    page = page_of("/admin/listings/")
    for key in ("j", "j", "k", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("#photos")


def test_photos_are_dropped_in_put_in_order_and_taken_off(page_of, admin: Open, photos: list[Path]) -> None:  # type: ignore[no-untyped-def]
    page = page_of("/admin/listings/new")
    address = _draft(page)
    page.focus("#photo-kind")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("getComputedStyle(document.querySelector('.drop label.btn')).outlineStyle") == "solid"
    assert not page.is_visible(".drop form > button")
    page.set_input_files("#photo-files", photos)
    page.wait_for_selector(".photos li[data-photo]:nth-of-type(4)")
    assert _orders(admin, address) == [0, 1, 2, 3]
    page.evaluate("document.querySelector('.photos').scrollIntoView()")  # a page that scrolls ends a drag
    page.drag_and_drop(
        "li[data-photo]:nth-of-type(4) .ph", "li[data-photo]:nth-of-type(2) .ph", target_position={"x": 5, "y": 20}
    )
    page.wait_for_selector("text=Neue Reihenfolge")
    assert _orders(admin, address) == [0, 3, 1, 2]
    page.focus("li[data-photo]:nth-of-type(2) .bar button:first-of-type")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.closest('li.first') !== null")
    assert _orders(admin, address) == [3, 0, 1, 2]
    page.click("li[data-photo]:nth-of-type(2) summary")
    page.click("li[data-photo]:nth-of-type(2) .ph", position={"x": 20, "y": 20})
    assert page.input_value("li[data-photo]:nth-of-type(2) input[name=focus_x]") not in ("", "50")
    page.click("li[data-photo]:nth-of-type(2) .btn-bad")
    page.wait_for_selector("text=Foto entfernt")
    page.click(".toast form button")
    page.wait_for_selector("text=Zurückgenommen")
    assert _orders(admin, address) == [3, 0, 1, 2]
    assert axe_faults(page) == []


def test_all_of_it_works_without_scripts(page_of, admin: Open, photos: list[Path]) -> None:  # type: ignore[no-untyped-def]
    page = page_of("/admin/listings/new", scripts=False, phone=True)
    address = _draft(page)
    page.set_input_files("#photo-files", photos[:2])
    page.click("text=Hochladen")
    page.click("li[data-photo]:nth-of-type(2) .bar button:first-of-type")
    assert _orders(admin, address) == [1, 0]
    page.click("text=Jetzt anbieten")
    page.goto(admin.address("/admin/listings/"))
    page.check("#car-1")
    page.click(".bulk button[value=withdraw]")
    page.click("text=1 Fahrzeug zurückziehen")
    assert page.is_visible("text=1 Fahrzeug ist zurückgezogen.")


def test_a_vin_fills_in_the_make(page_of) -> None:  # type: ignore[no-untyped-def]
    page = page_of("/admin/listings/new", who="english")
    page.fill("#vin", "WVWZZZ1KZ6W000001")
    page.dispatch_event("#vin", "change")
    page.click("text=Take Volkswagen")
    assert page.input_value("#make") == "Volkswagen"


def test_equipment_and_search_words_show_what_they_do_while_one_types(page_of, admin: Open) -> None:  # type: ignore[no-untyped-def]
    page = page_of(f"/admin/listings/{admin.world.golf_id}/", who="english")
    page.fill("#find-feature", "carplay")
    assert page.locator("#features li:visible").count() == 1
    page.fill("#seo_title", "A Golf that fits everybody and everything, with far too long a title for it")
    assert page.text_content("#serp-title").startswith("A Golf that fits")
    assert page.get_attribute("output[for=seo_title]", "class") == "num off"
