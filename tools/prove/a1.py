"""A1: the admin in a browser, from nothing to a site that is served, on a phone and at a desk; every page looked at.

A real installation with its workers. Five journeys: somebody joins on a phone and publishes; a car gets twelve photos;
prices change in bulk; a lead is answered; a suspended dealer vanishes everywhere. Then every page of the admin is
opened, photographed into build/screens, held against its screen's width, and judged by axe.
"""

import csv
import io
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tools.judges.browser import AXE_TAGS
from tools.judges.serving import Server, free_port, serving
from tools.judges.trees import ROOT
from tools.metadata import found_in
from tools.prove.a1_pages import look_at_pages
from tools.prove.ground import fresh_instance, marketplace
from tools.prove.proof import CannotProve, Proof
from tools.prove.visit import a_vehicle, inquire

PHRASE = "four words of our own making"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
SCREENS = ROOT / "build" / "screens" / "admin"
AXE = ROOT / "tools/judges/node_modules/axe-core/axe.min.js"
WAIT = 180.0
"""Seconds a worker on a busy machine may need to publish."""
STEP_MS = 60_000
NORTH = "north-cars.localhost"
NEW = "autohaus-weser.localhost"
PHOTOS = 12
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@dataclass
class Ground:
    """What the journeys walk on."""

    instance: Path
    server: Server
    browser: Browser
    faults: list[str] = field(default_factory=list)
    """What scripts failed of."""
    findings: list[str] = field(default_factory=list)
    """What axe found on the pages of the journeys."""

    def address(self, path: str, host: str = "localhost") -> str:
        """Give the whole address of a page."""
        return f"http://{host}:{self.server.port}{path}"

    @contextmanager
    def visitor(self, device: dict[str, object], email: str = "") -> Iterator[Page]:
        """Give a page of somebody, logged in where an address is given; what the browser complains of is a fault."""
        context: BrowserContext = self.browser.new_context(reduced_motion="reduce", locale="de-DE", **device)  # type: ignore[arg-type]
        context.set_default_timeout(STEP_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{urlsplit(page.url).path}: {error}"))
        if email:
            log_in(page, self.address("/admin/login"), email)
        try:
            yield page
        finally:
            context.close()


def prove(proof: Proof, *, quick: bool) -> None:
    """Found a marketplace with two dealers, walk the journeys, look at every page."""
    shutil.rmtree(SCREENS, ignore_errors=True)
    if not AXE.exists():
        raise CannotProve("axe-core is not installed: `npm ci` in tools/judges")
    with fresh_instance() as instance:
        _found(instance)
        port = free_port()  # public addresses name it: the studio's frame is on one
        with serving(instance, port=port, SITE_PORT=str(port)) as server, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            ground = Ground(instance, server, browser)
            for name, journey in JOURNEYS.items():
                _walk(proof, ground, name, journey)
            look_at_pages(proof, ground, SCREENS, quick=quick)
            browser.close()
            proof.hold("no script failed", not ground.faults, "; ".join(ground.faults[:4]))
            proof.hold("no axe finding on the way", not ground.findings, "; ".join(ground.findings[:4]))


def log_in(page: Page, address: str, email: str) -> None:
    """Log in by the form."""
    page.goto(address)
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PHRASE)
    page.click("main button")
    page.wait_for_url(re.compile(r"/admin/(?!login)"))


def _found(instance: Path) -> None:
    """Found the marketplace: two dealers with ten cars each, their owners, and somebody of the operator's."""
    for slug, name in (("north-cars", "North Cars"), ("south-motors", "South Motors")):
        marketplace(
            instance, "dealer", "add", slug, "--name", name, "--plan", "premium", "--email", f"{slug}@example.org"
        )
        stock = instance / f"{slug}.csv"
        stock.write_text(_stock(slug, 10), encoding="utf-8")
        marketplace(instance, "import", str(stock), "--dealer", slug)
        _person(instance, f"{slug}-owner@example.org", "Jette Brandt", "owner", slug)
    _person(instance, "operator@example.org", "Olga Ortmann", "operator", None)


def _person(instance: Path, email: str, name: str, role: str, dealer: str | None) -> None:
    whose = ["--dealer", dealer] if dealer else []
    marketplace(instance, "user", "add", email, "--name", name, "--role", role, "--password", PHRASE, *whose)


