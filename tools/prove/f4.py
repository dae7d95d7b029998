"""F4: Lighthouse and axe on the pages that count, of a site in each theme, and their pictures at two widths."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.judges.browser import FLAGS, WIDTHS, key_pages
from tools.judges.serving import serving
from tools.judges.trees import ROOT, Site, built_sites
from tools.prove.proof import Proof
from tools.prove.visit import DEALER
from tools.prove.world import ask, demo_instance


def prove(proof: Proof, *, quick: bool) -> None:
    """Judge the marketplace and a dealer in each theme: Lighthouse (median of 3), axe; then take the pictures."""
    with demo_instance() as instance:
        for host in [site.host for site in _each_theme(instance)]:
            ask(proof, instance, ["lighthouse"], f"prove-f4/{host}", runs=1 if quick else 3, host=host)
        ask(proof, instance, ["axe"], "prove-f4")
        taken = _pictures(instance, ROOT / "build/shots")
    proof.hold(f"{taken} pictures in build/shots, to be judged by eye", taken >= 12, f"only {taken} pictures taken")


def _each_theme(instance: Path) -> list[Site]:
    """Give one site of each theme the demo shows, North Cars for its own."""
    sites = sorted(built_sites(instance), key=lambda site: (not site.is_marketplace, site.host != DEALER, site.host))
    return list({site.theme: site for site in reversed(sites)}.values())[::-1]


def _pictures(instance: Path, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    taken = 0
    with serving(instance) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for width in WIDTHS.values():
            page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
            for site in _each_theme(instance):
                for kind, path in key_pages(site).items():
                    page.goto(f"http://{site.local_host}:{server.port}{path}", wait_until="networkidle")
                    page.screenshot(path=folder / f"{site.local_host.split('.')[0]}-{kind}-{width}.png", full_page=True)
                    taken += 1
        browser.close()
    return taken
