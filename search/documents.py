"""What is found: one document a car on offer (SPEC 57), made of today's rows.

The words of a car stand in four fields, from best to least: its name, its dealer, its equipment, its description (SPEC,
search weights). A price on request or an unknown year is `None`, and no bound lets it pass.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources
from uuid import UUID

from sqlalchemy import Select, select

from storefront.core.db import db
from storefront.domain.dealers.models import Dealer, DealerStatus
from storefront.domain.listings.models import Listing, ListingStatus, Photo, PhotoState
from storefront.domain.vehicles.models import Vehicle

from .text import indexed_words

CHUNK = 500
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
    latitude: float | None
    """Of the car's own place, else the dealer's."""
    longitude: float | None
    photos: tuple[PhotoRef, ...]

    def words(self) -> Mapping[str, tuple[str, ...]]:
        """Give the words of each field of `FIELDS`, folded."""
        named = _called()
        codes = [("body", self.body), ("fuel", self.fuel), ("transmission", self.transmission)]
        codes += [("drive", self.drive), ("colour", self.colour)]
        called = [named.get(group, {}).get(code, code) for group, code in codes if code is not None]
        known = [feature.replace("_", " ") for feature in self.features]
        year = [] if self.year is None else [str(self.year)]
        texts = {
            "name": [self.make, self.model, self.version],
            "dealer": [self.dealer_name, self.dealer_city],
            "equipment": [*called, *known, *year],
            "description": [self.description],
        }
        return {field: _words(texts[field]) for field in FIELDS}


def documents_of(listing_ids: Sequence[UUID]) -> Iterator[Document]:
    """Give the documents of those listings that may be found today, in chunks; the others are left out (SPEC 49)."""
    for start in range(0, len(listing_ids), CHUNK):
        chunk = listing_ids[start : start + CHUNK]
        yield from _documents(_on_offer().where(Listing.id.in_(chunk)))


def all_documents() -> Iterator[Document]:
    """Give the documents of all cars of the open tenant that may be found today, in chunks by id."""
    last: UUID | None = None
    while True:
        wanted = _on_offer().order_by(Listing.id).limit(CHUNK)
        chunk = _documents(wanted if last is None else wanted.where(Listing.id > last))
        yield from chunk
        if len(chunk) < CHUNK:
            return
        last = chunk[-1].id


def _on_offer() -> Select[Listing, Vehicle, Dealer]:
    return (
        select(Listing, Vehicle, Dealer)
        .join(Vehicle, Vehicle.id == Listing.vehicle_id)
        .join(Dealer, Dealer.id == Listing.dealer_id)
        .where(Listing.status == ListingStatus.ACTIVE, Dealer.status == DealerStatus.ACTIVE)
    )


def _documents(wanted: Select[Listing, Vehicle, Dealer]) -> list[Document]:
    rows = db.session.execute(wanted).all()
    photos = _photos([listing.id for listing, _, _ in rows])
    return [_document(*row, tuple(photos.get(row[0].id, ()))) for row in rows]


def _photos(listing_ids: list[UUID]) -> dict[UUID, list[PhotoRef]]:
    found: dict[UUID, list[PhotoRef]] = {}
    wanted = (
        select(Photo.listing_id, Photo.content_hash, Photo.primary)
        .where(Photo.listing_id.in_(listing_ids), Photo.state == PhotoState.READY)
        .order_by(Photo.listing_id, Photo.position)
    )
    for listing_id, content_hash, primary in db.session.execute(wanted):
        if content_hash is not None:
            found.setdefault(listing_id, []).append(PhotoRef(content_hash, primary))
    return found


def _document(listing: Listing, vehicle: Vehicle, dealer: Dealer, photos: tuple[PhotoRef, ...]) -> Document:
    own_place = listing.latitude is not None and listing.longitude is not None
    return Document(
        id=listing.id,
        tenant_id=listing.tenant_id,
        dealer_id=listing.dealer_id,
        market=dealer.on_marketplace,
        status=int(listing.status),
        price_cents=listing.price_cents,
        currency=listing.currency,
        listed_at=listing.listed_at,
        view_count=listing.view_count,
        make=vehicle.make,
        make_slug=vehicle.make_slug,
        model=vehicle.model,
        model_slug=vehicle.model_slug,
        version=vehicle.version,
        year=year_of(vehicle),
        mileage_km=vehicle.mileage_km,
        colour=vehicle.colour,
        body=vehicle.body,
        fuel=vehicle.fuel,
        transmission=vehicle.transmission,
        drive=vehicle.drive,
        features=(*vehicle.features, *vehicle.features_other),
        description=listing.description,
        dealer_name=dealer.name,
        dealer_city=dealer.city,
        latitude=listing.latitude if own_place else dealer.latitude,
        longitude=listing.longitude if own_place else dealer.longitude,
        photos=photos,
    )


def year_of(vehicle: Vehicle) -> int | None:
    """Give the year a buyer filters by: that of the first registration, else the model year."""
    return vehicle.year if vehicle.first_registered is None else vehicle.first_registered.year


def _words(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for text in texts if text for word in indexed_words(text)))


@lru_cache(maxsize=1)
def _called() -> Mapping[str, Mapping[str, str]]:
    called: Mapping[str, Mapping[str, str]] = tomllib.loads(
        resources.files(__package__).joinpath("words.toml").read_text("utf-8")
    )
    return called
