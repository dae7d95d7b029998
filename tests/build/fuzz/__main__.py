"""Run from the command line: `python -m tests.build.fuzz --edits 200 --cars 60`."""

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from . import ground, walk


def main() -> int:
    """Make random edits; 1 when one showed a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.build.fuzz", description="Random edits against the builder.")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)), help="of the dice; random")
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--cars", type=int, default=9, help="of each of the two dealers")
    parser.add_argument("--without", default="", help="kinds of edits to leave out, by commas")
    parser.add_argument("--wasteful", action="store_true", help="go on when pages were drawn in vain")
    parser.add_argument("--quiet", action="store_true", help="tell the end only")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="market-fuzz-") as folder:
        prepared = ground.prepare(Path(folder) / "world", options.cars)
        told = None if options.quiet else walk.Told()
        without = options.without.split(",")
        result = walk.fuzz(
            prepared,
            Path(folder) / "walk",
            seed=options.seed,
            edits=options.edits,
            told=told,
            without=without,
            wasteful=options.wasteful,
        )
    print(result)
    _table(result)
    return 1 if result.faults else 0


def _table(result: walk.Result) -> None:
    """Tell by kind how many edits there were, and the most pages drawn in vain."""
    steps: dict[str, list[walk.Step]] = defaultdict(list)
    for step in result.steps:
        steps[step.item.kind].append(step)
    for kind, those in sorted(steps.items()):
        spare = max(step.in_vain - step.changed for step in those)
        print(f"{kind:20} {len(those):3}  most in vain beyond changed {spare:4}")


if __name__ == "__main__":
    sys.exit(main())
