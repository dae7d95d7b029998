"""Whose turn it is in a queue, who holds a task, and what a dead worker means (SPEC 159, SECURITY E7)."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from redis import Redis
from rq import Queue
from sqlalchemy import select

from storefront.core import clock, outbox, queue
from storefront.core import tasks as work
from storefront.core.acts import perform
from storefront.core.config import Settings
from storefront.core.db import db
from storefront.core.tasks import Task
from storefront.core.tenancy import acting, everywhere
from tests.conftest import NOW
from tests.factories import make_tenant

SECOND = timedelta(seconds=1)


def nothing() -> None:
    """Do nothing."""


def add(tenant, number: int = 1, lane: str | None = None, name: str = "publish", *, urgent: bool = False) -> list[int]:
    """Add tasks of a tenant."""

    def action() -> list[Task]:
        made = [
            Task(
                tenant_id=tenant.id,
                event_id=tenant.id.int % 10**6,
                job=f"{__name__}:nothing",
                number=db.session.query(Task).count() + index,
                arguments=[],
                queue=name,
                lane=lane,
                urgent=urgent,
                ring_at=NOW,
            )
            for index in range(number)
        ]
        db.session.add_all(made)
        db.session.flush()
        return made

    with acting(tenant.id):
        return [task.id for task in perform(action).unwrap()]


def tenant(name: str):
    with everywhere():
        return perform(make_tenant, name).unwrap()


def row(number: int) -> Task:
    with everywhere():
        db.session.expire_all()
        found = db.session.get_one(Task, number)
        db.session.expunge(found)
        return found


pytestmark = pytest.mark.xdist_group("postgres")


def test_a_marketplace_with_a_thousand_stale_sites_keeps_no_other_waiting(either_database: Settings) -> None:
    big, small = tenant("big"), tenant("small")
    waiting = add(big, 1000)
    assert work.take_next("publish", NOW, "one") == waiting[0]
    (price_change,) = add(small)
    assert work.take_next("publish", NOW + SECOND, "two") == price_change
    assert work.take_next("publish", NOW + 2 * SECOND, "three") == waiting[1]


def test_marketplaces_take_turns_and_each_one_keeps_its_order(either_database: Settings) -> None:
    tenants = [tenant(name) for name in ("a", "b", "c")]
    numbers = [add(one, 2) for one in tenants]
    taken = [work.take_next("publish", NOW + index * SECOND, "me") for index in range(7)]
    assert taken[:3] == [first for first, _ in numbers]
    assert taken[3:6] == [second for _, second in numbers]
    assert taken[6] is None


def test_what_somebody_waits_for_goes_before_its_tenants_others_and_before_no_other_tenants(
    either_database: Settings,
) -> None:
    big, small = tenant("big"), tenant("small")
    theme = add(big, 3)
    (price,) = add(big, urgent=True)
    (other,) = add(small)
    taken = [work.take_next("publish", NOW + index * SECOND, "me") for index in range(5)]
    assert set(taken[:2]) == {price, other}
    assert taken[2:] == theme


def test_two_tasks_of_one_site_are_never_at_work_at_once(either_database: Settings) -> None:
    one = tenant("one")
    first, second = add(one, 2, lane="site:a")
    (other,) = add(one, lane="site:b")
    assert work.take_next("publish", NOW, "me") == first
    assert work.take_next("publish", NOW, "you") == other
    assert work.take_next("publish", NOW, "she") is None
    assert work.carry_out(first, NOW)
    assert work.take_next("publish", NOW, "she") == second


def test_a_task_whose_worker_says_that_it_lives_is_not_handed_out_twice(either_database: Settings) -> None:
    (number,) = add(tenant("long"))
    assert work.take_next("publish", NOW, "builder") == number
    for minute in range(1, 10):
        moment = NOW + timedelta(minutes=minute)
        work.renew("builder", moment)
        assert work.take_next("publish", moment + SECOND, "other") is None
        assert work.due(moment) == []
    later = NOW + timedelta(minutes=12)
    assert work.take_next("publish", later, "other") == number
    assert (row(number).attempts, row(number).error) == (1, work.DIED)


def test_a_job_that_kills_its_worker_every_time_is_given_up(either_database: Settings) -> None:
    (number,) = add(tenant("deadly"))
    moment = NOW
    for attempt in range(work.MAX_ATTEMPTS):
        assert work.take_next("publish", moment, f"worker {attempt}") == number
        moment += work.LEASE + SECOND
    assert work.take_next("publish", moment, "the last one") is None
    assert row(number).dead_at is not None
    assert work.replay(moment) == 1
    assert work.take_next("publish", moment, "after the cure") == number


def test_a_job_that_takes_its_process_with_it_is_counted_at_once_and_waits(either_database: Settings) -> None:
    (number,) = add(tenant("broken"))
    work.take_next("publish", NOW, "parent")
    assert work.let_go("parent", NOW, "killed") == 1
    found = row(number)
    assert (found.attempts, found.leased_until, found.started_at) == (1, None, None)
    assert found.not_before is not None


def test_a_worker_that_is_stopped_gives_its_task_back_uncounted(either_database: Settings) -> None:
    (number,) = add(tenant("stopped"))
    work.take_next("publish", NOW, "parent")
    assert work.let_go("parent", NOW, None) == 1
    assert row(number).attempts == 0
    assert work.take_next("publish", NOW, "next") == number


def test_what_a_dead_process_of_this_machine_held_comes_back_with_the_next_sweep(
    world, database: Settings, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from storefront.core import runtime

    runtime.start(replace(database, redis_url=redis_url), bell=False, pooled=False)
    (number,) = add(world.tenant)
    gone = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = queue.name_of(os.uname().nodename, gone.pid)
    assert not queue.is_dead(name)
    work.take_next("publish", clock.now(), name)
    gone.kill()
    gone.wait()
    assert gone.stdin is not None
    gone.stdin.close()
    assert queue.is_dead(name)
    assert not queue.is_dead("another-machine/1/2")
    queue.sweep()
    assert row(number).error == work.DIED
    assert row(number).leased_by is None


def test_no_queue_is_rung_more_often_than_it_has_work(world, database: Settings, redis_url: str) -> None:
    from dataclasses import replace

    settings = replace(database, redis_url=redis_url)
    add(world.tenant, 5)
    waiting = Queue("publish", connection=Redis.from_url(redis_url))
    assert queue.ring_due(settings) == 5
    with everywhere():
        perform(lambda: [setattr(task, "ring_at", NOW) for task in db.session.scalars(select(Task))])
    assert queue.ring_due(settings) == 0
    assert waiting.count == 5


def test_many_commits_ring_for_one_relay(world, database: Settings, redis_url: str) -> None:
    from dataclasses import replace

    settings = replace(database, redis_url=redis_url)
    ring = queue.bell(settings)
    for _ in range(10):
        ring()
    assert Queue(queue.RELAY, connection=Redis.from_url(redis_url)).count == 1


def test_an_act_without_an_event_rings_for_nobody(world) -> None:
    from storefront.core.acts import ring_with
    from storefront.domain.stores.actions import switch

    rung: list[int] = []
    ring_with(lambda: rung.append(1))
    try:
        perform(lambda: None)
        assert rung == []
        perform(switch, world.north_store, False, now=NOW, actor="test").unwrap()
        assert rung == [1]
    finally:
        ring_with(None)


def test_done_work_is_forgotten_after_a_while_and_dead_work_is_not(world) -> None:
    done, dead = add(world.tenant, 2)
    perform(lambda: setattr(db.session.get_one(Task, done), "done_at", NOW)).unwrap()
    perform(lambda: setattr(db.session.get_one(Task, dead), "dead_at", NOW)).unwrap()
    with everywhere():
        while outbox.relay(NOW):
            pass
    assert work.forget(NOW) == 0
    assert work.forget(NOW + SECOND) == 1
    assert outbox.forget(NOW + SECOND) > 0
    assert row(dead).dead_at is not None


def test_each_site_waits_once_however_often_it_is_touched(world) -> None:
    from uuid import UUID

    from builder import listeners
    from builder.events import PagesOwed, SitesStale
    from storefront.core.outbox import emit

    assert listeners is not None
    north, south = world.north_store.id, world.south_store.id

    def waiting() -> list[tuple[str, list[str], str | None]]:
        db.session.expire_all()
        rows = db.session.scalars(
            select(Task).where(Task.job.like("builder.jobs:publish_%"), Task.started_at.is_(None))
        )
        return sorted((task.job, task.arguments, task.lane) for task in rows if task.arguments)

    def touch(*stores: UUID) -> None:
        perform(emit, SitesStale([store.hex for store in stores])).unwrap()
        with everywhere():
            while outbox.relay(NOW):
                pass

    touch(north, south)
    touch(north)
    touch(south, north)
    assert waiting() == sorted(
        ("builder.jobs:publish_site", [store.hex], f"site:{store.hex}") for store in (north, south)
    )
    begun = db.session.scalars(select(Task).where(Task.lane == f"site:{north.hex}")).one()
    perform(lambda: setattr(begun, "started_at", NOW)).unwrap()
    touch(north)
    touch(north)
    assert len([lane for _, _, lane in waiting() if lane == f"site:{north.hex}"]) == 1
    perform(emit, PagesOwed(north)).unwrap()
    with everywhere():
        outbox.relay(NOW)
    assert ("builder.jobs:publish_rest", [str(north)], f"site:{north.hex}") in waiting()


def test_what_is_new_has_a_failed_try_come_at_once(world) -> None:
    from builder import listeners
    from builder.events import SitesStale
    from storefront.core.outbox import emit

    assert listeners is not None

    def touch() -> Task:
        perform(emit, SitesStale([world.north_store.id.hex])).unwrap()
        with everywhere():
            while outbox.relay(NOW):
                pass
        db.session.expire_all()
        return db.session.scalars(select(Task).where(Task.lane == f"site:{world.north_store.id.hex}")).one()

    number = touch().id
    while (taken := work.take_next("publish", NOW, "me")) != number:
        assert taken is not None  # what the founding of the world asked for
    work.let_go("me", NOW, "it broke")
    assert work.take_next("publish", NOW - SECOND, "me") is None
    assert touch().not_before is None
    assert work.take_next("publish", NOW, "me") == number


def test_a_new_day_asks_for_pages_and_once_for_the_nightly_work(world) -> None:
    from builder import listeners
    from builder.events import DayBegan
    from storefront.core.outbox import emit

    assert listeners is not None
    for _ in range(2):
        perform(emit, DayBegan("2026-11-26", tidy=True)).unwrap()
        with everywhere():
            outbox.relay(NOW)
    found = db.session.scalars(select(Task.job).where(Task.job.like("builder.jobs:%"), Task.done_at.is_(None))).all()
    for job in ("publish_stale", "forget_old_work", "forget_old_moves", "collect_garbage"):
        assert found.count(f"builder.jobs:{job}") == 1, job
