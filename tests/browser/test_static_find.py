"""The static index on served sites: a form is answered from files as the live layer answers it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.small import Small
from tests.worn import THEMES

pytestmark = pytest.mark.browser
FIND = """async ([module, asked]) => (await import(module)).find(new URLSearchParams(asked))"""
FORMS = (
    "size=20",
    "q=bmw&size=20",
    "q=diesl&size=20&lang=en",
    "q=kombi&sort=-price&size=3&page=2",
    "make=bmw&make=volkswagen&sort=price&size=20",
    "make=bmw&model=bmw/x1&size=20",
    "price_min=20.000&price_max=45000&sort=mileage&size=20",
    "fuel=petrol&fuel=diesel&transmission=automatic&sort=-year&size=20",
    "feature=abs&year_min=2019&power_min=80&mileage_min=5000&size=20&lang=en",
    "q=nothing-that-anybody-sells&size=20",
)


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """Give a visitor without a past."""
    context = browser.new_context()
    yield context
    context.close()


def at(visitor: BrowserContext, small: Small, theme: str) -> Page:
    """Open a site's static search page."""
    page = visitor.new_page()
    page.goto(small.address(theme, "/search/"))
    return page


def find(page: Page, small: Small, theme: str, asked: str) -> dict[str, Any]:
    """Let the script of a site answer a form."""
    [module] = (small.instance / "sites" / small.site(theme).host / "current/a").glob("search_static.*.js")
    found: dict[str, Any] = page.evaluate(FIND, [f"/a/{module.name}", asked])
    return found


@pytest.mark.parametrize("theme", THEMES)
def test_files_answer_as_the_live_layer_does(visitor: BrowserContext, small: Small, theme: str) -> None:
    page = at(visitor, small, theme)
    host = small.site(theme).local_host
    for form in FORMS:
        answer = small.server.get(host, f"/-/search?{form}", {"Accept": "application/json"})
        assert answer.status == 200, answer.text
        live, found = json.loads(answer.body), find(page, small, theme, form)
        assert found["source"] == "static"
        for field in ("ok", "total", "page", "pages", "size", "sort", "bounds", "facets"):
            assert found[field] == live[field], (form, field)
        assert [shown(item) for item in found["items"]] == [shown(item) for item in live["items"]], form


def shown(item: dict[str, Any]) -> dict[str, Any]:
    """Give what a hit shows but for what matched in it: files know no descriptions."""
    return {name: value for name, value in item.items() if name != "highlights"}


def test_a_misspelt_word_is_said_as_it_was_meant_and_marked_where_it_matches(
    visitor: BrowserContext, small: Small
) -> None:
    found = find(at(visitor, small, "market"), small, "market", "q=Tyota")
    assert found["did_you_mean"] == "toyota"
    titles = [item["highlights"]["title"] for item in found["items"]]
    assert titles
    assert all(["Toyota", True] in title for title in titles)


def test_a_place_is_one_where_cars_stand_or_said_not_to_be_known(visitor: BrowserContext, small: Small) -> None:
    page = at(visitor, small, "market")
    everywhere = find(page, small, "market", "size=100")["total"]
    near = find(page, small, "market", "place=hamburg&radius=30&sort=distance&size=100")
    assert 0 < near["total"] < everywhere
    assert all(item["km"] <= 30 for item in near["items"])
    unknown = find(page, small, "market", "place=Atlantis")
    assert (unknown["ok"], unknown["reason"]) == (False, "place")
    assert "Hamburg" in unknown["places"]
    given = find(page, small, "market", "place=Atlantis&near=53.5511,9.9937&radius=30&size=100")
    assert given["total"] == near["total"]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [("price_min=5000&price_max=100", "order"), ("page=9999&size=100", "page"), ("sort=colour", "sort")],
)
def test_what_cannot_be_meant_is_refused_with_the_reason(
    visitor: BrowserContext, small: Small, asked: str, reason: str
) -> None:
    found = find(at(visitor, small, "market"), small, "market", asked)
    assert (found["ok"], found["reason"]) == (False, reason)


def test_a_car_sold_since_is_left_out_whatever_the_files_say(visitor: BrowserContext, small: Small) -> None:
    page = at(visitor, small, "market")
    before = find(page, small, "market", "sort=price&size=2")
    gone = before["items"][0]["id"]
    page.route("**/status.json", lambda route: route.fulfill(json={"version": 1, "sold": [gone]}))
    after = find(page, small, "market", "sort=price&size=2")
    assert after["total"] == before["total"] - 1
    assert gone not in [item["id"] for item in after["items"]]
    assert after["items"][0]["id"] == before["items"][1]["id"]


def test_files_of_two_releases_are_never_put_together(visitor: BrowserContext, small: Small) -> None:
    page = at(visitor, small, "market")
    asked: list[str] = []

    def stale(route: Route) -> None:
        """Answer the first time with cards whose stamps are those of another release."""
        asked.append(route.request.url)
        answer = route.fetch()
        text = answer.text()
        route.fulfill(
            response=answer, body=re.sub(r'"stamp":"....', '"stamp":"zzzz', text) if len(asked) == 1 else text
        )

    page.route("**/s/cards-*.json", stale)
    found = find(page, small, "market", "size=5")
    assert len(found["items"]) == 5
    assert len(asked) == 2


def test_files_that_keep_being_of_two_releases_are_no_answer(visitor: BrowserContext, small: Small) -> None:
    page = at(visitor, small, "market")
    page.route("**/s/cars-*.json", lambda route: route.fulfill(status=404, body=""))
    with pytest.raises(Exception, match="cars-0-0"):
        find(page, small, "market", "size=5")


def test_a_host_with_too_many_cars_offers_its_lists(visitor: BrowserContext, small: Small) -> None:
    page = at(visitor, small, "market")

    def many(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(json={**answer.json(), "bits": None, "card_bits": None})

    page.route("**/s/index.json", many)
    found = find(page, small, "market", "q=bmw&lang=en")
    assert (found["ok"], found["reason"], found["lists"]) == (False, "large", "/en/vehicles/")
