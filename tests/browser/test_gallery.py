"""Photos and tours by hand, key and finger: the row, the dialog at full size, something to turn with a car."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.drawn import PHONE, axe_faults, chromium, opened, until
from tests.unit.themes.sample_parts import card
from tests.worn import THEMES

pytestmark = pytest.mark.browser
FORTY = "/de/vehicle-forty/"
TOURED = card(0).href


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a browser with WebGL: a panorama is looked around in."""
    with chromium(webgl=True) as started:
        yield started


@pytest.fixture(scope="module", params=THEMES)
def themed(request: pytest.FixtureRequest, site_of: Callable[[str], str]) -> tuple[str, str]:
    """Give each theme's sample site in turn: its name and origin."""
    return request.param, site_of(request.param)


@pytest.fixture(scope="module")
def classic(site_of: Callable[[str], str]) -> str:
    """Give the origin of the sample site in Classic."""
    return site_of("classic")


def shown(page: Page) -> str | None:
    """Give the address of the thumb that is marked."""
    return page.evaluate("document.querySelector('.thumbs [aria-current]')?.getAttribute('href')")


def box_state(page: Page) -> dict[str, Any]:
    """Tell how the photo in the dialog stands: its number, its width on the screen."""
    state: dict[str, Any] = page.evaluate(
        """() => { const item = [...document.querySelectorAll('.pswp__item')].find(i => i.ariaHidden === 'false');
        const box = item.querySelector('img:not(.pswp__img--placeholder)').getBoundingClientRect();
        return {count: document.querySelector('.pswp__counter').textContent, width: box.width, left: box.left}; }"""
    )
    return state


def open_photo(page: Page, number: int) -> None:
    """Click a photo and wait until it stands in the dialog."""
    page.locator("a[data-photo]").nth(number).evaluate("photo => photo.click()")
    page.wait_for_selector(
        "dialog.lightbox[open] .pswp__item[aria-hidden=false] img.pswp__img:not(.pswp__img--placeholder)"
    )


# -- the row ----------------------------------------------------------------------------------------------------------


def test_arrow_keys_buttons_and_thumbs_move_the_row_and_thumb_and_count_follow(
    classic: str, desk: BrowserContext
) -> None:
    page, complaints = opened(desk)
    page.goto(classic + FORTY, wait_until="networkidle")
    page.get_by_role("button", name="Nächstes Foto").click()
    until(page, "document.querySelector('.thumbs [aria-current]').hash === '#p2'")
    page.locator("#p2 a").focus()
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('.thumbs [aria-current]').hash === '#p3'")
    assert page.evaluate("document.activeElement.closest('.ph').id") == "p3"
    page.locator(".thumbs a").nth(0).click()
    until(page, "document.querySelector('[data-count]').textContent === '1 / 40'")
    assert shown(page) == "#p1"
    expect(page.get_by_role("button", name="Voriges Foto")).to_be_hidden()
    assert page.locator(".gal-next").bounding_box()["width"] >= 44
    assert complaints == []


def test_the_row_is_one_stop_of_the_tab_key(classic: str, desk: BrowserContext) -> None:
    page, _ = opened(desk)
    page.goto(classic + FORTY, wait_until="networkidle")
    page.wait_for_selector(".gal-next")
    assert page.locator(".reel a:not([tabindex='-1'])").count() == 1


def test_right_to_left_the_left_arrow_goes_on(classic: str, desk: BrowserContext) -> None:
    page, _ = opened(desk)
    page.goto(classic + FORTY, wait_until="networkidle")
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.wait_for_selector(".gal-next")
    page.locator("#p1 a").focus()
    page.keyboard.press("ArrowLeft")
    until(page, "document.querySelector('.thumbs [aria-current]').hash === '#p2'")
    assert page.locator(".gal-next").bounding_box()["x"] < page.locator(".reel").bounding_box()["x"] + 100


def test_without_scripts_a_photo_opens_its_file_and_all_stand_in_two_columns_by_kind(
    classic: str, browser: Browser
) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(classic + FORTY + "#photos", wait_until="networkidle")
    assert page.locator(".ph-kind").all_inner_texts() == ["Außen", "Innen", "Details"]
    places = [page.locator(f"#p{number}").bounding_box() for number in (1, 2, 3)]
    assert places[0]["y"] == places[1]["y"] < places[2]["y"]
    assert 190 < places[0]["width"] < 196
    assert page.locator("#p1 a").get_attribute("href").startswith("/i/")
    assert page.locator(".gal-step").count() == 0
    context.close()


# -- full size --------------------------------------------------------------------------------------------------------


def test_the_photos_open_in_a_dialog_that_keeps_and_returns_the_focus(
    themed: tuple[str, str], desk: BrowserContext
) -> None:
    origin = themed[1]
    page, complaints = opened(desk)
    page.goto(origin + FORTY, wait_until="networkidle")
    open_photo(page, 2)
    assert box_state(page)["count"] == "3 / 40"
    assert page.locator("dialog.lightbox").get_attribute("aria-label") == "Fotos in voller Größe"
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('.pswp__counter').textContent === '4 / 40'")
    assert complaints == []
    assert axe_faults(page) == []
    complaints.clear()  # axe-core itself tries an inline style
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement === document.querySelectorAll('a[data-photo]')[3]")
    assert page.evaluate("history.state") is None
    assert page.url == origin + FORTY
    assert complaints == []


def test_the_back_button_closes_the_photos_and_not_the_page(classic: str, phone: BrowserContext) -> None:
    page, complaints = opened(phone)
    page.goto(classic + "/de/list/", wait_until="networkidle")
    page.goto(classic + FORTY, wait_until="networkidle")
    open_photo(page, 0)
    page.go_back()
    page.wait_for_selector("dialog", state="detached")
    assert page.url == classic + FORTY
    page.go_back()
    assert page.url == classic + "/de/list/"
    assert complaints == []


