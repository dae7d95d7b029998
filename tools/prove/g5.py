"""G5: everything but comfort without scripts, in order without styles, by the keyboard alone, and reflowed."""

import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tools.judges import dress
from tools.judges.kinds import some_of_each
from tools.judges.layout import audit, chromium
from tools.judges.report import Verdict, write
from tools.judges.serving import Server, serving
from tools.judges.trees import ROOT, Site, built_sites
from tools.prove.f5 import LETTERS_WITHIN, recipients, wait_for
from tools.prove.g1 import one_a_look
from tools.prove.ground import fresh_instance
from tools.prove.proof import Proof
from tools.prove.visit import PATIENCE
from tools.prove.world import ask

FOLDER = "prove-g5"
PHONE = {"width": 390, "height": 844}
Step = Callable[[Page, Server, Site], str]
REQUESTS = ("test-drive", "trade-in")
READING = Path(__file__).with_name("reading.js")


def prove(proof: Proof, *, quick: bool) -> None:
    """Dress the demo in every theme; then scripts off, styles off, keyboard alone, narrow, enlarged."""
    shutil.rmtree(ROOT / "build" / FOLDER, ignore_errors=True)
    with fresh_instance() as instance:
        dress.found(instance)
        sites = one_a_look(built_sites(instance))
        # A network of their own for the visitors of each look: one may send five inquiries in ten minutes.
        with serving(instance, TRUSTED_PROXIES="1") as server, chromium() as browser:
            for number, site in enumerate(sites, start=1):
                _without_scripts(proof, browser, server, site, instance, f"198.51.100.{number}")
            _without_styles(proof, browser, server, sites)
            _reflow(proof, browser, server, sites)
        ask(proof, instance, ["keyboard", "text200"], FOLDER)


# -- scripts off ------------------------------------------------------------------------------------------------------


def _without_scripts(proof: Proof, browser: Browser, server: Server, site: Site, instance: Path, network: str) -> None:
    """Every function of a site without JavaScript, on a phone; each step says what it wanted when it fails."""
    context = browser.new_context(
        viewport=PHONE, java_script_enabled=False, extra_http_headers={"X-Forwarded-For": network}
    )
    context.set_default_timeout(8_000)
    for name, step in STEPS.items():
        _try(proof, f"{site.theme}: {name}", context, server, site, step)
    _forms(proof, context, server, site, instance)
    context.close()


def _try(
    proof: Proof,
    name: str,
    context: BrowserContext,
    server: Server,
    site: Site,
    step: Callable[[Page, Server, Site], str],
) -> None:
    page = context.new_page()
    try:
        said = step(page, server, site)
        proof.hold(f"{name} {said}".strip(), said is not None, f"{name}: not to be tried here")
    except Exception as error:  # a step that cannot be done is a shortfall, and the others are tried all the same
        proof.hold(name, False, f"{name} without scripts: {str(error).splitlines()[0][:160]} at {page.url}")
    page.close()


def _open(page: Page, server: Server, site: Site, path: str) -> None:
    answer = page.goto(f"http://{site.local_host}:{server.port}{path}")
    assert answer is not None
    assert answer.ok, f"{path} answered {answer.status}"


def _path(site: Site, kind: str) -> str:
    found = next((chosen.path for chosen in some_of_each(site, languages=1) if chosen.kind == kind), "")
    assert found, f"there is no page of the kind {kind}"
    return found


def _filter(page: Page, server: Server, site: Site) -> str:
    _open(page, server, site, "/vehicles/")
    form = (
        page.locator("form[method=get], form:not([method])").filter(has=page.locator("[name=fuel], [name=make]")).last
    )
    _reveal(page, form)
    _show(page, form)
    everything = _cars(page)
    assert everything, "no car among the results when nothing was chosen"
    _open(page, server, site, "/vehicles/")
    _reveal(page, form)
    box = form.locator("input[name=make]:not([value=any])").last
    if box.count():
        box.check()
    else:
        form.locator("select[name=make], select[name=fuel]").first.select_option(index=1)
    _show(page, form)
    assert 0 < _cars(page) <= everything, "no car of the make that was chosen"
    return f"({everything} links to cars without a choice, {_cars(page)} with one)"


def _show(page: Page, form: Locator) -> None:
    form.locator("button").last.click()
    page.wait_for_load_state()
    assert "/-/search" in page.url, "the form does not lead to the search"


def _cars(page: Page) -> int:
    return len({link.get_attribute("href") for link in page.locator("main a[href*='/vehicles/']").all()})


