"""Registering a dealer the way the operator does it: the dealer, its subscription and its first site in one act."""

from dataclasses import replace
from datetime import date, datetime

from storefront.core.places import place_of
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.actions import DealerData, register_dealer
from storefront.domain.dealers.models import Dealer
from storefront.domain.stores.actions import create_store

THEME = "classic"


def register_with_site(
    data: DealerData, tenant: Tenant, host: str, *, now: datetime, today: date, actor: str, theme: str = THEME
) -> Dealer:
    """Register a dealer and create its site (SPEC 18, 22); an action for `perform`.

    Args:
        data: what the dealer tells of itself; its place is looked up by postal code.
        tenant: whose dealer it becomes; its languages become the site's.
        host: of the site.
        now: aware UTC.
        today: the business date the subscription starts on.
        actor: who does it.
        theme: of the site.

    Raises:
        DomainError: a field is missing, malformed or taken, or the host is.
    """
    spot = place_of(data.country, data.postal_code)
    if spot is not None:
        data = replace(data, city=data.city or spot[0], latitude=spot[1], longitude=spot[2])
    dealer = register_dealer(data, now=now, today=today, actor=actor)
    create_store(
        data.name,
        host,
        dealer_id=dealer.id,
        theme=theme,
        languages=list(tenant.languages),
        now=now,
        actor=actor,
    )
    return dealer
