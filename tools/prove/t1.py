"""T1: an owner changes colours, logo, order of sections and a text, sees the real page change before anybody else does,
publishes, sees it live, and rolls back; on a phone and at a desk, in a real browser, without a line of CSS.

A real installation with its workers. Every step is photographed into build/screens/studio and judged by axe.
"""

import io
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Error, FrameLocator, Page, expect, sync_playwright

from tools.judges.browser import AXE_TAGS
from tools.judges.trees import ROOT
from tools.prove.proof import CannotProve, Proof
from tools.prove.studio_ground import NORTH, OWNER, PHRASE, Ground, studio_ground

CARS = 12
SCREENS = ROOT / "build" / "screens" / "studio"
AXE = ROOT / "tools/judges/node_modules/axe-core/axe.min.js"
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
DEVICES: dict[str, dict[str, object]] = {
    "desk": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
ACCENTS = {"desk": ("#8a1538", "rgb(138, 21, 56)"), "phone": ("#1b4f9c", "rgb(27, 79, 156)")}
STEP_MS = 90_000
WAIT_SECONDS = 300.0


@dataclass
class Walk:
    """One journey on one device."""

    ground: Ground
    page: Page
    device: str
    findings: list[str]
    steps: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def frame(self) -> FrameLocator:
        """Give the draft's page, in the studio's frame."""
        return self.page.frame_locator("#frame iframe:not(.coming)")

    def photograph(self, name: str) -> None:
        """Keep a picture of the screen, hold it against its width, and let axe look."""
        self.steps += 1
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{self.device}-{self.steps}-{name}.png")
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.findings.append(f"{self.device} {name}: wider than the screen")
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "tags => axe.run(document, {runOnly: tags, iframes: false, resultTypes: ['violations']})"
            ".then(said => said.violations.map(one => `${one.id}: ${one.nodes[0].target}`))",
            AXE_TAGS,
        )
        self.findings += [f"{self.device} {name}: {one}" for one in found]

    def live(self, path: str = "/") -> str:
        """Give what a visitor gets of the site."""
        return self.ground.server.get(NORTH, path).text


def prove(proof: Proof, *, quick: bool) -> None:
    """Walk the journey at a desk, and on a phone."""
    if not AXE.exists():
        raise CannotProve("axe-core is not installed: `npm ci` in tools/judges")
    shutil.rmtree(SCREENS, ignore_errors=True)
    faults: list[str] = []
    findings: list[str] = []
    with studio_ground(CARS) as ground, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for device in ["desk"] if quick else DEVICES:
            with _owner(browser, ground, device, faults) as page:
                walk = Walk(ground, page, device, findings)
                _walked(proof, walk)
        browser.close()
    proof.hold("no script failed", not faults, "; ".join(faults[:4]))
    proof.hold("axe 0, nothing wider than its screen", not findings, "; ".join(findings[:6]))


@contextmanager
def _owner(browser: Browser, ground: Ground, device: str, faults: list[str]) -> Iterator[Page]:
    """Give the owner's browser, logged in; what it complains of is a fault."""
    context = browser.new_context(reduced_motion="reduce", locale="de-DE", **DEVICES[device])  # type: ignore[arg-type]
    context.set_default_timeout(STEP_MS)
    expect.set_options(timeout=STEP_MS)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"{device} {urlsplit(page.url).path}: {error}"))
    page.goto(ground.address("/admin/login"))
    page.fill("input[name=email]", OWNER)
    page.fill("input[name=password]", PHRASE)
    page.click("main button")
    page.wait_for_url(re.compile(r"/admin/(?!login)"))
    yield page
    context.close()


