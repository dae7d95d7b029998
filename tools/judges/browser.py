"""Judges that need a browser and a served site: axe on every kind of page, Lighthouse on the pages that count."""

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tools.judges.foreign import HERE, missing
from tools.judges.report import Verdict
from tools.judges.serving import serving
from tools.judges.trees import VEHICLE, Site

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = {"phone": 390, "desktop": 1280}
CATEGORIES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}


def axe(sites: list[Site], instance: Path, each: int) -> Verdict:
    """axe-core's WCAG 2.2 AA and best practices on `each` pages of every kind, on a phone and a desktop (F4: 0)."""
    verdict = Verdict("axe", skipped=missing("chromium", "node"))
    if verdict.skipped:
        return verdict
    with serving(instance) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for device, width in WIDTHS.items():
            context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
            context.add_init_script(path=str(HERE / "node_modules/axe-core/axe.min.js"))
            page = context.new_page()
            for site in sites:
                for path in kinds_of_pages(site, each):
                    page.goto(f"http://{site.local_host}:{server.port}{path}", wait_until="load")
                    _axe_page(verdict, site, path, device, page)
            context.close()
        browser.close()
    return verdict


def _axe_page(verdict: Verdict, site: Site, path: str, device: str, page: Page) -> None:
    verdict.looked_at += 1
    result: dict[str, Any] = page.evaluate("tags => axe.run({runOnly: tags})", AXE_TAGS)
    for violation in result["violations"]:
        node = violation["nodes"][0]
        where = f"{device}, {len(violation['nodes'])}x: {violation['help']} {node['target']} {node['html'][:120]}"
        verdict.blame(site.host, path, violation["id"], where)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        verdict.blame(site.host, path, "scrolls sideways", f"{device}: by {wide} px")


TRIES = 3
"""A browser on a busy machine now and then fails to record a page at all (NO_NAVSTART); the next run does."""


def lighthouse(sites: list[Site], instance: Path, runs: int, folder: Path) -> Verdict:
    """Lighthouse (mobile), median of `runs`, on home, list and vehicle page of every host (F4)."""
    verdict = Verdict("lighthouse", skipped=missing("chromium", "node"))
    if verdict.skipped:
        return verdict
    folder.mkdir(parents=True, exist_ok=True)
    with serving(instance) as server:
        for site in sites:
            for kind, path in key_pages(site).items():
                url = f"http://{site.local_host}:{server.port}{path}"
                reports = [_lighthouse(url, folder / f"{site.host}-{kind}-{run}.json") for run in range(runs)]
                _score(verdict, site, path, kind, reports)
    return verdict


def _score(verdict: Verdict, site: Site, path: str, kind: str, reports: list[dict[str, Any]]) -> None:
    """Take the median of each category, against what is wanted; `figures` keeps the worst over all pages."""
    verdict.looked_at += 1
    row = f"  {site.host} {kind}:"
    for category, wanted in CATEGORIES.items():
        score = round(statistics.median(100 * (report["categories"][category]["score"] or 0) for report in reports))
        row += f" {category} {score}"
        verdict.figures[category] = min(score, int(verdict.figures.get(category, 100)))
        if score < wanted:
            why = f"{kind}: {score} of {wanted}: {', '.join(_reasons(reports[-1], category))}"
            verdict.blame(site.host, path, category, why)
    verdict.table.append(row)


def _lighthouse(url: str, file: Path) -> dict[str, Any]:
    command = [
        str(HERE / "node_modules/.bin/lighthouse"), url, "--quiet", "--output=json", f"--output-path={file}",
        f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={' '.join(['--headless', *FLAGS])}",
    ]  # fmt: skip
    environment = os.environ | {"CHROME_PATH": shutil.which("chromium") or ""}
    for _ in range(TRIES):
        run = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, env=environment)
        if run.returncode == 0:
            break
    else:
        raise RuntimeError(f"lighthouse failed on {url}: {run.stderr.strip()[-600:]}")
    report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return report


def _reasons(report: dict[str, Any], category: str) -> Iterator[str]:
    for entry in report["categories"][category]["auditRefs"]:
        audit = report["audits"][entry["id"]]
        if entry["weight"] and audit["score"] is not None and audit["score"] < 0.9:
            yield f"{entry['id']} {audit.get('displayValue', '')}".strip()


def key_pages(site: Site) -> dict[str, str]:
    """The three pages a buyer comes through: home, the list of all cars, a vehicle page; in the first language."""
    listed = {"home": "/", "list": "/vehicles/"}
    vehicle = next((path for path in site.pages if path.startswith("/vehicles/") and VEHICLE.match(path)), None)
    return {kind: path for kind, path in {**listed, "vehicle": vehicle}.items() if path in site.pages}


def kinds_of_pages(site: Site, each: int) -> list[str]:
    """Up to `each` pages of every kind; a kind is the language, the first folder and the depth."""
    chosen: dict[tuple[str, str, int], list[str]] = {}
    for path in site.pages:
        parts = path.strip("/").split("/")
        language, rest = (parts[0], parts[1:]) if len(parts[0]) == 2 else ("", parts)
        chosen.setdefault((language, rest[0] if rest else "", len(rest)), []).append(path)
    return [path for paths in chosen.values() for path in paths[:each]]
