"""The product figure: two languages, all hosts, themes, gate and compression on, beside the bare builder.

    python -m benchmarks.product build INSTANCE JOBS [no-gate] [no-compress]     what is timed
    python -m benchmarks.product [--dealers 20] [--listings 50] [--pairs 3] [--quick] [--json FILE]

The pictures are made before: a photo costs as much as hundreds of pages, once.
"""

import argparse
import json
import shutil
import sqlite3
import statistics
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from storefront.core import clock

from .measuring import Lap, lap, machine, python, workplace
from .world import TODAY

VARIANTS = {  # the gate weighs compressed pages, so there is none without them
    "bare": ("no-gate", "no-compress"),
    "with_compression": ("no-gate",),
    "product": (),
}
_BUILT = ("sites", "store")
"""What a build leaves in an instance besides rows; taken away so that every lap is a whole build."""


def build(instance: Path, jobs: int, words: list[str]) -> int:
    """Build every site as `marketplace build` does, with or without gate and compression.

    Returns:
        How many pages there are.
    """
    from builder import runs
    from builder.options import Options
    from storefront.core import config, runtime

    options = Options(gate="no-gate" not in words, compress="no-compress" not in words)
    settings = runtime.start(config.load({}, marketplace_instance=instance), bell=False, pooled=False)
    report = runs.build_all(settings, jobs=jobs, as_of=TODAY, options=options)
    failed = [site for site in report.hosts if site.failure]
    if failed:
        raise SystemExit(f"{failed[0].host}: {failed[0].failure}")
    return sum(site.pages for site in report.hosts)


def measure(dealers: int, listings: int, pairs: int, work: Path) -> dict[str, Any]:
    """Build a world with each variant in turn.

    Args:
        dealers: how many.
        listings: cars of each.
        pairs: how often.
        work: an empty folder.

    Returns:
        Figures by variant, and what each costs in terms of the bare build.
    """
    ready = work / "world"
    lap(python("world", str(dealers), str(listings), str(ready)))
    with closing(sqlite3.connect(ready / "marketplace.sqlite3")) as database:
        database.execute("pragma wal_checkpoint(truncate)")
    shutil.copy(ready / "marketplace.sqlite3", work / "unbuilt.sqlite3")
    lap(python("product", "build", str(ready), "2"))
    pages = _pages(ready)
    laps: dict[str, list[Lap]] = {name: [] for name in VARIANTS}
    for _ in range(pairs):
        for name, words in VARIANTS.items():
            out = _fresh(work)
            laps[name].append(lap(python("product", "build", str(out), "2", *words)))
    bare = laps["bare"]
    return {
        "size": {"dealers": dealers, "listings": listings, "pairs": pairs, "hosts": dealers + 1, "pages": pages},
        "builds": {name: _row(found, pages) for name, found in laps.items()},
        "ratios": {
            f"{name}/bare": round(statistics.median(b.seconds / a.seconds for a, b in zip(bare, found, strict=True)), 2)
            for name, found in laps.items()
        },
        "at": clock.now().isoformat(timespec="seconds"),
        "machine": machine(),
    }


def main() -> None:
    """Run from the command line."""
    if sys.argv[1:2] == ["build"]:
        instance, jobs, *words = sys.argv[2:]
        print(build(Path(instance), int(jobs), words), "pages")
        return
    parser = argparse.ArgumentParser(prog="python -m benchmarks.product", description="Measure the whole product.")
    parser.add_argument("--dealers", type=int, default=20)
    parser.add_argument("--listings", type=int, default=50)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.quick:
        options.dealers, options.listings, options.pairs = 4, 10, 1
    with workplace() as work:
        report = measure(options.dealers, options.listings, options.pairs, work)
    for name, row in report["builds"].items():
        times = report["ratios"][f"{name}/bare"]
        print(f"  {name:18} {row['seconds']:8.2f} s {row['pages_per_second']:8} pages/s  {times:5.2f} × bare")
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _fresh(work: Path) -> Path:
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    kept = shutil.ignore_patterns("marketplace.sqlite3*", *_BUILT, "*.sock")
    shutil.copytree(work / "world", out, ignore=kept, copy_function=_link)
    shutil.copy(work / "unbuilt.sqlite3", out / "marketplace.sqlite3")
    return out


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def _pages(instance: Path) -> int:
    with closing(sqlite3.connect(instance / "marketplace.sqlite3")) as database:
        (pages,) = database.execute(
            "select sum(pages) from site_releases where finished_at is not null and failure is null"
        ).fetchone()
    return int(pages)


def _row(laps: list[Lap], pages: int) -> dict[str, float]:
    seconds = statistics.median(one.seconds for one in laps)
    return {
        "seconds": round(seconds, 2),
        "cpu": round(statistics.median(one.cpu for one in laps), 2),
        "pages_per_second": round(pages / seconds),
        "largest_process_mib": round(max(one.peak_mib for one in laps)),
    }


if __name__ == "__main__":
    main()
