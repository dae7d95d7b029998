"""S5: the search engine killed, hanging, failing or lying: the page still finds cars within a second, and says what
happened; once the engine is back, so is search, within thirty seconds."""

import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page

from search.index import index_name
from search.jobs import rebuild
from storefront.core import config
from storefront.core.config import Settings
from tests.servers.meili import Server as Meilisearch
from tools.judges.layout import chromium
from tools.judges.serving import Server, serving
from tools.prove.ground import fresh_instance, marketplace
from tools.prove.proof import CannotProve, Proof
from tools.prove.small_world import bound, founded

HOST = "north-cars.localhost"
KEY = "a master key of this proof alone"
SEARCHES, QUICK = 40, 12
"""Pages asked for in each outage, without scripts."""
TYPED = ("golf", "bmw", "diesel", "automatik", "kombi", "audi", "skoda", "hybrid")
MOST_SECONDS = 1.0
BACK_SECONDS = 30.0
PATIENCE = 90.0


@dataclass
class Seen:
    """What visitors saw in one outage."""

    plain: list[float] = field(default_factory=list)
    """Seconds each page took without scripts."""
    typed: list[float] = field(default_factory=list)
    """Seconds from the last letter to cars on the page, with scripts."""
    wrong: list[str] = field(default_factory=list)
    back: float = 0.0
    """Seconds from the end of the outage to the first answer."""


def prove(proof: Proof, *, quick: bool) -> None:
    """Break both engines in every way, look at the page with and without scripts, and mend them.

    Args:
        proof: where figures go.
        quick: fewer searches in each outage.
    """
    number = QUICK if quick else SEARCHES
    outages: dict[str, Seen] = {}
    with chromium() as browser:
        with fresh_instance() as instance, _embedded(instance) as server:
            folder = next((instance / "search").iterdir())
            for name, broken in (("embedded: folder gone", _gone), ("embedded: files corrupt", _corrupt)):
                outages[name] = _through(server, browser, number, lambda broken=broken: broken(folder))  # type: ignore[misc]
        with fresh_instance() as instance, _meilisearch(instance) as (server, engine):
            for fault in ("hang", "500", "garbage", "reset", "nonsense"):
                outages[f"Meilisearch: {fault}"] = _through(
                    server,
                    browser,
                    number,
                    lambda fault=fault: _misbehaving(engine, fault),  # type: ignore[misc]
                )
    _judge(proof, outages)


def _judge(proof: Proof, outages: dict[str, Seen]) -> None:
    wrong = [f"{name}: {fault}" for name, seen in outages.items() for fault in seen.wrong]
    proof.hold(f"{len(outages)} outages, cars found in each with scripts and without", not wrong, "; ".join(wrong[:5]))
    for what, times in (
        ("without scripts", [one for seen in outages.values() for one in seen.plain]),
        ("typed", [one for seen in outages.values() for one in seen.typed]),
    ):
        p95 = statistics.quantiles(times, n=20)[18]
        proof.hold(f"{what} p95 {p95:.2f} s", p95 < MOST_SECONDS, f"{what} p95 {p95:.2f} s, not {MOST_SECONDS}")
    back = max(seen.back for seen in outages.values())
    proof.hold(f"back after {back:.1f} s", back <= BACK_SECONDS, f"back after {back:.1f} s, not {BACK_SECONDS:.0f}")


@contextmanager
def _embedded(instance: Path) -> Iterator[Server]:
    """Serve the small world with the embedded engine."""
    with bound(config.load({}, marketplace_instance=instance)):
        tenant_id = founded(config.load({}, marketplace_instance=instance)).tenant_id
        rebuild(tenant_id)
        if not (instance / "search" / index_name(tenant_id)).is_dir():
            raise CannotProve("there is no index to break")
    with serving(instance) as server:
        yield server


