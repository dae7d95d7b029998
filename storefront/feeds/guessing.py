"""What the columns of an unknown CSV mean: a first mapping, by the words of its header and by what stands below.

The guess has the parts of a mapping file (docs/importing.md) and is shown to a person before anything is read by it.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from statistics import median
from typing import Any

from storefront.domain.vehicles import vocabulary
from storefront.domain.vehicles.vocabulary import Matched, folded
from storefront.feeds import columns, values
from storefront.feeds.layout import Layout
from storefront.feeds.words import code_for

CURRENCIES = {
    "GB": "GBP",
    "CH": "CHF",
    "LI": "CHF",
    "PL": "PLN",
    "CZ": "CZK",
    "SE": "SEK",
    "DK": "DKK",
    "NO": "NOK",
} | {
    "HU": "HUF",
    "RO": "RON",
    "US": "USD",
}
"""What prices are in where the file does not say, by the dealer's country; else EUR."""
DATE_FORMATS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y", "%Y%m%d", "%m-%Y", "%Y.%m.%d"),
    *("%d %b %Y", "%b %Y", "%b-%y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S"),
)
"""Beside those that are read without being told (`values.day`)."""
IDENTIFIERS = frozenset({"registration", "registrationnumber", "reg", "regno", "vrm", "numberplate", "plate"}) | {
    "kennzeichen",
    "immatriculation",
    "targa",
    "matricula",
    "kenteken",
    "nrrejestracyjny",
    "spz",
}
"""Columns with plates, folded: no field of ours, but they tell one car from another."""
_SIGNS = {
    "£": "GBP",
    "€": "EUR",
    "zł": "PLN",
    "kč": "CZK",
    "chf": "CHF",
    "gbp": "GBP",
    "eur": "EUR",
    "pounds": "GBP",
} | {
    "pln": "PLN",
    "czk": "CZK",
    "usd": "USD",
    "euro": "EUR",
    "sek": "SEK",
    "dkk": "DKK",
    "nok": "NOK",
    "huf": "HUF",
    "sfr": "CHF",
}
_POWER = {"ps": "PS", "cv": "PS", "pk": "PS", "ch": "PS", "din": "PS", "km": "PS", "kw": "kW", "hp": "hp", "bhp": "hp"}
_MILES = frozenset({"mi", "mile", "miles", "mls"})
_BRITISH = frozenset({"GB", "US"})
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_URL = re.compile(r"https?://", re.IGNORECASE)
_PRICED = re.compile(r"[€£$]|\b(?:EUR|GBP|CHF|PLN|CZK|euros?)\b|zł|Kč", re.IGNORECASE)
_DRIVEN = re.compile(r"\d\s?(?:km|kms|mi|miles|mls)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d(?:\.0)?")
_NAMED, _WITHIN, _LEAST = 100, 60, 35


def guess(layout: Layout, *, country: str, name: str) -> dict[str, Any]:
    """Propose how the columns of a file become ours.

    Args:
        layout: how the file is written, with its first rows.
        country: the dealer's, two letters.
        name: what the mapping is to be called.

    Returns:
        The parts of a mapping file.
    """
    found = _assigned(layout)
    source: dict[str, Any] = {
        "name": name,
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "header": layout.titled,
        "columns": found,
        "numbers": _notation(layout, found),
        "dates": {"format": date_format(layout, found)},
        "units": _units(layout, found, country),
        "lists": _separators(layout, found),
        "constants": {} if "currency" in found else {"currency": _currency(layout, found, country)},
    }
    return source | key_and_names(layout, found)


def key_and_names(layout: Layout, found: Mapping[str, str]) -> dict[str, Any]:
    """Say what tells one car from another, and which column's text names makes and models that have none of their own.

    Args:
        layout: the file.
        found: our column -> theirs.

    Returns:
        The parts `columns`, `key`, `other_makes`, `other_models` of a mapping.
    """
    parts: dict[str, Any] = {"columns": dict(found)}
    if "id" not in found:
        known = identifier(layout, found)
        if known is None:
            names = ("version", "make", "model", "first_registered", "year", "mileage_km", "power_kw", "postal_code")
            parts["key"] = {"columns": [found[name] for name in names if name in found] or list(layout.columns)}
        else:
            parts["columns"]["id"] = known
    if "version" in found:
        search = {"words": [""], "column": found["version"]}
        parts |= {"other_makes": search} if "make" not in found else {}
        parts |= {"other_models": search} if "model" not in found else {}
    return parts


def identifier(layout: Layout, found: Mapping[str, str]) -> str | None:
    """Find a column that tells one car from another where none is called so: stock number, VIN, plate."""
    plates = [name for name in layout.columns if folded(_bare(name)) in IDENTIFIERS]
    if not layout.titled:
        plates = [name for name in layout.columns if name not in found.values()][:2]
    for name in (*(found[ours] for ours in ("stock_number", "vin") if ours in found), *plates):
        written = [row.get(name, "").strip() for row in layout.rows]
        if written and all(written) and len(set(written)) == len(written):
            return name
    return None


