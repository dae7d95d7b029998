"""A new password for somebody who forgot hers; an unknown address takes the same way, to nowhere (SECURITY B3)."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit

from . import audit
from .actions import change_password, home_of, token_hash
from .events import PasswordResetAsked
from .models import PasswordReset, User
from .queries import user_by_email

VALID = timedelta(hours=1)


def ask_for_reset(email: str, *, now: datetime) -> None:
    """Ask for a letter with a link to a new password. Whether somebody has this address is told to nobody."""
    user = user_by_email(email)
    reset = PasswordReset(user_id=None if user is None else user.id, asked_at=now)
    db.session.add(reset)
    db.session.flush()
    emit(PasswordResetAsked(reset.id), at=now)
    # In the operator's trail: a dealer's would tell by its length who works there.
    audit.record("visitor", "ask_for_reset", "password_reset", reset.id, now=now)


def give_token(reset: PasswordReset) -> str:
    """Make the token of the letter; what is kept is its hash."""
    token = secrets.token_urlsafe(32)
    reset.token_hash = token_hash(token)
    return token


def reset_of(token: str, *, now: datetime) -> tuple[PasswordReset, User] | None:
    """Find what a letter's link is for; None when it is unknown, used or older than an hour."""
    found = db.session.scalars(select(PasswordReset).where(PasswordReset.token_hash == token_hash(token))).first()
    if found is None or found.user_id is None or found.used_at is not None or now - found.asked_at > VALID:
        return None
    user = db.session.get(User, found.user_id)
    return None if user is None or not user.active else (found, user)


def reset_password(reset: PasswordReset, user: User, password: str, *, now: datetime) -> None:
    """Set the new password. Logins end, other links are void; the second factor stays (SECURITY B2).

    Raises:
        DomainError: the link was used, or the password would be guessed.
    """
    mine = update(PasswordReset).where(PasswordReset.user_id == user.id, PasswordReset.used_at.is_(None))
    if not db.session.execute(mine.values(used_at=now)).rowcount:  # type: ignore[attr-defined]
        raise DomainError("This link was used already; ask for a new one", code="conflict")
    change_password(user, password, now=now, actor=f"user:{user.id}", dealer_id=home_of(user))
