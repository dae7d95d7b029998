"""What an imported car is written as: the column values of its rows, from the record (docs/importing.md)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select

from storefront.core.changes import insert_many
from storefront.core.db import db
from storefront.core.ids import new_id, new_public_id
from storefront.core.slugs import slug
from storefront.domain.dealers.models import Dealer, DealerText
from storefront.domain.vehicles.models import Vehicle

from .actions import Offer, listing_values
from .meaning import LISTING_FIELDS, TEXT, VEHICLE_FIELDS
from .models import Listing, PhotoState, PriceReason
from .stock import StockRecord
from .whereabouts import whereabouts

VAT_TENTHS = {"DE": 190, "AT": 200, "FR": 200, "IT": 220, "NL": 210, "BE": 210, "LU": 170, "CZ": 210, "CH": 81}
"""Standard rate by the dealer's country, in tenths of a percent."""
NO_MODEL = "other"
"""Address word of cars whose export names no model."""


@dataclass
class Rows:
    """Makes the rows of one import; remembers the texts and places it has looked up."""

    dealer: Dealer
    format: str
    now: datetime
    actor: str
    _texts: dict[str, UUID] = field(default_factory=dict)
    _spots: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def new_vehicle(self, record: StockRecord) -> dict[str, Any]:
        """Give a new vehicle's values."""
        stamps = {"dealer_id": self.dealer.id, "created_at": self.now, "updated_at": self.now}
        return {"id": new_id(), **self.vehicle_values(record, VEHICLE_FIELDS), **stamps}

    def vehicle_values(self, record: StockRecord, fields: Iterable[str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name in fields:
            value = getattr(record, name)
            values[name] = list(value) if isinstance(value, tuple) else value
        if "make" in values:
            values["make_slug"] = slug(record.make)
        if "model" in values:
            values["model_slug"] = slug(record.model, fallback=NO_MODEL)
        return values

    def new_listing(self, record: StockRecord, vehicle: dict[str, Any]) -> dict[str, Any]:
        offer = Offer(
            price_cents=record.price_cents,
            currency=record.currency,
            vat=record.vat,
            vat_rate=self._vat_rate(record),
            negotiable=record.negotiable,
            description=record.description,
            stock_number=_stock_number(record),
            postal_code=record.postal_code,
            extra={
                "public_id": new_public_id(),
                "source": self.format,
                "source_id": record.source_id,
                "text_id": self._text_id(record.boilerplate),
                "listed_at": self._listed_at(record),
                **self._spot(record),
            },
        )
        return {"id": new_id(), **listing_values(self.dealer, Vehicle(**vehicle), offer, self.now)}

    def _listed_at(self, record: StockRecord) -> datetime:
        if record.listed_on is None:
            return self.now
        return min(self.now, datetime.combine(record.listed_on, time(), UTC))

    def _vat_rate(self, record: StockRecord) -> int | None:
        return VAT_TENTHS.get(self.dealer.country) if record.vat == "standard" else None

    def _spot(self, record: StockRecord) -> dict[str, Any]:
        """Find where the car stands, if the export gives a postal code of its own."""
        key = (record.country or self.dealer.country, record.postal_code or "")
        if key not in self._spots:
            self._spots[key] = whereabouts(*key)
        return self._spots[key]

    def _text_id(self, body: str) -> UUID | None:
        """Keep a repeated text once per dealer."""
        if not body:
            return None
        digest = sha256(body.encode()).hexdigest()
        if digest not in self._texts:
            here = (DealerText.dealer_id == self.dealer.id, DealerText.digest == digest)
            found = db.session.scalar(select(DealerText.id).where(*here))
            if found is None:
                found = new_id()
                insert_many(DealerText, [{"id": found, "dealer_id": self.dealer.id, "digest": digest, "body": body}])
            self._texts[digest] = found
        return self._texts[digest]

    def source_values(self, listing_id: UUID, record: StockRecord, said: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": new_id(),
            "dealer_id": self.dealer.id,
            "listing_id": listing_id,
            "format": self.format,
            "raw": record.raw,
            "meaning": said,
            "seen_at": self.now,
        }

    def price_values(self, listing_id: UUID, old: int | None, new: dict[str, Any]) -> dict[str, Any]:
        """Give a line of the price history, dated when we learned of it.

        An export says since when a car is offered, but not at which price, and the 30 days of a reduction may only be
        counted over prices that are known (SEO.md §4).
        """
        return {
            "id": new_id(),
            "dealer_id": self.dealer.id,
            "listing_id": listing_id,
            "old_cents": old,
            "new_cents": new["price_cents"],
            "currency": new["currency"],
            "reason": PriceReason.MARKET_ADJUSTMENT,
            "notes": None,
            "actor": self.actor,
            "at": self.now,
        }

    def photo_values(self, listing_id: UUID, numbered: Iterable[tuple[int, str]]) -> list[dict[str, Any]]:
        return [
            {
                "id": new_id(),
                "dealer_id": self.dealer.id,
                "listing_id": listing_id,
                "position": position,
                "primary": position == 0,
                "state": PhotoState.QUEUED,
                "source_url": url,
                "created_at": self.now,
            }
            for position, url in numbered
        ]

    def offer_values(self, record: StockRecord, changed: list[str], listing: Listing) -> dict[str, Any]:
        values: dict[str, Any] = {name: getattr(record, name) for name in changed if name in LISTING_FIELDS}
        if "stock_number" in values:
            values["stock_number"] = _stock_number(record) or listing.stock_number
        if "vat" in values:
            values["vat_rate"] = self._vat_rate(record)
        if "postal_code" in values:
            values |= self._spot(record)
        if TEXT in changed:
            values |= {"description": record.description, "text_id": self._text_id(record.boilerplate)}
        return values


def _stock_number(record: StockRecord) -> str | None:
    """Give the dealer's number for the car: the export's own, or its short key (SEO.md §2: ASCII, no blanks)."""
    for number in (record.stock_number, record.source_id if len(record.source_id) <= 20 else None):
        written = "".join(letter for letter in number or "" if "!" <= letter <= "~")[:60]
        if written:
            return written
    return None
