"""Keeping the index true: every job reads today's rows, so it may come twice, late or in any order (SPEC 58)."""

from uuid import UUID

from sqlalchemy import select

from storefront.core import tenancy
from storefront.core.db import db
from storefront.core.outbox import commits_itself
from storefront.core.runtime import settings
from storefront.domain.listings.models import Listing

from .documents import all_documents, documents_of
from .errors import SearchUnavailable
from .index import Index, open_index


@commits_itself
def sync_listings(listing_ids: list[str]) -> None:
    """Bring these listings of the open tenant in line: found when they are on offer, not found when they are not."""
    _sync([UUID(listing_id) for listing_id in listing_ids])


@commits_itself
def sync_dealer(dealer_id: str) -> None:
    """Bring all listings of a dealer in line after its name, status or plan changed."""
    _sync(list(db.session.scalars(select(Listing.id).where(Listing.dealer_id == UUID(dealer_id)))))


def rebuild(tenant_id: UUID) -> int:
    """Make a tenant's index anew from its rows; the old one answers until the new one is whole.

    Returns:
        How many cars it holds.

    Raises:
        IndexBusy: another writer did not finish in time.
    """
    with tenancy.acting(tenant_id):
        index = _index()
        with index.exclusive():
            return index.rebuild(all_documents())


def _sync(listing_ids: list[UUID]) -> None:
    """Read and write under the index's lock: what was read earlier is then never written later.

    An index that is not there, is of another release or damaged is made anew (SPEC 11: created on first use).
    """
    index = _index()
    with index.exclusive():
        try:
            index.apply(documents_of(listing_ids), listing_ids)
        except SearchUnavailable:
            index.rebuild(all_documents())


def _index() -> Index:
    tenant_id = tenancy.scope().tenant
    if tenant_id is None:
        raise tenancy.TenancyError("an index belongs to one tenant: open its scope")
    return open_index(tenant_id, settings())
