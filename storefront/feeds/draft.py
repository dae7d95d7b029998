"""A car being read: takes foreign words and numbers, gives the record and what is worth telling about it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from storefront.domain.listings.stock import Notice, StockItem, StockRecord
from storefront.domain.vehicles import vocabulary
from storefront.domain.vehicles.vocabulary import Matched
from storefront.feeds import names, values, words
from storefront.feeds.text import plain

PLAUSIBLE: Mapping[str, tuple[int, int]] = {
    "power_kw": (1, 1500),
    "displacement_ccm": (50, 9999),
    "cylinders": (1, 16),
    "mileage_km": (0, 2_000_000),
    "doors": (1, 7),
    "seats": (1, 60),
    "gears": (1, 12),
    "previous_owners": (0, 50),
    "warranty_months": (1, 240),
    "consumption_combined": (1, 600),
    "consumption_urban": (1, 600),
    "consumption_extra_urban": (1, 600),
    "consumption_electric": (1, 1000),
    "co2_g_km": (0, 1000),
    "consumption_discharged": (1, 600),
    "co2_discharged_g_km": (1, 1000),
    "torque_nm": (10, 3000),
    "electric_range_km": (1, 1500),
    "battery_kwh_tenths": (1, 3000),
}
"""From and to what a value can be true of a car; anything else is left out and reported (no car is refused for it)."""

_ZERO_IS_UNKNOWN = frozenset(PLAUSIBLE) - {"mileage_km", "previous_owners", "power_kw", "co2_g_km"}
"""Exports write 0 for "not said" here; not worth a word."""
_PLACES = {"consumption_combined": 10, "consumption_urban": 10, "consumption_extra_urban": 10} | {
    "consumption_electric": 10,
    "consumption_discharged": 10,
    "battery_kwh_tenths": 10,
}
_CURRENCIES = {
    "€": "EUR",
    "euro": "EUR",
    "sfr": "CHF",
    "fr.": "CHF",
    "franchi svizzeri": "CHF",
    "schweizer franken": "CHF",
    "$": "USD",
    "us$": "USD",
    "£": "GBP",
    "kč": "CZK",
}
"""Other ways to write a currency than its three letters."""
_SAY_NOTHING = frozenset({"", "0", "altra", "altre", "altri", "altro", "andere", "anderes", "na", "none", "null"}) | {
    "other",
    "others",
    "sonstige",
    "sonstiges",
}
"""Makes and models, folded, that name none."""
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_LONGEST_WORD = 80
_MOST_PHOTOS = 40
"""As many as a listing may have (SECURITY C3)."""
_LONGEST_URL = 2000


@dataclass
class Told:
    """What was reported already in this file: an unknown word is told once, not with every car."""

    seen: set[tuple[str, str]] = field(default_factory=set)

    def first_time(self, field_name: str, word: str) -> bool:
        """Ask whether this is news, and remember it."""
        key = (field_name, vocabulary.folded(word) or word)
        if key in self.seen or len(self.seen) > 10_000:
            return False
        self.seen.add(key)
        return True


class Draft:
    """One car of a file while it is read; `items()` gives the notices and then the record."""

    def __init__(self, row: int, source_id: str, told: Told) -> None:
        self.row = row
        self.source_id = _printable(source_id)[:200]
        self.raw: dict[str, str] = {}
        self._told = told
        self._values: dict[str, Any] = {"make": "", "model": ""}
        self._notices: list[Notice] = []

    def note(self, field_name: str, message: str) -> None:
        """Tell something about this car."""
        self._notices.append(Notice(self.row, self.source_id, field_name, message))

    def cut_off(self) -> None:
        """Tell that the file ends in the middle of this car."""
        message = "The file ends in the middle of this row; what is there was taken."
        self._notices.append(Notice(self.row, self.source_id, "row", message, cut_off=True))

    def keep(self, name: str, written: str) -> None:
        """Keep a word as the file has it, for the admin."""
        self.raw[name] = _printable(written)[:500]

    def put(self, field_name: str, value: object) -> None:
        """Set a field to a value that is already ours."""
        self._values[field_name] = value

    def get(self, field_name: str) -> Any:
        """Give what a field was set to, None if it was not."""
        return self._values.get(field_name)

    def car(self, make: str, model: str, version: str) -> None:
        """Set make, model and version from the file's words, normalised to the one vocabulary."""
        for field_name, word in (("make", make), ("model", model), ("version", version)):
            self.keep(field_name, word)
        name = self._matched("make", vocabulary.normalise_make(_naming(make)), make)
        self._values["make"] = name
        match = vocabulary.normalise_model(name, _naming(model) if name else "")
        self._values["model"] = self._matched("model", match, model, f"{name} ")
        self._values["version"] = names.clean_name(version, make=name, model=self._values["model"])

    def code(self, field_name: str, word: str) -> None:
        """Set a coded field from a foreign word; an unknown one is reported once and left out."""
        word = plain(word)
        if not word:
            return
        found = words.code_for(field_name, word)
        if found is not None:
            self._values[field_name] = found
            return
        self.keep(field_name, word)
        if self._told.first_time(field_name, word):
            self.note(field_name, f'The word "{_short(word)}" is not known; it was kept as written and is not shown.')

    def number(self, field_name: str, value: Decimal | None) -> None:
        """Set a number given in the field's everyday unit (l/100 km, kWh); tenths are counted here."""
        if value is None:
            return
        counted = values.whole(value * _PLACES.get(field_name, 1))
        if counted == 0 and field_name in _ZERO_IS_UNKNOWN:
            return
        low, high = PLAUSIBLE[field_name]
        if low <= counted <= high:
            self._values[field_name] = counted
        else:
            self.note(field_name, f"{value.normalize():f} is not a plausible value and was left out.")

    def price(self, value: Decimal | None) -> None:
        """Set the price, given in currency units."""
        if value is not None:
            self._values["price_cents"] = values.whole(value * 100)

    def currency(self, word: str) -> None:
        """Set the currency by its three letters; EUR if nothing is said."""
        written = plain(word)
        code = _CURRENCIES.get(written.casefold(), written.upper()) or "EUR"
        if not re.fullmatch(r"[A-Z]{3}", code):
            self.note("currency", f'"{_short(code)}" is no currency code of three letters; EUR was taken.')
            code = "EUR"
        self._values["currency"] = code

    def vin(self, written: str) -> None:
        """Set the vehicle identification number, 17 signs without I, O and Q; anything else is left out."""
        number = re.sub(r"[\s-]", "", written).upper()
        if _VIN.fullmatch(number):
            self._values["vin"] = number
        elif number:
            self.note("vin", f'"{_short(plain(written))}" is no vehicle identification number (17 signs), left out.')

    def place(self, postal_code: str, country: str) -> None:
        """Set where the car stands."""
        code, land = plain(postal_code), plain(country).upper()
        if code and len(code) <= 12:
            self._values["postal_code"] = code
        if re.fullmatch(r"[A-Z]{2}", land):
            self._values["country"] = land

    def registered(self, first: date | None) -> None:
        """Set the first registration."""
        if first is not None:
            self._values |= {"first_registered": first, "year": first.year}

    def words(self, field_name: str, text: str) -> None:
        """Set a field to a short text of the dealer's, without markup."""
        clean = plain(text)[:_LONGEST_WORD].strip()
        if clean:
            self._values[field_name] = clean

    def equipment(self, entries: Iterable[str]) -> None:
        """Set the equipment from foreign words; unknown ones are kept as written and reported once."""
        codes: set[str] = set()
        others: dict[str, None] = {}
        for entry in entries:
            word = plain(entry)[:_LONGEST_WORD].strip(" .,;·-")
            found = words.code_for("feature", word) if word else None
            if found:
                codes.add(found)
            elif word:
                others[word] = None
                if self._told.first_time("features", word):
                    self.note("features", f'The equipment "{_short(word)}" is not known and was kept as written.')
        self._values |= {"features": vocabulary.in_order(codes), "features_other": tuple(others)}

    def photos(self, urls: Iterable[str]) -> None:
        """Set the addresses of the photos, each once, only http and https."""
        kept = dict.fromkeys(url.strip() for url in urls if url.strip())
        usable = [url for url in kept if _is_web_address(url)]
        if len(usable) < len(kept):
            self.note("photo_urls", f"Pictures without a web address: {len(kept) - len(usable)}; they were left out.")
        if len(usable) > _MOST_PHOTOS:
            self.note("photo_urls", f"Only the first {_MOST_PHOTOS} of {len(usable)} pictures were taken.")
        self._values["photo_urls"] = tuple(usable[:_MOST_PHOTOS])

    def items(self) -> list[StockItem]:
        """Give the notices and the finished record."""
        if self._values.get("damaged"):
            self._values["condition"] = "damaged"
        record = StockRecord(row=self.row, source_id=self.source_id, raw=self.raw, **self._values)
        return [*self._notices, record]

    def _matched(self, field_name: str, match: vocabulary.Match, written: str, context: str = "") -> str:
        if match.name and match.how is not Matched.EXACT and self._told.first_time(field_name, context + written):
            if match.how is Matched.NEAR:
                self.note(field_name, f'"{_short(written)}" was taken for {context}{match.name}.')
            else:
                self.note(field_name, f'"{context}{_short(match.name)}" is not known and was kept as written.')
        return match.name[:_LONGEST_WORD]


def _naming(word: str) -> str:
    """Give the plain word of a make or model, nothing for those that name none (`Altro`, `-`)."""
    name = plain(word)
    return "" if vocabulary.folded(name) in _SAY_NOTHING else name


def _is_web_address(url: str) -> bool:
    if len(url) > _LONGEST_URL:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _printable(text: str) -> str:
    """Drop what no database and no screen takes."""
    return "".join(letter for letter in text if letter >= " ")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
