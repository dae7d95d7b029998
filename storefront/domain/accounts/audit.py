"""The audit trail: who did what, when, and what it was before (SPEC 17, SECURITY D14)."""

from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storefront.core.changes import take_turn
from storefront.core.db import db

from .models import AuditEntry, seal_of

SEALED = ("previous_hash", "number", "at", "actor", "action", "object_kind", "object_id", "before", "after", "reason")
"""What the seal of an entry is made of."""
request_id: ContextVar[str | None] = ContextVar("audit_request_id", default=None)
"""Which request an act answers, where it answers one; the door sets it (SECURITY D14)."""


def record(
    actor: str,
    action: str,
    object_kind: str,
    object_id: UUID | str,
    *,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
    dealer_id: UUID | None = None,
) -> AuditEntry:
    """Write an entry into the trail, in the transaction of the act it tells of.

    Args:
        actor: `user:<id>`, `user:<id> for support:<id>`, `command`, `import:<format>`, `system`, `visitor`.
        action: the act's name, `change_price`.
        object_kind: `listing`, `dealer`, `store`, `user` …
        object_id: its id.
        now: when, aware UTC.
        before: the fields that changed, as they were; nothing personal of class P2.
        after: the same fields now.
        reason: why, where the act asks for it.
        dealer_id: whose business it is; None for the operator's.
    """
    db.session.flush()
    take_turn()
    chain = select(AuditEntry).where(AuditEntry.dealer_id == dealer_id).order_by(AuditEntry.number.desc())
    last = db.session.scalars(chain.limit(1)).first()
    entry = AuditEntry(
        number=1 if last is None else last.number + 1,
        at=now,
        actor=actor,
        action=action,
        object_kind=object_kind,
        object_id=str(object_id),
        before=before or {},
        after=after or {},
        reason=reason,
        dealer_id=dealer_id,
        request_id=request_id.get(),
        previous_hash="" if last is None else last.hash,
    )
    entry.hash = entry.seal()
    db.session.add(entry)
    db.session.flush()
    return entry


def person_of(actor: str) -> UUID | None:
    """Give the person behind an actor of the trail, None for a machine."""
    if not actor.startswith("user:"):
        return None
    try:
        return UUID(actor.removeprefix("user:").partition(" ")[0])
    except ValueError:
        return None


def fits(entry: AuditEntry, forerunner: AuditEntry | None) -> bool:
    """Ask whether an entry is as it was written and follows the one before it in its chain."""
    number, sealed = (0, "") if forerunner is None else (forerunner.number, forerunner.hash)
    return entry.number == number + 1 and entry.previous_hash == sealed and entry.hash == entry.seal()


def first_broken() -> AuditEntry | None:
    """Walk the chains that the open scope sees and give the first entry that does not fit its forerunner, or None.

    Each dealer has a chain of its own, the operator another, so that a dealer can check its own without seeing more.
    """
    columns = [getattr(AuditEntry, name) for name in (*SEALED, "id", "dealer_id", "hash")]
    last: dict[UUID | None, tuple[str, int]] = {}
    # Columns, not entries: a chain of many thousand is walked while somebody waits for the page.
    for row in db.session.execute(select(*columns).order_by(AuditEntry.number)):
        previous, number = last.get(row.dealer_id, ("", 0))
        if row.number != number + 1 or row.previous_hash != previous or row.hash != seal_of(row):
            return db.session.get_one(AuditEntry, row.id)
        last[row.dealer_id] = (row.hash, row.number)
    return None
