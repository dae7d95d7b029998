"""Forms of a car's own data: what it is, its equipment, the yard's record, how search engines see it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from storefront.domain.listings.inventory import Kept
from storefront.domain.vehicles import vocabulary as words
from storefront.domain.vehicles.models import Vehicle
from storefront.domain.vehicles.vin import BadVin, read_vin

from . import Form
from .listings import read_amount
from .moments import read_day

TEXTS = {"make": 80, "model": 120, "version": 255, "colour_text": 80, "licence_plate": 20}
WHOLE = {
    "year": (1900, 2100),
    "mileage_km": (0, 2_000_000),
    "power_kw": (1, 2000),
    "displacement_ccm": (1, 20_000),
    "cylinders": (1, 16),
    "gears": (1, 12),
    "doors": (1, 7),
    "seats": (1, 9),
    "previous_owners": (0, 50),
    "warranty_months": (0, 240),
    "co2_g_km": (0, 900),
    "electric_range_km": (0, 2000),
    "torque_nm": (1, 3000),
}
"""Whole numbers with what they may be, in the product's units."""
TENTHS = {"consumption_combined": 500, "consumption_electric": 1000, "battery_kwh_tenths": 3000}
"""Numbers with one decimal, kept in tenths, with the most tenths they may be."""
CHOICES = {
    "condition": words.CONDITIONS,
    "body": words.BODIES,
    "fuel": words.FUELS,
    "transmission": words.TRANSMISSIONS,
    "drive": words.DRIVES,
    "colour": words.COLOURS,
    "interior_colour": words.COLOURS,
    "interior_material": words.INTERIOR_MATERIALS,
    "emission_class": words.EMISSION_CLASSES,
    "emission_sticker": words.EMISSION_STICKERS,
}
MONTHS = ("first_registered", "inspection_until")
TICKS = ("metallic", "damaged")
THREE = ("accident_free",)
"""Yes, no, unknown."""
OLDEST = 1886
_MONTH = re.compile(r"(?:(\d{1,2})[./\- ])?(\d{4})|(\d{4})-(\d{2})")
_GROUPED = re.compile(r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+|\d+")


class DataForm(Form):
    """What a car is."""

    names: ClassVar[tuple[str, ...]] = (*TEXTS, "vin", *WHOLE, *TENTHS, *CHOICES, *MONTHS, *TICKS, *THREE)
    value: dict[str, Any]
    kept_vin: str | None = None
    """The VIN the car has; it stays as it is though it may be no modern one (cars before 1981)."""

    @classmethod
    def of(cls, car: Vehicle) -> "DataForm":
        """Fill the form with what is known."""
        raw = {name: _said(name, getattr(car, name)) for name in cls.names}
        return cls(raw)

    def read(self) -> None:
        """Read every field into the column's own type; an empty one is unknown."""
        self.value = {}
        for name, most in TEXTS.items():
            self._text(name, most)
        self.required("make", "car.make_missing")
        self.required("model", "car.model_missing")
        for name, (low, high) in WHOLE.items():
            self.value[name] = self._whole(name, low, high)
        for name, most in TENTHS.items():
            self.value[name] = self._tenths(name, most)
        for name, codes in CHOICES.items():
            self.value[name] = self._code(name, codes)
        for name in MONTHS:
            self.value[name] = self._month(name)
        self.value |= {name: self.raw[name] == "on" for name in TICKS}
        self.value |= {name: {"yes": True, "no": False}.get(self.raw[name]) for name in THREE}
        self.value["condition"] = self.value["condition"] or "used"
        self.value["vin"] = self._vin()
        if self.value["year"] is None and self.value["first_registered"] is not None:
            self.value["year"] = self.value["first_registered"].year

    def _text(self, name: str, most: int) -> None:
        text = " ".join(self.raw[name].split())
        if len(text) > most:
            self.refuse(name, "form.too_long", n=most)
        self.value[name] = text or (None if name in ("colour_text", "licence_plate") else "")

    def _whole(self, name: str, low: int, high: int) -> int | None:
        text = self.raw[name]
        if not text:
            return None
        number = int(re.sub(r"\D", "", text)) if _GROUPED.fullmatch(text) and text.isascii() and len(text) < 12 else -1
        if not low <= number <= high:
            self.refuse(name, "car.number", low=low, high=high)
        return number

    def _tenths(self, name: str, most: int) -> int | None:
        text = self.raw[name].replace(",", ".")
        if not text:
            return None
        found = re.fullmatch(r"([0-9]{1,4})(?:\.([0-9]))?", text)
        tenths = int(found[1]) * 10 + int(found[2] or 0) if found else -1
        if not 0 <= tenths <= most:
            self.refuse(name, "car.decimal", high=most // 10)
        return tenths

    def _code(self, name: str, codes: tuple[str, ...]) -> str | None:
        text = self.raw[name]
        if text and text not in codes:
            self.refuse(name, "form.choose")
        return text or None

    def _month(self, name: str) -> date | None:
        text = self.raw[name]
        if not text:
            return None
        found = read_month(text)
        if found is None:
            self.refuse(name, "car.month")
        return found

    def _vin(self) -> str | None:
        if not self.raw["vin"] or self.raw["vin"] == self.kept_vin:
            return self.raw["vin"] or None
        try:
            return read_vin(self.raw["vin"], 2100).text
        except BadVin as refusal:
            self.refuse("vin", f"vin.{refusal.reason}")
            return None


def read_month(text: str) -> date | None:
    """Read a month as people write it: `03/2021`, `3.2021`, `2021-03`; None when it is none."""
    found = _MONTH.fullmatch(text.strip())
    if found is None or not text.isascii():
        return None
    month, year = (found[1], found[2]) if found[2] else (found[4], found[3])
    if month is None or not 1 <= int(month) <= 12 or int(year) < OLDEST:
        return None
    return date(int(year), int(month), 1)


def _said(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in TICKS:
        return "on" if value else ""
    if name in THREE:
        return "yes" if value else "no"
    if name in MONTHS:
        return f"{value:%m/%Y}"
    if name in TENTHS:
        return f"{value / 10:g}"
    return str(value)


class EquipmentForm:
    """The equipment of a car: codes of the vocabulary, and what the vocabulary does not know, a line each."""

    most_other = 60

    def __init__(self, chosen: list[str], other: str) -> None:
        """Take the boxes that were ticked and the free lines."""
        known = set(chosen)
        self.features = [code for code in words.FEATURES if code in known]
        lines = (" ".join(line.split())[:120] for line in other.replace("\0", " ").splitlines())
        self.other = list(dict.fromkeys(line for line in lines if line))[: self.most_other]


class SeoForm(Form):
    """How search engines are to show a car (SPEC 40)."""

    names: ClassVar[tuple[str, ...]] = ("seo_title", "seo_description", "seo_keywords")
    value: dict[str, str | None]

    def read(self) -> None:
        """Read the overrides; an empty one leaves it to the website."""
        for name, most in (("seo_title", 255), ("seo_description", 1000), ("seo_keywords", 500)):
            if len(self.raw[name]) > most:
                self.refuse(name, "form.too_long", n=most)
        self.value = {name: " ".join(text.split()) or None for name, text in self.raw.items()}


class TermsForm(Form):
    """On which terms a car is offered, beside its price."""

    names: ClassVar[tuple[str, ...]] = ("vat", "negotiable", "stock_number", "postal_code")
    value: dict[str, Any]

    def read(self) -> None:
        """Read VAT scheme, ticks, the dealer's number and the place where the car stands."""
        vat = self.raw["vat"]
        if vat and vat not in words.VAT:
            self.refuse("vat", "form.choose")
        number, code = self.raw["stock_number"], self.raw["postal_code"].upper()
        if not re.fullmatch(r"[!-~]{1,60}", number):
            self.refuse("stock_number", "terms.number")
        if code and not re.fullmatch(r"[A-Z0-9][A-Z0-9 \-]{1,10}", code):
            self.refuse("postal_code", "terms.postal_code_wrong")
        self.value = {"vat": vat or None, "negotiable": self.raw["negotiable"] == "on"}
        self.value |= {"stock_number": number, "postal_code": code or None}


class InventoryForm(Form):
    """The yard's record (SPEC 32)."""

    names: ClassVar[tuple[str, ...]] = ("acquired_on", "acquisition_price", "condition_rating", "location", "note")
    value: Kept

    def read(self) -> None:
        """Read day, amount, rating and the two texts."""
        bought = read_day(self.raw["acquired_on"])
        if self.raw["acquired_on"] and bought is None:
            self.refuse("acquired_on", "car.day")
        cents = read_amount(self.raw["acquisition_price"]) if self.raw["acquisition_price"] else None
        if self.raw["acquisition_price"] and (cents is None or cents > 2_000_000_00):
            self.refuse("acquisition_price", "price.unreadable")
        rating = self.raw["condition_rating"]
        if rating and not (rating.isdecimal() and rating.isascii() and 1 <= int(rating[:3]) <= 10):
            self.refuse("condition_rating", "car.number", low=1, high=10)
        for name, most in (("location", 120), ("note", 1000)):
            if len(self.raw[name]) > most:
                self.refuse(name, "form.too_long", n=most)
        if not self.errors:
            rated = int(rating) if rating else None
            self.value = Kept(bought, cents, rated, self.raw["location"], self.raw["note"])


class ReserveForm(Form):
    """For whom and how long a car is kept."""

    names: ClassVar[tuple[str, ...]] = ("until", "reserved_for")
    until: date | None

    def read(self) -> None:
        """Read the last day, if there is one."""
        self.until = read_day(self.raw["until"])
        if self.raw["until"] and self.until is None:
            self.refuse("until", "car.day")
        if len(self.raw["reserved_for"]) > 255:
            self.refuse("reserved_for", "form.too_long", n=255)


def proposals(text: str, latest_year: int) -> Mapping[str, Any]:
    """Give what a VIN proposes for the form: `vin`, `make`, `years`, `region`, or `fault` with a key of the words."""
    try:
        found = read_vin(text, latest_year)
    except BadVin as refusal:
        return {"fault": f"vin.{refusal.reason}"}
    return {
        "vin": found.text,
        "make": found.make,
        "years": found.years,
        "region": found.region,
        "fits": found.check_fits,
    }
