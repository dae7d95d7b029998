"""The worker: takes jobs from the queue and carries them out, each in a process of its own (`marketplace worker`).

The queue only rings; what is to be done stands in the database (core/outbox.py), so a worker may be killed at any
moment and nothing is lost or done twice.
"""

import importlib
import logging
import signal
from collections.abc import Sequence
from typing import Any

from redis import Redis
from rq import Queue, Worker
from rq.job import Job

from storefront.core import config, runtime
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.queue import QUEUES, redis_url

from . import logs
from .supervisor import die_with_parent

LISTENERS = ("wsgi", "plug_listeners")
"""Where the packages are plugged together; named, because nothing imports wsgi."""
log = logging.getLogger(__name__)


class JobWorker(Worker):
    """RQ's forking worker; its children drop what they inherit of the database and die with it."""

    def main_work_horse(self, job: Job, queue: Queue) -> Any:
        """Carry out one job, in the child."""
        die_with_parent(signal.SIGKILL)
        db.after_fork()
        return super().main_work_horse(job, queue)


def plug_listeners() -> None:
    """Let every package hear of events."""
    module, name = LISTENERS
    getattr(importlib.import_module(module), name)()


def run(settings: Settings, *, burst: bool = False, only: Sequence[str] = QUEUES) -> None:
    """Work until SIGTERM: the job at hand is finished, a second SIGTERM ends it.

    Args:
        settings: of the installation.
        burst: end when the queues are empty.
        only: the queues to work for, in this order.
    """
    runtime.start(settings, pooled=False)
    plug_listeners()
    connection: Redis = Redis.from_url(redis_url(settings), socket_connect_timeout=2)
    queues = [Queue(name, connection=connection) for name in only]
    worker = JobWorker(queues, connection=connection, log_job_description=False)
    worker.work(burst=burst, logging_level="WARNING")
    connection.close()


def main() -> None:
    """Run the worker of this process's installation."""
    settings = config.load()
    logs.configure(settings, "worker")
    run(settings)


if __name__ == "__main__":
    main()
