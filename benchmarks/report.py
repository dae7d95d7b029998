"""The figures of a bench as Markdown, to be read before they go into docs/benchmarks.md; it writes nothing.

python -m benchmarks.report FILE …
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def markdown(report: dict[str, Any]) -> Iterator[str]:
    """Give the lines for one report: what it was measured on, ratios, then absolute figures."""
    size, machine = report["size"], report["machine"]
    yield f"{size['dealers']} dealers with {size['listings']} cars, {size['pairs']} pairs, {report['at'][:10]}."
    yield f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}; "
    yield f"Python {machine['python']}, {', '.join(f'{name} {one}' for name, one in machine['versions'].items())};"
    yield f"commit {machine['commit'][:12]}{', with changes on top' if machine['uncommitted_changes'] else ''}."
    yield from ("", "| ratio of wall times | |", "| --- | --- |")
    yield from (f"| {name} | **{ratio}** |" for name, ratio in report["ratios"].items())
    yield from ("", "| build | pages | seconds (least–most) | processor | pages/s | largest process | all processes |")
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, row in report["builds"].items():
        yield (
            f"| {name} | {row['pages']} | {row['seconds']:.2f} ({row['fastest']:.2f}–{row['slowest']:.2f}) "
            f"| {row['cpu']:.2f} | {row['pages_per_second']} | {row['largest_process_mib']} MiB "
            f"| {row['all_processes_mib']} MiB |"
        )


def main() -> None:
    """Run from the command line."""
    for name in sys.argv[1:]:
        print("\n".join(markdown(json.loads(Path(name).read_text("utf-8")))), end="\n\n")


if __name__ == "__main__":
    main()
