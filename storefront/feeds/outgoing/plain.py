"""What our own three formats (CSV, XML, JSON) say of a car: the same names and values in each (docs/feeds.md)."""

from collections.abc import Sequence

from .item import StockItem
from .writing import amount, clean, one_line

Value = str | int | float | bool | list[str] | None

OFFERED = frozenset({"active", "reserved"})
"""States of cars that the plain formats hold; sold ones and those still to come are left out."""
TEXTS = frozenset(
    {"title", "make", "model", "version", "colour_name", "stock_number", "description", "features"}
    | {"dealer_name", "dealer_street", "dealer_postal_code", "dealer_city"}
)
"""Fields a person wrote; all others have a form of their own (codes, numbers, dates, addresses)."""


def offered(items: Sequence[StockItem]) -> list[StockItem]:
    """Give the cars on offer, in their order."""
    return [item for item in items if item.state in OFFERED]


def record(item: StockItem) -> dict[str, Value]:
    """Give a car's fields in their order; None is not known. Amounts are decimal texts, measures numbers."""
    seller = item.seller
    return {
        "id": item.id,
        "state": item.state,
        "url": item.url,
        "title": one_line(item.title),
        "make": one_line(item.make),
        "model": one_line(item.model),
        "version": one_line(item.version),
        "condition": item.condition,
        "year": item.year,
        "first_registered": None if item.first_registered is None else item.first_registered.strftime("%Y-%m"),
        "mileage_km": item.mileage_km,
        "price": None if item.price_cents is None else amount(item.price_cents),
        "old_price": None if item.old_price_cents is None else amount(item.old_price_cents),
        "currency": item.currency,
        "vat": item.vat,
        "vat_rate": None if item.vat_rate is None else item.vat_rate / 10,
        "body": item.body,
        "fuel": item.fuel,
        "transmission": item.transmission,
        "gears": item.gears,
        "drive": item.drive,
        "power_kw": item.power_kw,
        "displacement_ccm": item.displacement_ccm,
        "torque_nm": item.torque_nm,
        "doors": item.doors,
        "seats": item.seats,
        "colour": item.colour,
        "colour_name": None if item.colour_name is None else one_line(item.colour_name),
        "previous_owners": item.previous_owners,
        "accident_free": item.accident_free,
        "damaged": item.damaged or item.condition == "damaged",
        "vin": item.vin if item.has_vin else None,
        "stock_number": one_line(item.stock_number),
        **_energy(item),
        "listed_on": None if item.listed_on is None else item.listed_on.isoformat(),
        "changed_at": None if item.changed_at is None else item.changed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "dealer_id": seller.id,
        "dealer_name": one_line(seller.name),
        "dealer_street": one_line(seller.street),
        "dealer_postal_code": one_line(seller.postal_code),
        "dealer_city": one_line(seller.city),
        "dealer_country": seller.country,
        "dealer_phone": seller.phone,
        "latitude": seller.latitude,
        "longitude": seller.longitude,
        "features": [one_line(feature) for feature in item.features],
        "images": [picture.url for picture in item.pictures],
        "description": clean(item.description),
    }


def _energy(item: StockItem) -> dict[str, Value]:
    return {
        "consumption_combined": _tenth(item.consumption_combined),
        "consumption_electric": _tenth(item.consumption_electric),
        "consumption_discharged": _tenth(item.consumption_discharged),
        "co2_g_km": item.co2_g_km,
        "co2_class": item.co2_class,
        "co2_discharged_g_km": item.co2_discharged_g_km,
        "co2_class_discharged": item.co2_class_discharged,
        "emission_class": item.emission_class,
        "electric_range_km": item.electric_range_km,
        "battery_kwh": _tenth(item.battery_kwh_tenths),
    }


def _tenth(value: int | None) -> float | None:
    return None if value is None else value / 10
