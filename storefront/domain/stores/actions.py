"""What one does with stores (SPEC 22-26)."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.core.tenancy import everywhere
from storefront.domain.accounts import audit

from .events import DealerStoreCreated, StoreChanged, StoreCustomDomainSet, StoreThemeUpdated
from .models import Store, StoreKind, StoreSetting

_HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$")


def create_store(
    name: str,
    host: str,
    *,
    dealer_id: UUID | None,
    theme: str,
    languages: list[str],
    now: datetime,
    theme_settings: dict[str, Any] | None = None,
    actor: str = "command",
) -> Store:
    """Create a site (SPEC 22).

    Args:
        name: shown as the site's name.
        host: default host, ASCII, lower case.
        dealer_id: whose; None for the marketplace.
        theme: a folder of `themes/`.
        languages: the default first.
        now: aware UTC.
        theme_settings: a dealer's values for the theme's settings.
        actor: who does it.

    Raises:
        DomainError: the host is malformed or taken anywhere in the system.
    """
    kind = StoreKind.MARKETPLACE if dealer_id is None else StoreKind.DEALER
    store = Store(
        kind=kind,
        name=name,
        host=free_host(host),
        dealer_id=dealer_id,
        theme=theme,
        theme_settings=theme_settings or {},
        languages=languages,
        created_at=now,
        updated_at=now,
    )
    db.session.add(store)
    db.session.flush()
    audit.record(actor, "create_store", "store", store.id, now=now, after={"host": host}, dealer_id=dealer_id)
    emit(DealerStoreCreated(store.id))
    return store


def free_host(host: str) -> str:
    """Check a host and that no store has it, as its host or as its domain, whosever it is (SPEC 25, SECURITY D1).

    Raises:
        DomainError: malformed or taken.
    """
    plain = host.strip().lower().rstrip(".")
    if not _HOST.match(plain):
        raise DomainError(f"{host!r} is not a host name", field="host")
    taken = select(Store.id).where(or_(Store.host == plain, Store.custom_domain == plain))
    here = db.session.scalars(taken).first()
    with everywhere():
        anywhere = db.session.scalars(taken).first()
    if here is not None or anywhere is not None:
        raise DomainError(f"{plain} is taken", field="host", code="conflict")
    return plain


def set_theme(store: Store, theme: str, settings: dict[str, Any], *, now: datetime, actor: str) -> Store:
    """Choose a site's theme and its settings (SPEC 24); the caller has checked them against the theme's schema."""
    before = {"theme": store.theme, "settings": store.theme_settings}
    store.theme, store.theme_settings, store.updated_at = theme, settings, now
    after = {"theme": theme, "settings": settings}
    audit.record(actor, "set_theme", "store", store.id, now=now, before=before, after=after, dealer_id=store.dealer_id)
    emit(StoreThemeUpdated(store.id))
    return store


def set_custom_domain(store: Store, domain: str | None, *, now: datetime, actor: str) -> Store:
    """Give a site its own verified domain, or take it away (SPEC 25).

    Raises:
        DomainError: malformed, or another store has it.
    """
    before = {"custom_domain": store.custom_domain}
    store.custom_domain = None if domain is None else free_host(domain)
    store.updated_at = now
    after = {"custom_domain": store.custom_domain}
    audit.record(actor, "set_domain", "store", store.id, now=now, before=before, after=after, dealer_id=store.dealer_id)
    emit(StoreCustomDomainSet(store.id))
    return store


def switch(store: Store, active: bool, *, now: datetime, actor: str) -> Store:
    """Switch a site on or off (SPEC 26)."""
    if store.active is not active:
        store.active, store.updated_at = active, now
        after = {"active": active}
        audit.record(actor, "switch_store", "store", store.id, now=now, after=after, dealer_id=store.dealer_id)
        emit(StoreChanged(store.id))
    return store


def configure(store: Store, key: str, value: Any, *, now: datetime, actor: str) -> StoreSetting:
    """Set one configuration value of a store (SPEC 23).

    Raises:
        DomainError: the key is empty or longer than 100 characters.
    """
    if not 1 <= len(key) <= 100:
        raise DomainError("A key has 1 to 100 characters", field="key")
    found = db.session.scalars(
        select(StoreSetting).where(StoreSetting.store_id == store.id, StoreSetting.key == key)
    ).first()
    if found is None:
        found = StoreSetting(store_id=store.id, dealer_id=store.dealer_id, key=key, value=value)
        db.session.add(found)
    else:
        found.value = value
    store.updated_at = now
    audit.record(actor, "configure", "store", store.id, now=now, after={key: value}, dealer_id=store.dealer_id)
    emit(StoreChanged(store.id))
    return found
