"""Reads of what is valued and of what it is worth: whole batches, plain rows."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import xxhash
from sqlalchemy import ColumnElement, Select, or_, select

from storefront.core import clock
from storefront.core.db import db
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.models import Dealer, DealerStatus
from storefront.domain.listings.models import ListEntry, Listing, ListingStatus
from storefront.domain.vehicles.models import Vehicle

from .market import Car
from .models import Valuation, ValuationSource

SOLD_DAYS = 90
"""A car that was sold stays a comparable for so many days, at its last price: that is the one somebody took."""
CHUNK = 500
"""Ids in one statement; more are asked for in several."""


class ValuationRow(NamedTuple):
    """A valuation as pages print it."""

    listing_id: UUID
    label: str
    price_cents: int
    market_cents: int
    currency: str
    inputs: dict[str, Any]
    valued_on: date
    expires_on: date


class LabelRow(NamedTuple):
    """A label as cards show it."""

    listing_id: UUID
    label: str
    price_cents: int
    expires_on: date


class Standing(NamedTuple):
    """What decides whether a valuation stands."""

    id: UUID
    listing_id: UUID
    label: str
    facts: str
    valued_at: datetime
    valued_on: date


@dataclass(frozen=True, slots=True)
class Offer:
    """A car of the market with what decides whom it is compared with."""

    car: Car
    model: str
    """Key of the cars of its make and model."""
    kind: str | None
    """Key of the cars of its make and body, None with an unknown body."""
    make: str
    """Slug."""
    dealer_id: UUID
    active: bool
    currency: str
    condition_rating: int | None
    facts: str
    """Fingerprint of everything the value and the label go by, but for the date."""


def offers(day: date, names: Collection[tuple[str, str]] | None = None) -> Iterator[Offer]:
    """Give the cars of the open tenant that can be compared: those on offer, and those sold of late.

    Unknown age, mileage or power, damage, or a price on request: such a car has no value and is no comparable. Cars of
    dealers who are not on the marketplace count, too: their prices are public on their own sites, and nothing is shown
    of them but the middle of at least `market.LEAST` cars of at least two dealers.

    Args:
        day: the business day they are valued on.
        names: only of these makes and models (slugs).
    """
    reading = _market(day)
    if names is None:
        yield from _offers(reading, day)
        return
    for make, model in sorted(names):
        yield from _offers(reading.where(Vehicle.make_slug == make, Vehicle.model_slug == model), day)


def alike_in_kind(day: date, make: str, body: str) -> Iterator[Offer]:
    """Give the cars of a make and body that can be compared, of all models."""
    return _offers(_market(day).where(Vehicle.make_slug == make, Vehicle.body == body), day)


def names_of(listing_ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Give make and model (slugs) of listings."""
    found: dict[UUID, tuple[str, str]] = {}
    for ids in _sliced(listing_ids):
        reading = select(Listing.id, Vehicle.make_slug, Vehicle.model_slug)
        rows = db.session.execute(reading.join(Vehicle, Vehicle.id == Listing.vehicle_id).where(Listing.id.in_(ids)))
        found |= {row.id: (row.make_slug, row.model_slug) for row in rows}
    return found


def valuations(listing_ids: Collection[UUID]) -> dict[UUID, ValuationRow]:
    """Give the market analyses of these listings, expired ones too."""
    columns = [getattr(Valuation, name) for name in ValuationRow._fields]
    return {row[0]: ValuationRow(*row) for row in _analysed(columns, listing_ids)}


def labels(listing_ids: Collection[UUID]) -> dict[UUID, LabelRow]:
    """Give the labels of these listings, expired ones too: whoever shows one looks at `expires_on` and the price."""
    columns = [getattr(Valuation, name) for name in LabelRow._fields]
    return {row[0]: LabelRow(*row) for row in _analysed(columns, listing_ids)}


def labels_of(listing_ids: Collection[UUID], day: date | None = None) -> dict[UUID, str]:
    """Give the labels (codes of `labels.Label`) of those listings that have one in force.

    Args:
        listing_ids: which.
        day: on which day; None for today (UTC).
    """
    today = day or clock.now().date()
    reading = [Valuation.listing_id, Valuation.label, Valuation.expires_on, Valuation.price_cents, Listing.price_cents]
    rows = _analysed(reading, listing_ids, joined=True)
    found = {row[0]: label_in_force(row[1], row[3], row[2], row[4], today) for row in rows}
    return {listing_id: label for listing_id, label in found.items() if label is not None}


def label_in_force(
    label: str | None, valued_cents: int | None, expires_on: date | None, price_cents: int | None, day: date
) -> str | None:
    """Give a stored label where it is in force: not expired, and made for the price the car has (SPEC 54).

    Args:
        label: code of one of `labels.Label`, None of a car that was not valued.
        valued_cents: the price it was made for, in minor units.
        expires_on: its last day.
        price_cents: the car's price.
        day: on which it is asked.
    """
    if label is None or expires_on is None or valued_cents is None:
        return None
    return label if expires_on >= day and valued_cents == price_cents else None


