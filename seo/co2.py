"""The energy label of cars: CO₂ classes, and which cars count as new (SEO.md §18, DE Pkw-EnVKV 2024)."""

from datetime import date

CLASS_BOUNDS = (("A", 0), ("B", 95), ("C", 115), ("D", 135), ("E", 155), ("F", 175))
"""Class and its highest combined emission in g/km; everything above is G."""
NEW_MONTHS = 8
"""Fewer whole months than this since first registration make a car new; the bound itself counts as new."""
NEW_KM = 1000
"""Up to this mileage in km a car counts as new."""


CLASSES = (*(name for name, _ in CLASS_BOUNDS), "G")


def co2_class(grams: int) -> str:
    """Give the class A–G of a combined emission in g/km.

    Raises:
        ValueError: a negative emission.
    """
    if grams < 0:
        raise ValueError(f"{grams} g/km is no emission")
    return next((name for name, bound in CLASS_BOUNDS if grams <= bound), "G")


def class_or_none(grams: int | None) -> str | None:
    """Give the class of an emission in g/km, None where it is not known."""
    return None if grams is None else co2_class(grams)


def counts_as_new(condition: str, first_registered: date | None, mileage_km: int | None, as_of: date) -> bool:
    """Ask whether the energy label of new cars must be shown (SEO.md §18: under 8 months or up to 1,000 km).

    Args:
        condition: `new`, `used` or `damaged`.
        first_registered: day of first registration, None when never or unknown.
        mileage_km: on the clock, None when unknown.
        as_of: the business date.
    """
    if condition == "new":
        return True
    if mileage_km is not None and mileage_km <= NEW_KM:
        return True
    return first_registered is not None and as_of <= new_until(first_registered)


def new_until(first_registered: date) -> date:
    """Give the last day on which a car counts as new by its registration: the day eight months later."""
    month = first_registered.month - 1 + NEW_MONTHS
    year, month = first_registered.year + month // 12, month % 12 + 1
    return date(year, month, min(first_registered.day, _days_in(year, month)))


def _days_in(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days
