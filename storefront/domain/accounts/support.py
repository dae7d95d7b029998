"""Support: one of the operator's people works at a dealer's desk, said aloud, for an hour at most (SECURITY A4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from storefront.core.db import db
from storefront.core.errors import DomainError

from . import audit
from .models import SupportVisit, User, UserSession

LONGEST = timedelta(minutes=60)
REASON_LENGTH = 500


def begin_visit(
    user: User, login: UserSession, dealer_id: UUID, reason: str, minutes: int, *, now: datetime, actor: str
) -> SupportVisit:
    """Sit down at a dealer's desk.

    Args:
        user: one of the operator's people.
        login: her login; it alone goes there.
        dealer_id: whose desk.
        reason: why; the dealer reads it.
        minutes: how long, 60 at most.
        now: aware UTC.
        actor: who does it.

    Raises:
        DomainError: not one of the operator's people, no reason, too long.
    """
    if not user.is_operator:
        raise DomainError("Only the operator's people give support", code="forbidden")
    why = " ".join(reason.split())
    if not why:
        raise DomainError("Say why: the dealer reads it", field="reason")
    if len(why) > REASON_LENGTH:
        raise DomainError("At most 500 letters", field="reason")
    if not 1 <= minutes <= LONGEST.total_seconds() // 60:
        raise DomainError("Choose 1 to 60 minutes", field="minutes")
    until = now + timedelta(minutes=minutes)
    visit = SupportVisit(user_id=user.id, dealer_id=dealer_id, reason=why, started_at=now, until=until)
    db.session.add(visit)
    db.session.flush()
    login.support_id = visit.id
    after = {"until": until.isoformat()}
    audit.record(actor, "begin_support", "support", visit.id, now=now, dealer_id=dealer_id, reason=why, after=after)
    return visit


def end_visit(visit: SupportVisit, *, now: datetime, actor: str) -> None:
    """Leave the desk; the dealer's owner may end a visit too.

    Raises:
        DomainError: it is over already.
    """
    if not visit.is_on(now):
        raise DomainError("This visit is over already", code="conflict")
    visit.ended_at = now
    audit.record(actor, "end_support", "support", visit.id, now=now, dealer_id=visit.dealer_id)


def visits(limit: int = 100) -> Sequence[SupportVisit]:
    """Give the visits the open scope sees, newest first."""
    return db.session.scalars(select(SupportVisit).order_by(SupportVisit.started_at.desc()).limit(limit)).all()


def running_visit(dealer_id: UUID, now: datetime) -> SupportVisit | None:
    """Give the visit that is on at a dealer's desk."""
    lasting = select(SupportVisit).where(SupportVisit.dealer_id == dealer_id, SupportVisit.ended_at.is_(None))
    return db.session.scalars(lasting.where(SupportVisit.until > now).order_by(SupportVisit.started_at)).first()
