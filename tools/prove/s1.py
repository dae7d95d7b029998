"""S1: random searches over real listings find exactly what a plain look at every car finds, on all three engines."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

from tools.prove.proof import CannotProve, Proof
from tools.prove.s1_embedded import embedded
from tools.prove.s1_meili import meili
from tools.prove.s1_static import static

PARTS: dict[str, Callable[[Proof, bool], None]] = {
    "embedded engine": embedded,
    "static index": static,
    "Meilisearch": meili,
}


def prove(proof: Proof, *, quick: bool) -> None:
    """Try the embedded engine, the static index in Chromium, and a real Meilisearch; what is not here is missing.

    Each in a process of its own, with an installation of its own: most of the time is spent on knowing what is right.
    """
    with ProcessPoolExecutor(len(PARTS), mp_context=multiprocessing.get_context("spawn")) as pool:
        for tried in pool.map(_tried, PARTS, repeat(quick)):
            proof.figures += tried.figures
            proof.shortfalls += tried.shortfalls


def _tried(name: str, quick: bool) -> Proof:
    proof = Proof()
    try:
        PARTS[name](proof, quick)
    except CannotProve as reason:
        proof.shortfalls.append(f"{name} not tried: {reason}")
    return proof
