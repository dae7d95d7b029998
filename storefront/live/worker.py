"""The worker: takes jobs from the queue and carries them out, each in a process of its own (`marketplace worker`).

The queue only rings; what is to be done stands in the database (core/tasks.py), so a worker may be killed at any
moment and nothing is lost or done twice. The worker loads everything a job needs once and forks for each: what a job
breaks, it breaks for itself, and nothing is imported or compiled anew. While a job runs, the worker renews the lease on
its task; a job that is killed counts as a try at once. Relaying, a few queries, needs no process of its own.
"""

import argparse
import gc
import importlib
import logging
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.executions import Execution
from rq.job import Job
from rq.worker import WorkerStatus
from sqlalchemy.exc import SQLAlchemyError

from builder import jobs
from search import trade
from storefront.core import clock, config, queue, runtime, tasks
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.queue import QUEUES, is_idle

from . import logs
from .supervisor import die_with_parent

LISTENERS = ("wsgi", "plug_listeners")
"""Where the packages are plugged together; named, because nothing imports wsgi."""
LOOK_SECONDS = 20
"""How often the worker looks after a running job; well below `tasks.LEASE`."""
RELAY = f"{queue.relay_outbox.__module__}.{queue.relay_outbox.__qualname__}"
NEXT = f"{queue.run_next.__module__}.{queue.run_next.__qualname__}"
log = logging.getLogger(__name__)


class JobWorker(Worker):
    """RQ's forking worker; its children drop what they inherit of the database and die with it."""

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Carry out a job: in a child, or here when it only relays; a bell that rang for nothing is forgotten."""
        if job.func_name == RELAY:
            execution = self.prepare_execution(job)
            self.perform_job(job, queue, execution)
            self.set_state(WorkerStatus.IDLE)
        elif job.func_name == NEXT and is_idle():
            job.delete(remove_from_queue=False)
        else:
            super().execute_job(job, queue)

    def main_work_horse(self, job: Job, queue: Queue) -> Any:
        """Carry out one job, in the child."""
        die_with_parent(signal.SIGKILL)
        db.after_fork()
        return super().main_work_horse(job, queue)

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        """Say that the job at hand is still being done, to Redis and to the database."""
        super().maintain_heartbeats(job, execution)
        try:
            tasks.renew(queue.holder(), clock.now())
        except SQLAlchemyError as error:
            log.warning("the lease could not be renewed", extra={"error": type(error).__name__})

    def handle_work_horse_killed(self, job: Job, retpid: int, ret_val: int, rusage: Any) -> None:
        """Count a job that took its process with it as a try that failed."""
        super().handle_work_horse_killed(job, retpid, ret_val, rusage)  # type: ignore[no-untyped-call]
        reason = f"its process ended with {ret_val}" if ret_val else "its process was killed"
        _let_go(f"{tasks.DIED}: {reason}")


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
    queue.holder()
    connection: Redis = Redis.from_url(queue.redis_url(settings), socket_connect_timeout=2)
    queues = [Queue(name, connection=connection) for name in queue.listen(only)]
    worker = JobWorker(queues, connection=connection, log_job_description=False, job_monitoring_interval=LOOK_SECONDS)
    if "publish" in only and not burst:
        jobs.warm_up(settings)
    if "default" in only and not burst:
        trade.warm_up()
    gc.collect()
    gc.freeze()
    try:
        worker.work(burst=burst, logging_level="WARNING")
    finally:
        _let_go(None)
        with suppress(RedisError):
            connection.close()


def _let_go(reason: str | None) -> None:
    """Give back the task at hand, so that it need not wait until its lease ends."""
    try:
        tasks.let_go(queue.holder(), clock.now(), reason)
    except SQLAlchemyError as error:
        log.warning("a task could not be given back", extra={"error": type(error).__name__})


def main(words: Sequence[str] | None = None) -> None:
    """Run the worker of this process's installation; one for pictures alone lets everybody else go first."""
    parser = argparse.ArgumentParser(prog="storefront.live.worker")
    parser.add_argument("--queue", dest="only", action="append", choices=QUEUES)
    only = parser.parse_args(words).only or QUEUES
    settings = config.load()
    logs.configure(settings, "worker")
    if "publish" not in only:
        os.nice(5)
    run(settings, only=only)


if __name__ == "__main__":
    main()
