"""G2: the hardest stock in every dealer theme and on the marketplace breaks no layout, on any width."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from lxml import html
from playwright.sync_api import Page

from tools.judges.kinds import kind_of, language_of, some_of_each
from tools.judges.layout import Looked, Stop, chromium, look, readable, shot_name
from tools.judges.serving import Server, serving
from tools.judges.trees import ROOT, Site, built_sites
from tools.prove import stress
from tools.prove.ground import fresh_instance
from tools.prove.proof import Proof

FOLDER = ROOT / "build/prove-g2"
WIDTHS = (320, 390, 768, 1280)
SHOWN = (390, 768, 1280)
WORST_EACH = 2
"""Pages taken for each way a car can be hard."""
FIXED = ("home", "list", "vehicle", "bare", "contact")
"""Kinds of pages always photographed."""
Measure = Callable[[html.HtmlElement], float]


def prove(proof: Proof, *, quick: bool) -> None:
    """Found the stock, look at every kind of page and the hardest cars, photograph the ten worst and a fixed set."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with fresh_instance() as instance:
        made = stress.found(instance, 150 if quick else stress.ADS_READ)
        proof.expect("cars of the real dealer", made["stx3"], 323)
        proof.expect("cars made to break a layout", made["made to break"], 10)
        enough = quick or made["kleinanzeigen"] >= stress.CARS_OF_ADS
        proof.hold(f"{made['kleinanzeigen']} private ads", enough, f"only {made['kleinanzeigen']} private ads")
        with serving(instance, "serve", "--no-live") as server:
            stops = [stop for site in built_sites(instance) for stop in hard_pages(site, server)]
            results, shots = _look(stops, (390,) if quick else WIDTHS)
    _tell(proof, results, shots)


def hard_pages(site: Site, server: Server) -> list[Stop]:
    """List a page of every kind, and of the default language's cars those that are hardest in each way."""
    kinds = {chosen.path: chosen.kind for chosen in some_of_each(site)}
    cars = [path for path in site.pages if kind_of(path) == "vehicle" and not language_of(path)]
    documents = {path: html.document_fromstring(site.pages[path].read_bytes()) for path in cars}
    for name, measure in MEASURES.items():
        hardest = sorted(cars, key=lambda path: (-measure(documents[path]), path))
        kinds |= {path: kinds.get(path, name) for path in hardest[:WORST_EACH]}
    address = f"http://{site.local_host}:{server.port}"
    return [Stop(f"{address}{path}", site.host, path, kind, site.theme) for path, kind in kinds.items()]


def _text(document: html.HtmlElement, path: str) -> str:
    return " ".join(" ".join(found.text_content() for found in document.xpath(path)).split())


def _prices(text: str) -> list[int]:
    return [int(number.replace(".", "")) for number in re.findall(r"(\d[\d.]*)\s€", text)]


MEASURES: dict[str, Measure] = {
    "long version": lambda page: len(_text(page, "//title")),
    "long text": lambda page: len(_text(page, "//*[contains(@class, 'text')]")),
    "long word": lambda page: max(map(len, re.findall(r"\S+", _text(page, "//main"))), default=0),
    "no photo": lambda page: -len(page.xpath("//main//img")),
    "forty photos": lambda page: len(page.xpath("//main//img")),
    "few facts": lambda page: -len(page.xpath("//main//dd")),
    "much equipment": lambda page: len(page.xpath("//main//li")),
    "dear": lambda page: max(_prices(_text(page, "//main")), default=0),
}
"""Ways in which a car's page can be hard: the higher, the harder."""


def _look(stops: list[Stop], widths: tuple[int, ...]) -> tuple[list[Looked], dict[str, Path]]:
    """Judge all pages at all widths; photograph those of the fixed set at once, and the worst ones at the end."""
    results: list[Looked] = []
    shots: dict[str, Path] = {}
    with chromium() as browser:
        seen: set[tuple[str, str, int]] = set()
        for looked, page in look(browser, stops, widths):
            results.append(looked)
            fixed = (looked.stop.host, looked.stop.kind, looked.width)
            if looked.width in SHOWN and looked.stop.kind in FIXED and fixed not in seen:
                seen.add(fixed)
                _shoot(page, FOLDER / "fixed", looked, shots)
        worst = ten_worst(results)
        for number, one in enumerate(worst, 1):
            for again, page in look(browser, [one.stop], [one.width]):
                _shoot(page, FOLDER / "worst", again, shots, f"{number:02d}-")
    return results, shots


def ten_worst(results: list[Looked]) -> list[Looked]:
    """Choose the ten worst pages, each once at its worst width; where fewer have faults, the hardest kinds follow."""
    chosen: dict[str, Looked] = {}
    for looked in sorted(results, key=lambda looked: (-looked.badness, looked.stop.kind not in MEASURES, looked.width)):
        faultless = (looked.stop.kind, looked.stop.theme)
        chosen.setdefault(looked.stop.url if looked.badness else str(faultless), looked)
    return list({looked.stop.url: looked for looked in reversed(chosen.values())}.values())[::-1][:10]


def _shoot(page: Page, folder: Path, looked: Looked, shots: dict[str, Path], prefix: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{prefix}{shot_name(looked)}"
    page.screenshot(path=path, full_page=True)
    shots[f"{prefix}{looked.stop.kind} of {looked.stop.theme}, {looked.width} px, badness {looked.badness}"] = path


def _tell(proof: Proof, results: list[Looked], shots: dict[str, Path]) -> None:
    lines = [
        *readable(results),
        "",
        "Pictures:",
        *(f"  {path.relative_to(ROOT)}  {name}" for name, path in shots.items()),
    ]
    (FOLDER / "layout.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    everything = [asdict(looked) | {"badness": looked.badness} for looked in results if looked.findings]
    (FOLDER / "layout.json").write_text(json.dumps(everything, ensure_ascii=False, indent=1), encoding="utf-8")
    bad = sum(len(looked.findings) for looked in results)
    views = f"{len(results)} views of {len({looked.stop.url for looked in results})} pages"
    proof.hold(f"no fault in {views}", not bad, f"{bad} faults in {views}: build/prove-g2/layout.txt")
    proof.figure(f"{len(shots)} pictures in build/prove-g2, the ten worst first among them")
