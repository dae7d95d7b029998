"""The database remembers, the queue only rings (STYLE.md §3).

An action `emit`s events into the outbox in its own transaction. The relay hands each to its listeners, whose `enqueue`
calls become rows of `tasks`, and ticks the event off, all in one transaction. The queue is then rung with the task
numbers; `run_task` carries one out and ticks it off together with what it wrote, so a task may be rung twice, late or
by two workers and still has its effect once. What a silent queue missed, the sweep rings again (SECURITY E7).
"""

import importlib
import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column

from .db import Model, db
from .tenancy import Owned, acting, everywhere
from .types import UtcDateTime

MAX_ATTEMPTS = 8
RELAY_BATCH = 200
RING_AGAIN = timedelta(seconds=60)
"""A task that was rung this long ago and is not done is rung again."""

_Big = BigInteger().with_variant(Integer, "sqlite")
log = logging.getLogger(__name__)


class OutboxEvent(Model, Owned):
    """Something that happened, in the order it was committed."""

    __tablename__ = "outbox_events"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(_Big, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    relayed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class Task(Model, Owned):
    """Work that follows from an event: a job with its arguments, done exactly once."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("event_id", "job", "number"),
        Index("ix_tasks_open", "done_at", "dead_at", "ring_at"),
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
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a job that commits itself was last begun; one that has not begun yet will see whatever comes meanwhile."""
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)


