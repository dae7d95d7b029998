"""G3: structured data of random cars, outgoing feeds against golden files, reductions against a reference history."""

import re
from collections.abc import Iterator

from tools.judges.trees import ROOT
from tools.prove.ground import run
from tools.prove.proof import CannotProve, Proof

SUITES = {
    "structured data": ["tests/unit/seo/test_structured_data.py", "tests/unit/seo/test_schema_org.py"],
    "feeds out": ["tests/unit/feeds/outgoing"],
    "feeds of built sites": ["tests/build/test_feeds_out.py"],
    "price history": ["tests/unit/seo/test_price_history.py", "tests/unit/pages/test_price_history_page.py"],
    "reductions at the gate": ["tests/unit/builder/test_reduction_rule.py"],
}
GOLDEN = "tests/unit/feeds/outgoing/golden"
_EXAMPLES = re.compile(r"(\d+) passing")
_STATISTICS = "--hypothesis-show-statistics"


def prove(proof: Proof, *, quick: bool) -> None:
    """Run exactly the tests of G3 and say how many examples they tried and how many golden files they compared."""
    for name, files in SUITES.items():
        if missing := [file for file in files if not (ROOT / file).exists()]:
            raise CannotProve(f"no tests at {', '.join(missing)}")
        ran = run(["make", "test", f"ARGS=-n 0 -rs {_STATISTICS} {' '.join(files)}"])
        tried = sum(int(number) for number in _EXAMPLES.findall(ran.output))
        said = f"{name}: {_closing(ran.output)}" + (f", {tried} examples tried" if tried else "")
        proof.hold(said, ran.status == 0, f"{name} failed: {_closing(ran.output)}")
    golden = sorted(path.name for path in (ROOT / GOLDEN).iterdir())
    countries = sorted({name.partition("-")[0].upper() for name in golden})
    is_whole = len(golden) == 5 * len(countries) >= 30
    proof.hold(
        f"{len(golden)} golden files compared: five formats for {', '.join(countries)}",
        is_whole,
        f"golden files are missing: {len(golden)} for {', '.join(countries)}",
    )


def _closing(output: str) -> str:
    return next(_endings(output), output[-200:]).strip("= ")


def _endings(output: str) -> Iterator[str]:
    return (line for line in reversed(output.splitlines()) if line.startswith("=") and " in " in line)
