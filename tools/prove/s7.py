"""S7: finding a car on a phone: type, filter, radius, back, share, compare, save; the same results without scripts; axe
finds nothing. On the cars of a real dealer and real private ads, in every theme of a dealer and on the marketplace."""

import re
import time

from playwright.sync_api import Browser, Page, ViewportSize
from playwright.sync_api import Error as BrowserError

from tools.judges.foreign import install
from tools.judges.layout import chromium
from tools.judges.serving import Server, serving
from tools.judges.trees import ROOT, Site, built_sites
from tools.prove import s7_journey, stress
from tools.prove.ground import fresh_instance, marketplace, run, shared
from tools.prove.proof import CannotProve, Proof

PHONE: ViewportSize = {"width": 390, "height": 844}
ADS, ADS_QUICK = 700, 150
SEARCHES, SEARCHES_QUICK = 40, 8
"""Searches made twice on each site, with scripts and without."""
SUITES = ("test_search_page.py", "test_kept.py", "test_alerts.py")
_PASSED = re.compile(r"(\d+) passed")


def prove(proof: Proof, *, quick: bool) -> None:
    """Found the real stock, go the way of a buyer in each theme, search at random with scripts and without.

    Args:
        proof: where figures go.
        quick: fewer cars and searches, and without the suites of the browser.
    """
    if problem := install():
        raise CannotProve(problem)
    with fresh_instance() as instance:
        marketplace(instance, "db", "upgrade")
        marketplace(instance, "places", "load", str(shared("data/geo/zipcodes.de.csv.gz")))
        stress.found(instance, ADS_QUICK if quick else ADS)
        with serving(instance) as server, chromium() as browser:
            sites = _one_of_each(built_sites(instance))
            for site in sites:
                _warm(server, site)
                _journey(proof, browser, server, site)
                _both_ways(proof, browser, server, site, SEARCHES_QUICK if quick else SEARCHES)
    if not quick:
        _suites(proof)


def _one_of_each(sites: list[Site]) -> list[Site]:
    """Give a site of every theme, the one with most pages."""
    largest = sorted(sites, key=lambda site: -len(site.pages))
    return list({site.theme: site for site in reversed(largest)}.values())


def _warm(server: Server, site: Site) -> None:
    """Ask until every process of the server has the site's index open: the first answers of a cold one may be late."""
    until, answered = time.monotonic() + 120, 0
    while answered < 6 and time.monotonic() < until:
        fresh = f"/-/search?lang=de&price_max={1_000_000 + time.monotonic_ns() % 1_000_000}"
        answered = answered + 1 if server.get(site.local_host, fresh).status == 200 else 0


def _journey(proof: Proof, browser: Browser, server: Server, site: Site) -> None:
    phone = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
    phone.set_default_timeout(20_000)
    visitor = s7_journey.Visitor(phone.new_page(), f"http://{site.local_host}:{server.port}", server)
    try:
        visitor.go_all_the_way()
    except (AssertionError, BrowserError) as fault:
        visitor.page.screenshot(path=ROOT / f"build/s7-{site.theme}.png")
        proof.shortfalls.append(f"{site.theme}: after {visitor.done[-1:]}: {str(fault)[:300]}")
    faults = visitor.faults + visitor.complaints
    proof.hold(
        f"{site.theme}: {', '.join(visitor.done)}; axe {visitor.looked_at} looked at, no fault",
        not faults and len(visitor.done) == len(s7_journey.STEPS),
        f"{site.theme}: {len(faults)} faults, such as {faults[:1]}",
    )
    phone.close()


def _both_ways(proof: Proof, browser: Browser, server: Server, site: Site, number: int) -> None:
    origin = f"http://{site.local_host}:{server.port}"
    with_scripts = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    without = browser.new_context(viewport=PHONE, java_script_enabled=False)
    for context in (with_scripts, without):
        context.set_default_timeout(20_000)
    pages: tuple[Page, Page] = (with_scripts.new_page(), without.new_page())
    differing, found = s7_journey.search_both_ways(*pages, origin, number)
    proof.hold(
        f"{site.theme}: {number} searches with and without scripts alike, {found} with cars",
        not differing and found >= number // 2,
        f"{site.theme}: {len(differing)} of {number} differ ({found} with cars), such as {differing[:1]}",
    )
    with_scripts.close()
    without.close()


def _suites(proof: Proof) -> None:
    paths = " ".join(f"tests/browser/{name}" for name in SUITES)
    ran = run(["make", "test-browser", f"ARGS=-rs {paths}"])
    ending = next((line for line in reversed(ran.output.splitlines()) if " in " in line and "=" in line), "").strip(
        "= "
    )
    is_whole = ran.status == 0 and _PASSED.search(ending) is not None and "skipped" not in ending
    proof.hold(f"journeys of the suite: {ending}", is_whole, f"journeys of the suite: {ending or ran.output[-200:]}")
