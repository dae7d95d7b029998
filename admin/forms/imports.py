"""The form that says what the columns of a dealer's own file mean; its answers are the parts of a mapping file."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from storefront.feeds import columns, values
from storefront.feeds.guessing import DATE_FORMATS, key_and_names
from storefront.feeds.layout import DELIMITERS, ENCODINGS, Layout

from .import_words import Word, meanings, words_of

MAIN = (
    *("id", "stock_number", "vin", "make", "model", "version", "price", "currency", "vat", "condition"),
    *("mileage_km", "first_registered", "year", "month", "body", "fuel", "transmission", "power_kw"),
    *("displacement_ccm", "colour", "doors", "seats", "previous_owners", "description", "features", "photos"),
)
"""Our columns most files have; the others follow in a group of their own."""
REST = tuple(name for name in columns.COLUMNS if name not in MAIN)
UNITS: Mapping[str, tuple[str, ...]] = {
    "mileage_km": ("km", "mi"),
    "power_kw": ("kW", "PS", "hp"),
    "displacement_ccm": ("ccm", "l"),
    "price": ("EUR", "cents"),
}
"""Our column -> what its numbers may count; `EUR` are whole units of whichever currency."""
DECIMALS: Mapping[str, Mapping[str, str]] = {
    "comma": {"decimal": ",", "group": "."},
    "point": {"decimal": ".", "group": ","},
}
LISTS = ("features", "photos")
SEPARATORS: Mapping[str, str] = {"bar": "|", "comma": ",", "semicolon": ";"}
SIGNS: Mapping[str, str] = dict(zip(("comma", "semicolon", "tab", "bar"), DELIMITERS, strict=True))
CURRENCIES = ("EUR", "GBP", "CHF", "PLN", "CZK", "SEK", "DKK", "NOK", "HUF", "RON", "USD")


class MappingForm:
    """Answers about one file, `raw` by the field's name: `c0` … for its columns, the rest about all of it.

    Args:
        layout: the file as it is written.
        source: the parts of a mapping the form is to show.
        told: words a check of the whole file did not know: our column and the word.
    """

    def __init__(self, layout: Layout, source: Mapping[str, Any], told: Iterable[tuple[str, str]] = ()) -> None:
        self.layout = layout
        self.errors: dict[str, Any] = {}
        self.raw = _shown(layout, source)
        self.words: list[Word] = []
        """Words to ask about, by the columns chosen now."""
        self._kept: Mapping[str, Mapping[str, str]] = source.get("values", {})
        self._told = tuple(told)
        self._find_words()

    def take(self, typed: Mapping[str, str]) -> None:
        """Take what somebody chose; of a file read in another way its columns are not what was answered about."""
        for name in list(self.raw):
            is_column = re.fullmatch(r"c\d+", name) is not None
            if name in typed and not (is_column and typed.get("shape", self.raw["shape"]) != self.raw["shape"]):
                self.raw[name] = str(typed[name])[:120]
        self._find_words()
        self.raw |= {word.name: str(typed[word.name])[:120] for word in self.words if word.name in typed}

    def _find_words(self) -> None:
        self.words = words_of(self.layout, self._chosen(), self._kept, self._told)
        for word in self.words:
            self.raw.setdefault(word.name, self._kept.get(word.column, {}).get(word.text, ""))

    def _chosen(self) -> dict[str, str]:
        """Give our columns with theirs; of two that became the same the first."""
        found: dict[str, str] = {}
        for number, theirs in enumerate(self.layout.columns):
            ours = self.raw[f"c{number}"]
            if ours in columns.COLUMNS and ours not in found:
                found[ours] = theirs
        return found

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """Give what may be chosen where the words for it are our own."""
        return {"encoding": tuple(ENCODINGS), "dates": ("", *DATE_FORMATS), "currency": CURRENCIES}

    def check(self) -> bool:
        """Read the answers; False when a file cannot be read by them."""
        chosen = [self.raw[f"c{number}"] for number, _ in enumerate(self.layout.columns)]
        for number, ours in enumerate(chosen):
            if ours and ours not in columns.COLUMNS:
                self.errors[f"c{number}"] = ("form.choose", {})
            elif ours and chosen.index(ours) != number:
                self.errors[f"c{number}"] = ("mapping.twice", {})
        if "price" not in chosen:
            self.errors.setdefault("", ("mapping.no_price", {}))
        elif "make" not in chosen and "version" not in chosen:
            self.errors.setdefault("", ("mapping.no_make", {}))
        return not self.errors

    @property
    def source(self) -> dict[str, Any]:
        """Give the answers as the parts of a mapping file."""
        raw, layout = self.raw, self.layout
        found = self._chosen()
        if raw["key"] in layout.columns and "id" not in found:
            found["id"] = raw["key"]
        units = {name: raw[f"unit_{name}"] for name in UNITS if name in found and raw[f"unit_{name}"] in values.UNITS}
        lists = {name: SEPARATORS.get(raw[f"list_{name}"], "|") for name in LISTS if name in found}
        currency = raw["currency"] if raw["currency"] in CURRENCIES else "EUR"
        return {
            "name": raw["name"],
            "encoding": layout.encoding,
            "delimiter": layout.delimiter,
            "header": layout.titled,
            "numbers": dict(DECIMALS.get(raw["decimal"], DECIMALS["point"])),
            "dates": {"format": raw["dates"] if raw["dates"] in DATE_FORMATS else ""},
            "units": units,
            "lists": {name: sign for name, sign in lists.items() if sign != "|"},
            "constants": {} if "currency" in found else {"currency": currency},
            "values": meanings(self.words, raw),
            **key_and_names(layout, found),
        }


def _shown(layout: Layout, source: Mapping[str, Any]) -> dict[str, str]:
    """Give the fields of the form that stand for the parts of a mapping."""
    mapped: dict[str, str] = source.get("columns", {})
    by_theirs: dict[str, str] = {}
    for ours, theirs in mapped.items():
        if theirs not in by_theirs or by_theirs[theirs] == "id":
            by_theirs[theirs] = ours
    raw = {f"c{number}": by_theirs.get(theirs, "") for number, theirs in enumerate(layout.columns)}
    named_id = mapped.get("id", "")
    units, lists = source.get("units", {}), source.get("lists", {})
    raw |= {
        "name": str(source.get("name", "")),
        "shape": shape_of(layout),
        "encoding": layout.encoding,
        "delimiter": next(name for name, sign in SIGNS.items() if sign == layout.delimiter),
        "header": "yes" if layout.titled else "no",
        "decimal": "comma" if source.get("numbers", {}).get("decimal") == "," else "point",
        "dates": str(source.get("dates", {}).get("format", "")),
        "currency": str(source.get("constants", {}).get("currency", "EUR")),
        "key": named_id if by_theirs.get(named_id) != "id" else "",
    }
    raw |= {f"unit_{name}": str(units.get(name, known[0])) for name, known in UNITS.items()}
    return raw | {f"list_{name}": _sign_name(str(lists.get(name, "|"))) for name in LISTS}


def _sign_name(sign: str) -> str:
    return next((name for name, known in SEPARATORS.items() if known == sign), "bar")


def shape_of(layout: Layout) -> str:
    """Name the columns of a file shortly, to know whether answers are about these."""
    return f"{len(layout.columns)}-{sum(map(len, layout.columns))}-{layout.titled:d}"


def written_as(typed: Mapping[str, str]) -> dict[str, Any]:
    """Read from answers how the file is written, where they say so."""
    said: dict[str, Any] = {}
    if typed.get("encoding") in ENCODINGS:
        said["encoding"] = typed["encoding"]
    if typed.get("delimiter") in SIGNS:
        said["delimiter"] = SIGNS[typed["delimiter"]]
    if typed.get("header") in ("yes", "no"):
        said["header"] = typed["header"] == "yes"
    return said
