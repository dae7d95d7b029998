"""F7: the stock freezer gives our bytes on the demo world; the bench prints pages per second and ratios."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.prove.ground import run
from tools.prove.proof import Proof


def prove(proof: Proof, *, quick: bool) -> None:
    """Run the comparison test, then the bench."""
    ran = run(["make", "test", "ARGS=tests/build/test_frozen_reference.py"])
    closing = next((line for line in reversed(ran.output.splitlines()) if line.startswith("=")), ran.output[-200:])
    proof.hold(
        f"same bytes as Frozen-Flask: {closing.strip('= ')}", ran.status == 0, f"Frozen-Flask differs: {closing}"
    )
    with TemporaryDirectory() as folder:
        file = Path(folder) / "bench.json"
        size = ["--quick"] if quick else ["--dealers", "20", "--pairs", "2"]
        ran = run([sys.executable, "-m", "benchmarks", "--json", str(file), *size])
        proof.hold("bench ran", ran.status == 0 and file.is_file(), f"bench failed: {ran.output.strip()[-400:]}")
        if file.is_file():
            found = json.loads(file.read_text(encoding="utf-8"))
            for name, figures in found["builds"].items():
                proof.figure(f"{name} {figures['pages_per_second']} pages/s")
            for name, ratio in found["ratios"].items():
                proof.figure(f"{name} {ratio}")
