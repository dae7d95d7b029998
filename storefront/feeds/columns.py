"""Our own columns: what a row of plain named values means, for our CSV and for every CSV mapped onto it."""

import re
from collections.abc import Mapping
from datetime import date

from storefront.domain.listings.stock import StockItem
from storefront.feeds import text, values, words
from storefront.feeds.draft import Draft
from storefront.feeds.values import Notation

CODES = (
    "condition",
    "body",
    "fuel",
    "transmission",
    "drive",
    "colour",
    "interior_colour",
    "interior_material",
    "vat",
    "emission_class",
    "emission_sticker",
)
NUMBERS: Mapping[str, str] = {
    "mileage_km": "mileage_km",
    "gears": "gears",
    "doors": "doors",
    "seats": "seats",
    "power_kw": "power_kw",
    "displacement_ccm": "displacement_ccm",
    "cylinders": "cylinders",
    "previous_owners": "previous_owners",
    "warranty_months": "warranty_months",
    "consumption_combined": "consumption_combined",
    "consumption_urban": "consumption_urban",
    "consumption_extra_urban": "consumption_extra_urban",
    "consumption_electric": "consumption_electric",
    "co2_g_km": "co2_g_km",
    "consumption_discharged": "consumption_discharged",
    "co2_discharged_g_km": "co2_discharged_g_km",
    "torque_nm": "torque_nm",
    "electric_range_km": "electric_range_km",
    "battery_kwh": "battery_kwh_tenths",
}
"""Column -> field of the record; consumption in l (kWh) per 100 km, battery in kWh, with decimals."""
YES_NO = ("metallic", "accident_free", "damaged", "negotiable")
TEXTS = ("stock_number", "colour_text")
DATES = ("inspection_until", "listed_on")
OTHERS = (
    "id",
    "kind",
    "make",
    "model",
    "version",
    "price",
    "first_registered",
    "year",
    "month",
    "description",
    "features",
    "photos",
)
COLUMNS = (*OTHERS, *CODES, *NUMBERS, *YES_NO, *TEXTS, *DATES, "vin", "postal_code", "country", "currency")
"""Every column there is."""
REQUIRED = ("id", "make", "model", "price")


def items(draft: Draft, row: Mapping[str, str], notation: Notation) -> list[StockItem]:
    """Read one row of our columns into a draft and give what comes of it."""
    draft.put("kind", (words.code_for("kind", row["kind"]) or row["kind"]) if row.get("kind") else "car")
    draft.car(row.get("make", ""), row.get("model", ""), row.get("version", ""))
    draft.price(values.number(row.get("price", ""), notation))
    for column in CODES:
        draft.code(column, row.get(column, ""))
    for column, field_name in NUMBERS.items():
        if row.get(column):
            _number(draft, column, field_name, row[column], notation)
    for column in YES_NO:
        _yes_no(draft, column, row.get(column, ""))
    for column in TEXTS:
        draft.words(column, row.get(column, ""))
    for column in DATES:
        draft.put(column, _date(draft, column, row.get(column, "")))
    _registration(draft, row)
    draft.vin(row.get("vin", ""))
    draft.place(row.get("postal_code", ""), row.get("country", ""))
    draft.currency(row.get("currency", ""))
    draft.put("description", text.clean(row.get("description", "").replace(r"\n", "\n")))
    draft.equipment(row.get("features", "").split("|"))
    draft.photos(re.split(r"[|\s]+", row.get("photos", "")))
    return draft.items()


def _number(draft: Draft, column: str, field_name: str, written: str, notation: Notation) -> None:
    value = values.number(written, notation)
    if value is None:
        draft.note(column, f'"{written[:40]}" is no number and was left out.')
    draft.number(field_name, value)


def _yes_no(draft: Draft, column: str, written: str) -> None:
    try:
        value = values.yes(written)
    except ValueError as error:
        draft.note(column, f"{error}; it was left out.")
        return
    if value is not None:
        draft.put(column, value)


def _date(draft: Draft, column: str, written: str) -> date | None:
    try:
        return values.day(written)
    except ValueError as error:
        draft.note(column, f"{error}; it was left out.")
        return None


def _registration(draft: Draft, row: Mapping[str, str]) -> None:
    """Take `first_registered`, or `year` with or without `month`; a month outside 1-12 is left out, the year stays."""
    first = _date(draft, "first_registered", row.get("first_registered", ""))
    if first is not None:
        draft.registered(first)
        return
    year = values.number(row.get("year", ""), Notation(".", ""))
    if year is None:
        return
    draft.put("year", values.whole(year))
    month = values.number(row.get("month", ""))
    if month is None:
        return
    if 1 <= month <= 12 and 1 <= year <= 9999:
        draft.registered(date(int(year), int(month), 1))
    elif not 1 <= month <= 12:
        draft.note("month", f"Month {month:f} of the first registration does not exist; only the year was taken.")
