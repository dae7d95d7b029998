"""The search form: raw parameters to a typed query, errors by field. Money is typed in whole units of the currency.

Nothing of what came reaches an engine but typed values: slugs and codes of a fixed form, whole numbers, a text that is
resolved word by word (SECURITY C8).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from search.errors import BadQuery
from search.query import RADIUS_LIMIT, SIZE_LIMIT, Facet, Near, Query, Range, Sort
from storefront.pages.forms import RADIUS

TEXT_LENGTH = 200
PLACE_LENGTH = 80
VALUES_LIMIT = 20
"""Values of a facet that can be chosen at once."""
_SLUG = r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?"
_CODE = r"[a-z0-9_]{1,60}"
_FORMS = {
    Facet.MAKE: _SLUG,
    Facet.MODEL: f"{_SLUG}/{_SLUG}",
    Facet.DEALER: "[0-9a-f]{32}",
    Facet.CITY: f"(?:[a-z]{{2}}/)?{_SLUG}",
    **dict.fromkeys((Facet.BODY, Facet.FUEL, Facet.TRANSMISSION, Facet.DRIVE, Facet.COLOUR, Facet.LABEL), _CODE),
    Facet.FEATURE: r"[^\x00-\x1f\x7f]{1,80}",
}
"""What a value of a facet looks like; equipment may be a word that no vocabulary knows."""
_PATTERNS = {facet: re.compile(form) for facet, form in _FORMS.items()}
FACETS = frozenset(facet.value for facet in Facet)
EXAMPLES = {
    Facet.MAKE: "bmw, mercedes-benz, …",
    Facet.MODEL: "bmw/320d, …",
    Facet.BODY: "estate, suv, …",
    Facet.FUEL: "diesel, electric, …",
    Facet.TRANSMISSION: "manual, automatic",
    Facet.DRIVE: "front, rear, all",
    Facet.COLOUR: "black, white, …",
    Facet.FEATURE: "towbar, navigation, …",
    Facet.LABEL: "very_good, good, fair, …",
    Facet.DEALER: "0a1b…",
    Facet.CITY: "hamburg, at/wien, …",
}
NUMBERS = {
    "price_min": (0, 100_000_000),
    "price_max": (0, 100_000_000),
    "year_min": (1886, 2200),
    "year_max": (1886, 2200),
    "mileage_min": (0, 10_000_000),
    "mileage_max": (0, 10_000_000),
    "power_min": (0, 5_000),
    "power_max": (0, 5_000),
    "radius": (1, RADIUS_LIMIT),
    "page": (1, 10_000),
    "size": (1, SIZE_LIMIT),
}
"""Least and greatest value of each number."""
_GROUPED = re.compile("\\d{1,3}(?:([.,' \u2019\u00a0\u202f])\\d{3})(?:\\1\\d{3})*")
"""A number written for people: `20.000`, `20,000`, `20 000`."""
ANY = "any"
"""What the choice of all makes is sent as."""
Bounds = tuple[tuple[Range, int | None, int | None], ...]


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
    """The parameters as typed, checked and in one order; equal searches are equal."""

    q: str = ""
    chosen: tuple[tuple[Facet, tuple[str, ...]], ...] = ()
    """By facet in the order of the enum; values as they came, each once."""
    ranges: Bounds = ()
    """By range in the order of the enum; prices in whole units, as are all prices here."""
    place: str = ""
    """Postal code or city."""
    radius: int = RADIUS
    """km"""
    sort: Sort | None = None
    """None: best match for a text, newest without one."""
    page: int = 1
    size: int = 24

    @property
    def order(self) -> Sort:
        """Give the order in force."""
        return self.sort or (Sort.RELEVANCE if self.q else Sort.NEWEST)

    def values(self, facet: Facet) -> tuple[str, ...]:
        """Give what is chosen of a facet."""
        return next((values for known, values in self.chosen if known is facet), ())

    def range(self, which: Range) -> tuple[int | None, int | None]:
        """Give the bounds asked for."""
        return next(((low, high) for known, low, high in self.ranges if known is which), (None, None))

    def parameters(self) -> list[tuple[str, str]]:
        """Give the filters as parameters of a link, without order and page."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(facet.value, value) for facet, values in self.chosen for value in values]
        for which, low, high in self.ranges:
            ends = (("min", low), ("max", high))
            pairs += [(f"{which}_{end}", str(bound)) for end, bound in ends if bound is not None]
        if self.place:
            pairs += [("place", self.place), ("radius", str(self.radius))]
        return pairs

    def without(self, name: str, value: str | None = None) -> "Filters":
        """Give the filters without one of them, or without one of a facet's values; the page starts anew."""
        if name in FACETS:
            facet = Facet(name)
            kept = tuple(known for known in self.values(facet) if value is not None and known != value)
            return self.with_values(facet, kept)
        if name in ("place", "radius"):
            sort = None if self.sort is Sort.DISTANCE else self.sort
            return replace(self, place="", radius=RADIUS, sort=sort, page=1)
        if name == "q":
            return replace(self, q="", page=1)
        which, _, end = name.rpartition("_")
        low, high = self.range(Range(which))
        return self.with_range(Range(which), None if end == "min" else low, None if end == "max" else high)

    def with_values(self, facet: Facet, values: Iterable[str]) -> "Filters":
        """Give the filters with these values of a facet; the page starts anew."""
        known = {**dict(self.chosen), facet: tuple(dict.fromkeys(values))}
        return replace(self, chosen=tuple((one, known[one]) for one in Facet if known.get(one)), page=1)

    def with_range(self, which: Range, low: int | None, high: int | None) -> "Filters":
        """Give the filters with these bounds; the page starts anew."""
        known = {one: (least, most) for one, least, most in self.ranges} | {which: (low, high)}
        kept = tuple((one, *known[one]) for one in Range if known.get(one, (None, None)) != (None, None))
        return replace(self, ranges=kept, page=1)

    def query(
        self,
        dealer_id: UUID | None,
        near: Near | None = None,
        facets: tuple[Facet, ...] = (),
        bounds: tuple[Range, ...] = (),
    ) -> Query:
        """Give the query within a site.

        Args:
            dealer_id: whose site; None searches the marketplace.
            near: the circle that `place` and `radius` mean.
            facets: to be counted.
            bounds: ranges whose bounds are wanted.

        Raises:
            Refused: bounds in the wrong order, too deep a page, distance from nowhere.
        """
        try:
            return Query(
                text=self.q,
                chosen=self.chosen,
                ranges=tuple((which, _minor(which, low), _minor(which, high)) for which, low, high in self.ranges),
                near=near,
                dealer_id=dealer_id,
                sort=self.order,
                page=self.page,
                size=self.size,
                facets=facets,
                bounds=bounds,
            )
        except BadQuery as error:
            reasons = {"page": "deep", "sort": "nowhere"}
            raise Refused(Problem(error.field, reasons.get(error.field, "order"), {})) from error


