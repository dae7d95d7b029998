"""What an operator wants to know of the work behind the pages: what waits, what is dead and why (SECURITY E7)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from storefront.core.db import db
from storefront.core.outbox import OutboxEvent
from storefront.core.tasks import Task
from storefront.core.tenancy import everywhere

SHOWN = 20
"""Dead tasks that are named; of more, their number."""


@dataclass(frozen=True, slots=True)
class Work:
    """How the work of an installation stands."""

    events: int
    """Not yet handed to listeners."""
    waiting: int
    """Tasks that are neither done nor dead."""
    dead: int
    newest_dead: Sequence[Task]


def work() -> Work:
    """Count what waits and what is dead, over all tenants."""
    open_tasks = select(func.count(Task.id)).where(Task.done_at.is_(None), Task.dead_at.is_(None))
    dead = select(Task).where(Task.dead_at.is_not(None))
    with everywhere():
        return Work(
            events=db.session.scalar(select(func.count(OutboxEvent.id)).where(OutboxEvent.relayed_at.is_(None))) or 0,
            waiting=db.session.scalar(open_tasks) or 0,
            dead=db.session.scalar(select(func.count()).select_from(dead.subquery())) or 0,
            newest_dead=db.session.scalars(dead.order_by(Task.dead_at.desc()).limit(SHOWN)).all(),
        )
