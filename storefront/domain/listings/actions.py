"""What one does with listings (SPEC 29-41). Importing a whole stock file is `importing.py`, photos are `photos.py`."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from storefront.core.db import db
from storefront.core.errors import DomainError
from storefront.core.ids import new_public_id
from storefront.core.outbox import emit
from storefront.core.slugs import slug
from storefront.domain.accounts import audit
from storefront.domain.dealers.models import Dealer
from storefront.domain.vehicles.models import Vehicle

from . import placement
from .events import (
    VehicleListed,
    VehicleListingUpdated,
    VehiclePriceUpdated,
    VehicleSold,
    VehicleUpdated,
    VehicleWithdrawn,
)
from .models import Listing, ListingStatus, ListingType, PriceChange, PriceReason
from .whereabouts import whereabouts


@dataclass(frozen=True, slots=True)
class Offer:
    """What an offer says beside the car: price in minor units, VAT, text."""

    price_cents: int | None
    currency: str = "EUR"
    vat: str | None = None
    vat_rate: int | None = None
    negotiable: bool = False
    description: str = ""
    listing_type: ListingType = ListingType.SALE
    featured: bool = False
    stock_number: str | None = None
    postal_code: str | None = None
    publish_at: datetime | None = None
    """In the future: the offer waits, and goes live by itself then (`scheduling.py`)."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Further columns, for the demo and imports: source, source_id, public_id, listed_at …"""


def create_listing(dealer: Dealer, vehicle: Vehicle, offer: Offer, *, now: datetime, actor: str) -> Listing:
    """Offer a vehicle (SPEC 29, 30, 34).

    Args:
        dealer: who sells; must be active.
        vehicle: the dealer's own, or held on consignment.
        offer: price and text.
        now: aware UTC.
        actor: who does it.

    Raises:
        DomainError: dealer not active, vehicle of somebody else, price not positive.
    """
    dealer.require_active()
    if vehicle.dealer_id != dealer.id:
        raise DomainError("not authorized to list vehicle", code="forbidden")
    if offer.price_cents is not None and offer.price_cents <= 0:
        raise DomainError("Price must be positive", field="price")
    if offer.postal_code:
        offer = replace(offer, extra={**whereabouts(dealer.country, offer.postal_code), **offer.extra})
    listing = Listing(**listing_values(dealer, vehicle, offer, now))
    db.session.add(listing)
    db.session.flush()
    if offer.price_cents is not None:
        db.session.add(first_price(listing, actor))
    audit.record(
        actor, "create_listing", "listing", listing.id, now=now, after={"price": offer.price_cents}, dealer_id=dealer.id
    )
    if listing.status is ListingStatus.ACTIVE:
        placement.place([listing.id])
        emit(VehicleListed(listing.id))
    return listing


def listing_values(dealer: Dealer, vehicle: Vehicle, offer: Offer, now: datetime) -> dict[str, Any]:
    """Give the column values of a new listing, for one row or a bulk insert."""
    public_id = offer.extra.get("public_id") or new_public_id()
    values: dict[str, Any] = {
        "public_id": public_id,
        "dealer_id": dealer.id,
        "vehicle_id": vehicle.id,
        "source": "manual",
        "source_id": public_id,
        "stock_number": offer.stock_number or public_id.upper()[:8],
        "slug": vehicle_slug(vehicle),
        "listing_type": offer.listing_type,
        "price_cents": offer.price_cents,
        "currency": offer.currency,
        "vat": offer.vat,
        "vat_rate": offer.vat_rate,
        "negotiable": offer.negotiable,
        "description": offer.description,
        "featured": offer.featured,
        "postal_code": offer.postal_code,
        "listed_at": now,
        "significant_at": now,
        "created_at": now,
        "updated_at": now,
    }
    if offer.publish_at is not None and offer.publish_at > now:
        values |= {"status": ListingStatus.PENDING, "publish_at": offer.publish_at}
    return {**values, **offer.extra}


def vehicle_slug(vehicle: Vehicle) -> str:
    """Give the words of a car's address: make, model, version (SEO.md §6)."""
    return slug(vehicle.make, vehicle.model, vehicle.version, fallback="car")


