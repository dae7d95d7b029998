"""The filter beside results: every group with what there is to choose, how many cars each choice leaves, and what is in
force (BRIEF §5, filter drawer)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from search.index import Answer
from search.query import Facet, Range
from storefront.domain.valuation.labels import Label
from storefront.domain.vehicles.vocabulary import FEATURES
from storefront.pages import forms
from storefront.pages.contexts import FilterGroup, Option
from storefront.pages.siteview import Face, SiteView
from themes import Words

from .search_form import Filters, in_force

OPEN_TICKS = 6
"""Ticks of a group that stand open."""
MOST_TICKS = 60
"""Ticks of a group at all; who looks for more types it."""
LABELS = tuple(Label)
ORDER: tuple[Facet | Range, ...] = (
    *(Facet.MAKE, Facet.MODEL, Facet.LABEL, Range.PRICE, Range.YEAR, Range.MILEAGE, Facet.FUEL, Facet.TRANSMISSION),
    *(Facet.BODY, Range.POWER, Facet.DRIVE, Facet.COLOUR, Facet.FEATURE, Facet.CITY, Facet.DEALER),
)
"""Groups from above; a place and its radius stand before all."""
FIRST = frozenset({"place", "make", "model", "label", "price"})
"""Groups that stand open on a wide screen before anything is chosen."""
MARKET_ONLY = frozenset({Facet.DEALER, Facet.CITY})
STEPS: Mapping[Range, tuple[int, ...]] = {
    Range.PRICE: forms.PRICES,
    Range.MILEAGE: forms.MILEAGES,
    Range.POWER: forms.POWERS,
}
ALWAYS = frozenset((Facet.MAKE, Facet.LABEL, Facet.FUEL, Facet.TRANSMISSION, Facet.BODY))
"""Facets whose group stays where only one value is left; the others would offer nothing."""
OTHER = "other"
"""What the vocabulary has no code for."""
FEATURE_CODES = frozenset(FEATURES) - {OTHER}


def counted_facets(filters: Filters, *, market: bool, labels: bool) -> tuple[Facet, ...]:
    """Give the facets whose values are counted: models once a make is chosen, dealers and cities on the marketplace.

    Args:
        filters: those in force.
        market: it is the marketplace.
        labels: the site says how its prices compare.
    """
    without = set() if market else set(MARKET_ONLY)
    if not labels:
        without.add(Facet.LABEL)
    if not filters.values(Facet.MAKE) and not filters.values(Facet.MODEL):
        without.add(Facet.MODEL)
    return tuple(facet for facet in Facet if facet not in without)


class Counted(NamedTuple):
    """A value of a facet with its name."""

    value: str
    name: str
    number: int
    """Of cars."""
    chosen: bool


def counted(
    filters: Filters, answer: Answer, names: Mapping[Facet, Mapping[str, str]]
) -> dict[Facet, tuple[Counted, ...]]:
    """Give the values of each facet that was counted, with their names; what says nothing is left out.

    Args:
        filters: those in force.
        answer: with the counts.
        names: of the values of each facet.
    """
    found: dict[Facet, tuple[Counted, ...]] = {}
    for facet, values in answer.facets.items():
        chosen, called = filters.values(facet), names[facet]
        found[facet] = tuple(
            [
                Counted(value, called.get(value, value), number, value in chosen)
                for value, number in _sayable(facet, values, chosen)
            ]
        )
    labels = found.get(Facet.LABEL)
    if labels:
        found[Facet.LABEL] = tuple(sorted(labels, key=lambda one: _place(LABELS, one.value)))
    return found


def _sayable(facet: Facet, values: Sequence[tuple[str, int]], chosen: Sequence[str]) -> Sequence[tuple[str, int]]:
    """Leave out what no car has or nobody has a word for, unless it is chosen; hundreds of values a search."""
    if facet is Facet.FEATURE:
        return [one for one in values if one[0] in chosen or (one[1] and one[0] in FEATURE_CODES)]
    return [one for one in values if one[0] in chosen or (one[1] and one[0] != OTHER)]


def _place(order: Sequence[str], value: str) -> int:
    return order.index(value) if value in order else len(order)


class Groups:
    """Makes the groups of a filter."""

    def __init__(self, view: SiteView, face: Face, words: Words, filters: Filters) -> None:
        self.view, self.face, self.words, self.filters = view, face, words, filters
        self._forces = in_force(filters)

    def of(self, values: Mapping[Facet, Sequence[Counted]], answer: Answer) -> tuple[FilterGroup, ...]:
        """Give all groups that have something to choose.

        Args:
            values: of each facet.
            answer: with the bounds.
        """
        made = [self._place()] if self.view.is_marketplace else []
        for which in ORDER:
            group = (
                self._ticks(which, values.get(which, ()))
                if isinstance(which, Facet)
                else self._range(which, answer.bounds.get(which))
            )
            if group is not None:
                made.append(group)
        return tuple(replace(group, open=bool(group.chosen) or group.code in FIRST) for group in made)

    def _place(self) -> FilterGroup:
        return FilterGroup("place", "place", self.words("group.place"), chosen=self._forces.get("place", 0))

    def _ticks(self, facet: Facet, values: Sequence[Counted]) -> FilterGroup | None:
        if not values or (len(values) == 1 and not values[0].chosen and facet not in ALWAYS):
            return None
        kept = [one for one in values if one.chosen]
        kept += [one for one in values if not one.chosen][: MOST_TICKS - len(kept)]
        opened = max(OPEN_TICKS, sum(one.chosen for one in kept))
        if len(kept) <= opened + 2:
            opened = len(kept)
        if facet is Facet.LABEL:
            kept, opened = list(values), len(values)
        options = tuple(self._tick(one) for one in kept)
        more = options[opened:]
        return FilterGroup(
            code=facet.value,
            kind="ticks",
            label=self.words(f"group.{facet}"),
            options=options[:opened],
            more=more,
            more_text=self.words("filter.more", n=len(more)) if more else None,
            chosen=self._forces.get(facet.value, 0),
        )

    def _tick(self, one: Counted) -> Option:
        number = self.face.formats.number(one.number)
        return Option(one.value, one.name, selected=one.chosen, count=number)

    def _range(self, which: Range, bounds: tuple[int, int] | None) -> FilterGroup | None:
        low, high = self.filters.range(which)
        if bounds is None and low is None and high is None:
            return None
        least, most = whole_units(which, bounds) if bounds is not None else (None, None)
        return FilterGroup(
            code=which.value,
            kind="range",
            label=self.words(f"group.{which}"),
            low=self._bounds(which, low, lambda step: most is None or step <= most),
            high=self._bounds(which, high, lambda step: least is None or step >= least),
            note=None if least is None or most is None else self._between(which, least, most),
            chosen=self._forces.get(which.value, 0),
        )

    def _between(self, which: Range, least: int, most: int) -> str:
        low, high = (written(self.view, self.face, which, end) for end in (least, most))
        if low == high:
            return self.words("filter.only", value=low)
        return self.words("filter.between", low=low, high=high)

    def _bounds(self, which: Range, chosen: int | None, helps: Callable[[int], bool]) -> tuple[Option, ...]:
        steps = STEPS.get(which) or tuple(self.view.as_of.year - back for back in forms.YEARS)
        wanted = sorted({*steps, *(() if chosen is None else (chosen,))}, reverse=which is Range.YEAR)
        return (
            Option("", self.words("filter.any"), selected=chosen is None),
            *(
                Option(
                    str(step),
                    written(self.view, self.face, which, step),
                    selected=step == chosen,
                    disabled=step != chosen and not helps(step),
                )
                for step in wanted
            ),
        )


def whole_units(which: Range, bounds: tuple[int, int]) -> tuple[int, int]:
    """Give bounds as they are typed: prices in whole units, rounded outwards."""
    least, most = bounds
    return (least // 100, -(-most // 100)) if which is Range.PRICE else bounds


def written(view: SiteView, face: Face, which: Range, value: int) -> str:
    """Write a value of a range; prices in whole units."""
    if which is Range.PRICE:
        return face.formats.price(value * 100, view.tenant.currency)
    if which is Range.MILEAGE:
        return face.formats.km(value)
    return face.formats.power(value) if which is Range.POWER else str(value)
