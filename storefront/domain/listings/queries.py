"""Reads of listings by name: whole batches, one query each, plain rows instead of entities (PERFORMANCE.md).

Every function reads in the open scope. Orders that pages depend on are made here in Python where a database's collation
could differ.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, func, or_, select

from storefront.core.db import db
from storefront.domain.dealers.models import Dealer
from storefront.domain.vehicles.models import Vehicle

from .models import BUCKET, ListCursor, ListEntry, Listing, ListingStatus, Photo, PhotoKind, PriceChange

CHUNK = 500
"""Ids in one statement; more are asked for in several."""
ASKED = "asked"
"""Name of the ids in a statement that is made once."""
T = TypeVar("T")


class ShownRow(NamedTuple):
    """A car that has a page: enough to name and date the page."""

    id: UUID
    public_id: str
    slug: str
    dealer_id: UUID
    status: ListingStatus
    sold_at: datetime | None
    significant_at: datetime


class CardRow(NamedTuple):
    """What a card shows of a car; km, kW, minor units, tenths of l or kWh per 100 km."""

    id: UUID
    public_id: str
    slug: str
    dealer_id: UUID
    vehicle_id: UUID
    status: ListingStatus
    price_cents: int | None
    currency: str
    vat: str | None
    featured: bool
    listed_at: datetime
    sold_at: datetime | None
    make: str
    make_slug: str
    model: str
    model_slug: str
    version: str
    year: int | None
    first_registered: date | None
    condition: str
    body: str | None
    fuel: str | None
    transmission: str | None
    power_kw: int | None
    mileage_km: int | None
    consumption_combined: int | None
    consumption_electric: int | None
    co2_g_km: int | None
    consumption_discharged: int | None
    co2_discharged_g_km: int | None
    city: str | None
    """The car's own place, with its country; None takes the dealer's."""
    country: str | None


class DetailRow(NamedTuple):
    """What only a car's own page shows."""

    id: UUID
    stock_number: str
    vat_rate: int | None
    negotiable: bool
    description: str
    text_id: UUID | None
    seo_title: str | None
    seo_description: str | None
    significant_at: datetime
    vin: str | None
    gears: int | None
    drive: str | None
    colour: str | None
    colour_text: str | None
    metallic: bool
    interior_colour: str | None
    interior_material: str | None
    doors: int | None
    seats: int | None
    displacement_ccm: int | None
    cylinders: int | None
    previous_owners: int | None
    accident_free: bool | None
    damaged: bool
    warranty_months: int | None
    inspection_until: date | None
    consumption_urban: int | None
    consumption_extra_urban: int | None
    emission_class: str | None
    emission_sticker: str | None
    electric_range_km: int | None
    battery_kwh_tenths: int | None
    features: list[str]
    features_other: list[str]
    torque_nm: int | None
    seo_keywords: str | None


class PhotoRow(NamedTuple):
    """A photo that is here: content hash and upright pixels."""

    listing_id: UUID
    position: int
    primary: bool
    caption: str | None
    kind: PhotoKind
    content_hash: str
    width: int
    height: int
    focus_x: int | None = None
    """Where crops look, in percent; None takes the default."""
    focus_y: int | None = None


class Cover(NamedTuple):
    """A car's first photo and how many there are."""

    photo: PhotoRow
    shots: int


class PriceRow(NamedTuple):
    """One price of a car, from a moment on; without an old price an offer begins there."""

    listing_id: UUID
    at: datetime
    new_cents: int
    currency: str
    old_cents: int | None = None


class ListRow(NamedTuple):
    """A list: the next free position, and how many cars stand in each bucket (24 positions), the oldest first."""

    list_key: str
    next_position: int
    filled: bytes


class PlaceRow(NamedTuple):
    """Where a car stands in a list."""

    list_key: str
    position: int
    listing_id: UUID


class NameRow(NamedTuple):
    """The oldest car of a list, which lends it make, model or city for its name."""

    list_key: str
    position: int
    vehicle_id: UUID
    make: str
    model: str
    model_slug: str
    listing_id: UUID
    dealer_id: UUID
    city: str
    """Where it stands: its own place, else its dealer's."""
    country: str


def shown(
    dealer_ids: Collection[UUID], sold_since: datetime, between: tuple[str, str | None] | None = None
) -> list[ShownRow]:
    """Give the cars that have a page: active ones, and those sold since a moment (SEO.md §3), by public id.

    Args:
        dealer_ids: whose cars.
        sold_since: a car sold before has no page any more.
        between: only public ids from the first on and below the second, None for all that follow.
    """
    here = _is_shown(sold_since)
    if between is not None:
        low, high = between
        here &= Listing.public_id >= low
        here &= Listing.public_id < high if high is not None else Listing.public_id.is_not(None)
    rows = _in_chunks(dealer_ids, lambda ids: select(*_columns(ShownRow)).where(Listing.dealer_id.in_(ids), here))
    return sorted((ShownRow(*row) for row in rows), key=lambda row: row.public_id)


