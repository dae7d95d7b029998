"""RQ on Redis: the bell that wakes workers; what is to be done stands in the database (core/outbox.py).

`REDIS_URL` empty means the embedded Valkey of this installation: the live one is taken where it answers, else one is
started (`embedded.py`).
"""

import logging
import os
import socket
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from . import clock, outbox, tasks
from .config import Settings
from .embedded import socket_url

QUEUES = ("default", "publish", "deliver", "photos")
"""In the order a worker looks at them unless it is told another: letters and search first, then pages, then what
carries them elsewhere and takes as long as the line is slow, then pictures to fetch.
"""
RELAY = "relay"
"""Where the bell rings; whoever works for `default` listens here first."""
ROUND_SECONDS = 2.0
"""How long a process that was forked for one task goes on with the next; then another one may be of more urgency."""
ROOM = 2000
"""Jobs that wait in a queue before no more are rung: without a worker each task would be rung anew every minute."""
JOB_SECONDS = 3600
RELAY_WAITS = "marketplace:relay-waits"
"""Key that says: a relay is rung for and has not begun."""
log = logging.getLogger(__name__)
_connections: dict[str, Redis] = {}
_holder: list[str] = []
_listens: list[str] = []


def redis_url(settings: Settings) -> str:
    """Give the address of the queue's server: the configured one, else the embedded one's socket."""
    return settings.redis_url or socket_url(settings)


def connection(settings: Settings) -> Redis:
    """Give this process's connection; it is lazy, and a dead server shows only when it is used."""
    url = redis_url(settings)
    if url not in _connections:
        _connections[url] = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=10)
    return _connections[url]


def listen(names: Sequence[str]) -> list[str]:
    """Say which queues this process and the children it forks work for, in this order; gives the names to listen to."""
    _listens[:] = names
    return [RELAY, *names] if "default" in names else list(names)


def is_idle() -> bool:
    """Ask whether nothing can be begun in the queues this process works for."""
    ready = tasks.ready(clock.now())
    return not any(ready.get(name) for name in _listens)


def holder() -> str:
    """Give the name under which this process, and the children it forks, hold tasks."""
    if not _holder:
        _holder.append(name_of(socket.gethostname(), os.getpid()))
    return _holder[0]


def name_of(machine: str, process: int) -> str:
    """Name a process of a machine for good: a number that is given out again has another start."""
    return f"{machine}/{process}/{_start_of(process)}"


def is_dead(name: str) -> bool:
    """Ask whether a holder of tasks is a process of this machine that is no more; of other machines nobody knows."""
    machine, _, rest = name.partition("/")
    process = rest.partition("/")[0]
    return machine == socket.gethostname() and process.isdecimal() and name != name_of(machine, int(process))


def _start_of(process: int) -> str:
    """Give when a process began, in ticks since the machine did; empty when it is no more."""
    try:
        said = Path(f"/proc/{process}/stat").read_text("ascii", "replace")
    except OSError:
        return ""
    after_name = said.rpartition(")")[2].split()
    return "" if after_name[0] == "Z" else after_name[19]


def bell(settings: Settings) -> Any:
    """Give the function `perform` rings: it asks a worker to relay the outbox, and a silent Redis only logs.

    One relay waits at most: it takes all there is when it begins.
    """

    def ring() -> None:
        try:
            server = connection(settings)
            queue = Queue(RELAY, connection=server)
            if server.set(RELAY_WAITS, 1, nx=True, ex=10) and queue.count < ROOM:
                queue.enqueue(relay_outbox, result_ttl=0, failure_ttl=3600)
        except RedisError as error:
            log.warning("queue is silent, the sweep will catch up", extra={"error": str(error)})

    return ring


def relay_outbox() -> None:
    """Relay waiting events and ring their tasks; runs in a worker."""
    from .runtime import settings

    with suppress(RedisError):
        connection(settings()).delete(RELAY_WAITS)
    _relay(settings())


def _relay(settings: Settings) -> None:
    while outbox.relay(clock.now()):
        ring_due(settings)


def ring_due(settings: Settings) -> int:
    """Ring for every task that is due; the sweep of the scheduler, the end of a relay and of a task.

    A queue that is full is left alone (SECURITY E10), and no queue is rung more often than it has tasks that could be
    begun: what is to be done stands in the database.

    Returns:
        How often was rung.
    """
    queues = {name: Queue(name, connection=connection(settings)) for name in QUEUES}
    waiting = {name: queue.count for name, queue in queues.items()}
    due = Counter(name for _, name in tasks.due(clock.now(), but=[name for name in QUEUES if waiting[name] >= ROOM]))
    rung = 0
    for name, number in due.items():
        ready = tasks.ready(clock.now()).get(name, 0)
        for _ in range(min(number, max(0, ready - waiting[name]))):
            queues[name].enqueue(run_next, name, job_timeout=JOB_SECONDS, result_ttl=0, failure_ttl=3600)
            rung += 1
    return rung


def run_next(name: str) -> None:
    """Do the tasks whose turn it is, one after the other, for a short while; runs in a worker.

    What follows from one, in any queue this worker looks at, is done in the same process: a changed price goes from the
    act to the page without another fork.

    Args:
        name: the queue that was rung.
    """
    from .runtime import settings

    until = time.monotonic() + ROUND_SECONDS
    names = _listens or [name]
    while time.monotonic() < until and (number := _taken(names)) is not None:
        try:
            tasks.carry_out(number, clock.now())
        finally:
            tasks.ring_lane(number, clock.now())
            _relay(settings())
    ring_due(settings())


def _taken(names: Sequence[str]) -> int | None:
    for name in names:
        number = tasks.take_next(name, clock.now(), holder())
        if number is not None:
            return number
    return None


def sweep() -> None:
    """Take back what dead workers of this machine held, relay what the bell missed and ring what is due.

    The scheduler calls it every few seconds.
    """
    from .runtime import settings

    for name in tasks.holders():
        if is_dead(name):
            tasks.let_go(name, clock.now(), tasks.DIED)
    relay_outbox()
    ring_due(settings())