def date_format(layout: Layout, found: Mapping[str, str]) -> str:
    """Tell the notation of dates that are not read without being told; empty when all are."""
    written = [
        value for ours in ("first_registered", *columns.DATES) if ours in found for value in layout.samples(found[ours])
    ]
    odd = [value for value in written if not _reads(value, values.day) and not _YEAR.fullmatch(value)]
    if not odd:
        return ""
    best = max(DATE_FORMATS, key=lambda pattern: sum(_reads(value, _in(pattern)) for value in odd))
    return best if sum(_reads(value, _in(best)) for value in odd) * 2 > len(odd) else ""


def _in(pattern: str) -> Callable[[str], object]:
    return lambda written: values.day_in(written, pattern)


def _reads(written: str, reader: Callable[[str], object]) -> bool:
    try:
        return reader(written) is not None
    except ValueError:
        return False


# -- which column is which --


def _assigned(layout: Layout) -> dict[str, str]:
    """Give our column -> theirs, the surest pairs first, each column once."""
    pairs = [
        (score, -place, ours, theirs)
        for place, theirs in enumerate(layout.columns)
        for ours in columns.COLUMNS
        if (score := _score(layout, ours, theirs)) >= _LEAST
    ]
    found: dict[str, str] = {}
    for _, _, ours, theirs in sorted(pairs, reverse=True):
        if ours not in found and theirs not in found.values():
            found[ours] = theirs
    return found


def _score(layout: Layout, ours: str, theirs: str) -> int:
    written = layout.samples(theirs, 60)
    named = _named(ours, theirs) if layout.titled else _spoken(layout, ours, theirs, written)
    return named + _evidence(ours, written, named) if named or ours in _TELLING else 0


def _spoken(layout: Layout, ours: str, theirs: str, written: Sequence[str]) -> int:
    """Judge a column that has no heading by what stands behind its numbers and what stands before it."""
    if ours == "price":
        return 60 if _share(written, lambda value: bool(_PRICED.search(value))) > 0.7 else 0
    if ours == "mileage_km":
        return 60 if _share(written, lambda value: bool(_DRIVEN.search(value))) > 0.7 else 0
    if ours == "year":
        return 40 if _share(written, lambda value: bool(_YEAR.fullmatch(value))) > 0.9 else 0
    if ours == "description":
        return 50 if written and sum(map(len, written)) / len(written) > 150 else 0
    at = layout.columns.index(theirs)
    before = {"model": 1, "version": 2}.get(ours, 0)
    if not before or at < before:
        return 0
    return 45 if _share(layout.samples(layout.columns[at - before], 60), _is_make) > 0.7 else 0


@lru_cache(maxsize=8192)
def _named(ours: str, theirs: str) -> int:
    """Judge a heading: the very name, a name within it, or nothing."""
    bare, words = folded(_bare(theirs)), [folded(word) for word in _words(theirs)]
    best = 0
    for rank, name in enumerate(_names()[ours]):
        if bare == folded(name):
            return _NAMED - min(rank, 20)
        parts = [folded(word) for word in _words(name)]
        if any(words[at : at + len(parts)] == parts for at in range(len(words) - len(parts) + 1)):
            best = max(best, _WITHIN + 4 * len(parts) - 2 * (len(words) - len(parts)) - min(rank, 20))
    return best


def _bare(heading: str) -> str:
    """Take what is in brackets out of a heading: it is a unit."""
    return re.sub(r"[(\[{].*?[)\]}]", " ", heading).strip() or heading


def _words(heading: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return re.findall(r"[^\W_]+|[£€$]", spaced)


@lru_cache(maxsize=1)
def _names() -> Mapping[str, tuple[str, ...]]:
    source = tomllib.loads(resources.files(__package__).joinpath("headers.toml").read_text("utf-8"))
    return {ours: (ours.replace("_", " "), *source.get(ours, ())) for ours in columns.COLUMNS}


# -- what the values say --


def _share(written: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, written)) / len(written) if written else 0.0


def _evidence(ours: str, written: Sequence[str], named: int) -> int:
    """Judge the values of a column: points for what they speak for, many against what cannot be."""
    if not written:
        return -20 if named else 0
    if ours in _TELLING:
        share = _share(written, _TELLING[ours])
        return 70 if share > 0.7 else 20 if share > 0.4 else -50 if share == 0 and ours != "make" else -15
    if ours in _SHAPES:
        return 15 if _share(written, _SHAPES[ours]) > 0.7 else -80
    if ours in columns.NUMBERS:
        return 10 if _share(written, _is_number) > 0.6 else -80
    if ours in columns.DATES:
        return 10 if _share(written, _is_date) > 0.5 else -80
    return 0


