"""Plain functions that make a thing where a test needs something special; each is an action for `perform`."""

import itertools
from datetime import date, timedelta
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
from storefront.domain.valuation import queries
from storefront.domain.valuation.labels import label_of
from storefront.domain.valuation.models import VALID_DAYS, Valuation
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


def make_valuation(listing: Listing, value_cents: int, *, day: date = TODAY, **values: Any) -> Valuation:
    """Store what a listing with a price is worth, or make the valuation it has another one."""
    assert listing.price_cents is not None
    row = queries.rows_of([listing.id]).get(listing.id)
    if row is None:
        row = Valuation(listing_id=listing.id, dealer_id=listing.dealer_id, facts="", valued_at=NOW)
        db.session.add(row)
    median = value_cents + 120_000
    row.currency, row.price_cents = listing.currency, listing.price_cents
    row.market_cents = row.retail_cents = row.estimated_cents = value_cents
    row.trade_in_cents = value_cents * 85 // 100
    row.label = label_of(listing.price_cents, value_cents)
    row.inputs = {
        "comparables": 23,
        "dealers": 4,
        "widened": False,
        "median": median,
        "steps": {"age": -150_000, "mileage": 30_000, "power": 0, "kind": 0, "equipment": 0, "likeness": 0},
        "low": value_cents * 95 // 100,
        "high": value_cents * 105 // 100,
        "months": 60,
        "mileage_km": 42_000,
        "power_kw": 96,
        "held": False,
    } | values
    row.valued_on, row.expires_on = day, day + timedelta(days=VALID_DAYS)
    return row
