"""Workers on PostgreSQL and Redis share the sites of several marketplaces, and may be killed at any time (SPEC 159)."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import func, select

from builder import jobs
from builder.runs import build_all, today
from storefront.core import clock, queue, runtime
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.money import Money
from storefront.core.outbox import OutboxEvent
from storefront.core.tasks import Task
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import SmallWorld, found_small_world
from storefront.domain.accounts.models import Tenant
from storefront.domain.listings.actions import change_price, mark_sold, update_listing
from storefront.domain.listings.models import Listing, ListingStatus, PriceReason
from storefront.domain.stores.models import Store
from tests.build.conftest import Installation
from tests.conftest import NOW, SECRET
from tests.factories import make_dealer, make_listing, make_store, make_tenant

ROOT = Path(__file__).resolve().parents[2]
EDITS = 20
KILLS = 6
PATIENCE = 240.0
pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]


@dataclass
class Crew:
    """Worker processes that are started again when they are killed."""

    settings: Settings
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self) -> None:
        """Start one more."""
        environment = {
            **os.environ,
            "MARKETPLACE_INSTANCE": str(self.settings.instance),
            "DATABASE_URL": self.settings.database_url,
            "REDIS_URL": self.settings.redis_url,
            "SECRET_KEY": SECRET,
        }
        command = [sys.executable, "-m", "wsgi", "worker", "--queue", "default", "--queue", "publish"]
        with open(self.settings.instance / "workers.log", "ab") as log:
            self.running.append(
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=environment,
                    stdout=log,
                    stderr=log,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            )

    def kill(self, which: int) -> None:
        """Kill one in the middle of whatever it does, and start another in its place."""
        process = self.running.pop(which)
        process.kill()
        process.wait()
        self.start()

    def stop(self) -> None:
        """End them all."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()
        self.running.clear()


@pytest.fixture
def crew(
    either_database: Settings, redis_url: str, prepared_world: tuple[Path, SmallWorld]
) -> Iterator[tuple[Crew, list[UUID]]]:
    """Give two workers over two marketplaces, whose sites are built."""
    settings = replace(either_database, redis_url=redis_url)
    for folder in ("photos", "derivatives"):
        shutil.copytree(prepared_world[0] / folder, settings.instance / folder, copy_function=os.link)
    with everywhere():
        ids = found_small_world(NOW, settings=settings)
        other = perform(make_tenant, "other").unwrap().id
    with acting(other):
        dealer = perform(make_dealer, "east").unwrap()
        for store_of, host in ((dealer, "east.localhost"), (None, "other.localhost")):
            perform(make_store, store_of, host).unwrap()
        for number in range(4):
            perform(make_listing, dealer, price=Money(9_000_00 + number), version=f"1.{number} TSI").unwrap()
    report = build_all(settings)
    assert not [build.failure for build in report.hosts if build.failure]
    runtime.start(settings, pooled=False)
    found = Crew(settings)
    yield found, [ids.tenant_id, other]
    found.stop()


def edit(tenants: list[UUID], number: int, chance: random.Random) -> None:
    """Do something to a car of one of the marketplaces."""
    with acting(tenants[number % len(tenants)]):
        active = select(Listing).where(Listing.status == ListingStatus.ACTIVE, Listing.price_cents.is_not(None))
        cars = db.session.scalars(active.order_by(Listing.public_id)).all()
        car = chance.choice(cars)
        now = clock.now()
        if number == 7 and len(cars) > 3:
            perform(mark_sold, car, now=now, actor="test").unwrap()
        elif number % 5 == 4:
            perform(update_listing, car, {"description": f"Text {number}"}, now=now, actor="test").unwrap()
        else:
            price = {"reason": PriceReason.PROMOTION, "now": now, "actor": "test"}
            perform(change_price, car, 5_000_00 + 37 * number, **price).unwrap()


def is_done() -> bool:
    """Ask whether nothing is left to be told, and nothing of what workers for pages do is left to be done."""
    with everywhere():
        told = select(func.count(OutboxEvent.id)).where(OutboxEvent.relayed_at.is_(None))
        left = select(func.count(Task.id)).where(Task.done_at.is_(None), Task.queue != "photos")
        return not db.session.scalar(told) and not db.session.scalar(left)


@pytest.mark.parametrize("either_database", ["postgresql"], indirect=True)
def test_workers_that_are_killed_leave_sites_as_a_fresh_build_makes_them(crew: tuple[Crew, list[UUID]]) -> None:
    workers, tenants = crew
    chance = random.Random(20261125)
    workers.start()
    workers.start()
    kills = set(chance.sample(range(2, EDITS), KILLS))
    for number in range(EDITS):
        edit(tenants, number, chance)
        time.sleep(chance.uniform(0.05, 0.6))
        if number in kills:
            workers.kill(chance.randrange(2))
        queue.sweep()
    until = time.monotonic() + PATIENCE
    while not is_done() and time.monotonic() < until:
        _try_again_at_once()
        queue.sweep()
        time.sleep(0.3)
    said = (workers.settings.instance / "workers.log").read_text("utf-8", "replace")
    assert is_done(), said[-3000:]
    workers.stop()
    with everywhere():
        assert db.session.scalars(select(Task.error).where(Task.dead_at.is_not(None))).all() == []
    for tenant_id in tenants:
        _compare(workers.settings, tenant_id)


def _try_again_at_once() -> None:
    """Spare the test the pauses after a try that failed."""

    def hasten() -> None:
        for task in db.session.scalars(select(Task).where(Task.done_at.is_(None), Task.not_before.is_not(None))):
            task.not_before, task.ring_at = None, clock.now()

    with everywhere():
        perform(hasten).unwrap()


def _compare(settings: Settings, tenant_id: UUID) -> None:
    with acting(tenant_id):
        tenant = db.session.scalars(select(Tenant)).one()
        own = Installation(settings, SimpleNamespace(tenant=tenant))
        for store in db.session.scalars(select(Store)).all():
            jobs.publish_rest(store.id.hex)
            assert own.pages(store.public_host) == own.drawn_afresh(store, today(tenant)), store.public_host
