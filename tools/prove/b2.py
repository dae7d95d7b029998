"""B2: what one change costs in a running worker, at 2,000, 10,000 and 50,000 cars, on one host and on all of a tenant;
and how long a visitor waits for it.

The limits are those of the bench's pages. What the product's own pages cost (two languages, all hosts, themes, gate and
compression) is stated beside them; there the visitor's two seconds are judged, and that nothing changed costs nothing.
"""

import json
import sys
from typing import Any

from tools.judges.serving import serving
from tools.prove.ground import fresh_instance, marketplace, run
from tools.prove.proof import CannotProve, Proof

WORK_MS, WHOLE_P95_MS, NOTHING_MS = 60.0, 250.0, 100.0
GROWTH = 1.3
"""50,000 cars may cost so many times what 2,000 do, of the processor's time: the runs are minutes apart."""
FANOUT = 75
"""Pages of one site, in two languages, that one sale or one new car may touch."""
VISITOR = 2.0
SIZES = {2_000: 20, 10_000: 100, 50_000: 500}
"""Cars → dealers with 100 each."""
WORLD = (20, 100)
"""Dealers and cars of each in the product's world."""


def prove(proof: Proof, *, quick: bool) -> None:
    """Change prices, sell cars, take cars in; then let the real worker and the real file server do it."""
    rounds = "5" if quick else "20"
    found = {cars: _catalogue(dealers, rounds) for cars, dealers in SIZES.items() if not quick or cars == 2_000}
    for cars, changes in found.items():
        _say(proof, f"{cars} cars", changes)
    _judge(proof, found[min(10_000, max(found))])
    if not quick:
        growth = found[50_000]["price"]["cpu_p50_ms"] / found[2_000]["price"]["cpu_p50_ms"]
        proof.hold(f"50,000 / 2,000 cars {growth:.2f}", growth <= GROWTH, f"50,000 / 2,000 cars {growth:.2f}")
    _product(proof, (4, 10) if quick else WORLD, rounds)


def _catalogue(dealers: int, rounds: str) -> dict[str, Any]:
    with fresh_instance() as folder:
        _python("benchmarks.catalogue", str(dealers), "100", str(folder / "catalogue"))
        _python("benchmarks.ours", "load", str(folder / "catalogue"), str(folder / "ours"))
        _python("benchmarks.ours", "build", str(folder / "ours"), "2")
        return _json("benchmarks.incremental", "catalogue", str(folder / "ours"), rounds)


def _product(proof: Proof, size: tuple[int, int], rounds: str) -> None:
    with fresh_instance() as instance:
        _python("benchmarks.world", str(size[0]), str(size[1]), str(instance))
        marketplace(instance, "build", "--jobs", "2", "--as-of", "2026-11-02")
        changes = _json("benchmarks.incremental", "world", str(instance), rounds)
        _say(proof, f"product, {size[0]} dealers with {size[1]} cars, all hosts", changes)
        _judge_nothing(proof, changes)
        marketplace(instance, "build", "--jobs", "2")
        with serving(instance, "serve", wait_seconds=120) as server:
            waited = _json("benchmarks.live", str(instance), str(server.port), rounds)
    for where, seconds in waited.items():
        proof.hold(
            f"a new price is on the {where}'s page after {seconds['p50']} s (most {seconds['most']})",
            seconds["most"] <= VISITOR, f"{where}: {seconds['most']} s after the commit, not {VISITOR}",
        )  # fmt: skip


def _say(proof: Proof, what: str, changes: dict[str, Any]) -> None:
    for name, row in changes.items():
        proof.figure(
            f"{what}, {name}: work {row['work_p50_ms']}/{row['work_p95_ms']} ms, durable {row['durable_p50_ms']}"
            f"/{row['durable_p95_ms']}, whole {row['whole_p50_ms']}/{row['whole_p95_ms']} (p50/p95),"
            f" processor {row['cpu_p50_ms']}, {row['drawn_p50']:.0f} pages drawn, at most {row['drawn_most']}"
        )


def _judge(proof: Proof, changes: dict[str, Any]) -> None:
    price = changes["price"]
    work, whole = price["work_p50_ms"], price["whole_p95_ms"]
    proof.hold(f"price {work} ms of work", work <= WORK_MS, f"price {work} ms of work, not {WORK_MS}")
    proof.hold(f"price p95 {whole} ms", whole <= WHOLE_P95_MS, f"price p95 {whole} ms, not {WHOLE_P95_MS}")
    _judge_nothing(proof, changes)
    for name in ("sale", "new_car"):
        most = changes[name]["drawn_most"]
        proof.hold(f"{name} draws at most {most} pages", most <= 2 * FANOUT, f"{name} draws {most} pages")


def _judge_nothing(proof: Proof, changes: dict[str, Any]) -> None:
    idle = changes["nothing"]["whole_p50_ms"]
    proof.hold(f"nothing changed {idle} ms", idle <= NOTHING_MS, f"nothing changed {idle} ms, not {NOTHING_MS}")


def _python(module: str, *words: str) -> str:
    ran = run([sys.executable, "-m", module, *words])
    if ran.status:
        raise CannotProve(f"{module} {' '.join(words)}: {ran.output.strip()[-600:]}")
    return ran.output


def _json(module: str, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_python(module, *words).strip().splitlines()[-1])
    return found
