"""The search form: raw parameters to a typed query, errors by field. Money is typed in whole units of the currency."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from search.errors import BadQuery
from search.query import SIZE_LIMIT, Query, Sort

TEXT_LENGTH = 200
MAKES_LIMIT = 20
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
NUMBERS = {
    "price_min": (0, 100_000_000),
    "price_max": (0, 100_000_000),
    "year_min": (1886, 2200),
    "year_max": (1886, 2200),
    "mileage_max": (0, 10_000_000),
    "page": (1, 10_000),
    "size": (1, SIZE_LIMIT),
}
"""Least and greatest value of each number."""
ANY = "any"
"""What the choice of all makes is sent as."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that cannot be meant: the parameter, and the key and values of the sentence that says what can."""

    field: str
    reason: str
    values: dict[str, object]


class Refused(Exception):
    """The parameters are no query."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.field)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Filters:
    """The parameters as typed, checked; empty ones are None."""

    q: str = ""
    make: tuple[str, ...] = ()
    price_min: int | None = None
    """Whole units, as are all prices here."""
    price_max: int | None = None
    year_min: int | None = None
    year_max: int | None = None
    mileage_max: int | None = None
    sort: Sort = Sort.NEWEST
    page: int = 1
    size: int = 24

    def parameters(self) -> list[tuple[str, str]]:
        """Give the filters as parameters of a link, without order and page."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [("make", make) for make in self.make]
        for name in ("price_min", "price_max", "year_min", "year_max", "mileage_max"):
            if (value := getattr(self, name)) is not None:
                pairs.append((name, str(value)))
        return pairs

    def without(self, name: str, value: str | None = None) -> "Filters":
        """Give the filters without one of them, or without one of several makes; the page starts anew."""
        if name == "make":
            kept = tuple(make for make in self.make if value is not None and make != value)
            return replace(self, make=kept, page=1)
        emptied: dict[str, Any] = {name: "" if name == "q" else None}
        return replace(self, **emptied, page=1)

    def query(self, dealer_id: UUID | None) -> Query:
        """Give the query within a site.

        Args:
            dealer_id: whose site; None searches the marketplace.

        Raises:
            Refused: bounds in the wrong order, or too deep a page.
        """
        try:
            return Query(
                text=self.q,
                makes=self.make,
                price_min=None if self.price_min is None else self.price_min * 100,
                price_max=None if self.price_max is None else self.price_max * 100,
                year_min=self.year_min,
                year_max=self.year_max,
                mileage_max=self.mileage_max,
                dealer_id=dealer_id,
                sort=self.sort,
                page=self.page,
                size=self.size,
            )
        except BadQuery as error:
            raise Refused(Problem(error.field, "deep" if error.field == "page" else "order", {})) from error


def read(given: "MultiDict[str, str]", size: int) -> Filters:
    """Read the parameters of a search (SPEC 48); unknown ones are ignored.

    Args:
        given: as they came.
        size: hits a page when none are named.

    Raises:
        Refused: the first value that cannot be meant.
    """
    text = _text(given)
    return Filters(
        q=text,
        make=_makes(given.getlist("make")),
        price_min=_number(given, "price_min"),
        price_max=_number(given, "price_max"),
        year_min=_number(given, "year_min"),
        year_max=_number(given, "year_max"),
        mileage_max=_number(given, "mileage_max"),
        sort=_sort(given.get("sort", ""), text),
        page=_number(given, "page") or 1,
        size=_number(given, "size") or size,
    )


def readable(given: "MultiDict[str, str]", size: int) -> Filters:
    """Read what can be read, for a form that comes back; what cannot be meant is left out."""
    sound = MultiDict(given)
    while True:
        try:
            return read(sound, size)
        except Refused as refusal:
            sound.poplist(refusal.problem.field)


def _text(given: "MultiDict[str, str]") -> str:
    text = " ".join(given.get("q", "").replace("\x00", " ").split())
    if len(text) > TEXT_LENGTH:
        raise Refused(Problem("q", "word", {"n": TEXT_LENGTH}))
    return text


def _number(given: "MultiDict[str, str]", name: str) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    low, high = NUMBERS[name]
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and low <= int(text) <= high):
        raise Refused(Problem(name, "number", {"low": low, "high": high}))
    return int(text)


def _makes(given: Sequence[str]) -> tuple[str, ...]:
    makes = tuple(dict.fromkeys(make for make in given if make not in ("", ANY)))
    if len(makes) > MAKES_LIMIT or not all(_SLUG.fullmatch(make) for make in makes):
        raise Refused(Problem("make", "choice", {"choices": "bmw, mercedes-benz, …"}))
    return makes


def _sort(given: str, text: str) -> Sort:
    if not given:
        return Sort.RELEVANCE if text else Sort.NEWEST
    try:
        return Sort(given)
    except ValueError:
        raise Refused(Problem("sort", "choice", {"choices": ", ".join(Sort)})) from None
