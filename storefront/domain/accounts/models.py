"""Tenants, the people who log in, what they may do, and the trail of what they did."""

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.core.changes import Tracked
from storefront.core.db import Model
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerOwned, DealerShared, Owned, TenantItself
from storefront.core.types import UtcDateTime


class Tenant(Model, TenantItself):
    """An operator of one marketplace: a brand in a country (SPEC decisions, tenant)."""

    __tablename__ = "tenants"
    __tracked__ = Tracked(
        kind="tenant",
        key="id",
        aspects={"shell": ("name", "country", "currency", "time_zone", "languages"), "legal": ("legal", "name")},
        silent=("id", "slug", "created_at"),
    )

    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    country: Mapped[str] = mapped_column(String(2), default="DE")
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    time_zone: Mapped[str] = mapped_column(String(40), default="Europe/Berlin")
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["de", "en"])
    """Site languages, the default first."""
    legal: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The operator's legal notice: name, street, postal_code, city, email, phone, register, vat_id, represented_by."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Role(StrEnum):
    """Who somebody is (SPEC 12); scoped to a dealer as `dealer:<id>` but for the operator."""

    SYSTEM_ADMIN = "SystemAdmin"
    DEALER_OWNER = "DealerOwner"
    SALES_MANAGER = "SalesManager"
    SALES_PERSON = "SalesPerson"


class Permission(StrEnum):
    """What a role allows (SPEC 14), always by the full name."""

    MANAGE_VEHICLE_LISTINGS = "Marketplace.ManageVehicleListings"
    VIEW_SALES_LEADS = "Marketplace.ViewSalesLeads"
    MANAGE_SALES_LEADS = "Marketplace.ManageSalesLeads"
    PROCESS_SALES_CONTRACTS = "Marketplace.ProcessSalesContracts"
    VIEW_DEALER_ANALYTICS = "Marketplace.ViewDealerAnalytics"
    MANAGE_COMMISSIONS = "Marketplace.ManageCommissions"
    VIEW_MARKETPLACE_ANALYTICS = "Marketplace.ViewMarketplaceAnalytics"


_SELLING = frozenset(
    {
        Permission.MANAGE_VEHICLE_LISTINGS,
        Permission.VIEW_SALES_LEADS,
        Permission.MANAGE_SALES_LEADS,
        Permission.PROCESS_SALES_CONTRACTS,
    }
)
ALLOWS: dict[Role, frozenset[Permission]] = {
    Role.SYSTEM_ADMIN: frozenset(Permission),
    Role.DEALER_OWNER: _SELLING | {Permission.VIEW_DEALER_ANALYTICS},
    Role.SALES_MANAGER: _SELLING | {Permission.VIEW_DEALER_ANALYTICS},
    Role.SALES_PERSON: _SELLING,
}


class User(Model, Owned):
    """Somebody who logs in: the operator's people and the dealers'."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("tenant_id", "email"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(255))
    """Lower case."""
    name: Mapped[str] = mapped_column(String(255))
    phone: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5), default="de")
    password_hash: Mapped[str] = mapped_column(String(255))
    totp_secret: Mapped[str | None] = mapped_column(String(255))
    """The second factor's secret, sealed (`core/sealing.py`); None without one."""
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    """The last half minute whose code was taken: none is taken twice (SECURITY B2)."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    roles: Mapped[list["RoleGrant"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )

    def may(self, permission: Permission, dealer_id: UUID | None) -> bool:
        """Ask whether any role allows it in the context of that dealer (SPEC 15, 16).

        Args:
            permission: what is to be done.
            dealer_id: whose data; None for the operator's own, which only SystemAdmin may touch.
        """
        if not self.active:
            return False
        return any(permission in ALLOWS[grant.role] and grant.covers(dealer_id) for grant in self.roles)

    @property
    def is_operator(self) -> bool:
        """Ask whether this is one of the operator's people (SystemAdmin)."""
        return any(grant.role is Role.SYSTEM_ADMIN for grant in self.roles)

    @property
    def dealer_ids(self) -> tuple[UUID, ...]:
        """Give the dealers this person works for."""
        return tuple(grant.dealer_id for grant in self.roles if grant.dealer_id is not None)

    @property
    def has_second_factor(self) -> bool:
        """Ask whether a code is wanted besides the password."""
        return self.totp_secret is not None

    def role_at(self, dealer_id: UUID | None) -> Role | None:
        """Give the role somebody has at a dealer, or for None as one of the operator's people; None without one."""
        return next((grant.role for grant in self.roles if grant.dealer_id == dealer_id), None)


