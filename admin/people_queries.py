"""What the pages about people, support and the trail read, in the visitor's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from storefront.core.db import db
from storefront.domain.accounts.audit import fits
from storefront.domain.accounts.models import AuditEntry, Invitation, Role, RoleGrant, User, UserSession
from storefront.domain.dealers.models import Dealer

from .queries import Page

TRAIL_PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody who works here."""

    user: User
    role: Role
    seen_at: datetime | None
    """When she last used a login."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the trail is looked for."""

    person: UUID | None = None
    action: str = ""
    kind: str = ""
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    dealer_id: UUID | None = None
    visit: UUID | None = None
    """A support visit: what was done on it."""


def lines(dealer_id: UUID | None) -> list[PersonLine]:
    """Give everybody with a role at a dealer, for None the operator's people; by name."""
    seen = select(func.max(UserSession.seen_at)).where(UserSession.user_id == User.id).correlate(User).scalar_subquery()
    wanted = select(User, RoleGrant, seen).join(RoleGrant, RoleGrant.user_id == User.id)
    rows = db.session.execute(wanted.where(RoleGrant.dealer_id == dealer_id).order_by(func.lower(User.name), User.id))
    return [PersonLine(user, grant.role, at) for user, grant, at in rows]


def person(user_id: UUID, dealer_id: UUID | None) -> User | None:
    """Find somebody with a role at a dealer, for None one of the operator's people."""
    held = select(User).join(RoleGrant, RoleGrant.user_id == User.id)
    return db.session.scalars(held.where(User.id == user_id, RoleGrant.dealer_id == dealer_id)).first()


def home_of(user_id: UUID) -> UUID | None:
    """Give the first dealer somebody works for, None for one of the operator's people and for nobody."""
    held = select(RoleGrant.dealer_id).where(RoleGrant.user_id == user_id, RoleGrant.dealer_id.is_not(None))
    return db.session.scalars(held.order_by(RoleGrant.dealer_id).limit(1)).first()


def open_invitations(dealer_id: UUID | None) -> Sequence[Invitation]:
    """Give the invitations nobody took and nobody took back, newest first; those that are too old stay to be seen."""
    open_ones = select(Invitation).where(Invitation.dealer_id == dealer_id, Invitation.accepted_at.is_(None))
    newest = open_ones.where(Invitation.revoked_at.is_(None)).order_by(Invitation.sent_at.desc()).limit(100)
    return db.session.scalars(newest).all()


def desks(dealer_ids: Sequence[UUID]) -> list[Dealer]:
    """Give these dealers by name; call it with the whole tenant in scope."""
    found = select(Dealer).where(Dealer.id.in_(dealer_ids)).order_by(func.lower(Dealer.name), Dealer.id)
    return list(db.session.scalars(found))


def trail(wanted: Wanted, page: int) -> Page:
    """Give a page of the trail, newest first."""
    found = select(AuditEntry)
    if wanted.person is not None:
        found = found.where(AuditEntry.actor.startswith(f"user:{wanted.person}"))
    if wanted.visit is not None:
        found = found.where(AuditEntry.actor.endswith(f" for support:{wanted.visit}"))
    for column, value in (
        (AuditEntry.action, wanted.action),
        (AuditEntry.object_kind, wanted.kind),
        (AuditEntry.object_id, wanted.object_id),
    ):
        found = found.where(column == value) if value else found
    if wanted.since is not None:
        found = found.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        found = found.where(AuditEntry.at < wanted.until)
    if wanted.dealer_id is not None:
        found = found.where(AuditEntry.dealer_id == wanted.dealer_id)
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    cut = found.order_by(AuditEntry.at.desc(), AuditEntry.number.desc()).limit(TRAIL_PAGE)
    return Page(tuple(db.session.scalars(cut.offset((page - 1) * TRAIL_PAGE))), total, page, TRAIL_PAGE)


def acts_known() -> list[str]:
    """Name the acts that stand in the trail."""
    return list(db.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def broken_among(entries: Sequence[AuditEntry]) -> set[UUID]:
    """Give the ids of those entries that are not as they were written, or do not follow the one before (D14)."""
    before = {(one.dealer_id, one.number - 1) for one in entries}
    chains = [dealer_id for dealer_id, _ in before if dealer_id is not None]
    wanted = select(AuditEntry).where(AuditEntry.number.in_({number for _, number in before}))
    wanted = wanted.where(or_(AuditEntry.dealer_id.is_(None), AuditEntry.dealer_id.in_(chains)))
    chain = {(one.dealer_id, one.number): one for one in db.session.scalars(wanted)}
    return {one.id for one in entries if not fits(one, chain.get((one.dealer_id, one.number - 1)))}