def test_a_photo_comes_closer_by_key_button_wheel_and_double_click_and_the_arrows_move_it(
    classic: str, desk: BrowserContext
) -> None:
    page, _ = opened(desk)
    page.goto(classic + FORTY, wait_until="networkidle")
    open_photo(page, 0)
    page.wait_for_timeout(300)
    whole = box_state(page)
    page.keyboard.press("+")
    by_key = box_state(page)
    assert by_key["width"] > whole["width"] * 1.2
    page.keyboard.press("ArrowRight")
    assert box_state(page)["left"] < by_key["left"]
    assert box_state(page)["count"] == "1 / 40"
    for _ in range(3):
        page.get_by_role("button", name="Verkleinern").click()
    assert box_state(page)["width"] == pytest.approx(whole["width"], abs=2)
    page.get_by_role("button", name="Vergrößern").click()
    assert box_state(page)["width"] > whole["width"] * 1.2
    page.keyboard.press("-")
    page.mouse.move(640, 450)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(200)
    assert box_state(page)["width"] > whole["width"] * 1.1


def test_two_fingers_bring_a_photo_closer(classic: str, phone: BrowserContext) -> None:
    page, complaints = opened(phone)
    page.goto(classic + FORTY, wait_until="networkidle")
    open_photo(page, 0)
    page.wait_for_timeout(400)
    whole = box_state(page)["width"]
    wire = phone.new_cdp_session(page)
    for kind, apart in (("touchStart", 20), ("touchMove", 40), ("touchMove", 80), ("touchMove", 120), ("touchEnd", 0)):
        points = [{"x": 195 - apart, "y": 420, "id": 0}, {"x": 195 + apart, "y": 420, "id": 1}] if apart else []
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(60)
    page.wait_for_timeout(400)
    assert box_state(page)["width"] > whole * 1.5
    assert complaints == []


def test_only_the_photo_looked_at_and_its_neighbours_are_fetched(classic: str, desk: BrowserContext) -> None:
    page, _ = opened(desk)
    page.goto(classic + FORTY, wait_until="networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_photo(page, 0)
    page.wait_for_load_state("networkidle")
    assert len([address for address in asked if "/i/" in address]) <= 4
    assert sum("photoswipe.esm" in address for address in asked) == 1


def test_the_largest_file_of_the_kind_the_browser_reads_is_shown(classic: str, desk: BrowserContext) -> None:
    page, _ = opened(desk)
    page.goto(classic + FORTY, wait_until="networkidle")
    open_photo(page, 0)
    taken = page.evaluate("document.querySelector('.pswp__item[aria-hidden=false] img.pswp__img').currentSrc")
    assert taken.endswith(("-1080.webp", "-1600.webp", "-1600.avif", "-1080.avif"))


# -- tours ------------------------------------------------------------------------------------------------------------


def test_a_car_turns_by_key_and_by_hand_and_loads_nothing_before(themed: tuple[str, str], desk: BrowserContext) -> None:
    page, complaints = opened(desk)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(themed[1] + TOURED, wait_until="networkidle")
    assert not any("spin" in address or "panorama" in address for address in asked)
    page.locator("[data-tour=spin]").click()
    turn = page.get_by_role("slider", name="Rundum")
    expect(turn).to_be_focused()
    assert turn.get_attribute("aria-valuetext") == "Ansicht 1 von 8"
    page.keyboard.press("ArrowRight")
    assert turn.get_attribute("aria-valuenow") == "2"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    assert turn.get_attribute("aria-valuenow") == "8"
    page.keyboard.press("Home")
    box = turn.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 - min(box["width"], 900) / 4, box["y"] + 50, steps=5)
    page.mouse.up()
    assert turn.get_attribute("aria-valuenow") == "3"
    assert complaints == []
    assert axe_faults(page) == []


def middle(page: Page) -> tuple[int, ...]:
    """Give the colour a quarter right of the middle of the panorama."""
    colour: list[int] = page.evaluate(
        """async () => { await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        const from = document.querySelector('.tour-stage canvas'); const to = document.createElement('canvas');
        to.width = from.width; to.height = from.height;
        const pencil = to.getContext('2d'); pencil.drawImage(from, 0, 0);
        return [...pencil.getImageData(from.width * .75, from.height / 2, 1, 1).data]; }"""
    )
    return tuple(colour[:3])


def test_a_panorama_is_looked_around_in_without_any_library(classic: str, desk: BrowserContext) -> None:
    page, complaints = opened(desk)
    page.goto(classic + TOURED, wait_until="networkidle")
    page.locator("[data-tour=panorama]").click()
    page.wait_for_selector(".tour-stage canvas")
    before = middle(page)
    assert before == pytest.approx((32, 64, 192), abs=12)  # the third quarter of the picture lies right of its middle
    for _ in range(15):
        page.keyboard.press("ArrowRight")
    assert middle(page) == pytest.approx((208, 160, 32), abs=12)
    page.get_by_role("button", name="Vergrößern").click()
    assert page.locator(".tour-zoom").first.bounding_box()["width"] >= 44
    assert [complaint for complaint in complaints if "GPU stall" not in complaint] == []


def test_where_there_is_no_webgl_the_picture_itself_is_offered(classic: str, desk: BrowserContext) -> None:
    page, _ = opened(desk)
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    page.goto(classic + TOURED, wait_until="networkidle")
    page.locator("[data-tour=panorama]").click()
    expect(page.get_by_text("Die Ansicht lässt sich gerade nicht laden.")).to_be_visible()
    page.locator("[data-tour=panorama]").click()
    assert page.url.endswith("/i/panorama.jpg")
