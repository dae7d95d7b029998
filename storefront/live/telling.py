"""When letters about cars are written: as soon as the car's page is served, which only this layer can see."""

from datetime import datetime
from uuid import UUID

from storefront.core.runtime import settings
from storefront.domain.buyers import queries
from storefront.notices import alerts

from .files import serves, site_of


def tenants_with_due(now: datetime) -> list[UUID]:
    """Give the tenants with alerts that may be told; act everywhere()."""
    return queries.tenants_with_due(now)


def tell_due(*, now: datetime) -> list[UUID]:
    """Write the letters of the open tenant that are due (`notices.alerts.tell`).

    Args:
        now: aware UTC.

    Returns:
        The letters.
    """
    return alerts.tell(_is_served, settings=settings(), now=now)


def _is_served(host: str, address: str) -> bool:
    site = site_of(settings(), host)
    return site is not None and serves(site, address)
