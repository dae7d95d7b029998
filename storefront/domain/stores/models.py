"""Stores: the web sites. A dealer has one or more; the marketplace is the operator's own (SPEC 22-27)."""

import secrets
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.changes import Tracked
from storefront.core.db import Model
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerShared
from storefront.core.types import Code, UtcDateTime

from .domain_names import DomainName, named


class StoreKind(StrEnum):
    """Whose site it is."""

    DEALER = "dealer"
    MARKETPLACE = "marketplace"


def new_feed_token() -> str:
    """Give 256 unguessable bits as 43 letters; the first is no hyphen, which no address of a site begins with."""
    while (token := secrets.token_urlsafe(32)).startswith("-"):
        continue
    return token


def _page_members(values: Any) -> list[tuple[str, str, str]]:
    return [("store_pages", f"store:{values['store_id'].hex}", "members")]


def owner_key(dealer_id: UUID | None) -> str:
    """Name whose sites they are, as the ledger does: those of one dealer, or the operator's."""
    return "market" if dealer_id is None else f"dealer:{dealer_id.hex}"


def _members(values: Any) -> list[tuple[str, str, str]]:
    return [("stores", owner_key(values["dealer_id"]), "members")]


def _served_at(values: Any) -> str | None:
    return (values["custom_domain"] or values["host"]) if values["active"] else None


class Store(Model, DealerShared):
    """One web site on one host; `dealer_id` is None for the marketplace."""

    __tablename__ = "stores"
    __tracked__ = Tracked(
        kind="store",
        key="id",
        aspects={
            "address": ("host", "custom_domain", "active"),
            "languages": ("languages", "dealer_id"),
            "shell": ("name", "languages", "dealer_id"),
            "theme": ("theme", "theme_settings"),
            "feeds": ("feed_token",),
        },
        silent=("id", "tenant_id", "kind", "created_at", "updated_at"),
        members=_members,
        outcome={"address": _served_at},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20), default=StoreKind.DEALER)
    name: Mapped[str] = mapped_column(String(255))
    host: Mapped[str] = mapped_column(String(253), unique=True)
    """The default host below the base host, ASCII, lower case."""
    custom_domain: Mapped[str | None] = mapped_column(String(253), unique=True)
    """The dealer's own verified domain, unique over the whole system (SPEC 25); wins over `host`."""
    theme: Mapped[str] = mapped_column(String(40), default="classic")
    theme_settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["de", "en"])
    """The default language first."""
    active: Mapped[bool] = mapped_column(default=True)
    feed_token: Mapped[str | None] = mapped_column(String(43), default=new_feed_token)
    """Part of the addresses of the site's feeds; nobody can guess it (SEO.md §13). None: no feeds."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def public_host(self) -> str:
        """Give the host of the site's public addresses."""
        return self.custom_domain or self.host

    @property
    def is_marketplace(self) -> bool:
        """Ask whether this is the operator's marketplace."""
        return self.kind == StoreKind.MARKETPLACE

    @property
    def default_language(self) -> str:
        """Give the language of the addresses without a prefix."""
        return self.languages[0]


