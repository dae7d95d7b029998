"""What is forgotten of logins once nobody needs it: ended sessions, used or stale links, taken invitations.

What was done with them stands in the trail, which is kept; rows with addresses and networks are not (SECURITY D11).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import aliased

from storefront.core.db import db

from .actions import ABSOLUTE, IDLE
from .models import Invitation, PasswordReset, UserSession

LOGINS_KEPT = timedelta(days=7)
"""A login that ended, so that its owner can still recognise it in a report."""
RESETS_KEPT = timedelta(days=1)
INVITATIONS_KEPT = timedelta(days=30)
"""An invitation that was taken, taken back or never answered: till then it can be sent again."""
MOST_AT_ONCE = 5_000
"""Rows of a kind deleted in one transaction."""


def tenants_with_old(now: datetime) -> list[UUID]:
    """Give the tenants with something to forget; act everywhere()."""
    found: set[UUID] = set()
    for table, is_old in _old(now):
        found |= set(db.session.scalars(select(table.tenant_id).where(is_old).distinct()))
    return sorted(found)


def forget_old(*, now: datetime) -> list[UUID]:
    """Delete what is old in the open scope.

    Args:
        now: aware UTC.

    Returns:
        The ids that are gone.
    """
    gone: list[UUID] = []
    for table, is_old in _old(now):
        some = list(db.session.scalars(select(table.id).where(is_old).limit(MOST_AT_ONCE)))
        if some:
            db.session.execute(delete(table).where(table.id.in_(some)).execution_options(synchronize_session=False))
        gone += some
    return gone


def _old(now: datetime) -> list[tuple[Any, ColumnElement[bool]]]:
    """Give each table with its condition; a login ends by itself after a day, or an hour without a click.

    Somebody's last login stays: it tells the owner who has not been here for long.
    """
    later = aliased(UserSession)
    is_later = (later.user_id == UserSession.user_id, later.seen_at > UserSession.seen_at)
    over = or_(UserSession.ended_at < now - LOGINS_KEPT, UserSession.created_at < now - ABSOLUTE - LOGINS_KEPT)
    over = or_(over, UserSession.seen_at < now - IDLE - LOGINS_KEPT) & select(later.id).where(*is_later).exists()
    answered = or_(Invitation.accepted_at < now - INVITATIONS_KEPT, Invitation.revoked_at < now - INVITATIONS_KEPT)
    return [
        (UserSession, over),
        (PasswordReset, PasswordReset.asked_at < now - RESETS_KEPT),
        (Invitation, or_(answered, Invitation.sent_at < now - INVITATIONS_KEPT)),
    ]
