"""Holds the embedded Valkey of an installation: up while this process lives, stopped with its data when it ends.

`python -m storefront.live.valkey`; started by `serving.py` where `REDIS_URL` is empty. A server that was left over by a
crash is taken over.
"""

import logging
import signal
import threading
from contextlib import suppress

from redis import Redis
from redis.exceptions import RedisError

from storefront.core import config, embedded
from storefront.core.config import Settings

from . import logs

LOOK_SECONDS = 2.0
log = logging.getLogger(__name__)


def hold(settings: Settings, stop: threading.Event) -> None:
    """Keep the server up until told to stop.

    Args:
        settings: of the installation.
        stop: set by whoever wants this to end.

    Raises:
        ConfigurationError: no server program, or it does not come up.
        RuntimeError: the server died; the supervisor starts this process again.
    """
    process = embedded.start(settings)
    try:
        while not stop.wait(LOOK_SECONDS):
            if process is not None and process.poll() is not None:
                raise RuntimeError("the embedded Valkey died")
    finally:
        if process is None:
            _shut_down(embedded.socket_url(settings))
        else:
            embedded.stop(process)


def _shut_down(url: str) -> None:
    client: Redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=5)
    with suppress(RedisError):
        client.shutdown(save=False)
    client.close()


def main() -> None:
    """Hold the Valkey of this process's installation until SIGTERM."""
    settings = config.load()
    logs.configure(settings, "valkey")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    hold(settings, stop)


if __name__ == "__main__":
    main()