def sold(dealer_ids: Collection[UUID], sold_since: datetime) -> list[ShownRow]:
    """Give the cars sold since a moment, by public id."""
    here = (Listing.status == ListingStatus.SOLD) & (Listing.sold_at >= sold_since)
    rows = _in_chunks(dealer_ids, lambda ids: select(*_columns(ShownRow)).where(Listing.dealer_id.in_(ids), here))
    return sorted((ShownRow(*row) for row in rows), key=lambda row: row.public_id)


def shown_among(listing_ids: Collection[UUID], sold_since: datetime) -> list[ShownRow]:
    """Give those of some cars that have a page if their dealer has, by public id."""
    here = _is_shown(sold_since)
    rows = _in_chunks(listing_ids, lambda ids: select(*_columns(ShownRow)).where(Listing.id.in_(ids), here))
    return sorted((ShownRow(*row) for row in rows), key=lambda row: row.public_id)


def public_ids(listing_ids: Collection[UUID]) -> list[str]:
    """Give the public ids of some cars, whatever became of them."""
    rows = _in_chunks(listing_ids, lambda ids: select(Listing.public_id).where(Listing.id.in_(ids)))
    return sorted(row.public_id for row in rows)


def _is_shown(sold_since: datetime) -> ColumnElement[bool]:
    return or_(
        Listing.status == ListingStatus.ACTIVE,
        (Listing.status == ListingStatus.SOLD) & (Listing.sold_at >= sold_since),
    )


def cards(listing_ids: Collection[UUID]) -> dict[UUID, CardRow]:
    """Give what cards show of these cars."""
    return {row[0]: CardRow(*row) for row in _asked_in_chunks(_cards_of(), listing_ids)}


@cache
def _cards_of() -> Select[Any]:
    reading = select(*_columns(CardRow)).join(Vehicle, Vehicle.id == Listing.vehicle_id)
    return reading.where(Listing.id.in_(bindparam(ASKED, expanding=True)))


def details(listing_ids: Collection[UUID]) -> dict[UUID, DetailRow]:
    """Give what the pages of these cars show beside their cards."""
    rows = _in_chunks(
        listing_ids,
        lambda ids: (
            select(*_columns(DetailRow)).join(Vehicle, Vehicle.id == Listing.vehicle_id).where(Listing.id.in_(ids))
        ),
    )
    return {row[0]: DetailRow(*row) for row in rows}


