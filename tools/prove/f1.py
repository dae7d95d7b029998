"""F1: `make demo` prints addresses and serves; a restart keeps the data, a stop leaves nothing; tests pass offline."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.judges.serving import Server, serving
from tools.prove.ground import fresh_instance, processes_of, rows, run
from tools.prove.proof import Proof
from tools.prove.visit import DEALER, a_vehicle, follow, inquire

KEPT = ("dealers", "stores", "vehicles", "listings", "photos", "leads", "inquiries", "buyers", "users")


def prove(proof: Proof, *, quick: bool) -> None:
    """Start, look, stop, start again, look, stop; then the tests with the network off."""
    with fresh_instance() as instance:
        first = _round(proof, instance, "first start", write=True)
        again = _round(proof, instance, "second start", write=False)
        kept = {name: (count, again.get(name)) for name, count in first.items() if name in KEPT}
        proof.hold(
            f"kept {sum(count for count, _ in kept.values())} rows of {len(kept)} tables",
            bool(kept) and all(before == after for before, after in kept.values()),
            f"rows before and after the restart differ: {kept}",
        )
    if quick:
        proof.figure("tests left out (--quick)")
    else:
        _tests(proof)


def _round(proof: Proof, instance: Path, name: str, *, write: bool) -> dict[str, int]:
    started = time.monotonic()
    with serving(instance, "demo", wait_seconds=420) as server:
        proof.figure(f"{name} up in {time.monotonic() - started:.0f} s")
        _look(proof, server, name)
        if write:
            answer = inquire(server, DEALER, a_vehicle(server))
            proof.hold("inquiry taken", answer.status in {200, 201, 303}, f"inquiry answered {answer.status}")
            time.sleep(3)  # the worker sends the letters; what it writes is part of what must be kept
        status = server.stop()
        proof.expect(f"{name}: exit status after SIGTERM", status, 0)
    left = processes_of(instance)
    proof.hold("no process left", not left, f"{name} left processes: {left}")
    return rows(instance)


def _look(proof: Proof, server: Server, name: str) -> None:
    deadline = time.monotonic() + 10  # the addresses are printed once the first page has been answered
    while f"http://{DEALER}" not in server.output and time.monotonic() < deadline:
        time.sleep(0.2)
    for wanted in (f"http://localhost:{server.port}/", f"http://{DEALER}:{server.port}/", "/admin/"):
        proof.hold(f"prints {wanted}", wanted in server.output, f"{name} does not print {wanted}")
    pages = {"marketplace": ("localhost", "/"), "dealer": (DEALER, "/"), "vehicle": (DEALER, a_vehicle(server)),
             "admin": ("localhost", "/admin/")}  # fmt: skip
    for page, (host, path) in pages.items():
        proof.expect(f"{page} answers", follow(server, host, path).status, 200)


def _tests(proof: Proof) -> None:
    """`make test` in a network namespace that has nothing but the loopback; with the network where that cannot be."""
    # Root needs no user namespace of its own, in which the embedded PostgreSQL could not change to another user.
    alone = [shutil.which("unshare") or "unshare", "-n" if os.geteuid() == 0 else "-rn"]
    offline = subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0
    command = [sys.executable, "-m", "tools.prove.offline"] if offline else ["make", "test"]
    ran = run([*alone, *command] if offline else command)
    closing = next((line for line in reversed(ran.output.splitlines()) if line.startswith("=")), "no closing line")
    where = "with the network off" if offline else "with the network on (unshare is not allowed here)"
    proof.hold(f"make test {where}: {closing.strip('= ')}", ran.status == 0, f"make test {where} failed: {closing}")
