"""What the pages of the stock read: which cars somebody wants to see, a page of them, and how one car's editor stands.

Everything is narrowed, ordered, counted and cut in the database, in the visitor's scope (SPEC 33); the number of
statements does not grow with the stock (`tests/integration/test_admin_stock.py`, proof A4).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from builder.images import Pictures
from storefront.core.db import db
from storefront.domain.dealers.models import Dealer
from storefront.domain.listings import album, inventory
from storefront.domain.listings import queries as listings
from storefront.domain.listings.completeness import Score, score
from storefront.domain.listings.models import Listing, ListingSource, ListingStatus, Photo, PhotoState, VirtualTour
from storefront.domain.valuation import queries as valuations
from storefront.domain.valuation.models import Valuation
from storefront.domain.valuation.queries import ValuationRow
from storefront.domain.vehicles.models import InventoryRecord, Vehicle
from storefront.pages.pictures import HASH_DIGITS

from .queries import Page

PAGE_SIZE = 20
FEW = 8
"""Fewer photos are too few."""
OLD = timedelta(days=90)
"""SPEC 120: what stands longer is slow-moving."""
STATES = ("all", "active", "draft", "reserved", "sold", "withdrawn", "no_photos", "few_photos", "no_co2", "old", "dear")
SORTS: Mapping[str, tuple[Any, ...]] = {
    "newest": (Listing.listed_at.desc(),),
    "oldest": (Listing.listed_at,),
    "price": (Listing.price_cents.is_(None), Listing.price_cents),
    "dearest": (Listing.price_cents.is_(None), Listing.price_cents.desc()),
    "name": (Vehicle.make_slug, Vehicle.model_slug),
    "mileage": (Vehicle.mileage_km.is_(None), Vehicle.mileage_km),
    "views": (Listing.view_count.desc(),),
    "leads": (Listing.inquiry_count.desc(),),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cars somebody wants to see, and in which order."""

    state: str = "all"
    text: str = ""
    dealer_id: UUID | None = None
    make: str = ""
    """Slug; empty for all."""
    sort: str = "newest"

    def address(self, **other: Any) -> dict[str, Any]:
        """Give the words of the address that say so, with some of them replaced; those that say nothing left out."""
        one = replace(self, **other) if other else self
        said = {"state": one.state, "q": one.text, "dealer": one.dealer_id, "make": one.make, "sort": one.sort}
        usual = {"state": "all", "sort": "newest"}
        return {name: str(value) for name, value in said.items() if value and value != usual.get(name)}


@dataclass(frozen=True, slots=True)
class StockLine:
    """A car with what the table shows beside it."""

    listing: Listing
    vehicle: Vehicle
    dealer: Dealer
    photos: int
    thumb: str | None
    """Name of the thumbnail when it is made."""
    former_cents: int | None
    """The price before, where it was higher."""
    label: str | None
    """How the price compares, where that is known."""
    is_reserved: bool


@dataclass(frozen=True, slots=True)
class Editor:
    """A car with all that its editor shows."""

    listing: Listing
    vehicle: Vehicle
    dealer: Dealer
    photos: Sequence[Photo]
    tours: Sequence[VirtualTour]
    prices: Sequence[listings.PriceRow]
    source: ListingSource | None
    record: InventoryRecord | None
    valuation: ValuationRow | None
    score: Score
    made: Mapping[str, str]
    """Photo's hash → the name its small pictures go by, where they are made."""


