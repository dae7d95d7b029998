"""Numbers and dates as foreign files write them, into plain values."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

UNITS: Mapping[str, Decimal] = {
    "PS": Decimal("0.73549875"),
    "hp": Decimal("0.74569987"),
    "kW": Decimal(1),
    "km": Decimal(1),
    "mi": Decimal("1.609344"),
    "l": Decimal(1000),
    "ccm": Decimal(1),
    "cents": Decimal("0.01"),
    "EUR": Decimal(1),
}
"""What a number in a foreign unit is multiplied by to be in ours (kW, km, ccm, currency units)."""

_NUMBER = re.compile(r"[-+]?\d[\d.,'’\s]{0,24}")
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*")
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ].*)?")
_MONTH_YEAR = re.compile(r"(\d{1,2})[/.](\d{4})")
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_YES = frozenset({"true", "1", "yes", "y", "ja", "j", "si", "sì", "x"})
_NO = frozenset({"false", "0", "no", "n", "nein", ""})


class Notation(NamedTuple):
    """How a file writes numbers: the sign before decimals and the one between thousands."""

    decimal: str = "."
    group: str = ","


POINT = Notation()
COMMA = Notation(",", ".")


def number(text: str, notation: Notation = POINT) -> Decimal | None:
    """Read the first number of a text, whatever stands around it (`$5,000`, `150,000km`); nothing if there is none."""
    found = _NUMBER.search(text)
    if found is None:
        return None
    digits = re.sub(r"['’\s]", "", found[0])
    if notation.group:
        digits = digits.replace(notation.group, "")
    digits = digits.replace(notation.decimal, ".").rstrip(".,")
    return Decimal(digits) if re.fullmatch(r"[-+]?\d{1,15}(?:\.\d{1,9})?", digits) else None


def decimal(text: str) -> Decimal | None:
    """Read the first number of a text with a point or a comma before its decimals (`4.7`, `4,7`)."""
    found = _NUMBER.search(text)
    if found is None:
        return None
    digits = found[0].rstrip("., ")
    return number(digits, COMMA if digits.rfind(",") > digits.rfind(".") else POINT)


def amount(text: str) -> Decimal | None:
    """Read an amount that never has three decimals (price, km, ccm) in whichever notation it is written.

    `37.000`, `37,000`, `37000`, `37.000,00` and `37,000.00` are all the same; `37000,5` and `37000.5` have a half more.
    """
    return decimal(ungrouped(text))


def ungrouped(text: str) -> str:
    """Take the signs between thousands out of an amount that has no decimals (`37.000` is `37000`), if it has any."""
    found = _NUMBER.search(text)
    digits = re.sub(r"['’\s]", "", found[0]).rstrip(".,") if found else ""
    return re.sub(r"[.,]", "", digits) if _GROUPED.fullmatch(digits) else text


def whole(value: Decimal) -> int:
    """Round half away from zero: 116.2 kW are 116."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def day(text: str) -> date | None:
    """Read `2017-03-01`, `2017-03`, `2017-03-01T00:00:00`, `01.03.2017` or `03/2017`; a month is its first day.

    Year 1, which exports write for "none", is nothing.

    Raises:
        ValueError: it says something that is no date.
    """
    word = text.strip()
    if not word:
        return None
    if iso := _ISO.fullmatch(word):
        year, month, number_of_day = int(iso[1]), int(iso[2]), int(iso[3] or 1)
    elif german := _DAY_MONTH_YEAR.fullmatch(word):
        year, month, number_of_day = int(german[3]), int(german[2]), int(german[1])
    elif short := _MONTH_YEAR.fullmatch(word):
        year, month, number_of_day = int(short[2]), int(short[1]), 1
    else:
        raise ValueError(f"{word[:40]!r} is no date")
    return date(year, month, number_of_day) if year > 1 else None


def day_in(text: str, pattern: str) -> date | None:
    """Read a date in a `strptime` pattern; nothing for an empty text.

    Raises:
        ValueError: it does not fit the pattern.
    """
    return datetime.strptime(text.strip(), pattern).date() if text.strip() else None  # noqa: DTZ007


def yes(text: str) -> bool | None:
    """Read yes or no in English, German or Italian; nothing if it is neither.

    Raises:
        ValueError: another word.
    """
    word = text.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False if word else None
    raise ValueError(f"{text.strip()[:40]!r} is neither yes nor no")
