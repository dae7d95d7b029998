"""The theme studio in a browser: the frame follows, keys alone, no scripts, nothing else is framed (SPEC 24)."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.stores import drafts
from storefront.domain.stores.models import Store
from tests.browser.admin_open import Open, open_admin
from tests.browser.drawn import DESK, PHONE, axe_faults

pytestmark = pytest.mark.browser
PATIENCE = 30_000
"""Milliseconds a frame may take on a busy machine."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Give an admin that is served, with the drafts' hosts."""
    folder: Path = tmp_path_factory.mktemp("studio")
    with open_admin(folder, cars=4) as opened:
        yield opened


@pytest.fixture
def store_id(served: Open) -> UUID:
    """Give the dealer's site, with nothing drafted."""
    with acting(served.world.tenant_id):
        store = db.session.query(Store).filter(Store.host == "north-cars.localhost").one()
        if drafts.standing(store).differs:
            perform(drafts.discard, store, now=clock.now(), actor="test").unwrap()
        return store.id


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def page(request: pytest.FixtureRequest, browser: Browser, served: Open, store_id: UUID) -> Iterator[Page]:
    """Give the studio, opened by the owner with a phone, and at a desk."""
    context = browser.new_context(viewport=request.param, reduced_motion="reduce", locale="de")
    served.log_in(context)
    expect.set_options(timeout=PATIENCE)
    opened = context.new_page()
    opened.goto(address(served, store_id))
    yield opened
    context.close()
    expect.set_options(timeout=5000)


def address(served: Open, store_id: UUID, path: str = "") -> str:
    return served.address(f"/admin/stores/{store_id}/studio/{path}")


def drafted(served: Open, store_id: UUID) -> dict[str, object]:
    """Give what is drafted."""
    with acting(served.world.tenant_id):
        db.session.rollback()
        return dict(drafts.standing(db.session.get_one(Store, store_id)).differs)


@pytest.mark.parametrize("path", ["", "looks/", "pages/new"])
def test_every_page_fits_its_screen_and_axe_finds_nothing(served: Open, page: Page, store_id: UUID, path: str) -> None:
    page.goto(address(served, store_id, path))
    for part in page.locator("details.fold").all():
        part.evaluate("one => one.open = true")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert axe_faults(page) == []


def test_the_frame_follows_a_choice_and_stays_where_one_was(served: Open, page: Page, store_id: UUID) -> None:
    frame = page.frame_locator("#frame iframe:not(.coming)")
    expect(frame.locator("h1")).to_be_visible()
    page.locator("#look-page").select_option("contact")
    expect(frame.locator("h1")).to_have_text("Kontakt & Anfahrt")
    page.locator("#group-1").evaluate("one => one.open = true")
    page.locator("input[name='s.scheme'][value=dark]").check(force=True)
    expect(frame.locator("html")).to_have_css("color-scheme", "dark")
    expect(frame.locator("h1")).to_have_text("Kontakt & Anfahrt")
    assert drafted(served, store_id) == {"setting:scheme": "dark"}


def test_sections_move_by_keys_alone_and_the_focus_stays_with_them(served: Open, page: Page, store_id: UUID) -> None:
    up = page.get_by_role("button", name="Nach Marke nach oben")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#list-home_sections li").nth(2)).to_have_attribute("data-entry", "makes")
    expect(page.get_by_role("button", name="Nach Marke nach oben")).to_be_focused()
    assert drafted(served, store_id) == {"setting:home_sections": ["trust", "arrivals", "makes", "bodies", "visit"]}
    page.locator("h1").click()
    page.keyboard.press("Control+z")
    expect(page.locator("#list-home_sections li").nth(3)).to_have_attribute("data-entry", "makes")
    assert drafted(served, store_id) == {}


def test_the_policy_lets_the_drafts_host_be_framed_and_no_other(served: Open, page: Page) -> None:
    answer = page.reload()
    assert answer is not None
    policy = answer.header_value("content-security-policy") or ""
    framed = re.search(r"frame-src ([^;]+)", policy)
    shown = page.locator("#frame iframe").get_attribute("src") or ""
    assert framed is not None
    assert shown == f"{framed[1]}/"
    elsewhere = page.goto(served.address("/admin/"))
    assert elsewhere is not None
    assert "frame-src" not in (elsewhere.header_value("content-security-policy") or "")


@pytest.fixture
def plain(browser: Browser, served: Open) -> Iterator[BrowserContext]:
    """Give the owner's phone without scripts."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="de")
    served.log_in(context)
    yield context
    context.close()


def test_without_scripts_everything_works(served: Open, plain: BrowserContext, store_id: UUID) -> None:
    page = plain.new_page()
    page.goto(address(served, store_id))
    assert page.frame_locator("#frame iframe").locator("h1").inner_text(timeout=PATIENCE)
    page.fill("input[name='s.accent']", "#8a1538")
    page.locator("#group-1 .save").click()
    page.get_by_role("button", name="Nach Marke nach oben").click()
    page.locator("#list-home_sections li[data-entry=bodies] input").uncheck()
    page.locator("#list-home_sections .save").click()
    assert drafted(served, store_id) == {
        "setting:accent": "#8a1538",
        "setting:home_sections": ["trust", "arrivals", "makes", "visit"],
    }
    page.fill("input[name='s.accent']", "#ffe94d")
    page.locator("#group-1 .save").click()
    expect(page.locator("[data-field='s.accent'] .err").first).to_contain_text("Zu blass zum Lesen")
    page.goto(address(served, store_id, "?page=list&width=desktop"))
    expect(page.locator("#frame")).to_have_class("frame desktop")
    page.locator("form[action$='/undo'] button").click()
    page.locator("form[action$='/publish'] button").click()
    expect(page.locator(".toast")).to_contain_text("Veröffentlicht")
    assert drafted(served, store_id) == {}
