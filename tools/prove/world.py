"""The world the later proofs look at: the demo, and in it a real dealer with its stock, built."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.judges import judge as judges
from tools.judges.report import Verdict
from tools.judges.serving import serving
from tools.judges.trees import ROOT
from tools.prove.ground import fresh_instance, marketplace, shared
from tools.prove.proof import Proof


@contextmanager
def demo_instance() -> Iterator[Path]:
    """Give an installation that holds the demo world, built; the demo itself has been stopped again."""
    with fresh_instance() as instance:
        with serving(instance, "demo", wait_seconds=420):
            pass
        yield instance


@contextmanager
def demo_with_a_real_dealer() -> Iterator[Path]:
    """Give the demo world with the stock of a real dealer in it, built."""
    feed = shared("data/feeds/autoscout24-stx3/2018-03-10.xml.gz")
    with demo_instance() as instance:
        marketplace(instance, "dealer", "add", "roma", "--name", "Auto Roma", "--plan", "premium")
        marketplace(instance, "import", str(feed), "--dealer", "roma", "--photos", "skip")
        marketplace(instance, "build")
        yield instance


def ask(
    proof: Proof, instance: Path, names: list[str], folder: str, *, runs: int = 3, pages: int = 2, host: str = ""
) -> list[Verdict]:
    """Let the judges look and note their verdicts; a judge that could not look is a shortfall."""
    options = argparse.Namespace(
        instance=instance, host=host, xsd=None, vocabulary=None, runs=runs, pages=pages, report=ROOT / "build" / folder
    )
    verdicts = judges.judge(names, options)
    for verdict in verdicts:
        proof.hold(" ".join(verdict.line.split()), not verdict.findings and not verdict.skipped, _shortfall(verdict))
    return verdicts


def _shortfall(verdict: Verdict) -> str:
    if verdict.skipped:
        return verdict.line
    example = verdict.findings[0] if verdict.findings else ""
    return f"{verdict.judge}: {len(verdict.findings)} faults, such as {example}"
