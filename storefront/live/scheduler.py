"""The clock of an installation: rings what the queue missed, writes counted views, and does what falls due.

Offers and held sites that were planned for a time go live within seconds of it, previews end, and a new day asks for
what depends on the date and for the nightly work. `python -m storefront.live.scheduler`; one is enough, several do no
harm: everything here may happen twice or late and takes effect once.
"""

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError

from builder import preview, scheduling
from builder.events import DayBegan
from builder.studio import publishing
from search import alerts
from storefront.core import clock, config, queue, runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.outbox import emit
from storefront.core.tenancy import acting, everywhere
from storefront.domain.accounts import forgetting as logins
from storefront.domain.accounts import second_factor
from storefront.domain.accounts.queries import tenants
from storefront.domain.buyers import wishes
from storefront.domain.dealers import joining
from storefront.domain.listings import import_forgetting as imports
from storefront.domain.listings import scheduling as offers
from storefront.domain.listings.import_files import import_files
from storefront.domain.stores import domain_checks, drafts
from storefront.domain.valuation.events import ValuationsDue
from storefront.notices import alerts as letters

from . import logs, telling, views
from .warming import Warming
from .worker import plug_listeners

SWEEP_SECONDS = 5.0
FLUSH_SECONDS = 60.0
DAY_SECONDS = 30.0
DUE_SECONDS = 10.0
WARM_SECONDS = 60.0
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
log = logging.getLogger(__name__)


class Stopped(BaseException):
    """Somebody asked to stop: raised right where the scheduler is, so that no long round is waited for.

    What it had not committed is undone, and done again by whoever comes next.
    """


@dataclass(slots=True)
class Round:
    """Something done again and again."""

    every: float
    """Seconds."""
    act: Callable[[], Any]
    due: float = 0.0


@dataclass(slots=True)
class Days:
    """Says of each tenant when its day changes, and once after a start (SPEC: as-of pages)."""

    _seen: dict[UUID, date] = field(default_factory=dict)

    def look(self) -> list[UUID]:
        """Tell of the tenants whose day is a new one; the day of the first one stands for the installation's.

        Returns:
            Those tenants.
        """
        with everywhere():
            today = {tenant.id: clock.business_date(clock.now(), tenant.time_zone) for tenant in tenants()}
        new = [tenant for tenant, day in today.items() if self._seen.get(tenant) != day]
        for tenant in new:
            with acting(tenant):
                began = DayBegan(today[tenant].isoformat(), tidy=tenant == min(today))
                perform(emit, began, ValuationsDue(began.day)).unwrap()
            self._seen[tenant] = today[tenant]
        return new


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is done for tenants when its time comes."""

    name: str
    tenants: Callable[[datetime], list[UUID]]
    act: Callable[..., list[Any]]


def _forget_imports(*, now: datetime) -> list[UUID]:
    return list(imports.forget_old(import_files(runtime.settings()), now=now))


def _with_former_seals(_now: datetime) -> list[UUID]:
    return second_factor.tenants_with_former_seals(runtime.settings())


def _seal_anew(*, now: datetime) -> list[UUID]:
    return second_factor.seal_anew(runtime.settings())


DUE = (
    Due("offers went live", offers.tenants_with_due, offers.offer_due),
    Due("held sites resumed", scheduling.tenants_with_due, scheduling.publish_due),
    Due("drafts were published", drafts.tenants_with_due, publishing.publish_due),
    Due("previews ended", preview.tenants_with_expired, preview.end_expired),
    Due("letters about cars were written", telling.tenants_with_due, telling.tell_due),
    Due("searches were keyed anew", alerts.tenants_with_old_keys, alerts.keep_anew),
    Due("wishes were forgotten", wishes.tenants_with_old, wishes.forget_old),
    Due("domains are looked at", domain_checks.tenants_with_due, domain_checks.ask_due),
    Due("letters were forgotten", letters.tenants_with_old, letters.forget_old),
    Due("logins were forgotten", logins.tenants_with_old, logins.forget_old),
    Due("registrations were forgotten", joining.tenants_with_old, joining.forget_old),
    Due("imports were forgotten", imports.tenants_with_old, _forget_imports),
    Due("second factors were sealed anew", _with_former_seals, _seal_anew),
)


def do_due() -> int:
    """Do what fell due, also while nobody was looking: a transaction for each tenant and kind.

    Returns:
        How many things.
    """
    done = 0
    for due in DUE:
        with everywhere():
            waiting = due.tenants(clock.now())
        for tenant in waiting:
            with acting(tenant):
                things = perform(due.act, now=clock.now()).unwrap()
            if things:
                log.info(due.name, extra={"tenant": str(tenant), "number": len(things)})
            done += len(things)
    return done


def run(settings: Settings) -> None:
    """Do the rounds until `Stopped` is raised; what fails is logged and done again the next time.

    Args:
        settings: of the installation.
    """
    with suppress(Stopped), stopped_by_signals():
        runtime.start(settings)
        plug_listeners()
        rounds = [
            Round(SWEEP_SECONDS, queue.sweep),
            Round(FLUSH_SECONDS, views.flush_views, time.monotonic() + FLUSH_SECONDS),
            Round(DAY_SECONDS, Days().look),
            Round(DUE_SECONDS, do_due),
            Round(WARM_SECONDS, Warming(settings).warm, time.monotonic() + WARM_SECONDS),
        ]
        try:
            _go_round(rounds)
        except Stopped:
            queue.connection(settings).close()  # an answer that was not waited for may still come
            _do(rounds[1])
            raise


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Have SIGTERM and SIGINT raise `Stopped`, each time they come.

    A handler runs in the middle of whatever is done: one that sets an event would wait for ever for a lock of that
    event which the interrupted code holds.
    """
    before = {number: signal.signal(number, _stop) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(_number: int, _frame: object) -> None:
    raise Stopped


def _go_round(rounds: list[Round]) -> None:
    while True:
        now = time.monotonic()
        for each in rounds:
            if each.due <= now:
                _do(each)
                each.due = now + each.every
        time.sleep(max(0.1, min(each.due for each in rounds) - time.monotonic()))


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
    run(settings)


if __name__ == "__main__":
    main()