def newest_labelled(label: str, scope: str, most: int) -> list[UUID]:
    """Give the newest cars of a site with a label, expired ones too.

    Args:
        label: code of one of `labels.Label`.
        scope: whose cars: of which list "all" (`listings.models.ListEntry`).
        most: how many at most.
    """
    reading = select(ListEntry.listing_id).join(Valuation, Valuation.listing_id == ListEntry.listing_id)
    chosen = reading.where(ListEntry.scope == scope, ListEntry.list_key == "all", is_analysis())
    newest = chosen.where(Valuation.label == label).order_by(ListEntry.position.desc()).limit(most)
    return list(db.session.scalars(newest))


def rows_of(listing_ids: Collection[UUID]) -> dict[UUID, Valuation]:
    """Give the market analyses of these listings as rows, to be changed."""
    found: dict[UUID, Valuation] = {}
    for ids in _sliced(listing_ids):
        for row in db.session.scalars(select(Valuation).where(is_analysis(), Valuation.listing_id.in_(ids))):
            found[row.listing_id] = row
    return found


def standing(listing_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Give what decides whether the market analyses of these listings stand."""
    columns = [getattr(Valuation, name) for name in Standing._fields]
    return {row.listing_id: Standing(*row) for row in _analysed(columns, listing_ids)}


def valued() -> list[UUID]:
    """Give the listings of the open tenant that have a market analysis, in order."""
    return sorted(db.session.scalars(select(Valuation.listing_id).where(is_analysis())))


def business_day(now: datetime) -> date:
    """Give the day of a moment for the tenant who acts."""
    return clock.business_date(now, db.session.scalars(select(Tenant.time_zone)).one())


def by_vin(vin: str, day: date) -> Offer | None:
    """Find the car with this VIN among those that can be compared, the newest offer of it."""
    reading = _market(day).where(Vehicle.vin == vin).order_by(Listing.listed_at.desc(), Listing.id).limit(1)
    return next(_offers(reading, day), None)


def _analysed(columns: list[Any], listing_ids: Collection[UUID], *, joined: bool = False) -> Iterator[Any]:
    for ids in _sliced(listing_ids):
        reading = select(*columns).where(is_analysis(), Valuation.listing_id.in_(ids))
        yield from db.session.execute(reading.join(Listing, Listing.id == Valuation.listing_id) if joined else reading)


def is_analysis() -> ColumnElement[bool]:
    """Say in SQL that a valuation is our own, of the market: there is one of a listing at most."""
    return Valuation.source == ValuationSource.MARKET_ANALYSIS


def _market(day: date) -> Select[*tuple[Any, ...]]:
    since = datetime.combine(day - timedelta(days=SOLD_DAYS), time.min, ZoneInfo("UTC"))
    here = or_(
        (Listing.status == ListingStatus.ACTIVE) & (Dealer.status == DealerStatus.ACTIVE),
        (Listing.status == ListingStatus.SOLD) & (Listing.sold_at >= since),
    )
    known = (Vehicle.mileage_km.is_not(None), Vehicle.power_kw.is_not(None), Listing.price_cents.is_not(None))
    return (
        select(
            Listing.id,
            Listing.dealer_id,
            Listing.status,
            Listing.price_cents,
            Listing.currency,
            Vehicle.make_slug,
            Vehicle.model_slug,
            Vehicle.year,
            Vehicle.first_registered,
            Vehicle.mileage_km,
            Vehicle.power_kw,
            Vehicle.fuel,
            Vehicle.transmission,
            Vehicle.body,
            Vehicle.condition,
            Vehicle.condition_rating,
            Vehicle.features,
            Vehicle.features_other,
        )
        .join(Vehicle, Vehicle.id == Listing.vehicle_id)
        .join(Dealer, Dealer.id == Listing.dealer_id)
        .where(here, *known, Vehicle.damaged.is_(False), Vehicle.condition != "damaged")
    )


def _offers(reading: Select[*tuple[Any, ...]], day: date) -> Iterator[Offer]:
    for row in db.session.execute(reading):
        since = registered(row.first_registered, row.year)
        if since is not None and since <= day and (row.mileage_km or row.condition == "new"):
            yield _offer(row, since, day)


def registered(first: date | None, year: int | None) -> date | None:
    """Give the day a car's age counts from: its first registration, else the middle of its year."""
    return first if first is not None or year is None else date(year, 7, 1)


def _offer(row: Any, since: date, day: date) -> Offer:
    car = Car(
        id=row.id,
        dealer=row.dealer_id,
        price_cents=row.price_cents,
        months=(day.year - since.year) * 12 + day.month - since.month,
        mileage_km=row.mileage_km,
        power_kw=row.power_kw,
        fuel=row.fuel,
        transmission=row.transmission,
        body=row.body,
        features=len(row.features) + len(row.features_other),
    )
    market = f"{row.currency} {'new' if row.condition == 'new' else 'used'} {row.make_slug}"
    said = (market, row.model_slug, since, *(getattr(car, name) for name in _JUDGED), row.condition_rating)
    return Offer(
        car,
        f"{market}/{row.model_slug}",
        f"{market}//{row.body}" if row.body else None,
        row.make_slug,
        row.dealer_id,
        row.status is ListingStatus.ACTIVE,
        row.currency,
        row.condition_rating,
        xxhash.xxh3_64_hexdigest(repr(said).encode()),
    )


_JUDGED = ("price_cents", "mileage_km", "power_kw", "fuel", "transmission", "body", "features")


def _sliced(values: Iterable[UUID]) -> Iterator[list[UUID]]:
    several = list(dict.fromkeys(values))
    for start in range(0, len(several), CHUNK):
        yield several[start : start + CHUNK]
