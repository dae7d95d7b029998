"""Reads of stores by name; batched, in the open scope."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from storefront.core.db import db
from storefront.domain.accounts.models import Tenant

from .models import Store, StoreSetting


def everyone() -> Sequence[Store]:
    """Give all sites the open scope sees, oldest first (the order settles which of a dealer's stores is its first)."""
    return sorted(db.session.scalars(select(Store)).all(), key=lambda store: (store.created_at, store.id.hex))


def by_host(host: str) -> Store | None:
    """Find the active site that answers for a host: a custom domain wins over a default host."""
    plain = host.strip().lower().rstrip(".")
    for column in (Store.custom_domain, Store.host):
        found = db.session.scalars(select(Store).where(column == plain, Store.active.is_(True))).first()
        if found is not None:
            return found
    return None


def configuration(store: Store) -> dict[str, Any]:
    """Give a store's configuration, key → value (SPEC 23)."""
    rows = db.session.execute(
        select(StoreSetting.key, StoreSetting.value).where(StoreSetting.store_id == store.id)
    ).all()
    return {row.key: row.value for row in sorted(rows, key=lambda row: row.key)}


def operator(store: Store) -> Tenant:
    """Give the tenant a store belongs to."""
    return db.session.scalars(select(Tenant).where(Tenant.id == store.tenant_id)).one()