def page_of_stock(wanted: Wanted, page: int, now: datetime, today: date, pictures: Pictures) -> Page:
    """Give a page of the stock.

    Args:
        wanted: which cars.
        page: from 1.
        now: aware UTC.
        today: the business date; reservations and labels are judged by it.
        pictures: where thumbnails are.
    """
    counting = select(func.count(Listing.id)).join(Vehicle, Vehicle.id == Listing.vehicle_id)
    total = db.session.scalar(_narrowed(counting, wanted, now, today)) or 0
    chosen = _narrowed(_lines(), wanted, now, today).order_by(*SORTS[wanted.sort], Listing.id)
    rows = db.session.execute(chosen.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return Page(tuple(_with_extras([tuple(row) for row in rows], today, pictures)), total, page)


def ids_of(wanted: Wanted, now: datetime, today: date, most: int) -> list[UUID]:
    """Give the ids of all cars somebody wants to see, at most so many; `now` and `today` as in `page_of_stock`."""
    reading = select(Listing.id).join(Vehicle, Vehicle.id == Listing.vehicle_id)
    return list(db.session.scalars(_narrowed(reading, wanted, now, today).order_by(Listing.id).limit(most)))


def counts(dealer_id: UUID | None, now: datetime, today: date) -> dict[str, int]:
    """Count the cars of each state of STATES, in one statement; `now` and `today` as in `page_of_stock`."""
    sums = [_sum(_is(state, now, today)) if state != "all" else func.count(Listing.id) for state in STATES]
    reading = select(*sums).join(Vehicle, Vehicle.id == Listing.vehicle_id)
    if dealer_id is not None:
        reading = reading.where(Listing.dealer_id == dealer_id)
    row = db.session.execute(reading).one()
    return {state: int(value or 0) for state, value in zip(STATES, row, strict=True)}


def makes(dealer_id: UUID | None) -> list[tuple[str, str]]:
    """Name the makes there are in the stock: slug and words."""
    reading = select(Vehicle.make_slug, func.min(Vehicle.make)).group_by(Vehicle.make_slug).order_by(Vehicle.make_slug)
    if dealer_id is not None:
        reading = reading.where(Vehicle.dealer_id == dealer_id)
    return [(row[0], row[1]) for row in db.session.execute(reading)]


def vehicles_of(several: Collection[Listing]) -> dict[UUID, Vehicle]:
    """Give the cars of listings by the listing's id."""
    ids, found = [one.vehicle_id for one in several], dict[UUID, Vehicle]()
    for start in range(0, len(ids), listings.CHUNK):
        chunk = ids[start : start + listings.CHUNK]
        found |= {car.id: car for car in db.session.scalars(select(Vehicle).where(Vehicle.id.in_(chunk)))}
    return {one.id: found[one.vehicle_id] for one in several if one.vehicle_id in found}


def editor(listing_id: UUID, pictures: Pictures) -> Editor | None:
    """Give a car of the scope with all that its editor shows; None when there is none."""
    row = db.session.execute(_lines().where(Listing.id == listing_id)).first()
    if row is None:
        return None
    listing, vehicle, dealer = row[0], row[1], row[2]
    photos = album.of_listing(listing_id)
    shown = [photo for photo in photos if photo.state is PhotoState.READY]
    tours = db.session.scalars(select(VirtualTour).where(VirtualTour.listing_id == listing_id))
    sources = db.session.scalars(select(ListingSource).where(ListingSource.listing_id == listing_id))
    return Editor(
        listing=listing,
        vehicle=vehicle,
        dealer=dealer,
        photos=photos,
        tours=sorted(tours, key=lambda tour: (tour.position, tour.id.hex)),
        prices=listings.prices([listing_id]).get(listing_id, []),
        source=sources.first(),
        record=inventory.record_of(vehicle.id),
        valuation=valuations.valuations([listing_id]).get(listing_id),
        score=score(vehicle, listing.price_cents, listing.description, [photo.kind for photo in shown]),
        made={photo.content_hash: key for photo in shown if photo.content_hash and (key := _ready(photo, pictures))},
    )


def _ready(photo: Photo, pictures: Pictures) -> str | None:
    key = (photo.content_hash or "")[:HASH_DIGITS]
    return key if pictures.ready(key) is not None else None


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(Listing, Vehicle, Dealer)
        .join(Vehicle, Vehicle.id == Listing.vehicle_id)
        .join(Dealer, Dealer.id == Listing.dealer_id)
    )


def _with_extras(rows: Sequence[tuple[Any, ...]], today: date, pictures: Pictures) -> list[StockLine]:
    """Add covers, former prices, labels and reservations: a statement each for the whole page."""
    ids = [row[0].id for row in rows]
    covers, histories, labels = listings.covers(ids), listings.prices(ids), valuations.labels_of(ids, today)
    held = inventory.reserved([row[1].id for row in rows], today)
    found = []
    for listing, vehicle, dealer in rows:
        cover = covers.get(listing.id)
        key = None if cover is None else cover.photo.content_hash[:HASH_DIGITS]
        thumb = key if key is not None and pictures.ready(key) is not None else None
        former = _former(listing, histories.get(listing.id, ()))
        shots = 0 if cover is None else cover.shots
        label = labels.get(listing.id)
        found.append(StockLine(listing, vehicle, dealer, shots, thumb, former, label, vehicle.id in held))
    return found


def _former(listing: Listing, history: Sequence[listings.PriceRow]) -> int | None:
    if len(history) < 2 or listing.price_cents is None or history[-2].new_cents <= listing.price_cents:
        return None
    return history[-2].new_cents


def _narrowed(reading: Any, wanted: Wanted, now: datetime, today: date) -> Any:
    if wanted.state != "all":
        reading = reading.where(_is(wanted.state, now, today))
    if wanted.dealer_id is not None:
        reading = reading.where(Listing.dealer_id == wanted.dealer_id)
    if wanted.make:
        reading = reading.where(Vehicle.make_slug == wanted.make)
    for word in wanted.text.lower().split()[:8]:
        columns = (Vehicle.make, Vehicle.model, Vehicle.version, Listing.stock_number, Listing.public_id, Vehicle.vin)
        reading = reading.where(or_(*(func.lower(column).contains(word, autoescape=True) for column in columns)))
    return reading


def _is(state: str, now: datetime, today: date) -> ColumnElement[bool]:
    """Say in SQL that a car is in one of STATES."""
    active = Listing.status == ListingStatus.ACTIVE
    if state in ("active", "sold", "withdrawn"):
        return Listing.status == ListingStatus[state.upper()]
    if state == "draft":
        return Listing.status == ListingStatus.PENDING
    here = select(Photo.listing_id).where(Photo.state == PhotoState.READY).group_by(Photo.listing_id)
    if state == "no_photos":
        return active & Listing.id.not_in(here)
    if state == "few_photos":
        return active & Listing.id.in_(here.having(func.count() < FEW))
    if state == "no_co2":
        return active & Vehicle.co2_g_km.is_(None) & (func.coalesce(Vehicle.fuel, "") != "electric")
    if state == "old":
        return active & (Listing.listed_at < now - OLD)
    if state == "dear":
        dear = select(Valuation.listing_id).where(Valuation.label.in_(("high", "very_high")))
        return active & Listing.id.in_(dear)
    held = InventoryRecord.reserved_at.is_not(None) & or_(
        InventoryRecord.reserved_until.is_(None), InventoryRecord.reserved_until >= today
    )
    on_offer = Listing.status.in_((ListingStatus.ACTIVE, ListingStatus.PENDING))
    return on_offer & Listing.vehicle_id.in_(select(InventoryRecord.vehicle_id).where(held))


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
