"""What one does with tenants, people and logins."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.core.tenancy import scope

from . import audit
from .events import SecurityChanged
from .models import Role, RoleGrant, Tenant, User, UserSession
from .passwords import hash_password, is_old, refuse_weak

IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=24)
"""How long a login lasts without a click, and at most (SECURITY B4)."""


def found_tenant(
    slug: str, name: str, *, now: datetime, country: str = "DE", languages: tuple[str, ...] = ("de", "en")
) -> Tenant:
    """Create a tenant; call it acting `everywhere()`.

    Raises:
        DomainError: the slug is taken.
    """
    if db.session.scalars(select(Tenant).where(Tenant.slug == slug)).first() is not None:
        raise DomainError(f"The tenant {slug!r} exists already", field="slug", code="conflict")
    tenant = Tenant(slug=slug, name=name, country=country, languages=list(languages), created_at=now)
    db.session.add(tenant)
    db.session.flush()
    return tenant


def add_user(
    email: str,
    name: str,
    password_hash: str,
    role: Role,
    *,
    dealer_id: UUID | None = None,
    phone: str | None = None,
    language: str = "de",
    now: datetime,
    actor: str = "command",
) -> User:
    """Add somebody with one role.

    Args:
        email: address to log in with; kept in lower case.
        name: for people to read.
        password_hash: from `passwords.hash_password`.
        role: what they are; every role but SystemAdmin needs a dealer (SPEC 12).
        dealer_id: whose data the role reaches.
        phone: E.164.
        language: of letters and the admin.
        now: aware UTC.
        actor: who does it.

    Raises:
        DomainError: the address is taken, or the role needs a dealer.
    """
    user = new_user(email, name, password_hash, role, dealer_id=dealer_id, phone=phone, language=language, now=now)
    audit.record(actor, "add_user", "user", user.id, now=now, after={"role": role.value}, dealer_id=dealer_id)
    return user


def new_user(
    email: str,
    name: str,
    password_hash: str,
    role: Role,
    *,
    dealer_id: UUID | None,
    language: str,
    now: datetime,
    phone: str | None = None,
) -> User:
    """Add somebody as part of another act, which tells the trail of it; the arguments are those of `add_user`."""
    address = email.strip().lower()
    if db.session.scalars(select(User).where(User.email == address)).first() is not None:
        raise DomainError("Somebody with this address exists already", field="email", code="conflict")
    if (role is Role.SYSTEM_ADMIN) == (dealer_id is not None):
        raise DomainError("SystemAdmin belongs to the operator, every other role to a dealer", field="role")
    user = User(email=address, name=name, phone=phone, language=language, password_hash=password_hash, created_at=now)
    user.roles.append(RoleGrant(role_name=role, dealer_id=dealer_id))
    db.session.add(user)
    db.session.flush()
    return user


def log_in(
    user: User,
    *,
    agent: str | None,
    now: datetime,
    network: str | None = None,
    waits_for_code: bool = False,
    password: str | None = None,
) -> str:
    """Open a session and give its token, which is stored only as a hash (SECURITY B4).

    Args:
        user: whose password was right.
        agent: the browser, as it names itself.
        now: aware UTC.
        network: where it comes from, shortened.
        waits_for_code: a second factor is still to come; until then the session opens nothing.
        password: as typed, to be hashed anew where its hash is weaker than today's (SECURITY B1).
    """
    if password is not None and is_old(user.password_hash):
        user.password_hash = hash_password(password)
    token = open_session(user, agent=agent, now=now, network=network, waits_for_code=waits_for_code)
    act = "log_in_begun" if waits_for_code else "log_in"
    audit.record(f"user:{user.id}", act, "user", user.id, now=now, dealer_id=home_of(user))
    return token


def open_session(
    user: User, *, agent: str | None, now: datetime, network: str | None = None, waits_for_code: bool = False
) -> str:
    """Open a session as part of another act, which tells the trail of it; the arguments are those of `log_in`."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            fresh_at=now,
            agent=(agent or "")[:200],
            network=network,
            waits_for_code=waits_for_code,
        )
    )
    return token


def log_out(token: str, *, now: datetime) -> None:
    """End a session."""
    found = db.session.scalars(select(UserSession).where(UserSession.token_hash == token_hash(token))).first()
    if found is None or found.ended_at is not None:
        return
    found.ended_at = now
    dealer_id = scope().dealer or home_of(db.session.get_one(User, found.user_id))
    audit.record(f"user:{found.user_id}", "log_out", "user", found.user_id, now=now, dealer_id=dealer_id)


def session_of(token: str, *, now: datetime) -> tuple[UserSession, User] | None:
    """Find the live session and its user; None when unknown, ended, idle for an hour or a day old."""
    found = db.session.scalars(select(UserSession).where(UserSession.token_hash == token_hash(token))).first()
    if found is None or found.ended_at is not None or found.waits_for_code:
        return None
    if now - found.seen_at > IDLE or now - found.created_at > ABSOLUTE:
        return None
    user = db.session.get(User, found.user_id)
    return None if user is None or not user.active else (found, user)


def see(session: UserSession, *, now: datetime) -> None:
    """Note that a session was used."""
    session.seen_at = now


def change_password(user: User, password: str, *, now: datetime, actor: str, dealer_id: UUID | None = None) -> None:
    """Set a new password; every login of the user ends (SECURITY B4).

    Args:
        user: whose.
        password: as typed.
        now: aware UTC.
        actor: who does it.
        dealer_id: in whose trail it is written; her own dealer's when not given.

    Raises:
        DomainError: it would be guessed (`passwords.refuse_weak`).
    """
    refuse_weak(password, alone=not user.has_second_factor, about=(user.name, user.email))
    user.password_hash = hash_password(password)
    db.session.execute(update(UserSession).where(UserSession.user_id == user.id).values(ended_at=now))
    dealer = dealer_id or home_of(user)
    entry = audit.record(actor, "change_password", "user", user.id, now=now, dealer_id=dealer)
    emit(SecurityChanged(user.id, "password", entry.number), at=now)


def require_strong_alone(user: User, password: str) -> None:
    """Refuse a password that is too weak to stand without a second factor.

    Raises:
        DomainError: what is wrong with it.
    """
    refuse_weak(password, alone=True, about=(user.name, user.email))


def change_details(user: User, name: str, phone: str | None, language: str, *, now: datetime, actor: str) -> None:
    """Change what somebody is called, where she is called, and the language she reads.

    Raises:
        DomainError: no name.
    """
    said = " ".join(name.split())
    if not said:
        raise DomainError("Enter your name", field="name")
    before = {"language": user.language}
    user.name, user.phone, user.language = said[:255], phone, language
    audit.record(
        *(actor, "change_details", "user", user.id),
        now=now,
        before=before,
        after={"language": language},
        dealer_id=scope().dealer or home_of(user),
    )


def home_of(user: User) -> UUID | None:
    """Give the dealer in whose trail somebody's own acts stand, None for the operator's."""
    return min(user.dealer_ids, default=None)


def token_hash(token: str) -> str:
    """Give the hash a session token is stored by."""
    return hashlib.sha256(token.encode()).hexdigest()
