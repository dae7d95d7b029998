"""A real Meilisearch for a proof: the one of MEILISEARCH_URL, else one started from the program of MEILISEARCH."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tools.prove.proof import CannotProve

START_SECONDS = 30
HOW = (
    "a Meilisearch server: set MEILISEARCH_URL and MEILISEARCH_KEY, or MEILISEARCH to the program "
    "(from its public source: cargo build --release -p meilisearch --no-default-features)"
)


@dataclass(frozen=True, slots=True)
class MeiliServer:
    """A running server."""

    url: str
    key: str
    """Its master key; empty where it has none."""

    @property
    def version(self) -> str:
        """Ask which release it is of."""
        return str(self._asked("version")["pkgVersion"])

    def _asked(self, path: str) -> Any:
        request = urllib.request.Request(f"{self.url}/{path}", headers={"Authorization": f"Bearer {self.key}"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return orjson.loads(answer.read())


@contextmanager
def real_meilisearch() -> Iterator[MeiliServer]:
    """Give a real server, started for this proof where none runs.

    Raises:
        CannotProve: there is none on this machine.
    """
    if url := os.environ.get("MEILISEARCH_URL", ""):
        yield MeiliServer(url, os.environ.get("MEILISEARCH_KEY", ""))
        return
    program = os.environ.get("MEILISEARCH") or shutil.which("meilisearch")
    if not program:
        raise CannotProve(HOW)
    with tempfile.TemporaryDirectory() as folder, _started(program, Path(folder)) as server:
        yield server


@contextmanager
def _started(program: str, folder: Path) -> Iterator[MeiliServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = MeiliServer(f"http://127.0.0.1:{port}", secrets.token_hex(16))
    places = [word for name in ("db", "dump", "snapshot") for word in (f"--{name}-{_kind(name)}", str(folder / name))]
    # Left to itself it sets aside two thirds of the memory for every batch, which takes seconds.
    limits = ["--max-indexing-memory", "200MiB", "--no-analytics"]
    command = [program, "--http-addr", f"127.0.0.1:{port}", *limits, *places]
    environment = {**os.environ, "MEILI_MASTER_KEY": server.key}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)
    try:
        _wait(server, process, folder / "log")
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _kind(name: str) -> str:
    return "path" if name == "db" else "dir"


def _wait(server: MeiliServer, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            server._asked("health")
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise CannotProve(f"Meilisearch does not start: {log.read_text('utf-8', 'replace')[-300:]}")
