"""The fields only a request page has: raw strings to the details of an inquiry, errors by field. It writes nothing.

Names are those of `pages.forms.EXTRAS`: `car drive_day drive_time` of a test drive, `trade_make trade_model
trade_registered trade_mileage trade_fuel trade_condition car` of a trade-in. Rules that need the dealer's calendar (a
day in the past) are the domain's; `FIELDS` says which field its refusal belongs to.
"""

import re
from collections.abc import Mapping
from datetime import date

from storefront.domain.leads.details import (
    CONDITION_LENGTH,
    MOST_KM,
    NAME_LENGTH,
    Details,
    TestDriveWish,
    TimeOfDay,
    TradeIn,
)
from storefront.domain.leads.models import InquiryKind
from storefront.domain.vehicles.vocabulary import FUELS
from storefront.pages.forms import EXTRAS
from themes import Words

FIELDS = {"day": "drive_day", "registered": "trade_registered"}
"""What the domain calls a field → what the form calls it, and its words."""
_KINDS = {InquiryKind.TEST_DRIVE: "test_drive", InquiryKind.TRADE_IN: "trade_in"}
_MONTH = re.compile(r"(?:(?P<month>0?[1-9]|1[0-2])\s*[./-]\s*)?(?P<year>\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})\s*[./-]\s*(?P<month>0?[1-9]|1[0-2])", re.ASCII)
_KM = re.compile(r"(?P<n>\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})+|\d{1,9})\s*(?:km)?", re.ASCII | re.IGNORECASE)
_Errors = dict[str, str]


def request_kind(kind: InquiryKind, extras: Mapping[str, str]) -> str:
    """Give which request page a form came from, empty for the inquiry form all pages have.

    Args:
        kind: of the inquiry.
        extras: the extra fields that were sent, filled in or not.
    """
    name = _KINDS.get(kind, "")
    own = set(EXTRAS.get(name, ())) - {"car"}
    return name if own & extras.keys() else ""


def read(request: str, extras: Mapping[str, str], listing: str, words: Words) -> tuple[Details, _Errors]:
    """Read the fields of a request page.

    Args:
        request: its kind, from `request_kind`; empty reads nothing.
        extras: the fields as typed.
        listing: public id of the car, where one is named; the car's name in words then says nothing more.
        words: the live layer's, in the visitor's language.

    Returns:
        The details, and what is to be mended by field; with something to mend the details are empty.
    """
    errors: _Errors = {}
    values = {name: " ".join(extras.get(name, "").split()) for name in EXTRAS.get(request, ())}
    car = "" if listing else _short(values.get("car", ""), "car", words, errors)
    if request == "test_drive":
        if not car and not listing:
            errors.setdefault("car", words("car.empty"))
        wish = _wish(values, words, errors)
        return (Details(), errors) if wish is None or errors else (Details(car, test_drive=wish), errors)
    if request == "trade_in":
        offer = _offer(values, extras.get("trade_condition", ""), words, errors)
        return (Details(), errors) if offer is None or errors else (Details(car, trade_in=offer), errors)
    return Details(), errors


def _wish(values: Mapping[str, str], words: Words, errors: _Errors) -> TestDriveWish | None:
    time = values["drive_time"] or TimeOfDay.ANY
    if time not in set(TimeOfDay):
        errors["drive_time"] = words("drive_time.wrong")
    try:
        day = date.fromisoformat(values["drive_day"])
    except ValueError:
        errors["drive_day"] = words("drive_day.wrong" if values["drive_day"] else "drive_day.empty")
    return None if errors else TestDriveWish(day, TimeOfDay(time))


def _offer(values: Mapping[str, str], condition: str, words: Words, errors: _Errors) -> TradeIn | None:
    for name in ("trade_make", "trade_model"):
        if not values[name]:
            errors[name] = words(f"{name}.empty")
        _short(values[name], name, words, errors)
    km = _km(values["trade_mileage"], words, errors)
    registered = _month(values["trade_registered"], words, errors)
    fuel = values["trade_fuel"] or None
    if fuel is not None and fuel not in FUELS:
        errors["trade_fuel"] = words("trade_fuel.wrong")
    told = condition.strip()
    if len(told) > CONDITION_LENGTH:
        errors["trade_condition"] = words("trade_condition.long", most=CONDITION_LENGTH)
    if errors or km is None:
        return None
    return TradeIn(values["trade_make"], values["trade_model"], km, registered, fuel, told)


def _short(text: str, name: str, words: Words, errors: _Errors) -> str:
    if len(text) > NAME_LENGTH:
        errors[name] = words("extra.long", most=NAME_LENGTH)
    return text


def _km(text: str, words: Words, errors: _Errors) -> int | None:
    """Read a mileage as people write it: `45000`, `45.000 km`."""
    found = _KM.fullmatch(text)
    km = int(re.sub(r"\D", "", found["n"])) if found else None
    if km is None or km > MOST_KM:
        errors["trade_mileage"] = words("trade_mileage.wrong" if text else "trade_mileage.empty")
    return km


def _month(text: str, words: Words, errors: _Errors) -> str | None:
    """Read a month as people write it: `03/2019`, `3.2019`, `2019-03`, or the year alone."""
    if not text:
        return None
    found = _MONTH.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
    if found is None:
        errors["trade_registered"] = words("trade_registered.wrong")
        return None
    return f"{found['year']}-{int(found['month']):02d}" if found["month"] else found["year"]