def _walked(proof: Proof, walk: Walk) -> None:
    """Go step by step; where it stops is a shortfall."""
    began = time.monotonic()
    for step in (_opened, _colour, _logo, _order, _text, _undone, _published, _back):
        name = step.__name__.strip("_")
        try:
            step(walk)
        except (Error, AssertionError, CannotProve) as stopped:
            SCREENS.mkdir(parents=True, exist_ok=True)
            walk.page.screenshot(path=SCREENS / f"{walk.device}-stopped-{name}.png")
            proof.hold(name, False, f"{walk.device} {name}: {' '.join(str(stopped).split())[:400]}")
            return
        walk.said.append(name)
    proof.figure(f"{walk.device}: {', '.join(walk.said)} ({time.monotonic() - began:.0f} s)")


def _opened(walk: Walk) -> None:
    """From the list of sites into the studio: the real front page stands in its frame."""
    walk.page.goto(walk.ground.address("/admin/sites/"))
    walk.page.locator("a[href*='/studio/']").first.click()
    walk.page.wait_for_url("**/studio/**")
    expect(walk.frame.locator("h1")).to_be_visible()
    walk.photograph("opened")


def _colour(walk: Walk) -> None:
    """A pale colour is judged while it is picked, and refused; a strong one colours the real button at once."""
    accent, shown = ACCENTS[walk.device]
    field = walk.page.locator("input[name='s.accent']")
    verdict = walk.page.locator("[data-field='s.accent'] output")
    field.fill("#ffe94d")
    expect(verdict).to_have_class(re.compile("badge-bad"))
    field.press("Tab")
    expect(walk.page.locator("[data-field='s.accent'] .err:not(.pale)")).to_contain_text("Zu blass")
    walk.photograph("too-pale")
    field.fill(accent)
    expect(verdict).to_have_class(re.compile("badge-good"))
    field.press("Tab")
    expect(walk.frame.locator(".btn-main").first).to_have_css("background-color", shown)
    _wait(lambda: accent not in _style(walk), "the draft's colour is not live")
    walk.photograph("colour")


def _logo(walk: Walk) -> None:
    """A logo is brought; the real header shows it."""
    _unfold(walk, "logo-box")
    file = {"name": "logo.png", "mimeType": "image/png", "buffer": _drawn_logo(ACCENTS[walk.device][0])}
    walk.page.set_input_files("#logo", file)  # type: ignore[arg-type]
    expect(walk.frame.locator("header img.logo")).to_be_visible()
    expect(walk.page.locator(".proposals button").first).to_be_visible()
    walk.photograph("logo")


def _order(walk: Walk) -> None:
    """Sections are put in order: dragged at a desk, by their buttons on a phone; one is left out."""
    rows = walk.page.locator("#list-home_sections li")
    makes = walk.page.locator("#list-home_sections li[data-entry=makes]")
    if walk.device == "desk":
        grip, first = makes.locator(".grip"), rows.first
        grip.scroll_into_view_if_needed()
        box, over = grip.bounding_box(), first.bounding_box()
        assert box is not None
        assert over is not None
        walk.page.mouse.move(box["x"] + 8, box["y"] + 8)
        walk.page.mouse.down()
        walk.page.mouse.move(over["x"] + 8, over["y"] + over["height"] * 0.7, steps=8)
        walk.page.mouse.move(over["x"] + 8, over["y"] + 4, steps=4)
        walk.page.mouse.up()
    else:
        for place in (2, 1, 0):
            makes.locator("button[name=move]").first.click()
            expect(rows.nth(place)).to_have_attribute("data-entry", "makes")
    expect(walk.frame.locator("main h2").first).to_have_text("Nach Marke")
    walk.page.locator("#list-home_sections li[data-entry=bodies] input").uncheck()
    expect(walk.frame.locator("main h2", has_text="Nach Karosserie")).to_have_count(0)
    walk.photograph("order")


