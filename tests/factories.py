"""Plain functions that make a thing where a test needs something special; each is an action for `perform`."""

import itertools
from datetime import date
from typing import Any

from storefront.core.db import db
from storefront.core.money import Money
from storefront.core.slugs import slug
from storefront.domain.accounts.actions import found_tenant
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.actions import DealerData, register_dealer
from storefront.domain.dealers.models import Dealer, Plan
from storefront.domain.listings.actions import Offer, create_listing
from storefront.domain.listings.models import Listing
from storefront.domain.stores.actions import create_store
from storefront.domain.stores.models import Store
from storefront.domain.vehicles.models import Vehicle
from tests.conftest import NOW, TODAY

_numbers = itertools.count(1)


def make_tenant(name: str = "tenant") -> Tenant:
    """Found a tenant; act everywhere()."""
    return found_tenant(f"{name}-{next(_numbers)}", name.title(), now=NOW)


def make_dealer(name: str = "dealer", plan: Plan = Plan.PREMIUM, **values: Any) -> Dealer:
    """Register a dealer in the open tenant."""
    number = next(_numbers)
    data: dict[str, Any] = {
        "city": "Hamburg",
        "postal_code": "22111",
        "street": "Weg 1",
        "phone": "040 66969123",
        **values,
    }
    given = DealerData(name=name.title(), slug=f"{slug(name)}-{number}", licence=f"L{number}", plan=plan, **data)
    return register_dealer(given, now=NOW, today=TODAY)


def make_store(dealer: Dealer | None, host: str | None = None, theme: str = "classic") -> Store:
    """Create a site: a dealer's, or the marketplace when there is none."""
    name = "Marketplace" if dealer is None else dealer.name
    chosen = host or f"{slug(name)}-{next(_numbers)}.localhost"
    return create_store(
        name,
        chosen,
        dealer_id=None if dealer is None else dealer.id,
        theme="market" if dealer is None else theme,
        languages=["de", "en"],
        now=NOW,
    )


def make_listing(
    dealer: Dealer, *, price: Money | None = None, now: Any = NOW, offer: dict[str, Any] | None = None, **car: Any
) -> Listing:
    """List a Golf of this dealer's, or the car described."""
    values: dict[str, Any] = {
        "make": "Volkswagen",
        "model": "Golf",
        "version": "1.5 TSI Life",
        "body": "hatchback",
        "fuel": "petrol",
        "transmission": "manual",
        "power_kw": 96,
        "mileage_km": 42_000,
        "first_registered": date(2021, 3, 1),
        "year": 2021,
        "colour": "blue",
        **car,
    }
    vehicle = Vehicle(
        dealer_id=dealer.id,
        make_slug=slug(values["make"]),
        model_slug=slug(values["model"]),
        created_at=NOW,
        updated_at=NOW,
        **values,
    )
    db.session.add(vehicle)
    db.session.flush()
    cents = (price or Money(21_990_00)).cents
    return create_listing(
        dealer,
        vehicle,
        Offer(**{"price_cents": cents, "vat": "standard", "vat_rate": 190, **(offer or {})}),
        now=now,
        actor="test",
    )
