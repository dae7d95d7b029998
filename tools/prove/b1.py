"""B1: a whole build beside Frozen-Flask, Hugo and a write loop, at 10,000 and 50,000 cars; what the rest costs."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.prove.ground import run
from tools.prove.proof import CannotProve, Proof

RATIOS = {"frozen_flask_sql/ours": 12.0, "frozen_flask/ours": 8.0, "hugo/ours": 2.5}
"""At least so many times faster, 10,000 cars."""
LOOP = 4.0
"""At most so many times the time of a loop that writes the same files."""
HUGO_LARGE = 3.5
"""At 50,000 cars, with at most half of Hugo's memory."""


def prove(proof: Proof, *, quick: bool) -> None:
    """Run the bench twice, and the product beside the bare builder."""
    size = ["--dealers", "20", "--pairs", "1"] if quick else ["--pairs", "5"]
    _small(proof, _bench("benchmarks", *size))
    if not quick:
        _large(proof, _bench("benchmarks", "--dealers", "500", "--pairs", "3", "--only", "hugo"))
    _product(proof, _bench("benchmarks.product", *(["--quick"] if quick else [])))


def _bench(module: str, *words: str) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bench.json"
        ran = run([sys.executable, "-m", module, *words, "--json", str(file)])
        if not file.is_file():
            raise CannotProve(f"{module} failed: {ran.output.strip()[-600:]}")
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return found


def _small(proof: Proof, found: dict[str, Any]) -> None:
    pages = found["builds"]["ours"]["pages"]
    proof.hold(f"{pages} pages, the same bytes from every build", not found["differences"], str(found["differences"]))
    for name, wanted in RATIOS.items():
        ratio = found["ratios"][name]
        proof.hold(f"{name} {ratio}", ratio >= wanted, f"{name} {ratio}, not {wanted}")
    loop = 1 / found["ratios"]["write_loop/ours"]
    proof.hold(f"{loop:.1f} × a loop that writes", loop <= LOOP, f"{loop:.1f} × a loop that writes, not {LOOP}")
    for name in ("hugo_tuned", "plain_jinja", "ours_alone", "ours_compressed"):
        proof.figure(f"{name}/ours {found['ratios'][f'{name}/ours']}")
    proof.figure(f"{found['builds']['ours']['seconds']} s, {found['builds']['ours']['pages_per_second']} pages/s")


def _large(proof: Proof, found: dict[str, Any]) -> None:
    ours, hugo, ratio = found["builds"]["ours"], found["builds"]["hugo"], found["ratios"]["hugo/ours"]
    proof.hold(
        f"{ours['pages']} pages: hugo/ours {ratio}", ratio >= HUGO_LARGE,
        f"{ours['pages']} pages: hugo/ours {ratio}, not {HUGO_LARGE}",
    )  # fmt: skip
    share = ours["all_processes_mib"] / hugo["all_processes_mib"]
    said = f"{ours['all_processes_mib']:.0f} MiB, {share:.2f} of Hugo's"
    proof.hold(said, share <= 0.5, f"{said}, not half")


def _product(proof: Proof, found: dict[str, Any]) -> None:
    row = found["builds"]["product"]
    size = f"{found['size']['hosts']} hosts, {found['size']['pages']} pages"
    proof.figure(f"the product ({size}): {row['pages_per_second']} pages/s, {row['seconds']} s")
    for name, ratio in found["ratios"].items():
        if name != "bare/bare":
            proof.figure(f"{name} {ratio}")