def _reveal(page: Page, form: Locator) -> None:
    """Open the drawer the filter lies in, whichever way the theme hides it: a sheet at an address, or a group."""
    opener = page.locator("a[href='#filter']").filter(visible=True)
    if opener.count():
        opener.first.click()
    for closed in form.locator("xpath=ancestor-or-self::details[not(@open)]/summary").all():
        closed.click()
    for closed in form.locator("details:not([open]) > summary").all()[:3]:
        if closed.is_visible():
            closed.click()


def _paging(page: Page, server: Server, site: Site) -> str:
    _open(page, server, site, "/vehicles/")
    older = page.locator("a[href*='/page-']")
    if not older.count():
        return "(one page only)"
    older.first.click()
    page.wait_for_load_state()
    assert "/page-" in page.url
    _open(page, server, site, "/-/search")
    onward = page.locator("a[href*='page=2']")
    if onward.count():
        onward.first.click()
        page.wait_for_load_state()
        assert page.locator("main a[href*='/vehicles/']").count(), "the second page of results shows no car"
    return "(older pages and results)"


def _photos(page: Page, server: Server, site: Site) -> str:
    path = _path(site, "vehicle")
    document = site.pages[path].read_text(encoding="utf-8")
    known = set(re.findall(r"<img[^>]*/i/([0-9a-f]{20})-", document))
    _open(page, server, site, path)
    if page.locator("a[href='#photos']").count():
        page.locator("a[href='#photos']").first.click()
    for group in page.locator("main details", has=page.locator("img")).all():
        if group.get_attribute("open") is None:
            group.locator("summary").first.click()
    for image in page.locator("main img").all():
        if image.is_visible():
            image.scroll_into_view_if_needed()
    seen = set()
    for image in page.locator("main img").all():
        box = image.bounding_box()
        source = re.search(r"/i/([0-9a-f]{20})-", image.get_attribute("src") or "")
        if source and box and box["width"] > 20:
            seen.add(source[1])
    unseen = known - seen
    assert not unseen, f"{len(unseen)} of {len(known)} pictures are never shown: {sorted(unseen)[:2]}"
    return f"({len(known)} pictures)"


def _menu(page: Page, server: Server, site: Site) -> str:
    _open(page, server, site, "/")
    page.locator("header summary, header a[href='#menu']").first.click()
    link = page.locator("header nav a, #menu a").filter(visible=True).first
    name = link.inner_text()
    link.click()
    page.wait_for_load_state()
    return f"({' '.join(name.split())})"


def _drawer(page: Page, server: Server, site: Site) -> str:
    _open(page, server, site, "/vehicles/")
    filter_ = page.locator("#filter")
    _reveal(page, filter_)
    inside = filter_.locator("select, input:not([type=hidden])").filter(visible=True).count()
    assert inside, "the filter cannot be opened"
    return f"({inside} fields)"


def _languages(page: Page, server: Server, site: Site) -> str:
    _open(page, server, site, _path(site, "vehicle"))
    link = page.locator("a[hreflang=en], a[lang=en]").filter(visible=True).first
    link.click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "en"
    assert "/en/vehicles/" in page.url, f"the link led to {page.url}"
    return "(to the same car in English)"


def _questions(page: Page, server: Server, site: Site) -> str:
    if site.is_marketplace or "/faq/" not in site.pages:
        return "(none here)"
    _open(page, server, site, "/faq/")
    closed = page.locator("main details:not([open])").first
    if closed.count():
        closed.locator("summary").click()
    assert page.locator("main details[open]").count(), "no question opens"
    return ""


STEPS: dict[str, Step] = {
    "filter": _filter, "paging": _paging, "photos": _photos, "menu": _menu, "drawer": _drawer,
    "languages": _languages, "questions": _questions,
}  # fmt: skip
"""What a visitor does without scripts; each says what it found, and fails where something cannot be done."""


def _forms(proof: Proof, context: BrowserContext, server: Server, site: Site, instance: Path) -> None:
    """Send an inquiry, a test drive and a car for part exchange, and wait for the buyer's letters."""
    paths = {"inquiry": _path(site, "vehicle")}
    paths |= {name: f"/{name}/" for name in REQUESTS if not site.is_marketplace}
    for name, path in paths.items():
        buyer = f"{name}.{site.host.split('.')[0]}@example.org"

        def send(page: Page, server: Server, site: Site, path: str = path, buyer: str = buyer) -> str:
            return _send(page, server, site, path, buyer, instance)

        _try(proof, f"{site.theme}: {name}", context, server, site, send)


