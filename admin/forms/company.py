"""The form of a dealer's own data: address, contact, legal notice by country, VAT id, hours, place."""

import re
from typing import Any, ClassVar

from storefront.core.errors import DomainError
from storefront.core.places import place_of
from storefront.domain.dealers.actions import e164
from storefront.domain.dealers.countries import FIELDS, rules
from storefront.domain.dealers.models import Dealer
from storefront.domain.dealers.vat import vat_id

from . import Form
from .dealers import is_address
from .joining import COUNTRIES

PLAIN = ("name", "legal_name", "street", "postal_code", "city", "country", "phone", "email", "person")
IN_COLUMNS = ("provider", "address", "phone", "email", "vat_id", "licence")
"""Fields of a legal notice that are columns of the dealer, not keys of `legal`."""
EXTRA = tuple(name for name in FIELDS if name not in IN_COLUMNS)
DAYS = ("1", "2", "3", "4", "5", "6", "7")
_SPAN = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(?:-|–|—|bis|to)\s*(\d{1,2})(?:[:.h](\d{2}))?")
_MOST_SPANS = 3


class CompanyForm(Form):
    """Everything a dealer tells of itself; `value` are the columns to change."""

    names: ClassVar[tuple[str, ...]] = (
        *PLAIN,
        "vat_id",
        *("latitude", "longitude"),
        *(f"legal_{name}" for name in EXTRA),
        *(f"day_{day}" for day in DAYS),
    )
    longest: ClassVar[int] = 255
    value: dict[str, Any]
    former: Dealer

    @classmethod
    def of(cls, dealer: Dealer) -> "CompanyForm":
        """Give the form as a dealer's data stand."""
        before = {name: str(getattr(dealer, name) or "") for name in (*PLAIN, "vat_id")}
        before |= {name: _degrees(getattr(dealer, name)) for name in ("latitude", "longitude")}
        before |= {f"legal_{name}": str(dealer.legal.get(name) or "") for name in EXTRA}
        before |= {f"day_{day}": ", ".join(dealer.opening_hours.get(day, ())) for day in DAYS}
        return cls(None, **before)

    def read(self) -> None:
        """Read it; what the country's law asks for and is missing is no error here, the notice says it."""
        raw, country = self.raw, self.raw["country"]
        self.required("name", "dealer.name_missing")
        if country not in COUNTRIES:
            self.refuse("country", "form.choose")
            return
        if raw["email"] and not is_address(raw["email"]):
            self.refuse("email", "form.email_wrong")
        values: dict[str, Any] = {name: raw[name] for name in PLAIN}
        values |= {name: raw[name] or None for name in ("email", "person")}
        values["phone"] = self._checked("phone", lambda: e164(raw["phone"], country))
        values["vat_id"] = self._checked("vat_id", lambda: vat_id(raw["vat_id"], country))
        values["legal"] = {name: raw[f"legal_{name}"] for name in EXTRA if raw[f"legal_{name}"]}
        values["opening_hours"] = self._hours()
        values |= self._spot(country)
        self.value = values

    def _checked(self, name: str, reader: Any) -> str | None:
        try:
            found: str | None = reader()
        except DomainError as error:
            self.errors.setdefault(name, error.message)
            return None
        return found

    def _hours(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for day in DAYS:
            written = self.raw[f"day_{day}"]
            spans = _spans(written)
            if spans is None:
                self.refuse(f"day_{day}", "company.hours_wrong")
            elif spans:
                found[day] = spans
        return found

    def _spot(self, country: str) -> dict[str, Any]:
        """Read where the lot is; by postal code where nobody says it better."""
        typed = (self.raw["latitude"], self.raw["longitude"])
        if any(typed):
            numbers = [_number(text, most) for text, most in zip(typed, (90, 180), strict=True)]
            for name, number in zip(("latitude", "longitude"), numbers, strict=True):
                if number is None:
                    self.refuse(name, "company.degrees_wrong")
            return dict(zip(("latitude", "longitude"), numbers, strict=True))
        found = place_of(country, self.raw["postal_code"])
        return {} if found is None else {"latitude": found[1], "longitude": found[2]}


def wanted_fields(dealer: Dealer, country: str) -> list[str]:
    """Give the extra fields the law of a country may ask for, and those that say something already."""
    law = rules(country)
    named = law.required | law.required_if_registered
    return [name for name in EXTRA if name in named or dealer.legal.get(name)]


def _spans(written: str) -> list[str] | None:
    """Read `9-18`, `9:00–12:30, 14–18:30`; an empty day is closed, None for what cannot be read."""
    spans = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;]| und | and ", written))):
        found = _SPAN.fullmatch(part)
        if found is None:
            return None
        begin, end = (int(found[1]), int(found[2] or 0)), (int(found[3]), int(found[4] or 0))
        if not (begin < end <= (24, 0)) or max(begin[1], end[1]) > 59:
            return None
        spans.append(f"{begin[0]:02}:{begin[1]:02}-{end[0]:02}:{end[1]:02}")
    return spans if len(spans) <= _MOST_SPANS else None


def _number(text: str, most: int) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if -most <= number <= most else None


def _degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.5f}"
