"""The details of an inquiry in plain words, for letters and for the admin (SPEC 63, 68, 75)."""

from collections.abc import Iterator

from babel.dates import format_date
from babel.numbers import format_decimal

from storefront.domain.leads.details import Details, TestDriveWish, TimeOfDay, TradeIn

from .letters import words

Line = tuple[str, str]
"""A label and what it says."""


def in_words(details: Details, lang: str) -> tuple[Line, ...]:
    """Say the details of an inquiry line by line.

    Args:
        details: from `Details.from_json(inquiry.details)`.
        lang: the reader's language, English where letters do not speak it.
    """
    said = words(lang)
    lines: list[Line] = [(said("detail.car"), details.car)] if details.car else []
    if details.test_drive is not None:
        lines += _wish(details.test_drive, lang)
    if details.trade_in is not None:
        lines += _offer(details.trade_in, lang)
    return tuple(lines)


def _wish(wish: TestDriveWish, lang: str) -> Iterator[Line]:
    said = words(lang)
    day = format_date(wish.day, said("detail.day_pattern"), locale=said.lang.replace("-", "_"))
    yield said("detail.day"), day
    if wish.time is not TimeOfDay.ANY:
        yield said("detail.time"), said(f"time_of_day.{wish.time}")


def _offer(offer: TradeIn, lang: str) -> Iterator[Line]:
    said = words(lang)
    yield said("detail.trade_in"), f"{offer.make} {offer.model}"
    if offer.registered:
        yield said("detail.registered"), _month(offer.registered)
    yield said("detail.mileage"), f"{format_decimal(offer.mileage_km, locale=said.lang.replace('-', '_'))}\u00a0km"
    if offer.fuel:
        yield said("detail.fuel"), said(f"fuel.{offer.fuel}")
    if offer.condition:
        yield said("detail.condition"), offer.condition


def _month(registered: str) -> str:
    """Write `2019-03` as `03/2019`, a year alone as it is."""
    year, _, month = registered.partition("-")
    return f"{month}/{year}" if month else year