def first_price(listing: Listing, actor: str, at: datetime | None = None) -> PriceChange:
    """Give the first line of an offer's price history: since it was listed, or since it is offered anew."""
    return PriceChange(
        dealer_id=listing.dealer_id,
        listing_id=listing.id,
        old_cents=None,
        new_cents=listing.price_cents,
        currency=listing.currency,
        reason=PriceReason.MARKET_ADJUSTMENT,
        actor=actor,
        at=at or listing.listed_at,
    )


def change_price(
    listing: Listing, cents: int, *, reason: PriceReason, notes: str | None = None, now: datetime, actor: str
) -> Listing:
    """Change a price and write its history line (SPEC 37, 38); the same price again changes nothing.

    Raises:
        DomainError: not positive, or the listing is sold.
    """
    if listing.status is ListingStatus.SOLD:
        raise DomainError("This vehicle is sold; its price stands", code="conflict")
    old = listing.price_cents
    if old == cents:
        return listing
    listing.set_price(cents, now)
    db.session.add(
        PriceChange(
            dealer_id=listing.dealer_id,
            listing_id=listing.id,
            old_cents=old,
            new_cents=cents,
            currency=listing.currency,
            reason=reason,
            notes=notes,
            actor=actor,
            at=now,
        )
    )
    audit.record(
        actor,
        "change_price",
        "listing",
        listing.id,
        now=now,
        before={"price": old},
        after={"price": cents},
        reason=notes or reason.name,
        dealer_id=listing.dealer_id,
    )
    emit(VehiclePriceUpdated(listing.id, old, cents))
    return listing


EDITABLE = frozenset(
    {"description", "featured", "seo_title", "seo_description", "seo_keywords", "vat", "vat_rate", "negotiable"}
    | {"postal_code", "latitude", "longitude", "stock_number"}
)
VEHICLE_EDITABLE = frozenset(
    {"make", "model", "version", "year", "first_registered", "mileage_km", "body", "fuel", "transmission", "gears"}
    | {"drive", "colour", "colour_text", "metallic", "doors", "seats", "power_kw", "displacement_ccm", "vin"}
    | {"previous_owners", "accident_free", "damaged", "warranty_months", "features", "condition", "co2_g_km"}
    | {"consumption_combined", "consumption_electric", "consumption_discharged", "co2_discharged_g_km", "torque_nm"}
    | {"emission_class", "electric_range_km", "interior_colour", "interior_material", "cylinders", "inspection_until"}
    | {"emission_sticker", "battery_kwh_tenths", "features_other", "licence_plate"}
)


def update_listing(listing: Listing, values: dict[str, Any], *, now: datetime, actor: str) -> Listing:
    """Change an offer's text and presentation; only allow-listed fields (SECURITY A4).

    Raises:
        DomainError: a field that is not editable.
    """
    _allow(values, EDITABLE)
    if "postal_code" in values and values["postal_code"] != listing.postal_code:
        values = {**_moved(listing, values["postal_code"]), **values}
    before = {name: getattr(listing, name) for name in values if getattr(listing, name) != values[name]}
    for name in before:
        setattr(listing, name, values[name])
    if before:
        if "city" in before or "country" in before:
            placement.place([listing.id])
        listing.touch(now)
        _record(listing, "update_listing", before, {name: values[name] for name in before}, now, actor)
        emit(VehicleListingUpdated(listing.id))
    return listing


def _moved(listing: Listing, code: str | None) -> dict[str, Any]:
    """Give where a listing stands with another postal code."""
    country = db.session.scalars(select(Dealer.country).where(Dealer.id == listing.dealer_id)).one()
    return whereabouts(country, code)


def update_vehicle(listing: Listing, vehicle: Vehicle, values: dict[str, Any], *, now: datetime, actor: str) -> Vehicle:
    """Change a car's data; its listing follows (SPEC 31).

    Raises:
        DomainError: a field that is not editable.
    """
    _allow(values, VEHICLE_EDITABLE)
    before = {name: getattr(vehicle, name) for name in values if getattr(vehicle, name) != values[name]}
    for name in before:
        setattr(vehicle, name, values[name])
    if before:
        vehicle.make_slug, vehicle.model_slug = slug(vehicle.make), slug(vehicle.model)
        vehicle.updated_at = now
        listing.slug = vehicle_slug(vehicle)
        listing.touch(now)
        placement.place([listing.id])
        shown = {name: _plain(value) for name, value in before.items()}
        _record(listing, "update_vehicle", shown, {name: _plain(values[name]) for name in before}, now, actor)
        emit(VehicleUpdated(vehicle.id, listing.id))
    return vehicle