class StoreSetting(Model, DealerShared):
    """One configuration value of a store: key → JSON value (SPEC 23)."""

    __tablename__ = "store_settings"
    __table_args__ = (UniqueConstraint("store_id", "key"),)
    __tracked__ = Tracked(
        kind="store",
        key="store_id",
        aspects={"settings": ("key", "value")},
        silent=("id", "tenant_id", "dealer_id", "store_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(100))
    value: Mapped[Any] = mapped_column(JSON)


class StorePage(Model, DealerShared):
    """A page the dealer or the operator wrote: `/info/<slug>/`, a title and a safe text in each language."""

    __tablename__ = "store_pages"
    __table_args__ = (UniqueConstraint("store_id", "slug"),)
    __tracked__ = Tracked(
        kind="store_page",
        key="id",
        aspects={"body": ("slug", "titles", "bodies", "updated_at"), "menu": ("slug", "titles", "in_menu", "position")},
        silent=("id", "tenant_id", "dealer_id", "store_id"),
        members=_page_members,
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(String(80))
    titles: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Language → title; a page stands in the languages it has a title and a body in."""
    bodies: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Language → Markdown."""
    in_menu: Mapped[bool] = mapped_column(default=False)
    """Linked in the navigation; else in the foot."""
    position: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Step(IntEnum):
    """What made a revision of a site's draft."""

    CHANGED = 1
    BACK = 2
    """An earlier state again, or one setting as it comes with the theme."""
    DISCARDED = 3
    COPIED = 4
    """From another site of the same owner."""
    PUBLISHED = 5


class StoreDraft(Model, DealerShared):
    """How a site is going to look: what differs from what is published, and where undo stands (SPEC 24)."""

    __tablename__ = "store_drafts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"), unique=True)
    differs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Key of a look (`looks.py`) → value, None where there shall be none."""
    head: Mapped[int] = mapped_column(default=0)
    """Number of the revision that undo takes back next; 0 for none."""
    publish_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When it is published by itself."""
    publish_by: Mapped[str | None] = mapped_column(String(255))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StoreRevision(Model, DealerShared):
    """One change of a site's draft, or one publication; never written anew."""

    __tablename__ = "store_revisions"
    __table_args__ = (UniqueConstraint("store_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"))
    number: Mapped[int]
    """Of the site, from 1."""
    parent: Mapped[int] = mapped_column(default=0)
    """The revision it came after; 0 for none. One that came after an undo has a sibling."""
    step: Mapped[Step] = mapped_column(Code(Step))
    changes: Mapped[list[Any]] = mapped_column(default=list)
    """Of `[key, before, after]`, None where there was or is no value."""
    look: Mapped[dict[str, Any] | None]
    """Of a publication: the whole look it published."""
    actor: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StoreHost(Model, DealerShared):
    """A host a site once had: visitors and search engines are sent on from it for a year (SEO.md §7)."""

    __tablename__ = "store_hosts"
    __table_args__ = (UniqueConstraint("store_id", "host"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"))
    host: Mapped[str] = mapped_column(String(253), index=True)
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the site stopped being there."""


class DomainState(IntEnum):
    """How far a domain of a site's own has come (docs/architecture.md)."""

    TYPED = 1
    PROVEN = 2
    """The record that proves ownership was seen; the name is held."""
    POINTED = 3
    """It leads here; a certificate may be had for it."""
    SECURED = 4
    """There is a certificate; the site's domain from the next publish on."""
    SERVED = 5
    LAPSED = 6
    """It led elsewhere for too long; the site is back on its own host."""
    EXPIRED = 7
    """It was not proven in time."""
    RELEASED = 8
    """Given up, or another one took its place."""


def new_claim_token() -> str:
    """Give 160 unguessable bits for a TXT record (SECURITY D1)."""
    return secrets.token_hex(20)


def new_target() -> str:
    """Give a label for a CNAME's target that nobody ever had (SECURITY D2)."""
    return f"c{secrets.token_hex(12)}"


class DomainClaim(Model, DealerShared):
    """A domain that somebody wants for a site, from the first letter typed until it is given up (SPEC 25)."""

    __tablename__ = "domain_claims"
    __table_args__ = (
        UniqueConstraint("store_id", "name"),
        Index("ix_domain_claims_name", "name"),
        Index("ix_domain_claims_next_check_at", "next_check_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(253))
    """In ASCII, without `www.`: who owns it owns that too."""
    www: Mapped[bool]
    """The site is found on `www.` and the bare name leads there."""
    state: Mapped[DomainState] = mapped_column(Code(DomainState), default=DomainState.TYPED)
    held: Mapped[str | None] = mapped_column(String(253), unique=True)
    """The name from the proof on, for as long as it holds: one claim in the whole system (SECURITY D1)."""
    token: Mapped[str] = mapped_column(String(64), default=new_claim_token)
    token_at: Mapped[datetime] = mapped_column(UtcDateTime)
    target: Mapped[str] = mapped_column(String(40), unique=True, default=new_target)
    """Label of the CNAME's target below the edge's host; of this claim alone, for ever (SECURITY D2)."""
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the last look at the records came to, as `Findings.as_dict` writes it."""
    problem: Mapped[str] = mapped_column(String(40), default="")
    """Why the last step did not work, a word of `refusals` or `Trouble`; empty when it did."""
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proof_lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when name servers say that the proof is gone."""
    twin_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the other of apex and `www` leads here too."""
    secured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    certificate_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    served_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    well_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When all was last seen to be right."""
    broken_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    """Checks in a row that failed."""
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody last asked for a check."""
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def domain(self) -> DomainName:
        """Give the name with its hosts."""
        return named(self.name, www=self.www)

    @property
    def is_open(self) -> bool:
        """Ask whether something is still to come of it, or it is in use."""
        return self.state not in (DomainState.EXPIRED, DomainState.RELEASED)

    @property
    def is_used(self) -> bool:
        """Ask whether the site is on it."""
        return self.state in (DomainState.SECURED, DomainState.SERVED)
