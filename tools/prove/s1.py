"""S1: random searches over real listings find exactly what a plain look at every car finds, on all three engines."""

from collections.abc import Callable

from tools.prove.proof import CannotProve, Proof
from tools.prove.s1_embedded import embedded
from tools.prove.s1_meili import meili
from tools.prove.s1_static import static


def prove(proof: Proof, *, quick: bool) -> None:
    """Try the embedded engine, the static index in Chromium, and a real Meilisearch; what is not here is missing."""
    parts: dict[str, Callable[[Proof, bool], None]] = {
        "embedded engine": embedded,
        "static index": static,
        "Meilisearch": meili,
    }
    for name, part in parts.items():
        try:
            part(proof, quick)
        except CannotProve as reason:
            proof.shortfalls.append(f"{name} not tried: {reason}")
