"""A car that comes to the lot by hand: entered, or copied from one like it (SPEC 28-30, 34)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.ids import new_id
from storefront.core.slugs import slug
from storefront.domain.dealers.models import Dealer
from storefront.domain.vehicles.models import Vehicle

from .actions import VEHICLE_EDITABLE, Offer, create_listing
from .models import Listing, ListingStatus

OWN = frozenset({"vin", "licence_plate", "mileage_km", "previous_owners", "inspection_until", "colour_text"})
"""What two cars of a kind do not share: a copy begins without it."""
OFFERED = ("price_cents", "currency", "vat", "vat_rate", "negotiable", "description", "postal_code")


def add_car(dealer: Dealer, car: Mapping[str, Any], offer: Offer, *, now: datetime, actor: str) -> Listing:
    """Take a car into the stock as a draft, which nobody sees before it goes live.

    Args:
        dealer: whose it is; must be active.
        car: columns of the vehicle; make and model at least.
        offer: price and text.
        now: aware UTC.
        actor: who does it.

    Raises:
        DomainError: make or model is missing, the dealer is not active, the price not positive.
    """
    foreign = set(car) - VEHICLE_EDITABLE
    if foreign:
        raise DomainError(f"Not editable: {', '.join(sorted(foreign))}", code="forbidden")
    if not car.get("make") or not car.get("model"):
        raise DomainError("Make and model are needed", field="make" if not car.get("make") else "model")
    vehicle = Vehicle(
        id=new_id(),
        dealer_id=dealer.id,
        make_slug=slug(car["make"]),
        model_slug=slug(car["model"]),
        created_at=now,
        updated_at=now,
        **car,
    )
    db.session.add(vehicle)
    db.session.flush()
    offer.extra["status"] = ListingStatus.PENDING
    return create_listing(dealer, vehicle, offer, now=now, actor=actor)


def duplicate(listing: Listing, vehicle: Vehicle, dealer: Dealer, *, now: datetime, actor: str) -> Listing:
    """Take another car of the same kind into the stock, as a draft without photos, VIN, plate and mileage.

    Args:
        listing: the offer that is copied.
        vehicle: its car.
        dealer: its dealer; must be active.
        now: aware UTC.
        actor: who does it.

    Raises:
        DomainError: the dealer is not active.
    """
    car = {name: getattr(vehicle, name) for name in VEHICLE_EDITABLE - OWN}
    offer = Offer(**{name: getattr(listing, name) for name in OFFERED}, listing_type=listing.listing_type)
    return add_car(dealer, car, offer, now=now, actor=actor)