def photos(listing_ids: Collection[UUID]) -> dict[UUID, list[PhotoRow]]:
    """Give the photos that are here, the primary one first, the others in display order."""
    rows = _in_chunks(
        listing_ids, lambda ids: select(*_photo_columns()).where(Photo.listing_id.in_(ids), Photo.is_here())
    )
    found: dict[UUID, list[PhotoRow]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(PhotoRow(*row))
    for several in found.values():
        several.sort(key=lambda photo: (not photo.primary, photo.position, photo.content_hash))
    return dict(found)


def covers(listing_ids: Collection[UUID]) -> dict[UUID, Cover]:
    """Give the first photo of each car and the number of its photos, without reading the others."""
    rows = _asked_in_chunks(_covers_of(), listing_ids)
    return {row[0]: Cover(PhotoRow(*row[:-2]), row[-1]) for row in rows}


@cache
def _covers_of() -> Select[Any]:
    return Photo.first_of_each(bindparam(ASKED, expanding=True), *_photo_columns())


def prices(listing_ids: Collection[UUID]) -> dict[UUID, list[PriceRow]]:
    """Give the price histories, oldest first (SPEC 38)."""
    rows = _in_chunks(
        listing_ids,
        lambda ids: select(*(getattr(PriceChange, name) for name in PriceRow._fields), PriceChange.id).where(
            PriceChange.listing_id.in_(ids)
        ),
    )
    found: dict[UUID, list[PriceRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.at, row.id.hex)):
        found[row.listing_id].append(PriceRow(*row[:-1]))
    return dict(found)


def lists(scope: str) -> list[ListRow]:
    """Give the lists of a scope (`market`, `dealer:<hex>`) in which cars stand, by key: a row a list."""
    reading = select(ListCursor.list_key, ListCursor.next_position, ListCursor.filled).where(ListCursor.scope == scope)
    rows = (ListRow(row.list_key, row.next_position, row.filled or b"") for row in db.session.execute(reading))
    return sorted(row for row in rows if any(row.filled))


def lists_of(scope: str, listing_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """Give in which lists of a scope some cars stand, and where."""
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    rows = _in_chunks(
        listing_ids,
        lambda ids: select(ListEntry.listing_id, ListEntry.list_key, ListEntry.position).where(
            ListEntry.listing_id.in_(ids), ListEntry.scope == scope
        ),
    )
    for row in rows:
        found[row.listing_id][row.list_key] = row.position
    return found


def stretch(
    scope: str, list_key: str, low: int = 0, high: int | None = None, *, most: int | None = None, down: bool = False
) -> list[PlaceRow]:
    """Give the cars in a stretch of one list.

    Args:
        scope: whose list.
        list_key: which.
        low: the first position.
        high: the position after the last; None for the end of the list.
        most: so many at most.
        down: from the highest position downwards.
    """
    reading = select(ListEntry.list_key, ListEntry.position, ListEntry.listing_id).where(
        ListEntry.scope == scope, ListEntry.list_key == list_key, ListEntry.position >= low
    )
    if high is not None:
        reading = reading.where(ListEntry.position < high)
    reading = reading.order_by(ListEntry.position.desc() if down else ListEntry.position)
    return [PlaceRow(*row) for row in db.session.execute(reading if most is None else reading.limit(most))]


def places(scope: str, list_keys: Collection[str]) -> dict[str, list[PlaceRow]]:
    """Give where cars stand in some lists, lowest position first."""
    found: dict[str, list[PlaceRow]] = {key: [] for key in list_keys}
    rows = _in_chunks(
        list_keys,
        lambda keys: select(ListEntry.list_key, ListEntry.position, ListEntry.listing_id).where(
            ListEntry.scope == scope, ListEntry.list_key.in_(keys)
        ),
    )
    for row in sorted((PlaceRow(*row) for row in rows), key=lambda row: row.position):
        found[row.list_key].append(row)
    return found


def names(scope: str, oldest: Mapping[str, int]) -> dict[str, NameRow]:
    """Give what lists are named after: the car that stands longest in each.

    Args:
        scope: whose lists.
        oldest: list → the oldest bucket in which a car stands.
    """
    columns: tuple[Any, ...] = (
        *(ListEntry.list_key, ListEntry.position),
        *(Vehicle.id, Vehicle.make, Vehicle.model, Vehicle.model_slug),
        *(Listing.id, Dealer.id),
        func.coalesce(Listing.city, Dealer.city),
        func.coalesce(Listing.country, Dealer.country),
    )
    found: dict[str, NameRow] = {}
    by_bucket: dict[int, list[str]] = defaultdict(list)
    for key, bucket in oldest.items():
        by_bucket[bucket].append(key)
    for bucket, keys in by_bucket.items():
        rows = _in_chunks(
            keys,
            lambda some, bucket=bucket: (
                select(*columns)
                .select_from(first := _first_of_bucket(scope, some, bucket))
                .join(
                    ListEntry,
                    (ListEntry.scope == scope)
                    & (ListEntry.list_key == first.c.list_key)
                    & (ListEntry.position == first.c.position),
                )
                .join(Listing, Listing.id == ListEntry.listing_id)
                .join(Vehicle, Vehicle.id == Listing.vehicle_id)
                .join(Dealer, Dealer.id == Listing.dealer_id)
            ),
        )
        found |= {row[0]: NameRow(*row) for row in rows}
    return found


def _first_of_bucket(scope: str, keys: Sequence[str], bucket: int) -> Subquery:
    """Read the lowest position that is taken in one bucket of each of some lists."""
    first = bucket * BUCKET
    return (
        select(ListEntry.list_key, func.min(ListEntry.position).label("position"))
        .where(
            ListEntry.scope == scope,
            ListEntry.list_key.in_(keys),
            ListEntry.position >= first,
            ListEntry.position < first + BUCKET,
        )
        .group_by(ListEntry.list_key)
        .subquery()
    )


def counts(dealer_ids: Collection[UUID]) -> dict[UUID, int]:
    """Give how many cars each of these dealers offers now."""
    rows = _in_chunks(
        dealer_ids,
        lambda ids: (
            select(Listing.dealer_id, func.count())
            .where(Listing.dealer_id.in_(ids), Listing.status == ListingStatus.ACTIVE)
            .group_by(Listing.dealer_id)
        ),
    )
    return {row[0]: row[1] for row in rows}


def _columns(row: type[Any]) -> list[Any]:
    """Give the columns of a row type by its field names: the listing's where it has them, else the vehicle's."""
    return [getattr(Listing if hasattr(Listing, name) else Vehicle, name) for name in row._fields]


def _photo_columns() -> list[Any]:
    return [getattr(Photo, name) for name in PhotoRow._fields]


def _in_chunks(values: Collection[T], statement: Any) -> Iterator[Any]:
    """Ask for many values, so many at a time; nothing is asked for none."""
    several = list(values)
    for start in range(0, len(several), CHUNK):
        yield from db.session.execute(statement(several[start : start + CHUNK]))


def _asked_in_chunks(statement: Select[Any], values: Collection[UUID]) -> Iterator[Any]:
    """Ask for many values in a statement that is made once and names them `ASKED`: each search asks for its hits."""
    several = list(values)
    for start in range(0, len(several), CHUNK):
        yield from db.session.execute(statement, {ASKED: several[start : start + CHUNK]})


def ids_of(rows: Iterable[PlaceRow]) -> list[UUID]:
    """Give the listings of some places, in their order."""
    return [row.listing_id for row in rows]
