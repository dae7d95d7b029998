"""A real worker process whose jobs die: the tries are counted, the others go on, and at last it is given up."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import select

from storefront.core import clock, queue, runtime
from storefront.core import tasks as work
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tasks import Task
from tests.conftest import SECRET

ROOT = Path(__file__).resolve().parents[2]


def add(job: str, number: int, **more: object) -> int:
    def action() -> Task:
        task = Task(event_id=1, job=job, number=number, arguments=[], queue="publish", ring_at=clock.now(), **more)
        db.session.add(task)
        db.session.flush()
        return task

    return perform(action).unwrap().id


def run_worker(settings: Settings) -> None:
    """Let a worker do what there is."""
    queue.ring_due(settings)
    environment = {
        **os.environ,
        "MARKETPLACE_INSTANCE": str(settings.instance),
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": SECRET,
    }
    command = [sys.executable, "-m", "wsgi", "worker", "--burst", "--queue", "publish"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_a_job_that_kills_its_process_is_counted_and_the_others_go_on(
    world: SimpleNamespace, database: Settings, redis_url: str
) -> None:
    settings = runtime.start(replace(database, redis_url=redis_url), bell=False, pooled=False)
    # After several tries the pause before the next one is long, so that it does not fall into this run.
    tries = work.MAX_ATTEMPTS - 3
    deadly = add("os:abort", 1, attempts=tries)
    last_try = add("os:abort", 2, attempts=work.MAX_ATTEMPTS - 1)
    harmless = add("os:getpid", 3)
    run_worker(settings)
    db.session.expire_all()
    rows = {task.id: task for task in db.session.scalars(select(Task))}
    assert rows[harmless].done_at is not None
    assert (rows[deadly].attempts, rows[deadly].leased_by, rows[deadly].dead_at) == (tries + 1, None, None)
    assert work.DIED in str(rows[deadly].error)
    assert rows[last_try].dead_at is not None
