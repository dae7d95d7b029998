"""What a VIN tells by itself, with nobody asked: make, model year, whether it can be right (ISO 3779, 49 CFR 565).

Seventeen letters and digits without I, O and Q. The first three name the manufacturer; the tenth is a model year and
the ninth a check digit only where a maker follows the American rule, so both are offered as hints, never as facts.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from .vocabulary import make_named

LENGTH = 17
_FORM = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VALUES = {**{str(digit): digit for digit in range(10)}} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CHECKED, _YEAR = 8, 9
_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"
"""Letters of thirty model years, from 1980 and again from 2010; U, Z and 0 are never a year."""
_FIRST_YEAR, _CYCLE = 1980, 30
_REGIONS = (
    ("ABCDEFGH", "africa"),
    ("JKLMNPR", "asia"),
    ("STUVWXYZ", "europe"),
    ("12345", "north_america"),
    ("67", "oceania"),
    ("89", "south_america"),
)


@dataclass(frozen=True, slots=True)
class Vin:
    """What a VIN says."""

    text: str
    """In capitals, without blanks."""
    make: str | None
    """In the product's spelling; None for a manufacturer of several makes, or an unknown one."""
    region: str | None
    """`europe`, `asia`, `north_america` …"""
    years: tuple[int, ...]
    """Model years the tenth letter may mean, the likelier first; empty where it is none."""
    check_fits: bool
    """Whether the ninth digit is the check digit."""
    check_is_due: bool
    """Whether it has to be: cars for North America."""


class BadVin(ValueError):
    """A text that cannot be a VIN; `reason` is `length`, `letters` or `check`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_vin(text: str, latest_year: int) -> Vin:
    """Read a VIN as people type it, with blanks, hyphens and small letters.

    Args:
        text: what was typed.
        latest_year: the newest model year there can be.

    Raises:
        BadVin: wrong length, a letter that no VIN has, or a wrong check digit where it is due.
    """
    plain = re.sub(r"[\s\-.]", "", text).upper()
    if len(plain) != LENGTH:
        raise BadVin("length")
    if not _FORM.fullmatch(plain):
        raise BadVin("letters")
    region = next((name for letters, name in _REGIONS if plain[0] in letters), None)
    fits, is_due = check_digit(plain) == plain[_CHECKED], region == "north_america"
    if is_due and not fits:
        raise BadVin("check")
    return Vin(plain, _make_of(plain), region, _years(plain, latest_year), fits, is_due)


def check_digit(plain: str) -> str:
    """Reckon the check digit of a VIN in capitals: `0` to `9`, or `X` for ten (49 CFR 565.15)."""
    rest = sum(_VALUES[letter] * weight for letter, weight in zip(plain, _WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def _years(plain: str, latest: int) -> tuple[int, ...]:
    place = _YEARS.find(plain[_YEAR])
    if place < 0:
        return ()
    return tuple(year for year in (_FIRST_YEAR + _CYCLE + place, _FIRST_YEAR + place) if year <= latest)


def _make_of(plain: str) -> str | None:
    return _book().get(plain[:3])


@cache
def _book() -> dict[str, str]:
    content = tomllib.loads(resources.files(__package__).joinpath("wmi.toml").read_text("utf-8"))
    found = {}
    for name, codes in content["makes"].items():
        known = make_named(name)
        found.update(dict.fromkeys(codes, known.name if known else name))
    return found
