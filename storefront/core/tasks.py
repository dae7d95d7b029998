"""What is to be done, as rows: who may begin a task, whose turn it is, what a try that failed means.

The queue only rings: whoever hears it takes the task whose turn it is (`take_next`: tenants in turn, then the oldest)
and holds a lease on it while he works. `carry_out` ticks a task off together with what it wrote, so that the bell may
ring twice, late or at two workers and a task still has its effect once. A worker that dies in the middle counts as a
try; after eight a task is left as dead for the operator (SECURITY E7).
"""

import importlib
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from random import uniform
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    case,
    delete,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from .db import Model, db
from .tenancy import Owned, acting, everywhere
from .types import UtcDateTime

MAX_ATTEMPTS = 8
RING_AGAIN = timedelta(seconds=60)
"""A task that was rung this long ago and is not done is rung again."""
LEASE = timedelta(seconds=90)
"""How long a worker is believed that says nothing; one that lives renews its lease long before (`renew`)."""
DIED = "its worker died"

_Big = BigInteger().with_variant(Integer, "sqlite")


class Task(Model, Owned):
    """Work that follows from an event: a job with its arguments, done exactly once."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("event_id", "job", "number"),
        Index("ix_tasks_open", "done_at", "dead_at", "ring_at"),
        Index("ix_tasks_turns", "queue", "tenant_id", "started_at"),
        Index("ix_tasks_leased_by", "leased_by"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(_Big, primary_key=True, autoincrement=True)
    event_id: Mapped[int]
    job: Mapped[str] = mapped_column(String(160))
    number: Mapped[int] = mapped_column(default=0)
    arguments: Mapped[list[Any]]
    queue: Mapped[str] = mapped_column(String(40), default="default")
    attempts: Mapped[int] = mapped_column(default=0)
    ring_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lane: Mapped[str | None] = mapped_column(String(80))
    """Of tasks of one lane (`site:<hex>`) never two are at work at once."""
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Somebody waits for it: in its queue it goes before its tenant's others."""
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a task that failed may be tried again."""
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was last begun; None before that and after a failed try: such a one will see whatever comes meanwhile."""
    leased_by: Mapped[str | None] = mapped_column(String(120))
    """Who is at work on it."""
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when nobody else takes it; past and still set means that its worker died."""
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)


def run_task(number: int, now: datetime, holder: str = "") -> bool:
    """Carry out one task and tick it off in the same transaction.

    Args:
        number: its id.
        now: aware UTC.
        holder: who works on it; the lease is his until the task is done or failed.

    Returns:
        False when it was done or given up before, or somebody else is at it.

    Raises:
        Exception: what the job raised (or that it is no more), after the attempt was counted; the sweep tries again
            with growing pauses, and after 8 attempts the task is left as dead for the operator (`marketplace tasks`).
    """
    from .acts import commit

    with everywhere():
        _alone("tasks")
        task = db.session.get(Task, number, with_for_update=True)
        taken = task is not None and _take(task, now, holder)
        commit()
    return taken and carry_out(number, now)


def take_next(queue: str, now: datetime, holder: str = "") -> int | None:
    """Take the task of a queue whose turn it is: of the tenant who waited longest, its oldest (SPEC 159).

    Of one tenant's tasks those go first that somebody waits for: one price does not wait for a thousand sites that a
    new theme made stale. Tenants are served in turn by when a task of theirs was last begun in this queue, so that one
    with a thousand stale sites keeps no other waiting longer than the tasks that are at work take.

    Args:
        queue: which.
        now: aware UTC.
        holder: who takes it.

    Returns:
        Its number, to `carry_out`; None when nothing can be begun now.
    """
    from .acts import commit

    with everywhere():
        _alone(f"tasks {queue}")
        while (task := _next(queue, now)) is not None:
            if _take(task, now, holder):
                commit()
                return task.id
        commit()
    return None


def _next(queue: str, now: datetime) -> Task | None:
    db.session.flush()
    first = func.coalesce(func.min(case((Task.urgent, Task.id))), func.min(Task.id))
    turns = db.session.execute(
        select(Task.tenant_id, first).where(Task.queue == queue, *_can_begin(now)).group_by(Task.tenant_id)
    ).all()
    if not turns:
        return None
    order = [(number, number) for _, number in turns] if len(turns) == 1 else _by_turn(queue, [tuple(t) for t in turns])
    return db.session.get_one(Task, min(order)[1])


def _by_turn(queue: str, turns: Sequence[tuple[Any, ...]]) -> list[tuple[Any, int]]:
    order = []
    for tenant, number in turns:
        begun = db.session.scalar(
            select(Task.started_at)
            .where(Task.queue == queue, Task.tenant_id == tenant, Task.started_at.is_not(None))
            .order_by(Task.started_at.desc())
            .limit(1)
        )
        order.append(((begun is not None, begun, number), number))
    return order


def is_open() -> tuple[ColumnElement[bool], ...]:
    """Give the conditions of a task that is neither done nor given up."""
    return Task.done_at.is_(None), Task.dead_at.is_(None)


def _can_begin(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions of a task that a worker may begin: nobody is at it or at its lane, and no pause runs."""
    other = aliased(Task)
    busy = select(other.id).where(
        other.lane == Task.lane, other.leased_until > now, other.done_at.is_(None), other.dead_at.is_(None)
    )
    return (
        *is_open(),
        or_(Task.leased_until.is_(None), Task.leased_until <= now),
        or_(Task.not_before.is_(None), Task.not_before <= now),
        or_(Task.lane.is_(None), ~busy.exists()),
    )