def _stock(slug: str, number: int) -> str:
    """Write a stock file in the layout every installation knows."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "make", "model", "version", "price", "mileage_km", "year", "fuel", "condition"])
    for n in range(number):
        make, model = (("Volkswagen", "Golf"), ("BMW", "X3"), ("Ford", "Fiesta"))[n % 3]
        writer.writerow(
            [f"{slug}-{n}", make, model, "Life", 9_900 + 700 * n, 12_000 + 3_100 * n, 2016 + n % 8, "diesel", "used"]
        )
    return text.getvalue()


def _walk(proof: Proof, ground: Ground, name: str, journey: Callable[[Ground], str]) -> None:
    """Walk a journey; where it stops is a shortfall with a picture of the page."""
    began = time.monotonic()
    try:
        said = journey(ground)
    except (Error, AssertionError, CannotProve) as stopped:
        proof.hold(name, False, f"{name}: {type(stopped).__name__}: {' '.join(str(stopped).split())[:300]}")
        return
    proof.figure(f"{name}: {said} ({time.monotonic() - began:.0f} s)")


# -- the journeys --


def _onboarding(ground: Ground) -> str:
    """Somebody joins on a phone: letter, password, company, stock, publish."""
    with ground.visitor(PHONE) as page:
        page.goto(ground.address("/admin/register/"))
        page.fill("#firm", "Autohaus Weser")
        page.fill("#person", "Wiebke Weser")
        page.fill("#email", "wiebke@example.org")
        _photograph(ground, page, "journey-1-register")
        page.click("main form .btn-main")
        page.wait_for_url("**/register/sent")
        page.goto(_link(ground, "wiebke@example.org", "/admin/register/"))
        page.fill("#licence", "HB-2026-17")
        page.fill("#password", PHRASE)
        page.check("input[name=agreed]")
        page.click("main form .btn-main")
        page.wait_for_url("**/admin/setup/**")
        _photograph(ground, page, "journey-2-checklist")
        _company(ground, page)
        _bring_stock(ground, page)
        page.goto(ground.address("/admin/setup/publish"))
        page.click("main form .btn-main")
        page.wait_for_selector(".share", timeout=WAIT * 1000)
        _photograph(ground, page, "journey-3-published")
        _until(lambda: ground.server.get(NEW, "/").status == 200, f"{NEW} is served")
        page.goto(ground.address("/vehicles/", NEW))
        cars = page.locator("main a[href*='/vehicles/']").count()
        if not cars:
            raise AssertionError("the new site lists no car")
        _photograph(ground, page, "journey-4-site")
    return f"{NEW} is served with its cars"


def _company(ground: Ground, page: Page) -> None:
    page.goto(ground.address("/admin/company/"))
    values = {
        "legal_name": "Autohaus Weser GmbH", "street": "Am Deich 7", "postal_code": "28199", "city": "Bremen",
        "phone": "0421 5569123", "email": "info@weser.example", "vat_id": "DE136695976", "day_1": "9-18",
        "legal_represented_by": "Wiebke Weser", "legal_register_court": "Amtsgericht Bremen",
        "legal_register": "HRB 1717", "legal_authority": "Stadt Bremen", "legal_publisher": "Wiebke Weser",
        "legal_mediator": "Universalschlichtungsstelle",
    }  # fmt: skip
    for name, value in values.items():
        if page.locator(f"#{name}").count():
            page.fill(f"#{name}", value)
    page.click("main form .btn-main")
    page.wait_for_load_state()
    if page.locator(".err").count():
        raise AssertionError(f"company: {page.locator('.err').first.inner_text()}")


def _bring_stock(ground: Ground, page: Page) -> None:
    """Drop a file of an unknown layout, take the mapping as it is guessed, import."""
    page.goto(ground.address("/admin/imports/"))
    file = {"name": "bestand.csv", "mimeType": "text/csv", "buffer": _german_file().encode("cp1252")}
    page.set_input_files("#file", file)  # type: ignore[arg-type]
    page.click("main form .btn-main")
    page.wait_for_url("**/mapping**")
    _photograph(ground, page, "journey-2-mapping")
    page.click("button[formmethod=post]")
    page.wait_for_selector("form[action$='/import'] .btn-main", timeout=WAIT * 1000)
    page.click("form[action$='/import'] .btn-main")
    page.wait_for_selector(".note.good", timeout=WAIT * 1000)


def _german_file() -> str:
    rows = [
        ["Interne Nummer", "Hersteller", "Modell", "Bezeichnung", "Bruttopreis", "Kilometerstand", "EZ", "Kraftstoff"]
    ]
    for n in range(6):
        model = ("Octavia", "Fabia", "Superb")[n % 3]
        rows.append(
            [
                f"W{n}",
                "Škoda".replace("Š", "S"),
                model,
                "1.5 TSI Größe",
                f"{12 + n}.900,00 €",
                f"{20 + n}.500",
                f"0{n + 1}/2019",
                "Benzin",
            ]
        )
    return "\r\n".join(";".join(row) for row in rows)


def _twelve_photos(ground: Ground) -> str:
    """A car is listed at a desk, gets twelve photos at once, and is shown with them."""
    with ground.visitor(DESK, "north-cars-owner@example.org") as page:
        page.goto(ground.address("/admin/listings/new"))
        page.fill("#make", "Volkswagen")
        page.fill("#model", "Passat")
        page.fill("#price", "23.900")
        page.click("main form .btn-main")
        page.wait_for_url(re.compile(r"/admin/listings/[0-9a-f-]{36}/"))
        page.set_input_files("#photo-files", _photos())  # type: ignore[arg-type]
        page.locator("li[data-photo]").nth(PHOTOS - 1).wait_for(timeout=WAIT * 1000)
        _photograph(ground, page, "journey-photos")
        page.click("form[action$='/publication'] .btn-main")
        page.wait_for_load_state()

    def shown() -> bool:
        found = re.search(
            r"/vehicles/volkswagen-passat[a-z0-9-]*-[0-9a-z]{13}/", ground.server.get(NORTH, "/vehicles/").text
        )
        if found is None:
            return False
        text = ground.server.get(NORTH, found[0]).text
        return len(set(re.findall(r"/i/([0-9a-f]{12,})", text))) >= PHOTOS or text.count("<img") >= PHOTOS

    _until(shown, "the car is shown with its photos")
    leaks = [name for name in _served_photos(ground) if found_in(name)]
    if leaks:
        raise AssertionError(f"{len(leaks)} served pictures carry metadata")
    return f"{PHOTOS} photos in the editor and on the page"


def _served_photos(ground: Ground) -> list[bytes]:
    folder = ground.instance / "sites" / NORTH / "current" / "i"
    return [file.read_bytes() for file in sorted(folder.rglob("*.jpg"))[:24]] if folder.exists() else []


def _photos() -> list[dict[str, object]]:
    from PIL import Image

    files = []
    for n in range(PHOTOS):
        file = io.BytesIO()
        Image.new("RGB", (1280, 960), (20 * n, 90, 200 - 12 * n)).save(file, "JPEG", quality=85)
        files.append({"name": f"photo-{n:02}.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    return files


def _bulk_price(ground: Ground) -> str:
    """Prices of three cars fall by two per cent, with the rule of thirty days beside each."""
    with ground.visitor(DESK, "north-cars-owner@example.org") as page:
        page.goto(ground.address("/admin/listings/?q=golf"))
        boxes = page.locator("input[name=car]")
        if boxes.count() < 3:
            raise AssertionError(f"only {boxes.count()} cars match")
        for at in range(3):
            boxes.nth(at).check()
        page.click("button[name=act][value=price]")
        page.wait_for_load_state()
        for name, value in (("direction", "down"), ("step", "percent"), ("rounding", "ten"), ("reason", "promotion")):
            _choose(page, name, value)
        page.fill("input[name=by]", "2")
        _photograph(ground, page, "journey-bulk")
        page.click("#reprice button:not([formaction])")
        page.wait_for_selector("#reprice button[formaction]")
        _photograph(ground, page, "journey-bulk-preview")
        page.click("#reprice button[formaction]")
        page.wait_for_selector(".toast")
        said = page.locator(".toast").first.inner_text()
        _photograph(ground, page, "journey-bulk-done")
    return " ".join(said.split())[:60]


def _choose(page: Page, name: str, value: str) -> None:
    found = page.locator(f"select[name={name}]")
    if found.count():
        found.first.select_option(value)
    elif page.locator(f"input[name={name}][value={value}]").count():
        page.locator(f"input[name={name}][value={value}]").first.check()


def _answered_lead(ground: Ground) -> str:
    """A buyer asks on the site; the dealer answers from the phone; the letter lies in the buyer's box."""
    _until(lambda: ground.server.get(NORTH, "/vehicles/").status == 200, f"{NORTH} is served")
    sent = inquire(ground.server, NORTH, a_vehicle(ground.server, NORTH))
    if sent.status not in (200, 201, 303):
        raise AssertionError(f"the inquiry was answered by {sent.status}")
    with ground.visitor(PHONE, "north-cars-owner@example.org") as page:
        page.goto(ground.address("/admin/leads/?tab=waiting"))
        _photograph(ground, page, "journey-inbox")
        page.locator("table.leads tbody a").first.click()
        page.wait_for_url(re.compile(r"/admin/leads/[0-9a-f-]{36}/"))
        _photograph(ground, page, "journey-lead")
        page.fill("#body", "Guten Tag, das Fahrzeug ist da. Kommen Sie gern vorbei.\n\nJette Brandt")
        page.click("#answer form .btn-main")
        page.wait_for_selector(".toast")
        _photograph(ground, page, "journey-lead-answered")
    _until(lambda: "Kommen Sie gern vorbei" in _letter(ground, "jana1@example.org"), "the letter is sent")
    return "inquired on the site, answered from a phone, letter sent"