E = TypeVar("E", bound=type)
_events: dict[str, type] = {}
_listeners: dict[type, list[Callable[[Any], None]]] = {}
_collecting: ContextVar[list["Wanted"] | None] = ContextVar("collecting", default=None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job that a listener asked for."""

    job: str
    arguments: list[Any]
    queue: str
    one_waits: bool


def happening(cls: E) -> E:
    """Register a frozen dataclass as an event (SPEC 141); its fields are ids and plain values."""
    _events[cls.__name__] = cls
    return cls


def on(*events: type) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    """Register a listener: a function of the event that does nothing but `enqueue`."""

    def register(listener: Callable[[Any], None]) -> Callable[[Any], None]:
        for event in events:
            heard = _listeners.setdefault(event, [])
            if listener not in heard:
                heard.append(listener)
        return listener

    return register


def emit(*events: Any, at: datetime | None = None) -> None:
    """Write events into the outbox, in the transaction of the action that runs."""
    from . import clock

    moment = at or clock.now()
    for event in events:
        if not is_dataclass(event) or type(event).__name__ not in _events:
            raise TypeError(f"{event!r} is not a registered event")
        db.session.add(OutboxEvent(name=type(event).__name__, payload=_plain(asdict(event)), at=moment))  # type: ignore[arg-type]


def enqueue(job: Callable[..., None], *arguments: Any, queue: str = "default") -> None:
    """Ask for a job, from inside a listener; it becomes a task of the event being relayed.

    Args:
        job: a module-level function of a `jobs.py`; it gets the arguments as plain values.
        arguments: ids (UUIDs are written as text) and plain values.
        queue: `default`, `photos` or `publish`.
    """
    collecting = _collecting.get()
    if collecting is None:
        raise RuntimeError("enqueue is called by listeners only; actions emit events")
    collecting.append(_want(job, *arguments, queue=queue))


def _want(job: Callable[..., None], *arguments: Any, queue: str = "default") -> Wanted:
    name = f"{job.__module__}:{job.__qualname__}"
    return Wanted(name, [_plain_value(a) for a in arguments], queue, getattr(job, "one_waits", False))


def relay(now: datetime) -> int:
    """Hand a batch of waiting events to their listeners, oldest first, in one transaction.

    An event that cannot be handed over becomes a task like any other (`hand_over`): it is tried again and at last left
    as dead, and those behind it go on (SECURITY E7).

    Returns:
        How many events were taken; 0 when none waits.
    """
    from .acts import commit

    with everywhere():
        waiting = list(
            db.session.scalars(
                select(OutboxEvent)
                .where(OutboxEvent.relayed_at.is_(None))
                .order_by(OutboxEvent.id)
                .limit(RELAY_BATCH)
                .with_for_update(skip_locked=True)
            )
        )
        for row in waiting:
            claimed = db.session.execute(
                update(OutboxEvent)
                .where(OutboxEvent.id == row.id, OutboxEvent.relayed_at.is_(None))
                .values(relayed_at=now)
                .execution_options(synchronize_session=False)
            )
            if claimed.rowcount:  # type: ignore[attr-defined]
                _add_tasks(row, _wanted_or_again(row), now)
        commit()
    return len(waiting)


def hand_over(event_id: int) -> None:
    """Hand one event to its listeners: the job of an event that could not be handed over when it was relayed."""
    from . import clock

    row = db.session.get_one(OutboxEvent, event_id)
    _add_tasks(row, _wanted(row), clock.now())


def _wanted_or_again(row: OutboxEvent) -> list[Wanted]:
    try:
        return _wanted(row)
    except Exception:
        log.exception("an event could not be handed over", extra={"event_id": row.id, "event_name": row.name})
        return [_want(hand_over, row.id)]


def _wanted(row: OutboxEvent) -> list[Wanted]:
    """Ask the listeners what follows from an event."""
    with _collected() as wanted:
        event = _event(row)
        if event is not None:
            for listener in _listeners.get(type(event), []):
                listener(event)
    return wanted


def _add_tasks(row: OutboxEvent, wanted: list[Wanted], now: datetime) -> None:
    for number, want in enumerate(wanted):
        if want.one_waits and _one_waits(row.tenant_id, want):
            continue
        task = Task(tenant_id=row.tenant_id, event_id=row.id, job=want.job, number=number, ring_at=now)
        task.arguments, task.queue = want.arguments, want.queue
        db.session.add(task)


def _one_waits(tenant_id: UUID, want: Wanted) -> bool:
    waiting = select(Task.arguments).where(
        Task.tenant_id == tenant_id,
        Task.job == want.job,
        Task.done_at.is_(None),
        Task.dead_at.is_(None),
        Task.started_at.is_(None),
    )
    return want.arguments in db.session.scalars(waiting).all()


@contextmanager
def _collected() -> Iterator[list[Wanted]]:
    wanted: list[Wanted] = []
    reset = _collecting.set(wanted)
    try:
        yield wanted
    finally:
        _collecting.reset(reset)


def run_task(number: int, now: datetime) -> bool:
    """Carry out one task and tick it off in the same transaction.

    Returns:
        False when it was done or given up before.

    Raises:
        Exception: what the job raised (or that it is no more), after the attempt was counted; the sweep tries again
            with growing pauses, and after 8 attempts the task is left as dead for the operator (`marketplace tasks`).
    """
    from .acts import commit

    with everywhere():
        task = db.session.get(Task, number)
        if task is None or task.done_at is not None or task.dead_at is not None:
            return False
        tenant, job, arguments = task.tenant_id, task.job, task.arguments
    try:
        function = _function(job)
        with acting(tenant):
            if getattr(function, "commits_itself", False):
                db.session.execute(update(Task).where(Task.id == number).values(started_at=now))
                commit()
                function(*arguments)
                db.session.rollback()
            mine = db.session.execute(
                update(Task).where(Task.id == number, Task.done_at.is_(None)).values(done_at=now, error=None)
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


J = TypeVar("J", bound=Callable[..., None])


def commits_itself(job: J) -> J:
    """Mark a job that is long or talks to the outside: it runs outside the task's transaction and must not mind
    being run again (a build that finds nothing stale, a letter that is already sent).
    """
    job.commits_itself = True  # type: ignore[attr-defined]
    return job


def one_waits(job: J) -> J:
    """Mark a job that does whatever there is to do: while one waits to begin, another would find nothing left."""
    job.one_waits = True  # type: ignore[attr-defined]
    return job


def _count_failure(number: int, error: Exception, now: datetime) -> None:
    from .acts import commit

    with everywhere():
        task = db.session.get(Task, number)
        if task is None:
            return
        task.attempts += 1
        task.error = f"{type(error).__name__}: {error}"[:500]
        task.ring_at = now + timedelta(seconds=uniform(0, min(3600, 5 * 4**task.attempts)))
        if task.attempts >= MAX_ATTEMPTS:
            task.dead_at = now
        commit()


def due(now: datetime, limit: int = 1000, *, but: Collection[str] = ()) -> list[tuple[int, str]]:
    """Give the tasks to ring (number, queue): not done, not dead, and not rung within the last minute.

    Args:
        now: aware UTC.
        limit: how many at most.
        but: queues that have enough to do.
    """
    from .acts import commit

    with everywhere():
        rows = db.session.execute(
            select(Task.id, Task.queue)
            .where(Task.done_at.is_(None), Task.dead_at.is_(None), Task.ring_at <= now, Task.queue.not_in(but))
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


def replay(now: datetime) -> int:
    """Give dead tasks another life; the operator's remedy once the cause is mended."""
    from .acts import commit

    with everywhere():
        revived = db.session.execute(
            update(Task)
            .where(Task.dead_at.is_not(None))
            .values(dead_at=None, attempts=0, ring_at=now)
            .execution_options(synchronize_session=False)
        )
        commit()
        return int(revived.rowcount)  # type: ignore[attr-defined]


def _function(name: str) -> Callable[..., None]:
    module, _, attribute = name.partition(":")
    function: Callable[..., None] = getattr(importlib.import_module(module), attribute)
    return function


def _event(row: OutboxEvent) -> Any:
    """Give the event back; one whose class is gone since is nobody's business any more."""
    cls = _events.get(row.name)
    if cls is None:
        return None
    known = {item.name for item in fields(cls)}
    return cls(**{name: value for name, value in row.payload.items() if name in known})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain_value(item) for item in value]
    return value
