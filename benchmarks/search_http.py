"""How many searches a second an installation answers over HTTP (issue 5, S3), and what one costs its web processes.

    python -m benchmarks.search_http HOST PORT [--mix popular|uncached|page] [--seconds 10] [--connections 8] [--pid N]

An installation is being served on that port. Several processes keep one connection each and ask as fast as they are
answered. `popular` asks twenty searches again and again, `uncached` never the same twice, both as JSON; `page` asks for
pages as a browser does. The parts a search is made of (makes, models, places, prices) are taken from an answer of
the installation itself. Prints JSON: searches a second, milliseconds at p50, p95 and p99, and with `--pid` (the
supervisor's) the processor time of all web processes for each search, which does not depend on who else is at work.
"""

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

SEARCHES = 20
"""Different searches of the popular mix."""
PLACES = ("22111", "80331", "50667", "10115", "Frankfurt", "Stuttgart")
SORTS = ("", "price", "-price", "mileage", "newest")
WARM_UP_SECONDS = 1.0
PATIENCE = 20.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a run."""

    mix: str
    connections: int
    seconds: float
    searches: int
    a_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    failed: int
    """Answers other than 200."""
    server_ms: float | None
    """Processor time of the web processes for each search."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What searches are made of."""

    texts: tuple[str, ...]
    chosen: dict[str, tuple[str, ...]]
    prices: tuple[int, int]
    places: bool


def parts(host: str, port: int) -> Parts:
    """Read what there is to search for from an answer of the installation.

    Args:
        host: the site.
        port: where it is served.

    Raises:
        RuntimeError: it gives no answer.
    """
    body = _json(host, port, "/-/search?size=1")
    facets = {name: tuple(one["value"] for one in values) for name, values in body["facets"].items() if values}
    names = [one["name"] for one in body["facets"].get("make", ())]
    models = []
    for make in facets.get("make", ())[:8]:
        found = _json(host, port, f"/-/search?size=1&make={make}")["facets"].get("model", ())
        models += [one["name"] for one in found[:8]]
    low, high = body["bounds"].get("price") or (0, 100_000)
    near = {"place": PLACES[0], "radius": "1000"}
    places = _json(host, port, f"/-/search?{urlencode(near)}", must=False) is not None
    return Parts(tuple(names + models), facets, (low, high), places)


def searches(known: Parts, mix: str, seed: int) -> "Addresses":
    """Give the addresses of a mix, endless and the same for equal seeds."""
    return Addresses(known, mix, seed)


class Addresses:
    """An endless row of addresses."""

    def __init__(self, known: Parts, mix: str, seed: int) -> None:
        self._known, self._mix = known, mix
        self._chance = random.Random(seed)
        self._popular = [self._search(random.Random(number), page=number % 3 + 1) for number in range(SEARCHES)]

    def __next__(self) -> str:
        """Give the next one."""
        if self._mix == "popular":
            return self._chance.choice(self._popular)
        return self._search(self._chance, page=1)

    def _search(self, chance: random.Random, page: int) -> str:
        """Make a search: mostly a text, two facets, a range, often a place, an order."""
        known = self._known
        asked: list[tuple[str, str]] = [("lang", "de")]
        if chance.random() < 0.6:
            asked.append(("q", chance.choice(known.texts)))
        for name in chance.sample(sorted(known.chosen), k=min(2, len(known.chosen))):
            if name not in ("make", "model", "city", "dealer", "feature") or chance.random() < 0.3:
                asked += [(name, value) for value in chance.sample(known.chosen[name], k=1)]
        low, high = known.prices
        asked.append(("price_max", str(chance.randint(low, high))))
        if known.places and chance.random() < 0.5:
            asked += [("place", chance.choice(PLACES)), ("radius", chance.choice(("50", "100", "200")))]
        asked.append(("sort", chance.choice(SORTS)))
        if page > 1:
            asked.append(("page", str(page)))
        return f"/-/search?{urlencode([pair for pair in asked if pair[1]])}"


