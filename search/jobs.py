"""Keeping the index true: every job reads today's rows, so it may come twice, late or in any order (SPEC 58)."""

import logging
from collections.abc import Callable
from uuid import UUID

from storefront.core import clock, tenancy
from storefront.core.outbox import commits_itself, one_waits
from storefront.core.runtime import settings

from . import alerts, following, verify
from .index import Index, open_index

log = logging.getLogger(__name__)


@one_waits
@commits_itself
def follow() -> None:
    """Bring the index of the tenant who acts in line with what changed; while one waits, another is not needed."""
    following.follow(_index())


@one_waits
@commits_itself
def renew() -> None:
    """Make the qualities of the new day, and put right what differs from the database, whatever made it differ."""
    found = verify.repair(_index())
    level = logging.INFO if found.is_true else logging.WARNING
    said = {"cars": found.cars, "aged": found.aged, "missing": len(found.missing), "stale": len(found.stale)}
    log.log(level, "index compared with the database", extra=said | {"surplus": len(found.surplus)})


def note_alerts(listing_ids: list[str], listed: bool) -> None:
    """Note who is to be told of these cars (`alerts.note`), in the transaction of the task."""
    alerts.note([UUID(listing_id) for listing_id in listing_ids], listed=listed, now=clock.now())


def rebuild(tenant_id: UUID, each: Callable[[], object] = lambda: None) -> int:
    """Make a tenant's index anew from its rows; the old one answers until the new one is whole.

    Args:
        tenant_id: whose.
        each: called after each document.

    Returns:
        How many cars it holds.

    Raises:
        IndexBusy: another writer did not finish in time.
        SearchUnavailable: the engine does not answer.
    """
    with tenancy.acting(tenant_id):
        return following.rebuild(_index(), each)


def _index() -> Index:
    tenant_id = tenancy.scope().tenant
    if tenant_id is None:
        raise tenancy.TenancyError("an index belongs to one tenant: open its scope")
    return open_index(tenant_id, settings())
