"""What the 30-day rule says about a price before it is set (SEO.md §4; Directive 98/6/EC art. 6a)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from seo import prices
from seo.prices import PricePoint
from storefront.domain.listings.queries import PriceRow
from storefront.pages.formats import Formats


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said of a new price, or of the one a car has now."""

    lowest_cents: int | None
    """The lowest price of the last 30 days, which a reduction is measured against; None: none is known."""
    was_cents: int | None
    """The price that may stand beside the new one as the former one; None: no reduction may be announced."""


def points(rows: Sequence[PriceRow], formats: Formats) -> list[PricePoint]:
    """Give a car's prices by calendar day, oldest first."""
    return [
        PricePoint(formats.day_of(row.at), row.new_cents, row.currency, begins=row.old_cents is None) for row in rows
    ]


def judge(known: Sequence[PricePoint], new_cents: int | None, today: date) -> Verdict:
    """Say what may be announced from today on.

    Args:
        known: the prices so far, oldest first.
        new_cents: a price to be set; None judges the one that stands.
        today: the business date.
    """
    if not known:
        return Verdict(None, None)
    history = list(known)
    lowest = prices.lowest_before(history, today)
    if new_cents is not None and new_cents != history[-1].cents:
        history.append(PricePoint(today, new_cents, history[-1].currency))
    found = prices.lawful_reduction(history, today)
    return Verdict(lowest, None if found is None else found.old_cents)
