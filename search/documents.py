"""What is found: one document a car on offer (SPEC 57), made of today's rows.

The words of a car stand in four fields, from best to least: its name, its dealer, its equipment, its description (SPEC,
search weights). A price on request or an unknown year is `None`, and no bound lets it pass.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any
from uuid import UUID

import orjson
import xxhash
from sqlalchemy import Row, ScalarSelect, Select, String, bindparam, case, cast, func, select

from storefront.core import clock
from storefront.core.db import db
from storefront.domain.accounts.models import Tenant
from storefront.domain.dealers.models import Dealer, DealerStatus, Plan
from storefront.domain.listings.models import Listing, ListingStatus, Photo, PhotoState
from storefront.domain.listings.placement import city_key
from storefront.domain.valuation.models import Valuation
from storefront.domain.valuation.queries import is_analysis, label_in_force
from storefront.domain.vehicles.models import Vehicle

from .places import location
from .quality import quality_of
from .query import Facet
from .text import names_in
from .trade import EXCLUSIVE, called, meant_in, names_of, not_of

CHUNK = 100
"""Listings named in one question to the database."""
STREAM = 5000
"""Rows read at once where all are read."""
DIGITS, PRIMARY = 5, "!"
"""How the photos of a listing are told in one text: digits of the position, a mark, the hash."""
ASKED = 8
"""Facts a buyer asks for (`_given`)."""
ASKED_FOR = "asked_for"
"""Name of the ids in the statement for some listings."""
FIELDS = ("name", "dealer", "equipment", "description")
"""Fields with words, the best first."""


@dataclass(frozen=True, slots=True)
class PhotoRef:
    """A photo of a car by the hash of its file; where its derivatives lie is the builder's knowledge."""

    content_hash: str
    primary: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A car on offer as an engine gets it (SPEC 57). Money in minor units, mileage in km, moments in UTC."""

    id: UUID
    """The listing's."""
    tenant_id: UUID
    dealer_id: UUID
    market: bool
    """It may be found on the marketplace: its dealer is Premium (SPEC 3)."""
    status: int
    price_cents: int | None
    currency: str
    listed_at: datetime
    view_count: int
    """As of the indexing; views alone are no reason to index again."""
    make: str
    make_slug: str
    model: str
    model_slug: str
    version: str
    year: int | None
    mileage_km: int | None
    power_kw: int | None
    colour: str | None
    body: str | None
    fuel: str | None
    transmission: str | None
    drive: str | None
    features: tuple[str, ...]
    """Codes, then words the vocabulary does not know."""
    description: str
    dealer_name: str
    dealer_city: str
    city_slug: str
    """Key of the list of its city without the kind: `hamburg`, `at/wien`; empty when unknown."""
    latitude: float | None
    """Of the car's own place, else the dealer's."""
    longitude: float | None
    location: str
    """`latitude,longitude` with 4 decimals, about 11 m; empty when unknown. What radius and distance go by."""
    label: str | None
    """How its price compares (SPEC 54); None while nothing is known."""
    quality: int
    """0 to 1000: fresh, a good deal, completely described (contract T3), as of the day it was written."""
    photos: tuple[PhotoRef, ...]

    def stamp(self) -> int:
        """Give 63 bits of xxh3 over what is written; views and the quality of the day do not count."""
        written = orjson.dumps(_stamped()(self), option=orjson.OPT_PASSTHROUGH_SUBCLASS)
        return xxhash.xxh3_64_intdigest(written) >> 1

    def facets(self) -> Mapping[Facet, tuple[str, ...]]:
        """Give the values this car is counted and chosen by; an unknown one has none."""
        return dict(zip(Facet, self.facet_values(), strict=True))

    def facet_values(self) -> tuple[tuple[str, ...], ...]:
        """Give the values of all facets, in the order of the enumeration."""
        return (
            (self.make_slug,),
            (f"{self.make_slug}/{self.model_slug}",),
            _known(self.body),
            _known(self.fuel),
            _known(self.transmission),
            _known(self.drive),
            _known(self.colour),
            tuple(dict.fromkeys(self.features)),
            _known(self.label),
            (self.dealer_id.hex,),
            _known(self.city_slug),
        )

    def quality_on(self, day: date) -> int:
        """Give the quality of this offer on another day."""
        known, described, photos = self.judged()
        return quality_of(
            self.listed_at.date(), day, self.label, known=known, asked=ASKED, described=described, photos=photos
        )

    def judged(self) -> tuple[int, int, int]:
        """Give what quality counts beside day and label: facts known of `ASKED`, letters described, photos."""
        return _given(self, self.year), len(self.description), len(self.photos)

    def words(self) -> Mapping[str, tuple[str, ...]]:
        """Give the words of each field of `FIELDS`, folded, with those of the trade (`trade.py`)."""
        kinds = (self.body, self.fuel, self.transmission, self.drive)
        wrong = not_of(kinds)
        codes = (
            *zip(EXCLUSIVE, kinds, strict=True),
            ("colour", self.colour),
            *(("feature", it) for it in self.features),
        )
        equipment = [called(group, code) for group, code in codes if code]
        year = () if self.year is None else (str(self.year),)
        return {
            "name": _but(wrong, _said(self.version), before=_named(self.make, self.model)),
            "dealer": _but(wrong, _said(self.dealer_name), _said(self.dealer_city)),
            "equipment": _but(wrong, *equipment, year),
            "description": _but(wrong, _read(self.description)),
        }


