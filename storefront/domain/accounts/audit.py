"""The audit trail: who did what, when, and what it was before (SPEC 17, SECURITY D14)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storefront.core.changes import take_turn
from storefront.core.db import db

from .models import AuditEntry


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
        actor: `user:<id>`, `command`, `import:<format>`, `system`.
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
        previous_hash="" if last is None else last.hash,
    )
    entry.hash = entry.seal()
    db.session.add(entry)
    db.session.flush()
    return entry


def first_broken() -> AuditEntry | None:
    """Walk the chains that the open scope sees and give the first entry that does not fit its forerunner, or None.

    Each dealer has a chain of its own, the operator another, so that a dealer can check its own without seeing more.
    """
    last: dict[UUID | None, tuple[str, int]] = {}
    for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.number)):
        previous, number = last.get(entry.dealer_id, ("", 0))
        if entry.number != number + 1 or entry.previous_hash != previous or entry.hash != entry.seal():
            return entry
        last[entry.dealer_id] = (entry.hash, entry.number)
    return None
