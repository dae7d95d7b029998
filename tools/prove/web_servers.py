"""Caddy and nginx as an operator would run them, from what `marketplace web-config` wrote; for proofs and tests."""

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.prove.proof import CannotProve

SECONDS = 20.0
"""How long a server may take until it answers."""
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
_NGINX = """\
{module}
{user}
worker_processes 1;
daemon off;
pid {scratch}/nginx.pid;
error_log {scratch}/error.log info;
events {{
	worker_connections 128;
}}
http {{
	access_log off;
	client_body_temp_path {scratch}/body;
	proxy_temp_path {scratch}/proxy;
	fastcgi_temp_path {scratch}/fastcgi;
	uwsgi_temp_path {scratch}/uwsgi;
	scgi_temp_path {scratch}/scgi;
	include {folder}/marketplace.conf;
}}
"""


@dataclass(frozen=True)
class Heard:
    """What came back."""

    status: int
    headers: dict[str, str]
    """By name in lower case; several of one name are joined by a line break, so that a doubled one is seen."""
    body: bytes


def binary(name: str) -> str | None:
    """Find a server's program: `caddy` also where CADDY names one."""
    named = os.environ.get(name.upper())
    found = named or shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")
    return found if found and Path(found).exists() else None


def has_brotli() -> bool:
    """Ask whether Debian's module for precompressed brotli is here."""
    return BROTLI.exists()


def free_port() -> int:
    """Give a port nobody listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
    return port


@contextlib.contextmanager
def running(name: str, folder: Path, port: int) -> Iterator[Path]:
    """Run `caddy` or `nginx` with a folder that `web-config` wrote, until the block ends.

    Args:
        name: of the server.
        folder: what was written.
        port: where it listens, as the configuration says.

    Yields:
        Where it keeps what it makes: Caddy its authority and certificates.

    Raises:
        CannotProve: it is not installed, or does not come up.
    """
    program = binary(name)
    if program is None:
        raise CannotProve(f"{name} is not installed")
    with tempfile.TemporaryDirectory(prefix="front-", dir="/tmp") as scratch:
        command, environment = _command(name, program, folder, Path(scratch))
        with (Path(scratch) / "output").open("wb") as output:
            server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
        try:
            _wait(server, port, Path(scratch), name)
            yield Path(scratch)
        finally:
            server.terminate()
            server.wait(timeout=10)


def ask(port: int, host: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Heard:
    """Ask a server on this machine as a visitor of a host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        sized = {} if body is None else {"Content-Length": str(len(body))}
        for header, value in {"Host": host, "Connection": "close", **sized, **names}.items():
            connection.putheader(header, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        found: dict[str, str] = {}
        for header, value in answer.getheaders():
            key = header.lower()
            found[key] = f"{found[key]}\n{value}" if key in found else value
        return Heard(answer.status, found, answer.read())
    finally:
        connection.close()


def _command(name: str, program: str, folder: Path, scratch: Path) -> tuple[list[str], dict[str, str]]:
    if name == "caddy":
        homes = {key: str(scratch) for key in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME")}
        environment = os.environ | homes | {"CADDY_ADMIN": f"localhost:{free_port()}"}
        return [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"], environment
    module = f"load_module {BROTLI};" if has_brotli() else ""
    user = "user root;" if os.geteuid() == 0 else ""
    conf = scratch / "nginx.conf"
    conf.write_text(_NGINX.format(module=module, user=user, scratch=scratch, folder=folder))
    return [program, "-c", str(conf), "-p", str(scratch), "-e", str(scratch / "error.log")], dict(os.environ)


def _wait(server: "subprocess.Popen[bytes]", port: int, scratch: Path, name: str) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    said = "".join(
        file.read_text("utf-8", "replace")[-1500:]
        for file in (scratch / "output", scratch / "error.log")
        if file.exists()
    )
    raise CannotProve(f"{name} does not come up: {said}")
