"""S3: 100,000 listings: what a search costs the engine, the process and a server, and how soon a change is found."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from rq import Worker

from benchmarks import search, search_http
from benchmarks.world import MARKET
from storefront.core import config
from storefront.core.db import db
from storefront.core.queue import redis_url
from tools.judges.serving import MARKETPLACE, serving
from tools.judges.trees import ROOT
from tools.prove.ground import fresh_instance
from tools.prove.proof import CannotProve, Proof

LISTINGS, QUICK = 100_000, 5_000
CALLS, CALLS_QUICK = 2_000, 200
ENGINE_MS, WHOLE_MS = 2.0, 10.0
"""Of 99 searches in 100."""
SEARCHABLE_SECONDS, REBUILD_SECONDS = 1.0, 10.0
ROUNDS = 20
START_SECONDS = 60
LEAST_A_SECOND = {"popular": 1000, "uncached": 150}
SECONDS, SECONDS_QUICK = 20, 3
CONNECTIONS = 8


def prove(proof: Proof, *, quick: bool) -> None:
    """Make a marketplace of that many cars, index it, search it, change it."""
    listings = QUICK if quick else LISTINGS
    with fresh_instance() as instance:
        _run([sys.executable, "-m", "benchmarks.search_world", str(listings), str(instance)])
        tenant_id = search.start(instance)
        _rebuilt(proof, search.rebuild(tenant_id), listings)
        calls = CALLS_QUICK if quick else CALLS
        _fast(proof, "engine", search.engine(tenant_id, calls), ENGINE_MS)
        _fast(proof, "whole call", search.whole(tenant_id, calls), WHOLE_MS)
        db.unbind()
        _over_http(proof, instance, SECONDS_QUICK if quick else SECONDS)
        with _worker(instance):
            _soon(proof, search.after_commit(search.start(instance, bell=True), ROUNDS))
            db.unbind()


def _rebuilt(proof: Proof, made: dict[str, float], listings: int) -> None:
    cores = len(os.sched_getaffinity(0))
    said = (
        f"full index of {made['cars']:.0f} cars {made['seconds']} s ({made['processor']} s of processor on {cores} "
        f"cores, load {os.getloadavg()[0]:.1f})"
    )
    is_right = made["cars"] == listings and made["seconds"] <= REBUILD_SECONDS
    proof.hold(said, is_right, f"{said}, not {REBUILD_SECONDS:.0f} s")


def _fast(proof: Proof, what: str, times: search.Times, most: float) -> None:
    told = times.told()
    said = (
        f"{what} p50 {told['p50']} p99 {told['p99']} ms of processor, {told['wall_p99']} ms by the clock "
        f"(load {os.getloadavg()[0]:.1f})"
    )
    proof.hold(said, times.p99 <= most, f"{said}, not {most:.0f}")


def _soon(proof: Proof, seconds: list[float]) -> None:
    said = f"found after its commit: p50 {statistics.median(seconds):.2f} s, at most {max(seconds):.2f} s"
    proof.hold(said, max(seconds) <= SEARCHABLE_SECONDS, f"{said}, not {SEARCHABLE_SECONDS:.0f} s")


@contextmanager
def _worker(instance: Path) -> Iterator[None]:
    """Run the installation's worker for letters and search, as any machine of it may."""
    environment = os.environ | {"MARKETPLACE_INSTANCE": str(instance)}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [MARKETPLACE, "worker", "--queue", "default"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            if not _rings(instance, process):
                log.seek(0)
                raise CannotProve(f"the worker does not hear: {log.read().decode()[-400:]}")
            yield
        finally:
            process.terminate()
            process.wait(30)


def _rings(instance: Path, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the worker listens to the bell."""
    bell: Redis = Redis.from_url(redis_url(config.load({}, marketplace_instance=instance)))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(RedisError):
            if Worker.count(connection=bell):
                return True
        time.sleep(0.1)
    return False


def _over_http(proof: Proof, instance: Path, seconds: int) -> None:
    """Serve the installation and ask as fast as it answers."""
    with serving(instance) as server:
        for mix, least in LEAST_A_SECOND.items():
            figures = search_http.measure(
                MARKET, server.port, mix, seconds=seconds, connections=CONNECTIONS, pid=server.process.pid
            )
            said = (
                f"{mix} searches over HTTP {figures.a_second}/s, p99 {figures.p99_ms} ms, {figures.server_ms} ms of "
                f"processor each, {figures.failed} failed (load {os.getloadavg()[0]:.1f})"
            )
            proof.hold(said, figures.a_second >= least and not figures.failed, f"{said}, not {least}/s")


def _run(command: list[str]) -> None:
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise CannotProve(f"no world to search in: {ran.stderr[-600:]}")