def _vanished(ground: Ground) -> str:
    """The operator suspends a dealer: no site, no car on the marketplace, no hit, no page of the dealer."""
    path = "/vehicles/"
    _until(lambda: "South Motors" in ground.server.get("localhost", "/dealers/").text, "South Motors is listed")
    with ground.visitor(DESK, "operator@example.org") as page:
        page.goto(ground.address("/admin/dealers/?q=south"))
        page.locator("table tbody a").first.click()
        page.wait_for_url(re.compile(r"/admin/dealers/[0-9a-f-]{36}/"))
        page.select_option("#status", "suspended")
        page.fill("#reason", "Unpaid")
        page.click("form[action$='/status'] button")
        page.wait_for_selector(".toast")
        _photograph(ground, page, "journey-suspended")
    checks = {
        "its site": lambda: ground.server.get("south-motors.localhost", "/").status >= 400,
        "the dealers": lambda: "South Motors" not in ground.server.get("localhost", "/dealers/").text,
        "its profile": lambda: ground.server.get("localhost", "/dealers/south-motors/").status >= 400,
        "the cars": lambda: "South Motors" not in ground.server.get("localhost", path).text,
        "the search": lambda: "South Motors" not in ground.server.get("localhost", "/-/search?make=ford").text,
        "the site map": lambda: "south-motors" not in ground.server.get("localhost", "/sitemap.xml").text,
    }
    for name, gone in checks.items():
        _until(gone, f"{name} tell nothing of South Motors")
    return f"gone from {', '.join(checks)}"