class RoleGrant(Model, DealerShared):
    """A role somebody holds, for one dealer or (SystemAdmin) for the whole tenant."""

    __tablename__ = "role_grants"
    __table_args__ = (UniqueConstraint("user_id", "role_name", "dealer_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role_name: Mapped[str] = mapped_column(String(40))
    user: Mapped[User] = relationship(back_populates="roles")

    @property
    def role(self) -> Role:
        """Give the role."""
        return Role(self.role_name)

    @property
    def scope(self) -> str:
        """Give the scope as SPEC 12 writes it: `dealer:<id>`, or `tenant`."""
        return "tenant" if self.dealer_id is None else f"dealer:{self.dealer_id}"

    def covers(self, dealer_id: UUID | None) -> bool:
        """Ask whether the grant reaches that dealer's data."""
        return self.role is Role.SYSTEM_ADMIN or (dealer_id is not None and self.dealer_id == dealer_id)


class UserSession(Model, Owned):
    """A login: 256-bit id kept only as its hash, so that a stolen database opens no door (SECURITY B4)."""

    __tablename__ = "user_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agent: Mapped[str | None] = mapped_column(String(200))
    network: Mapped[str | None] = mapped_column(String(60))
    """The network it came from, shortened (SECURITY D11)."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    waits_for_code: Mapped[bool] = mapped_column(default=False)
    """The password was right, the second factor is still to come; such a login opens nothing."""
    fresh_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When password or code were last shown; acts that matter most want it to be young (step-up)."""
    desk_id: Mapped[UUID | None] = mapped_column(ForeignKey("dealers.id", ondelete="SET NULL"))
    """The dealer whose desk somebody of several dealers sits at."""
    support_id: Mapped[UUID | None] = mapped_column(ForeignKey("support_visits.id", ondelete="SET NULL"))
    """The visit to a dealer's desk that one of the operator's people is on."""


class RecoveryCode(Model, Owned):
    """A code that stands in for a lost second factor, once; 80 random bits, kept as their hash (SECURITY B2)."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PasswordReset(Model, Owned):
    """Somebody asked for a new password. An unknown address leaves the same row, without a user (SECURITY B3)."""

    __tablename__ = "password_resets"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the token in the letter; None until it is written."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Invitation(Model, DealerShared):
    """A role that waits for somebody: by letter, for seven days (SPEC 12)."""

    __tablename__ = "invitations"
    __table_args__ = (Index("ix_invitations_tenant_id_email", "tenant_id", "email"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(255))
    """Lower case."""
    name: Mapped[str] = mapped_column(String(255), default="")
    role_name: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5), default="de")
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the token in the newest letter; None until it is written."""
    letters: Mapped[int] = mapped_column(default=1)
    """How often it was sent."""
    actor: Mapped[str] = mapped_column(String(255))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def role(self) -> Role:
        """Give the role."""
        return Role(self.role_name)

    @property
    def is_open(self) -> bool:
        """Ask whether nobody took it and nobody took it back; it may still be too old."""
        return self.accepted_at is None and self.revoked_at is None


class AccessRule(Model, DealerShared):
    """What a dealer, or the operator for everybody, asks of those who log in."""

    __tablename__ = "access_rules"
    __table_args__ = (UniqueConstraint("tenant_id", "dealer_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    wants_second_factor: Mapped[bool] = mapped_column(default=False)


class SupportVisit(Model, DealerOwned):
    """One of the operator's people at a dealer's desk: with a reason, for an hour at most, seen by the dealer."""

    __tablename__ = "support_visits"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def is_on(self, now: datetime) -> bool:
        """Ask whether the visit lasts."""
        return self.ended_at is None and now < self.until


class AuditEntry(Model, DealerShared):
    """Who did what, when, and what it was before: append-only, chained by hash (SPEC 17, SECURITY D14)."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_tenant_id_at", "tenant_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int]
    """Counts up within the chain: the dealer's, or the operator's."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(255))
    """`user:<id>`, `user:<id> for support:<visit>`, `command`, `import:<format>`, `system`, `visitor`; never a name."""
    action: Mapped[str] = mapped_column(String(80))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(80))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(String(40))
    previous_hash: Mapped[str] = mapped_column(String(64), default="")
    hash: Mapped[str] = mapped_column(String(64))

    def seal(self) -> str:
        """Give the hash over the entry and its forerunner's hash; a later edit shows."""
        return seal_of(self)


def seal_of(entry: Any) -> str:
    """Give the hash over an entry, or a row with an entry's columns, and its forerunner's hash."""
    parts = [entry.previous_hash, entry.number, entry.at.isoformat(), entry.actor, entry.action, entry.object_kind]
    parts += [entry.object_id, entry.before, entry.after, entry.reason]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
