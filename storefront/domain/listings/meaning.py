"""What a stock record means, field by field, in a form that two exports of the same car agree on.

Kept with the listing (`ListingSource.meaning`), so that the next import changes only what the dealer changed, and a
person's own edit of a field stands until the export says something new about it.
"""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from typing import Any

from storefront.domain.vehicles.vocabulary import folded

from .stock import StockRecord

VEHICLE_FIELDS = (
    "vin",
    "make",
    "model",
    "version",
    "year",
    "first_registered",
    "condition",
    "body",
    "fuel",
    "transmission",
    "gears",
    "drive",
    "colour",
    "colour_text",
    "metallic",
    "interior_colour",
    "interior_material",
    "doors",
    "seats",
    "power_kw",
    "displacement_ccm",
    "cylinders",
    "mileage_km",
    "previous_owners",
    "accident_free",
    "damaged",
    "warranty_months",
    "inspection_until",
    "consumption_combined",
    "consumption_urban",
    "consumption_extra_urban",
    "consumption_electric",
    "co2_g_km",
    "consumption_discharged",
    "co2_discharged_g_km",
    "torque_nm",
    "emission_class",
    "emission_sticker",
    "electric_range_km",
    "battery_kwh_tenths",
    "features",
    "features_other",
)
"""Fields of the record that are columns of the vehicle, by the same name."""
LISTING_FIELDS = ("stock_number", "price_cents", "currency", "vat", "negotiable", "postal_code")
"""Fields of the record that are columns of the listing, by the same name."""
TEXT = "description"
PHOTOS = "photo_urls"
GONE = "withdrawn"
"""Set when an import took the offer back; only such an offer does an import bring again."""


def meaning_of(record: StockRecord) -> dict[str, Any]:
    """Give what the record says, without what is not said; long values as digests, the text without its layout."""
    said = {name: _plain(getattr(record, name)) for name in (*VEHICLE_FIELDS, *LISTING_FIELDS)}
    said[TEXT] = _text_digest(record) if record.description or record.boilerplate else None
    said[PHOTOS] = _digest(list(record.photo_urls)) if record.photo_urls else None
    if record.first_registered is not None:
        del said["year"]
    return {name: value for name, value in said.items() if _is_said(name, value)}


def _is_said(name: str, value: Any) -> bool:
    """Ask whether a value tells something: 0 owners and a `no` to freedom from accidents do, a plain `no` does not."""
    return value not in (None, "", []) if value is not False else name == "accident_free"


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Name the fields of which two meanings say different things."""
    return sorted(name for name in before.keys() | after.keys() if name != GONE and before.get(name) != after.get(name))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        words = list(value)
        return words if len(words) <= 3 else _digest(words)
    return value


def _text_digest(record: StockRecord) -> str:
    """Digest the lines of the whole text, own and repeated: how it was parted or laid out is not a change."""
    lines = f"{record.description}\n{record.boilerplate}".split("\n")
    return _digest(sorted(key for key in map(folded, lines) if key))


def _digest(value: list[str]) -> str:
    return blake2b(json.dumps(value, ensure_ascii=False).encode(), digest_size=12).hexdigest()