JOURNEYS: dict[str, Callable[[Ground], str]] = {
    "onboarding on a phone": _onboarding,
    "a car with photos": _twelve_photos,
    "bulk price change": _bulk_price,
    "lead answered": _answered_lead,
    "suspended dealer": _vanished,
}


# -- what they share --


def _until(holds: Callable[[], bool], what: str, page: Page | None = None) -> None:
    """Wait for something a worker does."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(1.0) if page is None else page.wait_for_timeout(1000)
    raise AssertionError(f"it never came to: {what}")


def _letter(ground: Ground, to: str) -> str:
    """Give the text of the newest letter to somebody; empty when there is none."""
    found = ""
    for file in sorted((ground.instance / "outbox").rglob("*.eml"), key=lambda one: one.stat().st_mtime):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        if to in str(message["To"]) and body is not None:
            found = str(body.get_content())
    return found


def _link(ground: Ground, to: str, path: str) -> str:
    """Give the link of a letter that leads below a path, at the port of this server."""
    pattern = re.compile(rf"https?://[^\s/]+({re.escape(path)}\S+)")
    _until(lambda: pattern.search(_letter(ground, to)) is not None, f"a letter to {to}")
    found = pattern.search(_letter(ground, to))
    assert found is not None
    return ground.address(found[1].rstrip(".,"))


def _photograph(ground: Ground, page: Page, name: str) -> None:
    """Keep a picture of a page on the way, and what axe finds on it."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or {}).get("width", 0)
    settled(page)
    page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=True)
    if "/admin/" in page.url:
        ground.findings += [f"{name} {width}: {found}" for found in axe(page)]


def settled(page: Page) -> None:
    """Wait for a page's pictures, those below its fold as well, ten seconds at most."""
    page.evaluate(
        """() => Promise.all([...document.images].map((image) => {
          image.loading = "eager";
          return image.complete || new Promise((done) => {
            image.onload = image.onerror = done;
            setTimeout(done, 10000);
          });
        }))"""
    )


def axe(page: Page) -> list[str]:
    """Give what axe-core finds on a page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run({runOnly: tags})", AXE_TAGS)
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:100]}" for fault in found["violations"]]