def _send(page: Page, server: Server, site: Site, path: str, buyer: str, instance: Path) -> str:
    _open(page, server, site, path)
    form = page.locator("form[method=post]").filter(has=page.locator("input[type=email]")).first
    fill(form, buyer)
    page.wait_for_timeout(PATIENCE * 1000)
    form.locator("button").last.click()
    page.wait_for_load_state()
    assert page.locator("[aria-invalid=true]").count() == 0, f"refused: {page.locator('main').inner_text()[:200]}"
    assert "/-/" in page.url, "no answer page"
    said = " ".join(page.locator("main").inner_text().split())
    assert wait_for(lambda: recipients(instance)[buyer] >= 1, LETTERS_WITHIN), f"no letter came after: {said[:100]}"
    return "(answered, letter sent)"


def fill(form: Locator, buyer: str) -> None:
    """Fill every field a visitor sees with something fit for it."""
    for field in form.locator("input, select, textarea").all():
        kind = field.get_attribute("type") or ""
        if kind in {"hidden", "radio", "submit", "file"} or field.get_attribute("tabindex") == "-1":
            continue
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(index=1)
        elif kind == "checkbox":
            field.check()
        elif kind == "email":
            field.fill(buyer)
        elif kind == "date":
            field.fill(time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 86_400)))
        else:
            field.fill(_answer(field, kind))


def _answer(field: Locator, kind: str) -> str:
    name = field.get_attribute("name") or ""
    known = {"tel": "+49 30 1234567", "number": field.get_attribute("min") or "2018", "time": "11:00"}
    by_name = {
        "year": "2018",
        "registered": "2018-04",
        "mileage": "48000",
        "make": "Opel",
        "model": "Corsa",
    }
    return next((said for part, said in by_name.items() if part in name), known.get(kind, "Jana Nováková"))


# -- styles off, narrow, enlarged -------------------------------------------------------------------------------------


def _every(sites: list[Site], server: Server) -> Iterator[tuple[Site, str, str, str]]:
    for site in sites:
        for chosen in some_of_each(site, languages=1):
            yield site, chosen.kind, chosen.path, f"http://{site.local_host}:{server.port}{chosen.path}"


def unstyled(browser: Browser) -> BrowserContext:
    """Give a phone that loads neither styles nor the site's scripts, but can be asked what it shows."""
    context = browser.new_context(viewport=PHONE)
    context.route("**/*.css", lambda route: route.abort())
    context.route("**/*.js", lambda route: route.abort())
    return context


def _without_styles(proof: Proof, browser: Browser, server: Server, sites: list[Site]) -> None:
    verdict = Verdict("unstyled")
    context = unstyled(browser)
    page = context.new_page()
    for site, kind, path, url in _every(sites, server):
        page.goto(url)
        said = page.evaluate(READING.read_text(encoding="utf-8"))
        verdict.looked_at += 1
        for wrong in said["wrong"]:
            verdict.blame(site.host, path, "order", f"{site.theme} {kind}: {wrong}")
        if kind == "vehicle" and set(said["found"]) != {"skip", "h1", "price", "facts", "form"}:
            verdict.blame(site.host, path, "parts", f"{site.theme}: only {said['found']} found")
    context.close()
    _tell(proof, verdict)


def _reflow(proof: Proof, browser: Browser, server: Server, sites: list[Site]) -> None:
    """320 CSS pixels, as a narrow phone and as a 1280 px window at 400 % (WCAG 1.4.10)."""
    verdict = Verdict("reflow")
    for name, density, height in (("320 px", 1, 568), ("400 %", 4, 256)):
        context = browser.new_context(
            viewport={"width": 320, "height": height}, device_scale_factor=density, reduced_motion="reduce"
        )
        page = context.new_page()
        for site, kind, path, url in _every(sites, server):
            page.goto(url)
            verdict.looked_at += 1
            for finding in audit(page):
                where = f"{name} {site.theme} {kind}: {finding['where']} {finding['detail']}"
                verdict.blame(site.host, path, finding["rule"], where)
        context.close()
    _tell(proof, verdict)


def _tell(proof: Proof, verdict: Verdict) -> None:
    write([verdict], ROOT / "build" / FOLDER / verdict.judge)
    rules = ", ".join(f"{rule} {count}" for rule, count in Counter(f.rule for f in verdict.findings).items())
    example = f"{verdict.findings[0]}" if verdict.findings else ""
    proof.hold(" ".join(verdict.line.split()), not verdict.findings, f"{verdict.judge}: {rules}, such as {example}")
