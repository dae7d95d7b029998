"""Registering a dealer: the dealer, its subscription and its first site in one act, which leaves one entry."""

from dataclasses import replace
from datetime import date, datetime

from storefront.core.places import place_of
from storefront.domain.accounts import audit
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.actions import DealerData, new_dealer
from storefront.domain.dealers.models import Dealer
from storefront.domain.stores.actions import new_store
from storefront.domain.stores.models import Store

THEME = "classic"


def register_with_site(
    data: DealerData, tenant: Tenant, host: str, *, now: datetime, today: date, actor: str, theme: str = THEME
) -> Dealer:
    """Register a dealer and create its site the way the operator does it (SPEC 18, 22); an action for `perform`.

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
    dealer, _ = with_site(data, tenant, host, now=now, today=today, theme=theme)
    after = {"plan": int(data.plan), "host": host}
    audit.record(actor, "register_dealer", "dealer", dealer.id, now=now, after=after, dealer_id=dealer.id)
    return dealer


def with_site(
    data: DealerData, tenant: Tenant, host: str, *, now: datetime, today: date, theme: str = THEME
) -> tuple[Dealer, Store]:
    """Register a dealer with its site as part of another act, which tells the trail of it; as `register_with_site`."""
    spot = place_of(data.country, data.postal_code)
    if spot is not None:
        data = replace(data, city=data.city or spot[0], latitude=spot[1], longitude=spot[2])
    dealer = new_dealer(data, now=now, today=today)
    languages = list(tenant.languages)
    store = new_store(data.name, host, dealer_id=dealer.id, theme=theme, languages=languages, now=now)
    return dealer, store
