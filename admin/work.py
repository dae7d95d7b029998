"""What the operator does with the work behind the pages: dead tasks and letters get another life (SECURITY E7)."""

from datetime import datetime

from sqlalchemy import select

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import EMITTED, emit
from storefront.core.tasks import Task
from storefront.domain.accounts import audit
from storefront.notices.events import LetterWritten
from storefront.notices.models import Letter


def revive(task: Task, *, now: datetime, actor: str) -> Task:
    """Give a dead task another life, with all its tries.

    Raises:
        DomainError: it is not dead.
    """
    if task.dead_at is None:
        raise DomainError("This task is not dead", code="conflict")
    after = {"job": task.job, "tasks": 1}
    _live(task, now)
    audit.record(actor, "revive_task", "task", str(task.id), now=now, after=after, reason=task.error)
    return task


def revive_all(*, now: datetime, actor: str) -> int:
    """Give all dead tasks of the tenant another life.

    Returns:
        How many there were.
    """
    dead = db.session.scalars(select(Task).where(Task.dead_at.is_not(None))).all()
    for task in dead:
        _live(task, now)
    audit.record(actor, "revive_tasks", "task", "all", now=now, after={"tasks": len(dead)})
    return len(dead)


def send_again(letter: Letter, *, now: datetime, actor: str) -> Letter:
    """Try a letter again that was not taken.

    Raises:
        DomainError: it was sent.
    """
    if letter.sent_at is not None:
        raise DomainError("This letter was sent", code="conflict")
    letter.next_try_at = now
    audit.record(actor, "send_again", "letter", letter.id, now=now, dealer_id=letter.dealer_id, reason=letter.failure)
    emit(LetterWritten(letter.id), at=now)
    return letter


def _live(task: Task, now: datetime) -> None:
    task.dead_at, task.attempts, task.ring_at, task.not_before = None, 0, now, None
    db.session.info[EMITTED] = True
