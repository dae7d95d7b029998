"""The prices of a car over time: what may be announced of them, and how they are shown (SEO.md §4, BRIEF §§5, 6)."""

from collections.abc import Sequence
from itertools import pairwise

from seo import prices
from seo.prices import PricePoint
from storefront.domain.listings.queries import CardRow, PriceRow

from .contexts import Fact, PriceLine
from .contexts import Reduction as ShownReduction
from .siteview import Face, SiteView

WIDTH, HEIGHT, MARGIN, TAIL = 300, 80, 8, 60
"""The box of the price line in its own units, what stays free above and below, how long the last price is drawn."""


def points(view: SiteView, rows: Sequence[PriceRow]) -> list[PricePoint]:
    """Give a car's prices by calendar day of the operator's time zone, oldest first; several of one day in order."""
    day_of = view.default.formats.day_of
    return [PricePoint(day_of(row.at), row.new_cents, row.currency, begins=row.old_cents is None) for row in rows]


def reduction(view: SiteView, row: CardRow, rows: Sequence[PriceRow]) -> prices.Reduction | None:
    """Give the reduction of a car's price that may be announced today, None where there is none (SEO.md §4)."""
    if row.price_cents is None or len(rows) < 2:
        return None
    found = prices.lawful_reduction(points(view, rows), view.as_of)
    return found if found is not None and found.new_cents == row.price_cents else None


def announced(face: Face, found: prices.Reduction | None, currency: str) -> ShownReduction | None:
    """Say a reduction in words, with its reference price."""
    if found is None:
        return None
    old = face.formats.price(found.old_cents, currency)
    text = face.t("pages.price.reduced", old=old, date=face.formats.short_date(found.on))
    return ShownReduction(text, old)


def may_be_told(
    view: SiteView, row: CardRow, rows: Sequence[PriceRow], found: prices.Reduction | None
) -> list[PricePoint]:
    """Give the prices a page may show: those of the present offer, and where one fell only the last fall, if lawful.

    Returns:
        At least two points, or none. A price that fell says "reduced" as plainly as words do, so a fall that may not be
        announced is not drawn either.
    """
    if row.price_cents is None:
        return []
    offer = [point for point in prices.current_offer(points(view, rows)) if point.on <= view.as_of]
    steps = [point for at, point in enumerate(offer) if at == 0 or point.cents != offer[at - 1].cents]
    if len(steps) < 2 or steps[-1].cents != row.price_cents:
        return []
    if any(later.cents < earlier.cents for earlier, later in pairwise(steps)):
        return steps[-2:] if found is not None else []
    return steps


def dated(face: Face, told: Sequence[PricePoint]) -> tuple[Fact, ...]:
    """Write prices with the days they apply from."""
    return tuple(
        Fact(
            face.t("pages.price.since", date=face.formats.short_date(point.on)),
            face.formats.price(point.cents, point.currency),
        )
        for point in told
    )


def line(face: Face, told: Sequence[PricePoint]) -> PriceLine | None:
    """Draw prices as a step line, its two ends labelled; None where there is nothing to draw.

    It runs on for a fifth behind the last change and not up to today, so that a page does not change with every day.
    """
    if len(told) < 2:
        return None
    said = [Fact(face.formats.short_date(point.on), face.formats.price(point.cents, point.currency)) for point in told]
    words = ", ".join(f"{fact.label} {fact.value}" for fact in said)
    return PriceLine(_path(told), said[0], said[-1], face.t("pages.price.line", prices=words))


def _path(told: Sequence[PricePoint]) -> str:
    days = max((told[-1].on - told[0].on).days, 1)
    low, high = min(point.cents for point in told), max(point.cents for point in told)
    span = max(high - low, 1)

    def across(point: PricePoint) -> int:
        return round((WIDTH - TAIL) * (point.on - told[0].on).days / days)

    def down(point: PricePoint) -> int:
        return MARGIN + round((HEIGHT - 2 * MARGIN) * (high - point.cents) / span)

    steps = "".join(f"H{across(point)}V{down(point)}" for point in told[1:])
    return f"M0 {down(told[0])}{steps}H{WIDTH}"
