"""What follows from an act happens once: events, listeners, tasks, and a queue that only rings (SECURITY E7)."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from rq import Queue as RingingQueue
from sqlalchemy import func, select

from storefront.core import outbox, queue
from storefront.core import tasks as work
from storefront.core.acts import perform
from storefront.core.db import db
from storefront.core.outbox import commits_itself, emit, enqueue, happening, on, one_waits
from storefront.core.tasks import Task
from storefront.core.tenancy import acting, everywhere
from storefront.domain.dealers.models import Dealer
from tests.conftest import NOW


@happening
@dataclass(frozen=True)
class SomethingHappened:
    dealer_id: UUID
    fail: bool = False


@on(SomethingHappened)
def hear(event: SomethingHappened) -> None:
    enqueue(count_up, event.dealer_id, event.fail)
    enqueue(look_outside, event.dealer_id)


outside: list[str] = []


def count_up(dealer_id: str, fail: bool) -> None:
    dealer = db.session.get_one(Dealer, UUID(dealer_id))
    dealer.answer_minutes = (dealer.answer_minutes or 0) + 1
    if fail:
        raise RuntimeError("the job broke after it had written")


@commits_itself
def look_outside(dealer_id: str) -> None:
    outside.append(dealer_id)


@pytest.fixture(autouse=True)
def nothing_outside():
    outside.clear()


def happen(world, fail: bool = False) -> None:
    perform(lambda: emit(SomethingHappened(world.north.id, fail)))
    with everywhere():
        assert outbox.relay(NOW) > 0


def tasks(tenant: UUID) -> list[int]:
    with acting(tenant):
        jobs = (f"{__name__}:count_up", f"{__name__}:look_outside")
        return list(db.session.scalars(select(Task.id).where(Task.job.in_(jobs)).order_by(Task.id)))


def minutes(world) -> int:
    db.session.expire_all()
    return db.session.get_one(Dealer, world.north.id).answer_minutes


def test_an_event_becomes_its_listeners_tasks_and_each_is_done_once(world):
    start = minutes(world)
    happen(world)
    numbers = tasks(world.tenant.id)
    assert len(numbers) == 2
    assert [work.run_task(number, NOW) for number in numbers] == [True, True]
    assert [work.run_task(number, NOW) for number in numbers] == [False, False]
    assert minutes(world) == start + 1
    assert outside == [str(world.north.id)]


def test_relaying_twice_makes_no_second_task(world):
    happen(world)
    with everywhere():
        while outbox.relay(NOW):
            pass
    assert len(tasks(world.tenant.id)) == 2


def test_a_refused_act_emits_nothing(world):
    def act() -> None:
        emit(SomethingHappened(world.north.id))
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        perform(act)
    with everywhere():
        outbox.relay(NOW)
    assert tasks(world.tenant.id) == []


def test_a_broken_job_leaves_nothing_behind_and_comes_again_later(world):
    start = minutes(world)
    happen(world, fail=True)
    number = tasks(world.tenant.id)[0]
    with pytest.raises(RuntimeError, match="broke"):
        work.run_task(number, NOW)
    assert minutes(world) == start
    with acting(world.tenant.id):
        task = db.session.get_one(Task, number)
        assert (task.attempts, task.done_at, task.dead_at) == (1, None, None)
        assert "broke" in task.error
        assert task.ring_at >= NOW


def test_after_eight_tries_a_task_is_dead_until_it_is_replayed(world):
    happen(world, fail=True)
    number = tasks(world.tenant.id)[0]
    for _ in range(work.MAX_ATTEMPTS):
        with pytest.raises(RuntimeError):
            work.run_task(number, NOW)
    assert work.run_task(number, NOW) is False
    assert number not in [found for found, _ in work.due(NOW + timedelta(days=2))]
    assert work.replay(NOW) == 1
    assert number in [found for found, _ in work.due(NOW + timedelta(seconds=1))]


def test_what_the_bell_missed_is_rung_by_the_sweep_and_not_twice_within_a_minute(world):
    happen(world)
    with everywhere():
        while outbox.relay(NOW):
            pass
    first = {number for number, _ in work.due(NOW)}
    assert set(tasks(world.tenant.id)) <= first
    assert not {number for number, _ in work.due(NOW + timedelta(seconds=30))} & first
    assert first <= {number for number, _ in work.due(NOW + timedelta(seconds=61))}


@one_waits
@commits_itself
def sweep_up() -> None:
    outside.append("swept")


@happening
@dataclass(frozen=True)
class DirtFell:
    where: str


@on(DirtFell)
def hear_dirt(_event: DirtFell) -> None:
    enqueue(sweep_up, queue="publish")


def test_of_a_job_that_does_whatever_there_is_only_one_waits(world):
    def open_ones() -> list[int]:
        with acting(world.tenant.id):
            waiting = select(Task.id).where(Task.job == f"{__name__}:sweep_up", Task.done_at.is_(None))
            return list(db.session.scalars(waiting))

    def fall(times: int) -> None:
        for _ in range(times):
            perform(lambda: emit(DirtFell("here")))
        with everywhere():
            while outbox.relay(NOW):
                pass

    fall(5)
    (first,) = open_ones()
    assert work.run_task(first, NOW) is True
    assert outside == ["swept"]
    fall(1)
    assert len(open_ones()) == 1


def test_dirt_that_falls_while_one_is_at_work_is_swept_by_the_next(world):
    perform(lambda: emit(DirtFell("here")))
    with everywhere():
        while outbox.relay(NOW):
            pass
    with acting(world.tenant.id):
        begun = db.session.scalars(select(Task).where(Task.job == f"{__name__}:sweep_up")).one()
        perform(lambda: setattr(begun, "started_at", NOW))
        perform(lambda: emit(DirtFell("there")))
    with everywhere():
        outbox.relay(NOW)
    with acting(world.tenant.id):
        assert len(db.session.scalars(select(Task.id).where(Task.job == f"{__name__}:sweep_up")).all()) == 2


def test_an_event_nobody_knows_any_more_is_ticked_off(world):
    perform(lambda: db.session.add(outbox.OutboxEvent(name="LongGone", payload={}, at=NOW)))
    with everywhere():
        while outbox.relay(NOW):
            pass
        waiting = select(func.count()).select_from(outbox.OutboxEvent).where(outbox.OutboxEvent.relayed_at.is_(None))
        assert db.session.scalar(waiting) == 0


def test_a_real_worker_drains_the_queue(world, run_jobs):
    with acting(world.tenant.id):
        perform(lambda: emit(SomethingHappened(world.north.id)))
    assert run_jobs(["default"]) > 0
    assert outside == [str(world.north.id)]


@happening
@dataclass(frozen=True)
class LightningStruck:
    where: str


mended: list[bool] = []


@on(LightningStruck)
def hear_lightning(event: LightningStruck) -> None:
    if not mended:
        raise RuntimeError("a listener that chokes")
    enqueue(look_outside, event.where)


def test_an_event_that_cannot_be_handed_over_holds_up_no_other_and_comes_again(world):
    mended.clear()
    perform(lambda: emit(LightningStruck("here")))
    happen(world)
    assert len(tasks(world.tenant.id)) == 2
    with acting(world.tenant.id):
        again = db.session.scalars(select(Task).where(Task.job == "storefront.core.outbox:hand_over")).one()
        number = again.id
    with pytest.raises(RuntimeError, match="chokes"):
        work.run_task(number, NOW)
    mended.append(True)
    assert work.run_task(number, NOW) is True
    assert len(tasks(world.tenant.id)) == 3


@pytest.mark.parametrize("job", [f"{__name__}:removed_since", "storefront.removed:since"])
def test_a_task_whose_job_is_no_more_is_given_up_like_any_other(world, job):
    happen(world)
    number = tasks(world.tenant.id)[0]
    with acting(world.tenant.id):
        perform(lambda: setattr(db.session.get_one(Task, number), "job", job))
    for _ in range(work.MAX_ATTEMPTS):
        with pytest.raises((AttributeError, ImportError)):
            work.run_task(number, NOW)
    assert work.run_task(number, NOW) is False


def test_without_a_worker_the_queue_fills_up_to_a_bound(world, database, redis_url, monkeypatch):
    settings = replace(database, redis_url=redis_url)
    monkeypatch.setattr(queue, "ROOM", 1)
    happen(world)
    waiting = RingingQueue("default", connection=queue.connection(settings))
    waiting.empty()
    assert queue.ring_due(settings) > 0
    rung = waiting.count
    with everywhere():
        perform(lambda: [setattr(task, "ring_at", NOW) for task in db.session.scalars(select(Task))])
    queue.bell(settings)()
    queue.ring_due(settings)
    assert waiting.count == rung
