"""Every kind of page in every theme: the browser has nothing to say, no layout breaks, the keyboard reaches all."""

from collections import Counter

import pytest
from playwright.sync_api import Browser

from tests.browser.small import Small
from tests.worn import THEMES
from tools.judges.keyboard import tab_through
from tools.judges.layout import look
from tools.judges.visits import LIMITS, walk

pytestmark = pytest.mark.browser
KINDS = {"home", "list", "vehicle", "sold", "contact", "search", "text", "404"}


def test_the_world_has_every_theme_and_kind_of_page(small: Small) -> None:
    found = {(page.theme, page.kind) for page in small.pages}
    assert {theme for theme, _ in found} == set(THEMES)
    assert {kind for theme, kind in found if theme == "classic"} >= KINDS


def test_no_page_is_blocked_complains_or_asks_elsewhere(small: Small, browser: Browser) -> None:
    pressed: Counter[str] = Counter()
    for stop, seen in walk(browser, small.pages):
        said = [words for words in seen.complaints if not (stop.kind == "404" and "404" in words)]
        assert (said, seen.blocked, seen.foreign, seen.stored) == ([], [], [], []), stop.url
        heavy = {kind: seen.bytes.get(kind, 0) for kind, most in LIMITS.items() if seen.bytes.get(kind, 0) > most}
        assert heavy == {}, stop.url
        pressed.update(seen.pressed)
    assert pressed["summary"] >= 10, "hardly anything was pressed"
    assert pressed["data-keep"] >= 10, "no heart was pressed"


def test_every_answer_of_a_host_carries_the_same_policy(small: Small) -> None:
    for site in small.sites:
        paths = [*site.pages, "/nothing-here/", "/-/search", "/-/search?make=volkswagen&page=99"]
        answers = [small.server.get(site.local_host, path) for path in paths]
        policies = {answer.headers.get("content-security-policy") for answer in answers}
        assert len(policies) == 1, site.host
        assert "unsafe" not in str(policies)
        for answer in answers:
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
            assert answer.headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize("width", [320, 1280])
def test_no_layout_breaks(small: Small, browser: Browser, width: int) -> None:
    wrong = [
        (looked.stop.theme, looked.stop.path, finding)
        for looked, _ in look(browser, small.pages, [width])
        for finding in looked.findings
    ]
    assert wrong == []


@pytest.mark.parametrize("theme", THEMES)
def test_text_twice_as_large_scrolls_no_page_sideways(small: Small, browser: Browser, theme: str) -> None:
    stops = [stop for stop in small.pages if stop.theme == theme]
    wrong = [
        (looked.stop.path, finding)
        for looked, _ in look(browser, stops, [1280], text=200)
        for finding in looked.findings
        if finding["rule"] in {"scrolls sideways", "text leaves the screen"}
    ]
    assert wrong == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [390, 1280])
def test_tab_reaches_everything_in_order_and_in_sight(
    small: Small,
    browser: Browser,
    theme: str,
    width: int,
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    for stop in small.pages:
        if stop.theme == theme:
            page.goto(stop.url)
            assert tab_through(page) == [], stop.path
    page.close()