def _text(walk: Walk) -> None:
    """A heading is written in two languages; the real page says it before anybody else hears it."""
    walk.page.locator("details", has=walk.page.locator("[name='s.heading.de']")).evaluate("one => one.open = true")
    walk.page.fill("[name='s.heading.de']", f"Ehrlich seit 1998 ({walk.device})")
    walk.page.fill("[name='s.heading.en']", f"Honest since 1998 ({walk.device})")
    walk.page.locator("[name='s.heading.en']").press("Tab")
    expect(walk.frame.locator("h1")).to_have_text(f"Ehrlich seit 1998 ({walk.device})")
    if "Ehrlich seit 1998" in walk.live():
        raise AssertionError("a visitor sees the draft")
    walk.page.locator("#look-lang").select_option("en")
    expect(walk.frame.locator("h1")).to_have_text(f"Honest since 1998 ({walk.device})")
    walk.page.locator("#look-lang").select_option("de")
    for width in ("tablet", "desktop", "phone"):
        walk.page.locator(f"a[data-width={width}]").click()
        expect(walk.page.locator("#frame")).to_have_class(re.compile(width))
    walk.photograph("text")


def _undone(walk: Walk) -> None:
    """The last change is taken back and done again."""
    walk.page.locator("[data-key=undo]").click()
    expect(walk.frame.locator("h1")).not_to_contain_text("Ehrlich")
    walk.page.locator("[data-key=redo]").click()
    expect(walk.frame.locator("h1")).to_contain_text("Ehrlich")


def _published(walk: Walk) -> None:
    """What it means is said; it is published, followed, and live."""
    expect(walk.page.locator("#studio-publish")).to_contain_text(re.compile(r"Ändert \d+ Seiten, dauert etwa \d+ s"))
    walk.photograph("before-publishing")
    walk.page.locator("form[action$='/publish'] button").click()
    walk.page.wait_for_load_state()
    expect(walk.page.locator("#going")).to_be_visible()
    walk.photograph("publishing")
    expect(walk.page.locator("#going")).to_have_class(re.compile("live"), timeout=WAIT_SECONDS * 1000)
    _wait(lambda: f"Ehrlich seit 1998 ({walk.device})" in walk.live(), "the site says it")
    if ACCENTS[walk.device][0] not in _style(walk):
        raise AssertionError("the served style sheet has another colour")
    live = walk.page.context.new_page()
    live.goto(walk.ground.address("/", NORTH))
    expect(live.locator("header img.logo")).to_be_visible()
    live.screenshot(path=SCREENS / f"{walk.device}-live.png")
    live.close()
    walk.photograph("live")


def _back(walk: Walk) -> None:
    """Earlier looks say what would be otherwise; the first one is published again."""
    walk.page.get_by_role("link", name="Frühere Fassungen").click()
    walk.page.wait_for_url("**/looks/")
    expect(walk.page.locator("ul.rows")).to_contain_text("Überschrift")
    walk.photograph("earlier")
    walk.page.locator("ul.rows form button").last.click()
    walk.page.wait_for_url("**/studio/**")
    expect(walk.page.locator("#going")).to_have_class(re.compile("live"), timeout=WAIT_SECONDS * 1000)
    _wait(lambda: "Ehrlich seit 1998" not in walk.live(), "the former heading is served again")
    if ACCENTS[walk.device][0] in _style(walk):
        raise AssertionError("the served style sheet still has the colour")
    walk.photograph("back")


def _unfold(walk: Walk, part: str) -> None:
    walk.page.locator(f"#{part}").evaluate("one => one.open = true")


def _style(walk: Walk) -> str:
    found = re.search(r'href="(/a/site\.[0-9a-f]+\.css)"', walk.live())
    return "" if found is None else walk.ground.server.get(NORTH, found[1]).text


def _drawn_logo(colour: str) -> bytes:
    picture = Image.new("RGB", (480, 120), "#ffffff")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((10, 10, 110, 110), fill=colour)
    pen.rectangle((140, 40, 460, 80), fill=colour)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _wait(holds: Callable[[], bool], what: str) -> None:
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > WAIT_SECONDS:
            raise AssertionError(f"not within {WAIT_SECONDS:.0f} s: {what}")
        time.sleep(0.5)
