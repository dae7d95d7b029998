"""B3: after each of 200 random edits the trees of all hosts equal a build from scratch, and little is drawn in vain."""

import os
from collections import Counter
from pathlib import Path

from tests.build.fuzz import digest, ground, walk
from tools.prove.ground import fresh_instance
from tools.prove.proof import Proof

EDITS, SEEDS, CARS = 200, 4, 9
QUICK_EDITS, QUICK_CARS = 40, 4


def prove(proof: Proof, *, quick: bool) -> None:
    """Make random edits from several seeds, then build one state in different ways."""
    edits, cars, seeds = (QUICK_EDITS, QUICK_CARS, 2) if quick else (EDITS, CARS, SEEDS)
    first = int(os.environ.get("FUZZ_SEED") or int.from_bytes(os.urandom(2)))
    with fresh_instance() as folder:
        prepared = ground.prepare(folder / "world", cars)
        _edits(proof, prepared, folder, range(first, first + seeds), edits // seeds)
        found = digest.digests(prepared, folder / "builds", ground.START)
        proof.hold(
            f"the same digest with {', '.join(found)}", len(set(found.values())) == 1, f"digests differ: {found}"
        )


def _edits(proof: Proof, prepared: ground.Prepared, folder: Path, seeds: range, edits: int) -> None:
    results = [walk.fuzz(prepared, folder / "walk", seed=seed, edits=edits, wasteful=True) for seed in seeds]
    steps = [step for result in results for step in result.steps]
    kinds: Counter[str] = sum((result.kinds for result in results), Counter())
    wrong = [str(result) for result in results if result.faults]
    proof.hold(
        f"{len(steps)} edits of {len(kinds)} kinds, seeds {seeds[0]} to {seeds[-1]}, each like a build from scratch",
        not wrong, "; ".join(wrong),
    )  # fmt: skip
    most = max((step.in_vain - step.changed for step in steps), default=0)
    drawn, vain = (sum(getattr(step, name) for step in steps) for name in ("drawn", "in_vain"))
    proof.figure(f"{drawn} pages drawn, {vain} of them in vain, at most {most} more than changed")
