"""Sample pages of a theme as a small site in a browser: quick to make, answered under the page policy of the product.

`drawn(theme, folder)` writes every sample page, the page of every car of the lists at its own address, and the files of
tours; `opened` gives a page that notes every complaint of the browser.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import segno
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import themes
from storefront.pages import contexts as c
from tests.unit.themes import sample_vehicles, samples
from tests.unit.themes.sample_parts import card, cards
from tools import preview_theme
from tools.judges.browser import AXE_TAGS

AXE = Path(preview_theme.__file__).parent / "judges/node_modules/axe-core/axe.min.js"

FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
NO_GPU = ["--disable-gpu"]
WEBGL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
"""WebGL that needs no graphics card; everything is drawn through it then, which takes its time."""
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SOLD = 3
"""Number of the car that is sold in the meantime."""
FRAMES = tuple(f"/i/spin-{index}.jpg" for index in range(8))
TOURS = (
    c.Tour("spin", "Rundum", frames=FRAMES),
    c.Tour("panorama", "Innenraum", src="/i/panorama.jpg"),
)


@contextmanager
def chromium(*, webgl: bool = False) -> Iterator[Browser]:
    """Give Debian's Chromium, where it is wanted with WebGL."""
    with sync_playwright() as play:
        more = WEBGL if webgl else NO_GPU
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, *more])
        yield browser
        browser.close()


@contextmanager
def drawn(name: str, folder: Path) -> Iterator[str]:
    """Write the sample site of a theme and serve it; gives its origin."""
    theme = themes.load(name)
    kind = theme.kinds[0]
    chosen = themes.resolve(theme, {})
    preview_theme.write(theme, kind, folder, chosen, ["de", "en"])
    for lang in ("de", "en"):
        look = themes.Look(theme, chosen, lang, themes.bundle(theme, chosen))
        site = samples.site(kind, lang)
        for index in range(len(cards(10, lang, kind))):
            page = car_page(kind, lang, index)
            write(folder, page.path, themes.render(look, site, page, "pages/vehicle.html"))
    tour_files(folder)
    shutil.copy(folder / themes.bundle(theme, chosen).urls["icons/favicon.ico"].lstrip("/"), folder / "favicon.ico")
    (folder / "q").mkdir(exist_ok=True)
    segno.make("https://north-cars.example/vehicles/bmw-k700xq/").save(str(folder / "q/k700xq.svg"), border=0)
    server = preview_theme.serve(folder, 0)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def car_page(kind: str, lang: str, index: int) -> c.VehiclePage:
    """Make the page of a car of the sample lists."""
    of_card, full = card(index, lang, kind=kind), sample_vehicles.vehicle(kind, lang)
    mileage = next(fact for fact in of_card.facts if fact.endswith("km"))
    sold = index == SOLD
    return replace(
        full,
        path=of_card.href,
        languages=(c.Link(card(index, "en" if lang == "de" else "de").href, "…", lang="en" if lang == "de" else "de"),),
        id=of_card.id,
        title=of_card.title,
        version=of_card.version,
        state="sold" if sold else "active",
        sold_on="Verkauft am 12. März" if sold else None,
        inquiry=None if sold else full.inquiry,
        price=replace(full.price, price=of_card.price, short=of_card.price or "?", reduction=None),
        strip=(full.strip[0], replace(full.strip[1], value=mileage), *full.strip[2:]),
        tours=TOURS if index == 0 else (),
    )


def write(folder: Path, address: str, text: str) -> None:
    """Write a page below the folder."""
    target = folder / address.lstrip("/") / "index.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def tour_files(folder: Path) -> None:
    """Draw eight numbered frames, and a picture all round whose four quarters differ in colour."""
    for index, address in enumerate(FRAMES):
        frame = Image.new("RGB", (480, 270), (40 + 20 * index, 90, 120))
        ImageDraw.Draw(frame).ellipse((20 + 50 * index, 100, 90 + 50 * index, 170), fill="white")
        frame.save(folder / address.lstrip("/"))
    around = Image.new("RGB", (1024, 512))
    pencil = ImageDraw.Draw(around)
    for index, colour in enumerate(("#c02020", "#20a040", "#2040c0", "#d0a020")):
        pencil.rectangle((index * 256, 0, index * 256 + 255, 511), fill=colour)
    around.save(folder / "i/panorama.jpg", quality=95)


def opened(context: BrowserContext) -> tuple[Page, list[str]]:
    """Open a page that notes script errors, blocked content, missing files and requests to strangers."""
    page, complaints = context.new_page(), []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("http://127.0.0.1", "data:")) else complaints.append(request.url)
        ),
    )
    return page, complaints


def axe_faults(page: Page) -> list[str]:
    """Give what axe-core finds on the page as it stands, dialogs open or not.

    `make test-browser` installs it; only where there is no npm or no registry is the test skipped.
    """
    if not AXE.exists():
        pytest.skip("axe-core could not be installed: `npm ci` in tools/judges")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run({runOnly: tags})", AXE_TAGS)
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found["violations"] for node in fault["nodes"]]


def until(page: Page, condition: str) -> None:
    """Wait until a condition in the page holds. Playwright's own way needs `eval`, which the page policy forbids."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it never came to: {condition}")