def _is_number(written: str) -> bool:
    return values.amount(written) is not None and len(written) < 40


def _is_date(written: str) -> bool:
    return _reads(written, values.day) or any(_reads(written, _in(pattern)) for pattern in DATE_FORMATS)


def _is_price(written: str) -> bool:
    found = values.amount(written)
    if found == 0:
        return True  # a car without a price yet says nothing against its column
    return found is not None and 100 <= found <= 100_000_000 and len(written) < 30


def _is_make(written: str) -> bool:
    return vocabulary.normalise_make(written).how is Matched.EXACT


def _coded(section: str) -> Callable[[str], bool]:
    return lambda written: code_for(section, written) not in (None, "other")


_TELLING: Mapping[str, Callable[[str], bool]] = {
    "make": _is_make,
    "vin": lambda written: bool(_VIN.fullmatch(written.upper())),
    "photos": lambda written: bool(_URL.match(written)),
    **{section: _coded(section) for section in ("fuel", "transmission", "body")},
}
"""Columns of ours that values alone can give away."""
_SHAPES: Mapping[str, Callable[[str], bool]] = {
    "price": _is_price,
    "year": lambda written: bool(_YEAR.fullmatch(written)),
    "month": lambda written: written.isdigit() and 1 <= int(written) <= 12,
    "first_registered": lambda written: _is_date(written) or bool(_YEAR.fullmatch(written)),
}


# -- how it is written --


def _notation(layout: Layout, found: Mapping[str, str]) -> dict[str, str]:
    """Tell the decimal sign by the columns of ours that have decimals, then by prices."""
    fine = [name for name in columns.NUMBERS if name.startswith(("consumption", "battery", "displacement"))]
    written = [value for ours in fine if ours in found for value in layout.samples(found[ours])]
    written += layout.samples(found["price"]) if "price" in found else []
    commas = sum(bool(re.search(r"\d,\d{1,2}(?!\d)", value)) for value in written)
    points = sum(bool(re.search(r"\d\.\d{1,2}(?!\d)", value)) for value in written)
    return {"decimal": ",", "group": "."} if commas > points else {"decimal": ".", "group": ","}


def _units(layout: Layout, found: Mapping[str, str], country: str) -> dict[str, str]:
    units: dict[str, str] = {}
    if "mileage_km" in found:
        said = _said(layout, found["mileage_km"])
        is_british = country in _BRITISH and not said & {"km", "kms", "kilometer", "kilometers", "kilometres"}
        units["mileage_km"] = "mi" if said & _MILES or is_british else "km"
    if "power_kw" in found:
        named = [_POWER[word] for word in _ordered(layout, found["power_kw"]) if word in _POWER]
        units["power_kw"] = named[0] if named else "hp" if country in _BRITISH else "kW"
    if "displacement_ccm" in found:
        sizes = _numbers(layout.samples(found["displacement_ccm"]))
        units["displacement_ccm"] = "l" if sizes and median(sizes) < 20 else "ccm"
    if "price" in found and _said(layout, found["price"]) & {"cents", "pence", "minor"}:
        units["price"] = "cents"
    return units


def _said(layout: Layout, column: str) -> set[str]:
    return set(_ordered(layout, column))


def _ordered(layout: Layout, column: str) -> list[str]:
    """Give the words of a heading, then those that stand behind the first number of a value, in small letters."""
    behind = (re.match(r"\D*[\d.,' ]+\s?([^\W\d_]+)", value) for value in layout.samples(column, 40))
    words = _words(column) if layout.titled else []
    return [word.lower() for word in words] + [match[1].lower() for match in behind if match]


def _numbers(written: Iterable[str]) -> list[Decimal]:
    return [found for found in (values.decimal(value) for value in written) if found is not None]


def _currency(layout: Layout, found: Mapping[str, str], country: str) -> str:
    if "price" in found:
        column = found["price"]
        written = " ".join([column if layout.titled else "", *layout.samples(column, 20)]).lower()
        words = set(re.findall(r"[^\W\d_]+|[£€]", written))
        for sign, currency in _SIGNS.items():
            if sign in words:
                return currency
    return CURRENCIES.get(country, "EUR")


def _separators(layout: Layout, found: Mapping[str, str]) -> dict[str, str]:
    """Tell what stands between several things in one cell, where it is not our own sign."""
    lists: dict[str, str] = {}
    for ours, signs in (("features", ";,"), ("photos", ";,")):
        written = layout.samples(found[ours]) if ours in found else []
        if _share(written, lambda value: "|" in value) > 0.2:
            continue
        divided = [sign for sign in signs if _share(written, lambda value, sign=sign: sign in value) > 0.3]  # type: ignore[misc]
        if divided:
            lists[ours] = divided[0]
    return lists
