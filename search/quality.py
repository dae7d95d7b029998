"""How good an offer is in itself: what orders cars that match a text equally well (SPEC 53, 54, contract T3)."""

from datetime import date

FRESH, DEAL, COMPLETE = 500, 300, 200
"""Points for each at most."""
HALF_LIFE_DAYS = 7
"""SPEC 53: decay 0.5 at a scale of 7 days."""
DEALS = {"very_good": 1.0, "good": 0.75, "fair": 0.4, "high": 0.1, "very_high": 0.0}
UNJUDGED = 0.4
"""A price nobody can compare counts as a fair one."""
DESCRIBED = 200
"""Letters from which a description counts as whole."""
SHOWN = 5
"""Photos from which a car counts as shown."""


def quality_of(
    listed: date, today: date, label: str | None, known: int, asked: int, described: int, photos: int
) -> int:
    """Give the quality of an offer on a day, 0 to 1000.

    Args:
        listed: since when it is offered.
        today: the day it is judged.
        label: how its price compares.
        known: how many of the facts a buyer asks for are given.
        asked: how many she asks for.
        described: letters of the description.
        photos: how many there are.
    """
    age = max(0, (today - listed).days)
    fresh: float = 0.5 ** (age / HALF_LIFE_DAYS)
    complete = (known / asked + min(1.0, described / DESCRIBED) + min(1.0, photos / SHOWN)) / 3
    return round(FRESH * fresh + DEAL * (UNJUDGED if label is None else DEALS[label]) + COMPLETE * complete)
