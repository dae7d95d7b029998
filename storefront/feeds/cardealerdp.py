"""Cardealer DP 0.3: an open data package of one dealer's cars in JSON (github.com/datisthq/cardealerdp)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from storefront.domain.listings.stock import Refused, StockItem
from storefront.feeds import values
from storefront.feeds.draft import Draft, Told
from storefront.feeds.errors import FeedError
from storefront.feeds.source import Limits, opened

_REQUIRED = ("url", "title", "price", "currency", "mileage", "brand", "model", "fuel", "gearbox")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")
"""Numbers that an exporter put into quotation marks."""
_BODIES = {"small": "city", "sport": "coupe", "cabrio": "convertible", "van": "mpv"}
"""Its categories where its words mean another thing than ours."""
_DOORS = {"twothree": 3, "fourfive": 5, "sixseven": 7}
"""It counts doors in pairs; we take the one with the tailgate."""
_NUMBERS = {
    "mileage": "mileage_km",
    "cubics": "displacement_ccm",
    "seats": "seats",
    "owners": "previous_owners",
    "warranty": "warranty_months",
    "range": "electric_range_km",
    "battery": "battery_kwh_tenths",
}


def is_cardealerdp(document: object) -> bool:
    """Ask whether a JSON document is a data package with cars."""
    return isinstance(document, dict) and isinstance(document.get("resources"), list)


def read(path: Path, limits: Limits) -> Iterator[StockItem]:
    """Read the cars of a Cardealer DP package.

    Raises:
        FeedError: no such package, or over a limit.
    """
    document = _package(load(path, limits))
    if not is_cardealerdp(document):
        raise FeedError(f"{path.name}: a Cardealer DP package has a list of resources; this file has none.")
    if not any(_named(document, "car")):
        raise FeedError(f"{path.name}: there is no resource named car with its data in the file.")
    places = dict(_places(document))
    cars = [car for resource in _named(document, "car") for car in resource.get("data") or []]
    if len(cars) > limits.rows:
        raise FeedError(f"{path.name} has more than {limits.rows} cars; split it.")
    told = Told()
    for row, car in enumerate(cars, start=1):
        yield from _items(row, car, places, told)


def _package(document: Any) -> Any:
    """Take a single resource, or its bare list of cars, for the package that holds it."""
    if isinstance(document, dict) and "resources" not in document and isinstance(document.get("data"), list):
        return {"resources": [{"name": "car", **document}]}
    if isinstance(document, list) and document and isinstance(document[0], dict):
        return {"resources": [{"name": "car", "data": document}]}
    return document


def load(path: Path, limits: Limits) -> Any:
    """Read a JSON file that fits into memory.

    Raises:
        FeedError: too large or no JSON.
    """
    with opened(path, limits) as source:
        content = source.read(limits.document + 1)
    if len(content) > limits.document:
        raise FeedError(f"{path.name} is larger than {limits.document // 1_048_576} MB; split it.")
    try:
        return orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise FeedError(f"{path.name}: line {error.lineno}: no JSON, {error.msg}.") from error


def _items(row: int, car: object, places: Mapping[str, str], told: Told) -> list[StockItem]:
    if not isinstance(car, dict):
        return [Refused(row, None, "row", "The entry is no object with fields.")]
    source_id = _word(car, "url").strip()
    missing = [name for name in _REQUIRED if car.get(name) in (None, "")]
    if missing:
        return [Refused(row, source_id or None, missing[0], f"The required field {missing[0]} is missing.")]
    if not source_id:
        return [Refused(row, None, "url", "The field url is no text, so the car could not be found again.")]
    draft = Draft(row, source_id, told)
    draft.keep("title", _word(car, "title"))
    draft.car(_word(car, "brand"), _word(car, "model"), _word(car, "version"))
    draft.price(_number(draft, car, "price"))
    draft.currency(_word(car, "currency"))
    _description(draft, car)
    for name, field_name in _NUMBERS.items():
        draft.number(field_name, _number(draft, car, name))
    power = _number(draft, car, "power")
    draft.number("power_kw", power * values.UNITS["PS"] if power else None)
    _registration(draft, car)
    draft.vin(_word(car, "vin"))
    draft.place(places.get(_word(car, "showroomId"), ""), "")
    return draft.items()


def _description(draft: Draft, car: Mapping[str, Any]) -> None:
    category = _word(car, "category")
    draft.code("body", _BODIES.get(category, category))
    draft.code("fuel", _word(car, "fuel"))
    draft.code("transmission", _word(car, "gearbox"))
    draft.code("colour", _word(car, "color"))
    doors = _DOORS.get(_word(car, "door"))
    if doors:
        draft.put("doors", doors)


def _registration(draft: Draft, car: Mapping[str, Any]) -> None:
    year, month = _number(draft, car, "year"), _number(draft, car, "month")
    if year is None:
        return
    draft.put("year", values.whole(year))
    if month is None:
        return
    if 1 <= month <= 12 and 1 <= year <= 9999:
        draft.registered(date(int(year), int(month), 1))
    else:
        draft.note("month", f"Month {month:f} of the first registration does not exist; only the year was taken.")


def _places(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the postal code of each showroom, and the dealer's under the empty name."""
    for resource in _named(document, "dealer"):
        for dealer in resource.get("data") or []:
            if isinstance(dealer, dict):
                yield "", _word(dealer, "postcode")
    for resource in _named(document, "showroom"):
        for showroom in resource.get("data") or []:
            if isinstance(showroom, dict):
                yield _word(showroom, "id"), _word(showroom, "postcode")


def _named(document: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    for resource in document["resources"]:
        if isinstance(resource, dict) and resource.get("name") == name and isinstance(resource.get("data"), list):
            yield resource


def _word(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _number(draft: Draft, entry: Mapping[str, Any], name: str) -> Decimal | None:
    value = entry.get(name)
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15:
        return Decimal(str(value))
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    draft.note(name, f'"{str(value)[:40]}" is no number and was left out.')
    return None
