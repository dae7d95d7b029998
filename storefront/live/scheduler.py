"""The clock of an installation: rings what the queue missed, writes counted views, renews what depends on the day.

`python -m storefront.live.scheduler`; one is enough, several do no harm: everything here may happen twice.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError
from rq import Queue

from storefront.core import clock, config, queue, runtime
from storefront.core.config import Settings
from storefront.core.tenancy import everywhere
from storefront.domain.accounts.queries import tenants

from . import jobs, logs, views
from .worker import plug_listeners

SWEEP_SECONDS = 5.0
FLUSH_SECONDS = 60.0
DAY_SECONDS = 30.0
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Round:
    """Something done again and again."""

    every: float
    """Seconds."""
    act: Callable[[], Any]
    due: float = 0.0


@dataclass(slots=True)
class Days:
    """Asks for a publish of each tenant's sites when its day changes, and once after a start (SPEC: as-of pages)."""

    settings: Settings
    _seen: dict[UUID, date] = field(default_factory=dict)

    def look(self) -> list[UUID]:
        """Ring for the tenants whose day is a new one.

        Returns:
            Those tenants.
        """
        with everywhere():
            today = {tenant.id: clock.business_date(clock.now(), tenant.time_zone) for tenant in tenants()}
        new = [tenant for tenant, day in today.items() if self._seen.get(tenant) != day]
        for tenant in new:
            Queue("publish", connection=queue.connection(self.settings)).enqueue(
                jobs.publish_day, str(tenant), job_timeout=3600, result_ttl=0, failure_ttl=3600
            )
            self._seen[tenant] = today[tenant]
        return new


def run(settings: Settings, stop: threading.Event) -> None:
    """Do the rounds until told to stop; what fails is logged and done again the next time.

    Args:
        settings: of the installation.
        stop: set by whoever wants this to end.
    """
    runtime.start(settings)
    plug_listeners()
    rounds = [
        Round(SWEEP_SECONDS, queue.sweep),
        Round(FLUSH_SECONDS, views.flush_views, time.monotonic() + FLUSH_SECONDS),
        Round(DAY_SECONDS, Days(settings).look),
    ]
    while not stop.is_set():
        now = time.monotonic()
        for each in rounds:
            if each.due <= now:
                _do(each)
                each.due = now + each.every
        stop.wait(max(0.1, min(each.due for each in rounds) - time.monotonic()))
    _do(rounds[1])


def _do(each: Round) -> None:
    try:
        each.act()
    except RedisError as error:
        log.warning("queue is silent", extra={"error": type(error).__name__})
    except Exception:
        log.exception("a round of the scheduler failed")


def main() -> None:
    """Run the scheduler of this process's installation until SIGTERM."""
    settings = config.load()
    logs.configure(settings, "scheduler")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    run(settings, stop)


if __name__ == "__main__":
    main()
