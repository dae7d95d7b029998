"""Foreign judges over built sites: those of an installation, or a demo world of their own in every theme.

    python -m tools.judges.judge all
    python -m tools.judges.judge nu links --instance instance --host north-cars.localhost

Exit status 0 when no judge found a fault, 1 when one did, 2 when one could not look. Reports go to
build/judge/report.html, report.txt and report.json.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.judges import addresses, browser, dress, foreign, keyboard, layout, sitemaps, structured, visits
from tools.judges.report import Verdict, write
from tools.judges.trees import ROOT, Site, built_sites

Judge = Callable[[list[Site], argparse.Namespace], Verdict]
JUDGES: dict[str, Judge] = {
    "nu": lambda sites, options: foreign.nu(sites),
    "html": lambda sites, options: foreign.html_validate(sites),
    "css": lambda sites, options: foreign.css(sites),
    "links": lambda sites, options: addresses.links(sites),
    "linkinator": lambda sites, options: foreign.linkinator(sites),
    "canonical": lambda sites, options: addresses.canonical(sites),
    "hosts": lambda sites, options: addresses.hosts(sites),
    "sitemaps": lambda sites, options: sitemaps.sitemaps(sites, options.xsd),
    "jsonld": lambda sites, options: structured.jsonld(sites, options.vocabulary),
    "typed": lambda sites, options: structured.typed(sites),
    "rich": lambda sites, options: foreign.rich_results(sites),
    "visits": lambda sites, options: visits.visits(options.instance, options.host, options.report),
    "layout": lambda sites, options: layout.layout(options.instance, options.host),
    "text200": lambda sites, options: layout.layout(options.instance, options.host, text=200),
    "keyboard": lambda sites, options: keyboard.keyboard([str(options.instance)], options.host),
    "axe": lambda sites, options: browser.axe(sites, options.instance, options.pages),
    "lighthouse": lambda sites, options: browser.lighthouse(
        sites, options.instance, options.runs, options.report / "lighthouse"
    ),
}


def judge(names: list[str], options: argparse.Namespace) -> list[Verdict]:
    """Let the named judges look at the installation and return their verdicts."""
    sites = built_sites(options.instance, options.host)
    if not sites:
        raise SystemExit(f"nothing is built under {options.instance}/sites: run `marketplace build` first")
    if problem := foreign.install():
        print(f"judges from npm are missing: {problem}", file=sys.stderr)
    verdicts: list[Verdict] = []
    hosts = {site.host: site.theme for site in sites}
    for name in names:
        try:
            verdict = JUDGES[name](sites, options)
        except Exception as error:  # one judge that breaks down does not silence the others
            verdict = Verdict(name, skipped=f"broke down: {type(error).__name__}: {error}")
        print(verdict.line, flush=True)
        verdicts.append(verdict)
        write(verdicts, options.report, hosts)  # after each: what was found stands, whatever happens to the next
    return verdicts


def main() -> int:
    """Run from the command line."""
    options = _options()
    names = list(JUDGES) if "all" in options.judges else options.judges
    with _world(options.instance) as options.instance:
        verdicts = judge(names, options)
    print(f"report: {options.report}/report.html, report.txt, report.json")
    if any(verdict.findings for verdict in verdicts):
        return 1
    return 2 if any(verdict.skipped for verdict in verdicts) else 0


@contextmanager
def _world(instance: Path | None) -> Iterator[Path]:
    """Give the installation to judge; without one, found the demo in a temporary folder and dress it in every theme."""
    if instance is not None:
        yield instance.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="market-", dir="/tmp") as folder:
        print("no --instance: founding a demo world and dressing it in every theme …", flush=True)
        dress.found(Path(folder))
        yield Path(folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Foreign judges over the built sites.")
    parser.add_argument(
        "judges", nargs="+", choices=["all", *JUDGES], metavar="JUDGE", help=", ".join(JUDGES) + ", all"
    )
    parser.add_argument("--instance", type=Path, help="installation folder; without one, a demo world of their own")
    parser.add_argument("--host", default="", help="judge one host only")
    parser.add_argument("--report", type=Path, default=ROOT / "build/judge", help="folder for the reports")
    parser.add_argument("--xsd", type=Path, help="combined.xsd of the sitemap schemas")
    parser.add_argument("--vocabulary", type=Path, help="schemaorg-current-https.jsonld.gz")
    parser.add_argument("--pages", type=int, default=2, help="axe: pages of every kind (2)")
    parser.add_argument("--runs", type=int, default=3, help="lighthouse: runs a page, of which the median counts (3)")
    options = parser.parse_args()
    options.report = options.report.resolve()
    return options


if __name__ == "__main__":
    sys.exit(main())
