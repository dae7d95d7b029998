"""Prove one promise of the first slice: `python -m tools.prove F2` prints `F2 ok: …` or `F2 short: …`.

Exit status 0 when it holds, 1 when it falls short or could not be tried.
"""

import argparse
import importlib
import sys
import traceback

from tools.prove.proof import CannotProve, Proof


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Show whether a promise holds.")
    parser.add_argument("promise", choices=[f"F{number}" for number in range(1, 8)])
    parser.add_argument("--quick", action="store_true", help="leave out the parts that take many minutes")
    options = parser.parse_args()
    module = importlib.import_module(f"tools.prove.{options.promise.lower()}")
    proof = Proof()
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
