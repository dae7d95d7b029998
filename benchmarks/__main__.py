"""The bench: our builder beside others over one catalogue, paired whole processes (docs/benchmarks.md).

    python -m benchmarks [--dealers 100] [--listings 100] [--pairs 5] [--only NAME …] [--quick] [--json FILE]

A build and ours take turns (A B A B, after one warm-up of each that also shows the memory), every time in a fresh
folder on tmpfs where there is room. A ratio is the other's wall time by ours, the median over the pairs: 3.0 says that
ours needs a third of the time. It writes the JSON and changes nothing else.
"""

import argparse
import json
import shutil
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from storefront.core import clock

from . import measuring
from .builds import OTHERS, OURS, Build, differences, files
from .measuring import Lap, lap, memory, python, ratio, workplace

QUICK = {"dealers": 10, "listings": 40, "pairs": 1}


def main(words: Sequence[str] | None = None) -> int:
    """Run from the command line.

    Returns:
        1 when the builds did not give the same pages.
    """
    options = _options(words)
    with workplace() as work:
        report = measure(options, work)
    _print(report)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 1 if report["differences"] else 0


def measure(options: argparse.Namespace, work: Path) -> dict[str, Any]:
    """Run all pairs.

    Args:
        options: from the command line.
        work: an empty folder.

    Returns:
        What `--json` writes.
    """
    lap(python("catalogue", str(options.dealers), str(options.listings), str(work / "catalogue")))
    others = [build for build in OTHERS if not options.only or build.name in options.only]
    laps: dict[str, list[Lap]] = {OURS.name: []}
    trees: dict[str, dict[str, str]] = {}
    together: dict[str, float] = {}
    ratios: dict[str, float] = {}
    for build in (OURS, *others):
        build.prepare(work)
        together[build.name] = _warm_up(build, work, trees)
    for build in others:
        pairs = [(_lap(OURS, work), _lap(build, work)) for _ in range(options.pairs)]
        mine, theirs = [one for one, _ in pairs], [one for _, one in pairs]
        laps[OURS.name] += mine
        laps[build.name] = theirs
        name = f"{build.name}/{OURS.name}"
        ratios[name] = round(ratio(theirs, mine), 2)
        print(f"  {name:24} {ratios[name]:7.2f}  {build.says}", flush=True)
    rows = {name: _row(found, len(trees[name]), together[name]) for name, found in laps.items() if found}
    return {
        "ratios": ratios,
        "differences": differences(trees),
        "builds": rows,
        "size": {"dealers": options.dealers, "listings": options.listings, "pairs": options.pairs},
        "at": clock.now().isoformat(timespec="seconds"),
        "machine": measuring.machine(),
    }


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure our builder beside others.")
    parser.add_argument("--dealers", type=int, default=100)
    parser.add_argument("--listings", type=int, default=100, help="cars of each dealer")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", nargs="*", metavar="NAME", help=f"of {', '.join(build.name for build in OTHERS)}")
    parser.add_argument("--quick", action="store_true", help="400 cars, one pair: does everything run?")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here")
    options = parser.parse_args(words)
    if options.quick:
        vars(options).update(QUICK)
    return options


def _warm_up(build: Build, work: Path, trees: dict[str, dict[str, str]]) -> float:
    """Build once: notes the pages it gives; gives the memory of its processes together."""
    out = _cleared(build, work)
    used = memory(build.command(work, out), build.environment)
    trees[build.name] = files(build.tree(out))
    return used


def _lap(build: Build, work: Path) -> Lap:
    return lap(build.command(work, _cleared(build, work)), build.environment)


def _cleared(build: Build, work: Path) -> Path:
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    build.before(work, out)
    return out


def _row(laps: list[Lap], pages: int, together: float) -> dict[str, float]:
    seconds = statistics.median(one.seconds for one in laps)
    return {
        "pages": pages,
        "seconds": round(seconds, 3),
        "fastest": round(min(one.seconds for one in laps), 3),
        "slowest": round(max(one.seconds for one in laps), 3),
        "cpu": round(statistics.median(one.cpu for one in laps), 3),
        "pages_per_second": round(pages / seconds),
        "largest_process_mib": round(max(one.peak_mib for one in laps)),
        "all_processes_mib": round(together),
    }


def _print(report: dict[str, Any]) -> None:
    print("\n  build                pages   seconds   processor   pages/s   largest MiB   all MiB")
    for name, row in report["builds"].items():
        print(
            f"  {name:18} {row['pages']:7} {row['seconds']:9.2f} {row['cpu']:11.2f} {row['pages_per_second']:9}"
            f" {row['largest_process_mib']:13} {row['all_processes_mib']:9}"
        )
    for said in report["differences"]:
        print(f"  {said}")


if __name__ == "__main__":
    sys.exit(main())