@contextmanager
def _meilisearch(instance: Path) -> Iterator[tuple[Server, Meilisearch]]:
    """Serve the small world with an engine behind HTTP."""
    with Meilisearch(KEY) as engine:
        wanted = {"MEILISEARCH_URL": engine.url, "MEILISEARCH_KEY": KEY}
        settings: Settings = config.load(wanted, marketplace_instance=instance)
        with bound(settings):
            rebuild(founded(settings).tenant_id)
        with serving(instance, wait_seconds=180, **wanted) as server:
            yield server, engine


def _through(server: Server, browser: Browser, number: int, broken: Callable[[], "Outage"]) -> Seen:
    """Go through one outage: pages without scripts, searches typed with scripts, then wait until search is back."""
    seen = Seen()
    _wait_until_found(server)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"http://{HOST}:{server.port}/-/search?lang=de", wait_until="networkidle")
    outage = broken()
    try:
        for turn in range(number):
            _look(server, seen, TYPED[turn % len(TYPED)])
        for word in TYPED:
            _type(page, seen, word)
    finally:
        page.close()
        outage.end()
    mended = time.monotonic()
    seen.back = _wait_until_found(server) - mended
    return seen


def _look(server: Server, seen: Seen, word: str) -> None:
    """Ask for a page as a browser without scripts does, and follow its first way to cars."""
    began = time.monotonic()
    answer = server.get(HOST, f"/-/search?lang=de&q={quote(word)}", {"Accept": "text/html"})
    seen.plain.append(time.monotonic() - began)
    if answer.status != 503 or "Die Suche antwortet gerade nicht" not in answer.text:
        seen.wrong.append(f"{answer.status} instead of a word about the outage")
        return
    ways = [part.partition('"')[0] for part in answer.text.partition("data-fallback")[2].split('href="')[1:]]
    listed = server.get(HOST, ways[0]) if ways else None
    if listed is None or listed.status != 200 or "data-car=" not in listed.text:
        seen.wrong.append("no way to cars without scripts")


def _type(page: Page, seen: Seen, word: str) -> None:
    """Type a search and wait for cars that were found in the files of the site."""
    field = page.locator("#filter-q")
    field.fill("")
    page.evaluate("document.querySelector('[data-part=hits]').replaceChildren()")
    field.fill(word)
    began = time.monotonic()
    while time.monotonic() < began + 10:
        if page.locator("[data-part=hits] [data-car], [data-part=hits] .empty").count():
            break
        page.wait_for_timeout(20)
    seen.typed.append(time.monotonic() - began)
    text = page.locator("[data-part=hits]").inner_text()
    if "Die Suche antwortet gerade nicht" not in text:
        seen.wrong.append(f"nothing is said about the outage when “{word}” is typed")
    if word in ("golf", "diesel") and not page.locator("[data-part=hits] [data-car]").count():
        seen.wrong.append(f"no car is found for “{word}” with scripts")


def _wait_until_found(server: Server) -> float:
    """Wait until a page of hits comes; gives the moment. Raises CannotProve when none does."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.get(HOST, f"/-/search?lang=de&q=golf&price_min={time.monotonic_ns() % 1000}").status == 200:
            return time.monotonic()
        time.sleep(0.25)
    raise CannotProve(f"search does not come back: {server.output[-600:]}")


@dataclass(frozen=True)
class Outage:
    """Something broken that can be mended."""

    end: Callable[[], object]


def _gone(folder: Path) -> Outage:
    aside = folder.with_name("aside")
    folder.rename(aside)

    def mend() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)

    return Outage(mend)


def _corrupt(folder: Path) -> Outage:
    """Write over the index's files under the feet of its readers; a rebuild is the way out."""
    for file in folder.rglob("*"):
        if file.is_file() and file.suffix in (".json", ".store", ".term", ".idx", ".fast", ".pos"):
            file.write_bytes(b"\x00garbage" * 64)
    return Outage(lambda: marketplace(folder.parent.parent, "search", "rebuild"))


def _misbehaving(engine: Meilisearch, fault: str) -> Outage:
    engine.behave = fault
    return Outage(lambda: setattr(engine, "behave", ""))
