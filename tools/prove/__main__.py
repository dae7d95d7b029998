"""Prove one promise: `python -m tools.prove G2` prints `G2 ok: …` or `G2 short: …`.

A promise is a letter and a number; its proof is the module of that name beside this one. Exit status 0 when it holds,
1 when it falls short or could not be tried.
"""

import argparse
import importlib
import re
import sys
import traceback
from pathlib import Path

from tools.prove.proof import CannotProve, Proof


def promises() -> list[str]:
    """Name the promises there are proofs of: `F1` … `G5`."""
    modules = (file.stem for file in Path(__file__).parent.glob("*.py"))
    return sorted(name.upper() for name in modules if re.fullmatch(r"[a-z]\d+", name))


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Show whether a promise holds.")
    parser.add_argument("promise", type=str.upper, choices=promises())
    parser.add_argument("--quick", action="store_true", help="leave out the parts that take many minutes")
    parser.add_argument("--part", action="append", default=[], help="try this part alone; may be given several times")
    options = parser.parse_args()
    module = importlib.import_module(f"tools.prove.{options.promise.lower()}")
    strange = [part for part in options.part if part not in getattr(module, "PARTS", ())]
    if strange:
        parser.error(f"{options.promise} has these parts: {', '.join(getattr(module, 'PARTS', ())) or 'none'}")
    proof = Proof(parts=options.part)
    try:
        module.prove(proof, quick=options.quick)
    except CannotProve as reason:
        proof.shortfalls.append(str(reason))
    except Exception as error:  # a proof that breaks is a promise not shown, and says where it broke
        traceback.print_exc()
        proof.shortfalls.append(f"{type(error).__name__}: {error}")
    print(proof.line(options.promise), flush=True)
    return 1 if proof.shortfalls else 0


if __name__ == "__main__":
    sys.exit(main())
