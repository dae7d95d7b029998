"""What the admin asks of the builder about a site: go back, go on. It draws and switches nothing itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storefront.core.config import Settings
from storefront.core.errors import DomainError
from storefront.core.outbox import emit
from storefront.domain.accounts import audit
from storefront.domain.stores.models import Store

from . import holding
from .events import RollbackWanted

NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a site can go back to, and whether it is held."""

    releases: tuple[holding.Kept, ...]
    """Newest first."""
    held: holding.Hold | None


def ways(store: Store, settings: Settings) -> Ways:
    """Give the releases of a site there is a way back to, and why it is held, if it is."""
    return Ways(tuple(holding.kept_of(store, settings)), holding.hold_of(store.id))


def ask_rollback(store: Store, release: str, *, settings: Settings, now: datetime, actor: str, reason: str) -> None:
    """Ask for an earlier release of a site to be served again; a worker does it and holds the site.

    Args:
        store: the site.
        release: one of those kept, and not the one that is served.
        settings: of the installation.
        now: aware UTC.
        actor: who asks.
        reason: why; kept with the act.

    Raises:
        DomainError: there is no such release, it is served, or no reason is given.
    """
    if not reason.strip():
        raise DomainError("Say why: it is kept with the act", field="reason")
    kept = {one.release: one for one in ways(store, settings).releases}
    wanted = kept.get(release[:NAME_LENGTH])
    if wanted is None:
        raise DomainError("This release is no longer kept", code="gone")
    if wanted.is_served:
        raise DomainError("This release is served already", code="conflict")
    audit.record(
        actor,
        "ask_rollback",
        "store",
        store.id,
        now=now,
        after={"host": store.public_host, "release": release},
        reason=reason,
        dealer_id=store.dealer_id,
    )
    emit(RollbackWanted(store.id, release, actor), at=now)


def resume(store: Store, *, now: datetime, actor: str) -> None:
    """Let a held site be published again.

    Raises:
        DomainError: it is not held, or was never published.
    """
    if not holding.resume(store.id, now=now, actor=actor):
        raise DomainError("This site is not held", code="conflict")


def hold_of(store_id: UUID) -> holding.Hold | None:
    """Give why a site is held, None when it is not."""
    return holding.hold_of(store_id)
