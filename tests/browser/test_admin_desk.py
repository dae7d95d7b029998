"""The inbox, the calendar and the operator's pages in a browser: phone and desk, keys, live lines, axe, no scripts."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from storefront.core import clock
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.tenancy import acting
from storefront.domain.dealers import rates
from storefront.domain.dealers.models import Plan
from storefront.domain.leads.models import Lead
from storefront.domain.listings import moderation
from tests.browser.admin_open import Open, open_admin, watched
from tests.browser.drawn import DESK, PHONE, axe_faults
from tests.integration.admin_desk import ask
from tests.integration.admin_inbox_ready import inbox_things

pytestmark = pytest.mark.browser
OPERATOR = (
    *("/admin/", "/admin/moderation/", "/admin/featured/?q=golf", "/admin/plans/", "/admin/pages/", "/admin/pages/new"),
    *("/admin/builds/", "/admin/queues/", "/admin/health/", "/admin/appointments/", "/admin/leads/"),
)
OWNER = ("/admin/", "/admin/leads/", "/admin/leads/new", "/admin/appointments/")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Give an admin that is served, with leads that wait and something of everything."""
    with open_admin(tmp_path_factory.mktemp("desk")) as opened:
        with acting(opened.world.tenant_id):
            things = opened.things()
            now = clock.now()
            for hours, name in ((1, "Vera Kurz"), (30, "Lars Lang"), (5, "Petra Käufer")):
                lead = ask(things.golf, now - timedelta(hours=hours), name=name, message=f"Frage nach {hours} Stunden")
            inbox_things(things.north, lead)
            given = {"now": now, "actor": "test", "reason": "Start"}
            perform(rates.set_band, Plan.PREMIUM, 0, rates.DEFAULT_RATE, **given).unwrap()
            perform(moderation.look_over, things.north.id, None, now=now).unwrap()
        yield opened


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def context(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """Give somebody with a phone, and at a desk."""
    made = browser.new_context(viewport=request.param, reduced_motion="reduce", locale="de")
    yield made
    made.close()


def _lead(served: Open, name: str) -> UUID:
    with acting(served.world.tenant_id):
        found = next(lead for lead in db.session.query(Lead) if name in _buyer(lead))
        return found.id


def _buyer(lead: Lead) -> str:
    from storefront.domain.leads.queries import details

    return details(lead.id).line.buyer.name


@pytest.mark.parametrize(("who", "paths"), [("owner", OWNER), ("operator", OPERATOR)])
def test_every_page_fits_its_screen_and_axe_finds_nothing(
    served: Open, context: BrowserContext, who: str, paths: tuple[str, ...]
) -> None:
    served.log_in(context, who)
    page, complaints = watched(context)
    lead = f"/admin/leads/{_lead(served, 'Lars')}/"
    with acting(served.world.tenant_id):
        site = f"/admin/builds/{served.things().north_store.id}/"
    more = (lead, site) if who == "operator" else (lead,)
    for path in (*paths, *more):
        page.goto(served.address(path))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert [said for said in complaints if "503" not in said] == [], path
        assert axe_faults(page) == [], path
        complaints.clear()  # axe-core itself tries an inline style


def test_the_inbox_is_walked_with_j_and_k(served: Open, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    served.log_in(context)
    page = context.new_page()
    page.goto(served.address("/admin/leads/"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("[data-rows] tbody tr").first.locator("a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lars Lang")).to_be_visible()
    context.close()


def test_a_buyer_is_answered_from_a_phone_without_scripts(served: Open, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    served.log_in(context)
    page = context.new_page()
    page.goto(served.address(f"/admin/leads/{_lead(served, 'Vera')}/?draft=price"))
    expect(page.locator("#subject")).to_have_value("Preis: Volkswagen Golf")
    page.locator("#body").fill("Guten Tag Vera Kurz, 18.900 € sind unser Angebot.")
    page.get_by_role("button", name="Antwort senden").click()
    expect(page.get_by_text("Unterwegs zum Kunden.")).to_be_visible()
    expect(page.locator(".said").filter(has_text="18.900 € sind unser Angebot")).to_be_visible()
    context.close()


def test_an_open_page_says_that_a_lead_has_come(served: Open, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    served.log_in(context)
    page = context.new_page()
    page.goto(served.address("/admin/"))
    with acting(served.world.tenant_id):
        ask(served.things().golf, clock.now(), name="Nora Neu", message="Gerade eben")
    expect(page.locator("#toasts .toast")).to_contain_text("Eine neue Anfrage ist da.", timeout=15_000)
    context.close()


def test_the_text_of_a_page_is_shown_while_it_is_written(served: Open, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    served.log_in(context, "operator")
    page = context.new_page()
    page.goto(served.address("/admin/pages/new"))
    page.locator("#body_de").fill("# Wir\n\nSeit **1998** <img src=x onerror=alert(1)>")
    expect(page.locator("#shown_de h2")).to_have_text("Wir")
    expect(page.locator("#shown_de strong")).to_have_text("1998")
    assert page.locator("#shown_de img").count() == 0
    context.close()


def test_a_status_in_a_list_is_sent_when_chosen_and_by_keys_when_confirmed(browser: Browser, served: Open) -> None:
    context = browser.new_context(viewport=DESK, locale="de")
    served.log_in(context)
    page, faults = watched(context)
    page.goto(served.address("/admin/leads/"))
    form = page.locator(f"form.in-place[action*='{_lead(served, 'Vera Kurz')}']")
    expect(form.locator("button")).to_be_hidden()
    with page.expect_navigation():
        form.locator("select").select_option("qualified")
    expect(page.locator("#toasts")).to_contain_text("Status")
    expect(form.locator("select")).to_have_value("qualified")
    form.locator("select").focus()
    page.keyboard.press("ArrowUp")
    expect(form.locator("button")).to_be_visible()
    with page.expect_navigation():
        form.locator("button").press("Enter")
    expect(form.locator("select")).to_have_value("contacted")
    assert faults == []
    context.close()
