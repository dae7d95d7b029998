"""How good an offer is in itself (SPEC 53, 54, contract T3): fresh, a good deal, completely described."""

from datetime import date, timedelta
from typing import Any

import pytest

from search.quality import DEALS, quality_of

TODAY = date(2026, 3, 1)


def quality(**values: Any) -> int:
    """Give the quality of a perfect offer of today's, or of what is said."""
    plain: dict[str, Any] = {
        "listed": TODAY,
        "label": "very_good",
        "known": 8,
        "asked": 8,
        "described": 500,
        "photos": 9,
    }
    made = {**plain, **values}
    return quality_of(made.pop("listed"), TODAY, made.pop("label"), **made)


def test_the_best_offer_has_a_thousand_and_the_worst_nothing() -> None:
    assert quality() == 1000
    assert quality(listed=date(2020, 1, 1), label="very_high", known=0, described=0, photos=0) == 0


def test_freshness_halves_with_every_week() -> None:
    day, week, fortnight = (quality(listed=TODAY - timedelta(days=days)) for days in (0, 7, 14))
    assert day - week == pytest.approx(250, abs=1)
    assert week - fortnight == pytest.approx(125, abs=1)
    assert quality(listed=TODAY + timedelta(days=3)) == day


def test_a_better_deal_is_a_better_offer_and_an_unjudged_price_counts_as_fair() -> None:
    deals = [quality(label=label) for label in DEALS]
    assert deals == sorted(deals, reverse=True)
    assert quality(label=None) == quality(label="fair")


def test_what_is_told_and_shown_counts() -> None:
    assert quality() > quality(photos=1) > quality(photos=1, described=20) > quality(photos=1, described=20, known=2)
