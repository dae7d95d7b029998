"""How a price compares with the market value, in five steps: integers in, a label out (SPEC 54, BRIEF §5)."""

from enum import StrEnum


class Label(StrEnum):
    """The five steps, from the best for a buyer to the dearest."""

    VERY_GOOD = "very_good"
    GOOD = "good"
    FAIR = "fair"
    HIGH = "high"
    VERY_HIGH = "very_high"


FAR, NEAR = 100, 40
"""Bounds in thousandths of the market value: further than 10 % from it, and within 4 % of it."""
HELD = 10
"""Thousandths beyond a bound before a label gives way that stood there until now."""
_WIDTH = 1000
_BANDS = (
    (Label.VERY_GOOD, None, _WIDTH - FAR),
    (Label.GOOD, _WIDTH - FAR, _WIDTH - NEAR),
    (Label.FAIR, _WIDTH - NEAR, _WIDTH + NEAR),
    (Label.HIGH, _WIDTH + NEAR, _WIDTH + FAR),
    (Label.VERY_HIGH, _WIDTH + FAR, None),
)
"""From and to, in thousandths of the market value. A price right on a bound belongs to the step nearer to fair."""


def label_of(price_cents: int, value_cents: int, before: Label | None = None) -> Label:
    """Judge a price.

    Args:
        price_cents: what is asked, minor units, positive.
        value_cents: the market value, the same.
        before: the label until now, where only the market moved; it stays until the price is one percentage point
            beyond its bound, so that labels do not flap.

    Returns:
        The step; more than 10 % under the market value is very good, up to 4 % under or over is fair.
    """
    if before is not None and _is_within(before, price_cents, value_cents, HELD):
        return before
    return next(label for label in _BY_FAIRNESS if _is_within(label, price_cents, value_cents, 0))


def dearest(label: Label, value_cents: int) -> int | None:
    """Give the highest price that stands within a step's bounds, minor units; None for the step without an end.

    Args:
        label: the step.
        value_cents: the market value, minor units.
    """
    _, _, high = next(band for band in _BANDS if band[0] is label)
    return None if high is None else value_cents * high // _WIDTH


def is_held(price_cents: int, value_cents: int, label: Label) -> bool:
    """Ask whether a label stands only because it stood before."""
    return label_of(price_cents, value_cents) is not label


_BY_FAIRNESS = (Label.FAIR, Label.GOOD, Label.HIGH, Label.VERY_GOOD, Label.VERY_HIGH)


def _is_within(label: Label, price_cents: int, value_cents: int, slack: int) -> bool:
    _, low, high = next(band for band in _BANDS if band[0] is label)
    asked = price_cents * _WIDTH
    above = low is None or asked >= value_cents * (low - slack)
    return above and (high is None or asked <= value_cents * (high + slack))
