"""`marketplace serve`: the whole installation on one machine, one command, one place to stop it (issue, item 9).

Children, in the order they start: the embedded Valkey (unless `REDIS_URL` names a server), a worker that does letters
and search first and one that does pages first, so that neither waits for the other and a dealer's site is published
beside the marketplace; the one for deliveries and pictures, so that no page waits for a photo; the scheduler, the web.
On a stop first nobody comes in any more, then what is at hand is finished, then the queue's server goes.
"""

import fcntl
import http.client
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import partial

from storefront.core import embedded
from storefront.core.config import Settings
from storefront.core.errors import ConfigurationError

from . import logs
from .supervisor import Child, Stop, Supervisor, signals_held

READY_SECONDS = 60.0
LISTED = 12
"""Addresses that are printed; of more, their number."""
STOP_ORDER = ("web", "worker", "publisher", "pictures", "scheduler", "valkey")
log = logging.getLogger(__name__)


def serve(
    settings: Settings, port: int, live: bool = True, *, host: str = "127.0.0.1", announce: Sequence[str] = ()
) -> int:
    """Serve an installation until SIGTERM or SIGINT.

    Args:
        settings: of the installation.
        port: where the web listens.
        live: False serves the built files alone; no database, no queue, no worker is started or needed.
        host: address to listen at; `0.0.0.0` for all.
        announce: lines to print once the web answers, instead of the list of hosts.

    Returns:
        The exit status: 0 after a stop that was asked for.

    Raises:
        ConfigurationError: it runs already, the port is taken, or the web does not come up.
    """
    logs.configure(settings, "supervisor")
    with _only_one(settings), signals_held():
        _require_free(host, port)
        children = _children(settings, port, host, live)
        supervisor = Supervisor(children, STOP_ORDER, _environment(settings))
        try:
            if not _started(supervisor, settings, port):
                return 0
            print(*(announce or greeting(settings, port, live)), sep="\n", flush=True)
            supervisor.run()
        finally:
            supervisor.stop()
    return 0


def _children(settings: Settings, port: int, host: str, live: bool) -> list[Child]:
    words = ["--port", str(port), "--host", host]
    if not live:
        return [Child("web", "storefront.live.web", [*words, "--no-live"], Stop(6.0))]
    children = [
        Child("worker", "storefront.live.worker", ("--queue", "default", "--queue", "publish"), Stop(1.0, asks=2)),
        Child("publisher", "storefront.live.worker", ("--queue", "publish", "--queue", "default"), Stop(1.0, asks=2)),
        Child("pictures", "storefront.live.worker", ("--queue", "deliver", "--queue", "photos"), Stop(0.3, asks=2)),
        Child("scheduler", "storefront.live.scheduler", stop=Stop(1.0, asks=2)),
        Child("web", "storefront.live.web", words, Stop(6.0)),
    ]
    return children if settings.redis_url else [Child("valkey", "storefront.live.valkey", stop=Stop(2.4)), *children]


def _started(supervisor: Supervisor, settings: Settings, port: int) -> bool:
    """Start the children; False when somebody asked to stop meanwhile."""
    url = embedded.socket_url(settings)
    for child in supervisor.children:
        supervisor.start(child.name)
        if child.name == "valkey":
            _require(supervisor, partial(embedded.answers, url), "valkey", "the embedded Valkey did not start")
    return _require(supervisor, lambda: _is_ready(port), "web", f"the web did not come up on port {port}")


def _require(supervisor: Supervisor, holds: Callable[[], bool], needs: str, otherwise: str) -> bool:
    if supervisor.wait_until(holds, needs=needs, seconds=READY_SECONDS):
        return True
    if supervisor.is_stopping:
        return False
    raise ConfigurationError(f"{otherwise}; the lines above say why")


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/ready", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def greeting(settings: Settings, port: int, live: bool) -> list[str]:
    """Give the lines that say where everything is, read from the folders alone."""
    hosts = sorted(served_hosts(settings), key=lambda host: (host != settings.base_host, host))
    lines = [f"  {address(settings, host, port)}/" for host in hosts[:LISTED]]
    if len(hosts) > LISTED:
        lines.append(f"  … and {len(hosts) - LISTED} more hosts")
    if not hosts:
        lines.append("  No site is built yet: marketplace build")
    if live:
        admin = settings.admin_host or next((host for host in hosts if host == settings.base_host), settings.base_host)
        lines.append(f"  {address(settings, admin, port)}/admin/")
    else:
        lines.append("  Files alone: the live layer and the admin are switched off.")
    return ["Serving, stop with Ctrl-C:", *lines]


def served_hosts(settings: Settings) -> list[str]:
    """Name the hosts that have a built site, sorted."""
    if not settings.sites.is_dir():
        return []
    return sorted(folder.name for folder in settings.sites.iterdir() if (folder / "current").is_symlink())


def address(settings: Settings, host: str, port: int) -> str:
    """Give the address a person here opens for a host: with the port for `localhost` and below, else the public one."""
    is_local = host == "localhost" or host.endswith(".localhost")
    return f"http://{host}:{port}" if is_local else settings.origin(host)


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Hold the installation's lock; it dies with this process.

    Raises:
        ConfigurationError: another one holds it.
    """
    settings.instance.mkdir(parents=True, exist_ok=True)
    path = settings.instance / "serve.pid"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
        os.close(handle)
        raise ConfigurationError(
            f"This installation is served already, by process {other}: stop that one first, or choose another folder "
            "with MARKETPLACE_INSTANCE"
        ) from None
    try:
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.ftruncate(handle, 0)
        os.close(handle)


def _require_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            raise ConfigurationError(
                f"Port {port} of {host} cannot be used ({error.strerror}): choose another with --port"
            ) from error


def _environment(settings: Settings) -> Mapping[str, str]:
    """Give the children's environment: this one, with the settings as they are here."""
    said = {item.name.upper(): str(getattr(settings, item.name)) for item in fields(settings)}
    said["MARKETPLACE_INSTANCE"] = str(settings.instance)
    path = os.pathsep.join(dict.fromkeys(entry for entry in sys.path if entry))
    return {**os.environ, **said, "TZ": "UTC", "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
