"""Logins, people, support and the trail in a browser: phone and desk, keys alone, axe finds nothing, no scripts."""

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from storefront.core import clock
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.accounts.models import User
from tests.browser.admin_open import Open, open_admin, watched
from tests.browser.drawn import DESK, PHONE, axe_faults

pytestmark = pytest.mark.browser
PAGES = (
    *("/admin/people/", "/admin/people/new", "/admin/security/", "/admin/security/authenticator"),
    *("/admin/support/", "/admin/audit/", "/admin/audit/check", "/admin/desk/", "/admin/confirm/"),
)
OUTSIDE = ("/admin/login", "/admin/password/forgotten", "/admin/password/sent")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Give an admin that is served."""
    with open_admin(tmp_path_factory.mktemp("access")) as opened:
        yield opened


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """Give somebody with a phone, and at a desk."""
    made = browser.new_context(viewport=request.param, reduced_motion="reduce", locale="de")
    yield made
    made.close()


@pytest.mark.parametrize("who", ["owner", "operator"])
def test_every_page_fits_its_screen_and_axe_finds_nothing(served: Open, context: BrowserContext, who: str) -> None:
    served.log_in(context, who)
    page, complaints = watched(context)
    for path in PAGES:
        page.goto(served.address(path))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert complaints == [], path
        assert axe_faults(page) == [], path
        complaints.clear()  # axe-core itself tries an inline style


def test_the_pages_of_the_door_fit_and_axe_finds_nothing(served: Open, context: BrowserContext) -> None:
    page, complaints = watched(context)
    for path in OUTSIDE:
        page.goto(served.address(path))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert complaints == [], path
        assert axe_faults(page) == [], path
        complaints.clear()


def test_a_code_is_switched_on_with_the_keys_alone(served: Open, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(viewport=DESK, java_script_enabled=False)
    served.log_in(context, "english")
    page = context.new_page()
    page.goto(served.address("/admin/security/authenticator"))
    secret = "".join(page.locator("code.secret").inner_text().split())
    page.get_by_label("Code", exact=True).focus()
    page.keyboard.type(pyotp.TOTP(secret).at(clock.now()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert page.locator("ol.codes li").count() == 10
    page.get_by_role("link", name="I have kept them").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("10 recovery codes are left.")).to_be_visible()
    context.close()
    with acting(served.world.tenant_id):
        assert db.session.get_one(User, served.people["english"]).has_second_factor


def test_both_sides_see_a_support_visit_until_it_ends(served: Open, browser: Browser) -> None:
    helper, dealer = browser.new_context(viewport=DESK), browser.new_context(viewport=PHONE)
    served.log_in(helper, "operator")
    served.log_in(dealer, "owner")
    page = helper.new_page()
    page.goto(served.address(f"/admin/dealers/{served.world.north_id}/"))
    page.get_by_role("link", name="Sit down at the desk").click()
    page.get_by_label("Reason").fill("Call of today, photos are missing")
    page.get_by_role("button", name="Sit down at the desk").click()
    expect(page.locator(".visit")).to_contain_text("Call of today, photos are missing")
    theirs = dealer.new_page()
    theirs.goto(served.address("/admin/leads/"))
    expect(theirs.locator(".visit")).to_contain_text("Olga Ortmann vom Betreiber hilft")
    theirs.locator(".visit button").click()
    expect(theirs.get_by_text("Der Besuch ist beendet.")).to_be_visible()
    page.goto(served.address("/admin/dealers/"))
    expect(page.locator(".visit")).to_have_count(0)
    for context in (helper, dealer):
        context.close()


def test_the_menu_of_a_phone_reaches_what_the_tabs_do_not(served: Open, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)
    served.log_in(context, "owner")
    page = context.new_page()
    page.goto(served.address("/admin/listings/"))
    page.locator(".also summary").click()
    page.locator(".also").get_by_role("link", name="Personen").click()
    expect(page.get_by_role("heading", name="Personen", exact=True)).to_be_visible()
    context.close()
