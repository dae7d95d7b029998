"""Judges that need a browser and a served site: axe on every kind of page, Lighthouse on the pages that count."""

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tools.judges.foreign import HERE, missing
from tools.judges.kinds import some_of_each
from tools.judges.layout import FLAGS
from tools.judges.report import Verdict
from tools.judges.serving import serving
from tools.judges.trees import Site

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = {"phone": 390, "desktop": 1280}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def axe(sites: list[Site], instance: Path, each: int) -> Verdict:
    """axe-core's WCAG 2.2 AA and best practices on `each` pages of every kind, on a phone and a desktop (F4: 0)."""
    verdict = Verdict("axe", skipped=missing("chromium", "node"))
    if verdict.skipped:
        return verdict
    with serving(instance, "serve", "--no-live") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for device, width in WIDTHS.items():
            # A phone by night, a desk by day: both schemes of a site that follows the visitor are seen.
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                reduced_motion="reduce",
                color_scheme="dark" if device == "phone" else "light",
            )
            context.add_init_script(path=str(HERE / "node_modules/axe-core/axe.min.js"))
            page = context.new_page()
            for site in sites:
                for chosen in some_of_each(site, each):
                    page.goto(f"http://{site.local_host}:{server.port}{chosen.path}", wait_until="load")
                    _axe_page(verdict, site, chosen.path, device, page)
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


@dataclass(frozen=True)
class Wanted:
    """A page to measure, and how often; of several runs the median counts."""

    site: Site
    kind: str
    path: str
    runs: int


def lighthouse(sites: list[Site], instance: Path, runs: int, folder: Path) -> Verdict:
    """Lighthouse (mobile), median of `runs`, on home, list, vehicle and contact page of every host (SEO.md §19.9)."""
    verdict = Verdict("lighthouse")
    wanted = [Wanted(site, kind, path, runs) for site in sites for kind, path in key_pages(site).items()]
    measured(verdict, instance, wanted, folder)
    return verdict


def measured(verdict: Verdict, instance: Path, wanted: list[Wanted], folder: Path, performance: int = 99) -> None:
    """Run Lighthouse on pages of an installation, one after the other, and judge them.

    Args:
        verdict: takes the findings; `figures` keeps the worst score of each category.
        instance: whose sites are served meanwhile.
        wanted: the pages.
        folder: for Lighthouse's own reports.
        performance: the least score; the other categories want 100, SEO on indexable pages only. A page that falls
            short of it in a single run is measured twice more.
    """
    verdict.skipped = missing("chromium", "node")
    if verdict.skipped:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with serving(instance) as server:
        for page in wanted:
            url = f"http://{page.site.local_host}:{server.port}{page.path}"
            name = f"{page.site.host}-{page.kind}"
            reports = [_lighthouse(url, folder / f"{name}-{run}.json") for run in range(page.runs)]
            if page.runs == 1 and _is_slow(reports[0], performance):
                reports += [_lighthouse(url, folder / f"{name}-{run}.json") for run in (1, 2)]
            _score(verdict, page, reports, performance)


def _is_slow(report: dict[str, Any], performance: int) -> bool:
    """Ask whether a single run fell short in speed alone, the one score that a busy machine lowers."""
    return 100 * (report["categories"]["performance"]["score"] or 0) < performance


def _score(verdict: Verdict, page: Wanted, reports: list[dict[str, Any]], performance: int) -> None:
    """Take the median of each category, against what is wanted; `figures` keeps the worst over all pages."""
    verdict.looked_at += 1
    row = f"  {page.site.host} ({page.site.theme}) {page.kind}:"
    indexable = b"noindex" not in page.site.pages[page.path].read_bytes()[:20_000]
    for category in CATEGORIES:
        if category == "seo" and not indexable:
            row += " (not indexed)"
            continue
        least = performance if category == "performance" else 100
        score = round(statistics.median(100 * (report["categories"][category]["score"] or 0) for report in reports))
        row += f" {category} {score}"
        verdict.figures[category] = min(score, int(verdict.figures.get(category, 100)))
        if score < least:
            why = f"{page.kind}: {score} of {least}: {', '.join(_reasons(reports[-1], category))}"
            verdict.blame(page.site.host, page.path, category, why)
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
    """The pages a buyer comes through: home, the list of all cars, a vehicle, contact; in the first language."""
    found = {chosen.kind: chosen.path for chosen in reversed(some_of_each(site, languages=1))}
    return {kind: found[kind] for kind in ("home", "list", "vehicle", "contact") if kind in found}
