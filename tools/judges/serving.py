"""`marketplace serve` (or `demo`) as a child process on a free port, for those who judge what a browser gets."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

MARKETPLACE = str(Path(sys.executable).with_name("marketplace"))


@dataclass(frozen=True)
class Answer:
    """One HTTP answer: status, headers in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8 text."""
        return self.body.decode("utf-8", "replace")


@dataclass
class Server:
    """A running installation."""

    port: int
    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def get(self, host: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page of a host; Python resolves no *.localhost, so the name goes into the Host header."""
        return self._ask("GET", host, path, None, headers or {})

    def post(self, host: str, path: str, form: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Send an encoded form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", host, path, form, kind | dict(headers or {}))

    def _ask(self, method: str, host: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, {"Host": f"{host}:{self.port}", **headers})
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        finally:
            connection.close()

    @property
    def output(self) -> str:
        """What the process has printed so far."""
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")

    def stop(self, seconds: float = 30) -> int:
        """Send SIGTERM and wait; return the exit status. A server that does not stop is killed and said so."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)
            raise RuntimeError(
                f"the server did not stop within {seconds} s of SIGTERM:\n{self.output[-1500:]}"
            ) from None


@contextmanager
def serving(instance: Path, *words: str, wait_seconds: float = 180, port: int = 0, **settings: str) -> Iterator[Server]:
    """Run `marketplace WORDS --port N` (default `serve`) on an installation, and stop it at the end."""
    server = start(instance, *words, wait_seconds=wait_seconds, port=port, **settings)
    try:
        yield server
    finally:
        server.stop()
        server.log.close()


def start(instance: Path, *words: str, wait_seconds: float = 180, port: int = 0, **settings: str) -> Server:
    """Start a server in a session of its own, on a free port unless one is named, and wait until it answers `/`."""
    port = port or free_port()
    command = [MARKETPLACE, *(words or ("serve",)), "--port", str(port)]
    log = TemporaryFile()  # noqa: SIM115 - open as long as the server runs
    environment = os.environ | {"MARKETPLACE_INSTANCE": str(instance), "PYTHONUNBUFFERED": "1"} | settings
    process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, env=environment)
    server = Server(port, process, log)
    deadline = time.monotonic() + wait_seconds
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(server):
            return server
        time.sleep(0.2)
    status = process.poll()
    if status is None:
        server.stop()
    words_said = server.output[-1500:]
    raise RuntimeError(f"`{' '.join(command[1:])}` did not come up (exit status {status}):\n{words_said}")


def _answers(server: Server) -> bool:
    try:
        return server.get("localhost", "/").status < 500
    except OSError:
        return False


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