def _plain(value: Any) -> Any:
    """Give a value as the trail keeps it, so that it can be put back."""
    return value.isoformat() if isinstance(value, date) else value


def _allow(values: dict[str, Any], allowed: frozenset[str]) -> None:
    foreign = set(values) - allowed
    if foreign:
        raise DomainError(f"Not editable: {', '.join(sorted(foreign))}", code="forbidden")


def mark_sold(listing: Listing, *, now: datetime, actor: str) -> Listing:
    """Mark a car as sold (SPEC 41): it leaves the lists, its page stays for the grace time (SEO.md §3)."""
    before = standing(listing)
    listing.mark_sold(now)
    return _left(listing, "mark_sold", before, VehicleSold(listing.id), now, actor)


def withdraw(listing: Listing, *, now: datetime, actor: str) -> Listing:
    """Take an offer back; its pages vanish.

    Raises:
        DomainError: it is sold or withdrawn already.
    """
    if listing.status not in (ListingStatus.ACTIVE, ListingStatus.PENDING):
        raise DomainError("Only a car on offer can be withdrawn", code="conflict")
    before = standing(listing)
    listing.withdraw(now)
    return _left(listing, "withdraw", before, VehicleWithdrawn(listing.id), now, actor)


def relist(listing: Listing, dealer: Dealer, *, now: datetime, actor: str) -> Listing:
    """Offer a withdrawn car again; it enters the lists as the newest.

    Raises:
        DomainError: the dealer is not active, or the car is not withdrawn.
    """
    dealer.require_active()
    if listing.status is not ListingStatus.WITHDRAWN:
        raise DomainError("Only a withdrawn car can be listed again", code="conflict")
    before = standing(listing)
    listing.relist(now)
    if listing.price_cents is not None:
        # Without an old price: the 30 days of a reduction are counted from here on (SEO.md §4).
        db.session.add(first_price(listing, actor, at=now))
    return _left(listing, "relist", before, VehicleListed(listing.id), now, actor)


def standing(listing: Listing) -> dict[str, Any]:
    """Give where an offer stands, as the trail keeps it and `stand_again` takes it."""
    moments = {name: getattr(listing, name) for name in MOMENTS}
    return {"status": int(listing.status)} | {name: _plain(at) for name, at in moments.items() if at is not None}


MOMENTS = ("sold_at", "withdrawn_at", "publish_at")


def stand_again(listing: Listing, dealer: Dealer, before: dict[str, Any], *, now: datetime, actor: str) -> Listing:
    """Put an offer back to where it stood before an act that is taken back; its price history has no break.

    Args:
        listing: whose status the act changed.
        dealer: its dealer; must be active where the car is offered again.
        before: from `standing`.
        now: aware UTC.
        actor: who takes it back.
    """
    status, after = ListingStatus(before["status"]), standing(listing)
    if status in (ListingStatus.ACTIVE, ListingStatus.PENDING):
        dealer.require_active()
    listing.status = status
    for name in MOMENTS:
        text = before.get(name)
        setattr(listing, name, None if text is None else datetime.fromisoformat(text))
    listing.touch(now)
    event = {ListingStatus.ACTIVE: VehicleListed, ListingStatus.SOLD: VehicleSold}.get(status, VehicleWithdrawn)
    placement.place([listing.id])
    _record(listing, "undo_status", after, standing(listing), now, actor)
    emit(event(listing.id))
    return listing


def _left(listing: Listing, act: str, before: dict[str, Any], event: Any, now: datetime, actor: str) -> Listing:
    placement.place([listing.id])
    _record(listing, act, before, {"status": int(listing.status)}, now, actor)
    emit(event)
    return listing


def _record(
    listing: Listing, act: str, before: dict[str, Any], after: dict[str, Any], now: datetime, actor: str
) -> None:
    audit.record(actor, act, "listing", listing.id, now=now, before=before, after=after, dealer_id=listing.dealer_id)


def place_dealer(dealer: Dealer) -> None:
    """Bring a dealer's cars in line with the lists after its plan, status or place changed."""
    placement.place_dealer(dealer.id)
