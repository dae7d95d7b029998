"""Reads of tenants and people."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from storefront.core.db import db
from storefront.core.errors import NotFound

from .models import Role, RoleGrant, Tenant, User


def tenants() -> Sequence[Tenant]:
    """Give the tenants the open scope sees, by slug."""
    return db.session.scalars(select(Tenant).order_by(Tenant.slug)).all()


def tenant_by_slug(slug: str) -> Tenant:
    """Find a tenant.

    Raises:
        NotFound: no tenant has that slug.
    """
    found = db.session.scalars(select(Tenant).where(Tenant.slug == slug)).first()
    if found is None:
        known = ", ".join(tenant.slug for tenant in tenants()) or "none yet"
        raise NotFound(f"There is no tenant {slug!r} (known: {known})")
    return found


def user_by_email(email: str) -> User | None:
    """Find an active user of the open tenant by address, whatever its case."""
    return db.session.scalars(select(User).where(User.email == email.strip().lower(), User.active.is_(True))).first()


def dealer_staff(dealer_id: UUID) -> Sequence[User]:
    """Give the active people of a dealer who get its leads: owner, managers, sales people (SPEC 113)."""
    roles = (Role.DEALER_OWNER, Role.SALES_MANAGER, Role.SALES_PERSON)
    grants = select(RoleGrant.user_id).where(RoleGrant.dealer_id == dealer_id, RoleGrant.role_name.in_(roles))
    return db.session.scalars(select(User).where(User.id.in_(grants), User.active.is_(True)).order_by(User.email)).all()
