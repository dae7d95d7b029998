"""What follows from a market value: retail, private party, trade-in, and what condition makes of it (SPEC 92, 93).

Our market is made of what dealers ask, so its value is the retail value. The rest are shares of it by the house's rule,
for we know no prices that were paid between private people or at a trade-in.
"""

from dataclasses import dataclass

PRIVATE_PARTY = 90
"""Percent of retail: no warranty, no preparation, no margin."""
TRADE_IN = 85
"""Percent of retail: what a dealer can give who has to prepare the car and stand behind it."""
USUAL_CONDITION = 7
"""Rating from 1 to 10 (SPEC 32) of a car in the condition its age lets one expect."""
PER_POINT = 2
"""Percent of the market value that a point of the rating is worth."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a car is worth to whom, in minor units."""

    estimated_cents: int
    market_cents: int
    private_party_cents: int
    trade_in_cents: int
    retail_cents: int
    condition_cents: int
    """What the condition adds or takes off; in `estimated`, `private_party` and `trade_in`."""


def worth(market_cents: int, condition: int | None = None) -> Worth:
    """Give the amounts that follow from a market value.

    Args:
        market_cents: minor units, of a car in usual condition.
        condition: from 1 to 10; None counts as usual.
    """
    rating = USUAL_CONDITION if condition is None else condition
    extra = _share(market_cents, PER_POINT * (rating - USUAL_CONDITION))
    estimated = market_cents + extra
    return Worth(
        estimated_cents=estimated,
        market_cents=market_cents,
        private_party_cents=_share(estimated, PRIVATE_PARTY),
        trade_in_cents=_share(estimated, TRADE_IN),
        retail_cents=market_cents,
        condition_cents=extra,
    )


def _share(cents: int, percent: int) -> int:
    """Give so many percent, halves rounded up."""
    return (cents * percent + 50) // 100
