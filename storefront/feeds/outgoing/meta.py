"""Meta's automotive inventory (Facebook, Instagram): CSV with nested fields flattened (SEO.md §14).

Every value here is read by a machine, so nothing is changed to please a spreadsheet: open the plain CSV for that.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from .item import Channel, StockItem, one_per_vin
from .writing import amount, clean, cut, one_line, table

PICTURES = 20
COLUMNS = (
    "vehicle_id",
    "vin",
    "title",
    "description",
    "url",
    "make",
    "model",
    "year",
    "mileage.value",
    "mileage.unit",
    *(name for number in range(PICTURES) for name in (f"image[{number}].url", f"image[{number}].tag[0]")),
    "body_style",
    "price",
    "sale_price",
    "exterior_color",
    "state_of_vehicle",
    "address",
    "latitude",
    "longitude",
    "availability",
    "fuel_type",
    "transmission",
    "drivetrain",
    "trim",
    "date_first_on_lot",
    "dealer_id",
    "dealer_name",
)
BODIES: Mapping[str, str] = {
    "hatchback": "HATCHBACK",
    "city": "HATCHBACK",
    "saloon": "SEDAN",
    "estate": "WAGON",
    "suv": "SUV",
    "coupe": "COUPE",
    "convertible": "CONVERTIBLE",
    "mpv": "MINIVAN",
    "van": "VAN",
    "pickup": "TRUCK",
}
FUELS: Mapping[str, str] = {
    "petrol": "GASOLINE",
    "diesel": "DIESEL",
    "electric": "ELECTRIC",
    "hybrid": "HYBRID",
    "plugin_hybrid": "PLUGIN_HYBRID",
    "ethanol": "FLEX",
}
TRANSMISSIONS: Mapping[str, str] = {"manual": "MANUAL", "automatic": "AUTOMATIC", "semi_automatic": "AUTOMATIC"}
DRIVES: Mapping[str, str] = {"front": "FWD", "rear": "RWD", "all": "AWD"}
TITLE, DESCRIPTION = 500, 5_000


def write(channel: Channel, items: Sequence[StockItem]) -> bytes:
    """Write the feed; cars that Meta does not take are left out (`refusal`), of equal VINs all but one."""
    return table(COLUMNS, (_row(item) for item in accepted(items)), delimiter=",", line_end="\r\n")


def accepted(items: Sequence[StockItem]) -> list[StockItem]:
    """Give the cars that Meta takes, in their order; those sold of late and reserved ones among them."""
    return one_per_vin((item for item in items if refusal(item) is None), _is_available)


def refusal(item: StockItem) -> str | None:
    """Say why Meta would not take a car: its state, or the first thing it lacks; None when it is fit."""
    if item.state == "incoming":
        return item.state
    return next(_missing(item), None)


def _missing(item: StockItem) -> Iterator[str]:
    required = {
        "vin": item.has_vin,
        "image[0].url": bool(item.pictures),
        "price": item.price_cents is not None and item.price_cents > 0,
        "year": item.year is not None,
        "mileage.value": item.mileage_km is not None,
        "exterior_color": bool(item.colour_name),
        "address": bool(item.seller.city),
    }
    yield from (column for column, is_there in required.items() if not is_there)


def _row(item: StockItem) -> list[str]:
    return [
        item.id,
        item.vin or "",
        cut(one_line(item.title), TITLE),
        cut(clean(item.description) or one_line(item.title), DESCRIPTION),
        item.url,
        one_line(item.make),
        one_line(item.model),
        str(item.year),
        str(item.mileage_km),
        "KM",
        *_pictures(item),
        BODIES.get(item.body or "", "OTHER"),
        *_prices(item),
        one_line(item.colour_name or ""),
        "NEW" if item.condition == "new" else "USED",
        _address(item),
        "" if item.seller.latitude is None else f"{item.seller.latitude:.5f}",
        "" if item.seller.longitude is None else f"{item.seller.longitude:.5f}",
        "AVAILABLE" if _is_available(item) else "NOT_AVAILABLE",
        "" if item.fuel is None else FUELS.get(item.fuel, "OTHER"),
        "" if item.transmission is None else TRANSMISSIONS.get(item.transmission, "OTHER"),
        DRIVES.get(item.drive or "", ""),
        one_line(item.version),
        "" if item.listed_on is None else item.listed_on.isoformat(),
        item.seller.id,
        one_line(item.seller.name),
    ]


def _is_available(item: StockItem) -> bool:
    return item.state == "active"


def _pictures(item: StockItem) -> Iterator[str]:
    for number in range(PICTURES):
        picture = item.pictures[number] if number < len(item.pictures) else None
        yield "" if picture is None else picture.url
        yield "" if picture is None else picture.kind.capitalize()


def _prices(item: StockItem) -> tuple[str, str]:
    """Give the price, and with a reduction that may be announced the old one with the new one as sale price."""
    now = _price(item.price_cents or 0, item.currency)
    if item.old_price_cents is None or not _is_available(item):
        return now, ""
    return _price(item.old_price_cents, item.currency), now


def _price(cents: int, currency: str) -> str:
    return f"{amount(cents).removesuffix('.00')} {currency}"


def _address(item: StockItem) -> str:
    seller = item.seller
    parts = {
        "addr1": one_line(seller.street),
        "city": one_line(seller.city),
        "region": "",
        "postal_code": one_line(seller.postal_code),
        "country": seller.country,
    }
    return json.dumps(parts, ensure_ascii=False)
