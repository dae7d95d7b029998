"""G1: speed, accessibility and weight of every kind of page in every theme; one policy a host, never broken."""

import shutil
from pathlib import Path

from tools.judges import dress
from tools.judges.browser import Wanted, measured
from tools.judges.kinds import some_of_each
from tools.judges.report import Verdict, write
from tools.judges.trees import ROOT, Site, built_sites
from tools.prove.ground import fresh_instance
from tools.prove.proof import Proof
from tools.prove.world import ask

FOLDER = "prove-g1"
KEY_KINDS = ("home", "list", "vehicle")
RUNS = 5
"""On the three pages a buyer comes through; the other kinds get one."""
HTML = 20_480
"""Bytes of a page with brotli (SEO.md §16)."""


def prove(proof: Proof, *, quick: bool) -> None:
    """Dress the demo in every theme, measure on a machine as quiet as it was found, then let the judges look."""
    shutil.rmtree(ROOT / "build" / FOLDER, ignore_errors=True)
    with fresh_instance() as instance:
        dress.found(instance)
        sites = one_a_look(built_sites(instance))
        proof.figure(f"looks: {', '.join(f'{site.theme} on {site.host}' for site in sites)}")
        _lighthouse(proof, instance, sites, quick=quick)
        _weights(proof, sites)
        ask(proof, instance, ["nu", "axe", "visits"], FOLDER, pages=1)


def one_a_look(sites: list[Site]) -> list[Site]:
    """Keep one site for each theme and scheme, the one with the most pages."""
    best: dict[str, Site] = {}
    for site in sorted(sites, key=lambda site: len(site.pages)):
        best[site.theme or site.host] = site
    return sorted(best.values(), key=lambda site: site.theme)


def _weights(proof: Proof, sites: list[Site]) -> None:
    """The compressed copies on disk of all pages; what styles and scripts of a page weigh was measured in `visits`."""
    size, name = max((_brotli(file), f"{site.host}{path}") for site in sites for path, file in site.pages.items())
    proof.hold(f"HTML at most {size / 1024:.1f} KB br", size <= HTML, f"{name} has {size} bytes br")


def _brotli(file: Path) -> int:
    twin = file.with_name(file.name + ".br")
    return (twin if twin.is_file() else file).stat().st_size


def _lighthouse(proof: Proof, instance: Path, sites: list[Site], *, quick: bool) -> None:
    """Median of five on home, list and vehicle, one run on each other kind, of each theme as it comes.

    A scheme changes colours and no file: axe and Nu saw every one of them, a run of Lighthouse would add nothing.
    """
    sites = [site for site in sites if " " not in site.theme]
    wanted = [
        Wanted(site, chosen.kind, chosen.path, 1 if quick or chosen.kind not in KEY_KINDS else RUNS)
        for site in sites
        for chosen in some_of_each(site, languages=1)
        if chosen.kind != "404" and not (quick and chosen.kind not in KEY_KINDS)
    ]
    verdict = Verdict("lighthouse")
    measured(verdict, instance, wanted, ROOT / "build" / FOLDER / "lighthouse", performance=99)
    write([verdict], ROOT / "build" / FOLDER / "speed")
    worst = " ".join(f"{name} {score}" for name, score in verdict.figures.items())
    proof.hold(
        f"Lighthouse on {verdict.looked_at} pages, worst: {worst}",
        not verdict.findings and not verdict.skipped,
        verdict.skipped or f"Lighthouse: {len(verdict.findings)} short, worst: {worst}; {verdict.findings[:4]}",
    )
