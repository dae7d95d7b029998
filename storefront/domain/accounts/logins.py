"""Logins one can see and end, the desk one sits at, and what makes a login fresh (SECURITY B4)."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from storefront.core.db import db
from storefront.core.errors import NotFound

from . import audit
from .actions import ABSOLUTE, IDLE, token_hash
from .models import User, UserSession

FRESH = timedelta(minutes=10)
"""How long password or code count as just shown, for acts that want a step-up."""
CODE_WITHIN = timedelta(minutes=10)
"""How long a login waits for its second factor."""


def waiting_login(token: str, *, now: datetime) -> tuple[UserSession, User] | None:
    """Find the login that waits for its second factor, and its user."""
    wanted = select(UserSession).where(
        UserSession.token_hash == token_hash(token), UserSession.waits_for_code.is_(True)
    )
    found = db.session.scalars(wanted).first()
    if found is None or found.ended_at is not None or now - found.created_at > CODE_WITHIN:
        return None
    user = db.session.get(User, found.user_id)
    return None if user is None or not user.active else (found, user)


def complete(login: UserSession, user: User, *, now: datetime, actor: str, dealer_id: UUID | None) -> str:
    """Open the door to a login whose code was right, under a new id (SECURITY B4: new id at login)."""
    login.waits_for_code = False
    login.created_at = login.seen_at = login.fresh_at = now
    audit.record(actor, "log_in", "user", user.id, now=now, dealer_id=dealer_id, after={"second_factor": True})
    return _new_id(login)


def refresh(login: UserSession, *, now: datetime, actor: str, dealer_id: UUID | None) -> None:
    """Note that password or code were shown again (step-up)."""
    login.fresh_at = now
    audit.record(actor, "confirm", "user", login.user_id, now=now, dealer_id=dealer_id)


def is_fresh(login: UserSession, now: datetime) -> bool:
    """Ask whether password or code were shown within the last ten minutes."""
    return login.fresh_at is not None and timedelta() <= now - login.fresh_at <= FRESH


def sit_down(login: UserSession, dealer_id: UUID, *, now: datetime, actor: str) -> str:
    """Change to another dealer's desk; the login gets a new id (SECURITY B4: at role change)."""
    login.desk_id = dealer_id
    audit.record(actor, "sit_down", "dealer", dealer_id, now=now, dealer_id=dealer_id)
    return _new_id(login)


def live_logins(user_id: UUID, now: datetime) -> Sequence[UserSession]:
    """Give somebody's open logins, the last used first."""
    wanted = select(UserSession).where(
        UserSession.user_id == user_id,
        UserSession.ended_at.is_(None),
        UserSession.waits_for_code.is_(False),
        UserSession.seen_at > now - IDLE,
        UserSession.created_at > now - ABSOLUTE,
    )
    return db.session.scalars(wanted.order_by(UserSession.seen_at.desc())).all()


def end_login(user_id: UUID, login_id: UUID, *, now: datetime, actor: str, dealer_id: UUID | None) -> None:
    """End one of somebody's logins.

    Raises:
        NotFound: she has no such open login.
    """
    mine = select(UserSession).where(UserSession.id == login_id, UserSession.user_id == user_id)
    found = db.session.scalars(mine.where(UserSession.ended_at.is_(None))).first()
    if found is None:
        raise NotFound("There is no such login")
    found.ended_at = now
    audit.record(actor, "end_login", "login", login_id, now=now, dealer_id=dealer_id)


def end_others(
    user_id: UUID, kept: UUID | None, *, now: datetime, actor: str | None = None, dealer_id: UUID | None = None
) -> int:
    """End all of somebody's logins but one, and give their number; with an actor it is an act of its own."""
    open_ones = update(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    if kept is not None:
        open_ones = open_ones.where(UserSession.id != kept)
    ended = int(db.session.execute(open_ones.values(ended_at=now)).rowcount)  # type: ignore[attr-defined]
    if actor is not None:
        audit.record(actor, "end_logins", "user", user_id, now=now, dealer_id=dealer_id, after={"ended": ended})
    return ended


def _new_id(login: UserSession) -> str:
    token = secrets.token_urlsafe(32)
    login.token_hash = token_hash(token)
    return token
