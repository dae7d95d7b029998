"""The database remembers, the queue only rings (STYLE.md §3).

An action `emit`s events into the outbox in its own transaction. The relay hands each to its listeners, whose `enqueue`
calls become rows of `tasks` (`tasks.py`), and ticks the event off, all in one transaction. What a silent queue missed,
the sweep relays (SECURITY E7).
"""

import json
import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, Integer, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from .db import Model, db
from .tasks import Task, is_open
from .tenancy import Owned, everywhere
from .types import UtcDateTime

RELAY_BATCH = 200
EMITTED = "emitted"
"""Key of `Session.info`: this transaction has something to ring for."""

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
    lane: str | None = None
    urgent: bool = False


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
        db.session.info[EMITTED] = True
        db.session.add(OutboxEvent(name=type(event).__name__, payload=_plain(asdict(event)), at=moment))  # type: ignore[arg-type]


def enqueue(
    job: Callable[..., None],
    *arguments: Any,
    queue: str = "default",
    lane: str | None = None,
    urgent: bool = False,
) -> None:
    """Ask for a job, from inside a listener; it becomes a task of the event being relayed.

    Args:
        job: a module-level function of a `jobs.py`; it gets the arguments as plain values.
        arguments: ids (UUIDs are written as text) and plain values.
        queue: one of `queue.QUEUES`.
        lane: tasks of one lane are done one after the other.
        urgent: somebody waits for it: it goes before what else the tenant has in the queue. A task that waits already
            and does the same becomes urgent.
    """
    collecting = _collecting.get()
    if collecting is None:
        raise RuntimeError("enqueue is called by listeners only; actions emit events")
    name = f"{job.__module__}:{job.__qualname__}"
    one_waits = getattr(job, "one_waits", False)
    collecting.append(Wanted(name, [_plain_value(a) for a in arguments], queue, one_waits, lane, urgent))


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
        return [Wanted(f"{__name__}:{hand_over.__qualname__}", [row.id], "default", one_waits=False)]


def _wanted(row: OutboxEvent) -> list[Wanted]:
    """Ask the listeners what follows from an event."""
    with _collected() as wanted:
        event = _event(row)
        if event is not None:
            for listener in _listeners.get(type(event), []):
                listener(event)
    return wanted


def _add_tasks(row: OutboxEvent, wanted: list[Wanted], now: datetime) -> None:
    waiting = _waiting(row.tenant_id, {want.job for want in wanted if want.one_waits})
    for number, want in enumerate(wanted):
        if want.one_waits:
            known = waiting.setdefault((want.job, _key(want.arguments)), [])
            if known:
                _pull_forward(known, now, urgent=want.urgent)
                continue
        task = Task(tenant_id=row.tenant_id, event_id=row.id, job=want.job, number=number, ring_at=now)
        task.arguments, task.queue, task.lane, task.urgent = want.arguments, want.queue, want.lane, want.urgent
        db.session.add(task)
        if want.one_waits:
            known.append(task)


def _waiting(tenant_id: UUID, jobs: Collection[str]) -> dict[tuple[str, str], list[Task]]:
    """Give the tasks that have not begun, by job and arguments; they will see whatever comes meanwhile."""
    found: dict[tuple[str, str], list[Task]] = {}
    if jobs:
        db.session.flush()
        reading = select(Task).where(
            Task.tenant_id == tenant_id, Task.job.in_(jobs), *is_open(), Task.started_at.is_(None)
        )
        for task in db.session.scalars(reading):
            found.setdefault((task.job, _key(task.arguments)), []).append(task)
    return found


def _pull_forward(known: Iterable[Task], now: datetime, *, urgent: bool) -> None:
    """Have a task that waits for its next try come at once: what is new may be the cure."""
    for task in known:
        task.urgent = task.urgent or urgent
        if task.not_before is not None:
            task.not_before, task.ring_at = None, now


def _key(arguments: list[Any]) -> str:
    return json.dumps(arguments, sort_keys=True)


@contextmanager
def _collected() -> Iterator[list[Wanted]]:
    wanted: list[Wanted] = []
    reset = _collecting.set(wanted)
    try:
        yield wanted
    finally:
        _collecting.reset(reset)


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


def forget(before: datetime, limit: int = 5000) -> int:
    """Forget events that were handed on before a moment and of which nothing is left to be done.

    Args:
        before: aware UTC.
        limit: how many at most, so that no transaction is long.

    Returns:
        How many.
    """
    from .acts import commit

    with everywhere():
        still = select(Task.event_id).where(Task.done_at.is_(None))
        gone = db.session.scalars(
            select(OutboxEvent.id).where(OutboxEvent.relayed_at < before, OutboxEvent.id.not_in(still)).limit(limit)
        ).all()
        if gone:
            doomed = delete(OutboxEvent).where(OutboxEvent.id.in_(gone))
            db.session.execute(doomed.execution_options(synchronize_session=False))
            commit()
    return len(gone)


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
