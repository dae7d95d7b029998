"""Domains in a browser: phone and desk, keys alone, values copied, the page that looks by itself, no scripts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.stores import domains
from storefront.domain.stores.models import DomainClaim, DomainState, Store
from tests.browser.admin_open import Open, open_admin
from tests.browser.drawn import DESK, PHONE, axe_faults
from tests.integration.domain_ready import ADDRESS, EDGE_HOST

pytestmark = pytest.mark.browser
FOUND = {
    "proof": {"verdict": "other", "values": ["v=spf1 include:_spf.hoster.example ~all"], "outcome": "found"},
    "host": {"verdict": "unsure", "values": [], "outcome": "refused"},
    "twin": {"verdict": "missing", "values": [], "outcome": "nxdomain"},
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Give an admin that is served."""
    folder: Path = tmp_path_factory.mktemp("domains")
    with open_admin(folder, edge_addresses=f"{ADDRESS},2001:db8::80", edge_host=EDGE_HOST) as opened:
        yield opened


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def context(request: pytest.FixtureRequest, browser: Browser, served: Open) -> Iterator[BrowserContext]:
    """Give the owner with a phone, and at a desk."""
    made = browser.new_context(viewport=request.param, reduced_motion="reduce", locale="de")
    made.grant_permissions(["clipboard-read", "clipboard-write"], origin=served.address(""))
    served.log_in(made)
    yield made
    made.close()


def claimed(served: Open, name: str, state: DomainState = DomainState.TYPED, **values: object) -> UUID:
    """Make a claim of the owner's, as it stands after checks."""

    def make() -> UUID:
        store = db.session.query(Store).filter(Store.host == "north-cars.localhost").one()
        for other in db.session.query(DomainClaim).filter(DomainClaim.store_id == store.id):
            db.session.delete(other)
        db.session.flush()
        made = domains.claim(store, name, own=(), now=clock.now(), actor="test")
        made.state = state
        for key, value in values.items():
            setattr(made, key, value)
        return made.id

    with acting(served.world.tenant_id):
        return perform(make).unwrap()


def shows(page: Page) -> list[str]:
    """Give what is wrong with how a page stands: wider than the screen, or what axe finds."""
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*(["too wide"] if wide else []), *axe_faults(page)]


@pytest.mark.parametrize("path", ["/admin/domains/", "/admin/domains/new", "/admin/sites/", "/admin/sites/new"])
def test_every_page_fits_its_screen_and_axe_finds_nothing(served: Open, context: BrowserContext, path: str) -> None:
    claimed(served, "www.autohaus-müller-nord.de")
    page = context.new_page()
    page.goto(served.address(path))
    assert shows(page) == []


@pytest.mark.parametrize("stage", ["typed", "wrong", "live", "broken", "given up"])
def test_a_domains_page_does_at_every_stage(served: Open, context: BrowserContext, stage: str) -> None:
    now = clock.now()
    values: dict[str, Any] = {
        "typed": {},
        "wrong": {"found": FOUND, "checked_at": now, "problem": "taken"},
        "live": {"state": DomainState.SERVED, "served_at": now, "twin_at": now, "certificate_until": now},
        "broken": {"state": DomainState.SERVED, "found": FOUND, "broken_since": now},
        "given up": {"state": DomainState.EXPIRED},
    }[stage]
    page = context.new_page()
    page.goto(served.address(f"/admin/domains/{claimed(served, 'www.autohaus-müller-nord.de', **values)}/"))
    assert shows(page) == []


def test_a_domain_is_typed_with_keys_alone_and_its_values_are_copied(served: Open, context: BrowserContext) -> None:
    claimed(served, "vorher.de")
    page = context.new_page()
    page.goto(served.address("/admin/domains/new"))
    page.get_by_label("Ihre Domain").focus()
    page.keyboard.type("tastatur-autos.de")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("tastatur-autos.de")
    copy = page.locator("[data-copy^='marketplace-verification=']")
    copy.focus()
    page.keyboard.press("Enter")
    expect(copy).to_have_text("Kopiert")
    assert page.evaluate("navigator.clipboard.readText()") == copy.get_attribute("data-copy")


def test_the_page_sees_by_itself_how_far_a_domain_is(served: Open, context: BrowserContext) -> None:
    claim_id = claimed(served, "wartet.de", asked_at=clock.now())
    page = context.new_page()
    page.goto(served.address(f"/admin/domains/{claim_id}/"))
    expect(page.locator("#domain progress")).to_be_visible()

    def go_on() -> None:
        row = db.session.get_one(DomainClaim, claim_id)
        row.state, row.checked_at = DomainState.PROVEN, clock.now()

    with acting(served.world.tenant_id):
        perform(go_on).unwrap()
    expect(page.locator("#domain .badge").first).to_have_text("Nachgewiesen", timeout=15_000)
    expect(page.locator("[data-copy]").first).to_be_visible()


def test_without_scripts_everything_is_there_and_the_page_still_looks(served: Open, browser: Browser) -> None:
    claim_id = claimed(served, "ohne-skripte.de")
    made = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="de")
    served.log_in(made)
    page = made.new_page()
    page.goto(served.address(f"/admin/domains/{claim_id}/"))
    expect(page.locator("noscript meta[http-equiv=refresh]")).to_have_count(1)
    expect(page.locator("[data-copy]").first).to_be_hidden()
    page.get_by_role("button", name="Jetzt prüfen").click()
    expect(page.locator("#domain")).to_contain_text("Wir fragen gerade Nameserver")
    page.get_by_label("www.ohne-skripte.de").check()
    page.get_by_role("button", name="Diesen verwenden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("www.ohne-skripte.de")
    made.close()