def _minor(which: Range, value: int | None) -> int | None:
    return value * 100 if value is not None and which is Range.PRICE else value


def read(given: "MultiDict[str, str]", size: int) -> Filters:
    """Read the parameters of a search (SPEC 48); unknown ones are ignored.

    Args:
        given: as they came.
        size: hits a page when none are named.

    Raises:
        Refused: the first value that cannot be meant.
    """
    place = _text(given, "place", PLACE_LENGTH)
    return Filters(
        q=_text(given, "q", TEXT_LENGTH),
        chosen=tuple((facet, values) for facet in Facet if (values := _values(facet, given.getlist(facet.value)))),
        ranges=tuple(
            (which, low, high)
            for which in Range
            for low, high in [(_number(given, f"{which}_min"), _number(given, f"{which}_max"))]
            if (low, high) != (None, None)
        ),
        place=place,
        radius=(_number(given, "radius") or RADIUS) if place else RADIUS,
        sort=_sort(given.get("sort", ""), place),
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


def _text(given: "MultiDict[str, str]", name: str, most: int) -> str:
    text = " ".join(given.get(name, "").replace("\x00", " ").split())
    if len(text) > most:
        raise Refused(Problem(name, "word", {"n": most}))
    return text


def _number(given: "MultiDict[str, str]", name: str) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    low, high = NUMBERS[name]
    if (grouped := _GROUPED.fullmatch(text)) is not None:
        text = text.replace(grouped[1], "")
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and low <= int(text) <= high):
        raise Refused(Problem(name, "number", {"low": low, "high": high}))
    return int(text)


def _values(facet: Facet, given: Sequence[str]) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value for value in given if value not in ("", ANY)))
    if len(values) > VALUES_LIMIT or not all(_PATTERNS[facet].fullmatch(value) for value in values):
        raise Refused(Problem(facet.value, "choice", {"choices": EXAMPLES[facet]}))
    return values


def _sort(given: str, place: str) -> Sort | None:
    if not given:
        return None
    try:
        sort = Sort(given)
    except ValueError:
        raise Refused(Problem("sort", "choice", {"choices": ", ".join(Sort)})) from None
    # The order by distance that stays chosen after the place was emptied means nothing any more.
    return None if sort is Sort.DISTANCE and not place else sort


def in_force(filters: Filters) -> dict[str, Any]:
    """Give how many filters are in force by group of the form, for its marks."""
    counts: dict[str, Any] = {facet.value: len(values) for facet, values in filters.chosen}
    counts |= {which.value: sum(bound is not None for bound in (low, high)) for which, low, high in filters.ranges}
    return counts | ({"place": 1} if filters.place else {})
