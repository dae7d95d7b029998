"""RQ on Redis: the bell that wakes workers; what is to be done stands in the database (core/outbox.py).

`REDIS_URL` empty means the embedded Valkey of this installation: the live one is taken where it answers, else one is
started (`embedded.py`).
"""

import logging
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from . import clock, outbox
from .config import Settings
from .embedded import socket_url

QUEUES = ("default", "publish", "photos")
"""In the order a worker looks at them: letters and search first, then pages, then pictures to fetch."""
ROOM = 2000
"""Jobs that wait in a queue before no more are rung: without a worker each task would be rung anew every minute."""
log = logging.getLogger(__name__)
_connections: dict[str, Redis] = {}


def redis_url(settings: Settings) -> str:
    """Give the address of the queue's server: the configured one, else the embedded one's socket."""
    return settings.redis_url or socket_url(settings)


def connection(settings: Settings) -> Redis:
    """Give this process's connection; it is lazy, and a dead server shows only when it is used."""
    url = redis_url(settings)
    if url not in _connections:
        _connections[url] = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=10)
    return _connections[url]


def bell(settings: Settings) -> Any:
    """Give the function `perform` rings: it asks a worker to relay the outbox, and a silent Redis only logs."""

    def ring() -> None:
        try:
            queue = Queue("default", connection=connection(settings))
            if queue.count < ROOM:
                queue.enqueue(relay_outbox, result_ttl=0, failure_ttl=3600)
        except RedisError as error:
            log.warning("queue is silent, the sweep will catch up", extra={"error": str(error)})

    return ring


def relay_outbox() -> None:
    """Relay waiting events and ring their tasks; runs in a worker."""
    from .runtime import settings

    while outbox.relay(clock.now()):
        ring_due(settings())


def ring_due(settings: Settings) -> int:
    """Ring every task that is due; the sweep of the scheduler and the end of a relay.

    A queue that is full is left alone (SECURITY E10): what is to be done stands in the database.

    Returns:
        How many were rung.
    """
    queues = {name: Queue(name, connection=connection(settings)) for name in QUEUES}
    tasks = outbox.due(clock.now(), but=[name for name, queue in queues.items() if queue.count >= ROOM])
    for number, name in tasks:
        queues[name].enqueue(run_task, number, job_timeout=3600, result_ttl=0, failure_ttl=3600)
    return len(tasks)


def run_task(number: int) -> None:
    """Carry out a task, then relay what it emitted; runs in a worker."""
    outbox.run_task(number, clock.now())
    relay_outbox()


def sweep() -> None:
    """Relay what the bell missed and ring what is due; the scheduler calls it every few seconds."""
    from .runtime import settings

    relay_outbox()
    ring_due(settings())