def _take(task: Task, now: datetime, holder: str) -> bool:
    """Lease a task; one whose last worker died has used up a try (SECURITY E7)."""
    if task.done_at is not None or task.dead_at is not None:
        return False
    if task.leased_until is not None:
        if task.leased_until > now:
            return False
        if _count(task, DIED, now):
            return False
    task.started_at, task.leased_by, task.leased_until = now, holder, now + LEASE
    task.not_before = None
    return True


def _alone(what: str) -> None:
    """Let one worker at a time choose: PostgreSQL by a lock until the commit, SQLite by being its one writer."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))
    else:
        db.session.execute(update(Task).where(false()).values(number=0).execution_options(synchronize_session=False))


def carry_out(number: int, now: datetime) -> bool:
    """Do a task that was taken, and tick it off.

    Args:
        number: its id.
        now: aware UTC.

    Returns:
        False when somebody else ticked it off meanwhile.

    Raises:
        Exception: what the job raised, after the attempt was counted.
    """
    from .acts import commit

    with everywhere():
        task = db.session.get_one(Task, number)
        tenant, job, arguments = task.tenant_id, task.job, task.arguments
    try:
        function = _function(job)
        with acting(tenant):
            if getattr(function, "commits_itself", False):
                function(*arguments)
                db.session.rollback()
            mine = db.session.execute(
                update(Task)
                .where(Task.id == number, Task.done_at.is_(None))
                .values(done_at=now, error=None, leased_by=None, leased_until=None)
            )
            if not mine.rowcount:  # type: ignore[attr-defined]
                return False
            if not getattr(function, "commits_itself", False):
                function(*arguments)
            commit()
    except Exception as error:
        _count_failure(number, error, now)
        raise
    return True


def renew(holder: str, now: datetime) -> None:
    """Say that a worker still lives: what it has begun stays its own."""
    from .acts import commit

    with everywhere():
        db.session.execute(
            update(Task)
            .where(Task.leased_by == holder, *is_open())
            .values(leased_until=now + LEASE)
            .execution_options(synchronize_session=False)
        )
        commit()


def let_go(holder: str, now: datetime, reason: str | None) -> int:
    """Give back what a worker had begun, because it stops or is dead.

    Args:
        holder: who held it.
        now: aware UTC.
        reason: why it failed, which counts as a try; None when it was stopped on purpose.

    Returns:
        How many tasks.
    """
    from .acts import commit

    with everywhere():
        held = db.session.scalars(select(Task).where(Task.leased_by == holder, *is_open()).with_for_update()).all()
        for task in held:
            if reason is None:
                task.leased_by = task.leased_until = task.started_at = None
                task.ring_at = now
            else:
                _count(task, reason, now)
        commit()
    return len(held)


def holders() -> list[str]:
    """Name everybody who has begun something, the living and the dead."""
    with everywhere():
        reading = select(Task.leased_by).where(Task.leased_by.is_not(None), *is_open()).distinct()
        return sorted(holder for holder in db.session.scalars(reading) if holder)


def _count_failure(number: int, error: Exception, now: datetime) -> None:
    from .acts import commit

    with everywhere():
        task = db.session.get(Task, number)
        if task is not None:
            _count(task, f"{type(error).__name__}: {error}", now)
            commit()


def _count(task: Task, reason: str, now: datetime) -> bool:
    """Note a try that failed, and when the next one may be; tells whether it was the last."""
    task.attempts += 1
    task.error = reason[:500]
    task.ring_at = task.not_before = now + timedelta(seconds=uniform(0, min(3600, 5 * 4**task.attempts)))
    task.leased_by = task.leased_until = task.started_at = None
    if task.attempts >= MAX_ATTEMPTS:
        task.dead_at = now
    return task.dead_at is not None


def due(now: datetime, limit: int = 1000, *, but: Collection[str] = ()) -> list[tuple[int, str]]:
    """Give the tasks to ring (number, queue): not done, not dead, nobody at work on them, not rung within a minute.

    Args:
        now: aware UTC.
        limit: how many at most.
        but: queues that have enough to do.
    """
    from .acts import commit

    with everywhere():
        rows = db.session.execute(
            select(Task.id, Task.queue)
            .where(Task.ring_at <= now, Task.queue.not_in(but), *_can_begin(now))
            .order_by(Task.id)
            .limit(limit)
        ).all()
        numbers = [row.id for row in rows]
        if numbers:
            db.session.execute(
                update(Task)
                .where(Task.id.in_(numbers))
                .values(ring_at=now + RING_AGAIN)
                .execution_options(synchronize_session=False)
            )
            commit()
    return [(row.id, row.queue) for row in rows]


def ready(now: datetime) -> dict[str, int]:
    """Count the tasks that could be begun now, by queue."""
    with everywhere():
        counted = select(Task.queue, func.count(Task.id)).where(*_can_begin(now)).group_by(Task.queue)
        return {row[0]: row[1] for row in db.session.execute(counted)}


def ring_lane(number: int, now: datetime) -> None:
    """Have the next task of a task's lane rung at once, now that this one is done."""
    from .acts import commit

    with everywhere():
        lane = db.session.scalar(select(Task.lane).where(Task.id == number))
        if lane is not None:
            db.session.execute(
                update(Task)
                .where(Task.lane == lane, Task.ring_at > now, Task.not_before.is_(None), *is_open())
                .values(ring_at=now)
                .execution_options(synchronize_session=False)
            )
            commit()


def forget(before: datetime, limit: int = 5000) -> int:
    """Forget tasks that were done before a moment; dead ones stay for the operator.

    Args:
        before: aware UTC.
        limit: how many at most, so that no transaction is long.

    Returns:
        How many.
    """
    from .acts import commit

    with everywhere():
        gone = db.session.scalars(select(Task.id).where(Task.done_at < before).limit(limit)).all()
        if gone:
            db.session.execute(delete(Task).where(Task.id.in_(gone)).execution_options(synchronize_session=False))
            commit()
    return len(gone)


def replay(now: datetime) -> int:
    """Give dead tasks another life; the operator's remedy once the cause is mended."""
    from .acts import commit

    with everywhere():
        revived = db.session.execute(
            update(Task)
            .where(Task.dead_at.is_not(None))
            .values(dead_at=None, attempts=0, ring_at=now, not_before=None)
            .execution_options(synchronize_session=False)
        )
        commit()
        return int(revived.rowcount)  # type: ignore[attr-defined]


def _function(name: str) -> Callable[..., None]:
    module, _, attribute = name.partition(":")
    function: Callable[..., None] = getattr(importlib.import_module(module), attribute)
    return function
