"""When a price reduction may be announced: the 30-day rule (SEO.md §4; Directive 98/6/EC art. 6a, CJEU C-330/23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WINDOW = timedelta(days=30)
"""How far back the lowest price counts, how long a car must have been offered, and how long we go on announcing."""


@dataclass(frozen=True, slots=True)
class PricePoint:
    """From this day on the car cost this much (minor units of `currency`); several of one day stand in their order."""

    on: date
    cents: int
    currency: str = "EUR"
    begins: bool = False
    """An offer begins here: the first one, one after a withdrawal, or a price after `on request`."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """A reduction that may be shown: the old price was the lowest of the 30 days before it."""

    on: date
    old_cents: int
    new_cents: int
    last_day: date
    """The last day on which we announce it."""


def lawful_reduction(history: Sequence[PricePoint], as_of: date) -> Reduction | None:
    """Give the reduction that may be announced today, or None.

    Args:
        history: all prices of the car, oldest first, the first being the day it was offered; append-only.
        as_of: the business date; later points are ignored.

    Returns:
        The last change, if it lowered the price in the last 30 days, the car had been offered without a break and in
        one currency for 30 days before it, and no lower price applied in the 30 days before it.
    """
    known = [point for point in history if point.on <= as_of]
    offer = current_offer(known)
    if len(offer) < 2:
        return None
    now, before = offer[-1], offer[-2]
    if now.cents >= before.cents or as_of > now.on + WINDOW or now.on - offer[0].on < WINDOW:
        return None
    if before.cents > lowest_before(known[:-1], now.on):
        return None
    return Reduction(now.on, before.cents, now.cents, now.on + WINDOW)


def current_offer(history: Sequence[PricePoint]) -> list[PricePoint]:
    """Give the prices of the present offer: since the car was listed, listed anew, or priced in another currency."""
    offer: list[PricePoint] = []
    for point in history:
        if point.begins or (offer and offer[-1].currency != point.currency):
            offer = []
        offer.append(point)
    return offer


def lowest_before(history: Sequence[PricePoint], day: date) -> int:
    """Give the lowest price that applied at any time in the 30 days before a day; `history` is not empty.

    A price applies from its day until the next one's, whatever the currency of that; prices replaced before the window
    began do not count, and those in another currency than the last one cannot be compared.
    """
    opens, currency = day - WINDOW, history[-1].currency
    applied = [
        point.cents
        for point, following in zip(history, [*history[1:], None], strict=True)
        if point.currency == currency and (following is None or following.on >= opens)
    ]
    return min(applied)
