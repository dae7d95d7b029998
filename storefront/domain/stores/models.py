"""Stores: the web sites. A dealer has one or more; the marketplace is the operator's own (SPEC 22-27)."""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.core.changes import Tracked
from storefront.core.db import Model
from storefront.core.ids import new_id
from storefront.core.tenancy import DealerShared
from storefront.core.types import UtcDateTime


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


class StoreHost(Model, DealerShared):
    """A host a site once had: visitors and search engines are sent on from it for a year (SEO.md §7)."""

    __tablename__ = "store_hosts"
    __table_args__ = (UniqueConstraint("store_id", "host"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("stores.id", ondelete="CASCADE"))
    host: Mapped[str] = mapped_column(String(253), index=True)
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the site stopped being there."""