def measure(host: str, port: int, mix: str, *, seconds: float, connections: int, pid: int | None = None) -> Figures:
    """Ask as fast as it is answered.

    Args:
        host: the site.
        port: where it is served.
        mix: `popular`, `uncached` or `page`.
        seconds: how long, after a second of warm-up.
        connections: processes with one connection each.
        pid: the supervisor of the installation, whose web processes' time is told.
    """
    known = parts(host, port)
    lines: list[Connection] = []
    workers: list[Process] = []
    for number in range(connections):
        here, there = Pipe()
        lines.append(here)
        workers.append(Process(target=_ask, args=(there, host, port, known, mix, number, seconds), daemon=True))
    for worker in workers:
        worker.start()
    for line in lines:
        line.recv()
    before, began = _web_seconds(pid), time.monotonic()
    for line in lines:
        line.send("go")
    took: list[float] = []
    failed = 0
    for line in lines:
        found, wrong = line.recv()
        took += found
        failed += wrong
    lasted, after = time.monotonic() - began, _web_seconds(pid)
    for worker in workers:
        worker.join()
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return Figures(
        mix=mix,
        connections=connections,
        seconds=round(lasted, 2),
        searches=len(took),
        a_second=round(len(took) / lasted, 1),
        p50_ms=round(cuts[49] * 1000, 2),
        p95_ms=round(cuts[94] * 1000, 2),
        p99_ms=round(cuts[98] * 1000, 2),
        failed=failed,
        server_ms=None if before is None or after is None else round((after - before) / max(1, len(took)) * 1000, 3),
    )


def _ask(line: Connection, host: str, port: int, known: Parts, mix: str, seed: int, seconds: float) -> None:
    """Be one client: warm up, wait for the word, then ask and time each answer."""
    addresses = searches(known, mix, seed)
    accept = "text/html" if mix == "page" else "application/json"
    client = _Client(host, port, accept)
    until = time.monotonic() + WARM_UP_SECONDS
    while time.monotonic() < until:
        client.get(next(addresses))
    line.send("ready")
    line.recv()
    took: list[float] = []
    failed = 0
    until = time.monotonic() + seconds
    now = time.monotonic()
    while now < until:
        failed += client.get(next(addresses)) != 200
        then, now = now, time.monotonic()
        took.append(now - then)
    line.send((took, failed))


class _Client:
    """One kept connection, read with as little work as can be: the client shares the machine with the server."""

    def __init__(self, host: str, port: int, accept: str) -> None:
        self._port = port
        self._rest = f" HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: {accept}\r\n\r\n".encode()
        self._socket: socket.socket | None = None

    def get(self, address: str) -> int:
        """Ask for an address; gives the status of the answer."""
        for again in (True, False):
            try:
                return self._get(address)
            except OSError:
                self._socket = None
                if not again:
                    raise
        raise AssertionError("unreachable")

    def _get(self, address: str) -> int:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(b"GET " + address.encode() + self._rest)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = bytes(received[:end]).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        missing = length - (len(received) - end - 4)
        while missing > 0:
            missing -= len(self._more())
        if b"connection: close" in head:
            self._socket.close()
            self._socket = None
        return int(head[9:12])

    def _more(self) -> bytes:
        assert self._socket is not None
        chunk = self._socket.recv(262_144)
        if not chunk:
            raise ConnectionResetError("the server hung up")
        return chunk


def _json(host: str, port: int, address: str, *, must: bool = True) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", address, headers={"Host": f"{host}:{port}", "Accept": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        if must:
            raise RuntimeError(f"{address} was answered with {answer.status}: {body[:200]!r}")
        return None
    return json.loads(body)


def _web_seconds(supervisor: int | None) -> float | None:
    """Give the processor time of all web processes below a supervisor so far."""
    if supervisor is None:
        return None
    return sum(_seconds(process) for process in _below(supervisor) if _is_web(process))


def _below(process: int) -> list[int]:
    found = []
    for child in Path(f"/proc/{process}/task").glob("*/children"):
        for number in child.read_text("ascii").split():
            found += [int(number), *_below(int(number))]
    return found


def _is_web(process: int) -> bool:
    try:
        return b"storefront.live.web" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def _seconds(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def main(words: Sequence[str] | None = None) -> None:
    """Measure an installation that is being served."""
    parser = argparse.ArgumentParser(prog="benchmarks.search_http")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--mix", choices=("popular", "uncached", "page"), default="uncached")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--pid", type=int, help="of the supervisor")
    given = parser.parse_args(words)
    figures = measure(
        given.host, given.port, given.mix, seconds=given.seconds, connections=given.connections, pid=given.pid
    )
    json.dump(asdict(figures), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
