"""Reads of stores by name; batched, in the open scope."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storefront.core.db import db
from storefront.core.errors import NotFound
from storefront.domain.accounts.models import Tenant

from .models import Store, StorePage, StoreSetting


def everyone() -> Sequence[Store]:
    """Give all sites the open scope sees, oldest first (the order settles which of a dealer's stores is its first)."""
    return sorted(db.session.scalars(select(Store)).all(), key=lambda store: (store.created_at, store.id.hex))


def configuration(store: Store) -> dict[str, Any]:
    """Give a store's configuration, key → value (SPEC 23)."""
    rows = db.session.execute(
        select(StoreSetting.key, StoreSetting.value).where(StoreSetting.store_id == store.id)
    ).all()
    return {row.key: row.value for row in sorted(rows, key=lambda row: row.key)}


def pages_written(store_id: UUID) -> Sequence[StorePage]:
    """Give the pages the owner of a store wrote, in their order."""
    rows = db.session.scalars(select(StorePage).where(StorePage.store_id == store_id)).all()
    return sorted(rows, key=lambda page: (page.position, page.slug))


def by_host(host: str) -> Store:
    """Give the store that answers on a host, its own or its domain.

    Raises:
        NotFound: none of the open scope does.
    """
    asked = (Store.host == host) | (Store.custom_domain == host)
    found = db.session.scalars(select(Store).where(asked)).first()
    if found is None:
        raise NotFound(f"There is no site on {host!r}")
    return found


def operator(store: Store) -> Tenant:
    """Give the tenant a store belongs to."""
    return db.session.scalars(select(Tenant).where(Tenant.id == store.tenant_id)).one()
