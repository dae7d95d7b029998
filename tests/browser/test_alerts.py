"""Save a search and watch a price, on a phone, with and without scripts: the form, the letter's link, the end."""

import email
import re
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.drawn import PHONE, axe_faults
from tests.browser.small import Small
from tests.browser.test_kept import keep
from tests.unit.themes.sample_parts import card
from tests.worn import THEMES

pytestmark = pytest.mark.browser


def letter_to(small: Small, address: str) -> str:
    """Give the text of the newest letter to somebody, once it was sent."""
    for _ in range(300):
        paths = sorted((small.instance / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        letters = [email.message_from_bytes(path.read_bytes(), policy=default) for path in paths]
        mine = [letter for letter in letters if letter["To"] == address and isinstance(letter, EmailMessage)]
        part = mine[-1].get_body(("plain",)) if mine else None
        if part is not None:
            return str(part.get_content())
        time.sleep(0.2)
    raise AssertionError("no letter came")


def link_in(text: str, act: str) -> str:
    """Give the path of a link of a letter; the test serves on another port than links name."""
    link = next(word for word in text.split() if f"/-/alerts/{act}/" in word)
    return "/-/" + link.partition("/-/")[2]


def send(page: Page, address: str) -> None:
    """Fill the form and send it, not faster than a person could."""
    form = page.locator("#alert form")
    page.wait_for_timeout(2_200)
    form.locator("input[type=email]").fill(address)
    form.get_by_role("button").click()


# Four of them: one network may save five searches in ten minutes.
@pytest.mark.parametrize(
    ("theme", "scripts"), [("classic", True), ("noir", False), ("market", True), ("market", False)]
)
def test_a_buyer_saves_a_search_confirms_it_and_ends_it(
    small: Small, browser: Browser, theme: str, scripts: bool
) -> None:
    phone = browser.new_context(viewport=PHONE, java_script_enabled=scripts)
    phone.set_default_timeout(15_000)
    page = phone.new_page()
    reader = f"{theme}-{scripts}@example.com".lower()
    page.goto(small.address(theme, "/-/search?lang=de&price_max=60000"))
    send(page, "erika@")
    expect(page.get_by_text("In der Adresse fehlt der Teil nach dem @").first).to_be_visible()
    send(page, reader)
    expect(page.get_by_text(f"E-Mail an {reader} geschickt").first).to_be_visible()
    letter = letter_to(small, reader)
    assert "bis 60.000" in letter
    page.goto(small.address(theme, link_in(letter, "confirm")))
    expect(page.get_by_role("heading", level=1)).to_have_text("Adresse bestätigen")
    page.get_by_role("button", name="Ja, schreiben Sie mir").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gemerkt")
    way = page.get_by_role("link", name="Zur Suche")
    expect(way).to_have_attribute("href", re.compile("price_max=60000"))
    page.goto(small.address(theme, link_in(letter, "unsubscribe")))
    page.get_by_role("button", name="Abbestellen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Abbestellt")
    phone.close()


@pytest.mark.parametrize("theme", THEMES)
def test_the_form_stands_below_a_car_and_can_be_used_by_everybody(small: Small, browser: Browser, theme: str) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    stop = next(stop for stop in small.pages if stop.theme == theme and stop.kind == "vehicle")
    page.goto(stop.url)
    page.goto(f"{page.url}#alert")
    expect(page.get_by_role("heading", name="Nachricht, wenn der Preis fällt")).to_be_visible()
    assert axe_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_a_favourite_leads_to_the_form_that_watches_its_price(browser: Browser, site_of: Callable[[str], str]) -> None:
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    page = context.new_page()
    origin = site_of("classic")
    keep(page, origin, 0)
    page.goto(f"{origin}/de/favourites/")
    way = page.get_by_role("link", name=f"Preis beobachten: {card(0).title}")
    expect(way).to_be_visible()
    way.click()
    expect(page.get_by_role("heading", name="Nachricht, wenn der Preis fällt")).to_be_in_viewport()
    context.close()