def _given(car: Any, year: int | None) -> int:
    """Count the facts a buyer asks for that are given of a car, a row or a document."""
    facts = (car.price_cents, year, car.mileage_km, car.power_kw, car.body, car.fuel, car.transmission, car.colour)
    return len(facts) - facts.count(None)


def _known(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


@lru_cache(maxsize=1)
def _stamped() -> "attrgetter[tuple[Any, ...]]":
    return attrgetter(*(field.name for field in fields(Document) if field.name not in ("view_count", "quality")))


def documents_of(listing_ids: Sequence[UUID], day: date | None = None) -> Iterator[Document]:
    """Give the documents of those listings that may be found now, in chunks; the others are left out (SPEC 49).

    Args:
        listing_ids: which.
        day: on which their labels and quality are judged; None for today (UTC).
    """
    for start in range(0, len(listing_ids), CHUNK):
        chunk = listing_ids[start : start + CHUNK]
        # What is on offer is told from the rows: asked for it, SQLite would go through all offers rather than by id.
        rows = db.session.execute(_of_some(), {ASKED_FOR: chunk}).all()
        offered = [
            row for row in rows if row.status is ListingStatus.ACTIVE and row.dealer_status is DealerStatus.ACTIVE
        ]
        yield from _documents(offered, day or clock.now().date())


def all_documents(share: int = 0, shares: int = 1) -> Iterator[Document]:
    """Give the documents of all cars of the open tenant that may be found today, in no order and one reading.

    Args:
        share: which part of them, from 0.
        shares: how many parts there are; ids are by chance, so all parts are of about one size.
    """
    borders = [UUID(int=(1 << 128) * number // shares) for number in range(shares)]
    offered = _columns().where(
        Listing.status == ListingStatus.ACTIVE, Dealer.status == DealerStatus.ACTIVE, Listing.id >= borders[share]
    )
    if share + 1 < shares:
        offered = offered.where(Listing.id < borders[share + 1])
    found = db.session.execute(offered, execution_options={"yield_per": STREAM})
    today = clock.now().date()
    for rows in found.partitions(STREAM):
        yield from _documents(rows, today)


@cache
def _of_some() -> Select[*tuple[Any, ...]]:
    return _columns().where(Listing.id.in_(bindparam(ASKED_FOR, expanding=True)))


@cache
def _columns() -> Select[*tuple[Any, ...]]:
    """Ask for columns, not for rows of tables: a full index reads a hundred thousand of them.

    Said once: forty columns cost more to name than to read.
    """
    return (
        select(
            Listing.id,
            Listing.tenant_id,
            Listing.dealer_id,
            Listing.status,
            Listing.price_cents,
            Listing.currency,
            Listing.listed_at,
            Listing.view_count,
            Listing.description,
            Listing.city,
            Listing.country,
            Listing.latitude,
            Listing.longitude,
            Vehicle.make,
            Vehicle.make_slug,
            Vehicle.model,
            Vehicle.model_slug,
            Vehicle.version,
            Vehicle.year,
            Vehicle.first_registered,
            Vehicle.mileage_km,
            Vehicle.power_kw,
            Vehicle.colour,
            Vehicle.body,
            Vehicle.fuel,
            Vehicle.transmission,
            Vehicle.drive,
            Vehicle.features,
            Vehicle.features_other,
            Dealer.name.label("dealer_name"),
            Dealer.status.label("dealer_status"),
            Dealer.plan,
            Dealer.city.label("dealer_city"),
            Dealer.country.label("dealer_country"),
            Dealer.latitude.label("dealer_latitude"),
            Dealer.longitude.label("dealer_longitude"),
            Tenant.country.label("home"),
            Valuation.label,
            Valuation.price_cents.label("valued_cents"),
            Valuation.expires_on,
            _shown().label("photos"),
        )
        .join(Vehicle, Vehicle.id == Listing.vehicle_id)
        .join(Dealer, Dealer.id == Listing.dealer_id)
        .join(Tenant, Tenant.id == Listing.tenant_id)
        .outerjoin(Valuation, (Valuation.listing_id == Listing.id) & is_analysis())
    )


def _shown() -> ScalarSelect[str]:
    """Ask for the photos of a listing as one text: five rows a car would cost more than the car."""
    number = func.substr(cast(Photo.position + 100_000, String), 2)
    photo = number + case((Photo.primary, PRIMARY), else_=".") + Photo.content_hash
    ready = (Photo.listing_id == Listing.id, Photo.state == PhotoState.READY, Photo.content_hash.is_not(None))
    return select(func.aggregate_strings(photo, " ")).where(*ready).correlate(Listing).scalar_subquery()


def _documents(rows: Sequence[Row[*tuple[Any, ...]]], today: date) -> Iterator[Document]:
    return (_document(row, _read_photos(row.photos or ""), today) for row in rows)


def _read_photos(written: str) -> tuple[PhotoRef, ...]:
    return tuple([PhotoRef(photo[DIGITS + 1 :], photo[DIGITS] == PRIMARY) for photo in sorted(written.split())])


def _document(row: Row[*tuple[Any, ...]], photos: tuple[PhotoRef, ...], today: date) -> Document:
    label = label_in_force(row.label, row.valued_cents, row.expires_on, row.price_cents, today)
    own_place = row.latitude is not None and row.longitude is not None
    latitude, longitude = (row.latitude, row.longitude) if own_place else (row.dealer_latitude, row.dealer_longitude)
    year = year_of(row.year, row.first_registered)
    return Document(
        id=row.id,
        tenant_id=row.tenant_id,
        dealer_id=row.dealer_id,
        market=row.plan is Plan.PREMIUM,
        status=int(row.status),
        price_cents=row.price_cents,
        currency=row.currency,
        listed_at=row.listed_at,
        view_count=row.view_count,
        make=row.make,
        make_slug=row.make_slug,
        model=row.model,
        model_slug=row.model_slug,
        version=row.version,
        year=year,
        mileage_km=row.mileage_km,
        power_kw=row.power_kw,
        colour=row.colour,
        body=row.body,
        fuel=row.fuel,
        transmission=row.transmission,
        drive=row.drive,
        features=(*row.features, *row.features_other),
        description=row.description,
        dealer_name=row.dealer_name,
        dealer_city=row.dealer_city,
        city_slug=_city(row.city or row.dealer_city, row.country or row.dealer_country, row.home),
        latitude=latitude,
        longitude=longitude,
        location=location(latitude, longitude),
        label=label,
        quality=quality_of(
            row.listed_at.date(),
            today,
            label,
            known=_given(row, year),
            asked=ASKED,
            described=len(row.description),
            photos=len(photos),
        ),
        photos=photos,
    )


@lru_cache(maxsize=65536)
def _city(city: str, country: str, home: str) -> str:
    return (city_key(city, country, home) or "").removeprefix("city:")


def year_of(year: int | None, first_registered: date | None) -> int | None:
    """Give the year a buyer filters by: that of the first registration, else the model year."""
    return year if first_registered is None else first_registered.year


@lru_cache(maxsize=8192)
def _named(make: str, model: str) -> tuple[str, ...]:
    return (*_read(f"{make} {model}"), *names_of(make, model))


@lru_cache(maxsize=32768)
def _said(text: str) -> tuple[str, ...]:
    return tuple(_read(text))


def _read(text: str) -> list[str]:
    """Give the words of a text, names with a hyphen also in one, and what several mean together."""
    if not text:
        return []
    words, names = names_in(text)
    return [*words, *names, *meant_in(words)]


def _but(wrong: frozenset[str], *words: Sequence[str], before: Sequence[str] = ()) -> tuple[str, ...]:
    """Give words, each once, without those that are wrong of a car, unless its name says them."""
    found = dict.fromkeys(chain(before, *words))
    if not wrong.isdisjoint(found):
        for word in wrong.difference(before):
            found.pop(word, None)
    return tuple(found)
